"""What a fix starts from: the findings and texts of a repository, its env files, and what its Python is made of."""

import ast
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from envfence import check, files, sources
from envfence.config import Config, Nearest
from envfence.contract.environment import ENVIRONMENT_KEYS
from envfence.contract.files import CONTRACT
from envfence.contract.grammar import OPTIONAL, contract_of
from envfence.contract.surfaces.python.settings import SettingsClass
from envfence.detect import copied
from envfence.detect.needles import needles
from envfence.errors import FenceError
from envfence.finding import ERROR, Finding
from envfence.rewrite.files.others import rewriter_of
from envfence.rewrite.settings import evaluate
from envfence.rewrite.settings.at_hand import DECLARING, classes_of, library_of
from envfence.rewrite.texts import Text, text_of

if TYPE_CHECKING:
    from envfence.rewrite.repairs.mending import Result

WORKFLOWS = "/.github/workflows/"


class File(NamedTuple):
    """One file with findings: its path from the root, its bytes, its text, and what is wrong in it."""

    path: str
    data: bytes
    text: Text | None
    findings: Sequence[Finding]


class Project(NamedTuple):
    """The repository. ``asked`` are the modules and other files that may be changed, ``python`` has the texts of all.

    ``env`` has the texts of the env files by environment, "" being `.env`.
    """

    root: str
    files: Sequence[File]
    asked: Mapping[str, bytes]
    python: Mapping[str, str]
    classes: Sequence[SettingsClass]
    trees: Mapping[str, ast.Module]
    contract: str
    env: Mapping[str, str]
    environments: Sequence[str]
    library: str
    mended: "Mapping[str, Result]"  # workflow -> its repairs, from whose text its findings are
    callers: Mapping[str, bytes]  # of compose

    def known(self, environment: str) -> dict[str, str]:
        """Return the keys and values that an environment has already; `.env` is for all."""
        texts = [self.env.get("", ""), self.env.get(environment, "")]
        return {key: value for text in texts for key, value in evaluate.given(text).items() if value}

    def with_copies(self, env: Mapping[str, str]) -> "Project":
        """Return the project with what `envfence check` will find once these are the env files: copies of secrets."""
        texts = {f".env.{name}": text for name, text in env.items()} | {CONTRACT: self.contract}
        wanted = needles(texts)
        by_path = {one.path: one for one in self.files}
        for path, data in self.asked.items():
            known = by_path.get(path, File(path, data, text_of(data), ()))
            copies = (_of_value(one, data, env) for one in copied.findings(path, data, wanted))
            moved = [one for one in known.findings if is_to_fix(one)]  # what only warns stays, and so would its copy
            new = [one for one in copies if not _is_known(one, moved)]
            if new:
                by_path[path] = known._replace(findings=[*known.findings, *new])
        return self._replace(files=list(by_path.values()))

    @property
    def promised(self) -> frozenset[str]:
        """The contract's keys."""
        return frozenset(contract_of(self.contract))

    @property
    def demanded(self) -> frozenset[str]:
        """The keys that the contract or a settings class demands a value for, without those that name environments."""
        of_contract = {key.name for key in contract_of(self.contract).values() if key.form != OPTIONAL}
        of_classes = {
            key.upper() for one in self.classes for field in one.fields if field.required for key in field.keys
        }
        return frozenset((of_contract | of_classes).difference(ENVIRONMENT_KEYS))


class _Taken(NamedTuple):
    """One file that counts. ``may_change`` tells that it was asked for, and is not excluded."""

    path: str
    data: bytes
    may_change: bool = False
    findings: Sequence[Finding] = ()
    mended: "Result | None" = None

    @property
    def is_python(self) -> bool:
        return self.path.endswith(".py")

    @property
    def declares(self) -> bool:
        """Tell whether it names the packages that a program of the repository needs."""
        return os.path.basename(self.path) in DECLARING


def read(root: str, paths: Sequence[str]) -> Project:
    """Return what lies below ``root``, with the findings of ``paths``. Raise FenceError if one does not exist."""
    nearest = Nearest(strict=True)
    every = list(sources.from_paths([root]))
    asked = _asked(root, paths, every)
    taken = [one for source in every if (one := _taken(root, source, nearest, os.path.abspath(source.file) in asked))]
    python = {one.path: files.decoded(one.data) for one in taken if one.is_python}
    declared = "".join(files.decoded(one.data) for one in taken if one.declares)
    open_to_change = [one for one in taken if one.may_change]
    modules = {one.path: one.data for one in open_to_change if one.is_python or rewriter_of(one.path, root)}
    callers = {one.path: one.data for one in open_to_change if _calls_compose(one)}
    mended = {one.path: one.mended for one in open_to_change if one.mended}
    config = nearest.of(os.path.join(root, CONTRACT))
    env = _env_files(root, config)
    found = [_file(one, env) for one in open_to_change if one.findings]
    classes, trees = classes_of(python)
    return Project(
        root, found, modules, python, classes, trees, _text(root, CONTRACT),
        env, config.environments, library_of(declared, python), mended, callers,
    )  # fmt: skip


