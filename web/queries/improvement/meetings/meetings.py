"""Meetings, as both parties and auditors read them: what is tabled, what was decided, what is carried over."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from domain.errors import Refused
from domain.improvement.meetings.meetings import (
    AUDIT,
    DISPUTE,
    KINDS,
    NOTICE,
    OPEN,
    PLAN,
    Meeting,
    MeetingAction,
    MeetingItem,
)
from projections.improvement.meetings import meetings as on_record
from projections.improvement.meetings.meetings import carried_over, meeting_within_reach
from web.auth.roles import Reach
from web.auth.viewer import EVERYTHING, NotOwn, Viewer
from web.queries.contract_life import disputes as asked_disputes
from web.queries.contract_life import publications
from web.queries.contract_life.disputes import DisputeResult, DisputesQuery
from web.queries.contract_life.publications import PublicationsQuery
from web.queries.improvement import action_plans, performance_notices
from web.queries.improvement.action_plans import PlansQuery
from web.queries.improvement.audits import case_file_audits
from web.queries.improvement.audits.case_file_audits import AuditResult, AuditsQuery
from web.queries.improvement.meetings.commentary import CommentResult, commentary_of_card
from web.queries.improvement.performance_notices import NoticesQuery
from web.queries.improvement.results.notice_results import NoticeResult
from web.queries.improvement.results.plan_results import PlanLine
from web.queries.parameters import EVERYBODY
from web.queries.performance.figure import FigureResult
from web.queries.result import Result
from web.queries.slices import codes_known
from web.snapshot import Snapshot, snapshot_cache


class MeetingActionResult(Result, frozen=True):
    """An action: at which meeting it was agreed, whose it is, and how it stands.

    `carried` is at how many meetings of the kind it was open before this one, the one that agreed it among them.
    """

    meeting: int
    action: int
    agreed_at: date
    text: str
    owner: str
    due: date | None
    state: str
    overdue: bool
    closed_on: date | None
    words: str
    carried: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it waits for somebody."""
        return self.state == OPEN


class MinutesResult(Result, frozen=True):
    """The minutes as they stand: by which party, who was there, what was said and decided, and the next day."""

    on: date
    actor: str
    party: str
    attendees: str
    minutes: str
    decisions: list[str]
    next_day: date | None


class MeetingResult(Result, frozen=True):
    """A meeting. `version` is what `seen` names; `items` are those that the viewer may read."""

    number: int
    version: int
    state: str
    kind: str
    kind_name: str
    day: date
    planned_by: str
    agencies: list[str]
    attendees: str
    scorecard: int | None
    scorecard_name: str | None
    agenda: str
    items: list[MeetingItem]
    minutes: MinutesResult | None
    actions: list[MeetingActionResult]
    carried_over: list[MeetingActionResult]

    @property
    def open_actions(self) -> int:
        """How many actions of this and earlier meetings wait for somebody."""
        return sum(one.is_open for one in (*self.actions, *self.carried_over))


class MeetingsResult(Result, frozen=True):
    """Meetings, the newest day first."""

    meetings: list[MeetingResult]


@dataclass(frozen=True, slots=True)
class MeetingsQuery:
    """All meetings, or those of a kind; `today` is the day from which an action is overdue."""

    today: date
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Tabled:
    """What can be put on an agenda, as far as somebody reads it."""

    plans: list[PlanLine]
    notices: list[NoticeResult]
    disputes: list[DisputeResult]
    audits: list[AuditResult]

    @property
    def items(self) -> list[MeetingItem]:
        """All of it by number."""
        return [
            *(MeetingItem(PLAN, one.number) for one in self.plans),
            *(MeetingItem(NOTICE, one.number) for one in self.notices),
            *(MeetingItem(DISPUTE, one.number) for one in self.disputes),
            *(MeetingItem(AUDIT, one.number) for one in self.audits),
        ]

    def only(self, items: list[MeetingItem]) -> "Tabled":
        """What of it is among these."""
        return Tabled(
            [one for one in self.plans if MeetingItem(PLAN, one.number) in items],
            [one for one in self.notices if MeetingItem(NOTICE, one.number) in items],
            [one for one in self.disputes if MeetingItem(DISPUTE, one.number) in items],
            [one for one in self.audits if MeetingItem(AUDIT, one.number) in items],
        )


