"""[tool.envfence] of the nearest pyproject.toml, or the nearest envfence.toml: what to look for, and where."""

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, cast

from envfence.errors import FenceError, repeated
from envfence.finding import Finding

ALWAYS = ("unreadable-file",)  # selecting rules is no reason to be silent about what nobody has read
STANDARD_ENVIRONMENTS = ("development", "staging", "production")


class Config(NamedTuple):
    """The settings; each field is a key of the table, spelled with hyphens.

    ``select`` and ``ignore`` hold rule ids; an empty ``select`` means all. ``per_path`` holds pairs of a pattern and
    the rules that are ignored there. Patterns are written as in .gitignore, for paths below ``root``: the folder of the
    file that was read, relative to the working directory.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    per_path: tuple[tuple[str, tuple[str, ...]], ...] = ()
    key_names: tuple[str, ...] = ()  # own names of keys that hold a credential or an endpoint
    domains: tuple[str, ...] = ()  # own domains: an address below one pins the program to an environment
    allowed_hosts: tuple[str, ...] = ()  # hosts that are the same in every environment
    environments: tuple[str, ...] = STANDARD_ENVIRONMENTS
    stacks: tuple[str, ...] = ()  # "production: base.yml prod.yml", where names do not tell which files make a stack
    baseline: str = "envfence-baseline.txt"  # what was found before; `.env*` of a .gitignore must not match it
    flow_rules: tuple[str, ...] = ()  # files and folders of one's own rules for semgrep
    fleets: Mapping[str, Mapping[str, Any]] = {}  # the tables of `environments` that name servers, as they are written
    root: str = ""

    def wants(self, rule: str) -> bool:
        """Return whether the rule is looked for at all."""
        return rule not in self.ignore and (not self.select or rule in (*self.select, *ALWAYS))

    def is_excluded(self, path: str) -> bool:
        """Return whether the file at ``path``, relative to the working directory, is left out."""
        return bool(self.exclude) and _matches_any(self.exclude, self._below_root(path))

    def reported(self, findings: list[Finding], path: str) -> list[Finding]:
        """Return the findings of one file without those that are not wanted there."""
        if not findings:
            return findings
        ignored: set[str] = set()
        if self.per_path:
            below = self._below_root(path)
            ignored.update(*(rules for pattern, rules in self.per_path if _matches_any((pattern,), below)))
        return [found for found in findings if self.wants(found.rule) and found.rule not in ignored]

    def _below_root(self, path: str) -> str:
        return os.path.relpath(path, self.root or ".").replace(os.sep, "/")


HOSTS = ("domains", "allowed-hosts")
_NOT_IN_HOSTS = frozenset("*/@ ")
KEYS = {field.replace("_", "-"): field for field in Config._fields if field not in {"root", "fleets"}}


class Nearest:
    """Finds the settings of a file, reading each folder once.

    With ``strict`` the rules that they name have to exist. To know all rules takes longer than a commit. ``may_hold``
    says of a folder and a name whether it is worth looking.
    """

    def __init__(
        self, *, strict: bool = False, may_hold: Callable[[str, str], bool] = lambda _folder, _name: True
    ) -> None:
        self._by_folder: dict[str, Config] = {}
        self._strict = strict
        self._may_hold = may_hold

    def of(self, path: str) -> Config:
        """Return the settings of the file at ``path``; raise FenceError if they are wrong."""
        folder = os.path.dirname(path)
        if folder not in self._by_folder:
            self._by_folder[folder] = self._in(os.path.abspath(folder))
        return self._by_folder[folder]

    def _in(self, folder: str) -> Config:
        if folder not in self._by_folder:
            self._by_folder[folder] = self._read(folder)
        return self._by_folder[folder]

    def _read(self, folder: str) -> Config:
        for name in ("envfence.toml", "pyproject.toml"):
            if not self._may_hold(folder, name):
                continue
            file = os.path.join(folder, name)
            if (config := _file(file, folder)) is not None:
                return _with_known_rules(config, file) if self._strict else config
        parent = os.path.dirname(folder)
        # A repository's settings never come from outside of it.
        if self._may_hold(folder, ".git") and os.path.lexists(os.path.join(folder, ".git")):
            return Config(root=_relative(folder))
        if parent == folder:
            return Config()
        return self._in(parent)


def _file(file: str, folder: str) -> Config | None:
    try:
        with open(file, "rb") as stream:
            data = stream.read()
    except OSError:
        return None
    own = os.path.basename(file) == "envfence.toml"
    if not own and not _may_hold_table(data):
        return None  # tomllib costs more than all the rest of a commit
    return parsed(data, _relative(file), own=own, root=_relative(folder))


def _may_hold_table(data: bytes) -> bool:
    text = data.replace(b"\0", b"")  # UTF-16, as PowerShell 5 writes it, is no reason to pass settings over
    return b"tool.envfence" in text or (b"[tool]" in text and b"envfence" in text)


def _with_known_rules(config: Config, file: str) -> Config:
    from envfence.rules import known

    per_path = (rule for _, rules in config.per_path for rule in rules)
    known((*config.select, *config.ignore, *per_path), f"{_relative(file)}: ")
    return config


def _relative(path: str) -> str:
    """Return how a path is shown; on another drive of Windows there is none from here."""
    try:
        return os.path.relpath(path)
    except ValueError:
        return path


def parsed(data: bytes, file: str, *, own: bool = False, root: str = "") -> Config | None:
    """Return the settings of a TOML file, None if it has none; raise FenceError naming ``file`` if they are wrong.

    With ``own`` the whole file is the table, as in envfence.toml.
    """
    import tomllib

    try:
        document = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise FenceError(f"{file}: not valid TOML: save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise FenceError(f"{file}: not valid TOML {_place(error)}") from error
    table = document if own else _own_table(document, file)
    return None if table is None else _config(table, file)._replace(root=root)


def _place(error: ValueError) -> str:
    """Return `(at line 3, column 9)`; what stands before it may quote the file."""
    return "".join(str(error).rpartition("(")[1:])


def _own_table(document: Mapping[str, Any], file: str) -> Mapping[str, Any] | None:
    tools = document.get("tool")
    table = cast("dict[str, Any]", tools).get("envfence") if isinstance(tools, dict) else None
    if table is None or isinstance(table, dict):
        return cast("dict[str, Any] | None", table)
    raise FenceError(f"{file}: tool.envfence must be a table, headed by [tool.envfence]")


def _config(table: Mapping[str, Any], file: str) -> Config:
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in KEYS:
            raise FenceError(f"{file}: unknown key {repeated(key)} of envfence; {_advice(key)}")
        values[KEYS[key]] = _value(key, value, file)
        if key == "environments" and isinstance(value, dict):
            values["fleets"] = {name: own for name, own in cast("dict[str, Any]", value).items() if own}
    return Config(**values)


def _value(key: str, value: Any, file: str) -> Any:
    if key == "per-path":
        return _rules_by_path(value, file)
    if key == "environments" and isinstance(value, dict):
        from envfence.environments import names_of

        return names_of(cast("dict[str, Any]", value), f"{file}: {key}")
    if key in HOSTS:
        return _hosts(_texts(value, f"{file}: {key}"), f"{file}: {key}")
    if key != "baseline":
        return _texts(value, f"{file}: {key}")
    if isinstance(value, str) and value:
        return value
    raise FenceError(f"{file}: baseline must be the path of a file")


def _advice(key: str) -> str:
    import difflib

    close = difflib.get_close_matches(key.replace("_", "-"), KEYS, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"the keys are {', '.join(KEYS)}"


def _texts(value: Any, where: str) -> tuple[str, ...]:
    texts: tuple[Any, ...] = tuple(cast("Iterable[Any]", value)) if isinstance(value, list) else (None,)
    if not all(isinstance(text, str) for text in texts):
        raise FenceError(f"{where} must be a list of texts")
    return texts


def _hosts(names: tuple[str, ...], where: str) -> tuple[str, ...]:
    """Return host names in lower case; one in which more is written would never match, and nobody would be told."""
    for number, name in enumerate(names, 1):
        if not name or name.startswith(".") or name.count(":") == 1 or not _NOT_IN_HOSTS.isdisjoint(name):
            raise FenceError(f"{where}: number {number} is no host name; leave out scheme, port and *")
    return tuple(name.lower() for name in names)


def _rules_by_path(value: Any, file: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, dict):
        raise FenceError(f"{file}: per-path must be a table of patterns, each with a list of rules")
    table = cast("dict[str, Any]", value)
    return tuple((pattern, _texts(rules, f"{file}: per-path of {pattern!r}")) for pattern, rules in table.items())


def _matches_any(patterns: tuple[str, ...], path: str) -> bool:
    from envfence.globs import matches

    return not path.startswith("../") and any(matches(pattern, path) for pattern in patterns)
