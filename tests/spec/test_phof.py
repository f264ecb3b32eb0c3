"""PHOF 2.15: completed and did not come back

`1.0`, `2.0`, `3.0`: adults whose latest journey in the window from 18 to 6 months back is of the group; counted if it
ended in that window in success and no re-presentation followed.
"""

import pytest

from .conftest import FigureOf


@pytest.mark.parametrize(
    ("returned", "counts"),
    [
        ("2017-01-05", (0, 1)),
        ("2017-01-06", (0, 1)),
        ("2017-06-14", (0, 1)),
        ("2017-06-15", (1, 1)),
        ("2017-06-16", (1, 1)),
    ],
)
def test_completed_and_came_back(figure_of: FigureOf, returned: str, counts: tuple[int, int]) -> None:
    """Completed on 15 December: back by 14 June is a re-presentation, on 15 June it is none.

    Within 21 days (5 January) it is the same journey, and the completion is voided instead.
    """
    history = f"""
        client | episode | event   | occurred_on | detail
        Ann    | 1       | started | 2016-03-01  | opiate
        Ann    | 1       | exited  | 2016-12-15  | 80
        Ann    | 2       | started | {returned}  | alcohol
    """
    answer = figure_of(history, measure="1.0", as_of="2017-06-30")
    assert answer.counts == counts


def test_an_end_after_the_window_counts_as_not_ended(figure_of: FigureOf) -> None:
    """A success after the window's last day counts as not ended: in the cohort, and not counted."""
    history = """
        client | event   | occurred_on | detail
        Ann    | started | 2016-03-01  | opiate
        Ann    | exited  | 2017-02-15  | 80
    """
    assert figure_of(history, measure="1.0", as_of="2017-07-31").counts == (0, 1)
    assert figure_of(history, measure="1.0", as_of="2017-08-14").counts == (0, 1)
    assert figure_of(history, measure="1.0", as_of="2017-08-15").counts == (1, 1)


@pytest.mark.parametrize(("as_of", "counts"), [("2017-07-09", (1, 1)), ("2017-07-10", (0, 1))])
def test_a_return_after_as_of_is_not_seen(figure_of: FigureOf, as_of: str, counts: tuple[int, int]) -> None:
    """A return after `as_of` is not seen."""
    history = """
        client | episode | event   | occurred_on | detail
        Ann    | 1       | started | 2016-03-01  | opiate
        Ann    | 1       | exited  | 2017-01-09  | 80
        Ann    | 2       | started | 2017-07-08  | opiate modality=96
        Ann    | 2       | intervention | 2017-07-10 | id=2
    """
    assert figure_of(history, measure="1.0", as_of=as_of).counts == counts


@pytest.mark.parametrize(("reason", "counts"), [(80, (1, 1)), (83, (0, 1)), (85, (0, 1)), (89, (0, 1))])
def test_only_success_is_counted(figure_of: FigureOf, reason: int, counts: tuple[int, int]) -> None:
    """Left otherwise, transferred or died: in the cohort, and not counted."""
    history = f"""
        client | event   | occurred_on | detail
        Ann    | started | 2016-03-01  | opiate
        Ann    | exited  | 2016-12-15  | {reason}
    """
    assert figure_of(history, measure="1.0").counts == counts
