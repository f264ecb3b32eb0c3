"""Wider outcomes: blood-borne viruses, housing and paid work

What a start says of blood-borne viruses has no day of its own, but for a test of hepatitis C: it counts from triage, as
the newest file says. `recorded` is in the part of whom something is filled in.
"""

import pytest

from .conftest import FigureOf


@pytest.mark.parametrize(
    ("said", "counts", "recorded"),
    [
        ("HEPBSTAT=A", (1, 1), True),
        ("HEPBSTAT=B", (1, 1), True),
        ("HEPBSTAT=b", (1, 1), True),
        ("HEPBSTAT=D", (0, 1), True),
        ("HEPBSTAT=C", (0, 0), True),
        ("HEPBSTAT=E", (0, 0), True),
        ("HEPBVAC=1", (1, 1), True),
        ("HEPBVAC=01", (1, 1), True),
        ("HEPBVAC=3", (1, 1), True),
        ("HEPBVAC=C", (1, 1), True),
        ("HEPBVAC=0", (0, 1), True),
        ("HEPBVAC=B", (1, 1), True),
        ("HEPBVAC=D", (0, 1), True),
        ("HEPBVAC=C HEPBSTAT=C", (1, 1), True),
        ("HEPBVAC=0 HEPBSTAT=B", (1, 1), True),
        ("HEPBSTAT=perhaps", (0, 1), True),
        ("LA=EX01", (0, 1), False),
    ],
)
def test_hepatitis_b(figure_of: FigureOf, said: str, counts: tuple[int, int], recorded: bool) -> None:
    """`B.hepb`: an offer is HEPBSTAT A (accepted) or B (refused), or in HEPBVAC a vaccination: 1, 2, 3 or C (all).

    Who is immunised already (C) or immune (E) is not in the cohort, unless there was an offer all the same. A status
    that stands in HEPBVAC is read as one. An unknown code is no offer. Where both columns are empty nobody was offered
    anything, as far as is known, and the journey stands apart.
    """
    history = f"""
        client | event   | occurred_on | detail
        Ann    | started | 2017-01-01  | opiate {said}
    """
    answer = figure_of(history, measure="B.hepb")
    assert answer.counts == counts
    assert answer.parts == (("recorded" if recorded else "nothing recorded"),) * counts[1]


@pytest.mark.parametrize(
    ("measure", "as_of", "in_cohort"),
    [
        ("B.hepb", "2016-12-31", 0),
        ("B.hepb", "2017-01-01", 1),
        ("B.hepb", "2017-12-31", 1),
        ("B.hepb", "2018-01-01", 0),
        ("B.hepc", "2016-12-31", 0),
        ("B.hepc", "2017-01-01", 1),
        ("B.hepc", "2017-12-31", 1),
        ("B.hepc", "2018-01-01", 0),
    ],
)
def test_who_is_asked_about_viruses(figure_of: FigureOf, measure: str, as_of: str, in_cohort: int) -> None:
    """The cohort are journeys of adults started in the last 12 months, whatever they are treated for."""
    history = """
        client | event   | occurred_on | detail
        Ann    | started | 2017-01-01  | none HEPBSTAT=D HEPCSTAT=D
        Bob    | started | 2017-01-01  | opiate born=2001-01-01 HEPBSTAT=D HEPCSTAT=D
    """
    assert figure_of(history, measure=measure, as_of=as_of).counts == (0, in_cohort)


@pytest.mark.parametrize(
    ("said", "counted", "recorded"),
    [
        ("HEPCTSTD=2017-07-31", 1, True),
        ("HEPCTSTD=2017-08-01", 0, True),
        ("HEPCTSTD=31/07/2017", 1, True),
        ("HEPCTSTD=1/8/2017", 0, True),
        ("HEPCTSTD=2014-02-03", 1, True),
        ("HEPCTSTD=31/02/2017", 0, True),
        ("HEPCTD=Y", 1, True),
        ("HEPCTD=yes", 1, True),
        ("HEPCTD=N", 0, True),
        ("HEPCTD=99", 0, True),
        ("HEPCTD=Y HEPCTSTD=2017-08-01", 0, True),
        ("HEPCTD=N HEPCTSTD=2017-02-01", 1, True),
        ("HEPCTD=Y HEPCTSTD=soon", 1, True),
        ("HEPCSTAT=B", 0, True),
        ("LA=EX01", 0, False),
    ],
)
def test_hepatitis_c(figure_of: FigureOf, said: str, counted: int, recorded: bool) -> None:
    """`B.hepc`: a test on HEPCTSTD up to `as_of` (31 July 2017), also one before the journey; one after it is not seen.

    HEPCTD says that there was a test where no day does that can be read. Who refused one (HEPCSTAT B) was not tested.
    """
    history = f"""
        client | event   | occurred_on | detail
        Ann    | started | 2017-01-01  | opiate {said}
    """
    answer = figure_of(history, measure="B.hepc")
    assert answer.counts == (counted, 1)
    assert answer.parts == ("recorded" if recorded else "nothing recorded",)


