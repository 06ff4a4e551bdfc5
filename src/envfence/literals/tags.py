"""Defaults in the tags of a field: Host string `envconfig:"DB_HOST" default:"…"`."""

import re
from collections.abc import Iterator

from envfence.literals import DEFAULT, Literal

_PAIR = re.compile(r"([\w-]+):\"((?:[^\"\\\n]|\\.)*)\"")
_DEFAULTS = ("default", "envDefault", "env-default", "default_value")
_NAMES = ("env", "envconfig", "mapstructure", "yaml", "json", "toml", "long", "name")  # who names it best comes first
_FIELD = re.compile(r"([A-Za-z_]\w*)[ \t]+[\w.*\[\]]+[ \t]*$")


def defaults(text: str, start: int, end: int) -> Iterator[Literal]:
    """Yield the default that the tag at text[start:end] holds, named for its variable or else for its field."""
    pairs = {pair[1]: pair for pair in _PAIR.finditer(text, start, end)}
    for key in _DEFAULTS:
        if key in pairs:
            field = _FIELD.search(text, max(0, start - 200), start)
            named = (pairs[name][2].partition(",")[0] for name in _NAMES if name in pairs)
            name = next(filter(None, named), field[1] if field else "")
            yield Literal(pairs[key][2], pairs[key].start(2), pairs[key].end(2), name, role=DEFAULT)
