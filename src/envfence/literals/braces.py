"""What the brace around a literal says of it, where a language gives braces a meaning of their own."""

import re
from collections.abc import Callable
from typing import NamedTuple

from envfence.literals.heads import LONGEST_TARGET
from envfence.literals.languages import BICEP, JAVA, JAVASCRIPT, JSON, RUBY, TERRAFORM, Syntax
from envfence.literals.tokens import Code

_HEADER = re.compile(r"([A-Za-z_]\w*)((?:\s+\"[^\"]*\")*)\s*$")
_LABEL = re.compile(r"\"([^\"]*)\"")
_NAMED = re.compile(r"\bname\"?\s*[=:]\s*\"([\w.-]+)\"\s*(?:,|$)", re.MULTILINE)
_VARIABLE = re.compile(r"[{,]\s*[\"']?(?:name|key)[\"']?\s*:\s*[\"'`]([A-Z][A-Z\d]*_[A-Z\d_]+)[\"'`]\s*,")
_SETTING = re.compile(r"[{,]\s*\"(?:name|key)\"\s*:\s*\"([A-Za-z][\w.-]*)\"\s*,")
_NAMED_ABOVE = re.compile(r"[{,\n]\s*name:\s*'([A-Za-z][\w.:-]*)'[ \t]*[,\r\n]")
_FETCHES = re.compile(r"\bfetch\(\s*[\"'](\w+)[\"']\s*\)\s*$")
_FIRST = re.compile(r"\s*\"([^\"\n]*)\"")


class Around(NamedTuple):
    """The name of the literal, whether it is a default, and the names around it."""

    name: str
    is_default: bool = False
    path: tuple[str, ...] = ()


def around(code: Code, opener: int, start: int, name: str, position: int) -> Around:
    """Return what the brace at ``opener`` says of the literal at ``start``, an element that ``name`` is bound to.

    ``position`` counts the elements before it, and is 0 where an element is bound to a name.
    """
    reader = _READERS.get(code.syntax)
    return reader(code, opener, start, name, position) if reader else Around(name)


def _block(code: Code, opener: int, start: int, name: str, position: int) -> Around:
    """Terraform: `variable "db_host" { default = "…" }`, `env { name = "DB_HOST" value = "…" }`."""
    line = code.text.rfind("\n", 0, opener) + 1
    header = _HEADER.search(code.text, max(line, opener - LONGEST_TARGET), opener)
    labels: list[str] = _LABEL.findall(header[2]) if header else []
    path = (header[1], *labels) if header else ()
    if header and header[1] == "variable" and labels and name == "default":
        return Around(labels[-1], is_default=True, path=path)
    if name == "value" and (named := _NAMED.search(code.text, opener, start)):
        return Around(named[1], path=path)
    return Around(name, path=path)


def _entry(code: Code, opener: int, start: int, name: str, position: int) -> Around:
    """A setting in JSON, in JavaScript a variable of the environment: `{ "name": "DB_HOST", "value": "…" }`."""
    entry = _SETTING if code.syntax is JSON else _VARIABLE
    named = entry.search(code.text, opener, start) if name == "value" else None
    return Around(named[1] if named else name)


def _application_setting(code: Code, opener: int, start: int, name: str, position: int) -> Around:
    """Bicep: `{ name: 'DB_HOST', value: '…' }`, on lines of their own without the comma."""
    named = _NAMED_ABOVE.search(code.text, opener, start) if name == "value" else None
    return Around(named[1] if named else name)


def _pair(code: Code, opener: int, start: int, name: str, position: int) -> Around:
    """C#: the key and the value of a dictionary, `{ "Db:Host", "…" }`."""
    key = _FIRST.match(code.text, opener + 1) if position == 1 and not name else None
    return Around(key[1] if key else name)


def _fetched(code: Code, opener: int, start: int, name: str, position: int) -> Around:
    """Ruby: `ENV.fetch("DB_HOST") { "…" }`."""
    fetched = _FETCHES.search(code.text, max(0, opener - LONGEST_TARGET), opener)
    return Around(fetched[1], is_default=True) if fetched else Around(name)


_READERS: dict[Syntax, Callable[[Code, int, int, str, int], Around]] = {
    TERRAFORM: _block,
    BICEP: _application_setting,
    JSON: _entry,
    JAVASCRIPT: _entry,
    JAVA: _pair,
    RUBY: _fetched,
}
