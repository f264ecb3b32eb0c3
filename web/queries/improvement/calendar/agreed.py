"""What is due by what the parties agreed: plans, notices, disputes, targets and contracts."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Final

from domain.contract_life.transitions import COMMISSIONER, PROVIDER
from domain.improvement.action_plan_fold import Action, ActionPlan
from domain.measures.registry import MEASURE_OF
from projections.performance.needed.completions_needed import NEEDED_OF
from projections.performance.needed.people import window_at
from web.auth.viewer import Viewer
from web.queries.contract_life import disputes as of_disputes
from web.queries.contract_life import targets as of_targets
from web.queries.contract_life.disputes import DisputeResult, DisputesQuery
from web.queries.contract_life.targets import TargetResult, TargetsQuery
from web.queries.improvement.action_plans import visible
from web.queries.improvement.disputed.waiting import ROWS, SETTLEMENT, DisputeWaits, waits_for
from web.queries.improvement.performance_notices import open_deadlines
from web.snapshot import Snapshot

from .due import BOTH, DueItem, DueWindow

_OPEN_STATE: Final = "open"
_DECIDED_BY_COMPLETIONS: Final = frozenset(measure.code for measure in NEEDED_OF)


def plans(snapshot: Snapshot, viewer: Viewer, window: DueWindow) -> Iterator[DueItem]:
    """Of each running plan: open actions with a day, the next review of each kind, and the plan's last day."""
    for one in visible(snapshot, viewer):
        if one.plan.is_running:
            yield from _of_plan(one.plan, window)


def _of_plan(plan: ActionPlan, window: DueWindow) -> Iterator[DueItem]:
    name, link = f"Action plan {plan.number}", f"/action-plans/{plan.number}"
    agencies = plan.terms.agencies

    def due(day: date, party: str, text: str, words: str, part: str = "") -> DueItem:
        return DueItem(day, "plan", party, agencies, f"{name}: {text}", link + part, day < window.today, words)

    for day, actions in groupby(plan.open_actions, lambda action: action.terms.due):
        if day is not None and day <= window.last_day:
            its = list(actions)
            words, part = its[0].terms.text if len(its) == 1 else "", f"#action-{its[0].number}"
            yield due(day, PROVIDER if agencies else BOTH, _to_be_done(its), words, part)
    for review in plan.reviews_due:
        if review.day <= window.last_day:
            yield due(review.day, BOTH, f"{review.kind} review", plan.terms.title)
    if plan.last_day is not None and plan.last_day <= window.last_day:
        extended = ", extended" if plan.extensions else ""
        yield due(plan.last_day, BOTH, f"last day{extended}", plan.terms.title)


def _to_be_done(actions: Sequence[Action]) -> str:
    which = f"action {actions[0].number}" if len(actions) == 1 else f"{len(actions)} actions"
    return f"{which} to be done{', extended' if any(one.extensions for one in actions) else ''}"


def notices(snapshot: Snapshot, viewer: Viewer, window: DueWindow) -> Iterator[DueItem]:
    """Every clock of a performance notice that runs, as its own rules count the days."""
    for notice, deadline in open_deadlines(snapshot, viewer):
        if deadline.due <= window.last_day:
            text = f"Performance notice {notice.number}: {deadline.rule.name[:1].lower()}{deadline.rule.name[1:]}"
            link, late = f"/performance-notices/{notice.number}", deadline.due < window.today
            yield DueItem(deadline.due, "notice", deadline.rule.of, notice.text.agencies, text, link, late)


def disputes(snapshot: Snapshot, viewer: Viewer, window: DueWindow) -> Iterator[DueItem]:
    """What each open dispute waits for: of a side, the settlement, the clients, or what was said last."""
    for one in of_disputes.disputes(snapshot, viewer, DisputesQuery(state=_OPEN_STATE)).disputes:
        for party in (COMMISSIONER, PROVIDER):
            its = waits_for(one, party)
            if its and its.due <= window.last_day:
                text, link = f"Dispute {one.number}: {_waits(its)}", f"/disputes/{one.number}"
                yield DueItem(its.due, "dispute", party, _agencies_of(one), text, link, its.due < window.today)


def _waits(its: DisputeWaits) -> str:
    if its.what == ROWS:
        return f"{'a client' if its.rows == 1 else 'clients'} to be answered"
    return "a settlement to be accepted or refused" if its.what == SETTLEMENT else "an answer to what was said last"


def _agencies_of(dispute: DisputeResult) -> tuple[str, ...]:
    spoke = (dispute.opened.party, *(one.party for one in dispute.answers), dispute.slice.agency or "")
    return tuple(sorted({*spoke} - {""}))


def targets(snapshot: Snapshot, viewer: Viewer, window: DueWindow) -> Iterator[DueItem]:
    """The last day of each target that counts, and the last day on which a completion is of use for it."""
    for target in of_targets.targets(snapshot, viewer, TargetsQuery()).targets:
        if target.withdrawn is None:
            yield from _of_target(target, window)


def _of_target(target: TargetResult, window: DueWindow) -> Iterator[DueItem]:
    whose = f" of {target.agency}" if target.agency else ""
    name = f"Target {target.number} ({target.measure}{whose})"
    agencies, link = (target.agency,) if target.agency else (), f"/targets/{target.number}"
    if target.last_day in window:
        yield DueItem(target.last_day, "target", BOTH, agencies, f"{name}: last day", link)
    if target.measure not in _DECIDED_BY_COMPLETIONS:
        return
    useful = window_at(MEASURE_OF[target.measure], target.last_day).last_day
    if useful in window and useful != target.last_day:
        text = f"{name}: last day on which a discharge is of use"
        yield DueItem(useful, "target", PROVIDER, agencies, text, link)


def contracts(snapshot: Snapshot, viewer: Viewer, window: DueWindow) -> Iterator[DueItem]:
    """The last day of each contract; a provider's are those of its agencies."""
    for one in snapshot.submissions.contracts.known_at():
        is_own = not viewer.is_provider or one.agency in viewer.agencies
        if is_own and one.last_day is not None and one.last_day in window:
            yield DueItem(
                one.last_day, "contract", BOTH, (one.agency,), f"Contract of {one.agency}: last day", "/contract"
            )
