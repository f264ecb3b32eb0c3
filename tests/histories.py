"""Histories as small text tables, and the two engines that answer for them.

    client | event       | occurred_on | known_on   | detail
    -------+-------------+-------------+------------+----------------
    Ann    | started     | 2016-09-01  | 2016-10-12 | opiate
    Ann    | exited      | 2017-03-31  | 2017-05-06 | 80

A row says what happened to an episode, and the day on which that became known; a later row of the same episode and
event says it anew, whole. What becomes known of an agency on one day is one submission. Columns may be left out:

- `client`: the person. Another name for the same `episode` corrects who it is.
- `episode`: the agency's number for it; the client's name if there is none.
- `agency`: `H0001` if there is none.
- `known_on`: the last day on which anything happened, if there is none: all is known at once.
- `detail`: words of the event (a substance group, a discharge reason) and `name=value`. `keyless`: one row of the file
  does not say which episode it is of, so the file withdraws nothing.

The events:

    referred             REFLD; source=13 area=Ross born=2000-02-29
    triaged              TRIAGED; a substance group or drugs=1001,7000; area= source= born= HEPBVAC=
    started              triaged, and a structured intervention from the same day; as `triaged`, and modality=94
    intervention         MODST, modality=95 unless given; id= referred_on= offered_on= (all without a day: offered only)
    recovery support     an intervention of modality 96
    intervention ended   MODEND; id=
    start TOP, review TOP, exit TOP, post-exit TOP: OPIUSE=0; care plan
    recovery plan, risk assessment, medical: low_dose=Y
    exited               DISD; the reason
    exit withdrawn, triage withdrawn, referral withdrawn, intervention withdrawn (id=)     the file has it no more
    episode withdrawn    confirmed by word
    consent ended        a file says so: the episode is erased
    handed over          the caseload of the agency, to=H0002
    rekeyed              the episode is the same as the agency's episode to=a2; rekey undone: the last one
    contract             of the agency, from that day; to=2019-03-31 succeeds=H0002
    contract withdrawn   the one from that day
    days corrected       the agency's last file covers=2016-12-01..2016-12-31, or no day, and not what its name says
    file                 a file that says nothing new; covers=2016-12-01..2016-12-31
"""

import functools
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec
import sqlalchemy as sa

from domain.client import client_number
from domain.codes import RECOVERY_SUPPORT, Modality
from domain.contract_life.contract import Contract
from domain.definition import Definition
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
    TREATMENT,
    Exit,
    Fact,
    Intervention,
    InterventionEnd,
    Referral,
    Review,
    Start,
    Top,
)
from domain.log.database import make_engine, reading
from domain.log.tables import create_all
from domain.measures.families import PARTS_A_FAMILY
from domain.measures.registry import measure_named
from domain.periods import Period, add_months
from projections.standings.in_memory import StandingsEngine
from projections.standings.reference import ReferenceEngine
from projections.standings.slices import Slice
from tests.conftest import Clock

from .ledger import CLIENT_KEY, Ledger, a_register, record, standings_at_once

AGENCY: Final = "H0001"
AREA: Final = "Hereford"
BORN: Final = date(1980, 1, 1)
GROUPS: Final = {
    "opiate": (1001,),
    "non-opiate": (3001,),
    "alcohol": (7001,),
    "non-opiate-and-alcohol": (3001, 7001),
    "none": (9999,),
}
ADULT_MONTHS: Final = 18 * 12
_STAGES: Final = {"start TOP": "S", "review TOP": "R", "exit TOP": "E", "post-exit TOP": "P"}
_BY_WORD: Final = {
    *("episode withdrawn", "handed over", "rekeyed", "rekey undone", "contract", "contract withdrawn"),
    "days corrected",
}
_REVIEWS: Final = {"recovery plan": "recovery-plan", "risk assessment": "risk-assessment", "medical": "medical"}


@dataclass(frozen=True)
class Row:
    """A line of a history."""

    client: str
    episode: str
    agency: str
    event: str
    occurred_on: date | None
    known_on: date
    words: tuple[str, ...]
    values: dict[str, str]

    @property
    def stream(self) -> UUID:
        return CLIENT_KEY.episode(self.agency, self.episode, "1")

    @property
    def day(self) -> date:
        assert self.occurred_on, f"'{self.event}' of {self.client} needs a day"
        return self.occurred_on

    def date(self, name: str) -> date | None:
        return date.fromisoformat(self.values[name]) if name in self.values else None


