"""The files of a repository, each read once; a folder with a contract of its own is another program."""

from envfence import files, sources
from envfence.config import Config
from envfence.contract.files import CONTRACT

_SKIPPED = frozenset(
    "node_modules .venv venv env site-packages __pycache__ .git .tox .nox dist build .mypy_cache vendor".split()
)
_TESTS = frozenset("test tests testing __tests__ spec specs e2e fixtures benchmarks bench docs examples".split())
_TOOLS = frozenset({"conftest.py", "noxfile.py", "setup.py"})
_TOOLS_OF_THE_ROOT = frozenset({"tasks.py", "fabfile.py"})  # below, tasks.py holds those of Celery


class Texts:
    """The files of a repository: what they are and, once asked for, their text."""

    def __init__(self, root: str, config: Config) -> None:
        self.by_path: dict[str, sources.Source] = {}
        self._texts: dict[str, str] = {}
        prefix = sources.shown(root).removesuffix(".")
        self.prefix = f"{prefix}/" if prefix else ""
        others: list[str] = []
        for source in sources.from_paths([root]):
            parts = self.below(source.path).split("/")
            if _SKIPPED.isdisjoint(parts) and not config.is_excluded(source.path):
                self.by_path[source.path] = source
                if parts[-1] == CONTRACT and len(parts) > 1:
                    others.append(source.path.removesuffix(CONTRACT))
        # A folder with a contract of its own is another program.
        for path in [path for path in self.by_path if path.startswith(tuple(others))] if others else ():
            del self.by_path[path]

    def below(self, path: str) -> str:
        """Return a path as seen from the root."""
        return path.removeprefix(self.prefix)

    def text(self, path: str) -> str:
        """Return the text of a file, "" for one that cannot be read or nobody wrote by hand."""
        if path not in self._texts:
            try:
                data, _ = self.by_path[path].read()
            except OSError:
                data = b""
            self._texts[path] = "" if files.skipped_as(path, data) else files.decoded(data)
        return self._texts[path]

    def is_program(self, path: str) -> bool:
        """Tell whether a file is of the program itself: no test, no example, no tool of the repository."""
        *folders, name = self.below(path).lower().split("/")
        is_test = (
            name.startswith(("test_", "test-"))
            or name.endswith(("_test.py", "_test.go"))
            or ".test." in name
            or ".spec." in name
        )
        is_tool = name in _TOOLS or (name in _TOOLS_OF_THE_ROOT and not folders)
        return _TESTS.isdisjoint(folders) and not is_tool and not is_test
