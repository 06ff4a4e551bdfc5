"""That a rewritten module computes what it computed before: both are read as trees and walked side by side.

Where they differ both expressions are worked out, the new one with the settings that the env file gives. Whatever is
no constant counts by its code. So nothing but the rewritten expressions, and the import, may have changed at all.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast
from urllib.parse import quote, quote_plus

from envfence.contract.stages import is_known, stage_of
from envfence.detect.names import words
from envfence.rewrite.proving.constants import constants
from envfence.rewrite.proving.known import Computed, Mixed, Secret, UnknownError, filled, formatted, is_text, mixed

ANY = object()  # of a field that an env file has given a value before: its default, whatever it is, never counted
_QUOTING = {"quote": quote, "quote_plus": quote_plus}
Values = Mapping[str, Mapping[str, Any]]  # environment -> attribute of the settings -> value


def differences(
    before: str, after: str, values: Values, environment: str, reader: str, dropped: Mapping[int, Any], added: str = ""
) -> list[int]:
    """Return the lines, as they were, of which something else would come. ``reader`` is what gives the settings.

    ``dropped`` maps the lines of fields that lose their default to what the field reads instead; ``added`` is the
    import that may be new. Raise SyntaxError for what does not parse.
    """
    old, new = ast.parse(before).body, ast.parse(after).body
    if added:
        new = list(_without(cast("ast.ImportFrom", ast.parse(added).body[0]), old, new))
    return sorted(set(_Walk(values, reader, dropped, (old, new)).nodes(old, new, environment)))


def _without(added: ast.ImportFrom, old: Sequence[ast.stmt], new: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield statements without an import that is new, alone or as one more name of an import that was there."""
    known = {ast.dump(node) for node in old}
    for node in new:
        code = ast.dump(node)
        if code == ast.dump(added) and code not in known:
            continue
        if isinstance(node, ast.ImportFrom) and code not in known and len(node.names) > 1:
            kept = [alias for alias in node.names if ast.dump(alias) != ast.dump(added.names[0])]
            yield ast.copy_location(ast.ImportFrom(node.module, kept, node.level), node)
        else:
            yield node


