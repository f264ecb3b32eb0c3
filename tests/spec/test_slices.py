"""Slices

Area: that of the deciding journey. Agency: the deciding journey has a seen episode there, whether or not it touches the
window; the journey is judged whole. Also criminal-justice referrals, and young people.
"""

import pytest

from .conftest import FigureOf


def test_the_area_of_the_latest_triaged_episode(figure_of: FigureOf) -> None:
    """A journey's area is that of its latest-triaged seen episode."""
    history = """
        client | episode | event   | occurred_on | detail
        Ann    | 1       | started | 2016-09-01  | opiate area=Hereford
        Ann    | 2       | started | 2017-02-01  | opiate area=Ross
        Ann    | 2       | exited  | 2017-02-20  | 83
    """
    assert figure_of(history, area="Ross").cohort == ("Ann",)
    assert figure_of(history, area="Hereford").cohort == ()
    assert figure_of(history, area="Hereford", as_of="2017-01-31").cohort == ("Ann",)


@pytest.mark.parametrize(
    ("one", "other", "area"), [("A1", "B2", "Ross"), ("B2", "A1", "Hereford"), ("A2", "A10", "Hereford")]
)
def test_of_two_triaged_the_same_day_the_greater_key(figure_of: FigureOf, one: str, other: str, area: str) -> None:
    """Of two episodes triaged the same day the greater key (AGNCY, CLIENT, EPISODID) decides the area."""
    history = f"""
        client | episode | event   | occurred_on | detail
        Ann    | {one}   | started | 2016-09-01  | opiate area=Hereford
        Ann    | {other} | started | 2016-09-01  | opiate area=Ross
    """
    assert figure_of(history, area=area).cohort == ("Ann",)
    assert figure_of(history, area={"Ross": "Hereford", "Hereford": "Ross"}[area]).cohort == ()


def test_the_greater_agency_decides_before_the_client_reference(figure_of: FigureOf) -> None:
    """The key begins with the agency."""
    history = """
        client | episode | agency | event   | occurred_on | detail
        Ann    | 9       | H0001  | started | 2016-09-01  | opiate area=Hereford
        Ann    | 1       | H0002  | started | 2016-09-01  | opiate area=Ross
    """
    assert figure_of(history, area="Ross").cohort == ("Ann",)


def test_a_corrected_area_moves_the_client(figure_of: FigureOf) -> None:
    """A corrected area moves the client, as known from the day of the correction; also for days before it."""
    history = """
        client | event   | occurred_on | known_on   | detail
        Ann    | started | 2016-09-01  | 2016-10-15 | opiate area=Hereford
        Ann    | started | 2016-09-01  | 2017-05-15 | opiate area=Ross
    """
    assert figure_of(history, area="Hereford", as_of="2016-12-31", known_at="2017-05-14").cohort == ("Ann",)
    assert figure_of(history, area="Ross", as_of="2016-12-31", known_at="2017-05-15").cohort == ("Ann",)
    assert figure_of(history, area="Hereford", as_of="2016-12-31", known_at="2017-05-15").cohort == ()


def test_agencies_add_to_more_than_the_area(figure_of: FigureOf) -> None:
    """Every agency of the journey counts it, also one whose episode ended before the window.

    The first episode ended long before the window; its agency shares in the completion, because the journey is one.
    """
    history = """
        client | episode | agency | event   | occurred_on | detail
        Ann    | 1       | H0001  | started | 2015-01-01  | opiate
        Ann    | 1       | H0001  | exited  | 2015-06-01  | 83
        Ann    | 2       | H0002  | started | 2015-06-10  | opiate
        Ann    | 2       | H0002  | exited  | 2017-06-01  | 80
        Bob    | 3       | H0003  | started | 2016-09-01  | opiate
    """
    assert figure_of(history).counts == (1, 2)
    assert figure_of(history, agency="H0001").counts == (1, 1)
    assert figure_of(history, agency="H0002").counts == (1, 1)
    assert figure_of(history, agency="H0003").counts == (0, 1)
    assert figure_of(history, agency="H0004").counts == (0, 0)


def test_an_agency_counts_from_the_day_its_episode_is_seen(figure_of: FigureOf) -> None:
    """An agency joins a journey on the day on which its episode is first seen."""
    history = """
        client | episode | agency | event   | occurred_on | detail
        Ann    | 1       | H0001  | started | 2016-09-01  | opiate
        Ann    | 2       | H0002  | started | 2017-02-01  | opiate
    """
    assert figure_of(history, agency="H0002", as_of="2017-01-31").cohort == ()
    assert figure_of(history, agency="H0002", as_of="2017-02-01").cohort == ("Ann",)


