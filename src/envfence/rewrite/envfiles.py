"""New keys into env files and into the contract: in place, with comments and line ends kept."""

import re
from collections.abc import Collection, Iterable, Sequence
from functools import cache

from envfence.contract.keys import last_statements
from envfence.contract.readers import compose_reader, python_reader
from envfence.rewrite.held import Key

_PLAIN = re.compile(r"[\w.:/@%+,=^-]*")  # what a shell that sources the file reads alike, too


def with_values(old: str, keys: Iterable[Key], environment: str) -> str:
    """Return the text of `.env.<environment>` with the keys that it lacks and that have a value there."""
    return with_lines(
        old,
        [
            (key.name, f"{key.name}={spelled(key.values.get(environment, ''))}")
            for key in keys
            if environment in key.values
        ],
    )


def with_shared(old: str, shared: str, names: Collection[str]) -> str:
    """Return the text of an env file with those of ``names`` that it lacks and the plain file gives, as given there."""
    lines = shared.splitlines()
    given = last_statements(python_reader.entries(shared)).items()
    return with_lines(old, [(key, "\n".join(lines[one.line - 1 : one.end_line])) for key, one in given if key in names])


def with_placeholders(old: str, keys: Iterable[Key], environment: str = "") -> str:
    """Return the text of the contract with the keys that it lacks, each with a placeholder instead of a value.

    A key that was optional gets one, too: nothing has a default for it any more.
    A key that has no value in ``environment`` is limited to those where it has one.
    """
    limits = {key.name: f"  # only: {only}" for key in keys if environment and (only := key.only(environment))}
    lines = [(key.name, f"{key.name}={key.placeholder}{limits.get(key.name, '')}") for key in keys]
    text = old
    for name, line in lines:
        text = re.sub(rf"^((?:export +)?){name}=(?=[ \t]*(?:#|\r?$))", rf"\g<1>{line}", text, flags=re.MULTILINE)
    return with_lines(text, lines)


@cache  # every decision asks
def spelled(value: str) -> str | None:
    """Return a value as python-dotenv and docker compose both read it, None if there is no such form."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    quoted = (f"'{value}'", f'"{value}"', f'"{escaped}"')
    for form in (value, *quoted) if _PLAIN.fullmatch(value) else (*quoted, value):
        if _read(form) == (value, value):
            return form
    return None


def _read(form: str) -> tuple[str | None, str | None]:
    text = f"K={form}\n"
    python = python_reader.entries(text)
    compose = compose_reader.entries(text, {})
    if len(python) != 1 or len(compose) != 1 or python[0].problem or compose[0].problem:
        return None, None
    return python_reader.resolve(python, {}).get("K"), compose[0].value


def with_lines(old: str, lines: Sequence[tuple[str, str]]) -> str:
    """Put the line of each key that is missing behind the last key with the same first word, or at the end."""
    newline = "\r\n" if "\r\n" in old else "\n"
    text = old.replace("\r\n", "\n")
    there = [] if not text else text.removesuffix("\n").split("\n")
    ends = {key: entry.end_line for key, entry in last_statements(python_reader.entries("\n".join(there))).items()}
    for name, line in lines:
        if name in ends:
            continue
        family = name.partition("_")[0]
        at = max((end for key, end in ends.items() if key.partition("_")[0] == family), default=0)
        if at:
            there.insert(at, line)
            ends = {key: end + (end > at) for key, end in ends.items()}
        else:
            there += ["", line] if there and there[-1].strip() else [line]
        ends[name] = at + 1 if at else len(there)
    return newline.join(there) + newline if there else old
