"""How much of a file is read: what is beyond is refused whole, before it costs anybody time or room.

A monthly file has some 70 columns and lines of a few hundred characters; each limit is many times what is real.
"""

import re
from collections.abc import Sequence
from typing import Final

from domain.errors import Refused
from domain.submission import ANOTHER_PERSON, SAME_RECORD, SAME_RECORD_ELSEWHERE, Notice, Rejection

LONGEST_LINE: Final = 100_000
"""Bytes of a line. It bounds columns, values and what a single row costs."""
MOST_COLUMNS: Final = 1_000
"""Columns with a name. What a spreadsheet adds behind them without a name is no column."""
MOST_REJECTED: Final = 20_000
"""Rejections of a file: they are kept in the log for good, and sent back one by one."""
MOST_NOTICES: Final = 10_000
"""Notices of a file; the rest is counted."""

REFUSALS: Final = {
    "line-too-long": f"A line has more than {LONGEST_LINE:,} bytes.",
    "too-many-columns": f"The header has more than {MOST_COLUMNS:,} columns with a name.",
    "too-many-rejected": f"More than {MOST_REJECTED:,} things would have to be corrected in the file.",
}
"""Why a file is refused whole for its size, by code."""

_LINE: Final = re.compile(rb"[^\r\n]+")
_COUNTED: Final = frozenset({SAME_RECORD, SAME_RECORD_ELSEWHERE, ANOTHER_PERSON})
"""Notices that are counted by what they say, and bounded by the episodes that are known."""


def check_lines(name: str, data: bytes) -> None:
    """Raises Refused for a line that is too long; asked of the bytes, before anything is made of them."""
    begin = 0
    while len(data) - begin > LONGEST_LINE:
        # All lines up to the last end of one that is near enough lie between the two.
        near = begin + LONGEST_LINE + 1
        end = max(data.rfind(b"\n", begin, near), data.rfind(b"\r", begin, near))
        if end < 0:
            raise _too_long(name, data, begin)
        begin = end + 1


def _too_long(name: str, data: bytes, begin: int) -> Refused:
    number = sum(1 for _ in _LINE.finditer(data, 0, begin)) + 1
    return Refused(
        "line-too-long",
        f"{name}: line {number:,}, empty ones not counted, has more than {LONGEST_LINE:,} bytes. It is no row "
        "of such a file. Export it again from the system as CSV.",
        name,
    )


def check_columns(name: str, header: Sequence[str]) -> None:
    """Raises Refused for a header with too many columns."""
    named = len(header)
    while named and not header[named - 1].strip():
        named -= 1
    if named > MOST_COLUMNS:
        raise Refused(
            "too-many-columns",
            f"{name} has {named:,} columns; {MOST_COLUMNS:,} are read at most. Export the file again with its own "
            "columns alone.",
            name,
        )


def check_rejected(name: str, rejected: Sequence[Rejection]) -> None:
    """Raises Refused where more is wrong than anybody would correct row by row."""
    if len(rejected) > MOST_REJECTED:
        first = min(rejected, key=lambda rejection: rejection.row)
        raise Refused(
            "too-many-rejected",
            f"{len(rejected):,} things are wrong in the rows of {name}, which is more than are corrected one by one "
            f"({MOST_REJECTED:,}). The first, row {first.sheet_row or first.row + 1}: {first.message}",
            name,
        )


def bounded(notices: Sequence[Notice]) -> list[Notice]:
    """The notices, of many the first ones, and one that counts the others."""
    rest = [number for number, notice in enumerate(notices) if notice.code not in _COUNTED][MOST_NOTICES:]
    if not rest:
        return list(notices)
    left_out = set(rest)
    listed = [notice for number, notice in enumerate(notices) if number not in left_out]
    message = f"{len(rest):,} more notices of this file are not listed. They are of the kinds of those that are."
    return [Notice(0, "", "more-notices", message), *listed]
