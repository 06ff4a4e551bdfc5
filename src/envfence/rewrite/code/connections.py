"""Connections in one text, whole or with parts that are computed: properties that put them together from their keys."""

from collections.abc import Mapping

from envfence.detect.addresses import LOCAL, OWN, owner_of
from envfence.detect.names import is_host_name, is_url_name, words
from envfence.literals import HOLE
from envfence.rewrite import naming
from envfence.rewrite.code.decision import NO_FORM, TEMPLATE, Decision, Module, is_writable, masked
from envfence.rewrite.code.place import PERCENT
from envfence.rewrite.code.sites import Site
from envfence.rewrite.code.swaps import Swap
from envfence.rewrite.held import Key
from envfence.rewrite.keys import Keys
from envfence.rewrite.servers import UNNAMED, is_better
from envfence.rewrite.shapes import ADDRESS, DSN, LIBPQ, PAIRS, REMOTE, WEB, Part, Shape, shapes

_PURPOSES = frozenset("broker backend result cache session queue read write replica primary report test admin".split())


def whole_connection(module: Module, site: Site, keys: Keys) -> Decision | None:
    """Read a connection that stands in the code from its first to its last character from one composed property."""
    text = masked(site)
    if HOLE in text:
        return None
    found = [shape for shape in shapes(text) if shape.form in {DSN, PAIRS}]
    if not found or not all(is_writable(value) for shape in found for value in shape.values.values()):
        return Decision(reason=NO_FORM) if found else None
    if held := _held(module, text, keys):
        return Decision((Swap(0, len(text), module.settings.read(held)),))
    swaps: list[Swap] = []
    for shape in found:
        service = service_of(shape, site)
        given = keys.group(module.settings.prefixed(service), shape.values, others(module, service, site, shape))
        swaps.append(Swap(shape.start, shape.end, composed(module, site, text, shape, given)))
    return Decision(tuple(swaps))


def _held(module: Module, text: str, keys: Keys) -> Key | None:
    """Return the key of a whole connection, where the settings have a field for it already."""
    names = (name for name in module.settings.fields if is_url_name(name))
    name = next((name for name in names if keys.holds(name, {keys.environment: text})), "")
    return keys.one(name, text) if name else None


def composed(module: Module, site: Site, text: str, shape: Shape, given: Mapping[str, Key], tail: str = "url") -> str:
    """Return the expression that reads the property which puts a whole connection together."""
    pieces: list[tuple[str, str]] = []
    at = shape.start
    for part in shape.parts:
        pieces += [(text[at : part.start], ""), (given[part.name].name, _how(shape, part))]
        at = part.end
    pieces.append((text[at : shape.end], ""))
    pieces = [piece for piece in pieces if piece[0]]
    own = next((name for name in ("USER", "PASSWORD", "NAME", "HOSTS", "HOST") if name in given), "")
    said = given[own].name.removeprefix(module.settings.prefix) if {"HOST", "HOSTS"} & given.keys() else "service"
    prefix = said.removesuffix(f"_{own}").lower()
    words_of = "_".join("database" if word == "db" else word for word in prefix.split("_"))
    driver = shape.scheme.partition("+")[2].lower()
    base = f"{words_of}_{'conninfo' if shape.form == PAIRS else tail}"
    base = f"async_{base}" if driver in {"asyncpg", "aiomysql", "asyncmy"} else base
    return module.settings.read_composed(_bases(base, site), list(given.values()), pieces, shape.safe)


def _bases(base: str, site: Site) -> list[str]:
    """Return names for a property: the plain one, then one that says what this connection is for."""
    prefix, _, tail = base.rpartition("_")
    purpose = [word for word in words(site.place.name) if word in _PURPOSES and word not in prefix]
    return [base, *(f"{prefix}_{word}_{tail}" for word in purpose)]


def _how(shape: Shape, part: Part) -> str:
    if part.name in {"USER", "PASSWORD"} and shape.form == DSN:
        return "quoted"
    if part.name == "HOST" and ":" in part.value:
        return "bracketed" if shape.form != PAIRS else "raw"
    return "pair" if shape.form == PAIRS and shape.scheme == LIBPQ else "raw"


def part_of_connection(module: Module, site: Site, keys: Keys) -> Decision | None:
    """Read those parts of a connection that stand in the code, and leave those that are computed."""
    text = masked(site)
    swaps: list[Swap] = []
    for shape in _pinning(list(shapes(text))):
        is_whole = HOLE not in text and (shape.start, shape.end) == (0, len(text))
        if is_whole and (_goes_by_name(site, shape) or _is_secret(site, shape)):
            return None
        if not all(is_writable(part.value) for part in shape.parts):
            return Decision(reason=NO_FORM)
        if site.place.filled == PERCENT and {"USER", "PASSWORD"} & shape.values.keys():
            return Decision(reason=TEMPLATE)
        found = _origin(module, site, shape, keys) if shape.form == WEB else None
        swaps += [found] if found else _parts(module, site, shape, keys)
    return Decision(tuple(swaps)) if swaps else None


