"""Technical indicators of a series of closing prices: pure functions, one value or None for each day.

None stands for the days of warm-up. Seeds and smoothing are those of TA-Lib, and so are the results.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import fsum, sqrt
from typing import NamedTuple

Series = list[float | None]


class Macd(NamedTuple):
    """Moving average convergence and divergence."""

    line: Series
    signal: Series
    histogram: Series


class Bands(NamedTuple):
    """Bollinger bands: the mean, and ``width`` standard deviations around it."""

    upper: Series
    middle: Series
    lower: Series


def sma(values: Sequence[float], period: int) -> Series:
    """Return the simple moving average."""
    return [fsum(window) / period if window else None for window in _windows(values, period)]


def ema(values: Sequence[float], period: int, start: int = 0) -> Series:
    """Return the exponential moving average, whose seed is the mean of ``period`` values from ``start`` on."""
    first = start + period - 1
    if len(values) <= first:
        return [None] * len(values)
    weight = 2 / (period + 1)
    average = fsum(values[start : first + 1]) / period
    result: Series = [*[None] * first, average]
    for value in values[first + 1 :]:
        average += weight * (value - average)
        result.append(average)
    return result


def rsi(values: Sequence[float], period: int) -> Series:
    """Return the relative strength index after Wilder, from 0 to 100; 0 where nothing ever moved."""
    if len(values) <= period:
        return [None] * len(values)
    changes = [after - before for before, after in pairwise(values)]
    gain = fsum(change for change in changes[:period] if change > 0) / period
    loss = -fsum(change for change in changes[:period] if change < 0) / period
    result: Series = [*[None] * period, _strength(gain, loss)]
    for change in changes[period:]:
        gain = (gain * (period - 1) + max(change, 0.0)) / period
        loss = (loss * (period - 1) + max(-change, 0.0)) / period
        result.append(_strength(gain, loss))
    return result


def macd(values: Sequence[float], fast: int, slow: int, signal: int) -> Macd:
    """Return the difference of two exponential averages, its own average, and the difference of these."""
    # TA-Lib lets both averages begin on one day, so the fast one is seeded late.
    pairs = zip(ema(values, fast, start=slow - fast), ema(values, slow), strict=True)
    line = [one - other for one, other in pairs if one is not None and other is not None]
    averaged = ema(line, signal)
    warm_up: Series = [None] * min(slow - 1, len(values))
    histogram = [None if mean is None else value - mean for value, mean in zip(line, averaged, strict=True)]
    shown = [None if mean is None else value for value, mean in zip(line, averaged, strict=True)]
    return Macd(warm_up + shown, warm_up + averaged, warm_up + histogram)


def bollinger(values: Sequence[float], period: int, width: float) -> Bands:
    """Return the moving average with a band of ``width`` population standard deviations on each side."""
    middle = sma(values, period)
    reach = [
        None if mean is None else width * sqrt(fsum((value - mean) ** 2 for value in window) / period)
        for window, mean in zip(_windows(values, period), middle, strict=True)
    ]
    pairs = list(zip(middle, reach, strict=True))
    upper = [None if mean is None or extent is None else mean + extent for mean, extent in pairs]
    lower = [None if mean is None or extent is None else mean - extent for mean, extent in pairs]
    return Bands(upper, middle, lower)


def table(closes: Sequence[float]) -> dict[str, Series]:
    """Return every indicator that is stored, by the name of its column."""
    convergence = macd(closes, fast=12, slow=26, signal=9)
    bands = bollinger(closes, period=20, width=2)
    return {
        "sma_20": bands.middle,
        "sma_60": sma(closes, 60),
        "ema_12": ema(closes, 12),
        "ema_26": ema(closes, 26),
        "rsi_14": rsi(closes, 14),
        "macd": convergence.line,
        "macd_signal": convergence.signal,
        "macd_histogram": convergence.histogram,
        "bollinger_upper": bands.upper,
        "bollinger_middle": bands.middle,
        "bollinger_lower": bands.lower,
    }


def _windows(values: Sequence[float], period: int) -> list[Sequence[float]]:
    return [values[end - period : end] if end >= period else () for end in range(1, len(values) + 1)]


def _strength(gain: float, loss: float) -> float:
    return 100 * gain / (gain + loss) if gain + loss else 0.0
