"""KPIs entered by hand: their periods, what a value may be, and what their figures come to as known on a day."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.contract_life.colour_rules import RuleTerms
from domain.contract_life.entered import (
    EnteredKpiDefined,
    EnteredKpiEnded,
    ValueConfirmed,
    ValueCorrected,
    ValueEntered,
    ValueQuestioned,
    ValueWithdrawn,
    check_numbers,
    check_period,
    entered_code,
    entered_words,
    kpi_stream,
    last_period,
    period_words,
    periods_due,
    value_stream,
)
from domain.errors import Refused
from domain.log.reading import Recorded
from domain.measures.registry import MEASURE_OF
from domain.periods import ONE_DAY, Period, last_day_of_month
from domain.standpoint import Standpoint
from projections.performance.colours.colour_rules import ColourRules
from projections.performance.colours.rag import Rated
from projections.performance.entered import NOT_ENTERED, Entered, due, figure_of, line_of, missing_sentence
from projections.performance.targets import Targets
from projections.performance.trend import Basis, Direction
from tests.scorecards import set_at

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
APRIL, MAY, JUNE = (Period(date(2017, month, 1), last_day_of_month(date(2017, month, 1))) for month in (4, 5, 6))
HUBS = ("H0001", "H0002")


def event_of(event_kind: Any, stream: UUID, version: int, number: int, on: date, **given: Any) -> Any:
    common = {"occurred_on": on, "actor": "ann", "role": "provider", "party": "provider"}
    return event_kind(originator_id=stream, originator_version=version, number=number, **common | given)


def kpi(code: str = "X.bbv", **given: Any) -> EnteredKpiDefined:
    terms = {"code": code, "name": "Tested", "kind": "proportion", "polarity": "higher", "frequency": "monthly"}
    terms |= {"agencies": HUBS, "first_day": date(2017, 4, 1), "party": "commissioner"}
    event: EnteredKpiDefined = event_of(EnteredKpiDefined, kpi_stream(1), 1, 1, date(2017, 4, 1), **terms | given)
    return event


def value(
    number: int, agency: str, period: Period, numerator: int, denominator: int | None, on: date | None = None
) -> ValueEntered:
    said = {"kpi": 1, "agency": agency, "first_day": period.first_day, "last_day": period.last_day}
    numbers = {"numerator": numerator, "denominator": denominator}
    on = on or period.last_day + timedelta(10)
    event: ValueEntered = event_of(ValueEntered, value_stream(number), 1, number, on, **said, **numbers)
    return event


def then(kind: Any, number: int, version: int, on: date, **given: Any) -> Any:
    return event_of(kind, value_stream(number), version, number, on, **given)


def entered(*events: Any) -> Entered:
    return Entered(Recorded(position, AT, event) for position, event in enumerate(events, 1))


def numbers(said: Entered, agency: str | None, as_of: date) -> tuple[int | None, int | None]:
    figure = figure_of(said, said.kpis[0], agency, as_of)
    return figure.numerator, figure.denominator


# -- periods


@pytest.mark.parametrize(
    ("frequency", "as_of", "first_day", "last_day"),
    [
        ("monthly", "2017-07-31", "2017-07-01", "2017-07-31"),
        ("monthly", "2017-07-30", "2017-06-01", "2017-06-30"),
        ("monthly", "2016-02-29", "2016-02-01", "2016-02-29"),
        ("quarterly", "2017-07-31", "2017-04-01", "2017-06-30"),
        ("quarterly", "2017-06-30", "2017-04-01", "2017-06-30"),
        ("quarterly", "2017-03-30", "2016-10-01", "2016-12-31"),
    ],
)
def test_the_newest_period_has_ended(frequency: str, as_of: str, first_day: str, last_day: str) -> None:
    expected = Period(date.fromisoformat(first_day), date.fromisoformat(last_day))
    assert last_period(frequency, date.fromisoformat(as_of)) == expected


@given(st.sampled_from(["monthly", "quarterly"]), st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 900))
def test_the_periods_due_are_whole_follow_each_other_and_lie_between(frequency: str, first: date, days: int) -> None:
    last = first + timedelta(days)
    periods = list(periods_due(frequency, first, last))
    for period in periods:
        check_period(frequency, period)
        assert first <= period.first_day <= period.last_day <= last
    assert all(one.last_day + ONE_DAY == next_.first_day for one, next_ in pairwise(periods))
    if last_period(frequency, last).first_day >= first:
        assert periods[-1] == last_period(frequency, last)
    else:
        assert not periods


def test_a_period_is_written_as_councils_write_it() -> None:
    assert period_words("monthly", date(2017, 9, 30)) == "September 2017"
    assert period_words("quarterly", date(2017, 9, 30)) == "Q2 2017/18"


# -- what may be said


@pytest.mark.parametrize(
    ("kind", "numerator", "denominator", "code"),
    [
        ("proportion", 3, 2, "entered-impossible"),
        ("proportion", -1, 2, "entered-negative"),
        ("proportion", 0, -2, "entered-negative"),
        ("proportion", 3, None, "entered-half"),
        ("count", 3, 4, "entered-of-count"),
        ("count", -3, None, "entered-negative"),
        ("count", 10**12, None, "entered-too-large"),
    ],
)
def test_what_cannot_be_is_refused(kind: str, numerator: int, denominator: int | None, code: str) -> None:
    with pytest.raises(Refused) as refused:
        check_numbers(kind, numerator, denominator)
    assert refused.value.code == code


@pytest.mark.parametrize(("kind", "of"), [("proportion", (0, 0)), ("proportion", (2, 2)), ("count", (0, None))])
def test_what_can_be_is_not(kind: str, of: tuple[int, int | None]) -> None:
    check_numbers(kind, *of)


@pytest.mark.parametrize(
    ("frequency", "period"),
    [
        ("monthly", Period(date(2017, 4, 1), date(2017, 4, 29))),
        ("monthly", Period(date(2017, 4, 2), date(2017, 5, 1))),
        ("monthly", Period(date(2017, 4, 1), date(2017, 6, 30))),
        ("monthly", Period(date(2017, 4, 30), date(2017, 4, 1))),
        ("quarterly", APRIL),
        ("quarterly", Period(date(2017, 5, 1), date(2017, 7, 31))),
    ],
)
def test_a_period_of_another_length_is_refused(frequency: str, period: Period) -> None:
    with pytest.raises(Refused) as refused:
        check_period(frequency, period)
    assert refused.value.code == "entered-wrong-length"
    assert "2017-04-01 to" in refused.value.message


@pytest.mark.parametrize("code", ["4.0", "X.", "X.Needle", "x.needle", "X.needle ", "X.-a", "X.a" * 20, "X.a\n"])
def test_a_code_has_its_own_pattern_and_is_no_measures(code: str) -> None:
    with pytest.raises(Refused):
        entered_code(code)
    assert entered_code("X.needle") not in MEASURE_OF


def test_words_are_one_line_that_can_be_printed() -> None:
    assert entered_words("  a\n b ", "reason") == "a b"
    for words in ("", " ", "a" * 301, "a\x00b"):
        with pytest.raises(Refused):
            entered_words(words, "reason")


# -- figures

BOTH = (value(1, "H0001", APRIL, 6, 10), value(2, "H0002", APRIL, 3, 5))


def test_the_whole_is_the_sum_once_all_have_entered() -> None:
    said = entered(kpi(), *BOTH, value(3, "H0001", MAY, 7, 10))
    assert numbers(said, None, date(2017, 4, 30)) == (9, 15)
    assert numbers(said, "H0001", date(2017, 5, 31)) == (7, 10)
    whole = figure_of(said, said.kpis[0], None, date(2017, 5, 31))
    assert (whole.numerator, whole.denominator, whole.missing) == (None, None, ("H0002",))
    assert missing_sentence(whole, whole.missing) == "No value for May 2017 from H0002."


def test_a_period_without_a_value_is_not_entered_and_no_older_value_stands_in() -> None:
    said = entered(kpi(), *BOTH)
    line = line_of(said, said.kpis[0], "H0001", Standpoint(date(2017, 5, 31), None, 9), Targets(), Basis.PREVIOUS)
    assert (line.state, line.figure.numerator, line.figure.point.exact) == (NOT_ENTERED, None, None)
    assert line.against is None


def test_nobody_of_nobody_was_entered_and_is_no_percentage() -> None:
    said = entered(kpi(agencies=()), value(1, "", APRIL, 0, 0))
    line = line_of(said, said.kpis[0], None, Standpoint(date(2017, 4, 30), None, 9), Targets(), Basis.PREVIOUS)
    assert (line.state, line.figure.numerator, line.figure.denominator) == ("no target", 0, 0)
    assert line.figure.point.value is None


def test_as_known_on_a_day_the_value_entered_by_then_counts() -> None:
    corrected = then(ValueCorrected, 1, 2, date(2017, 6, 20), numerator=5, denominator=10, reason="twice")
    said = entered(kpi(), *BOTH, corrected)
    by_day = {day: numbers(said.as_known(day), "H0001", date(2017, 4, 30)) for day in _days("05-09", "05-10", "06-20")}
    assert by_day == dict(zip(by_day, [(None, None), (6, 10), (5, 10)], strict=True))


def test_a_withdrawn_value_leaves_its_period_without_one_and_another_may_take_its_place() -> None:
    withdrawn = then(ValueWithdrawn, 1, 2, date(2017, 5, 20), reason="another month’s")
    said = entered(kpi(), *BOTH, withdrawn)
    assert numbers(said, "H0001", date(2017, 4, 30)) == (None, None)
    again = entered(kpi(), *BOTH, withdrawn, value(3, "H0001", APRIL, 1, 2, date(2017, 5, 21)))
    assert numbers(again, "H0001", date(2017, 4, 30)) == (1, 2)


def test_a_question_takes_nothing_from_a_value() -> None:
    asked = then(ValueQuestioned, 1, 2, date(2017, 5, 20), question="Sure?", party="commissioner")
    said = entered(kpi(), *BOTH, asked)
    assert numbers(said, None, date(2017, 4, 30)) == (9, 15)
    assert said.values[0].state == "questioned by the commissioner"


def test_targets_colours_and_directions_are_those_of_every_other_figure() -> None:
    said = entered(kpi(agencies=("H0001",)), value(1, "H0001", APRIL, 6, 10), value(2, "H0001", MAY, 9, 10))
    targets = Targets([set_at(measure="X.bbv", low=80, high=80)])
    at = Standpoint(date(2017, 5, 31), date(2017, 8, 15), 9)
    line = line_of(said, said.kpis[0], None, at, targets, Basis.PREVIOUS)
    assert line.state == "on target"
    assert isinstance(line.movement, Direction)
    assert (str(line.movement.glyph), line.movement.difference, line.movement.judged) == ("↑", 30.0, "better")
    assert [one.numerator for one in line.spark] == [6, 9]


def test_the_contracts_colour_rule_is_of_what_is_entered_too() -> None:
    said = entered(kpi(agencies=("H0001",)), value(1, "H0001", APRIL, 6, 10), value(2, "H0001", MAY, 7, 10))
    targets = Targets([set_at(measure="X.bbv", low=80, high=80)])
    at = Standpoint(date(2017, 5, 31), date(2017, 8, 15), 9)
    terms = RuleTerms(name="Ours", first_day=date(2017, 4, 1), amber_within=Decimal(10))
    rules = ColourRules().trying([terms], date(2017, 4, 10))
    line = line_of(said, said.kpis[0], None, at, targets, Basis.PREVIOUS, rules=rules)
    assert isinstance(line.against, Rated)
    assert (line.state, line.against.rule.terms) == ("near target", terms)
    assert line.last_year is not None
    assert not line.last_year.is_entered


def test_what_is_due_is_what_has_ended_begins_with_the_kpi_and_ends_with_it() -> None:
    ended = event_of(
        EnteredKpiEnded, kpi_stream(1), 2, 1, date(2017, 7, 1), last_day=MAY.last_day, party="commissioner"
    )
    said = entered(kpi(first_day=date(2017, 4, 2)), value(1, "H0001", MAY, 1, 2), ended)
    missing = due(said, said.kpis, date(2017, 8, 31))
    assert [(one.agency, one.period) for one in missing] == [("H0002", MAY)]


def _days(*written: str) -> list[date]:
    return [date.fromisoformat(f"2017-{day}") for day in written]


STEPS = st.lists(
    st.tuples(st.sampled_from(["correct", "confirm", "question", "withdraw"]), st.integers(0, 40), st.integers(0, 9)),
    max_size=6,
)


@given(STEPS, st.integers(-5, 300))
def test_what_was_known_on_a_day_is_what_was_said_by_then(steps: list[tuple[str, int, int]], back: int) -> None:
    """As known on a day is the fold of the events of that day and before, whatever was said after it."""
    on, events = date(2017, 5, 10), [kpi(agencies=("H0001",)), value(1, "H0001", APRIL, 6, 10)]
    for version, (step, later, numerator) in enumerate(steps, 2):
        on += timedelta(later)
        kinds: dict[str, Any] = {
            "correct": (ValueCorrected, {"numerator": numerator, "denominator": 10, "reason": "So."}),
            "confirm": (ValueConfirmed, {}),
            "question": (ValueQuestioned, {"question": "Sure?"}),
            "withdraw": (ValueWithdrawn, {"reason": "So."}),
        }
        kind, given_ = kinds[step]
        events.append(then(kind, 1, version, on, **given_))
        if step == "withdraw":
            break
    known_at = date(2017, 4, 1) + timedelta(back)
    said_by_then = entered(*(one for one in events if one.occurred_on <= known_at))
    known = entered(*events).as_known(known_at)
    assert [one.recorded[-1].event for one in known.values] == [one.recorded[-1].event for one in said_by_then.values]
    if known.kpis:
        assert numbers(known, None, date(2017, 4, 30)) == numbers(said_by_then, None, date(2017, 4, 30))


COUNTS = st.integers(0, 50).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))


@given(st.lists(st.none() | COUNTS, min_size=1, max_size=5))
def test_the_whole_adds_up_or_has_no_number_at_all(parts: list[tuple[int, int] | None]) -> None:
    hubs = tuple(f"H{number:04}" for number in range(len(parts)))
    values = [value(n, hub, APRIL, *part) for n, (hub, part) in enumerate(zip(hubs, parts, strict=True)) if part]
    said = entered(kpi(agencies=hubs), *values)
    counts = [part for part in parts if part]
    whole = (sum(part[0] for part in counts), sum(part[1] for part in counts))
    assert numbers(said, None, date(2017, 4, 30)) == (whole if len(counts) == len(parts) else (None, None))
