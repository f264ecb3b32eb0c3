"""Local measures: TOPs, reviews, waiting, retention and counts"""

import pytest

from .conftest import FigureOf


@pytest.mark.parametrize(
    ("top", "counted"),
    [("2017-05-17", 0), ("2017-05-18", 1), ("2017-06-01", 1), ("2017-06-15", 1), ("2017-06-16", 0)],
)
def test_start_top(figure_of: FigureOf, top: str, counted: int) -> None:
    """`T.start`: a start TOP within 14 days of the first structured intervention, before or after; day 14 counts."""
    history = f"""
        client | event        | occurred_on | detail
        Ann    | triaged      | 2017-05-10  | opiate
        Ann    | intervention | 2017-06-01  |
        Ann    | start TOP    | {top}       |
    """
    assert figure_of(history, measure="T.start").counts == (counted, 1)


def test_start_top_is_seen_from_its_day(figure_of: FigureOf) -> None:
    """A TOP is seen from its day on; one of another stage is no start TOP."""
    history = """
        client | event      | occurred_on | detail
        Ann    | started    | 2017-06-01  | opiate
        Ann    | review TOP | 2017-06-01  |
        Ann    | start TOP  | 2017-06-10  |
    """
    assert figure_of(history, measure="T.start", as_of="2017-06-09").counts == (0, 1)
    assert figure_of(history, measure="T.start", as_of="2017-06-10").counts == (1, 1)


@pytest.mark.parametrize(
    ("as_of", "in_cohort"), [("2017-05-31", 0), ("2017-06-01", 1), ("2017-08-31", 1), ("2017-09-01", 0)]
)
def test_three_months_for_a_start_top(figure_of: FigureOf, as_of: str, in_cohort: int) -> None:
    """The first structured intervention, not the triage, lies in the last 3 months."""
    history = """
        client | event        | occurred_on | detail
        Ann    | triaged      | 2017-04-10  | opiate
        Ann    | intervention | 2017-06-01  |
    """
    assert figure_of(history, measure="T.start", as_of=as_of).counts == (0, in_cohort)


@pytest.mark.parametrize(("margin", "counts"), [("1", (0, 1)), ("1-top-28", (1, 1))])
def test_28_days_are_a_variant(figure_of: FigureOf, margin: str, counts: tuple[int, int]) -> None:
    """The margin of 14 days is a parameter: `1-top-28`."""
    history = """
        client | event     | occurred_on | detail
        Ann    | started   | 2017-06-01  | opiate
        Ann    | start TOP | 2017-06-29  |
    """
    assert figure_of(history, measure="T.start", definition=margin).counts == counts


@pytest.mark.parametrize(
    ("top", "counted"),
    [("2017-01-29", 0), ("2017-01-30", 1), ("2017-07-02", 1), ("2017-07-03", 0)],
)
def test_review_top(figure_of: FigureOf, top: str, counted: int) -> None:
    """`T.review`: a review TOP on day 29 to 182 after the first structured intervention, both included."""
    history = f"""
        client | event      | occurred_on | detail
        Ann    | started    | 2017-01-01  | opiate
        Ann    | start TOP  | 2017-01-02  |
        Ann    | review TOP | {top}       |
    """
    assert figure_of(history, measure="T.review").counts == (counted, 1)


@pytest.mark.parametrize(
    ("as_of", "exited", "in_cohort"),
    [
        ("2017-07-01", "2018-01-01", 0),
        ("2017-07-02", "2018-01-01", 1),
        ("2017-10-01", "2018-01-01", 1),
        ("2017-10-02", "2018-01-01", 0),
        ("2017-07-31", "2017-07-02", 0),
        ("2017-07-31", "2017-07-03", 1),
    ],
)
def test_who_is_due_a_review_top(figure_of: FigureOf, as_of: str, exited: str, in_cohort: int) -> None:
    """Due are those who reached day 182 in the last 3 months, and were open then: not discharged on or before it."""
    history = f"""
        client | event     | occurred_on | detail
        Ann    | started   | 2017-01-01  | opiate
        Ann    | start TOP | 2017-01-02  |
        Ann    | exited    | {exited}    | 80
    """
    assert figure_of(history, measure="T.review", as_of=as_of).counts == (0, in_cohort)


