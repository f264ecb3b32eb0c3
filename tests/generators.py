"""Whole histories of submissions, drawn by hypothesis: people, agencies and areas, and every kind of correction.

Days are drawn at the distances that decide something (21 and 22 days, six months, 84 and 182 days, month ends), so that
a question at one of a history's own days lies on an edge more often than not.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import strategies as st

from domain.codes import REVIEWS, STRUCTURED_MODALITIES, TOP_STAGES, Modality
from domain.contract_life.contract import Contract
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
    Intervention,
    InterventionEnd,
    Referral,
    Review,
    Start,
    Top,
)
from domain.periods import Period, add_months
from domain.standpoint import Standpoint

from .ledger import CLIENT_KEY, Ledger

_T = TypeVar("_T")

ADULT_MONTHS = 18 * 12
ANCHORS = (date(2015, 8, 31), date(2016, 2, 29), date(2015, 11, 30), date(2016, 12, 31), date(2008, 9, 30))
AGENCIES = ("H0001", "H0002", "H0003")
AREAS = ("Hereford", "Leominster")
DISTANCES = (
    *((0, days) for days in (0, 1, 5, 13, 14, 15, 20, 21, 22, 28, 29, 40, 83, 84, 85, 100, 181, 182, 183)),
    *((months, days) for months in (3, 6) for days in (-1, 0, 1)),
    (9, 0),
    (12, 0),
    (18, -1),
)
"""Months and days from one happening to the next."""
RETURNS = ((0, 0), (0, 20), (0, 21), (0, 22), (0, 40), (6, -1), (6, 0), (6, 1))
"""Months and days from a discharge to the next triage: on both sides of the gap, and of the six months."""
REASONS = (80, 81, 82, 1, 2, 90, 83, 84, 85, 86, 87, 88, 89, 71, 0, 500, 74)
DETAILS = {
    "HEPBVAC": ("", "", "0", "1", "C", "A"),
    "HEPBSTAT": ("", "A", "b", "C", "D", "E"),
    "HEPCSTAT": ("", "D"),
    "HEPCTD": ("", "Y", "N", "99"),
}
"""What a start may say of blood-borne viruses."""
ANSWERS = {"ACUTHPBM": ("", "N", "n", "Y", "7"), "HRISK": ("", "N", "Y"), "PWORK": ("", "0", "1", "28", "29")}
"""What a TOP may say of housing and of paid work."""
DRUGS = ((1001,), (7001,), (3001,), (7001, 3001), (9999,), (3001, 1500), ())


@dataclass
class Treatment:
    """An intervention as its agency holds it."""

    modality: Modality
    started_on: date | None
    ended_on: date | None = None
    referred_on: date | None = None
    first_offered_on: date | None = None

    @property
    def is_structured(self) -> bool:
        return self.modality in STRUCTURED_MODALITIES


@dataclass
class Spell:
    """An episode as its agency holds it now; what a file would say of it."""

    stream: UUID
    agency: str
    reference: str
    person: str
    born_on: date
    area: str = AREAS[0]
    drugs: tuple[int, ...] = (1001,)
    source: str = ""
    referred_on: date | None = None
    triaged_on: date | None = None
    treatments: dict[str, Treatment] = field(default_factory=dict)
    tops: dict[str, tuple[date, str]] = field(default_factory=dict)
    answers: dict[str, dict[str, str]] = field(default_factory=dict)
    details: dict[str, str] = field(default_factory=dict)
    reviews: set[tuple[str, date]] = field(default_factory=set)
    care_plan: date | None = None
    left_on: date | None = None
    reason: int = 80

    @property
    def began_on(self) -> date:
        began = self.triaged_on or self.referred_on
        assert began
        return began

    def tidy(self) -> None:
        """Bring the days into the order that the checks of a row ask for."""
        if self.triaged_on is None and (self.referred_on is None or any(t.is_structured for t in self._started())):
            self.triaged_on = min([t.started_on for t in self._started() if t.started_on] or [ANCHORS[0]])
        if self.referred_on and self.triaged_on:
            self.referred_on = min(self.referred_on, self.triaged_on)
        for treatment in self._started():
            if treatment.is_structured and treatment.started_on:
                treatment.started_on = max(treatment.started_on, self.began_on)
            if treatment.ended_on and treatment.started_on:
                treatment.ended_on = max(treatment.ended_on, treatment.started_on)
        if self.left_on:
            structured = [t for t in self._started() if t.is_structured]
            days = [day for t in structured for day in (t.started_on, t.ended_on) if day]
            self.left_on = max([self.left_on, self.began_on, *days])

    def _started(self) -> list[Treatment]:
        return [treatment for treatment in self.treatments.values() if treatment.started_on]

    def said(self) -> dict[str, Fact]:
        """Every fact of the monthly file."""
        facts: dict[str, Fact] = {}
        names: dict[str, Any] = {
            "client": CLIENT_KEY.client(self.person, self.born_on, "F"),
            "agency": self.agency,
            "client_reference": self.reference,
            "episode_reference": "1",
            "area": self.area,
        }
        if self.referred_on:
            facts[REFERRAL] = Referral(
                referred_on=self.referred_on, source=self.source, adult_on=self._adult_on(self.referred_on), **names
            )
        if self.triaged_on:
            facts[START] = Start(
                triaged_on=self.triaged_on,
                drugs=self.drugs,
                referral_source=self.source,
                adult_on=self._adult_on(self.triaged_on),
                details=dict(self.details),
                **names,
            )
        for number, treatment in self.treatments.items():
            days = (treatment.started_on, treatment.referred_on, treatment.first_offered_on, self.began_on)
            facts[INTERVENTION + number] = Intervention(
                modality=treatment.modality,
                day=next(day for day in days if day),
                started_on=treatment.started_on,
                referred_on=treatment.referred_on,
                first_offered_on=treatment.first_offered_on,
            )
            if treatment.ended_on:
                facts[INTERVENTION_END + number] = InterventionEnd(ended_on=treatment.ended_on)
        for number, (day, stage) in self.tops.items():
            facts[TOP + number] = Top(completed_on=day, stage=stage, answers=dict(self.answers.get(number, {})))
        if self.care_plan:
            facts[CARE_PLAN] = Review(what="recovery-plan", reviewed_on=self.care_plan)
        if self.left_on:
            facts[EXIT] = Exit(discharged_on=self.left_on, reason=self.reason)
        return facts

    def said_of_reviews(self, role: str) -> dict[str, Fact]:
        """Every fact of the review file."""
        return {
            f"{REVIEW}{what}:{day}": Review(what=what, reviewed_on=day, role=role) for what, day in sorted(self.reviews)
        }

    def _adult_on(self, day: date) -> date | None:
        adult_on = add_months(self.born_on, ADULT_MONTHS)
        return adult_on if adult_on > day else None


class Teller:
    """Draws one history, submission by submission, into a ledger."""

    def __init__(self, choose: Callable[[Sequence[Any]], Any]) -> None:
        self._choose = choose
        self.ledger = Ledger()
        self.spells: dict[UUID, Spell] = {}
        self.rekeyed: dict[int, Spell] = {}
        """By the submission that joined it to another, what an agency held of an episode under its old reference."""
        self.today = date(2018, 1, 1)
        anchor = self.one_of(ANCHORS)
        self.born = {"AA": date(1980, 1, 1)}
        for person in ("BB", "CC"):
            self.born[person] = add_months(self.later(anchor), -ADULT_MONTHS)
        self.anchor = anchor

    def one_of(self, values: Sequence[_T]) -> _T:
        value: _T = self._choose(values)
        return value

    def maybe(self, one_in: int = 2) -> bool:
        return self.one_of(range(one_in)) == 1

    def later(self, day: date) -> date:
        months, days = self.one_of(DISTANCES)
        return add_months(day, months) + timedelta(days)

    def around(self, day: date) -> date:
        months, days = self.one_of(DISTANCES)
        return self.later(day) if self.maybe() else add_months(day, -months) - timedelta(days)

    # -- what happens at an agency ----------------------------------------------------------------------------------

    def begin(self) -> Spell:
        person = self.one_of(tuple(self.born))
        reference = f"R{len(self.spells) + len(self.rekeyed) + 1}"
        agency = self.one_of(AGENCIES)
        spell = Spell(
            CLIENT_KEY.episode(agency, reference, "1"), agency, reference, person, self.born[person],
            area=self.one_of(AREAS), drugs=self.one_of(DRUGS), source=self.one_of(("", "05", "99")),
        )  # fmt: skip
        others = [s for s in self.spells.values() if s.person == person]
        if others and self.maybe(4) is False:
            after = self.one_of(others)
            began = self.around(after.began_on)
            if after.left_on and self.maybe(4) is False:
                months, days = self.one_of(RETURNS)
                began = add_months(after.left_on, months) + timedelta(days)
        else:
            began = self.later(self.anchor)
        kind = self.one_of(("treated", "treated", "treated", "treated", "referred", "triaged", "supported"))
        if kind == "referred":
            spell.referred_on = began
        else:
            spell.triaged_on = began
            spell.referred_on = self.one_of((None, began, began - timedelta(21), began - timedelta(22)))
        if kind in {"treated", "supported"}:
            modality = 96 if kind == "supported" else self.one_of((94, 95, 5))
            spell.treatments["1"] = Treatment(modality, self.one_of((began, began, self.later(began))))
        if kind == "treated" and self.maybe(3) is False:
            self.leave(spell)
        if self.maybe(3):
            self.add_tops(spell)
        if self.maybe():
            self.say_details(spell)
        self.spells[spell.stream] = spell
        return spell

    def leave(self, spell: Spell) -> None:
        days = [s.left_on for s in self.spells.values() if s.person == spell.person and s.left_on]
        together = days and self.maybe(3)
        spell.left_on = self.one_of(days) if together else self.later(spell.began_on)
        spell.reason = self.one_of(REASONS) if self.maybe() else 80

    def reopen(self, spell: Spell) -> None:
        spell.left_on = None

    def amend_exit(self, spell: Spell) -> None:
        spell.left_on = self.around(spell.left_on or self.later(spell.began_on))

    def amend_reason(self, spell: Spell) -> None:
        spell.reason = self.one_of(REASONS)

    def amend_person(self, spell: Spell) -> None:
        spell.person = self.one_of(tuple(self.born))
        spell.born_on = self.born[spell.person]

    def amend_drugs(self, spell: Spell) -> None:
        spell.drugs = self.one_of(DRUGS)

    def move(self, spell: Spell) -> None:
        spell.area = AREAS[1 - AREAS.index(spell.area)]

    def amend_source(self, spell: Spell) -> None:
        spell.source = self.one_of(("", "05", "99"))

    def amend_triage(self, spell: Spell) -> None:
        spell.triaged_on = self.around(spell.began_on)

    def undo_triage(self, spell: Spell) -> None:
        spell.triaged_on = None

    def amend_referral(self, spell: Spell) -> None:
        spell.referred_on = self.one_of((None, spell.began_on - timedelta(self.one_of((0, 1, 21, 22, 60)))))

    def amend_treatment(self, spell: Spell) -> None:
        number = self.one_of(("1", "2"))
        treatment = spell.treatments.setdefault(number, Treatment(95, None))
        treatment.modality = self.one_of((95, 94, 96, 7, "F1"))
        treatment.started_on = self.one_of((None, self.around(spell.began_on), spell.began_on))
        if self.maybe():
            treatment.referred_on = self.around(spell.began_on)
            treatment.first_offered_on = self.one_of((None, treatment.referred_on + timedelta(self.one_of((21, 22)))))
        treatment.ended_on = None
        if treatment.started_on and self.maybe():
            treatment.ended_on = self.later(treatment.started_on)

    def amend_treatment_end(self, spell: Spell) -> None:
        for treatment in spell.treatments.values():
            if treatment.started_on:
                treatment.ended_on = None if treatment.ended_on and self.maybe() else self.later(treatment.started_on)

    def drop_treatment(self, spell: Spell) -> None:
        if spell.treatments:
            del spell.treatments[self.one_of(sorted(spell.treatments))]

    def add_tops(self, spell: Spell) -> None:
        started = [t.started_on for t in spell.treatments.values() if t.started_on]
        near = {"S": min(started, default=spell.began_on), "E": spell.left_on or spell.began_on}
        for number in range(self.one_of((1, 2, 3))):
            stage = self.one_of(TOP_STAGES)
            spell.tops[str(number)] = (self.around(near.get(stage, near["S"])), stage)
        start = near["S"] + timedelta(self.one_of((-15, -14, 0, 14, 15)))
        spell.tops["S"] = (start, "S")
        spell.tops["R"] = (near["S"] + timedelta(self.one_of((28, 29, 182, 183))), "R")
        if spell.left_on:
            spell.tops["E"] = (spell.left_on + timedelta(self.one_of((-15, -14, 0, 14, 15))), "E")
        self.answer_tops(spell)

    def answer_tops(self, spell: Spell) -> None:
        for number in spell.tops:
            spell.answers[number] = {column: answer for column in ANSWERS if (answer := self.one_of(ANSWERS[column]))}

    def say_details(self, spell: Spell) -> None:
        tested = self.around(spell.began_on)
        days = ("", f"{tested}", f"{tested:%d/%m/%Y}", "31/02/2016")
        said = {"HEPCTSTD": self.one_of(days)} | {column: self.one_of(DETAILS[column]) for column in DETAILS}
        spell.details = {column: value for column, value in said.items() if value}

    def drop_top(self, spell: Spell) -> None:
        if spell.tops:
            del spell.tops[self.one_of(sorted(spell.tops))]

    def plan_care(self, spell: Spell) -> None:
        spell.care_plan = self.one_of((None, self.around(spell.began_on)))

    AMENDMENTS = (
        leave, leave, reopen, amend_exit, amend_exit, amend_reason, amend_person, amend_person, amend_drugs, move,
        amend_source, amend_triage, amend_triage, undo_triage, amend_referral, amend_treatment, amend_treatment,
        amend_treatment_end, drop_treatment, add_tops, drop_top, plan_care, answer_tops, say_details, say_details,
    )  # fmt: skip

    # -- what reaches the commissioner ------------------------------------------------------------------------------

    def tell(self, submissions: int) -> Ledger:
        for _ in range(submissions):
            self.today += timedelta(self.one_of((0, 1, 30)))
            self.one_of((
                self.file, self.file, self.file, self.file, self.file, self.file, self.keyless_file, self.review_file,
                self.complete_file, self.withdraw, self.erase, self.hand_over, self.say_contract, self.correct_days,
                self.without_consent, self.rekey, self.rekey, self.undo_rekey, self.take_back_handover,
            ))()  # fmt: skip
        return self.ledger

    def _changed(self) -> tuple[str, dict[UUID, Spell]]:
        """Some episodes of one agency, after more has happened to them."""
        changed: dict[UUID, Spell] = {}
        agency = ""
        for _ in range(self.one_of((1, 2, 3))):
            its = [s for s in self.spells.values() if not agency or s.agency == agency]
            if its and self.maybe(3) is False:
                spell = self.one_of(its)
                self.one_of(self.AMENDMENTS)(self, spell)
            else:
                spell = self.begin()
            spell.tidy()
            agency = agency or spell.agency
            if spell.agency == agency:
                changed[spell.stream] = spell
        return agency, changed

    def file(self, *, withdraws: bool = True) -> None:
        agency, changed = self._changed()
        others = [s for s in self.ledger.known_of(agency) if s not in changed]
        absent = [stream for stream in others if self.maybe()]
        said = {stream: spell.said() for stream, spell in changed.items()}
        self.ledger.take_in(agency, self.today, said, withdraws=withdraws, absent=absent)

    def keyless_file(self) -> None:
        """A file that withdraws nothing: one of its rows does not say which episode it is of."""
        self.file(withdraws=False)

    def complete_file(self) -> None:
        agency, changed = self._changed()
        gone = [stream for stream in self.ledger.known_of(agency) if stream not in changed]
        said = {stream: spell.said() for stream, spell in changed.items()}
        self.ledger.take_in(agency, self.today, said, withdrawn=gone)

    def review_file(self) -> None:
        agency = self.one_of([agency for agency in AGENCIES if self.ledger.known_of(agency)] or AGENCIES)
        said = {}
        for stream in self.ledger.known_of(agency):
            spell = self.spells[stream]
            for _ in range(self.one_of((0, 1)) if spell.reviews else 2):
                spell.reviews ^= {(self.one_of(REVIEWS), self.around(spell.began_on))}
            if spell.reviews and self.maybe(4):
                spell.reviews.remove(self.one_of(sorted(spell.reviews)))
            said[stream] = spell.said_of_reviews(self.one_of(("", "doctor")))
        self.ledger.take_in(agency, self.today, said, data_set=REVIEW_FILE)

    def withdraw(self) -> None:
        if known := [s for s, episode in self.ledger.episodes.items() if episode.standing_events and s in self.spells]:
            stream = self.one_of(known)
            self.ledger.confirm_withdrawal(self.spells[stream].agency, self.today, stream)

    def say_contract(self) -> None:
        """Contracts change whom a figure waits for, and nothing else."""
        agency, first_day = self.one_of(AGENCIES), self.later(self.anchor)
        if self.maybe(3):
            self.ledger.withdraw_contract(agency, first_day, self.today)
        else:
            last_day = self.one_of((None, self.later(first_day)))
            self.ledger.agree_contract(Contract(0, agency, first_day, last_day), self.today)

    def correct_days(self) -> None:
        """Which days a file covers changes who is missing, and nothing else."""
        if files := self.ledger.files():
            file = self.one_of(files)
            days = self.one_of((None, Period(file.first_day, file.first_day), Period(file.first_day, file.last_day)))
            self.ledger.correct_days(file.number, days, self.today)

    def hand_over(self) -> None:
        days = [s.began_on for s in self.spells.values()] or [self.anchor]
        self.ledger.hand_over(self.one_of(AGENCIES), "H0009", self.later(self.one_of(days)), self.today)

    def take_back_handover(self) -> None:
        if handovers := self.ledger.handovers():
            self.ledger.take_back_handover(self.one_of(handovers).number, self.today)

    def erase(self) -> None:
        if self.maybe(2):
            person = self.one_of(tuple(self.born))
            self.ledger.erase(CLIENT_KEY.client(person, self.born[person], "F"), self.today)

    def without_consent(self) -> None:
        agency = self.one_of(AGENCIES)
        its = [s.stream for s in self.spells.values() if s.agency == agency and s.stream in self.ledger.episodes]
        refused = [stream for stream in its if self.maybe()]
        refused += self.ledger.aliases.joined_into(refused)
        self.ledger.take_in(agency, self.today, {}, without_consent=refused)

    def rekey(self) -> None:
        """An episode is the same as another of its agency: as a rule of the same person, triaged on the same day."""
        known = [self.spells[s] for agency in AGENCIES for s in self.ledger.known_of(agency)]
        if not known:
            return
        old = self.one_of(known)
        others = [s for s in self.spells.values() if s.agency == old.agency and s.stream != old.stream]
        same = [s for s in others if s.person == old.person]
        new = self.one_of(same or others) if (same or others) and not self.maybe(3) else self._again(old)
        number = self.ledger.rekey({(old.stream, new.stream): (new.reference, "1")}, self.today)
        self.rekeyed[number] = self.spells.pop(old.stream)

    def _again(self, old: Spell) -> Spell:
        """The same spell under a new reference, reported or not before the two are joined."""
        new = copy.deepcopy(old)
        new.reference = f"{old.reference}-{len(self.spells) + len(self.rekeyed) + 1}"
        new.stream = CLIENT_KEY.episode(new.agency, new.reference, "1")
        self.spells[new.stream] = new
        if self.maybe():
            self.ledger.take_in(old.agency, self.today, {new.stream: new.said()})
        return new

    def undo_rekey(self) -> None:
        if not self.rekeyed:
            return
        number = self.one_of(sorted(self.rekeyed))
        _old, new = self.ledger.commits[number - 1].submission.pairs[0]  # type: ignore[attr-defined]
        if new in self.spells:
            self.ledger.undo_rekey(number, self.today)
            spell = self.rekeyed.pop(number)
            self.spells[spell.stream] = spell


def told_by_chance(chance: Random, most: int) -> Ledger:
    """A history of up to `most` submissions, every choice as likely as the next."""
    return Teller(chance.choice).tell(chance.randint(2, most))


def random_ledgers(most: int = 12) -> st.SearchStrategy[Ledger]:
    """Histories that are richer than those that hypothesis would draw choice by choice, and do not shrink."""
    return st.integers(0, 2**32 - 1).map(lambda seed: told_by_chance(Random(seed), most))


@st.composite
def ledgers(draw: Callable[[st.SearchStrategy[Any]], Any], most: int = 8) -> Ledger:
    """A history of up to `most` submissions that shrinks to a small one where a property fails."""
    return Teller(lambda values: draw(st.sampled_from(values))).tell(draw(st.integers(1, most)))


def own_days(ledger: Ledger) -> list[date]:
    """Every day on which something happened by anything ever said, and each birthday."""
    days: set[date] = set()
    for commit in ledger.commits:
        for event in commit.changed:
            days.add(event.occurred_on)
            adult_on = getattr(getattr(event, "fact", None), "adult_on", None)
            if adult_on:
                days.add(adult_on)
    return sorted(days)


WINDOW_EDGES = ((0, 0), (3, 0), (6, 0), (12, 0), (18, 0), (0, 84), (0, 182), (12, 84), (3, 182), (0, 14), (0, 21))
"""Months and days after which one of a client's days passes an edge of some window."""


def standpoint_by_chance(chance: Random, ledger: Ledger) -> Standpoint:
    """A day at an edge of the history (or beside it), and the position of one of its submissions, or 0."""
    months, more = chance.choice(WINDOW_EDGES)
    own = chance.choice(own_days(ledger) or [ANCHORS[0]])
    day = add_months(own, months) + timedelta(more + chance.choice((-2, -1, 0, 1)))
    positions = ledger.submissions.positions
    return Standpoint(day, None, chance.choice([0, *positions, *positions[-3:], *positions[-3:]]))


def standpoints(ledger: Ledger) -> st.SearchStrategy[tuple[date, int]]:
    """Such standpoints, as day and position."""
    drawn = st.integers(0, 2**32 - 1).map(lambda seed: standpoint_by_chance(Random(seed), ledger))
    return drawn.map(lambda standpoint: (standpoint.as_of, standpoint.position))
