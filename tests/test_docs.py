"""The documents are true: run from top to bottom their commands print what is shown, and every rule is described."""

import re

import pytest

from envfence import rules
from envfence.contract.readers import compose_reader, python_reader
from envfence.finding import WARNING

from .documents import ROOT, blocks_of, commands_of, run, write_private

GENERATED = {"commands.md", "rules.md"}  # test_site compares the help, test_explain runs the examples of the rules
DOCUMENTS = sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md") if path.name not in GENERATED)
TEXTS = {path: (ROOT / path).read_text(encoding="utf-8") for path in ("README.md", *DOCUMENTS)}
WALKTHROUGHS = {"docs/feature.md", "docs/hotfix.md", "docs/schema-change.md"}  # tests/operate runs them, with a stack
WITH_SERVERS = "run, with servers"  # tests/delivery runs these
RUN = "run"  # above a console block; above any other block stands the file that it is


@pytest.mark.parametrize("path", sorted({*DOCUMENTS} - WALKTHROUGHS))
def test_commands_print_what_is_shown(path, tmp_path):
    for above, language, text in blocks_of(path):
        if language != "console":
            write_private(tmp_path, {above: text})
            continue
        if above == WITH_SERVERS:
            continue
        assert above == RUN
        for command, output in commands_of(text):
            assert (command, run(command, tmp_path)) == (command, output)


@pytest.mark.parametrize("path", DOCUMENTS)
def test_every_block_is_a_file_or_is_run(path):
    blocks = blocks_of(path)
    assert len(blocks) == TEXTS[path].count("\n```") / 2
    assert all(above for above, _, _ in blocks)


def test_every_rule_is_described():
    whole = "".join(TEXTS.values())
    assert [rule for rule in rules.all_rules() if f"`{rule}`" not in whole] == []


@pytest.mark.parametrize(
    ("path", "families"),
    (
        ("docs/contract.md", {"contract", "env", "stack"}),
        ("docs/ci.md", {"workflow"}),
        ("docs/migrations.md", {"migration"}),
    ),
)
def test_rules_say_here_what_they_say_there(path, families):
    known = rules.all_rules()
    rows = dict(re.findall(r"^\| `([a-z]+(?:-[a-z]+)+)` \| (.+) \|$", TEXTS[path], re.MULTILINE))
    said = {
        name: f"{rule.message} (warning)" if rule.severity == WARNING else rule.message for name, rule in known.items()
    }
    assert rows == {name: said[name] for name in rows}
    assert {name for name, rule in known.items() if rule.family in families} == set(rows)


ROWS = re.findall(r"^\| `(A.+)` \| (.+) \| (.+) \|$", TEXTS["docs/contract.md"], re.MULTILINE)


def cell(values):
    if values is None:
        return "refuses the file"
    if "A" not in values:
        return "sets nothing"
    return f"`{values['A']}`" if values["A"] else "empty"


@pytest.mark.parametrize(("line", "python", "compose"), ROWS)
def test_readers_make_of_a_line_what_is_shown(line, python, compose):
    assert cell(python_reader.resolve(python_reader.entries(f"{line}\n"), {})) == python
    assert cell(compose_reader.values_of(compose_reader.entries(f"{line}\n", {}))) == compose


def test_links_between_documents_lead_somewhere():
    for path, text in TEXTS.items():
        for target in re.findall(r"\]\((?!https?:)([^)#]*)", text):
            assert not target or ((ROOT / path).parent / target).resolve().is_file(), f"{path}: {target}"


def test_readers_are_compared():
    assert len(ROWS) > 5
