"""Rows whose values need no CSV reader: they are cut where the signs are, a stretch of the file at a time.

Most files are like that throughout: what is in quotes holds neither quotes nor separators nor ends of lines. Where a
stretch is not, the CSV reader reads it, line by line; and where a value goes on in another line, the whole file.
"""

import csv
from collections.abc import Iterator
from typing import Final, TextIO

import numpy as np

from .rows import Rows, RowsWriter

STRETCH: Final = 1 << 16
"""Characters that are read together: one odd value makes no more of them slow."""
_LINE_END, _QUOTE = b"\n", b'"'


def plain_rows(text: TextIO, separator: str) -> Rows | None:
    """All rows of a text, as a strict CSV reader has them; None where only such a reader can say which they are."""
    if not separator.isascii():
        return None
    rows = RowsWriter()
    cut = bytes.maketrans(separator.encode() + _LINE_END, b"\0\0")
    for stretch in _stretches(text):
        written = stretch.encode()
        if _QUOTE in written:
            if not _quotes_are_plain(written, separator):
                if not _add_lines(rows, stretch, separator):
                    return None
                continue
            written = written.translate(None, _QUOTE)
        ends = np.flatnonzero(np.frombuffer(written, np.uint8) == _LINE_END[0]) + 1
        rows.add_written(written.translate(cut), np.diff(ends, prepend=0))
    return rows.rows()


def _stretches(text: TextIO) -> Iterator[str]:
    """Whole lines, each with one sign at its end, whatever the file has there."""
    while stretch := text.read(STRETCH) + text.readline():
        if "\r" in stretch:
            stretch = stretch.replace("\r\n", "\n").replace("\r", "\n")
        yield stretch if stretch.endswith("\n") else stretch + "\n"


def _quotes_are_plain(written: bytes, separator: str) -> bool:
    """Whether each quote is at one side of a value, and no value in quotes holds a separator or the end of a line."""
    signs = np.frombuffer(_LINE_END + written, np.uint8)
    is_quote = signs == _QUOTE[0]
    is_end = (signs == _LINE_END[0]) | (signs == ord(separator))
    quotes = np.flatnonzero(is_quote)
    if len(quotes) % 2:
        return False
    sides = is_end[quotes[0::2] - 1].all() and is_end[quotes[1::2] + 1].all()
    return bool(sides) and not (np.bitwise_xor.accumulate(is_quote) & is_end).any()


def _add_lines(rows: RowsWriter, stretch: str, separator: str) -> bool:
    """Add what the CSV reader makes of whole lines; false where one of them is no whole row."""
    lines = stretch.split("\n")[:-1]
    try:
        records = list(csv.reader(lines, delimiter=separator, strict=True))
    except csv.Error:
        return False
    if len(records) != len(lines):
        return False
    for record in records:
        rows.add(record)
    return True
