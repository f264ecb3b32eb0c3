"""Comparator sets defined, changed, withdrawn; values of others loaded, typed in, withdrawn. No figure changes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from domain.contract_life.comparators import (
    IN_USE,
    RELEASE,
    SET,
    WITHDRAWN,
    ComparatorSetChanged,
    ComparatorSetDefined,
    ComparatorSetWithdrawn,
    ComparatorValue,
    ComparatorValuesReleased,
    ComparatorValuesWithdrawn,
    ValueKind,
    area_key,
    check_areas,
    comparator_words,
    release_stream,
    set_stream,
)
from domain.contract_life.transitions import COMMISSIONER, NONE, PROVIDER, check_version, next_state
from domain.errors import Refused
from domain.log.mapper import JsonMapper
from domain.periods import Period
from domain.register import Recording, Register
from domain.submission import Rejection
from projections.performance.comparators import (
    COMPARABLES,
    Comparators,
    ComparatorSet,
    ValueRelease,
    comparator_set,
    release,
)
from web.commands.commit import event_fields, next_number
from web.files.comparator_values import FILE_REFUSALS, VALUE_REFUSALS, SaidValue, checked_value, read_values

REFUSALS: Final = {
    "comparator-set-empty": "A set has no areas.",
    "comparator-set-too-large": "A set has too many areas.",
    "comparator-area-twice": "An area is named twice in a set.",
    "comparator-set-unnamed": "A set has no name.",
    "comparator-set-no-day": "A set does not say from which day on it holds.",
    "comparator-set-no-measure": "A set does not say of which measures it is.",
    "comparator-measure-twice": "Another set in use is of the same measure: a figure has one group at a time.",
    "comparator-set-before": "The change would come before what it changes.",
    "comparator-in-future": "The day lies after today.",
    "comparator-set-unknown": "There is no comparator set with this number.",
    "comparator-release-unknown": "There is no release of values with this number.",
    "comparator-no-source": "The values have no source.",
    "comparator-no-value": "A release has no value.",
    "comparator-words-too-long": "A name, a source or a reason is too long.",
    "comparator-words-unreadable": "A name, a source or a reason has signs that cannot be printed.",
    "measure-unknown": "There is no such measure, or none of which values of others can be held.",
    "changed-meanwhile": "Somebody else changed it since it was read; both versions are shown.",
    "step-not-yours": "The role may not do this.",
    "step-not-now": "It is withdrawn already.",
    **FILE_REFUSALS,
    **VALUE_REFUSALS,
}
"""Why nothing is stored, by code."""


@dataclass(frozen=True, slots=True)
class ComparatorDecision:
    """Who says it, in which role; `on` is the day from which it holds, or on which values were released.

    `seen` is the version that somebody read before, None of a program that read none.
    """

    actor: str
    role: str
    on: date | None
    today: date
    seen: int | None = None

    def step(self, thing: str, step: str, state: str) -> str:
        """The state after a step of theirs. Whoever has the machine's command line speaks for the commissioner."""
        return next_state(thing, step, state, PROVIDER if self.role == PROVIDER else COMMISSIONER)

    def fields(self, stream: UUID, number: int, version: int) -> dict[str, Any]:
        """What every event says of it.

        Raises:
            Refused: there is no day, or it has not come.
        """
        if self.on is None:
            raise Refused("comparator-set-no-day", "Say from which day on it holds: the day on which it was set.")
        if self.on > self.today:
            raise Refused("comparator-in-future", f"{self.on} lies after today, {self.today}.")
        return event_fields(stream, version, number, self.on, self.actor, self.role)


@dataclass(frozen=True, slots=True)
class ComparatorSetTerms:
    """A set as somebody puts it; see `ComparatorSetDefined`."""

    name: str
    measures: tuple[str, ...]
    areas: tuple[str, ...]
    own_area: str = ""
    source: str = ""

    def checked(self) -> dict[str, Any]:
        """The fields of its event.

        Raises:
            Refused: it has no name, no measures or no areas, or one of them is wrong.
        """
        name = comparator_words(self.name)
        if not name:
            raise Refused("comparator-set-unnamed", "Give the set a name, like 'Opiate comparator group'.")
        measures = tuple(code for code in COMPARABLES if code in self.measures)
        if unknown := [code for code in self.measures if code not in COMPARABLES]:
            raise Refused("measure-unknown", f"“{unknown[0]}” is no measure of which values of others can be held.")
        if not measures:
            raise Refused("comparator-set-no-measure", "Say which measures the areas are compared by.")
        return {
            "name": name,
            "measures": measures,
            "areas": check_areas(self.areas),
            "own_area": comparator_words(self.own_area, "name of an area"),
            "source": comparator_words(self.source),
        }


