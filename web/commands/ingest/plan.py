"""The plan of a file: what is to be recorded, erased and remembered of it, by what is known. Making one writes nothing.

What a dry run says is its plan. `take_in` stores one, under the writer's lock under which it was made.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from domain.client import ClientKey
from domain.episode.episode import Episode
from domain.episode.events import Erased, FactEvent, erasable
from domain.episode.facts import REVIEW_FILE
from domain.episode.reconcile import Provenance, changes, erasure, withdrawal
from domain.errors import Refused
from domain.log.mapper import Event
from domain.log.reading import Recorded
from domain.submission import Notice, SubmissionReceived
from web.commands.commit import (
    EVERYTHING,
    Receipt,
    client_of,
    concerns_journeys,
    episodes_concerned,
    follow_returns,
    next_provenance,
    submission_event,
)
from web.commands.known import EpisodeKnown, EpisodeName, Knowledge, TakenIn, folded
from web.files import limits
from web.files.checks.rows import Circumstances
from web.files.reading import File
from web.files.schemas import CONSENT
from web.queries.records.submissions import EpisodeAbsent

from .checking import CheckedFile, KnownOfFile, Progress, check_file
from .same_record import another_person, known_under_another_key
from .submission import Submission, planned

MANY_WITHDRAWALS: Final = 2
"""A complete file that would withdraw this many open episodes, or more, may have to be confirmed."""
LIKELY_PART: Final = 5
"""Not if it is one in so many of those known open before it, or fewer."""
CONSENT_ENDED: Final = "consent ended"
REFUSED_LATER: Final = "Consent was refused in a file of later days than this one: nothing of this episode is kept."
STOPPED: Final = "the person was erased before"


@dataclass(frozen=True, slots=True)
class FileOptions:
    """How a file is to be taken in.

    `complete`: it holds all that the agency has of the covered days, so that what it lacks is withdrawn;
    `accept_withdrawals` confirms that where it is a lot. Without `raw_files`, a monthly file must have been prepared
    where it comes from.
    """

    complete: bool = False
    accept_withdrawals: bool = False
    raw_files: bool = True


@dataclass(frozen=True)
class FilePlan:
    """What taking a file in would do.

    `events` are all that are to be recorded, `received` last. `erased` are the streams that lose their earlier events.
    Of the file's data set, the rows of `changed` episodes are forgotten but for `rows`; those of `forgotten` episodes
    in every data set. `kept_out` says what the rejected rows call their episodes.
    """

    file: File
    received: SubmissionReceived
    events: Sequence[Event]
    erased: Sequence[UUID]
    missing: Sequence[EpisodeKnown]
    withdrawn: Sequence[EpisodeKnown]
    changed: Sequence[UUID]
    rows: Mapping[UUID, TakenIn]
    forgotten: Sequence[UUID]
    kept_out: Mapping[int, EpisodeName]

    @property
    def dry_run(self) -> Submission:
        """What would become of the file."""
        received_on = self.received.received_on
        missing = [
            EpisodeAbsent(one.client_reference, one.episode_reference, one.missing_since or received_on)
            for one in self.missing
        ]
        withdrawn = [EpisodeAbsent(one.client_reference, one.episode_reference) for one in self.withdrawn]
        return planned(self.received, missing, withdrawn, self.kept_out, len(self.events))

    def stored(self, position: int) -> Submission:
        """What became of the file, once it is stored at a position."""
        return msgspec.structs.replace(self.dry_run, position=position, dry_run=False)


def plan_file(
    file: File,
    knowledge: Knowledge,
    client_key: ClientKey,
    receipt: Receipt,
    options: FileOptions,
    progress: Progress | None = None,
) -> FilePlan:
    """What a file would do, if it became the next submission.

    Raises:
        Refused: no row is accepted, or a complete file withdraws more than is likely.
    """
    name = file.name
    circumstances = Circumstances(name.schema, name.agency, name.last_day, receipt.received_on, client_key)
    known = KnownOfFile.load(knowledge, file)
    checked = check_file(file, known, circumstances, progress)
    checked.notices += known_under_another_key(checked, knowledge)
    absent = _absent(checked, complete=options.complete)
    withdrawn = absent if options.complete else []
    if not options.accept_withdrawals:
        _check_likely(checked, withdrawn)
    changed = _Changed(checked, knowledge, next_provenance(knowledge.newest(), receipt), receipt.received_on)
    changed.joined = known.aliases.joined_into(checked.left_out)
    changed.decide([one.episode for one in withdrawn])
    missing = absent if checked.is_monthly and not options.complete else []
    received = _received(changed, missing, complete=options.complete)
    gone = [one.episode for one in withdrawn]
    return FilePlan(
        file=file,
        received=received,
        events=[*changed.events, received],
        erased=list(changed.erased),
        missing=missing,
        withdrawn=withdrawn,
        changed=[*checked.reported, *([] if checked.is_monthly else gone)],
        rows=checked.reliable_rows(client_key),
        forgotten=[*gone, *changed.erased] if checked.is_monthly else [],
        kept_out=checked.kept_out_names,
    )


def _absent(checked: CheckedFile, *, complete: bool) -> list[EpisodeKnown]:
    """The episodes known to touch the covered days that the file does not have.

    Of a file that withdraws nothing only those that were missing before: any other may be the unreadable row's.
    """
    absent = [one for stream, one in checked.known.items() if one.touches and stream not in checked.present]
    return absent if checked.withdraws else [one for one in absent if one.missing_since and not complete]


def _check_likely(checked: CheckedFile, withdrawn: Sequence[EpisodeKnown]) -> None:
    if not checked.is_monthly:
        return
    name = checked.name
    lost, before = sum(one.open for one in withdrawn), sum(one.open for one in checked.known.values())
    if lost >= MANY_WITHDRAWALS and lost * LIKELY_PART > before:
        raise Refused(
            "withdraws-many",
            f"{name.text} is declared complete and would withdraw {lost} of the {before} open episodes of "
            f"{name.agency}. If that is right, confirm it; otherwise take it in as not complete.",
            name.text,
        )


@dataclass
class _Changed:
    """What a file changes, episode by episode, and the counts of it."""

    checked: CheckedFile
    knowledge: Knowledge
    by: Provenance
    received_on: date
    new: int = 0
    amended: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    events: list[Event] = field(default_factory=list)
    episodes: dict[UUID, Episode] = field(default_factory=dict)
    """The episodes that have events, as they are after them."""
    clients: set[int] = field(default_factory=set)
    """Whose journeys may have changed."""
    erased: dict[UUID, int] = field(default_factory=dict)
    """Of the episodes to erase, how many events they have."""
    joined: Sequence[UUID] = ()
    """The episodes that were joined into those left out: they are the same person's."""

    def decide(self, withdrawn: Sequence[UUID]) -> None:
        checked = self.checked
        self.unchanged = sum(taken_in.facts for taken_in in checked.same)
        streams = self.knowledge.recorded([*checked.reported, *checked.left_out, *self.joined, *withdrawn])
        self._keep_out_refused(streams)
        self._report(streams)
        self._withdraw(withdrawn, streams)
        for stream in [*checked.left_out, *self.joined]:
            self._leave_out(stream, streams.get(stream, ()))
        concerned = episodes_concerned(self.knowledge, self.episodes, self.clients)
        self.events += follow_returns(concerned, self.clients, self.by)
        self.checked.note_after_death(concerned.values())

    def _keep_out_refused(self, streams: Mapping[UUID, Sequence[Recorded]]) -> None:
        """An older file that comes late does not bring back who has refused consent in one of later days."""
        checked = self.checked
        for stream in [stream for stream in checked.reported if stream in streams]:
            event = streams[stream][-1].event
            if not (isinstance(event, Erased) and event.reason == CONSENT_ENDED):
                continue
            refused_by = self.knowledge.last_day_of(event.submission)
            if refused_by and checked.name.last_day < refused_by:
                rows, _reported = checked.reported.pop(stream)
                checked.left_out.append(stream)
                checked.notices.append(Notice(rows.numbers[0], CONSENT, "refused-later", REFUSED_LATER))

    def _report(self, streams: Mapping[UUID, Sequence[Recorded]]) -> None:
        data_set, withdraws = self.checked.name.schema.data_set, self.checked.withdraws
        for stream, (rows, reported) in self.checked.reported.items():
            episode = folded(stream, streams.get(stream, ()))
            self.checked.notices += another_person(episode, reported, rows)
            result = changes(episode, reported, data_set, self.by, withdraws)
            self.new += result.new
            self.amended += result.amended
            self.unchanged += result.unchanged
            self._apply(episode, result.events, result.withdrawn)

    def _withdraw(self, withdrawn: Iterable[UUID], streams: Mapping[UUID, Sequence[Recorded]]) -> None:
        data_sets = EVERYTHING if self.checked.is_monthly else (REVIEW_FILE,)
        for stream in withdrawn:
            episode = folded(stream, streams.get(stream, ()))
            result = withdrawal(episode, self.by, data_sets)
            self._apply(episode, result.events, result.withdrawn)

    def _leave_out(self, stream: UUID, recorded: Sequence[Recorded]) -> None:
        """Nothing of an episode without consent stays, also of one that was withdrawn before."""
        if not any(isinstance(one.event, FactEvent) for one in recorded):
            return
        episode = folded(stream, recorded)
        # Counted, but not recorded one by one: an event that names a fact would outlive it.
        withdrawn = withdrawal(episode, self.by, EVERYTHING).withdrawn
        reason = STOPPED if stream in self.checked.stopped else CONSENT_ENDED
        self.erased[stream] = records = erasable(one.event for one in recorded)
        self._apply(episode, [erasure(episode, records, self.received_on, reason, self.by)], withdrawn)

    def _apply(self, episode: Episode, events: Sequence[Event], withdrawn: int) -> None:
        self.withdrawn += withdrawn
        if not events:
            return
        clients = {client_of(episode)}
        for event in events:
            episode.apply(event)
        clients.add(client_of(episode))
        if any(map(concerns_journeys, events)) or episode.id in self.erased:
            self.clients |= {client for client in clients if client is not None}
        self.episodes[episode.id] = episode
        self.events += events


