"""Values of others: a file loaded whole or not at all, one value typed in, a release withdrawn. No figure changes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from domain.contract_life.comparators import (
    RELEASE,
    ComparatorValue,
    ComparatorValuesReleased,
    ComparatorValuesWithdrawn,
    ValueKind,
    area_key,
    comparator_words,
    release_stream,
)
from domain.contract_life.transitions import NONE, check_version
from domain.errors import Refused
from domain.periods import Period
from domain.register import Register
from domain.submission import Rejection
from projections.performance.beside.comparators import Comparators, ValueRelease, release
from web.commands.commit import next_number
from web.files.agreement.comparator_values import SaidValue, checked_value, read_values
from web.queries.agreement.comparators import ValueRejected, ValuesLoaded, release_result

from .comparators import ComparatorDecision, check_after, state_of


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

    @property
    def result(self) -> ValuesLoaded:
        """What became of it, as an answer."""
        return ValuesLoaded(
            len(self.values),
            [ValueRejected(one.sheet_row, one.column, one.code, one.message) for one in self.rejected],
            self.unread,
            self.unknown_areas,
            self.replaced,
            self.newest,
            self.sha256,
            release_result(self.release) if self.release else None,
        )


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
        decision.step(RELEASE, "withdraw", state_of(before))
        check_version(RELEASE, decision.seen, before.version)
        event = ComparatorValuesWithdrawn(**decision.fields(stream, number, before.version + 1), reason=reason)
        check_after(event.occurred_on, before)
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
