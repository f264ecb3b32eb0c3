"""The submissions: what `known_at` resolves to, which agency's files cover a day, and what came of each; the contracts.

A standpoint's position is that of the last submission with `received_on <= known_at`; `received_on` never falls along
the log. Days include both ends of the days that a file covers.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from domain.contract_life.contract import Contract, ContractAgreed, Contracts, ContractWithdrawn
from domain.episode.facts import TREATMENT
from domain.episode.joining import Aliases
from domain.log.database import chunks
from domain.log.mapper import JsonMapper
from domain.log.reading import Recorded, read_streams
from domain.periods import Period, add_months
from domain.standpoint import Standpoint
from domain.submission import SubmissionReceived, submission_stream

from .covered_days import CoveredDays, SubmissionRow
from .tables import contract, episode, submission

_DAYS_KEPT = 512
"""Of so many days it is kept who had reported: more month ends than a page asks for."""
COMPLETE_AFTER_MONTHS = 1
"""A figure is complete when every expected agency has a file that ends at least this many months after `as_of`. [K]"""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Agencies expected to report (an open episode at `as_of`, or a contract) and those of them without a file that
    covers `as_of`.

    `status` is "incomplete" while one is missing, "complete" once each has a file that ends at least a month after
    `as_of`, "provisional" between; None where `as_of` lies outside of `files`, the days from the first to the last that
    any file covers (None while there is no file). "complete" says that all files are in, and not that nothing moves.
    """

    expected: tuple[str, ...]
    missing: tuple[str, ...]
    status: str | None
    files: Period | None = None


class Submissions:
    """All submissions in the order of the log, and the `contracts` that were among them."""

    def __init__(self, rows: Iterable[SubmissionRow], contracts: Contracts | None = None) -> None:
        self.contracts = contracts or Contracts()
        self._rows = sorted(rows)
        self._positions = [row.position for row in self._rows]
        self._received = [row.received_on for row in self._rows]
        self._covered = CoveredDays(self._rows)
        # Many measures ask it of the same month ends.
        self._reports = lru_cache(_DAYS_KEPT)(self._find_reports)

    @classmethod
    def load(cls, connection: sa.Connection, generation: int) -> "Submissions":
        """The submissions of a generation of the read models."""
        t = submission.c
        covers = sa.or_(t.data_set == TREATMENT, t.corrects.is_not(None))
        days = [sa.case((covers, column)) for column in (t.first_day, t.last_day)]
        columns = (t.position, t.received_on, t.agency, *days, t.number, t.corrects)
        query = sa.select(*columns).where(t.generation == generation)
        rows = [SubmissionRow(*row) for row in connection.execute(query)]
        return cls(rows, load_contracts(connection, generation))

    def __len__(self) -> int:
        return len(self._rows)

    def followed_by(self, row: SubmissionRow, contracts: Iterable[Contract] = ()) -> "Submissions":
        """These and one more, with what is said of contracts beside it."""
        return Submissions([*self._rows, row], self.contracts.followed_by(contracts))

    @property
    def newest(self) -> SubmissionRow | None:
        """The last submission of all."""
        return self._rows[-1] if self._rows else None

    @property
    def has_monthly_file(self) -> bool:
        """Whether there is anything to count: what is said by word alone makes no figure."""
        return any(row.is_monthly_file for row in self._rows)

    @property
    def positions(self) -> Sequence[int]:
        """Where each submission stands in the log, ascending."""
        return self._positions

    def standpoint(self, as_of: date, known_at: date | int | None = None) -> Standpoint:
        """The standpoint of a question.

        `known_at`: a day; or a position of the log, for the last submission at or before it; or None, for the newest
        `received_on`. Before the first submission the position is 0.
        """
        if isinstance(known_at, int):
            count = bisect_right(self._positions, known_at)
            received_on = self._received[count - 1] if count else None
            return Standpoint(as_of, received_on, self._positions[count - 1] if count else 0)
        if known_at is None and self.newest:
            known_at = self.newest.received_on
        count = bisect_right(self._received, known_at) if known_at else 0
        return Standpoint(as_of, known_at, self._positions[count - 1] if count else 0)

    def days_of_knowledge(self) -> list[date]:
        """The days on which something became known, ascending, each once."""
        return sorted(set(self._received))

    def reports(self, as_of: date, months: int = 0, position: int | None = None) -> Mapping[str, SubmissionRow]:
        """By agency, the submission with which it had reported: from then on there was a file of it that covers
        `as_of`, and one that ends at least `months` months after it. Those that never had are left out.

        What a file covers is what is known of it at `position`, of all that is known if that is None.
        """
        return self._reports(as_of, months, self._covered.corrections(position))

    def _find_reports(self, as_of: date, months: int, corrections: int) -> Mapping[str, SubmissionRow]:
        covers, reaches, reports = set[str](), set[str](), dict[str, SubmissionRow]()
        enough = add_months(as_of, months)
        for row, days in self._covered.files(corrections):
            if row.agency in reports:
                continue
            if as_of in days:
                covers.add(row.agency)
            if days.last_day >= enough:
                reaches.add(row.agency)
            if row.agency in covers and row.agency in reaches:
                reports[row.agency] = row
        return reports

    def agencies(self) -> list[str]:
        """The agencies that ever sent a monthly file, in alphabetical order."""
        return sorted({row.agency for row in self._rows if row.is_monthly_file})

    def last_covered_day(self, agencies: Collection[str] = ()) -> date | None:
        """The last day that any monthly file of these agencies covers, of any agency if they have none."""
        files = list(self._covered.files(self._covered.corrections()))
        own = [days.last_day for row, days in files if row.agency in agencies]
        return max(own or [days.last_day for _, days in files], default=None)

    def coverage(self, standpoint: Standpoint, expected: Iterable[str]) -> Coverage:
        """Which of the `expected` agencies have reported at the standpoint, and what that makes of a figure."""
        agencies = tuple(sorted(set(expected)))
        as_of, enough = standpoint.as_of, add_months(standpoint.as_of, COMPLETE_AFTER_MONTHS)
        covered, settled = self._covered.agencies(as_of, enough, standpoint.position)
        missing = tuple(agency for agency in agencies if agency not in covered)
        files = self.days_covered(standpoint.position)
        if files is None or as_of not in files:
            return Coverage(agencies, missing, None, files)
        if missing:
            return Coverage(agencies, missing, "incomplete", files)
        return Coverage(agencies, (), "complete" if settled.issuperset(agencies) else "provisional", files)

    def days_covered(self, position: int) -> Period | None:
        """From the first to the last day that any monthly file covers, of those up to a position; None without one."""
        return self._covered.days(position)

    def agencies_covering(self, day: date, position: int) -> set[str]:
        """Whose monthly files, up to a position, cover a day."""
        return self._covered.agencies(day, day, position)[0]


