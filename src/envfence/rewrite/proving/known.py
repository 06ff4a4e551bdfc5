"""What an expression of Python gives, as far as that can be told without running anything."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from string import Formatter
from typing import Any, cast


class UnknownError(Exception):
    """An expression whose value cannot be told."""


class Secret(str):
    """The value of a SecretStr."""

    __slots__ = ()


class Computed(tuple[str, ...]):
    """What a piece of code gives that nobody has run; equal code gives equal values."""

    __slots__ = ()


class Mixed(tuple[Any, ...]):
    """A text of constants and computed pieces."""

    __slots__ = ()


def filled(template: str, given: Any) -> Any:
    """Return what `%` makes of a text, as far as it is known."""
    values: tuple[Any, ...] = (given,)
    if isinstance(given, tuple) and not isinstance(given, Computed | Mixed):
        values = tuple(cast("Sequence[Any]", given))
    if any(isinstance(value, Computed | Mixed) for value in values):
        return Computed(("%", template, repr(values)))
    try:
        return template % values
    except (TypeError, ValueError) as error:
        raise UnknownError from error


def formatted(template: str, given: Sequence[Any], named: Mapping[str, Any]) -> Any:
    """Return what `format` makes of a text, as far as it is known."""
    try:
        pieces = plain_pieces(template, given, named)
        return mixed([one if isinstance(one, Computed | Mixed) else str(one) for one in pieces])
    except (ValueError, LookupError):
        pass  # a field that no f-string has, or an argument that is not known
    if "**" in named or any(isinstance(value, Computed | Mixed) for value in (*given, *named.values())):
        return Computed(("format", template, repr(given), repr(named)))
    try:
        return template.format(*given, **named)
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        raise UnknownError from error


def plain_pieces(template: str, given: Sequence[Any], named: Mapping[str, Any]) -> Iterator[Any]:
    """Yield texts and arguments that `format` puts together as an f-string does.

    Raise ValueError for a field with more than the place or the name of its argument, LookupError for one without any.
    """
    numbers = count()
    for text, field, spec, conversion in Formatter().parse(template):
        yield text
        if field is None:
            continue
        if spec or conversion or not (field.isidentifier() or field.isdigit() or field == ""):
            raise ValueError("an f-string would show it otherwise")
        yield named[field] if field.isidentifier() else given[int(field or next(numbers))]


def is_text(value: Any) -> bool:
    """Tell whether a value is a text, be it in part."""
    return isinstance(value, str | Mixed)


def mixed(pieces: Sequence[Any]) -> Any:
    """Return pieces as one text, or as few as possible where some are computed."""
    flat: list[Any] = []
    for piece in pieces:
        for one in piece if isinstance(piece, Mixed) else (piece,):
            if flat and isinstance(one, str) and isinstance(flat[-1], str):
                flat[-1] += one
            elif one != "":
                flat.append(one)
    if all(isinstance(one, str) for one in flat):
        return "".join(flat)
    return Mixed(flat)
