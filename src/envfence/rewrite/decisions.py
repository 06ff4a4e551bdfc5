"""What becomes of one hardcoded value: the key that holds it, and the expression that reads it back.

Each function either decides, or returns None for the next one.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import libcst as cst

from envfence.contract import kinds
from envfence.contract.stages import is_known, stage_of
from envfence.detect.names import is_host_name, is_url_name, words
from envfence.finding import ERROR
from envfence.literals import HOLE
from envfence.rewrite import Edit, naming
from envfence.rewrite.envfiles import spelled
from envfence.rewrite.keys import Key, Keys, key_name
from envfence.rewrite.settings_model import INT, STR, Settings
from envfence.rewrite.shapes import ADDRESS, DSN, LIBPQ, PAIRS, WEB, Part, Shape, shapes
from envfence.rewrite.sites import PERCENT, Site, Source, below, dotted, read_key
from envfence.rewrite.swaps import Swap

_FILLED = re.compile(r"\{[^{}\s\"']*\}|%\([\w.]+\)[sd]|%[sdr](?!\w)")
_PORT = re.compile(r"[1-9]\d{1,4}")
_PURPOSES = frozenset("broker backend result cache session queue read write replica primary report test admin".split())
_READS_PROCESS = frozenset({"os.getenv", "getenv", "os.environ.get", "environ.get"})

LINES = "the value goes over several lines"
NO_FORM = "python-dotenv and docker compose would read the value differently: change it first"
OTHER_VALUE = "its key has another value already"
PATTERN = "a pattern has to be a constant"
COMPUTED = "the default is computed"
USED = "another default of the class is made of it"
SEVERAL = "it is one of several in a list"
HALF = "only a part of the value stands in the code"
TEMPLATE = "what is filled in with % may hold a % itself"
UNSURE = "what the value is for cannot be told from the code"


class Module(NamedTuple):
    """One module: its path, tree and sites, the settings that it is to read, and the keys of its own fields.

    ``fields`` maps a settings class and its field to the key that the field takes; such a field loses its default.
    """

    path: str
    source: Source
    sites: Sequence[Site]
    settings: Settings
    fields: Mapping[tuple[str, str], str] = {}

    @property
    def about(self) -> str:
        """What the module's name says."""
        stem = self.path.rpartition("/")[2].removesuffix(".py")
        return naming.of_name(stem) or key_name(stem)


class Decision(NamedTuple):
    """What becomes of a site: swaps in its text, edits of the code around it, or the reason why nothing does."""

    swaps: tuple[Swap, ...] = ()
    edits: tuple[Edit, ...] = ()
    reason: str = ""


def _whole(site: Site, code: str) -> Decision:
    return Decision((Swap(0, len(text_of(site)), code),))


def text_of(site: Site) -> str:
    """Return what the program sees, with a HOLE for each part that is computed; of a number its digits."""
    if site.template is not None:
        return site.template.text
    return site.node.value.replace("_", "") if isinstance(site.node, cst.Integer) else ""


def name_of(site: Site) -> str:
    """Return the name that a value is bound to here, or where that is a custom reader's affair, for the check."""
    anchor = site.spots[0].finding.anchor
    return site.place.name or ("" if ":" in anchor else anchor.rpartition(".")[2])


def masked(site: Site) -> str:
    """Return the text with HOLEs also where `%` and `format` fill something in."""
    return _FILLED.sub(lambda match: HOLE * len(match[0]), text_of(site))


def worth_fixing(found: Sequence[Site]) -> list[Site]:
    """Return the sites without user names that stand alone: one is moved with the host or password beside it."""
    errors = [site for site in found if any(spot.finding.severity == ERROR for spot in site.spots)]
    groups = {site.place.group for site in errors} - {0}
    prefixes = {naming.prefix_in(name_of(site), _part(site)) for site in errors if not site.place.group} - {""}
    return [
        site
        for site in found
        if site in errors
        or site.place.group in groups
        or (not site.place.group and naming.prefix_in(name_of(site), _part(site)) in prefixes)
    ]


def refused(module: Module, site: Site, keys: Keys) -> Decision | None:
    """Decide on what no expression can take the place of, and on values that an env file cannot hold."""
    if site.place.is_pattern:
        return Decision(reason=PATTERN)
    if site.place.is_one_of_several and naming.is_bare_host(text_of(site)):
        return Decision(reason=SEVERAL)
    if site.template is not None and site.template.is_bytes and site.template.has_holes:
        return Decision(reason=HALF)
    return None


