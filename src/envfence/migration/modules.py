"""The modules of a program, found from the folder of its env.py without running anything."""

import ast
import os
from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from envfence.migration.url import assigned

# Folders without models of the program.
_SKIPPED = frozenset("tests test versions node_modules site-packages venv env build dist docs examples".split())
_MOST = 5_000  # files of a program


class Place(NamedTuple):
    """Where a name is defined: the file, "" if that is a library's module, and the name there."""

    file: str
    name: str


class Project:
    """The program around an env.py: ``roots`` are the folders that its modules may be imported from."""

    def __init__(self, folder: str) -> None:
        self.roots = list(_roots(folder))
        self._trees: dict[str, ast.Module] = {}
        self._texts: dict[str, str] = {}
        self._root_by_file: dict[str, str] = {}

    def text(self, file: str) -> str:
        """Return what a file holds, "" if it cannot be read."""
        if file not in self._texts:
            try:
                with open(file, encoding="utf-8", errors="replace") as stream:
                    self._texts[file] = stream.read()
            except OSError:
                self._texts[file] = ""
        return self._texts[file]

    def tree(self, file: str) -> ast.Module:
        """Return the syntax tree of a file, an empty one if it cannot be parsed."""
        if file not in self._trees:
            try:
                self._trees[file] = ast.parse(self.text(file))
            except (SyntaxError, ValueError):
                self._trees[file] = ast.Module([], [])
        return self._trees[file]

    def file_of(self, module: str) -> str:
        """Return the file of a module, "" if it is none of the program."""
        names = module.split(".") if module else []
        for root in self.roots if names else ():
            if file := _file(root, names):
                self._root_by_file[file] = root
                return file
        return ""

    def roots_of(self, files: Iterable[str]) -> set[str]:
        """Return the folders that files have been imported from."""
        return {self._root_by_file[file] for file in files if file in self._root_by_file}

    def imports(self, tree: ast.Module, file: str) -> set[str]:
        """Return the files of the program that a module imports, and the packages that they are in."""
        found: set[str] = set()
        for node in ast.walk(tree):
            for module in _modules(node):
                found.update(self._with_packages(module))
            if isinstance(node, ast.ImportFrom) and node.level:
                found.update(self._relative(node, file))
        return found

    def _with_packages(self, module: str) -> Iterator[str]:
        names = module.split(".")
        for end in range(1, len(names) + 1):
            if file := self.file_of(".".join(names[:end])):
                yield file

    def _relative(self, node: ast.ImportFrom, file: str) -> Iterator[str]:
        folder = _above(file, node.level)
        inner = node.module.split(".") if node.module else []
        for names in (inner, *([*inner, name.name] for name in node.names)):
            if one := _file(folder, names):
                yield one

    def reached(self, wanted: set[str], tree: ast.Module, file: str) -> set[str]:
        """Return the files of the program that are imported when a module is, nearest first, until ``wanted`` are."""
        found: set[str] = set()
        waiting = deque(sorted(self.imports(tree, file)))
        while waiting and not wanted <= found:
            one = waiting.popleft()
            if one not in found and len(found) < _MOST:
                found.add(one)
                waiting += sorted(self.imports(self.tree(one), one))
        return found

    def defined(self, name: str, tree: ast.Module, file: str, depth: int = 0) -> Place | None:
        """Return where a name of a module is defined, followed through imports; None if that is not known."""
        for node in tree.body:
            if (isinstance(node, ast.ClassDef) and node.name == name) or name in assigned(node):
                return Place(file, name)
            if isinstance(node, ast.ImportFrom) and depth < 8:
                for one in node.names:
                    if (one.asname or one.name) == name:
                        return self._imported(node, one.name, file, depth)
        return None

    def class_at(self, place: Place) -> ast.ClassDef | None:
        """Return the class that is defined at a place, None if there is none in the program."""
        body = self.tree(place.file).body if place.file else []
        return next((node for node in body if isinstance(node, ast.ClassDef) and node.name == place.name), None)

    def _imported(self, node: ast.ImportFrom, name: str, file: str, depth: int) -> Place | None:
        if node.level:
            inner = node.module.split(".") if node.module else []
            target = _file(_above(file, node.level), inner)
        else:
            target = self.file_of(node.module or "")
            if not target:
                return Place("", f"{node.module}.{name}")
        return self.defined(name, self.tree(target), target, depth + 1) if target else None

    def files_below(self, folder: str) -> Iterator[str]:
        """Yield the modules of a folder, without those of tests, migrations and environments."""
        count = 0
        for here, folders, names in os.walk(folder):
            folders[:] = [name for name in folders if name not in _SKIPPED and not name.startswith((".", "test_"))]
            for name in names:
                if name.endswith(".py") and not name.startswith(("test_", "conftest")) and count < _MOST:
                    count += 1
                    yield os.path.join(here, name)


def _roots(folder: str) -> Iterator[str]:
    """Yield the folders above, each with its `src`, up to the top of the repository; without one up to here."""
    here = os.getcwd()
    while True:
        yield folder
        yield os.path.join(folder, "src")
        parent = os.path.dirname(folder)
        if folder in {here, parent} or os.path.lexists(os.path.join(folder, ".git")):
            return
        folder = parent


def _file(root: str, names: list[str]) -> str:
    path = os.path.join(root, *names)
    places = (f"{path}.py", os.path.join(path, "__init__.py")) if names else (os.path.join(path, "__init__.py"),)
    return next((file for file in places if os.path.isfile(file)), "")


def _above(file: str, level: int) -> str:
    for _ in range(level):
        file = os.path.dirname(file)
    return file


def _modules(node: ast.AST) -> Iterator[str]:
    """Yield the modules that a statement may import, by their full names."""
    if isinstance(node, ast.Import):
        yield from (name.name for name in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield from (f"{node.module}.{name.name}" for name in node.names)
