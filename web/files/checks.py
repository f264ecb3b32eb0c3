"""The checks of rows, and the facts of the episodes whose rows pass them.

A row that fails a check is rejected, and its episode with it; every failure of a row is reported. A rejection says
what was given and what was expected, and never quotes initials or a birth date. Days are compared with both ends
allowed: the same day is fine everywhere.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Final
from uuid import UUID

from domain.client import ClientKey
from domain.codes import DISCHARGE_REASONS, MODALITIES, RECOVERY_PLAN, REVIEWS, SEXES, STRUCTURED_MODALITIES, TOP_STAGES
from domain.episode.facts import (
    CARE_PLAN,
    EXIT,
    INTERVENTION,
    INTERVENTION_END,
    REFERRAL,
    REVIEW,
    REVIEW_FILE,
    START,
    TOP,
    Exit,
    Fact,
    InterventionEnd,
    Referral,
    Review,
    Start,
    Top,
)
from domain.episode.facts import Intervention as InterventionFact
from domain.episode.reconcile import ReportedEpisode
from domain.periods import add_months
from domain.submission import Notice, Rejection

from . import schemas
from .prepared import ADULT_MONTHS, EARLIEST_BIRTH, NEAR_IDS, age, births, is_id, rejections_in
from .schemas import (
    ADULT_ON,
    CLIENT,
    CONSENT,
    EPISODE,
    IDENTITY,
    KEY,
    NEAR,
    PERSON,
    REJECTED,
    START_DETAILS,
    TOP_ANSWERS,
    TRIAGE_AGE,
    Schema,
)

REJECTIONS: Final = {
    "value-missing": "A value is missing that every row must have.",
    "neither-referral-nor-triage": "Neither REFLD nor TRIAGED is given.",
    "date-form": "A date is written neither DD/MM/YYYY nor YYYY-MM-DD.",
    "date-impossible": "There is no such day, like 31/02.",
    "code-unknown": "A code is not in its list, or a drug is not within 1000 to 9999.",
    "born-too-early": "The birth date is not after 1902.",
    "born-after-referral": "DOB lies after REFLD.",
    "born-after-triage": "DOB lies after TRIAGED.",
    "referred-after-triage": "REFLD lies after TRIAGED.",
    "discharged-before-referral": "DISD lies before REFLD.",
    "discharged-before-triage": "DISD lies before TRIAGED.",
    "discharge-incomplete": "Only one of DISD and DISRSN is given.",
    "intervention-incomplete": "MODID or MODAL is missing though the other one, MODST or MODEND is given.",
    "started-without-triage": "A structured intervention has started and TRIAGED is missing.",
    "started-before-triage": "MODST of a structured intervention lies before TRIAGED.",
    "started-after-discharge": "MODST of a structured intervention lies after DISD.",
    "ended-without-start": "MODEND is given and MODST is not.",
    "ended-before-start": "MODEND lies before MODST.",
    "ended-after-discharge": "MODEND of a structured intervention lies after DISD.",
    "top-incomplete": "Some of TOPID, TOPDATE and TRSTAGE are given and others are not.",
    "after-receipt": "A day lies after the day on which the file was received.",
    "episode-disagrees": "Rows of one episode differ in a column that describes the episode.",
    "intervention-disagrees": "Rows of one MODID differ in a column that describes the intervention.",
    "top-disagrees": "Rows of one TOPID differ in a column that describes the TOP.",
    "review-disagrees": "Two rows give the same review of an episode on the same day with another role or dose.",
    "episode-unknown": "A review is of an episode that no monthly file has brought.",
}
"""Why a row is rejected, by code."""

PREPARED_REJECTIONS: Final = {
    "person-form": "PERSON or NEAR is not what 'recount prepare' makes of a person.",
    "age-impossible": "TRIAGEAGE and ADULTON cannot both be so of one person with this REFLD and TRIAGED.",
}
"""Why a row of a prepared file may be rejected beside that."""

NOTICES: Final = {
    "column-unread": "A column is not one that we read; it is left out.",
    "after-last-day": "A day lies after the file's last day, though not after its receipt; it is taken.",
    "intervention-unread": "REFMODDT, FAOMODDT, MODSET or MODEXIT is given without MODID; it is left out.",
    "age-unread": "DRUG1AGE is no number of years; it is left out.",
    "no-consent": "CONSENT is N: nothing of the episode is kept.",
    "erased-before": "The person or the episode was erased, and is on the stop-list: nothing of the episode is kept.",
    "one-client-two-people": "Episodes of one CLIENT disagree in initials, date of birth or sex: two people.",
    "withdraws-nothing": "A row without a readable key was rejected, so the file withdraws nothing.",
}
"""What a file's notices say, by code."""

