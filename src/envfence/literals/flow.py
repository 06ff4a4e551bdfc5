"""Flow collections of YAML, and the inline tables and arrays of TOML: `{a: b}`, `[x, "y"]`, `{a = "b"}`."""

import re
from typing import NamedTuple

_TOKEN = re.compile(
    r"[ \t\r]++|\#[^\n]*+|(?P<newline>\n[ \t]*+)"
    r"|(?P<quoted>\"(?:[^\"\\\n]++|\\[\s\S])*+\"|'(?:[^'\n]++|'')*+')"
    r"|(?P<mark>[\[\]{},]|[:=](?=[ \t\r\n\"'\[{])|(?<=[\"'])[:=])"
    r"|(?P<plain>(?:[^\s\[\]{},:=\#\"'$]++|\$\{\{[^{}\n]*+\}\}|\$\{[^{}\n]*+\}|\{\{[^{}\n]*+\}\}|\$"
    r"|[:=](?![ \t\r\n\"'\[{])|(?<=[^\s,\[{])[\#\"']|[ \t]++(?![\r\n\#:=]))++)"
)


MOST_KEYS = 30  # a path grows no longer, however deep the brackets


class Item(NamedTuple):
    """One scalar of a flow collection: its key ("" in a list), the keys around it, and its span, quotes included."""

    key: str
    path: tuple[str, ...]
    start: int
    end: int


def read(text: str, at: int, column: int = -1) -> tuple[list[Item], int]:
    """Return the scalars of the collection that opens at ``at``, and where it ends.

    One that is never closed ends before the first line that is not indented deeper than ``column``.
    """
    items: list[Item] = []
    around: list[tuple[str, ...]] = []  # the keys around each open bracket
    path: tuple[str, ...] = ()
    key, last = "", slice(0, 0)
    while token := _TOKEN.match(text, at):
        kind, mark = token.lastgroup, token["mark"]
        if kind == "newline" and len(token[0]) - 1 <= column and text[token.end() : token.end() + 1] not in "]}\r\n":
            break
        at = token.end()
        if kind in ("quoted", "plain"):
            last = slice(token.start(), token.start() + len(token[0].rstrip()))
        elif mark in (":", "="):
            key, last = text[last].strip("\"' \t"), slice(0, 0)
        elif mark:
            if last.stop:
                items.append(Item(key, path, last.start, last.stop))
            if mark in "[{":
                around.append(path)
                path = (*path, key) if key and len(path) < MOST_KEYS else path
            elif mark in "]}":
                path = around.pop()
            key, last = "", slice(0, 0)
            if not around:
                break
    return items, at