def _received(changed: _Changed, missing: Sequence[EpisodeKnown], *, complete: bool) -> SubmissionReceived:
    checked = changed.checked
    name, file = checked.name, checked.file
    questions = checked.questions.open_after(lacks_nobody=complete and checked.withdraws)
    questions = questions if checked.is_monthly else frozenset()
    back = [one.episode for stream, one in checked.known.items() if one.missing_since and stream in checked.present]
    return submission_event(
        SubmissionReceived,
        changed.by,
        changed.received_on,
        agency=name.agency,
        file=name.text,
        data_set=name.schema.data_set,
        letter=name.schema.letter,
        first_day=name.first_day,
        last_day=name.last_day,
        sha256=file.sha256,
        complete=complete,
        rows=file.records,
        episodes=checked.episodes,
        kept_out=checked.count_kept_out(),
        new=changed.new,
        amended=changed.amended,
        withdrawn=changed.withdrawn,
        unchanged=changed.unchanged,
        left_out=len(checked.left_out),
        stopped=len(checked.stopped),
        erased=len(changed.erased.keys() - set(changed.joined)),
        consent_refused=file.consents.refusing,
        consent_unclear=tuple(sorted(questions)),
        unclear_episodes=tuple(sorted(checked.questions.episodes_of(questions, checked.known))),
        missing=len(missing),
        rejected=tuple(checked.rejected),
        notices=tuple(limits.bounded(sorted(checked.notices, key=lambda notice: notice.row))),
        not_in_file=tuple(one.episode for one in missing if not one.missing_since),
        found_again=tuple(back) if checked.is_monthly else (),
    )
