"""The facts that the rows of an episode report, once they have passed every check."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.codes import RECOVERY_PLAN, code_number, modality_in
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
from domain.periods import add_months
from domain.submission import Notice
from web.files import schemas
from web.files.prepared import ADULT_MONTHS, age
from web.files.schemas import (
    ADULT_ON,
    CLIENT,
    EPISODE,
    NEAR,
    PERSON,
    START_DETAILS,
    TOP_ANSWERS,
    TRIAGE_AGE,
)

from .parts import initial
from .rows import Circumstances, FileRow

_UNKNOWN_REASON: Final = "0"
"""The reason of a discharge that is given without one. [V, DHSC's script]"""


class ReportedFacts:
    """Facts under their keys, each with the first row that says it, and what there is to notice."""

    def __init__(self, notices: list[Notice]) -> None:
        self.by_key: dict[str, Fact] = {}
        self.rows: dict[str, int] = {}
        self.notices = notices

    def add(self, key: str, fact: Fact, row: FileRow) -> None:
        """A fact that a row says; what an earlier row said under the same key stays."""
        if key not in self.by_key:
            self.by_key[key], self.rows[key] = fact, row.number


def reported_facts(rows: Sequence[FileRow], circumstances: Circumstances, notices: list[Notice]) -> ReportedFacts:
    """What the rows of an episode say of it; `notices` are added to."""
    facts = ReportedFacts(notices)
    if circumstances.schema.data_set == REVIEW_FILE:
        _add_reviews(facts, rows)
    else:
        _add_treatment(facts, rows, circumstances)
    return facts


def _add_treatment(facts: ReportedFacts, rows: Sequence[FileRow], circumstances: Circumstances) -> None:
    first = rows[0]
    person = (_person_prepared if circumstances.schema.prepared else _person)(first, circumstances)
    _add_referral(facts, first, person, circumstances.agency)
    _add_start(facts, first, person, circumstances.agency)
    if planned_on := first.days.get("CPLANDT"):
        facts.add(CARE_PLAN, Review(what=RECOVERY_PLAN, reviewed_on=planned_on), first)
    for row in rows:
        _add_intervention(facts, row)
        _add_top(facts, row)
    if discharged_on := first.days.get("DISD"):
        reason = code_number(first["DISRSN"] or _UNKNOWN_REASON)
        facts.add(EXIT, Exit(discharged_on=discharged_on, reason=reason), first)


def _add_referral(facts: ReportedFacts, row: FileRow, person: "_Person", agency: str) -> None:
    if referred_on := row.days.get("REFLD"):
        referral = Referral(
            referred_on=referred_on,
            client=person.client,
            agency=agency,
            client_reference=row[CLIENT],
            episode_reference=row[EPISODE],
            near=person.near,
            area=row["DAT"],
            source=row["RFLS"],
            adult_on=person.adult_after(referred_on),
        )
        facts.add(REFERRAL, referral, row)


def _add_start(facts: ReportedFacts, row: FileRow, person: "_Person", agency: str) -> None:
    if triaged_on := row.days.get("TRIAGED"):
        start = Start(
            triaged_on=triaged_on,
            client=person.client,
            agency=agency,
            client_reference=row[CLIENT],
            episode_reference=row[EPISODE],
            near=person.near,
            area=row["DAT"],
            drugs=tuple(code_number(row[column]) for column in ("DRUG1", "DRUG2", "DRUG3") if row[column]),
            referral_source=row["RFLS"],
            age_at_triage=person.age_at_triage,
            adult_on=person.adult_after(triaged_on),
            first_use_age=_first_use_age(row, facts.notices),
            previously_treated={"Y": True, "N": False}.get(row["PREVTR"]),
            details={column: _as_submitted(row, column) for column in START_DETAILS if row[column]},
        )
        facts.add(START, start, row)


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
    identity = (initial(row["FINITIAL"]) + initial(row["SINITIAL"]), born_on, row["SEX"])
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


def _add_intervention(facts: ReportedFacts, row: FileRow) -> None:
    if not row.intervention:
        if columns := [column for column in schemas.INTERVENTION if row[column]]:
            message = f"{', '.join(columns)} without MODID and MODST: of no intervention, and left out."
            facts.notices.append(Notice(row.number, columns[0], "intervention-unread", message))
        return
    days, modality = row.days, modality_in(row["MODAL"])
    assert modality is not None, "it was checked before"
    counted_from = ("MODST", "REFMODDT", "FAOMODDT", "TRIAGED", "REFLD")
    intervention = InterventionFact(
        modality=modality,
        day=next(days[column] for column in counted_from if column in days),
        started_on=days.get("MODST"),
        referred_on=days.get("REFMODDT"),
        first_offered_on=days.get("FAOMODDT"),
        setting=row["MODSET"],
    )
    facts.add(INTERVENTION + row.intervention, intervention, row)
    if INTERVENTION + row.intervention in facts.by_key and facts.rows[INTERVENTION + row.intervention] != row.number:
        return  # what further rows say of it is in the first
    if ended_on := days.get("MODEND"):
        facts.add(INTERVENTION_END + row.intervention, InterventionEnd(ended_on=ended_on, exit=row["MODEXIT"]), row)


def _add_top(facts: ReportedFacts, row: FileRow) -> None:
    if row.top:
        answers = {column: row[column] for column in TOP_ANSWERS if row[column]}
        top = Top(completed_on=row.days["TOPDATE"], stage=row["TRSTAGE"].upper(), answers=answers)
        facts.add(TOP + row.top, top, row)


def _add_reviews(facts: ReportedFacts, rows: Sequence[FileRow]) -> None:
    for row in rows:
        what, reviewed_on = row["WHAT"], row.days["DATE"]
        low_dose = {"Y": True, "N": False}.get(row["LOWDOSE"])
        review = Review(what=what, reviewed_on=reviewed_on, role=row["ROLE"], low_dose=low_dose)
        facts.add(f"{REVIEW}{what}:{reviewed_on}", review, row)


def _as_submitted(row: FileRow, column: str) -> str:
    """A value as it was submitted; of a day only, the form in which it is written does not matter."""
    return row.days[column].isoformat() if column in row.days else row[column]


def _first_use_age(row: FileRow, notices: list[Notice]) -> int | None:
    if not (text := row["DRUG1AGE"]):
        return None
    if (age := code_number(text)) >= 0:
        return age
    notices.append(Notice(row.number, "DRUG1AGE", "age-unread", "DRUG1AGE is no number of years; it is left out."))
    return None
