"""Base and override merged as docker compose merges them, every value knowing where it came from.

`docker compose config` gives the same model without files and lines, and needs a client; the tests compare the two.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from envfence.contract.readers.template import TemplateError, references, substitute
from envfence.contract.stages import DEVELOPMENT, TEST, stage_of, stages_in
from envfence.stack.entries import mount, published
from envfence.stack.tree import OVERRIDE, RESET, Node

ENDED = "service_completed_successfully"  # a condition of `depends_on`
OPEN, CLOSE = "\u27e8", "\u27e9"  # around the name of a key whose value is not known here
_REPLACED = frozenset({"command", "entrypoint", "test"})
_BY_KEY = frozenset({"environment", "labels", "args", "extra_hosts", "sysctls", "annotations"})
_TOOLS = frozenset({"debug", "tools", "tool", "manual"})
_NAMES = frozenset({"depends_on", "networks"})


class Stack(NamedTuple):
    """A base compose file and the overrides of one environment, "" for a base that nothing overrides.

    ``layers`` are the files as written, ``model`` is their merge with every key that is known put in.
    """

    environment: str
    layers: tuple[Node, ...]
    model: Node

    @property
    def stage(self) -> str:
        """What kind of environment it is."""
        return stage_of(self.environment)

    @property
    def is_throwaway(self) -> bool:
        """Tell whether it runs on developers' machines and in CI only."""
        return self.stage in {DEVELOPMENT, TEST}

    @property
    def services(self) -> dict[str, Node]:
        """Its services by name, merged."""
        return self.model.at("services").mapping

    @property
    def started(self) -> dict[str, Node]:
        """Its services without those that outside development only a developer's profile starts."""
        if self.is_throwaway:
            return self.services
        return {name: service for name, service in self.services.items() if not _is_for_developers(service)}

    @property
    def ending(self) -> set[str]:
        """The services that others wait for until they have ended."""
        waits = (wait for service in self.services.values() for wait in service.at("depends_on").mapping.items())
        return {name for name, node in waits if node.at("condition").text == ENDED}

    @property
    def one_shots(self) -> set[str]:
        """The services that end by themselves, as others wait for, or that only a profile starts."""
        return self.ending | {name for name, service in self.services.items() if service.at("profiles").value}


def _is_for_developers(service: Node) -> bool:
    profiles = [item.text for item in service.at("profiles").items]
    return bool(profiles) and all(stages_in(profile) & {DEVELOPMENT, TEST} or profile in _TOOLS for profile in profiles)


def rendered(
    environment: str, layers: Sequence[Node], values: Mapping[str, str], known: Callable[[str], bool]
) -> Stack:
    """Return the stack of ``layers``; ``values`` are what interpolation sees.

    A key that is ``known`` to get a value elsewhere is shown as a mark; any other is empty, as compose has it.
    """
    values = {"PWD": ".", **values}  # compose itself knows it
    filled = [interpolated(layer, values, known) for layer in layers]  # compose, too, fills in before it merges
    merged = filled[0]
    for layer in filled[1:]:
        merged = overlaid(merged, layer, ())
    return Stack(environment, tuple(layers), normal(_extended(merged), ()))


def interpolated(node: Node, values: Mapping[str, str], known: Callable[[str], bool]) -> Node:
    """Return a tree with the keys in its texts replaced."""

    def lookup(name: str) -> str | None:
        return values[name] if name in values else f"{OPEN}{name}{CLOSE}" if known(name) else None

    return _mapped(node, lambda text: _substituted(text, lookup))


def is_unknown(text: str) -> bool:
    """Tell whether a rendered text holds a value that is not known here."""
    return OPEN in text


def names_in(text: str) -> list[str]:
    """Return the keys that a text as written refers to, those inside defaults too; none if compose refuses it."""
    names: list[str] = []
    try:
        for reference in references(text):
            if reference.name:
                names += [reference.name, *names_in(reference.argument)]
    except TemplateError:
        return []
    return names


