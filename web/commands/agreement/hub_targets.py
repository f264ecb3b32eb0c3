"""Proposing, agreeing and withdrawing the hubs' parts of a target: what two parties say, which changes no figure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from domain.contract_life.hub_targets import (
    AGREE,
    AGREE_IN_PART,
    AGREED,
    BY_PROVIDER,
    NOTHING,
    PROPOSE,
    PROPOSE_ALL,
    SETTLE,
    THING,
    WITHDRAW,
    HubTargetEvent,
    HubTargets,
    HubTargetsAgreed,
    HubTargetsProposed,
    HubTargetsWithdrawn,
    SharingRule,
    check_months,
    check_numbers,
    hub_target_stream,
    state_of,
)
from domain.contract_life.targets import target_stream, target_words
from domain.contract_life.transitions import COMMISSIONER, PROVIDER, check_version, next_state
from domain.errors import Refused
from domain.log.database import reading
from domain.log.reading import Recorded, read_streams
from domain.measures.registry import measure_named
from domain.register import Recording, Register
from projections.performance.hub_targets import SHARED_OF
from projections.performance.needed.people import window_at
from projections.performance.targets import Target, Targets
from web.auth.viewer import NotAllowed
from web.commands.commit import event_fields

REFUSALS: Final = {
    "hub-targets-hubs": "A hub is named twice, or none is.",
    "hub-targets-months": "A hub has not a number for each month, or the months are too many.",
    "hub-targets-number": "A month's number is none, or impossible.",
    "hub-targets-do-not-add-up": "The hubs' numbers do not add up to what is to be shared out.",
    "hub-targets-outside": "A month lies outside the days on which a completion counts in the target.",
    "hub-targets-target": "The target is withdrawn, or its measure is none that completions are needed for.",
    "hub-targets-unknown": "Nothing was proposed for this target, or there is no such target.",
    "hub-targets-not-yours": "A provider proposes the numbers of hubs that are not its own.",
    "hub-targets-in-future": "The day on which it was said lies after today.",
    "hub-targets-out-of-order": "The day on which it was said lies before what was said last.",
    "step-not-yours": "The step is the other party's.",
    "step-not-now": "The step cannot be taken in this state.",
    "changed-meanwhile": "Somebody changed it since it was read.",
}
"""Why the hubs' parts are not proposed, agreed or withdrawn, by code; nothing is stored then."""


@dataclass(frozen=True, slots=True)
class HubSpeaker:
    """Who says it, in which role and for whom: a provider's `hubs`; None is the commissioner.

    `on` is the day on which it was said.
    """

    actor: str
    role: str
    hubs: frozenset[str] | None
    on: date
    today: date

    @property
    def side(self) -> str:
        """Whose step it is."""
        return COMMISSIONER if self.hubs is None else PROVIDER

    def party(self, hubs: Collection[str]) -> tuple[str, ...]:
        """For which of these hubs they speak; for none, the commissioner.

        Raises:
            NotAllowed: none of a provider's hubs is among them.
        """
        if self.hubs is None:
            return ()
        if not self.hubs.intersection(hubs):
            raise NotAllowed("party-not-own", "None of your hubs has a part in it, so there is nothing for you to say.")
        return tuple(sorted(self.hubs.intersection(hubs)))


@dataclass(frozen=True, slots=True)
class Numbers:
    """What is proposed: so many in all, by which rule, of each hub from the first month on."""

    whole: int
    rule: SharingRule
    first_month: date
    of_hub: Mapping[str, Sequence[int]]


def propose(
    register: Register, target: int, numbers: Numbers, speaker: HubSpeaker, seen: int | None = None
) -> HubTargets:
    """Propose how a target is shared out; whoever proposes has agreed to it, for its own side.

    Raises:
        Refused: the target takes no hubs' parts, the numbers do not fit, or the day does not; or hubs of others were
            changed by a provider.
        ChangedMeanwhile: somebody said something since it was `seen`.
    """
    with register.recording() as recording:
        terms = _target(recording, target).terms
        hubs = tuple(sorted(numbers.of_hub))
        rows = tuple(tuple(numbers.of_hub[hub]) for hub in hubs)
        said = _said(recording, target)
        check_version("hub targets", seen, said.newest if said else 0)
        check_numbers(numbers.whole, hubs, rows)
        measure = measure_named(terms.measure)
        last_useful = window_at(measure, terms.last_day).last_day
        check_months(numbers.first_month, len(rows[0]), terms.first_day, last_useful)
        _check_others_hubs(said, numbers, speaker)
        party = speaker.party(hubs)
        step = PROPOSE_ALL if len(party) == len(hubs) else PROPOSE
        next_state(THING, step, said.state if said else NOTHING, speaker.side)
        event = HubTargetsProposed(
            **_fields(speaker, target, said, party),
            measure=terms.measure,
            whole=numbers.whole,
            rule=numbers.rule,
            first_month=numbers.first_month,
            hubs=hubs,
            numbers=rows,
        )
        return _with(recording, target, event)