def field_default(module: Module, site: Site, keys: Keys) -> Decision | None:
    """Drop the default of a field of a settings class: the field reads its key by itself."""
    field, owner = site.place.field, site.place.owner
    if field is None or owner is None:
        return None
    name = module.fields.get((owner.name.value, dotted(field.target)))
    if name is None:
        return None
    text = text_of(site)
    if HOLE in text:
        return Decision(reason=COMPUTED)
    if _is_used_in(owner, field):
        return Decision(reason=USED)
    cut = _default(field, site.node, module.source, name)
    if cut is None or not _is_writable(text):
        return Decision(reason=COMPUTED if cut is None else _why_not(text))
    if not keys.fits(name, {keys.environment: text}):
        return Decision(reason=OTHER_VALUE)
    keys.one(name, text)
    return Decision(edits=(cut,))


def _is_used_in(owner: cst.ClassDef, field: cst.AnnAssign) -> bool:
    """Tell whether the body of a class reads a field by its name, so that it needs a value there."""
    name = dotted(field.target)
    nodes = list(below(owner.body))
    attributes = {id(node.attr) for node in nodes if isinstance(node, cst.Attribute)}
    read = (node for node in nodes if isinstance(node, cst.Name) and id(node) not in attributes)
    return sum(node.value == name for node in read) > 1


def _default(field: cst.AnnAssign, node: cst.BaseExpression, source: Source, name: str) -> Edit | None:
    """Return the edit that takes the default away: `= "…"`, `= SecretStr("…")`, or an argument of `Field`."""
    value = field.value
    is_secret = isinstance(value, cst.Call) and len(value.args) == 1 and dotted(value.func) == "SecretStr"
    reads_it = value is not None and read_key(value) == name and dotted(value) in _READS_PROCESS
    if value is node or is_secret or reads_it:
        end = source.span(field)[1]
        return Edit(source.span(field.annotation.annotation)[1], end, "")
    if not isinstance(value, cst.Call) or dotted(value.func).rpartition(".")[2] != "Field":
        return None
    spans = [source.span(argument) for argument in value.args]
    index = next((number for number, argument in enumerate(value.args) if argument.value is node), -1)
    keyword = value.args[index].keyword
    if index < 0 or (keyword is not None and keyword.value != "default"):
        return None
    if index + 1 < len(spans):
        return Edit(spans[index][0], spans[index + 1][0], "")
    before = source.span(value.args[index - 1].value)[1] if index else spans[index][0]
    return Edit(before, source.span(node)[1], "")


def of_environments(module: Module, site: Site, keys: Keys) -> Decision | None:
    """Make one key of a table of environments: {"dev": …, "prod": …} becomes a value in each environment's file."""
    table = [one for one in module.sites if one.place.table is site.place.table] if site.place.table else []
    stages = {stage_of(one.place.entry): text_of(one) for one in table if is_known(one.place.entry)}
    if len(stages) < 2 or len(stages) != len(table) or keys.environment not in stages:
        return None
    if any(HOLE in text or not _is_writable(text) for text in stages.values()):
        return None
    found = {stage: next(shapes(text), None) for stage, text in stages.items()}
    first = found[keys.environment]
    if first is not None and first.form == DSN and len({_frame(found[stage], stages[stage]) for stage in stages}) == 1:
        parts = {
            part.name: {stage: shape.values[part.name] for stage, shape in found.items() if shape}
            for part in first.parts
        }
        service = _service(first, site)
        given = keys.groups(service, parts, _others(service, site))
        return _whole(site, _composed(module, site, stages[keys.environment], first, given))
    if any(not _is_writable(text) for text in stages.values()):
        return None
    name = _single_name(module, site, site.place.names[1:], text_of(site))
    return _whole(site, _read(module, site, keys.of_environments(name, stages)))


def _frame(shape: Shape | None, text: str) -> tuple[str, ...]:
    """Return what is left of a connection without its parts."""
    if shape is None or (shape.start, shape.end) != (0, len(text)):
        return (text,)
    at, frame = 0, [shape.safe]
    for part in shape.parts:
        frame += [text[at : part.start], part.name]
        at = part.end
    return (*frame, text[at:])


