"""Values as texts that are equal where the values are; they never leave the trial."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterable

_PLAIN = (str, bytes, int, float, type(None))
OTHERS: set[str] = set()  # words that name other environments than that of the trial
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def shown(value: object) -> str:
    """Return a value so that equal ones are equal texts. Folders of the project and places in memory are no part."""
    one = cast("Any", value)
    if isinstance(value, dict):
        pairs = cast("dict[object, object]", value).items()
        return "{" + ", ".join(f"{shown(key)}: {shown(item)}" for key, item in pairs) + "}"
    if isinstance(value, (set, frozenset)):
        return f"[{', '.join(sorted(map(shown, one)))}]"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(shown, one))}]"
    if isinstance(value, _PLAIN):
        return _ADDRESS.sub("", repr(value).replace(os.getcwd(), "<root>"))
    if isinstance(value, os.PathLike):
        return shown(cast("object", os.fspath(one)))
    if hasattr(type(value), "get_secret_value"):
        return shown(one.get_secret_value())
    return f"<{getattr(one, 'name_', '') if is_stand_in(value) else type(value).__name__}>"


def is_of_another(name: object) -> bool:
    """Tell whether a name is that of another environment: `prod-eu`, `StagingConfig`."""
    return isinstance(name, str) and not OTHERS.isdisjoint(map(str.lower, _WORD.findall(name)))


def own(value: object) -> object:
    """Return a value without what tables of environments have for others: each of them reads its own file."""
    if not isinstance(value, dict):
        return value
    pairs = cast("dict[object, object]", value).items()
    return {key: own(item) for key, item in pairs if not is_of_another(key)}


def is_stand_in(value: object) -> bool:
    """Tell whether a value stands for one of a client."""
    return "name_" in getattr(value, "__dict__", {})


def is_plain(value: object) -> bool:
    """Tell whether a text says all of a value."""
    if isinstance(value, dict):
        return all(map(is_plain, [*cast("dict[object, object]", value), *cast("dict[object, object]", value).values()]))
    if isinstance(value, (list, tuple, set, frozenset)):
        return all(map(is_plain, cast("Iterable[object]", value)))
    return isinstance(value, (*_PLAIN, os.PathLike)) or hasattr(type(value), "get_secret_value")
