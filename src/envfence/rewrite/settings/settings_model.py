"""A Settings class as it is to be: the fields and the composed properties that the rewritten code reads."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from envfence.contract import kinds
from envfence.rewrite.held import Key

if TYPE_CHECKING:
    from envfence.rewrite.settings.written import Finder

STR, INT, SECRET = "str int SecretStr".split()


class Field(NamedTuple):
    """One value: its key, the attribute that holds it, and the attribute's type.

    One that ``is_named`` says its key by itself: that is not made of the class's prefix and the attribute.
    """

    key: str
    attribute: str
    type: str
    is_named: bool = False


class Composed(NamedTuple):
    """A property that puts fields together.

    ``pieces`` are texts and fields: (text, "") or (key, how), where ``how`` is "raw", "quoted" with the characters
    ``safe``, "bracketed" for a host that may be an IPv6 address, or "pair" for a value of `key=value` pairs.
    """

    name: str
    pieces: tuple[tuple[str, str], ...]
    safe: str = ""


class Settings:
    """The class that a part of the repository reads: what it has (``known``), and what is added.

    ``reader`` is the expression that gives it, and ``is_upper`` tells how attributes are spelled. ``written`` finds the
    name of a property that the class has already, "" if it has none that composes the same. ``prefix`` is what the keys
    of its fields begin with, in upper case.
    """

    def __init__(
        self, reader: str = "get_settings()", known: Mapping[str, Field] | None = None, *, is_upper: bool = True,
        taken: Sequence[str] = (), written: "Finder | None" = None, prefix: str = "",
    ) -> None:  # fmt: skip
        self.reader = reader
        self.is_upper = is_upper
        self.prefix = prefix
        self.shares_keys = False  # with other classes: then new keys have no prefix
        self.fields: dict[str, Field] = dict(known or {})
        self.added: list[Field] = []
        self.composed: list[Composed] = []
        self.is_read = False
        self._taken = set(taken)
        self._written = written

    def field(self, key: Key) -> Field:
        """Return the field of a key; add it if the class lacks it."""
        if key.name not in self.fields:
            name = key.name.removeprefix(self.prefix)
            attribute = name if self.is_upper else name.lower()
            kind = {kinds.SECRET: SECRET, kinds.PORT: INT}.get(key.kind, STR)
            self.fields[key.name] = Field(key.name, attribute, kind, is_named=bool(self.prefix) and name == key.name)
            self.added.append(self.fields[key.name])
        return self.fields[key.name]

    def prefixed(self, name: str) -> str:
        """Return what a new key of this class is called, or what its name begins with."""
        return name if self.shares_keys or name.startswith(self.prefix) else f"{self.prefix}{name}"

    def read(self, key: Key, wanted: str = STR) -> str:
        """Return the expression that reads a key as text, or as a number."""
        field = self.field(key)
        self.is_read = True
        code = f"{self.reader}.{field.attribute}"
        if field.type == SECRET:
            return f"{code}.get_secret_value()"
        return code if field.type == wanted else f"{wanted}({code})"

    def read_composed(
        self, names: Sequence[str], keys: Sequence[Key], pieces: Sequence[tuple[str, str]], safe: str = ""
    ) -> str:
        """Return the expression that reads a composed text, whose property has the first of ``names`` that is free."""
        self.is_read = True
        for key in keys:
            self.field(key)
        wanted = Composed("", tuple(pieces), safe)
        if self._written and (name := self._written(wanted, keys, self)):
            return f"{self.reader}.{name}"
        found = next((one for one in self.composed if one._replace(name="") == wanted), None)
        if found is None:
            taken = {one.name for one in self.composed} | self._taken | {one.attribute for one in self.fields.values()}
            taken |= set(map(str.lower, taken))  # database_url beside DATABASE_URL would be read for it
            numbered = (f"{names[-1]}_{number}" for number in range(2, 1000))
            found = wanted._replace(name=next(name for name in (*names, *numbered) if name not in taken))
            self.composed.append(found)
        return f"{self.reader}.{found.name}"
