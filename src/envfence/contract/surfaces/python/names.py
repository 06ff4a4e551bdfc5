"""Names that stand for the process environment in a Python module, and the expressions that read a key of it."""

import ast
from collections.abc import Mapping
from typing import NamedTuple

from envfence.contract.surfaces.python.takers import Exported, Taker

_METHODS = frozenset(  # of a reader, each taking a key first
    "get get_value str bool int float decimal bytes list tuple dict json url path date time datetime"
    " timedelta uuid enum log_level unicode db db_url cache cache_url email email_url search_url channels"
    " dj_db_url dj_email_url dj_cache_url".split()
)


class Names(NamedTuple):
    """The names: mappings, readers, functions that take a key, who makes readers, and what ``os`` is called here.

    ``prefixes`` maps a reader to what it puts before each key, ``owners`` a class, or one made of it, to those of its
    functions that take a key, and ``holders`` an imported module to what it exports.
    """

    mappings: set[str]
    readers: set[str]
    functions: dict[str, Taker]
    makers: set[str]
    modules: set[str]
    prefixes: dict[str, str]
    owners: dict[str, Mapping[str, Taker]]
    holders: dict[str, Mapping[str, Exported]]

    def spoken(self) -> set[str]:
        """Return the names that are not those which every module has."""
        methods = (name for takers in self.owners.values() for name in takers if not name.startswith("__"))
        known = {*self.mappings, *self.readers, *self.functions, *self.owners, *methods, *self.holders}
        return known - {"environ", "environb"}

    def exported(self, name: str) -> Exported | None:
        """Return what a name is to other modules, None if it is nothing that reads keys."""
        if name in self.readers:
            return Exported(prefix=self.prefixes.get(name, ""))
        if name in self.mappings:
            return Exported(is_mapping=True)
        if name in self.functions or name in self.owners:
            return Exported(function=self.functions.get(name), methods=self.owners.get(name))
        return None

    def take(self, name: str, what: Exported) -> None:
        """Take in what is imported by a name."""
        if what.is_mapping:
            self.mappings.add(name)
        if what.prefix is not None:
            self.readers.add(name)
            self.prefixes[name] = what.prefix
        if what.function:
            self.functions[name] = what.function
        if what.methods:
            self.owners[name] = what.methods

    def prefix_of(self, call: ast.Call) -> str | None:
        """Return what the reader that a call asks puts before each key, None if it asks none."""
        own = call.func
        asked = own.value if isinstance(own, ast.Attribute) and own.attr in _METHODS else None
        if asked is None and isinstance(own, ast.Name) and own.id in self.readers:
            return self.prefixes.get(own.id, "")
        if asked is not None and tail(asked) in self.readers:
            return self.prefixes.get(tail(asked), "")
        held = self._held(own) or (self._held(asked) if asked is not None else None)
        return held.prefix if held else None

    def taker_of(self, call: ast.Call) -> Taker | None:
        """Return the function that takes a key, if a call calls one."""
        name, func = tail(call.func), call.func
        if isinstance(func, ast.Name):
            methods = self.owners.get(name, {})
            made = "__init__" if name[:1].isupper() else "__call__"
            return self.functions.get(name) or methods.get(made)
        if not isinstance(func, ast.Attribute):
            return None
        if (held := self._held(func)) and held.function:
            return held.function
        owner = tail(func.value.func if isinstance(func.value, ast.Call) else func.value)
        if owner in {"self", "cls"}:
            return next((one[name] for one in self.owners.values() if name in one), None)
        return self.functions.get(name) or self.owners.get(owner, {}).get(name)

    def _held(self, node: ast.AST) -> Exported | None:
        """Return what `module.name` is in an imported module."""
        if not isinstance(node, ast.Attribute):
            return None
        return self.holders.get(tail(node.value), {}).get(node.attr)

    def learn(self, node: ast.Assign | ast.AnnAssign) -> None:
        """Take in the names of an assignment whose value is the environment, a copy of it, or a reader."""
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = {tail(target) for target in targets} - {""}
        value = node.value
        if isinstance(value, ast.Call) and (methods := self.owners.get(tail(value.func))):
            self.owners.update(dict.fromkeys(names, methods))
        names = {target.id for target in targets if isinstance(target, ast.Name)}
        if isinstance(value, ast.Call) and tail(value.func) == "partial" and len(value.args) == 1:
            value = value.args[0]
        if not names or value is None:
            return
        if (not isinstance(value, ast.Call) and self.is_mapping(value)) or self._is_copy(value):
            self.mappings.update(names)
        elif self._is_getenv(value) or (
            isinstance(value, ast.Attribute) and value.attr == "get" and self.is_mapping(value.value)
        ):
            self.readers.update(names)
        elif isinstance(value, ast.Call) and tail(value.func) in self.makers:
            self.readers.update(names)
            prefix = keyword(value, "prefix")
            if isinstance(prefix, ast.Constant) and isinstance(prefix.value, str):
                self.prefixes.update(dict.fromkeys(names, prefix.value))

    def is_mapping(self, node: ast.AST) -> bool:
        """Tell whether an expression is the environment, a copy of it, or what an env file holds."""
        if isinstance(node, ast.Call):
            return tail(node.func) == "dotenv_values"
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "environb"}:
            return tail(node.value) in self.modules  # that of a request is another
        held = self._held(node)
        return tail(node) in self.mappings or (held is not None and held.is_mapping)

    def key_of(self, node: ast.AST) -> ast.expr | None:
        """Return the expression of the key that ``node`` itself reads or writes, None if it does neither."""
        if isinstance(node, ast.Subscript) and self.is_mapping(node.value):
            return node.slice
        if not isinstance(node, ast.Call):
            return None
        name = tail(node.func)
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        if self._is_getenv(node.func) or (
            name in {"get", "pop", "setdefault"} and owner is not None and self.is_mapping(owner)
        ):
            return node.args[0] if node.args else keyword(node, "key")
        if name == "get_key" and len(node.args) > 1:
            return node.args[1]
        if self.prefix_of(node) is None:
            return None
        return node.args[0] if node.args else keyword(node, "name")

    def drops(self, node: ast.AST) -> bool:
        """Tell whether a statement takes a key out of the environment and does nothing with its value."""
        if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
            return False
        return tail(node.value.func) == "pop" and self.key_of(node.value) is not None

    def matched(self, node: ast.AST) -> list[ast.expr]:
        """Return the keys that the cases of a `match os.environ:` ask for."""
        if not isinstance(node, ast.Match) or not self.is_mapping(node.subject):
            return []
        patterns = (case.pattern for case in node.cases)
        return [key for pattern in patterns if isinstance(pattern, ast.MatchMapping) for key in pattern.keys]

    def put(self, node: ast.AST) -> list[tuple[ast.expr, ast.expr]]:
        """Return the keys and values that an expression puts into the environment, or into a copy of it, at once."""
        if isinstance(node, ast.Dict) and any(
            key is None and self.is_mapping(value) for key, value in zip(node.keys, node.values, strict=True)
        ):
            return _entries(node)
        if isinstance(node, ast.Assign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            return [(key, node.value) for target in targets if (key := self.key_of(target)) is not None]
        if not isinstance(node, ast.Call):
            return []
        copies = tail(node.func) == "dict" and bool(node.args) and self.is_mapping(node.args[0])
        updates = isinstance(node.func, ast.Attribute) and node.func.attr == "update"
        if not copies and not (updates and self.is_mapping(getattr(node.func, "value", node))):
            return []
        named = [(ast.Constant(one.arg), one.value) for one in node.keywords if one.arg]
        return [*named, *(pair for argument in node.args for pair in _entries(argument))]

    def _is_getenv(self, node: ast.AST) -> bool:
        owner = node.value if isinstance(node, ast.Attribute) else None
        return tail(node) in {"getenv", "getenvb"} and (owner is None or tail(owner) in self.modules)

    def _is_copy(self, value: ast.expr) -> bool:
        if isinstance(value, ast.Dict):
            return any(key is None and self.is_mapping(one) for key, one in zip(value.keys, value.values, strict=True))
        if isinstance(value, ast.BinOp):  # os.environ | {"A": "1"}
            return self.is_mapping(value.left)
        if not isinstance(value, ast.Call):
            return False
        made_by = tail(value.func)
        held = [value.func.value] if isinstance(value.func, ast.Attribute) else value.args[:1]
        return made_by == "dotenv_values" or (made_by in {"copy", "dict"} and any(map(self.is_mapping, held)))


def tail(node: ast.AST) -> str:
    """Return the last name of `a.b.c`, "" for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def keyword(node: ast.Call, name: str | None) -> ast.expr | None:
    """Return the value of a keyword argument, that of `**` for no name; None if it is not given."""
    return next((one.value for one in node.keywords if one.arg == name), None)


def _entries(node: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    if not isinstance(node, ast.Dict):
        return []
    return [(key, value) for key, value in zip(node.keys, node.values, strict=True) if key is not None]
