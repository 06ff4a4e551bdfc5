"""Every surface of a repository, read once: the only module here that opens files."""

import ast
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from envfence import files, sources
from envfence.config import Config
from envfence.contract.environment import Environment
from envfence.contract.files import CONTRACT, environment_of
from envfence.contract.grammar import OPTIONAL, Key
from envfence.contract.matrix import Survey
from envfence.contract.rules import found
from envfence.contract.surfaces import Use, code, compose, dockerfile, script, workflow
from envfence.contract.surfaces.classes import Module
from envfence.contract.surfaces.mentions import is_prose, mentioned
from envfence.contract.surfaces.settings import settings_classes
from envfence.detect.settings_code import TRIGGER as CODE_TRIGGER
from envfence.finding import Finding
from envfence.stack import pairs
from envfence.stack.render import Stack, rendered
from envfence.stack.rules import UNREADABLE_STACK
from envfence.stack.tree import Node, UnreadableError, read

_SKIPPED = frozenset(
    "node_modules .venv venv env site-packages __pycache__ .git .tox .nox dist build .mypy_cache vendor".split()
)
_TESTS = frozenset("test tests testing __tests__ spec specs e2e fixtures benchmarks bench docs examples".split())
_TOOLS = frozenset({"conftest.py", "noxfile.py", "setup.py", "tasks.py", "fabfile.py"})
_SPEAKS = re.compile(f"{code.TRIGGER.pattern}|BaseSettings|{CODE_TRIGGER.pattern}")
_NAMES_A_CLASS = re.compile(r"^\s*class\s+(\w+)", re.MULTILINE)


class Read(NamedTuple):
    """What was read: the survey, the modules of the program, and what could not be read."""

    survey: Survey
    modules: list[Module]
    findings: list[Finding]


class _Texts:
    """The files of a repository: what they are and, once asked for, their text."""

    def __init__(self, root: str, config: Config) -> None:
        self.by_path: dict[str, sources.Source] = {}
        self._texts: dict[str, str] = {}
        prefix = sources.shown(root).removesuffix(".")
        self.prefix = f"{prefix}/" if prefix else ""
        others: list[str] = []
        for source in sources.from_paths([root]):
            parts = self.below(source.path).split("/")
            if _SKIPPED.isdisjoint(parts) and not config.is_excluded(source.path):
                self.by_path[source.path] = source
                if parts[-1] == CONTRACT and len(parts) > 1:
                    others.append(source.path.removesuffix(CONTRACT))
        # A folder with a contract of its own is another program.
        for path in [path for path in self.by_path if path.startswith(tuple(others))] if others else ():
            del self.by_path[path]

    def below(self, path: str) -> str:
        """Return a path as seen from the root."""
        return path.removeprefix(self.prefix)

    def text(self, path: str) -> str:
        """Return the text of a file, "" for one that cannot be read or nobody wrote by hand."""
        if path not in self._texts:
            try:
                data, _ = self.by_path[path].read()
            except OSError:
                data = b""
            self._texts[path] = "" if files.skipped_as(path, data) else files.decoded(data)
        return self._texts[path]

    def is_program(self, path: str) -> bool:
        """Tell whether a file is of the program itself: no test, no example, no tool of the repository."""
        *folders, name = self.below(path).lower().split("/")
        is_test = (
            name.startswith("test_") or name.endswith(("_test.py", "_test.go")) or ".test." in name or ".spec." in name
        )
        return _TESTS.isdisjoint(folders) and name not in _TOOLS and not is_test


def read_repository(
    root: str, contract_path: str, contract: Mapping[str, Key], environments: Sequence[Environment], config: Config
) -> Read:
    """Return every surface below ``root``. Raise FenceError for compose files without the extra that reads them."""
    texts = _Texts(root, config)
    modules = list(_modules(texts))
    trees, findings = _compose_trees(texts)
    stacks = tuple(_stacks(trees, contract, environments, config))
    survey = Survey(
        contract_path, contract, tuple(environments), tuple(settings_classes(modules)),
        tuple(_uses(texts, modules, trees)), stacks, _mentioned(texts), _dockerfiles(texts), _code_folders(texts),
    )  # fmt: skip
    return Read(survey, modules, findings)


