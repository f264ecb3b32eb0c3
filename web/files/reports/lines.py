"""From the bytes of a report to its lines: whatever encoding it is in, and whatever stands between its cells."""

import csv
from collections import Counter
from collections.abc import Sequence
from io import StringIO
from typing import Final, NamedTuple

from domain.errors import Refused
from web.files.limits import MOST_COLUMNS, check_lines
from web.files.sheets.decoding import decoded

MOST_LINES: Final = 5_000
"""Lines of a report: hundreds of KPIs by month and hub."""
REFUSALS: Final = {
    "other-report-unreadable": "The report is no CSV: a quoted cell is never closed.",
    "other-report-too-long": f"The report has more than {MOST_LINES:,} lines, or far too many columns.",
}
"""Why a report is refused for what it is; more in `web.files.sheets.decoding`."""

_SEPARATORS: Final = ",;\t|"
_MARKS: Final = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


class ReportLine(NamedTuple):
    """A line: its number in a spreadsheet (the first is 1), and its cells without blanks around them."""

    number: int
    cells: Sequence[str]


def lines_of(name: str, sent: bytes) -> list[ReportLine]:
    """The lines that have anything in them.

    Raises:
        Refused: it is no CSV text, or far too long.
    """
    data = _as_utf_8(sent)
    check_lines(name, data)
    text = decoded(name, data).open().read()
    first, _, rest = text.partition("\n")
    separator = first.strip()[4:5] if first.strip().lower().startswith("sep=") else ""
    text = rest if separator else text
    return _parted(name, text, separator or _separator(text), above=1 if separator else 0)


def _as_utf_8(data: bytes) -> bytes:
    """Text in UTF-16, which Excel calls Unicode text, as UTF-8; everything else as it is."""
    encoding = _MARKS.get(data[:2])
    if encoding is None and len(data) > 1 and 0 in data[:2]:
        encoding = "utf-16-le" if data[1] == 0 else "utf-16-be"
    if encoding is None:
        return data
    try:
        return data.decode(encoding).encode()
    except UnicodeDecodeError:
        return data


def _separator(text: str) -> str:
    """What parts most lines into most cells; a comma where nothing does."""
    lines = [line for line in text.splitlines()[:200] if line.strip()]

    def parts(sign: str) -> tuple[int, int]:
        counts = Counter(count for line in lines if (count := line.count(sign)))
        return max(((times * count, count) for count, times in counts.items()), default=(0, 0))

    return max(_SEPARATORS, key=parts)


def _parted(name: str, text: str, separator: str, above: int) -> list[ReportLine]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    lines = list[ReportLine]()
    begins = 1
    try:
        for cells in reader:
            number, begins = begins, reader.line_num + 1
            if len(cells) > MOST_COLUMNS or reader.line_num > MOST_LINES:
                raise Refused(
                    "other-report-too-long",
                    f"{name} has more than {MOST_LINES:,} lines, or more than {MOST_COLUMNS:,} columns. Send the "
                    "figures alone, and no list of people.",
                    name,
                )
            if any(cell.strip() for cell in cells):
                lines.append(ReportLine(number + above, [cell.replace("\xa0", " ").strip() for cell in cells]))
    except csv.Error as error:
        raise Refused("other-report-unreadable", f"{name} is no CSV: {error}.", name) from error
    return lines
