"""A claim beside our figure, plausible fractions, and what is wrong with a printed table, for people."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from rich.console import Console

from domain.client import client_text
from projections.claims.claim import Claim, Search
from projections.claims.plausibility import Plausible
from projections.claims.reconciliation import Comparison, Listed, OnlyTheirs
from projections.claims.table_checks import Finding
from projections.explain.provenance import JourneySeen, MemberSeen
from projections.standings.engine import Figure

from . import text
from .console import print_table, say
from .people import journey_days
from .tables import Column, Table

DENOMINATORS_SHOWN: Final = 30
"""Of more, people see how many there are; `--json` has them all."""
FITS_SHOWN: Final = 10


def print_plausible(console: Console, found: Plausible) -> None:
    """Which fractions a printed percentage could be."""
    k, n = found.smallest
    say(console, f"{found.percentage.text}% could be, rounded half up or half to even:", "")
    by_denominator = [
        (denominator, [numerator for numerator, _ in its])
        for denominator, its in groupby(found.fractions, key=lambda fraction: fraction[1])
    ]
    columns = (Column("of", number=True), Column("numerator", folds=True))
    rows = [(str(denominator), _range(its)) for denominator, its in by_denominator[:DENOMINATORS_SHOWN]]
    if by_denominator:
        print_table(console, Table(columns, rows))
        if len(by_denominator) > DENOMINATORS_SHOWN:
            say(console, f"And {text.plural(len(by_denominator) - DENOMINATORS_SHOWN, 'larger cohort')}.")
    else:
        say(console, f"Nothing of {found.denominator_min} to {found.denominator_max} people.")
    say(console, "", f"The smallest cohort of all: {k} of {n}.")


def _range(numerators: Sequence[int]) -> str:
    return f"{numerators[0]}" if len(numerators) == 1 else f"{numerators[0]} to {numerators[-1]}"


def print_claim(
    console: Console,
    claim: Claim,
    figure: Figure,
    search: Search | None,
    seconds: float,
    comparison: Comparison | None,
) -> None:
    """Theirs and ours, and what became of the difference."""
    _print_both(console, claim, figure)
    if comparison:
        print_comparison(console, comparison)
    if search:
        print_search(console, search, seconds)


def _print_both(console: Console, claim: Claim, figure: Figure) -> None:
    agree = claim.fits(figure.numerator, figure.denominator)
    ours = text.result(figure) + (f", {text.percent(figure.percentage)}" if figure.percentage is not None else "")
    say(console, f"{figure.measure.code} {figure.measure.name}")
    say(console, text.standpoint(figure.standpoint), text.slice_of(figure.slice), "")
    say(console, f"Theirs: {text.claimed(claim)}.", f"Ours:   {ours}.", "They agree." if agree else "They differ.")
    if claim.percentage and figure.denominator and not agree:
        k, n = claim.percentage.smallest
        near = claim.percentage.numerators(figure.denominator)
        of_ours = f"{_range(near)} of our {figure.denominator:,}" if near else f"nothing of our {figure.denominator:,}"
        say(console, f"{claim.percentage.text}% would be {of_ours}; the smallest cohort that prints so is {k} of {n}.")
    say(console, "")


def print_search(console: Console, search: Search, seconds: float) -> None:
    """Where ours is what is claimed, or that it is so nowhere."""
    fewest = [fit for fit in search.fits if len(fit.differences) == len(search.fits[0].differences)][:FITS_SHOWN]
    for fit in fewest:
        numbers = f"{fit.numerator:,}" if fit.denominator is None else f"{fit.numerator:,} of {fit.denominator:,}"
        say(console, f"- {text.fit_sentence(fit)[:-1]}: {numbers}.")
    if not search.fits:
        say(
            console,
            "Nothing fits: no day around it, no knowledge of any day, no slice, grouping, definition or window.",
        )
    elif rest := len(search.fits) - len(fewest) + search.more:
        say(console, f"And {text.plural(rest, 'other place')} with as many differences or more; --json lists them.")
    if search.fits:
        say(console, "", "That numbers are the same does not prove that they were counted so.")
    say(console, "", f"{search_size(search)} in {seconds:.2f} s ({1e6 * seconds / max(search.pairs, 1):.0f} µs each).")


def search_size(search: Search) -> str:
    """How much was searched."""
    anew = [
        *([f"definitions {', '.join(search.definitions)}"] if search.definitions else []),
        *([f"{len(search.windows)} other windows"] if search.windows else []),
    ]
    also = f", {' and '.join(anew)} among them," if anew else ""
    return f"Compared {text.plural(search.pairs, 'pair')} of days{also}"


def print_comparison(console: Console, found: Comparison) -> None:
    """A list of people beside ours."""
    say(console, f"{text.plural(found.agreed, 'person', 'people')} on both sides alike.", "")
    parts: tuple[tuple[str, Sequence[Column], Sequence[tuple[str, ...]]], ...] = (
        ("Twice on their list", _TWICE, [(client_text(t.client), _references(t.lines)) for t in found.twice]),
        (
            "Only in theirs, and the first rule that keeps each out of ours",
            _THEIRS,
            list(map(_their_row, found.only_theirs)),
        ),
        (
            "Counted on one side only",
            _DIFFERENTLY,
            [(_references(d.lines), *_counted(d.member), *_journey(d.member.journey)) for d in found.differently],
        ),
        ("Only in ours", _OURS, [(client_text(m.client), *_counted(m), *_our_journey(m)) for m in found.only_ours]),
    )
    for heading, columns, rows in parts:
        if rows:
            say(console, f"{heading}: {len(rows)}", "")
            print_table(console, Table(columns, rows))
            say(console, "")
    counted = any(step.numerator is not None for step in found.account)
    print_table(
        console,
        Table(
            (
                Column("from theirs to ours", folds=True),
                *([Column("counted", number=True)] if counted else []),
                Column("of", number=True),
            ),
            [
                (step.words, *([f"{step.numerator or 0}"] if counted else []), f"{step.denominator}")
                for step in found.account
            ],
        ),
    )
    say(console, *([""] if found.notices else []), *found.notices)


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
    return ", ".join(f"{one.reference} (line {one.line})" for one in lines)


def _their_row(one: OnlyTheirs) -> tuple[str, ...]:
    return (_references(one.lines), f"not: {one.rule}", *_journey(one.journey))


def _journey(journey: JourneySeen | None) -> tuple[str, str]:
    return (journey_days(journey), journey.group or "") if journey else ("", "")


def _our_journey(member: MemberSeen) -> tuple[str, ...]:
    episodes = member.journey.episodes
    references = ", ".join(f"{e.agency}: {e.client_reference}/{e.episode_reference}" for e in episodes)
    return (*_journey(member.journey), references)


def _counted(member: MemberSeen) -> tuple[str, str]:
    return ("counted", member.rule) if member.counted else ("not counted", f"not: {member.rule}")


def print_findings(console: Console, rows: int, findings: Sequence[Finding]) -> None:
    """What cannot stand beside the rest of a printed table."""
    columns = (Column("lines"), Column("rule"), Column("how sure"), Column("what", folds=True))
    if findings:
        print_table(
            console, Table(columns, [(", ".join(map(str, f.lines)), f.rule, f.certainty, f.sentence) for f in findings])
        )
    found = text.plural(len(findings), "finding") if findings else "nothing that contradicts the rest"
    say(console, "", f"{text.plural(rows, 'line')} checked: {found}.")
