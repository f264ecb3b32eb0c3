"""Documents as CSV tables for spreadsheets; each line says for whom it is.

What a spreadsheet would take for a formula gets an apostrophe in front (`formulas`), headings too.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from projections.publication.suppression import SUPPRESSED

from .formulas import guarded

Document = Mapping[str, Any]

AUDIENCE: Final = "audience"
"""The column that says for whom a table is."""


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table with a header, cells guarded; None is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(map(cell, columns))
    writer.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue()


def cell(value: Any) -> str:
    """A value as a spreadsheet may have it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value == SUPPRESSED:
        return "suppressed"
    return guarded(" ".join(map(str, value)) if isinstance(value, list | tuple) else str(value))


_FIGURE: Final = (
    *("measure", "name", "kind", "definition", "slice.area", "slice.agency", "slice.criminal_justice"),
    *(
        "slice.young_people",
        "numerator",
        "denominator",
        "percentage",
        "interval.low",
        "interval.high",
        "interval.level",
    ),
    *("interval.method", "cohort.first_day", "cohort.last_day", "as_of", "known_at", "position", "status"),
    *("coverage.expected", "coverage.missing", "immature", "matured", "polarity", "waiting.people"),
    *("waiting.longest_days", "erased_records", "in_no_area", "not_recorded"),
)
_MEMBER: Final = (
    *("client", "counted", "rule", "journey.start", "journey.end", "journey.group", "journey.area", "journey.agencies"),
)
_REFERENCE: Final = ("agency", "client_reference", "episode_reference", "client")
_EPISODE: Final = ("agency", "client_reference", "episode_reference", "triaged_on", "discharged_on", "reason")
_ENTRY: Final = (
    *("position", "event", "occurred_on", "received_on", "recorded_at", "submission", "agency", "file", "row", "actor"),
    *(
        "role",
        "erased",
        "drafted",
        "client",
        "episode.agency",
        "episode.client_reference",
        "episode.episode_reference",
        "fact",
    ),
)


def figures(documents: Iterable[Document], audience: str) -> str:
    """A line for each figure."""
    return _table(_FIGURE, documents, audience)


def triangle(document: Document, audience: str) -> str:
    """A line for each cell that is known."""
    rows = (
        (document["measure"], *document["slice"].values(), as_of, known_at, *pair, audience)
        for as_of, row in zip(document["as_of"], document["cells"], strict=True)
        for known_at, pair in zip(document["known_at"], row, strict=True)
        if pair is not None
    )
    names = (f"slice.{name}" for name in document["slice"])
    return table(("measure", *names, "as_of", "known_at", "numerator", "denominator", AUDIENCE), rows)


def members(documents: Iterable[Document], audience: str) -> str:
    """A line for each episode of each member; of one that is not shown, a line with the rule alone."""
    rows = (
        (*(at(member, name) for name in _MEMBER), *(at(episode, name) for name in _EPISODE), audience)
        for member in documents
        for episode in (member["journey"]["episodes"] if member["journey"] else [{}])
    )
    return table((*_MEMBER, *(f"episode.{name}" for name in _EPISODE), AUDIENCE), rows)


def worklist(document: Document, audience: str) -> str:
    """A line for each row of a worklist; its days are what the column says, what matters on which day in one cell."""
    days_are = document["worklist"]["days_are"]
    rows = (
        (
            *(row[name] for name in (*_REFERENCE, "area", "days", "because")),
            "; ".join(f"{one['what']} {one['day']}" for one in row["dates"]),
            *(at(row, f"beside.{name}") for name in _REFERENCE),
            row["withheld"],
            audience,
        )
        for row in document["rows"]
    )
    beside = (f"beside.{name}" for name in _REFERENCE)
    return table((*_REFERENCE, "area", days_are, "because", "dates", *beside, "withheld", AUDIENCE), rows)


def log(documents: Iterable[Document], audience: str) -> str:
    """A line for each entry of the trail."""
    return _table(_ENTRY, documents, audience)


def _table(names: Sequence[str], documents: Iterable[Document], audience: str) -> str:
    return table((*names, AUDIENCE), ((*(at(one, name) for name in names), audience) for one in documents))


def at(document: Any, path: str) -> Any:
    """The value at a path of names, None where there is none; of what is suppressed, that it is."""
    for name in path.split("."):
        if document == SUPPRESSED:
            return document
        document = document.get(name) if isinstance(document, Mapping) else None
    return document
