"""Action plans: which there are, what is overdue and due for review, and one with everything that was said of it.

A plan that somebody does not read is to them as one that does not exist: a provider's are those of the agencies granted
to it (and not those of a caseload that it took over), and a draft is its writer's. Figures of another provider are left
out of what a provider reads.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from domain.contract_life.transitions import ACTION_PLAN
from domain.errors import Refused
from domain.improvement.action_plan import STEP_OF, PlanEvent, ReviewHeld
from domain.improvement.action_plan_fold import Action, ActionPlan, Extension, SignedOff, state_after
from domain.improvement.plan_forms import FORM_OF
from domain.improvement.plan_terms import Strand
from domain.improvement.reach import is_within_reach
from domain.improvement.smart import lacks
from domain.improvement.written import WrittenAbout
from domain.log.reading import Recorded
from domain.measures.registry import MEASURE_OF, Measure
from projections.improvement.action_plans import ActionPlans, RecordedPlan
from projections.standings.slices import Slice
from web.auth.viewer import NotOwn, Viewer
from web.queries.improvement.about import AboutResult, about_result, figure_about
from web.queries.improvement.plan_words import said_in
from web.queries.improvement.results.plan_results import (
    DayMoved,
    PlanActionResult,
    PlanLine,
    PlanResult,
    PlansResult,
    PlanStep,
    PlanStrandResult,
    ReviewDueResult,
    ReviewHeldResult,
    SignatureResult,
)
from web.queries.parameters import EVERYBODY, KnownAt
from web.queries.performance.days import newest_day
from web.queries.performance.figures import FiguresQuery, figures
from web.snapshot import Snapshot, snapshot_cache


@dataclass(frozen=True, slots=True)
class PlansQuery:
    """The plans as they stand on a day: of a measure, in a state, or only those that are not over."""

    today: date
    measure: str | None = None
    state: str | None = None
    only_open: bool = False


@snapshot_cache()
def all_plans(snapshot: Snapshot) -> ActionPlans:
    """All plans, for other queries."""
    return ActionPlans.load(snapshot.connection, snapshot.mapper)


def plans(snapshot: Snapshot, viewer: Viewer, query: PlansQuery) -> PlansResult:
    """The plans that the viewer reads."""
    its = [_line(one.plan, query.today) for one in visible(snapshot, viewer)]
    matching = [
        one
        for one in its
        if query.measure in {None, *one.measures}
        and query.state in {None, one.state}
        and not (query.only_open and one.is_finished)
    ]
    return PlansResult(sorted(matching, key=lambda one: (one.is_finished, not one.is_overdue, -one.number)))


def visible(snapshot: Snapshot, viewer: Viewer) -> list[RecordedPlan]:
    """The plans that the viewer reads, by number."""
    return [one for one in all_plans(snapshot).plans.values() if _may_read(viewer, one.plan)]


def _may_read(viewer: Viewer, plan: ActionPlan) -> bool:
    return not viewer.is_public and _is_read_in(viewer, plan, plan.state)


def _is_read_in(viewer: Viewer, plan: ActionPlan, state: str) -> bool:
    """Whether the viewer reads a plan while it is in a state."""
    own = viewer.agencies if viewer.is_provider else None
    return is_within_reach(ACTION_PLAN, state, plan.written_by, plan.terms.agencies, own)


def plan(snapshot: Snapshot, viewer: Viewer, number: int, today: date) -> PlanResult | None:
    """The plan with this number, as it stands on a day; None if there is none. Raises NotOwn if they do not read it."""
    one = all_plans(snapshot).plan(number)
    if one is None:
        return None
    if not _may_read(viewer, one.plan):
        raise NotOwn(f"action plan {number}")
    return _result(snapshot, viewer, one, today)


@dataclass(frozen=True, slots=True)
class AboutQuery:
    """A figure that something is written about."""

    measure: str
    as_of: date
    known_at: KnownAt = None
    slice_: Slice = EVERYBODY


def measure_of(query: AboutQuery) -> Measure:
    """Which measure's figure something is written about."""
    return MEASURE_OF[query.measure]


def figures_about(snapshot: Snapshot, viewer: Viewer, queries: Iterable[AboutQuery]) -> tuple[WrittenAbout, ...]:
    """The figures that something is written about, as this viewer sees them now.

    Raises:
        Refused: one cannot be shown from there.
        NotOwn: one is another provider's.
    """
    return tuple(_about(snapshot, viewer, one) for one in queries)


def newest_about(snapshot: Snapshot, viewer: Viewer, plan: PlanResult) -> tuple[WrittenAbout, ...]:
    """The figures that a plan is about, at the newest day that files cover and by all that is known; those alone that
    can be shown from there.
    """
    day = newest_day(snapshot)
    if day is None:
        return ()
    newest: list[WrittenAbout] = []
    for one in plan.about:
        with suppress(Refused):
            newest.append(_about(snapshot, viewer, AboutQuery(one.measure, max(day, one.as_of), None, one.slice)))
    return tuple(newest)


