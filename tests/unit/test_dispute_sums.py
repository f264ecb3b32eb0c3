"""The rows of a dispute always add up: accepted, contested, not answered and unexplained are the whole difference."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.contract_life.dispute import Dispute, DisputeEvent, DisputeOpened, dispute_stream
from domain.improvement.disputed.course import ACCEPTED, CONTESTED, GIVEN_UP, UNANSWERED, DisputeCourse
from domain.improvement.disputed.steps import (
    PLACES,
    DisputeRow,
    DisputeRowAnswer,
    DisputeRowsAnswered,
    DisputeRowsListed,
)
from domain.log.reading import Recorded
from web.queries.improvement.disputed.account import figure_by_rows, less, unexplained
from web.queries.improvement.disputed.course import DisputeNumbers, DisputeRowSums, DisputeSums, course_result

AT, DAY = datetime(2017, 10, 24, 9, tzinfo=UTC), date(2017, 10, 24)
AGENCIES = ("H0001", "H0002")


def row(number: int, ours: Any, theirs: Any, agency: str = "H0001") -> DisputeRow:
    return DisputeRow(number, UUID(int=number), agency, ours, theirs, "So.")


def disputed(listings: list[list[DisputeRow]], answers: list[DisputeRowAnswer]) -> Dispute:
    """A dispute in which rows were listed, perhaps more than once, and then answered one by one."""
    said: list[tuple[type[DisputeEvent], dict[str, Any]]] = [
        (DisputeOpened, {"measure": "4.0", "as_of": DAY, "position": 1, "reason": "So.", "numerator": 1}),
        *((DisputeRowsListed, {"rows": tuple(rows)}) for rows in listings),
        *((DisputeRowsAnswered, {"answers": (answer,)}) for answer in answers),
    ]
    common = {"originator_id": dispute_stream(1), "occurred_on": DAY, "actor": "ann", "role": "provider", "number": 1}
    return Dispute.folded(
        Recorded(place, AT, kind(**common, originator_version=place, **fields))
        for place, (kind, fields) in enumerate(said, 1)
    )


places = st.sampled_from(list(PLACES))
verdicts = st.sampled_from([ACCEPTED, CONTESTED, GIVEN_UP])


@st.composite
def disputes(draw: st.DrawFn) -> Dispute:
    """One or two lists of up to six rows each, and answers to any of the rows, some of them more than once."""
    sizes = draw(st.lists(st.integers(1, 6), min_size=1, max_size=2))
    numbers = iter(range(1, sum(sizes) + 1))
    listings = [
        [row(next(numbers), draw(places), draw(places), draw(st.sampled_from(AGENCIES))) for _ in range(size)]
        for size in sizes
    ]
    answered = st.builds(DisputeRowAnswer, st.integers(1, sum(sizes)), verdicts)
    return disputed(listings, draw(st.lists(answered, max_size=10)))


def parts(sums: DisputeRowSums) -> list[DisputeSums]:
    return [sums.accepted, sums.contested, sums.unanswered]


def total(every: list[DisputeSums]) -> tuple[int, int, int]:
    return sum(one.rows for one in every), sum(one.numerator for one in every), sum(one.denominator for one in every)


@given(disputes(), st.integers(-300, 300), st.integers(-300, 300))
def test_rows_and_what_is_unexplained_are_the_difference(dispute: Dispute, counted: int, people: int) -> None:
    sums = course_result(dispute).sums
    difference = DisputeSums(0, counted, people)
    left = unexplained(difference, sums.listed)
    assert total([*parts(sums), left])[1:] == (counted, people)
    assert total(parts(sums)) == total([sums.listed])


figures = st.builds(DisputeNumbers, st.integers(0, 300), st.integers(0, 300))


@given(disputes(), figures, figures)
def test_a_settlement_follows_from_the_rows_that_both_accept(
    dispute: Dispute, ours: DisputeNumbers, theirs: DisputeNumbers
) -> None:
    """From the figure by rows, what is contested, not answered and unexplained is the rest of the way to theirs."""
    sums = course_result(dispute).sums
    by_rows = figure_by_rows(ours, sums.accepted)
    left = unexplained(less(theirs, ours), sums.listed)
    assert total([sums.contested, sums.unanswered, left])[1:] == total([less(theirs, by_rows)])[1:]
    taken = [one.row for one in DisputeCourse(dispute).rows if one.standing == ACCEPTED]
    counted = sum((row.theirs == "counted") - (row.ours == "counted") for row in taken)
    assert by_rows.numerator == ours.numerator + counted


@given(disputes())
def test_every_row_of_the_newest_list_stands_in_one_way(dispute: Dispute) -> None:
    result = course_result(dispute)
    ways = [len(result.standing(one)) for one in (ACCEPTED, CONTESTED, GIVEN_UP, UNANSWERED)]
    newest = DisputeCourse(dispute).listings[-1].event
    assert isinstance(newest, DisputeRowsListed)
    assert sum(ways) == len(newest.rows) == len(result.rows)


@given(disputes())
def test_what_two_providers_read_is_the_whole(dispute: Dispute) -> None:
    """Each reads its own rows, with their sums, and how many there are beside them."""
    whole, (first, second) = course_result(dispute), (course_result(dispute, frozenset({one})) for one in AGENCIES)
    assert total(parts(first.sums) + parts(second.sums)) == total(parts(whole.sums))
    assert (first.rows_not_shown, second.rows_not_shown) == (len(second.rows), len(first.rows))
    assert {one.agency for one in first.rows} <= {"H0001"}


@pytest.mark.parametrize(
    ("ours", "theirs", "numerator", "denominator"),
    [
        ("counted", "not-counted", -1, 0),
        ("counted", "out", -1, -1),
        ("not-counted", "counted", 1, 0),
        ("not-counted", "out", 0, -1),
        ("out", "counted", 1, 1),
        ("out", "not-counted", 0, 1),
    ],
)
def test_what_a_row_makes(ours: str, theirs: str, numerator: int, denominator: int) -> None:
    one = row(1, ours, theirs)
    assert (one.numerator, one.denominator) == (numerator, denominator)


def test_the_newest_answer_counts_and_an_older_list_does_not() -> None:
    listings = [[row(1, "out", "counted")], [row(2, "out", "counted"), row(3, "counted", "out")]]
    answers = [DisputeRowAnswer(1, ACCEPTED), DisputeRowAnswer(2, CONTESTED), DisputeRowAnswer(2, ACCEPTED)]
    course = DisputeCourse(disputed(listings, answers))
    assert [(one.row.row, one.standing) for one in course.rows] == [(2, ACCEPTED), (3, UNANSWERED)]
    assert (course.sums(ACCEPTED).numerator, course.sums().numerator, course.next_row) == (1, 0, 4)
