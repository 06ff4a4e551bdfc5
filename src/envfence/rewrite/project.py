"""What a fix starts from: the findings and texts of a repository, its env files, and what its Python is made of."""

import ast
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from envfence import check, files, sources
from envfence.config import Config, Nearest
from envfence.contract.files import CONTRACT
from envfence.contract.grammar import contract_of
from envfence.contract.surfaces.python.classes import Module as Parsed
from envfence.contract.surfaces.python.settings import SettingsClass, settings_classes
from envfence.detect import copied
from envfence.detect.needles import needles
from envfence.errors import FenceError
from envfence.finding import ERROR, Finding
from envfence.rewrite.files.others import rewriter_of
from envfence.rewrite.settings import evaluate, settings_code
from envfence.rewrite.settings.own_class import own_classes
from envfence.rewrite.texts import Text, text_of

if TYPE_CHECKING:
    from envfence.rewrite.repairs.mending import Result

WORKFLOWS = "/.github/workflows/"
_LIBRARIES = (settings_code.PYDANTIC, settings_code.DOTENV)
_DECLARING = (
    "pyproject.toml",
    "requirements.txt",
    "requirements.in",
    "setup.cfg",
    "setup.py",
    "Pipfile",
    "environment.yml",
)


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
            new = [one for one in copies if not _is_known(one, known.findings)]
            if new:
                by_path[path] = known._replace(findings=[*known.findings, *new])
        return self._replace(files=list(by_path.values()))

    @property
    def promised(self) -> frozenset[str]:
        """The contract's keys."""
        return frozenset(contract_of(self.contract))


def read(root: str, paths: Sequence[str]) -> Project:
    """Return what lies below ``root``, with the findings of ``paths``. Raise FenceError if one does not exist."""
    nearest = Nearest(strict=True)
    every = list(sources.from_paths([root]))
    is_all = [os.path.abspath(path) for path in paths] == [os.path.abspath(root)]
    asked = {os.path.abspath(source.file) for source in (every if is_all else sources.from_paths(paths))}
    found: list[File] = []
    python: dict[str, str] = {}
    modules: dict[str, bytes] = {}
    mended: dict[str, Result] = {}
    callers: dict[str, bytes] = {}
    declared = ""
    for source in every:
        path = os.path.relpath(source.file, root).replace(os.sep, "/")
        is_python = path.endswith(".py")
        is_asked = os.path.abspath(source.file) in asked
        if not (is_python or is_asked or path in _DECLARING):
            continue
        data = source.read()[0]
        if is_python or path in _DECLARING:
            python.update({path: files.decoded(data)} if is_python else {})
            declared += files.decoded(data) if path in _DECLARING else ""
        config = nearest.of(source.path)
        if is_asked and source.size <= files.LIMIT and not config.is_excluded(source.path):
            if WORKFLOWS in f"/{path}" and (result := _mended(source.path, path, data, config)):
                mended[path], data = result
            modules.update({path: data} if is_python or rewriter_of(path, root) else {})
            callers.update({path: data} if not is_python and b"compose" in data and _is_script(path) else {})
            findings = [one._replace(path=path) for one in check.findings_in(source.path, data, config)]
            if path in mended:
                findings = _with_hosts(path, mended[path].text, findings)
            if findings:
                found.append(File(path, data, text_of(data), findings))
    config = nearest.of(os.path.join(root, CONTRACT))
    env = _env_files(root, config)
    found = [file._replace(findings=[_of_value(one, file.data, env) for one in file.findings]) for file in found]
    trees = _trees(python)
    classes = settings_classes(Parsed(path, python[path], tree) for path, tree in trees.items())
    classes = [one for one in classes if not _has_own_way(one, trees[one.path], python.values())]
    for own, tree in own_classes(python):
        classes.append(own)
        trees[own.path] = tree
    return Project(
        root, found, modules, python, classes, trees, _text(root, CONTRACT),
        env, config.environments, _library(declared, python), mended, callers,
    )  # fmt: skip


def _mended(path: str, name: str, data: bytes, config: Config) -> "tuple[Result, bytes] | None":
    """Return what becomes of a workflow that deploys, and the bytes of that; None for another file."""
    from envfence.workflow.check import is_candidate, is_workflow  # few repositories have one

    text = text_of(data) if is_workflow(name) and is_candidate(data) else None
    if text is None:
        return None
    from envfence.rewrite.repairs.repository import of_file

    result = of_file(path, name, text.text, config)
    return result, text.stored(result.text)


def _is_script(path: str) -> bool:
    from envfence.stack.commands import SUFFIXES  # few files speak of compose

    return WORKFLOWS in f"/{path}" or path.endswith(SUFFIXES)


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


def _trees(python: Mapping[str, str]) -> dict[str, ast.Module]:
    """Return the modules that settings classes may be in, or come from."""
    trees: dict[str, ast.Module] = {}
    if not any("BaseSettings" in text for text in python.values()):
        return trees
    for path, text in python.items():
        if "Settings" in text:
            try:
                trees[path] = ast.parse(text)
            except (SyntaxError, ValueError):
                continue
    return trees


def _has_own_way(one: SettingsClass, tree: ast.Module, texts: Iterable[str]) -> bool:
    """Tell whether a class gets its values in a way of its own, so that another env file might not reach it."""
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.lineno == one.line)
    named = {item.name for node in nodes for item in node.body if isinstance(item, ast.FunctionDef)}
    made = re.compile(rf"\b{one.name}\([^()]*_env_file")
    return not named.isdisjoint({"__init__", "settings_customise_sources"}) or any(map(made.search, texts))


def _library(declared: str, python: Mapping[str, str]) -> str:
    """Return what the repository reads env files with, by what it declares or imports."""
    for name in _LIBRARIES:
        module = {"python-dotenv": "dotenv"}.get(name, name.replace("-", "_"))
        if name in declared or any(f"import {module}" in text or f"from {module}" in text for text in python.values()):
            return name
    return settings_code.PLAIN


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
