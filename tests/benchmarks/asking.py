"""How long questions take: to the engine in memory, to a DuckDB whose rows lie in memory, and from the tables."""

import subprocess
import sys
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Final

import numpy as np

from domain.contract_life.targets import TargetKind, TargetSet, target_stream
from domain.log.database import reading
from domain.log.reading import Recorded, read
from domain.measures.registry import APPENDIX_C, measure_named
from domain.periods import add_months, month_ends
from domain.standpoint import Standpoint
from projections.explain.provenance import recorded_of, streams_of_clients
from projections.performance.colours.colour_rules import ColourRules
from projections.performance.needed.completions_needed import CompletionsNeeded, completions_needed
from projections.performance.needed.people import standings_needed
from projections.performance.scorecard import scorecard, with_later_moves
from projections.performance.targets import Target, Targets
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice
from projections.store import generations
from projections.store.submissions import Submissions
from web.services import Services
from web.settings import DATABASE

from .archive import AREAS, RECEIVED_AFTER, Archive
from .duckdb_opinion import WHOLE, ThirdOpinion
from .ratios import Row, Timing, side_by_side

SAMPLE: Final = 150
"""Cells of the triangle that DuckDB is asked for in one statement."""
DAYS_NEEDED: Final = 6
"""Month ends for which it is asked what is needed."""
LATER_KNOWLEDGE: Final = 80
"""Days after which an old day is asked for, with all that has come in since."""
MANY: Final = 50
"""Questions that are timed together, where one is over too soon to be timed."""
SHORT_RUNS: Final = 40
MORE: Final = 8
"""Figures that are timed together, beside what takes about so many times as long."""
MOST_OF_OLD_DAYS: Final = 20


def questions(services: Services, archive: Archive) -> Iterator[Row]:
    """All KPIs of Appendix C: at one standpoint, for a triangle, from the tables, from a cold process."""
    with reading(services.engine) as connection:
        engine = StandingsEngine.load(connection, APPENDIX_C)
        opinion = ThirdOpinion(read(connection, services.mapper, 0))
    slices = {WHOLE: Slice()} | {area: Slice(area=area) for area in AREAS}
    slices |= {agency: Slice(agency=agency) for agency in archive.agencies}
    yield _one_standpoint(engine, opinion, slices, archive)
    yield _triangle(engine, opinion, archive)
    yield from _scorecards(services, archive)
    yield _from_tables(services, archive)
    yield from _completions_needed(services, archive)
    yield _cold(services, archive)


def _one_standpoint(engine: StandingsEngine, opinion: ThirdOpinion, slices: dict[str, Slice], archive: Archive) -> Row:
    standpoint = engine.standpoint(_late_month(archive))
    _check_agreement(engine, opinion, [standpoint], slices)
    asked = list(slices.values())
    theirs, many = side_by_side(
        7, opinion.ask, lambda: [engine.counts(APPENDIX_C, standpoint, asked) for _ in range(MANY)]
    )
    return Row(
        f"all {len(APPENDIX_C)} KPIs for {len(slices)} slices at one standpoint, in memory",
        many.times(1 / MANY),
        "DuckDB, rows in memory, one standpoint",
        theirs,
        at_least=50,
    )


def _triangle(engine: StandingsEngine, opinion: ThirdOpinion, archive: Archive) -> Row:
    days = list(month_ends(archive.first_day, archive.last_day))
    standpoints = [engine.standpoint(day, day + timedelta(days=RECEIVED_AFTER)) for day in days]
    positions = [standpoint.position for standpoint in standpoints]
    cells = [Standpoint(day, None, position) for day in days for position in positions]
    # Spread evenly over the triangle: early cells have little to count, late ones much.
    sample = [cells[round(i)] for i in np.linspace(0, len(cells) - 1, SAMPLE)]
    _check_agreement(engine, opinion, sample, {WHOLE: Slice()})
    theirs, ours = side_by_side(5, opinion.ask, lambda: engine.triangles(APPENDIX_C, days, positions, Slice()))
    return Row(
        f"a triangle of {len(days)} x {len(positions)}, all KPIs, in memory",
        ours,
        f"DuckDB, {SAMPLE} cells in one statement, scaled to {len(cells):,}",
        theirs.times(len(cells) / SAMPLE),
        at_least=1000,
    )


def _scorecards(services: Services, archive: Archive) -> Iterator[Row]:
    """As a page asks for it: from standings that the process keeps, with the targets from the log."""
    with reading(services.engine) as connection:
        engine = StandingsEngine.load(connection)
        standpoint = engine.standpoint(_late_month(archive))

        def agreed() -> tuple[Targets, ColourRules]:
            return Targets.load(connection, services.mapper), ColourRules.load(connection, services.mapper)

        def ask() -> None:
            targets, rules = agreed()
            for _ in range(MANY):
                scorecard(engine, targets, standpoint, Slice(), measures=APPENDIX_C, rules=rules)

        def ask_later_moves() -> None:
            targets, rules = agreed()
            for _ in range(MANY):
                card = scorecard(engine, targets, standpoint, Slice(), measures=APPENDIX_C, rules=rules)
                with_later_moves(engine, card)

        def figures() -> None:
            for _ in range(MANY):
                engine.figures(APPENDIX_C, standpoint, Slice())

        plain, whole, theirs = side_by_side(5, ask, ask_later_moves, figures)
    what = f"a scorecard: all {len(APPENDIX_C)} KPIs with targets, directions and a year of sparklines, in memory"
    yield Row(what, plain.times(1 / MANY), "the figures alone", theirs.times(1 / MANY), at_most=8)
    what = "the same, with how such figures moved after they were complete"
    yield Row(what, whole.times(1 / MANY), "the figures alone", theirs.times(1 / MANY), at_most=20)


