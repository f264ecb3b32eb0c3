"""Windows

A window includes its first and its last day, and moves with `as_of`. The last n months begin n months before the day
after `as_of`.
"""

from datetime import date

import pytest

from domain.periods import Period, add_months, last_months, months_back, quarter_of

from .conftest import FigureOf


@pytest.mark.parametrize(
    ("day", "months", "moved"),
    [
        ("2016-08-31", 6, "2017-02-28"),
        ("2015-08-31", 6, "2016-02-29"),
        ("2016-08-30", 6, "2017-02-28"),
        ("2016-02-29", 12, "2017-02-28"),
        ("2016-02-29", 6, "2016-08-29"),
        ("2017-03-31", -1, "2017-02-28"),
        ("2016-12-15", 1, "2017-01-15"),
        ("1998-02-28", 216, "2016-02-28"),
        ("1996-02-29", 216, "2014-02-28"),
    ],
)
def test_months_are_clamped(day: str, months: int, moved: str) -> None:
    """A day moved by months is held back to the last day of its month."""
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(moved)


@pytest.mark.parametrize(
    ("as_of", "first_day", "last_day"),
    [
        ("2017-07-31", "2016-08-01", "2017-07-31"),
        ("2017-02-28", "2016-03-01", "2017-02-28"),
        ("2016-02-29", "2015-03-01", "2016-02-29"),
        ("2016-02-28", "2015-02-28", "2016-02-28"),
        ("2017-07-15", "2016-07-16", "2017-07-15"),
    ],
)
def test_the_last_12_months(as_of: str, first_day: str, last_day: str) -> None:
    """The last 12 months at the end of a month are whole months."""
    period = Period(date.fromisoformat(first_day), date.fromisoformat(last_day))
    assert last_months(date.fromisoformat(as_of), 12) == period


@pytest.mark.parametrize(
    ("as_of", "start", "end", "first_day", "last_day"),
    [
        ("2016-12-31", 12, 6, "2016-01-01", "2016-06-30"),
        ("2017-02-28", 12, 6, "2016-03-01", "2016-08-31"),
        ("2017-08-30", 12, 6, "2016-08-31", "2017-02-27"),
        ("2017-08-31", 12, 6, "2016-09-01", "2017-02-28"),
        ("2017-07-31", 18, 6, "2016-02-01", "2017-01-31"),
    ],
)
def test_a_window_further_back(as_of: str, start: int, end: int, first_day: str, last_day: str) -> None:
    """A window from a to b months back ends on the day before its far end, moved as its beginning is."""
    period = Period(date.fromisoformat(first_day), date.fromisoformat(last_day))
    assert months_back(date.fromisoformat(as_of), start, end) == period


@pytest.mark.parametrize(
    ("day", "quarter"),
    [("2016-10-01", "Q3 2016/17"), ("2016-12-31", "Q3 2016/17"), ("2017-01-01", "Q4 2016/17"),
     ("2017-03-31", "Q4 2016/17"), ("2017-04-01", "Q1 2017/18"), ("2000-03-31", "Q4 1999/00")],
)  # fmt: skip
def test_quarters_are_the_councils(day: str, quarter: str) -> None:
    """Quarters are the council's, and are written as it writes them."""
    assert quarter_of(date.fromisoformat(day)) == quarter


