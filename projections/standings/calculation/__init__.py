"""From what was known of clients, and when, to the rectangles in which they stand in each figure.

Seen over all standpoints, a measure's answer for a client is a set of rectangles in the (as_of, position) plane. They
are found by asking the measure on just those days on which something of the client can change it:

1. *versions*: an episode as it stood from one position of the log to another (`known`);
2. *known states*: a client's knowledge, cut where any of the versions begins or ends (`known`);
3. *histories*: each state cut at the days on which more is seen (a structured start, a discharge, a review): between
   two cuts the journeys cannot change (`known`);
4. *journeys*: gaps and islands over each history (`rows`);
5. *questions*: each history's first day, and the days on which a journey's own day passes an edge of the window
   (`measuring`);
6. the measure, asked of all of them at once (`measuring`);
7. equal neighbours joined along `as_of`, then along the positions (`measuring`).

Every step is an array operation over a batch of clients. Days are ordinals, rows cover `as_of <= day < until` and
`known_from <= position < known_until`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np

from domain.definition import IN_FORCE, Definition
from domain.measures.calendar import Flags
from domain.measures.families import FAMILIES, Family, Reads
from domain.periods import NEVER
from projections.standings.slices import Slices

from .arrays import COLUMNS, COUNTED, FOREVER, IMMATURE, Standings, islands
from .known import Known, Version, batches
from .measuring import ByWindow, batch_standings

__all__ = [
    "COLUMNS",
    "COUNTED",
    "FOREVER",
    "IMMATURE",
    "Known",
    "Standings",
    "Version",
    "known_of",
    "standings_of",
    "standings_of_known",
]


def standings_of(
    versions: Iterable[Sequence[Version]],
    slices: Slices,
    definition: Definition | None = None,
    families: Sequence[Family] = FAMILIES,
) -> Standings:
    """The standings of all clients whose episodes are given: of each episode its versions, in order of position.

    A client's episodes must all be there: journeys join them. Without a `definition`, each `as_of` is answered by the
    version in force on it. `families` may be fewer than all, or have other windows.
    """
    return standings_of_known(known_of(versions), slices, definition, families)


def known_of(versions: Iterable[Sequence[Version]]) -> Known:
    """The versions of episodes as columns, to be measured more than once."""
    return Known.of_versions([episode for episode in versions if episode])


def standings_of_known(
    known: Known, slices: Slices, definition: Definition | None = None, families: Sequence[Family] = FAMILIES
) -> Standings:
    """`standings_of`, of what is in columns already."""
    if definition:
        return _standings_under(definition, known, known.every, slices, families)
    return Standings.of([_in_force(version, after, known, slices, families) for version, after in _SPANS])


_SPANS: Final = tuple(zip(IN_FORCE, [*(d.in_force_from for d in IN_FORCE[1:]), None], strict=True))
"""The versions in force, each with the first day of the next one."""


def _in_force(
    definition: Definition, next_from: date | None, known: Known, slices: Slices, families: Sequence[Family]
) -> Standings:
    """A version's standings, cut to the days on which it is in force."""
    first = definition.in_force_from.toordinal() if definition.in_force_from else 0
    after = next_from.toordinal() if next_from else NEVER
    standings = _standings_under(definition, known, known.of_clients_before(after), slices, families)
    standings = standings.take((standings.until > first) & (standings.as_of < after))
    # What differed only beyond the cut differs no more: neighbours at it are joined once more.
    at_cut = ((first > 0) & (standings.as_of <= first)) | ((after < NEVER) & (standings.until >= after))
    standings = replace(standings, as_of=np.maximum(standings.as_of, first), until=np.minimum(standings.until, after))
    return Standings.of([standings.take(~at_cut), _joined_positions(standings.take(at_cut))])


def _joined_positions(standings: Standings) -> Standings:
    """Equal neighbours joined along the positions."""
    if not len(standings):
        return standings
    ordered = standings.take(np.argsort(standings.known_from, kind="stable"))
    *keys, known_from, known_until = ordered.columns()
    i, known_from, known_until = islands(known_from, known_until, *keys)
    return replace(ordered.take(i), known_from=known_from, known_until=known_until)


def _standings_under(
    definition: Definition, known: Known, among: Flags, slices: Slices, families: Sequence[Family]
) -> Standings:
    parts = [
        standings
        for together in _TOGETHER
        if (by_window := _by_window(families, together))
        for v in batches(known, among, together, definition)
        for standings in batch_standings(v, together, by_window, slices, definition)
    ]
    return Standings.of(parts)


_TOGETHER: Final = (
    frozenset({Reads.NOTHING_MORE, Reads.DETAILS}),
    *(frozenset({reads}) for reads in (Reads.TOPS, Reads.REVIEWS, Reads.REFERRALS)),
)
"""Families that are measured in one go. What starts say beside themselves changes seldom: to measure what reads it with
what reads nothing more costs less than to make all journeys once more."""


def _by_window(families: Iterable[Family], together: frozenset[Reads]) -> ByWindow:
    """Families that are measured in one go: those of one window are asked on the same days."""
    grouped: ByWindow = {}
    for family in families:
        if family.reads in together:
            grouped.setdefault(family.window, []).append(family)
    return grouped
