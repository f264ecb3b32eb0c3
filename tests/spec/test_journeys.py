"""Journeys

A client's episodes are joined into journeys, at the standpoint, from all that is seen. The examples ask how many
journeys there are (`N.new` counts those that started in the last 12 months).
"""

import pytest

from .conftest import FigureOf


@pytest.mark.parametrize(
    ("triaged_again", "journeys"),
    [
        ("2017-02-28", 1),
        ("2017-03-01", 1),
        ("2017-03-02", 1),
        ("2017-03-21", 1),
        ("2017-03-22", 1),
        ("2017-03-23", 2),
    ],
)
def test_an_episode_triaged_at_most_21_days_after_the_latest_discharge_belongs_to_the_journey(
    figure_of: FigureOf, triaged_again: str, journeys: int
) -> None:
    """An episode triaged at most 21 days after the latest discharge belongs to the journey.

    Day 21 is included; on day 22 another journey begins. Re-entry on the day of the discharge is the same journey.
    """
    history = f"""
        client | episode | event   | occurred_on     | detail
        Ann    | 1       | started | 2016-09-01      | opiate
        Ann    | 1       | exited  | 2017-03-01      | 80
        Ann    | 2       | started | {triaged_again} | opiate
    """
    assert figure_of(history, measure="N.new").counts == (journeys, journeys)


@pytest.mark.parametrize(("structured_on", "counts"), [("2017-03-22", (0, 1)), ("2017-05-31", (0, 1))])
def test_the_gap_is_counted_to_triage_and_not_to_the_intervention(
    figure_of: FigureOf, structured_on: str, counts: tuple[int, int]
) -> None:
    """The 21 days are counted to triage; how long the intervention takes to start does not matter."""
    history = f"""
        client | episode | event        | occurred_on     | detail
        Ann    | 1       | started      | 2016-09-01      | opiate
        Ann    | 1       | exited       | 2017-03-01      | 80
        Ann    | 2       | triaged      | 2017-03-22      | opiate
        Ann    | 2       | intervention | {structured_on} |
    """
    assert figure_of(history).counts == counts
    assert figure_of(history, measure="N.new").counts == (1, 1)


@pytest.mark.parametrize(
    ("structured_on", "journeys"), [("2017-03-20", 1), ("2017-03-21", 1), ("2017-03-22", 2), ("2017-04-30", 2)]
)
def test_the_official_wording_is_a_variant(figure_of: FigureOf, structured_on: str, journeys: int) -> None:
    """The official wording of the gap, to the first structured intervention with both days counted, is a variant.

    Under `1-official-gap` the 21 days after a discharge on 1 March end on 21 March.
    """
    history = f"""
        client | episode | event        | occurred_on     | detail
        Ann    | 1       | started      | 2016-09-01      | opiate
        Ann    | 1       | exited       | 2017-03-01      | 80
        Ann    | 2       | triaged      | 2017-03-05      | opiate
        Ann    | 2       | intervention | {structured_on} |
    """
    assert figure_of(history, measure="N.new", definition="1-official-gap").counts == (journeys, journeys)
    assert figure_of(history, measure="N.new").counts == (1, 1)


def test_the_gap_counts_from_the_latest_discharge_of_all_episodes(figure_of: FigureOf) -> None:
    """The gap counts from the latest discharge of all the journey's episodes so far, not of the one before.

    The second episode ends early; the first still spans it, and the third follows the first within 21 days.
    """
    history = """
        client | episode | event   | occurred_on | detail
        Ann    | 1       | started | 2016-09-01  | opiate
        Ann    | 1       | exited  | 2017-03-01  | 80
        Ann    | 2       | started | 2016-10-01  | opiate
        Ann    | 2       | exited  | 2016-11-01  | 85
        Ann    | 3       | started | 2017-03-22  | opiate
    """
    assert figure_of(history, measure="N.new").counts == (1, 1)
    assert figure_of(history, measure="N.open").cohort == ("Ann",)


def test_an_open_episode_joins_whatever_comes_after(figure_of: FigureOf) -> None:
    """While an episode is open, every other one joins its journey, and the journey is open."""
    history = """
        client | episode | event   | occurred_on | detail
        Ann    | 1       | started | 2015-09-01  | opiate
        Ann    | 2       | started | 2017-01-01  | opiate
        Ann    | 2       | exited  | 2017-02-01  | 80
    """
    assert figure_of(history).counts == (0, 1)
    assert figure_of(history, measure="N.open").cohort == ("Ann",)


