"""Worklists as JSON."""

from collections.abc import Iterable, Sequence
from typing import Any

from domain.client import client_text
from domain.standpoint import Standpoint
from projections.standings.slices import Slice
from projections.worklists import Dated, EpisodeReference, Worklist, WorklistRow

from .figure import slice_document, standpoint_document

Document = dict[str, Any]


def overview(standpoint: Standpoint, where: Slice, counted: Iterable[tuple[Worklist, int]]) -> Document:
    """How many rows each worklist has."""
    return {
        "standpoint": standpoint_document(standpoint),
        "slice": slice_document(where),
        "worklists": [_described(one) | {"rows": rows} for one, rows in counted],
    }


def worklist(one: Worklist, standpoint: Standpoint, where: Slice, rows: Sequence[WorklistRow]) -> Document:
    """One worklist, its rows in the order given."""
    return {
        "standpoint": standpoint_document(standpoint),
        "slice": slice_document(where),
        "worklist": _described(one),
        "rows": [row_document(row) for row in rows],
    }


def row_document(row: WorklistRow) -> Document:
    """A row; `days` is null, `area` too, where another agency's record is not shown."""
    return {
        **_reference(row.episode),
        "area": row.area or None,
        "dates": [_dated(dated) for dated in row.dates],
        "days": row.days,
        "because": row.because,
        "withheld": row.withheld,
        "beside": _reference(row.beside) if row.beside else None,
    }


def _described(one: Worklist) -> Document:
    return {"name": one.name, "title": one.title, "words": one.words, "days_are": one.counts}


def _reference(of: EpisodeReference) -> Document:
    agency, client_reference, episode_reference, client = of
    return {
        "agency": agency,
        "client_reference": client_reference,
        "episode_reference": episode_reference,
        "client": client_text(client),
    }


def _dated(dated: Dated) -> Document:
    return {"what": dated.what, "day": dated.day.isoformat(), "agency": dated.agency}
