"""Ask git: what is staged, ignored and tracked is for git to say."""

import os
import subprocess
from typing import IO, Self, cast

from envfence.errors import FenceError

ABOUT_ONE_REPOSITORY = (
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_WORK_TREE",
)


def ask(*args: str, cwd: str = ".", stdin: bytes = b"", accept: tuple[int, ...] = (0,), own: bool = True) -> bytes:
    """Return what ``git args`` prints; raise FenceError with git's own sentence on an exit code not in ``accept``.

    With ``own`` the variables that git sets for a hook count: GIT_INDEX_FILE names the index that is being committed.
    Without, the repository is the one that ``cwd`` is in.
    """
    env = None if own else {key: value for key, value in os.environ.items() if key not in ABOUT_ONE_REPOSITORY}
    try:
        result = subprocess.run(("git", *args), cwd=cwd, input=stdin, capture_output=True, check=False, env=env)
    except FileNotFoundError as error:
        raise FenceError("git was not found; install it, or add it to PATH") from error
    if result.returncode not in accept:
        # Where git sees no repository `git diff` takes itself for another program; this names the reason.
        why = subprocess.run(("git", "rev-parse"), cwd=cwd, capture_output=True, check=False, env=env).stderr
        said = sentence(why) or sentence(result.stderr) or f"exit code {result.returncode}"
        raise FenceError(f"git {args[0]} failed: {said}")
    return result.stdout


def sentence(said: bytes) -> str:
    """Return what git says as one line: for an owner that it does not trust, what to do stands in the third one."""
    lines = said.decode("utf-8", "replace").splitlines()
    return " ".join(line.strip() for line in lines[:4] if line.strip())


def names(output: bytes) -> list[str]:
    """Return the paths that a git command separates by NUL: they may hold spaces and newlines."""
    return [os.fsdecode(name) for name in output.split(b"\0") if name]


def top() -> str:
    """Return the top of the work tree that a commit is made in; raise FenceError outside of one."""
    try:
        return os.fsdecode(ask("rev-parse", "--show-toplevel").removesuffix(b"\n"))
    except FenceError as error:
        raise FenceError(f"{error}; run this inside of a work tree of git") from error


def top_above(folder: str) -> str | None:
    """Return the nearest folder that holds a repository, ``folder`` itself or one above, or None. Git is not called."""
    folder = os.path.abspath(folder)
    while not os.path.lexists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


class Blobs:
    """Contents of git's objects, all through one ``git cat-file --batch`` process that the first one starts."""

    def __init__(self, cwd: str = ".") -> None:
        self._cwd = cwd
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.communicate()

    def read(self, blob: str, limit: int) -> tuple[bytes, int]:
        """Return at most ``limit`` bytes of an object, and its size; raise FenceError if it is not there."""
        if self._process is None:
            self._process = subprocess.Popen(
                ("git", "cat-file", "--batch"), cwd=self._cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        stdin, stdout = cast("IO[bytes]", self._process.stdin), cast("IO[bytes]", self._process.stdout)
        stdin.write(blob.encode() + b"\n")
        stdin.flush()
        header = stdout.readline().split()  # <object> blob <size>
        if len(header) != 3:
            raise FenceError(f"git cat-file failed: object {blob} is missing")
        size = int(header[2])
        data = stdout.read(min(size, limit))
        left = size - len(data) + 1  # and the newline behind each object
        while left > 0:
            left -= len(stdout.read(min(left, 1 << 20)))
        return data, size
