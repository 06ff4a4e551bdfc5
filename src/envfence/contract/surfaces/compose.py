"""Keys that a compose file names: `${KEY}` in all its forms, pass-through, `environment`, build arguments, secrets."""

from collections.abc import Iterator

from envfence.contract.readers.template import Reference, TemplateError, references
from envfence.contract.surfaces import COMPOSE, FALLS_BACK, REQUIRES, SETS, STOPS, Use
from envfence.stack.tree import Node

_SETTING = ("environment", "args")


def is_compose(path: str) -> bool:
    """Tell whether docker compose or its users' custom gives the file its name."""
    name = path.rpartition("/")[2].lower()
    return name.endswith((".yml", ".yaml")) and name.startswith(
        ("docker-compose.", "compose.", "docker-compose-", "compose-")
    )


def may_be_compose(text: str) -> bool:
    """Tell whether a YAML file of another name, such as deploy/db.yml, may be a compose file."""
    return ("image:" in text or "build:" in text) and (text.startswith("services:") or "\nservices:" in text)


def has_services(tree: Node) -> bool:
    """Tell whether a tree's services are those of docker compose, each with what it is made from."""
    services = tree.at("services").mapping
    return bool(services) and all({"image", "build", "extends"} & one.mapping.keys() for one in services.values())


def uses(tree: Node) -> list[Use]:
    """Return what a compose file needs from the environment that compose runs in, and what it sets in containers."""
    found = list(interpolations(tree))
    for service in tree.at("services").mapping.values():
        for block in (service.at("environment"), service.at("build", "args")):
            found += _settings(block)
    for held in (*tree.at("secrets").mapping.values(), *tree.at("configs").mapping.values()):
        named = held.at("environment")
        if named.text:
            found.append(Use(named.text, named.path, named.line, COMPOSE, STOPS))
    return list(dict.fromkeys(found))


def interpolations(tree: Node) -> Iterator[Use]:
    """Yield the keys that compose puts into the file's texts."""
    for scalar in tree.scalars():
        if "$" in scalar.text:
            yield from _references(scalar, scalar.text)


def never_empty(tree: Node) -> set[tuple[str, int]]:
    """Return key and line of each `${KEY:?}`, which stops compose where the value is empty too.

    Images are left out: which one runs is said by a release, and by no env file.
    """
    parts = [part.mapping for top in tree.mapping.values() for part in (top, *top.mapping.values())]  # x-… and services
    images = {part["image"].line for part in parts if "image" in part}
    return {
        (reference.name, scalar.line)
        for scalar in tree.scalars()
        if ":?" in scalar.text and scalar.line not in images
        for reference in read(scalar.text)
        if reference.operator == ":?"
    }


def _references(scalar: Node, text: str) -> Iterator[Use]:
    for reference in read(text):
        kind = reference.operator.removeprefix(":")
        way = {"-": FALLS_BACK, "+": FALLS_BACK, "?": STOPS}.get(kind, REQUIRES)
        has_literal = kind == "-" and _ends_in_text(reference.argument)
        yield Use(reference.name, scalar.path, scalar.line, COMPOSE, way, has_literal)
        yield from _references(scalar, reference.argument)


def _ends_in_text(default: str) -> bool:
    """Tell whether a default is a text, or another reference that has one: `${A:-${B:-text}}`."""
    inner = read(default)
    if not inner:
        return bool(default)
    return any(one.operator.endswith("-") and _ends_in_text(one.argument) for one in inner)


def read(text: str) -> list[Reference]:
    """Return the references of a text, none if compose refuses it."""
    try:
        return [reference for reference in references(text) if reference.name]
    except TemplateError:
        return []


def _settings(block: Node) -> Iterator[Use]:
    if isinstance(block.value, dict):
        entries = [(key, child, child.value is not None, child.text) for key, child in block.value.items()]
    else:
        split = [(item, item.text.partition("=")) for item in block.items]
        entries = [(key, item, bool(equals), value) for item, (key, equals, value) in split]
    for key, node, has_value, value in entries:
        if "$" not in key:
            way = SETS if has_value else REQUIRES
            yield Use(key, node.path, node.line, COMPOSE, way, bool(value) and "$" not in value)