@pytest.mark.parametrize(
    ("as_of", "owner"),
    [
        ("2016-12-31", "H0001"),
        ("2017-01-10", "H0003"),
        ("2017-01-31", "H0003"),
        ("2017-02-01", "H0001"),
        ("2017-03-30", "H0001"),
        ("2017-03-31", "H0002"),
        ("2017-04-01", "H0002"),
    ],
)
def test_where_parts_must_add_up(figure_of: FigureOf, as_of: str, owner: str) -> None:
    """Where parts must add up, a journey belongs to the agency of its last discharge.

    While it is open, to that of the open episode that started last; of two discharged on one day, to the later one's.
    """
    history = """
        client | episode | agency | event   | occurred_on | detail
        Ann    | 1       | H0001  | started | 2016-09-01  | opiate
        Ann    | 3       | H0003  | started | 2017-01-10  | opiate
        Ann    | 3       | H0003  | exited  | 2017-02-01  | 83
        Ann    | 2       | H0002  | started | 2016-08-01  | opiate
        Ann    | 2       | H0002  | exited  | 2017-04-01  | 80
        Ann    | 1       | H0001  | exited  | 2017-03-31  | 80
    """
    assert figure_of(history, as_of=as_of).owners == (owner,)


def test_of_two_last_discharges_the_later_triaged(figure_of: FigureOf) -> None:
    """Of two episodes discharged on the last day, the journey belongs to the agency of the one triaged later."""
    history = """
        client | episode | agency | event   | occurred_on | detail
        Ann    | 1       | H0002  | started | 2016-09-01  | opiate
        Ann    | 1       | H0002  | exited  | 2017-03-31  | 80
        Ann    | 2       | H0001  | started | 2016-10-01  | opiate
        Ann    | 2       | H0001  | exited  | 2017-03-31  | 80
    """
    assert figure_of(history).owners == ("H0001",)


def test_completions_belong_to_the_agencies_of_the_completion(figure_of: FigureOf) -> None:
    """For 5.x the deciding journey is the completion, not the return."""
    history = """
        client | episode | agency | event   | occurred_on | detail
        Ann    | 1       | H0001  | started | 2016-03-01  | opiate area=Hereford
        Ann    | 1       | H0001  | exited  | 2016-12-15  | 80
        Ann    | 2       | H0002  | started | 2017-05-01  | opiate area=Ross
    """
    assert figure_of(history, measure="5.0", agency="H0001").counts == (1, 1)
    assert figure_of(history, measure="5.0", agency="H0002").counts == (0, 0)
    assert figure_of(history, measure="5.0", area="Hereford").counts == (1, 1)
    assert figure_of(history, measure="5.0", area="Ross").counts == (0, 0)


def test_criminal_justice_is_asked_of_the_first_episode(figure_of: FigureOf) -> None:
    """A criminal-justice journey is one whose first-triaged episode was referred so (RFLS 13, or `05`; 16 is none)."""
    history = """
        client | episode | event   | occurred_on | detail
        Ann    | 1       | started | 2016-09-01  | opiate source=13
        Ann    | 2       | started | 2017-02-01  | opiate source=16
        Bob    | 3       | started | 2016-09-01  | opiate source=99
        Bob    | 4       | started | 2017-02-01  | opiate source=13
        Cas    | 5       | started | 2016-09-01  | opiate source=05
    """
    assert figure_of(history).cohort == ("Ann", "Bob", "Cas")
    assert figure_of(history, criminal_justice=True).cohort == ("Ann", "Cas")


def test_slices_combine(figure_of: FigureOf) -> None:
    """Slices combine: all that are asked for must hold."""
    history = """
        client | episode | agency | event   | occurred_on | detail
        Ann    | 1       | H0001  | started | 2016-09-01  | opiate area=Ross source=13
        Bob    | 2       | H0001  | started | 2016-09-01  | opiate area=Ross
        Cas    | 3       | H0002  | started | 2016-09-01  | opiate area=Ross source=13
        Dan    | 4       | H0001  | started | 2016-09-01  | opiate area=Hereford source=13
    """
    assert figure_of(history, area="Ross", agency="H0001", criminal_justice=True).cohort == ("Ann",)


def test_who_moved_to_another_area_is_another_client_by_a_variant(figure_of: FigureOf) -> None:
    """Area of residence is no part of identity; the variant `1-with-area` makes it one."""
    history = """
        client | episode | event   | occurred_on | detail
        Ann    | 1       | started | 2016-03-01  | opiate area=Hereford
        Ann    | 1       | exited  | 2016-12-15  | 80
        Ann    | 2       | started | 2017-05-01  | opiate area=Ross
    """
    assert figure_of(history, measure="5.0").counts == (1, 1)
    assert figure_of(history, measure="5.0", definition="1-with-area").counts == (0, 1)