@pytest.mark.parametrize(("top", "in_cohort"), [("2017-01-15", 1), ("2017-01-16", 0)])
def test_no_review_top_is_due_without_a_start_top(figure_of: FigureOf, top: str, in_cohort: int) -> None:
    """Without a start TOP (on time) no review TOP is due."""
    history = f"""
        client | event     | occurred_on | detail
        Ann    | started   | 2017-01-01  | opiate
        Ann    | start TOP | {top}       |
    """
    assert figure_of(history, measure="T.review").counts == (0, in_cohort)


@pytest.mark.parametrize(
    ("top", "counted"),
    [("2017-06-05", 0), ("2017-06-06", 1), ("2017-06-20", 1), ("2017-07-04", 1), ("2017-07-05", 0)],
)
def test_exit_top(figure_of: FigureOf, top: str, counted: int) -> None:
    """`T.exit`: an exit TOP within 14 days of the end, before or after."""
    history = f"""
        client | event    | occurred_on | detail
        Ann    | started  | 2017-01-01  | opiate
        Ann    | exit TOP | {top}       |
        Ann    | exited   | 2017-06-20  | 80
        Bob    | started  | 2017-01-01  | opiate
        Bob    | exited   | 2017-06-20  | 85
    """
    assert figure_of(history, measure="T.exit").counts == (counted, 1)


@pytest.mark.parametrize(
    ("reason", "definition", "in_cohort"),
    [
        ("80", "1", 1),
        ("83", "1", 0),
        ("85", "1", 0),
        ("80", "1-top-planned", 1),
        ("83", "1-top-planned", 1),
        ("85", "1-top-planned", 0),
    ],
)
def test_which_exits_owe_a_top(figure_of: FigureOf, reason: str, definition: str, in_cohort: int) -> None:
    """Successful completions owe an exit TOP; that transfers owe one too is a variant, `1-top-planned`."""
    history = f"""
        client | event   | occurred_on | detail
        Ann    | started | 2017-01-02  | opiate
        Ann    | exited  | 2017-06-15  | {reason}
    """
    assert figure_of(history, measure="T.exit", definition=definition).counts == (0, in_cohort)


@pytest.mark.parametrize(
    ("event", "reviewed", "plan", "risk"),
    [
        ("recovery plan", "2017-05-08", 0, 0),
        ("recovery plan", "2017-05-09", 1, 0),
        ("recovery plan", "2017-07-31", 1, 0),
        ("recovery plan", "2017-08-01", 0, 0),
        ("care plan", "2017-05-08", 0, 0),
        ("care plan", "2017-05-09", 1, 0),
        ("risk assessment", "2017-05-08", 0, 0),
        ("risk assessment", "2017-05-09", 0, 1),
        ("medical", "2017-07-01", 0, 0),
    ],
)
def test_reviews(figure_of: FigureOf, event: str, reviewed: str, plan: int, risk: int) -> None:
    """`R.plan`, `R.risk`: reviewed in the 84 days to `as_of`, that day included; CPLANDT counts for the plan."""
    history = f"""
        client | event   | occurred_on | detail
        Ann    | started | 2017-01-01  | opiate
        Ann    | {event} | {reviewed}  |
    """
    assert figure_of(history, measure="R.plan").counts == (plan, 1)
    assert figure_of(history, measure="R.risk").counts == (risk, 1)


def test_the_latest_review_seen_counts(figure_of: FigureOf) -> None:
    """The latest review seen decides; one after `as_of` does not hide the one before."""
    history = """
        client | event         | occurred_on | detail
        Ann    | started       | 2017-01-01  | opiate
        Ann    | recovery plan | 2017-02-01  |
        Ann    | recovery plan | 2017-06-01  |
    """
    expected = {"2017-01-31": 0, "2017-02-01": 1, "2017-04-25": 1, "2017-04-26": 0, "2017-05-31": 0,
                "2017-06-01": 1, "2017-08-23": 1, "2017-08-24": 0}  # fmt: skip
    assert {day: figure_of(history, measure="R.plan", as_of=day).counts[0] for day in expected} == expected


