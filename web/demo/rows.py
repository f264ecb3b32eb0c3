"""The rows of a monthly file and of a review file, in the manner of the agency that writes them."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Final

from domain.periods import add_months

from .records import InventedEpisode, InventedExit, InventedIntervention, InventedTop, Shown
from .timetable import Agency, Arrival

AREA, AUTHORITY = "EX01B", "EX01"
"""One invented area of residence (DAT) and its authority (LA)."""
EPISODE_COLUMNS: Final = (
    *("FINITIAL", "SINITIAL", "DOB", "SEX", "AGNCY", "CLIENT", "EPISODID", "CONSENT", "PREVTR", "DAT", "LA"),
    *("REFLD", "TRIAGED", "DRUG1", "DRUG1AGE", "DRUG2", "DRUG3", "RFLS", "CPLANDT", "DISD", "DISRSN"),
    *("HEPBVAC", "HEPBSTAT", "HEPCTSTD"),
)
INTERVENTION_COLUMNS: Final = ("MODID", "MODAL", "REFMODDT", "FAOMODDT", "MODST", "MODEND")
TOP_COLUMNS: Final = (
    *("TOPID", "TOPDATE", "TRSTAGE"),
    *("ALCUSE", "OPIUSE", "CRAUSE", "COCAUSE", "CANNUSE", "PSYHSTAT", "PHSTAT", "QUALLIFE"),
    *("ACUTHPBM", "HRISK", "PWORK"),
)
COLUMNS: Final = EPISODE_COLUMNS + INTERVENTION_COLUMNS + TOP_COLUMNS
REVIEW_COLUMNS: Final = ("AGNCY", "CLIENT", "EPISODID", "WHAT", "DATE", "ROLE", "LOWDOSE")

Row = dict[str, str]


class RowWriter:
    """Writes days, codes and blanks as one agency's system does."""

    def __init__(self, agency: Agency) -> None:
        self.agency = agency
        self._layout = "%Y-%m-%d" if agency.iso_dates else "%d/%m/%Y"
        self._written: dict[date, str] = {}

    def day(self, day: date | None) -> str:
        """A day, or the agency's sign for none."""
        if day is None or day == date.max:
            return self.agency.none
        if day not in self._written:
            self._written[day] = day.strftime(self._layout)
        return self._written[day]

    def rows(self, seen: Shown, received_on: date) -> Iterator[list[str]]:
        """One row an intervention and TOP of the episode, with the mistake that this file makes, if any."""
        episode = self._episode(seen)
        interventions = [self._intervention(each) for each in seen.interventions] or [self._blank(INTERVENTION_COLUMNS)]
        tops = [self._top(top) for top in seen.tops] or [self._blank(TOP_COLUMNS)]
        rows = [episode + intervention + top for intervention in interventions for top in tops]
        return iter(self._faulty(rows, seen, received_on) if seen.fault else rows)

    def review_rows(self, episode: InventedEpisode, last_day: date) -> Iterator[list[str]]:
        """One row a review of the episode so far."""
        for review in sorted(episode.reviews, key=lambda each: each.day):
            if review.day <= last_day:
                day, low_dose = self.day(review.day), review.low_dose or self.agency.none
                yield [*episode.key, review.what, day, review.role, low_dose]

    def text(self, header: tuple[str, ...], rows: list[list[str]]) -> bytes:
        """A file's bytes: header, rows, the agency's own column, line ends and byte-order mark."""
        names = [self.agency.client_column if name == "CLIENT" else name for name in header]
        own = [self.agency.own_column] if self.agency.own_column else []
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator=self.agency.line_end, quoting=csv.QUOTE_MINIMAL)
        writer.writerow(names + own)
        writer.writerows([*row, self.agency.hub] for row in rows) if own else writer.writerows(rows)
        return out.getvalue().encode("utf-8-sig" if self.agency.byte_order_mark else "utf-8")

    def _blank(self, columns: tuple[str, ...]) -> list[str]:
        return [self.agency.none] * len(columns)

    def _episode(self, seen: Shown) -> list[str]:
        episode, person, ended = seen.episode, seen.person, seen.exit or InventedExit(date.max, 0)
        drugs = [str(drug) for drug in episode.drugs] + [self.agency.none] * (3 - len(episode.drugs))
        return [
            *person.initials,
            self.day(person.born_on),
            person.sex,
            *episode.key,
            episode.consent,
            episode.previously_treated,
            AREA,
            AUTHORITY,
            self.day(episode.referred_on),
            self.day(seen.triaged_on),
            drugs[0],
            str(episode.first_use_age),
            *drugs[1:],
            episode.source,
            self.day(seen.care_plan_on),
            self.day(ended.day),
            str(ended.reason) if seen.exit else self.agency.none,
            seen.hepatitis.given or self.agency.none,
            seen.hepatitis.status or self.agency.none,
            self.day(seen.hepatitis.tested_on),
        ]

    def _intervention(self, each: InventedIntervention) -> list[str]:
        days = (each.referred_on, each.offered_on, each.started_on, each.ended_on)
        return [each.reference, str(each.modality), *(self.day(day) for day in days)]

    def _top(self, top: InventedTop) -> list[str]:
        said = (*(str(answer) for answer in top.answers), *(answer or self.agency.none for answer in top.home_and_work))
        return [top.reference, self.day(top.day), top.stage, *said]

    def _faulty(self, rows: list[list[str]], seen: Shown, received_on: date) -> list[list[str]]:
        named = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
        FAULTS[seen.fault](named, self, seen, received_on)
        return [list(row.values()) for row in named]