def _modules(texts: _Texts) -> Iterator[Module]:
    """Yield the modules that may speak of settings or the environment, and those whose classes such modules name."""
    waiting = {path: texts.text(path) for path in texts.by_path if path.endswith(".py") and texts.is_program(path)}
    ready = [path for path, text in waiting.items() if _SPEAKS.search(text)]
    names: set[str] = set()
    while ready:
        new: set[str] = set()
        for path in ready:
            text = waiting.pop(path)
            module = _parsed(path, text)
            if module is not None:
                yield module
                if "BaseSettings" in text or names:
                    new |= _class_names(module.tree)
        new -= names
        names |= new
        wanted = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(new)))})\b") if new else None
        ready = [path for path, text in waiting.items() if wanted and _is_wanted(wanted, text, names)]


def _is_wanted(wanted: re.Pattern[str], text: str, names: set[str]) -> bool:
    """Tell whether a module defines a class that is spoken of, or one that builds on it."""
    return bool(wanted.search(text)) and "class " in text and not names.isdisjoint(re.findall(r"\w+", text))


def _class_names(tree: ast.Module) -> set[str]:
    """Return the classes of a module, their bases and the types of their fields."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            spoken = [*node.bases, *(item.annotation for item in node.body if isinstance(item, ast.AnnAssign))]
            named = (part for item in spoken for part in ast.walk(item))
            names |= {part.id for part in named if isinstance(part, ast.Name)} | {node.name}
    return {name for name in names if name[:1].isupper()} - {
        "BaseSettings",
        "BaseModel",
        "Field",
        "Literal",
        "Optional",
    }


def _parsed(path: str, text: str) -> Module | None:
    try:
        return Module(path, text, ast.parse(text))
    except (SyntaxError, ValueError):  # a template or another Python: `envfence check` says so
        return None


def _uses(texts: _Texts, modules: Sequence[Module], trees: Mapping[str, Node]) -> Iterator[Use]:
    for module in modules:
        yield from code.uses(module.path, module.text, module.tree)
    for path in texts.by_path:
        if path.endswith(script.SUFFIXES) and texts.is_program(path):
            yield from script.uses(path, texts.text(path))
        elif workflow.is_workflow(path):
            yield from workflow.uses(path, texts.text(path))
        elif dockerfile.is_dockerfile(path):
            yield from dockerfile.uses(path, texts.text(path))
    for tree in trees.values():
        yield from compose.uses(tree)


def _compose_trees(texts: _Texts) -> tuple[dict[str, Node], list[Finding]]:
    trees: dict[str, Node] = {}
    findings: list[Finding] = []
    for path in texts.by_path:
        if compose.is_compose(path) and texts.is_program(path):
            try:
                trees[path] = read(path, texts.text(path))
            except UnreadableError as error:
                findings.append(found(UNREADABLE_STACK, path, error.line))
    return trees, findings


def _stacks(
    trees: Mapping[str, Node], contract: Mapping[str, Key], environments: Sequence[Environment], config: Config
) -> Iterator[Stack]:
    for name, paths in pairs.stacks(trees, contract.values(), config.environments):
        of_stage = [one for one in environments if one.name and pairs.is_same(one.base, name)]
        shared = [one for one in environments if not one.name]
        values = {key: value for one in (*shared, *of_stage) for key, value in one.values.items()}
        promised = {key.name for key in contract.values() if key.form != OPTIONAL and not of_stage}
        yield rendered(name, [trees[path] for path in paths], values, promised.__contains__)


def _dockerfiles(texts: _Texts) -> dict[str, str]:
    return {path: texts.text(path) for path in texts.by_path if dockerfile.is_dockerfile(path)}


def _code_folders(texts: _Texts) -> frozenset[str]:
    folders: set[str] = set()
    for path in texts.by_path:
        if path.endswith((".py", *script.SUFFIXES)):
            folder = os.path.dirname(path)
            while folder not in folders:
                folders.add(folder)
                folder = os.path.dirname(folder)
    return frozenset(folders)


def _mentioned(texts: _Texts) -> Callable[[frozenset[str]], frozenset[str]]:
    def among(keys: frozenset[str]) -> frozenset[str]:
        named: set[str] = set()
        for path in texts.by_path:
            name = path.rpartition("/")[2]
            if is_prose(path) or name == CONTRACT or environment_of(name) is not None:
                continue
            named |= mentioned(texts.text(path), keys - named)
            if len(named) == len(keys):
                break
        return frozenset(named)

    return among
