"""Values that stand alone or beside the other parts of a connection: hosts, ports, users, passwords, tokens, URLs."""

import re
from collections.abc import Sequence

from envfence.contract import kinds
from envfence.detect.names import words
from envfence.detect.places import is_test
from envfence.finding import ERROR
from envfence.literals import HOLE
from envfence.rewrite import naming
from envfence.rewrite.code.connections import others
from envfence.rewrite.code.copies import ASSIGNMENT, copies_inside, host_and_port, is_command
from envfence.rewrite.code.decision import (
    DOCSTRING,
    HALF,
    INSIDE,
    PATTERN,
    SEVERAL,
    TEST_DATA,
    Decision,
    Module,
    is_writable,
    name_of,
    read,
    text_of,
    whole,
    why_not,
)
from envfence.rewrite.code.f_strings import encoded
from envfence.rewrite.code.parts import about, connection, part_in
from envfence.rewrite.code.sites import Site
from envfence.rewrite.code.swaps import Swap
from envfence.rewrite.held import Key, key_name
from envfence.rewrite.keys import Keys
from envfence.rewrite.servers import is_better
from envfence.rewrite.shapes import WEB, shapes

_HOLDS_PASSWORD = re.compile(r"://[^/@\s]*:[^/\s]*@")
_VERBS = frozenset("get fetch load read make create build set".split())


def worth_fixing(found: Sequence[Site]) -> list[Site]:
    """Return the sites without user names that stand alone: one is moved with the host or password beside it.

    Beside it is in the same call or table, in the same class, or under a name that begins alike or is but USER.
    """
    errors = [site for site in found if any(spot.finding.severity == ERROR for spot in site.spots)]
    groups = {site.place.group for site in errors} - {0}
    owners = {(id(site.place.owner), _prefix(site)) for site in errors if site.place.owner}
    prefixes = {_prefix(site) for site in errors if not site.place.group} - {""}
    has_login = any(_is_part(site) and part_in(site) == "PASSWORD" for site in errors)
    return [
        site
        for site in found
        if site in errors
        or site.place.group in groups
        or (not site.place.group and _prefix(site) in prefixes)
        or (has_login and _is_part(site))
        or (id(site.place.owner), _prefix(site)) in owners
    ]


def _is_part(site: Site) -> bool:
    """Tell whether a value is a constant or an option that is called HOST, USER or PASSWORD and no more."""
    return (
        (site.place.is_constant or site.place.is_option)
        and not site.place.group
        and bool(part_in(site))
        and not _prefix(site)
    )


def _prefix(site: Site) -> str:
    return naming.prefix_in(name_of(site), part_in(site))


def refused(module: Module, site: Site, keys: Keys) -> Decision | None:
    """Decide on what no expression can take the place of, and on values that an env file cannot hold."""
    if site.place.is_statement:
        return Decision(reason=DOCSTRING)
    if site.place.is_pattern:
        return Decision(reason=PATTERN)
    is_printed = ASSIGNMENT.search(text_of(site)) and not is_command(site)
    has_address = _has_address(site)
    if is_printed and not has_address:
        return Decision(reason=INSIDE)
    if has_address and site.place.is_one_of_several and naming.is_bare_host(text_of(site)):
        return Decision(reason=SEVERAL)
    if site.template is not None and site.template.is_bytes and site.template.has_holes:
        return Decision(reason=HALF)
    return None


def single(module: Module, site: Site, keys: Keys) -> Decision | None:
    """Give one value its key: the part of a connection whose other parts stand beside it, or a value by its name."""
    text = text_of(site)
    if is_command(site):
        return None  # until all keys are given
    if HOLE in text or not is_writable(text):
        return Decision(reason=HALF if HOLE in text else why_not(text))
    spot = site.spots[0]
    if spot.finding.rule == "copied-value" and not _is_secret_url(site, text):
        if len(text) != spot.end - spot.start:
            return host_and_port(module, site, keys) or copies_inside(module, site, keys)
        if keys.fits(spot.finding.anchor, {keys.environment: text}):  # the anchor is the key, or a URL that holds it
            return whole(site, read(module, site, _given(site, keys, spot.finding.anchor, text)))
    if _is_data_of_a_test(module, site, keys):
        return Decision(reason=TEST_DATA)
    part = part_in(site)
    if not part:
        name = module.settings.prefixed(single_name(module, site, (name_of(site), *site.place.names), text))
        if swap := _on_origin(module, site, name, keys):
            return Decision((swap,))
        return whole(site, read(module, site, _given(site, keys, name, text)))
    return _part(module, site, part, keys)