def meetings(snapshot: Snapshot, viewer: Viewer, query: MeetingsQuery) -> MeetingsResult:
    """The meetings that the viewer may read."""
    its = [one for one in readable_meetings(snapshot, viewer) if query.kind in {None, one.terms.kind}]
    newest = sorted(its, key=lambda one: (one.terms.day, one.number), reverse=True)
    readable = tabled(snapshot, viewer, query.today).items if any(one.terms.items for one in newest) else []
    return MeetingsResult([meeting_result(snapshot, viewer, one, query.today, readable) for one in newest])


def meeting(
    snapshot: Snapshot, viewer: Viewer, number: int, today: date, version: int | None = None
) -> MeetingResult | None:
    """One meeting, as it stands or as its `version` was; None if there is none.

    Raises:
        NotOwn: it is not within the viewer's reach.
    """
    its = next((one for one in _meetings(snapshot) if one.number == number), None)
    if its is None:
        return None
    if not meeting_within_reach(its, _own(viewer)):
        raise NotOwn
    if version is not None:
        its = Meeting.folded(its.recorded[: max(1, version)])
    return meeting_result(snapshot, viewer, its, today)


def tabled(snapshot: Snapshot, viewer: Viewer, today: date) -> Tabled:
    """Every plan, notice and dispute that the viewer reads, and every audit that is completed."""
    audits = case_file_audits.case_file_audits(snapshot, viewer, AuditsQuery()).audits
    return Tabled(
        action_plans.plans(snapshot, viewer, PlansQuery(today)).plans,
        performance_notices.performance_notices(snapshot, viewer, NoticesQuery(today)).notices,
        asked_disputes.disputes(snapshot, viewer, DisputesQuery()).disputes,
        [one for one in audits if one.state not in {"draft", "discarded"}],
    )


def check_tabled(
    snapshot: Snapshot, viewer: Viewer, items: tuple[MeetingItem, ...], scorecard: int | None, today: date
) -> None:
    """Hold what is put on an agenda against what the viewer reads.

    Raises:
        Refused: there is no such thing for them (code "meeting-items").
    """
    known = tabled(snapshot, viewer, today).items
    if missing := next((one for one in items if one not in known), None):
        raise Refused("meeting-items", f"There is no {missing.kind} {missing.number}.")
    if scorecard is not None and publications.publication(snapshot, viewer, scorecard, is_cut=True) is None:
        raise Refused("meeting-items", f"There is no frozen scorecard {scorecard}.")


def unread_items(snapshot: Snapshot, viewer: Viewer, number: int, today: date) -> list[MeetingItem]:
    """What stands on a meeting's agenda that the viewer does not read."""
    known = tabled(snapshot, viewer, today).items
    return [
        item for one in _meetings(snapshot) if one.number == number for item in one.terms.items if item not in known
    ]


def frozen_scorecards(snapshot: Snapshot, viewer: Viewer) -> dict[int, str]:
    """The frozen scorecards that the viewer reads, the newest first: their names by number."""
    its = publications.publications(snapshot, viewer, PublicationsQuery(is_cut=True)).published
    return {one.number: one.title for one in reversed(its)}


def tabled_figures(snapshot: Snapshot, viewer: Viewer, its: MeetingResult) -> list[FigureResult]:
    """The figures of the frozen scorecard, as they were published."""
    return [] if its.scorecard is None else publications.published_figures(snapshot, viewer, its.scorecard)


def tabled_comments(snapshot: Snapshot, viewer: Viewer, figures: list[FigureResult]) -> dict[str, list[CommentResult]]:
    """What both parties say of the figures that are tabled, by the code of the measure."""
    whole = [figure for figure in figures if figure.slice == EVERYBODY]
    if not whole:
        return {}
    its = commentary_of_card(snapshot, viewer, whole[0].as_of, EVERYBODY)
    return {figure.code: its[figure.code].comments for figure in whole if figure.code in its}


