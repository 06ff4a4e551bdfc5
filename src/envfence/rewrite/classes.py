"""The settings classes of a draft: new modules as they will be, and the edits of classes that are there."""

import ast
import os
from collections.abc import Iterable, Mapping, Sequence

from envfence.contract.files import environment_of
from envfence.contract.surfaces.python.configured import ANY_FILE
from envfence.contract.surfaces.python.settings import SettingsClass
from envfence.rewrite import Edit
from envfence.rewrite.code.modules import Work
from envfence.rewrite.held import Key
from envfence.rewrite.plan import text_at
from envfence.rewrite.project import Project
from envfence.rewrite.settings import evaluate, settings_code, target
from envfence.rewrite.settings.plain_secrets import hide
from envfence.rewrite.settings.rooted import rooted
from envfence.rewrite.settings.target import Target
from envfence.rewrite.settings.unquoted import quoted


def written(
    project: Project, found: Sequence[Work], edits: dict[str, list[Edit]], used: Sequence[Key]
) -> dict[str, str]:
    """Return the texts of new settings modules; add to ``edits`` what classes that are there lack."""
    targets = {id(work.target): work.target for work in found if work.target.settings.is_read}
    new: dict[str, str] = {}
    by_path: dict[str, list[Target]] = {}
    is_said = "ENVIRONMENT" in evaluate.given(project.env.get("", ""))
    reads_plain = ".env" in os.listdir(project.root)
    for one in targets.values():
        if one.found is None:
            depth = one.path.count("/")
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
        text, tree = text_at(project.root, path), project.trees[path]
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
