"""Entered figures of frozen scorecards: worked out again from the log, and what the public sees of them."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.contract_life.entered import ValueCorrected
from domain.standpoint import Standpoint
from projections.performance.entered import Entered
from projections.performance.entered_frozen import FrozenFigure, frozen_documents, frozen_faults
from projections.privacy.entered_public import CLOSE, SMALL, public_entered

from .test_entered import APRIL, entered, kpi, then, value

ON = date(2017, 5, 10)
BOARD = Standpoint(date(2017, 4, 30), ON, 3)
BOTH = (value(1, "H0001", APRIL, 12, 20, ON), value(2, "H0002", APRIL, 11, 19, ON))


def corrected(number: int, numerator: int, denominator: int, on: date = ON) -> Any:
    said = {"reason": "Counted twice.", "numerator": numerator, "denominator": denominator}
    return then(ValueCorrected, number, 2, on, **said)


def frozen(said: Entered, standpoint: Standpoint = BOARD) -> FrozenFigure:
    [document] = frozen_documents(said, standpoint)
    return FrozenFigure(document)


def withheld(*scorecards: Entered, now: Entered | None = None) -> list[str]:
    """Why the figure of each of these scorecards is not shown, published in this order."""
    published = [(number, frozen_documents(said, BOARD)) for number, said in enumerate(scorecards, 1)]
    return [figure.withheld for its in public_entered(published, now or scorecards[-1]).values() for figure in its]


def test_it_has_the_sum_with_the_values_in_it() -> None:
    document = frozen(entered(kpi(), *BOTH)).document
    assert (document["numerator"], document["denominator"], document["percentage"]) == (23, 39, 58.974)
    assert document["interval"]["low"] < 58.974 < document["interval"]["high"]
    assert document["coverage"] == {"expected": ["H0001", "H0002"], "missing": []}
    assert [(one["value"], one["version"]) for one in document["values"]] == [(1, 1), (2, 1)]
    assert (document["as_of"], document["known_at"], document["position"]) == ("2017-04-30", "2017-05-10", 3)


def test_what_was_not_entered_is_null_and_never_zero() -> None:
    document = frozen(entered(kpi(), BOTH[0])).document
    assert (document["numerator"], document["percentage"], document["interval"]) == (None, None, None)
    assert document["coverage"]["missing"] == ["H0002"]


def test_what_was_entered_later_is_not_in_it_and_shows_as_a_change() -> None:
    before, after = entered(kpi(), *BOTH), entered(kpi(), *BOTH, corrected(1, 20, 28))
    board = frozen(before)
    assert not board.has_changed(before)
    assert board.has_changed(after)
    # Said on the very day by which the scorecard knew, but after it was frozen.
    assert frozen_faults(1, [board.document], after) == []
    altered = board.document | {"numerator": 24}
    [fault] = frozen_faults(1, [altered], after)
    assert fault == (
        "Publication 1 has 24 of 39 in X.bbv, which is entered by hand, but what was entered by then is 23 of 39."
    )
    assert "is nothing" in frozen_faults(1, [board.document], Entered())[0]


def test_a_kpi_that_is_not_in_force_is_not_in_it() -> None:
    assert frozen_documents(entered(kpi(first_day=date(2017, 5, 1))), BOARD) == []


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ((12, 20), (11, 19), ""),
        ((12, 20), (4, 19), SMALL),
        ((12, 20), (15, 19), SMALL),
        ((0, 20), (11, 19), SMALL),
        ((12, 20), (14, 19), ""),
    ],
)
def test_one_small_value_withholds_the_sum(first: tuple[int, int], second: tuple[int, int], reason: str) -> None:
    said = entered(kpi(), value(1, "H0001", APRIL, *first, ON), value(2, "H0002", APRIL, *second, ON))
    assert withheld(said) == [reason]


@pytest.mark.parametrize(
    ("numerator", "denominator", "reason"), [(13, 20, CLOSE), (12, 24, CLOSE), (17, 25, ""), (12, 20, "")]
)
def test_two_scorecards_are_not_shown_together_if_they_tell_of_few(
    numerator: int, denominator: int, reason: str
) -> None:
    before = entered(kpi(), *BOTH)
    after = entered(kpi(), *BOTH, corrected(1, numerator, denominator))
    assert withheld(before, after) == ["", reason]
    # The public that returns sees what it saw.
    assert withheld(before, after, before, now=after) == ["", reason, ""]


_PAIRS = st.integers(0, 30).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))


@given(st.lists(st.tuples(_PAIRS, _PAIRS), min_size=1, max_size=4))
def test_nothing_that_is_shown_tells_of_few_people_even_to_an_agency(pairs: list[Any]) -> None:
    """Whoever knows all values but one learns of nothing small, and of no small change."""
    shown: list[tuple[Any, Any]] = []
    events: list[Any] = [kpi()]
    published, version = [], 0
    for number, pair in enumerate(pairs, 1):
        for agency, numbers in enumerate(pair, 1):
            events.append(
                then(ValueCorrected, agency, number, ON, reason="x", numerator=numbers[0], denominator=numbers[1])
                if version
                else value(agency, f"H000{agency}", APRIL, *numbers, ON)
            )
        version = 1
        published.append((number, frozen_documents(entered(*events), BOARD)))
    public = public_entered(published, entered(*events))
    for number, pair in enumerate(pairs, 1):
        if not public[number][0].withheld:
            for numerator, denominator in pair:
                assert numerator >= 5
                assert denominator - numerator >= 5
            for other in shown:
                for now, then_ in zip(pair, other, strict=True):
                    for one, two in ((now[0], then_[0]), (now[1], then_[1]), (now[1] - now[0], then_[1] - then_[0])):
                        assert one == two or abs(one - two) >= 5
            shown.append(pair)