def rows_of(history: str) -> list[Row]:
    """The lines of a history, in the order in which they became known."""
    lines = [line for line in history.splitlines() if "|" in line]
    names, *bodies = ([cell.strip() for cell in line.split("|")] for line in lines)
    cells = [dict(zip(names, body, strict=True)) for body in bodies]
    last = max(cell["occurred_on"] for cell in cells)
    return sorted((_row(cell, last) for cell in cells), key=lambda row: row.known_on)


def _row(cell: dict[str, str], last: str) -> Row:
    words = cell.get("detail", "").split()
    return Row(
        client=cell["client"],
        episode=cell.get("episode") or cell["client"],
        agency=cell.get("agency") or AGENCY,
        event=cell["event"],
        occurred_on=date.fromisoformat(cell["occurred_on"]) if cell["occurred_on"] else None,
        known_on=date.fromisoformat(cell.get("known_on") or last),
        words=tuple(word for word in words if "=" not in word),
        values=dict(word.split("=") for word in words if "=" in word),
    )


@dataclass
class Telling:
    """A history on its way into a ledger: what each agency says of its episodes by now."""

    ledger: Ledger = field(default_factory=Ledger)
    said: dict[UUID, dict[str, Fact]] = field(default_factory=dict)
    born: dict[str, date] = field(default_factory=dict)
    rekeys: list[int] = field(default_factory=list)

    def tell(self, history: str) -> Ledger:
        rows = rows_of(history)
        for known_on in dict.fromkeys(row.known_on for row in rows):
            today = [row for row in rows if row.known_on == known_on]
            for agency in dict.fromkeys(row.agency for row in today):
                self._tell_day(agency, known_on, [row for row in today if row.agency == agency])
        return self.ledger

    def _tell_day(self, agency: str, known_on: date, rows: list[Row]) -> None:
        spoken = [row for row in rows if row.event in _BY_WORD]
        consent = [row.stream for row in rows if row.event == "consent ended"]
        reported = [row for row in rows if row not in spoken and row.event != "consent ended"]
        for row in reported:
            self._say(row)
        days = _covered(rows)
        said = {row.stream: self._facts_of(row.stream, TREATMENT) for row in reported if row.event != "file"}
        reviewed = {row.stream: self._facts_of(row.stream, REVIEW_FILE) for row in reported if row.event in _REVIEWS}
        withdraws = not any("keyless" in row.words for row in rows)
        if reported or consent:
            self.ledger.take_in(
                agency,
                known_on,
                said,
                without_consent=consent,
                covers=days,
                withdraws=withdraws,
            )
        if reviewed:
            self.ledger.take_in(agency, known_on, reviewed, data_set=REVIEW_FILE)
        for row in spoken:
            self._by_word(row)

    def _by_word(self, row: Row) -> None:
        if row.event == "handed over":
            self.ledger.hand_over(row.agency, row.values["to"], row.day, row.known_on)
        elif row.event == "rekeyed":
            pair = row.stream, replace(row, episode=row.values["to"]).stream
            self.rekeys.append(self.ledger.rekey({pair: (row.values["to"], "1")}, row.known_on))
        elif row.event == "rekey undone":
            self.ledger.undo_rekey(self.rekeys[-1], row.known_on)
        elif row.event == "contract":
            contract = Contract(0, row.agency, row.day, row.date("to"), row.values.get("succeeds", ""))
            self.ledger.agree_contract(contract, row.known_on)
        elif row.event == "contract withdrawn":
            self.ledger.withdraw_contract(row.agency, row.day, row.known_on)
        elif row.event == "days corrected":
            number = [file.number for file in self.ledger.files() if file.agency == row.agency][-1]
            days = _covered([row])
            self.ledger.correct_days(number, Period(*days) if days else None, row.known_on)
        else:
            self.ledger.confirm_withdrawal(row.agency, row.known_on, row.stream)

    def _facts_of(self, stream: UUID, data_set: str) -> dict[str, Fact]:
        facts = self.said.get(stream, {})
        return {key: fact for key, fact in facts.items() if key.startswith(REVIEW) == (data_set == REVIEW_FILE)}

    def _say(self, row: Row) -> None:
        facts = self.said.setdefault(row.stream, {})
        if born := row.date("born"):
            self.born[row.client] = born
        facts |= self._told(row, facts)
        for key in _withdrawn_keys(row):
            facts.pop(key, None)
        _agree(facts)

    def _told(self, row: Row, facts: dict[str, Fact]) -> dict[str, Fact]:
        if row.event in _STAGES:
            stage = _STAGES[row.event]
            return {
                f"{TOP}{row.values.get('id', stage)}": Top(completed_on=row.day, stage=stage, answers=_in_capitals(row))
            }
        if row.event in _REVIEWS:
            what = _REVIEWS[row.event]
            return {f"{REVIEW}{what}:{row.day}": Review(what=what, reviewed_on=row.day, low_dose=_low_dose(row))}
        teller: Callable[[Row], dict[str, Fact]] | None = {
            "referred": self._referred,
            "triaged": self._triaged,
            "started": self._started,
            "intervention": _intervention,
            "recovery support": _recovery_support,
            "intervention ended": _intervention_ended,
            "care plan": _care_plan,
            "exited": _exited,
        }.get(row.event)
        return teller(row) if teller else {}

    def _referred(self, row: Row) -> dict[str, Fact]:
        fact = Referral(referred_on=row.day, source=row.values.get("source", ""), **self._identity(row, row.day))
        return {REFERRAL: fact}

    def _triaged(self, row: Row) -> dict[str, Fact]:
        drugs = tuple(map(int, row.values["drugs"].split(","))) if "drugs" in row.values else None
        group = next((GROUPS[word] for word in row.words if word in GROUPS), GROUPS["opiate"])
        source = row.values.get("source", "")
        return {
            START: Start(
                triaged_on=row.day,
                drugs=drugs or group,
                referral_source=source,
                details=_in_capitals(row),
                **self._identity(row, row.day),
            )
        }

    def _started(self, row: Row) -> dict[str, Fact]:
        return self._triaged(row) | _intervention(row)

    def _identity(self, row: Row, day: date) -> dict[str, Any]:
        born = self.born.get(row.client, BORN)
        adult_on = add_months(born, ADULT_MONTHS)
        return {
            "client": CLIENT_KEY.client(row.client, born, "F"),
            "agency": row.agency,
            "client_reference": row.episode,
            "episode_reference": "1",
            "area": row.values.get("area", AREA),
            "adult_on": adult_on if adult_on > day else None,
        }


