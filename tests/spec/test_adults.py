"""Adults and young people

Adult in a window: the 18th birthday is on or before the later of the journey's start and the window's first day. The
KPIs count adults; asked for young people, the test is reversed.
"""

import pytest

from .conftest import FigureOf


@pytest.mark.parametrize(
    ("born", "adult"),
    [
        ("1998-08-31", True),
        ("1998-09-01", True),
        ("1998-09-02", False),
    ],
)
def test_the_18th_birthday_and_the_journeys_start(figure_of: FigureOf, born: str, adult: bool) -> None:
    """A journey that starts in the window: 18 on or before its first day is adult."""
    history = f"""
        client | event   | occurred_on | detail
        Ann    | started | 2016-09-01  | opiate born={born}
    """
    assert figure_of(history).cohort == (("Ann",) if adult else ())
    assert figure_of(history, young_people=True).cohort == (() if adult else ("Ann",))


@pytest.mark.parametrize(("as_of", "adult"), [("2017-07-30", False), ("2017-07-31", True), ("2017-08-01", True)])
def test_the_18th_birthday_and_the_windows_first_day(figure_of: FigureOf, as_of: str, adult: bool) -> None:
    """A journey that started before the window: 18 on or before the window's first day is adult.

    Born on 1 August 1998; the 12 months at 31 July 2017 begin on the 18th birthday.
    """
    history = """
        client | event   | occurred_on | detail
        Ann    | started | 2016-05-01  | opiate born=1998-08-01
    """
    assert figure_of(history, as_of=as_of).cohort == (("Ann",) if adult else ())
    assert figure_of(history, as_of=as_of, young_people=True).cohort == (() if adult else ("Ann",))


@pytest.mark.parametrize(("started", "adult"), [("2014-02-27", False), ("2014-02-28", True)])
def test_born_on_29_february(figure_of: FigureOf, started: str, adult: bool) -> None:
    """Whoever was born on 29 February turns 18 on 28 February where there is no 29th."""
    history = f"""
        client | event   | occurred_on | detail
        Ann    | started | {started}   | opiate born=1996-02-29
        Ann    | exited  | 2014-03-20  | 80
    """
    assert figure_of(history, as_of="2014-03-31").counts == ((1, 1) if adult else (0, 0))


def test_the_latest_journey_first_then_the_age(figure_of: FigureOf) -> None:
    """First the latest journey of all, then whether it is an adult's.

    Ann's latest journey in the window is an adult's, and she counts by it, not as a young person by her earlier one.
    """
    history = """
        client | episode | event   | occurred_on | detail
        Ann    | 1       | started | 2016-09-01  | opiate born=1999-01-01
        Ann    | 1       | exited  | 2016-10-01  | 80
        Ann    | 2       | started | 2017-02-01  | opiate
    """
    assert figure_of(history).counts == (0, 1)
    assert figure_of(history, young_people=True).counts == (0, 0)


def test_the_latest_completion_of_an_adult(figure_of: FigureOf) -> None:
    """For 5.x the age is asked of each completion: the latest completion of an adult, or of a young person."""
    history = """
        client | episode | event   | occurred_on | detail
        Ann    | 1       | started | 2016-08-02  | opiate born=1998-11-01
        Ann    | 1       | exited  | 2016-08-20  | 80
        Ann    | 2       | started | 2016-12-01  | opiate
        Ann    | 2       | exited  | 2017-01-10  | 80
    """
    assert figure_of(history, measure="5.0").counts == (0, 1)
    assert figure_of(history, measure="5.0", young_people=True).counts == (1, 1)


@pytest.mark.parametrize("measure", ["R.plan", "R.risk", "W.started", "W.offered", "N.treatment", "N.open", "N.new"])
def test_local_counts_are_of_all_ages(figure_of: FigureOf, measure: str) -> None:
    """`R.*`, `W.*` and `N.*` count all ages; asked for young people they count only those."""
    history = """
        client | event   | occurred_on | detail
        Ann    | started | 2017-06-01  | opiate born=2001-01-01
        Bob    | started | 2017-06-01  | opiate
    """
    assert figure_of(history, measure=measure).cohort == ("Ann", "Bob")
    assert figure_of(history, measure=measure, young_people=True).cohort == ("Ann",)


@pytest.mark.parametrize("measure", ["T.start", "E.effective"])
def test_local_measures_of_adults(figure_of: FigureOf, measure: str) -> None:
    """`T.*` and `E.*` count adults."""
    history = """
        client | event   | occurred_on | detail
        Ann    | started | 2017-05-01  | opiate born=2001-01-01
        Bob    | started | 2017-05-01  | opiate
    """
    assert figure_of(history, measure=measure).cohort == ("Bob",)
    assert figure_of(history, measure=measure, young_people=True).cohort == ("Ann",)
