"""Why one figure is not another: two stations, and the walk between them in sentences, as a drawing and as a table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count, groupby
from typing import Any, Final

from flask import redirect, request
from marshmallow import ValidationError, fields, validate, validates_schema

from domain.definition import DEFINITIONS
from domain.measures.registry import Measure
from domain.standpoint import Standpoint
from projections.explain.bridge import Bridge, Contribution, Side, Step, StepName
from projections.explain.reasons import Reason
from projections.standings.engine import Figure
from projections.standings.slices import Slice
from web.auth import guard
from web.auth.access import question_noted
from web.auth.roles import Reach, Right
from web.auth.viewer import Viewer
from web.charts import Drawing, Move, waterfall
from web.charts.waterfall import signed
from web.parameters import CODE, DayField, KnownAtField, cut_field, definition_field, number_field
from web.presenters import text as words
from web.presenters.sentences import sentence
from web.presenters.tables import Column, Link, Table, Worded
from web.queries import explanations, revisions
from web.queries.explanations import StationQuery
from web.queries.parameters import version_named
from web.queries.publications import standpoint_of_cut

from .access_reasons import ReasonWanted, reason_given
from .layout import Page
from .links import here
from .navigation import Place
from .page import (
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

WHY: Final = "why.why"
EVERYBODY: Final = "*"
"""An end of all areas, or of all agencies, where the start is of one."""
ROWS_SHOWN: Final = 20
"""People of a sentence who are listed at once; the others are one press away."""

blueprint = Pages("why", __name__, of_figure=(Place("Why it changed", WHY, Right.CLIENTS),))


def _code_or_everybody(description: str) -> fields.String:
    return fields.String(
        load_default=None,
        validate=validate.Regexp(rf"^\*$|{CODE}", error="'{input}' is no such code."),
        metadata={"description": description},
    )


class WhyAddress(SeenFrom):
    """The end of a walk; what is not given is as at its start. `group`: the sentence whose people are all listed."""

    definition = definition_field()
    to_as_of = DayField(load_default=None, description="The day of the end.")
    to_known_at = KnownAtField("Up to when is known at the end: a day, or @POSITION.")
    to_cut = cut_field("The standpoint of a published scorecard, in place of both.")
    to_definition = definition_field("The definition's version at the end.")
    to_area = _code_or_everybody("The area at the end; * for all.")
    to_agency = _code_or_everybody("The agency at the end; * for all.")
    group = number_field("The sentence whose people are all listed.", 1, load_default=None)

    @validates_schema
    def _an_end_once(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("to_cut") is not None and (data.get("to_as_of") or data.get("to_known_at") is not None):
            raise ValidationError("Give to_as_of and to_known_at, or to_cut, not both.", "to_cut")


ENDS: Final = ("to_as_of", "to_known_at", "to_cut", "to_definition", "to_area", "to_agency")


@blueprint.seen_from("/figures/<measure>/why", Right.CLIENTS, WhyAddress)
def why(asked: PageContext, measure: str) -> Any:
    """The walk from one figure to another."""
    of = measure_or_404(measure)
    if not any(request.args.get(name) for name in ENDS):
        return redirect(here(**suggested(asked, of)))
    who, walk = walked(asked, of)
    told = groups(walk, asked.given["group"])
    columns = COLUMNS if of.kind != "count" else COLUMNS[:2]
    numbers = Table(columns, list(table(walk, told)), "From one end to the other")
    return Page(
        "why.html",
        f"Why {of.code} changed",
        {"people": list(map(people_table, told)), "numbers": numbers if walk.steps else None},
        asked=asked,
        measure=of,
        walk=walk,
        lead=lead(walk),
        stations=stations(walk),
        suggestions=suggestions(asked, of),
        form=choice_of_ends(asked, who),
        steps=[(step, [group for group in told if group.step is step]) for step in walk.steps],
        step_words=STEP_WORDS,
        fraction=fraction,
        conclusion=conclusion(walk),
        charts=charts(walk, told),
        here=here,
        more=pages_of_figure(asked, of),
    )


def walked(asked: PageContext, measure: Measure, **noted: Any) -> tuple[Viewer, Bridge]:
    """The walk that an address asks for, as far as whoever asks may see it; noted in the trail, with `noted`."""
    start, end = start_of(asked), end_of(asked)
    who = looking_at_walk(asked, measure, end, **noted)
    found = explanations.explain(asked.snapshot, who, explanations.ExplanationQuery(measure, start, end))
    return who, found.bridge


def start_of(asked: PageContext) -> StationQuery:
    """Where the walk begins: what the page is seen from."""
    return StationQuery(asked.as_of, asked.known_at, asked.where, version_named(asked.given["definition"]))


def end_of(asked: PageContext) -> StationQuery:
    """Where the walk ends."""
    given, start = asked.given, start_of(asked)
    as_of, known_at = given["to_as_of"] or start.as_of, given["to_known_at"]
    if given["to_cut"] is not None:
        as_of, known_at = standpoint_of_cut(asked.snapshot, given["to_cut"])
    where = Slice(
        _other(given["to_area"], start.where.area),
        _other(given["to_agency"], start.where.agency),
        start.where.criminal_justice,
        start.where.young_people,
    )
    version = version_named(given["to_definition"]) or start.definition
    return StationQuery(as_of, start.known_at if known_at is None else known_at, where, version)


def _other(asked: str | None, start: str | None) -> str | None:
    return None if asked == EVERYBODY else asked or start


def looking_at_walk(asked: PageContext, measure: Measure, end: StationQuery, **noted: Any) -> Viewer:
    """Who looks at the people of both ends; a reason that was given for the first holds for the walk.

    Raises:
        ReasonWanted: a commissioner has not said why, and no dispute says so for both.
        Problem: an end is somebody else's (404), or the right is missing (403).
    """
    who = guard.viewer(Right.CLIENTS, asked.where, end.where)
    reason = ""
    if who.reach is Reach.WITH_REASON:
        reason = reason_given(measure, asked.where)
        if not reason and not all(is_disputed(asked, measure, where) for where in (asked.where, end.where)):
            raise ReasonWanted(measure, asked.where)
    to: dict[str, Any] = {f"to_{name}": getattr(end, name) for name in ("as_of", "known_at")}
    at: dict[str, Any] = {"measure": measure.code, "as_of": asked.as_of, "position": asked.standpoint.position}
    to |= {"to_area": end.where.area, "to_agency": end.where.agency}
    snapshot = question_noted(asked.where, **at, **to, **noted)
    return guard.viewer_of_clients(Right.CLIENTS, snapshot, asked.where, end.where, measure=measure, reason=reason)


# ---- where to


def suggested(asked: PageContext, measure: Measure) -> dict[str, Any]:
    """The end, and where need be the start, of a walk that nobody chose: what one most likely wants to know."""
    newest = asked.snapshot.submissions.newest
    assert newest is not None
    if asked.standpoint.position < newest.position:
        return {"to_known_at": newest.received_on.isoformat()}
    first = first_known(asked, measure)
    known_at = asked.standpoint.known_at
    if first is not None and known_at is not None and first < known_at:
        return {"cut": None, "as_of": asked.as_of, "known_at": first, "to_known_at": newest.received_on}
    before = {"as_of": month_end_before(asked.as_of), "known_at": f"@{asked.standpoint.position}"}
    return before | {"cut": None, "to_as_of": asked.as_of}


def first_known(asked: PageContext, measure: Measure) -> date | None:
    """The day on which every agency expected to report the day had done so, by all that is known; None before."""
    return revisions.first_known(asked.snapshot, asked.who, measure, asked.as_of, asked.where)


def suggestions(asked: PageContext, measure: Measure) -> list[Link]:
    """Walks that are one press away."""
    newest = asked.snapshot.submissions.newest
    assert newest is not None
    now, day = newest.received_on.isoformat(), asked.as_of.isoformat()
    plain: dict[str, Any] = dict.fromkeys((*ENDS, "group", "cut"))
    found = []
    if (first := first_known(asked, measure)) and first < newest.received_on:
        address = here(**plain | {"as_of": day, "known_at": first.isoformat(), "to_known_at": now})
        found.append(("First known to now", address))
    for cut in cuts_shown(asked.snapshot)[:2]:
        address = here(**plain | {"cut": cut.title, "as_of": None, "known_at": None, "to_known_at": now})
        found.append((f"{cut.title} to now", address))
    before = month_end_before(asked.as_of)
    found.append(
        (
            f"{words.short_day(before)} to {words.short_day(asked.as_of)}, as known now",
            here(**plain | {"as_of": before.isoformat(), "known_at": now, "to_as_of": day}),
        )
    )
    current = here()
    return [Link(text, href, href == current) for text, href in found]


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


def choice_of_ends(asked: PageContext, who: Viewer) -> EndsChoice:
    """Both ends as they are, to be changed."""
    start, end = start_of(asked), end_of(asked)
    areas, agencies = choices_of_slices(asked.snapshot, who, start.where)
    to_areas, to_agencies = choices_of_slices(asked.snapshot, who, end.where)
    return EndsChoice(
        action=request.path,
        start={"as_of": start.as_of.isoformat(), "known_at": _day_of(asked, start)},
        end={"as_of": end.as_of.isoformat(), "known_at": _day_of(asked, end)},
        areas=areas,
        agencies=agencies,
        to_areas=_with_everybody(to_areas),
        to_agencies=_with_everybody(to_agencies),
        definitions=_versions(start),
        to_definitions=_versions(end),
        kept=tuple((name, "true") for name in ("criminal_justice", "young_people") if asked.given[name]),
    )


def _day_of(asked: PageContext, station: StationQuery) -> str:
    known_at = asked.snapshot.standpoint(station.as_of, station.known_at).known_at
    return known_at.isoformat() if known_at else ""


def _with_everybody(choices: Sequence[Choice]) -> tuple[Choice, ...]:
    return tuple(Choice(one.value or EVERYBODY, one.text, one.chosen) for one in choices)


def _versions(station: StationQuery) -> tuple[Choice, ...]:
    chosen = station.definition.version if station.definition else ""
    named = (Choice(one.version, f"Version {one.version}", one.version == chosen) for one in DEFINITIONS)
    return (Choice("", "The one in force on the day", not chosen), *named)


# ---- in words

STEP_WORDS: Final = {
    StepName.KNOWN_AT: "What was known",
    StepName.AS_OF: "The dates",
    StepName.DEFINITION: "The definition",
    StepName.SLICE: "Whose figure it is",
}

NOUNS: Final[Mapping[Reason, tuple[str, str]]] = {
    Reason.LATE_START: ("start that was reported late", "starts that were reported late"),
    Reason.LATE_EXIT: ("exit that was reported late", "exits that were reported late"),
    Reason.AMENDED_EXIT_REASON: ("corrected exit reason", "corrected exit reasons"),
    Reason.AMENDED_EXIT_DATE: ("corrected exit date", "corrected exit dates"),
    Reason.AMENDED_START: ("corrected start", "corrected starts"),
    Reason.REOPENED: ("exit that was taken back", "exits that were taken back"),
    Reason.WITHDRAWN: ("record that was taken back", "records that were taken back"),
    Reason.VOIDED: (
        "return within 21 days, which makes it one treatment and no completion,",
        "returns within 21 days, which make it one treatment and no completion,",
    ),
    Reason.LATE_RETURN: ("late return", "late returns"),
    Reason.RETURNED: ("return", "returns"),
    Reason.ENTERED_WINDOW: ("treatment that came into the period", "treatments that came into the period"),
    Reason.LEFT_WINDOW: ("treatment that fell out of the period", "treatments that fell out of the period"),
    Reason.TURNED_18: ("18th birthday", "18th birthdays"),
    Reason.MOVED_GROUP: ("change of substance group", "changes of substance group"),
    Reason.MERGED_OR_SPLIT: (
        "correction of who somebody is (two records one person, or one two)",
        "corrections of who somebody is (two records one person, or one two)",
    ),
    Reason.MOVED_AREA: ("corrected area", "corrected areas"),
    Reason.HANDOVER: ("handover to another agency", "handovers to another agency"),
    Reason.LATE_TOP: ("TOP that was reported late", "TOPs that were reported late"),
    Reason.LATE_REVIEW: ("review that was reported late", "reviews that were reported late"),
    Reason.LATE_INTERVENTION: ("intervention that was reported late", "interventions that were reported late"),
    Reason.LATE_REFERRAL: ("referral that was reported late", "referrals that were reported late"),
    Reason.DEFINITION: ("person whom the other rules judge otherwise", "people whom the other rules judge otherwise"),
    Reason.SLICE: ("person of only one of both choices", "people of only one of both choices"),
    Reason.OTHER_RECORD: ("other change of a record", "other changes of records"),
}
"""By reason, what came once and what came more often."""


@dataclass(frozen=True, slots=True)
class ReasonGroup:
    """Contributions of one step, side, reason and sign, told in a sentence; each with its place in the walk."""

    number: int
    step: Step
    side: Side
    reason: Reason
    diff: int
    sentence: str
    contributions: tuple[tuple[int, Contribution], ...]
    shown: int

    @property
    def rest(self) -> int:
        """How many are not listed yet."""
        return len(self.contributions) - self.shown


def groups(walk: Bridge, whole: int | None = None) -> list[ReasonGroup]:
    """The contributions, those of a kind together; `whole` is the group that is listed to its end."""
    numbers, found = count(1), []
    for step, placed in _placed(walk):
        for (side, reason, _), its in groupby(placed, key=lambda one: _kind(one[1])):
            members, number = tuple(its), next(numbers)
            diff = sum(one.diff for _, one in members)
            shown = len(members) if number == whole else min(ROWS_SHOWN, len(members))
            said = _sentence(walk.start.measure, side, reason, diff)
            found.append(ReasonGroup(number, step, side, reason, diff, said, members, shown))
    return found


def _placed(walk: Bridge) -> Iterator[tuple[Step, list[tuple[int, Contribution]]]]:
    """Each step's contributions with their places, counted through the walk from 1, those of a kind together."""
    places = count(1)
    for step in walk.steps:
        placed = [(next(places), one) for one in step.contributions]
        yield step, sorted(placed, key=lambda one: (_SIDES.index(one[1].side), *_kind(one[1])[1:], one[0]))