@pytest.mark.parametrize(("as_of", "counted"), [("2017-03-14", 0), ("2017-03-15", 1)])
def test_a_test_is_seen_from_its_day(figure_of: FigureOf, as_of: str, counted: int) -> None:
    """A test of hepatitis C is seen from its day on."""
    history = """
        client | event   | occurred_on | detail
        Ann    | started | 2017-01-01  | opiate HEPCTSTD=2017-03-15
    """
    assert figure_of(history, measure="B.hepc", as_of=as_of).counts == (counted, 1)


@pytest.mark.parametrize(
    ("first", "second", "hepatitis_b", "hepatitis_c"),
    [
        ("HEPBSTAT=D", "HEPBSTAT=A", (1, 1), (0, 1)),
        ("HEPBSTAT=A", "HEPBSTAT=D", (1, 1), (0, 1)),
        ("HEPBSTAT=C", "HEPBSTAT=D", (0, 0), (0, 1)),
        ("HEPBSTAT=C", "HEPBSTAT=B", (1, 1), (0, 1)),
        ("HEPCTD=Y", "HEPCTD=N", (0, 1), (1, 1)),
        ("HEPCTSTD=2017-09-01", "HEPCTSTD=2017-06-01", (0, 1), (1, 1)),
    ],
)
def test_viruses_of_a_journey_of_several_episodes(
    figure_of: FigureOf, first: str, second: str, hepatitis_b: tuple[int, int], hepatitis_c: tuple[int, int]
) -> None:
    """Any episode of the journey may say it: an offer counts before all, then being immune; of tests the first."""
    history = f"""
        client | episode | event   | occurred_on | detail
        Ann    | 1       | started | 2017-01-01  | opiate {first}
        Ann    | 2       | started | 2017-02-01  | opiate {second}
    """
    assert figure_of(history, measure="B.hepb").counts == hepatitis_b
    assert figure_of(history, measure="B.hepc").counts == hepatitis_c


@pytest.mark.parametrize(("known_at", "counts"), [("2017-02-28", (0, 1)), ("2017-03-01", (1, 1))])
def test_an_offer_that_becomes_known(figure_of: FigureOf, known_at: str, counts: tuple[int, int]) -> None:
    """A later file that fills the columns in restates the figure, from the day on which it is known."""
    history = """
        client | event   | occurred_on | known_on   | detail
        Ann    | started | 2017-01-01  | 2017-02-01 | opiate
        Ann    | started | 2017-01-01  | 2017-03-01 | opiate HEPBSTAT=A HEPCTSTD=2017-01-20
    """
    assert figure_of(history, measure="B.hepb", known_at=known_at).counts == counts
    assert figure_of(history, measure="B.hepc", known_at=known_at).counts == counts


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ("ACUTHPBM=N HRISK=N", (1, 1)),
        ("ACUTHPBM=N", (1, 1)),
        ("ACUTHPBM=no", (1, 1)),
        ("ACUTHPBM=Y HRISK=N", (0, 1)),
        ("ACUTHPBM=Y", (0, 1)),
        ("ACUTHPBM=N HRISK=Y", (0, 1)),
        ("HRISK=Y", (0, 1)),
        ("HRISK=N", (0, 0)),
        ("ACUTHPBM=7 HRISK=N", (0, 0)),
        ("OPIUSE=0", (0, 0)),
    ],
)
def test_housing(figure_of: FigureOf, said: str, counts: tuple[int, int]) -> None:
    """`H.housing`: the exit TOP says of neither an acute housing problem (ACUTHPBM) nor a risk of eviction (HRISK).

    A risk that nobody spoke of is none. Where ACUTHPBM is empty or cannot be read, and no risk is said, nobody knows:
    the journey is not in the cohort.
    """
    history = f"""
        client | event    | occurred_on | detail
        Ann    | started  | 2017-01-01  | opiate
        Ann    | exit TOP | 2017-06-20  | {said}
        Ann    | exited   | 2017-06-20  | 80
    """
    assert figure_of(history, measure="H.housing").counts == counts


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ("PWORK=0", (0, 1)),
        ("PWORK=1", (1, 1)),
        ("PWORK=28", (1, 1)),
        ("PWORK=02", (1, 1)),
        ("PWORK=29", (0, 0)),
        ("PWORK=Y", (0, 0)),
        ("EDUCAT=28", (0, 0)),
    ],
)
def test_paid_work(figure_of: FigureOf, said: str, counts: tuple[int, int]) -> None:
    """`H.work`: a day of paid work or more (PWORK) in the 28 days before the exit TOP.

    Empty, no number, or more than 28: nobody knows, and the journey is not in the cohort.
    """
    history = f"""
        client | event    | occurred_on | detail
        Ann    | started  | 2017-01-01  | opiate
        Ann    | exit TOP | 2017-06-20  | {said}
        Ann    | exited   | 2017-06-20  | 80
    """
    assert figure_of(history, measure="H.work").counts == counts


