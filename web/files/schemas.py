"""What a file is to hold, by its name: whose it is, the days that it covers, and the schema of its columns.

The data-set letter of a monthly file (`...-TREAT-IN-X.csv`) names the national specification that it follows. LAYOUTS
has those that we know; a file of another letter is read by its columns.

A *prepared* file holds what `preparing` leaves of such a file: in place of a person's identity what is made of it.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from typing import Final

from domain.episode.facts import REVIEW_FILE, TREATMENT
from domain.errors import Refused
from domain.periods import add_months

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

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """All columns that are read, in a fixed order."""
        return self.needed + self.used

    @cached_property
    def columns_of_days(self) -> tuple[str, ...]:
        """Those of them that are read as days."""
        return tuple(column for column in self.columns if column in self.dates)

    @property
    def has_known_layout(self) -> bool:
        """Whether the published layout of its data-set letter is among LAYOUTS; a review file has no letter."""
        return not self.letter or self.letter in LAYOUTS


LAYOUTS: Final = {"H": frozenset({"MODSET"}), **dict.fromkeys("JKLMNOP", frozenset[str]())}
"""By data-set letter, which of the columns that we use its published layout does not have: H is of April 2011 and has
those of K less MODSET, J of 1 November 2012, and so on to P of 1 April 2020."""


@cache
def monthly(letter: str) -> Schema:
    """The schema of a monthly file; one of a letter that is not among LAYOUTS is read by its columns."""
    used = (
        *(CONSENT, "PREVTR", "DRUG1AGE", "DRUG2", "DRUG3", "RFLS", "CPLANDT"),
        *START_DETAILS,
        *("REFMODDT", "FAOMODDT", "MODSET", "MODEXIT"),
        *TOP_ANSWERS,
    )
    lacks = LAYOUTS.get(letter, frozenset())
    return Schema(
        data_set=TREATMENT,
        letter=letter,
        needed=(
            *IDENTITY,
            *KEY,
            *("DAT", "REFLD", "TRIAGED", "DRUG1", "DISD", "DISRSN"),
            *("MODID", "MODAL", "MODST", "MODEND", "TOPID", "TOPDATE", "TRSTAGE"),
        ),
        used=tuple(column for column in used if column not in lacks),
        dates=frozenset(
            {"DOB", "REFLD", "TRIAGED", "DISD", "MODST", "MODEND", "TOPDATE"}
            | {"CPLANDT", "HLCASSDT", "HEPCTSTD", "REFMODDT", "FAOMODDT"}
        ),
        of_parts=frozenset(INTERVENTION + TOP),
    )


MONTHLY: Final = {letter: monthly(letter) for letter in LAYOUTS}
"""The schema of a monthly file by its data-set letter, of those that we know."""

REVIEWS: Final = Schema(
    data_set=REVIEW_FILE,
    letter="",
    needed=(*KEY, "WHAT", "DATE", "ROLE"),
    used=("LOWDOSE",),
    dates=frozenset({"DATE"}),
    of_parts=frozenset({"WHAT", "DATE", "ROLE", "LOWDOSE"}),
)


@cache
def prepared_from(schema: Schema) -> Schema:
    """The schema of the file that is prepared from one of this schema."""
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
    return monthly(schema.letter) if schema.letter else REVIEWS


PREPARED: Final = {schema.letter: prepared_from(schema) for schema in (*MONTHLY.values(), REVIEWS)}
"""The schema of a prepared file by its data-set letter; that of a prepared review file has none."""


_EXPECTED: Final = (
    "Expected AGENCY-YYYYMMDD-YYYYMMDD-TREAT-IN-X.csv or AGENCY-YYYYMMDD-YYYYMMDD-REVIEWS.csv, with the first and the "
    "last covered day."
)
_NAME: Final = re.compile(
    r"(?P<agency>[A-Z0-9]+)-(?P<first>[0-9]{8})-(?P<last>[0-9]{8})-"
    r"(?:(?P<kind>[A-Z]+-(?:IN|OUT))-(?P<letter>[A-Z])|REVIEWS)"
    r"(?P<prepared>\.PREPARED)?\.(?P<ending>CSV|XLSX?|XLSM|XLSB|ODS)"
)
_TREATMENT_KIND: Final = "TREAT-IN"
_OF_A_BROWSER: Final = re.compile(r" ?\([0-9]+\)(?=\.[A-Za-z.]+\Z)")
"""What a browser adds to the name of a file that it has saved before."""
EARLIEST_DAY: Final = date(1990, 1, 1)
MOST_MONTHS: Final = 10 * 12
"""A file covers ten years at most."""


@dataclass(frozen=True)
class FileName:
    """What the name of a file says: whose it is, the days that it covers (both included), what it holds.

    `text` is the name in its one form: in capitals but for its ending, without a path and what a browser added.
    """

    text: str
    agency: str
    first_day: date
    last_day: date
    schema: Schema

    @property
    def has_identities(self) -> bool:
        """Whether the file holds initials and birth dates, as a monthly file does until it is prepared."""
        return self.schema.data_set == TREATMENT and not self.schema.prepared


def one_form(text: str) -> str:
    """A file's name in its one form; a name that does not fit only loses its path."""
    name = re.split(r"[/\\]", text)[-1]
    plain = _OF_A_BROWSER.sub("", name)
    if not plain.isascii() or not _NAME.fullmatch(plain.upper()):
        return name
    stem, _, ending = plain.upper().partition(".")
    return f"{stem}.{ending.lower()}"


