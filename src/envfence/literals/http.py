"""Literals of request files, .http and .rest: variables, requests and their headers are used; what is sent is shown."""

import re
from collections.abc import Iterator

from envfence.literals import DOC, SHOWN, VALUE, Literal, prose
from envfence.literals.candidates import Spans, is_likely
from envfence.literals.offsets import line_end

_BODY = re.compile(  # behind the first empty line, up to ###
    r"^(?:(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|GRAPHQL|WEBSOCKET|GRPC)[ \t]|https?://)[^\n]*+\n"
    r"(?:[^\S\n]*+\S[^\n]*+\n)*+[^\S\n]*+\n(?P<body>(?:(?!###)[^\n]*+\n)*+(?:(?!###)[^\n]++)?+)",
    re.MULTILINE,
)
_IS_COMMENT = re.compile(r"[ \t]*+(?:#|//)")


def on_lines(text: str, path: str, lines: Spans, wanted: object) -> list[Literal]:
    """Return the literals on these lines."""
    bodies = [body.span("body") for body in _BODY.finditer(text)]
    return [literal for start, end in lines for literal in _between(text, start, end, bodies)]


def _between(text: str, start: int, end: int, bodies: Spans) -> Iterator[Literal]:
    while start < end:
        stop = min(end, line_end(text, start))
        is_comment = _IS_COMMENT.match(text, text.rfind("\n", 0, start) + 1, stop)
        role = DOC if is_comment else SHOWN if is_likely(bodies, start, stop) else VALUE
        for literal in prose.everything(text, start, stop, role):
            # Where a request goes whose first line names no host: no header as in a program.
            yield literal._replace(name="host") if literal.name == "Host" else literal
        start = stop + 1
