"""A committee report as data: what it says, and in which order, whatever file it becomes.

Every number in it has a source note: measure, definition, as of, as known on, position in the log, status. Where
nothing was written as a commentary, the file leaves room to write.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from web.charts import Drawing

LONGEST_TITLE: Final = 120
LONGEST_COMMENTARY: Final = 5000
"""Letters of a title, and of what is written below one table."""
_NOT_WRITTEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Section:
    """A table with what is said before it and where its numbers are from. `key` names its commentary.

    `widths` are those of its columns, in centimetres; a cell may have several lines. `is_written_on`: there is room for
    a commentary.
    """

    key: str
    heading: str
    about: str
    findings: Sequence[str]
    caption: str
    columns: Sequence[str]
    widths: Sequence[float]
    rows: Sequence[Sequence[str]]
    sources: Sequence[str]
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


def data(report: Report, pictures: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """The report as plain data, its charts as `pictures` by the section's key."""
    told = asdict(report)
    for section, its in zip(told["sections"], report.sections, strict=True):
        section["commentary"] = paragraphs(its.commentary)
        section["charts"] = [
            {"picture": picture, "title": chart.title, "finding": chart.finding, "note": chart.note}
            for picture, chart in zip(pictures.get(its.key, ()), its.charts, strict=True)
        ]
    return told
