"""Standpoints: what had happened, and what was known

First fold everything submitted by `known_at`, whatever dates it carries; then keep what had occurred by `as_of`.
"""

import pytest

from .conftest import FigureOf

ON_BOTH_DATABASES = True

LATE_EXIT = """
    client | event   | occurred_on | known_on   | detail
    Ann    | started | 2016-09-01  | 2016-10-12 | opiate
    Ann    | exited  | 2017-03-31  | 2017-05-06 | 80
"""


@pytest.mark.parametrize(
    ("as_of", "known_at", "counts"),
    [
        ("2017-03-31", "2017-05-05", (0, 1)),
        ("2017-03-31", "2017-05-06", (1, 1)),
        ("2017-03-30", "2017-05-06", (0, 1)),
        ("2016-08-31", "2017-05-06", (0, 0)),
        ("2016-09-01", "2016-10-12", (0, 1)),
        ("2016-09-01", "2016-10-11", (0, 0)),
        ("2017-07-31", "2016-10-12", (0, 1)),
        ("2017-07-31", None, (1, 1)),
    ],
)
def test_an_exit_reported_late(figure_of: FigureOf, as_of: str, known_at: str | None, counts: tuple[int, int]) -> None:
    """An exit reported late changes what is known, not what was known.

    Every pair of days is answered, also `as_of` after `known_at`. Left out, `known_at` is the newest day of receipt.
    Before the first submission all is 0 of 0.
    """
    assert figure_of(LATE_EXIT, as_of=as_of, known_at=known_at).counts == counts


@pytest.mark.parametrize(
    ("as_of", "known_at", "counts"),
    [
        ("2017-06-10", "2017-06-05", (1, 1)),
        ("2017-06-10", "2017-07-05", (0, 1)),
        ("2017-06-19", "2017-07-05", (0, 1)),
        ("2017-06-20", "2017-07-05", (1, 1)),
        ("2017-05-30", "2017-06-05", (0, 1)),
        ("2017-05-31", "2017-06-05", (1, 1)),
    ],
)
def test_an_amended_exit(figure_of: FigureOf, as_of: str, known_at: str, counts: tuple[int, int]) -> None:
    """An exit of 31 May amended to 20 June leaves the episode open as of 10 June."""
    history = """
        client | event   | occurred_on | known_on   | detail
        Ann    | started | 2016-09-01  | 2016-10-12 | opiate
        Ann    | exited  | 2017-05-31  | 2017-06-05 | 80
        Ann    | exited  | 2017-06-20  | 2017-07-05 | 80
    """
    assert figure_of(history, as_of=as_of, known_at=known_at).counts == counts


def test_an_exit_amended_to_an_earlier_day(figure_of: FigureOf) -> None:
    """An exit amended to an earlier day has ended the journey already then, and may void a later one."""
    history = """
        client | episode | event   | occurred_on | known_on   | detail
        Ann    | 1       | started | 2016-09-01  | 2016-10-12 | opiate
        Ann    | 1       | exited  | 2017-05-31  | 2017-06-05 | 80
        Ann    | 2       | started | 2017-06-10  | 2017-06-12 | opiate
        Ann    | 1       | exited  | 2017-05-10  | 2017-07-05 | 80
    """
    assert figure_of(history, measure="N.new", known_at="2017-07-04").counts == (1, 1)
    assert figure_of(history, measure="N.new", known_at="2017-07-05").counts == (2, 2)
    assert figure_of(history, measure="5.0u", known_at="2017-07-05").counts == (1, 1)


def test_a_reopened_episode(figure_of: FigureOf) -> None:
    """An exit that the file has no more is withdrawn: the episode is open again, as known from that day."""
    history = """
        client | event          | occurred_on | known_on   | detail
        Ann    | started        | 2016-09-01  | 2016-10-12 | opiate
        Ann    | exited         | 2017-03-31  | 2017-05-06 | 80
        Ann    | exit withdrawn |             | 2017-06-06 |
        Ann    | exited         | 2017-07-01  | 2017-07-10 | 85
    """
    assert figure_of(history, known_at="2017-05-06").counts == (1, 1)
    assert figure_of(history, known_at="2017-06-05").counts == (1, 1)
    assert figure_of(history, known_at="2017-06-06").counts == (0, 1)
    assert figure_of(history, measure="N.open", known_at="2017-06-06").cohort == ("Ann",)
    assert figure_of(history, measure="N.exits", known_at="2017-07-10").parts == ("unplanned",)


