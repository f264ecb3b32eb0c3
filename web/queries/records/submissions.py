"""What became of submissions, also of those long ago, and of the episodes that a file was the first not to have."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import msgspec
import sqlalchemy as sa

from domain.client import ClientKey
from domain.log.mapper import Event
from domain.log.reading import Recorded
from domain.submission import (
    EpisodesRekeyed,
    KeptOut,
    Notice,
    Rejection,
    SubmissionReceived,
    WithdrawalConfirmed,
)
from projections.privacy.redaction import notices_for_providers
from projections.store import tables
from projections.store.submissions import SubmissionFilter, first_not_in_file, submission_events, submission_numbered
from web.auth.viewer import NotOwn, Viewer
from web.queries.result import Document, Moment, Result
from web.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class SubmissionsQuery:
    """Which submissions: of one agency, of one data set, numbered below `before`; the newest `limit`."""

    agency: str | None = None
    data_set: str | None = None
    before: int | None = None
    limit: int = 50


class SubmissionLine(Result, frozen=True):
    """A submission of any kind; what only files have is null of one that came by word, and `said` of a file.

    `first_day` and `last_day` are those of the file's name; `corrected_by` is the submission that last said otherwise.
    """

    number: int
    event: str
    position: int
    received_on: date
    recorded_at: Moment
    actor: str
    role: str
    agency: str
    file: str | None
    data_set: str | None
    first_day: date | None
    last_day: date | None
    sha256: str | None
    complete: bool | None
    rows: int | None
    new: int | None
    amended: int | None
    withdrawn: int | None
    unchanged: int | None
    left_out: int | None
    stopped: int | None
    erased: int | None
    consent_refused: int | None
    consent_unclear: int | None
    not_in_file: int | None
    episodes: int | None
    kept_out: KeptOut | None
    rejected_count: int | None
    notice_count: int | None
    corrected_by: int | None
    said: Document | None

    @property
    def is_file(self) -> bool:
        """Whether it came as a file, and not by word."""
        return self.file is not None


class SubmissionsResult(Result, frozen=True):
    """Submissions, the newest first; `earlier` is the `before` of the next page, null at the end."""

    submissions: list[SubmissionLine]
    earlier: int | None


def submissions(snapshot: Snapshot, viewer: Viewer, query: SubmissionsQuery) -> SubmissionsResult:
    """The newest submissions; a provider's are those of its agencies."""
    # One more than is returned tells whether there is more.
    own = viewer.agencies if viewer.is_provider else None
    filter_ = SubmissionFilter(query.agency, query.data_set, own, query.before, query.limit + 1)
    events = submission_events(snapshot.connection, snapshot.mapper, snapshot.generation, filter_)
    shown = [_visible(recorded, viewer) for recorded in events[: query.limit]]
    corrected = _corrections(snapshot, [recorded.event.submission for recorded in shown])
    lines = [SubmissionLine(**_line(recorded, corrected)) for recorded in shown]
    return SubmissionsResult(lines, lines[-1].number if len(events) > query.limit else None)


class EpisodeAbsent(Result, frozen=True):
    """An episode that a file does not have though it should.

    `since` is the receipt of the first file that did not have it; null where the file withdraws it.
    """

    client_reference: str
    episode_reference: str
    since: date | None = None


class RejectedRow(Result, frozen=True):
    """A row that was rejected, and what it calls its episode; that is null where it may not be named, and once the
    agency has sent its next file.

    `row` 1 is the first below the header; `sheet_row` is the number that a spreadsheet has for it.
    """

    row: int
    sheet_row: int
    client_reference: str | None
    episode_reference: str | None
    column: str
    code: str
    message: str

    @property
    def unnamed(self) -> "RejectedRow":
        """The same, for somebody who may not see single clients."""
        return msgspec.structs.replace(self, client_reference=None, episode_reference=None)


def rejected_rows(rejections: Iterable[Rejection], names: Mapping[int, tuple[str, str]]) -> list[RejectedRow]:
    """The rejected rows of a file, with what they call their episodes."""
    rows = []
    for one in rejections:
        client, episode = names.get(one.row, (None, None))
        sheet_row = one.sheet_row or one.row + 1
        rows.append(RejectedRow(one.row, sheet_row, client, episode, one.column, one.code, one.message))
    return rows


MayName = Callable[[str, str], bool]
"""Whether the episodes of an agency may be named that a file of it does not have."""


