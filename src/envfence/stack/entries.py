"""Entries of `volumes` and `ports`, short or long."""

from typing import NamedTuple

from envfence.stack.tree import Node

LABELS = ("z", "Z")  # of SELinux: for every container, for this one alone
EVERYWHERE = frozenset({"", "0.0.0.0", "::", "*"})  # noqa: S104 addresses that are looked for, not bound
_PORTS = 65536


class Mount(NamedTuple):
    """One volume of a service; ``source`` is "" for an anonymous one, ``label`` is z or Z where SELinux is told."""

    source: str
    target: str
    read_only: bool
    is_bind: bool
    label: str = ""


class Port(NamedTuple):
    """One published port: address and port of the host, port of the container. Texts, since they may hold marks."""

    address: str
    host: str
    container: str
    protocol: str


def mount(item: Node) -> Mount:
    """Return what one entry of `volumes` says, short or long."""
    if item.mapping:
        source, target = item.at("source").text, item.at("target").text
        label = item.at("bind", "selinux").text
        return Mount(source, target, item.at("read_only").text == "true", item.at("type").text == "bind", label)
    parts = _split(item.text)
    if len(parts) > 2 and len(parts[0]) == 1 and parts[0].isalpha():  # C:\path
        parts = [f"{parts[0]}:{parts[1]}", *parts[2:]]
    if len(parts) == 1:
        return Mount("", parts[0], read_only=False, is_bind=False)
    options = parts[2].split(",") if len(parts) > 2 else []
    is_bind = parts[0].startswith((".", "/", "~", "$")) or ":\\" in parts[0]
    label = next((option for option in options if option in LABELS), "")
    return Mount(parts[0], parts[1].rstrip("/") or "/", "ro" in options, is_bind, label)


def published(item: Node) -> Port:
    """Return what one entry of `ports` says, short or long."""
    if item.mapping:
        protocol = item.at("protocol").text or "tcp"
        return Port(item.at("host_ip").text, item.at("published").text, item.at("target").text, protocol)
    text, _, protocol = item.text.rpartition("/") if "/" in _split(item.text)[-1] else (item.text, "", "tcp")
    if text.startswith("["):
        address, _, rest = text[1:].partition("]:")
        return Port(address, *_two(_split(rest)), protocol)
    parts = _split(text)
    return Port(":".join(parts[:-2]), *_two(parts[-2:]), protocol)


def expanded(item: Node) -> list[Port]:
    """Return the ports of one entry of `ports`: as many as its range holds, one for every other entry."""
    port = published(item)
    inside, outside = _range(port.container), _range(port.host)
    if len(inside) != len(outside):
        return [port]
    pairs = zip(outside, inside, strict=True)
    return [Port(port.address, str(host), str(container), port.protocol) for host, container in pairs] or [port]


def _range(text: str) -> range:
    """Return the numbers of `8000-8002`, none for anything else."""
    first, dash, last = text.partition("-")
    is_one = dash and first.isdecimal() and last.isdecimal() and int(first) <= int(last) < _PORTS
    return range(int(first), int(last) + 1) if is_one else range(0)


def _two(parts: list[str]) -> tuple[str, str]:
    return (parts[0], parts[1]) if len(parts) == 2 else ("", parts[0])


def _split(text: str) -> list[str]:
    """Split at colons that are not inside `${...}`."""
    parts, depth = [""], 0
    for index, character in enumerate(text):
        depth += (text[index : index + 2] == "${") - (character == "}" and depth > 0)
        if character == ":" and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return parts
