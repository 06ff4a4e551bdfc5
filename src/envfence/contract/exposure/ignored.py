"""Git's own verdict on env files: which ones it has, and whether it would take in a new one."""

import os
from collections.abc import Container, Generator, Iterable
from contextlib import contextmanager

from envfence import git, people
from envfence.contract.files import spelt_out
from envfence.finding import Finding, Rule, finding

TRACKED = Rule(
    "env-file-tracked",
    "env",
    "git has this env file, so everybody who clones has its values",
    "run git rm --cached on it, ignore .env* in .gitignore, and change every secret in it: it has been seen",
    asks=people.SECRETS,
)
NOT_IGNORED = Rule(
    "env-file-not-ignored",
    "env",
    "git does not ignore every env file, so the next git add takes in its values",
    "add the lines .env* and !.env.example to .gitignore",
    fixable=True,
)
RULES = (TRACKED, NOT_IGNORED)
_CASE = "the patterns of .gitignore tell capitals from small letters"

# Endings of files that hold no value, or hold them encrypted.
HARMLESS = frozenset("example sample template tmpl tpl dist defaults schema vault enc sops age asc gpg".split())
_SERVERS = frozenset("production prod prd live staging stage stg".split())  # production.env
# Where git is to look for them.
PATTERNS = tuple(f":(glob,icase)**/{name}" for name in (".env", ".env.*", "*.env", "env.*", ".envs/*/*"))
REGULAR = b"100"  # git's mode of a link is 120000: it holds no value


def holds_values(path: str) -> bool:
    """Return whether a file of this name, or at this path, is an env file with values, or a copy of one."""
    *folders, name = path.lower().split("/")  # Windows and macOS take .ENV.production for .env.production
    if folders[-2:-1] == [".envs"] and folders[-1].removeprefix(".") in _SERVERS:  # .envs/.production/.postgres
        return HARMLESS.isdisjoint(name.split(".")[1:]) and name not in {".gitkeep", ".gitignore"}
    spelt = spelt_out(name)
    if spelt:
        return spelt in _SERVERS
    if name != ".env" and not name.startswith(".env."):
        return False
    return HARMLESS.isdisjoint(name.split(".")[2:])


def findings(
    top: str, environments: tuple[str, ...], *, staged: bool = False, also: Iterable[str] = ()
) -> list[Finding]:
    """Return what git says below ``top``, with paths from there: of the files that it has, and of those that may come.

    With ``staged`` it is each .gitignore of the index that counts, not that of the work tree. ``also`` are env files,
    there or to come, that are asked about besides those that every folder with a contract may get.
    """
    tracked, is_changed = _tracked(top)
    found = [finding(TRACKED, path, 1) for path in tracked if holds_values(path)]
    examples = (path for path in tracked if path.rpartition("/")[2].startswith(".env"))
    folders = {"", *(os.path.dirname(path) for path in examples if not holds_values(os.path.basename(path)))}
    names = (".env", ".env.local", *(f".env.{environment}" for environment in environments))
    paths = [*(os.path.join(folder, name) for folder in sorted(folders) for name in names), *also]
    if not (staged and is_changed):
        return found + _not_ignored(top, paths)
    with _index_of(top) as folder:
        return found + _not_ignored(top, paths, f"--work-tree={folder}")


def _tracked(top: str) -> tuple[list[str], bool]:
    """Return the env files that git has, examples too, and whether a .gitignore is not as the index has it."""
    patterns = (*PATTERNS, ":(glob)**/.gitignore")
    answer = git.ask("ls-files", "-z", "-t", "--stage", "--modified", "--", *patterns, cwd=top)
    # <C for changed, H for any> <mode> <object> <stage><tab><path>
    entries = [entry.partition(b"\t") for entry in answer.split(b"\0") if entry]
    is_changed = any(entry.startswith(b"C") and path.endswith(b".gitignore") for entry, _, path in entries)
    regular = {os.fsdecode(path) for entry, _, path in entries if entry[2:].startswith(REGULAR)}
    return sorted(path for path in regular if os.path.basename(path) != ".gitignore"), is_changed


@contextmanager
def _index_of(top: str) -> Generator[str]:
    """Yield a folder that holds each .gitignore as the index has it, for as long as git is asked about them."""
    from tempfile import TemporaryDirectory

    paths = git.ask("ls-files", "-z", "--", ":(glob)**/.gitignore", cwd=top)
    with TemporaryDirectory() as folder:
        git.ask("checkout-index", "-z", "--stdin", f"--prefix={folder}/", cwd=top, stdin=paths)
        yield folder


def _not_ignored(top: str, paths: list[str], *options: str) -> list[Finding]:
    """Return one finding for each place that lets an env file in: a pattern that begins with `!`, or none at all."""
    asked = dict.fromkeys((*paths, *map(_in_small_letters, paths)))
    question = ("check-ignore", "--no-index", "--stdin", "-z", "-v", "-n")
    answer = git.ask(*options, *question, cwd=top, stdin=b"\0".join(map(os.fsencode, asked)), accept=(0, 1)).split(
        b"\0"
    )
    let_in: dict[str, tuple[str, int]] = {}
    for source, line, pattern, path in zip(*(answer[start::4] for start in range(4)), strict=False):
        if not pattern or pattern.startswith(b"!"):
            place = (os.fsdecode(source), int(line)) if source.endswith(b".gitignore") else (".gitignore", 1)
            let_in[os.fsdecode(path)] = place
    by_place: dict[tuple[str, int], list[str]] = {}
    for path, place in let_in.items():
        by_place.setdefault(place, []).append(path)
    return [_let_in(place, group, let_in) for place, group in by_place.items()]


def _let_in(place: tuple[str, int], paths: list[str], let_in: Container[str]) -> Finding:
    one = finding(NOT_IGNORED, *place, anchor=os.path.basename(paths[0]))
    if any(_in_small_letters(path) in let_in for path in paths):
        return one
    return one._replace(advice=f"rename {paths[0]} to {os.path.basename(_in_small_letters(paths[0]))}: {_CASE}")


def _in_small_letters(path: str) -> str:
    folder, slash, name = path.rpartition("/")
    return folder + slash + name.lower()
