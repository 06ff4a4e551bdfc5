"""The Python modules of a repository with their findings, and the settings that each is to read."""

from collections.abc import Collection, Iterator, Mapping, Sequence
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
from envfence.rewrite.code.nodes import dotted
from envfence.rewrite.code.singles import worth_fixing
from envfence.rewrite.code.sites import Site, Source, sites, source_of
from envfence.rewrite.project import File, Project, is_to_fix
from envfence.rewrite.settings import target
from envfence.rewrite.settings.at_hand import given_fields
from envfence.rewrite.settings.class_config import has_arms, node_of
from envfence.rewrite.settings.target import Target

_IN_SETTINGS = "it stands in the module of the settings itself: make it a field there"
_CYCLE = "the settings import this module, so it cannot import them"
_NOT_PARSED = "the file is no Python that can be parsed"
_NOT_TEXT = "the encoding of the file cannot be told"
_NO_EXPRESSION = "it stands in a comment, a docstring or a name"
_EARLIER = "it is set for what is imported after it, and the settings would be imported before"
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
            reason = "" if is_field else self._reason() or self._is_set_too_late(site, project.python) * _EARLIER
            if any((self.file.path, spot.finding.line) in refused for spot in site.spots):
                reason = _NOT_PROVED
            left += [spot.left(reason) for spot in site.spots if reason]
            kept += [] if reason else [site]
        given = given_in(project, self.file.path, environment)
        lines = frozenset(line for path, line in refused if path == self.file.path)
        may_import = not self._reason()
        return Module(self.file.path, self.source, kept, self.target.settings, fields, given, lines, may_import)

    def _reason(self) -> str:
        """Return why the module cannot read the settings, "" if it can."""
        if self.file.path == self.target.path:
            return _IN_SETTINGS
        return "" if self.imported_from else _CYCLE

    def _is_set_too_late(self, site: Site, python: Mapping[str, str]) -> bool:
        """Tell whether `os.environ.setdefault(…)` prepares for what the import of the settings would run before it."""
        read = site.place.read
        if read is None or not dotted(read).endswith("environ.setdefault") or "." not in self.imported_from:
            return False
        return self.target.found is not None or any(python.get(one, "").strip() for one in _packages(self.target.path))

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
        package = package_of(self.file.path, self.base)
        edit = imports.added(self.source, self.imported_from, self._imported, min(used), newline, package)
        return [edit] if edit else []


def _packages(path: str) -> Iterator[str]:
    """Yield the modules that may be run when another is imported: the `__init__.py` of each folder above it."""
    folders = path.split("/")[:-1]
    yield from ("/".join((*folders[:count], "__init__.py")) for count in range(1, len(folders) + 1))


def package_of(path: str, base: str) -> str:
    """Return the package of a module that is imported from ``base``: app.db of `src/app/db/session.py`."""
    return path.removeprefix(f"{base}/").rpartition("/")[0].replace("/", ".")


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
    usable = {base: _usable(project, layout, base, bases) for base in dict.fromkeys(bases.values())}
    owners = {path: _owner(path, base, usable[base], layout) for path, base in bases.items()}
    groups = {
        path: (bases[path], owner, "" if owner else layout.service_of(path, bases[path]))
        for path, owner in owners.items()
    }
    targets = {
        group: _target(project, layout, *group[:2], [path for path, one in groups.items() if one == group])
        for group in dict.fromkeys(groups.values())
    }
    for one in targets.values():
        one.settings.shares_keys = len(targets) > 1
    found: list[Work] = []
    for file, source, placed in parsed:
        base = bases[file.path]
        own = targets[groups[file.path]]
        is_cycle = own.found is not None and layout.reaches(own.path, file.path)
        name = "" if is_cycle else layout.name_of(own.path, base) or ""
        is_taken = imports.defines(source, own.name, name, package_of(file.path, base))
        alias = f"environment_{own.name.removeprefix('get_')}" if is_taken else ""
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


class _Usable(NamedTuple):
    """A settings class, and the modules that may read it."""

    found: SettingsClass
    readers: Collection[str]


def _usable(project: Project, layout: Layout, base: str, paths: Collection[str]) -> list[_Usable]:
    """Return the settings classes that the modules with one base can import, and which of ``paths`` may.

    Nobody is made to depend on a class that wants a value which neither an env file gives nor the contract promises,
    but for those that have one made already, wherever they are run: they import its module.
    """
    given = {key.upper() for stage in ("", *project.env) for key in project.known(stage)} | project.promised
    found: list[_Usable] = []
    for one in project.classes:
        if layout.base_of(one.path) != base or not layout.name_of(one.path, base) or not _is_for_others(one, project):
            continue
        if layout.is_program(one.path):  # whoever imported its class would run it
            continue
        wanted = [field for field in one.fields if field.required]
        is_given = all(any(key.upper() in given for key in field.keys) for field in wanted)
        is_made = target.is_made_on_import(one, project.trees[one.path])
        found.append(_Usable(one, paths if is_given else layout.importers_of(one.path) if is_made else ()))
    return found


def _is_for_others(one: SettingsClass, project: Project) -> bool:
    """Tell whether a class is for all modules and environments, and for one version of pydantic."""
    prefix = target.prefix_of(one)
    return (
        prefix is not None
        and not (prefix and one.case_sensitive)
        and "test" not in one.path.lower()
        and not one.is_base
        and not is_known("_".join(words(one.name)))  # the class of one environment is not that of the program
        and not has_arms(node_of(one, project.trees[one.path]))
    )


def _owner(path: str, base: str, usable: Sequence[_Usable], layout: Layout) -> SettingsClass | None:
    """Return the class that a module is to read. Of several services each has its own; none is made to need another."""
    by_top: dict[str, list[SettingsClass]] = {}
    for one in usable:
        if path in one.readers:
            by_top.setdefault(layout.top_of(one.found.path, base), []).append(one.found)
    own = layout.top_of(path, base)
    beside = layout.neighbours(path) if own else []
    needed = [top for top in sorted(by_top) if any(layout.imports_of(one, top) for one in (path, *beside))]
    tops = [own, "", *needed, *(by_top if not own and len(by_top) == 1 else ())]
    near = next((by_top[top] for top in tops if top in by_top), list[SettingsClass]())
    return max(near, key=lambda one: (one.name == "Settings", len(one.fields)), default=None)


def _target(project: Project, layout: Layout, base: str, owner: SettingsClass | None, paths: Sequence[str]) -> Target:
    """Return the settings for the modules ``paths``: a class that is there, else a new module."""
    return target.existing(owner, project.trees[owner.path]) if owner else target.new(layout.home(base, paths))