def _check_agreement(
    engine: StandingsEngine, opinion: ThirdOpinion, standpoints: Sequence[Standpoint], slices: dict[str, Slice]
) -> None:
    """Speed counts only between those who say the same; leaves the opinion standing at these standpoints."""
    theirs = opinion.counts(standpoints)
    for number, standpoint in enumerate(standpoints):
        ours = engine.counts(APPENDIX_C, standpoint, list(slices.values())).tolist()
        for measure, row in zip(APPENDIX_C, ours, strict=True):
            for name, pair in zip(slices, row, strict=True):
                given = theirs.get((number, measure.code, name), (0, 0))
                if tuple(pair) != given:
                    raise AssertionError(f"{measure.code} {name} at {standpoint}: {pair} here, {given} by DuckDB")


def _from_tables(services: Services, archive: Archive) -> Row:
    """The first question after a start: only what stands at the standpoint is read."""

    def ask() -> None:
        with services.snapshot() as snapshot:
            snapshot.figures(APPENDIX_C, snapshot.standpoint(_late_month(archive)), Slice())

    return Row("the first question after a start, from the tables: all KPIs at one standpoint", _timed(ask))


def _completions_needed(services: Services, archive: Archive) -> Iterator[Row]:
    """What a target takes by its last day, five months on: as a board asks it, as soon as the files of the day are in;
    and of a day of which much more is known since.
    """
    measure, whole = measure_named("4.0"), Slice()
    days = list(month_ends(archive.first_day, archive.last_day))[-DAYS_NEEDED - 12 : -12]
    with reading(services.engine) as connection:
        generation = generations.live(connection)
        submissions = Submissions.load(connection, generation)
        standpoints, later = (
            [submissions.standpoint(day, day + timedelta(days=known_after)) for day in days]
            for known_after in (RECEIVED_AFTER, LATER_KNOWLEDGE)
        )
        everything = StandingsEngine.load(connection)

        def from_tables(at: Standpoint) -> StandingsEngine:
            then = Standpoint(_five_months_on(at), at.known_at, at.position)
            return StandingsEngine.load(connection, standings_needed(measure), at, to=then)

        def need(at: Standpoint, engine: StandingsEngine) -> CompletionsNeeded:
            def read_clients(clients: Collection[int]) -> Iterator[Recorded]:
                streams = streams_of_clients(connection, generation, clients)
                return chain.from_iterable(recorded_of(connection, services.mapper, streams, at.position).values())

            return completions_needed(engine, read_clients, measure, at, whole, _target(_five_months_on(at)))

        stored, loaded = side_by_side(
            3,
            lambda: [need(at, from_tables(at)) for at in standpoints],
            lambda: [StandingsEngine.load(connection, [measure], at).figure(measure, at, whole) for at in standpoints],
        )
        # Short runs, many of them: on a busy machine each meets a quiet moment.
        in_memory, of_old_days, figure = side_by_side(
            SHORT_RUNS,
            lambda: [need(at, everything) for at in standpoints],
            lambda: [need(at, everything) for at in later],
            lambda: [everything.figure(measure, at, whole) for at in standpoints for _ in range(MORE)],
        )
    what = "completions needed for a target five months on, by hub and month, "
    one, alone = 1 / len(days), figure.times(1 / len(days) / MORE)
    yield Row(f"{what}from the tables", stored.times(one), "one figure from the tables", loaded.times(one), at_most=10)
    what = f"{what}in memory"
    yield Row(what, in_memory.times(one), "one figure in memory", alone, at_most=10)
    what = f"{what}, of a day as known {LATER_KNOWLEDGE} days after it"
    yield Row(what, of_old_days.times(one), "one figure in memory", alone, at_most=MOST_OF_OLD_DAYS)


def _five_months_on(at: Standpoint) -> date:
    return add_months(at.as_of, 5)


def _target(last_day: date) -> Target:
    event = TargetSet(
        originator_id=target_stream(1),
        originator_version=1,
        occurred_on=date(2000, 1, 1),
        actor="",
        role="",
        number=1,
        measure="4.0",
        first_day=date(2000, 1, 1),
        last_day=last_day,
        kind=TargetKind.LEVEL,
        low=Decimal(40),
        high=Decimal(40),
    )
    return Target(Recorded(0, datetime(2000, 1, 1, tzinfo=UTC), event), event)


def _cold(services: Services, archive: Archive) -> Row:
    command = [str(Path(sys.executable).with_name("recount")), "figures", "--as-of", _late_month(archive).isoformat()]
    environment = {DATABASE: services.settings.address}

    def ask() -> None:
        subprocess.run(command, env=environment, check=True, capture_output=True)

    return Row("a cold process: recount figures, all measures at one standpoint", _timed(ask))


def _timed(ask: object) -> Timing:
    assert callable(ask)
    (timing,) = side_by_side(5, ask)
    return timing


def _late_month(archive: Archive) -> date:
    """The end of the month half a year before the archive's last: late enough that everything has happened."""
    return list(month_ends(archive.first_day, archive.last_day))[-7]
