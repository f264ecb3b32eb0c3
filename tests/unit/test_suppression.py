"""What of a figure the public sees: tables of counts on both sides of 5, and what a total would give back."""

from collections.abc import Mapping
from typing import Any

import pytest

from projections.publication.suppression import (
    SUPPRESSED,
    Counts,
    Visible,
    hidden_among,
    suppressed_document,
    visible,
    visible_beside,
    withheld_document,
)

DOCUMENT: dict[str, Any] = {
    "measure": "5.0u",
    "slice": {"area": None, "agency": None, "criminal_justice": False, "young_people": False},
    "numerator": 6,
    "denominator": 20,
    "percentage": 30.0,
    "interval": {"low": 14.5, "high": 51.9},
    "matured": 9,
    "parts": None,
    "waiting": None,
    "erased_records": 1,
    "status": "complete",
}


def shown(document: Mapping[str, Any]) -> dict[str, Any]:
    counts = Counts(document["numerator"], document["denominator"], document["matured"], document["parts"])
    return suppressed_document(dict(document), visible(counts))


@pytest.mark.parametrize(
    ("counts", "numerator", "denominator"),
    [
        ((5, 10), True, True),
        ((4, 10), False, True),
        ((0, 10), False, True),
        ((6, 10), False, True),  # the four others
        ((10, 10), False, True),
        ((3, 5), False, True),
        ((5, 5), False, True),
        ((0, 4), False, False),
        ((4, 4), False, False),
        ((0, 0), False, False),
        ((5, None), True, False),
        ((4, None), False, False),
        ((0, None), False, False),
    ],
)
def test_counts_under_five_and_their_complements(
    counts: tuple[int, int | None], numerator: bool, denominator: bool
) -> None:
    found = visible(Counts(*counts))
    assert (found.numerator, found.denominator) == (numerator, denominator)


@pytest.mark.parametrize(("matured", "expected"), [(4, False), (5, True), (15, True), (16, False), (20, False)])
def test_how_many_have_matured_is_a_count_too(matured: int, expected: bool) -> None:
    assert visible(Counts(6, 20, matured)).matured is expected


@pytest.mark.parametrize(
    ("parts", "hidden"),
    [
        ({"a": 5, "b": 9, "c": 6}, set()),
        ({"a": 4, "b": 9, "c": 6}, {"a", "c"}),  # the next smallest with it
        ({"a": 4, "b": 4, "c": 6}, {"a", "b"}),
        ({"a": 0, "b": 4, "c": 6}, {"a", "b", "c"}),  # 4 left of the total would be one of them or the other
        ({"a": 0, "b": 9, "c": 6}, {"a", "c"}),
        ({"a": 1, "b": 2, "c": 1, "d": 9, "e": 7}, {"a", "b", "c", "e"}),
        ({"a": 2, "b": 3, "c": 9, "d": 9}, {"a", "b"}),
        ({"a": 0, "b": 9}, {"a", "b"}),
        ({"b": 5, "a": 5, "c": 1}, {"a", "c"}),
        ({}, set()),
    ],
)
def test_parts_that_a_total_would_give_back(parts: dict[str, int], hidden: set[str]) -> None:
    assert hidden_among(parts) == hidden


def test_of_a_small_count_no_part_is_shown() -> None:
    assert visible(Counts(4, None, None, {"a": 4, "b": 0})).parts == frozenset()


def test_what_is_suppressed_is_not_zero() -> None:
    document = shown(DOCUMENT | {"numerator": 3, "percentage": 15.0})
    assert document["numerator"] == document["percentage"] == document["interval"] == {"suppressed": True}
    assert (document["denominator"], document["matured"], document["status"]) == (20, 9, "complete")
    assert document["suppression"]["under"] == 5
    assert "0 included" in document["suppression"]["instead"]
    assert "a longer period instead" in document["suppression"]["instead"]


def test_nothing_is_left_that_gives_it_back() -> None:
    document = shown(DOCUMENT | {"numerator": 0, "denominator": 4, "percentage": 0.0, "matured": 2})
    numbers = {name for name, value in document.items() if isinstance(value, int | float)}
    assert numbers == set()
    names = ("numerator", "denominator", "percentage", "interval", "matured")
    assert all(document[name] == SUPPRESSED for name in names)


def test_what_may_be_shown_is_whole() -> None:
    document = shown(DOCUMENT)
    assert {**document, "erased_records": 1, "suppression": None} == DOCUMENT | {"suppression": None}
    assert document["suppression"] == {"under": 5, "instead": None}


def test_what_is_none_stays_none() -> None:
    """A count has no percentage; that is no secret."""
    count = {"numerator": 3, "denominator": None, "percentage": None, "interval": None, "matured": None}
    document = shown(DOCUMENT | count | {"parts": {"opiate": 3, "alcohol": 0}})
    assert (document["numerator"], document["denominator"], document["percentage"], document["interval"]) == (
        SUPPRESSED, None, None, None
    )  # fmt: skip
    assert document["parts"] == {"opiate": SUPPRESSED, "alcohol": SUPPRESSED}


@pytest.mark.parametrize(("people", "expected"), [(5, 5), (4, SUPPRESSED), (0, SUPPRESSED)])
def test_who_waits(people: int, expected: object) -> None:
    """The longest wait is one person's."""
    waiting = {"people": people, "longest_days": 90}
    found = visible(Counts(6, 20, waiting=people))
    document = suppressed_document(DOCUMENT | {"waiting": waiting}, found)
    assert document["waiting"] == {"people": expected, "longest_days": SUPPRESSED}


def test_the_sentence_says_what_else_to_ask_for() -> None:
    part = {"area": "Ross", "agency": None, "criminal_justice": True, "young_people": False}
    said = shown(DOCUMENT | {"numerator": 1, "slice": part})["suppression"]["instead"]
    assert "the whole area, all referrals and ages, substance groups taken together or a longer period" in said


def test_withheld_is_all_suppressed() -> None:
    document = withheld_document(DOCUMENT)
    assert document["numerator"] == document["denominator"] == document["matured"] == SUPPRESSED


def test_groups_beside_their_total() -> None:
    """One of 3 in 40 is hidden, and so is the next smallest: the area's 30 of 100 would give it back."""
    groups = [Counts(3, 40), Counts(12, 30), Counts(15, 30)]
    found = visible_beside(Counts(30, 100), groups)
    assert [one.numerator for one in found] == [False, False, True]
    assert [one.denominator for one in found] == [True, True, True]


def test_a_small_group_takes_another_with_it() -> None:
    found = visible_beside(Counts(30, 63), [Counts(1, 3), Counts(9, 30), Counts(20, 30)])
    assert [(one.numerator, one.denominator) for one in found] == [(False, False), (False, False), (True, True)]


def test_groups_of_a_total_that_is_hidden_itself() -> None:
    found = visible_beside(Counts(4, 60), [Counts(0, 30), Counts(4, 30)])
    assert [(one.numerator, one.denominator) for one in found] == [(False, True), (False, True)]


def test_groups_of_a_count() -> None:
    found = visible_beside(Counts(30, None), [Counts(2, None), Counts(8, None), Counts(20, None)])
    assert found == [
        Visible(False, False, False, frozenset(), False),
        Visible(False, False, False, frozenset(), False),
        Visible(True, False, False, frozenset(), False),
    ]
