"""On which days an alert goes off."""

from datetime import date, timedelta

import pytest

from app.alerts import Event, events

DAYS = [date(2025, 10, 6) + timedelta(days=ahead) for ahead in range(5)]


@pytest.mark.parametrize(
    ("kind", "values", "crossed"),
    (
        pytest.param("price_above", (9, 11, 12, 9, 11), (1, 4), id="rises twice"),
        pytest.param("price_above", (11, 12, 13, 14, 15), (), id="above from the start"),
        pytest.param("price_above", (9, 10, 10, 10, 9), (), id="only reaches it"),
        pytest.param("price_above", (9, 10, 11, 12, 13), (2,), id="rises from the threshold itself"),
        pytest.param("price_below", (11, 10, 9, 8, 11), (2,), id="falls once"),
        pytest.param("rsi_above", (None, None, 11, 9, 11), (4,), id="warm-up crosses nothing"),
        pytest.param("rsi_below", (11, None, 9, 8, 7), (), id="a day without a value crosses nothing"),
    ),
)
def test_goes_off_where_the_threshold_is_crossed(kind, values, crossed):
    series = {"close" if kind.startswith("price") else "rsi_14": values}

    assert list(events(kind, 10, DAYS, series)) == [Event(DAYS[number], values[number]) for number in crossed]