@dataclass(frozen=True, slots=True)
class SubmissionQuery:
    """One submission; `may_name` is asked if there are episodes that its file does not have, or that it kept out."""

    number: int
    may_name: MayName = lambda _agency, _file: False


class SubmissionResult(SubmissionLine, frozen=True):
    """A submission with its rejections, its notices, and the episodes that it was the first not to have.

    The episodes are null for somebody who may not see single clients without a reason.
    """

    rejected: Sequence[RejectedRow]
    notices: Sequence[Notice]
    episodes_not_in_file: list[EpisodeAbsent] | None


def submission(snapshot: Snapshot, viewer: Viewer, query: SubmissionQuery) -> SubmissionResult | None:
    """The submission with this number; None if there is none.

    Raises:
        NotOwn: it is another agency's.
    """
    recorded = _recorded(snapshot, viewer, query.number)
    if recorded is None:
        return None
    event = recorded.event
    if not isinstance(event, SubmissionReceived):
        return SubmissionResult(**_line(recorded, {}), rejected=(), notices=(), episodes_not_in_file=[])
    absent: list[EpisodeAbsent] | None = _absent(snapshot, event)
    names = _names(snapshot, recorded.position) if event.rejected else {}
    if (absent or names) and not query.may_name(event.agency, event.file):
        absent, names = (None if absent else absent), {}
    rejected = rejected_rows(event.rejected, names)
    line = _line(recorded, _corrections(snapshot, [event.number]))
    return SubmissionResult(**line, rejected=rejected, notices=event.notices, episodes_not_in_file=absent)


def _corrections(snapshot: Snapshot, numbers: Sequence[int]) -> dict[int, int]:
    """By the number of a file, the submission that last corrected its covered days."""
    t = tables.submission.c
    query = sa.select(t.corrects, sa.func.max(t.number)).where(t.generation == snapshot.generation)
    return dict(list(snapshot.connection.execute(query.where(t.corrects.in_(numbers)).group_by(t.corrects))))


def _names(snapshot: Snapshot, position: int) -> dict[int, tuple[str, str]]:
    """What the rejected rows of a submission call their episodes, as long as that is remembered."""
    t = tables.kept_out.c
    query = sa.select(t.row, t.client_reference, t.episode_reference).where(t.position == position)
    return {row: (client, episode) for row, client, episode in snapshot.connection.execute(query)}


class RejectionsResult(Result, frozen=True):
    """The rows of a file that were not taken in."""

    number: int
    file: str | None
    rejected: Sequence[RejectedRow]


def rejections(snapshot: Snapshot, viewer: Viewer, query: SubmissionQuery) -> RejectionsResult | None:
    """The rows of a file that were not taken in. None, and NotOwn, as of `submission`."""
    result = submission(snapshot, viewer, query)
    return None if result is None else RejectionsResult(result.number, result.file, result.rejected)


@dataclass(frozen=True, slots=True)
class AbsenceAnswer:
    """How a question ended: by the submission `number`, received on a day. `withdrawn`, `joined` with another
    reference, or in that file again.
    """

    number: int
    received_on: date
    withdrawn: bool
    joined: bool = False


@dataclass(frozen=True, slots=True)
class AbsentEpisode:
    """An episode that is asked about, and how that ended; None as long as it is open."""

    episode: EpisodeAbsent
    answer: AbsenceAnswer | None


MOST_LATER: Final = 500
"""Later submissions of the agency that are looked at: forty years of monthly files."""


def absent_episodes(snapshot: Snapshot, key: ClientKey, submission: SubmissionResult) -> list[AbsentEpisode]:
    """The episodes that a submission names as absent, with the answers that came since."""
    if not submission.episodes_not_in_file:
        return []
    agency, later = submission.agency, SubmissionFilter(agencies=(submission.agency, ""), limit=MOST_LATER)
    answers: dict[UUID, AbsenceAnswer] = {}
    for recorded in submission_events(snapshot.connection, snapshot.mapper, snapshot.generation, later):
        if recorded.position > submission.position:
            answers |= dict(_answers(recorded.event))
    return [
        AbsentEpisode(one, answers.get(key.episode(agency, one.client_reference, one.episode_reference)))
        for one in submission.episodes_not_in_file
    ]


def count_absent(snapshot: Snapshot, viewer: Viewer, number: int) -> int:
    """How many episodes a file was the first not to have, where they are not named. NotOwn as of `submission`."""
    recorded = _recorded(snapshot, viewer, number)
    return len(_absent(snapshot, recorded.event)) if recorded else 0