NO: Final = "N"

_DIGITS: Final = 18
_ISO: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_BRITISH: Final = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
_LATER_THAN_RECEIPT: Final = frozenset({"FAOMODDT", ADULT_ON})
"""An appointment that was offered may lie ahead, and so may an 18th birthday."""
_NEVER_TOLD: Final = frozenset({"FINITIAL", "SINITIAL", "DOB", PERSON, NEAR, ADULT_ON})


@dataclass(frozen=True)
class Circumstances:
    """What the checks know beside the rows: the schema, the days of the file and of its receipt, the client key."""

    schema: Schema
    agency: str
    last_day: date
    received_on: date
    client_key: ClientKey


@dataclass
class CheckedEpisode:
    """An episode's rows after the checks: what they report, unless rejected or left out for want of consent."""

    reported: ReportedEpisode | None = None
    left_out: bool = False
    rejections: list[Rejection] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


@dataclass
class FileRow:
    """A row's values by column, those of them that are days, and what is wrong with it."""

    number: int
    values: Mapping[str, str]
    days: dict[str, date] = field(default_factory=dict)
    rejections: list[Rejection] = field(default_factory=list)

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")

    def reject(self, column: str, code: str, message: str) -> None:
        self.rejections.append(Rejection(self.number, column, code, message))

    def told(self, column: str) -> str:
        """A value as a message may quote it: never initials, a birth date, or what equals one."""
        value, day = self[column], self.days.get(column)
        if column in _NEVER_TOLD or value == self["DOB"] or (day and self._is_birth(day)):
            return "not shown"
        return day.isoformat() if day else f"'{value[:40]}'"

    def _is_birth(self, day: date) -> bool:
        """Whether it is the day of birth, or may be by the 18th birthday."""
        if adult_on := self.days.get(ADULT_ON):
            same_month = (day.year + 18, day.month) == (adult_on.year, adult_on.month)
            return same_month and 0 <= day.day - adult_on.day <= 1
        return day == self.days.get("DOB")


def row_of(number: int, values: Mapping[str, str], circumstances: Circumstances) -> FileRow:
    """The row with its days read and every check made that needs no other row."""
    row = FileRow(number, values)
    _read_days(row, circumstances)
    for check in _checks(circumstances.schema):
        check(row)
    return row


def _checks(schema: Schema) -> Sequence[Callable[[FileRow], None]]:
    if schema.data_set == REVIEW_FILE:
        return _REVIEW_CHECKS
    return _PREPARED_CHECKS if schema.prepared else _MONTHLY_CHECKS


def check_keyless(number: int, values: Mapping[str, str], circumstances: Circumstances) -> list[Rejection]:
    """What is wrong with a row that does not say which episode it is of; at least that."""
    if values.get(REJECTED) and circumstances.schema.prepared:
        return _rejected_before(number, values[REJECTED], circumstances.schema)
    return row_of(number, values, circumstances).rejections


def check_episode(
    episode: UUID, rows: Sequence[tuple[int, Mapping[str, str]]], circumstances: Circumstances
) -> CheckedEpisode:
    """All rows of one episode, checked, and its facts if they pass."""
    if any(values.get(CONSENT) == NO for _number, values in rows):
        message = "CONSENT is N: nothing of this episode is kept, and what was known of it is erased."
        return CheckedEpisode(left_out=True, notices=[Notice(rows[0][0], CONSENT, "no-consent", message)])
    if circumstances.schema.prepared and any(values[REJECTED] for _number, values in rows):
        before = [_rejected_before(number, values[REJECTED], circumstances.schema) for number, values in rows]
        return CheckedEpisode(rejections=[rejection for of_row in before for rejection in of_row])
    read = [row_of(number, values, circumstances) for number, values in rows]
    _check_agreement(read, circumstances.schema)
    rejections = [rejection for row in read for rejection in row.rejections]
    if rejections:
        return CheckedEpisode(rejections=rejections)
    facts_of = _reviews if circumstances.schema.data_set == REVIEW_FILE else _facts
    notices = _late_notices(read, circumstances)
    facts = _Facts(notices)
    facts_of(facts, read, circumstances)
    return CheckedEpisode(reported=ReportedEpisode(episode, facts.by_key, facts.rows), notices=notices)


