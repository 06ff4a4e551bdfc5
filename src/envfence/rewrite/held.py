"""The keys that values have been given, and what each of them holds."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from envfence.contract import kinds
from envfence.contract.surfaces.known import is_given, is_secret_name
from envfence.detect.names import words
from envfence.rewrite.servers import ANY

SHORTEST = 4  # characters of a value that says what it is
BROWSER = ("VITE_", "NEXT_PUBLIC_", "REACT_APP_")  # begin the names of what bundlers write into what browsers get
ANYBODYS = f"{ANY}_"
_IS_KEY = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[A-Z]+[0-9][A-Z0-9]*")  # DB3 is the prefix of DB3_HOST
_NO_NAME = re.compile(r"[^A-Z0-9_]")


class Key(NamedTuple):
    """A key, its kind in the contract's words, and its value in each environment."""

    name: str
    kind: str
    values: Mapping[str, str]

    @property
    def is_secret(self) -> bool:
        """Tell whether it is a credential."""
        return self.kind == kinds.SECRET

    def only(self, environment: str) -> str:
        """Return the environments that alone have a value, "" if the one that values mostly belong to has one."""
        return "" if environment in self.values else " ".join(self.values)

    @property
    def placeholder(self) -> str:
        """What the contract has in place of the value."""
        return f"<{self.name}>"


class Held:
    """Remembers the keys that values have.

    ``environment`` is the one that values belong to where nothing else is said. ``known`` are the keys and values that
    its env file has already: they are taken up where the values are equal. ``promised`` are the contract's keys,
    ``claims`` the names that programs read, with what they fall back to: no other value takes one of these.
    ``changing`` are variables that modules set while they run, so that each read of them has to stay one. ``servers``
    are the names of servers, see `envfence.rewrite.servers`.
    """

    def __init__(
        self,
        environment: str = "development",
        known: Mapping[str, str] | None = None,
        promised: Iterable[str] = (),
        claims: Mapping[str, str] | None = None,
        changing: Collection[str] = (),
        servers: Mapping[str, str] | None = None,
    ) -> None:
        self.environment, self.changing = environment, changing
        self._servers = servers or {}
        self._known = dict(known or {})
        self._claims = dict(claims or {})
        self._promised = frozenset(promised) | self._known.keys()
        self._keys: dict[str, Key] = {}
        self.mains: Mapping[str, str] = {}  # service -> the `host:port` that its plain name is for
        self.optional: set[str] = set()  # keys that the code reads and that may be missing
        self.machines: set[str] = set()  # keys of what commands go to, which nothing else reads

    @property
    def used(self) -> list[Key]:
        """The keys that have been given, in that order."""
        return list(self._keys.values())

    @property
    def shared(self) -> list[Key]:
        """The keys that any value may take up."""
        return [key for key in self.used if key.name not in self.machines]

    def longest_part_of(self, text: str) -> int:
        """Return the length of the longest value of these keys that stands in a text."""
        values = (key.values.get(self.environment, "") for key in self.used)
        return max((len(value) for value in values if len(value) >= SHORTEST and value in text), default=0)

    def holds(self, name: str, values: Mapping[str, str]) -> bool:
        """Tell whether a key has these values already."""
        if name in self._keys:
            return all(self._keys[name].values.get(one) == value for one, value in values.items())
        return not is_given(name) and values.get(self.environment) == self._known.get(name, "")

    def fits(self, name: str, values: Mapping[str, str]) -> bool:
        """Tell whether a key of this name has these values or none. A variable of the system is never taken."""
        if is_given(name):
            return False
        if name in self._keys:
            held = self._keys[name].values
            if name.startswith(ANYBODYS) and self.environment not in held:
                return False  # what nothing is known of need not be the same in another environment
            return all(held.get(environment, value) == value for environment, value in values.items())
        known = self._claims | self._known
        return name not in known or values.get(self.environment, known[name]) == known[name]

    def forget(self, read: Collection[str]) -> None:
        """Drop the keys that nothing reads: ``read`` are the names that do, in upper case."""
        for name in [name for name in self._keys if name.upper() not in read]:
            del self._keys[name]

    def holding(self, value: str, tail: str = "", without: frozenset[str] = frozenset()) -> Key | None:
        """Return a key that holds the value here already, and whose name ends in ``tail`` and is not in ``without``."""
        for key in self.shared:
            is_same = key.values.get(self.environment) == value and key.name.endswith(tail)
            if is_same and key.name not in without and not key.name.startswith(BROWSER):
                return key
        return None

    def secret(self, value: str) -> Key | None:
        """Return the key of a secret that is held already: what is equal by chance is no secret."""
        return next((key for key in self.used if key.is_secret and key.values.get(self.environment) == value), None)

    def _is_held(self, name: str, values: Mapping[str, str]) -> bool:
        return name in self._keys and self.holds(name, values)

    def _has(self, name: str, values: Mapping[str, str]) -> bool:
        """Tell whether a key has these values already, or a program reads it and falls back to them."""
        return self.holds(name, values) or self._claims.get(name, "") == values.get(self.environment)

    def _give(self, name: str, values: Mapping[str, str], kind: str) -> Key:
        key = self._keys.get(name)
        if key is None:
            first = next(iter(values.values()))
            key = Key(name, kind or kind_of(name, first), {})
        self._keys[name] = key._replace(values={**key.values, **values})
        return self._keys[name]


def key_name(name: str) -> str:
    """Return a name as keys are written: `dbHost`, `db-host` and `db.host` give DB_HOST."""
    upper = name if _IS_KEY.fullmatch(name) else "_".join(words(name)).upper()
    return _NO_NAME.sub("_", upper).lstrip("0123456789_") or "VALUE"


def kind_of(name: str, value: str) -> str:
    """Return the kind of a key in the contract's words: its name's, unless the value is none of that kind."""
    if is_secret_name(name):
        return kinds.SECRET
    kind = kinds.kind_of_name(name)
    return kind if kinds.is_of_kind(kind, value) else kinds.TEXT
