"""What a repository has already: its Python, compose files, workflows, env files and the files of its tools."""

import os
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from envfence import git, sources
from envfence.config import STANDARD_ENVIRONMENTS
from envfence.contract import files
from envfence.contract.exposure import builds
from envfence.contract.stages import is_known, stage_of, words

_MIGRATIONS = "alembic.ini"


class Found(NamedTuple):
    """What there is below ``root``, each by its path from there; ``environments`` are those that anything names."""

    root: str
    top: str | None  # of the git repository
    has_commits: bool
    packages: tuple[str, ...]
    settings: tuple[str, ...]  # modules with a settings class
    compose: tuple[str, ...]
    workflows: tuple[str, ...]
    env_files: tuple[str, ...]
    contexts: tuple[str, ...]  # folders that docker builds images from
    has_migrations: bool
    said: tuple[str, ...] = ()  # environments of compose overrides, as their env files are called

    @property
    def environments(self) -> tuple[str, ...]:
        """The names of env files, then those said of compose overrides; the usual name of one that nothing names."""
        named = [files.environment_of(name) or "" for name in self.env_files]
        by_stage: dict[str, str] = {}
        for name in (*named, *self.said, *STANDARD_ENVIRONMENTS):
            if name and not files.is_override(name):
                by_stage.setdefault(stage_of(name), name)
        usual = [by_stage.pop(stage) for stage in STANDARD_ENVIRONMENTS]
        return (*usual, *by_stage.values())


def survey(root: str) -> Found:
    """Return what is below ``root``; files that git ignores do not count, but env files do."""
    top = git.top_above(root)
    paths = [os.path.relpath(source.path, root).replace(os.sep, "/") for source in sources.from_paths([root])]
    has_commits = top is not None and bool(git.ask("rev-list", "-1", "--all", cwd=root, own=False).strip())
    return Found(
        root, top, has_commits, tuple(_packages(paths)), tuple(_settings(root, paths)),
        tuple(path for path in paths if _is_compose(path)),
        tuple(path for path in paths if path.startswith(".github/workflows/")),
        tuple(files.env_files(root)),
        tuple(sorted({os.path.relpath(context, root).replace(os.sep, "/") for context, _ in builds.builds(root)})),
        any(path.rpartition("/")[2] == _MIGRATIONS for path in paths),
        tuple(_said(root, [path for path in paths if _is_compose(path)])),
    )  # fmt: skip


def _packages(paths: Iterable[str]) -> list[str]:
    """Return the folders that programs import their packages from."""
    marked = {path.rpartition("/")[0] for path in paths if path.endswith("/__init__.py")}
    return sorted({folder.rpartition("/")[0] or "." for folder in marked if folder.rpartition("/")[0] not in marked})


def _settings(root: str, paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        if path.endswith(".py") and "(BaseSettings" in builds.text_of(os.path.join(root, path)):
            yield path


def _is_compose(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.startswith(("compose", "docker-compose")) and name.endswith((".yml", ".yaml"))


def _said(root: str, compose: Iterable[str]) -> Iterator[str]:
    """Yield the environments of overrides.

    `compose.dev.yml` alone says no more than which stage it is for: its environment has the stage's usual name, unless
    a compose file calls it, or its env file, by the short one.
    """
    texts = [builds.text_of(os.path.join(root, path)) for path in compose]
    for name in filter(None, map(_override, compose)):
        called = re.compile(
            rf"\.env\.{re.escape(name)}\b|\b(?:APP_)?ENV(?:IRONMENT)?[=:][ \t]*[\"']?{re.escape(name)}\b"
        )
        stage = stage_of(name)
        is_usual = name != stage and stage in STANDARD_ENVIRONMENTS and words(name) == (name,)
        yield stage if is_usual and not any(map(called.search, texts)) else name


def _override(path: str) -> str:
    """Return the environment of an override's name, "" for a base file."""
    words = path.rpartition("/")[2].removeprefix("docker-").replace("-", ".").split(".")[1:-1]
    name = ".".join(words)
    return name if is_known(name) else ""