def parse_name(text: str) -> FileName:
    """What a file's name says.

    Raises:
        Refused: `file-name`, `other-data-set`, `excel-workbook` or `covered-days`.
    """
    name = one_form(text)
    match = _NAME.fullmatch(name.upper()) if name.isascii() else None
    if match is None:
        raise Refused("file-name", f"'{name}' is not the name of a monthly file or a review file. {_EXPECTED}", text)
    first_day, last_day = (_day_in(name, match[of]) for of in ("first", "last"))
    if first_day > last_day:
        backwards = f"'{name}' covers days that end on {last_day}, before they begin on {first_day}."
        raise Refused("file-name", f"{backwards} {_EXPECTED}", text)
    _check_kind(name, match["kind"])
    if match["ending"] != "CSV":
        raise Refused(
            "excel-workbook",
            f"'{name}' is a spreadsheet by its name. Export the file from the system as CSV, and send that.",
            text,
        )
    _check_days(name, first_day, last_day)
    schema = monthly(match["letter"]) if match["letter"] else REVIEWS
    return FileName(name, match["agency"], first_day, last_day, prepared_from(schema) if match["prepared"] else schema)


def _check_kind(name: str, kind: str | None) -> None:
    if kind not in {None, _TREATMENT_KIND}:
        raise Refused(
            "other-data-set",
            f"'{name}' is a {kind} file by its name: another file of NDTMS than that of treatment, {_TREATMENT_KIND}. "
            "It is not read here. Export the treatment file of these days, and send that.",
            name,
        )


def _check_days(name: str, first_day: date, last_day: date) -> None:
    wrong = ""
    if first_day < EARLIEST_DAY:
        wrong = f"covers days from {first_day}, which is before {EARLIEST_DAY}"
    elif last_day >= add_months(first_day, MOST_MONTHS):
        wrong = f"covers {first_day} to {last_day}, which is more than ten years"
    if wrong:
        raise Refused(
            "covered-days",
            f"'{name}' {wrong}. Look for a mistyped year, or send the file in parts of fewer days.",
            name,
        )


def check_covered_by(name: FileName, received_on: date) -> None:
    """Raises Refused for a file that covers days after its receipt."""
    if name.last_day > received_on:
        raise Refused(
            "covered-days",
            f"{name.text} covers days to {name.last_day}, and was received on {received_on}, before they were over. "
            "Give it the days that it covers, or the day on which it was received.",
            name.text,
        )


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


def _day_in(name: str, text: str) -> date:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        no_day = f"'{name}' says {text} for a covered day, and there is no such day."
        raise Refused("file-name", f"{no_day} {_EXPECTED}", name) from None
