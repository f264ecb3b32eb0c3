"""A council's archive of monthly files, as long and as large as a benchmark asks: two areas, some agencies, many years.

Everything that makes figures move is in it: late records, amended and withdrawn discharges, corrected people, people
seen by two agencies, returns after 20, 21 and 22 days and around six months, moves between areas, young people,
referrals that never start. A seed gives the same bytes each time. Nobody in it is real.

What an agency holds is a list of *entries*: on this day, these columns of this part of an episode were entered or
corrected. A file shows what was entered by its last day.
"""

import csv
import io
import random
from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Final, NamedTuple

from domain.periods import ONE_DAY, add_months
from web.files.schemas import INTERVENTION, MONTHLY, TOP, TOP_ANSWERS

LETTER: Final = "P"
COLUMNS: Final = MONTHLY[LETTER].columns
REVIEW_COLUMNS: Final = ("AGNCY", "CLIENT", "EPISODID", "WHAT", "DATE", "ROLE", "LOWDOSE")
EPISODE_COLUMNS: Final = tuple(column for column in COLUMNS if column not in INTERVENTION + TOP)
AREAS: Final = ("EX01B", "EX02B")
RECEIVED_AFTER: Final = 10
"""Days from the end of a month to the receipt of its files."""

OPIATE_SPELL, OTHER_SPELL = 420, 150
"""Typical days in treatment, by whether opiates are used."""
DRUGS: Final = (("1101",), ("1101", "7000"), ("1201", "3201"), ("7000",), ("7000",), ("5101",), ("4101", "7001"))
REASONS: Final = (80, 80, 80, 81, 82, 82, 83, 84, 85, 85, 85, 86, 88, 89, 87)
RETURNS: Final = (20, 21, 22, 23, 60, 120, 181, 182, 183, 184, 185, 300, 500)
"""Days from a discharge to the next triage."""


class Entry(NamedTuple):
    """On `entered_on` these columns of `part` ("" for the episode's own) were entered; None: the part was deleted."""

    entered_on: date
    part: str
    columns: dict[str, str] | None


@dataclass
class Record:
    """One episode in its agency's system, with its entries in order, and its reviews."""

    agency: str
    client: str
    episode: str
    entries: list[Entry] = field(default_factory=list)
    reviews: list[tuple[date, str]] = field(default_factory=list)

    def enter(self, entered_on: date, part: str = "", **columns: str) -> None:
        insort(self.entries, Entry(entered_on, part, columns), key=_entered_on)

    def delete(self, entered_on: date, part: str) -> None:
        insort(self.entries, Entry(entered_on, part, None), key=_entered_on)

    def parts(self, last_day: date) -> dict[str, dict[str, str]]:
        """The columns of each part as they had been entered by that day."""
        parts: dict[str, dict[str, str]] = {}
        for entered_on, part, columns in self.entries:
            if entered_on > last_day:
                break
            if columns is None:
                parts.pop(part, None)
            else:
                parts.setdefault(part, {}).update(columns)
        return parts

    def rows(self, last_day: date) -> list[list[str]]:
        """One row an intervention and TOP."""
        parts = self.parts(last_day)
        own = {"AGNCY": self.agency, "CLIENT": self.client, "EPISODID": self.episode} | parts.pop("", {})
        interventions = [columns for part, columns in parts.items() if part.startswith("i")] or [{}]
        tops = [columns for part, columns in parts.items() if part.startswith("t")] or [{}]
        return [
            [values.get(column, "") for column in COLUMNS]
            for values in (own | intervention | top for intervention, top in product(interventions, tops))
        ]


