"""Re-presentations

`5.0` to `5.3`: adults with a successful completion 12 to 6 months back, by the latest such, whose group decides;
counted if another journey, of any group, starts on `x` with `end <= x < add_months(end, 6)`. The `u` figures ask the
same of the last 6 months, before all of their cohort have had their six months.
"""

import pytest

from .conftest import FigureOf

ON_BOTH_DATABASES = True


@pytest.mark.parametrize(
    ("completed", "returned", "counts"),
    [
        ("2016-09-15", "2016-10-06", (0, 0)),
        ("2016-09-15", "2016-10-07", (1, 1)),
        ("2016-09-15", "2017-03-14", (1, 1)),
        ("2016-09-15", "2017-03-15", (0, 1)),
        ("2016-09-15", "2017-03-16", (0, 1)),
        ("2016-08-31", "2017-02-27", (1, 1)),
        ("2016-08-31", "2017-02-28", (0, 1)),
        ("2016-08-29", "2017-02-28", (0, 1)),
        ("2016-08-28", "2017-02-27", (1, 1)),
        ("2016-12-31", "2017-06-29", (1, 1)),
        ("2016-12-31", "2017-06-30", (0, 1)),
        ("2017-01-31", "2017-07-30", (1, 1)),
        ("2017-01-31", "2017-07-31", (0, 1)),
    ],
)
def test_the_six_months(figure_of: FigureOf, completed: str, returned: str, counts: tuple[int, int]) -> None:
    """A return up to the day before six months have passed is a re-presentation; the day itself is none.

    Six months after 31 August are 28 February. Within 21 days it is the same journey, which has not ended.
    """
    history = f"""
        client | episode | event   | occurred_on | detail
        Ann    | 1       | started | 2016-03-01  | opiate
        Ann    | 1       | exited  | {completed} | 80
        Ann    | 2       | started | {returned}  | opiate
    """
    assert figure_of(history, measure="5.0").counts == counts


@pytest.mark.parametrize(
    ("completed", "returned", "counts"), [("2015-08-31", "2016-02-28", (1, 1)), ("2015-08-31", "2016-02-29", (0, 1))]
)
def test_six_months_that_end_on_29_february(
    figure_of: FigureOf, completed: str, returned: str, counts: tuple[int, int]
) -> None:
    """In a leap year six months after 31 August are 29 February."""
    history = f"""
        client | episode | event   | occurred_on | detail
        Ann    | 1       | started | 2015-03-01  | opiate
        Ann    | 1       | exited  | {completed} | 80
        Ann    | 2       | started | {returned}  | opiate
    """
    assert figure_of(history, measure="5.0", as_of="2016-03-31").counts == counts


def test_the_completions_group_decides_and_the_return_is_of_any(figure_of: FigureOf) -> None:
    """The group of the completion decides which figure it is in; the return may be of any group."""
    history = """
        client | episode | event   | occurred_on | detail
        Ann    | 1       | started | 2016-03-01  | opiate
        Ann    | 1       | exited  | 2016-10-15  | 80
        Ann    | 2       | started | 2016-12-01  | none
    """
    assert figure_of(history, measure="5.0").counts == (1, 1)
    for measure in ("5.1", "5.2", "5.3"):
        assert figure_of(history, measure=measure).counts == (0, 0)


def test_the_latest_completion_of_any_group(figure_of: FigureOf) -> None:
    """Each person counts once, by the completion in the window that ended last, of whatever group."""
    history = """
        client | episode | event   | occurred_on | detail
        Ann    | 1       | started | 2016-06-01  | opiate
        Ann    | 1       | exited  | 2016-08-15  | 80
        Ann    | 2       | started | 2016-10-01  | alcohol
        Ann    | 2       | exited  | 2017-01-15  | 81
    """
    assert figure_of(history, measure="5.0").counts == (0, 0)
    assert figure_of(history, measure="5.2").counts == (0, 1)
    assert figure_of(history, measure="5.0", as_of="2016-12-31").counts == (0, 0)
    assert figure_of(history, measure="5.0", as_of="2017-02-15").counts == (1, 1)


