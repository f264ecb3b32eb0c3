"""What a dispute costs: the walk between two figures, and the search for where another party's figure is ours."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from domain.log.database import reading
from domain.measures.registry import measure_named
from projections.claims.claim import Claim, ClaimSearch
from projections.explain.bridge import Station, bridge
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice
from web.services import Services

from .archive import Archive
from .ratios import Row, side_by_side

PAIRS: Final = 12
"""Pairs of standpoints, anywhere in the archive, that are walked."""
FIGURES: Final = 5
"""Figures from the tables that one walk may cost."""


def disputes(services: Services, archive: Archive) -> Iterator[Row]:
    """Walks between any two standpoints beside single figures; a claim that is nowhere ours, pair by pair."""
    yield _walks(services, archive)
    yield from _search(services, archive)


def _walks(services: Services, archive: Archive) -> Row:
    measure, whole = measure_named("4.0"), Slice()
    chosen = random.Random(7)
    with reading(services.engine) as connection:
        engine = StandingsEngine.load(connection, [measure])

        def anywhere() -> Station:
            as_of, known_at = (_day(archive, chosen) for _ in range(2))
            return Station(engine.standpoint(as_of, known_at), whole)

        pairs = [(anywhere(), anywhere()) for _ in range(PAIRS)]
        walked, asked = side_by_side(
            3,
            lambda: [bridge(connection, services.mapper, measure, start, end) for start, end in pairs],
            lambda: [
                StandingsEngine.load(connection, [measure], end.standpoint).figure(measure, end.standpoint, whole)
                for _, end in pairs
            ],
        )
    return Row(
        f"a walk between two figures anywhere in the archive, of {PAIRS}",
        walked.times(1 / PAIRS),
        "one figure from the tables",
        asked.times(1 / PAIRS),
        at_most=FIGURES,
    )


def _search(services: Services, archive: Archive) -> Iterator[Row]:
    measure, whole = measure_named("4.0"), Slice()
    with reading(services.engine) as connection:
        engine = StandingsEngine.load(connection)
        standpoint = engine.standpoint(archive.first_day + (archive.last_day - archive.first_day) / 2)
        figure = engine.figure(measure, standpoint, whole)
        definition = engine.definition_at(standpoint.as_of)

        def search(numerator: int, denominator: int) -> int:
            claim = Claim(numerator=numerator, denominator=denominator)
            asked = (definition, claim, measure, standpoint, whole)
            return ClaimSearch(connection, engine, *asked).run().pairs

        denominator = figure.denominator or 0
        pairs = search(figure.numerator, denominator)
        (found,) = side_by_side(3, lambda: search(figure.numerator, denominator))
        everywhere = search(denominator, denominator)
        (nowhere,) = side_by_side(1, lambda: search(denominator, denominator))
    yield Row(f"a claim searched for at {pairs:,} pairs of standpoint and question", found)
    yield Row("each pair of it", found.times(1 / pairs))
    yield Row(f"one that fits nowhere, at {everywhere:,} pairs, with definitions and windows measured anew", nowhere)


def _day(archive: Archive, chosen: random.Random) -> date:
    return archive.first_day + timedelta(days=chosen.randrange((archive.last_day - archive.first_day).days))
