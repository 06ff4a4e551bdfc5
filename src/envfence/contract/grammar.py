"""The contract, `.env.example`: what it promises of every environment.

``KEY=<ANY_NAME>`` a value is required; ``KEY=<a|b|c>`` one of these; ``KEY=<GENERATE_...>`` a generated secret;
``KEY=literal`` a default that an environment may keep; ``KEY=`` optional. Placeholders may be embedded. The comment
above a key describes it, and ``# only: production`` limits it to the environments named.
"""

from typing import NamedTuple

from envfence.contract import kinds
from envfence.contract.readers import python_reader
from envfence.contract.readers.entry import Entry
from envfence.contract.stages import stage_of

REQUIRED, ONE_OF, GENERATED, DEFAULT, OPTIONAL = "required", "choice", "generated", "default", "optional"


class Key(NamedTuple):
    """One key of the contract. ``text`` is its right side as written, ``only`` the environments it is limited to."""

    name: str
    line: int
    form: str
    kind: str
    text: str
    choices: tuple[str, ...] = ()
    description: str = ""
    only: tuple[str, ...] = ()

    def is_for(self, environment: str) -> bool:
        """Tell whether an environment has this key; a file without an environment's name may have them all."""
        return not self.only or not environment or stage_of(environment) in map(stage_of, self.only)


def contract_of(text: str) -> dict[str, Key]:
    """Return name to key, in the contract's order; a key named twice counts as it stands the first time."""
    lines = text.splitlines()
    keys: dict[str, Key] = {}
    for entry in python_reader.entries(text):
        if entry.key is not None and entry.key not in keys:
            keys[entry.key] = _key(entry.key, entry, lines)
    return keys


def placeholders(value: str) -> list[str]:
    """Return the names in angle brackets of ``value``: a mail address or a tag with attributes is none."""
    names: list[str] = []
    for piece in value.split("<")[1:]:
        name, close, _ = piece.partition(">")
        if close and name[:1].isalnum() and all(character.isalnum() or character in "_-| ." for character in name):
            names.append(name)
    return names


def _key(name: str, entry: Entry, lines: list[str]) -> Key:
    text = entry.value or ""
    description, only = _comment(entry, lines)
    names = placeholders(text)
    whole = names[0] if len(names) == 1 and text == f"<{names[0]}>" else ""
    if "|" in whole:
        choices = tuple(choice.strip() for choice in whole.split("|"))
        return Key(name, entry.line, ONE_OF, kinds.CHOICE, text, choices, description, only)
    if whole.upper().startswith("GENERATE"):
        return Key(name, entry.line, GENERATED, kinds.SECRET, text, (), description, only)
    if _asks(text):
        return Key(name, entry.line, REQUIRED, kinds.kind_of_name(name), text, (), description, only)
    if not names:
        form, kind = (DEFAULT, kinds.kind_of_default(name, text)) if text else (OPTIONAL, kinds.kind_of_name(name))
        return Key(name, entry.line, form, kind, text, (), description, only)
    kind = kinds.kind_of_name(whole)
    if kind == kinds.TEXT or (kind == kinds.SECRET and kinds.is_public(name)):
        kind = kinds.kind_of_name(name)
    return Key(name, entry.line, REQUIRED, kind, text, (), description, only)


def _asks(text: str) -> bool:
    """Tell whether a text asks for a value as many write it, `YOUR_TOKEN_HERE`, and is no default."""
    lower = text.lower()
    return lower.startswith(("your_", "your-", "your ")) or lower.endswith(("_here", "-here", " here"))


def _comment(entry: Entry, lines: list[str]) -> tuple[str, tuple[str, ...]]:
    above: list[str] = []
    number = entry.line - 1  # the index of the line itself, so that of the line above plus one
    while number > 0 and lines[number - 1].lstrip().startswith("#"):
        number -= 1
        above.insert(0, lines[number].strip().lstrip("#").strip())
    beside = lines[entry.line - 1].partition(" #")[2].strip() if entry.line <= len(lines) else ""
    only: list[str] = []
    for comment in (*above, beside):
        if comment.lower().startswith("only:"):
            only += comment[5:].replace(",", " ").split()
    said = (comment for comment in (*above, beside) if comment and not comment.lower().startswith("only:"))
    return " ".join(said), tuple(only)
