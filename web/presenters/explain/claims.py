"""A claim beside our figure, plausible fractions, and what is wrong with a printed table, for people."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from rich.console import Console

from projections.claims import wording
from projections.claims.reconciliation import Listed
from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.tables import Column, Table
from web.queries.explain.claim import ClaimResult, ComparisonResult, OnlyTheirsResult, SearchResult
from web.queries.explain.claims import PlausibleResult, TableCheckResult
from web.queries.explain.people import JourneyResult, MemberResult

from .people import journey_days

DENOMINATORS_SHOWN: Final = 30
"""Of more, people see how many there are; `--json` has them all."""
FITS_SHOWN: Final = 10


def print_plausible(console: Console, result: PlausibleResult) -> None:
    """Which fractions a printed percentage could be."""
    k, n = result.smallest
    say(console, f"{result.percentage}% could be, rounded half up or half to even:", "")
    by_denominator = [
        (denominator, [numerator for numerator, _ in fractions])
        for denominator, fractions in groupby(result.fractions, key=lambda fraction: fraction[1])
    ]
    columns = (Column("of", number=True), Column("numerator", folds=True))
    rows = [(str(denominator), _range(numerators)) for denominator, numerators in by_denominator[:DENOMINATORS_SHOWN]]
    if by_denominator:
        print_table(console, Table(columns, rows))
        if len(by_denominator) > DENOMINATORS_SHOWN:
            say(console, f"And {text.plural(len(by_denominator) - DENOMINATORS_SHOWN, 'larger cohort')}.")
    else:
        say(console, f"Nothing of {result.denominator_min} to {result.denominator_max} people.")
    say(console, "", f"The smallest cohort of all: {k} of {n}.")


def _range(numerators: Sequence[int]) -> str:
    return f"{numerators[0]}" if len(numerators) == 1 else f"{numerators[0]} to {numerators[-1]}"


def print_claim(console: Console, result: ClaimResult) -> None:
    """Theirs and ours, and what became of the difference."""
    _print_both(console, result)
    if result.comparison:
        _print_comparison(console, result.comparison)
    if result.search:
        _print_search(console, result.search)


def _print_both(console: Console, result: ClaimResult) -> None:
    claim, figure = result.stated.claim, result.ours
    ours = text.result(figure) + (f", {text.percentage(figure)}" if figure.percentage is not None else "")
    say(console, f"{figure.measure.code} {figure.measure.name}")
    say(console, text.standpoint(figure.standpoint), text.slice_of(figure.slice), "")
    say(
        console,
        f"Theirs: {wording.claimed(claim)}.",
        f"Ours:   {ours}.",
        "They agree." if result.agrees else "They differ.",
    )
    if claim.percentage and figure.denominator and not result.agrees:
        k, n = claim.percentage.smallest
        near = claim.percentage.numerators(figure.denominator)
        of_ours = f"{_range(near)} of our {figure.denominator:,}" if near else f"nothing of our {figure.denominator:,}"
        say(console, f"{claim.percentage.text}% would be {of_ours}; the smallest cohort that prints so is {k} of {n}.")
    say(console, "")


def _print_search(console: Console, search: SearchResult) -> None:
    """Where ours is what is claimed, or that it is so nowhere."""
    likeliest = search.likeliest[:FITS_SHOWN]
    for fit in likeliest:
        say(console, f"- {fit.sentence[:-1]}: {fit.numbers}.")
    if not search.fits:
        say(
            console,
            "Nothing fits: no day around it, no knowledge of any day, no slice, grouping, definition or window.",
        )
    elif rest := len(search.fits) - len(likeliest) + search.more:
        say(console, f"And {text.plural(rest, 'other place')} with as many differences or more; --json lists them.")
    if search.fits:
        say(console, "", "That numbers are the same does not prove that they were counted so.")
    each = search.microseconds_a_pair or 0
    say(console, "", f"{_search_size(search)} in {search.seconds:.2f} s ({each:.0f} µs each).")


def _search_size(search: SearchResult) -> str:
    """How much was searched."""
    anew = [
        *([f"definitions {', '.join(search.definitions)}"] if search.definitions else []),
        *([f"{len(search.windows)} other windows"] if search.windows else []),
    ]
    also = f", {' and '.join(anew)} among them," if anew else ""
    return f"Compared {text.plural(search.pairs, 'pair')} of days{also}"


def _print_comparison(console: Console, comparison: ComparisonResult) -> None:
    """A list of people beside ours."""
    say(console, f"{text.plural(comparison.agreed, 'person', 'people')} on both sides alike.", "")
    parts: tuple[tuple[str, Sequence[Column], Sequence[tuple[str, ...]]], ...] = (
        ("Twice on their list", _TWICE, [(one.client, _references(one.references)) for one in comparison.twice]),
        (
            "Only in theirs, and the first rule that keeps each out of ours",
            _THEIRS,
            list(map(_their_row, comparison.only_theirs)),
        ),
        (
            "Counted on one side only",
            _DIFFERENTLY,
            [
                (_references(one.references), *_counted(one.ours), *_journey(one.ours.journey))
                for one in comparison.counted_differently
            ],
        ),
        ("Only in ours", _OURS, list(map(_our_row, comparison.only_ours))),
    )
    for heading, columns, rows in parts:
        if rows:
            say(console, f"{heading}: {len(rows)}", "")
            print_table(console, Table(columns, rows))
            say(console, "")
    counts = comparison.says_who_counts
    print_table(
        console,
        Table(
            (
                Column("from theirs to ours", folds=True),
                *([Column("counted", number=True)] if counts else []),
                Column("of", number=True),
            ),
            [
                (step.step, *([f"{step.numerator or 0}"] if counts else []), f"{step.denominator}")
                for step in comparison.account
            ],
        ),
    )
    say(console, *([""] if comparison.notices else []), *comparison.notices)


_TWICE: Final = (Column("client"), Column("lines", folds=True))
_JOURNEY: Final = (Column("journey"), Column("group"))
_THEIRS: Final = (Column("lines", folds=True), Column("first rule not met", folds=True), *_JOURNEY)
_DIFFERENTLY: Final = (Column("lines", folds=True), Column("ours"), Column("why", folds=True), *_JOURNEY)
_OURS: Final = (
    Column("client"),
    Column("ours"),
    Column("why", folds=True),
    *_JOURNEY,
    Column("agency: client/episode", folds=True),
)


def _references(lines: Iterable[Listed]) -> str:
    return ", ".join(f"{line.reference} (line {line.line})" for line in lines)


def _their_row(person: OnlyTheirsResult) -> tuple[str, ...]:
    return (_references(person.references), f"not: {person.rule}", *_journey(person.journey))


def _our_row(member: MemberResult) -> tuple[str, ...]:
    episodes = member.journey.episodes if member.journey else ()
    references = ", ".join(f"{e.agency}: {e.client_reference}/{e.episode_reference}" for e in episodes)
    return (member.client or "", *_counted(member), *_journey(member.journey), references)


def _journey(journey: JourneyResult | None) -> tuple[str, str]:
    return (journey_days(journey), journey.group or "") if journey else ("", "")


def _counted(member: MemberResult) -> tuple[str, str]:
    return ("counted", member.rule) if member.counted else ("not counted", f"not: {member.rule}")


def print_findings(console: Console, result: TableCheckResult) -> None:
    """What cannot stand beside the rest of a printed table."""
    columns = (Column("lines"), Column("rule"), Column("how sure"), Column("what", folds=True))
    findings = result.findings
    if findings:
        print_table(
            console, Table(columns, [(", ".join(map(str, f.lines)), f.rule, f.certainty, f.sentence) for f in findings])
        )
    number = text.plural(len(findings), "finding") if findings else "nothing that contradicts the rest"
    say(console, "", f"{text.plural(result.rows, 'line')} checked: {number}.")
