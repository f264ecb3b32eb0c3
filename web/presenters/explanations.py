"""A walk from one figure to another, as sentences and as a table of the clients who make the difference."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from rich.console import Console

from domain.client import client_text
from projections.explain.bridge import Bridge, Contribution, Side, Step, StepName
from projections.standings.engine import Figure

from . import text
from .console import print_table, say
from .tables import Column, Table

_STEPS: Final = {
    StepName.KNOWN_AT: "What was known",
    StepName.AS_OF: "The dates",
    StepName.DEFINITION: "The definition",
    StepName.SLICE: "Whose figure it is",
}
_COLUMNS: Final = (
    Column("client"),
    Column("side"),
    Column("change", number=True),
    Column("reason", folds=True),
    Column("happened on"),
    Column("received on"),
    Column("file and row", folds=True),
)


def print_explanation(console: Console, found: Bridge) -> None:
    """The walk in one sentence, then step by step, then client by client."""
    start = found.start
    say(console, f"{start.measure.code} {start.measure.name}", text.standpoint(start.standpoint))
    say(console, text.slice_of(start.slice), "", sentence(found), "")
    if not found.steps:
        say(console, "Both questions are the same.")
        return
    for step in found.steps:
        _print_step(console, step)
    say(console, *_conclusion(found), text.LOCAL_ESTIMATE)


def _print_step(console: Console, step: Step) -> None:
    say(console, f"{_STEPS[step.name]}: {_fraction(step.before)} to {_fraction(step.after)}", "")
    if step.contributions:
        print_table(console, Table(_COLUMNS, list(map(_row, step.contributions))))
    else:
        say(console, "Nobody makes a difference here.")
    say(console, "")


def sentence(found: Bridge) -> str:
    """From the first figure to the last, with what changed between, in a sentence."""
    changes = {step.name for step in found.steps}
    said = [f"{_fraction(found.start)} {_where(found.start, changes)}"]
    for step in found.steps:
        said += _said(step) or ["no change"]
        said.append(f"{_fraction(step.after)} {_where(step.after, changes)}")
    return f"{'; '.join(said)}."


def _fraction(figure: Figure) -> str:
    return f"{figure.numerator}" if figure.denominator is None else f"{figure.numerator}/{figure.denominator}"


def _where(figure: Figure, changes: Collection[StepName]) -> str:
    """From where a figure is seen, as far as that changes on the walk; what was known is always said."""
    standpoint = figure.standpoint
    said = [f"as known on {text.day(standpoint.known_at)}" if standpoint.known_at else "before anything was known"]
    if StepName.AS_OF in changes:
        said.insert(0, f"as of {text.day(standpoint.as_of)}")
    if StepName.DEFINITION in changes:
        said.append(f"by definition {figure.definition}")
    if StepName.SLICE in changes:
        said.append(f"for {' and '.join(n for n in (figure.slice.area, figure.slice.agency) if n) or 'all'}")
    return " ".join(said)


def _said(step: Step) -> list[str]:
    return [*_by_reason(step, Side.NUMERATOR, ""), *_by_reason(step, Side.DENOMINATOR, " of the denominator")]


def _by_reason(step: Step, side: Side, suffix: str) -> Iterator[str]:
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


def _conclusion(found: Bridge) -> Iterable[str]:
    left = {side: found.unexplained(side) for side in Side}
    if any(left.values()):
        missing = " and ".join(f"{number:+d} of the {side}" for side, number in left.items() if number)
        return (f"Unexplained: {missing}. This must not be: please run 'recount verify'.",)
    return ("The changes add up exactly: nothing is unexplained.",)
