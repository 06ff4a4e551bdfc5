"""What the modules of a repository take from each other to read keys: `from core.env import get_env`."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile

from envfence.contract.surfaces.code import Taken
from envfence.contract.surfaces.names import Names, tail
from envfence.contract.surfaces.takers import Exported

_ALL = "*"
_PACKAGE = "/__init__.py"


class Exports:
    """What each module exports, and which module an import means among ``paths``, those of the repository's modules."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.by_path: dict[str, dict[str, Exported]] = {}
        self._paths: dict[str, list[str]] = {}
        for path in paths:
            self._paths.setdefault(_last(path), []).append(path)

    def add(self, path: str, tree: ast.Module, found: Names) -> bool:
        """Take in what a module exports; tell whether that is more than before."""
        top = set(_top(tree.body))
        top |= found.spoken() if _ALL in top else set()
        named = {name: what for name in top if (what := found.exported(name)) is not None}
        is_new = named.keys() != self.by_path.get(path, {}).keys()
        if named:
            self.by_path[path] = named
        return is_new and bool(named)

    def importers(self, exporting: Iterable[str], texts: Mapping[str, str]) -> list[str]:
        """Return the modules whose imports may speak of one of ``exporting``."""
        stems = "|".join(sorted({re.escape(_last(path)) for path in exporting}))
        speaks = re.compile(
            rf"^[ \t]*(?:(?:from|import)[ \t][^\n]*\b(?:{stems})\b|from[ \t]+\.+[ \t]+import\b"
            rf"|from[ \t][^\n]*\([^)]*\b(?:{stems})\b)",
            re.MULTILINE,
        )
        return [path for path, text in texts.items() if speaks.search(text)]

    def taken(self, path: str, tree: ast.Module) -> Taken:
        """Return what a module takes from others."""
        names: dict[str, Exported] = {}
        modules: dict[str, Mapping[str, Exported]] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    self._named(path, node, alias, names, modules)
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    source = self._meant(path, alias.name, 0)
                    if source in self.by_path:
                        modules[alias.asname or alias.name.rpartition(".")[2]] = self.by_path[source]
        return Taken(names, modules)

    def _named(
        self,
        path: str,
        node: ast.ImportFrom,
        alias: ast.alias,
        names: dict[str, Exported],
        modules: dict[str, Mapping[str, Exported]],
    ) -> None:
        source = self._meant(path, node.module or "", node.level)
        exported = self.by_path.get(source, {})
        ours = alias.asname or alias.name
        if alias.name == _ALL:
            names.update(exported)
        elif alias.name in exported:
            names[ours] = exported[alias.name]
        else:  # a module of the package
            whole = f"{node.module}.{alias.name}" if node.module else alias.name
            module = self._meant(path, whole, node.level)
            if module in self.by_path:
                modules[ours] = self.by_path[module]

    def _meant(self, path: str, module: str, level: int) -> str:
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


def _last(path: str) -> str:
    return path.removesuffix(_PACKAGE).removesuffix(".py").rpartition("/")[2]


def _shared(one: str, other: str) -> int:
    """Return how many folders two paths begin with alike."""
    pairs = zip(one.split("/")[:-1], other.split("/")[:-1], strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _top(body: list[ast.stmt]) -> Iterator[str]:
    """Yield the names that the statements of a module give something."""
    for node in body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from filter(None, map(tail, targets))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.If | ast.Try):
            yield from _top(node.body)
            yield from _top(node.orelse)
