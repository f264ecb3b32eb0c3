"""What was said of the hubs' parts of a target: who has agreed, what is in force on which day, and what may be said."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from domain.contract_life.hub_targets import (
    AGREED,
    BY_PROVIDER,
    NOTHING,
    PROPOSED,
    WITHDRAWN,
    HubTargetEvent,
    HubTargets,
    HubTargetsAgreed,
    HubTargetsProposed,
    HubTargetsWithdrawn,
    SharingRule,
    check_months,
    check_numbers,
    hub_target_stream,
)
from domain.errors import Refused
from domain.log.reading import Recorded

APRIL, MAY, JUNE = date(2017, 4, 10), date(2017, 5, 10), date(2017, 6, 10)
RIVERSIDE, HILL = ("H0001",), ("H0002",)
NUMBERS = {"H0001": (2, 1), "H0002": (1, 1)}


def said(*events: tuple[type[HubTargetEvent], date, tuple[str, ...]]) -> HubTargets:
    recorded = []
    for version, (kind, on, party) in enumerate(events, 1):
        more: dict[str, Any] = {}
        if kind is HubTargetsProposed:
            more = {
                "measure": "4.0",
                "whole": 5,
                "rule": SharingRule.TYPED,
                "first_month": date(2017, 4, 1),
                "hubs": tuple(NUMBERS),
                "numbers": tuple(NUMBERS.values()),
            }
        event = kind(
            originator_id=hub_target_stream(1), originator_version=version, occurred_on=on,
            actor="Ada", role="commissioner", number=1, party=party, **more,
        )  # fmt: skip
        recorded.append(Recorded(version, datetime(2026, 1, 5, tzinfo=UTC), event))
    return HubTargets.folded(recorded)


PROPOSE, AGREE, WITHDRAW = HubTargetsProposed, HubTargetsAgreed, HubTargetsWithdrawn
BOTH_AGREED = ((PROPOSE, APRIL, ()), (AGREE, APRIL, RIVERSIDE), (AGREE, MAY, HILL))


@pytest.mark.parametrize(
    ("events", "state", "in_force"),
    [
        (((PROPOSE, APRIL, ()),), PROPOSED, None),
        (((PROPOSE, APRIL, ()), (AGREE, APRIL, RIVERSIDE)), PROPOSED, None),
        (BOTH_AGREED, AGREED, 1),
        (((PROPOSE, APRIL, (*RIVERSIDE, *HILL)),), BY_PROVIDER, None),
        (((PROPOSE, APRIL, RIVERSIDE), (AGREE, APRIL, ()), (AGREE, MAY, HILL)), AGREED, 1),
        ((*BOTH_AGREED, (PROPOSE, JUNE, ())), PROPOSED, 1),
        ((*BOTH_AGREED, (PROPOSE, JUNE, ()), (AGREE, JUNE, (*RIVERSIDE, *HILL))), AGREED, 2),
        ((*BOTH_AGREED, (PROPOSE, JUNE, ()), (WITHDRAW, JUNE, ())), AGREED, 1),
        ((*BOTH_AGREED, (WITHDRAW, JUNE, ())), WITHDRAWN, None),
        (((PROPOSE, APRIL, ()), (WITHDRAW, MAY, ())), WITHDRAWN, None),
    ],
    ids=[
        "proposed", "one-hub", "agreed", "by-all-hubs", "provider-first", "another-proposed", "replaced", "taken-back",
        "ended", "withdrawn",
    ],
)  # fmt: skip
def test_the_state_and_what_counts(events: tuple[Any, ...], state: str, in_force: int | None) -> None:
    its = said(*events)
    version = its.in_force()
    assert (its.state, version.number if version else None) == (state, in_force)


def test_as_known_on_a_day_what_had_been_agreed_by_then_counts() -> None:
    its = said(*BOTH_AGREED, (PROPOSE, JUNE, ()), (AGREE, JUNE, (*RIVERSIDE, *HILL)), (WITHDRAW, date(2017, 7, 1), ()))
    numbers = [its.in_force(day) for day in (date(2017, 4, 9), APRIL, MAY, JUNE, date(2017, 7, 1))]
    assert [one.number if one else None for one in numbers] == [None, None, 1, 2, None]
    first = its.versions[0]
    assert [first.state(day) for day in (date(2017, 4, 9), APRIL, MAY)] == [NOTHING, PROPOSED, AGREED]
    assert first.agreed_on == MAY


@pytest.mark.parametrize(
    ("whole", "hubs", "numbers", "code"),
    [
        (5, ("H0001", "H0001"), ((2, 1), (1, 1)), "hub-targets-hubs"),
        (5, (), (), "hub-targets-hubs"),
        (5, ("H0001", "H0002"), ((2, 1), (2,)), "hub-targets-months"),
        (5, ("H0001",), ((),), "hub-targets-months"),
        (5, ("H0001",), ((6, -1),), "hub-targets-number"),
        (5, ("H0001", "H0002"), ((2, 1), (1, 0)), "hub-targets-do-not-add-up"),
    ],
)
def test_numbers_that_do_not_fit_are_refused(
    whole: int, hubs: tuple[str, ...], numbers: tuple[tuple[int, ...], ...], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        check_numbers(whole, hubs, numbers)
    assert refused.value.code == code


def test_the_sentence_says_how_many_are_missing() -> None:
    with pytest.raises(Refused, match="add up to 4, and 5 are to be shared out: 1 too few"):
        check_numbers(5, ("H0001",), ((2, 2),))


@pytest.mark.parametrize(("first", "count"), [(date(2017, 3, 1), 2), (date(2017, 4, 1), 10), (date(2017, 4, 2), 1)])
def test_months_outside_the_targets_time_are_refused(first: date, count: int) -> None:
    with pytest.raises(Refused):
        check_months(first, count, date(2017, 4, 1), date(2017, 12, 31))
