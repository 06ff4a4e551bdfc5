"""Copies of what keys hold already, inside of more: of a command, or as the two values of an address."""

import re

from envfence.rewrite import Edit, Spot, naming
from envfence.rewrite.code.connections import others
from envfence.rewrite.code.decision import INSIDE, Decision, Module, text_of
from envfence.rewrite.code.parts import told
from envfence.rewrite.code.sites import Site
from envfence.rewrite.code.swaps import Swap
from envfence.rewrite.held import Key
from envfence.rewrite.keys import Keys
from envfence.rewrite.settings.settings_model import INT, STR

ASSIGNMENT = re.compile(r"(?:^|\s)[A-Z][A-Z0-9_]*=\S.*\s|\s[A-Z][A-Z0-9_]*=\S")  # of a shell
_ADDRESS = re.compile(r"""["']?(?P<host>[^"']+)["'],\s*(?P<port>\d+)""")


def host_and_port(module: Module, site: Site, keys: Keys) -> Decision | None:
    """Read both values of an address, `("db.internal", 5432)`, that is a copy as a whole."""
    spot = site.spots[0]
    match = _ADDRESS.fullmatch(module.source.text, spot.start, spot.end)
    if match is None or match["host"] != text_of(site):
        return None
    parts = {"HOST": match["host"], "PORT": match["port"]}
    service = told(module, site, parts) or module.about
    given = keys.group(module.settings.prefixed(service), parts, others(module, service, site))
    host = Edit(*module.source.span(site.node), module.settings.read(given["HOST"]))
    return Decision(edits=(host, Edit(*match.span("port"), module.settings.read(given["PORT"], INT))))


def is_command(site: Site) -> bool:
    """Tell whether a text is a command that is given a password: `PGPASSWORD=… pg_dump shop`."""
    given = (spot for spot in site.spots if naming.LIBPQ.match(spot.finding.anchor))
    return ASSIGNMENT.search(text_of(site)) is not None and any(one.finding.family == "credential" for one in given)


def inside_command(module: Module, site: Site, keys: Keys) -> Decision | None:
    """Read what a command is given from its keys, and leave the command."""
    return copies_inside(module, site, keys) if is_command(site) else None


def copies_inside(module: Module, site: Site, keys: Keys) -> Decision:
    """Read the keys whose values stand in a longer text, such as a command: `f"psql -h {settings.DB_HOST}"`."""
    text = text_of(site)
    swaps: list[Swap] = []
    for spot in site.spots:
        value = module.source.text[spot.start : spot.end]
        key = _held(module, spot, value, keys) if text.count(value) == 1 else None
        if key is None:
            return Decision(reason=INSIDE)
        at = text.index(value)
        swaps.append(Swap(at, at + len(value), module.settings.read(key, STR)))
    return Decision(tuple(swaps))


def _held(module: Module, spot: Spot, value: str, keys: Keys) -> Key | None:
    """Return the key of a piece: the one that it copies, or that of the password which a command is given."""
    name = spot.finding.anchor
    if spot.finding.rule == "copied-value":
        is_held = keys.holds(name, {keys.environment: value})  # else it holds a URL with the value in it
        return keys.one(name, value) if is_held else keys.holding(value, "_HOST")
    if spot.finding.family != "credential" or not naming.LIBPQ.match(name):
        return None
    return keys.group(module.settings.prefixed("DB"), {"PASSWORD": value})["PASSWORD"]
