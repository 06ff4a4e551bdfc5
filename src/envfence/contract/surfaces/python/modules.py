"""Which file of the repository an import means."""

import ast
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import NamedTuple

_PACKAGE = "/__init__.py"


class Import(NamedTuple):
    """One name that a module imports: what it is called here, of which module and what there; "" for a whole module."""

    ours: str
    module: str
    level: int
    name: str = ""


class Modules:
    """The modules of a repository by the last part of their names."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths: dict[str, list[str]] = {}
        for path in paths:
            self._paths.setdefault(last_part(path), []).append(path)

    def meant(self, path: str, module: str, level: int) -> str:
        """Return the path of the module that an import in ``path`` means, "" for one from elsewhere."""
        below = module.replace(".", "/")
        folders = path.split("/")[:-1]
        if level:
            start = "/".join([*folders[: len(folders) - level + 1], *filter(None, [below])])
            every = self._paths.get(start.rpartition("/")[2], [])
            return next((one for one in every if one in {f"{start}.py", f"{start}{_PACKAGE}"}), "")
        every = self._paths.get(below.rpartition("/")[2], [])
        ends = (f"/{below}.py", f"/{below}{_PACKAGE}")
        near = [one for one in every if f"/{one}".endswith(ends)]
        return max(near, key=lambda one: _shared(one, path), default="")

    def source(self, path: str, one: Import) -> tuple[str, str]:
        """Return path and name of what a module imports, "" for the name of a whole module, "" for both elsewhere."""
        found = self.meant(path, one.module, one.level)
        below = f"{one.module}.{one.name}" if one.module else one.name
        whole = self.meant(path, below, one.level) if one.name else ""
        return (found, one.name) if found and not whole else (whole, "")


def imports(tree: ast.Module) -> Iterator[Import]:
    """Yield what a module imports, anywhere in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield Import(alias.asname or alias.name, node.module or "", node.level, alias.name)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.asname or alias.name.rpartition(".")[2], alias.name, 0)


def last_part(path: str) -> str:
    """Return the last part of a module's name: `env` of core/env.py and of core/env/__init__.py."""
    return path.removesuffix(_PACKAGE).removesuffix(".py").rpartition("/")[2]


def _shared(one: str, other: str) -> int:
    """Return how many folders two paths begin with alike."""
    pairs = zip(one.split("/")[:-1], other.split("/")[:-1], strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
