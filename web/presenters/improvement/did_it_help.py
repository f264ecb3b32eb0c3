"""Did it help, in sentences and a table: the verdict first, then what is behind it."""

from typing import Final

from rich.console import Console

from projections.improvement.did_it_help import Verdict, WhyNot
from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.tables import Column, Table, rounded_of
from web.queries.improvement.did_it_help import CHANGED, CORRECTED, UNEXPLAINED, DidItHelpResult, DifferencePart
from web.queries.performance.figure import FigureResult

PARTS: Final = {
    CORRECTED: "Learned since of the day before: late records and corrections",
    CHANGED: "What changed after it",
    UNEXPLAINED: "Left unexplained",
}
"""What each part is called."""
NOT_SAID: Final = {
    WhyNot.NOTHING_BEFORE: "When the plan began, no file covered a month end before it, so there is no figure before.",
    WhyNot.NOTHING_AFTER: "It is too early: for no month end since the plan began are all files in.",
    WhyNot.WINDOW_BEFORE: "It is too early: the newest figure is about days before the plan began, up to {last}.",
    WhyNot.COUNT: "A count has no better side, so it is not said whether it helped.",
    WhyNot.IMMATURE: "Six months have not passed for all of them, so it is not said whether it helped.",
    WhyNot.NOBODY: "There was nobody to count, so it is not said whether it helped.",
    WhyNot.WITHHELD: "A figure is not shown to you, since it would tell of fewer than 5 people of other agencies.",
}
"""Why nothing is said of a change."""
CAUTIOUS: Final = "The interval takes them for different people, so it calls rather too little than too much a change."


def verdict(result: DidItHelpResult) -> str:
    """Whether it helped, in one sentence."""
    if result.why is not None:
        last = text.day(result.after.last_day) if result.after else ""
        return NOT_SAID[WhyNot(result.why)].format(last=last)
    moved = _moved(result)
    match Verdict(result.verdict):
        case Verdict.TOO_FEW:
            few = f"Below {result.fewest} people on either side, one of them is more than 5 points."
            return f"Too few to tell: {moved}. {few}"
        case Verdict.CHANCE:
            return f"No more than chance: {moved}. Chance alone may give such a difference."
        case better_or_worse:
            return f"{str(better_or_worse).capitalize()}: {moved}. That is more than chance alone is likely to give."


def print_did_it_help(console: Console, result: DidItHelpResult) -> None:
    """The sentences and the table, on a terminal."""
    say(console, f"{result.code} {result.name}, since {text.day(result.first_day)}.", "", *sentences(result))
    if result.parts:
        say(console, "")
        print_table(console, parts_table(result))


def sentences(result: DidItHelpResult) -> list[str]:
    """The verdict, and what must be known to read it."""
    return [verdict(result), *_corrections(result), *_chance(result), *_overlap(result)]


def _moved(result: DidItHelpResult) -> str:
    assert result.now
    assert result.after
    return (
        f"from {_share(result.now)} on {text.day(result.now.as_of)} "
        f"to {_share(result.after)} on {text.day(result.after.as_of)}"
    )


def _share(figure: FigureResult) -> str:
    words = text.result(figure)
    return words if figure.percentage is None else f"{text.percentage(figure)} ({words})"


def _corrections(result: DidItHelpResult) -> list[str]:
    then, now = result.then, result.now
    if then is None or now is None or not result.parts:
        return []
    if (then.numerator, then.denominator) == (now.numerator, now.denominator):
        return ["The figure before has not been corrected since the plan began."]
    missing = ", with a file missing" if then.status == "incomplete" else ""
    read = f"When the plan began, the figure before read {_share(then)}{missing}"
    return [f"{read}; it is {_share(now)} by what is known now. That is no change: it was only learned later."]


def _chance(result: DidItHelpResult) -> list[str]:
    if result.low is None or result.high is None:
        return []
    limits = f"{text.points(result.low)} to {text.points(result.high)} points"
    interval = f"The 95% interval of the change is {limits} (Newcombe’s)."
    if result.chance is None:
        return [interval]
    return [f"{interval} Chance alone gives such a difference {_odds(result.chance)} (Fisher’s exact test)."]


def _odds(chance: float) -> str:
    return "less than once in 1,000 times" if chance < 0.001 else f"in {text.percent(100 * chance)} of cases"


def _overlap(result: DidItHelpResult) -> list[str]:
    its = result.overlap
    if its is None or result.low is None:
        return []
    people = "" if its.people is None else f", and {text.plural(its.people, 'person is', 'people are')} in both"
    if not its.days:
        return [f"The windows before and after share no day{people}."]
    share = text.share(its.days, its.days_of_window)
    days = f"{its.days:,} of {its.days_of_window:,} days ({share})"
    return [f"The windows before and after share {days}{people}. {CAUTIOUS}"]


def parts_table(result: DidItHelpResult) -> Table:
    """From the figure as known when the plan began to the newest one, part by part: the parts add up."""
    columns = (
        Column("Part"),
        Column("Counted", number=True),
        Column("Of", number=True),
        Column("Percentage, points", number=True),
    )
    rows = [_figure_row("Before, as known when the plan began", result.then)]
    rows += [_part_row(one) for one in result.parts]
    rows.append(_figure_row("After, as known now", result.after))
    return Table(columns, rows, f"From before to after: {result.name}")


def _figure_row(name: str, figure: FigureResult | None) -> tuple[object, ...]:
    if figure is None:
        return (name, None, None, None)
    return (f"{name}: {text.day(figure.as_of)}", figure.numerator, figure.denominator, rounded_of(figure))


def _part_row(one: DifferencePart) -> tuple[object, ...]:
    return (PARTS[one.part], _signed(one.numerator), _signed(one.denominator), _points(one.points))


def _signed(number: int | None) -> str | None:
    return None if number is None else f"{number:+,}"


def _points(points: float | None) -> str | None:
    return None if points is None else text.points(points)
