"""May be two people or one: pairs that agree in all of their identity but one element, or share an agency's number.

A client is initials, date of birth and sex. Beside the client's id an episode carries a keyed hash for each element
left out, so that two may be compared of whom nothing is known. Who differs in one element only shares exactly one of
these hashes. That of the date of birth is left aside: initials and sex alone agree for thousands.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import combinations
from typing import Final

from domain.episode.facts import identity_of
from domain.history import EpisodeView, TreatedAfterDeath, treated_after_death
from domain.periods import NEVER, last_months

from .rows import Dated, WorklistRow, reference, spoken
from .seen import SeenRecords

TELLING: Final = {0: "the first initial", 1: "the surname's initial", 3: "the sex"}
"""Which of the hashes of `ClientKey.near` are compared, and the element that is left out of each. [K]"""
RECENT_MONTHS: Final = 12
"""Pairs are asked about while they touch the treatment of this many months, or those who wait."""

Pair = tuple[int, int]
Match = tuple[EpisodeView, EpisodeView, str]
"""An episode of either client, and what they have in common."""


def two_or_one(seen: SeenRecords) -> Iterator[WorklistRow]:
    """Pairs of clients who may be one person, each pair twice: from either side.

    Both were in treatment in the last 12 months, or wait; of one agency's number for two people it is enough that one
    of them was.
    """
    recent = _recent(seen)
    pairs = _near(seen, recent)
    # The agency's own number says more than a hash that agrees.
    pairs |= {pair: match for pair, match in _same_number(seen).items() if recent.intersection(pair)}
    for one, other, words in pairs.values():
        yield _row(seen, one, other, words)
        yield _row(seen, other, one, words)


def after_death(seen: SeenRecords) -> Iterator[WorklistRow]:
    """Who is treated after the person died, twice: a row of the treatment, and one of the episode that says so."""
    for views in seen.people.values():
        for one in treated_after_death(views):
            yield _row_after_death(seen, one, one.treated)
            yield _row_after_death(seen, one, one.death)


def _row_after_death(seen: SeenRecords, one: TreatedAfterDeath, own: EpisodeView) -> WorklistRow:
    died, began = date.fromordinal(one.death.core.left), date.fromordinal(one.day)
    other = one.death if own is one.treated else one.treated
    of_own = (
        f"Treatment began on {spoken(began)}, and by another agency's record the person had died"
        if own is one.treated
        else f"Discharged as died (89) on {spoken(died)}, and by another agency's record treated after that"
    )
    core = own.core
    return WorklistRow(
        episode=reference(own),
        slice=(core.area, core.agency, core.agency, core.adult_on <= seen.today, core.criminal_justice),
        dates=(Dated("died", died, one.death.core.agency), Dated("treated from", began, one.treated.core.agency)),
        days=(began - died).days,
        because=f"{one.death.core.agency} says that the person died on {spoken(died)} (89), and "
        f"{one.treated.core.agency} that treatment began on {spoken(began)}. One is wrong, or they are two people.",
        because_own=f"{of_own}. One is wrong, or they are two people.",
        rests_on=frozenset({other.core.agency}) - {core.agency},
    )


def one_side(rows: Iterable[WorklistRow]) -> Iterator[WorklistRow]:
    """Of the two rows of a pair the first that is there; rows with nothing beside them are a pair by their client."""
    pairs: set[frozenset[int]] = set()
    for row in rows:
        pair = frozenset({row.episode.client, row.beside.client if row.beside else row.episode.client})
        if pair not in pairs:
            pairs.add(pair)
            yield row


def near_of_recent(seen: SeenRecords) -> dict[int, set[int]]:
    """The hashes by which those who were in treatment lately, or wait, may be found to be one with somebody: numbers
    that are the same in this process alone.
    """
    return {
        client: {hash(one) for view in seen.people[client] for one in _telling(seen, view)} for client in _recent(seen)
    }


def _recent(seen: SeenRecords) -> set[int]:
    first_day = last_months(seen.as_of, RECENT_MONTHS).first_day.toordinal()
    return {client for client, its in seen.people.items() if _is_recent(its, first_day)}


def _is_recent(episodes: Iterable[EpisodeView], first_day: int) -> bool:
    return any(
        view.core.left == NEVER or (view.core.started < NEVER and view.core.left >= first_day) for view in episodes
    )


def _near(seen: SeenRecords, clients: Iterable[int]) -> dict[Pair, Match]:
    sharing: defaultdict[tuple[int, str], set[int]] = defaultdict(set)
    for client in clients:
        for view in seen.people[client]:
            for telling in _telling(seen, view):
                sharing[telling].add(client)
    latest = {client: its[-1] for client, its in seen.people.items()}
    return {
        pair: (
            latest[pair[0]],
            latest[pair[1]],
            f"differ in {TELLING[number]} alone, of initials, date of birth and sex",
        )
        for (number, _), its in sharing.items()
        for pair in combinations(sorted(its), 2)
    }


def _telling(seen: SeenRecords, view: EpisodeView) -> Iterator[tuple[int, str]]:
    """Which element is left out, and the hash of the others."""
    identity = identity_of(seen.facts[view.episode])
    return ((number, near) for number, near in enumerate(identity.near if identity else ()) if number in TELLING)


def _same_number(seen: SeenRecords) -> dict[Pair, Match]:
    numbered: defaultdict[tuple[str, str], dict[int, EpisodeView]] = defaultdict(dict)
    for its in seen.people.values():
        for view in its:
            agency, client_reference, _ = view.key
            numbered[agency, client_reference][view.core.client] = view
    return {
        pair: (its[pair[0]], its[pair[1]], "have one number there, and differ in initials, date of birth or sex")
        for _, its in sorted(numbered.items())
        for pair in combinations(sorted(its), 2)
    }


def _row(seen: SeenRecords, own: EpisodeView, other: EpisodeView, words: str) -> WorklistRow:
    core, its = own.core, other.core
    adult = (core.waiting_adult_on if core.triaged == NEVER else core.adult_on) <= seen.today
    began, other_began = (date.fromordinal(min(one.waiting_from, one.triaged)) for one in (core, its))
    return WorklistRow(
        episode=reference(own),
        slice=(core.area, core.agency, core.agency, adult, core.criminal_justice),
        dates=(Dated("known since", began, core.agency), Dated("the other since", other_began, its.agency)),
        days=abs((began - other_began).days),
        because=f"Client {own.key[1]} of {core.agency}, known since {spoken(began)}, and client {other.key[1]} of "
        f"{its.agency}, known since {spoken(other_began)}, {words}.",
        rests_on=frozenset({its.agency}) - {core.agency},
        beside=reference(other),
    )