def _part(module: Module, site: Site, part: str, keys: Keys) -> Decision:
    """Give the part of a connection its key, beside those of the other parts."""
    service, parts = connection(module, site, part)
    service = service or keys.login(parts) or module.about
    key = keys.group(module.settings.prefixed(service), parts, others(module, service, site))[part]
    if parts[part] != text_of(site):
        return whole(site, encoded(module, key))
    return whole(site, read(module, site, key))._replace(key=key)


def _is_secret_url(site: Site, text: str) -> bool:
    """Tell whether a text is a URL with a secret in its query: all of it is one, whatever else stands in it."""
    shape = next(shapes(text), None)
    is_whole = shape is not None and shape.form == WEB and (shape.start, shape.end) == (0, len(text))
    return is_whole and any(spot.finding.rule == "hardcoded-credential" for spot in site.spots)


def _has_address(site: Site) -> bool:
    """Tell whether a host, a port or a URL is found in it."""
    found = (spot.finding for spot in site.spots)
    return any(one.family == "endpoint" and not one.is_of_login for one in found)


def _is_data_of_a_test(module: Module, site: Site, keys: Keys) -> bool:
    """Tell whether a credential is one that a test makes up: no host is beside it, and no key holds it."""
    if not is_test(module.path) or _is_program(module) or _has_address(site):
        return False
    hosts = (one for one in module.sites if part_in(one) in {"HOST", "PORT"})
    is_alone = not any(one.place.group == site.place.group and _prefix(one) == _prefix(site) for one in hosts)
    return is_alone and keys.holding(text_of(site)) is None


def _is_program(module: Module) -> bool:
    """Tell whether a module is run and tests nothing, whatever it is called: a loader of test data."""
    return "__main__" in module.source.text and not re.search(r"\b(?:def|class) [Tt]est", module.source.text)


def _given(site: Site, keys: Keys, name: str, text: str) -> Key:
    found = keys.holding(text, "URL") if "://" in text else None
    if found and not is_better(name, found.name):
        return found
    is_secret = any(spot.finding.family == "credential" for spot in site.spots) or _HOLDS_PASSWORD.search(text)
    return keys.one(name, text, kinds.SECRET if is_secret else "")


def _on_origin(module: Module, site: Site, name: str, keys: Keys) -> Swap | None:
    """Return what reads the origin of a URL whose name another has already from the key that holds the origin."""
    text = text_of(site)
    shape = next((one for one in shapes(text) if one.form == WEB), None)
    if shape is None or keys.fits(name, {keys.environment: text}) or keys.holding(text, "URL"):
        return None
    start, end = shape.start, shape.authority[1]
    held = keys.holding(text[start:end], "URL")
    return Swap(start, end, module.settings.read(held)) if held else None


def single_name(module: Module, site: Site, names: Sequence[str], text: str) -> str:
    """Return the name of a key: the variable's, with what it is about before it where that does not tell."""
    is_secret = any(spot.finding.family == "credential" for spot in site.spots)
    if is_secret and text.startswith("http") and not site.place.name:
        return naming.of_secret_url(text)
    name = next((name for name in names if words(name)), "")
    told = [word for word in words(name) if word not in _VERBS]
    said = key_name(name if len(told) == len(words(name)) else "_".join(told)) if told else "TOKEN"
    tail = "URL" if "://" in text else ""
    if tail and not set(words(name)) & {"url", "uri", "endpoint", "webhook", "base", "server", "servers", "dsn"}:
        said = f"{said}_{tail}" if naming.of_name(name) else tail
    if site.place.group == 0 and len(said.split("_")) > 1:
        return said
    subject = about(module, site, [shape.values.get("PORT", "") for shape in shapes(text)])
    return said if said.startswith(subject) else f"{subject}_{said}"
