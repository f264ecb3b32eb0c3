"""The first page of whoever works with figures: what moved, what waits, what is due, what is red, and who moved it."""

from typing import Any, Final

from flask import url_for

from domain.errors import WrongUse
from domain.standpoint import Standpoint
from projections.publication.published import cut_named
from web.auth import guard
from web.auth.last_seen import seen_before
from web.auth.roles import Reach, Right
from web.auth.trail.access import question_noted
from web.clock import today
from web.commands.agreement.parties import party_of
from web.pages.frame.agency_names import named
from web.pages.frame.layout import Page
from web.pages.frame.navigation import NeededWeekly, Place, PlaceGroup
from web.pages.frame.page import PageContext, Pages
from web.pages.improvement.calendar.calendar import day_begun_on
from web.pages.performance.scorecards import ScorecardAddress, since, why
from web.presenters import text
from web.presenters.improvement import home as words
from web.presenters.tables import Link
from web.problems import not_here
from web.queries.contract_life.publications import restated_figures
from web.queries.explain.moved_clients import ClientMove, MovedClientsQuery, moved_clients
from web.queries.improvement.action_plans import PlansQuery, plans
from web.queries.improvement.calendar.calendar import DAYS_SOON, CalendarResult, due_soon, party_of_viewer
from web.queries.improvement.to_do import ToDoLine, ToDoQuery, ToDoResult, to_do
from web.queries.performance.scorecards import ScorecardQuery, scorecard

HOME: Final = "home.page"

blueprint = Pages(
    "home",
    __name__,
    Place(
        "Home",
        HOME,
        Right.FIGURES,
        PlaceGroup.FIGURES,
        "What has moved, what waits for you and what is due.",
        NeededWeekly.ALWAYS,
    ),
)

_PLACES: Final = {
    "action plan": "action-plans.one",
    "performance notice": "performance-notices.one",
    "dispute": "dispute.one",
    "targets of hubs": "hub_targets_pages.one",
    "entered KPI": "entered_pages.kpi",
    "reviews of returns": "return-reviews.reviews",
    "meeting": "meetings.one",
    "case-file audit": "audits.one",
}
"""Where each kind of thing is done."""
_PARTS: Final = {"entered KPI": "to-answer"}
"""The part of the page, where that is long."""


@blueprint.seen_from("/home", Right.FIGURES, ScorecardAddress, front=True)
def page(context: PageContext) -> Page:
    """What moved, what waits for whoever asks, what is due of their side, and what is red."""
    card = scorecard(context.snapshot, context.who, ScorecardQuery(context.as_of, context.known_at, context.slice_))
    its = to_do_of_reader()
    soon = _due_soon()
    due = words.most_urgent(soon) if soon else []
    open_plans = plans(context.snapshot, agreed_viewer(), PlansQuery(today(), only_open=True)).plans
    return Page(
        "home.html",
        "Home",
        {
            "to_do": words.to_do_table(its.to_do, _to, named) if its.to_do else None,
            "due": words.due_table(due, named) if due else None,
        },
        context=context,
        card=card,
        since=since(context),
        why=why,
        to_do_lead=words.to_do_lead(its) if its.party else "",
        due_lead=words.due_lead(soon, DAYS_SOON) if soon else "",
        due_from=soon.today if soon and context.snapshot.is_demonstration else None,
        more_due=len(soon.due) - len(due) if soon else 0,
        red=[(line, words.red_words(line), words.plan_about(line, open_plans)) for line in words.missed(card)],
        restated=_restated(context),
        has_clients=_has_clients(context),
    )


def agreed_viewer() -> Any:
    """Who reads what was said to a party."""
    return guard.not_public(guard.viewer_of_party(Right.AGREED))


def to_do_of_reader() -> ToDoResult:
    """What the party of whoever asks has to do; of an auditor nothing is wanted."""
    party = party_of(guard.principal().role) if guard.principal().reach(Right.AGREE) else None
    return to_do(guard.snapshot(), agreed_viewer(), ToDoQuery(party, today()))


def _due_soon() -> CalendarResult | None:
    """What is overdue or due soon of the party of whoever asks; None of an auditor."""
    if not guard.principal().reach(Right.AGREE):
        return None
    snapshot, viewer = guard.snapshot(), guard.viewer_of_party(Right.AGREED)
    return due_soon(snapshot, viewer, party_of_viewer(viewer), day_begun_on(snapshot))


def _to(line: ToDoLine) -> Link:
    whose = line.title if line.kind == words.OF_AGENCY else None
    address = url_for(_PLACES[line.kind], number=line.number or None, agency=whose, _anchor=_PARTS.get(line.kind))
    return Link(words.named(line), address, more=f": {words.title_of(line, named)}")


def _restated(context: PageContext) -> int:
    return len(restated_figures(context.snapshot, context.who))


def _has_clients(context: PageContext) -> bool:
    return guard.principal().reach(Right.CLIENTS) is Reach.OWN and bool(context.who.own)


# ---- the clients who moved them


@blueprint.seen_from("/home/clients", Right.CLIENTS, ScorecardAddress)
def clients(context: PageContext) -> Page:
    """The clients of a provider who moved its figures since it last looked, or since a published scorecard."""
    if not _has_clients(context):
        raise not_here()
    before, agencies = _before(context), _agencies(context)
    question = question_noted(context.slice_, as_of=context.as_of, position=context.standpoint.position)
    viewer = guard.viewer_of_clients(Right.CLIENTS, question, context.slice_)
    result = moved_clients(context.snapshot, viewer, MovedClientsQuery(before, context.standpoint, agencies))
    return Page(
        "home-clients.html",
        "Clients who moved your figures",
        {"clients": words.clients_table(result.clients, _why(context, before)) if result.clients else None},
        context=context,
        lead=words.clients_lead(result),
        since_when=context.args["since"] or (text.day(before.known_at) if before.known_at else "the beginning"),
    )


def _before(context: PageContext) -> Standpoint:
    """A published scorecard, if one is asked for; else what was known when they last looked, or before the newest
    file.
    """
    if (cut := context.args["since"]) is not None:
        try:
            return cut_named(context.snapshot.connection, context.snapshot.mapper, cut).standpoint
        except WrongUse as error:
            raise not_here(str(error)) from None
    seen = seen_before()
    if seen is None:
        newest = context.snapshot.submissions.newest
        seen = newest.position - 1 if newest else 0
    return context.snapshot.standpoint(context.as_of, seen)


def _agencies(context: PageContext) -> tuple[str, ...]:
    chosen = context.slice_.agency
    return (chosen,) if chosen else tuple(sorted(context.who.own))


def _why(context: PageContext, before: Standpoint) -> Any:
    def address(move: ClientMove) -> str:
        return context.to_measure(
            "why.why",
            move.measure,
            cut=None,
            agency=move.agency,
            as_of=before.as_of.isoformat(),
            known_at=f"@{before.position}",
            to_as_of=context.as_of.isoformat(),
            to_known_at=f"@{context.standpoint.position}",
        )

    return address
