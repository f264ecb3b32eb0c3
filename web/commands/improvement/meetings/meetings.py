"""Meetings: planned, their minutes written and agreed, their actions done or dropped. They change no figure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from domain.contract_life.transitions import COMMISSIONER, NONE, check_version, next_state
from domain.errors import Refused
from domain.improvement.meetings.meetings import (
    DONE,
    DROPPED,
    ITEM_KINDS,
    KINDS,
    MEETING,
    MOST_ITEMS,
    OPEN,
    Meeting,
    MeetingActionAdded,
    MeetingActionClosed,
    MeetingCancelled,
    MeetingEdited,
    MeetingItem,
    MeetingPlanned,
    MinutesAgreed,
    MinutesWritten,
    meeting_stream,
)
from domain.improvement.written import WRITING_REFUSALS, ImprovementEvent, written_line, written_text
from domain.register import Recording, Register
from projections.improvement.meetings.meetings import meeting_within_reach, meetings
from web.auth.viewer import NotOwn
from web.commands.commit import next_number
from web.commands.improvement.author import Author, check_day

REFUSALS: Final = WRITING_REFUSALS | {
    "meeting-unknown": "There is no meeting with this number.",
    "meeting-kind": "There is no such kind of meeting.",
    "meeting-items": "What is on the agenda is no plan, notice, dispute or audit, or there is too much of it.",
    "meeting-day": "The minutes are of a day before the meeting, or the next meeting is not after it.",
    "meeting-action": "There is no such action, or it is closed already.",
}
"""Why a step of a meeting is refused, by code; nothing is stored then."""


@dataclass(frozen=True, slots=True)
class NewMeeting:
    """What is planned; see `MeetingTerms`."""

    day: date
    kind: str
    agencies: tuple[str, ...] = ()
    attendees: str = ""
    scorecard: int | None = None
    agenda: str = ""
    items: tuple[MeetingItem, ...] = ()


@dataclass(frozen=True, slots=True)
class NewMinutes:
    """What was said and decided; see `MinutesWritten`."""

    attendees: str
    minutes: str
    decisions: str = ""
    next_day: date | None = None


def plan_meeting(register: Register, terms: NewMeeting, author: Author) -> Meeting:
    """Plan a meeting, which both parties read.

    Raises:
        Refused: it lacks something, or the step is not the author's.
        NotOwn: a provider names an agency that is not its own.
    """
    next_state(MEETING, "plan", NONE, author.party)
    fields = _terms(terms, author)
    with register.recording() as recording:
        check_day(author, None)
        number = next_number(recording, MeetingPlanned)
        event = MeetingPlanned(**author.fields(meeting_stream(number), 1, number), **fields)
        return Meeting.folded(recording.append([event]))


def edit_meeting(
    register: Register,
    number: int,
    terms: NewMeeting,
    author: Author,
    seen: int | None = None,
    unread: Collection[MeetingItem] = (),
) -> Meeting:
    """Change what was planned. `unread`: what on the agenda the author does not read, and so leaves there. A provider
    leaves there the agencies that are not its own, too, and a meeting that concerns all goes on concerning all.

    Raises as `plan_meeting`, and ChangedMeanwhile.
    """
    fields = _terms(terms, author)
    fields["items"] = tuple(sorted({*fields["items"], *unread}))
    return _said(register, number, "edit", MeetingEdited, fields, author, seen)


def cancel_meeting(register: Register, number: int, reason: str, author: Author, seen: int | None = None) -> Meeting:
    """Say that it is not held. Raises Refused, NotOwn and ChangedMeanwhile."""
    fields = {"reason": written_text(reason, "reason", needed=False)}
    return _said(register, number, "cancel", MeetingCancelled, fields, author, seen)


def write_minutes(
    register: Register, number: int, minutes: NewMinutes, author: Author, seen: int | None = None
) -> Meeting:
    """Write the minutes, or write them anew; the other party agrees to them.

    Raises:
        Refused: they are empty, or a day does not fit.
        ChangedMeanwhile: it is not the version that was `seen`.
    """
    fields = {
        "attendees": written_line(minutes.attendees, "list of who was there"),
        "minutes": written_text(minutes.minutes, "text of the minutes"),
        "decisions": written_text(minutes.decisions, "text of the decisions", needed=False),
        "next_day": minutes.next_day,
    }
    return _said(register, number, "write the minutes of", MinutesWritten, fields, author, seen)


def agree_minutes(register: Register, number: int, author: Author, seen: int | None = None) -> Meeting:
    """Agree to the minutes that the other party wrote. Raises Refused, NotOwn and ChangedMeanwhile."""
    return _said(register, number, "agree the minutes of", MinutesAgreed, {}, author, seen)


def add_action(
    register: Register, number: int, text: str, owner: str, due: date | None, author: Author, seen: int | None = None
) -> Meeting:
    """Add an action to minutes that are one's own. Raises Refused, NotOwn and ChangedMeanwhile."""
    fields = {"text": written_text(text, "action"), "owner": written_line(owner, "owner of the action"), "due": due}
    return _said(register, number, "add an action to", MeetingActionAdded, fields, author, seen)