def _asked(root: str, paths: Sequence[str], every: Iterable[sources.Source]) -> set[str]:
    is_all = [os.path.abspath(path) for path in paths] == [os.path.abspath(root)]
    return {os.path.abspath(source.file) for source in (every if is_all else sources.from_paths(paths))}


def _taken(root: str, source: sources.Source, nearest: Nearest, is_asked: bool) -> _Taken | None:
    """Return a file with what is wrong in it if it may be changed, None for one that tells nothing."""
    path = os.path.relpath(source.file, root).replace(os.sep, "/")
    if not (path.endswith(".py") or is_asked or os.path.basename(path) in DECLARING):
        return None
    data = source.read()[0]
    config = nearest.of(source.path)
    if not is_asked or source.size > files.LIMIT or config.is_excluded(source.path):
        return _Taken(path, data)
    mended = None
    if WORKFLOWS in f"/{path}" and (result := _mended(source.path, path, data, config)):
        mended, data = result
    findings = [one._replace(path=path) for one in check.findings_in(source.path, data, config)]
    if mended:
        findings = _with_hosts(path, mended.text, findings)
    taken = _Taken(path, data, True, findings, mended)
    counts = findings or taken.is_python or taken.declares or rewriter_of(path, root) or b"compose" in data
    return taken if counts else None


def _file(one: _Taken, env: Mapping[str, str]) -> File:
    return File(one.path, one.data, text_of(one.data), [_of_value(found, one.data, env) for found in one.findings])


def _mended(path: str, name: str, data: bytes, config: Config) -> "tuple[Result, bytes] | None":
    """Return what becomes of a workflow that deploys, and the bytes of that; None for another file."""
    from envfence.workflow.check import is_candidate, is_workflow  # few repositories have one

    text = text_of(data) if is_workflow(name) and is_candidate(data) else None
    if text is None:
        return None
    from envfence.rewrite.repairs.repository import of_file

    result = of_file(path, name, text.text, config)
    return result, text.stored(result.text)


def _calls_compose(one: _Taken) -> bool:
    if one.is_python or b"compose" not in one.data:
        return False
    from envfence.stack.commands import SUFFIXES  # few files speak of compose

    return WORKFLOWS in f"/{one.path}" or one.path.endswith(SUFFIXES)


def _with_hosts(path: str, text: str, findings: list[Finding]) -> list[Finding]:
    from envfence.rewrite.repairs.addresses import with_hosts

    return with_hosts(path, text, findings)


def _of_value(one: Finding, data: bytes, env: Mapping[str, str]) -> Finding:
    """Return a finding of a copied value without the name before it, which told that the value is one."""
    if one.rule != "copied-value" or one.line != one.end_line or not one.end_column:
        return one
    values = {evaluate.given(text).get(one.anchor, "") for text in env.values()} - {""}
    before = files.decoded(data).split("\n")[one.line - 1][: one.end_column - 1]
    value = next((value for value in values if before.endswith(value)), "")
    return one._replace(column=len(before) - len(value) + 1) if value else one


def _is_known(one: Finding, others: Iterable[Finding]) -> bool:
    """Tell whether a finding is about the same characters as another: what is copied is found with its name."""
    start, end = (one.line, one.column or 0), (one.end_line, one.end_column or 0)
    return any((two.line, two.column or 0) < end and start < (two.end_line, two.end_column or 0) for two in others)


def is_to_fix(finding: Finding) -> bool:
    """Tell whether a finding is a value that can move: an error, or a user name beside one."""
    can_move = finding.fixable or finding.rule in {"provider-secret", "copied-value"}
    return can_move and (finding.severity == ERROR or finding.rule == "hardcoded-username")


def _env_files(root: str, config: Config) -> dict[str, str]:
    names = {"": ".env", **{environment: f".env.{environment}" for environment in config.environments}}
    return {environment: text for environment, name in names.items() if (text := _text(root, name))}


def _text(root: str, name: str) -> str:
    """Return the text of an env file, "" if there is none. Raise FenceError if it is not UTF-8."""
    try:
        with open(os.path.join(root, name), "rb") as stream:
            return stream.read().decode()
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise FenceError(f"{name} is not UTF-8; save it as UTF-8 first") from error
