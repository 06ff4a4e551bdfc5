"""What the modules of a repository take from each other to read keys: `from core.env import get_env`."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from envfence.contract.surfaces.python.code import Taken
from envfence.contract.surfaces.python.modules import Modules, imports, last_part
from envfence.contract.surfaces.python.names import Names, tail

if TYPE_CHECKING:
    from envfence.contract.surfaces.python.takers import Exported

_ALL = "*"


class Exports:
    """What each module exports, and which module an import means among ``paths``, those of the repository's modules."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.by_path: dict[str, dict[str, Exported]] = {}
        self._modules = Modules(paths)

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
        stems = "|".join(sorted({re.escape(last_part(path)) for path in exporting}))
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
        for one in imports(tree):
            exported = self.by_path.get(self._modules.meant(path, one.module, one.level), {})
            if one.name == _ALL:
                names.update(exported)
            elif one.name in exported:
                names[one.ours] = exported[one.name]
            elif not one.name and exported:
                modules[one.ours] = exported
            elif one.name and (below := self.by_path.get(self._modules.source(path, one)[0])):
                modules[one.ours] = below  # a module of the package
        return Taken(names, modules)


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
