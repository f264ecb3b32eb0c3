"""A walk from one figure to another: in sentences, as a drawing, and as tables; in the terminal, client by client."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final

from rich.console import Console

from domain.client import client_text
from projections.explain.bridge import Bridge, Contribution, Side, Step, StepName
from projections.standings.engine import Figure
from web.charts import Drawing, Move, waterfall
from web.charts.waterfall import signed
from web.presenters import sentences, text
from web.presenters.console import print_table, say
from web.presenters.tables import Column, Link, Table, Worded

from .reasons import STEP_WORDS, ReasonGroup

_CLIENTS: Final = (
    Column("client"),
    Column("side"),
    Column("change", number=True),
    Column("reason", folds=True),
    Column("happened on"),
    Column("received on"),
    Column("file and row", folds=True),
)


def print_explanation(console: Console, walk: Bridge) -> None:
    """The walk in one sentence, then step by step, then client by client."""
    start = walk.start
    say(console, f"{start.measure.code} {start.measure.name}", text.standpoint(start.standpoint))
    say(console, text.slice_of(start.slice), "", sentence(walk), "")
    if not walk.steps:
        say(console, "Both questions are the same.")
        return
    for step in walk.steps:
        _print_step(console, step)
    say(console, *_terminal_conclusion(walk), text.LOCAL_ESTIMATE)


def _print_step(console: Console, step: Step) -> None:
    say(console, f"{STEP_WORDS[step.name]}: {_fraction(step.before)} to {_fraction(step.after)}", "")
    if step.contributions:
        print_table(console, Table(_CLIENTS, list(map(_row, step.contributions))))
    else:
        say(console, "Nobody makes a difference here.")
    say(console, "")


def sentence(walk: Bridge) -> str:
    """From the first figure to the last, with what changed between, in a sentence."""
    changes = {step.name for step in walk.steps}
    parts = [f"{_fraction(walk.start)} {_station(walk.start, changes)}"]
    for step in walk.steps:
        parts += [*_totals(step, Side.NUMERATOR, ""), *_totals(step, Side.DENOMINATOR, " of the denominator")] or [
            "no change"
        ]
        parts.append(f"{_fraction(step.after)} {_station(step.after, changes)}")
    return f"{'; '.join(parts)}."


def _fraction(figure: Figure) -> str:
    return f"{figure.numerator}" if figure.denominator is None else f"{figure.numerator}/{figure.denominator}"


def _station(figure: Figure, changes: Collection[StepName]) -> str:
    """From where a figure is seen, as far as that changes on the walk; what was known is always said."""
    standpoint = figure.standpoint
    parts = [f"as known on {text.day(standpoint.known_at)}" if standpoint.known_at else "before anything was known"]
    if StepName.AS_OF in changes:
        parts.insert(0, f"as of {text.day(standpoint.as_of)}")
    if StepName.DEFINITION in changes:
        parts.append(f"by definition {figure.definition}")
    if StepName.SLICE in changes:
        parts.append(f"for {' and '.join(n for n in (figure.slice.area, figure.slice.agency) if n) or 'all'}")
    return " ".join(parts)


def _totals(step: Step, side: Side, suffix: str) -> Iterator[str]:
    """By reason and sign, what a step did to one side."""
    totals: Counter[tuple[int, str]] = Counter()
    for one in step.contributions:
        if one.side is side:
            totals[one.diff, str(one.reason)] += one.diff
    for (_, reason), total in sorted(totals.items(), key=lambda item: item[1]):
        yield f"{total:+d} {reason}{suffix}"


def _row(one: Contribution) -> tuple[str, ...]:
    source = one.source
    received = source.received_on if source else None
    return (
        "" if one.client is None else client_text(one.client),
        str(one.side),
        f"{one.diff:+d}",
        str(one.reason),
        text.short_day(source.occurred_on) if source else "",
        text.short_day(received) if received else "",
        f"{source.file} row {source.row}" if source and source.file else "",
    )


def _terminal_conclusion(walk: Bridge) -> Iterable[str]:
    left = {side: walk.unexplained(side) for side in Side}
    if any(left.values()):
        missing = " and ".join(f"{number:+d} of the {side}" for side, number in left.items() if number)
        return (f"Unexplained: {missing}. This must not be: please run 'recount verify'.",)
    return ("The changes add up exactly: nothing is unexplained.",)


# ---- for pages, in words


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
        (
            name,
            figure,
            sentences.sentence(figure),
            f"{text.standpoint(figure.standpoint)} {text.slice_of(figure.slice)}",
        )
        for name, figure in (("From", walk.start), ("To", walk.end))
    ]


def conclusion(walk: Bridge) -> str:
    """Whether the contributions are the whole of it."""
    left = [(side, walk.unexplained(side)) for side in Side]
    if not any(number for _, number in left):
        return "It adds up exactly: nothing is left unexplained."
    missing = " and ".join(f"{signed(number)} of the {side}" for side, number in left if number)
    return f"Left unexplained: {missing}. That must not be: tell whoever runs Recount for you."


# ---- for pages, drawn and as tables

_NUMBERS: Final = (Column("Step"), Column("Counted", number=True), Column("Cohort", number=True))
_PEOPLE: Final = (
    Column("Person"),
    Column("Happened"),
    Column("Became known"),
    Column("File and row", aside=True),
    Column("Agency", aside=True),
)


def charts(walk: Bridge, groups: Sequence[ReasonGroup]) -> list[Drawing]:
    """A waterfall of those counted, and one of the cohort where it changed."""
    counted = "Number" if walk.start.measure.kind == "count" else "Counted"
    drawings = []
    for side, name in ((Side.NUMERATOR, counted), (Side.DENOMINATOR, "Cohort")):
        moves = [Move(_move_words(walk, group), group.diff) for group in groups if group.side is side]
        if moves:
            start, end = f"{name}: {_short(walk.start)}", f"{name}: {_short(walk.end)}"
            first = walk.start.numerator if side is Side.NUMERATOR else walk.start.denominator or 0
            drawings.append(waterfall(f"{name}, from one end to the other", (start, first), moves, end))
    return drawings


def numbers_table(walk: Bridge, groups: Sequence[ReasonGroup]) -> Table:
    """The numbers of the drawings: both ends, and what each reason did to both numbers."""
    width = 2 if walk.start.measure.kind == "count" else 3
    rows = [row[:width] for row in _numbers(walk, groups)]
    return Table(_NUMBERS[:width], rows, "From one end to the other")


def _numbers(walk: Bridge, groups: Sequence[ReasonGroup]) -> Iterator[tuple[Any, ...]]:
    yield _end(walk.start), walk.start.numerator, walk.start.denominator or 0
    keys = dict.fromkeys((_move_words(walk, group), group.diff > 0) for group in groups)
    for key in keys:
        its = [group for group in groups if (_move_words(walk, group), group.diff > 0) == key]
        sums = [sum(group.diff for group in its if group.side is side) for side in Side]
        yield key[0], *map(_difference, sums)
    left = [walk.unexplained(side) for side in Side]
    if any(left):
        yield "Unexplained", *map(_difference, left)
    yield _end(walk.end), walk.end.numerator, walk.end.denominator or 0


def _move_words(walk: Bridge, group: ReasonGroup) -> str:
    return str(group.reason) if len(walk.steps) == 1 else f"{STEP_WORDS[group.step.name]}: {group.reason}"


def _short(figure: Figure) -> str:
    known = figure.standpoint.known_at
    known_at = f", known on {text.short_day(known)}" if known else ""
    return f"{text.short_day(figure.standpoint.as_of)}{known_at}"


def _end(figure: Figure) -> date | str:
    return _short(figure) if figure.standpoint.known_at else figure.standpoint.as_of


def _difference(number: int) -> Worded | int:
    return Worded(signed(number), number) if number else 0


def people_table(group: ReasonGroup, timeline: Callable[[int], str]) -> Table:
    """Who made a difference of one kind: each leads to the person's `timeline`, if they are one's own to see."""
    rows = [_person(place, one, timeline(place)) for place, one in group.contributions[: group.rows]]
    return Table(_PEOPLE, rows, f"{STEP_WORDS[group.step.name]}: {group.sentence}")


def _person(place: int, one: Contribution, timeline: str) -> tuple[Any, ...]:
    if one.client is None:
        return ("Another agency’s", "not shown", "not shown", "not shown", "not shown")
    source = one.source
    return (
        Link(f"Timeline {place}", timeline),
        source.occurred_on if source else None,
        source.received_on if source else None,
        (f"{source.file} row {source.row}" if source.row else source.file) or None if source else None,
        ", ".join(one.agencies) or (source.agency if source else None),
    )
