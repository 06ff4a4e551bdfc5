"""Which lines of a rewritten module cannot be proved to do what they did."""

from collections.abc import Mapping, Sequence

from envfence.rewrite import Edit, applied
from envfence.rewrite.code.modules import Work, fields_of, given_in
from envfence.rewrite.project import Project
from envfence.rewrite.proving import proof
from envfence.rewrite.settings import evaluate


def unproved_lines(
    project: Project,
    work: Work,
    made: Sequence[Edit],
    after: Mapping[str, str],
    env: Mapping[str, str],
    environment: str,
) -> list[int]:
    """Return the lines of a module of which something else might come."""
    own = work.target
    code = after.get(own.path, project.python.get(own.path, ""))
    name = own.found.name if own.found else "Settings"
    shared = project.env.get("", "")
    given = {stage: f"{shared}\n{text}" for stage, text in env.items()}
    before = work.source.text
    is_own = work.file.path == own.path or any(one.path == work.file.path for one in project.classes)
    text = applied(before, made) if is_own else after[work.file.path]
    keys = evaluate.given(given.get(environment, ""))
    taken = fields_of(project, work.file.path)
    idle = given_in(project, work.file.path, environment)
    dropped = {
        field.line: proof.ANY if (one.name, field.name) in idle else keys.get(taken[one.name, field.name])
        for one in project.classes
        if one.path == work.file.path
        for field in one.fields
    }
    try:
        values = {stage: evaluate.attributes(code, name, own.settings.fields, text) for stage, text in given.items()}
        lines = proof.differences(
            before, text, values, environment, work.reader, dropped, "" if is_own else work.import_line()
        )
    except (SyntaxError, ValueError, RecursionError):
        lines = [0]
    return [line for line in lines if line] or [spot.finding.line for spot in work.spots if lines]
