"""Which key holds which value: equal values of one service share a key, another service gets keys of its own."""

from collections.abc import Iterable, Mapping
from itertools import chain, count

from envfence.contract import kinds
from envfence.contract.surfaces.known import is_given
from envfence.rewrite.held import ANYBODYS, Key, key_name
from envfence.rewrite.prefixes import SERVER, Prefixes
from envfence.rewrite.servers import ANY, origin_of

PARTS = ("HOSTS", "HOST", "PORT", "NAME", "USER", "PASSWORD", "URL")


class Keys(Prefixes):
    """Gives values their keys."""

    _base: "Keys | None" = None

    def of(self, environment: str, known: Mapping[str, str]) -> "Keys":
        """Return the same keys for values of another environment, of which ``known`` are there already."""
        foreign = {name: "" for name in self._claims if name.startswith(ANYBODYS)}  # see `fits`
        view = Keys(environment, known, self._promised, foreign, self.changing, self._servers)
        view._keys, view.optional, view._base, view.mains = self._keys, self.optional, self, self.mains
        view.machines = self.machines
        return view

    def holding_part_of(self, text: str) -> "Keys":
        """Return the keys that a value is to have: those that this is a view of, if they hold more of it."""
        base = self._base
        return base if base and base.longest_part_of(text) > self.longest_part_of(text) else self

    def one(self, name: str, value: str, kind: str = "") -> Key:
        """Return the key of one value: ``name`` in upper case, or that with a number where it holds another value."""
        return self.of_environments(name, {self.environment: value}, kind)

    def of_environments(self, name: str, values: Mapping[str, str], kind: str = "") -> Key:
        """Return the key that has these values, each in its environment."""
        name = _own(key_name(name))
        origin = origin_of(values.get(self.environment, ""))
        server = self._servers.get(origin, "") or self._pair_at(origin)
        name = f"{server}_URL" if server and name == f"{ANY}_URL" else name
        return self._give(next(each for each in _numbered(name) if self.fits(each, values)), values, kind)

    def machine(self, prefix: str, host: str) -> Key:
        """Return the key of a machine that commands go to: it is a setting of its own, whatever else runs there today.

        ``prefix`` is what it is called: DEPLOY gives DEPLOY_HOST, or DEPLOY2_HOST where that is another machine.
        """
        names = (f"{each}_HOST" for each in chain([prefix], _further(prefix)))
        name = next(each for each in names if self._is_of_machine(each, host))
        self.machines.add(name)
        return self._give(name, {self.environment: host}, "")

    def _is_of_machine(self, name: str, host: str) -> bool:
        """Tell whether a key is free for a machine, or has it: that of another environment need not be the same."""
        key = self._keys.get(name)
        if key and (name not in self.machines or host not in key.values.values()):
            return False
        return self.fits(name, {self.environment: host})

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
        if service == ANY and parts.keys() >= SERVER:
            origin = ":".join(parts[part].get(self.environment, "") for part in ("HOST", "PORT"))
            service = self._servers.get(origin.lower(), service)
        named = [_own(key_name(one), "_HOST") for one in others]
        prefixes = chain(
            self._holders(parts),
            self._logins(service, parts),
            self._aliases(service, parts),
            self._held_again(service, named, parts),
            [service] if self._is_main(service, parts) else [],
            named,
            _further(service),
        )
        prefix = next(
            each for each in prefixes if all(self.fits(self._named(each, part), parts[part]) for part in parts)
        )
        near = "" if all(self._is_held(f"{prefix}_{part}", parts[part]) for part in parts) else self._near(parts)
        if near:
            numbered = (f"{each}_HOST" for each in _further(near))
            name = next(each for each in numbered if self.fits(each, parts["HOST"]))
            rest = {part: values for part, values in parts.items() if part != "HOST"}
            return {"HOST": self._give(name, parts["HOST"], ""), **self.groups(near, rest)}
        server = self._server(parts) or prefix
        ordered = [(part, server if part in SERVER else prefix) for part in sorted(parts, key=PARTS.index)]
        return {part: self._give(self._named(own, part), parts[part], _kind_of_part(part)) for part, own in ordered}


def _own(name: str, tail: str = "") -> str:
    """Return a name that no system and no tool gives a value: APP_PORT for PORT."""
    return f"APP_{name}" if is_given(name + tail) else name


def _kind_of_part(part: str) -> str:
    return kinds.SECRET if part == "PASSWORD" else kinds.kind_of_name(part)


def _numbered(name: str) -> Iterable[str]:
    return chain([name], _further(f"{name}_"))


def _further(name: str) -> Iterable[str]:
    """Return DB2, DB3 and so on for DB."""
    return (f"{name}{number}" for number in count(2))
