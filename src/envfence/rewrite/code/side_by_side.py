"""Tables of environments that one run reads several entries of: each stays a connection of its own."""

import ast
from collections.abc import Iterable, Iterator

from envfence.contract.stages import is_known, stage_of
from envfence.rewrite.code.decision import Module
from envfence.rewrite.code.sites import Site

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_ALL = frozenset({"items", "values"})


def apart(module: Module, environment: str) -> Module:
    """Return a module whose tables are no tables of environments where the code says which entry it wants.

    That is so where an entry of another environment than ``environment`` is asked for by its name, in brackets or
    from a function that looks into the table, and where all entries are gone through. One key for all of them would
    make one database of those that are copied to each other.
    """
    tables = {site.place.names[-1:] for site in module.sites if site.place.frame and site.place.frame.group}
    split = {name for name in tables if name and _is_split(name[0], module.source.statements, environment)}
    if not split:
        return module
    sites = [_alone(site, environment) if site.place.names[-1:] in split else site for site in module.sites]
    return module._replace(sites=sites)


def _alone(site: Site, environment: str) -> Site:
    """Return a value of an entry as one of a connection, that of another environment as one that is called so."""
    stage = site.place.frame.stage if site.place.frame else ""
    entry = stage if stage_of(stage) != environment else ""
    return site._replace(place=site.place._replace(frame=None, entry=entry))


def _is_split(table: str, statements: Iterable[ast.stmt], environment: str) -> bool:
    nodes = [node for statement in statements for node in ast.walk(statement)]
    readers = {node.name for node in nodes if isinstance(node, _FUNCTIONS) and _reads(node, table)}
    return any(
        any(stage_of(name) != environment for name in _asked_for(node, table, readers)) or _goes_through(node, table)
        for node in nodes
    )


def _reads(function: ast.AST, table: str) -> bool:
    return any(_is_table(node, table) for node in ast.walk(function))


def _is_table(node: ast.AST, table: str) -> bool:
    """Tell whether an expression is the table: `URLS` or `self.URLS`."""
    return table in {getattr(node, "id", ""), getattr(node, "attr", "")} and isinstance(
        getattr(node, "ctx", None), ast.Load
    )


def _asked_for(node: ast.AST, table: str, readers: Iterable[str]) -> Iterator[str]:
    """Yield the environments that an expression names to get their entry."""
    if isinstance(node, ast.Subscript) and _is_table(node.value, table):
        yield from _stages([node.slice])
    if isinstance(node, ast.Call) and _called(node) in readers:
        yield from _stages([*node.args, *(one.value for one in node.keywords)])


def _called(node: ast.Call) -> str:
    return str(getattr(node.func, "id", getattr(node.func, "attr", "")))


def _stages(nodes: Iterable[ast.expr]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and is_known(node.value):
            yield node.value


def _goes_through(node: ast.AST, table: str) -> bool:
    """Tell whether it is a loop over all entries."""
    if not isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
        return False
    over = node.iter
    if isinstance(over, ast.Call) and isinstance(over.func, ast.Attribute) and over.func.attr in _ALL:
        over = over.func.value
    return _is_table(over, table)
