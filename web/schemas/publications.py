"""What was published, as JSON."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any, Final

from projections.publication.published import FigureOnRecord, Publication
from projections.publication.restated import FigureChanged, Restated

from .figure import figure_document, standpoint_document

Document = dict[str, Any]

_IN_SHORT: Final = ("measure", "definition", "slice", "numerator", "denominator", "percentage", "status")


def publication(found: Publication) -> Document:
    """A publication without its document, of which it gives the hash."""
    event = found.event
    return {
        "number": event.number,
        "kind": "cut" if found.is_cut else "figure",
        "title": found.title,
        "standpoint": standpoint_document(found.standpoint),
        "figures": [_figure(one) for one in found.figures],
        "published_on": event.occurred_on.isoformat(),
        "recorded_at": found.recorded.recorded_at.isoformat(),
        "log_position": found.recorded.position,
        "actor": event.actor,
        "role": event.role,
        "sha256": sha256(event.document.encode()).hexdigest(),
    }


def public_publication(found: Publication, figures: Iterable[Document]) -> Document:
    """A publication as the public sees it: its figures as they are given, nothing of who published it or was signed."""
    return {
        "number": found.event.number,
        "kind": "cut" if found.is_cut else "figure",
        "title": found.title,
        "standpoint": standpoint_document(found.standpoint),
        "figures": [{name: one[name] for name in _IN_SHORT} for one in figures],
        "published_on": found.event.occurred_on.isoformat(),
    }


def _figure(found: FigureOnRecord) -> Document:
    return {name: found.document[name] for name in _IN_SHORT}


def restated(found: Iterable[Restated]) -> Document:
    """The figures on record that are others as known now."""
    return {"changed": [_restated(one) for one in found]}


def changed(found: FigureChanged) -> Document:
    """What a submission changed of the figures on record."""
    received_on = found.submission.known_at
    return {
        "submission": {
            "position": found.submission.position,
            "received_on": received_on.isoformat() if received_on else None,
        },
        "event": found.event.position if found.event else None,
        "changed": [_restated(one) for one in found.figures],
    }


def _restated(found: Restated) -> Document:
    return {
        "number": found.on_record.publication.event.number,
        "title": found.on_record.publication.title,
        "published": found.on_record.document,
        "before": figure_document(found.before) if found.before else None,
        "after": figure_document(found.after),
    }