def number_at(snapshot: Snapshot, position: int | None) -> int:
    """The number of the submission whose event stands at a position of the log."""
    t = tables.submission.c
    query = sa.select(t.number).where(t.generation == snapshot.generation, t.position == position)
    return int(snapshot.connection.execute(query).scalar_one())


def brought_by(snapshot: Snapshot, position: int, viewer: Viewer) -> bool:
    """Whether the event at a position of the log came with a submission of the viewer's own."""
    t = tables.submission.c
    query = sa.select(t.agency).where(t.generation == snapshot.generation, t.position >= position)
    return snapshot.connection.execute(query.order_by(t.position).limit(1)).scalar() in viewer.agencies


def _recorded(snapshot: Snapshot, viewer: Viewer, number: int) -> Recorded | None:
    recorded = submission_numbered(snapshot.connection, snapshot.mapper, snapshot.generation, number)
    event: Any = recorded and recorded.event
    if event is not None and viewer.is_provider and event.agency not in viewer.agencies:
        raise NotOwn(f"submission {number}")
    return _visible(recorded, viewer) if recorded else None


def _absent(snapshot: Snapshot, event: Event) -> list[EpisodeAbsent]:
    if not isinstance(event, SubmissionReceived):
        return []
    return [EpisodeAbsent(*one) for one in first_not_in_file(snapshot.connection, snapshot.generation, event)]


def _visible(recorded: Recorded, viewer: Viewer) -> Recorded:
    """A submission as the viewer may see it."""
    event = recorded.event
    if not viewer.is_provider or not isinstance(event, SubmissionReceived):
        return recorded
    event = msgspec.structs.replace(event, notices=tuple(notices_for_providers(event.notices)))
    return msgspec.structs.replace(recorded, event=event)


def _answers(event: Event) -> Iterator[tuple[UUID, AbsenceAnswer]]:
    """Read from the newest on, so that the first answer is the one that stays."""
    if isinstance(event, WithdrawalConfirmed):
        yield event.episode, AbsenceAnswer(event.number, event.received_on, withdrawn=True)
    elif isinstance(event, EpisodesRekeyed):
        for old, _new in event.pairs:
            yield old, AbsenceAnswer(event.number, event.received_on, withdrawn=False, joined=True)
    elif isinstance(event, SubmissionReceived):
        for stream in event.found_again:
            yield stream, AbsenceAnswer(event.number, event.received_on, withdrawn=False)


_FROM_FILE: Final = (
    *("file", "data_set", "first_day", "last_day", "sha256", "complete", "rows"),
    *("new", "amended", "withdrawn", "unchanged", "left_out", "stopped", "erased", "consent_refused"),
    *("episodes", "kept_out"),
)
_ONLY_OF_FILES: Final = (*_FROM_FILE, "consent_unclear", "not_in_file", "rejected_count", "notice_count")
_BESIDE: Final = {"number", "agency", "received_on", "episode", *Event.__struct_fields__}
"""What stands elsewhere in a submission by word; the stream of an episode says nothing to a reader."""


def _line(recorded: Recorded, corrected: Mapping[int, int]) -> dict[str, Any]:
    """The fields of a line, by name; `corrected` gives who last corrected a file's covered days."""
    event: Any = recorded.event
    is_file = isinstance(event, SubmissionReceived)
    return {
        "number": event.number,
        "event": event.TOPIC,
        "position": recorded.position,
        "received_on": event.received_on,
        "recorded_at": recorded.recorded_at.isoformat(),
        "actor": event.actor,
        "role": event.role,
        "agency": event.agency,
        **(_of_file(event) if is_file else dict.fromkeys(_ONLY_OF_FILES)),
        "corrected_by": corrected.get(event.number),
        "said": None if is_file else _by_word(event),
    }


def _of_file(event: SubmissionReceived) -> dict[str, Any]:
    return {name: getattr(event, name) for name in _FROM_FILE} | {
        "consent_unclear": len(event.consent_unclear),
        "not_in_file": event.missing,
        "rejected_count": len(event.rejected),
        "notice_count": len(event.notices),
    }


def _by_word(event: Event) -> Document:
    values = {name: getattr(event, name) for name in event.__struct_fields__ if name not in _BESIDE}
    document: Document = msgspec.to_builtins(values)
    return document