# ---- sets


def define_set(register: Register, terms: ComparatorSetTerms, decision: ComparatorDecision) -> ComparatorSet:
    """Say which areas a council is compared with.

    Raises:
        Refused: something of it is not as it must be, or another set in use is of one of its measures.
    """
    fields = terms.checked()
    decision.step(SET, "define", NONE)
    with register.recording() as recording:
        number = next_number(recording, ComparatorSetDefined)
        event = ComparatorSetDefined(**decision.fields(set_stream(number), number, 1), **fields)
        _check_one_set_a_measure(recording, register.mapper, event)
        return comparator_set(recording.append([event]))


def change_set(
    register: Register, number: int, terms: ComparatorSetTerms, decision: ComparatorDecision
) -> ComparatorSet:
    """Say that a set is another from a day on; as known before, it is what it was.

    Raises:
        ChangedMeanwhile: it is not what was read.
        Refused: as `define_set`; there is none, or it is withdrawn.
    """
    fields = terms.checked()
    with register.recording() as recording:
        recorded, before = _set(recording, number)
        decision.step(SET, "change", _state(before))
        check_version(SET, decision.seen, before.version)
        event = ComparatorSetChanged(**decision.fields(set_stream(number), number, before.version + 1), **fields)
        _check_after(event.occurred_on, before)
        _check_one_set_a_measure(recording, register.mapper, event)
        return comparator_set([*recorded, *recording.append([event])])


def withdraw_set(register: Register, number: int, reason: str, decision: ComparatorDecision) -> ComparatorSet:
    """Say that nothing is compared with a set any more; as known before, it is.

    Raises:
        ChangedMeanwhile: it is not what was read.
        Refused: there is none, or it is withdrawn already.
    """
    reason = comparator_words(reason, "reason")
    with register.recording() as recording:
        recorded, before = _set(recording, number)
        decision.step(SET, "withdraw", _state(before))
        check_version(SET, decision.seen, before.version)
        fields = decision.fields(set_stream(number), number, before.version + 1)
        event = ComparatorSetWithdrawn(**fields, reason=reason)
        _check_after(event.occurred_on, before)
        return comparator_set([*recorded, *recording.append([event])])


def _set(recording: Recording, number: int) -> tuple[Sequence[Any], ComparatorSet]:
    stream = set_stream(number)
    recorded = recording.read_streams([stream]).get(stream)
    if not recorded:
        raise Refused("comparator-set-unknown", f"There is no comparator set {number}.")
    return recorded, comparator_set(recorded)


def _state(one: ComparatorSet | ValueRelease) -> str:
    return WITHDRAWN if one.withdrawn else IN_USE


def _check_after(on: date, before: ComparatorSet | ValueRelease) -> None:
    said_on = before.newest.event.occurred_on
    if on < said_on:
        raise Refused("comparator-set-before", f"{on} lies before {said_on}, when what it changes was said.")


def _check_one_set_a_measure(recording: Recording, mapper: JsonMapper, event: ComparatorSetDefined) -> None:
    for other in Comparators.load(recording.connection, mapper).sets:
        both = set(event.measures).intersection(other.terms.measures)
        if other.number != event.number and not other.withdrawn and both:
            raise Refused(
                "comparator-measure-twice",
                f"{', '.join(sorted(both))} is compared in “{other.terms.name}” already. A measure has one group at a "
                "time: change that one, or withdraw it first.",
            )


# ---- values


@dataclass(frozen=True, slots=True)
class ValuesOutcome:
    """What became of a file of values.

    `release` is None in a trial, and where a line was wrong: then nothing is stored. `unknown_areas` are in no set that
    is compared by the measure: a name may be mistyped. `newest` is the newest release that says something of the same
    measures and periods, 0 where none does; `replaced` counts the values that stand for the same already.
    """

    values: tuple[ComparatorValue, ...]
    rejected: tuple[Rejection, ...]
    unread: tuple[str, ...]
    unknown_areas: tuple[str, ...]
    newest: int
    replaced: int
    sha256: str
    release: ValueRelease | None = None