def _pinning(found: list[Shape]) -> list[Shape]:
    """Return those of several connections that lead to one's own hosts: others are the same everywhere."""
    own = [one for one in found if one.form == DSN or owner_of(one.values.get("HOST", "")) in (LOCAL, OWN)]
    return own if own and len(found) > 1 else found


def _goes_by_name(site: Site, shape: Shape) -> bool:
    """Tell whether the name that a whole address is given says what it is, so that one key can hold all of it."""
    name = site.place.name
    if shape.form == ADDRESS:
        return bool(name) and not is_host_name(name)
    has_path = shape.end > shape.authority[1] + 1
    return is_url_name(name) and (len(words(name)) > 1 or not has_path)


def _is_secret(site: Site, shape: Shape) -> bool:
    """Tell whether a URL is one that lets in whoever knows its path."""
    return shape.form == WEB and any(spot.finding.family == "credential" for spot in site.spots)


def _origin(module: Module, site: Site, shape: Shape, keys: Keys) -> Swap | None:
    """Return what reads scheme, host and port of a URL from one key."""
    start, end = shape.start, shape.authority[1]
    origin = masked(site)[start:end]
    if HOLE in origin:
        return None
    name, held = module.settings.prefixed(_origin_name(site, shape)), keys.holding(origin, "URL")
    key = held if held and not is_better(name, held.name) else keys.one(name, origin)
    return Swap(start, end, module.settings.read(key))


def _origin_name(site: Site, shape: Shape) -> str:
    label = shape.values.get("HOST", "").partition(".")[0]
    about = "" if label in {"localhost", "host"} or not label.isidentifier() else naming.of_name(label)
    port = [shape.values["PORT"]] if "PORT" in shape.values else []
    told = about or naming.of_context(site.place.call, (), port)
    named = (f"{naming.of_name(name)}_URL" for name in site.place.names[:1])
    return f"{told}_URL" if told else next((name for name in named if is_better(name, UNNAMED)), UNNAMED)


def _parts(module: Module, site: Site, shape: Shape, keys: Keys) -> list[Swap]:
    if shape.form == REMOTE:
        key = keys.machine(module.settings.prefixed(naming.of_machine(site.place.name)), shape.values["HOST"])
        return [Swap(shape.start, shape.end, module.settings.read(key))]
    parts = {part.name: part.value for part in shape.parts if part.name != "NAME"}
    service = service_of(shape, site)
    given = keys.group(module.settings.prefixed(service), parts, others(module, service, site, shape))
    kept = [part for part in shape.parts if part.name in given]
    if not kept:
        return []
    start, end = shape.authority
    if shape.form == DSN and HOLE not in masked(site)[start:end] and {"USER", "PASSWORD"} & given.keys():
        netloc = shape._replace(start=start, end=end, parts=tuple(kept))
        return [Swap(start, end, composed(module, site, masked(site), netloc, given, "netloc"))]
    return [Swap(part.start, part.end, _part_code(module, shape, part, given[part.name])) for part in kept]


def _part_code(module: Module, shape: Shape, part: Part, key: Key) -> str:
    how = _how(shape, part)
    if how == "raw":
        return module.settings.read(key, module.settings.field(key).type)
    return module.settings.read_composed([f"{how}_{key.name.lower()}"], [key], [(key.name, how)], shape.safe)


def service_of(shape: Shape, site: Site) -> str:
    """Return the prefix of the keys of a connection, that of a table's entry with its name before it."""
    service = _service_of(shape, site)
    return f"{site.place.entry}_{service}" if site.place.entry else service


def _service_of(shape: Shape, site: Site) -> str:
    if shape.form == DSN and shape.scheme.lower() not in {"http", "https", "ws", "wss"}:
        return naming.of_scheme(shape.scheme)
    port = [shape.values["PORT"]] if "PORT" in shape.values else []
    about = naming.of_context(site.place.call, site.place.names, port)
    return about or ("DB" if shape.form == PAIRS else "API")


def others(module: Module, service: str, site: Site, shape: Shape | None = None) -> list[str]:
    """Return prefixes for a connection whose service has other values: by its names, its database, then its folder."""
    found = [*_others(service, site, shape), *([f"{module.folder}_{service}"] if module.folder else [])]
    return [module.settings.prefixed(one) for one in found]


def _others(service: str, site: Site, shape: Shape | None) -> list[str]:
    if site.place.is_one_of_several and shape and shape.form == ADDRESS:
        return []  # servers of one cluster are told apart by their number
    named = [about for name in site.place.names if (about := naming.of_name(name)) not in {"", service}]
    if site.place.entry:
        return [service if service.startswith(site.place.entry) else f"{site.place.entry}_{service}"]
    if site.place.key:
        return [f"{one}_{service}" for one in named]  # the variable says what it is, and these say whose
    if service != "DB":
        return named
    database = shape.values.get("NAME", "") if shape else ""
    prefixes = [*named, *([database] if database else [])]
    return [prefix if "DB" in prefix.upper().split("_") else f"{prefix}_DB" for prefix in prefixes]