def _sets(column: str, value: Callable[[RowWriter, Shown, date], str]) -> Callable[..., None]:
    """A mistake that every row of the episode makes in one column."""

    def fault(rows: list[Row], writer: RowWriter, seen: Shown, received_on: date) -> None:
        for row in rows:
            row[column] = value(writer, seen, received_on)

    return fault


def _rows_disagree(rows: list[Row], writer: RowWriter, seen: Shown, received_on: date) -> None:
    del writer, seen, received_on
    rows[-1]["DRUG1"] = "5101"


def _unknown_reason(rows: list[Row], writer: RowWriter, seen: Shown, received_on: date) -> None:
    del seen
    for row in rows:
        row["DISD"], row["DISRSN"] = writer.day(received_on), "79"


def _treatment_before_triage(rows: list[Row], writer: RowWriter, seen: Shown, received_on: date) -> None:
    del received_on
    assert seen.triaged_on
    rows[0]["MODST"] = writer.day(seen.triaged_on - timedelta(days=4))


FAULTS: Final[dict[str, Callable[..., None]]] = {
    "no surname initial": _sets("SINITIAL", lambda writer, _, __: writer.agency.none),
    "no such date": _sets("TRIAGED", lambda writer, _, __: "2016-02-31" if writer.agency.iso_dates else "31/02/2016"),
    "discharge reason unknown": _unknown_reason,
    "born after referral": _sets("DOB", lambda writer, s, _: writer.day(add_months(s.episode.referred_on, 1))),
    "reason without discharge": _sets("DISRSN", lambda *_: "85"),
    "treatment before triage": _treatment_before_triage,
    "no episode number": _sets("EPISODID", lambda writer, _, __: writer.agency.none),
    "rows disagree": _rows_disagree,
    "no drug": _sets("DRUG1", lambda writer, _, __: writer.agency.none),
    "after receipt": _sets("TRIAGED", lambda writer, _, received_on: writer.day(received_on + timedelta(days=9))),
    "sex unknown": _sets("SEX", lambda *_: "X"),
}
"""The mistakes that reject a row, by name."""


def holds_review(episode: InventedEpisode, arrival: Arrival) -> bool:
    """Whether an episode was reviewed in the days that a file covers, so that its review file holds it."""
    return any(arrival.first_day <= review.day <= arrival.last_day for review in episode.reviews)
