"""The Python modules of a repository with their findings, and the settings that each is to read."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import libcst as cst

from envfence.contract.stages import is_known
from envfence.contract.surfaces.python.settings import SettingsClass
from envfence.detect.names import words
from envfence.finding import ERROR
from envfence.rewrite import Edit, Left, Spot, spots
from envfence.rewrite.code import imports
from envfence.rewrite.code.decision import Module
from envfence.rewrite.code.layout import Layout
from envfence.rewrite.code.place import dotted
from envfence.rewrite.code.singles import worth_fixing
from envfence.rewrite.code.sites import Site, Source, sites, source_of
from envfence.rewrite.project import File, Project, is_to_fix
from envfence.rewrite.settings import target
from envfence.rewrite.settings.at_hand import given_fields
from envfence.rewrite.settings.target import Target

_IN_SETTINGS = "it stands in the module of the settings itself: make it a field there"
_CYCLE = "the settings import this module, so it cannot import them"
_NOT_PARSED = "the file is no Python that can be parsed"
_NOT_TEXT = "the encoding of the file cannot be told"
_NO_EXPRESSION = "it stands in a comment, a docstring or a name"
_NOT_PROVED = "it cannot be proved that the program does the same"

Refused = frozenset[tuple[str, int]]  # paths and lines that are to be left alone


class Work(NamedTuple):
    """A module with its findings, the settings that it is to read, and under which name it imports them."""

    file: File
    source: Source
    spots: Sequence[Spot]
    target: Target
    imported_from: str
    base: str
    alias: str = ""  # what the settings are imported as, where the module gives their name another meaning

    @property
    def reader(self) -> str:
        """Return the expression that gives the settings in this module."""
        reader = self.target.settings.reader
        return reader.replace(self.target.name, self.alias, 1) if self.alias else reader

    def renamed(self, edits: Sequence[Edit]) -> list[Edit]:
        """Return edits that read the settings by the name that they have in this module."""
        old, new = f"{self.target.settings.reader}.", f"{self.reader}."
        return [edit._replace(replacement=edit.replacement.replace(old, new)) for edit in edits]

    def module(self, project: Project, environment: str, refused: Refused, left: list[Left]) -> Module:
        """Return the module with the expressions that are to be rewritten; add the others to ``left``."""
        fields = fields_of(project, self.file.path)
        found = sites(self.source)
        placed = {spot for site in found for spot in site.spots}
        missed = [spot for spot in self.spots if spot not in placed and spot.finding.severity == ERROR]
        left += [spot.left(_NO_EXPRESSION) for spot in missed]
        kept: list[Site] = []
        for site in worth_fixing(found):
            owner, field = site.place.owner, site.place.field
            is_field = owner is not None and field is not None and (owner.name.value, dotted(field.target)) in fields
            reason = "" if is_field else self._reason()
            if any((self.file.path, spot.finding.line) in refused for spot in site.spots):
                reason = _NOT_PROVED
            left += [spot.left(reason) for spot in site.spots if reason]
            kept += [] if reason else [site]
        given = given_in(project, self.file.path, environment)
        lines = frozenset(line for path, line in refused if path == self.file.path)
        return Module(self.file.path, self.source, kept, self.target.settings, fields, given, lines)

    def _reason(self) -> str:
        """Return why the module cannot read the settings, "" if it can."""
        if self.file.path == self.target.path:
            return _IN_SETTINGS
        return "" if self.imported_from else _CYCLE

    def import_line(self) -> str:
        """Return the import that the module needs."""
        return f"from {self.imported_from} import {self._imported}"

    @property
    def _imported(self) -> str:
        return f"{self.target.name} as {self.alias}" if self.alias else self.target.name

    def import_edit(self, edits: Sequence[Edit]) -> list[Edit]:
        """Return the edit that adds it, if what is rewritten needs it."""
        used = [edit.start for edit in edits if f"{self.reader}." in edit.replacement]
        if not used:
            return []
        newline = self.file.text.newline if self.file.text else "\n"
        edit = imports.added(self.source, self.imported_from, self._imported, min(used), newline)
        return [edit] if edit else []


def fields_of(project: Project, path: str) -> dict[tuple[str, str], str]:
    """Return the fields of the settings classes of a module, with the key that each takes."""
    return {
        (one.name, field.name): field.keys[0] if one.case_sensitive else field.keys[0].upper()
        for one in project.classes
        if one.path == path
        for field in one.fields
    }


def given_in(project: Project, path: str, environment: str) -> frozenset[tuple[str, str]]:
    """Return the fields of the settings classes of a module whose defaults never count: their env files give them."""
    return frozenset(
        (one.name, name)
        for one in project.classes
        if one.path == path
        for name in given_fields(one, project.trees[path], project.python[path], project.env, environment)
    )


def works(project: Project, left: list[Left]) -> list[Work]:
    """Return the modules that have something to fix; add to ``left`` what is in no readable Python."""
    parsed = list(_parsed(project, left))
    if not parsed:
        return []
    layout = Layout(project.python)
    bases = {file.path: layout.base_of(file.path) for file, _, _ in parsed}
    usable = {base: _usable(project, layout, base) for base in dict.fromkeys(bases.values())}
    owners = {path: (base, _owner(path, base, usable[base], layout)) for path, base in bases.items()}
    targets = {
        owner: _target(project, layout, *owner, [path for path, one in owners.items() if one == owner])
        for owner in dict.fromkeys(owners.values())
    }
    for one in targets.values():
        one.settings.shares_keys = len(targets) > 1
    found: list[Work] = []
    for file, source, placed in parsed:
        base = bases[file.path]
        own = targets[owners[file.path]]
        is_cycle = own.found is not None and layout.reaches(own.path, file.path)
        name = "" if is_cycle else layout.name_of(own.path, base) or ""
        alias = f"environment_{own.name.removeprefix('get_')}" if imports.defines(source, own.name, name) else ""
        found.append(Work(file, source, placed, own, name, base, alias))
    return found


def _parsed(project: Project, left: list[Left]) -> Iterator[tuple[File, Source, list[Spot]]]:
    for file in project.files:
        wanted = [one for one in file.findings if is_to_fix(one)]
        if not file.path.endswith(".py") or not wanted:
            continue
        if file.text is None:
            left += [Spot(one, 0, 0).left(_NOT_TEXT) for one in wanted]
            continue
        try:
            placed = spots(file.text.text, wanted)
            yield file, source_of(file.text.text, tuple(placed)), placed
        except (cst.ParserSyntaxError, RecursionError):
            left += [Spot(one, 0, 0).left(_NOT_PARSED) for one in wanted]


def _usable(project: Project, layout: Layout, base: str) -> list[SettingsClass]:
    """Return the settings classes that the modules with one base can import.

    Nobody is made to depend on a class that wants a value which neither an env file gives nor the contract promises.
    """
    given = {key.upper() for stage in ("", *project.env) for key in project.known(stage)} | project.promised
    return [
        one
        for one in project.classes
        if layout.base_of(one.path) == base
        and layout.name_of(one.path, base)
        and (prefix := target.prefix_of(one)) is not None
        and not (prefix and one.case_sensitive)
        and all(not field.required or any(key.upper() in given for key in field.keys) for field in one.fields)
        and "test" not in one.path.lower()
        and not one.is_base
        and not is_known("_".join(words(one.name)))  # the class of one environment is not that of the program
    ]


def _owner(path: str, base: str, usable: Sequence[SettingsClass], layout: Layout) -> SettingsClass | None:
    """Return the class that a module is to read. Of several services each has its own; none is made to need another."""
    by_top: dict[str, list[SettingsClass]] = {}
    for one in usable:
        by_top.setdefault(layout.top_of(one.path, base), []).append(one)
    tops = [layout.top_of(path, base), "", *sorted(layout.tops_imported(path))] if len(by_top) > 1 else by_top
    near = next((by_top[top] for top in tops if top in by_top), list[SettingsClass]())
    return max(near, key=lambda one: (one.name == "Settings", len(one.fields)), default=None)


def _target(project: Project, layout: Layout, base: str, owner: SettingsClass | None, paths: Sequence[str]) -> Target:
    """Return the settings for the modules ``paths``: a class that is there, else a new module."""
    return target.existing(owner, project.trees[owner.path]) if owner else target.new(layout.home(base, paths))