def named_by_variable(module: Module, site: Site, keys: Keys) -> Decision | None:
    """Read the settings instead of an environment variable with a fallback; the variable's name is the key."""
    place, text = site.place, text_of(site)
    if not place.key or HOLE in text or not _is_writable(text):
        return None
    if any(shape.form in {DSN, PAIRS} for shape in shapes(masked(site))):
        keys.optional.add(place.key)  # what sets the whole connection goes on to come first
        return None
    if not keys.fits(place.key, {keys.environment: text}):
        keys.optional.add(place.key)
        return None
    key = keys.one(place.key, text)
    read = place.read
    call = read.left if isinstance(read, cst.BooleanOperation) else read
    if read is None or not (isinstance(call, cst.Subscript) or (call and dotted(call) in _READS_PROCESS)):
        return _whole(site, _read(module, site, key))
    return Decision(edits=(_of_read(module, site, key, read),))


def _of_read(module: Module, site: Site, key: Key, read: cst.BaseExpression) -> Edit:
    cast = site.place.cast
    field = module.settings.field(key)
    if cast is not None and cast.args[0].value is read and field.type == INT:
        return Edit(*module.source.span(cast), module.settings.read(key, INT))
    return Edit(*module.source.span(read), _read(module, site, key))


def _read(module: Module, site: Site, key: Key) -> str:
    return module.settings.read(key, INT if site.template is None else STR)


def whole_connection(module: Module, site: Site, keys: Keys) -> Decision | None:
    """Read a connection that stands in the code from its first to its last character from one composed property."""
    text = masked(site)
    if HOLE in text:
        return None
    found = [shape for shape in shapes(text) if shape.form in {DSN, PAIRS}]
    if not found or not all(_is_writable(value) for shape in found for value in shape.values.values()):
        return Decision(reason=NO_FORM) if found else None
    swaps: list[Swap] = []
    for shape in found:
        service = _service(shape, site)
        given = keys.group(service, shape.values, _others(service, site, shape))
        swaps.append(Swap(shape.start, shape.end, _composed(module, site, text, shape, given)))
    return Decision(tuple(swaps))


def _composed(module: Module, site: Site, text: str, shape: Shape, given: Mapping[str, Key], tail: str = "url") -> str:
    """Return the expression that reads the property which puts a whole connection together."""
    pieces: list[tuple[str, str]] = []
    at = shape.start
    for part in shape.parts:
        pieces += [(text[at : part.start], ""), (given[part.name].name, _how(shape, part))]
        at = part.end
    pieces.append((text[at : shape.end], ""))
    pieces = [piece for piece in pieces if piece[0]]
    prefix = given["HOST"].name.removesuffix("_HOST").lower() if "HOST" in given else "service"
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
    for shape in shapes(text):
        if HOLE not in text and (shape.start, shape.end) == (0, len(text)) and _goes_by_name(site, shape):
            return None
        if not all(_is_writable(part.value) for part in shape.parts):
            return Decision(reason=NO_FORM)
        if site.place.filled == PERCENT and {"USER", "PASSWORD"} & shape.values.keys():
            return Decision(reason=TEMPLATE)
        found = _origin(module, site, shape, keys) if shape.form == WEB else None
        swaps += [found] if found else _parts(module, site, shape, keys)
    return Decision(tuple(swaps)) if swaps else None


def _goes_by_name(site: Site, shape: Shape) -> bool:
    """Tell whether the name that a whole address is given says what it is, so that one key can hold all of it."""
    name = site.place.name
    if shape.form == ADDRESS:
        return not is_host_name(name)
    has_path = shape.end > shape.authority[1] + 1
    return is_url_name(name) and (len(words(name)) > 1 or not has_path)


def _origin(module: Module, site: Site, shape: Shape, keys: Keys) -> Swap | None:
    """Return what reads scheme, host and port of a URL from one key."""
    start, end = shape.start, shape.authority[1]
    origin = masked(site)[start:end]
    if HOLE in origin:
        return None
    key = keys.holding(origin, "URL") or keys.one(_origin_name(site, shape), origin)
    return Swap(start, end, module.settings.read(key))


def _origin_name(site: Site, shape: Shape) -> str:
    label = shape.values.get("HOST", "").partition(".")[0]
    about = "" if label in {"localhost", "host"} or not label.isidentifier() else naming.of_name(label)
    port = [shape.values["PORT"]] if "PORT" in shape.values else []
    return f"{about or naming.of_context(site.place.call, (), port) or 'API'}_URL"