@dataclass(frozen=True, slots=True)
class PackParts:
    """What the pack of a meeting is made of beside the meeting itself."""

    figures: list[FigureResult]
    comments: dict[str, list[CommentResult]]
    on_agenda: Tabled


def pack_parts(snapshot: Snapshot, viewer: Viewer, its: MeetingResult, today: date) -> PackParts:
    """What goes into the pack of a meeting. Both parties get the paper, whoever prints it: so nothing is in it that one
    of them does not read, be it a draft or another provider's.
    """
    figures, others = tabled_figures(snapshot, viewer, its), _other_readers(snapshot, viewer, its)
    day = min(today, its.day)
    read_by_others = tabled(snapshot, others, day).items
    theirs = {one.number for those in tabled_comments(snapshot, others, figures).values() for one in those}
    comments = {
        code: [one for one in those if one.number in theirs]
        for code, those in tabled_comments(snapshot, viewer, figures).items()
    }
    on_agenda = tabled(snapshot, viewer, day).only([one for one in its.items if one in read_by_others])
    return PackParts(figures, comments, on_agenda)


def _other_readers(snapshot: Snapshot, viewer: Viewer, its: MeetingResult) -> Viewer:
    """The other party at the meeting: the commissioner, or the provider of its agencies (none: of all)."""
    if viewer.is_provider:
        return EVERYTHING
    own = frozenset(its.agencies) or codes_known(snapshot)[1]
    return Viewer(Reach.OWN, own, own)


@snapshot_cache()
def _meetings(snapshot: Snapshot) -> list[Meeting]:
    return on_record.meetings(snapshot.connection, snapshot.mapper)


def _own(viewer: Viewer) -> frozenset[str] | None:
    return viewer.agencies if viewer.is_provider else None


def readable_meetings(snapshot: Snapshot, viewer: Viewer) -> list[Meeting]:
    """The meetings that the viewer may read, as they are on record; for what is due elsewhere too."""
    return [one for one in _meetings(snapshot) if meeting_within_reach(one, _own(viewer))]


def meeting_result(
    snapshot: Snapshot, viewer: Viewer, one: Meeting, today: date, readable: Collection[MeetingItem] | None = None
) -> MeetingResult:
    """A meeting for somebody who may read it. `readable`: all that they may read, where that is known already."""
    terms = one.terms
    if readable is None:
        readable = tabled(snapshot, viewer, today).items if terms.items else []
    cut = publications.publication(snapshot, viewer, terms.scorecard, is_cut=True) if terms.scorecard else None
    return MeetingResult(
        one.number,
        one.version,
        one.state,
        terms.kind,
        KINDS[terms.kind],
        terms.day,
        one.planned_by,
        list(terms.agencies),
        terms.attendees,
        cut.number if cut else None,
        cut.title if cut else None,
        terms.agenda,
        [item for item in terms.items if item in readable],
        _minutes(one),
        [_action(one, action, today) for action in one.actions],
        [
            _action(its.meeting, its.action, today, its.times)
            for its in carried_over(one, readable_meetings(snapshot, viewer))
        ],
    )


def _minutes(one: Meeting) -> MinutesResult | None:
    its = one.minutes
    if its is None:
        return None
    decisions = [line.strip() for line in its.decisions.split("\n") if line.strip()]
    return MinutesResult(its.occurred_on, its.actor, its.party, its.attendees, its.minutes, decisions, its.next_day)


def _action(one: Meeting, action: MeetingAction, today: date, carried: int = 0) -> MeetingActionResult:
    is_open = action.state == OPEN
    return MeetingActionResult(
        one.number,
        action.number,
        one.terms.day,
        action.text,
        action.owner,
        action.due,
        action.state,
        is_open and action.due is not None and action.due < today,
        None if is_open else action.on,
        action.words,
        carried,
    )
