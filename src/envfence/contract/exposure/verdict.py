"""What git does with a folder's env files and contract, by its own word."""

import os
from collections.abc import Iterator, Sequence

from envfence import git, sources
from envfence.contract import files
from envfence.contract.exposure import ignored
from envfence.contract.grammar import placeholders
from envfence.contract.readers import python_reader
from envfence.contract.readers.decode import decoded
from envfence.contract.rules import CONTRACT_IGNORED, ENV_FILE_IN_HISTORY, IGNORED_ONLY_HERE, found
from envfence.finding import WARNING, Finding

_LARGEST = 1 << 20  # bytes of an old version that are read
_SHORT = 10  # digits of a commit that are shown
_PROGRAM = ("*.py", "*.js", "*.ts", "*.go", "*.java", "*.rb", "*.php", "Dockerfile", "package.json")


def git_findings(root: str, names: Sequence[str], environments: tuple[str, ...]) -> Iterator[Finding]:
    """Yield env files that git tracks, would take in, ignores only on this machine or has in a commit.

    ``names`` are env files of ``root``, there or to come. Outside of a repository there is nothing to say.
    """
    top = git.top_above(root)
    if top is None:
        return
    yield from index_findings(root, top, environments)
    contract = os.path.join(root, files.CONTRACT)
    tracked = set(_tracked(root))
    if os.path.lexists(contract) and ignoring(root, [files.CONTRACT]):
        is_forced = files.CONTRACT in tracked
        detail = "but for this file, which was added by force" if is_forced else ""
        yield found(CONTRACT_IGNORED, sources.shown(contract), 1, detail=detail, severity=WARNING if is_forced else "")
    sources_of = ignoring(root, names)
    own = set(filter(is_shared, sources_of.values())) - tracked
    unshared = ignoring(root, sorted(own)).keys()  # a .gitignore that ignores itself
    for name, source in sources_of.items():
        is_here_only = not is_shared(source) or source in unshared
        if name not in tracked and is_here_only and os.path.lexists(os.path.join(root, name)):
            yield found(IGNORED_ONLY_HERE, sources.shown(os.path.join(root, name)), 1)
    for name, commit in in_history(root, tracked).items():
        yield found(ENV_FILE_IN_HISTORY, sources.shown(os.path.join(root, name)), 1, detail=f"commit {commit}")


def index_findings(root: str, top: str, environments: tuple[str, ...]) -> Iterator[Finding]:
    """Yield what concerns ``root``: files below it, and patterns of the folders above it."""
    here = os.path.realpath(root)
    for finding in ignored.findings(top, environments, also=[*strays(top), *_of_programs(top)]):
        file = os.path.join(os.path.realpath(top), finding.path)
        folder = os.path.dirname(file)
        if f"{folder}{os.sep}".startswith(f"{here}{os.sep}") or f"{here}{os.sep}".startswith(f"{folder}{os.sep}"):
            yield finding._replace(path=sources.shown(os.path.join(top, finding.path)))


def strays(top: str) -> Iterator[str]:
    """Yield the env files below ``top`` that the next `git add` takes in, wherever they lie."""
    answer = git.ask("ls-files", "-z", "--others", "--exclude-standard", "--", *ignored.PATTERNS, cwd=top)
    return (path for path in git.names(answer) if ignored.holds_values(path))


def _of_programs(top: str) -> list[str]:
    """Return env files that each first folder with a program in it may get."""
    programs = git.names(git.ask("ls-files", "-z", "--", *(f":(glob)*/**/{name}" for name in _PROGRAM), cwd=top))
    folders = sorted({path.partition("/")[0] for path in programs})
    return [f"{folder}/{name}" for folder in folders for name in (".env", ".env.local", ".env.production")]


def ignoring(root: str, names: Sequence[str]) -> dict[str, str]:
    """Return the names that git ignores, with the file whose pattern does it."""
    asked = b"\0".join(map(os.fsencode, names))
    options = ("check-ignore", "--no-index", "--stdin", "-z", "-v")
    said = git.ask(*options, cwd=root, stdin=asked, accept=(0, 1), own=False).split(b"\0")
    rows = [[os.fsdecode(cell) for cell in said[start : start + 4]] for start in range(0, len(said) - 3, 4)]
    return {name: source for source, _, pattern, name in rows if not pattern.startswith("!")}


def is_shared(source: str) -> bool:
    """Tell whether a file of patterns is part of the repository: git shows it by a path relative to the folder."""
    return os.path.basename(source) == ".gitignore" and not os.path.isabs(source)


def in_history(root: str, tracked: set[str]) -> dict[str, str]:
    """Return the env files with values that a commit of any branch holds and the index does not, with the first one."""
    log = ("log", "--all", "--format=%H", "--raw", "--no-abbrev", "--no-renames", "-m", "-z", "--relative")
    said = git.ask(*log, "--", *ignored.PATTERNS, cwd=root, accept=(0, 128), own=False)
    commits: dict[str, str] = {}
    commit = ""
    with git.Blobs(root) as blobs:
        words = iter(os.fsdecode(said).split("\0"))
        for word in map(str.strip, words):
            if not word.startswith(":"):
                commit = word[:_SHORT] or commit
                continue
            blob, name = word.split()[3], next(words)
            is_one = files.environment_at(name) is not None or files.is_copy(os.path.basename(name))
            is_old = name not in tracked and is_one and ignored.holds_values(name)
            if is_old and blob.strip("0") and has_values(blobs.read(blob, _LARGEST)[0]):
                commits[name] = commit  # the log goes back in time
    return dict(sorted(commits.items()))


def has_values(data: bytes) -> bool:
    """Tell whether an env file gives any key a value that is not a placeholder."""
    statements = python_reader.entries(decoded("", data).text)
    return any(entry.value and not placeholders(entry.value) for entry in statements)


def _tracked(root: str) -> list[str]:
    return git.names(git.ask("ls-files", "-z", "--cached", cwd=root, own=False))
