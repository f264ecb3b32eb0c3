"""What was found in the files of an audit, as a list: CSV like the sheet, or JSON.

A CSV has a column `place` and one for each item, by its code or name, with the letters of the sheet in its cells; other
columns are passed over. JSON is a list of objects with `place`, `item` and `mark`, or such a list under `marks`. A cell
that says nothing leaves what was found as it is; `-` takes it back.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from domain.errors import Refused
from domain.improvement.audits.item_set import AuditMark, ItemSet, mark_written

from .lines import lines_of

REFUSALS: Final = {
    "audit-list-unreadable": "The list is no CSV with a column 'place' and a column of an item, and no JSON of marks.",
    "audit-mark": "A mark is not one that can be given, or one of a cell that has another.",
}
"""Why a list of marks is refused whole, by code."""

Typed = dict[tuple[int, str], AuditMark]
"""Marks by place and item, as `save_marks` takes them."""
TAKEN_BACK: Final = "-"
_PLACE: Final = re.compile("[0-9]{1,6}")
_LETTERS: Final = "Write i, o, m or n, then p, e or b if you like; '-' takes a mark back."


class WrittenMark(NamedTuple):
    """A mark as it was written, and where: a line of a CSV or the number of an entry, counted from 1."""

    line: int
    place: str
    item: str
    letters: str


def marks_read(name: str, data: bytes, items: ItemSet) -> Typed:
    """The marks of a file that was sent.

    Raises:
        Refused: it is no such list, or one of its marks cannot be given (the first that is wrong is named).
    """
    is_json = data.lstrip()[:1] in {b"[", b"{"}
    return marks_of(name, _of_json(name, data) if is_json else _of_csv(name, data, items))


def marks_of(name: str, written: Iterable[WrittenMark]) -> Typed:
    """Marks as they were written; raises as `marks_read`."""
    typed: Typed = {}
    for one in written:
        mark = AuditMark("") if one.letters.strip() == TAKEN_BACK else mark_written(one.letters)
        if not _PLACE.fullmatch(one.place):
            raise Refused("audit-mark", f"{name}, {one.line}: '{one.place[:20]}' is no place of the sample.", name)
        if mark is None:
            said = f"{name}, {one.line}: '{one.letters[:20]}' is no mark of {one.item}."
            raise Refused("audit-mark", f"{said} {_LETTERS}", name)
        cell = int(one.place), one.item
        if typed.get(cell, mark) != mark:
            said = f"{name}, {one.line}: {one.item} of file {one.place} has another mark further up."
            raise Refused("audit-mark", f"{said} Leave one of the two out.", name)
        typed[cell] = mark
    return typed


def _of_csv(name: str, data: bytes, items: ItemSet) -> Iterator[WrittenMark]:
    lines = lines_of(name, data)
    head = [cell.casefold() for cell in lines[0].cells] if lines else []
    names = {one.code: one.code for one in items.items} | {one.name.casefold(): one.code for one in items.items}
    columns = {column: names[cell] for column, cell in enumerate(head) if cell in names}
    if "place" not in head or not columns:
        codes = ", ".join(one.code for one in items.items)
        raise Refused(
            "audit-list-unreadable",
            f"The first line of {name} names no column 'place', or none of the items. Name place and: {codes}.",
            name,
        )
    place = head.index("place")
    for line in lines[1:]:
        for column, item in columns.items():
            if letters := _cell(line.cells, column):
                yield WrittenMark(line.number, _cell(line.cells, place), item, letters)


def _cell(cells: Sequence[str], column: int) -> str:
    return cells[column] if column < len(cells) else ""


def _of_json(name: str, data: bytes) -> Iterator[WrittenMark]:
    wrong = f"{name} is no JSON list of objects with place, item and mark."
    try:
        document: Any = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused("audit-list-unreadable", wrong, name) from error
    entries = document.get("marks") if isinstance(document, dict) else document
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        raise Refused("audit-list-unreadable", wrong, name)
    for number, one in enumerate(entries, 1):
        if letters := str(one.get("mark") or ""):
            yield WrittenMark(number, str(one.get("place", "")), str(one.get("item", "")), letters)
