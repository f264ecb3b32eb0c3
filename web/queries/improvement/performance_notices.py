"""Performance notices, as the commissioner, the provider that they went to and auditors read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from domain.contract_life.dispute import Dispute
from domain.errors import Refused
from domain.improvement.notice_rules import DeadlineRule, NoticeRules, rule_sets
from domain.improvement.performance_notices import (
    STEP_OF,
    NoticeEscalated,
    NoticeMeetingHeld,
    NoticePlanProposed,
    NoticeStep,
    NoticeWithholdingBegun,
    NoticeWithholdingEnded,
    PerformanceNotice,
)
from domain.improvement.working_days import days_left, is_overdue
from domain.improvement.written import ImprovementEvent, WrittenAbout
from domain.log.reading import Recorded
from domain.measures.registry import MEASURE_OF, Measure
from projections.claims.disputes import is_party, slice_of
from projections.improvement import performance_notices as on_record
from projections.improvement.performance_notices import (
    Deadline,
    deadlines,
    slice_about,
    withholdings,
    within_reach,
)
from projections.standings.slices import Slice
from web.auth.viewer import NotOwn, Viewer
from web.queries.improvement.about import about_result, figure_about, is_hidden
from web.queries.improvement.results.notice_results import (
    NoticeDeadline,
    NoticeDispute,
    NoticeFigure,
    NoticeHappening,
    NoticeNamed,
    NoticeResult,
    NoticesResult,
    NoticeWithholding,
    RuleSetsResult,
)
from web.queries.parameters import KnownAt
from web.queries.performance.figures import FiguresQuery, figures
from web.snapshot import Snapshot, snapshot_cache


@dataclass(frozen=True, slots=True)
class NoticesQuery:
    """All notices, or one; `today` is the day from which days left are counted."""

    today: date
    number: int | None = None
    version: int | None = None


def performance_notices(snapshot: Snapshot, viewer: Viewer, query: NoticesQuery) -> NoticesResult:
    """The notices that the viewer may read."""
    its = [one for one in _of_viewer(snapshot, viewer) if query.number in {None, one.number}]
    results = [notice_result(snapshot, viewer, one, query.today) for one in its]
    return NoticesResult(sorted(results, key=_first_what_is_due))


def _first_what_is_due(one: NoticeResult) -> tuple[int, date, int]:
    kind = 0 if one.is_open else 1 if one.state == "draft" else 2
    return kind, one.next_due.due if one.next_due else date.max, -one.number


def performance_notice(snapshot: Snapshot, viewer: Viewer, query: NoticesQuery) -> NoticeResult | None:
    """One notice, as it stands or as its `version` was; None if there is none.

    Of the versions that were the commissioner's draft a provider gets the first that it could read.

    Raises:
        NotOwn: it is not within the viewer's reach.
    """
    notice = next((one for one in _notices(snapshot) if one.number == query.number), None)
    if notice is None:
        return None
    if not within_reach(notice, _own(viewer)):
        raise NotOwn
    if query.version is not None:
        notice = _at_version(notice, query.version, _own(viewer))
    return notice_result(snapshot, viewer, notice, query.today)


def _at_version(notice: PerformanceNotice, version: int, own: frozenset[str] | None) -> PerformanceNotice:
    """The notice as a version was, or as the first one after it that is within reach, as the newest is."""
    versions = (PerformanceNotice.folded(notice.recorded[:one]) for one in range(max(1, version), notice.version))
    return next((one for one in versions if within_reach(one, own)), notice)


def known_rule_sets() -> RuleSetsResult:
    """The rule sets that come with Recount."""
    return RuleSetsResult(list(rule_sets().values()))


def notices_about(snapshot: Snapshot, viewer: Viewer, measure: str, as_of: date, slice_: Slice) -> list[NoticeNamed]:
    """The notices about a figure that the viewer may read."""
    its = on_record.about_figure(_of_viewer(snapshot, viewer), measure, as_of, slice_)
    return [
        NoticeNamed(one.number, one.state, one.text.rules.word, about.known_at, about.position) for one, about in its
    ]


def disputes_about(snapshot: Snapshot, viewer: Viewer, measure: str, as_of: date, slice_: Slice) -> list[Dispute]:
    """The disputes over a figure that the viewer may read."""
    return [
        one
        for one in snapshot.disputes
        if (one.opened.measure, one.opened.as_of, slice_of(one)) == (measure, as_of, slice_)
        and (not viewer.is_provider or is_party(one, viewer.agencies))
    ]


def figures_in_question(
    snapshot: Snapshot, viewer: Viewer, measures: Sequence[Measure], as_of: date, known_at: KnownAt, slice_: Slice
) -> tuple[WrittenAbout, ...]:
    """The figures of a standpoint, as a notice keeps them.

    Raises:
        Refused: no file covers the day, so there is nothing to question (code "notice-figures").
    """
    its = figures(snapshot, viewer, FiguresQuery(as_of, known_at, tuple(measures), slice_)).figures
    if any(not figure.is_covered for figure in its):
        raise Refused("notice-figures", f"No file covers {as_of}, so there is no figure to question.")
    return tuple(map(figure_about, its))


def open_deadlines(snapshot: Snapshot, viewer: Viewer) -> list[tuple[PerformanceNotice, Deadline]]:
    """Every clock that runs, of the notices that the viewer may read."""
    return [(one, its) for one in _of_viewer(snapshot, viewer) for its in deadlines(one) if its.is_open]


@snapshot_cache()
def _notices(snapshot: Snapshot) -> Sequence[PerformanceNotice]:
    return on_record.notices(snapshot.connection, snapshot.mapper)


def _own(viewer: Viewer) -> frozenset[str] | None:
    return viewer.agencies if viewer.is_provider else None


def _of_viewer(snapshot: Snapshot, viewer: Viewer) -> list[PerformanceNotice]:
    return [one for one in _notices(snapshot) if within_reach(one, _own(viewer))]


def notice_result(snapshot: Snapshot, viewer: Viewer, notice: PerformanceNotice, today: date) -> NoticeResult:
    """A notice for somebody who may read it."""
    text = notice.text
    return NoticeResult(
        notice.number,
        notice.version,
        notice.state,
        notice.is_open,
        list(text.agencies),
        [_figure(snapshot, viewer, about) for about in text.figures],
        text.reasons,
        text.rules,
        text.response_due,
        text.origin,
        notice.events[0].occurred_on,
        notice.issued_on,
        notice.level,
        [_deadline(one, text.rules, today) for one in deadlines(notice)],
        [_happening(recorded, event, state) for recorded, event, state in notice.steps],
        [
            NoticeWithholding(one.begun.percentage, one.begun.since, one.ended.last_day if one.ended else None)
            for one in withholdings(notice)
        ],
    )


def _figure(snapshot: Snapshot, viewer: Viewer, about: WrittenAbout) -> NoticeFigure:
    slice_ = slice_about(about)
    its = disputes_about(snapshot, viewer, about.measure, about.as_of, slice_)
    disputes = [_dispute(one, about) for one in its]
    name = MEASURE_OF[about.measure].name
    where = (about.measure, name, slice_, about.as_of, about.known_at, about.position)
    if is_hidden(snapshot, viewer, about):
        return NoticeFigure(*where, None, None, None, None, False, True, disputes)
    result = about_result(snapshot, viewer, about)
    now = result.now if result.now is not None and not result.now.withheld else None
    return NoticeFigure(
        *where,
        about.numerator,
        about.denominator,
        now.numerator if now else None,
        now.denominator if now else None,
        result.restated and now is not None,
        False,
        disputes,
    )


def _dispute(dispute: Dispute, about: WrittenAbout) -> NoticeDispute:
    opened = dispute.opened
    return NoticeDispute(
        dispute.number, dispute.state, opened.known_at, opened.position, opened.position == about.position
    )


def _deadline(one: Deadline, rules: NoticeRules, today: date) -> NoticeDeadline:
    rule: DeadlineRule = one.rule
    return NoticeDeadline(
        rule.code,
        rule.name,
        rule.of,
        rules.name,
        rule.after,
        one.said_on,
        one.counted_from,
        rule.days,
        rule.counted,
        one.due,
        one.by_notice,
        rule.unconfirmed,
        one.met_on,
        one.ended,
        days_left(today, one.due) if one.is_open else None,
        one.is_open and is_overdue(today, one.due),
    )


def _happening(recorded: Recorded, event: NoticeStep, state: str) -> NoticeHappening:
    assert isinstance(event, ImprovementEvent)
    more: dict[str, object] = {}
    match event:
        case NoticePlanProposed(action_plan=plan):
            more = {"action_plan": plan}
        case NoticeEscalated(level=level):
            more = {"level": level}
        case NoticeMeetingHeld(level=level, attendees=attendees):
            more = {"level": level, "attendees": attendees}
        case NoticeWithholdingBegun(percentage=percentage, since=since):
            more = {"percentage": percentage, "since": since}
        case NoticeWithholdingEnded(last_day=last_day):
            more = {"last_day": last_day}
    return NoticeHappening(
        STEP_OF[type(event)],
        event.occurred_on,
        recorded.recorded_at.isoformat(),
        event.actor,
        event.role,
        event.party,
        recorded.position,
        state,
        event.words,
        **more,  # type: ignore[arg-type]
    )
