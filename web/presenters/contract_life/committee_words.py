"""What the committee report says of a line in words: its target, its direction, what is found, and where it is from."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import chain, groupby

from domain.measures.registry import Measure
from domain.periods import quarter_ends, quarter_of
from projections.performance.colours.conditions import HIGHER
from projections.performance.colours.rag import ACTION_PLAN, fewest_of, most_of
from projections.performance.scorecard import State
from projections.performance.trend import CHANCE_ALONE
from web.presenters import text as words
from web.presenters.agreement.comparator_words import finding as finding_beside
from web.presenters.sentences import sentence, window
from web.presenters.text import AnyFigure
from web.queries.contract_life.targets import TargetResult
from web.queries.performance.scorecards import ScorecardLineResult


def to_reach(line: ScorecardLineResult) -> str:
    """The target of a line, and by when; none where none was agreed, and when it ended where it has expired."""
    target = line.target
    if line.state is State.EXPIRED and line.expired:
        return f"expired {words.short_day(line.expired.last_day)}\n(was {_level(line.expired, line.measure)})"
    return "none" if target is None else f"{_level(target, line.measure)}\nby {_end(target)}"


def _level(target: TargetResult, measure: Measure) -> str:
    low, high = Decimal(target.low), Decimal(target.high)
    if low != high:
        return f"{float(low):g}% to {float(high):g}%"
    return f"{'' if measure.polarity == HIGHER or not low else 'at most '}{float(low):g}%"


def _end(target: TargetResult) -> str:
    """The last day of a target, as contracts say it: the end of Q3 2017/18."""
    day = target.last_day
    is_quarter_end = day in quarter_ends(day.replace(day=1), day)
    return f"end of {quarter_of(day)}" if is_quarter_end else words.short_day(day)


_BASIS = "basis "
"""What a reason begins with that is one of the period before."""


def direction(line: ScorecardLineResult) -> str:
    """Which way a line goes, since when; or why that is not said."""
    movement = line.movement
    if movement.glyph is None:
        why = movement.why_not or ""
        return f"no direction: {why.removeprefix(_BASIS)}{' before' if why.startswith(_BASIS) else ''}"
    judged = movement.judged or ""
    chance = ", more than chance" if movement.within_chance is False and judged not in {"", "no change"} else ""
    return f"{movement.glyph} {judged} than {words.short_day(movement.before.as_of)}{chance}".replace(
        "no change than", "no change since"
    )


# ---- its sentences


def finding(name: str, line: ScorecardLineResult) -> str:
    """What a line comes to, whether that is what was wanted, and what others reach."""
    return " ".join([f"{name}: {_with_interval(line.figure)}", *_judged(line)])


def _with_interval(figure: AnyFigure) -> str:
    first_sentence = sentence(figure)
    if figure.matured is not None or not figure.limits:
        return first_sentence
    return f"{first_sentence.rstrip('.')} (95% interval {words.interval(figure)})."


def _judged(line: ScorecardLineResult) -> Iterable[str]:
    """The direction, the target, and what others reach, each as far as there is something to say."""
    if line.measure.immature:
        return
    if line.state in {State.NOT_COVERED, State.WITHHELD}:
        return
    if line.state is State.INCOMPLETE:
        yield "A file is missing, so it has no direction and is not held against a target."
        return
    yield line.movement.sentence.removesuffix(CHANCE_ALONE).rstrip()
    against, target = line.against, line.target
    if against.rating and target:
        level = f"{_level(target, line.measure)} by {_end(target)}"
        yield f"{str(line.state).capitalize()} ({against.rating}): the target is {level}."
    yield from (sentence for sentence in against.sentences if sentence != ACTION_PLAN)
    yield from _coloured(line)
    if against.rating and target and (beside := _beside(target, line.figure)):
        yield beside
    if beside_others := finding_beside(line.comparator):
        yield beside_others


def _coloured(line: ScorecardLineResult) -> Iterable[str]:
    """Why a line has its colour, by which rule, and whether one person would change it."""
    because, rule, change = line.against.because, line.against.rule, line.against.change
    if rule and change:
        yield from (because, rule.sentence, *([change.sentence] if change.is_one else []))


def waiting(lines: Sequence[ScorecardLineResult]) -> Iterable[str]:
    """Who still waits, once for all that the waiting is about."""
    waiting = next((line.figure.waiting for line in lines if line.figure.waiting is not None), None)
    if waiting is not None:
        yield words.waiting(waiting)


def _beside(target: TargetResult, figure: AnyFigure) -> str:
    """What others reach, and how many people that would be here."""
    comparator = target.comparator
    if comparator is None or not figure.denominator:
        return ""
    low, high = Decimal(comparator.low), Decimal(comparator.high)
    ends = [f"{float(one):g}%" for one in dict.fromkeys((low, high))]
    fewest, most = fewest_of(figure.denominator, low), most_of(figure.denominator, high)
    whole = f"{fewest:,} to {most:,}" if fewest < most else f"{fewest:,}"
    people = f", which is {whole} of {figure.denominator:,}" if low != high and fewest <= most else ""
    name = comparator.words
    return f"{name[:1].upper()}{name[1:]}: {' to '.join(ends)}{people}."


# ---- where it is from


def sources(lines: Sequence[ScorecardLineResult], series: Sequence[Sequence[AnyFigure]]) -> list[str]:
    """Where the numbers are from; what all lines share is said once, and each window with whose it is."""
    by_window = groupby(lines, key=lambda line: window(line.figure))
    windows = "; ".join(f"{days} ({words.listed([line.measure.code for line in its])})" for days, its in by_window)
    shared = dict.fromkeys(_status_of_days(its) for its in series)
    counted = f"the agencies’ monthly files, counted by definition {definitions(chain(*series))}."
    days = f"Latest column: {windows}; each other column the same up to its own day."
    return [" ".join([counted, days, *shared, known(lines[0].figure)])]


def definitions(figures: Iterable[AnyFigure]) -> str:
    """The definitions by which figures were counted."""
    return words.listed(list(dict.fromkeys(one.definition for one in figures)))


def _status_of_days(series: Sequence[AnyFigure]) -> str:
    """Of which days all files are in: Complete: 31 May 2017, 30 Jun 2017. Provisional: 31 Jul 2017."""
    by_status = groupby(series, key=_state_of_files)
    return " ".join(
        f"{status.capitalize()}: {', '.join(words.short_day(one.standpoint.as_of) for one in its)}."
        for status, its in by_status
    )


def _state_of_files(figure: AnyFigure) -> str:
    return (words.TOO_EARLY if figure.is_covered else words.NOT_COVERED) if figure.status is None else figure.status


def known(figure: AnyFigure) -> str:
    """What was known when a figure was counted."""
    known_at = figure.standpoint.known_at
    known_on = f"As known on {words.day(known_at)}" if known_at else "As known at the position"
    return f"{known_on}; position {figure.standpoint.position:,} of the log."
