"""Bytes to literals: every constant of a file with the context that says what it is for."""

from typing import NamedTuple

HOLE = "\ufffc"  # stands in a value where the file interpolates something: f"{x}", ${X}, {{ x }}, %s

# What the file does with a literal.
VALUE = "value"  # it is the value: assigned, passed, listed
DEFAULT = "default"  # it is used when nothing else is given: getenv("X", it), `or it`, ${X:-it}, a parameter's default
COMPARED = "compared"  # it is tested against: ==, in, startswith, assert
SHOWN = "shown"  # a person reads it: print, logging, an exception's text
DOC = "doc"  # a comment, a docstring, prose, help=, an example in the description of an API


class Literal(NamedTuple):
    """One constant with its context.

    ``value`` is the text the program sees, with HOLE for each interpolation. ``start`` and ``end`` are offsets into
    the decoded file, in code points, quotes included. ``name`` is what it is bound to: a variable, a key, a keyword
    argument, a parameter, an environment variable's name; "" if nothing. ``path`` holds the enclosing names, outermost
    first: YAML keys, a dict's name, a class. ``call`` is the dotted callee that it is an argument of, and ``argument``
    the keyword or the position ("0", "1", ...) there. ``quoted`` tells a string from a bare word or number.
    """

    value: str
    start: int
    end: int
    name: str = ""
    path: tuple[str, ...] = ()
    call: str = ""
    argument: str = ""
    role: str = VALUE
    quoted: bool = True
