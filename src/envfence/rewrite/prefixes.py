"""Which prefix the keys of a connection have: that of those that hold it, or of others of its service."""

from collections.abc import Iterable, Mapping

from envfence.detect.addresses import is_loopback
from envfence.rewrite.held import Held
from envfence.rewrite.servers import dialled

SERVER = frozenset({"HOST", "PORT"})
_ALIASES = {"DB": ("POSTGRES", "POSTGRESQL", "PG", "DATABASE", "MYSQL"), "RABBITMQ": ("AMQP",), "MONGO": ("MONGODB",)}
_NAMES = ("DB", "DATABASE")  # what the name of a database is called elsewhere: POSTGRES_DB


class Prefixes(Held):
    """Knows which prefixes hold a connection."""

    @property
    def _spoken_for(self) -> set[str]:
        return {*self._keys, *self._promised, *self._claims}

    def _named(self, prefix: str, part: str) -> str:
        """Return what the key of a part is called: POSTGRES_DB where that is the name of a database already."""
        others = [f"{prefix}_{name}" for name in _NAMES] if part == "NAME" else []
        return next((name for name in (f"{prefix}_{part}", *others) if name in self._spoken_for), f"{prefix}_{part}")

    def _server(self, parts: Mapping[str, Mapping[str, str]]) -> str:
        """Return the prefix of the keys of a server that somebody else, or another database, is reached on already."""
        if parts.keys() >= SERVER:
            for name in (key.name for key in self.shared):
                prefix = name.removesuffix("_HOST")
                if name.endswith("_HOST") and all(self._is_held(f"{prefix}_{part}", parts[part]) for part in SERVER):
                    return prefix
        return ""

    def _pair_at(self, origin: str) -> str:
        """Return the prefix of the keys that hold the host and the port of an origin, "" if none do."""
        host, _, port = origin.rpartition(":")
        parts = {"HOST": {self.environment: host}, "PORT": {self.environment: port}}
        return self._server(parts) if host and not is_loopback(host) else ""

    def _is_main(self, service: str, parts: Mapping[str, Mapping[str, str]]) -> bool:
        """Tell whether a connection may have the plain name of its service."""
        origin = dialled({part: values.get(self.environment, "") for part, values in parts.items()})
        return not origin or self.mains.get(service, origin) == origin

    def _near(self, parts: Mapping[str, Mapping[str, str]]) -> str:
        """Return the prefix of the keys of a server on this machine that is dialled by another name of the machine."""
        host = parts.get("HOST", {}).get(self.environment, "")
        others = [part for part in parts if part != "HOST"]
        for key in self.shared if "PORT" in parts and is_loopback(host) else ():
            name, prefix = key.name, key.name.removesuffix("_HOST")
            held = key.values.get(self.environment, "")
            is_other = name != prefix and held != host and is_loopback(held)
            is_same = is_other and self._is_held(f"{prefix}_PORT", parts["PORT"])
            if is_same and all(self.fits(f"{prefix}_{part}", parts[part]) for part in others):
                return prefix
        return ""

    def _is_host(self, name: str, values: Mapping[str, str]) -> bool:
        return name.endswith("_HOST") and self._is_held(name, values)

    def _holders(self, parts: Mapping[str, Mapping[str, str]]) -> list[str]:
        """Return the prefixes under which all of this is held, host and port among it: they lead to the same server.

        A host says enough without its port, unless it is everybody's.
        """
        host = parts.get("HOST", {}).get(self.environment, "")
        if host and "PORT" not in parts and not is_loopback(host):
            hosts = [key.name for key in self.shared if self._is_host(key.name, parts["HOST"])]
            named = [name.removesuffix("_HOST") for name in hosts]
            return [each for each in named if all(self.holds(f"{each}_{part}", parts[part]) for part in parts)]
        if not {"HOST", "PORT"} <= parts.keys():
            return []
        origin = f"{parts['HOST'].get(self.environment)}:{parts['PORT'].get(self.environment)}"
        names = (*(key.name for key in self.shared), *self._known)
        prefixes = [name.removesuffix("_HOST") for name in names if name.endswith("_HOST")]
        urls = [key for key in self.used if key.name.endswith("_URL")]
        return [
            *(each for each in prefixes if all(self._has(self._named(each, part), parts[part]) for part in parts)),
            *(key.name[:-4] for key in urls if key.values.get(self.environment, "").partition("://")[2] == origin),
        ]

    def _logins(self, service: str, parts: Mapping[str, Mapping[str, str]]) -> list[str]:
        """Return the prefixes of a service that hold a login of which no server is told, those that hold most first."""
        if "PASSWORD" not in parts or "HOST" in parts:
            return []
        family = {service, *_ALIASES.get(service, ())}
        prefixes = [key.name.removesuffix("_PASSWORD") for key in self.used if key.name.endswith("_PASSWORD")]
        own = [each for each in prefixes if family & {*each.split("_")} and not self._is_of_another(each, parts)]
        same = [each for each in own if self._is_held(f"{each}_PASSWORD", parts["PASSWORD"])]
        return sorted(same, key=lambda each: -sum(self._has(self._named(each, part), parts[part]) for part in parts))

    def _is_of_another(self, prefix: str, parts: Iterable[str]) -> bool:
        """Tell whether keys are those of a server, and none of them is the name of a database."""
        is_named = "NAME" not in parts or self._named(prefix, "NAME") in self._spoken_for
        return not is_named and f"{prefix}_HOST" in self._keys

    def _held_again(self, service: str, named: Iterable[str], parts: Mapping[str, Mapping[str, str]]) -> list[str]:
        """Return the other prefixes of a service, named or numbered, under which all of this is held already."""
        numbered = (f"{service}{number}" for number in range(2, len(self._keys) + 2))
        return [
            each for each in (*named, *numbered) if all(self._is_held(f"{each}_{part}", parts[part]) for part in parts)
        ]

    def _aliases(self, service: str, parts: Iterable[str]) -> list[str]:
        """Return other prefixes of the service that hold its keys here: POSTGRES where POSTGRES_HOST is read."""
        named = {*self._keys, *self._promised}
        aliases = [alias for alias in _ALIASES.get(service, ()) if not self._is_of_another(alias, parts)]
        return [alias for alias in aliases if any(self._named(alias, part) in named for part in parts)]

    def prefix_of(self, parts: Mapping[str, Mapping[str, str]]) -> str:
        """Return the prefix of keys that have the server or the password in the environment of most values, and fit."""
        here = {part: values.get(self.environment, "") for part, values in parts.items()}
        for key in self.shared:
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
