"""Taking a file in: what it changes in what was known, decided and stored under the writer's lock, or not at all.

Most rows of a monthly file say what they said a month ago. Of each episode a digest of its rows is kept; where it is
the same, all facts are unchanged, and the rows are neither checked nor compared again.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

import msgspec
import sqlalchemy as sa

from domain.client import ClientKey, client_number
from domain.episode.episode import OURS, REVIEW_FILE, TREATMENT, Episode, FactEvent, Referral, Start
from domain.errors import Refused
from domain.log.database import reading
from domain.log.mapper import Event
from domain.log.reading import Recorded
from domain.register import Recording, Register
from domain.submission import (
    Notice,
    Provenance,
    Rejection,
    ReportedEpisode,
    SubmissionReceived,
    changes,
    erasure,
    submission_stream,
    withdrawal,
)
from projections.store import generations
from web import stop_list
from web.files.checks.episodes import (
    CheckedEpisode,
    check_episode,
    check_keyless,
    unknown_episode,
    unread_columns,
    withdraws_nothing,
)
from web.files.checks.rows import Circumstances
from web.files.file_names import FileName, parse_name, refuse_raw
from web.files.reading import EpisodeRows, File, check_key, no_accepted_row, read_path
from web.files.uploads import SentFile
from web.stop_list import StopEntry

from . import known
from .known import EpisodeKnown, SubmissionKnown, TakenIn
from .representations import client_of, concerns_journeys, follow_returns

LIKELY_WITHDRAWALS: Final = 5
"""A complete file may withdraw this many open episodes without anybody confirming it."""
LIKELY_PART: Final = 5
"""Or one in so many of those known open before it."""
CONSENT_ENDED: Final = "consent ended"
STOPPED: Final = "the person was erased before"
EVERYTHING: Final = (TREATMENT, REVIEW_FILE, OURS)
"""All who speak of an episode's facts."""

