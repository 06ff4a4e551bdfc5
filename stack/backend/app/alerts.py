"""When an alert goes off."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple, get_args

Kind = Literal["price_above", "price_below", "rsi_above", "rsi_below"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Series = Sequence[float | None]


class Event(NamedTuple):
    """The day on which a value crossed the threshold, and the value."""

    day: date
    value: float


def events(kind: str, threshold: float, days: Sequence[date], series: Mapping[str, Series]) -> Iterator[Event]:
    """Yield the days on which the series that is watched crosses ``threshold``: beyond it now, not on the day before.

    ``series`` has the closing prices as ``close`` and the relative strength as ``rsi_14``, one value for each of
    ``days``, which ascend; None is a day without one. The first value of all crosses nothing: nobody
    knows where it came from.
    """
    watched = series["close" if kind.startswith("price") else "rsi_14"]
    is_beyond = _beyond(kind, threshold)
    before: float | None = None
    for day, value in zip(days, watched, strict=True):
        if value is not None and before is not None and is_beyond(value) and not is_beyond(before):
            yield Event(day, value)
        before = value


def _beyond(kind: str, threshold: float) -> Callable[[float], bool]:
    if kind.endswith("above"):
        return lambda value: value > threshold
    return lambda value: value < threshold
