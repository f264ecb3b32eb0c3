"""Windows as tables over all days are the windows of the calendar, day for day, and can be read backwards."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import periods
from domain.measures.calendar import add_months, months_back, six_months_later

DAYS = np.arange(date(2003, 1, 1).toordinal(), date(2025, 1, 1).toordinal())
"""Six leap years, and every end of a month."""


@pytest.mark.parametrize(("start", "end"), [(18, 6), (12, 0), (12, 6), (6, 0), (3, 0)])
def test_windows_are_those_of_the_calendar(start: int, end: int) -> None:
    window = months_back(start, end)
    tables = zip(window.first.on(DAYS).tolist(), (window.after.on(DAYS) - 1).tolist(), strict=True)
    by_day = (periods.months_back(date.fromordinal(day), start, end) for day in DAYS.tolist())
    assert list(tables) == [(p.first_day.toordinal(), p.last_day.toordinal()) for p in by_day]


def test_months_are_added_as_by_the_calendar() -> None:
    expected = [periods.add_months(date.fromordinal(day), 6).toordinal() for day in DAYS.tolist()]
    assert add_months(DAYS, 6).tolist() == six_months_later(DAYS).tolist() == expected


@given(st.sampled_from([(18, 6), (12, 0), (6, 0), (3, 0)]), st.dates(date(1990, 1, 1), date(2060, 1, 1)))
def test_an_edge_passes_a_day_on_the_first_day_on_which_it_lies_after_it(months: tuple[int, int], day: date) -> None:
    for edge in (months_back(*months).first, months_back(*months).after):
        own = day.toordinal()
        passes = edge.first_past_day(own)
        before, on = edge.on(np.array([passes - 1, passes])).tolist()
        assert before <= own < on
