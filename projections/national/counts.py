"""The counts of many councils at once: one statement, which DuckDB answers from the Parquet files.

The database program reads files that it is given by name, loads no extension and reaches no network. A standpoint is a
pair of days; a `known_at` of None stands for all that each council knows.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from domain.definition import definition_in_force
from domain.errors import SettingMissing
from domain.measures.registry import Measure
from domain.periods import ONE_DAY

from .export import END, PEOPLE
from .folder import Councils, councils_in

_LAST_DAY: Final = END - ONE_DAY
Answer = TypeVar("Answer")


class Pair(NamedTuple):
    """How many were counted, and of how many."""

    numerator: int
    denominator: int


NOBODY: Final = Pair(0, 0)
CouncilCounts = Mapping[tuple[str, str], Pair]
"""By council and code of a measure; those of nobody are left out."""

FIGURES: Final = f"""
SELECT council, measure,
       coalesce(sum({PEOPLE}) FILTER (counted), 0) AS numerator, sum({PEOPLE}) AS denominator
FROM read_parquet($files, hive_partitioning = true, hive_types = {{'council': VARCHAR, 'part': INTEGER}})
JOIN (SELECT unnest($measures) AS measure, unnest($parts) AS part, unnest($adults) AS adults) AS asked USING (part)
WHERE as_of <= $as_of AND until > $as_of AND known_from <= $known_at AND known_until > $known_at
  AND (adult OR NOT adults)
GROUP BY council, measure
"""
"""All measures of all councils at one standpoint."""

TRIANGLE: Final = f"""
SELECT days.day, known.day, coalesce(sum({PEOPLE}) FILTER (counted), 0), sum({PEOPLE})
FROM read_parquet($files) AS standing
JOIN (SELECT unnest($as_ofs) AS day) AS days ON as_of <= days.day AND until > days.day
JOIN (SELECT unnest($known_ats) AS day) AS known ON known_from <= known.day AND known_until > known.day
WHERE adult OR NOT $adults
GROUP BY ALL
"""
"""One measure of one council at each day, as known on each day."""


def counts_of(
    folder: Path, measures: Sequence[Measure], as_of: date, known_at: date | None
) -> tuple[Councils, CouncilCounts]:
    """What each council of a folder counts in these measures, under the definitions in force on the day.

    Raises:
        WrongUse: there is no council in the folder.
        SettingMissing: DuckDB is not installed.
    """
    under = [measure.under(definition_in_force(as_of)) for measure in measures]
    asked = [(measure.code, part, measure.adults) for measure in under for part in measure.part_codes]
    codes, parts, adults = (list(column) for column in zip(*asked, strict=True))
    asked_parts = set(parts)

    def ask(councils: Councils) -> CouncilCounts:
        files = councils.files(asked_parts)
        given = {"files": files, "measures": codes, "parts": parts, "adults": adults}
        rows = _rows(FIGURES, given | {"as_of": as_of, "known_at": known_at or _LAST_DAY}) if files else []
        return {(council, code): Pair(int(counted), int(people)) for council, code, counted, people in rows}

    return _asked_again_if_written_meanwhile(lambda: councils_in(folder, asked_parts), ask)


def triangle_of(
    folder: Path, council: str, measure: Measure, as_ofs: Sequence[date]
) -> tuple[Councils, Mapping[tuple[date, date], Pair]]:
    """A council's measure by day and day of knowledge; pairs of nobody are left out.

    The measure has the parts of the definition in force on the last day. Raises as `counts_of`; WrongUse also where the
    council is not there.
    """
    measure = measure.under(definition_in_force(as_ofs[-1]))
    parts = set(measure.part_codes)

    def ask(councils: Councils) -> Mapping[tuple[date, date], Pair]:
        known_ats = [day.received_on for day in councils.manifest_of(council).knowledge]
        files = councils.files(parts, {council})
        given = {"files": files, "as_ofs": list(as_ofs), "known_ats": known_ats, "adults": measure.adults}
        rows = _rows(TRIANGLE, given) if files else []
        return {(day, known): Pair(int(counted), int(people)) for day, known, counted, people in rows}

    return _asked_again_if_written_meanwhile(lambda: councils_in(folder, parts, {council}), ask)


def _asked_again_if_written_meanwhile(
    find: Callable[[], Councils], ask: Callable[[Councils], Answer]
) -> tuple[Councils, Answer]:
    """A council that is written while it is read takes its files away: the new manifest names the new ones."""
    written_meanwhile = import_duckdb().IOException
    councils = find()
    try:
        return councils, ask(councils)
    except written_meanwhile:
        councils = find()
        return councils, ask(councils)


def import_duckdb() -> Any:
    """The database program that reads the files; raises SettingMissing where it is not installed."""
    try:
        return import_module("duckdb")
    except ImportError:
        raise SettingMissing(
            "Asking many councils at once needs DuckDB, which is not installed here. Install the extra 'national': "
            "pip install --require-hashes -r requirements-national.lock"
        ) from None


def _rows(statement: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    settings = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    with import_duckdb().connect(config=settings) as connection:
        rows: list[tuple[Any, ...]] = connection.execute(statement, given).fetchall()
    return rows