def test_reviews_are_asked_of_each_open_episode(figure_of: FigureOf) -> None:
    """Every episode open and in structured treatment is asked by itself, also two of one client."""
    history = """
        client | episode | event         | occurred_on | detail
        Ann    | 1       | started       | 2017-01-01  | opiate
        Ann    | 1       | recovery plan | 2017-07-01  |
        Ann    | 2       | started       | 2017-01-01  | opiate
        Bob    | 3       | started       | 2017-01-01  | opiate
        Bob    | 3       | exited        | 2017-07-31  | 80
        Cas    | 4       | triaged       | 2017-01-01  | opiate
    """
    assert figure_of(history, measure="R.plan").cohort == ("Ann", "Ann")
    assert figure_of(history, measure="R.plan").counts == (1, 2)
    assert figure_of(history, measure="R.plan", as_of="2017-07-30").counts == (1, 3)


@pytest.mark.parametrize(("referred", "counted"), [("2017-05-10", 0), ("2017-05-11", 1), ("2017-06-01", 1)])
def test_started_in_time(figure_of: FigureOf, referred: str, counted: int) -> None:
    """`W.started`: REFLD to the first structured intervention within 21 days; day 21 counts."""
    history = f"""
        client | event        | occurred_on | detail
        Ann    | referred     | {referred}  |
        Ann    | started      | 2017-06-01  | opiate
    """
    assert figure_of(history, measure="W.started").counts == (counted, 1)


@pytest.mark.parametrize(("offered", "counted"), [("2017-05-22", 1), ("2017-05-23", 0)])
def test_offered_in_time(figure_of: FigureOf, offered: str, counted: int) -> None:
    """`W.offered`: REFMODDT to FAOMODDT of the first structured intervention within 21 days; day 21 counts."""
    history = f"""
        client | event   | occurred_on | detail
        Ann    | started | 2017-06-01  | opiate referred_on=2017-05-01 offered_on={offered}
    """
    assert figure_of(history, measure="W.offered").counts == (counted, 1)


def test_waiting_times_without_their_days(figure_of: FigureOf) -> None:
    """Where REFLD, or an offer, is missing, the journey stays in the cohort and is not counted."""
    history = """
        client | event   | occurred_on | detail
        Ann    | started | 2017-06-01  | opiate referred_on=2017-05-30
        Bob    | started | 2017-06-01  | opiate offered_on=2017-05-30
    """
    assert figure_of(history, measure="W.offered").counts == (0, 2)
    assert figure_of(history, measure="W.started").counts == (0, 2)


def test_who_waits(figure_of: FigureOf) -> None:
    """`W.waiting`: referred, not discharged and not in structured treatment, each person once.

    Recovery support does not end the wait; a discharge does, and so does the first structured intervention.
    """
    history = """
        client | episode | event            | occurred_on | detail
        Ann    | 1       | referred         | 2017-05-01  |
        Ann    | 1       | triaged          | 2017-05-20  | opiate
        Ann    | 1       | recovery support | 2017-05-25  |
        Ann    | 1       | intervention     | 2017-06-10  |
        Bob    | 2       | referred         | 2017-05-01  |
        Bob    | 2       | exited           | 2017-06-05  | 88
        Cas    | 3       | referred         | 2017-05-01  |
        Cas    | 4       | referred         | 2017-05-15  |
    """
    assert figure_of(history, measure="W.waiting", as_of="2017-04-30").cohort == ()
    assert figure_of(history, measure="W.waiting", as_of="2017-05-01").cohort == ("Ann", "Bob", "Cas")
    assert figure_of(history, measure="W.waiting", as_of="2017-06-04").cohort == ("Ann", "Bob", "Cas")
    assert figure_of(history, measure="W.waiting", as_of="2017-06-05").cohort == ("Ann", "Cas")
    assert figure_of(history, measure="W.waiting", as_of="2017-06-09").cohort == ("Ann", "Cas")
    assert figure_of(history, measure="W.waiting", as_of="2017-06-10").cohort == ("Cas",)