def _rejected_before(number: int, text: str, schema: Schema) -> list[Rejection]:
    """The rejections that a row of a prepared file has from where it was prepared."""
    raw = schemas.raw(schema).columns
    said = rejections_in(text)
    if any(column not in raw or code not in REJECTIONS for column, code in said):
        message = f"{REJECTED} is not what 'recount prepare' writes. Prepare the file again, and send it unchanged."
        return [Rejection(number, REJECTED, "code-unknown", message)]
    again = "Found when the file was prepared: correct it there, and prepare it again."
    return [Rejection(number, column, code, f"{REJECTIONS[code]} {again}") for column, code in said]


def unread_columns(columns: Iterable[str]) -> list[Notice]:
    """A notice for each column that is not read."""
    return [
        Notice(0, column, "column-unread", f"The column '{column[:40]}' is not one that we read; it is left out.")
        for column in columns
    ]


def withdraws_nothing(row: int) -> Notice:
    """The notice of a file in which `row` was rejected and does not say which episode it is of."""
    message = "A row was rejected that does not say which episode it is of, so this file withdraws nothing."
    return Notice(row, "", "withdraws-nothing", message)


# -- days ---------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1 << 16)
def _day(text: str) -> date | str:
    """The day, or the code of what is wrong with it."""
    if match := _ISO.fullmatch(text):
        year, month, day = match.groups()
    elif match := _BRITISH.fullmatch(text):
        day, month, year = match.groups()
    else:
        return "date-form"
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return "date-impossible"


_DATE_MESSAGES: Final = {
    "date-form": "{column} ({told}) is not written as a date. Expected DD/MM/YYYY or YYYY-MM-DD.",
    "date-impossible": "{column} ({told}) is no day of the calendar. Give one that is.",
}


def _read_days(row: FileRow, circumstances: Circumstances) -> None:
    wrong: list[tuple[str, str]] = []
    for column in circumstances.schema.columns:
        if column in circumstances.schema.dates and row[column]:
            day = _day(row[column])
            if isinstance(day, date):
                row.days[column] = day
            else:
                wrong.append((column, day))
    for column, code in wrong:
        row.reject(column, code, _DATE_MESSAGES[code].format(column=column, told=row.told(column)))
    for column, day in row.days.items():
        if day > circumstances.received_on and column not in _LATER_THAN_RECEIPT:
            row.reject(
                column,
                "after-receipt",
                f"{column} ({row.told(column)}) lies after {circumstances.received_on}, when the file was received. "
                "Expected what has happened by then.",
            )


def _late_notices(rows: Iterable[FileRow], circumstances: Circumstances) -> list[Notice]:
    """One notice for each day after the file's last day, at the first row that gives it."""
    notices: dict[tuple[str, date], Notice] = {}
    for row in rows:
        for column, day in row.days.items():
            if day > circumstances.last_day and column not in _LATER_THAN_RECEIPT:
                message = (
                    f"{column} ({row.told(column)}) lies after the file's last day ({circumstances.last_day}); taken."
                )
                notices.setdefault((column, day), Notice(row.number, column, "after-last-day", message))
    return list(notices.values())


# -- checks of one row --------------------------------------------------------------------------------------------


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
            row.reject(column, "code-unknown", f"{column} is {row.told(column)}. Expected one of {expected}.")

    return check


def _check_number(column: str, codes: frozenset[int] | range, expected: str) -> Callable[[FileRow], None]:
    def check(row: FileRow) -> None:
        if row[column] and _number(row[column]) not in codes:
            row.reject(column, "code-unknown", f"{column} is {row.told(column)}. Expected {expected}.")

    return check


