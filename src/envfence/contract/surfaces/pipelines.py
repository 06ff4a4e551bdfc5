"""What the workflows of a repository leave out: a branch that people push to, and what the program needs to start."""

import os
import re
from collections.abc import Iterable, Iterator, Sequence

from envfence import git
from envfence.contract.files import CONTRACT, environment_of
from envfence.contract.surfaces.python import at_import
from envfence.contract.surfaces.python.classes import Module
from envfence.contract.surfaces.python.modules import last_part
from envfence.contract.surfaces.python.program import parsed
from envfence.contract.surfaces.python.settings import SettingsClass
from envfence.contract.surfaces.reading import Texts
from envfence.detect.settings.on_import import factories, made_at_import
from envfence.finding import Finding
from envfence.workflow import branches, untold
from envfence.workflow.check import is_workflow
from envfence.workflow.reader import read

_OF_TESTS = ("conftest.py", "pyproject.toml", "pytest.ini", "setup.cfg", "tox.ini")
_IMPORT = re.compile(r"^[ \t]*(?:from|import)[ \t]+([^#\n]+)", re.MULTILINE)
_WORD = re.compile(r"\w+")
_SET_UP = ("os.environ", "setenv", "dotenv", "pytest_env", "pytest-env")


def findings(root: str, texts: Texts, classes: Sequence[SettingsClass], modules: Sequence[Module]) -> Iterator[Finding]:
    """Yield what is left out by the workflows that GitHub runs for the repository."""
    own = {path: texts.text(path) for path in texts.by_path if is_workflow(path)}
    if not own:
        return
    if git.top_above(root) is not None:
        yield from branches.findings([read(path, text) for path, text in own.items()], _branches(root))
    testing = {path: text for path, text in own.items() if "pytest" in text}
    if testing and (needed := _needed(texts, classes, modules)):
        for path, text in testing.items():
            yield from untold.findings(path, text, needed)


def _branches(root: str) -> frozenset[str]:
    """Return the branches that this clone knows, those of remotes without the remote's name."""
    listed = git.ask("for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads", cwd=root, own=False)
    remote = git.ask("for-each-ref", "--format=%(refname:lstrip=3)", "refs/remotes", cwd=root, own=False)
    return frozenset((listed + remote).decode("utf-8", "replace").split())


def _needed(texts: Texts, classes: Sequence[SettingsClass], modules: Sequence[Module]) -> frozenset[str]:
    """Return the keys without which tested modules cannot be imported, none where tests may bring them."""
    names = {one.name for one in classes if not one.is_base}
    makers = names | {name for module in modules for name in factories(module, names)}
    tested = _tested(texts)
    every = [*modules, *_calling(texts, tested - {module.path for module in modules}, makers)]
    made = {
        one.anchor
        for module in every
        for one in made_at_import(module, module.tree.body, makers, may_take=module.path not in tested)
    }
    made |= {name for path in _tests(texts) for name in at_import.makers_called(texts.text(path), makers)}
    keys = {
        field.keys[0].upper()
        for one in classes
        if (one.name in made or made - names) and not one.is_base
        for field in one.fields
        if field.required and field.keys and not field.takes
    }
    keys |= {key.upper() for path in tested for key in _taken(path, texts.text(path))}
    return frozenset(keys) if keys and _starts_bare(texts, frozenset(keys)) else frozenset()


def _taken(path: str, text: str) -> set[str]:
    """Return the keys without which the module at ``path`` cannot be imported."""
    module = parsed(path, text) if "environ[" in text else None
    return at_import.keys_needed(module.tree) if module else set()


def _tests(texts: Texts) -> list[str]:
    return [path for path in texts.by_path if path.endswith(".py") and not texts.is_program(path)]


def _tested(texts: Texts) -> set[str]:
    """Return the paths of the modules that tests import, and that those import, by the last part of their names."""
    waiting: list[str] = []
    named: dict[str, list[str]] = {}
    for path in (path for path in texts.by_path if path.endswith(".py")):
        (named.setdefault(last_part(path), []) if texts.is_program(path) else waiting).append(path)
    reached: set[str] = set()
    while waiting:
        words = set(_WORD.findall(" ".join(_IMPORT.findall(texts.text(waiting.pop())))))
        more = {path for word in words for path in named.get(word, ())} - reached
        reached |= more
        waiting += more
    return reached


def _calling(texts: Texts, paths: Iterable[str], makers: set[str]) -> Iterator[Module]:
    """Yield the modules at ``paths`` that call one of ``makers``."""
    for path in paths:
        text = texts.text(path)
        if any(f"{name}(" in text for name in makers) and (module := parsed(path, text)):
            yield module


def _starts_bare(texts: Texts, keys: frozenset[str]) -> bool:
    """Tell whether there are tests, and neither they nor a file that is committed sets one of the keys."""
    any_key = "|".join(map(re.escape, sorted(keys)))
    sets = re.compile(rf"['\"](?:{any_key})['\"]|\b(?:{any_key})\s*=(?!=)", re.IGNORECASE)
    has_tests = False
    for path in texts.by_path:
        name = os.path.basename(path)
        if name != CONTRACT and environment_of(name) is not None:
            return False
        is_test = path.endswith(".py") and not texts.is_program(path)
        if is_test or name in _OF_TESTS:
            has_tests = has_tests or name.startswith("test_")
            text = texts.text(path)
            if sets.search(text) or any(word in text for word in _SET_UP):
                return False
    return has_tests