_SIDES: Final = (Side.NUMERATOR, Side.DENOMINATOR)


def _kind(one: Contribution) -> tuple[Side, Reason, int]:
    return one.side, one.reason, 1 if one.diff > 0 else -1


def contribution_at(walk: Bridge, place: int) -> tuple[Step, Contribution] | None:
    """The contribution with this place in the walk."""
    placed = ((step, one) for step in walk.steps for one in step.contributions)
    return dict(enumerate(placed, 1)).get(place)


def _sentence(measure: Measure, side: Side, reason: Reason, diff: int) -> str:
    one, many = NOUNS[reason]
    size = abs(diff)
    verb, way = ("brought", "into") if diff > 0 else ("took", "out of")
    where = "the count" if measure.kind == "count" else "the cohort" if side is Side.DENOMINATOR else "those counted"
    return f"{words.plural(size, one, many)} {verb} {size:,} {way} {where}."


def reason_sentence(measure: Measure, step: Step, one: Contribution) -> str:
    """What one contribution did, and in which step."""
    return f"{STEP_WORDS[step.name]}: {_sentence(measure, one.side, one.reason, one.diff)}"


def lead(walk: Bridge) -> str:
    """The whole change in a sentence."""
    start, end = fraction(walk.start), fraction(walk.end)
    if not walk.steps:
        return f"Both ends are the same figure: {start}. Choose another end below."
    if start == end:
        return f"The figure is {start} at both ends, and so it is told who came in for whom."
    return f"From {start} to {end}."


