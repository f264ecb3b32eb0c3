"""The audit trail and what verifying and rebuilding found, as JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import msgspec

from domain.client import client_text
from domain.episode import EpisodeEvent, FactEvent
from projections.trail import Entry
from projections.verify import Verification

Document = dict[str, Any]

_KEYED_HASHES = ("near",)
"""What a fact holds for other questions, and says nothing to a reader."""


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
        "said": _said(event.fact) if isinstance(event, FactEvent) else None,
    }


def _episode(entry: Entry) -> Document | None:
    if entry.reference is None:
        return None
    reference = asdict(entry.reference)
    del reference["client"]
    return {"id": str(entry.stream)} | reference


def _said(fact: msgspec.Struct) -> Document:
    plain: Document = msgspec.to_builtins(fact)
    return {name: value for name, value in plain.items() if name not in _KEYED_HASHES}


def verification(found: Verification) -> Document:
    """What was checked, and what differs."""
    return {"holds": found.holds} | asdict(found)
