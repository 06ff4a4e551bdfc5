"""Copies of what keys hold already, inside of more: of a command, or as the two values of an address."""

import re

from envfence.rewrite import Edit
from envfence.rewrite.code.connections import others
from envfence.rewrite.code.decision import INSIDE, Decision, Module, text_of
from envfence.rewrite.code.parts import told
from envfence.rewrite.code.sites import Site
from envfence.rewrite.code.swaps import Swap
from envfence.rewrite.keys import Keys
from envfence.rewrite.settings.settings_model import INT, STR

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


def copies_inside(module: Module, site: Site, keys: Keys) -> Decision:
    """Read the keys whose values stand in a longer text, such as a command: `f"psql -h {settings.DB_HOST}"`."""
    text = text_of(site)
    swaps: list[Swap] = []
    for spot in site.spots:
        name, value = spot.finding.anchor, module.source.text[spot.start : spot.end]
        is_held = spot.finding.rule == "copied-value" and keys.holds(name, {keys.environment: value})
        if not is_held or text.count(value) != 1:
            return Decision(reason=INSIDE)
        at = text.index(value)
        code = module.settings.read(keys.one(name, value), STR)
        swaps.append(Swap(at, at + len(value), code))
    return Decision(tuple(swaps))