def test_an_amended_reason(figure_of: FigureOf) -> None:
    """A reason amended to a success counts from the day on which it became known, for the day of the exit."""
    history = """
        client | event   | occurred_on | known_on   | detail
        Ann    | started | 2016-09-01  | 2016-10-12 | opiate
        Ann    | exited  | 2017-07-15  | 2017-08-10 | 85
        Ann    | exited  | 2017-07-15  | 2017-10-10 | 80
    """
    assert figure_of(history, known_at="2017-10-09").counts == (0, 1)
    assert figure_of(history, known_at="2017-10-10").counts == (1, 1)


def test_a_late_return_voids_a_completion(figure_of: FigureOf) -> None:
    """A return dated before `as_of` and reported late takes back a completion that was counted."""
    history = """
        client | episode | event   | occurred_on | known_on   | detail
        Ann    | 1       | started | 2016-09-01  | 2016-10-12 | opiate
        Ann    | 1       | exited  | 2017-07-10  | 2017-08-10 | 80
        Ann    | 2       | started | 2017-07-30  | 2017-10-10 | opiate
        Bob    | 3       | started | 2016-09-01  | 2016-10-12 | opiate
        Bob    | 3       | exited  | 2017-05-10  | 2017-08-10 | 80
        Bob    | 4       | started | 2017-07-30  | 2017-10-10 | opiate
    """
    assert figure_of(history, known_at="2017-08-15").counts == (2, 2)
    assert figure_of(history, known_at="2017-10-15").counts == (0, 2)


def test_a_withdrawn_episode(figure_of: FigureOf) -> None:
    """A withdrawn episode was never there, as known from its withdrawal; before, it stands."""
    history = """
        client | event             | occurred_on | known_on   | detail
        Ann    | started           | 2016-09-01  | 2016-10-12 | opiate
        Ann    | exited            | 2017-03-31  | 2017-05-06 | 80
        Ann    | episode withdrawn |             | 2017-06-06 |
    """
    assert figure_of(history, known_at="2017-06-05").counts == (1, 1)
    assert figure_of(history, known_at="2017-06-06").counts == (0, 0)


def test_a_corrected_triage(figure_of: FigureOf) -> None:
    """A triage corrected to a later day may part a journey; one corrected to an earlier day may join two."""
    history = """
        client | episode | event   | occurred_on | known_on   | detail
        Ann    | 1       | started | 2016-09-01  | 2016-10-12 | opiate
        Ann    | 1       | exited  | 2017-03-01  | 2017-03-12 | 80
        Ann    | 2       | started | 2017-03-20  | 2017-04-12 | opiate
        Ann    | 2       | started | 2017-03-30  | 2017-05-12 | opiate
        Ann    | 2       | started | 2017-03-22  | 2017-06-12 | opiate
    """
    counts = [
        figure_of(history, measure="N.new", known_at=known_at).counts
        for known_at in ("2017-03-31", "2017-04-30", "2017-05-31", "2017-06-30")
    ]
    assert counts == [(1, 1), (1, 1), (2, 2), (1, 1)]


def test_before_and_after_one_of_two_submissions_of_a_day(figure_of: FigureOf) -> None:
    """A position may stand for a day: before and after one of two submissions of the same day."""
    history = """
        client | episode | agency | event   | occurred_on | known_on   | detail
        Ann    | 1       | H0001  | started | 2016-09-01  | 2016-10-12 | opiate
        Bob    | 2       | H0002  | started | 2016-09-01  | 2016-10-12 | opiate
    """
    assert figure_of(history, known_at="2016-10-12").cohort == ("Ann", "Bob")
    assert figure_of(history, known_at=0).cohort == ()
    assert figure_of(history, known_at=2).cohort == ()
    assert figure_of(history, known_at=3).cohort == ("Ann",)
    assert figure_of(history, known_at=5).cohort == ("Ann",)
    assert figure_of(history, known_at=6).cohort == ("Ann", "Bob")


def test_structured_treatment_withdrawn(figure_of: FigureOf) -> None:
    """An intervention that the file has no more takes its episode out of treatment; its client waits again."""
    history = """
        client | event                  | occurred_on | known_on   | detail
        Ann    | started                | 2016-09-01  | 2016-10-12 | opiate
        Ann    | intervention withdrawn |             | 2017-02-12 |
    """
    assert figure_of(history, known_at="2017-02-11").counts == (0, 1)
    assert figure_of(history, known_at="2017-02-12").counts == (0, 0)
    assert figure_of(history, measure="W.waiting", known_at="2017-02-12").cohort == ("Ann",)
