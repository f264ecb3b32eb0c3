"""Of whom the standings of the standpoint's own day say already who they will be at a deadline.

Where more is known than had happened by the standpoint's day, the standings of the deadline tell of what came later,
and the people whom that concerns are worked out anew. To read the log for each of them takes long. But most had nothing
on that day that could stand in the figure, or were in treatment: and whoever is in treatment, if nothing more happens,
is in the same treatment at the deadline. Only the others (who had left, and are or were joined anew) need the log.

The families' own rules make that so, and each function says which; a property test holds it against the log.
"""

from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np

from domain.measures.calendar import Days, Flags
from domain.measures.families import COMPLETIONS, PHOF, RE_PRESENTATIONS, Family
from domain.measures.registry import Measure, measure_named
from domain.standpoint import Standpoint
from projections.standings.calculation import Standings
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice

OPEN: Final = measure_named("N.open")
_IN_TREATMENT, _TREATED = measure_named("N.treatment"), measure_named("4.0")
_EARLIER, _LATELY = measure_named("5.0"), measure_named("5.0u")


def treated_of(measure: Measure) -> Measure:
    """The measure whose cohort is everybody in treatment in the last twelve months, of the same groups."""
    return replace(_TREATED, parts=measure.parts)


def standings_to_settle(measure: Measure) -> tuple[Measure, ...]:
    """The measures whose standings are asked here."""
    return (OPEN, treated_of(measure), *_ever_of(measure))


def settled(
    engine: StandingsEngine, measure: Measure, at: Standpoint, slice_: Slice, deadline: date, clients: Days
) -> tuple[Standings, Days]:
    """Of these clients, the standings of those who will stand in the figure of the deadline, and whom to look up.

    Whoever is in neither will not stand in it.
    """
    definition = engine.definition_at(deadline)
    if (
        definition != engine.definition_at(at.as_of)
        or definition.person_with_area
        or definition.representations_of_all
        or slice_.young_people
    ):
        return Standings.of([]), clients
    possible = clients[_among(clients, _clients_of(engine, _ever_of(measure), at))]
    if measure.family is RE_PRESENTATIONS or not len(possible):
        return Standings.of([]), possible
    in_treatment = engine.rows_at(replace(OPEN, adults=False), at, Slice())
    by_treatment = in_treatment.take(
        _among(in_treatment.client, possible) & _is_latest(measure, in_treatment, deadline)
    )
    rows = engine.rows_at(replace(treated_of(measure), adults=False), at, slice_)
    its = rows.take(_among(rows.client, by_treatment.client))
    grown_up = _will_be_adult(engine, measure, at, slice_, deadline, its)
    unsettled = ~_among(possible, by_treatment.client) | _among(possible, its.client[~grown_up])
    if measure.family is COMPLETIONS:
        unsettled &= _among(possible, rows.client)
    return its.take(grown_up), possible[unsettled]


def _among(clients: Days, others: Days) -> Flags:
    return np.isin(clients, others)


def _clients_of(engine: StandingsEngine, measures: tuple[Measure, ...], at: Standpoint) -> Days:
    return np.concatenate([engine.rows_at(measure, at, Slice()).client for measure in measures])


def _ever_of(measure: Measure) -> tuple[Measure, ...]:
    """Whoever stands in the figure of a later day, if nothing more happens, stands in one of these on the first day.

    A later window reaches no further back. Of the completions it ends with the latest treatment in either; of PHOF,
    whoever was not in treatment for the last twelve months has one latest treatment in both; a completion of the last
    twelve months is in one half of them or in the other.
    """
    if measure.family is COMPLETIONS:
        return (_any_of(treated_of(measure)),)
    if measure.family is RE_PRESENTATIONS:
        return tuple(_any_of(replace(one, parts=_all_parts(one.family))) for one in (_EARLIER, _LATELY))
    return _any_of(_IN_TREATMENT), _any_of(replace(measure, parts=_all_parts(PHOF)))


def _any_of(measure: Measure) -> Measure:
    return replace(measure, adults=False)


def _all_parts(family: Family) -> tuple[int, ...]:
    return tuple(range(len(family.parts)))


def _is_latest(measure: Measure, in_treatment: Standings, deadline: date) -> Flags:
    """Whether the treatment that goes on is the one that decides: it began by the window's last day.

    None begins after one that is open: it would be joined to it.
    """
    after = measure.family.window.after.on(np.array([deadline.toordinal()]))[0]
    began: Flags = in_treatment.journey < after
    return began


def _will_be_adult(
    engine: StandingsEngine, measure: Measure, at: Standpoint, slice_: Slice, deadline: date, rows: Standings
) -> Flags:
    """Who is an adult, and so at the deadline: by the later of a treatment's start and the window's first day.

    If the deadline's window begins earlier than that of the last twelve months, only a treatment that began in these
    says so.
    """
    adults = engine.rows_at(treated_of(measure), at, slice_)
    first, here = (
        int(window.first.on(np.array([day.toordinal()]))[0])
        for window, day in ((measure.family.window, deadline), (COMPLETIONS.window, at.as_of))
    )
    return _among(rows.client, adults.client) & ((first >= here) | (rows.journey >= here))
