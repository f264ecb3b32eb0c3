"""The name of a file: whose it is, the days that it covers, what it holds, and whether it was prepared."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.episode.facts import TREATMENT
from domain.errors import Refused

from .prepared import SUFFIX
from .schemas import MONTHLY, PREPARED, REVIEWS, Schema

_NAME: Final = re.compile(
    r"(?P<agency>[A-Za-z0-9]+)-(?P<first>[0-9]{8})-(?P<last>[0-9]{8})-"
    r"(?:TREAT-IN-(?P<letter>[A-Z])|REVIEWS)(?P<prepared>\.prepared)?\.csv"
)


@dataclass(frozen=True)
class FileName:
    """What the name of a file says: whose it is, the days that it covers (both included), what it holds."""

    text: str
    agency: str
    first_day: date
    last_day: date
    schema: Schema

    @property
    def has_identities(self) -> bool:
        """Whether the file holds initials and birth dates, as a monthly file does until it is prepared."""
        return self.schema.data_set == TREATMENT and not self.schema.prepared


def parse_name(text: str) -> FileName:
    """What a file's name says.

    Raises:
        Refused: `file-name`, or `data-set-letter` with the letters that are known.
    """
    match = _NAME.fullmatch(text)
    days = (_compact_day(match["first"]), _compact_day(match["last"])) if match else (None, None)
    first_day, last_day = days
    if match is None or first_day is None or last_day is None or first_day > last_day:
        raise Refused(
            "file-name",
            f"'{text}' is not the name of a monthly file or a review file. Expected AGENCY-YYYYMMDD-YYYYMMDD-"
            "TREAT-IN-X.csv or AGENCY-YYYYMMDD-YYYYMMDD-REVIEWS.csv, with the first and the last covered day.",
            text,
        )
    letter = match["letter"]
    schema = MONTHLY.get(letter) if letter else REVIEWS
    if schema is None:
        raise Refused(
            "data-set-letter",
            f"'{text}' is of data set {letter}, which is not known here. Known are {', '.join(MONTHLY)}.",
            text,
        )
    if match["prepared"]:
        schema = PREPARED[schema.letter]
    return FileName(text, match["agency"], first_day, last_day, schema)


def prepared_name(name: FileName) -> str:
    """What a file is called once it is prepared."""
    return name.text.removesuffix(".csv") + SUFFIX


def refuse_raw(name: FileName) -> None:
    """Where only prepared files are taken: raises Refused for one that holds identities."""
    if name.has_identities:
        raise Refused(
            "raw-file-not-taken",
            f"{name.text} holds initials and birth dates, and this service does not take such files. Run "
            f"'recount prepare {name.text}' where it comes from, and send {prepared_name(name)}.",
            name.text,
        )


def _compact_day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
