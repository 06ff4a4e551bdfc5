"""Tables of environments: one key takes the place of all entries, with a value in each environment's file."""

from collections.abc import Collection, Sequence

from envfence.contract import kinds
from envfence.contract.stages import stage_of
from envfence.literals import HOLE
from envfence.rewrite import naming
from envfence.rewrite.code.connections import composed, others, service_of
from envfence.rewrite.code.decision import OTHER_PLACE, Decision, Module, is_writable, name_of, read, text_of, whole
from envfence.rewrite.code.parts import about, part_in
from envfence.rewrite.code.place import Frame
from envfence.rewrite.code.singles import single_name
from envfence.rewrite.code.sites import Site
from envfence.rewrite.keys import Keys
from envfence.rewrite.shapes import DSN, Shape, shapes


def is_of_another(site: Site, environment: str) -> bool:
    """Tell whether a value is another environment's."""
    return site.place.frame is not None and stage_of(site.place.frame.stage) != environment


def of_environments(module: Module, site: Site, keys: Keys) -> Decision | None:
    """Make one key of a table of environments: {"dev": …, "prod": …} becomes a value in each environment's file.

    The entries may be tables themselves, and classes with environments' names are a table as well.
    """
    stages = _stages(module, site, keys.environment) if site.place.frame or site.place.owner else {}
    if not stages:
        return None
    found = {stage: next(shapes(text), None) for stage, text in stages.items()}
    first = found[keys.environment]
    if (
        first is not None
        and first.form == DSN
        and len({_skeleton(found[stage], stages[stage]) for stage in stages}) == 1
    ):
        parts = {
            part.name: {stage: shape.values[part.name] for stage, shape in found.items() if shape}
            for part in first.parts
        }
        service = service_of(first, site)
        given = keys.groups(module.settings.prefixed(service), parts, others(module, service, site))
        return whole(site, composed(module, site, stages[keys.environment], first, given))
    if part_in(site):
        return None
    named, names = _without_stage(site)
    name = module.settings.prefixed(single_name(module, named, names, stages[keys.environment]))
    spots = [spot for _, one in _table(module, site, keys.environment) for spot in one.spots]
    is_secret = any(spot.finding.family == "credential" for spot in spots)
    return whole(site, read(module, site, keys.of_environments(name, stages, kinds.SECRET if is_secret else "")))


def _without_stage(site: Site) -> tuple[Site, Sequence[str]]:
    """Return a value as it stands in the table of any environment, and the names that say what it is."""
    names, frame = site.place.names, site.place.frame
    if frame is None or not frame.inner:
        return site, names[1:]
    others = tuple(name for number, name in enumerate(names) if number != len(frame.inner))
    return site._replace(place=site.place._replace(names=others)), others


def part_of_environments(module: Module, site: Site, keys: Keys) -> Decision | None:
    """Make one key of the hosts, or of the passwords, of a table of environments, as of other parts of connections."""
    part = part_in(site) if site.place.frame or site.place.owner else ""
    stages = _stages(module, site, keys.environment) if part else {}
    if not stages:
        return None
    parts = _beside(module, site, keys.environment) | {part: stages}
    service = naming.prefix_in(name_of(site), part) or about(module, site, [*parts.get("PORT", {}).values()])
    prefix = keys.prefix_of(parts) or module.settings.prefixed(service)
    return whole(site, read(module, site, keys.groups(prefix, parts, others(module, service, site))[part]))


def _beside(module: Module, site: Site, environment: str) -> dict[str, dict[str, str]]:
    """Return the parts of the connection that a value of a table is a part of, each with every environment's value."""
    own = site.place.frame
    framed = ((one.place.frame, one) for one in module.sites if own)
    same = [one for frame, one in framed if frame and own and _connection_in(frame) == _connection_in(own)]
    prefix = naming.prefix_in(name_of(site), part_in(site))
    of_it = (one for one in same if naming.prefix_in(name_of(one), part_in(one)) == prefix)
    found = {part: _stages(module, one, environment) for one in of_it if (part := part_in(one))}
    return {part: stages for part, stages in found.items() if stages}


def _connection_in(frame: Frame) -> tuple[str, int, tuple[str, ...]]:
    return frame.stage, frame.group, frame.inner[1:]


def _stages(module: Module, site: Site, environment: str) -> dict[str, str]:
    """Return the value that each environment has in the place of this, none unless it is a table of them."""
    table = _table(module, site, environment)
    stages = {stage: text_of(one) for stage, one in table}
    is_whole = len(stages) > 1 and len(stages) == len(table) and environment in stages
    return stages if is_whole and all(HOLE not in text and is_writable(text) for text in stages.values()) else {}


def _table(module: Module, site: Site, environment: str) -> list[tuple[str, Site]]:
    """Return the values that stand in the place of this one, each with its environment.

    A class that those of environments are made of has the values of ``environment``, if no other has.
    """
    own = site.place.frame or Frame("", 0, site.place.names[:-1])
    framed = [(one.place.frame, one) for one in module.sites if one.place.frame]
    same = [(frame, one) for frame, one in framed if (frame.group, frame.inner) == (own.group, own.inner)]
    table = [(stage_of(frame.stage), one) for frame, one in same]
    bases = {base for frame, _ in same for base in frame.bases}
    if own.group == 0 and environment not in {stage for stage, _ in table}:
        table += [(environment, one) for one in module.sites if _is_default(one, bases, own.inner)]
    return table if any(one is site for _, one in table) else []


def _is_default(site: Site, bases: Collection[str], inner: tuple[str, ...]) -> bool:
    """Tell whether a value is what the classes of environments have where they say nothing else."""
    owner = site.place.owner
    return owner is not None and owner.name.value in bases and site.place.names == (*inner, owner.name.value)


def held_elsewhere(module: Module, site: Site, keys: Keys) -> Decision | None:
    """Read the key that has a value in its environment already, where it stands once more as another's."""
    finding, text, frame = site.spots[0].finding, text_of(site), site.place.frame
    is_copy = finding.rule == "copied-value"
    part = finding.anchor.rpartition("_")[2] if is_copy else part_in(site)
    if frame is None or not part or not is_of_another(site, keys.environment):
        return None
    stage = stage_of(frame.stage)
    held = (key for key in keys.used if key.name.endswith(f"_{part}") and key.values.get(stage) == text)
    if key := next(held, None):
        return whole(site, read(module, site, key))
    return Decision(reason=OTHER_PLACE) if is_copy else None


def _skeleton(shape: Shape | None, text: str) -> tuple[str, ...]:
    """Return what is left of a connection without its parts."""
    if shape is None or (shape.start, shape.end) != (0, len(text)):
        return (text,)
    at, frame = 0, [shape.safe]
    for part in shape.parts:
        frame += [text[at : part.start], part.name]
        at = part.end
    return (*frame, text[at:])
