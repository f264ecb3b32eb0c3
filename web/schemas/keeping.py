"""The audit trail and what verifying and rebuilding found, as JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

import msgspec

from domain.client import client_text
from domain.episode.events import EpisodeEvent, FactEvent, Withdrawn
from domain.log.mapper import Event
from projections.explain.trail import Entry
from projections.projector.verify import Verification

Document = dict[str, Any]

_BESIDE: Final = {"near", "document", *Event.__struct_fields__}
"""What stands elsewhere in an entry; keyed hashes, which say nothing to a reader; what 'published --show' prints."""


def trail(entries: Sequence[Entry], *, earlier: int | None) -> Document:
    """The entries, the newest last; `earlier` is the `--to` with which the ones before them are asked for."""
    return {"entries": [_entry(entry) for entry in entries], "earlier": earlier}


def _entry(entry: Entry) -> Document:
    event, reference = entry.event, entry.reference
    return {
        "position": entry.position,
        "event": entry.topic,
        "occurred_on": entry.occurred_on.isoformat(),
        "received_on": entry.received_on.isoformat() if entry.received_on else None,
        "recorded_at": entry.recorded_at.isoformat(),
        "submission": entry.submission,
        "agency": entry.agency,
        "file": entry.file,
        "row": event.row if event else None,
        "actor": event.actor if event else None,
        "role": event.role if event else None,
        "erased": event is None,
        "client": client_text(reference.client) if reference else None,
        "episode": _episode(entry),
        "fact": event.key if isinstance(event, EpisodeEvent) else None,
        "said": _said(event),
    }


def _episode(entry: Entry) -> Document | None:
    if entry.reference is None:
        return None
    reference = asdict(entry.reference)
    del reference["client"]
    return {"id": str(entry.stream)} | reference


def _said(event: Event | None) -> Document | None:
    """The fact, as the newest that was said; of a submission what it brought."""
    if event is None or isinstance(event, Withdrawn):
        return None
    said: Document = msgspec.to_builtins(event.fact if isinstance(event, FactEvent) else event)
    return {name: value for name, value in said.items() if name not in _BESIDE}


def verification(found: Verification) -> Document:
    """What was checked, and what differs."""
    return {"holds": found.holds} | asdict(found)
