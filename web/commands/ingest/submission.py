"""What became of a file: its counts, its rejections and notices, and where it stands in the log."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import msgspec

from domain.submission import KeptOut, Notice, SubmissionReceived
from projections.standings.slices import Slice
from web.files.reading import File
from web.queries.records.submissions import EpisodeAbsent, RejectedRow, rejected_rows
from web.queries.result import Result


class EffectCounts(Result, frozen=True):
    """The two numbers of a figure."""

    numerator: int
    denominator: int | None


class EffectResult(Result, frozen=True):
    """A measure before and after a file."""

    measure: str
    slice: Slice
    as_of: date
    before: EffectCounts
    after: EffectCounts


class Submission(Result, frozen=True, kw_only=True):
    """What became of a file. The episodes are null for somebody who may not see single clients without a reason.

    `new` to `unchanged` count facts; `left_out` counts episodes without consent and, `stopped` of them, those on the
    stop-list; `erased` those of them that were known. `consent_refused` counts the clients who refuse consent in the
    file, `consent_unclear` those of the agency who are asked about, since CONSENT was neither yes nor no. The episodes
    that the file should have had are asked about (`episodes_not_in_file`), or withdrawn by a complete file. `kept_out`
    counts those of the file's `episodes` that were rejected. `position` is that of the submission in the log: of the
    earlier one if it was `already_received`, and null if nothing was stored (a dry run). Only a dry run has `effects`.
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
    consent_refused: int = 0
    consent_unclear: int = 0
    withdrawn_episodes: Sequence[EpisodeAbsent] | None = ()
    episodes: int = 0
    kept_out: KeptOut = KeptOut()
    rejected: Sequence[RejectedRow] = ()
    notices: Sequence[Notice] = ()
    events: int = 0
    position: int | None = None
    already_received: bool = False
    dry_run: bool = False
    not_in_file: int = 0
    episodes_not_in_file: Sequence[EpisodeAbsent] | None = ()
    effects: Sequence[EffectResult] | msgspec.UnsetType = msgspec.UNSET

    @property
    def missing(self) -> Sequence[EpisodeAbsent]:
        """The episodes that are asked about, where they are named."""
        return self.episodes_not_in_file or ()

    @property
    def lacks_episodes(self) -> bool:
        """Whether there are episodes that the file does not have."""
        return bool(self.episodes_not_in_file or self.withdrawn_episodes)

    @property
    def names_episodes(self) -> bool:
        """Whether there are such episodes, or some that were kept out."""
        return self.lacks_episodes or bool(self.rejected)


_OF_FILE: Final = ("file", "agency", "data_set", "first_day", "last_day", "received_on", "sha256", "rows")
_OF_PLAN: Final = (
    *(*_OF_FILE, "complete", "new", "amended", "withdrawn", "unchanged", "left_out", "stopped", "erased"),
    *("episodes", "kept_out"),
)


def planned(
    event: SubmissionReceived,
    missing: Sequence[EpisodeAbsent],
    withdrawn: Sequence[EpisodeAbsent],
    kept_out: Mapping[int, tuple[str, str]],
    events: int,
) -> Submission:
    """A dry run: the submission that would end in this event, after so many in all."""
    return Submission(
        **{name: getattr(event, name) for name in _OF_PLAN},
        consent_refused=event.consent_refused,
        consent_unclear=len(event.consent_unclear),
        not_in_file=len(missing),
        episodes_not_in_file=missing,
        withdrawn_episodes=withdrawn,
        rejected=rejected_rows(event.rejected, kept_out),
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