def has_monthly_file(connection: sa.Connection) -> bool:
    """Whether a monthly file was ever taken in; asked of the table, where nothing else of the submissions is needed."""
    query = sa.select(submission.c.position).where(submission.c.data_set == "TREAT").limit(1)
    return connection.execute(query).first() is not None


def submission_positions(connection: sa.Connection, generation: int) -> dict[int, int]:
    """The position of each submission by its ordinal."""
    t = submission.c
    query = sa.select(t.number, t.position).where(t.generation == generation)
    return dict(list(connection.execute(query)))


def load_contracts(connection: sa.Connection, generation: int) -> Contracts:
    """The contracts of a generation of the read models."""
    columns = (contract.c[name] for name in Contract._fields)
    query = sa.select(*columns).where(contract.c.generation == generation)
    return Contracts(Contract(*row) for row in connection.execute(query))


def load_aliases(connection: sa.Connection, mapper: JsonMapper, generation: int) -> Aliases:
    """Which episodes were joined to which, by what is known now; read from what was said by word, which is little."""
    t = submission.c
    numbers = sa.select(t.number).where(t.generation == generation, t.data_set == "").order_by(t.number)
    return Aliases(one.event for one in _events_of(connection, mapper, connection.execute(numbers).scalars()))


def contract_rows(generation: int, recorded: Iterable[Recorded]) -> Iterator[tuple[Any, ...]]:
    """The rows of `tables.contract` for those events that speak of one."""
    for one in recorded:
        event = one.event
        if isinstance(event, ContractAgreed):
            columns = (event.agency, event.first_day, event.last_day, event.succeeds, False)
        elif isinstance(event, ContractWithdrawn):
            columns = (event.agency, event.first_day, None, "", True)
        else:
            continue
        yield (generation, one.position, *columns)


@dataclass(frozen=True, slots=True)
class SubmissionFilter:
    """Which submissions: of one agency, of any of some, of one data set, numbered below `before`; the newest `limit`.

    What came by word is of no data set.
    """

    agency: str | None = None
    data_set: str | None = None
    agencies: Collection[str] | None = None
    before: int | None = None
    limit: int = 50


class EpisodeNotInFile(NamedTuple):
    """An episode that a file was the first not to have; `since` is the file's receipt."""

    client_reference: str
    episode_reference: str
    since: date


def submission_events(
    connection: sa.Connection, mapper: JsonMapper, generation: int, filter_: SubmissionFilter
) -> list[Recorded]:
    """The submissions' own events, the newest first."""
    t = submission.c
    query = sa.select(t.number).where(t.generation == generation).order_by(t.number.desc()).limit(filter_.limit)
    for column, value in ((t.agency, filter_.agency), (t.data_set, filter_.data_set)):
        if value is not None:
            query = query.where(column == value)
    if filter_.agencies is not None:
        query = query.where(t.agency.in_(sorted(filter_.agencies)))
    if filter_.before is not None:
        query = query.where(t.number < filter_.before)
    return _events_of(connection, mapper, connection.execute(query).scalars())


def submission_numbered(connection: sa.Connection, mapper: JsonMapper, generation: int, number: int) -> Recorded | None:
    """The submission with this number; None if there is none."""
    t = submission.c
    query = sa.select(t.number).where(t.generation == generation, t.number == number)
    return next(iter(_events_of(connection, mapper, connection.execute(query).scalars())), None)


def _events_of(connection: sa.Connection, mapper: JsonMapper, numbers: Iterable[int]) -> list[Recorded]:
    streams = [submission_stream(number) for number in numbers]
    events = read_streams(connection, mapper, streams)
    return [recorded for stream in streams for recorded in events[stream]]


def first_not_in_file(connection: sa.Connection, generation: int, event: SubmissionReceived) -> list[EpisodeNotInFile]:
    """The episodes that were in the files before this one, should be in it, and are not; less those erased since."""
    references: dict[UUID, EpisodeNotInFile] = {}
    t = episode.c
    for chunk in chunks(event.not_in_file):
        among = t.episode.in_(chunk)
        query = sa.select(t.episode, t.client_reference, t.episode_reference).where(t.generation == generation, among)
        for stream, client, its in connection.execute(query):
            references[stream] = EpisodeNotInFile(client, its, event.received_on)
    return [references[stream] for stream in event.not_in_file if stream in references]
