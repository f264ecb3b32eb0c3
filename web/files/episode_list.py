"""Reading a list of episodes by their references: which of an agency's caseload passes to another.

It is CSV text with a header. What cannot be read refuses it whole; whether an episode is known, the command judges.
"""

import csv
from io import StringIO
from itertools import islice
from typing import Final, NamedTuple

from domain.errors import Refused

from .limits import MOST_COLUMNS
from .mapping import MOST_LINES

COLUMNS: Final = ("AGNCY", "CLIENT", "EPISODID")

REFUSALS: Final = {
    "list-unreadable": "The list is no CSV text.",
    "list-columns": "The list lacks a column, or has one that does not belong.",
    "list-empty": "The list has no line.",
    "list-too-long": f"The list has more than {MOST_LINES:,} lines.",
}
"""Why a list is refused whole, by code."""


class EpisodeLine(NamedTuple):
    """An episode by its agency's own references; `row` 1 is the first below the header."""

    row: int
    agency: str
    client_reference: str
    episode_reference: str


def episodes_from(text: str, name: str) -> tuple[EpisodeLine, ...]:
    """The lines of a list of episodes as text.

    Raises:
        Refused: it cannot be read whole; the code is one of REFUSALS.
    """
    try:
        reader = csv.DictReader(StringIO(text.lstrip("\ufeff"), newline=""), strict=True)
        columns = list(reader.fieldnames or ())
        rows = list(islice(reader, MOST_LINES + 1)) if len(columns) <= MOST_COLUMNS else []
    except csv.Error as error:
        raise Refused("list-unreadable", f"{name} is no CSV: {error}.", name) from error
    if set(columns) != set(COLUMNS) or len(columns) != len(COLUMNS):
        raise Refused("list-columns", f"The columns of {name} must be {','.join(COLUMNS)}, in any order.", name)
    if not rows:
        raise Refused("list-empty", f"{name} has no line below its header.", name)
    if len(rows) > MOST_LINES:
        raise Refused("list-too-long", f"{name} has more than {MOST_LINES:,} lines.", name)
    lines = []
    for number, row in enumerate(rows, 1):
        agency, client, episode = ((row[column] or "").strip() for column in COLUMNS)
        lines.append(EpisodeLine(number, agency.upper(), client, episode))
    return tuple(lines)
