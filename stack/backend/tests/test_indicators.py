"""Every indicator beside TA-Lib's, on prices of several sizes, and on series too short to say anything."""

import math
import random

import numpy as np
import pytest
import talib

from app import indicators


def walk(length, start):
    chance = random.Random(start)  # the same prices in every run
    closes = [start]
    while len(closes) < length:
        closes.append(round(closes[-1] * math.exp(chance.gauss(0, 0.02)), 2))
    return closes


def reference(closes):
    values = np.array(closes, dtype=float)
    line, signal, histogram = talib.MACD(values, 12, 26, 9)
    upper, middle, lower = talib.BBANDS(values, 20, 2, 2)
    return {
        "sma_20": talib.SMA(values, 20),
        "sma_60": talib.SMA(values, 60),
        "ema_12": talib.EMA(values, 12),
        "ema_26": talib.EMA(values, 26),
        "rsi_14": talib.RSI(values, 14),
        "macd": line,
        "macd_signal": signal,
        "macd_histogram": histogram,
        "bollinger_upper": upper,
        "bollinger_middle": middle,
        "bollinger_lower": lower,
    }


def as_talib(series):
    return pytest.approx([math.nan if value is None else value for value in series], rel=1e-9, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("start", (0.5, 37.0, 180.0, 71_500.0), ids=("pennies", "tens", "hundreds", "won"))
@pytest.mark.parametrize("length", (1, 13, 14, 15, 19, 20, 26, 33, 34, 60, 250, 1000))
def test_equals_talib_from_the_first_day_on(start, length):
    closes = walk(length, start)

    expected = reference(closes)
    actual = indicators.table(closes)

    assert list(actual) == list(expected)
    for name, series in actual.items():
        assert list(expected[name]) == as_talib(series), name


@pytest.mark.parametrize(
    ("closes", "strength"),
    (
        pytest.param([float(day) for day in range(1, 40)], 100.0, id="only up"),
        pytest.param([float(day) for day in range(40, 1, -1)], 0.0, id="only down"),
        pytest.param([5.0] * 40, 0.0, id="never moved"),
    ),
)
def test_rsi_stays_in_its_range(closes, strength):
    assert indicators.table(closes)["rsi_14"][-1] == strength == talib.RSI(np.array(closes), 14)[-1]


def test_bands_of_a_constant_price_have_no_width():
    table = indicators.table([5.0] * 20)

    assert [table[f"bollinger_{band}"][-1] for band in ("upper", "middle", "lower")] == [5.0, 5.0, 5.0]


def test_no_prices_give_no_indicators():
    assert set(map(len, indicators.table([]).values())) == {0}
