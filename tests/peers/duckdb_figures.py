"""The analyst's DuckDB, on versions of episodes or on a full snapshot of all episodes for each load, as dbt makes it.

Both ask with the script of the third opinion; the snapshot finds its rows by the load, not by from and until.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb

from tests.benchmarks.duckdb_opinion import FIGURES, WHOLE

from .window import Counts

KNOWN = "v.known_from <= s.position and s.position < v.known_until"
AGENCIES = "create table agency_bit as select 0::bigint as bit, '' as agency where false"
SNAPSHOT = """
create table episode_version as
select l.position as known_from, l.position as known_until, v.* exclude (known_from, known_until)
from load l join version v on v.known_from <= l.position and l.position < v.known_until
order by l.position, client, nth
"""


class DuckDbPeer:
    figures = FIGURES

    def __init__(self, versions: Path, file: Path, loads: Sequence[int]) -> None:
        self.connection = duckdb.connect(str(file))
        self.connection.execute(AGENCIES)
        self.connection.execute("create table standpoint (n int, as_of date, position bigint)")
        self.connection.execute(f"create table version as from read_csv('{versions}')")
        self._keep(loads)
        self.connection.execute("drop table version; checkpoint")

    def _keep(self, loads: Sequence[int]) -> None:
        self.connection.execute("create table episode_version as from version order by client, nth")

    def answers(self, cells: Sequence[tuple[date, int]]) -> list[Counts]:
        """All cells in one statement, which takes a tenth of the time of one for each."""
        self.connection.execute(
            "insert into standpoint select unnest(range(?)), unnest(?::date[]), unnest(?::bigint[])",
            [len(cells), [as_of for as_of, _ in cells], [position for _, position in cells]],
        )
        answers: list[Counts] = [{} for _ in cells]
        for n, kpi, part, numerator, denominator in self.connection.execute(self.figures).fetchall():
            if part == WHOLE:
                answers[n][kpi] = numerator, denominator
        return answers


class FullSnapshotPeer(DuckDbPeer):
    figures = FIGURES.replace(KNOWN, "v.known_from = s.position")

    def _keep(self, loads: Sequence[int]) -> None:
        self.connection.execute("create table load as select unnest(?::bigint[]) as position", [list(loads)])
        self.connection.execute(SNAPSHOT)
