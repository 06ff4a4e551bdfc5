"""What a string itself says is used when nothing is given: in a placeholder, in a field's tag, in an interpolation."""

import re

from envfence.literals import DEFAULT, DOC, SHOWN, Literal
from envfence.literals.context import place
from envfence.literals.holes import filled
from envfence.literals.languages import JAVA, JAVASCRIPT, PYTHON
from envfence.literals.offsets import shifted
from envfence.literals.tokens import Code, read

# What is computed inside a string, where that holds a string or a number: f"{getenv('X', 'y')}", `${port || 5432}`.
_COMPUTED = re.compile(r"\{([^{}\n]*(?:[\"']|\d{4})[^{}\n]*)\}")
_PORT = re.compile(r"(?<![\w.-])\d{4,5}(?![\w.-])")


def inside(code: Code, start: int, end: int) -> list[Literal]:
    """Return the defaults inside the string, its quotes included, at these offsets."""
    if code.syntax is JAVA:  # @Value("${name:default}"); Kotlin writes \\$
        return shifted(filled(code.text[start + 1 : end - 1].replace("\\$", " $"), 0, end - start - 2)[1], start + 1)
    if code.syntax.tags and code.text.startswith("`", start):
        from envfence.literals import tags

        return list(tags.defaults(code.text, start, end))
    return _computed(code, start, end) if computes(code, start) else []


def computes(code: Code, start: int) -> bool:
    """Return whether the string is an f-string of Python, or a template of JavaScript."""
    if code.syntax is JAVASCRIPT:
        return code.text.startswith("`", start)
    prefix = code.text[max(0, start - 2) : start].lower()
    return code.syntax is PYTHON and "f" in prefix.lstrip("=( ,[") and prefix[-1:] in "fr"


def _computed(code: Code, start: int, end: int) -> list[Literal]:
    found: list[Literal] = []
    if "{" not in code.text[start:end] or place(code, start, end).role in (SHOWN, DOC):
        return found
    for part in _COMPUTED.finditer(code.text, start, end):
        inner = read(part[1], code.syntax)
        strings = ((one.start, one.end) for one in inner.tokens if not one.is_comment)
        uses = [place(inner, first, last, part[1][first + 1 : last - 1]) for first, last in strings]
        uses += [place(inner, *port.span(), port[0], quoted=False) for port in _PORT.finditer(inner.bare)]
        found += shifted((use for use in uses if use.role == DEFAULT), part.start(1))
    return found
