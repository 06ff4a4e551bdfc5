"""From the findings of a repository to a plan: every file as it is to be, proved to do what it did."""

import ast
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from envfence import git
from envfence.contract.files import CONTRACT, environment_of
from envfence.contract.surfaces.python.configured import ANY_FILE
from envfence.contract.surfaces.python.settings import SettingsClass
from envfence.errors import FenceError
from envfence.rewrite import Edit, Left, Rewritten, applied, envfiles, servers, switches, undeclared
from envfence.rewrite.claims import claims, set_while_running
from envfence.rewrite.code.modules import Refused, Work, works
from envfence.rewrite.code.python import rewritten
from envfence.rewrite.elsewhere import others
from envfence.rewrite.held import Key
from envfence.rewrite.keys import Keys
from envfence.rewrite.plan import Change, Place, Plan, current
from envfence.rewrite.project import Project
from envfence.rewrite.proving.unproved import unproved_lines
from envfence.rewrite.repairs import afterwards
from envfence.rewrite.settings import evaluate, settings_code, target
from envfence.rewrite.settings.class_config import ENV_FILE
from envfence.rewrite.settings.plain_secrets import hide
from envfence.rewrite.settings.rooted import rooted
from envfence.rewrite.settings.target import Target
from envfence.rewrite.settings.unquoted import quoted
from envfence.rewrite.texts import Text, text_of

_IGNORE = ("# values of the environments", ".env*", "!.env.example")


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
    values = list(_values(complete, draft.env, draft.keys, asks_environment=draft.asks_environment))
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
    new = _settings(project, found, edits, keys.used)
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


def _settings(
    project: Project, found: Sequence[Work], edits: dict[str, list[Edit]], used: Sequence[Key]
) -> dict[str, str]:
    """Return the texts of new settings modules; add to ``edits`` what classes that are there lack."""
    targets = {id(work.target): work.target for work in found if work.target.settings.is_read}
    new: dict[str, str] = {}
    by_path: dict[str, list[Target]] = {}
    is_said = "ENVIRONMENT" in evaluate.given(project.env.get("", ""))
    for one in targets.values():
        if one.found is None:
            depth = one.path.count("/")
            reads_plain = ".env" in (os.path.basename(name) for name in os.listdir(project.root))
            new[one.path] = settings_code.module(
                one.settings, project.library, depth=depth, reads_plain_file=reads_plain, is_said=is_said
            )
        else:
            by_path.setdefault(one.path, []).append(one)
    readers = {one.settings.reader for one in targets.values()}
    touched = [one for work in found for one in _without_default(project, work, edits)]
    for one in [*touched, *(_forbidding(project) if used else ())]:
        by_path.setdefault(one.path, []).extend([] if _has(by_path.get(one.path, []), one) else [one])
    for path, group in by_path.items():
        text, tree = _text(project, path), project.trees[path]
        types = [edit for one in group for edit in hide(one, project.python, edits, readers)]
        types += [edit for one in group for edit in quoted(one, text.text, tree, project.env.values(), used)]
        types += [edit for one in group for edit in rooted(one, text.text, tree, project.root)]
        depth = path.count("/")
        made = target.edits(group, text.text, tree, depth=depth, newline=text.newline, more=types, is_said=is_said)
        edits.setdefault(path, []).extend(made)
    return new


def _has(group: Iterable[Target], one: Target) -> bool:
    return any(other.found == one.found for other in group)


def _without_default(project: Project, work: Work, edits: Mapping[str, Sequence[Edit]]) -> list[Target]:
    """Return the classes of a module of which a field loses its default, so that they have to read the env file."""
    if work.file.text is None:
        return []
    cuts = (edit for edit in edits[work.file.path] if not edit.replacement)
    lines = {work.file.text.text.count("\n", 0, edit.start) + 1 for edit in cuts}
    touched = [
        one
        for one in project.classes
        if one.path == work.file.path and not one.is_base and not lines.isdisjoint(_lines_of_fields(project, one))
    ]
    return [target.existing(one, project.trees[one.path]) for one in touched]


def _lines_of_fields(project: Project, one: SettingsClass) -> set[int]:
    """Return the lines that the statements of a class's fields, also inherited ones, take up in its module."""
    starts = {field.line for field in one.fields if field.path == one.path}
    nodes = (node for node in ast.walk(project.trees[one.path]) if isinstance(node, ast.AnnAssign))
    return {line for node in nodes if node.lineno in starts for line in range(node.lineno, (node.end_lineno or 0) + 1)}


def _forbidding(project: Project) -> Iterable[Target]:
    """Yield the classes that would not take an env file which holds the keys of others, too."""
    for one in project.classes:
        if one.forbids and not one.is_base and any(name == ANY_FILE or environment_of(name) for name in one.env_files):
            yield target.existing(one, project.trees[one.path])


def _text_before(project: Project, path: str) -> str:
    """Return the text that the places of a file's findings are in."""
    return project.mended[path].text if path in project.mended else _text(project, path).text


def _text(project: Project, path: str) -> Text:
    with open(os.path.join(project.root, path), "rb") as stream:
        data = stream.read()
    text = text_of(data)
    if text is None:
        raise FenceError(f"{path}: its encoding cannot be told; save it as UTF-8 first")
    return text


def _code(project: Project, after: Mapping[str, str]) -> Iterable[Change]:
    for path, text in after.items():
        file = os.path.join(project.root, path)
        if os.path.exists(file):
            stored = _text(project, path)
            with open(file, "rb") as stream:
                yield Change(path, stream.read(), stored.stored(text))
        else:
            yield Change(path, None, text.encode())


def _values(project: Project, env: Mapping[str, str], keys: Keys, *, asks_environment: bool) -> Iterable[Change]:
    """Yield the env files, the contract, and what keeps the former out of git."""
    if not keys.used:
        return
    contract = project.contract
    said = [("ENVIRONMENT", f"ENVIRONMENT=<{'|'.join(project.environments)}>")] if asks_environment else []
    contract = envfiles.with_lines(contract, said)
    contract = envfiles.with_placeholders(contract, keys.used, keys.environment)
    contract = envfiles.with_lines(contract, [(name, f"{name}=") for name in sorted(keys.optional)])
    yield _change(project, CONTRACT, contract)
    for stage, text in env.items():
        yield _change(
            project, f".env.{stage}", envfiles.with_lines(text, [(name, f"{name}={stage}") for name, _ in said])
        )
    ignored = _unignored(project.root, [f".env.{stage}" for stage in env])
    if ignored:
        old = current(project.root, ".gitignore") or b""
        newline = b"\r\n" if b"\r\n" in old else b"\n"
        gap = newline if old and not old.endswith(b"\n") else b""
        yield Change(".gitignore", old or None, old + gap + b"".join(line.encode() + newline for line in _IGNORE))


def _change(project: Project, path: str, text: str) -> Change:
    return Change(path, current(project.root, path), text.encode())


def _unignored(root: str, names: Sequence[str]) -> list[str]:
    """Return the env files that git would take in."""
    if git.top_above(root) is None:
        return []
    asked = b"\0".join(map(os.fsencode, names))
    answer = git.ask("check-ignore", "--no-index", "-z", "--stdin", cwd=root, stdin=asked, accept=(0, 1), own=False)
    return sorted(set(names) - set(git.names(answer)))