def _intervention(row: Row) -> dict[str, Fact]:
    return _an_intervention(row, _modality(row.values.get("modality", "95")))


def _modality(text: str) -> Modality:
    return int(text) if text.isdigit() else text


def _recovery_support(row: Row) -> dict[str, Fact]:
    return _an_intervention(row, RECOVERY_SUPPORT)


def _an_intervention(row: Row, modality: Modality) -> dict[str, Fact]:
    referred_on, offered_on = row.date("referred_on"), row.date("offered_on")
    day = row.occurred_on or referred_on or offered_on
    assert day, "an intervention without a day needs referred_on or offered_on"
    return {
        INTERVENTION + row.values.get("id", "1"): Intervention(
            modality=modality,
            day=day,
            started_on=row.occurred_on,
            referred_on=referred_on,
            first_offered_on=offered_on,
        )
    }


def _intervention_ended(row: Row) -> dict[str, Fact]:
    return {INTERVENTION_END + row.values.get("id", "1"): InterventionEnd(ended_on=row.day)}


def _in_capitals(row: Row) -> dict[str, str]:
    """The columns of the monthly file that a row gives by their names there."""
    return {column: answer for column, answer in row.values.items() if column.isupper()}


def _low_dose(row: Row) -> bool | None:
    return {"Y": True, "N": False}.get(row.values.get("low_dose", ""))


def _care_plan(row: Row) -> dict[str, Fact]:
    return {CARE_PLAN: Review(what="recovery-plan", reviewed_on=row.day)}


def _exited(row: Row) -> dict[str, Fact]:
    return {EXIT: Exit(discharged_on=row.day, reason=int(row.words[0]))}


def _covered(rows: list[Row]) -> tuple[date, date] | None:
    """The days that the day's file covers, where a row says so."""
    for row in rows:
        if "covers" in row.values:
            first, last = row.values["covers"].split("..")
            return date.fromisoformat(first), date.fromisoformat(last)
    return None


def _withdrawn_keys(row: Row) -> list[str]:
    return {
        "exit withdrawn": [EXIT],
        "triage withdrawn": [START],
        "referral withdrawn": [REFERRAL],
        "intervention withdrawn": [INTERVENTION + row.values.get("id", "1")],
    }.get(row.event, [])


