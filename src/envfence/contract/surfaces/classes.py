"""Classes of a repository by name, so that inheritance, enums and nested models are followed across its modules."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

ROOTS = frozenset({"pydantic_settings", "pydantic", "pydantic.v1", "pydantic_settings.main"})


class Class(NamedTuple):
    """One class: the module it is in, its node, the modules that its names come from, and its module's constants."""

    path: str
    node: ast.ClassDef
    imports: Mapping[str, str]
    constants: Mapping[str, ast.expr]


class Module(NamedTuple):
    """One parsed module."""

    path: str
    text: str
    tree: ast.Module


class Index(NamedTuple):
    """The classes of all modules by name."""

    by_name: Mapping[str, tuple[Class, ...]]

    def find(self, name: str, seen_from: Class) -> Class | None:
        """Return the class that ``name`` means there: the module's own, else the one imported, else the only one."""
        candidates = self.by_name.get(name.rpartition(".")[2], ())
        for one in candidates:
            if one.path == seen_from.path:
                return one
        module = seen_from.imports.get(name.partition(".")[0])
        if module is None:
            return candidates[0] if len(candidates) == 1 and "*" in seen_from.imports else None
        tail = module.strip(".").replace(".", "/")
        close = [one for one in candidates if f"/{one.path}".endswith((f"/{tail}.py", f"/{tail}/__init__.py"))]
        return close[0] if close else candidates[0] if len(candidates) == 1 and module not in ROOTS else None


def index(modules: Iterable[Module]) -> Index:
    """Return the classes of ``modules``."""
    by_name: dict[str, tuple[Class, ...]] = {}
    for module in modules:
        nodes = list(_classes(module.tree.body))
        imports = _imports(module.tree) if nodes else {}
        constants = _constants(module.tree) if nodes else {}
        for node in nodes:
            by_name[node.name] = (*by_name.get(node.name, ()), Class(module.path, node, imports, constants))
    return Index(by_name)


def dotted(node: ast.AST) -> str:
    """Return `a.b` for a name with its attributes, "" for anything else. A subscript counts as what it is taken of."""
    if isinstance(node, ast.Subscript):
        return dotted(node.value)
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value)
        return f"{owner}.{node.attr}" if owner else ""
    return node.id if isinstance(node, ast.Name) else ""


def lineage(one: Class, found: Index) -> list[Class]:
    """Return a class and those it inherits from inside the repository, nearest first."""
    line: list[Class] = []
    waiting = [one]
    while waiting:
        current = waiting.pop(0)
        if current not in line:
            line.append(current)
            bases = (found.find(dotted(base), current) for base in current.node.bases)
            waiting += [base for base in bases if base is not None]
    return line


def outer_bases(line: Iterable[Class], found: Index) -> set[str]:
    """Return the bases from outside the repository, each with the module it comes from: `pydantic.BaseModel`."""
    names: set[str] = set()
    for one in line:
        for base in one.node.bases:
            name = dotted(base)
            if name and found.find(name, one) is None:
                head, _, tail = name.partition(".")
                module = one.imports.get(head, "")
                names.add(f"{module}.{tail or head}" if module else name)
    return names


def _classes(body: list[ast.stmt]) -> Iterator[ast.ClassDef]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield node
        elif isinstance(node, ast.If | ast.Try):
            yield from _classes(node.body)
            yield from _classes(node.orelse)


def _imports(tree: ast.Module) -> dict[str, str]:
    """Return name to the module it comes from; a module imported whole is its own. Functions are not looked into."""
    found: dict[str, str] = {}
    waiting: list[ast.stmt] = list(tree.body)
    for node in waiting:
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                found[alias.asname or alias.name] = node.module or "."
        elif isinstance(node, ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name.partition(".")[0]] = alias.name
        elif isinstance(node, ast.If | ast.Try):
            waiting += [*node.body, *node.orelse, *(item for one in getattr(node, "handlers", ()) for item in one.body)]
    return found


def _constants(tree: ast.Module) -> dict[str, ast.expr]:
    """Return the names that the module itself gives a value, each with the expression."""
    return {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