def agree(register: Register, target: int, speaker: HubSpeaker, seen: int | None = None) -> HubTargets:
    """Agree to what stands, for one's own side; what a party has agreed to already, it need not agree to again.

    Raises:
        Refused: nothing is proposed, the step is not theirs, or the day does not fit.
        ChangedMeanwhile: somebody said something since it was `seen`.
    """
    with register.recording() as recording:
        said = _known(recording, target)
        check_version("hub targets", seen, said.newest)
        version = said.standing
        if version is None:
            next_state(THING, AGREE, said.state, speaker.side)
            raise AssertionError("what was ended cannot be agreed to")
        party = speaker.party(version.terms.hubs)
        if version.parties().issuperset(party or ("",)):
            return said
        after = state_of(version.parties() | {*(party or ("",))}, version.terms.hubs)
        step = _agreeing(said.state, after)
        assert next_state(THING, step, said.state, speaker.side) == after
        return _with(recording, target, HubTargetsAgreed(**_fields(speaker, target, said, party)))


def _agreeing(before: str, after: str) -> str:
    """Which step an agreement is: it may be the last one missing, or others still have to."""
    if after == AGREED:
        return AGREE if before == BY_PROVIDER else SETTLE
    return AGREE if after == BY_PROVIDER else AGREE_IN_PART


def withdraw(
    register: Register, target: int, speaker: HubSpeaker, reason: str = "", seen: int | None = None
) -> HubTargets:
    """Take the newest version back; one that both sides had agreed to, the commissioner may end.

    Raises:
        Refused: nothing stands, the step is not theirs, or the day does not fit.
        ChangedMeanwhile: somebody said something since it was `seen`.
    """
    reason = target_words(reason)
    with register.recording() as recording:
        said = _known(recording, target)
        check_version("hub targets", seen, said.newest)
        next_state(THING, WITHDRAW, said.state, speaker.side)
        assert said.standing
        party = speaker.party(said.standing.terms.hubs)
        return _with(recording, target, HubTargetsWithdrawn(**_fields(speaker, target, said, party), reason=reason))


def with_others(
    register: Register, target: int, mine: Mapping[str, Sequence[int]], speaker: HubSpeaker
) -> dict[str, Sequence[int]]:
    """A provider's numbers beside those of others' hubs as they stand; the commissioner's as they are."""
    if speaker.hubs is None:
        return dict(mine)
    own = speaker.hubs
    with reading(register.engine) as connection:
        stream = hub_target_stream(target)
        recorded = read_streams(connection, register.mapper, [stream]).get(stream)
    standing = HubTargets.folded(recorded).standing if recorded else None
    terms = standing.terms if standing else None
    others = {hub: terms.of_hub(hub) for hub in terms.hubs if hub not in own} if terms else {}
    return others | dict(mine)


# ---- what stands


def _target(recording: Recording, number: int) -> Target:
    recorded = recording.read_streams([target_stream(number)]).get(target_stream(number), [])
    target = next(iter(Targets(recorded)), None)
    if target is None:
        raise Refused("hub-targets-unknown", f"There is no target {number}.")
    if target.withdrawn_on:
        raise Refused("hub-targets-target", f"Target {number} was withdrawn on {target.withdrawn_on}.")
    codes = [measure.code for measure in SHARED_OF]
    if target.terms.measure not in codes:
        said = f"Completions are shared out for targets of {', '.join(codes)}, not of {target.terms.measure}."
        raise Refused("hub-targets-target", said)
    if target.terms.agency:
        raise Refused("hub-targets-target", f"Target {number} is of one hub already, {target.terms.agency}.")
    return target


def _said(recording: Recording, number: int) -> HubTargets | None:
    stream = hub_target_stream(number)
    recorded = recording.read_streams([stream]).get(stream)
    return HubTargets.folded(recorded) if recorded else None


def _known(recording: Recording, number: int) -> HubTargets:
    said = _said(recording, number)
    if said is None:
        raise Refused("hub-targets-unknown", f"Nothing was proposed for the hubs’ part of target {number}.")
    return said


def _check_others_hubs(said: HubTargets | None, numbers: Numbers, speaker: HubSpeaker) -> None:
    """A provider proposes numbers of its own hubs; those of others stay what they are."""
    if speaker.hubs is None:
        return
    own = speaker.hubs
    others = {hub: tuple(its) for hub, its in numbers.of_hub.items() if hub not in own}
    if not others:
        return
    before = said.standing.terms if said and said.standing else None
    same = (
        before is not None
        and before.first_month == numbers.first_month
        and others == {hub: before.of_hub(hub) for hub in before.hubs if hub not in own}
    )
    if not same:
        raise Refused(
            "hub-targets-not-yours",
            "A provider proposes numbers of its own hubs, and leaves those of others as they were proposed.",
        )


def _fields(speaker: HubSpeaker, number: int, said: HubTargets | None, party: tuple[str, ...]) -> dict[str, Any]:
    """What every event says of who spoke.

    Raises:
        Refused: the day has not come, or lies before what was said last.
    """
    if speaker.on > speaker.today:
        raise Refused("hub-targets-in-future", f"{speaker.on} lies after today, {speaker.today}.")
    last = _last_day(said)
    if last and speaker.on < last:
        raise Refused("hub-targets-out-of-order", f"Something was said on {last}, after {speaker.on}.")
    stream, version = hub_target_stream(number), said.newest + 1 if said else 1
    return event_fields(stream, version, number, speaker.on, speaker.actor, speaker.role) | {"party": party}


def _last_day(said: HubTargets | None) -> date | None:
    if said is None:
        return None
    recorded: list[Recorded] = []
    for version in said.versions:
        recorded += [version.proposed, *version.agreements, *([version.withdrawn] if version.withdrawn else [])]
    return max(one.event.occurred_on for one in recorded)


def _with(recording: Recording, number: int, event: HubTargetEvent) -> HubTargets:
    recording.append([event])
    return _known(recording, number)
