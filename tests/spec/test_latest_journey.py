"""The latest journey

Each person counts once in a window, by the latest journey: of those that have a day in the window, the one that starts
last. First latest of all, then adult, then group, then the slice.
"""

import pytest

from .conftest import FigureOf

TWO_GROUPS = """
    client | episode | event   | occurred_on | detail
    Ann    | 1       | started | 2016-05-01  | opiate
    Ann    | 1       | exited  | 2016-09-30  | 80
    Ann    | 2       | started | 2017-02-01  | alcohol
    Ann    | 2       | exited  | 2017-04-01  | 85
"""


@pytest.mark.parametrize(
    ("as_of", "opiate", "alcohol"),
    [
        ("2017-01-31", (1, 1), (0, 0)),
        ("2017-02-01", (0, 0), (0, 1)),
        ("2017-09-30", (0, 0), (0, 1)),
        ("2018-03-31", (0, 0), (0, 1)),
        ("2018-04-01", (0, 0), (0, 0)),
    ],
)
def test_only_the_latest_journey_counts(
    figure_of: FigureOf, as_of: str, opiate: tuple[int, int], alcohol: tuple[int, int]
) -> None:
    """Whoever came back for alcohol no longer counts among opiates by the earlier journey, though it was a success."""
    assert figure_of(TWO_GROUPS, measure="4.0", as_of=as_of).counts == opiate
    assert figure_of(TWO_GROUPS, measure="4.2", as_of=as_of).counts == alcohol


def test_a_latest_journey_without_a_group_hides_the_earlier(figure_of: FigureOf) -> None:
    """The latest journey is chosen before the group is asked: one that cites no drug leaves its client out."""
    history = """
        client | episode | event   | occurred_on | detail
        Ann    | 1       | started | 2016-05-01  | opiate
        Ann    | 1       | exited  | 2016-09-30  | 80
        Ann    | 2       | started | 2017-02-01  | none
    """
    for measure in ("4.0", "4.1", "4.2", "4.3"):
        assert figure_of(history, measure=measure).counts == (0, 0)
    assert figure_of(history, measure="N.treatment").parts == ("no group",)


def test_the_latest_journey_is_chosen_before_the_slice(figure_of: FigureOf) -> None:
    """A client whose latest journey lies in another area does not count here by an earlier one."""
    history = """
        client | episode | agency | event   | occurred_on | detail
        Ann    | 1       | H0001  | started | 2016-05-01  | opiate area=Hereford
        Ann    | 1       | H0001  | exited  | 2016-09-30  | 80
        Ann    | 2       | H0002  | started | 2017-02-01  | opiate area=Ross
    """
    assert figure_of(history, area="Hereford").counts == (0, 0)
    assert figure_of(history, area="Ross").counts == (0, 1)
    assert figure_of(history, agency="H0001").counts == (0, 0)
    assert figure_of(history, agency="H0002").counts == (0, 1)


def test_phof_asks_for_the_latest_journey_of_its_own_window(figure_of: FigureOf) -> None:
    """PHOF looks at the latest journey that has a day between 18 and 6 months back, whatever came after."""
    assert figure_of(TWO_GROUPS, measure="1.0").counts == (0, 1)
    assert figure_of(TWO_GROUPS, measure="3.0").counts == (0, 0)
    assert figure_of(TWO_GROUPS, measure="3.0", as_of="2017-08-01").counts == (0, 1)


def test_one_person_at_two_agencies_counts_once(figure_of: FigureOf) -> None:
    """One person counts once in the area, and at each agency that has an episode of the deciding journey."""
    history = """
        client | episode | agency | event   | occurred_on | detail
        Ann    | 1       | H0001  | started | 2016-09-01  | opiate
        Ann    | 1       | H0001  | exited  | 2016-12-01  | 83
        Ann    | 2       | H0002  | started | 2016-12-05  | opiate
        Ann    | 2       | H0002  | exited  | 2017-06-01  | 80
    """
    assert figure_of(history).counts == (1, 1)
    assert figure_of(history, agency="H0001").counts == (1, 1)
    assert figure_of(history, agency="H0002").counts == (1, 1)
