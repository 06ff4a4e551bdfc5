"""Tables of environments: one key takes the place of all entries, with a value in each environment's file."""

from envfence.contract.stages import is_known, stage_of
from envfence.literals import HOLE
from envfence.rewrite.connections import composed, others, service_of
from envfence.rewrite.decision import Decision, Module, is_writable, read, text_of, whole
from envfence.rewrite.keys import Keys
from envfence.rewrite.shapes import DSN, Shape, shapes
from envfence.rewrite.singles import single_name
from envfence.rewrite.sites import Site


def of_environments(module: Module, site: Site, keys: Keys) -> Decision | None:
    """Make one key of a table of environments: {"dev": …, "prod": …} becomes a value in each environment's file."""
    table = [one for one in module.sites if one.place.table is site.place.table] if site.place.table else []
    stages = {stage_of(one.place.entry): text_of(one) for one in table if is_known(one.place.entry)}
    if len(stages) < 2 or len(stages) != len(table) or keys.environment not in stages:
        return None
    if any(HOLE in text or not is_writable(text) for text in stages.values()):
        return None
    found = {stage: next(shapes(text), None) for stage, text in stages.items()}
    first = found[keys.environment]
    if first is not None and first.form == DSN and len({_frame(found[stage], stages[stage]) for stage in stages}) == 1:
        parts = {
            part.name: {stage: shape.values[part.name] for stage, shape in found.items() if shape}
            for part in first.parts
        }
        service = service_of(first, site)
        given = keys.groups(service, parts, others(service, site))
        return whole(site, composed(module, site, stages[keys.environment], first, given))
    if any(not is_writable(text) for text in stages.values()):
        return None
    name = single_name(module, site, site.place.names[1:], text_of(site))
    return whole(site, read(module, site, keys.of_environments(name, stages)))


def _frame(shape: Shape | None, text: str) -> tuple[str, ...]:
    """Return what is left of a connection without its parts."""
    if shape is None or (shape.start, shape.end) != (0, len(text)):
        return (text,)
    at, frame = 0, [shape.safe]
    for part in shape.parts:
        frame += [text[at : part.start], part.name]
        at = part.end
    return (*frame, text[at:])