def load_values(
    register: Register, data: bytes, file: str, source: str, decision: ComparatorDecision, *, dry_run: bool = False
) -> ValuesOutcome:
    """Take in a file of values, whole or not at all; a trial stores nothing.

    `decision.seen` is the newest release that a trial said.

    Raises:
        ChangedMeanwhile: values of the same measures and periods were released since the trial.
        Refused: the file cannot be read, has no source, or the day has not come.
    """
    read, source = read_values(data, file), _source(source)
    decision.step(RELEASE, "load", NONE)
    with register.recording(keep=not dry_run) as recording:
        number = next_number(recording, ComparatorValuesReleased)
        fields = decision.fields(release_stream(number), number, 1)
        known = Comparators.load(recording.connection, register.mapper)
        newest = known.newest_release_of(_concerned(read.values))
        digest = sha256(data).hexdigest()
        outcome = ValuesOutcome(
            read.values,
            read.rejected,
            read.unread,
            _unknown_areas(known, read.values, decision),
            newest,
            sum(_stands(known, value, decision) for value in read.values),
            digest,
        )
        if dry_run or read.rejected:
            return outcome
        check_version("values of these measures and periods", decision.seen, newest)
        event = ComparatorValuesReleased(
            **fields,
            values=read.values,
            source=source,
            file=comparator_words(file, "name of a file"),
            sha256=digest,
        )
        return replace(outcome, release=release(recording.append([event])))


def enter_value(register: Register, said: SaidValue, source: str, decision: ComparatorDecision) -> ValueRelease:
    """Take in one value that was typed in: an area's, a group's, the nation's, or a range.

    `decision.seen` is the newest release that was read of its measure and period.

    Raises:
        ChangedMeanwhile: values of the same measure and period were released since.
        Refused: the value is not as it must be, has no source, or the day has not come.
    """
    value, source = checked_value(said), _source(source)
    decision.step(RELEASE, "enter", NONE)
    with register.recording() as recording:
        number = next_number(recording, ComparatorValuesReleased)
        fields = decision.fields(release_stream(number), number, 1)
        newest = Comparators.load(recording.connection, register.mapper).newest_release_of(_concerned([value]))
        check_version("value", decision.seen, newest)
        return release(recording.append([ComparatorValuesReleased(**fields, values=(value,), source=source)]))


def withdraw_values(register: Register, number: int, reason: str, decision: ComparatorDecision) -> ValueRelease:
    """Say that a release was wrong: what an earlier one said of the same stands again, as known from this day on.

    Raises:
        ChangedMeanwhile: it is not what was read.
        Refused: there is none, or it is withdrawn already.
    """
    reason = comparator_words(reason, "reason")
    stream = release_stream(number)
    with register.recording() as recording:
        recorded = recording.read_streams([stream]).get(stream)
        if not recorded:
            raise Refused("comparator-release-unknown", f"There is no release {number} of comparator values.")
        before = release(recorded)
        decision.step(RELEASE, "withdraw", _state(before))
        check_version(RELEASE, decision.seen, before.version)
        event = ComparatorValuesWithdrawn(**decision.fields(stream, number, before.version + 1), reason=reason)
        _check_after(event.occurred_on, before)
        return release([*recorded, *recording.append([event])])


def _source(source: str) -> str:
    words = comparator_words(source)
    if not words:
        raise Refused("comparator-no-source", "Say where the values are from, like 'DOMES Q3 2016/17'.")
    return words


def _unknown_areas(
    known: Comparators, values: Sequence[ComparatorValue], decision: ComparatorDecision
) -> tuple[str, ...]:
    """The areas of a file that no set knows by which their measure is compared."""
    areas: dict[str, set[str]] = {}
    for code in {value.measure for value in values}:
        terms = known.set_of(code, decision.today)
        areas[code] = {area_key(name) for name in (*terms.areas, terms.own_area)} if terms else set()
    unknown = (v.name for v in values if v.kind is ValueKind.AREA and area_key(v.name) not in areas[v.measure])
    return tuple(dict.fromkeys(unknown))


def _concerned(values: Sequence[ComparatorValue]) -> set[tuple[str, Period]]:
    return {(value.measure, value.period) for value in values}


def _stands(known: Comparators, value: ComparatorValue, decision: ComparatorDecision) -> bool:
    of_period = known.known(value.measure, decision.today).get(value.period, {})
    return (value.kind, area_key(value.name)) in of_period
