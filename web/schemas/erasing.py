"""What is due to be erased, and the schedule it follows, as JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from domain.client import client_text
from domain.retention import RetentionPeriod
from projections.privacy.retention import Due

Document = dict[str, Any]


def retention(on: date, schedule: Sequence[RetentionPeriod], found: Sequence[Due]) -> Document:
    """The schedule, and what is due on a day."""
    return {
        "on": on.isoformat(),
        "schedule": [
            asdict(period) | {"episodes_due": sum(len(d.episodes) for d in found if d.kind == period.kind)}
            for period in schedule
        ],
        "due": [_due(one) for one in found],
    }


def _due(one: Due) -> Document:
    return {
        "kind": one.kind,
        "due_on": one.due_on.isoformat(),
        "client": client_text(one.client),
        "episodes": [
            {
                "agency": its.agency,
                "client_reference": its.client_reference,
                "episode_reference": its.episode_reference,
            }
            for its in one.episodes
        ],
    }
