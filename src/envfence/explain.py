"""`envfence rule`: what a rule finds, why that matters, and the code before and after; docs/rules.md is the same text.

Each rule of the library has a page in `envfence/explained/`, named for it: why it matters, then a section `## Before`
and a section `## After`, each of code blocks that name their files. Tests run every rule on the blocks of its page.
"""

import argparse
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from envfence import console, people
from envfence.arguments import Parser
from envfence.finding import Rule
from envfence.rules import all_rules, known

FAMILIES = {
    "endpoint": "Hosts, ports, URLs and users in code",
    "credential": "Passwords, tokens and keys in code",
    "flow": "Literals that reach a connection",
    "env": "Env files",
    "contract": "The contract and what reads it",
    "stack": "Compose files",
    "workflow": "Workflows",
    "migration": "Migrations",
    "check": "The check itself",
}
_INTRODUCTION = """\
# Rules

Every rule, why it is there, and what to write instead. `envfence rule ID` shows one of them.
This page is made from the texts that the command prints: `envfence rule --markdown`.
"""


class Page(NamedTuple):
    """Why a rule is there, and its examples: code blocks, each with the language and the file of its first line."""

    why: str
    before: str
    after: str


def main(argv: Sequence[str] | None = None) -> int:
    """Run `envfence rule`; return 0, or 2 for a rule that does not exist."""
    args = command_parser().parse_args(argv)
    return console.guarded(lambda: _run(args))


def command_parser() -> Parser:
    """Return the parser of the command."""
    parser = Parser(prog="envfence rule", description="Say what a rule finds, why, and what to write instead.")
    parser.add_argument("rule", nargs="*", metavar="ID", help="a rule; without one, the list of all")
    parser.add_argument("--markdown", action="store_true", help="print every rule as one page of documentation")
    return parser


def _run(args: argparse.Namespace) -> int:
    if args.markdown:
        print(markdown(), end="")
        return 0
    rules = all_rules()
    named = [rules[rule] for rule in known(tuple(args.rule))]
    print("\n\n".join(map(as_text, named)) if named else listing())
    return 0


@cache
def page(rule: str) -> Page:
    """Return the page of a rule; a flow rule's stands in the rule itself."""
    if rule.startswith("flow-"):
        from envfence.flows import pages

        return Page(*pages.texts(rule))
    text = files("envfence").joinpath("explained", f"{rule}.md").read_text(encoding="utf-8")
    why, _, examples = text.partition("## Before\n")
    before, _, after = examples.partition("## After\n")
    return Page(why.strip(), before.strip(), after.strip())


def by_family() -> Iterator[tuple[str, list[Rule]]]:
    """Yield each family that has rules, with them in the order of their names."""
    for family in FAMILIES:
        if rules := [rule for rule in all_rules().values() if rule.family == family]:
            yield family, rules


def listing() -> str:
    """Return every rule in one line each, by family."""
    groups = (
        [f"{FAMILIES[family]}:", *(f"  {rule.id:31} {rule.message}" for rule in rules)] for family, rules in by_family()
    )
    return "\n\n".join("\n".join(lines) for lines in groups)


def as_text(rule: Rule) -> str:
    """Return what there is to say about a rule, for a terminal."""
    told = page(rule.id)
    return "\n\n".join((
        f"{rule.id} ({rule.severity}, {rule.family})", f"What: {rule.message}.", f"Do: {rule.advice}.",
        f"Who: {_who(rule)}.", told.why, "Before:", _indented(told.before), "After:", _indented(told.after),
    ))  # fmt: skip


def markdown() -> str:
    """Return every rule as one page of documentation."""
    parts = [_INTRODUCTION]
    for family, rules in by_family():
        parts.append(f"## {FAMILIES[family]}\n")
        parts += map(_section, rules)
    return "\n".join(parts)


def _section(rule: Rule) -> str:
    told = page(rule.id)
    return (
        f"### {rule.id}\n\n*{rule.severity}:* {rule.message}. *Do:* {rule.advice}. *Who:* {_who(rule)}.\n\n"
        f"{told.why}\n\n"
        f"Before:\n\n{told.before}\n\nAfter:\n\n{told.after}\n"
    )


def _who(rule: Rule) -> str:
    """Return who mends what a rule finds: a program, and people where it cannot, or people alone."""
    asked = people.asked(rule)
    if not is_mended(rule):
        return f"people: {asked}"
    return f"`envfence fix` or `envfence env check --fix`{f', else people: {asked}' if asked else ''}"


def is_mended(rule: Rule) -> bool:
    """Tell whether a program mends what a rule finds, or most of it."""
    from envfence.rewrite.repairs import env_files, mending, stacks  # to list rules needs none of them

    return rule.fixable or rule.id in mending.REPAIRS or rule in (*stacks.MENDED, *env_files.MENDED)


def _indented(blocks: str) -> str:
    """Return code blocks as indented text, each under the name of its file."""
    lines: list[str] = []
    for line in blocks.splitlines():
        if line.startswith("```"):
            _, _, name = line.partition(" ")
            lines += [f"  {name}"] if name else []
        else:
            lines.append(f"    {line}" if line else "")
    return "\n".join(lines)