@pytest.mark.parametrize(
    ("stage", "top", "exited", "reason", "in_cohort"),
    [
        ("exit", "2017-06-05", "2017-06-20", 80, 0),
        ("exit", "2017-06-06", "2017-06-20", 80, 1),
        ("exit", "2017-07-04", "2017-06-20", 80, 1),
        ("exit", "2017-07-05", "2017-06-20", 80, 0),
        ("review", "2017-06-20", "2017-06-20", 80, 0),
        ("post-exit", "2017-06-20", "2017-06-20", 80, 0),
        ("exit", "2017-06-20", "2017-06-20", 85, 0),
        ("exit", "2017-06-20", "2017-06-20", 83, 0),
        ("exit", "2017-05-01", "2017-05-01", 80, 1),
        ("exit", "2017-04-30", "2017-04-30", 80, 0),
    ],
)
def test_whose_home_and_work_are_asked_about(
    figure_of: FigureOf, stage: str, top: str, exited: str, reason: int, in_cohort: int
) -> None:
    """The cohort are journeys of adults ended in the last 3 months in success, with an exit TOP within 14 days.

    Who has none, or one without the answer, is not counted; `T.exit` tells how many have one.
    """
    history = f"""
        client | event       | occurred_on | detail
        Ann    | started     | 2017-01-01  | opiate
        Ann    | {stage} TOP | {top}       | ACUTHPBM=N PWORK=5
        Ann    | exited      | {exited}    | {reason}
    """
    assert figure_of(history, measure="H.housing").counts == (in_cohort, in_cohort)
    assert figure_of(history, measure="H.work").counts == (in_cohort, in_cohort)


@pytest.mark.parametrize(
    ("first", "second", "day", "housing"),
    [
        ("ACUTHPBM=N", "ACUTHPBM=Y", "2017-06-21", (1, 1)),
        ("ACUTHPBM=Y", "ACUTHPBM=N", "2017-06-21", (0, 1)),
        ("OPIUSE=0", "ACUTHPBM=N", "2017-06-21", (1, 1)),
        ("ACUTHPBM=N", "ACUTHPBM=Y", "2017-06-18", (0, 1)),
        ("ACUTHPBM=N", "ACUTHPBM=Y", "2017-06-20", (0, 1)),
    ],
)
def test_of_several_exit_tops_the_first_that_answers(
    figure_of: FigureOf, first: str, second: str, day: str, housing: tuple[int, int]
) -> None:
    """The first exit TOP on time that answers the question decides; of two of one day the less favourable answer."""
    history = f"""
        client | event    | occurred_on | detail
        Ann    | started  | 2017-01-01  | opiate
        Ann    | exit TOP | 2017-06-20  | id=1 {first}
        Ann    | exit TOP | {day}       | id=2 {second}
        Ann    | exited   | 2017-06-20  | 80
    """
    assert figure_of(history, measure="H.housing").counts == housing


def test_an_answer_is_seen_from_the_day_of_its_top(figure_of: FigureOf) -> None:
    """An exit TOP after the end is seen from its day on, and what it says with it."""
    history = """
        client | event    | occurred_on | detail
        Ann    | started  | 2017-01-01  | opiate
        Ann    | exited   | 2017-06-20  | 80
        Ann    | exit TOP | 2017-06-30  | ACUTHPBM=N PWORK=0
    """
    assert figure_of(history, measure="H.housing", as_of="2017-06-29").counts == (0, 0)
    assert figure_of(history, measure="H.housing", as_of="2017-06-30").counts == (1, 1)
    assert figure_of(history, measure="H.work", as_of="2017-06-30").counts == (0, 1)


@pytest.mark.parametrize(("known_at", "counts"), [("2017-07-05", (0, 1)), ("2017-07-20", (1, 1))])
def test_a_corrected_answer(figure_of: FigureOf, known_at: str, counts: tuple[int, int]) -> None:
    """An answer that is corrected counts from the day on which the correction is known."""
    history = """
        client | event    | occurred_on | known_on   | detail
        Ann    | started  | 2017-01-01  | 2017-07-05 | opiate
        Ann    | exited   | 2017-06-20  | 2017-07-05 | 80
        Ann    | exit TOP | 2017-06-20  | 2017-07-05 | ACUTHPBM=Y PWORK=0
        Ann    | exit TOP | 2017-06-20  | 2017-07-20 | ACUTHPBM=N PWORK=3
    """
    assert figure_of(history, measure="H.housing", known_at=known_at).counts == counts
    assert figure_of(history, measure="H.work", known_at=known_at).counts == counts
