"""What a file is to hold, by its name: whose it is, the days that it covers, and the schema of its columns.

The data-set letter of a monthly file (`...-TREAT-IN-X.csv`) names the national specification that it follows. The
letters that we know ask for the same columns of us; one that comes with other columns gets a schema of its own here.

A *prepared* file holds what `preparing` leaves of such a file: in place of a person's identity what is made of it.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from domain.episode.facts import REVIEW_FILE, TREATMENT
from domain.errors import Refused

from .prepared import SUFFIX

AGENCY, CLIENT, EPISODE = "AGNCY", "CLIENT", "EPISODID"
KEY: Final = (AGENCY, CLIENT, EPISODE)
CONSENT: Final = "CONSENT"
CLIENT_ID: Final = "CLIENTID"
STANDS_IN: Final = {CLIENT_ID: CLIENT}
"""Columns that stand in for another one where that is missing."""

IDENTITY: Final = ("FINITIAL", "SINITIAL", "DOB", "SEX")
INTERVENTION: Final = ("MODID", "MODAL", "MODST", "MODEND", "REFMODDT", "FAOMODDT", "MODSET", "MODEXIT")
TOP_ANSWERS: Final = (
    *("TOPCC", "ALCUSE", "OPIUSE", "CRAUSE", "COCAUSE", "AMPHUSE", "CANNUSE", "OTDRGUSE"),
    *("PSYHSTAT", "PHSTAT", "QUALLIFE", "ACUTHPBM", "HRISK", "PWORK", "EDUCAT"),
)
TOP: Final = ("TOPID", "TOPDATE", "TRSTAGE", *TOP_ANSWERS)
PERSON, NEAR, TRIAGE_AGE, ADULT_ON = "PERSON", "NEAR", "TRIAGEAGE", "ADULTON"
OF_PERSON: Final = (PERSON, NEAR, TRIAGE_AGE, ADULT_ON)
"""What a prepared file has in place of IDENTITY: the person's id, the ids of the key less one element each (with a
space between), the age at triage, and the 18th birthday of one who was younger at referral, or at triage without it."""
REJECTED: Final = "REJECTED"
"""Why a row of a prepared file was rejected when it was prepared; then it has its key beside that, and nothing else."""
START_DETAILS: Final = ("LA", "HLCASSDT", "HEPBVAC", "HEPBSTAT", "HEPCTSTD", "HEPCSTAT", "HEPCTD")
"""What else a monthly file says of an episode; kept with its start, as submitted."""


@dataclass(frozen=True)
class Schema:
    """What a file of one kind holds. `needed` columns must be there, `used` ones are read where they are.

    `dates` are read as days; `of_parts` may differ between the rows of an episode, all others must agree. `prepared`:
    the file was prepared where it comes from.
    """

    data_set: str
    letter: str
    needed: tuple[str, ...]
    used: tuple[str, ...]
    dates: frozenset[str]
    of_parts: frozenset[str]
    prepared: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that are read, in a fixed order."""
        return self.needed + self.used


def _monthly(letter: str) -> Schema:
    return Schema(
        data_set=TREATMENT,
        letter=letter,
        needed=(
            *IDENTITY,
            *KEY,
            *("DAT", "REFLD", "TRIAGED", "DRUG1", "DISD", "DISRSN"),
            *("MODID", "MODAL", "MODST", "MODEND", "TOPID", "TOPDATE", "TRSTAGE"),
        ),
        used=(
            *(CONSENT, "PREVTR", "DRUG1AGE", "DRUG2", "DRUG3", "RFLS", "CPLANDT"),
            *START_DETAILS,
            *("REFMODDT", "FAOMODDT", "MODSET", "MODEXIT"),
            *TOP_ANSWERS,
        ),
        dates=frozenset(
            {"DOB", "REFLD", "TRIAGED", "DISD", "MODST", "MODEND", "TOPDATE"}
            | {"CPLANDT", "HLCASSDT", "REFMODDT", "FAOMODDT"}
        ),
        of_parts=frozenset(INTERVENTION + TOP),
    )


MONTHLY: Final = {letter: _monthly(letter) for letter in "JKLMNOP"}
"""The schema of a monthly file by its data-set letter: J of 2012 to P of 2020."""

REVIEWS: Final = Schema(
    data_set=REVIEW_FILE,
    letter="",
    needed=(*KEY, "WHAT", "DATE", "ROLE"),
    used=("LOWDOSE",),
    dates=frozenset({"DATE"}),
    of_parts=frozenset({"WHAT", "DATE", "ROLE", "LOWDOSE"}),
)


def _prepared(schema: Schema) -> Schema:
    of_person = OF_PERSON if schema.data_set == TREATMENT else ()
    needed = (*of_person, *(column for column in schema.needed if column not in IDENTITY), REJECTED)
    return replace(
        schema,
        needed=needed,
        dates=(schema.dates | {ADULT_ON}).intersection(needed + schema.used),
        of_parts=schema.of_parts | {REJECTED},
        prepared=True,
    )


def raw(schema: Schema) -> Schema:
    """The schema that a prepared file's rows had before."""
    return MONTHLY[schema.letter] if schema.letter else REVIEWS


PREPARED: Final = {schema.letter: _prepared(schema) for schema in (*MONTHLY.values(), REVIEWS)}
"""The schema of a prepared file by its data-set letter; that of a prepared review file has none."""


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
