"""Reading what another party hands over: a list of the people behind a figure, and a printed table.

Both are CSV text in UTF-8 with a header. A column that is not known refuses the file: a list holds references and
never a name or a birth date, and a mistyped heading must not pass for an empty column.
"""

import csv
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from decimal import Decimal, InvalidOperation
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, TextIO

from domain.errors import Refused, WrongUse
from domain.measures.registry import MEASURE_OF
from projections.claims.plausibility import StatedPercentage
from projections.claims.reconciliation import Listed
from projections.claims.table_checks import Needed, TableRow, group_named, groups_of

from .limits import MOST_COLUMNS
from .schemas import MONTHLY, REVIEWS

AGENCY, CLIENT, EPISODE, COUNTED = "AGNCY", "CLIENT", "EPISODID", "COUNTED"
LIST_COLUMNS: Final = (AGENCY, CLIENT, EPISODE, COUNTED)
TABLE_COLUMNS: Final = (
    "table", "measure", "group", "period", "percentage", "decimals", "numerator", "denominator", "people", "target",
    "variance", "arrow", "low", "high", "fewest", "most", "words",
)  # fmt: skip
COUNTED_WORDS: Final = {"Y": True, "N": False}
ARROWS: Final = {"↑": 1, "up": 1, "↓": -1, "down": -1, "→": 0, "-": 0, "–": 0, "level": 0}
"""What may stand under `arrow`."""
_ENCODING: Final = "utf-8-sig"
_HEADINGS: Final = frozenset(column for schema in (*MONTHLY.values(), REVIEWS) for column in schema.columns)
"""The columns of the agencies' files."""

MOST_LINES: Final = 20_000
"""Lines of a list: many times the people of the largest figure. A list of millions would keep the service busy."""
_MOST_DIGITS: Final = 9
"""Of a number of people. Beyond a few thousand digits reading one would be an error, or take long."""
_QUOTED: Final = 40
"""Characters of a cell that a message quotes."""
_MOST_NAMED: Final = 5
"""Columns that are named where many do not belong."""

REFUSALS: Final = {
    "claim-unreadable": "The file is no CSV text in UTF-8, or has no line.",
    "claim-too-long": "A list has more lines than a figure has people.",
    "claim-columns": "A column is missing, or there is one that does not belong.",
    "claim-line": "A cell cannot be read.",
}
"""Why such a file is refused, by code."""

Row = dict[str, str]


def read_list(path: Path) -> list[Listed]:
    """The lines of a list of people: AGNCY and CLIENT, and if there EPISODID and COUNTED (Y or N on every line).

    Raises:
        Refused: it cannot be read whole; the code is one of REFUSALS.
    """
    with _opened(path) as file:
        return list_from(file, path.name)


def list_from(file: TextIO, name: str) -> list[Listed]:
    """The lines of a list of people that was opened as `opened_text` does; see `read_list`."""
    rows = list(islice(_rows(file, name, LIST_COLUMNS, {AGENCY, CLIENT}, str.upper), MOST_LINES + 1))
    if len(rows) > MOST_LINES:
        raise Refused(
            "claim-too-long", f"{name} has more than {MOST_LINES:,} lines. Send the people behind one figure.", name
        )
    return [_listed(name, line, row) for line, row in rows]


def opened_text(file: BinaryIO) -> TextIO:
    """The text of a file that lies on no disk."""
    return TextIOWrapper(file, encoding=_ENCODING, newline="")


def _listed(name: str, line: int, row: Row) -> Listed:
    for column in (AGENCY, CLIENT):
        if not row[column]:
            raise _unreadable(name, line, f"{column} is empty")
    counted = row.get(COUNTED)
    if counted is not None and counted.upper() not in COUNTED_WORDS:
        raise _unreadable(name, line, f"'{counted}' under {COUNTED} is neither Y nor N")
    return Listed(
        line,
        row[AGENCY],
        row[CLIENT],
        row.get(EPISODE) or None,
        None if counted is None else COUNTED_WORDS[counted.upper()],
    )


def read_table(path: Path) -> list[TableRow]:
    """The lines of a printed table; see docs/how-to/settle-a-dispute.md for the columns.

    Raises:
        Refused: it cannot be read whole; the code is one of REFUSALS, or says why a percentage is none.
    """
    with _opened(path) as file:
        return [
            _printed_row(path.name, line, row) for line, row in _rows(file, path.name, TABLE_COLUMNS, (), str.lower)
        ]


def _opened(path: Path) -> TextIO:
    return path.open(encoding=_ENCODING, newline="")


def _printed_row(name: str, line: int, row: Row) -> TableRow:
    cells = _Cells(name, line, row)
    measure, group = cells.text("measure"), cells.text("group")
    if measure and measure not in MEASURE_OF:
        raise _unreadable(name, line, f"there is no measure '{measure}'; there are {', '.join(MEASURE_OF)}")
    arrow = cells.text("arrow").lower()
    if arrow and arrow not in ARROWS:
        raise _unreadable(name, line, f"'{arrow}' under arrow is none of {' '.join(ARROWS)}")
    return TableRow(
        line,
        table=cells.text("table"),
        measure=measure,
        groups=groups_of(measure) if measure else group_named(group),
        period=cells.text("period"),
        percentage=cells.percentage("percentage", cells.whole("decimals")),
        numerator=cells.whole("numerator"),
        denominator=cells.whole("denominator"),
        people=cells.whole("people"),
        target=cells.number("target"),
        variance=cells.number("variance"),
        arrow=ARROWS.get(arrow),
        needed=cells.needed(),
        words=cells.text("words"),
    )


