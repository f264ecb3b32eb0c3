"""From where a committee report is seen and by whom, and what a section of it says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from domain.improvement.committee_report import Edition
from domain.log.reading import Recorded
from projections.standings.slices import Slice
from web.auth.roles import Reach
from web.auth.viewer import Viewer
from web.presenters import text as words
from web.presenters.contract_life.reports import Viewpoint
from web.presenters.tables import Table, text
from web.queries.administration.accounts import agency_names
from web.queries.improvement.committee.document import ReportTable
from web.queries.improvement.committee.given import last_given
from web.queries.parameters import KnownAt
from web.snapshot import Snapshot

WIDTH = 17.0
"""Centimetres that the columns of a table share."""


@dataclass(frozen=True, slots=True)
class WordsKey:
    """What words of a report follow from beside the snapshot; the log does not name agencies, so names are in it."""

    what: str
    edition: Edition
    as_of: date
    known_at: KnownAt
    slice: Slice
    who: Viewer
    reader: Viewer
    day: date
    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ReportView:
    """A viewpoint, and the same reader as the party that they belong to.

    Plans, notices and disputes stand in a report as they were on its `day`: the day up to which something is known.
    """

    seen: Viewpoint
    reader: Viewer
    today: date
    edition: Edition = Edition.FULL
    left_out: frozenset[str] = frozenset()

    @cached_property
    def day(self) -> date:
        """The report's day."""
        return min(self.seen.standpoint.known_at or self.today, self.today)

    @property
    def as_of(self) -> date:
        """The last day whose happenings are seen."""
        return self.seen.as_of

    def key(self, what: str) -> WordsKey:
        """Under what some words of this report are kept with its snapshot."""
        seen = self.seen
        place = (seen.as_of, seen.known_at, seen.slice_, seen.who, self.reader, self.day, self._names)
        return WordsKey(what, self.edition, *place)

    @cached_property
    def _names(self) -> tuple[tuple[str, str], ...]:
        return tuple(agency_names(self.seen.snapshot.connection).items())

    @property
    def is_public(self) -> bool:
        """Whether it is for everybody."""
        return self.edition is Edition.PUBLIC

    @property
    def viewer(self) -> Viewer:
        """Whose eyes see the figures: of the public edition, those of the public."""
        return Viewer(Reach.PUBLISHED) if self.is_public else self.seen.who

    @cached_property
    def last(self) -> Recorded | None:
        """The report that was given out last before this one."""
        seen = self.seen
        return last_given(seen.snapshot, self.edition, seen.slice_, seen.as_of, self.day)


@dataclass(frozen=True, slots=True)
class SectionWords:
    """What a section says: sentences, points of a list, tables."""

    sentences: list[str] = field(default_factory=list)
    points: list[str] = field(default_factory=list)
    tables: list[ReportTable] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.sentences or self.points or self.tables)


@dataclass(frozen=True, slots=True)
class SectionPart:
    """What a section asks, and how that is said."""

    query: Callable[[ReportView], Any]
    words: Callable[[ReportView, Any], SectionWords]


@dataclass(frozen=True, slots=True)
class SectionKind:
    """A section that a report may have: in the full edition, and in the public one where there is a part for it."""

    key: str
    heading: str
    full: SectionPart
    public: SectionPart | None = None

    def part(self, edition: Edition) -> SectionPart | None:
        """What it is in an edition."""
        return self.public if edition is Edition.PUBLIC else self.full


def naming(snapshot: Snapshot) -> Callable[[str], str]:
    """How a report writes an agency: by its name with its code; the code alone, where it has no name."""
    names = agency_names(snapshot.connection)
    return lambda code: f"{names[code]} ({code})" if code in names else code


def whom(view: ReportView, agencies: Sequence[str]) -> str:
    """Which agencies something is about, by name; nothing where it is about all that the report is about."""
    slice_ = view.seen.slice_
    every = [slice_.agency] if slice_.agency else view.seen.snapshot.submissions.agencies()
    return "" if set(every) <= set(agencies) else words.listed(list(map(view.seen.named, agencies)))


def shortened(text: str, longest: int) -> str:
    """A text of at most so many letters, in one line, cut between two words: a report has less than ten pages."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[:longest].rsplit(' ', 1)[0]} …"


def report_table(table: Table) -> ReportTable:
    """A table as a report has it: its cells in words; columns without a width share what is left."""
    free = [column for column in table.columns if column.width is None]
    left = WIDTH - sum(column.width or 0 for column in table.columns)
    share = round(left / len(free), 2) if free else 0.0
    return ReportTable(
        table.title,
        [column.heading for column in table.columns],
        [share if column.width is None else column.width for column in table.columns],
        [[text(cell) for cell in row] for row in table.rows],
        list(table.notes),
    )
