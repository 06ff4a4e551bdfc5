"""Classes of a repository by name, so that inheritance, enums and nested models are followed across its modules."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple


class Class(NamedTuple):
    """One class: the module it is in, its node, what imported names stand for there, and the module's constants."""

    path: str
    node: ast.ClassDef
    imports: Mapping[str, str]
    constants: Mapping[str, ast.expr]

    def full(self, name: str) -> str:
        """Return a name of the module with the module that it is imported from: `BaseModel` is `pydantic.BaseModel`."""
        head, dot, rest = name.partition(".")
        return f"{self.imports[head]}{dot}{rest}" if head in self.imports else name


class Module(NamedTuple):
    """One parsed module."""

    path: str
    text: str
    tree: ast.Module


class Index(NamedTuple):
    """The classes of all modules by name."""

    by_name: Mapping[str, tuple[Class, ...]]

    def find(self, name: str, seen_from: Class) -> Class | None:
        """Return the class that ``name`` means in the module of another: that module's own, or one that it imports."""
        whole = seen_from.full(name)
        folder, _, last = whole.replace(".", "/").rpartition("/")
        candidates = self.by_name.get(last, ())
        if whole == name and "." not in name:
            candidates = tuple(one for one in candidates if one.path == seen_from.path or "*" in seen_from.imports)
            return candidates[0] if candidates else None
        files = (f"/{folder}.py", f"/{folder}/__init__.py")
        exact = [one for one in candidates if f"/{one.path}".endswith(files)]
        below = [one for one in candidates if f"/{folder}/" in f"/{one.path}"]  # what a package brings from its modules
        return next(iter((*exact, *below)), None)


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
                names.add(one.full(name))
    return names


def _classes(body: list[ast.stmt]) -> Iterator[ast.ClassDef]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield node
        elif isinstance(node, ast.If | ast.Try):
            yield from _classes(node.body)
            yield from _classes(node.orelse)


def _imports(tree: ast.Module) -> dict[str, str]:
    """Return what imported names stand for, with their modules. Functions are not looked into."""
    found: dict[str, str] = {}
    waiting: list[ast.stmt] = list(tree.body)
    for node in waiting:
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                found[alias.asname or alias.name] = f"{node.module}.{alias.name}" if node.module else alias.name
        elif isinstance(node, ast.Import):
            for alias in node.names:
                whole = alias.name if alias.asname else alias.name.partition(".")[0]
                found[alias.asname or whole] = whole
        elif isinstance(node, ast.If | ast.Try):
            waiting += [*node.body, *node.orelse, *(item for one in getattr(node, "handlers", ()) for item in one.body)]
    return found


def _constants(tree: ast.Module) -> dict[str, ast.expr]:
    """Return the names that the module itself gives a value, each with the expression.

    A function that does nothing but return an expression is one as a lambda.
    """
    given: dict[str, ast.expr] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            given |= {target.id: node.value for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            given[node.target.id] = node.value
        elif isinstance(node, ast.FunctionDef) and isinstance(last := node.body[-1], ast.Return) and last.value:
            is_plain = len(node.body) == 1 or (len(node.body) == 2 and isinstance(node.body[0], ast.Expr))
            given |= {node.name: ast.Lambda(node.args, last.value)} if is_plain else {}
    return given
