"""What became of files, as JSON."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from domain.log.mapper import Event
from domain.log.reading import Recorded
from domain.submission import Notice, Rejection, SubmissionReceived
from projections.store.submissions import EpisodeNotInFile

Document = dict[str, Any]


def submitted(found: Sequence[Recorded], *, earlier: int | None) -> Document:
    """Submissions, the newest first; `earlier` is the `before` with which those before them are asked for."""
    return {"submissions": [submission_line(recorded) for recorded in found], "earlier": earlier}


def submission_line(recorded: Recorded) -> Document:
    """A submission of any kind in a list; what only files have is null of one that came by word."""
    event: Any = recorded.event
    is_file = isinstance(event, SubmissionReceived)
    return {
        "number": event.number,
        "event": event.TOPIC,
        "position": recorded.position,
        "received_on": event.received_on.isoformat(),
        "recorded_at": recorded.recorded_at.isoformat(),
        "actor": event.actor,
        "role": event.role,
        "agency": event.agency,
        **(_counts_of_file(event) if is_file else dict.fromkeys(_OF_FILE)),
        "said": None if is_file else _said(event),
    }


def submission_stored(recorded: Recorded, absent: Sequence[EpisodeNotInFile] | None) -> Document:
    """A submission with its rejections and notices; `absent` None where nobody may be named."""
    event: Any = recorded.event
    is_file = isinstance(event, SubmissionReceived)
    return submission_line(recorded) | {
        "rejected": rejected(event.rejected) if is_file else [],
        "notices": rejected(event.notices) if is_file else [],
        "episodes_not_in_file": None if absent is None else [_episode_absent(one) for one in absent],
    }


def rejections(recorded: Recorded) -> Document:
    """The rows of a file that were not taken in."""
    document = submission_stored(recorded, None)
    return {name: document[name] for name in ("number", "file", "rejected")}


def rejected(found: Sequence[Rejection | Notice]) -> list[Document]:
    """The rejections, or the notices, of a file."""
    plain: list[Document] = msgspec.to_builtins(found)
    return plain


def _episode_absent(absent: EpisodeNotInFile) -> Document:
    client_reference, episode_reference, since = absent
    return {
        "client_reference": client_reference,
        "episode_reference": episode_reference,
        "since": since.isoformat(),
    }


_COUNTS: Final = ("rows", "new", "amended", "withdrawn", "unchanged", "left_out", "stopped", "erased")
_OF_FILE: Final = (
    *("file", "data_set", "first_day", "last_day", "sha256", "complete"),
    *_COUNTS,
    *("not_in_file", "rejected_count", "notice_count"),
)
_BESIDE: Final = {"number", "agency", "received_on", "episode", *Event.__struct_fields__}
"""What stands elsewhere in the document of a submission by word; the stream of an episode says nothing to a reader."""


def _counts_of_file(event: SubmissionReceived) -> Document:
    return {
        "file": event.file,
        "data_set": event.data_set,
        "first_day": event.first_day.isoformat(),
        "last_day": event.last_day.isoformat(),
        "sha256": event.sha256,
        "complete": event.complete,
        **{name: getattr(event, name) for name in _COUNTS},
        "not_in_file": event.missing,
        "rejected_count": len(event.rejected),
        "notice_count": len(event.notices),
    }


def _said(event: Event) -> Document:
    said = {name: getattr(event, name) for name in event.__struct_fields__ if name not in _BESIDE}
    plain: Document = msgspec.to_builtins(said)
    return plain
