"""What a repository reads its settings with already: its classes, and the library that it declares or imports."""

import ast
import re
from collections.abc import Iterable, Mapping

from envfence.contract.surfaces.python.classes import Module
from envfence.contract.surfaces.python.configured import own_config
from envfence.contract.surfaces.python.settings import SettingsClass, settings_classes
from envfence.rewrite.settings import evaluate, settings_code
from envfence.rewrite.settings.class_config import node_of, reads_environment
from envfence.rewrite.settings.own_class import own_classes

DECLARING = (
    "pyproject.toml",
    "requirements.txt",
    "requirements.in",
    "setup.cfg",
    "setup.py",
    "Pipfile",
    "environment.yml",
)
_LIBRARIES = (settings_code.PYDANTIC, settings_code.DOTENV)


def classes_of(python: Mapping[str, str]) -> tuple[list[SettingsClass], dict[str, ast.Module]]:
    """Return the settings classes that a fix may extend, and the modules that they are in."""
    trees = _trees(python)
    found = settings_classes(Module(path, python[path], tree) for path, tree in trees.items())
    classes = [one for one in found if not _has_own_way(one, trees[one.path], python.values())]
    for own, tree in own_classes(python):
        classes.append(own)
        trees[own.path] = tree
    return classes, trees


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
    named = {item.name for item in node_of(one, tree).body if isinstance(item, ast.FunctionDef)}
    made = re.compile(rf"\b{one.name}\([^()]*_env_file")
    return not named.isdisjoint({"__init__", "settings_customise_sources"}) or any(map(made.search, texts))


def given_fields(
    one: SettingsClass, tree: ast.Module, text: str, env: Mapping[str, str], environment: str
) -> frozenset[str]:
    """Return the fields that the env files of a class give a value in an environment: no default counts there.

    ``env`` has the texts of the env files by environment, "" being `.env`.
    """
    said = dict(own_config(node_of(one, tree))).get("env_file")
    read = [""] if ".env" in one.env_files else []
    if f".env.{environment}" in one.env_files or reads_environment(said, text):
        read.append(environment)
    values = evaluate.given("\n".join(env.get(stage, "") for stage in read))
    keys = {one.folded(key) for key, value in values.items() if value}
    return frozenset(field.name for field in one.fields if not keys.isdisjoint(map(one.folded, field.keys)))


def library_of(declared: str, python: Mapping[str, str]) -> str:
    """Return what the repository reads env files with, by what it declares or imports."""
    for name in _LIBRARIES:
        module = {"python-dotenv": "dotenv"}.get(name, name.replace("-", "_"))
        if name in declared or any(f"import {module}" in text or f"from {module}" in text for text in python.values()):
            return name
    return settings_code.PLAIN