def _parts(module: Module, site: Site, shape: Shape, keys: Keys) -> list[Swap]:
    parts = {part.name: part.value for part in shape.parts if part.name != "NAME"}
    service = _service(shape, site)
    given = keys.group(service, parts, _others(service, site, shape))
    kept = [part for part in shape.parts if part.name in given]
    if not kept:
        return []
    start, end = shape.authority
    if shape.form == DSN and HOLE not in masked(site)[start:end] and {"USER", "PASSWORD"} & given.keys():
        netloc = shape._replace(start=start, end=end, parts=tuple(kept))
        return [Swap(start, end, _composed(module, site, masked(site), netloc, given, "netloc"))]
    return [Swap(part.start, part.end, _part_code(module, shape, part, given[part.name])) for part in kept]


def _part_code(module: Module, shape: Shape, part: Part, key: Key) -> str:
    how = _how(shape, part)
    if how == "raw":
        return module.settings.read(key, module.settings.field(key).type)
    return module.settings.read_composed([f"{how}_{key.name.lower()}"], [key], [(key.name, how)], shape.safe)


def _service(shape: Shape, site: Site) -> str:
    if shape.form == DSN and shape.scheme.lower() not in {"http", "https", "ws", "wss"}:
        return naming.of_scheme(shape.scheme)
    port = [shape.values["PORT"]] if "PORT" in shape.values else []
    about = naming.of_context(site.place.call, site.place.names, port)
    return about or ("DB" if shape.form == PAIRS else "API")


def _others(service: str, site: Site, shape: Shape | None = None) -> list[str]:
    """Return prefixes for a connection whose service has other values: by its names, then by its database."""
    named = [about for name in site.place.names if (about := naming.of_name(name)) not in {"", service}]
    if service != "DB":
        return named
    database = shape.values.get("NAME", "") if shape else ""
    prefixes = [*named, *([database] if database else [])]
    return [prefix if "DB" in prefix.upper().split("_") else f"{prefix}_DB" for prefix in prefixes]


def single(module: Module, site: Site, keys: Keys) -> Decision | None:
    """Give one value its key: the part of a connection whose other parts stand beside it, or a value by its name."""
    text = text_of(site)
    if HOLE in text:
        return Decision(reason=HALF)
    if not _is_writable(text):
        return Decision(reason=_why_not(text))
    part = _part(site)
    if not part:
        name = _single_name(module, site, (name_of(site), *site.place.names), text)
        return _whole(site, _read(module, site, _given(site, keys, name, text)))
    prefix = naming.prefix_in(name_of(site), part)
    beside = [one for one in module.sites if _is_beside(one, site, prefix)]
    parts = {_part(one): text_of(one) for one in beside if _part(one) and _is_writable(text_of(one))} | {part: text}
    service = prefix or _about(module, site, [parts["PORT"]] if "PORT" in parts else [])
    return _whole(site, _read(module, site, keys.group(service, parts, _others(service, site))[part]))


def _given(site: Site, keys: Keys, name: str, text: str) -> Key:
    if "://" in text and (found := keys.holding(text, "URL")):
        return found
    is_secret = any(spot.finding.family == "credential" for spot in site.spots)
    return keys.one(name, text, kinds.SECRET if is_secret else "")


def _is_beside(one: Site, site: Site, prefix: str) -> bool:
    """Tell whether two values belong to one connection: of one call, of one table, or DB_HOST and DB_PORT."""
    if one.place.group != site.place.group or HOLE in text_of(one):
        return False
    part = _part(one)
    return bool(part) and naming.prefix_in(name_of(one), part) == prefix


def _part(site: Site) -> str:
    finding, text = site.spots[0].finding, text_of(site)
    return naming.part_of(name_of(site), finding.rule, finding.family, text)


def _about(module: Module, site: Site, ports: Sequence[str] = ()) -> str:
    return naming.of_context(site.place.call, site.place.names[1:], ports) or module.about


def _single_name(module: Module, site: Site, names: Sequence[str], text: str) -> str:
    """Return the name of a key: the variable's, with what it is about before it where that does not tell."""
    name = next((name for name in names if words(name)), "")
    said = key_name(name) if name else "TOKEN"
    tail = "URL" if "://" in text else ""
    if tail and not set(words(name)) & {"url", "uri", "endpoint", "webhook", "base", "server", "servers", "dsn"}:
        said = f"{said}_{tail}" if naming.of_name(name) else tail
    if site.place.group == 0 and len(said.split("_")) > 1:
        return said
    about = _about(module, site, [shape.values.get("PORT", "") for shape in shapes(text)])
    return said if said.startswith(about) else f"{about}_{said}"


def _is_writable(text: str) -> bool:
    return bool(text) and "\n" not in text and "\r" not in text and spelled(text) is not None


def _why_not(text: str) -> str:
    return LINES if "\n" in text or "\r" in text else NO_FORM
