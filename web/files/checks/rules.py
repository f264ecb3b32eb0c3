"""The checks that look at one row alone. Days are compared with both ends allowed: the same day is fine everywhere.

What the figures stand on fails the whole episode; all else fails alone, and is left out with a notice.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from domain.codes import DISCHARGE_REASONS, REVIEWS, SEXES, TOP_STAGES, code_number, modality_in
from domain.episode.facts import REVIEW_FILE
from domain.submission import Notice
from web.files.prepared import EARLIEST_BIRTH, NEAR_IDS, age, births, is_id
from web.files.schemas import (
    ADULT_ON,
    IDENTITY,
    INTERVENTION,
    KEY,
    NEAR,
    PERSON,
    TOP,
    TRIAGE_AGE,
    Schema,
)

from .rows import Circumstances, FileRow, read_days

DRUGS: Final = range(1000, 10_000)


def checked_row(number: int, values: Mapping[str, str], circumstances: Circumstances) -> FileRow:
    """The row with its days read and every check made that needs no other row."""
    row = FileRow(number, dict(values))
    _check_modality(row)
    read_days(row, circumstances)
    for check in _checks(circumstances.schema):
        check(row)
    return row


def _checks(schema: Schema) -> Sequence[Callable[[FileRow], None]]:
    if schema.data_set == REVIEW_FILE:
        return _REVIEW_CHECKS
    return _PREPARED_CHECKS if schema.prepared else _MONTHLY_CHECKS


def _check_there(*columns: str) -> Callable[[FileRow], None]:
    def check(row: FileRow) -> None:
        for column in columns:
            if not row[column]:
                row.reject(column, "value-missing", f"{column} is missing. Every row must have it.")

    return check


def _check_code(column: str, codes: Sequence[str]) -> Callable[[FileRow], None]:
    def check(row: FileRow) -> None:
        if row[column] and row[column] not in codes:
            expected = ", ".join(codes)
            row.reject(column, "code-unknown", f"{column} is {row.quoted(column)}. Expected one of {expected}.")

    return check


def _check_number(column: str, codes: frozenset[int] | range, expected: str) -> Callable[[FileRow], None]:
    def check(row: FileRow) -> None:
        if row[column] and code_number(row[column]) not in codes:
            row.reject(column, "code-unknown", f"{column} is {row.quoted(column)}. Expected {expected}.")

    return check


def _check_modality(row: FileRow) -> None:
    """Before its days are read: of an intervention of an unknown kind nothing is."""
    started = row["MODID"] or row["MODST"]
    if (row["MODAL"] and modality_in(row["MODAL"]) is None) or (started and not row["MODAL"]):
        reason = f"MODAL is {row.quoted('MODAL')}, and none that we know" if row["MODAL"] else "MODAL is missing"
        row.leave_out(
            ("MODAL", *(column for column in INTERVENTION if column != "MODAL")),
            "modality-unread",
            f"{reason}: this intervention is left out.",
        )


def _check_further_drugs(row: FileRow) -> None:
    for column in ("DRUG2", "DRUG3"):
        if row[column] and code_number(row[column]) not in DRUGS:
            message = f"{column} is {row.quoted(column)}, and no drug code from 1000 to 9999; it is left out."
            row.leave_out((column,), "drug-unread", message)


def _check_birth(row: FileRow) -> None:
    if "DOB" in row.days and row.days["DOB"] < EARLIEST_BIRTH:
        row.reject("DOB", "born-too-early", "The birth date is not after 1902. Look for a mistyped year.")


def _check_arrival(row: FileRow) -> None:
    if not row["REFLD"] and not row["TRIAGED"]:
        row.reject(
            "TRIAGED",
            "neither-referral-nor-triage",
            "Neither REFLD nor TRIAGED is given. Give the day of referral, or of triage, or both.",
        )


def _check_discharge(row: FileRow) -> None:
    if row["DISRSN"] and not row["DISD"]:
        row.reject("DISD", "discharge-incomplete", "DISRSN is given and DISD is not. Give the day too, or neither.")
    elif row["DISD"] and not row["DISRSN"]:
        message = "DISD is given and DISRSN is not: discharged, for an unknown reason."
        row.notices.append(Notice(row.number, "DISRSN", "reason-missing", message))


def _check_intervention(row: FileRow) -> None:
    if row.is_structured and row["MODST"] and not row["TRIAGED"]:
        row.reject(
            "TRIAGED",
            "started-without-triage",
            "A structured intervention has started and TRIAGED is missing. Give the day of triage.",
        )


def _check_end(row: FileRow) -> None:
    """After the start is checked: a day that cannot be the end of the intervention is none."""
    ended, started, discharged = (row.days.get(column) for column in ("MODEND", "MODST", "DISD"))
    if not ended:
        return
    why = ""
    if not started:
        why = "is given and MODST is not"
    elif ended < started:
        why = f"lies before MODST ({row.quoted('MODST')})"
    elif row.is_structured and discharged and ended > discharged:
        why = f"lies after DISD ({row.quoted('DISD')})"
    if why:
        message = f"MODEND ({row.quoted('MODEND')}) {why}; it is left out."
        row.leave_out(("MODEND", "MODEXIT"), "end-unread", message)


def _check_top(row: FileRow) -> None:
    needed = ("TOPID", "TOPDATE", "TRSTAGE")
    if not any(row[column] for column in needed):
        return
    missing = [column for column in needed if not row[column]]
    if missing:
        wrong, why = missing[0], f"{missing[0]} is missing"
    elif row["TRSTAGE"].upper() not in TOP_STAGES:
        wrong, why = "TRSTAGE", f"TRSTAGE is {row.quoted('TRSTAGE')}, and none of {', '.join(TOP_STAGES)}"
    else:
        return
    columns = (wrong, *(column for column in TOP if column != wrong))
    row.leave_out(columns, "top-unread", f"{why}: this TOP is left out.")


def _check_person(row: FileRow) -> None:
    near = row[NEAR].split()
    for column, holds in ((PERSON, is_id(row[PERSON])), (NEAR, len(near) == NEAR_IDS and all(map(is_id, near)))):
        if row[column] and not holds:
            row.reject(column, "person-form", f"{column} is not what 'recount prepare' writes. Prepare the file again.")


def _check_age(row: FileRow) -> None:
    """Holds the age and the 18th birthday against the other days; once those are in order, so that they can be."""
    if row.mistakes:
        return
    triaged_on = row.days.get("TRIAGED")
    arrived_on = row.days.get("REFLD") or triaged_on
    assert arrived_on, "one of the two is there: it was checked before"
    born = births(arrived_on, row.days.get(ADULT_ON))
    if born is None:
        row.reject(ADULT_ON, "age-impossible", f"{ADULT_ON} is no 18th birthday of one who arrived under age.")
    elif triaged_on is None:
        if row[TRIAGE_AGE]:
            row.reject(TRIAGE_AGE, "age-impossible", f"{TRIAGE_AGE} is given and TRIAGED is not. Give both or neither.")
    elif not age(born[1], triaged_on) <= code_number(row[TRIAGE_AGE]) <= age(born[0], triaged_on):
        row.reject(TRIAGE_AGE, "age-impossible", f"{TRIAGE_AGE} is not an age that goes with {ADULT_ON} and TRIAGED.")


@dataclass(frozen=True)
class _Order:
    """`later` may not lie before `earlier`; for `structured` only of interventions of a structured kind. [V]"""

    code: str
    earlier: str
    later: str
    structured: bool = False

    def __call__(self, row: FileRow) -> None:
        earlier, later = row.days.get(self.earlier), row.days.get(self.later)
        if earlier and later and later < earlier and (row.is_structured or not self.structured):
            row.reject(
                self.later if self.earlier != "DOB" else self.earlier,
                self.code,
                f"{self.later} ({row.quoted(self.later)}) lies before {self.earlier} ({row.quoted(self.earlier)}). "
                f"Expected {self.earlier} on or before {self.later}.",
                self.earlier if self.earlier != "DOB" else self.later,
            )


_TREATMENT_CHECKS: Final[tuple[Callable[[FileRow], None], ...]] = (
    _Order("referred-after-triage", "REFLD", "TRIAGED"),
    _check_number("DRUG1", DRUGS, "a drug code from 1000 to 9999"),
    _check_further_drugs,
    _check_discharge,
    _check_number("DISRSN", DISCHARGE_REASONS, "a discharge reason of NDTMS"),
    _Order("discharged-before-referral", "REFLD", "DISD"),
    _Order("discharged-before-triage", "TRIAGED", "DISD"),
    _check_intervention,
    # [K] what is not structured may start before triage and run on after discharge
    _Order("started-before-triage", "TRIAGED", "MODST", structured=True),
    _Order("started-after-discharge", "MODST", "DISD", structured=True),
    _check_end,
    _check_top,
)


_MONTHLY_CHECKS: Final[tuple[Callable[[FileRow], None], ...]] = (
    _check_there(*IDENTITY, *KEY, "DRUG1"),
    _check_code("SEX", SEXES),
    _check_birth,
    _check_arrival,
    _Order("born-after-referral", "DOB", "REFLD"),
    _Order("born-after-triage", "DOB", "TRIAGED"),
    *_TREATMENT_CHECKS,
)


_PREPARED_CHECKS: Final[tuple[Callable[[FileRow], None], ...]] = (
    _check_there(PERSON, NEAR, *KEY, "DRUG1"),
    _check_arrival,
    _check_person,
    *_TREATMENT_CHECKS,
    _check_age,
)


_REVIEW_CHECKS: Final[tuple[Callable[[FileRow], None], ...]] = (
    _check_there(*KEY, "WHAT", "DATE"),
    _check_code("WHAT", REVIEWS),
    _check_code("LOWDOSE", ("Y", "N")),
)