def close_action(register: Register, number: int, action: int, outcome: str, words: str, author: Author) -> Meeting:
    """Say that an action was "done", or that it is "dropped". Raises Refused and NotOwn."""
    if outcome not in {DONE, DROPPED}:
        raise Refused("meeting-action", "An action is done or dropped.")
    fields = {"action": action, "outcome": outcome, "words": written_text(words, "text", needed=outcome == DROPPED)}
    return _said(register, number, "close an action of", MeetingActionClosed, fields, author, None)


def _said(
    register: Register,
    number: int,
    step: str,
    kind: type[ImprovementEvent],
    fields: dict[str, Any],
    author: Author,
    seen: int | None,
) -> Meeting:
    with register.recording() as recording:
        meeting = _one(recording, register, number, author)
        next_state(MEETING, step, meeting.state, author.party)
        check_version(MEETING, seen, meeting.version)
        check_day(author, meeting.newest_day)
        fields = fields | _of_meeting(meeting, kind, fields, author)
        event = kind(**author.fields(meeting_stream(number), meeting.version + 1, number), **fields)
        return Meeting.folded((*meeting.recorded, *recording.append([event])))


def _of_meeting(
    meeting: Meeting, kind: type[ImprovementEvent], fields: dict[str, Any], author: Author
) -> dict[str, Any]:
    """What only the meeting itself can say of an event."""
    if kind is MeetingEdited:
        return {"agencies": _with_others(meeting, fields["agencies"], author)}
    if kind is MinutesWritten:
        _check_minutes(meeting, fields["next_day"], author)
    if kind is MeetingActionAdded:
        return {"action": len(meeting.actions) + 1}
    if kind is MeetingActionClosed:
        known = {one.number for one in meeting.actions if one.state == OPEN}
        if fields["action"] not in known:
            raise Refused("meeting-action", f"Meeting {meeting.number} has no open action {fields['action']}.")
    return {}


def _with_others(meeting: Meeting, chosen: tuple[str, ...], author: Author) -> tuple[str, ...]:
    """The agencies that it concerns once they were chosen anew: a provider takes it away from no other."""
    before = meeting.terms.agencies
    if author.party == COMMISSIONER:
        return chosen
    others = set(before) - (author.own or set())
    return tuple(sorted({*chosen, *others})) if before else ()


def _check_minutes(meeting: Meeting, next_day: date | None, author: Author) -> None:
    day = meeting.terms.day
    if author.on < day:
        raise Refused("meeting-day", f"The meeting is on {day}. Minutes are written on that day or later.")
    if next_day is not None and next_day <= day:
        raise Refused("meeting-day", f"The next meeting is after this one: give a day after {day}.")


def _terms(terms: NewMeeting, author: Author) -> dict[str, Any]:
    """What the event of a plan says, checked."""
    if terms.kind not in KINDS:
        raise Refused("meeting-kind", f"There is no kind '{terms.kind}'. Choose one of {', '.join(KINDS)}.")
    items = tuple(sorted(set(terms.items)))
    if len(items) > MOST_ITEMS or any(one.kind not in ITEM_KINDS for one in items):
        raise Refused("meeting-items", f"Name at most {MOST_ITEMS} plans, notices, disputes or audits.")
    return {
        "day": terms.day,
        "kind": terms.kind,
        "agencies": _whose(terms, author),
        "attendees": written_line(terms.attendees, "list of who comes", needed=False),
        "scorecard": terms.scorecard,
        "agenda": written_text(terms.agenda, "agenda", needed=False),
        "items": items,
    }


def _whose(terms: NewMeeting, author: Author) -> tuple[str, ...]:
    """Whose agencies it concerns: a provider's meeting those granted to it, where it names none."""
    agencies = tuple(sorted(set(terms.agencies)))
    if author.party == COMMISSIONER:
        return agencies
    if author.own is not None and not author.own.issuperset(agencies):
        raise NotOwn
    return agencies or tuple(sorted(author.own or ()))


def _one(recording: Recording, register: Register, number: int, author: Author) -> Meeting:
    """The meeting with this number, if it is within the author's reach."""
    every = meetings(recording.connection, register.mapper)
    meeting = next((one for one in every if one.number == number), None)
    if meeting is None:
        raise Refused("meeting-unknown", f"There is no meeting {number}. 'recount meeting list' names them.")
    if not meeting_within_reach(meeting, author.own):
        raise NotOwn
    return meeting