def fraction(figure: Figure) -> str:
    """As people write it: 24 of 438."""
    return f"{figure.numerator:,}" if figure.denominator is None else f"{figure.numerator:,} of {figure.denominator:,}"


def stations(walk: Bridge) -> list[tuple[str, Figure, str, str]]:
    """Both ends with their words: what is said of them, and of whom they are."""
    return [
        (name, figure, sentence(figure), _seen(figure.standpoint, figure))
        for name, figure in (("From", walk.start), ("To", walk.end))
    ]


def _seen(standpoint: Standpoint, figure: Figure) -> str:
    return f"{words.standpoint(standpoint)} {words.slice_of(figure.slice)}"


def conclusion(walk: Bridge) -> str:
    """Whether the contributions are the whole of it."""
    left = [(side, walk.unexplained(side)) for side in _SIDES]
    if not any(number for _, number in left):
        return "It adds up exactly: nothing is left unexplained."
    missing = " and ".join(f"{signed(number)} of the {side}" for side, number in left if number)
    return f"Left unexplained: {missing}. That must not be: tell whoever runs Recount for you."


# ---- drawn, and as a table

COLUMNS: Final = (Column("Step"), Column("Counted", number=True), Column("Cohort", number=True))
PEOPLE_COLUMNS: Final = (
    Column("Person"),
    Column("Happened"),
    Column("Became known"),
    Column("File and row"),
    Column("Agency"),
)


