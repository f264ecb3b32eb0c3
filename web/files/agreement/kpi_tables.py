"""KPI tables of contracts as files: columns by name in any order, a line of the contract in each row.

A file is read as `web.files.sheets.lists` says. Days may be written day/month/year, and percentages with a comma.

What is wrong with a row is named with its row, its column, a code and a sentence; nothing is taken in then. Row 1 is
the first below the header. The columns are the cells of a line; those that a table has no use for may be missing.
"""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from typing import Final, NamedTuple

from domain.contract_life.kpi_lines.cells import read_line
from domain.contract_life.kpi_lines.line import CELLS, KpiLine
from domain.contract_life.schedule import MOST_LINES
from domain.errors import Refused
from web.files.sheets.lists import (
    ROW_OF_TOTALS,
    TOTALS_WORDS,
    ListLayout,
    WrittenList,
    WrittenRow,
    day_written,
    is_total,
    read_list_text,
)
from web.files.uploads import SentFile

NEEDED: Final = ("code", "wording")
_LAYOUT: Final = ListLayout(NEEDED, MOST_LINES, "kpi-table-unreadable", "kpi-table-columns", "kpi-table-too-long")
SAID_IN_ONE: Final = 10
"""Problems that the sentence of a refusal names; a page and a program get all of them."""

REFUSALS: Final = {
    "kpi-table-unreadable": "The KPI table is no CSV text in UTF-8 or Windows-1252.",
    "kpi-table-columns": "A column of the KPI table is unknown, missing or there twice.",
    "kpi-table-empty": "The KPI table has no row.",
    "kpi-table-too-long": f"The KPI table has more than {MOST_LINES} rows.",
    "kpi-table-cells": "Cells of the KPI table are not as they must be; each is named.",
}
"""Why a KPI table is refused whole, by code."""


class TableProblem(NamedTuple):
    """What is wrong with a cell of a table."""

    row: int
    column: str
    code: str
    message: str


class KpiTableRefused(Refused):
    """A KPI table with cells that are not as they must be: all of them, in the order of its rows."""

    def __init__(self, problems: Sequence[TableProblem], file: str = "") -> None:
        said = " ".join(f"Row {one.row}, {one.column}: {one.message}" for one in problems[:SAID_IN_ONE])
        more = f" And {len(problems) - SAID_IN_ONE} more." if len(problems) > SAID_IN_ONE else ""
        super().__init__("kpi-table-cells", f"Nothing was stored. {said}{more}", file)
        self.problems = problems


def read_kpi_table(file: SentFile) -> list[KpiLine]:
    """The lines of a KPI table; raises as `kpi_table_from`."""
    return kpi_table_from(file.read_bytes(), file.name)


def kpi_table_from(written: bytes | str, name: str) -> list[KpiLine]:
    """The lines of a KPI table, as a file's bytes or as text.

    Raises:
        Refused: it cannot be read whole; the code is one of REFUSALS.
        KpiTableRefused: cells are wrong; each is named.
    """
    problems: list[TableProblem] = []
    lines: list[KpiLine] = []
    for row in _rows(written, name):
        line, wrong = read_line({column: _cell(column, row.cells.get(column, "")) for column in CELLS})
        problems += [TableProblem(row.number, *one) for one in wrong]
        if is_total(row.cells["code"]):
            problems.append(TableProblem(row.number, "code", ROW_OF_TOTALS, TOTALS_WORDS))
        elif line is not None:
            problems += _twice(row.number, line, lines)
            lines.append(line)
    if problems:
        raise KpiTableRefused(problems, name)
    return lines


def _rows(written: bytes | str, name: str) -> Sequence[WrittenRow]:
    """The rows that say anything."""
    listed = read_list_text(written, name, _LAYOUT)
    _check_columns(listed, name)
    for row in listed.rows:
        if row.surplus:
            raise Refused("kpi-table-unreadable", f"Row {row.number} of {name}: {row.surplus_words}", name)
    if not listed.rows:
        raise Refused("kpi-table-empty", f"{name} has no row. Its first line is {','.join(CELLS)}.", name)
    return listed.rows


def _check_columns(listed: WrittenList, name: str) -> None:
    missing = [column for column in NEEDED if column not in listed.columns]
    unknown = [column or "a column without a name" for column in listed.columns if column not in CELLS]
    if missing or unknown or listed.is_twofold:
        what = f"lacks {', '.join(missing)}" if missing else f"has {', '.join(unknown[:3]) or 'a column twice'}"
        raise Refused("kpi-table-columns", f"{name} {what}. The columns are {', '.join(CELLS)}, in any order.", name)


def _cell(column: str, written: str) -> str:
    """A cell as a line reads it: days as year-month-day, and percentages with a point. Words stay as they are."""
    cell = _unguarded(written)
    if column in _DAYS:
        day = day_written(cell)
        return day.isoformat() if day else cell
    return _NUMBERS.sub(_with_points, cell) if column in _PERCENTAGES else cell


def _with_points(match: re.Match[str]) -> str:
    if match["comma"]:
        return match["comma"].replace(",", ".")
    day = day_written(match["day"] or "")
    return day.isoformat() if day else match[0]


_DAYS: Final = frozenset({"baseline_day", "first_day", "deadline_day"})
_PERCENTAGES: Final = frozenset({"baseline_percentage", "goal", "comparator", "steps"})
_NUMBERS: Final = re.compile(
    r"\([^)]*\)"  # the name of a baseline is words
    r"|(?P<day>\b[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}\b)"
    r"|(?P<comma>(?<![0-9.,])[0-9]{1,3},(?:[0-9]{1,2}|[0-9]{4,6}))(?=\s*(?:%|points?|to\b|-|–|;|\Z))"
)
"""Days and decimal commas in a cell that says what is to be reached."""


def _twice(number: int, line: KpiLine, before: Iterable[KpiLine]) -> Iterable[TableProblem]:
    for one in before:
        if one.code == line.code:
            yield TableProblem(number, "code", "line-twice", f"Line {line.code} is there twice.")
        elif line.measure and one.measure == line.measure:
            said = f"Line {one.code} is counted by measure {line.measure} already."
            yield TableProblem(number, "measure", "measure-twice", said)


def kpi_table_text(rows: Iterable[Mapping[str, str]]) -> str:
    """Lines as such a table, by their cells; read again, they are the same lines."""
    out = StringIO(newline="")
    writer = csv.DictWriter(out, list(CELLS), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({column: _guarded(cell) for column, cell in row.items()} for row in rows)
    return out.getvalue()


_FORMULA: Final = re.compile("'*[=+@-]")
"""What a spreadsheet would calculate; an apostrophe before it says that it is text."""


def _guarded(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