def _text(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _day(text: str) -> date:
    return date(int(text[6:]), int(text[3:5]), int(text[:2])) if text else date.max


@dataclass
class _Shown:
    """A record's rows as they were shown last: few change from month to month. `discharged_on` is the last of days
    while it is open.
    """

    entries: int = 0
    rows: list[list[str]] = field(default_factory=list)
    discharged_on: date = date.max


class Archive:
    """What all agencies hold of `clients` people over `years` from `first_day` on, and the files that they send."""

    def __init__(
        self, clients: int, years: int = 10, agencies: int = 3, seed: int = 1, first_day: date = date(2010, 1, 1)
    ) -> None:
        self.first_day, self.last_day = first_day, add_months(first_day, 12 * years) - ONE_DAY
        self.agencies = [f"B{number:04d}" for number in range(1, agencies + 1)]
        self.rng = random.Random(seed)
        self.records: dict[str, list[Record]] = {agency: [] for agency in self.agencies}
        for number in range(clients):
            for record in _Person(self, number).records():
                self.records[record.agency].append(record)
        self._shown: defaultdict[int, _Shown] = defaultdict(_Shown)

    def files(self, folder: Path) -> Iterator[tuple[date, Path]]:
        """Writes each month's files in turn, and gives the day of receipt of each."""
        month = self.first_day
        while month <= self.last_day:
            last_day = add_months(month, 1) - ONE_DAY
            received_on = last_day + timedelta(days=RECEIVED_AFTER)
            for agency in self.agencies:
                yield received_on, self.monthly(folder, agency, month, last_day)
            for agency in self.agencies:
                if path := self.reviews(folder, agency, month, last_day):
                    yield received_on, path
            month = add_months(month, 1)

    def monthly(self, folder: Path, agency: str, first_day: date, last_day: date) -> Path:
        """Writes the file of an agency: what was open in these days, and what was entered in them."""
        rows: list[list[str]] = []
        for record in self.records[agency]:
            shown = self._shown[id(record)]
            count = bisect_right(record.entries, last_day, key=_entered_on)
            changed = count != shown.entries
            if changed:
                shown.entries, shown.rows = count, record.rows(last_day)
                shown.discharged_on = _day(shown.rows[0][COLUMNS.index("DISD")])
            if count and (changed or shown.discharged_on >= first_day):
                rows += shown.rows
        path = folder / f"{agency}-{first_day:%Y%m%d}-{last_day:%Y%m%d}-TREAT-IN-{LETTER}.csv"
        return _write(path, COLUMNS, rows)

    def reviews(self, folder: Path, agency: str, first_day: date, last_day: date) -> Path | None:
        """Writes the agency's review file: all reviews so far of the episodes that were reviewed in these days."""
        rows = [
            [record.agency, record.client, record.episode, what, _text(day), "keyworker", ""]
            for record in self.records[agency]
            if record.entries[0].entered_on <= last_day
            and any(first_day <= day <= last_day for day, _ in record.reviews)
            for day, what in record.reviews
            if day <= last_day
        ]
        path = folder / f"{agency}-{first_day:%Y%m%d}-{last_day:%Y%m%d}-REVIEWS.csv"
        return _write(path, REVIEW_COLUMNS, rows) if rows else None


def _entered_on(entry: Entry) -> date:
    return entry.entered_on


def _write(path: Path, header: Sequence[str], rows: list[list[str]]) -> Path:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    return path


class _Person:
    """One invented person: who they are, and their spells of treatment one after the other."""

    def __init__(self, archive: Archive, number: int) -> None:
        rng = archive.rng
        self.rng, self.archive, self.number = rng, archive, number
        self.first_triage = archive.first_day + timedelta(
            days=rng.randrange((archive.last_day - archive.first_day).days)
        )
        young = rng.random() < 0.04
        age = rng.uniform(16.5, 17.99) if young else rng.uniform(18, 60)
        self.identity = {
            "FINITIAL": rng.choice("ABCDEFGHJKLMNPRST"),
            "SINITIAL": rng.choice("ABCDEFGHJKLMNPRSTW"),
            "DOB": _text(self.first_triage - timedelta(days=int(age * 365.25))),
            "SEX": rng.choice("MMF"),
        }
        self.drugs = rng.choice(DRUGS)
        self.agency, self.area = rng.choice(archive.agencies), rng.choice(AREAS)
        self.home_agency = {self.agency: f"C{number}"}

    def records(self) -> Iterator[Record]:
        """The person's episodes; about four in ten come back, and some are seen by two agencies at once."""
        triaged, count = self.first_triage, 0
        while triaged <= self.archive.last_day and count < 8:
            spell = self._days()
            discharged = triaged + timedelta(days=spell)
            yield self._record(triaged, discharged, count)
            count += 1
            if self.rng.random() < 0.06:
                begins = triaged + timedelta(days=spell // 2)
                yield self._record(
                    begins, discharged + timedelta(days=self.rng.choice((-3, 0, 40))), count, second=True
                )
                count += 1
            if self.rng.random() > 0.4:
                return
            triaged = discharged + timedelta(days=self.rng.choice(RETURNS))
            if self.rng.random() < 0.2:
                self.agency = self.rng.choice(self.archive.agencies)
            if self.rng.random() < 0.1:
                self.area = self.rng.choice(AREAS)

    def _days(self) -> int:
        typical = OPIATE_SPELL if self.drugs[0].startswith("1") else OTHER_SPELL
        return 10 + int(typical * self.rng.lognormvariate(-0.3, 0.9))

    def _lag(self, usual: int = 12) -> timedelta:
        """Days until something is entered: mostly some, at times many months."""
        return timedelta(days=self.rng.randrange(usual) if self.rng.random() < 0.95 else self.rng.randrange(400))

    def _record(self, triaged: date, discharged: date, count: int, second: bool = False) -> Record:
        rng = self.rng
        agency = rng.choice(self.archive.agencies) if second else self.agency
        client = self.home_agency.setdefault(agency, f"C{self.number}")
        record = Record(agency, client, f"E{self.number}-{count}")
        referred = triaged - timedelta(days=rng.randrange(30))
        entered = triaged + self._lag()
        drugs = dict(zip(("DRUG1", "DRUG2", "DRUG3"), self.drugs, strict=False))
        record.enter(
            min(referred + self._lag(), entered), **self.identity, **drugs, DAT=self.area, LA=self.area[:4],
            REFLD=_text(referred), CONSENT="Y", RFLS=rng.choice(("1", "3", "16", "69")),
        )  # fmt: skip
        if rng.random() < 0.03:
            return record
        record.enter(
            entered, TRIAGED=_text(triaged), PREVTR="Y" if count else "N", DRUG1AGE=str(rng.randrange(13, 30)),
            CPLANDT=_text(triaged), HEPBVAC=rng.choice("ABC"), HLCASSDT=_text(triaged), HEPCSTAT=rng.choice("DEF"),
        )  # fmt: skip
        self._treatment(record, referred, triaged, discharged, entered)
        self._corrections(record, triaged, entered)
        return record

    def _treatment(self, record: Record, referred: date, triaged: date, discharged: date, entered: date) -> None:
        rng = self.rng
        spell = (discharged - triaged).days
        starts = [triaged + timedelta(days=min(rng.randrange(15), spell))]
        if spell > 120 and rng.random() < 0.4:
            starts.append(triaged + timedelta(days=rng.randrange(60, spell)))
        modality = rng.choice(("94", "95", "95")) if rng.random() < 0.97 else "96"
        for number, started in enumerate(starts, 1):
            record.enter(
                max(started, entered), f"i{number}", MODID=f"M{number}", MODAL=modality, MODST=_text(started),
                REFMODDT=_text(referred), FAOMODDT=_text(started), MODSET="1",
            )  # fmt: skip
        for number, day in enumerate(self._top_days(starts[0], discharged)):
            stage = "S" if number == 0 else "E" if day == discharged else "R"
            answers = {column: str(rng.randrange(20)) for column in TOP_ANSWERS}
            record.enter(
                max(day, entered) + self._lag(), f"t{number}",
                TOPID=f"T{number}", TOPDATE=_text(day), TRSTAGE=stage, **answers,
            )  # fmt: skip
        for day in _every(triaged, discharged, 90):
            if rng.random() < 0.5:
                record.reviews.append((day, rng.choice(("recovery-plan", "risk-assessment"))))
        if rng.random() < 0.97:
            self._exit(record, discharged, max(discharged, entered) + self._lag(), len(starts))

    def _top_days(self, started: date, discharged: date) -> list[date]:
        first = started + timedelta(days=self.rng.choice((0, 0, 3, 14, 15)))
        reviews = [day for day in _every(started, discharged, 120) if self.rng.random() < 0.8]
        return [min(first, discharged), *reviews[:6], *([discharged] if self.rng.random() < 0.7 else [])]

    def _exit(self, record: Record, discharged: date, entered: date, interventions: int) -> None:
        rng, reason = self.rng, rng_reason(self.rng)
        self._discharge(record, entered, discharged, reason, interventions)
        corrected = entered + timedelta(days=rng.randrange(20, 400))
        chance = rng.random()
        if chance < 0.05:
            self._discharge(record, corrected, discharged, rng_reason(rng), interventions)
        elif chance < 0.1:
            moved = discharged + timedelta(days=rng.choice((1, 10, 20, 31, 90)))
            self._discharge(record, max(corrected, moved), moved, reason, interventions)
        elif chance < 0.13:
            record.enter(corrected, DISD="", DISRSN="")
            for number in range(1, interventions + 1):
                record.enter(corrected, f"i{number}", MODEND="", MODEXIT="")

    def _discharge(self, record: Record, entered: date, day: date, reason: str, interventions: int) -> None:
        record.enter(entered, DISD=_text(day), DISRSN=reason)
        for number in range(1, interventions + 1):
            record.enter(entered, f"i{number}", MODEND=_text(day), MODEXIT="1")

    def _corrections(self, record: Record, triaged: date, entered: date) -> None:
        rng = self.rng
        if rng.random() < 0.02:
            mistyped = {"SINITIAL": "X" if rng.random() < 0.5 else self.identity["SINITIAL"], "SEX": rng.choice("MF")}
            first = record.entries[0]
            record.entries[0] = Entry(first.entered_on, "", first.columns | mistyped if first.columns else None)
            record.enter(entered + timedelta(days=rng.randrange(30, 500)), **self.identity)
        if rng.random() < 0.03:
            record.enter(entered + timedelta(days=rng.randrange(30, 300)), DRUG1=rng.choice(DRUGS)[0])
        if rng.random() < 0.03:
            record.enter(entered + timedelta(days=rng.randrange(30, 300)), DAT=rng.choice(AREAS))
        if rng.random() < 0.01:
            record.delete(entered + timedelta(days=rng.randrange(60, 300)), "t0")


def rng_reason(rng: random.Random) -> str:
    """A discharge reason: a bit less than half of them are successes."""
    return str(rng.choice(REASONS))


def _every(first: date, last: date, days: int) -> list[date]:
    """Each so many days after the first, up to the last."""
    return [first + timedelta(days=n) for n in range(days, (last - first).days, days)]
