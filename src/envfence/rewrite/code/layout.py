"""Where Python modules are imported from: beside a script, from a package, from `src`. What the imports say decides."""

import re
from collections.abc import Iterable, Iterator, Mapping

_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<module>\.*[\w.]*)[ \t]+import[ \t]+(?P<names>[^#\n]+)|import[ \t]+(?P<plain>[\w., \t]+))",
    re.MULTILINE,
)
_NAMES = ("settings", "config", "app_settings", "env_settings")


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

    def home(self, base: str, paths: Iterable[str]) -> str:
        """Return the path of a new settings module that all ``paths``, whose base this is, can import."""
        prefix = f"{base}/" if base else ""
        tops = {self.top_of(path, base) for path in paths}
        only = tops.pop() if len(tops) == 1 else ""
        folder = f"{prefix}{only}/" if only else prefix
        taken = {path.rpartition("/")[2].removesuffix(".py") for path in (*self._files, *self._folders)} | self._new
        numbered = (f"settings_{number}" for number in range(2, 1000))
        # A module of that name anywhere may come first on somebody's path.
        name = next(name for name in (*_NAMES, *numbered) if name not in taken)
        if folder == prefix:  # pytest imports the modules of all folders into one process
            self._new.add(name)
        return f"{folder}{name}.py"

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
