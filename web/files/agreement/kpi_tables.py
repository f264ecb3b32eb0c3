"""KPI tables of contracts as files: plain CSV, columns by name in any order, a line of the contract in each row.

What is wrong with a row is named with its row, its column, a code and a sentence; nothing is taken in then. Row 1 is
the first below the header. The columns are the cells of a line; those that a table has no use for may be missing.
"""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from itertools import islice
from typing import Final, NamedTuple

from domain.contract_life.kpi_lines.cells import read_line
from domain.contract_life.kpi_lines.line import CELLS, KpiLine
from domain.contract_life.schedule import MOST_LINES
from domain.errors import Refused
from web.files.limits import MOST_COLUMNS
from web.files.uploads import SentFile

NEEDED: Final = ("code", "wording")
SAID_IN_ONE: Final = 10
"""Problems that the sentence of a refusal names; a page and a program get all of them."""

REFUSALS: Final = {
    "kpi-table-unreadable": "The KPI table is no CSV text in UTF-8.",
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
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        said = f"{file.name} is no text in UTF-8. Save it as CSV UTF-8."
        raise Refused("kpi-table-unreadable", said, file.name) from error
    return kpi_table_from(text, file.name)


def kpi_table_from(text: str, name: str) -> list[KpiLine]:
    """The lines of a KPI table as text.

    Raises:
        Refused: it cannot be read whole; the code is one of REFUSALS.
        KpiTableRefused: cells are wrong; each is named.
    """
    rows = _rows(text, name)
    problems: list[TableProblem] = []
    lines: list[KpiLine] = []
    for number, row in rows:
        line, wrong = read_line({column: _unguarded(row.get(column) or "") for column in CELLS})
        problems += [TableProblem(number, *one) for one in wrong]
        if line is not None:
            problems += _twice(number, line, lines)
            lines.append(line)
    if problems:
        raise KpiTableRefused(problems, name)
    return lines


def _rows(text: str, name: str) -> list[tuple[int, dict[str, str]]]:
    """The rows that say anything, each with its number."""
    try:
        reader = csv.DictReader(StringIO(text, newline=""), strict=True, restkey="", restval="")
        columns = [(column or "").strip().lower() for column in reader.fieldnames or ()]
        _check_columns(columns, name)
        reader.fieldnames = columns
        rows = list(islice(reader, MOST_LINES + 1))
    except csv.Error as error:
        raise Refused("kpi-table-unreadable", f"{name} is no CSV: {error}.", name) from error
    if surplus := next((number for number, row in enumerate(rows, 1) if "" in row), 0):
        raise Refused("kpi-table-unreadable", f"Row {surplus} of {name} has more cells than the header.", name)
    filled = [(number, row) for number, row in enumerate(rows, 1) if any(value.strip() for value in row.values())]
    if not filled:
        raise Refused("kpi-table-empty", f"{name} has no row. Its first line is {','.join(CELLS)}.", name)
    if len(rows) > MOST_LINES:
        raise Refused("kpi-table-too-long", f"{name} has more than {MOST_LINES} rows.", name)
    return filled


def _check_columns(columns: Sequence[str], name: str) -> None:
    missing = [column for column in NEEDED if column not in columns]
    unknown = [column for column in columns if column not in CELLS]
    if len(columns) > MOST_COLUMNS or missing or unknown or len(set(columns)) < len(columns):
        what = f"lacks {', '.join(missing)}" if missing else f"has {', '.join(unknown[:3]) or 'a column twice'}"
        raise Refused("kpi-table-columns", f"{name} {what}. The columns are {', '.join(CELLS)}, in any order.", name)


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
