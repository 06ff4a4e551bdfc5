"""What one file holds, asked of every family of rules: each is loaded only for the files that it may be about."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from envfence import files
from envfence.config import Config
from envfence.detect import findings as hardcoded
from envfence.detect import provider
from envfence.finding import Finding
from envfence.overlaps import once

if TYPE_CHECKING:
    from envfence.detect.needles import Needles
    from envfence.migration.around import Around

# Files that may hold commands about migrations, or the program of these; what such a file says, and a migration.
_MIGRATING = ("env.py", "noxfile.py", ".md", ".sh", ".bash", ".mk", "akefile")
# Files that say what people do by hand, and what is looked at in them.
_BY_HAND = (".md", ".sh", "noxfile.py", "package.json")
_STEPS = (b"ENVIRONMENT=", b"ENV=", b"git merge", b"session.run", b'"scripts"', b"scp ", b"rsync ", b"ssh-keygen")
_SCRIPTS = (".sh", ".bash")
_OF_MIGRATIONS = (b"alembic", b"def upgrade(", b"--build")


def findings(
    path: str,
    data: bytes,
    config: Config,
    needles: "Needles" = (),
    changed: Sequence[range] | None = None,
    around: "Callable[[], Around] | None" = None,
    *,
    many: bool = False,
) -> list[Finding]:
    """Return what is wrong in one file, sorted by place; ``many``: it is one of thousands.

    ``needles`` are the values of env files that must not stand in it. With ``changed`` only what is around these lines
    is looked for. ``around`` gives what knows the files around a migration.
    """
    if data.startswith(files.UTF_16):
        data = files.decoded(data).encode("utf-8", "replace")  # whoever looks for bytes looks for these
    detected = (
        _of_providers(path, data, many=many) if config.wants("provider-secret") else [],
        hardcoded(path, data, config, many=many, changed=changed),
        _copied(path, data, needles, many=many) if needles and config.wants("copied-value") else [],
        _of_workflow(path, data, in_tree=around is not None) if ".github/workflows/" in path else [],
        _of_migration(path, data, around) if _may_migrate(path) else [],
        _by_hand(path, data) if path.endswith(_BY_HAND) else [],
        _line_ends(path, data) if b"\r" in data[:200] and path.endswith(_SCRIPTS) else [],
    )
    found = once(*(config.reported(findings, path) for findings in detected)) if any(detected) else []
    if b"envfence:" in data:
        from envfence import suppress

        found = suppress.applied(found, files.decoded(data), path, config)
    if found:
        from envfence import pragmas

        if pragmas.are_in(data):
            found = pragmas.applied(found, files.decoded(data), path)
    return sorted(config.reported(found, path), key=_place)


def _copied(path: str, data: bytes, needles: "Needles", *, many: bool) -> list[Finding]:
    from envfence.detect import copied

    return copied.findings(path, data, needles, many=many)


def _of_providers(path: str, data: bytes, *, many: bool) -> list[Finding]:
    marks = provider.held(data, many=many)
    return provider.findings(path, files.decoded(data), marks) if marks else []


def _of_workflow(path: str, data: bytes, *, in_tree: bool) -> list[Finding]:
    from envfence.workflow import check as workflow

    is_read = workflow.is_workflow(path) and workflow.is_candidate(data)
    has_folder = workflow.folders_around(path) if in_tree else None
    return workflow.findings(path, files.decoded(data), has_folder) if is_read else []


def _may_migrate(path: str) -> bool:
    if path.endswith((".py", ".yml", ".yaml")):
        return path.endswith(_MIGRATING) or "/versions/" in path or ".github/workflows/" in path
    return path.endswith(_MIGRATING)


def _of_migration(path: str, data: bytes, around: "Callable[[], Around] | None") -> list[Finding]:
    if not any(word in data for word in _OF_MIGRATIONS):
        return []
    from envfence.migration import check as migration

    return migration.findings(path, files.decoded(data), around() if around else None)


def _by_hand(path: str, data: bytes) -> list[Finding]:
    if not any(word in data for word in _STEPS):
        return []
    if path.endswith("package.json"):
        from envfence.workflow import npm

        return npm.findings(path, files.decoded(data))
    from envfence.workflow import by_hand

    return by_hand.findings(path, files.decoded(data))


def _line_ends(path: str, data: bytes) -> list[Finding]:
    from envfence.workflow import line_ends

    return line_ends.findings(path, data)


def _place(found: Finding) -> tuple[int, int, str]:
    return found.line, found.column or 0, found.rule
