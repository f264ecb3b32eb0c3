"""The scorecard: every KPI of a slice at a standpoint, in few numbers and in words, and what moved on it."""

from dataclasses import dataclass
from typing import Final

from marshmallow import fields, validate

from domain.errors import Refused, WrongUse
from domain.measures.registry import Measure
from domain.standpoint import Standpoint
from projections.performance.colours.rag import ACTION_PLAN
from projections.performance.scorecard import State
from projections.performance.trend import BASES
from projections.publication.published import cut_named
from web.auth.last_seen import seen_before
from web.auth.roles import Right
from web.pages.agreement.by_hand.entered_section import entered_section
from web.pages.frame.chart_markup import interval, spark
from web.pages.frame.layout import Page
from web.pages.frame.navigation import NeededWeekly, Place, PlaceGroup, here
from web.pages.frame.page import PageContext, Pages, SeenFrom, cuts_shown
from web.pages.improvement.meetings.beside import comment_href, comments_of_card
from web.parameters import cut_field
from web.presenters import text
from web.presenters.improvement.meetings import commentary as comment_words
from web.presenters.performance.scorecards import (
    belonging,
    groups,
    lead,
    re_presentations,
    rules_of,
    short_direction,
    whole_table,
)
from web.presenters.tables import Link
from web.problems import not_here
from web.queries.performance import scorecards
from web.queries.performance.scorecards import Moves

SCORECARD: Final = "scorecard.scorecard"

blueprint = Pages(
    "scorecard",
    __name__,
    Place(
        "Scorecard",
        SCORECARD,
        Right.FIGURES,
        PlaceGroup.FIGURES,
        "Every KPI on one page, with its target and what has moved.",
        NeededWeekly.SINCE_FIRST_FILE,
        seen_from=True,
    ),
)


TAGS: Final = {
    State.MET: "green",
    State.NEAR: "yellow",
    State.MISSED: "red",
    State.INCOMPLETE: "orange",
    State.EARLY: "blue",
    State.NOBODY: "grey",
    State.NOT_RECORDED: "grey",
    State.EXPIRED: "grey",
}
"""The colour of a word; the word says it already."""


class ScorecardAddress(SeenFrom):
    """The basis of the directions, and since when moves are told."""

    basis = fields.String(load_default=None, validate=validate.OneOf(list(BASES)))
    since = cut_field("A published scorecard, in place of one's own last visit.")


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
    basis = BASES.get(context.args["basis"])
    query = scorecards.ScorecardQuery(context.as_of, context.known_at, context.slice_, basis)
    card = scorecards.scorecard(context.snapshot, context.who, query)
    entered = entered_section(context, card.basis)
    return Page(
        "scorecard.html",
        "Scorecard",
        {"numbers": whole_table(card), "entered_numbers": entered.numbers if entered else None},
        about=[("Status", text.status(card).removeprefix("Status: "))],
        context=context,
        card=card,
        lead=lead(card),
        belonging=belonging(card),
        action_plan=ACTION_PLAN if any(ACTION_PLAN in line.against.sentences for line in card.lines) else "",
        rules=rules_of(card),
        groups=groups(card),
        re_presentations=re_presentations(card),
        entered=entered,
        commentary=comments_of_card(context.as_of, context.slice_),
        comment_words=comment_words,
        comment_href=comment_href,
        since=since(context),
        interval=interval,
        spark=spark,
        short=short_direction,
        tags=TAGS,
        why=why,
        bases=[Link(str(one), here(basis=name), one is card.basis) for name, one in BASES.items()],
    )


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
    try:
        moves = _moves(context, before)
    except Refused:
        return SinceLastLook(heading, _FROM_MONTH_ENDS, None, others)
    known = text.day(before.known_at) if before.known_at else "the beginning"
    return SinceLastLook(heading, _moved_sentence(moves, f"since what was known on {known}"), moves, others)


_FROM_MONTH_ENDS: Final = (
    "What has moved between two visits is told of your own agency. Of all agencies together, choose a scorecard that "
    "was frozen."
)
"""What a provider reads of sums with clients of others, which it does not see from visit to visit."""


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
