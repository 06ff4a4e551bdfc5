"""Values that are taken when nothing else is given: defaults of settings classes, fallbacks of variables."""

import libcst as cst

from envfence.contract.stages import stage_of, stages_in
from envfence.detect.names import words
from envfence.literals import HOLE
from envfence.rewrite import Edit
from envfence.rewrite.code.decision import (
    COMPUTED,
    OTHER_STAGE,
    OTHER_VALUE,
    READER,
    USED,
    Decision,
    Module,
    is_writable,
    masked,
    read,
    text_of,
    whole,
    why_not,
)
from envfence.rewrite.code.nodes import dotted
from envfence.rewrite.code.place import read_key
from envfence.rewrite.code.sites import Site, Source, below
from envfence.rewrite.held import Key
from envfence.rewrite.keys import Keys
from envfence.rewrite.settings.settings_model import INT
from envfence.rewrite.shapes import DSN, PAIRS, shapes

_READS_PROCESS = frozenset({"os.getenv", "getenv", "os.environ.get", "environ.get"})


def field_default(module: Module, site: Site, keys: Keys) -> Decision | None:
    """Drop the default of a field of a settings class: the field reads its key by itself."""
    field, owner = site.place.field, site.place.owner
    if field is None or owner is None:
        return None
    name = module.fields.get((owner.name.value, dotted(field.target)))
    if name is None:
        return None
    text = text_of(site)
    if stages_in("_".join(words(owner.name.value))) - {stage_of(keys.environment)}:
        return Decision(reason=OTHER_STAGE)
    if HOLE in text:
        return Decision(reason=COMPUTED)
    if _is_used_in(owner, field):
        return Decision(reason=USED)
    cut = _default(field, site.node, module.source, name)
    if cut is None or not is_writable(text):
        return Decision(reason=why_not(text) if cut else READER if site.place.key else COMPUTED)
    if keys.fits(name, {keys.environment: text}):
        keys.one(name, text)
    elif (owner.name.value, dotted(field.target)) not in module.given:
        # Somebody else reads that key, and has something else without it: it stays without.
        return None if module.may_import and field.value is site.node else Decision(reason=OTHER_VALUE)
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


def named_by_variable(module: Module, site: Site, keys: Keys) -> Decision | None:
    """Read the settings instead of an environment variable with a fallback; the variable's name is the key."""
    place, text = site.place, text_of(site)
    if not place.key or HOLE in text or not is_writable(text):
        return None
    is_field = place.key in module.settings.fields and keys.holds(place.key, {keys.environment: text})
    if not is_field and any(shape.form in {DSN, PAIRS} for shape in shapes(masked(site))):
        keys.optional.add(place.key)  # what sets the whole connection goes on to come first
        return None
    if not keys.fits(place.key, {keys.environment: text}):
        keys.optional.add(place.key)
        return None
    key = keys.one(place.key, text)
    reader = place.read
    call = reader.left if isinstance(reader, cst.BooleanOperation) else reader
    is_plain = isinstance(call, cst.Subscript) or (call is not None and dotted(call) in _READS_PROCESS)
    if reader is None or not is_plain or key.name in keys.changing:
        return whole(site, read(module, site, key))
    return Decision(edits=(_of_read(module, site, key, reader),))


def _of_read(module: Module, site: Site, key: Key, reader: cst.BaseExpression) -> Edit:
    cast = site.place.cast
    field = module.settings.field(key)
    if cast is not None and cast.args[0].value is reader and field.type == INT:
        return Edit(*module.source.span(cast), module.settings.read(key, INT))
    return Edit(*module.source.span(reader), read(module, site, key))