def _substituted(text: str, lookup: Callable[[str], str | None]) -> str:
    try:
        return substitute(text, lookup).replace("$$", "$")
    except TemplateError:
        return text


def _mapped(node: Node, change: Callable[[str], str]) -> Node:
    if isinstance(node.value, dict):
        return node.holding({key: _mapped(child, change) for key, child in node.value.items()})
    if isinstance(node.value, list):
        return node.holding([_mapped(child, change) for child in node.value])
    return node.holding(change(node.value)) if isinstance(node.value, str) and "$" in node.value else node


def overlaid(base: Node, other: Node, path: tuple[str, ...]) -> Node:
    """Return ``base`` with ``other`` over it; both stand at ``path``."""
    name = path[-1] if path else ""
    if other.tag == OVERRIDE:
        return other
    if other.tag == RESET:
        return other.holding(None)
    if other.value is None:
        return base
    base, other = normal(base, path), normal(other, path)
    if isinstance(base.value, dict) and isinstance(other.value, dict):
        if name == "logging" and _drivers_differ(base, other):
            return other
        entries = dict(base.value)
        for key, child in other.value.items():
            entries[key] = overlaid(entries[key], child, (*path, key)) if key in entries else child
        # What a service lacks is best said where it is defined.
        return base.holding({key: child for key, child in entries.items() if child.tag != RESET})
    if isinstance(base.value, list) and isinstance(other.value, list) and name not in _REPLACED:
        return other.holding(_joined(base.value, other.value, name))
    return other


def _drivers_differ(base: Node, other: Node) -> bool:
    drivers = [node.at("driver").text for node in (base, other)]
    return all(drivers) and drivers[0] != drivers[1]


def _joined(base: list[Node], other: list[Node], name: str) -> list[Node]:
    """Return two lists in one: a mount of the same target and a port of the same numbers count once, the later one."""
    items: dict[object, Node] = {}
    for item in (*base, *other):
        items[_identity(item, name)] = item
    return list(items.values())


def _identity(item: Node, name: str) -> object:
    if name == "volumes":
        return mount(item).target
    if name == "ports":
        return published(item)
    return (
        item.text
        if isinstance(item.value, str)
        else tuple(sorted((key, child.text) for key, child in item.mapping.items()))
    )


def normal(node: Node, path: tuple[str, ...]) -> Node:
    """Return a node, which stands at ``path``, with the long form of what may be written in short, all the way down."""
    name = path[-1] if path else ""
    in_service = len(path) == 3 and path[0] == "services"
    if in_service and name == "build" and isinstance(node.value, str):
        return node.holding({"context": node})
    if in_service and name in {"env_file", "profiles", "dns", "tmpfs"} and isinstance(node.value, str):
        return node.holding([node])
    if (in_service or path[-2:-1] == ("build",)) and isinstance(node.value, list):
        if name in _BY_KEY:
            return node.holding(dict(_pair(item) for item in node.value))
        if name in _NAMES:
            return node.holding({item.text: item.holding({}) for item in node.value})
    if isinstance(node.value, dict):
        return node.holding({key: normal(child, (*path, key)) for key, child in node.value.items()})
    return node


def _pair(item: Node) -> tuple[str, Node]:
    key, equals, value = item.text.partition("=")
    return key, item.holding(value if equals else None)


def _extended(model: Node) -> Node:
    """Return the model with `extends` of a service of the same files followed."""
    services = model.at("services")
    done: dict[str, Node] = {}

    def service(name: str, above: tuple[str, ...]) -> Node:
        if name not in done:
            own = services.mapping[name]
            extends = own.at("extends")
            parent = extends.text or extends.at("service").text
            if parent in services.mapping and parent not in above and not extends.at("file").text:
                own = overlaid(service(parent, (*above, name)), own, ("services", name))
            done[name] = own
        return done[name]

    if not any("extends" in node.mapping for node in services.mapping.values()):
        return model
    whole = {name: service(name, ()) for name in services.mapping}
    return model.holding({**model.mapping, "services": services.holding(dict(whole))})
