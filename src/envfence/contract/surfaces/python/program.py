"""The Python modules of a repository: what they read of the environment, and the settings classes among them."""

import ast
import re
from collections.abc import Container, Iterable
from typing import TYPE_CHECKING

from envfence.contract.comparison import started, truth
from envfence.contract.surfaces import Use
from envfence.contract.surfaces.python import code, options
from envfence.contract.surfaces.python.classes import Module, dotted
from envfence.contract.surfaces.python.exports import Exports
from envfence.contract.surfaces.python.modules import Modules
from envfence.contract.surfaces.reading import Texts
from envfence.detect.settings.code import code_findings, lines_of
from envfence.detect.settings.on_import import callers, factories

if TYPE_CHECKING:
    from envfence.finding import Finding

_ROOT = "BaseSettings"
_COMMON = frozenset("BaseSettings BaseModel Field Literal Optional Union Any List Dict Annotated ClassVar Path".split())


class Program:
    """The Python modules of a program. Only those that concern settings classes are kept; a tree takes much memory."""

    def __init__(self, texts: Texts, keys: Container[str] = ()) -> None:
        self._keys = keys  # of the contract
        self.findings: list[Finding] = []
        self.kept: dict[str, Module] = {}
        self._uses: dict[str, list[Use]] = {}
        self._tested: dict[str, list[truth.Tested]] = {}
        self.waiting = {
            path: text
            for path in texts.by_path
            if path.endswith(".py") and texts.is_program(path) and (text := texts.text(path))
        }
        self._exports = Exports(self.waiting)
        for path, text in self.waiting.items():
            speaks = any(word in text for word in (*code.WORDS, *started.WORDS)) or bool(lines_of(text))
            if (speaks or _ROOT in text) and (module := parsed(path, text)):
                self._look_at(module)
        self._follow()
        self._uses_of_options = self._options()
        self._keep_named(_class_names(self.kept.values()))

    @property
    def uses(self) -> list[Use]:
        """The keys that the modules read."""
        return [*(use for path in self.waiting for use in self._uses.get(path, ())), *self._uses_of_options]

    @property
    def tested(self) -> list[truth.Tested]:
        """The keys whose values the modules take for true or false."""
        return [one for every in self._tested.values() for one in every]

    def _follow(self) -> None:
        """Read modules again that read keys by what other modules export, and so on from those."""
        new = set(self._exports.by_path)
        while new:
            paths = self._exports.importers(new, self.waiting)
            modules = (module for path in paths if (module := parsed(path, self.waiting[path])))
            new = {module.path for module in modules if self._read(module)}

    def _options(self) -> list[Use]:
        """Return the keys that commands take their options from, if a prefix makes such keys."""
        if not any(options.WORD in text for text in self.waiting.values()):
            return []
        spoken = (path for path, text in self.waiting.items() if options.may_have_commands(path, text))
        modules = (module for path in spoken if (module := parsed(path, self.waiting[path])))
        return options.uses(modules, Modules(self.waiting))

    def _read(self, module: Module) -> bool:
        """Read a module with what it takes from others; tell whether it exports more than before."""
        taken = self._exports.taken(module.path, module.tree)
        if not (taken.names or taken.modules):
            return False
        self._uses[module.path], found = code.read(module.path, module.text, module.tree, taken)
        self._tested[module.path] = truth.tested(*module, found)
        return self._exports.add(module.path, module.tree, found)

    def _look_at(self, module: Module) -> None:
        try:
            self._uses[module.path], found = code.read(module.path, module.text, module.tree)
            self._tested[module.path] = truth.tested(*module, found)
            self.findings += [*code_findings(module, self._keys), *started.of_module(module.path, module.tree)]
        except RecursionError:  # a sum of a thousand terms, which no person wrote
            return
        self._exports.add(module.path, module.tree, found)
        if _ROOT in module.text:
            self.kept[module.path] = module

    def _keep_named(self, names: set[str]) -> None:
        """Keep the modules that name a class which settings classes are, build on, or hold; and so on from those."""
        known: set[str] = set()
        while new := names - known:
            known |= new
            named = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(new)))})\b")
            more = [path for path, text in self.waiting.items() if path not in self.kept and named.search(text)]
            modules = {path: module for path in more if (module := parsed(path, self.waiting[path]))}
            self.kept |= modules
            names = _class_names(module for module in modules.values() if _builds_on(module, known))

    def with_callers(self, classes: set[str]) -> list[Module]:
        """Return the modules that are kept, and those that call a function which returns settings."""
        makers = {name for module in self.kept.values() for name in factories(module, classes)}
        more = (parsed(path, self.waiting[path]) for path in callers(self.waiting, makers) if path not in self.kept)
        return [*self.kept.values(), *(module for module in more if module)]


def _builds_on(module: Module, names: set[str]) -> bool:
    """Tell whether a class of a module has, or builds on, one of ``names``."""
    nodes = [node for node in module.tree.body if isinstance(node, ast.ClassDef)]
    return any(node.name in names or names & {dotted(base).rpartition(".")[2] for base in node.bases} for node in nodes)


def _class_names(modules: Iterable[Module]) -> set[str]:
    """Return the classes of some modules, their bases and the types of their fields."""
    names: set[str] = set()
    for module in modules:
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef):
                spoken = [*node.bases, *(item.annotation for item in node.body if isinstance(item, ast.AnnAssign))]
                named = (part for item in spoken for part in ast.walk(item))
                names |= {part.id for part in named if isinstance(part, ast.Name)} | {node.name}
    return {name for name in names if name[:1].isupper()} - _COMMON


def parsed(path: str, text: str) -> Module | None:
    """Return a module, None for a text that is no Python of today."""
    try:
        return Module(path, text, ast.parse(text))
    except (
        SyntaxError,
        ValueError,
        RecursionError,
        MemoryError,
    ):  # a template or another Python: `envfence check` says so
        return None
