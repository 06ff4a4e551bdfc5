"""What envfence keeps beside a stack, in `.envfence/`: git ignores it by a file of its own."""

import os

FOLDER = ".envfence"


def folder(root: str, *parts: str) -> str:
    """Return a folder of the state, made if it is not there."""
    top = os.path.join(root, FOLDER)
    path = os.path.join(top, *parts)
    os.makedirs(path, exist_ok=True)
    ignore = os.path.join(top, ".gitignore")
    if not os.path.exists(ignore):
        with open(ignore, "w", encoding="utf-8") as stream:
            stream.write("*\n")
    return path


def mark(root: str, name: str) -> None:
    """Note that something is done now."""
    with open(os.path.join(folder(root, "done"), name), "w", encoding="utf-8"):
        pass


def marked(root: str, name: str) -> float:
    """Return when it was done, in seconds since the epoch, 0 if never."""
    file = os.path.join(root, FOLDER, "done", name)
    return os.stat(file).st_mtime if os.path.exists(file) else 0.0


def note(root: str, name: str, text: str) -> None:
    """Keep a line about something that is done."""
    with open(os.path.join(folder(root, "done"), name), "w", encoding="utf-8") as stream:
        stream.write(text)


def noted(root: str, name: str) -> str:
    """Return the line that was kept, "" if there is none."""
    file = os.path.join(root, FOLDER, "done", name)
    if not os.path.exists(file):
        return ""
    with open(file, encoding="utf-8") as stream:
        return stream.read()
