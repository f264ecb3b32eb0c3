"""Reading a mapping of references: under which new reference each episode of an agency is known.

It is CSV text in UTF-8 with a header. What cannot be read refuses it whole; what a line says is judged when it is
carried out, line by line.
"""

import csv
from collections.abc import Iterable, Mapping
from io import StringIO
from itertools import islice
from typing import Final, NamedTuple

from domain.errors import Refused

from .limits import MOST_COLUMNS
from .uploads import SentFile

COLUMNS: Final = ("AGNCY", "CLIENT", "EPISODID", "NEW_CLIENT", "NEW_EPISODID")
LONGEST_REFERENCE: Final = 200
MOST_LINES: Final = 20_000
"""Lines of a mapping: several times the open episodes of the largest agency."""

REFUSALS: Final = {
    "mapping-unreadable": "The mapping is no CSV text in UTF-8.",
    "mapping-columns": "The mapping lacks a column, or has one that does not belong.",
    "mapping-empty": "The mapping has no line.",
    "mapping-too-long": f"The mapping has more than {MOST_LINES:,} lines.",
}
"""Why a mapping is refused whole, by code."""


class MappingLine(NamedTuple):
    """An episode of an agency by its old references and its new ones; `row` 1 is the first below the header."""

    row: int
    agency: str
    client_reference: str
    episode_reference: str
    new_client_reference: str
    new_episode_reference: str


def read_mapping(file: SentFile) -> list[MappingLine]:
    """The lines of a mapping.

    Raises:
        Refused: it cannot be read whole; the code is one of REFUSALS.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("mapping-unreadable", f"{file.name} is no text in UTF-8: {error}.", file.name) from error
    return mapping_from(text, file.name)


def mapping_from(text: str, name: str) -> list[MappingLine]:
    """The lines of a mapping as text; as `read_mapping`."""
    try:
        reader = csv.DictReader(StringIO(text, newline=""), strict=True)
        # Before any row: one of 100,000 columns would make as much of every line, however short.
        columns = list(reader.fieldnames or ())
        rows = list(islice(reader, MOST_LINES + 1)) if len(columns) <= MOST_COLUMNS else []
    except csv.Error as error:
        raise Refused("mapping-unreadable", f"{name} is no CSV: {error}.", name) from error
    if len(columns) > MOST_COLUMNS:
        raise Refused("mapping-columns", f"The columns of {name} must be {','.join(COLUMNS)}, in any order.", name)
    if not rows:
        raise Refused("mapping-empty", f"{name} has no line. Its first line is {','.join(COLUMNS)}.", name)
    if len(rows) > MOST_LINES:
        raise Refused("mapping-too-long", f"{name} has more than {MOST_LINES:,} lines.", name)
    if set(rows[0]) != set(COLUMNS):
        raise Refused("mapping-columns", f"The columns of {name} must be {','.join(COLUMNS)}, in any order.", name)
    return [MappingLine(number, *_cells(row)) for number, row in enumerate(rows, 1)]


def _cells(row: Mapping[str, str | None]) -> Iterable[str]:
    agency, *references = ((row[column] or "").strip() for column in COLUMNS)
    return agency.upper(), *references
