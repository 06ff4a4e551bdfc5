"""Where Python modules are imported from: beside a script, from a package, from `src`. What the imports say decides."""

import re
from collections.abc import Iterator, Mapping, Sequence

from envfence.detect.places import is_test

_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<module>\.*[\w.]*)[ \t]+import[ \t]+(?P<names>[^#\n]+)|import[ \t]+(?P<plain>[\w., \t]+))",
    re.MULTILINE,
)
_NAMES = ("settings", "config")
_PLAIN_FOLDERS = frozenset("src app lib source python code".split())  # say nothing of what is in them


class Layout:
    """The modules of a repository and what they import. Paths are relative to its root."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._files = frozenset(texts)
        self._folders = {folder for path in texts for folder in _above(path)}
        self._imports = {path: list(_imported(text)) for path, text in texts.items()}
        self._new: set[str] = set()  # names of settings modules that are imported by these alone
        self._named: dict[str, set[str]] = {}  # module as imported -> the files that import it
        for path, names in self._imports.items():
            for name in names:
                self._named.setdefault(name, set()).add(path)

    def base_of(self, path: str) -> str:
        """Return the folder that a module is imported from, "" for the root itself."""
        folder = path.rpartition("/")[0]
        bases = list(_above(path))  # nearest first
        started = [base for base in bases if self._has(base, "manage")]
        if started:  # whatever Django imports, it imports from where it is started
            return started[0]
        scores = {base: self._score(path, base) for base in bases}
        best = max(scores.values())
        if best:
            return next(base for base in bases if scores[base] == best)
        return next((base for base in bases if not self._is_package(base)), "") if self._is_package(folder) else folder

    def _score(self, path: str, base: str) -> int:
        own = sum(self._has(base, name) for name in self._imports[path] if not name.startswith("."))
        prefix = f"{base}/" if base else ""
        module = path.removeprefix(prefix).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        if "." not in module and not prefix:
            return own
        by_others = len(self._named.get(module, set()) - {path}) if "." in module or self._are_near(module, path) else 0
        return own + 2 * by_others

    def _are_near(self, module: str, path: str) -> bool:
        folder = path.rpartition("/")[0]
        return any(other.rpartition("/")[0] == folder for other in self._named.get(module, ()))

    def _has(self, base: str, name: str) -> bool:
        """Tell whether a module of that name lies below a folder."""
        whole = f"{base}/{name}" if base else name
        file = whole.replace(".", "/")
        return f"{file}.py" in self._files or f"{file}/__init__.py" in self._files

    def _is_package(self, folder: str) -> bool:
        return bool(folder) and f"{folder}/__init__.py" in self._files

    def top_of(self, path: str, base: str) -> str:
        """Return the folder below ``base`` that a module is in, "" for the base itself."""
        inside = path.removeprefix(f"{base}/" if base else "")
        return inside.partition("/")[0] if "/" in inside else ""

    def tops_imported(self, path: str) -> set[str]:
        """Return the packages that a module imports something from."""
        return {name.partition(".")[0] for name in self._imports.get(path, ())}

    def home(self, base: str, paths: Sequence[str]) -> str:
        """Return the path of a new settings module that all ``paths``, whose base this is, can import."""
        prefix = f"{base}/" if base else ""
        only = self._package(base, [path for path in paths if not is_test(path)] or paths)
        folder = f"{prefix}{only}/" if only else prefix
        name = next(name for name in _names(folder) if not self._is_taken(name, folder, is_package=bool(only)))
        if not only:  # pytest imports the modules of all folders into one process
            self._new.add(name)
        return f"{folder}{name}.py"

    def _package(self, base: str, paths: Sequence[str]) -> str:
        """Return the one folder that ``paths`` are in, and whose modules those beside it import; "" if none is."""
        tops = {path: self.top_of(path, base) for path in paths}
        beside = [path for path, top in tops.items() if not top]
        folders = set(tops.values()) - {""}
        only = folders.pop() if len(folders) == 1 and 2 * len(beside) <= len(paths) else ""
        return only if all(only in self.tops_imported(path) for path in beside) else ""

    def _is_taken(self, name: str, folder: str, *, is_package: bool) -> bool:
        """Tell whether another module has that name: in a package, or else anywhere, as it may come first on a path."""
        if is_package:
            return name in self._named or self._has(folder.rstrip("/"), name)
        files = {path.rpartition("/")[2].removesuffix(".py") for path in (*self._files, *self._folders)}
        return name in files | self._new

    def name_of(self, path: str, base: str) -> str | None:
        """Return the name that a module has for those whose base this is, None if they cannot import it."""
        prefix = f"{base}/" if base else ""
        if not path.startswith(prefix):
            return None
        name = path.removeprefix(prefix).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        return name if all(part.isidentifier() for part in name.split(".")) else None

    def reaches(self, start: str, goal: str) -> bool:
        """Tell whether importing one module imports another."""
        seen, waiting = set[str](), [start]
        while waiting:
            path = waiting.pop()
            if path == goal:
                return True
            if path not in seen:
                seen.add(path)
                waiting += self._modules_of(path)
        return False

    def _modules_of(self, path: str) -> Iterator[str]:
        base = self.base_of(path)
        folder = path.rpartition("/")[0]
        for name in self._imports.get(path, ()):
            dots = len(name) - len(name.lstrip("."))
            start = "/".join(folder.split("/")[: len(folder.split("/")) - dots + 1]) if dots else base
            whole = "/".join(part for part in (start, name.lstrip(".").replace(".", "/")) if part)
            yield from (file for file in (f"{whole}.py", f"{whole}/__init__.py") if file in self._files)


def _names(folder: str) -> Iterator[str]:
    """Yield names for a settings module in a folder: the usual ones, and those that say what the folder is of."""
    yield from _NAMES
    said = [part for part in folder.split("/") if part.isidentifier() and part not in _PLAIN_FOLDERS]
    yield from (f"{'_'.join(said[-count:])}_settings" for count in range(1, len(said) + 1))
    yield from ("app_settings", "env_settings")
    yield from (f"settings_{number}" for number in range(2, 1000))


def _above(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path
    yield ""


def _imported(text: str) -> Iterator[str]:
    """Yield the modules that a text imports, and what may be one: of `from a import b` both a and a.b."""
    for match in _IMPORT.finditer(text):
        if match["plain"]:
            yield from (name.split()[0] for name in match["plain"].split(",") if name.split())
            continue
        module = match["module"]
        if module.strip("."):
            yield module
        for name in re.findall(r"\w+", match["names"]):
            yield f"{module}{name}" if module.endswith(".") else f"{module}.{name}"
