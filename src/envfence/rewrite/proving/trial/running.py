"""Run one module, and tell what it hands out: to its clients, and under its names."""

from __future__ import annotations

import importlib
import json
import os
import re
import runpy
import sys
from typing import Any, cast

from .imports import MISSING
from .stand_ins import SEEN, Module
from .texts import is_of_another, is_plain, own, shown

FORK = getattr(os, "fork", None)  # Windows has none
_LIBRARIES = (os.path.dirname(os.__file__), "site-packages", "dist-packages")
_HOW = ("model_config", "model_fields", "model_computed_fields")  # how settings are read, and not what
Handed = dict[str, Any]  # see `_handed`


def run_apart(root: str, file: str, base: str, *, name: str, asked: list[str]) -> Handed:
    """Return what `run` does, from a process of its own: libraries in C break when they are imported once more."""
    if FORK is None:
        return run(root, file, base, name=name, asked=asked)
    reader, writer = os.pipe()
    child: int = FORK()
    if not child:
        os.close(reader)
        with os.fdopen(writer, "w", encoding="utf-8") as stream:
            json.dump(run(root, file, base, name=name, asked=asked), stream)
        os._exit(0)  # threads that a module has started are no reason to wait
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as stream:
        answer = stream.read()
    status = os.waitpid(child, 0)[1]
    return (
        json.loads(answer)
        if answer and not status
        else {**_handed(), "ends": f"exit code {os.waitstatus_to_exitcode(status)}"}
    )


def run(root: str, file: str, base: str, *, name: str, asked: list[str]) -> Handed:
    """Return what running a file hands out. ``file`` and ``base``, where it imports from, are relative to ``root``.

    What the names ``asked`` give is told as well, where they have become something that is worked out. Without
    ``file`` the module ``name`` is imported.
    """
    os.chdir(root)
    SEEN.clear()
    MISSING.clear()
    known, path = set(sys.modules), list(sys.path)
    base = os.path.normpath(os.path.join(os.getcwd(), base))
    file = os.path.normpath(os.path.join(os.getcwd(), file)) if file else ""
    _add_to_path(file, base)
    handed = _handed()
    try:
        namespace = _namespace(file, base, name)
        handed["names"] = _names(namespace, name, asked)
    except BaseException as error:  # noqa: BLE001 however a module ends, the other one has to end alike
        handed["ends"] = type(error).__name__
        handed["line"] = _line(error, file)
    handed["seen"], handed["missing"] = list(SEEN), sorted(MISSING)
    new = set(sys.modules) - known
    handed["loaded"] = [loaded for loaded in list(sys.modules) if loaded in new and _is_library(sys.modules[loaded])]
    sys.path[:] = path
    for loaded in new:
        del sys.modules[loaded]
    return handed


def _handed() -> Handed:
    """Return what a module hands out that ends at once.

    ``seen`` are the calls, ``names`` what each name gives, ``ends`` is the error that it ends with and ``line`` the
    line, ``loaded`` and ``missing`` are the libraries that it imports.
    """
    return {"seen": [], "names": {}, "ends": "", "line": 0, "loaded": [], "missing": []}


def _namespace(file: str, base: str, name: str) -> dict[str, Any]:
    if not file:
        return vars(importlib.import_module(name))
    if module := _in_package(file, base):
        return runpy.run_module(module, run_name=name, alter_sys=True)
    return runpy.run_path(file, run_name=name)


def _in_package(file: str, base: str) -> str:
    """Return the name of a module in a package, "" for a script: a package runs first, and siblings are found by it."""
    has_init = os.path.exists(os.path.join(os.path.dirname(file), "__init__.py"))
    with open(file, "rb") as stream:  # a package may do without that file
        is_package = has_init or re.search(rb"(?m)^[ \t]*from \.", stream.read())
    names = os.path.relpath(file, base)[: -len(".py")].split(os.sep)
    return ".".join(names) if is_package and len(names) > 1 and all(name.isidentifier() for name in names) else ""


def _add_to_path(file: str, base: str) -> None:
    """Let a module find others: beside it as well, but none of a package before the libraries of that name."""
    sys.path.insert(0, base)
    folder = os.path.dirname(file)
    top = os.path.relpath(file or base, base).partition(os.sep)[0]
    if file and not os.path.exists(os.path.join(folder, f"{top}.py")):  # it would hide the folder that it lies in
        sys.path.insert(len(sys.path) if _in_package(file, base) else 1, folder)


def _line(error: BaseException, file: str) -> int:
    """Return the line of a file at which an error has ended it, 0 if it did not come that far."""
    line, at = 0, error.__traceback__
    while at:
        line = at.tb_lineno if at.tb_frame.f_code.co_filename == file else line
        at = at.tb_next
    return line


def _is_library(module: Any) -> bool:
    file = getattr(module, "__file__", None)
    return not isinstance(module, Module) and isinstance(file, str) and any(part in file for part in _LIBRARIES)


def _names(namespace: dict[str, Any], module: str, asked: list[str]) -> dict[str, str]:
    """Return what the names of a module give, with those in its classes and their objects."""
    found: dict[str, str] = {}
    for name, value in list(namespace.items()):
        if name.startswith("__") or is_of_another(name):
            continue
        if is_plain(value):
            found[name] = shown(own(value))
        elif _is_own(value if isinstance(value, type) else type(value), module):
            found.update(_inside(name, value))
        if isinstance(value, type) and value.__module__ == module:
            found.update(_inside(f"{name}()", _made(value)))
    return found | {name: shown(own(_looked_up(namespace, name))) for name in asked if name not in found}


def _inside(name: str, value: object) -> dict[str, str]:
    said = {key: one for key, one in getattr(value, "__dict__", {}).items() if not key.startswith("__")}
    return {f"{name}.{key}": shown(own(one)) for key, one in said.items() if key not in _HOW and is_plain(one)}


def _made(kind: type) -> object:
    """Return an object of a class that can be made of nothing, None of another."""
    try:
        return kind()
    except BaseException:  # noqa: BLE001 whatever it is, there is no object
        return None


def _is_own(kind: type, module: str) -> bool:
    """Tell whether a class is of the project."""
    file = getattr(sys.modules.get(kind.__module__), "__file__", None) or ""
    return kind.__module__ == module or file.startswith(os.getcwd() + os.sep)


def _looked_up(namespace: dict[str, Any], name: str) -> object:
    owner, _, attribute = name.partition(".")
    value: object = namespace.get(owner.partition("(")[0])
    try:
        value = _made(cast("type", value)) if owner.endswith("()") else value
        return getattr(value, attribute) if attribute else value
    except Exception as error:  # noqa: BLE001 whatever it is, it is no value
        return error