@pytest.mark.parametrize(
    ("measure", "exited", "counts"),
    [
        ("4.0", "2016-07-31", (0, 0)),
        ("4.0", "2016-08-01", (1, 1)),
        ("4.0", "2017-07-31", (1, 1)),
        ("4.0", "2017-08-01", (0, 1)),
        ("1.0", "2016-01-31", (0, 0)),
        ("1.0", "2016-02-01", (1, 1)),
        ("1.0", "2017-01-31", (1, 1)),
        ("1.0", "2017-02-01", (0, 1)),
        ("5.0", "2016-07-31", (0, 0)),
        ("5.0", "2016-08-01", (0, 1)),
        ("5.0", "2017-01-31", (0, 1)),
        ("5.0", "2017-02-01", (0, 0)),
        ("5.0u", "2017-01-31", (0, 0)),
        ("5.0u", "2017-02-01", (0, 1)),
        ("5.0u", "2017-07-31", (0, 1)),
        ("T.exit", "2017-04-30", (0, 0)),
        ("T.exit", "2017-05-01", (0, 1)),
        ("T.exit", "2017-07-31", (0, 1)),
        ("N.exits", "2016-07-31", (0, 0)),
        ("N.exits", "2016-08-01", (1, 1)),
        ("N.exits", "2017-07-31", (1, 1)),
        ("N.exits", "2017-08-01", (0, 0)),
        ("N.open", "2017-07-31", (0, 0)),
        ("N.open", "2017-08-01", (1, 1)),
    ],
)
def test_the_day_of_the_discharge_at_both_ends(
    figure_of: FigureOf, measure: str, exited: str, counts: tuple[int, int]
) -> None:
    """Where a discharge lies decides by which windows it is seen, as of 31 July 2017.

    A journey that ended on the first or the last day of a window is in it. One discharged after `as_of` is open.
    """
    history = f"""
        client | event   | occurred_on | detail
        Ann    | started | 2015-01-05  | opiate
        Ann    | exited  | {exited}    | 80
    """
    assert figure_of(history, measure=measure).counts == counts


@pytest.mark.parametrize(
    ("measure", "started", "counts"),
    [
        ("4.0", "2017-07-31", (0, 1)),
        ("4.0", "2017-08-01", (0, 0)),
        ("1.0", "2017-01-31", (0, 1)),
        ("1.0", "2017-02-01", (0, 0)),
        ("N.new", "2016-07-31", (0, 0)),
        ("N.new", "2016-08-01", (1, 1)),
        ("N.new", "2017-07-31", (1, 1)),
        ("N.new", "2017-08-01", (0, 0)),
        ("N.open", "2017-07-31", (1, 1)),
        ("N.open", "2017-08-01", (0, 0)),
        ("N.treatment", "2017-07-31", (1, 1)),
        ("N.treatment", "2017-08-01", (0, 0)),
        ("T.start", "2017-04-30", (0, 0)),
        ("T.start", "2017-05-01", (0, 1)),
        ("T.start", "2017-07-31", (0, 1)),
        ("T.start", "2017-08-01", (0, 0)),
        ("W.started", "2017-04-30", (0, 0)),
        ("W.started", "2017-05-01", (0, 1)),
        ("W.offered", "2017-07-31", (0, 1)),
        ("W.offered", "2017-08-01", (0, 0)),
    ],
)
def test_the_day_of_the_start_at_both_ends(
    figure_of: FigureOf, measure: str, started: str, counts: tuple[int, int]
) -> None:
    """Where a start lies decides by which windows it is seen, as of 31 July 2017."""
    history = f"""
        client | event   | occurred_on | detail
        Ann    | started | {started}   | opiate
    """
    assert figure_of(history, measure=measure).counts == counts


@pytest.mark.parametrize(
    ("as_of", "counts"),
    [("2016-08-30", (0, 1)), ("2016-08-31", (1, 1)), ("2017-08-30", (1, 1)), ("2017-08-31", (0, 0))],
)
def test_a_month_end_stays_a_month_end(figure_of: FigureOf, as_of: str, counts: tuple[int, int]) -> None:
    """A discharge on 31 August leaves the last 12 months on the next 31 August, not a day before or after."""
    history = """
        client | event   | occurred_on | detail
        Ann    | started | 2015-01-05  | opiate
        Ann    | exited  | 2016-08-31  | 80
    """
    assert figure_of(history, as_of=as_of).counts == counts


@pytest.mark.parametrize(
    ("as_of", "counts"),
    [("2016-02-29", (1, 1)), ("2017-02-27", (1, 1)), ("2017-02-28", (0, 0)), ("2017-03-01", (0, 0))],
)
def test_29_february(figure_of: FigureOf, as_of: str, counts: tuple[int, int]) -> None:
    """A discharge on 29 February is in the last 12 months up to 27 February: at the 28th they begin on 1 March."""
    history = """
        client | event   | occurred_on | detail
        Ann    | started | 2015-01-05  | opiate
        Ann    | exited  | 2016-02-29  | 80
    """
    assert figure_of(history, as_of=as_of).counts == counts
