"""Which key holds which value: equal values of one service share a key, another service gets keys of its own."""

import re
from collections.abc import Collection, Iterable, Mapping
from itertools import chain, count
from typing import NamedTuple

from envfence.contract import kinds
from envfence.contract.surfaces.known import is_given, is_secret_name
from envfence.detect.addresses import is_loopback
from envfence.detect.names import words
from envfence.rewrite.servers import ANY, dialled, origin_of

PARTS = ("HOSTS", "HOST", "PORT", "NAME", "USER", "PASSWORD", "URL")
_ALIASES = {"DB": ("POSTGRES", "POSTGRESQL", "PG", "DATABASE", "MYSQL"), "RABBITMQ": ("AMQP",), "MONGO": ("MONGODB",)}
_SERVER = frozenset({"HOST", "PORT"})
_NAMES = ("DB", "DATABASE")  # what the name of a database is called elsewhere: POSTGRES_DB
SHORTEST = 4  # characters of a value that says what it is
BROWSER = ("VITE_", "NEXT_PUBLIC_", "REACT_APP_")  # begin the names of what bundlers write into what browsers get
_ANY = f"{ANY}_"
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


class Keys:
    """Gives values their keys, and remembers them.

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
        self._base: Keys | None = None
        self.mains: Mapping[str, str] = {}  # service -> the `host:port` that its plain name is for
        self.optional: set[str] = set()  # keys that the code reads and that may be missing

    def of(self, environment: str, known: Mapping[str, str]) -> "Keys":
        """Return the same keys for values of another environment, of which ``known`` are there already."""
        foreign = {name: "" for name in self._claims if name.startswith(_ANY)}  # see `fits`
        view = Keys(environment, known, self._promised, foreign, self.changing, self._servers)
        view._keys, view.optional, view._base, view.mains = self._keys, self.optional, self, self.mains
        return view

    def holding_part_of(self, text: str) -> "Keys":
        """Return the keys that a value is to have: those that this is a view of, if they hold more of it."""
        base = self._base
        return base if base and base.longest_part_of(text) > self.longest_part_of(text) else self

    def longest_part_of(self, text: str) -> int:
        """Return the length of the longest value of these keys that stands in a text."""
        values = (key.values.get(self.environment, "") for key in self.used)
        return max((len(value) for value in values if len(value) >= SHORTEST and value in text), default=0)

    @property
    def used(self) -> list[Key]:
        """The keys that have been given, in that order."""
        return list(self._keys.values())

    def one(self, name: str, value: str, kind: str = "") -> Key:
        """Return the key of one value: ``name`` in upper case, or that with a number where it holds another value."""
        return self.of_environments(name, {self.environment: value}, kind)

    def of_environments(self, name: str, values: Mapping[str, str], kind: str = "") -> Key:
        """Return the key that has these values, each in its environment."""
        name = _own(key_name(name))
        server = self._servers.get(origin_of(values.get(self.environment, "")), "")
        name = f"{server}_URL" if server and name == f"{ANY}_URL" else name
        return self._give(next(each for each in _numbered(name) if self.fits(each, values)), values, kind)

    def group(self, service: str, parts: Mapping[str, str], others: Iterable[str] = ()) -> dict[str, Key]:
        """Return the keys of the parts of one connection, by part: {"HOST": Key("DB_HOST", …), …}.

        ``service`` is their prefix, DB, unless keys of another hold all of this. If its keys hold other values the
        connection leads elsewhere: then the first of ``others`` is the prefix for which all fit, such as ANALYTICS_DB,
        or else the service with a number, DB2.
        """
        return self.groups(service, {part: {self.environment: value} for part, value in parts.items()}, others)

    def groups(
        self, service: str, parts: Mapping[str, Mapping[str, str]], others: Iterable[str] = ()
    ) -> dict[str, Key]:
        """Return what `group` does for parts with a value for each environment."""
        service = _own(key_name(service), "_HOST")
        if service == ANY and parts.keys() >= _SERVER:
            origin = ":".join(parts[part].get(self.environment, "") for part in ("HOST", "PORT"))
            service = self._servers.get(origin.lower(), service)
        prefixes = chain(
            self._holders(parts),
            self._logins(service, parts),
            self._aliases(service, parts),
            self._numbered_holders(service, parts),
            [service] if self._is_main(service, parts) else [],
            (_own(key_name(one), "_HOST") for one in others),
            (f"{service}{number}" for number in count(2)),
        )
        prefix = next(
            each for each in prefixes if all(self.fits(self._named(each, part), parts[part]) for part in parts)
        )
        near = "" if all(self._is_held(f"{prefix}_{part}", parts[part]) for part in parts) else self._near(parts)
        if near:
            numbered = (f"{near}{number}_HOST" for number in count(2))
            name = next(each for each in numbered if self.fits(each, parts["HOST"]))
            rest = {part: values for part, values in parts.items() if part != "HOST"}
            return {"HOST": self._give(name, parts["HOST"], ""), **self.groups(near, rest)}
        server = self._server(parts) or prefix
        ordered = [(part, server if part in _SERVER else prefix) for part in sorted(parts, key=PARTS.index)]
        return {part: self._give(self._named(own, part), parts[part], _kind_of_part(part)) for part, own in ordered}

    @property
    def _spoken_for(self) -> set[str]:
        return {*self._keys, *self._promised, *self._claims}

    def _named(self, prefix: str, part: str) -> str:
        """Return what the key of a part is called: POSTGRES_DB where that is the name of a database already."""
        others = [f"{prefix}_{name}" for name in _NAMES] if part == "NAME" else []
        return next((name for name in (f"{prefix}_{part}", *others) if name in self._spoken_for), f"{prefix}_{part}")

    def _server(self, parts: Mapping[str, Mapping[str, str]]) -> str:
        """Return the prefix of the keys of a server that somebody else, or another database, is reached on already."""
        if parts.keys() >= _SERVER:
            for name in self._keys:
                prefix = name.removesuffix("_HOST")
                if name.endswith("_HOST") and all(self._is_held(f"{prefix}_{part}", parts[part]) for part in _SERVER):
                    return prefix
        return ""

    def _is_main(self, service: str, parts: Mapping[str, Mapping[str, str]]) -> bool:
        """Tell whether a connection may have the plain name of its service."""
        origin = dialled({part: values.get(self.environment, "") for part, values in parts.items()})
        return not origin or self.mains.get(service, origin) == origin

    def _near(self, parts: Mapping[str, Mapping[str, str]]) -> str:
        """Return the prefix of the keys of a server on this machine that is dialled by another name of the machine."""
        host = parts.get("HOST", {}).get(self.environment, "")
        others = [part for part in parts if part != "HOST"]
        for name, key in self._keys.items() if "PORT" in parts and is_loopback(host) else ():
            prefix = name.removesuffix("_HOST")
            held = key.values.get(self.environment, "")
            is_other = name != prefix and held != host and is_loopback(held)
            is_same = is_other and self._is_held(f"{prefix}_PORT", parts["PORT"])
            if is_same and all(self.fits(f"{prefix}_{part}", parts[part]) for part in others):
                return prefix
        return ""

    def _is_host(self, name: str, values: Mapping[str, str]) -> bool:
        return name.endswith("_HOST") and self._is_held(name, values)

    def _is_held(self, name: str, values: Mapping[str, str]) -> bool:
        return name in self._keys and self.holds(name, values)

    def _holders(self, parts: Mapping[str, Mapping[str, str]]) -> list[str]:
        """Return the prefixes under which all of this is held, host and port among it: they lead to the same server.

        A host says enough without its port, unless it is everybody's.
        """
        host = parts.get("HOST", {}).get(self.environment, "")
        if host and "PORT" not in parts and not is_loopback(host):
            named = [name.removesuffix("_HOST") for name in self._keys if self._is_host(name, parts["HOST"])]
            return [each for each in named if all(self.holds(f"{each}_{part}", parts[part]) for part in parts)]
        if not {"HOST", "PORT"} <= parts.keys():
            return []
        origin = f"{parts['HOST'].get(self.environment)}:{parts['PORT'].get(self.environment)}"
        prefixes = [name.removesuffix("_HOST") for name in (*self._keys, *self._known) if name.endswith("_HOST")]
        urls = [key for key in self.used if key.name.endswith("_URL")]
        return [
            *(each for each in prefixes if all(self._has(self._named(each, part), parts[part]) for part in parts)),
            *(key.name[:-4] for key in urls if key.values.get(self.environment, "").partition("://")[2] == origin),
        ]

    def _has(self, name: str, values: Mapping[str, str]) -> bool:
        """Tell whether a key has these values already, or a program reads it and falls back to them."""
        return self.holds(name, values) or self._claims.get(name, "") == values.get(self.environment)

    def _logins(self, service: str, parts: Mapping[str, Mapping[str, str]]) -> list[str]:
        """Return the prefixes of a service that hold a login of which no server is told, those that hold most first."""
        if "PASSWORD" not in parts or "HOST" in parts:
            return []
        family = {service, *_ALIASES.get(service, ())}
        prefixes = [key.name.removesuffix("_PASSWORD") for key in self.used if key.name.endswith("_PASSWORD")]
        same = [
            each
            for each in prefixes
            if family & {*each.split("_")} and self._is_held(f"{each}_PASSWORD", parts["PASSWORD"])
        ]
        return sorted(same, key=lambda each: -sum(self._has(self._named(each, part), parts[part]) for part in parts))

    def _numbered_holders(self, service: str, parts: Mapping[str, Mapping[str, str]]) -> list[str]:
        """Return the numbered prefixes under which all of this is held: another server of a service, once more."""
        numbered = (f"{service}{number}" for number in range(2, len(self._keys) + 2))
        return [each for each in numbered if all(self._is_held(f"{each}_{part}", parts[part]) for part in parts)]

    def prefix_of(self, parts: Mapping[str, Mapping[str, str]]) -> str:
        """Return the prefix of keys that have the server or the password in the environment of most values, and fit."""
        here = {part: values.get(self.environment, "") for part, values in parts.items()}
        for key in self.used:
            prefix, _, part = key.name.rpartition("_")
            if part not in {"HOST", "PASSWORD"} or key.values.get(self.environment) != here.get(part):
                continue
            port = self._keys.get(f"{prefix}_PORT")
            is_server = port is not None and port.values.get(self.environment) == here.get("PORT")
            tells = part == "PASSWORD" or is_server or not is_loopback(here["HOST"])
            if tells and all(self.fits(f"{prefix}_{name}", values) for name, values in parts.items()):
                return prefix
        return ""

    def login(self, parts: Mapping[str, str]) -> str:
        """Return the prefix of the keys that hold a password, and all that is beside it, "" if none do."""
        for key in self.used if "PASSWORD" in parts else ():
            prefix, _, part = key.name.rpartition("_")
            if part == "PASSWORD" and all(
                self._is_held(f"{prefix}_{one}", {self.environment: parts[one]}) for one in parts
            ):
                return prefix
        return ""

    def holds(self, name: str, values: Mapping[str, str]) -> bool:
        """Tell whether a key has these values already."""
        if name in self._keys:
            return all(self._keys[name].values.get(one) == value for one, value in values.items())
        return not is_given(name) and values.get(self.environment) == self._known.get(name, "")

    def _aliases(self, service: str, parts: Iterable[str]) -> list[str]:
        """Return other prefixes of the service that hold its keys here: POSTGRES where POSTGRES_HOST is read.

        Where they are those of a server already, they hold all of this, too: another database has keys of its own.
        """
        named = {*self._keys, *self._promised}
        found = [alias for alias in _ALIASES.get(service, ()) if any(self._named(alias, part) in named for part in parts)]
        whole = {alias for alias in found if all(self._named(alias, part) in named for part in parts)}
        return [alias for alias in found if f"{alias}_HOST" not in self._keys or alias in whole]

    def fits(self, name: str, values: Mapping[str, str]) -> bool:
        """Tell whether a key of this name has these values or none. A variable of the system is never taken."""
        if is_given(name):
            return False
        if name in self._keys:
            held = self._keys[name].values
            if name.startswith(_ANY) and self.environment not in held:
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
        for key in self._keys.values():
            is_same = key.values.get(self.environment) == value and key.name.endswith(tail)
            if is_same and key.name not in without and not key.name.startswith(BROWSER):
                return key
        return None

    def secret(self, value: str) -> Key | None:
        """Return the key of a secret that is held already: what is equal by chance is no secret."""
        return next((key for key in self.used if key.is_secret and key.values.get(self.environment) == value), None)

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


def _own(name: str, tail: str = "") -> str:
    """Return a name that no system and no tool gives a value: APP_PORT for PORT."""
    return f"APP_{name}" if is_given(name + tail) else name


def kind_of(name: str, value: str) -> str:
    """Return the kind of a key in the contract's words: its name's, unless the value is none of that kind."""
    if is_secret_name(name):
        return kinds.SECRET
    kind = kinds.kind_of_name(name)
    return kind if kinds.is_of_kind(kind, value) else kinds.TEXT


def _kind_of_part(part: str) -> str:
    return kinds.SECRET if part == "PASSWORD" else kinds.kind_of_name(part)


def _numbered(name: str) -> Iterable[str]:
    yield name
    yield from (f"{name}_{number}" for number in count(2))
