"""What was written about one person's records: files audited, rows of disputes, reviews of returns.

Only what was said while the record was theirs. Words that somebody wrote may speak of others, and are left out: what is
here was chosen from a list.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final
from uuid import UUID

from domain.contract_life.dispute import Dispute
from domain.improvement.audits.case_file_audit import CaseFileAudit
from domain.improvement.disputed.course import side_of
from domain.improvement.disputed.steps import DisputeRow, DisputeRowsAnswered, DisputeRowsListed
from projections.privacy.subject_access import OwnEpisode, PersonHeld
from web.queries.improvement.audits.drawing import every_audit
from web.queries.improvement.return_reviews import all_reviews
from web.queries.result import Result
from web.snapshot import Snapshot


class SubjectOwn(Result, frozen=True):
    """Something about a record of the person, which is named by the agency's own references."""

    agency: str
    client_reference: str
    episode_reference: str


class SubjectMark(Result, frozen=True):
    """What was found of an item in a file; `kind` is empty where it was not said."""

    item: str
    name: str
    state: str
    kind: str


class SubjectAudited(SubjectOwn, frozen=True):
    """The person's file was in the sample of a case-file audit; `held_on` is null while that is not completed."""

    audit: int
    drawn_on: date
    held_on: date | None
    marks: list[SubjectMark]


class SubjectAnswer(Result, frozen=True):
    """What a side ("commissioner" or "provider") answered: a verdict, and a reason of the short list (empty: none)."""

    on: date
    party: str
    verdict: str
    reason: str


class SubjectDisputed(SubjectOwn, frozen=True):
    """A row of a dispute is about the person: where the records have them, and where the other side would."""

    dispute: int
    row: int
    measure: str
    as_of: date
    listed_on: date
    listed_by: str
    ours: str
    theirs: str
    answers: list[SubjectAnswer]


class SubjectReviewed(SubjectOwn, frozen=True):
    """The person's return was reviewed: what was found, by code. `state` is "written" or "withdrawn"."""

    review: int
    on: date
    state: str
    findings: list[str]


class SubjectWritten(Result, frozen=True):
    """All that was written about a person's records."""

    audited: list[SubjectAudited]
    disputed: list[SubjectDisputed]
    reviewed: list[SubjectReviewed]

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.audited or self.disputed or self.reviewed)


NOTHING_WRITTEN: Final = SubjectWritten([], [], [])
_Own = Mapping[UUID, OwnEpisode]


def written_about(snapshot: Snapshot, held: PersonHeld) -> SubjectWritten:
    """What was written about the records of a person, in the order of the numbers."""
    own = {one.stream: one for one in held.episodes}
    if not own:
        return NOTHING_WRITTEN
    return SubjectWritten(
        [found for audit in every_audit(snapshot) for found in _audited(audit, own)],
        [found for dispute in snapshot.disputes for found in _disputed(dispute, own)],
        list(_reviewed(snapshot, own)),
    )


def _theirs(own: _Own, stream: UUID, position: int) -> OwnEpisode | None:
    """The record, if what stands at a position of the log was said of it while it was the person's."""
    its = own.get(stream)
    return its if its is not None and its.since.position <= position else None


def _named(its: OwnEpisode) -> tuple[str, str, str]:
    return its.agency, its.client_reference, its.episode_reference


def _audited(audit: CaseFileAudit, own: _Own) -> Iterator[SubjectAudited]:
    drawn, completed = audit.drawn, audit.completed
    for place, file in enumerate(drawn.files, 1):
        if its := _theirs(own, file.episode, audit.recorded[0].position):
            marks = [
                SubjectMark(item.code, item.name, mark.state, mark.kind)
                for item in drawn.item_set.items
                if (mark := audit.marks.get((place, item.code)))
            ]
            held_on = completed.held_on if completed else None
            yield SubjectAudited(*_named(its), audit.number, drawn.occurred_on, held_on, marks)


def _disputed(dispute: Dispute, own: _Own) -> Iterator[SubjectDisputed]:
    """The rows of every list, also of those that count no more."""
    for one in dispute.recorded:
        if isinstance(one.event, DisputeRowsListed):
            for row in one.event.rows:
                if its := _theirs(own, row.episode, one.position):
                    yield _row(dispute, one.event, row, its)


def _row(dispute: Dispute, listed: DisputeRowsListed, row: DisputeRow, its: OwnEpisode) -> SubjectDisputed:
    opened = dispute.opened
    answers = [
        SubjectAnswer(event.occurred_on, side_of(event), answer.verdict, answer.reason)
        for event in (one.event for one in dispute.recorded)
        if isinstance(event, DisputeRowsAnswered)
        for answer in event.answers
        if answer.row == row.row
    ]
    return SubjectDisputed(
        *_named(its), dispute.number, row.row, opened.measure, opened.as_of, listed.occurred_on, side_of(listed),
        row.ours, row.theirs, answers,
    )  # fmt: skip


def _reviewed(snapshot: Snapshot, own: _Own) -> Iterator[SubjectReviewed]:
    reviews = all_reviews(snapshot)
    for number, review in reviews.reviews.items():
        if its := _theirs(own, review.first.episode, reviews.recorded(number)[0].position):
            yield SubjectReviewed(
                *_named(its), number, review.first.occurred_on, review.state, list(review.text.findings)
            )