def _about(snapshot: Snapshot, viewer: Viewer, query: AboutQuery) -> WrittenAbout:
    if not viewer.may_ask_for(query.slice_):
        raise NotOwn
    its = FiguresQuery(query.as_of, query.known_at, (measure_of(query),), query.slice_)
    return figure_about(figures(snapshot, viewer, its).figures[0])


# ---- results


def _line(plan: ActionPlan, today: date) -> PlanLine:
    terms, running = plan.terms, plan.is_running
    dues = [one.terms.due for one in plan.open_actions if one.terms.due] if running else []
    return PlanLine(
        plan.number,
        terms.title,
        terms.form,
        plan.state,
        plan.written_by,
        terms.agencies,
        terms.measures,
        terms.first_day,
        plan.last_day,
        len(terms.strands),
        len(plan.signed_off),
        len(plan.open_actions) if not plan.is_finished else 0,
        len(plan.overdue(today)),
        min(dues, default=None),
        _reviews_due(plan, today),
    )


def _reviews_due(plan: ActionPlan, today: date) -> list[ReviewDueResult]:
    return [ReviewDueResult(one.kind, one.day, one.day < today) for one in plan.reviews_due]


def _result(snapshot: Snapshot, viewer: Viewer, one: RecordedPlan, today: date) -> PlanResult:
    plan, terms = one.plan, one.plan.terms
    return PlanResult(
        plan.number,
        terms.title,
        terms.form,
        plan.state,
        plan.version,
        plan.written_by,
        terms.origin,
        terms.agencies,
        terms.first_day,
        plan.last_day,
        terms.last_day,
        list(map(_moved, plan.extensions)),
        abouts(snapshot, viewer, terms.about),
        terms.values,
        terms.cadence,
        [_strand(plan, strand, today) for strand in terms.strands],
        [_review(snapshot, viewer, review) for review in plan.reviews],
        _reviews_due(plan, today),
        _steps(viewer, plan, one.recorded),
    )


def abouts(snapshot: Snapshot, viewer: Viewer, written: Iterable[WrittenAbout]) -> list[AboutResult]:
    """The figures that something was written about, without those of another provider."""
    own = [one for one in written if viewer.may_ask_for(Slice(agency=one.agency))]
    return [about_result(snapshot, viewer, one) for one in own]


def _moved(extension: Extension) -> DayMoved:
    return DayMoved(extension.before, extension.until, extension.reason, extension.on)


def _strand(plan: ActionPlan, strand: Strand, today: date) -> PlanStrandResult:
    signed: SignedOff | None = plan.signed_off.get(strand.number)
    return PlanStrandResult(
        strand.number,
        strand.title,
        strand.values,
        strand.kpis,
        SignatureResult(signed.name, signed.day) if signed else None,
        [_action(plan, strand, action, today) for action in plan.actions_of(strand.number)],
    )


def _action(plan: ActionPlan, strand: Strand, action: Action, today: date) -> PlanActionResult:
    terms = action.terms
    is_linked = bool(strand.kpis or (plan.terms.about and not FORM_OF[plan.terms.form].has_strands))
    missing = lacks(terms, today, plan.last_day, is_linked=is_linked) if action.is_open and not plan.is_finished else ()
    return PlanActionResult(
        action.number,
        action.strand,
        terms.text,
        terms.owner,
        terms.due,
        terms.output,
        terms.kpis,
        action.state,
        plan.is_running and action.is_overdue(today),
        action.done_on,
        action.words,
        list(map(_moved, action.extensions)),
        list(missing),
    )


def _review(snapshot: Snapshot, viewer: Viewer, review: ReviewHeld) -> ReviewHeldResult:
    about = abouts(snapshot, viewer, review.about)
    return ReviewHeldResult(review.kind, review.day, review.words, review.attendees, review.progress, about)


def _steps(viewer: Viewer, plan: ActionPlan, recorded: Iterable[Recorded]) -> list[PlanStep]:
    """Everything that was said of a plan; what one party said while it drafted it, to the other without its words."""
    steps, state = [], ""
    for one in recorded:
        event = one.event
        assert isinstance(event, PlanEvent)
        state = state_after(state, event)
        steps.append(
            PlanStep(
                STEP_OF[type(event)],
                state,
                event.occurred_on,
                one.recorded_at.isoformat(),
                event.actor,
                event.role,
                event.party,
                event.originator_version,
                one.position,
                said_in(event) if _is_read_in(viewer, plan, state) else "",
            )
        )
    return steps
