"""What became of a file: its counts, its rejections and notices, and where it stands in the log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import msgspec

from domain.submission import Notice, Rejection, SubmissionReceived
from web.files.reading import File


@dataclass(frozen=True)
class EpisodeAbsent:
    """An episode that the file does not have, though it should have.

    `since` is the receipt of the first file that did not have it; None where it is withdrawn.
    """

    client_reference: str
    episode_reference: str
    since: date | None = None


@dataclass(frozen=True)
class Submission:
    """What became of a file. Counts `new` to `unchanged` are of facts; `left_out`, `stopped` and `erased` of episodes.

    `left_out` are those without consent and, `stopped` of them, those on the stop-list; `erased` those of them that
    were known.

    `missing` and `withdrawn_episodes` are the episodes that the file should have had: asked about, or withdrawn by a
    complete file.
    `position` is that of the submission in the log: of the earlier one if it was `already_received`, and None if
    nothing was stored (a dry run).
    """

    file: str
    agency: str
    data_set: str
    first_day: date
    last_day: date
    received_on: date
    sha256: str
    rows: int
    complete: bool = False
    new: int = 0
    amended: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    left_out: int = 0
    stopped: int = 0
    erased: int = 0
    missing: Sequence[EpisodeAbsent] = ()
    withdrawn_episodes: Sequence[EpisodeAbsent] = ()
    rejected: Sequence[Rejection] = ()
    notices: Sequence[Notice] = ()
    events: int = 0
    position: int | None = None
    already_received: bool = False
    dry_run: bool = False

    @property
    def names_episodes(self) -> bool:
        """Whether there are episodes that the file does not have."""
        return bool(self.missing or self.withdrawn_episodes)

    def document(self) -> dict[str, Any]:
        """The submission as the JSON of the command line and of the service."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        missing = plain.pop("missing")
        return plain | {"not_in_file": len(missing), "episodes_not_in_file": missing}


_OF_FILE: Final = ("file", "agency", "data_set", "first_day", "last_day", "received_on", "sha256", "rows")
_OF_PLAN: Final = (*_OF_FILE, "complete", "new", "amended", "withdrawn", "unchanged", "left_out", "stopped", "erased")


def planned(
    event: SubmissionReceived, missing: Sequence[EpisodeAbsent], withdrawn: Sequence[EpisodeAbsent], events: int
) -> Submission:
    """A dry run: the submission that would end in this event, after so many in all."""
    return Submission(
        **{name: getattr(event, name) for name in _OF_PLAN},
        missing=missing,
        withdrawn_episodes=withdrawn,
        rejected=list(event.rejected),
        notices=list(event.notices),
        events=events,
        dry_run=True,
    )


def received_before(event: SubmissionReceived, position: int) -> Submission:
    """The submission of a file that an archive brought before, as the log has it."""
    return Submission(**{name: getattr(event, name) for name in _OF_FILE}, position=position, already_received=True)


def already_received(file: File, received_on: date, position: int, *, dry_run: bool) -> Submission:
    """The earlier submission of the very bytes that came once more."""
    name = file.name
    return Submission(
        file=name.text,
        agency=name.agency,
        data_set=name.schema.data_set,
        first_day=name.first_day,
        last_day=name.last_day,
        received_on=received_on,
        sha256=file.sha256,
        rows=len(file.rows),
        position=position,
        already_received=True,
        dry_run=dry_run,
    )
