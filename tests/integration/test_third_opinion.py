"""A third opinion: a script of DuckDB, which shares no line with the engines, gives the same figures."""

import random
from datetime import timedelta
from pathlib import Path

from domain.log.reading import read
from domain.measures.registry import APPENDIX_C
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice
from tests.benchmarks.archive import AREAS, Archive
from tests.benchmarks.duckdb_opinion import WHOLE, ThirdOpinion
from tests.benchmarks.stage import load, staged

STANDPOINTS = 100


def test_a_script_that_shares_no_line_with_us_gives_the_same_figures(tmp_path: Path) -> None:
    """Every KPI of Appendix C, whole, by area and by agency, at random pairs of a day and a place in the log.

    The archive's people return after 20 to 23 days and around six months, move, turn 18, and are corrected.
    """
    archive = Archive(clients=300, years=4, seed=11)
    slices = {WHOLE: Slice()} | {area: Slice(area=area) for area in AREAS}
    slices |= {agency: Slice(agency=agency) for agency in archive.agencies}
    with staged(tmp_path) as services:
        load(services, archive, tmp_path)
        with services.snapshot() as snapshot:
            ours = StandingsEngine.load(snapshot.connection, APPENDIX_C)
            opinion = ThirdOpinion(read(snapshot.connection, services.mapper, 0))
    rng = random.Random(5)
    days = (archive.last_day - archive.first_day).days
    standpoints = [
        ours.standpoint(
            archive.first_day + timedelta(days=rng.randrange(days + 60)), rng.choice(ours.submissions.positions)
        )
        for _ in range(STANDPOINTS)
    ]
    theirs = opinion.counts(standpoints)
    compared = 0
    for number, standpoint in enumerate(standpoints):
        counts = ours.counts(APPENDIX_C, standpoint, list(slices.values()))
        for measure, row in zip(APPENDIX_C, counts.tolist(), strict=True):
            for name, pair in zip(slices, row, strict=True):
                assert tuple(pair) == theirs.get((number, measure.code, name), (0, 0)), (measure.code, name, standpoint)
                compared += pair[1] > 0
    assert compared > STANDPOINTS * 10, "hardly anything stood in the figures that were compared"
