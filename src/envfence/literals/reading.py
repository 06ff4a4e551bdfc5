"""Text to literals, by the reader of its kind: only what is needed for the file is loaded."""

from collections.abc import Callable
from importlib import import_module

from envfence.literals import Literal, candidates, embedded, windows
from envfence.literals.candidates import Spans
from envfence.literals.languages import reader_of
from envfence.literals.offsets import shifted

Wanted = Callable[[str, str], bool]

_BY_LINE = ("prose", "sql", "xml", "html", "notebook", "http", "clojure")  # these readers are told which lines to read


def literals_of(
    kind: str, path: str, text: str, lines: Spans, wanted: Wanted = lambda _value, _before: True
) -> list[Literal]:
    """Return the literals on the candidate lines of a file of this kind.

    ``wanted`` says whether a value is worth finding out what it is for, from what stands before it on its line.
    """
    kind = reader_of(path, kind)
    if kind == "code":
        from envfence.literals import code

        found = code.literals(text, path, lines, wanted)
        return [*found, *embedded.inner(text, found)]
    reader = import_module(f"envfence.literals.{kind}")
    read: list[Literal] = []
    if kind in _BY_LINE:
        read += reader.on_lines(text, path, lines, wanted)
        return read
    for first, last in windows.sections(text, path, kind, lines):
        inside = (candidates.inside(lines, first, last),) if kind == "yaml" else ()
        read += shifted(reader.literals(text[first:last], path, *inside), first)
    found = [literal for literal in read if candidates.is_likely(lines, literal.start, literal.end)]
    return [*found, *embedded.inner(text, found), *embedded.evident(text, lines, found)]
