"""What an open dispute waits for: of which side, what, and by which day."""

from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

from domain.contract_life.transitions import COMMISSIONER, PROVIDER, by
from domain.improvement.disputed.course import UNANSWERED
from domain.improvement.working_days import working_day_after
from web.queries.contract_life.disputes import DisputeResult
from web.queries.improvement.disputed.course import DisputeHappening, DisputeSpeech

ANSWER_WITHIN: Final = 10
"""Working days within which the other side answers what was said; no contract says so [K]."""
SETTLEMENT, ROWS, ANSWER = "settlement", "rows", "answer"
_OTHER: Final = {COMMISSIONER: PROVIDER, PROVIDER: COMMISSIONER}


class DisputeWaits(NamedTuple):
    """What waits for a side: the answer to a settlement, to so many rows, or to what was said last."""

    what: str
    due: date
    rows: int = 0


def waits_for(dispute: DisputeResult, party: str) -> DisputeWaits | None:
    """What an open dispute waits for of a side: a settlement before rows, and both before an answer in words."""
    if not dispute.is_open:
        return None
    course = dispute.course
    if course.stage == by("settlement proposed", _OTHER[party]):
        return DisputeWaits(SETTLEMENT, _due(_newest(course.happened, "propose a settlement of")))
    if rows := [one for one in course.standing(UNANSWERED) if one.listed_by != party]:
        return DisputeWaits(ROWS, _due(_newest(course.happened, "list rows of")), len(rows))
    last = max(_said(dispute), key=lambda speech: speech.position)
    spoke = PROVIDER if last.party else COMMISSIONER
    return DisputeWaits(ANSWER, _due(last)) if spoke != party else None


def answer_due(said_on: date) -> date:
    """By which day the other side answers what was said on a day."""
    return working_day_after(said_on, ANSWER_WITHIN)


def _due(said: DisputeSpeech) -> date:
    return answer_due(said.on)


def _newest(happened: list[DisputeHappening], step: str) -> DisputeHappening:
    return [one for one in happened if one.step == step][-1]


def _said(dispute: DisputeResult) -> Iterator[DisputeSpeech]:
    yield dispute.opened
    yield from dispute.answers
    yield from dispute.course.happened
