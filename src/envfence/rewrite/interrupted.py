"""Whether a command was killed while it wrote files: until that is settled nothing else is said about the files."""

import os

from envfence import git
from envfence.errors import FenceError

BEGUN = "begun"  # a file of the journal that is there while files are written
_NAME = "envfence-fix"
INTERRUPTED = (
    "envfence was interrupted while it wrote: `envfence fix --undo` restores the files, `envfence fix --continue`"
    " completes it"
)


def folder_of(root: str) -> str:
    """Return where the journal of a repository lies; outside of one it is a folder that ignores itself."""
    top = git.top_above(root)
    if top is None:
        return os.path.join(root, f".{_NAME}")
    dot_git = os.path.join(top, ".git")
    if os.path.isfile(dot_git):  # a linked work tree
        with open(dot_git, encoding="utf-8") as stream:
            dot_git = os.path.join(top, stream.read().partition("gitdir:")[2].strip())
    return os.path.join(dot_git, _NAME)


def is_interrupted(root: str) -> bool:
    """Tell whether a command has begun to write and has not ended."""
    return os.path.lexists(os.path.join(folder_of(root), BEGUN))


def refuse_if_interrupted(root: str = ".") -> None:
    """Raise FenceError if the files are half rewritten."""
    if is_interrupted(root):
        raise FenceError(INTERRUPTED)
