"""Where Python modules are imported from: beside a script, from a package, from `src`. What the imports say decides."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice

from envfence.detect.places import is_test

_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<module>\.*[\w.]*)[ \t]+import[ \t]+(?P<names>[^#\n]+)|import[ \t]+(?P<plain>[\w., \t]+))",
    re.MULTILINE,
)
_RUN = re.compile(r"^if[ \t(]+__name__[ \t]*==", re.MULTILINE)
_NAMES = ("settings", "config")
_PLAIN_FOLDERS = frozenset("src app lib source python code".split())  # say nothing of what is in them


class Layout:
    """The modules of a repository and what they import. Paths are relative to its root."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._files = frozenset(texts)
        self._folders = {folder for path in texts for folder in _above(path)}
        self._imports = {path: list(_imported(text)) for path, text in texts.items()}
        self._packages = {folder for path in texts for folder in self._packages_of(path)}
        self._run = {path for path, text in texts.items() if _RUN.search(text)}
        self._beside: dict[str, list[str]] = {}
        for path in texts:
            self._beside.setdefault(path.rpartition("/")[0], []).append(path)
        self._services: dict[str, bool] = {}  # a folder -> whether it holds services
        self._bases: dict[str, str] = {}  # the top folder of a package -> the folder that all of it is imported from
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
        top = next((base for base in reversed(bases) if base in self._packages), "")
        if not top:
            return self._best([path], bases, folder)
        if top not in self._bases:
            inside = [one for one in self._files if one.startswith(f"{top}/")]
            above = [base for base in bases if len(base) < len(top)]
            self._bases[top] = self._best(inside, above, top)
        return self._bases[top]

    def _best(self, paths: Sequence[str], bases: Sequence[str], folder: str) -> str:
        """Return which of ``bases``, nearest first, most imports speak for; if none does, that of a lone ``folder``."""
        scores = {base: sum(self._score(path, base) for path in paths) for base in bases}
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
        return bool(folder) and (folder in self._packages or f"{folder}/__init__.py" in self._files)

    def _packages_of(self, path: str) -> Iterator[str]:
        """Yield the folders that a module's relative imports make packages: two of `from ..db import engine`."""
        depth = max(map(_dots, self._imports[path]), default=0)
        yield from (folder for folder in islice(_above(path), depth) if folder)

    def top_of(self, path: str, base: str) -> str:
        """Return the folder below ``base`` that a module is in, "" for the base itself.

        Of a folder of services, which import nothing of each other, it is that of the service.
        """
        prefix = f"{base}/" if base else ""
        top, *folders = path.removeprefix(prefix).split("/")[:-1] or [""]
        for folder in folders:
            holder = f"{prefix}{top}"
            if holder not in self._services:
                self._services[holder] = self._holds_services(holder, len(prefix))
            if not self._services[holder]:
                break
            top = f"{top}/{folder}"
        return top

    def service_of(self, path: str, base: str) -> str:
        """Return the folder of the service that a module is part of, "" where there are no several."""
        top = self.top_of(path, base)
        return top if "/" in top else ""

    def _holds_services(self, folder: str, start: int) -> bool:
        """Tell whether a folder has no module of its own, but several folders that import nothing of each other."""
        inside = [one.removeprefix(f"{folder}/") for one in self._files if one.startswith(f"{folder}/")]
        if any("/" not in one and one != "__init__.py" for one in inside):
            return False
        package = folder[start:].replace("/", ".")
        own = {one: one.partition("/")[0] for one in inside if "/" in one}
        tops = set(own.values())
        return len(tops) > 1 and not any(
            name.startswith(f"{package}.") and name[len(package) + 1 :].partition(".")[0] in tops - {top}
            for one, top in own.items()
            for name in self._whole_names(f"{folder}/{one}", start)
        )

    def _whole_names(self, path: str, start: int) -> Iterator[str]:
        """Yield what a module imports, its relative imports as seen from the folder whose path ends at ``start``."""
        package = path[start:].split("/")[:-1]
        yield from (".".join(absolute(name, package)) for name in self._imports.get(path, ()))

    def imports_of(self, path: str, top: str) -> bool:
        """Tell whether a module imports something of a folder."""
        package = top.replace("/", ".")
        return any(f"{name}.".startswith(f"{package}.") for name in self._imports.get(path, ()))

    def neighbours(self, path: str) -> list[str]:
        """Return the modules of a module's folder."""
        return self._beside[path.rpartition("/")[0]]

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
        """Return the folder that most of ``paths`` are in, and from which the others import; "" if there is none."""
        tops = {path: self.top_of(path, base) for path in paths}
        only = max(set(tops.values()) - {""}, key=list(tops.values()).count, default="")
        others = [path for path, top in tops.items() if top != only]
        is_near = 2 * len(others) <= len(paths) and all(self.imports_of(path, only) for path in others)
        return only if is_near else ""

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
        return goal in _reached([start], self._modules_of)

    def is_program(self, path: str) -> bool:
        """Tell whether a module is a program of its own: it says what is done when it is run; nobody imports it."""
        return path in self._run and not self._importers.get(path, set()) - {path}

    def importers_of(self, goal: str) -> set[str]:
        """Return the modules that importing means to import another, itself included."""
        return _reached([goal], lambda path: self._importers.get(path, ()))

    @cached_property
    def _importers(self) -> dict[str, set[str]]:
        """Each module that is imported, with those that import it."""
        importing: dict[str, set[str]] = {}
        for path in self._files:
            for one in self._modules_of(path):
                importing.setdefault(one, set()).add(path)
        return importing

    def _modules_of(self, path: str) -> Iterator[str]:
        base = self.base_of(path)
        folder = path.rpartition("/")[0]
        for name in self._imports.get(path, ()):
            start = "" if name.startswith(".") else base
            whole = "/".join(part for part in (start, *absolute(name, folder.split("/"))) if part)
            yield from (file for file in (f"{whole}.py", f"{whole}/__init__.py") if file in self._files)


def _reached(starts: Iterable[str], following: Callable[[str], Iterable[str]]) -> set[str]:
    """Return all that is reached from somewhere, the starts included."""
    seen, waiting = set[str](), list(starts)
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            waiting += following(path)
    return seen


def _names(folder: str) -> Iterator[str]:
    """Yield names for a settings module in a folder: the usual ones, and those that say what the folder is of."""
    yield from _NAMES
    said = [part for part in folder.split("/") if part.isidentifier() and part not in _PLAIN_FOLDERS]
    yield from (f"{'_'.join(said[-count:])}_settings" for count in range(1, len(said) + 1))
    yield from ("app_settings", "env_settings")
    yield from (f"settings_{number}" for number in range(2, 1000))


def absolute(name: str, package: Sequence[str]) -> list[str]:
    """Return the parts of a module's name, which may be relative to the package that it is imported in."""
    above = package[: len(package) - _dots(name) + 1] if name.startswith(".") else ()
    return [part for part in (*above, *name.split(".")) if part]


def _dots(name: str) -> int:
    return len(name) - len(name.lstrip("."))


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