def _number(text: str) -> int:
    """The whole number that is written, -1 for what is none, or far beyond anything that is counted here."""
    return int(text) if len(text) <= _DIGITS and text.isascii() and text.isdigit() else -1


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
    if bool(row["DISD"]) != bool(row["DISRSN"]):
        given, missing = ("DISD", "DISRSN") if row["DISD"] else ("DISRSN", "DISD")
        row.reject(missing, "discharge-incomplete", f"{given} is given and {missing} is not. Give both or neither.")


def _check_intervention(row: FileRow) -> None:
    given = [column for column in ("MODID", "MODAL", "MODST", "MODEND") if row[column]]
    for column in ("MODID", "MODAL"):
        if given and not row[column]:
            row.reject(
                column,
                "intervention-incomplete",
                f"{column} is missing though {given[0]} is given. An intervention has both MODID and MODAL.",
            )
    if row["MODEND"] and not row["MODST"]:
        row.reject("MODEND", "ended-without-start", "MODEND is given and MODST is not. Give both.")
    if _structured(row) and row["MODST"] and not row["TRIAGED"]:
        row.reject(
            "TRIAGED",
            "started-without-triage",
            "A structured intervention has started and TRIAGED is missing. Give the day of triage.",
        )


def _structured(row: FileRow) -> bool:
    return _number(row["MODAL"]) in STRUCTURED_MODALITIES


def _check_top(row: FileRow) -> None:
    needed = ("TOPID", "TOPDATE", "TRSTAGE")
    given = [column for column in needed if row[column]]
    if given:
        for column in needed:
            if not row[column]:
                row.reject(
                    column,
                    "top-incomplete",
                    f"{column} is missing though {given[0]} is given. A TOP has TOPID, TOPDATE and TRSTAGE.",
                )


def _check_person(row: FileRow) -> None:
    near = row[NEAR].split()
    for column, holds in ((PERSON, is_id(row[PERSON])), (NEAR, len(near) == NEAR_IDS and all(map(is_id, near)))):
        if row[column] and not holds:
            row.reject(column, "person-form", f"{column} is not what 'recount prepare' writes. Prepare the file again.")


def _check_age(row: FileRow) -> None:
    """Holds the age and the 18th birthday against the other days; once those are in order, so that they can be."""
    if row.rejections:
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
    elif not age(born[1], triaged_on) <= _number(row[TRIAGE_AGE]) <= age(born[0], triaged_on):
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
        if earlier and later and later < earlier and (_structured(row) or not self.structured):
            row.reject(
                self.later if self.earlier != "DOB" else self.earlier,
                self.code,
                f"{self.later} ({row.told(self.later)}) lies before {self.earlier} ({row.told(self.earlier)}). "
                f"Expected {self.earlier} on or before {self.later}.",
            )


