"""Comparator sets defined, changed, withdrawn; values of others loaded, typed in, withdrawn. No figure changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from domain.contract_life.comparators import (
    IN_USE,
    SET,
    WITHDRAWN,
    ComparatorSetChanged,
    ComparatorSetDefined,
    ComparatorSetWithdrawn,
    check_areas,
    comparator_words,
    set_stream,
)
from domain.contract_life.transitions import NONE, check_version, next_state
from domain.errors import Refused
from domain.log.mapper import JsonMapper
from domain.register import Recording, Register
from projections.performance.beside.comparators import (
    COMPARABLES,
    Comparators,
    ComparatorSet,
    ValueRelease,
    comparator_set,
)
from web.commands.agreement.parties import party_of
from web.commands.commit import event_fields, next_number
from web.files.agreement.comparator_values import FILE_REFUSALS, THERE_ARE, VALUE_REFUSALS

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
        return next_state(thing, step, state, party_of(self.role))

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
        if not set(COMPARABLES).issuperset(self.measures):
            raise Refused(
                "measure-unknown", f"One of the measures is none of which values of others can be held. {THERE_ARE}"
            )
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
        decision.step(SET, "change", state_of(before))
        check_version(SET, decision.seen, before.version)
        event = ComparatorSetChanged(**decision.fields(set_stream(number), number, before.version + 1), **fields)
        check_after(event.occurred_on, before)
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
        decision.step(SET, "withdraw", state_of(before))
        check_version(SET, decision.seen, before.version)
        fields = decision.fields(set_stream(number), number, before.version + 1)
        event = ComparatorSetWithdrawn(**fields, reason=reason)
        check_after(event.occurred_on, before)
        return comparator_set([*recorded, *recording.append([event])])


def _set(recording: Recording, number: int) -> tuple[Sequence[Any], ComparatorSet]:
    stream = set_stream(number)
    recorded = recording.read_streams([stream]).get(stream)
    if not recorded:
        raise Refused("comparator-set-unknown", f"There is no comparator set {number}.")
    return recorded, comparator_set(recorded)


def state_of(one: ComparatorSet | ValueRelease) -> str:
    """In use, or withdrawn."""
    return WITHDRAWN if one.withdrawn else IN_USE


def check_after(on: date, before: ComparatorSet | ValueRelease) -> None:
    """Raises Refused where something is said for a day before that of what it changes."""
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
