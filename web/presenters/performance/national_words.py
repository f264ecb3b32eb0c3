"""Where a council stands among all, for its pages: sentences, tables and a chart. What is suppressed is a word."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeVar

from projections.performance.beside.quartiles import AreaJudgement
from projections.standings.hidden import Hidden
from web.charts import Drawing, RankedLine, RankedRow, ranked
from web.presenters import text
from web.presenters.agreement.comparator_words import QUARTILES, ordinal
from web.presenters.tables import Column, Percentage, Table
from web.queries.performance.national import (
    CouncilFigure,
    CouncilInGroup,
    NationalFiguresResult,
    NationalGroup,
    NationalMeasure,
    NationalQuartile,
)

MOST_DRAWN: Final = 40
"""Councils in a chart; of more, those nearest to our own."""
COUNTED_TWICE: Final = (
    "Somebody who was treated in two councils is counted in each, and so twice in all councils together."
)
RESTS_ON: Final = (
    "“By interval” are the places that the 95% intervals leave open. Of other councils, counts under 5 and what would "
    "give them back are suppressed; places and quartiles are among those of which everything is shown. "
    f"{COUNTED_TWICE}"
)
Placed = TypeVar("Placed", CouncilFigure, CouncilInGroup)
SUPPRESSED: Final = "suppressed"
_NO_FILE: Final = "no file covers the day"


def standpoint(result: NationalFiguresResult) -> str:
    """From where all councils are seen, in a sentence."""
    known = f"as known on {text.day(result.known_at)}" if result.known_at else "by all that each council knows"
    return f"As of {text.day(result.as_of)}, {known}."


def covered(measure: NationalMeasure) -> str:
    """How many councils' files cover the day; empty where all do."""
    those, councils = sum(one.covered for one in measure.councils), len(measure.councils)
    return "" if those == councils else f"Files of {those} of {councils} councils cover the day."


def own_of(measure: NationalMeasure, council: str) -> CouncilFigure | None:
    """Our own figure; None where our standings cannot be read."""
    return next((one for one in measure.councils if one.council == council), None)


def measure_name(measure: NationalMeasure) -> str:
    """Its name and its code."""
    return f"{measure.name} ({measure.code})"


def _ranked(measure: NationalMeasure) -> int:
    return sum(one.place is not None for one in measure.councils)


def _places(one: CouncilFigure | CouncilInGroup) -> str | None:
    if one.places is None:
        return None
    ends = dict.fromkeys((one.places.best, one.places.worst))
    return " to ".join(map(ordinal, ends))


def _quartile(one: CouncilFigure | CouncilInGroup) -> str | None:
    return QUARTILES[one.quartile] if one.quartile else None


def _percentage(one: CouncilFigure | NationalGroup | NationalMeasure) -> Percentage | str | None:
    if isinstance(one.numerator, Hidden):
        return SUPPRESSED
    return None if one.percentage is None else Percentage(one.percentage)


def sentences(measure: NationalMeasure, council: str) -> Iterator[str]:
    """Where our own figure stands: by its interval first, then its place."""
    own = own_of(measure, council)
    if own is None:
        yield f"The standings of {council} cannot be read, so our own figure is not among them."
    elif not own.covered:
        yield "No file of ours covers the day."
    elif own.percentage is None:
        yield "Ours is of nobody."
    else:
        counts = f"{own.numerator:,} of {own.denominator:,}"
        yield f"Ours is {text.percent(own.percentage)} ({counts}). {_beside(own, measure)}"
        if own.place and _ranked(measure) > 1:
            yield _place(own, measure)


def _beside(own: CouncilFigure, measure: NationalMeasure) -> str:
    if own.beside_all is None or measure.percentage is None:
        return "All councils together are not shown."
    whole = f"all councils together, {text.percent(measure.percentage)}"
    reaches = "reaches" if own.beside_all is AreaJudgement.SIMILAR else "does not reach"
    than = "to" if own.beside_all is AreaJudgement.SIMILAR else "than"
    return f"It is {own.beside_all} {than} {whole}: its 95% interval {reaches} that."


def _place(own: CouncilFigure, measure: NationalMeasure) -> str:
    quartile = f", in the {_quartile(own)} quartile" if own.quartile else ""
    place = f"{ordinal(own.place or 0)} of {_ranked(measure)} councils of which everything is shown{quartile}"
    if own.places is None or own.places.best == own.places.worst:
        return f"It is {place}."
    ends = f"{ordinal(own.places.best)} to {ordinal(own.places.worst)}"
    return f"It is {place}; the intervals leave open any place from {ends}."


COUNCILS: Final = (
    Column("Council"),
    Column("Quartile"),
    Column("Place", number=True),
    Column("By interval", whole=True, aside=True),
    Column("Counted", number=True, aside=True),
    Column("Of", number=True, aside=True),
    Column("Percentage", number=True),
    Column("95% from", number=True, aside=True),
    Column("95% to", number=True, aside=True),
    Column("Beside all", aside=True),
)


