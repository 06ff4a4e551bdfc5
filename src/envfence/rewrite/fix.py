"""From the findings of a repository to a plan: every file as it is to be, proved to do what it did."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from envfence.rewrite import Edit, Left, Rewritten, applied, classes, envfiles, servers, switches, undeclared
from envfence.rewrite.claims import claims, set_while_running
from envfence.rewrite.code.modules import Refused, Work, works
from envfence.rewrite.code.python import rewritten
from envfence.rewrite.elsewhere import others
from envfence.rewrite.key_files import key_files
from envfence.rewrite.keys import Keys
from envfence.rewrite.plan import Change, Place, Plan, current, text_at
from envfence.rewrite.project import Project
from envfence.rewrite.proving.unproved import unproved_lines
from envfence.rewrite.repairs import afterwards
from envfence.rewrite.settings.class_config import ENV_FILE


class _Draft(NamedTuple):
    """All files as they would be, not proved yet: ``after`` has the code, ``env`` the env files by environment."""

    found: Sequence[Work]
    results: Sequence[Rewritten]
    left: Sequence[Left]
    keys: Keys
    after: Mapping[str, str]
    env: Mapping[str, str]
    asks_environment: bool
    told: Sequence[str]


def planned(project: Project, environment: str, refused: Refused = frozenset()) -> Plan:
    """Return the plan. What cannot be proved is left alone: then all is planned once more without it."""
    draft = _drafted(project, environment, refused)
    # Where a secret of an env file stands once more, unnoticed so far, it goes as well.
    env = {stage: text for stage, text in (*project.env.items(), *draft.env.items()) if stage}
    complete = project.with_copies(env) if env else project
    draft = draft if complete.files == project.files else _drafted(complete, environment, refused)
    unproved = {
        (work.file.path, line)
        for work, result in zip(draft.found, draft.results, strict=True)
        if result.edits
        for line in unproved_lines(complete, work, result.edits, draft.after, draft.env, environment)
    }
    if unproved - refused:
        return planned(project, environment, refused | unproved)
    if draft.keys.used:
        names = {*complete.promised, *draft.keys.optional, *(key.name for key in draft.keys.used)}
        draft.keys.optional |= undeclared.optional(complete, names, draft.after)
    values = list(key_files(complete, draft.env, draft.keys, asks_environment=draft.asks_environment))
    fields = {key for work in draft.found if work.target.settings.is_read for key in work.target.settings.fields}
    used = [key for key in draft.keys.used if key.name in fields]
    others = afterwards.followed(complete, draft.after, values, used, _readers(draft))
    changes = [*_code(complete, {**draft.after, **others.texts}), *values]
    return Plan(
        [one for one in changes if one.before != one.after],
        sorted({*draft.left, *others.left, *(one for result in project.mended.values() for one in result.left)}),
        draft.keys.used,
        [str(one) for done in (*(one.done for one in project.mended.values()), others.done) for one in sorted(done)],
        {work.file.path: Place(work.base, work.imported_from) for work in draft.found},
        draft.told,
    )


def _drafted(project: Project, environment: str, refused: Refused, named: Mapping[str, str] | None = None) -> _Draft:
    """Return a draft; it is made once more if it names servers that others of its keys have no name for."""
    known = project.known(environment)
    named = named or servers.named(known)
    keys = Keys(environment, known, project.promised, claims(project), set_while_running(project), named)
    left: list[Left] = []
    found = works(project, left)
    modules = [work.module(project, environment, refused, left) for work in found]
    results = [
        result._replace(edits=work.renamed(result.edits))
        for work, result in zip(found, rewritten(modules, keys), strict=True)
    ]
    edits: dict[str, list[Edit]] = {}
    for work, result in zip(found, results, strict=True):
        left += result.left
        edits[work.file.path] = [*result.edits, *work.import_edit(result.edits)]
    for path, result in others(project, keys):
        left += result.left
        edits.setdefault(path, []).extend(result.edits)
    values = known | {key.name: key.values.get(environment, "") for key in keys.used}
    better = {**servers.named(values), **named}
    if (better.keys() - named.keys()) & servers.unnamed(values):
        return _drafted(project, environment, refused, better)
    new = classes.written(project, found, edits, keys.used)
    after = {path: result.text for path, result in project.mended.items() if result.done}
    after |= {path: applied(_text_before(project, path), made) for path, made in edits.items() if made} | new
    keys.forget(_read(project, found, after.values()))
    env = {stage: envfiles.with_values(project.env.get(stage, ""), keys.used, stage) for stage in _stages(keys)}
    if environment in env:  # who starts elsewhere than in the root does not get what the plain file gives
        env[environment] = envfiles.with_shared(env[environment], project.env.get("", ""), project.demanded)
    told = [line for module, result in zip(modules, results, strict=True) for line in switches.told(module, result)]
    return _Draft(found, results, left, keys, after, env, bool(new) or _asks_environment(project, after), told)


def _readers(draft: _Draft) -> dict[str, str]:
    """Return the modules that import a new settings module, with its path."""
    return {
        work.file.path: work.target.path
        for work, result in zip(draft.found, draft.results, strict=True)
        if result.edits and work.target.found is None
    }


def _asks_environment(project: Project, after: Mapping[str, str]) -> bool:
    """Tell whether a class that is there begins to read the file of its environment, which it has no field for."""
    begins = any(ENV_FILE in text and ENV_FILE not in project.python.get(path, "") for path, text in after.items())
    return begins and not any(one.takes("ENVIRONMENT") for one in project.classes)


def _read(project: Project, found: Sequence[Work], texts: Iterable[str]) -> set[str]:
    """Return the names in upper case that the code as it will be may read: its words, and the keys of its classes."""
    fields = {key.upper() for one in project.classes for field in one.fields for key in field.keys}
    fields |= {key for work in found for key in work.target.settings.fields}
    return fields.union(*(re.findall(r"\w+", text.upper()) for text in texts))


def _stages(keys: Keys) -> list[str]:
    return list(dict.fromkeys(stage for key in keys.used for stage in key.values))


def _text_before(project: Project, path: str) -> str:
    """Return the text that the places of a file's findings are in."""
    return project.mended[path].text if path in project.mended else text_at(project.root, path).text


def _code(project: Project, after: Mapping[str, str]) -> Iterable[Change]:
    for path, text in after.items():
        before = current(project.root, path)
        stored = text.encode() if before is None else text_at(project.root, path).stored(text)
        yield Change(path, before, stored)
