"""`envfence env diff`: which keys several environments have, and which values are equal, without a value."""

from collections.abc import Mapping, Sequence


def difference(names: Sequence[str], values: Sequence[Mapping[str, str | None]], keys: Sequence[str]) -> list[str]:
    """Return the lines of a table: a key in each row, an environment in each column.

    In a row equal values have the same letter; `-` is a key that is not there, `empty` one without a value.
    """
    rows = [["", *names]]
    for key in keys:
        letters: dict[str, str] = {}
        rows.append([key, *(_cell(one.get(key), letters) for one in values)])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _cell(value: str | None, letters: dict[str, str]) -> str:
    if value is None:
        return "-"
    if not value:
        return "empty"
    return letters.setdefault(value, _letter(len(letters)))


def _letter(number: int) -> str:
    return chr(ord("a") + number) if number < 26 else f"{_letter(number // 26 - 1)}{_letter(number % 26)}"
