"""The text of a baseline: one identity a line, `path rule anchor count  # reason`, sorted, and comments."""

import json
import re
from collections.abc import Iterable
from typing import NamedTuple

from envfence.errors import FenceError

HEAD = """\
# What `envfence check` found before: path, rule, what the value is bound to, how many, and maybe `# a reason`.
# `envfence baseline --update` rewrites the list and keeps reasons and comments. No line that a commit adds is covered.
"""

_WORD = r'"(?:[^"\\]|\\.)*"|[^\s"#]\S*'
_LINE = rf"(?P<path>{_WORD})[ \t]+(?P<rule>[a-z][a-z0-9-]*)[ \t]+(?P<anchor>{_WORD})[ \t]+(?P<count>[1-9]\d{{0,5}})"
_REASON = r"(?:[ \t]+#[ \t]*(?P<reason>.*?))?[ \t]*"
_PLAIN = r"[^\s\"#][^\s\"\\]*"


class Key(NamedTuple):
    """What findings have in common that one entry covers; the path is relative to the baseline's folder."""

    path: str
    rule: str
    anchor: str


class Entry(NamedTuple):
    """A line: ``times`` findings of ``key``. ``comments`` are the lines above it."""

    key: Key
    times: int = 1
    reason: str = ""
    comments: tuple[str, ...] = ()
    line: int = 0


class Baseline(NamedTuple):
    """A file: what stands above the first blank line, the entries, and the comments below the last."""

    head: tuple[str, ...] = tuple(HEAD.splitlines())
    entries: tuple[Entry, ...] = ()
    tail: tuple[str, ...] = ()


def parsed(text: str, file: str) -> Baseline:
    """Return the baseline; raise FenceError naming ``file`` and the line of one that is no entry.

    A merge may have left the same entry twice, and the entries in any order.
    """
    pattern = re.compile(_LINE + _REASON)
    lines = text.removeprefix("\ufeff").splitlines()
    size = _size_of_head(lines)
    entries: list[Entry] = []
    comments: list[str] = []
    for number, line in enumerate(lines[size:], size + 1):
        if line.startswith("#"):
            comments.append(line)
        elif line.strip():
            entries.append(_entry(pattern.fullmatch(line), tuple(comments), number, file))
            comments = []
    return Baseline(tuple(lines[:size]), tuple(entries), tuple(comments))


def _size_of_head(lines: list[str]) -> int:
    """Return how many comments a blank line sets off at the top."""
    size = next((at for at, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return size if not any(lines[size : size + 1]) else 0


def _entry(match: re.Match[str] | None, comments: tuple[str, ...], number: int, file: str) -> Entry:
    if match is None:
        raise FenceError(f"{file}:{number}: not `path rule anchor count # reason`; mend the line, or remove it")
    key = Key(_unquoted(match["path"], number, file), match["rule"], _unquoted(match["anchor"], number, file))
    return Entry(key, int(match["count"]), match["reason"] or "", comments, number)


def _unquoted(word: str, number: int, file: str) -> str:
    try:
        return str(json.loads(word)) if word.startswith('"') else word
    except ValueError as error:
        raise FenceError(f"{file}:{number}: a quoted word is not written as in JSON; mend the line") from error


def rendered(baseline: Baseline) -> str:
    """Return the text: files are set apart by a blank line, so that fewer changes of two branches meet."""
    lines = [*baseline.head]
    last = None
    for entry in baseline.entries:
        lines += [""] * (entry.key.path != last)
        lines += [*entry.comments, _line(entry)]
        last = entry.key.path
    return "\n".join([*lines, *baseline.tail, ""])


def _line(entry: Entry) -> str:
    words = (_quoted(entry.key.path), entry.key.rule, _quoted(entry.key.anchor), str(entry.times))
    return " ".join(words) + (f"  # {entry.reason}" if entry.reason else "")


def _quoted(word: str) -> str:
    return word if re.fullmatch(_PLAIN, word) and word.isprintable() else json.dumps(word)


def merged(entries: Iterable[Entry]) -> list[Entry]:
    """Return one entry for each key, sorted: the highest count, the first reason, all comments."""
    by_key: dict[Key, Entry] = {}
    for entry in entries:
        known = by_key.get(entry.key, entry)
        comments = tuple(dict.fromkeys((*known.comments, *entry.comments)))
        times, reason = max(known.times, entry.times), known.reason or entry.reason
        by_key[entry.key] = known._replace(times=times, reason=reason, comments=comments)
    return [by_key[key] for key in sorted(by_key)]