_TREATMENT_CHECKS: Final[tuple[Callable[[FileRow], None], ...]] = (
    _Order("referred-after-triage", "REFLD", "TRIAGED"),
    *(
        _check_number(column, range(1000, 10_000), "a drug code from 1000 to 9999")
        for column in ("DRUG1", "DRUG2", "DRUG3")
    ),
    _check_discharge,
    _check_number("DISRSN", DISCHARGE_REASONS, "a discharge reason of NDTMS"),
    _Order("discharged-before-referral", "REFLD", "DISD"),
    _Order("discharged-before-triage", "TRIAGED", "DISD"),
    _check_intervention,
    _check_number("MODAL", MODALITIES, "94, 95, 96 or 1 to 12"),
    # [K] recovery support may start before triage and run on after discharge
    _Order("started-before-triage", "TRIAGED", "MODST", structured=True),
    _Order("ended-before-start", "MODST", "MODEND"),
    _Order("started-after-discharge", "MODST", "DISD", structured=True),
    _Order("ended-after-discharge", "MODEND", "DISD", structured=True),
    _check_top,
    _check_code("TRSTAGE", TOP_STAGES),
)
_MONTHLY_CHECKS: Final[tuple[Callable[[FileRow], None], ...]] = (
    _check_there(*IDENTITY, *KEY, "DRUG1"),
    _check_code("SEX", SEXES),
    _check_code(CONSENT, ("Y", "N")),
    _check_birth,
    _check_arrival,
    _Order("born-after-referral", "DOB", "REFLD"),
    _Order("born-after-triage", "DOB", "TRIAGED"),
    *_TREATMENT_CHECKS,
)
_PREPARED_CHECKS: Final[tuple[Callable[[FileRow], None], ...]] = (
    _check_there(PERSON, NEAR, *KEY, "DRUG1"),
    _check_code(CONSENT, ("Y", "N")),
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


# -- checks between rows ------------------------------------------------------------------------------------------


def _check_agreement(rows: Sequence[FileRow], schema: Schema) -> None:
    """What is said twice must be said alike: of the episode, of one MODID, of one TOPID, of one review."""
    own = [column for column in schema.columns if column not in schema.of_parts and column != CONSENT]
    _check_alike(rows, lambda _row: True, own, "episode-disagrees", "the episode")
    _check_alike(rows, lambda row: row["MODID"], schemas.INTERVENTION, "intervention-disagrees", "the same MODID")
    _check_alike(rows, lambda row: row["TOPID"], schemas.TOP, "top-disagrees", "the same TOPID")
    _check_alike(rows, _review_key, ("ROLE", "LOWDOSE"), "review-disagrees", "the same review")


def _review_key(row: FileRow) -> str:
    return f"{row['WHAT']}:{row.days.get('DATE')}" if row["WHAT"] else ""


def _check_alike(
    rows: Sequence[FileRow], part: Callable[[FileRow], str | bool], columns: Sequence[str], code: str, what: str
) -> None:
    first: dict[str | bool, FileRow] = {}
    for row in rows:
        if not (key := part(row)):
            continue
        before = first.setdefault(key, row)
        if before is row:
            continue
        for column in columns:
            if _canonical(before, column) != _canonical(row, column):
                row.reject(
                    column, code, f"{column} is not what row {before.number} gives of {what}. Give the same in both."
                )


def _canonical(row: FileRow, column: str) -> str | date:
    """A value without regard to how it was written."""
    if column in row.days:
        return row.days[column]
    return _initial(row[column]) if column in IDENTITY[:2] else row[column]


def _initial(text: str) -> str:
    """An initial is the first letter of what is given, as a capital."""
    return text.upper()[:1]


# -- facts --------------------------------------------------------------------------------------------------------


class _Facts:
    """Facts as they are found, each with the first row that says it."""

    def __init__(self, notices: list[Notice]) -> None:
        self.by_key: dict[str, Fact] = {}
        self.rows: dict[str, int] = {}
        self.notices = notices

    def say(self, key: str, fact: Fact, row: FileRow) -> None:
        if key not in self.by_key:
            self.by_key[key], self.rows[key] = fact, row.number


def _facts(facts: _Facts, rows: Sequence[FileRow], circumstances: Circumstances) -> None:
    """What the rows of a monthly file say of their episode."""
    first = rows[0]
    days = first.days
    person = (_person_prepared if circumstances.schema.prepared else _person)(first, circumstances)
    if referred_on := days.get("REFLD"):
        referral = Referral(
            referred_on=referred_on,
            client=person.client,
            agency=circumstances.agency,
            client_reference=first[CLIENT],
            episode_reference=first[EPISODE],
            near=person.near,
            area=first["DAT"],
            source=first["RFLS"],
            adult_on=person.adult_after(referred_on),
        )
        facts.say(REFERRAL, referral, first)
    if triaged_on := days.get("TRIAGED"):
        start = Start(
            triaged_on=triaged_on,
            client=person.client,
            agency=circumstances.agency,
            client_reference=first[CLIENT],
            episode_reference=first[EPISODE],
            near=person.near,
            area=first["DAT"],
            drugs=tuple(_number(first[column]) for column in ("DRUG1", "DRUG2", "DRUG3") if first[column]),
            referral_source=first["RFLS"],
            age_at_triage=person.age_at_triage,
            adult_on=person.adult_after(triaged_on),
            first_use_age=_first_use_age(first, facts.notices),
            previously_treated={"Y": True, "N": False}.get(first["PREVTR"]),
            details={column: _as_kept(first, column) for column in START_DETAILS if first[column]},
        )
        facts.say(START, start, first)
    if planned_on := days.get("CPLANDT"):
        facts.say(CARE_PLAN, Review(what=RECOVERY_PLAN, reviewed_on=planned_on), first)
    for row in rows:
        _say_intervention(facts, row)
        _say_top(facts, row)
    if discharged_on := days.get("DISD"):
        facts.say(EXIT, Exit(discharged_on=discharged_on, reason=_number(first["DISRSN"])), first)


@dataclass(frozen=True)
class _Person:
    """What is kept of an identity. `adult_on` is the 18th birthday; not of one who was older when all began."""

    client: str
    near: tuple[str, ...]
    age_at_triage: int
    adult_on: date | None

    def adult_after(self, day: date) -> date | None:
        """The 18th birthday of one who is younger on `day`; otherwise none, so that no birth date is kept."""
        return self.adult_on if self.adult_on and self.adult_on > day else None


def _person(row: FileRow, circumstances: Circumstances) -> _Person:
    born_on = row.days["DOB"]
    identity = (_initial(row["FINITIAL"]) + _initial(row["SINITIAL"]), born_on, row["SEX"])
    client_key, triaged_on = circumstances.client_key, row.days.get("TRIAGED")
    return _Person(
        client_key.client(*identity),
        tuple(client_key.near(*identity)),
        age(born_on, triaged_on) if triaged_on else 0,
        add_months(born_on, ADULT_MONTHS),
    )


def _person_prepared(row: FileRow, _circumstances: Circumstances) -> _Person:
    age_at_triage = int(row[TRIAGE_AGE]) if row[TRIAGE_AGE] else 0
    return _Person(row[PERSON], tuple(row[NEAR].split()), age_at_triage, row.days.get(ADULT_ON))


def _say_intervention(facts: _Facts, row: FileRow) -> None:
    if not row["MODID"]:
        facts.notices += [
            Notice(row.number, column, "intervention-unread", f"{column} is given without MODID; it is left out.")
            for column in schemas.INTERVENTION
            if row[column]
        ]
        return
    days = row.days
    counted_from = ("MODST", "REFMODDT", "FAOMODDT", "TRIAGED", "REFLD")
    intervention = InterventionFact(
        modality=_number(row["MODAL"]),
        day=next(days[column] for column in counted_from if column in days),
        started_on=days.get("MODST"),
        referred_on=days.get("REFMODDT"),
        first_offered_on=days.get("FAOMODDT"),
        setting=row["MODSET"],
    )
    facts.say(INTERVENTION + row["MODID"], intervention, row)
    if ended_on := days.get("MODEND"):
        facts.say(INTERVENTION_END + row["MODID"], InterventionEnd(ended_on=ended_on, exit=row["MODEXIT"]), row)


def _say_top(facts: _Facts, row: FileRow) -> None:
    if row["TOPID"]:
        answers = {column: row[column] for column in TOP_ANSWERS if row[column]}
        top = Top(completed_on=row.days["TOPDATE"], stage=row["TRSTAGE"], answers=answers)
        facts.say(TOP + row["TOPID"], top, row)


def _reviews(facts: _Facts, rows: Sequence[FileRow], _circumstances: Circumstances) -> None:
    """What the rows of a review file say of their episode."""
    for row in rows:
        what, reviewed_on = row["WHAT"], row.days["DATE"]
        low_dose = {"Y": True, "N": False}.get(row["LOWDOSE"])
        review = Review(what=what, reviewed_on=reviewed_on, role=row["ROLE"], low_dose=low_dose)
        facts.say(f"{REVIEW}{what}:{reviewed_on}", review, row)


def unknown_episode(rows: Sequence[int]) -> list[Rejection]:
    """The rejections of a review file's rows whose episode no monthly file has brought."""
    message = "No monthly file has brought this episode. Send that first, or look for a mistyped reference."
    return [Rejection(row, EPISODE, "episode-unknown", message) for row in rows]


def _as_kept(row: FileRow, column: str) -> str:
    """A value that is kept as submitted; of a day only, the form in which it is written does not matter."""
    return row.days[column].isoformat() if column in row.days else row[column]


def _first_use_age(row: FileRow, notices: list[Notice]) -> int | None:
    if not (text := row["DRUG1AGE"]):
        return None
    if (age := _number(text)) >= 0:
        return age
    notices.append(Notice(row.number, "DRUG1AGE", "age-unread", "DRUG1AGE is no number of years; it is left out."))
    return None
