"""What a commit is held against: the files that it changes, and what git makes of env files."""

import os
from collections.abc import Iterable, Sequence

from envfence import git
from envfence.check import Options, Report, check
from envfence.config import Nearest
from envfence.errors import FenceError
from envfence.finding import Finding
from envfence.sources import Source, from_names, shown


def everything(names: Sequence[str], options: Options) -> Report:
    """Return all that a commit is held against. Without ``names`` of files it is what is staged, here and below."""
    reports = [part(names, options) for part in (files, env_files_ignored, env_contract)]
    found = sorted({found for report in reports for found in report.findings}, key=lambda found: found[3:6])
    return reports[0]._replace(findings=found)


def files(names: Sequence[str], options: Options) -> Report:
    """Return what is wrong in the files. A hook runner may ask about the lines that are added between two revisions."""
    from_ref, to_ref = os.environ.get("PRE_COMMIT_FROM_REF"), os.environ.get("PRE_COMMIT_TO_REF")
    if from_ref and to_ref:
        return between(from_ref, to_ref, options, names)
    return check(from_names(names), options) if names else staged(options)


def env_files_ignored(names: Sequence[str], options: Options) -> Report:
    """Return env files that git has, or would take in."""
    from envfence.contract import ignored

    folder = top()
    environments = Nearest().of(os.path.join(folder, ".gitignore")).environments
    return Report(_reported(ignored.findings(folder, environments, staged=not names), folder, options), {}, {})


def env_contract(names: Sequence[str], options: Options) -> Report:
    """Return how the env files among the files differ from their contracts."""
    existing = [name for name in names or _staged_names() if _is_env_file(name) and os.path.isfile(name)]
    if not existing:
        return Report([], {}, {})  # reading a contract costs more than all the rest of a commit
    from envfence import contract

    try:
        return Report(_reported(contract.hook_findings(".", existing), ".", options), {}, {})
    except OSError as error:
        raise FenceError(f"{error.filename}: {error.strerror}") from error


def _is_env_file(name: str) -> bool:
    return os.path.basename(name).startswith(".env")


def _staged_names() -> list[str]:
    from envfence import changes

    folder = top()
    return [shown(os.path.join(folder, change.path)) for change in changes.staged(folder)]


def top() -> str:
    """Return the top of the work tree that the commit is made in; raise FenceError outside of one."""
    return git.top_above(".") or git.top()


def staged(options: Options, paths: Sequence[str] = ()) -> Report:
    """Return what the files of the next commit hold, as the index has them; ``paths`` narrow them."""
    from envfence import changes

    folder = top()
    with git.Blobs(folder) as blobs:
        return check(_among(changes.sources(changes.staged(folder), folder, blobs), paths), options)


def between(from_ref: str, to_ref: str, options: Options, paths: Sequence[str] = ()) -> Report:
    """Return what is on the lines that ``to_ref`` has added since it left ``from_ref``."""
    from envfence import changes

    folder = top()
    with git.Blobs(folder) as blobs:
        sources = changes.sources(changes.between(folder, from_ref, to_ref), folder, blobs)
        report = check(_among(sources, paths), options)
    return changes.added_between(folder, from_ref, to_ref).only(report)


def since(ref: str, options: Options, paths: Sequence[str] = ()) -> Report:
    """Return what is on the lines that the work tree has added since it left ``ref``."""
    from envfence import changes

    added = changes.added_since(top(), ref)
    sources = from_names(sorted({*added.lines, *added.whole}))
    return added.only(check(_among(sources, paths), options))


def _among(sources: Iterable[Source], paths: Sequence[str]) -> Iterable[Source]:
    if not paths:
        return sources
    wanted = [shown(path) for path in paths]
    folders = tuple("" if path == "." else f"{path}/" for path in wanted)
    return (
        source
        for source in sources
        if source.path in wanted or (source.path.startswith(folders) and not source.path.startswith("../"))
    )


def _reported(findings: Iterable[Finding], folder: str, options: Options) -> list[Finding]:
    """Return findings of paths below ``folder`` with the paths as shown, without those that are not wanted there."""
    nearest = Nearest()
    result: list[Finding] = []
    for found in findings:
        path = shown(os.path.join(folder, found.path))
        config = options.over(nearest.of(path))
        if not config.is_excluded(path):
            result += config.reported([found._replace(path=path)], path)
    return result