def charts(walk: Bridge, told: Sequence[ReasonGroup]) -> list[Drawing]:
    """A waterfall of those counted, and one of the cohort where it changed."""
    of_measure = walk.start.measure.kind == "count"
    found = []
    for side, name in zip(_SIDES, ("Counted" if not of_measure else "Number", "Cohort"), strict=True):
        moves = [Move(_move_words(walk, group), group.diff) for group in told if group.side is side]
        if moves:
            start, end = f"{name}: {_short(walk.start)}", f"{name}: {_short(walk.end)}"
            first = walk.start.numerator if side is Side.NUMERATOR else walk.start.denominator or 0
            found.append(waterfall(f"{name}, from one end to the other", (start, first), moves, end))
    return found


def _short(figure: Figure) -> str:
    known = figure.standpoint.known_at
    known_at = f", known on {words.short_day(known)}" if known else ""
    return f"{words.short_day(figure.standpoint.as_of)}{known_at}"


def _end(figure: Figure) -> date | str:
    return _short(figure) if figure.standpoint.known_at else figure.standpoint.as_of


def _move_words(walk: Bridge, group: ReasonGroup) -> str:
    return str(group.reason) if len(walk.steps) == 1 else f"{STEP_WORDS[group.step.name]}: {group.reason}"


def table(walk: Bridge, told: Sequence[ReasonGroup]) -> Iterator[tuple[Any, ...]]:
    """The numbers of the drawings: both ends, and what each reason did to both numbers."""
    width = 2 if walk.start.denominator is None else 3

    def row(said: date | str, numerator: Any, denominator: Any) -> tuple[Any, ...]:
        return (said, numerator, denominator)[:width]

    yield row(_end(walk.start), walk.start.numerator, walk.start.denominator or 0)
    keys = dict.fromkeys((_move_words(walk, group), group.diff > 0) for group in told)
    for words_for, rises in keys:
        its = [group for group in told if (_move_words(walk, group), group.diff > 0) == (words_for, rises)]
        sums = [sum(group.diff for group in its if group.side is side) for side in _SIDES]
        yield row(words_for, *map(_difference, sums))
    left = [walk.unexplained(side) for side in _SIDES]
    if any(left):
        yield row("Unexplained", *map(_difference, left))
    yield row(_end(walk.end), walk.end.numerator, walk.end.denominator or 0)


def _difference(number: int) -> Worded | int:
    return Worded(signed(number), number) if number else 0


def people_table(group: ReasonGroup) -> Table:
    """Who made a difference of one kind, below what they did."""
    return Table(PEOPLE_COLUMNS, people_rows(group), f"{STEP_WORDS[group.step.name]}: {group.sentence}")


def people_rows(group: ReasonGroup) -> list[tuple[Any, ...]]:
    """Who made a difference of one kind: each leads to the person's timeline, if they are one's own to see."""
    path, _, query = here(group=None).partition("?")
    return [_person(place, one, f"{path}/{place}?{query}") for place, one in group.contributions[: group.shown]]


def _person(place: int, one: Contribution, timeline: str) -> tuple[Any, ...]:
    if one.client is None:
        return ("Another agency’s", "not shown", "not shown", "not shown", "not shown")
    source = one.source
    received = source.received_on if source else None
    return (
        Link(f"Timeline {place}", timeline),
        source.occurred_on if source else None,
        received,
        (f"{source.file} row {source.row}" if source.row else source.file) or None if source else None,
        ", ".join(one.agencies) or (source.agency if source else None),
    )
