"""Worklists as pages: what the data already knows is to be done, how much of it, and for those entitled whose it is.

A provider sees its own rows, an auditor all. A commissioner sees how many there are at each agency; the people
themselves once they have said why, as everywhere.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import url_for

from domain.errors import WrongUse
from projections.worklists import WORKLISTS, Worklist, worklist_named
from projections.worklists.lists import SAME_RECORD
from web.auth import guard
from web.auth.roles import Reach, Right
from web.auth.trail.access import Deed, question_noted
from web.exports import csv
from web.files.mapping import COLUMNS
from web.pages.explain.access_reasons import ReasonWanted, reason_given
from web.pages.frame.agency_names import named
from web.pages.frame.layout import Page, attached
from web.pages.frame.navigation import NeededWeekly, Place, PlaceGroup, here
from web.pages.frame.page import PageContext, Pages, SeenFrom
from web.pages.frame.paging import Paging
from web.pages.performance.caseload import LONG_TREATMENT, PROFILE
from web.parameters import flag_field, number_field
from web.presenters import text
from web.presenters.tables import Column, Link, Table
from web.problems import not_here
from web.queries.records import worklists as queries
from web.queries.records.rekeys import ProbableHandover, handovers_of, mapping_of
from web.queries.records.worklists import WorklistEntry

from .handovers import PAGE as HANDOVER
from .rekeys import MappingForm

INDEX: Final = "worklist-pages.index"
ONE: Final = "worklist-pages.one"

blueprint = Pages(
    "worklist-pages",
    __name__,
    Place(
        "Worklists",
        INDEX,
        Right.CLIENTS,
        PlaceGroup.IMPROVEMENT,
        "Whose review, recovery plan or TOP is due.",
        NeededWeekly.SINCE_FIRST_FILE,
        seen_from=True,
    ),
)


class WorklistAddress(SeenFrom):
    """Which page of a list, and whether a commissioner wants the people themselves."""

    page = number_field("Which page of the list.", 1, load_default=1)
    people = flag_field("The people on it, and not only how many.")


@dataclass(frozen=True, slots=True)
class _Subject:
    """A list, as what single clients are looked at for."""

    code: str


@blueprint.seen_from("/worklists", Right.CLIENTS)
def index(context: PageContext) -> Page:
    """Every list, with how many are on it."""
    query = queries.WorklistsQuery(context.as_of, context.known_at, context.slice_)
    result = queries.worklists(context.snapshot, guard.viewer(Right.CLIENTS, context.slice_), query)
    rows = [
        (Link(one.title, context.to(ONE, name=one.name)), one.words, None if context.no_file else one.rows)
        for one in result.worklists
    ]
    columns = (Column("List"), Column("Who is on it"), Column("How many", number=True))
    return Page("worklists.html", "Worklists", {"worklists": Table(columns, rows, "Lists")}, context=context)


@blueprint.seen_from("/worklists/same-record/mapping.csv", Right.CLIENTS)
def mapping(context: PageContext) -> Any:
    """The probable pairs of one agency each, as the mapping that joins them."""
    worklist = worklist_named(SAME_RECORD)
    if not _looks_at_people(context, worklist, wanted=True):
        raise not_here()
    guard.note(Deed.DOWNLOADED, question=question_noted(context.slice_, worklist=SAME_RECORD))
    query = queries.WorklistQuery(worklist, context.as_of, context.known_at, context.slice_)
    rows = queries.worklist(context.snapshot, guard.viewer(Right.CLIENTS, context.slice_), query).rows
    return attached(_mapping_text(rows), "mapping.csv")


def _mapping_text(rows: Sequence[WorklistEntry]) -> str:
    return csv.table(COLUMNS, (line[1:] for line in mapping_of(rows)))


def _answers(context: PageContext, rows: Sequence[WorklistEntry], *, with_people: bool) -> dict[str, Any]:
    """How pairs become one: the mapping that joins them, and the handovers between agencies."""
    may_act = guard.principal().reach(Right.KNOWLEDGE) is not None
    pairs = mapping_of(rows)
    return {
        "join_form": MappingForm(None, data={"mapping": _mapping_text(rows)})
        if may_act and with_people and pairs
        else None,
        "to_mapping": context.to("worklist-pages.mapping") if with_people and pairs else None,
        "handovers": [_handover(one) for one in handovers_of(rows)] if may_act else [],
    }


def _handover(one: ProbableHandover) -> Link:
    sentence = f"Hand the caseload of {named(one.from_agency)} over to {named(one.to_agency)}"
    on = one.on.isoformat() if one.on else None
    href = url_for(HANDOVER, from_agency=one.from_agency, to_agency=one.to_agency, on=on)
    return Link(f"{sentence}: {text.plural(one.episodes, 'episode')} came again there", href)


@blueprint.seen_from("/worklists/<name>", Right.CLIENTS, WorklistAddress)
def one(context: PageContext, name: str) -> Page:
    """One list, the most urgent first; to a commissioner who has not said why, how many by agency."""
    worklist = _named(name)
    with_people = _looks_at_people(context, worklist)
    query = queries.WorklistQuery(worklist, context.as_of, context.known_at, context.slice_)
    result = queries.worklist(context.snapshot, guard.viewer(Right.CLIENTS, context.slice_), query)
    rows = () if context.no_file else result.rows
    paging = Paging(context.args["page"], len(rows))
    return Page(
        "worklist.html",
        worklist.title,
        {
            "people": _people(worklist, rows[paging.rows]) if rows and with_people else None,
            "agencies": _by_agency(worklist, rows) if rows and not with_people else None,
        },
        context=context,
        worklist=worklist,
        count=len(rows),
        said=_introduction(worklist, rows),
        with_people=with_people,
        to_people=None if with_people else here(people="true", page=None),
        paging=paging,
        to_profile=context.to(PROFILE) if name == LONG_TREATMENT else None,
        others=_others(context, worklist),
        **(_answers(context, rows, with_people=with_people) if name == SAME_RECORD else {}),
    )


def _others(context: PageContext, current: Worklist) -> list[Link]:
    return [Link(one.title, context.to(ONE, name=one.name), one.name == current.name) for one in WORKLISTS]


def _named(name: str) -> Worklist:
    try:
        return worklist_named(name)
    except WrongUse:
        raise not_here(f"There is no worklist '{name}'.") from None


def _looks_at_people(context: PageContext, worklist: Worklist, *, wanted: bool = False) -> bool:
    """Whether the people are shown; noted in the trail before.

    Raises:
        ReasonWanted: a commissioner wants to see them and has not said why within the hour.
    """
    who, subject, why = guard.viewer(Right.CLIENTS, context.slice_), _Subject(f"worklist {worklist.name}"), ""
    if who.reach is Reach.WITH_REASON:
        why = reason_given(subject, context.slice_)
        if not why and not (wanted or context.args["people"]):
            return False
        if not why:
            raise ReasonWanted(subject, context.slice_)
    snapshot = question_noted(
        context.slice_, worklist=worklist.name, as_of=context.as_of, position=context.standpoint.position
    )
    guard.viewer_of_clients(Right.CLIENTS, snapshot, context.slice_, reason=why)
    return True


# ---- words


def _introduction(worklist: Worklist, rows: Sequence[WorklistEntry]) -> str:
    if not rows:
        return "Nobody is on this list at these dates."
    days = [row.days for row in rows if row.days is not None]
    count = text.plural(len(rows), "person is", "people are") + " on it"
    if not days:
        return f"{count}."
    first = min(days) if worklist.fewest_first else max(days)
    return f"{count}. {_first_days(worklist)}: {first:,}."


def _first_days(worklist: Worklist) -> str:
    return f"{'Fewest' if worklist.fewest_first else 'Most'} {worklist.counts}"


def _by_agency(worklist: Worklist, rows: Sequence[WorklistEntry]) -> Table:
    first = min if worklist.fewest_first else max
    days: dict[str, list[int]] = {}
    for row in rows:
        days.setdefault(row.agency, []).extend([] if row.days is None else [row.days])
    counts = Counter(row.agency for row in rows)
    columns = (Column("Agency"), Column("How many", number=True), Column(_first_days(worklist), number=True))
    agencies = [(named(agency), counts[agency], first(its) if its else None) for agency, its in sorted(days.items())]
    return Table(columns, agencies, "By agency")


def _people(worklist: Worklist, rows: Sequence[WorklistEntry]) -> Table:
    columns = (
        Column("Agency and reference"),
        Column("Client", aside=True),
        Column("Area", aside=True),
        Column(worklist.counts.capitalize(), number=True),
        Column("Why it is here"),
        Column("Days it rests on", aside=True),
    )
    return Table(columns, [_row(row) for row in rows], "People, the most urgent first")


def _row(row: WorklistEntry) -> tuple[Any, ...]:
    return (
        row.reference,
        row.client,
        row.area,
        row.days,
        row.because,
        "; ".join(f"{dated.what}: {text.short_day(dated.day)}" for dated in row.dates) or None,
    )
