"""Rows with another number of fields than the header: empty fields at the end, footers, and a value with a comma."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Final

from domain.errors import Refused
from domain.submission import Notice
from web.files.schemas import AGENCY, CONSENT, FileName
from web.files.values import LIKE_A_DAY, clean

from .rows import Rows, rows_of
from .sheet import Sheet, names_in

_FOOTER: Final = re.compile(
    r"\W*[0-9,]*\s*(?:(?:grand )?totals?|counts?|number|records?|rows?|end|printed|generated|exported|created|produced|"
    r"reports?|page)\b",
    re.IGNORECASE,
)
"""How a line below the rows begins that is none of them."""
_CODES: Final = {
    "SEX": re.compile("[MFUmfu]"),
    CONSENT: re.compile("[YNyn]"),
    "TRSTAGE": re.compile("[SREPsrep]"),
    "MODAL": re.compile("[0-9F][0-9]?"),
    "DISRSN": re.compile("[0-9]{1,3}"),
    **dict.fromkeys(("DRUG1", "DRUG2", "DRUG3"), re.compile("[0-9]{4}")),
}
"""What values of columns look like by which one sees that a row has shifted."""
_SHIFTED_BY: Final = 3
"""A row has shifted if it fits its columns better by so much without a shift; one odd value makes less."""
_MOST_CANDIDATES: Final = 3
"""So many columns are named of which one probably holds the separator."""


def fitted(name: FileName, sheet: Sheet) -> Sheet:
    """The sheet whose rows have as many fields as the header, with a notice of surplus ones that were left out.

    Fields without a name at the end are surplus if they are empty in every row. A footer may be shorter.

    Raises:
        Refused: a row has another number of fields than the header.
    """
    header, rows = sheet.header, _with_full_footers(sheet.rows)
    named = len(header)
    while named and not header[named - 1].strip():
        named -= 1
    widths = rows.widths()
    if len(widths) > 1:
        raise _other_width(name, sheet)
    (width,) = widths
    if width == len(header) == named:
        return replace(sheet, rows=rows)
    if width >= named and not any(any(map(str.strip, row[named:])) for row in rows) and not _is_shifted(name, sheet):
        surplus = max(width, len(header)) - named
        fields = "1 field" if surplus == 1 else f"{surplus:,} fields"
        message = f"Every row ends in {fields} without a name and without a value. That was left out."
        notices = (*sheet.notices, Notice(0, "", "surplus-fields", message))
        return replace(sheet, header=header[:named], rows=rows_of(row[:named] for row in rows), notices=notices)
    if width == len(header):
        return replace(sheet, rows=rows)
    raise _other_width(name, sheet)


def _with_full_footers(rows: Rows) -> Rows:
    """The rows, with empty fields added to shorter lines at the end that are no rows but say how many there are."""
    last, width = len(rows), len(rows[0])
    while last > 1 and len(rows[last - 1]) < width and _FOOTER.match(next(filter(None, rows[last - 1]))):
        last -= 1
    if last < len(rows):
        rows = rows[:]
        for place in range(last, len(rows)):
            rows[place] = [*rows[place], *[""] * (width - len(rows[place]))]
    return rows


def _other_width(name: FileName, sheet: Sheet) -> Refused:
    """The refusal of a file for the first row that has another number of fields than the header."""
    header, rows, in_sheet = sheet.header, sheet.rows, sheet.in_sheet
    wrong = [place for place, row in enumerate(rows) if len(row) != len(header)]
    first, more = wrong[0], len(wrong) - 1
    row, number = rows[first], in_sheet[first]
    fields = "field" if len(row) == 1 else "fields"
    count = f"Row {number} has {len(row):,} {fields} and the header {len(header):,}"
    others = f" ({more:,} more {'row differs' if more == 1 else 'rows differ'} too)" if more else ""
    if len({AGENCY, *name.schema.needed} & set(names_in(row))) > len(name.schema.needed) // 2:
        sentence = f"{count}{others}: it is another header. Send what is below it in a file of its own."
        return Refused("header-changes", f"{name.text}: {sentence}", name.text)
    if len(row) < len(header):
        cut = "the file seems to be cut off there" if first == len(rows) - 1 else "fields are missing at its end"
        sentence = f"{count}{others}: {cut}. Export the file again from the system."
    else:
        sentence = (
            f"{count}{others}: {_likely(name, header, row)} probably holds one of the {sheet.separators} that separate "
            "values, and is not quoted. Put it in quotes, or take that out of it."
        )
    return Refused("field-count", f"{name.text}: {sentence}", name.text)


def _is_shifted(name: FileName, sheet: Sheet) -> bool:
    """Whether the first row fits its columns only if one of its values was taken for several, as where all rows do."""
    header, row = sheet.header, sheet.rows[0]
    as_it_is = sum(_fits(name, column, value) for column, value in zip(names_in(header), row, strict=False))
    return len(row) > len(header) and max(_fits_without(name, header, row)) >= as_it_is + _SHIFTED_BY


def _likely(name: FileName, header: Sequence[str], row: Sequence[str]) -> str:
    """The column whose value was probably taken for several: with it the others are most like what they should be."""
    fits = _fits_without(name, header, row)
    best = max(fits)
    likely = [column.strip()[:40] for column, fit in zip(header, fits, strict=True) if fit == best]
    if len(likely) > _MOST_CANDIDATES:
        return f"a value from {likely[0]} to {likely[-1]}"
    return f"the value of {' or '.join(likely)}"


def _fits_without(name: FileName, header: Sequence[str], row: Sequence[str]) -> list[int]:
    """For each column, how well all others fit their values if its own was taken for several."""
    surplus, columns = len(row) - len(header), names_in(header)
    before = [0, *accumulate(_fits(name, column, row[place]) for place, column in enumerate(columns))]
    behind = [0, *accumulate(_fits(name, column, row[place + surplus]) for place, column in enumerate(columns))]
    return [before[place] + behind[-1] - behind[place + 1] for place in range(len(columns))]


def _fits(name: FileName, column: str, value: str) -> int:
    """1 if a value is like those of its column, -1 if it is not, 0 if that cannot be said."""
    value = clean(value)
    if column == AGENCY:
        return 1 if value.upper() == name.agency else -1
    if column in name.schema.dates:
        return 1 if not value or LIKE_A_DAY.fullmatch(value) else -1
    if code := _CODES.get(column):
        return 1 if not value or code.fullmatch(value) else -1
    return -1 if LIKE_A_DAY.fullmatch(value) else 0
