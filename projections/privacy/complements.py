"""What a provider sees of sums in which clients of other agencies stand: nothing that tells of fewer than 5 of them.

A provider knows its own people, and so takes them from a sum: what is left are the others. If these are fewer than 5,
counted or not counted, the sum is withheld as a whole; parts of it are hidden as they are for the public.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from projections.explain.bridge import Bridge, Contribution
from projections.explain.reasons import Reason
from projections.performance.breakdown import Breakdown
from projections.performance.colours.rag import NotRated, Unrated, rests_on_last_year
from projections.performance.scorecard import Scorecard, ScorecardLine
from projections.performance.trend import NoDirection, Point
from projections.publication.suppression import UNDER, Counts, counts_of, visible
from projections.standings.engine import Figure, Waiting
from projections.standings.hidden import HIDDEN

from .redaction import RedactedMember

FEW_OTHERS: Final = (
    f"Fewer than {UNDER} people of other agencies make the difference between this and your own figure, so it is not "
    "shown. Ask for your own agency."
)
"""Why a sum is withheld from a provider."""
OF_OTHERS: Final = "a rule that fewer than 5 people of other agencies share"
"""What stands for the rule of people of other agencies, where it would tell of fewer than 5 of them."""


def is_few(others: Counts) -> bool:
    """Whether a sum, less one's own, tells of fewer than 5 people."""
    choice = visible(others)
    return not choice.numerator or (others.matured is not None and not choice.matured)


def beside_others(figure: Figure, others: Figure) -> Figure:
    """A sum as far as it may be shown to somebody who knows all of it but the `others`."""
    if is_few(counts_of(others)):
        return withheld(figure)
    shown = visible(counts_of(others)).parts
    parts = figure.parts and {part: count if part in shown else HIDDEN for part, count in figure.parts.items()}
    in_no_area = figure.in_no_area
    if in_no_area is not None and (others.in_no_area or 0) < UNDER:
        in_no_area = HIDDEN
    not_recorded = figure.not_recorded
    if not_recorded is not None and not _both_enough(others):
        not_recorded = HIDDEN
    return replace(figure, parts=parts, waiting=_waiting(figure), in_no_area=in_no_area, not_recorded=not_recorded)


def _both_enough(others: Figure) -> bool:
    """Whether as many of the others are recorded as are not, that neither tells of fewer than 5."""
    unrecorded = others.not_recorded or 0
    return unrecorded >= UNDER and (others.denominator or 0) - unrecorded >= UNDER


def _waiting(figure: Figure) -> Waiting | None:
    # The longest wait is one person's, however many wait; and of few who wait it is told who is new among them.
    return figure.waiting and Waiting(HIDDEN, HIDDEN)


def withheld(figure: Figure) -> Figure:
    """A figure of which no count is shown."""
    return replace(
        figure,
        numerator=HIDDEN,
        denominator=None if figure.denominator is None else HIDDEN,
        matured=None if figure.matured is None else HIDDEN,
        parts=figure.parts and dict.fromkeys(figure.parts, HIDDEN),
        waiting=_waiting(figure),
        in_no_area=None if figure.in_no_area is None else HIDDEN,
        not_recorded=None if figure.not_recorded is None else HIDDEN,
        withheld=FEW_OTHERS,
    )


# ---- a scorecard


def scorecard_beside_others(card: Scorecard, others: Scorecard) -> Scorecard:
    """The same of each line, with its direction and its last year; how such figures moved later is left out."""
    lines = (_line(line, its) for line, its in zip(card.lines, others.lines, strict=True))
    return replace(card, lines=tuple(lines))


def _line(line: ScorecardLine, others: ScorecardLine) -> ScorecardLine:
    figure, spark = beside_others(line.figure, others.figure), _points(line.spark, others.spark)
    movement, before = line.movement, _point(line.movement.before, others.movement.before)
    if figure.withheld:
        return ScorecardLine(
            figure,
            NotRated(Unrated.WITHHELD, line.against.target),
            NoDirection(movement.basis, before, "withheld"),
            spark,
        )
    if before.is_withheld and not isinstance(movement, NoDirection):
        movement = NoDirection(movement.basis, before, "basis withheld")
    against = line.against
    if rests_on_last_year(against) and _is_hidden(line.last_year, others.last_year):
        # The colour tells which way the figure went since a year before, when too few were others.
        against = NotRated(Unrated.WITHHELD, against.target)
    return ScorecardLine(figure, against, replace(movement, before=before), spark)


def _is_hidden(point: Point | None, others: Point | None) -> bool:
    return point is not None and others is not None and _point(point, others).is_withheld


def _points(points: Sequence[Point], others: Sequence[Point]) -> tuple[Point, ...]:
    return tuple(_point(one, its) for one, its in zip(points, others, strict=True))


def _point(point: Point, others: Point) -> Point:
    if point.status is None or not is_few(Counts(others.numerator, others.denominator)):
        return point
    hidden = None if point.denominator is None else HIDDEN
    return replace(point, numerator=HIDDEN, denominator=hidden, value=None)


def breakdown_beside_others(parts: Breakdown, whole: Figure) -> Breakdown:
    """The parts of a sum, of which `whole` is what may be shown: if that is withheld, one's own parts alone."""
    if not whole.withheld:
        return replace(parts, whole=whole)
    own = tuple(replace(part, share=None) for part in parts.parts if part.agency)
    return Breakdown(whole, own, None, None)


# ---- people, one by one


def members_beside_others(members: Sequence[RedactedMember]) -> list[RedactedMember]:
    """A list of people in which no rule is named that fewer than 5 of other agencies share."""
    shared = Counter((one.counted, one.rule) for one in members if one.client is None)
    return [
        replace(one, rule=OF_OTHERS) if one.client is None and shared[one.counted, one.rule] < UNDER else one
        for one in members
    ]


def walk_beside_others(walk: Bridge) -> Bridge:
    """A walk in which no reason is named that fewer than 5 people of other agencies share; it adds up as before."""
    shared = Counter(_kind(step.name, one) for step in walk.steps for one in step.contributions if one.client is None)

    def of_few(name: str, one: Contribution) -> Contribution:
        few = one.client is None and shared[_kind(name, one)] < UNDER
        return replace(one, reason=Reason.OTHER_RECORD) if few else one

    steps = (
        replace(step, contributions=tuple(of_few(step.name, one) for one in step.contributions)) for step in walk.steps
    )
    return replace(walk, steps=tuple(steps))


def _kind(name: str, one: Contribution) -> tuple[str, str, str, int]:
    return name, one.side, one.reason, one.diff