def councils(measure: NationalMeasure, council: str) -> Table:
    """The councils, the best first; then those without a place; all of them together last."""
    rows = [_council_row(one, council) for one in _in_order(measure.councils)]
    whole = ("All councils", None, None, None, *_counts(measure), _percentage(measure), *_limits(measure), None)
    return Table(COUNCILS, [*rows, whole], "Councils")


def _in_order(councils: Sequence[Placed]) -> list[Placed]:
    return sorted(councils, key=lambda one: (one.place is None, one.place or 0, one.council))


def _council_row(one: CouncilFigure, council: str) -> tuple[Any, ...]:
    name = _name(one.council, council)
    if not one.covered:
        return name, _NO_FILE
    return (
        name,
        _quartile(one),
        one.place,
        _places(one),
        *_counts(one),
        _percentage(one),
        *_limits(one),
        one.beside_all,
    )


def _name(one: str, own: str) -> str:
    return f"{one} (ours)" if one == own else one


def _counts(one: CouncilFigure | NationalGroup | NationalMeasure) -> tuple[Any, Any]:
    return (
        SUPPRESSED if isinstance(one.numerator, Hidden) else one.numerator,
        SUPPRESSED if isinstance(one.denominator, Hidden) else one.denominator,
    )


def _limits(one: CouncilFigure | NationalGroup | NationalMeasure) -> tuple[Any, Any]:
    limits = one.interval
    return (Percentage(limits.low), Percentage(limits.high)) if limits else (None, None)


def quartiles(of: Sequence[NationalQuartile], title: str = "Quartiles") -> Table | None:
    """The four quartiles, the top one first; None of too few councils."""
    columns = (Column("Quartile"), Column("From", number=True), Column("To", number=True))
    rows = [(QUARTILES[one.number].capitalize(), Percentage(one.low), Percentage(one.high)) for one in of]
    return Table(columns, rows, title) if rows else None


GROUP: Final = (
    Column("Council"),
    Column("Quartile"),
    Column("Place", number=True),
    Column("By interval", whole=True, aside=True),
    Column("Percentage", number=True),
    Column("Beside the group", aside=True),
)


def group(measure: NationalMeasure, council: str) -> Table | None:
    """The councils that ours is compared with, and ours among them; None where none was named."""
    if measure.group is None:
        return None
    figures = {one.council: one for one in measure.councils}
    its = _in_order(measure.group.councils)
    rows: list[tuple[Any, ...]] = [
        (
            _name(one.council, council),
            _quartile(one),
            one.place,
            _places(one),
            _percentage(figures[one.council]),
            one.beside_group,
        )
        for one in its
    ]
    return Table(
        GROUP, [*rows, ("The group, without ours", None, None, None, _percentage(measure.group), None)], "The group"
    )


def chart(measure: NationalMeasure, council: str) -> Drawing | None:
    """The councils of which everything is shown, the best first; of many, those nearest to ours."""
    placed = [one for one in _in_order(measure.councils) if one.place is not None and one.percentage is not None]
    if not placed:
        return None
    drawn = _nearest(placed, council)
    rows = [
        RankedRow(
            one.council,
            one.percentage or 0,
            text.percent(one.percentage),
            (one.interval.low, one.interval.high) if one.interval else None,
            one.council == council,
        )
        for one in drawn
    ]
    whole = measure.percentage
    lines = [RankedLine("mean", f"All councils, {text.percent(whole)}", whole)] if whole is not None else []
    top = measure.quartiles[0] if measure.quartiles else None
    first, last = placed[0], placed[-1]
    finding = (
        f"From {first.council}, {text.percent(first.percentage)}, to {last.council}, {text.percent(last.percentage)}."
    )
    note = "Each line beside a point is its 95% interval. Ours is filled, and its name bold."
    if len(drawn) < len(placed):
        note += f" Drawn are the {len(drawn)} nearest to ours of {len(placed)}."
    return ranked(measure_name(measure), finding, rows, lines, (top.low, top.high) if top else None, note)


def _nearest(placed: Sequence[CouncilFigure], council: str) -> Sequence[CouncilFigure]:
    at = next((number for number, one in enumerate(placed) if one.council == council), 0)
    begin = max(0, min(at - MOST_DRAWN // 2, len(placed) - MOST_DRAWN))
    return placed[begin : begin + MOST_DRAWN]


# ---- what it rests on


def read(result: NationalFiguresResult) -> Table:
    """How much each council knew when it wrote its standings; and who is not there, and why."""
    columns = (Column("Council"), Column("Newest receipt", whole=True), Column("Position", number=True, aside=True))
    rows: list[tuple[Any, ...]] = [(one.council, one.newest_received_on, one.position) for one in result.councils]
    rows += [(one.council, f"not read: {one.reason}") for one in result.absent]
    return Table(columns, rows, "What the figures rest on")