@pytest.mark.parametrize(("slice_", "cohort"), [("H0001", ("Ann",)), ("H0002", ())])
def test_of_two_referred_on_one_day_the_lesser_key(figure_of: FigureOf, slice_: str, cohort: tuple[str, ...]) -> None:
    """Whoever waits at two agencies since the same day waits at the one with the lesser key, wherever triaged first."""
    history = """
        client | episode | agency | event    | occurred_on | detail
        Ann    | 1       | H0001  | referred | 2017-05-01  |
        Ann    | 2       | H0002  | referred | 2017-05-01  |
        Ann    | 2       | H0002  | triaged  | 2017-05-10  | opiate
    """
    for as_of in ("2017-05-01", "2017-05-09", "2017-05-10"):
        assert figure_of(history, measure="W.waiting", as_of=as_of, agency=slice_).cohort == cohort


@pytest.mark.parametrize(
    ("exited", "reason", "early", "effective"),
    [
        ("2017-03-25", 85, 1, 0),
        ("2017-03-26", 85, 1, 1),
        ("2017-03-27", 85, 0, 1),
        ("2017-03-25", 80, 0, 1),
        ("2017-03-25", 83, 0, 0),
        ("2017-03-25", 87, 1, 0),
        ("2017-03-25", 89, 0, 0),
        ("2017-03-25", 0, 0, 0),
    ],
)
def test_retention(figure_of: FigureOf, exited: str, reason: int, early: int, effective: int) -> None:
    """`E.early` and `E.effective`: started on 1 January, day 84 is 26 March.

    Early is an unplanned exit (or custody, but not death) up to day 84; effective is retained to day 84 or later, or
    completed earlier.
    """
    history = f"""
        client | event   | occurred_on | detail
        Ann    | started | 2017-01-01  | opiate
        Ann    | exited  | {exited}    | {reason}
    """
    assert figure_of(history, measure="E.early").counts == (early, 1)
    assert figure_of(history, measure="E.effective").counts == (effective, 1)


@pytest.mark.parametrize(
    ("started", "in_cohort"), [("2016-05-08", 0), ("2016-05-09", 1), ("2017-05-08", 1), ("2017-05-09", 0)]
)
def test_the_window_of_retention(figure_of: FigureOf, started: str, in_cohort: int) -> None:
    """The cohort are journeys of adults started in the 12 months that ended 84 days before `as_of`.

    84 days before 31 July 2017 is 8 May 2017; those still open are retained.
    """
    history = f"""
        client | event   | occurred_on | detail
        Ann    | started | {started}   | opiate
    """
    assert figure_of(history, measure="E.effective").counts == (in_cohort, in_cohort)
    assert figure_of(history, measure="E.early").counts == (0, in_cohort)


def test_counts(figure_of: FigureOf) -> None:
    """`N.treatment`, `N.open` count persons; `N.new` and `N.exits` count journeys."""
    history = """
        client | episode | event   | occurred_on | detail
        Ann    | 1       | started | 2016-09-01  | opiate
        Ann    | 1       | exited  | 2016-12-01  | 85
        Ann    | 2       | started | 2017-02-01  | alcohol
        Bob    | 3       | started | 2015-01-01  | none
        Cas    | 4       | started | 2015-01-01  | opiate
        Cas    | 4       | exited  | 2016-07-31  | 89
    """
    treatment = figure_of(history, measure="N.treatment")
    assert (treatment.cohort, treatment.parts) == (("Ann", "Bob"), ("alcohol", "no group"))
    assert figure_of(history, measure="N.open").cohort == ("Ann", "Bob")
    assert figure_of(history, measure="N.new").cohort == ("Ann", "Ann")
    assert figure_of(history, measure="N.exits").parts == ("unplanned",)
    assert figure_of(history, measure="N.exits", as_of="2016-12-01").parts == ("unplanned", "died")