def test_an_unsuccessful_journey_in_between(figure_of: FigureOf) -> None:
    """A later journey that ended otherwise is no completion: the person counts by the success before it."""
    history = """
        client | episode | event   | occurred_on | detail
        Ann    | 1       | started | 2016-06-01  | opiate
        Ann    | 1       | exited  | 2016-08-15  | 80
        Ann    | 2       | started | 2016-10-01  | opiate
        Ann    | 2       | exited  | 2017-01-15  | 85
    """
    assert figure_of(history, measure="5.0").counts == (1, 1)


def test_a_completion_without_a_group_is_none(figure_of: FigureOf) -> None:
    """A completion that cites no drug is no completion of some group: the one before it decides."""
    history = """
        client | episode | event   | occurred_on | detail
        Ann    | 1       | started | 2016-06-01  | opiate
        Ann    | 1       | exited  | 2016-08-15  | 80
        Ann    | 2       | started | 2016-10-01  | none
        Ann    | 2       | exited  | 2017-01-15  | 80
    """
    assert figure_of(history, measure="5.0").counts == (1, 1)


def test_a_return_counts_from_its_triage_once_treated(figure_of: FigureOf) -> None:
    """A return counts from its triage, once its first structured intervention has started."""
    history = """
        client | episode | event        | occurred_on | detail
        Ann    | 1       | started      | 2016-03-01  | opiate
        Ann    | 1       | exited       | 2016-12-15  | 80
        Ann    | 2       | triaged      | 2017-06-14  | opiate
        Ann    | 2       | intervention | 2017-06-20  |
    """
    assert figure_of(history, measure="5.0", as_of="2017-06-19").counts == (0, 1)
    assert figure_of(history, measure="5.0", as_of="2017-06-20").counts == (1, 1)


@pytest.mark.parametrize(
    ("as_of", "counts", "immature"),
    [
        ("2017-02-14", (0, 0), ()),
        ("2017-02-15", (0, 1), ("Ann",)),
        ("2017-04-30", (0, 1), ("Ann",)),
        ("2017-05-01", (1, 1), ("Ann",)),
        ("2017-08-13", (1, 1), ("Ann",)),
        ("2017-08-14", (1, 1), ()),
        ("2017-08-15", (0, 0), ()),
    ],
)
def test_not_lagged_figures_are_immature(
    figure_of: FigureOf, as_of: str, counts: tuple[int, int], immature: tuple[str, ...]
) -> None:
    """A completion of the last 6 months is immature until the day before its six months have passed.

    Completed on 15 February 2017: as of 14 August every day on which a return would count has been seen.
    """
    history = """
        client | episode | event   | occurred_on | detail
        Ann    | 1       | started | 2016-03-01  | opiate
        Ann    | 1       | exited  | 2017-02-15  | 80
        Ann    | 2       | started | 2017-05-01  | opiate
    """
    answer = figure_of(history, measure="5.0u", as_of=as_of)
    assert (answer.counts, answer.immature) == (counts, immature)


@pytest.mark.parametrize(("as_of", "immature"), [("2017-02-26", ("Ann",)), ("2017-02-27", ())])
def test_month_ends_mature_together(figure_of: FigureOf, as_of: str, immature: tuple[str, ...]) -> None:
    """Six months after 31 August are 28 February: as of 27 February they have passed."""
    history = """
        client | event   | occurred_on | detail
        Ann    | started | 2016-03-01  | opiate
        Ann    | exited  | 2016-08-31  | 80
    """
    assert figure_of(history, measure="5.0u", as_of=as_of).immature == immature


def test_of_all_in_treatment_is_a_variant(figure_of: FigureOf) -> None:
    """Appendix C words 5.x as "of all in treatment": a variant of the definition."""
    history = """
        client | episode | event   | occurred_on | detail
        Ann    | 1       | started | 2016-03-01  | opiate
        Ann    | 1       | exited  | 2016-12-15  | 80
        Ann    | 2       | started | 2017-05-01  | opiate
        Bob    | 1B      | started | 2016-03-01  | opiate
    """
    assert figure_of(history, measure="5.0").counts == (1, 1)
    assert figure_of(history, measure="5.0", definition="1-of-all").cohort == ("Ann", "Bob")
