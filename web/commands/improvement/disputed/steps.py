"""Rows, evidence, joint reviews, escalation and settlement of a dispute. They change no figure.

A figure is agreed by both sides or by nobody: one proposes it, the other accepts it, and that closes the dispute.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import msgspec

from domain.contract_life.dispute import Dispute, DisputeClosed, DisputeEvent
from domain.contract_life.entered import Evidence
from domain.contract_life.transitions import check_version, next_state
from domain.errors import Refused
from domain.improvement.disputed.course import CONTESTED, GIVEN_UP, DisputeCourse, RowStanding
from domain.improvement.disputed.steps import (
    DISPUTE_STEPS,
    LEVELS,
    MOST_ROWS,
    ROW_REASONS,
    THING,
    DisputeRow,
    DisputeRowAnswer,
    DisputeRowsAnswered,
    DisputeRowsListed,
)
from domain.improvement.written import WRITING_REFUSALS, written_line, written_text
from domain.register import Recording, Register
from projections.claims.claim import Claim, check_claim
from projections.claims.disputes import measure_of
from web.commands.contract_life.disputes import Speaker, open_one, with_events

REFUSALS: Final = WRITING_REFUSALS | {
    "dispute-row-none": "There is no such row in the newest list.",
    "dispute-row-answered-twice": "A row is answered twice at once.",
    "dispute-row-own": "A side answers the rows that the other listed; its own it can only give up.",
    "dispute-row-reason": "The answer has no reason, or one that is not of the short list.",
    "dispute-no-level": "There is no further level of escalation.",
    "dispute-held-later": "The meeting would have been held after today, or before the dispute was opened.",
    "dispute-no-figure": "The settlement names no figure.",
}
"""Why a step of a dispute is refused, by code; nothing is stored then."""


@dataclass(frozen=True, slots=True)
class DisputeSaid:
    """What a step says; each takes its own of these."""

    words: str = ""
    held_on: date | None = None
    attendees: str = ""
    rows: tuple[int, ...] = ()
    file: Evidence | None = None
    agreed: Claim | None = None


def list_rows(
    register: Register, number: int, rows: Sequence[DisputeRow], speaker: Speaker, seen: int | None = None
) -> Dispute:
    """Say on which clients the two figures differ. `rows` are those that were found in the records, in their order;
    they get the dispute's next numbers. An older list stays on record, and counts no more.

    Raises:
        Refused: the dispute is unknown or closed, or there is no row, or too many.
        ChangedMeanwhile: it is not the version that was `seen`.
    """
    if not 1 <= len(rows) <= MOST_ROWS:
        raise Refused("dispute-rows-number", f"Name 1 to {MOST_ROWS} clients.")
    with register.recording() as recording:
        course = _course(recording, number, "list rows of", speaker, seen)
        numbered = tuple(msgspec.structs.replace(row, row=place) for place, row in enumerate(rows, course.next_row))
        return _taken(recording, course, DisputeRowsListed, speaker, {"rows": numbered})


def answer_rows(
    register: Register, number: int, answers: Sequence[DisputeRowAnswer], speaker: Speaker, seen: int | None = None
) -> Dispute:
    """Accept or contest rows of the other side, or give up rows of one's own: each with a reason of the short list, in
    words, or both. To accept a row, or to give it up, no reason is needed.

    Raises:
        Refused: a row is not there or not to be answered so, or a reason is missing.
        ChangedMeanwhile: it is not the version that was `seen`.
    """
    with register.recording() as recording:
        course = _course(recording, number, "answer rows of", speaker, seen)
        standing = {one.row.row: one for one in course.rows}
        if not answers:
            raise Refused("dispute-row-none", "Answer at least one row.")
        if len({answer.row for answer in answers}) < len(answers):
            raise Refused("dispute-row-answered-twice", "A row is answered twice. Give each row one answer.")
        checked = tuple(_checked(answer, standing.get(answer.row), speaker) for answer in answers)
        return _taken(recording, course, DisputeRowsAnswered, speaker, {"answers": checked})


def _checked(answer: DisputeRowAnswer, standing: RowStanding | None, speaker: Speaker) -> DisputeRowAnswer:
    if standing is None:
        raise Refused("dispute-row-none", f"There is no row {answer.row} in the newest list.")
    if (standing.listed_by == speaker.side) != (answer.verdict == GIVEN_UP):
        raise Refused(
            "dispute-row-own",
            f"Row {answer.row}: the other side accepts or contests a row; the side that listed it can give it up.",
        )
    words = written_line(answer.words, f"reason for row {answer.row}", needed=False)
    is_missing = answer.verdict == CONTESTED and not (words or answer.reason)
    if is_missing or (answer.reason and answer.reason not in ROW_REASONS) or (answer.reason == "other" and not words):
        raise Refused("dispute-row-reason", f"Row {answer.row}: choose a reason from the list, or say it in words.")
    return DisputeRowAnswer(answer.row, answer.verdict, answer.reason, words)


def take_dispute_step(
    register: Register, number: int, step: str, said: DisputeSaid, speaker: Speaker, seen: int | None = None
) -> Dispute:
    """Take one of the other steps: evidence, a joint review, a meeting, escalation, or of a settlement.

    Accepting a settlement closes the dispute with the figure that was proposed, in the same transaction.

    Raises:
        Refused: the step is not the speaker's or not to be taken now, or what it says does not fit.
        ChangedMeanwhile: it is not the version that was `seen`.
    """
    with register.recording() as recording:
        course = _course(recording, number, step, speaker, seen)
        fields = _FIELDS[step](said, course, speaker)
        taken = _taken(recording, course, DISPUTE_STEPS[step], speaker, fields)
        if step != "accept the settlement of":
            return taken
        proposed = course.proposed
        assert proposed is not None  # the table lets nobody accept what was not proposed
        closed = {"outcome": said.words.strip(), "numerator": proposed.numerator, "denominator": proposed.denominator}
        return _taken(recording, DisputeCourse(taken), DisputeClosed, speaker, closed)


def _course(recording: Recording, number: int, step: str, speaker: Speaker, seen: int | None) -> DisputeCourse:
    course = DisputeCourse(open_one(recording, number))
    next_state(THING, step, course.stage, speaker.side)
    check_version(THING, seen, course.dispute.version)
    return course


def _taken(
    recording: Recording, course: DisputeCourse, kind: type[DisputeEvent], speaker: Speaker, fields: dict[str, Any]
) -> Dispute:
    place = speaker.fields(course.dispute.number, course.dispute.version + 1)
    return with_events(recording, course.dispute, kind(**place, **fields))


def _evidence(said: DisputeSaid, _course: DisputeCourse, _speaker: Speaker) -> dict[str, Any]:
    if said.file is None:
        raise Refused("evidence-empty", "Choose the file that is the evidence.")
    return {"file": said.file, "note": written_text(said.words, "note")}


def _held(said: DisputeSaid, course: DisputeCourse, speaker: Speaker) -> dict[str, Any]:
    held_on, opened_on = said.held_on or speaker.on, course.dispute.opened.occurred_on
    if not opened_on <= held_on <= speaker.on:
        raise Refused(
            "dispute-held-later", f"Give a day from {opened_on}, when it was opened, to {speaker.on}, which is today."
        )
    attendees = written_line(said.attendees, "list of who was there")
    return {"level": course.level, "held_on": held_on, "attendees": attendees}


def _reviewed(said: DisputeSaid, course: DisputeCourse, speaker: Speaker) -> dict[str, Any]:
    known = {one.row.row for one in course.rows}
    missing = sorted(set(said.rows) - known)
    if missing:
        raise Refused("dispute-row-none", f"There is no row {missing[0]} in the newest list.")
    rows = {"rows": tuple(sorted(set(said.rows)))}
    return _held(said, course, speaker) | rows | {"findings": written_text(said.words, "text of what was found")}


def _met(said: DisputeSaid, course: DisputeCourse, speaker: Speaker) -> dict[str, Any]:
    return _held(said, course, speaker) | {"outcome": written_text(said.words, "text of what came of it")}


def _escalated(said: DisputeSaid, course: DisputeCourse, _speaker: Speaker) -> dict[str, Any]:
    if course.level >= len(LEVELS):
        raise Refused("dispute-no-level", f"It has reached the last level: {LEVELS[-1]}.")
    return {"level": course.level + 1, "words": written_text(said.words, "reason")}


def _proposed(said: DisputeSaid, course: DisputeCourse, _speaker: Speaker) -> dict[str, Any]:
    agreed = said.agreed
    if agreed is None or agreed.numerator is None:
        raise Refused("dispute-no-figure", "Say which figure you would agree to, in numbers.")
    check_claim(agreed, measure_of(course.dispute))
    words = written_text(said.words, "reason")
    return {"numerator": agreed.numerator, "denominator": agreed.denominator, "words": words}


def _in_words(said: DisputeSaid, _course: DisputeCourse, _speaker: Speaker) -> dict[str, Any]:
    return {"words": written_text(said.words, "reason", longest=2000)}


_FIELDS: Final = {
    "give evidence for": _evidence,
    "review": _reviewed,
    "meet about": _met,
    "escalate": _escalated,
    "propose a settlement of": _proposed,
    "refuse the settlement of": _in_words,
    "accept the settlement of": _in_words,
}
"""What each step says beside who takes it, checked."""
PLAIN_STEPS: Final = tuple(_FIELDS)
"""The steps that `take_dispute_step` takes."""