class _Cells:
    """The cells of one line; what cannot be read is refused by its line and column."""

    def __init__(self, name: str, line: int, row: Row) -> None:
        self.name, self.line, self.row = name, line, row

    def text(self, column: str) -> str:
        return self.row.get(column, "")

    def whole(self, column: str) -> int | None:
        text = self.text(column)
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
            raise _unreadable(self.name, self.line, f"'{text[:_QUOTED]}' under {column} is no number of people")
        return int(text)

    def number(self, column: str) -> Decimal | None:
        text = self.text(column).removesuffix("%").replace(" ", "")
        if not text:
            return None
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise _unreadable(self.name, self.line, f"'{text}' under {column} is no number")
        return number

    def percentage(self, column: str, decimals: int | None = None) -> StatedPercentage | None:
        text = self.text(column)
        try:
            return StatedPercentage.parse(text, decimals) if text else None
        except (WrongUse, Refused) as error:
            raise _unreadable(self.name, self.line, str(error).rstrip(".")) from error

    def needed(self) -> Needed | None:
        low, high = self.percentage("low"), self.percentage("high")
        fewest, most = self.whole("fewest"), self.whole("most")
        if low is None or high is None or fewest is None or most is None:
            if any(self.text(column) for column in ("low", "high", "fewest", "most")):
                raise _unreadable(self.name, self.line, "low, high, fewest and most belong together")
            return None
        return Needed(low, high, fewest, most)


def _rows(
    file: TextIO, name: str, known: Collection[str], needed: Collection[str], cased: Callable[[str], str]
) -> Iterator[tuple[int, Row]]:
    """Each line by its number, the header being line 1, as column -> cell; empty lines are passed over."""
    try:
        reader = csv.reader(file, strict=True)
        header = [cased(heading.strip()) for heading in next(reader, [])]
        if len(header) > MOST_COLUMNS:
            raise _wrong_columns(name, f"there are {len(header):,} columns", known)
        lines = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise Refused(
            "claim-unreadable",
            f"{name} is no CSV text in UTF-8. In a spreadsheet, save it as 'CSV UTF-8 (comma delimited)'.",
            name,
        ) from error
    _check_commas(name, header, known)
    _check_header(name, header, known, needed)
    if not lines:
        raise Refused("claim-unreadable", f"{name} has no line below its header.", name)
    for number, cells in lines:
        if len(cells) != len(header):
            raise _unreadable(name, number, f"{len(cells)} fields, where the header has {len(header)}")
        yield number, dict(zip(header, map(str.strip, cells), strict=True))


def _check_commas(name: str, header: list[str], known: Collection[str]) -> None:
    """Refuses columns that stand apart by something else than commas, where they are the right ones."""
    for sign, sign_name in ((";", "semicolons"), ("\t", "tabs")):
        parts = header[0].split(sign) if len(header) == 1 else []
        if len(parts) > 1 and {part.strip().lower() for part in parts} & {column.lower() for column in known}:
            raise Refused(
                "claim-columns", f"{name} has {sign_name} between its columns. Save it with commas between them.", name
            )


def _check_header(name: str, header: list[str], known: Collection[str], needed: Collection[str]) -> None:
    stray = [_named(heading, place, known) for place, heading in enumerate(header, 1) if heading not in known]
    missing = sorted(set(needed) - set(header))
    twice = sorted(heading for heading, count in Counter(header).items() if count > 1)
    wrong = [
        *([_stray_words(stray)] if stray else []),
        *([f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"] if missing else []),
        *([f"{', '.join(twice[:_MOST_NAMED])} is there twice"] if twice else []),
    ]
    if wrong:
        raise _wrong_columns(name, "; ".join(wrong), known)


def _wrong_columns(name: str, wrong: str, known: Collection[str]) -> Refused:
    names = ", and no name, no initials and no birth date" if AGENCY in known else ""
    return Refused("claim-columns", f"{name}: {wrong}. Its columns may be {', '.join(known)}{names}.", name)


def _stray_words(stray: list[str]) -> str:
    if len(stray) == 1:
        return f"the column {stray[0]} does not belong in it"
    more = f" and {len(stray) - _MOST_NAMED:,} more" if len(stray) > _MOST_NAMED else ""
    return f"the columns {', '.join(stray[:_MOST_NAMED])}{more} do not belong in it"


def _named(heading: str, place: int, known: Collection[str]) -> str:
    """A heading that does not belong, as a message may name it: a list without a header begins with somebody."""
    if AGENCY in known and heading not in _HEADINGS:
        return f"number {place}"
    return heading or "(no name)"


def _unreadable(name: str, line: int, what: str) -> Refused:
    return Refused("claim-line", f"Line {line} of {name}: {what}.", name)
