"""Values of entered KPIs: entered one by one or from a list, corrected, confirmed, questioned and withdrawn."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from domain.contract_life.entered import (
    EnteredEvent,
    Evidence,
    ValueConfirmed,
    ValueCorrected,
    ValueEntered,
    ValueQuestioned,
    ValueWithdrawn,
    check_numbers,
    check_period,
    entered_words,
    value_stream,
)
from domain.contract_life.transitions import COMMISSIONER, ENTERED_VALUE, NONE, check_version, next_state
from domain.errors import Refused
from domain.periods import Period
from domain.register import Recording, Register
from domain.submission import Rejection
from projections.performance.entered import WHOLE, Entered, EnteredKpi, EnteredValue
from web.auth.viewer import NotOwn
from web.files.entered_lists import ListedValue, ListRead
from web.queries.result import Result

from . import entered as kpis
from .entered import KpiAuthor, check_day

REFUSALS: Final = kpis.REFUSALS | {
    "entered-value-unknown": "There is no entered value with this number.",
    "entered-negative": "A number is below zero.",
    "entered-too-large": "A number is far too large.",
    "entered-of-count": "A count is given a denominator.",
    "entered-half": "A proportion is given no denominator.",
    "entered-impossible": "More are counted than there are.",
    "entered-wrong-length": "The days are no whole month, or no whole quarter, as the KPI asks.",
    "entered-overlaps": "The KPI has a value of this agency for these days.",
    "entered-before-start": "The days lie before the KPI begins.",
    "entered-after-end": "The days lie after the KPI has ended.",
    "entered-too-early": "The days are not over on the day on which the value would be entered.",
    "entered-other-agency": "The agency is none of those that enter a value of the KPI.",
    "entered-of-all": "One value for all agencies together is entered by the commissioner.",
    "entered-no-evidence": "The KPI asks for a file as evidence.",
    "entered-unchanged": "The value is just so already.",
}
"""Why a value is not stored or changed, by code; nothing is stored then."""


@dataclass(frozen=True, slots=True)
class ValueNumbers:
    """What a value says; a count has no denominator. Of the evidence only what `Evidence` holds is kept."""

    numerator: int
    denominator: int | None
    source: str
    evidence: Evidence | None


class NewValue(NamedTuple):
    """A value to be entered, by the code of its KPI; `agency` is `WHOLE` of one for all together."""

    code: str
    agency: str
    period: Period
    numbers: ValueNumbers


def enter_value(register: Register, value: NewValue, author: KpiAuthor) -> EnteredValue:
    """Enter the value of a period.

    Raises:
        Refused: there is no such KPI, or the value does not fit; the code is one of REFUSALS.
        NotOwn: the agency is another provider's.
    """
    with register.recording() as recording:
        entered = Entered.load(recording.connection, register.mapper)
        event = _event(entered, value, author, len(entered.values) + 1)
        return EnteredValue(tuple(recording.append([event])))


class LoadedValue(Result, frozen=True):
    """A value of a list; `number` is null while it is not stored, `agency` of all together."""

    code: str
    agency: str | None
    first_day: date
    last_day: date
    numerator: int
    denominator: int | None
    number: int | None


class Loaded(Result, frozen=True):
    """What became of a list: what was, or would be, entered; and what is wrong, for which nothing at all is stored."""

    stored: bool
    values: list[LoadedValue]
    rejected: list[Rejection]


COLUMN_OF_CODE: Final[Mapping[str, str]] = {
    "entered-kpi-unknown": "code",
    "entered-other-agency": "agency",
    "entered-of-all": "agency",
    "entered-not-own": "agency",
    "entered-wrong-length": "last_day",
    "entered-overlaps": "first_day",
    "entered-before-start": "first_day",
    "entered-after-end": "last_day",
    "entered-too-early": "last_day",
    "entered-out-of-order": "code",
    "entered-of-count": "denominator",
    "entered-half": "denominator",
    "entered-impossible": "numerator",
    "entered-negative": "numerator",
    "entered-too-large": "numerator",
    "entered-no-evidence": "evidence",
}
"""The column of a list that a refusal is about; "source" for any other."""


def enter_values(
    register: Register, read: ListRead, evidence: Evidence | None, author: KpiAuthor, *, dry_run: bool
) -> Loaded:
    """Enter every value of a list, or, if anything is wrong with any of them, none; a dry run stores nothing.

    `evidence` is of all of them.
    """
    with register.recording(keep=not dry_run) as recording:
        entered = Entered.load(recording.connection, register.mapper)
        lines = [(one.row, _listed(one, evidence)) for one in read.values]
        events, rejected = _planned(entered, lines, author, len(entered.values) + 1)
        rejected = sorted([*read.rejected, *rejected], key=lambda one: one.row)
        stored = not rejected and not dry_run
        if stored:
            recording.append(events)
        numbers = [event.number for event in events] if stored else [None] * len(lines)
        values = [_loaded(value, number) for (_row, value), number in zip(lines, numbers, strict=True)]
        return Loaded(stored, values, rejected)


def _loaded(value: NewValue, number: int | None) -> LoadedValue:
    period, numbers = value.period, value.numbers
    days = (period.first_day, period.last_day)
    return LoadedValue(value.code, value.agency or None, *days, numbers.numerator, numbers.denominator, number)


def _listed(one: ListedValue, evidence: Evidence | None) -> NewValue:
    return NewValue(
        one.code, one.agency, one.period, ValueNumbers(one.numerator, one.denominator, one.source, evidence)
    )


def _planned(
    entered: Entered, lines: Iterable[tuple[int, NewValue]], author: KpiAuthor, first: int
) -> tuple[list[ValueEntered], list[Rejection]]:
    events: list[ValueEntered] = []
    rejected: list[Rejection] = []
    rows: dict[tuple[str, str, Period], int] = {}
    for row, value in lines:
        try:
            if before := rows.get((value.code, value.agency, value.period)):
                raise Refused("entered-overlaps", f"Row {before} has a value for the same KPI, agency and days.")
            events.append(_event(entered, value, author, first + len(events)))
            rows[value.code, value.agency, value.period] = row
        except NotOwn:
            rejected.append(_rejection(row, "entered-not-own", "You enter values of your own agencies."))
        except Refused as refused:
            rejected.append(_rejection(row, refused.code, refused.message))
    return events, rejected


def _rejection(row: int, code: str, message: str) -> Rejection:
    return Rejection(row, COLUMN_OF_CODE.get(code, "source"), code, message, row + 1)


def _event(entered: Entered, value: NewValue, author: KpiAuthor, number: int) -> ValueEntered:
    kpi = entered.coded(value.code)
    if kpi is None:
        raise Refused("entered-kpi-unknown", f"There is no entered KPI '{value.code}'.")
    _check_agency(kpi, value.agency, author)
    next_state(ENTERED_VALUE, "enter", NONE, author.party)
    check_day(entered, kpi, author)
    _check_days(entered, kpi, value, author)
    return ValueEntered(
        **author.fields(value_stream(number), 1, number),
        **_numbers(kpi, value.numbers),
        kpi=kpi.number,
        agency=value.agency,
        first_day=value.period.first_day,
        last_day=value.period.last_day,
    )


def _check_agency(kpi: EnteredKpi, agency: str, author: KpiAuthor) -> None:
    if author.own is not None and agency and agency not in author.own:
        raise NotOwn
    if agency not in kpi.whose:
        whose = " and ".join(kpi.terms.agencies) or "all agencies together, so leave the agency empty"
        raise Refused("entered-other-agency", f"{kpi.terms.code} is entered of {whose}.")
    if agency == WHOLE and author.party != COMMISSIONER:
        raise Refused(
            "entered-of-all", f"The value of {kpi.terms.code} is of all agencies: the commissioner enters it."
        )


def _check_days(entered: Entered, kpi: EnteredKpi, value: NewValue, author: KpiAuthor) -> None:
    period, terms = value.period, kpi.terms
    check_period(terms.frequency, period)
    if period.first_day < terms.first_day:
        raise Refused("entered-before-start", f"{terms.code} begins on {terms.first_day}.")
    if kpi.last_day and period.last_day > kpi.last_day:
        raise Refused("entered-after-end", f"{terms.code} ended on {kpi.last_day}.")
    if period.last_day > author.on:
        raise Refused("entered-too-early", f"{kpi.in_words(period)} is not over on {author.on}.")
    if standing := entered.standing(kpi, value.agency, period):
        raise Refused(
            "entered-overlaps",
            f"Value {standing.number} is for {kpi.in_words(period)} already. Correct it, giving the reason.",
        )


def _numbers(kpi: EnteredKpi, numbers: ValueNumbers) -> dict[str, Any]:
    check_numbers(kpi.terms.kind, numbers.numerator, numbers.denominator)
    if kpi.terms.needs_evidence and numbers.evidence is None:
        raise Refused("entered-no-evidence", f"{kpi.terms.code} asks for a file as evidence. Choose it, or name it.")
    return {
        "numerator": numbers.numerator,
        "denominator": numbers.denominator,
        "source": entered_words(numbers.source, "source", needed=False),
        "evidence": numbers.evidence,
    }


# ---- what is said of one that was entered


def correct_value(
    register: Register, number: int, numbers: ValueNumbers, reason: str, author: KpiAuthor, seen: int | None = None
) -> EnteredValue:
    """Put other numbers in the place of a value's. As known before, the older ones stand.

    Raises:
        Refused: there is no such value, the numbers do not fit or are the same, no reason, or the step is not theirs.
        ChangedMeanwhile: it is not the version that was `seen`.
        NotOwn: the agency is another provider's.
    """
    with register.recording() as recording:
        kpi, value = _open(recording, register, number, "correct", author, seen)
        event = ValueCorrected(
            **author.fields(value_stream(number), value.version + 1, number),
            **_numbers(kpi, numbers),
            reason=entered_words(reason, "reason"),
        )
        before = value.numbers
        if all(getattr(event, name) == getattr(before, name) for name in ("numerator", "denominator", "source")) and (
            event.evidence in {None, before.evidence}
        ):
            raise Refused("entered-unchanged", "The value is just so already. Nothing was stored.")
        return _with(recording, value, event)


def confirm_value(register: Register, number: int, author: KpiAuthor, seen: int | None = None) -> EnteredValue:
    """Agree with what the other party entered; raises as `correct_value`."""
    with register.recording() as recording:
        _, value = _open(recording, register, number, "confirm", author, seen)
        event = ValueConfirmed(**author.fields(value_stream(number), value.version + 1, number))
        return _with(recording, value, event)


def confirm_values(register: Register, seen: Mapping[int, int], author: KpiAuthor) -> None:
    """Agree with several values at once, all or none: the version of each that was `seen`, by its number.

    Raises as `correct_value`.
    """
    with register.recording() as recording:
        entered = Entered.load(recording.connection, register.mapper)
        values = [_opened(entered, number, "confirm", author, version)[1] for number, version in sorted(seen.items())]
        recording.append(
            [ValueConfirmed(**author.fields(value_stream(one.number), one.version + 1, one.number)) for one in values]
        )


def question_value(
    register: Register, number: int, question: str, author: KpiAuthor, seen: int | None = None
) -> EnteredValue:
    """Ask about what the other party entered; it counts meanwhile. Raises as `correct_value`."""
    with register.recording() as recording:
        _, value = _open(recording, register, number, "question", author, seen)
        event = ValueQuestioned(
            **author.fields(value_stream(number), value.version + 1, number),
            question=entered_words(question, "question"),
        )
        return _with(recording, value, event)


def withdraw_value(
    register: Register, number: int, reason: str, author: KpiAuthor, seen: int | None = None
) -> EnteredValue:
    """Let a value count no more, so that its period has none again; raises as `correct_value`."""
    with register.recording() as recording:
        _, value = _open(recording, register, number, "withdraw", author, seen)
        event = ValueWithdrawn(
            **author.fields(value_stream(number), value.version + 1, number), reason=entered_words(reason, "reason")
        )
        return _with(recording, value, event)


def _open(
    recording: Recording, register: Register, number: int, step: str, author: KpiAuthor, seen: int | None
) -> tuple[EnteredKpi, EnteredValue]:
    """The value of a step, with its KPI."""
    return _opened(Entered.load(recording.connection, register.mapper), number, step, author, seen)


def _opened(
    entered: Entered, number: int, step: str, author: KpiAuthor, seen: int | None
) -> tuple[EnteredKpi, EnteredValue]:
    value = entered.value(number)
    if value is None:
        raise Refused(
            "entered-value-unknown", f"There is no entered value {number}. 'recount entered values' names them."
        )
    agency = value.entered.agency
    if author.own is not None and agency and agency not in author.own:
        raise NotOwn
    if agency == WHOLE and author.party != COMMISSIONER and step in {"correct", "withdraw"}:
        raise Refused("entered-of-all", "The value is of all agencies together: the commissioner changes it.")
    check_version("value", seen, value.version)
    next_state(ENTERED_VALUE, step, value.state, author.party)
    kpi = entered.kpi(value.entered.kpi)
    assert kpi
    check_day(entered, kpi, author)
    return kpi, value


def _with(recording: Recording, value: EnteredValue, event: EnteredEvent) -> EnteredValue:
    return EnteredValue((*value.recorded, *recording.append([event])))
