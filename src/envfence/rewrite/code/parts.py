"""What a value is a part of: a connection, with the parts that stand beside it and the service that it leads to."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote, unquote

from envfence.detect.names import PASSWORD
from envfence.detect.takers import kind_of_argument
from envfence.literals import HOLE
from envfence.rewrite import naming
from envfence.rewrite.code.decision import Module, is_writable, name_of, text_of
from envfence.rewrite.code.f_strings import only_logins
from envfence.rewrite.code.sites import Site


def connection_at(module: Module, site: Site) -> tuple[str, Mapping[str, str]]:
    """Return the service and the parts of the connection whose host a value is; none for another value."""
    is_host = HOLE not in text_of(site) and part_in(site) == "HOST"
    return connection(module, site, "HOST") if is_host else ("", {})


def connection(module: Module, site: Site, part: str) -> tuple[str, Mapping[str, str]]:
    """Return the service, "" if nothing tells, and the parts of the connection that a value is a part of."""
    prefix = naming.prefix_in(name_of(site), part)
    beside = [one for one in module.sites if _is_beside(one, site, prefix)]
    parts = {part_in(one): meant(module, one) for one in beside if part_in(one) and is_writable(text_of(one))}
    parts |= {part: meant(module, site)}
    return prefix or told(module, site, parts), parts


def meant(module: Module, site: Site) -> str:
    """Return the text of a value: decoded where it is percent-encoded, for a URL and nothing else."""
    text = text_of(site)
    plain = unquote(text)
    is_encoded = plain != text and quote(plain, safe="") == text and is_writable(plain)
    is_variable = site.place.is_constant or site.place.is_variable
    return plain if is_encoded and is_variable and site.place.name in only_logins(module) else text


def _is_beside(one: Site, site: Site, prefix: str) -> bool:
    """Tell whether two values belong to one connection: of one call, table or class, or DB_HOST and DB_PORT."""
    if (one.place.group, one.place.owner) != (site.place.group, site.place.owner) or HOLE in text_of(one):
        return False
    part = part_in(one)
    return bool(part) and naming.prefix_in(name_of(one), part) == prefix


def part_in(site: Site) -> str:
    """Return which part of a connection a value is, "" for another value."""
    finding, text = site.spots[0].finding, text_of(site)
    call, colon, position = finding.anchor.partition(":")
    if colon and not name_of(site) and kind_of_argument(call, position) == PASSWORD:
        return "PASSWORD"
    return naming.part_of(name_of(site), finding.rule, finding.family, text)


def about(module: Module, site: Site, ports: Sequence[str] = ()) -> str:
    """Return what a value is about: by the call, the names around it, its port, or its module."""
    return _context(module, site, ports) or module.about


def told(module: Module, site: Site, parts: Mapping[str, str]) -> str:
    """Return what the code around a part of a connection, or the port beside it, tell of the connection."""
    return _context(module, site, [parts["PORT"]] if "PORT" in parts else [])


def _context(module: Module, site: Site, ports: Sequence[str]) -> str:
    return naming.of_context(module.qualified(site.place.call), site.place.names[1:], ports)
