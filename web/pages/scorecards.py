"""The scorecard: every KPI of a slice at a standpoint, in few numbers and in words, and what moved on it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from marshmallow import fields, validate

from domain.errors import WrongUse
from domain.measures.registry import Measure
from domain.standpoint import Standpoint
from projections.performance.caseload import MEASURES as CASELOAD
from projections.performance.scorecard import State
from projections.performance.trend import BASES
from projections.publication.published import cut_named
from web.auth.roles import Right
from web.parameters import cut_field
from web.presenters import text
from web.presenters.scorecards import re_presentations, whole_table
from web.presenters.tables import Link
from web.problems import not_here
from web.queries import scorecards
from web.queries.scorecards import MovementResult, Moves, ScorecardLineResult, ScorecardResult

from .chart_markup import interval, spark
from .last_seen import seen_before
from .layout import Page
from .links import here
from .navigation import Place
from .page import PageContext, Pages, SeenFrom, cuts_shown

SCORECARD: Final = "scorecard.scorecard"

blueprint = Pages("scorecard", __name__, Place("Scorecard", SCORECARD, Right.FIGURES, seen_from=True))


GROUPS: Final = (
    ("Successful completions", "Of all in treatment in twelve months, who left having completed it.", "4."),
    (
        "Completed and not back within six months",
        "The national outcome (PHOF 2.15), told when six months have passed.",
        "1.0 2.0 3.0",
    ),
    ("Treatment Outcomes Profiles", "Whether the forms were filled in when they were due.", "T."),
    (
        "Recovery plans and risk assessments",
        "Of everybody open on the day, whose was looked at in the last 84 days.",
        "R.",
    ),
    ("Waiting", "How soon treatment was offered, and began.", "W."),
    ("Keeping people in treatment", "Who left early, and who stayed long enough for treatment to help.", "E."),
    ("How many people", "Counts, which have no target.", "N."),
)
"""Heading, what it is about, and the beginnings of the codes that belong there."""

TAGS: Final = {
    State.MET: "green",
    State.NEAR: "yellow",
    State.MISSED: "red",
    State.INCOMPLETE: "orange",
    State.EARLY: "blue",
    State.NOBODY: "grey",
}
"""The colour of a word; the word says it already."""


class ScorecardAddress(SeenFrom):
    """The basis of the directions, and since when moves are told."""

    basis = fields.String(load_default="previous", validate=validate.OneOf(list(BASES)))
    since = cut_field("A published scorecard, in place of one's own last visit.")


@dataclass(frozen=True, slots=True)
class MeasureGroup:
    """Lines that are read together."""

    heading: str
    about: str
    lines: Sequence[ScorecardLineResult]

    @property
    def has_profile(self) -> bool:
        """Whether it says how many the people are of whom the caseload profile tells more."""
        return any(line.measure in CASELOAD for line in self.lines)


@dataclass(frozen=True, slots=True)
class SinceLastLook:
    """What moved since somebody last looked, or since a cut; `others` are the cuts that can be asked instead."""

    heading: str
    sentence: str
    moves: Moves | None
    others: tuple[Link, ...]


@blueprint.seen_from("/", Right.FIGURES, ScorecardAddress, front=True)
def scorecard(context: PageContext) -> Page:
    """The KPIs from one standpoint."""
    basis = BASES[context.args["basis"]]
    query = scorecards.ScorecardQuery(context.as_of, context.known_at, context.slice_, basis)
    card = scorecards.scorecard(context.snapshot, context.who, query)
    return Page(
        "scorecard.html",
        "Scorecard",
        {"numbers": whole_table(card)},
        about=[("Status", text.status(card).removeprefix("Status: "))],
        context=context,
        card=card,
        lead=lead(card),
        groups=groups(card),
        re_presentations=re_presentations(card),
        since=since(context),
        interval=interval,
        spark=spark,
        short=short_direction,
        tags=TAGS,
        why=why,
        bases=[Link(str(one), here(basis=name), one is basis) for name, one in BASES.items()],
    )


def groups(card: ScorecardResult) -> list[MeasureGroup]:
    """The lines under their headings; re-presentations stand apart, in pairs."""
    found = [
        MeasureGroup(
            heading, about, [line for line in card.lines if line.measure.code.startswith(tuple(codes.split()))]
        )
        for heading, about, codes in GROUPS
    ]
    return [group for group in found if group.lines]


def lead(card: ScorecardResult) -> str:
    """The whole in a sentence."""
    states = Counter(line.state for line in card.lines if not line.measure.immature)
    if states[State.INCOMPLETE]:
        return "A file is missing, so nothing is held against a target yet, and no direction is given."
    rated = [f"{states[state]} {state}" for state in (State.MET, State.NEAR, State.MISSED) if states[state]]
    ways = Counter(line.movement.judged for line in card.lines)
    moved = [f"{count} {judged}" for judged, count in sorted(ways.items(), key=str) if judged and judged != "no change"]
    said = f"Of the figures with a target, {_listed(rated)}." if rated else "No target is set for any of these figures."
    return f"{said} Beside the {card.basis}, {_listed(moved)}." if moved else said


def _listed(said: Sequence[str]) -> str:
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


def short_direction(movement: MovementResult, unit: str) -> str:
    """A direction for a table: how far, in a `unit` or in people, since when."""
    difference = abs(movement.difference or 0)
    far = f"{difference:.1f}{unit}" if unit else f"{difference:,.0f}"
    return f"{far} since {text.short_day(movement.before.as_of)}"


def since(context: PageContext) -> SinceLastLook:
    """What moved since this person last looked, or since the cut that is asked for."""
    name, seen = context.args["since"], seen_before()
    others = tuple(Link(cut.title, here(since=cut.title), cut.title == name) for cut in cuts_shown(context.snapshot))
    if name is not None:
        return _since_cut(context, name, others)
    heading = "Since you last looked"
    if seen is None:
        return SinceLastLook(
            heading, "This is your first look. Next time, what has moved since is told here.", None, others
        )
    before = context.snapshot.standpoint(context.as_of, seen)
    if context.standpoint.position <= before.position:
        return SinceLastLook(heading, "Nothing on this page is new to you.", None, others)
    moves = _moves(context, before)
    known = text.day(before.known_at) if before.known_at else "the beginning"
    return SinceLastLook(heading, _moved_sentence(moves, f"since what was known on {known}"), moves, others)


def why(context: PageContext, moves: Moves, measure: Measure) -> str:
    """The address at which a move is told step by step."""
    before, after = moves.before, moves.after
    return context.to_measure(
        "why.why",
        measure,
        cut=None,
        as_of=before.as_of.isoformat(),
        known_at=f"@{before.position}",
        to_as_of=after.as_of.isoformat(),
        to_known_at=f"@{after.position}",
    )


def _since_cut(context: PageContext, name: str, others: tuple[Link, ...]) -> SinceLastLook:
    try:
        before = cut_named(context.snapshot.connection, context.snapshot.mapper, name).standpoint
    except WrongUse as error:
        raise not_here(str(error)) from None
    moves = _moves(context, before)
    seen = text.standpoint(before).rstrip(".")
    own = Link("Your last visit", here(since=None))
    return SinceLastLook(f"Since {name}", _moved_sentence(moves, f"since {name} ({seen})"), moves, (own, *others))


def _moves(context: PageContext, before: Standpoint) -> Moves:
    return scorecards.moves(
        context.snapshot, context.who, scorecards.MovesQuery(before, context.standpoint, context.slice_)
    )


def _moved_sentence(moves: Moves, since_when: str) -> str:
    if not moves.moved:
        return f"No figure has moved {since_when}."
    return f"{text.plural(len(moves.moved), 'figure has', 'figures have')} moved {since_when}."