def test_episodes_of_two_agencies_are_one_journey(figure_of: FigureOf) -> None:
    """Journeys run through agencies: who moves on within 21 days has not completed."""
    history = """
        client | episode | agency | event   | occurred_on | detail
        Ann    | 1       | H0001  | started | 2016-09-01  | opiate
        Ann    | 1       | H0001  | exited  | 2017-03-01  | 80
        Ann    | 2       | H0002  | started | 2017-03-15  | opiate
    """
    assert figure_of(history, as_of="2017-03-14").counts == (1, 1)
    assert figure_of(history, as_of="2017-03-15").counts == (0, 1)


@pytest.mark.parametrize(
    ("modality", "journeys"),
    [*((structured, 1) for structured in (94, 1, 6, 12)), *((other, 2) for other in (96, 7, 10, 76, "F1"))],
)
def test_only_structured_treatment_joins(figure_of: FigureOf, modality: int, journeys: int) -> None:
    """Aftercare (7), advice (10), recovery support (96) and the like never count: an episode of nothing else joins,
    opens and groups nothing.

    The middle episode would bridge the gap between the two others, were it structured (94, 95, 1 to 6, 11, 12).
    """
    history = f"""
        client | episode | event        | occurred_on | detail
        Ann    | 1       | started      | 2016-09-01  | alcohol
        Ann    | 1       | exited       | 2016-12-01  | 81
        Ann    | 2       | triaged      | 2016-12-10  | opiate
        Ann    | 2       | intervention | 2016-12-10  | modality={modality}
        Ann    | 2       | exited       | 2017-03-01  | 80
        Ann    | 3       | started      | 2017-03-20  | alcohol
    """
    assert figure_of(history, measure="N.new").counts == (journeys, journeys)
    assert figure_of(history, measure="4.0").counts == ((0, 1) if journeys == 1 else (0, 0))


def test_an_episode_counts_from_triage_once_an_intervention_has_started(figure_of: FigureOf) -> None:
    """An episode is left out until its first structured intervention has started; then it counts from its triage.

    As of 9 March the triage of 1 March is not seen, so the completion stands. From 10 March on it is voided.
    """
    history = """
        client | episode | event        | occurred_on | detail
        Ann    | 1       | started      | 2016-09-01  | opiate
        Ann    | 1       | exited       | 2017-02-20  | 80
        Ann    | 2       | triaged      | 2017-03-01  | opiate
        Ann    | 2       | intervention | 2017-03-10  |
    """
    assert figure_of(history, as_of="2017-03-09").counts == (1, 1)
    assert figure_of(history, as_of="2017-03-10").counts == (0, 1)


def test_an_episode_that_never_started_is_nothing(figure_of: FigureOf) -> None:
    """Triaged and discharged without a structured intervention: only among those waiting, until then."""
    history = """
        client | event   | occurred_on | detail
        Ann    | triaged | 2017-05-01  | opiate
        Ann    | exited  | 2017-06-01  | 85
    """
    for measure in ("4.0", "N.treatment", "N.new", "N.exits", "E.early", "R.plan"):
        assert figure_of(history, measure=measure).counts == (0, 0)
    assert figure_of(history, measure="W.waiting", as_of="2017-05-31").cohort == ("Ann",)
    assert figure_of(history, measure="W.waiting", as_of="2017-06-01").cohort == ()


def test_a_window_never_cuts_a_journey(figure_of: FigureOf) -> None:
    """Journeys are made from all that is seen; the window only chooses among them.

    The opiate episode lies wholly before the window and still makes the journey an opiate one.
    """
    history = """
        client | episode | event   | occurred_on | detail
        Ann    | 1       | started | 2015-01-01  | opiate
        Ann    | 1       | exited  | 2016-07-20  | 83
        Ann    | 2       | started | 2016-08-05  | alcohol
        Ann    | 2       | exited  | 2017-07-31  | 80
    """
    assert figure_of(history, measure="4.0").counts == (1, 1)
    assert figure_of(history, measure="4.2").counts == (0, 0)


def test_journeys_joined_over_28_days_are_a_variant(figure_of: FigureOf) -> None:
    """The length of the gap is a parameter: under `1-gap-28` four weeks still join."""
    history = """
        client | episode | event   | occurred_on | detail
        Ann    | 1       | started | 2016-09-01  | opiate
        Ann    | 1       | exited  | 2017-03-01  | 80
        Ann    | 2       | started | 2017-03-29  | opiate
        Bob    | 1B      | started | 2016-09-01  | opiate
        Bob    | 1B      | exited  | 2017-03-01  | 80
        Bob    | 2B      | started | 2017-03-30  | opiate
    """
    assert figure_of(history, measure="N.new", definition="1-gap-28").counts == (3, 3)
    assert figure_of(history, measure="N.new").counts == (4, 4)
