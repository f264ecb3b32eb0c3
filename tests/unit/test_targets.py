"""Which target is in force: by period, by what had been agreed, by whose it is; and what a target may be."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from domain.contract_life.targets import ColourRule, Comparator, Goal, TargetKind, TargetScale, target_words
from domain.errors import Refused
from domain.measures.registry import measure_named
from domain.standpoint import Standpoint
from projections.performance.targets import Targets
from projections.standings.slices import Slice
from tests.scorecards import STANDPOINT, set_at, withdrawn_at

COMPLETIONS = measure_named("4.0")
APRIL, JUNE, AUGUST = date(2017, 4, 10), date(2017, 6, 1), date(2017, 8, 16)


def number(
    targets: Targets, where: Slice | None = None, at: Standpoint = STANDPOINT, measure: str = "4.0"
) -> int | None:
    found = targets.in_force(measure_named(measure), where or Slice(), at)
    return found.number if found else None


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (date(2017, 3, 31), None),
        (date(2017, 4, 1), 1),
        (date(2017, 12, 31), 1),
        (date(2018, 1, 1), None),
    ],
)
def test_the_period_includes_both_its_days(as_of: date, expected: int | None) -> None:
    assert number(Targets([set_at()]), at=replace(STANDPOINT, as_of=as_of, known_at=AUGUST)) == expected


@pytest.mark.parametrize(
    ("known_at", "expected"),
    [(None, None), (date(2017, 4, 9), None), (APRIL, 1), (date(2017, 5, 31), 1), (JUNE, 2), (AUGUST, 1), (date.max, 1)],
)
def test_the_target_of_then(known_at: date | None, expected: int | None) -> None:
    """Agreed in April, another in June, and that one withdrawn in August: each is shown as known then."""
    targets = Targets([set_at(1, APRIL), set_at(2, JUNE), withdrawn_at(2, AUGUST)])
    assert number(targets, at=replace(STANDPOINT, known_at=known_at)) == expected


def test_of_two_agreed_on_a_day_the_later_word() -> None:
    assert number(Targets([set_at(1), set_at(2)])) == 2


def test_agreed_last_is_not_said_last() -> None:
    assert number(Targets([set_at(1, JUNE), set_at(2, APRIL)])) == 1


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (Slice(), 1),
        (Slice(area="Ross"), 2),
        (Slice(area="Ledbury"), 1),
        (Slice(agency="H0001"), 3),
        (Slice(area="Ledbury", agency="H0001"), 3),
        (Slice(area="Ross", agency="H0002"), 2),
        (Slice(area="Ross", agency="H0001"), 4),
        (Slice(criminal_justice=True), None),
        (Slice(young_people=True), None),
    ],
)
def test_the_nearest_part_of_the_people(where: Slice, expected: int | None) -> None:
    targets = Targets(
        [set_at(1), set_at(2, area="Ross"), set_at(3, agency="H0001"), set_at(4, area="Ross", agency="H0001")]
    )
    assert number(targets, where) == expected


def test_another_measure_has_none() -> None:
    assert number(Targets([set_at()]), measure="4.1") is None
    assert number(Targets()) is None


def test_ten_percent_is_not_ten_points() -> None:
    """The paper's "10% increase" on 21.5% is relative; so is its growth of 1.75% on 5.40%."""
    ten = Goal.changed(Decimal("21.5"), "Q4 2015/16", Decimal(10), TargetScale.RELATIVE)
    assert (ten.kind, ten.low, ten.high) == (TargetKind.RELATIVE, Decimal("23.65"), Decimal("23.65"))
    assert Goal.changed(Decimal("21.5"), "Q4 2015/16", Decimal(10), TargetScale.POINTS).low == Decimal("31.5")
    growth = Goal.changed(Decimal("5.40"), "Q4 2015/16", Decimal("1.75"), TargetScale.RELATIVE)
    assert round(growth.low, 2) == Decimal("5.49")


def test_the_edge_that_has_to_be_reached() -> None:
    event = set_at(goal=Goal.range(Decimal("3.45"), Decimal("12.5"))).event
    assert event.edge("higher") == Decimal("3.45")  # type: ignore[attr-defined]
    assert event.edge("lower") == Decimal("12.5")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: Goal.level(Decimal("100.1")), "target-impossible"),
        (lambda: Goal.level(Decimal(-1)), "target-impossible"),
        (lambda: Goal.level(Decimal("NaN")), "target-impossible"),
        (lambda: Goal.level(Decimal("8.00001")), "target-decimals"),
        (lambda: Goal.range(Decimal(9), Decimal(8)), "target-range-empty"),
        (lambda: Goal.changed(Decimal(9), "", Decimal(8), TargetScale.POINTS), "target-baseline-unnamed"),
        (lambda: Goal.changed(Decimal(9), "Q1", Decimal(-10), TargetScale.POINTS), "target-impossible"),
        (lambda: ColourRule(TargetScale.POINTS, Decimal(2), Decimal(1)).checked(), "target-colours"),
        (lambda: ColourRule(TargetScale.POINTS, Decimal(-2)).checked(), "target-colours"),
        (lambda: Comparator(Decimal(1), Decimal(2), "").checked(), "target-comparator-unnamed"),
        (lambda: Comparator(Decimal(3), Decimal(2), "others").checked(), "target-range-empty"),
        (lambda: target_words("x" * 201), "target-words-too-long"),
        (lambda: target_words("a\x07b"), "target-words-unreadable"),
    ],
)
def test_what_is_no_target(make: object, code: str) -> None:
    assert callable(make)
    with pytest.raises(Refused) as refused:
        make()
    assert refused.value.code == code