Progress = Callable[[int, int], None]
"""Told how many of how many episodes have been checked."""


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
    nothing was kept (a dry run).
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

    def document(self) -> dict[str, Any]:
        """The submission as the JSON of the command line and of the service."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        missing = plain.pop("missing")
        return plain | {"not_in_file": len(missing), "episodes_not_in_file": missing}


def take_in(
    register: Register,
    client_key: ClientKey,
    path: SentFile,
    received_on: date,
    today: date,
    *,
    actor: str,
    role: str,
    complete: bool = False,
    accept_withdrawals: bool = False,
    dry_run: bool = False,
    raw_files: bool = True,
    progress: Progress | None = None,
    look: Callable[[sa.Connection], None] | None = None,
) -> Submission:
    """Take a monthly file or a review file in, in one commit; a dry run says what would happen, and keeps nothing.

    `received_on` is the day on which the file reached the commissioner. `complete`: the file holds all that the agency
    has of the covered days, so that what it lacks is withdrawn; `accept_withdrawals` confirms that where it is a lot.
    Without `raw_files`, a monthly file must have been prepared where it comes from (`preparing`).
    `look` is called with the transaction once everything is in it, before it is kept or not.

    Raises:
        Refused: the file is not taken in, and nothing of it is stored; the code is one of `reading.REFUSALS`
            or `reading.PREPARED_REFUSALS`.
        DatabaseBusy, DatabaseFull, DatabaseUnavailable: nothing was stored.
    """
    check_not_ahead(received_on, today, path.name)
    with reading(register.engine) as connection:
        check_order(connection, generations.live(connection), received_on, path.name)
    name = parse_name(path.name)
    if not raw_files:
        refuse_raw(name)
    file = read_path(path)
    check_key(file, client_key)
    with register.recording(keep=not dry_run) as recording:
        generation = generations.live(recording.connection)
        # Once more: another submission may have been taken in since.
        newest = check_order(recording.connection, generation, received_on, path.name)
        before = known.newest_for_days(recording.connection, generation, file.name)
        if before and before.sha256 == file.sha256:
            return _already_received(file, before, dry_run)
        by = Provenance(newest.number + 1 if newest else 1, actor, role)
        taking = _TakingIn(recording, generation, client_key, file, received_on, by, complete)
        taking.check(progress)
        submission = taking.record(accept_withdrawals, dry_run)
        if look:
            look(recording.connection)
    return submission


def check_not_ahead(received_on: date, today: date, file: str = "") -> None:
    """Nothing is received after today; raises Refused."""
    if received_on > today:
        raise Refused(
            "received-in-future",
            f"The day of receipt, {received_on}, lies after today, {today}. Give the day on which it was received.",
            file,
        )


def check_order(
    connection: sa.Connection, generation: int, received_on: date, file: str = ""
) -> SubmissionKnown | None:
    """The newest submission so far; raises Refused if it was received after `received_on`."""
    newest = known.newest(connection, generation)
    if newest and received_on < newest.received_on:
        raise Refused(
            "received-out-of-order",
            f"The day of receipt, {received_on}, lies before that of the newest submission, {newest.received_on}. "
            "Submissions are taken in in the order of their receipt; the same day is fine.",
            file,
        )
    return newest


def _already_received(file: File, before: SubmissionKnown, dry_run: bool) -> Submission:
    return Submission(
        **_of_file(file),
        received_on=before.received_on,
        position=before.position,
        already_received=True,
        dry_run=dry_run,
    )


def _of_file(file: File) -> dict[str, Any]:
    name: FileName = file.name
    return {
        "file": name.text,
        "agency": name.agency,
        "data_set": name.schema.data_set,
        "first_day": name.first_day,
        "last_day": name.last_day,
        "sha256": file.sha256,
        "rows": len(file.rows),
    }


@dataclass
class _Decided:
    """What is to be recorded, episode by episode, and the counts of it."""

    new: int = 0
    amended: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    events: list[Event] = field(default_factory=list)
    episodes: dict[UUID, Episode] = field(default_factory=dict)
    """The episodes that have events, as they are after them."""
    clients: set[int] = field(default_factory=set)
    """Whose journeys may have changed."""
    records: dict[UUID, int] = field(default_factory=dict)
    """Of the episodes to erase, how many events they have."""


class _TakingIn:
    """One file on its way in, under the writer's lock."""

    def __init__(
        self,
        recording: Recording,
        generation: int,
        client_key: ClientKey,
        file: File,
        received_on: date,
        by: Provenance,
        complete: bool,
    ) -> None:
        self.recording, self.generation, self.client_key = recording, generation, client_key
        self.file, self.name, self.received_on, self.by, self.complete = file, file.name, received_on, by, complete
        name, connection = file.name, recording.connection
        self.known = known.episodes_of(connection, generation, name.agency, name.first_day, name.last_day)
        self.in_file: set[UUID] = set()
        self.same: list[TakenIn] = []
        self.reported: dict[UUID, tuple[EpisodeRows, ReportedEpisode]] = {}
        self.with_notices: set[UUID] = set()
        self.kept_out = stop_list.kept_out(connection)
        self.left_out: list[UUID] = []
        self.stopped: set[UUID] = set()
        self.rejected: list[Rejection] = []
        self.notices: list[Notice] = unread_columns(file.unread)

    @property
    def is_monthly(self) -> bool:
        return self.name.schema.data_set == TREATMENT

    @property
    def withdraws(self) -> bool:
        """Whether what is not in the file counts as not said: not while any row may be of any episode."""
        return not self.file.keyless

    # -- reading ------------------------------------------------------------------------------------------------

    def check(self, progress: Progress | None) -> None:
        """Check the rows that are not the same as before. Raises Refused if none at all is accepted."""
        circumstances = Circumstances(
            self.name.schema, self.name.agency, self.name.last_day, self.received_on, self.client_key
        )
        for number in self.file.keyless:
            self.rejected += check_keyless(number, self.file.values(number), circumstances)
        changed = self._changed()
        for done, (stream, rows) in enumerate(changed, 1):
            if self.kept_out and self.client_key.stopped_episode(stream) in self.kept_out:
                self._stop(stream, rows)
                continue
            values = [(number, self.file.values(number)) for number in rows.numbers]
            self._sort(stream, rows, check_episode(stream, values, circumstances))
            if progress:
                progress(done, len(changed))
        self._check_accepted()
        self._note_two_people()
        if not self.withdraws:
            self.notices.append(withdraws_nothing(self.file.keyless[0]))
        self.rejected.sort(key=lambda rejection: rejection.row)
        self.notices.sort(key=lambda notice: notice.row)

    def _changed(self) -> list[tuple[UUID, EpisodeRows]]:
        """The episodes whose rows are not those that they were last taken in from."""
        before = known.taken_in_before(self.recording.connection, self.name) if self._may_skip() else {}
        stream_of, agency = self.client_key.episode, self.name.agency
        changed = []
        for rows in self.file.episodes:
            stream = stream_of(agency, rows.client_reference, rows.episode_reference)
            self.in_file.add(stream)
            taken_in = before.get(stream)
            if taken_in and taken_in.digest == rows.digest:
                self.same.append(taken_in)
            else:
                changed.append((stream, rows))
        return changed

    def _may_skip(self) -> bool:
        # A file of earlier days than those before may have to say of the same rows that they lie after its last day.
        latest = known.latest_covered_day(self.recording.connection, self.generation, self.name)
        return latest is not None and self.name.last_day >= latest

    def _sort(self, stream: UUID, rows: EpisodeRows, checked: CheckedEpisode) -> None:
        if self._is_stopped(checked.reported):
            self._stop(stream, rows)
            return
        self.notices += checked.notices
        if checked.left_out:
            self.left_out.append(stream)
        elif checked.reported is None:
            self.rejected += checked.rejections
        elif not self.is_monthly and stream not in self.known:
            self.rejected += unknown_episode(rows.numbers)
        else:
            self.reported[stream] = (rows, checked.reported)
            if checked.notices:
                self.with_notices.add(stream)

    def _is_stopped(self, reported: ReportedEpisode | None) -> bool:
        client = _client_named(reported) if self.kept_out and reported else None
        return client is not None and self.client_key.stopped_person(client) in self.kept_out

    def _stop(self, stream: UUID, rows: EpisodeRows) -> None:
        """Who was erased does not come back with a file; a notice says so, and names nobody."""
        self.left_out.append(stream)
        self.stopped.add(stream)
        message = "This person's records were erased, and are not taken in again. Nothing of this episode is kept."
        self.notices.append(Notice(rows.numbers[0], "", "erased-before", message))

    def _check_accepted(self) -> None:
        if not (self.same or self.reported or self.left_out):
            raise no_accepted_row(self.name, self.rejected[0])

    def _note_two_people(self) -> None:
        """Two episodes of one CLIENT that disagree are two people: say so of each CLIENT that the file changes."""
        people: defaultdict[str, dict[UUID, int]] = defaultdict(dict)
        for episode in self.known.values():
            people[episode.client_reference][episode.episode] = episode.client
        changed: dict[str, int] = {}
        for stream, (rows, reported) in self.reported.items():
            if (client := _client_reported(reported)) is not None:
                people[rows.client_reference][stream] = client
                changed.setdefault(rows.client_reference, rows.numbers[0])
        for reference, row in changed.items():
            if len(set(people[reference].values())) > 1:
                message = (
                    "The episodes of this CLIENT do not agree in initials, date of birth or sex, so they count as "
                    "those of two people. Look which is right."
                )
                self.notices.append(Notice(row, "CLIENT", "one-client-two-people", message))

    # -- deciding -----------------------------------------------------------------------------------------------

    def record(self, accept_withdrawals: bool, dry_run: bool) -> Submission:
        """Record what the file changes. Raises Refused for a complete file that withdraws more than is likely."""
        absent = self._absent()
        withdrawn = absent if self.complete else []
        missing = [] if self.complete or not self.is_monthly else absent
        self._check_likely(withdrawn, accept_withdrawals)
        decided = self._decide([episode.episode for episode in withdrawn])
        event = self._received(decided, missing)
        recorded = self.recording.append([*decided.events, event], erased=decided.records)
        self._keep_rows(decided, withdrawn)
        if decided.records:
            at, stopped = recorded[-1].recorded_at, self.client_key.stopped_episode
            again = [StopEntry(stopped(stream), False, at) for stream in decided.records]
            stop_list.add(self.recording.connection, again)
        return Submission(
            **_of_file(self.file),
            received_on=self.received_on,
            complete=self.complete,
            new=event.new,
            amended=event.amended,
            withdrawn=event.withdrawn,
            unchanged=event.unchanged,
            left_out=event.left_out,
            stopped=event.stopped,
            erased=event.erased,
            missing=[
                EpisodeAbsent(e.client_reference, e.episode_reference, e.missing_since or self.received_on)
                for e in missing
            ],
            withdrawn_episodes=[EpisodeAbsent(e.client_reference, e.episode_reference) for e in withdrawn],
            rejected=self.rejected,
            notices=self.notices,
            events=len(recorded),
            position=None if dry_run else recorded[-1].position,
            dry_run=dry_run,
        )

    def _absent(self) -> list[EpisodeKnown]:
        """The episodes known to touch the covered days that the file does not have.

        Of a file that withdraws nothing only those that were missing before: any other may be the unreadable row's.
        """
        absent = [e for stream, e in self.known.items() if e.touches and stream not in self.in_file]
        return absent if self.withdraws else [e for e in absent if e.missing_since and not self.complete]

    def _check_likely(self, withdrawn: Sequence[EpisodeKnown], accepted: bool) -> None:
        if accepted or not self.is_monthly:
            return
        lost, before = sum(e.open for e in withdrawn), sum(e.open for e in self.known.values())
        if lost > LIKELY_WITHDRAWALS and lost * LIKELY_PART > before:
            raise Refused(
                "withdraws-many",
                f"{self.name.text} is declared complete and would withdraw {lost} of the {before} open episodes of "
                f"{self.name.agency}. If that is right, confirm it; otherwise take it in as not complete.",
                self.name.text,
            )

    def _decide(self, withdrawn: Iterable[UUID]) -> _Decided:
        decided = _Decided(unchanged=sum(taken_in.facts for taken_in in self.same))
        withdrawn = list(withdrawn)
        streams = self.recording.read_streams([*self.reported, *self.left_out, *withdrawn])
        for stream, (_rows, reported) in self.reported.items():
            episode = _folded(stream, streams)
            result = changes(episode, reported, self.name.schema.data_set, self.by, self.withdraws)
            decided.new += result.new
            decided.amended += result.amended
            decided.unchanged += result.unchanged
            self._apply(decided, episode, result.events, result.withdrawn)
        for stream in withdrawn:
            episode = _folded(stream, streams)
            result = withdrawal(episode, self.by, EVERYTHING if self.is_monthly else (REVIEW_FILE,))
            self._apply(decided, episode, result.events, result.withdrawn)
        for stream in self.left_out:
            self._leave_out(decided, stream, streams.get(stream, ()))
        decided.events += follow_returns(self.recording, self.generation, decided.episodes, decided.clients, self.by)
        return decided

    def _leave_out(self, decided: _Decided, stream: UUID, recorded: Sequence[Recorded]) -> None:
        """Nothing of an episode without consent stays, also of one that was withdrawn before."""
        if not any(isinstance(r.event, FactEvent) for r in recorded):
            return
        episode = Episode.folded(stream, (r.event for r in recorded))
        # Counted, but not recorded one by one: an event that names a fact would outlive it.
        withdrawn = withdrawal(episode, self.by, EVERYTHING).withdrawn
        reason = STOPPED if stream in self.stopped else CONSENT_ENDED
        decided.records[stream] = len(recorded)
        decided.episodes[stream] = episode
        self._apply(decided, episode, [erasure(episode, len(recorded), self.received_on, reason, self.by)], withdrawn)

    def _apply(self, decided: _Decided, episode: Episode, events: Sequence[Event], withdrawn: int) -> None:
        decided.withdrawn += withdrawn
        if not events:
            return
        clients = {client_of(episode)}
        for event in events:
            episode.apply(event)
        clients.add(client_of(episode))
        if any(map(concerns_journeys, events)) or episode.id in decided.records:
            decided.clients |= {client for client in clients if client is not None}
        decided.episodes[episode.id] = episode
        decided.events += events

    def _received(self, decided: _Decided, missing: Sequence[EpisodeKnown]) -> SubmissionReceived:
        name = self.name
        again = [e for stream, e in self.known.items() if e.missing_since and stream in self.in_file]
        return SubmissionReceived(
            originator_id=submission_stream(self.by.submission),
            originator_version=1,
            occurred_on=self.received_on,
            submission=self.by.submission,
            actor=self.by.actor,
            role=self.by.role,
            number=self.by.submission,
            agency=name.agency,
            file=name.text,
            data_set=name.schema.data_set,
            letter=name.schema.letter,
            first_day=name.first_day,
            last_day=name.last_day,
            received_on=self.received_on,
            sha256=self.file.sha256,
            complete=self.complete,
            rows=len(self.file.rows),
            new=decided.new,
            amended=decided.amended,
            withdrawn=decided.withdrawn,
            unchanged=decided.unchanged,
            left_out=len(self.left_out),
            stopped=len(self.stopped),
            erased=len(decided.records),
            missing=len(missing),
            rejected=tuple(self.rejected),
            notices=tuple(self.notices),
            not_in_file=tuple(e.episode for e in missing if not e.missing_since),
            found_again=tuple(e.episode for e in again) if self.is_monthly else (),
        )

    def _keep_rows(self, decided: _Decided, withdrawn: Collection[EpisodeKnown]) -> None:
        """Remember the rows whose facts are all known now; not those with a notice, which is due again next time."""
        new = {
            stream: TakenIn(rows.digest, len(reported.facts))
            for stream, (rows, reported) in self.reported.items()
            if self.withdraws and stream not in self.with_notices
        }
        connection = self.recording.connection
        known.keep_taken_in(connection, self.file, list(self.reported), new)
        gone = [e.episode for e in withdrawn]
        if self.is_monthly:
            known.forget_taken_in(connection, [*gone, *decided.records])
        else:
            known.keep_taken_in(connection, self.file, gone, {})


def _folded(stream: UUID, streams: dict[UUID, list[Recorded]]) -> Episode:
    return Episode.folded(stream, (r.event for r in streams.get(stream, ())))


def _client_reported(reported: ReportedEpisode) -> int | None:
    client = _client_named(reported)
    return None if client is None else client_number(client)


def _client_named(reported: ReportedEpisode) -> str | None:
    return next((fact.client for fact in reported.facts.values() if isinstance(fact, Start | Referral)), None)
