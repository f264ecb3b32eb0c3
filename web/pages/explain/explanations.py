"""Why one figure is not another: the page of a walk, and the choice of its two ends."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from flask import redirect, request
from marshmallow import ValidationError, fields, validate, validates_schema

from domain.definition import DEFINITIONS
from domain.measures.registry import Measure
from projections.explain.bridge import Bridge
from web.auth import guard
from web.auth.roles import Reach, Right
from web.auth.trail.access import question_noted
from web.auth.viewer import Viewer
from web.pages.frame.layout import Page
from web.pages.frame.navigation import FigurePage, here
from web.pages.frame.page import (
    Choice,
    PageContext,
    Pages,
    SeenFrom,
    choices_of_slices,
    cuts_shown,
    is_disputed,
    measure_or_404,
    month_end_before,
    pages_of_figure,
)
from web.parameters import CODE, DayField, KnownAtField, cut_field, definition_field, flag_field, number_field
from web.presenters import text
from web.presenters.explain import explanations as tables
from web.presenters.explain import reasons
from web.presenters.tables import Link
from web.queries.contract_life.publications import standpoint_of_cut
from web.queries.explain import explanations
from web.queries.explain.explanations import StationQuery
from web.queries.parameters import version_named
from web.queries.performance import revisions
from web.queries.slices import as_known

from .access_reasons import ReasonWanted, reason_given

WHY: Final = "why.why"
EVERYBODY: Final = "*"
"""An end of all areas, or of all agencies, where the start is of one."""

blueprint = Pages("why", __name__, of_figure=(FigurePage("Why it changed", WHY, Right.CLIENTS),))


def _code_or_everybody(description: str) -> fields.String:
    return fields.String(
        load_default=None,
        validate=validate.Regexp(rf"^\*$|{CODE}", error="'{input}' is no such code."),
        metadata={"description": description},
    )


class WhyAddress(SeenFrom):
    """The end of a walk; what is not given is as at its start. `group`: the sentence whose people are all listed;
    `people`: whether the people are wanted, of whoever sees the sums alone at first.
    """

    definition = definition_field()
    to_as_of = DayField(load_default=None, description="The day of the end.")
    to_known_at = KnownAtField("Up to when is known at the end: a day, or @POSITION.")
    to_cut = cut_field("The standpoint of a published scorecard, in place of both.")
    to_definition = definition_field("The definition's version at the end.")
    to_area = _code_or_everybody("The area at the end; * for all.")
    to_agency = _code_or_everybody("The agency at the end; * for all.")
    group = number_field("The sentence whose people are all listed.", 1, load_default=None)

    people = flag_field("Whether the people are shown too.")

    @validates_schema
    def _an_end_once(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("to_cut") is not None and (data.get("to_as_of") or data.get("to_known_at") is not None):
            raise ValidationError("Give to_as_of and to_known_at, or to_cut, not both.", "to_cut")


ENDS: Final = ("to_as_of", "to_known_at", "to_cut", "to_definition", "to_area", "to_agency")


@blueprint.seen_from("/figures/<measure>/why", Right.CLIENTS, WhyAddress)
def why(context: PageContext, measure: str) -> Any:
    """The walk from one figure to another."""
    kpi = measure_or_404(measure)
    if not any(request.args.get(name) for name in ENDS):
        return redirect(here(**suggested(context, kpi)))
    with_people = _shows_people(context, kpi)
    viewer, walk = walk_of_address(context, kpi) if with_people else _sums_of_address(context, kpi)
    groups, addresses = reasons.groups(walk, context.args["group"]), timeline_addresses()
    return Page(
        "why.html",
        f"Why it changed: {kpi.name} ({kpi.code})",
        {
            "people": [tables.people_table(group, addresses) for group in groups] if with_people else None,
            "numbers": tables.numbers_table(walk, groups) if walk.steps else None,
        },
        context=context,
        measure=kpi,
        to_people=None if with_people else here(people="true"),
        walk=walk,
        lead=tables.lead(walk),
        stations=tables.stations(walk),
        suggestions=suggestions(context, kpi),
        form=choice_of_ends(context, viewer),
        steps=[(step, [group for group in groups if group.step is step]) for step in walk.steps],
        step_words=reasons.STEP_WORDS,
        fraction=tables.fraction,
        conclusion=tables.conclusion(walk),
        charts=tables.charts(walk, groups),
        here=here,
        more=pages_of_figure(context, kpi),
    )


def timeline_addresses() -> Callable[[int], str]:
    """Where the records of the person at each place in this walk are; an address is made once for all of them."""
    path, _, query = here(group=None, people=None).partition("?")
    return lambda place: f"{path}/{place}?{query}"


def walk_of_address(context: PageContext, measure: Measure, **noted: Any) -> tuple[Viewer, Bridge]:
    """The walk that an address asks for, as far as whoever asks may see it; noted in the trail, with `noted`."""
    start, end = start_of(context), end_of(context)
    viewer = looking_at_walk(context, measure, end, **noted)
    return viewer, explanations.walk(context.snapshot, viewer, explanations.ExplanationQuery(measure, start, end))


def _shows_people(context: PageContext, measure: Measure) -> bool:
    """Whether the people are shown or asked for. The sums need no reason: a scorecard says them of each figure."""
    slices = context.slice_, end_of(context).slice_
    if guard.viewer(Right.CLIENTS, *slices).reach is not Reach.WITH_REASON:
        return True
    may = reason_given(measure, context.slice_) or all(is_disputed(context, measure, slice_) for slice_ in slices)
    return bool(may or context.args["people"] or context.args["group"])


def _sums_of_address(context: PageContext, measure: Measure) -> tuple[Viewer, Bridge]:
    """The walk in sums alone, in which no single person shows."""
    start, end = start_of(context), end_of(context)
    viewer = guard.viewer(Right.CLIENTS, context.slice_, end.slice_)
    return viewer, explanations.sums(context.snapshot, viewer, explanations.ExplanationQuery(measure, start, end))


def start_of(context: PageContext) -> StationQuery:
    """Where the walk begins: what the page is seen from."""
    return StationQuery(context.as_of, context.known_at, context.slice_, version_named(context.args["definition"]))


def end_of(context: PageContext) -> StationQuery:
    """Where the walk ends."""
    args, start = context.args, start_of(context)
    as_of, known_at = args["to_as_of"] or start.as_of, args["to_known_at"]
    if args["to_cut"] is not None:
        as_of, known_at = standpoint_of_cut(context.snapshot, args["to_cut"])
    area, agency = (_code(args[f"to_{name}"], getattr(start.slice_, name)) for name in ("area", "agency"))
    version = version_named(args["to_definition"]) or start.definition
    slice_ = as_known(context.snapshot, replace(start.slice_, area=area, agency=agency))
    return StationQuery(as_of, start.known_at if known_at is None else known_at, slice_, version)


def _code(end: str | None, start: str | None) -> str | None:
    return None if end == EVERYBODY else end or start


def looking_at_walk(context: PageContext, measure: Measure, end: StationQuery, **noted: Any) -> Viewer:
    """Who looks at the people of both ends; a reason that was given for the first holds for the walk.

    Raises:
        ReasonWanted: a commissioner has not said why, and no dispute says so for both.
        Problem: an end is somebody else's (404), or the right is missing (403).
    """
    slices = context.slice_, end.slice_
    viewer, reason = guard.viewer(Right.CLIENTS, *slices), ""
    if viewer.reach is Reach.WITH_REASON:
        reason = reason_given(measure, context.slice_)
        if not reason and not all(is_disputed(context, measure, slice_) for slice_ in slices):
            raise ReasonWanted(measure, context.slice_)
    at: dict[str, Any] = {"measure": measure.code, "as_of": context.as_of, "position": context.standpoint.position}
    to: dict[str, Any] = {"to_as_of": end.as_of, "to_known_at": end.known_at}
    to |= {"to_area": end.slice_.area, "to_agency": end.slice_.agency}
    question = question_noted(context.slice_, **at, **to, **noted)
    return guard.viewer_of_clients(Right.CLIENTS, question, *slices, measure=measure, reason=reason)


# ---- which ends


def suggested(context: PageContext, measure: Measure) -> dict[str, Any]:
    """The end, and where need be the start, of a walk that nobody chose: what one most likely wants to know."""
    newest = context.snapshot.submissions.newest
    assert newest is not None
    if context.standpoint.position < newest.position:
        return {"to_known_at": newest.received_on.isoformat()}
    first = first_known(context, measure)
    known_at = context.standpoint.known_at
    if first is not None and known_at is not None and first < known_at:
        return {"cut": None, "as_of": context.as_of, "known_at": first, "to_known_at": newest.received_on}
    before = {"as_of": month_end_before(context.as_of), "known_at": f"@{context.standpoint.position}"}
    return before | {"cut": None, "to_as_of": context.as_of}


def first_known(context: PageContext, measure: Measure) -> date | None:
    """The day on which every agency expected to report the day had done so, by all that is known; None before."""
    return revisions.first_known(context.snapshot, context.who, measure, context.as_of, context.slice_)


def suggestions(context: PageContext, measure: Measure) -> list[Link]:
    """Walks that are one press away."""
    newest = context.snapshot.submissions.newest
    assert newest is not None
    now, day = newest.received_on.isoformat(), context.as_of.isoformat()
    plain: dict[str, Any] = dict.fromkeys((*ENDS, "group", "people", "cut"))
    walks: list[tuple[str, dict[str, Any]]] = []
    if (first := first_known(context, measure)) and first < newest.received_on:
        walks.append(("First known to now", {"as_of": day, "known_at": first.isoformat(), "to_known_at": now}))
    for cut in cuts_shown(context.snapshot)[:2]:
        changes = {"cut": cut.title, "as_of": None, "known_at": None, "to_known_at": now}
        walks.append((f"{cut.title} to now", changes))
    before = month_end_before(context.as_of)
    days = f"{text.short_day(before)} to {text.short_day(context.as_of)}"
    walks.append((f"{days}, as known now", {"as_of": before.isoformat(), "known_at": now, "to_as_of": day}))
    addresses = [(words, here(**plain | changes)) for words, changes in walks]
    return [Link(words, address, address == here()) for words, address in addresses]


@dataclass(frozen=True, slots=True)
class EndsChoice:
    """What the form that chooses both ends begins with."""

    action: str
    start: Mapping[str, str]
    end: Mapping[str, str]
    areas: tuple[Choice, ...]
    agencies: tuple[Choice, ...]
    to_areas: tuple[Choice, ...]
    to_agencies: tuple[Choice, ...]
    definitions: tuple[Choice, ...]
    to_definitions: tuple[Choice, ...]
    kept: tuple[tuple[str, str], ...]


def choice_of_ends(context: PageContext, viewer: Viewer) -> EndsChoice:
    """Both ends as they are, to be changed."""
    start, end = start_of(context), end_of(context)
    areas, agencies = choices_of_slices(context.snapshot, viewer, start.slice_)
    to_areas, to_agencies = choices_of_slices(context.snapshot, viewer, end.slice_)
    return EndsChoice(
        action=request.path,
        start={"as_of": start.as_of.isoformat(), "known_at": _day_of(context, start)},
        end={"as_of": end.as_of.isoformat(), "known_at": _day_of(context, end)},
        areas=areas,
        agencies=agencies,
        to_areas=_with_everybody(to_areas),
        to_agencies=_with_everybody(to_agencies),
        definitions=_versions(start),
        to_definitions=_versions(end),
        kept=tuple((name, "true") for name in ("criminal_justice", "young_people") if context.args[name]),
    )


def _day_of(context: PageContext, station: StationQuery) -> str:
    known_at = context.snapshot.standpoint(station.as_of, station.known_at).known_at
    return known_at.isoformat() if known_at else ""


def _with_everybody(choices: Sequence[Choice]) -> tuple[Choice, ...]:
    return tuple(Choice(one.value or EVERYBODY, one.text, one.chosen) for one in choices)


def _versions(station: StationQuery) -> tuple[Choice, ...]:
    chosen = station.definition.version if station.definition else ""
    named = (Choice(one.version, f"Version {one.version}", one.version == chosen) for one in DEFINITIONS)
    return (Choice("", "The one in force on the day", not chosen), *named)