class _Walk:
    def __init__(
        self, values: Values, reader: str, dropped: Mapping[int, Any], modules: tuple[Sequence[ast.stmt], ...] = ()
    ) -> None:
        self.values, self.dropped = values, dropped
        self.constants = {id(name): value for module in modules for name, value in constants(module)}
        self.reader = ast.dump(ast.parse(reader, mode="eval").body)

    def nodes(self, before: Sequence[Any], after: Sequence[Any], environment: str) -> Iterator[int]:
        if len(before) != len(after):
            yield getattr(before[0], "lineno", 1) if before else 1
            return
        for one, other in zip(before, after, strict=True):
            if isinstance(one, ast.stmt) and ast.dump(one) == ast.dump(other):
                continue
            if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant):
                yield one.lineno  # a docstring is one only while it is a constant
            else:
                yield from self.pair(one, other, environment)

    def pair(self, one: Any, other: Any, environment: str) -> Iterator[int]:
        """Yield the line of a node if its counterpart is another."""
        if isinstance(one, list) and isinstance(other, list):
            yield from self.nodes(cast("Sequence[Any]", one), cast("Sequence[Any]", other), environment)
            return
        if not isinstance(one, ast.AST) or not isinstance(other, ast.AST):
            if one != other:
                yield 0
            return
        if isinstance(one, ast.expr) and isinstance(other, ast.expr) and self._is_same(one, other, environment):
            return
        if isinstance(one, ast.AnnAssign) and isinstance(other, ast.AnnAssign) and self._is_dropped(one, other):
            return
        if type(one) is not type(other) or isinstance(one, ast.JoinedStr | ast.Constant):
            yield getattr(one, "lineno", 0)
            return
        yield from (found or getattr(one, "lineno", 0) for found in self._inside(one, other, environment))

    def _inside(self, one: ast.AST, other: ast.AST, environment: str) -> Iterator[int]:
        """Yield the lines of what two nodes of one kind are made of."""
        if isinstance(one, ast.Dict) and isinstance(other, ast.Dict) and len(one.values) == len(other.values):
            yield from self.nodes(one.keys, other.keys, environment)
            for key, value, new in zip(one.keys, one.values, other.values, strict=True):
                yield from self._entry(value, new, self._environment(key, environment), environment)
            return
        if isinstance(one, ast.ClassDef):
            environment = self._stage("_".join(words(one.name)), environment)
        for field in one._fields:
            yield from self.pair(getattr(one, field, None), getattr(other, field, None), environment)

    def _entry(self, one: ast.expr, other: ast.expr, own: str, environment: str) -> Iterator[int]:
        """Yield the lines of an entry that gives something else in its ``own`` environment, and in that of the run."""
        changed = list(self.pair(one, other, own))
        yield from changed if not changed or own == environment else self.pair(one, other, environment)

    def _environment(self, key: ast.expr | None, environment: str) -> str:
        """Return the environment that an entry of a table is for."""
        name = key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""
        return self._stage(name, environment)

    def _stage(self, name: str, environment: str) -> str:
        return stage_of(name) if is_known(name) and stage_of(name) in self.values else environment

    def _is_same(self, one: ast.expr, other: ast.expr, environment: str) -> bool:
        if ast.dump(one) == ast.dump(other):
            return True
        try:
            old, new = self.value(one, environment), self.value(other, environment)
        except UnknownError:
            return False
        return bool(type(old) is type(new) and old == new)

    def _is_dropped(self, one: ast.AnnAssign, other: ast.AnnAssign) -> bool:
        if one.lineno not in self.dropped or ast.dump(one.annotation) != ast.dump(other.annotation) or not one.value:
            return False
        if self.dropped[one.lineno] is ANY:
            return True
        value = one.value
        if isinstance(value, ast.Call):
            given = [*value.args, *(keyword.value for keyword in value.keywords)]
            wanted = self.dropped[one.lineno]
            return any(isinstance(node, ast.Constant) and str(node.value) == wanted for node in given)
        try:
            return bool(str(self.value(value, "")) == self.dropped[one.lineno])
        except UnknownError:
            return False

    def value(self, node: ast.expr, environment: str) -> Any:
        """Return what an expression gives; raise UnknownError."""
        work = getattr(self, f"_{type(node).__name__.lower()}", None)
        return work(node, environment) if work else Computed((ast.dump(node),))

    def _name(self, node: ast.Name, environment: str) -> Any:
        value = self.constants.pop(id(node), None)  # while it is looked at: one may be made of itself
        if value is None:
            return Computed((ast.dump(node),))
        try:
            return self.value(value, environment)
        except UnknownError:
            return Computed((ast.dump(node),))
        finally:
            self.constants[id(node)] = value

    def _constant(self, node: ast.Constant, _: str) -> Any:
        return node.value

    def _joinedstr(self, node: ast.JoinedStr, environment: str) -> Any:
        pieces: list[Any] = []
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                plain = part.conversion == -1 and part.format_spec is None
                value = self.value(part.value, environment) if plain else Computed((ast.dump(part),))
                pieces.append(value if isinstance(value, Computed | Mixed) else str(value))
            elif isinstance(part, ast.Constant):
                pieces.append(part.value)
        return mixed(pieces)

    def _binop(self, node: ast.BinOp, environment: str) -> Any:
        left, right = self.value(node.left, environment), self.value(node.right, environment)
        if isinstance(node.op, ast.Add) and is_text(left) | is_text(right):
            return mixed([left, right])
        if isinstance(node.op, ast.Mod) and isinstance(left, str):
            return filled(left, right)
        raise UnknownError

    def _boolop(self, node: ast.BoolOp, environment: str) -> Any:
        values = [self.value(value, environment) for value in node.values]
        if isinstance(node.op, ast.Or) and len(values) == 2:
            return values[1] if values[0] is None else values[0]
        raise UnknownError

    def _attribute(self, node: ast.Attribute, environment: str) -> Any:
        if ast.dump(node.value) == self.reader:
            known = self.values.get(environment, {})
            if node.attr not in known:
                raise UnknownError
            return known[node.attr]
        return Computed((ast.dump(node),))

    def _tuple(self, node: ast.Tuple, environment: str) -> Any:
        return tuple(self.value(item, environment) for item in node.elts)

    def _subscript(self, node: ast.Subscript, _: str) -> Any:
        return None if _reads_process(node.value) else Computed((ast.dump(node),))

    def _call(self, node: ast.Call, environment: str) -> Any:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        arguments = [self.value(argument, environment) for argument in node.args]
        if name == "getenv" or (name == "get" and _reads_process(getattr(node.func, "value", node))):
            given = [*arguments[1:], *(self.value(one.value, environment) for one in node.keywords)]
            return given[0] if given else None
        if isinstance(node.func, ast.Attribute):
            owner = self.value(node.func.value, environment)
            if name == "get_secret_value" and isinstance(owner, Secret):
                return str(owner)
            if name == "encode" and isinstance(owner, str) and not arguments:
                return owner.encode()
            if name == "format" and isinstance(owner, str):
                named = {one.arg or "**": self.value(one.value, environment) for one in node.keywords}
                return formatted(owner, arguments, named)
            if isinstance(owner, Computed):
                return self._opaque(node)
            raise UnknownError
        if name in {"int", "str"} and len(arguments) == 1 and isinstance(arguments[0], str | int):
            return int(arguments[0]) if name == "int" else str(arguments[0])
        if name in _QUOTING and arguments and isinstance(arguments[0], str):
            safe = [self.value(one.value, environment) for one in node.keywords]
            return _QUOTING[name](arguments[0], *safe)
        return self._opaque(node)

    def _opaque(self, node: ast.Call) -> Computed:
        """Return a call that nobody runs; one that reads the settings inside is looked into instead."""
        if self.reader in ast.dump(node):
            raise UnknownError
        return Computed((ast.dump(node),))


def _reads_process(node: ast.AST) -> bool:
    return (isinstance(node, ast.Attribute) and node.attr == "environ") or getattr(node, "id", "") == "environ"
