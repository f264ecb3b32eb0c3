"""How far a dispute has come, as its parties read it. It names no client: whose a row is, is a question of its own."""

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from domain.contract_life.dispute import Dispute, DisputeEvent
from domain.contract_life.entered import Evidence
from domain.improvement.disputed.course import (
    ACCEPTED,
    CONTESTED,
    GIVEN_UP,
    UNANSWERED,
    DisputeCourse,
    RowStanding,
    Sums,
)
from domain.improvement.disputed.steps import (
    DISPUTE_STEPS,
    LEVELS,
    DisputeEscalated,
    DisputeEvidenceGiven,
    DisputeMeetingHeld,
    DisputeReviewed,
    DisputeRow,
    DisputeRowsAnswered,
    DisputeRowsListed,
    DisputeSettlementAccepted,
    DisputeSettlementProposed,
    DisputeSettlementRefused,
)
from domain.log.reading import Recorded
from web.auth.viewer import Own
from web.queries.result import Moment, Result

_STEP_OF = {event: step for step, event in DISPUTE_STEPS.items()}


class DisputeNumbers(Result, frozen=True):
    """The numbers that the parties agreed on; a count has no denominator."""

    numerator: int
    denominator: int | None


class DisputeSpeech(Result, frozen=True):
    """When a party spoke, and who for it; `party` is the agency, empty for the commissioner."""

    on: date
    recorded_at: Moment
    actor: str
    role: str
    party: str
    position: int = msgspec.field(name="log_position")


class DisputeRowReply(DisputeSpeech, frozen=True):
    """What a side answered to a row: a verdict, a reason of the short list (empty: none), and words."""

    verdict: str
    reason: str
    words: str


class DisputeRowResult(Result, frozen=True):
    """A client on whom the figures differ: where each side has it, and what that makes in the two numbers.

    `standing`: "unanswered", "accepted" (both accept it), "contested" or "given-up" (by the side that listed it).
    """

    row: int
    agency: str
    ours: str
    theirs: str
    numerator: int
    denominator: int
    words: str
    listed_by: str
    standing: str
    replies: list[DisputeRowReply]

    @property
    def reply(self) -> DisputeRowReply | None:
        """The newest answer."""
        return self.replies[-1] if self.replies else None


class DisputeSums(Result, frozen=True):
    """How many rows stand so, and what they add up to: theirs less ours."""

    rows: int
    numerator: int
    denominator: int


class DisputeRowSums(Result, frozen=True):
    """What the rows add up to: `listed` are all that were not given up."""

    listed: DisputeSums
    accepted: DisputeSums
    contested: DisputeSums
    unanswered: DisputeSums


class DisputeHappening(DisputeSpeech, frozen=True):
    """A step that was taken. Of its own each step has some of the rest; `level` is counted from 1."""

    step: str
    words: str = ""
    rows: tuple[int, ...] = ()
    level: int | None = None
    held_on: date | None = None
    attendees: str = ""
    file: Evidence | None = None
    agreed: DisputeNumbers | None = None


class DisputeCourseResult(Result, frozen=True):
    """How far a dispute has come. `version` is what `seen` names; `rows_not_shown` are of other providers' clients."""

    stage: str
    version: int
    level: int
    level_name: str
    rows: list[DisputeRowResult]
    rows_not_shown: int
    sums: DisputeRowSums
    proposed: DisputeNumbers | None
    happened: list[DisputeHappening]

    @property
    def evidence(self) -> list[DisputeHappening]:
        """The files that were shown."""
        return [one for one in self.happened if one.file]

    @property
    def meetings(self) -> list[DisputeHappening]:
        """Joint reviews and meetings of a level."""
        return [one for one in self.happened if one.held_on]

    def standing(self, standing: str) -> list[DisputeRowResult]:
        """The rows that stand so."""
        return [one for one in self.rows if one.standing == standing]


def course_result(dispute: Dispute, own: Own | None = None) -> DisputeCourseResult:
    """How far a dispute has come; a provider reads no row of an agency that is not its `own`."""
    course = DisputeCourse(dispute)
    every = course.rows
    rows = [one for one in every if own is None or one.row.agency in own]
    numbers = {one.row.row for one in rows}
    proposed = course.proposed if course.stage.startswith("settle") else None
    return DisputeCourseResult(
        course.stage,
        dispute.version,
        course.level,
        LEVELS[course.level - 1],
        list(map(_row, rows)),
        len(every) - len(rows),
        row_sums(rows),
        DisputeNumbers(proposed.numerator, proposed.denominator) if proposed else None,
        [_happening(one, numbers) for one in dispute.recorded if type(one.event) in _STEP_OF],
    )


def row_sums(rows: Sequence[RowStanding]) -> DisputeRowSums:
    """What rows add up to, all that were not given up and by how they stand."""
    return DisputeRowSums(
        _sums(one.row for one in rows if one.standing != GIVEN_UP),
        *(_sums(one.row for one in rows if one.standing == standing) for standing in (ACCEPTED, CONTESTED, UNANSWERED)),
    )


def _sums(rows: Iterable[DisputeRow]) -> DisputeSums:
    sums = Sums.of(rows)
    return DisputeSums(sums.rows, sums.numerator, sums.denominator)


def _row(standing: RowStanding) -> DisputeRowResult:
    row = standing.row
    return DisputeRowResult(
        row.row,
        row.agency,
        row.ours,
        row.theirs,
        row.numerator,
        row.denominator,
        row.words,
        standing.listed_by,
        standing.standing,
        [DisputeRowReply(*speech(one), its.verdict, its.reason, its.words) for its, one in standing.answers],
    )


def speech(recorded: Recorded) -> tuple[date, str, str, str, str, int]:
    """Who spoke, when, for whom, and where it stands in the log."""
    event = recorded.event
    assert isinstance(event, DisputeEvent)
    at = recorded.recorded_at.isoformat()
    return event.occurred_on, at, event.actor, event.role, event.party, recorded.position


def _happening(recorded: Recorded, rows: set[int]) -> DisputeHappening:
    more: dict[str, object] = {}
    match recorded.event:
        case DisputeRowsListed(rows=listed):
            more = {"rows": tuple(one.row for one in listed if one.row in rows)}
        case DisputeRowsAnswered(answers=answers):
            more = {"rows": tuple(one.row for one in answers if one.row in rows)}
        case DisputeEvidenceGiven(file=file, note=note):
            more = {"file": file, "words": note}
        case DisputeReviewed() as event:
            more = {"words": event.findings, "rows": tuple(row for row in event.rows if row in rows)}
            more |= {"level": event.level, "held_on": event.held_on, "attendees": event.attendees}
        case DisputeMeetingHeld() as event:
            more = {"words": event.outcome, "level": event.level}
            more |= {"held_on": event.held_on, "attendees": event.attendees}
        case DisputeEscalated(level=level, words=words):
            more = {"level": level, "words": words}
        case DisputeSettlementProposed(numerator=numerator, denominator=denominator, words=words):
            more = {"words": words, "agreed": DisputeNumbers(numerator, denominator)}
        case DisputeSettlementRefused(words=words) | DisputeSettlementAccepted(words=words):
            more = {"words": words}
    step = _STEP_OF[type(recorded.event)]  # type: ignore[index]
    return DisputeHappening(*speech(recorded), step, **more)  # type: ignore[arg-type]