def _agree(facts: dict[str, Fact]) -> None:
    """An episode's own columns agree: its referral is of the person, and of the area, that its triage names."""
    start, referral = facts.get(START), facts.get(REFERRAL)
    if isinstance(start, Start) and isinstance(referral, Referral):
        facts[REFERRAL] = msgspec.structs.replace(referral, client=start.client, area=start.area)
        facts[START] = msgspec.structs.replace(start, referral_source=start.referral_source or referral.source)


# ---- answers


@dataclass(frozen=True)
class Answer:
    """A figure as its members: names of those counted, of the cohort, and of those who have not had six months yet."""

    counted: tuple[str, ...]
    cohort: tuple[str, ...]
    immature: tuple[str, ...]
    parts: tuple[str, ...]
    """Of each member, in the order of `cohort`, the part: a substance group or a kind of exit."""
    owners: tuple[str, ...]
    """Of each member, in the order of `cohort`, the agency that it belongs to where parts must add up."""

    @property
    def counts(self) -> tuple[int, int]:
        """Numerator and denominator."""
        return len(self.counted), len(self.cohort)


@dataclass(frozen=True)
class Question:
    """What a spec test asks: a measure, two days, a slice."""

    measure: str
    as_of: date
    known_at: date | int | None
    where: Slice


class Told:
    """A history told, and both engines over it."""

    def __init__(self, history: str) -> None:
        telling = Telling()
        self.history, self.ledger = history, telling.tell(history)
        self.names = {
            client_number(CLIENT_KEY.client(row.client, telling.born.get(row.client, BORN), "F")): row.client
            for row in rows_of(history)
        }

    def reference(self, question: Question, definition: Definition | None) -> Answer:
        """The answer of the reference engine, from the log alone."""
        measure = measure_named(question.measure)
        standpoint = self.ledger.submissions.standpoint(question.as_of, question.known_at)
        members = ReferenceEngine(self.ledger.recorded, definition).members(measure, standpoint, question.where)
        return self._answer(question, [(m.client, m.part, m.slice[2], m.counted, m.immature) for m in members])

    def stored(self, engine: StandingsEngine, question: Question) -> Answer:
        """The answer of the standings; the figure's counts must be those of its members."""
        measure = measure_named(question.measure)
        standpoint = engine.standpoint(question.as_of, question.known_at)
        members = engine.members(measure, standpoint, question.where)
        answer = self._answer(question, [(m.client, m.part, m.slice[2], m.counted, m.immature) for m in members])
        figure = engine.figure(measure, standpoint, question.where)
        counts = answer.counts if measure.kind == "proportion" else (len(answer.counted), None)
        assert (figure.numerator, figure.denominator) == counts
        return answer

    def _answer(self, question: Question, members: list[tuple[int, int, str, bool, bool]]) -> Answer:
        family = measure_named(question.measure).family
        found = sorted(
            (self.names[client], family.parts[part % PARTS_A_FAMILY], owner, counted, immature)
            for client, part, owner, counted, immature in members
        )
        return Answer(
            counted=tuple(name for name, _, _, counted, _ in found if counted),
            cohort=tuple(name for name, *_ in found),
            immature=tuple(name for name, _, _, _, immature in found if immature),
            parts=tuple(part for _, part, *_ in found),
            owners=tuple(owner for _, _, owner, *_ in found),
        )


@functools.cache
def told(history: str) -> Told:
    """A history told once, however often it is asked."""
    return Told(history)


@functools.cache
def engine_on_sqlite(history: str) -> StandingsEngine:
    """The standings that a SQLite file holds once a history has been recorded commit by commit."""
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'history.db'}")
        try:
            return engine_over(engine, history)
        finally:
            engine.dispose()


def engine_over(engine: sa.Engine, history: str) -> StandingsEngine:
    """The standings that a database without tables holds once a history has been recorded commit by commit."""
    create_all(engine)
    record(a_register(engine, Clock(datetime(2026, 1, 5, 9, 0, tzinfo=UTC))), told(history).ledger.commits)
    with reading(engine) as connection:
        return StandingsEngine.load(connection)


@functools.cache
def engine_in_memory(history: str, definition: Definition) -> StandingsEngine:
    """The standings under another definition, which are not stored."""
    ledger = told(history).ledger
    standings, slices = standings_at_once(ledger, definition)
    return StandingsEngine(standings, slices, ledger.submissions, definition)
