"""Keys that click and Typer make of a command's options: `auto_envvar_prefix="STOCK"` and `load --db-host`.

The key is STOCK_LOAD_DB_HOST: the prefix, the names of the commands below it, and the option's.
"""

import ast
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from envfence.contract.surfaces import ARGUMENT, FALLS_BACK, Use
from envfence.contract.surfaces.python.classes import Module
from envfence.contract.surfaces.python.modules import Import, Modules, imports
from envfence.contract.surfaces.python.names import keyword, tail
from envfence.contract.surfaces.python.texts import Scope, is_literal

WORD = "auto_envvar_prefix"
_LIBRARIES = frozenset({"click", "typer", "asyncclick", "rich_click", "cloup"})
_CUT = ("-command", "-cmd", "-group", "-grp")  # of a function's name, since click 8.2
_EMPTY = Scope({})

Place = tuple[str, str]  # path and name of a command
_Function = ast.FunctionDef | ast.AsyncFunctionDef


class Option(NamedTuple):
    """One option: its part of the key, its line, and whether a default is written beside it."""

    name: str
    line: int
    has_literal: bool


class Tree:
    """The commands of a program: what options each has, and what is below it."""

    def __init__(self, modules: Iterable[Module], known: Modules) -> None:
        self.options: dict[Place, list[Option]] = {}
        self.below: dict[Place, dict[Place, tuple[str, ...]]] = {}
        self.prefixes: dict[Place, str] = {}
        self.groups: set[Place] = set()  # with a command of their own, so that those below have names
        self._known = known
        self._imports: dict[str, dict[str, Import]] = {}
        modules = list(modules)
        for module in modules:
            self._imports[module.path] = {one.ours: one for one in imports(module.tree)}
        for module in modules:
            for node in ast.walk(module.tree):
                self._take(module.path, node)

    def uses(self) -> Iterator[Use]:
        """Yield the keys of the options of every command below a prefix."""
        for place, prefix in self.prefixes.items():
            yield from self._below(place, prefix, ())

    def _below(self, place: Place, prefix: str, above: tuple[Place, ...]) -> Iterator[Use]:
        for option in self.options.get(place, ()):
            yield Use(f"{prefix}_{_key(option.name)}", place[0], option.line, ARGUMENT, FALLS_BACK, option.has_literal)
        under = self.below.get(place, {})
        is_alone = not above and len(under) == 1 and place not in self.groups and not any(map(self.below.get, under))
        for child, names in under.items() if place not in above else ():
            for name in ("",) if is_alone else names:
                yield from self._below(child, f"{prefix}_{_key(name)}" if name else prefix, (*above, place))

    def _take(self, path: str, node: ast.AST) -> None:
        if isinstance(node, _Function):
            self._function(path, node)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            self._prefix(node.value, [self._place(path, target) for target in node.targets])
            if tail(node.value.func) == "Group":
                self.groups.update(self._place(path, target) for target in node.targets)
        elif isinstance(node, ast.Call):
            name = tail(node.func)
            if isinstance(node.func, ast.Attribute) and name in {"add_typer", "add_command"} and node.args:
                said = keyword(node, "name") or (node.args[1] if len(node.args) > 1 else None)
                child = self._place(path, node.args[0])
                self._add(self._place(path, node.func.value), child, _text(said) or child[1])
            else:
                called = node.func.value if isinstance(node.func, ast.Attribute) and name == "main" else node.func
                self._prefix(node, [self._place(path, called)])

    def _function(self, path: str, node: _Function) -> None:
        place, options = (path, node.name), list(_options(node))
        for one in node.decorator_list:
            call = one if isinstance(one, ast.Call) else ast.Call(one, [], [])
            name, owner = tail(call.func), call.func.value if isinstance(call.func, ast.Attribute) else None
            if name == "callback" and owner is not None:
                self.options.setdefault(self._place(path, owner), []).extend(options)
                self.groups.add(self._place(path, owner))
            elif name in {"command", "group"}:
                self.options[place] = options
                self._prefix(call, [place])
                if name == "group":
                    self.groups.add(place)
                if owner is not None and tail(owner) not in _LIBRARIES:
                    said = _text(keyword(call, "name") or next(iter(call.args), None))
                    self._add(self._place(path, owner), place, said or node.name)

    def _add(self, place: Place, child: Place, name: str) -> None:
        plain = name.lower().replace("_", "-")
        cut = next((plain.removesuffix(end) for end in _CUT if plain.endswith(end)), plain)
        self.below.setdefault(place, {})[child] = tuple(dict.fromkeys((name, cut)))

    def _prefix(self, call: ast.Call, places: list[Place]) -> None:
        settings = keyword(call, "context_settings")
        said = _text(keyword(call, WORD)) or (_entry(settings) if settings is not None else "")
        self.prefixes |= {place: said for place in places if said}

    def _place(self, path: str, node: ast.AST) -> Place:
        """Return where a command is defined that an expression of a module means."""
        name = tail(node)
        own = self._imports[path]
        if isinstance(node, ast.Attribute) and (module := own.get(tail(node.value))):
            found, rest = self._known.source(path, module)
            return (found, name) if found and not rest else (path, name)
        if isinstance(node, ast.Name) and (one := own.get(name)):
            found, there = self._known.source(path, one)
            if found in self._imports and there in self._imports[found] and found != path:
                return self._place(found, ast.Name(there))  # a package exports it again
            return (found or path, there or name)
        return path, name


def uses(modules: Iterable[Module], known: Modules) -> list[Use]:
    """Return the keys that options of commands may be given by; ``known`` are all modules of the repository."""
    return list(dict.fromkeys(Tree(modules, known).uses()))


def may_have_commands(path: str, text: str) -> bool:
    """Tell whether a module may define commands, or hand on those of others."""
    return path.endswith("__init__.py") or any(library in text for library in _LIBRARIES)


def _options(node: _Function) -> Iterator[Option]:
    for one in node.decorator_list:
        if isinstance(one, ast.Call) and tail(one.func) == "option":
            spelt = [text for text in map(_text, one.args) if text]
            named = [text for text in spelt if text.isidentifier()]
            longest = sorted(spelt, key=lambda text: len(text) - len(text.lstrip("-")), reverse=True)
            if spelt:
                default = keyword(one, "default")
                name = next(chain(named, longest)).partition("/")[0].strip()
                yield Option(name.lstrip("-"), one.lineno, is_literal(default, _EMPTY))
    placed = [*node.args.posonlyargs, *node.args.args]
    given = [*zip(reversed(placed), reversed(node.args.defaults), strict=False)]
    given += [(item, value) for item, value in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if value]
    for argument, value in given:
        made = tail(value.func) if isinstance(value, ast.Call) else ""
        default = next(iter(value.args), None) if made == "Option" and isinstance(value, ast.Call) else value
        if made in {"", "Option"}:
            yield Option(argument.arg, argument.lineno, is_literal(default, _EMPTY))


def _entry(settings: ast.expr) -> str:
    if isinstance(settings, ast.Call):
        return _text(keyword(settings, WORD))
    if not isinstance(settings, ast.Dict):
        return ""
    entries = zip(settings.keys, settings.values, strict=True)
    return next((_text(value) for key, value in entries if key is not None and _text(key) == WORD), "")


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _key(name: str) -> str:
    return name.upper().replace("-", "_")
