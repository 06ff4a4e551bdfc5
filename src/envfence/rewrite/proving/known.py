"""What an expression of Python gives, as far as that can be told without running anything."""

from collections.abc import Mapping, Sequence
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
    if "**" in named or any(isinstance(value, Computed | Mixed) for value in (*given, *named.values())):
        return Computed(("format", template, repr(given), repr(named)))
    try:
        return template.format(*given, **named)
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        raise UnknownError from error


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
