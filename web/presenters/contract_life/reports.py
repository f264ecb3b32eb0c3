"""A committee report as values: what it says, and in which order, whatever file it becomes.

Every number in it has a source note: measure, definition, as of, as known on, position in the log, status. Where
nothing was written as a commentary, the file leaves room to write.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.standpoint import Standpoint
from projections.standings.slices import Slice
from web.auth.viewer import Viewer
from web.charts import Drawing
from web.presenters.tables import Table
from web.queries.parameters import KnownAt
from web.snapshot import Snapshot

LONGEST_TITLE: Final = 120
LONGEST_COMMENTARY: Final = 5000
"""Letters of a title, and of what is written below one table."""
_NOT_WRITTEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """From where a report is seen, and by whom; `named` is how its reader calls an agency."""

    snapshot: Snapshot
    who: Viewer
    as_of: date
    known_at: KnownAt
    slice_: Slice
    named: Callable[[str], str]

    @property
    def standpoint(self) -> Standpoint:
        """Both dates, and the position in the log."""
        return self.snapshot.standpoint(self.as_of, self.known_at)


@dataclass(frozen=True, slots=True)
class Section:
    """A table, whose notes say where its numbers are from, and what is said before it. `key` names its commentary.

    `is_written_on`: there is room for a commentary.
    """

    key: str
    heading: str
    about: str
    findings: Sequence[str]
    table: Table
    charts: Sequence[Drawing] = ()
    commentary: str = ""
    is_written_on: bool = True


@dataclass(frozen=True, slots=True)
class Report:
    """A report: for whom it is stands on every page. `notice` says that nobody in it is real, where that is so."""

    title: str
    audience: str
    standpoint: str
    whose: str
    status: str
    notice: str
    caveat: str
    in_short: Sequence[str]
    sections: Sequence[Section]


def written(text: str, longest: int) -> str:
    """What somebody wrote, as any file can hold it: line ends alike, nothing that no letter stands for."""
    plain = _NOT_WRITTEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return plain.strip()[:longest].strip()


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a commentary."""
    return [part.strip() for part in text.split("\n") if part.strip()]
