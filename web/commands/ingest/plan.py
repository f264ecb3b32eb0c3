"""The plan of a file: what is to be recorded, erased and remembered of it, by what is known. Making one writes nothing.

What a dry run says is its plan. `take_in` stores one, under the writer's lock under which it was made.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from domain.client import ClientKey
from domain.episode.episode import Episode
from domain.episode.events import Erased, FactEvent, erasable
from domain.episode.facts import REVIEW_FILE, TREATMENT
from domain.episode.reconcile import Provenance, changes, erasure, withdrawal
from domain.errors import Refused
from domain.history import EpisodeView
from domain.log.database import chunks
from domain.log.large_commits import PackedEvents
from domain.log.mapper import Event
from domain.log.reading import Recorded
from domain.submission import Notice, SubmissionReceived
from projections.projector.preview import PlannedChange
from projections.publication.publish import CountingMembers
from projections.store.covered_days import SubmissionRow
from web.commands.commit import (
    EVERYTHING,
    EpisodeAfter,
    Receipt,
    client_of,
    concerns_journeys,
    episodes_left,
    next_provenance,
    returns_of,
    submission_event,
)
from web.commands.known import EpisodeKnown, EpisodeName, Knowledge, TakenIn, folded
from web.files import limits
from web.files.checks.rows import Circumstances
from web.files.reading import File, in_sheet
from web.files.schemas import CONSENT
from web.queries.records.submissions import EpisodeAbsent

from .checking import Batch, CheckedFile, Checking, KnownOfFile, Progress
from .same_record import another_person, known_under_another_key
from .submission import Submission, planned

MANY_WITHDRAWALS: Final = 2
"""A complete file that would withdraw this many open episodes, or more, may have to be confirmed."""
LIKELY_PART: Final = 5
"""Not if it is one in so many of those known open before it, or fewer."""
MOST_VIEWS: Final = 5_000
"""Of so many episodes it is held what is said of them until they are measured; of more, their events are read again."""
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

    `events` are all that are to be recorded, `received` last; of a trial they are only counted. `erased` are the
    streams that lose their earlier events. Of the file's data set, the rows of `changed` episodes are forgotten but for
    `rows`; those of `forgotten` episodes in every data set. `kept_out` says what the rejected rows call their episodes.
    """

    file: File
    received: SubmissionReceived
    events: PackedEvents
    erased: Sequence[UUID]
    missing: Sequence[EpisodeKnown]
    withdrawn: Sequence[EpisodeKnown]
    changed: Sequence[UUID]
    rows: Mapping[UUID, TakenIn]
    forgotten: Sequence[UUID]
    kept_out: Mapping[int, EpisodeName]
    episodes: Mapping[UUID, EpisodeView | None]
    """The episodes that have events, as they are after them; empty of a very large file, unless it is only tried."""
    episodes_left: Mapping[UUID, EpisodeView | None]
    """Others of the same clients; of very many, some."""

    def changes(self, position: int) -> PlannedChange:
        """What it would change in the figures, where the log ends at a position before it."""
        event = self.received
        days = (event.first_day, event.last_day) if event.data_set == TREATMENT else (None, None)
        row = SubmissionRow(position + len(self.events), event.received_on, event.agency, *days)
        return PlannedChange(self.episodes, row)

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
    checking = Checking(file, known, circumstances)
    by = next_provenance(knowledge.newest(), receipt)
    events = PackedEvents(None if receipt.dry_run else knowledge.mapper)
    changed = _Changed(checking.checked, knowledge, by, receipt.received_on, events)
    for batch in checking.batches(progress):
        changed.report(batch)
    checked = checking.finish()
    checked.notices += [*known_under_another_key(checked, knowledge), *changed.notices]
    absent = _absent(checked, complete=options.complete) if checked.is_monthly or options.complete else []
    withdrawn = absent if options.complete else []
    if not options.accept_withdrawals:
        _check_likely(checked, withdrawn)
    changed.joined = known.aliases.joined_into(checked.left_out)
    changed.decide([one.episode for one in withdrawn])
    checked.notices = in_sheet(file, checked.notices)
    missing = absent if checked.is_monthly and not options.complete else []
    received = _received(changed, missing, complete=options.complete)
    events.add([received])
    gone = [one.episode for one in withdrawn]
    return FilePlan(
        file=file,
        received=received,
        events=events,
        erased=list(changed.erased),
        missing=missing,
        withdrawn=withdrawn,
        changed=[*checked.reported, *([] if checked.is_monthly else gone)],
        rows=checked.reliable_rows(client_key),
        forgotten=[*gone, *changed.erased] if checked.is_monthly else [],
        kept_out=checked.kept_out_names,
        episodes=changed.views if receipt.dry_run or len(changed.episodes) <= MOST_VIEWS else {},
        episodes_left=changed.views_left,
    )


def _absent(checked: CheckedFile, *, complete: bool) -> list[EpisodeKnown]:
    """The episodes known to touch the covered days that the file does not have.

    Of a file that withdraws nothing only those that were missing before: any other may be the unreadable row's.
    """
    absent = [one for stream, one in checked.known.touching.items() if stream not in checked.present]
    return absent if checked.withdraws else [one for one in absent if one.missing_since and not complete]


def _check_likely(checked: CheckedFile, withdrawn: Sequence[EpisodeKnown]) -> None:
    if not checked.is_monthly:
        return
    name = checked.name
    lost = sum(one.open for one in withdrawn)
    if lost >= MANY_WITHDRAWALS and lost * LIKELY_PART > (before := checked.known.open()):
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
    events: PackedEvents
    new: int = 0
    amended: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    notices: list[Notice] = field(default_factory=list)
    episodes: dict[UUID, EpisodeAfter] = field(default_factory=dict)
    """The episodes that have events, as they are after them."""
    views_left: dict[UUID, EpisodeView | None] = field(default_factory=dict)
    """Others of the same clients; no more than MOST_VIEWS."""
    clients: set[int] = field(default_factory=set)
    """Whose journeys may have changed."""
    erased: dict[UUID, int] = field(default_factory=dict)
    """Of the episodes to erase, how many events they have."""
    counting: CountingMembers = field(init=False)
    joined: Sequence[UUID] = ()
    """The episodes that were joined into those left out: they are the same person's."""

    def __post_init__(self) -> None:
        self.counting = CountingMembers(self.knowledge.connection)

    @property
    def views(self) -> dict[UUID, EpisodeView | None]:
        """What is said of the episodes that have events, after them."""
        return {stream: after.view for stream, after in self.episodes.items()}

    def report(self, batch: Batch) -> None:
        """Hold what some episodes report against what is known of them."""
        data_set, withdraws = self.checked.name.schema.data_set, self.checked.withdraws
        streams = self.knowledge.recorded(reported.episode for _rows, reported in batch)
        for rows, reported in batch:
            recorded = streams.get(reported.episode, ())
            if self._is_refused_later(recorded):
                del self.checked.reported[reported.episode]
                self.checked.left_out.append(reported.episode)
                self.notices.append(Notice(rows.numbers[0], CONSENT, "refused-later", REFUSED_LATER))
                continue
            episode = folded(reported.episode, recorded)
            self.notices += another_person(episode, reported, rows)
            result = changes(episode, reported, data_set, self.by, withdraws)
            self.new += result.new
            self.amended += result.amended
            self.unchanged += result.unchanged
            self._apply(episode, result.events, result.withdrawn)

    def decide(self, withdrawn: Sequence[UUID]) -> None:
        """What else follows, once all that the file reports is known."""
        checked = self.checked
        self.unchanged += sum(taken_in.facts for taken_in in checked.same)
        self._withdraw(withdrawn)
        for some in chunks([*checked.left_out, *self.joined]):
            streams = self.knowledge.recorded(some)
            for stream in some:
                self._leave_out(stream, streams.get(stream, ()))
        self._follow_clients()

    def _is_refused_later(self, recorded: Sequence[Recorded]) -> bool:
        """Whether an older file comes late: it does not bring back who has refused consent in one of later days."""
        event = recorded[-1].event if recorded else None
        if not (isinstance(event, Erased) and event.reason == CONSENT_ENDED):
            return False
        refused_by = self.knowledge.last_day_of(event.submission)
        return refused_by is not None and self.checked.name.last_day < refused_by

    def _withdraw(self, withdrawn: Sequence[UUID]) -> None:
        data_sets = EVERYTHING if self.checked.is_monthly else (REVIEW_FILE,)
        for some in chunks(withdrawn):
            streams = self.knowledge.recorded(some)
            for stream in some:
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
        farewell = erasure(episode, records, self.received_on, reason, self.by)
        self._apply(episode, [self.counting.counted(farewell)], withdrawn)

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
        self.episodes[episode.id] = EpisodeAfter.abridged(episode)
        self.events.add(events)

    def _follow_clients(self) -> None:
        """The returns and the deaths of all whom the file concerns, with their episodes at other agencies."""
        own: defaultdict[int | None, dict[UUID, EpisodeAfter]] = defaultdict(dict)
        for stream, after in self.episodes.items():
            own[after.client][stream] = after
        returns = returns_of(own.get(None, {}), self.clients, self.by)
        for some in chunks(sorted(self.clients)):
            seen = {stream: after for client in some for stream, after in own.pop(client, {}).items()}
            left = episodes_left(self.knowledge, self.episodes, some)
            if len(self.views_left) + len(left) <= MOST_VIEWS:
                self.views_left |= {stream: after.view for stream, after in left.items()}
            seen |= left
            returns |= returns_of(seen, self.clients, self.by)
            self._note_after_death(seen.values())
        for rest in own.values():
            self._note_after_death(rest.values())
        # In the order of the file, and then those of others.
        for stream in dict.fromkeys([*self.episodes, *returns]):
            self.events.add(returns.get(stream, ()))

    def _note_after_death(self, episodes: Iterable[EpisodeAfter]) -> None:
        by_client: defaultdict[int, list[EpisodeView]] = defaultdict(list)
        for after in episodes:
            if after.view:
                by_client[after.view.core.client].append(after.view)
        for views in by_client.values():
            self.checked.notices += self.checked.notices_after_death(views)


def _received(changed: _Changed, missing: Sequence[EpisodeKnown], *, complete: bool) -> SubmissionReceived:
    checked = changed.checked
    name, file = checked.name, checked.file
    questions = checked.questions.open_after(lacks_nobody=complete and checked.withdraws)
    questions = questions if checked.is_monthly else frozenset()
    back = checked.known.missing_among(checked.present) if checked.is_monthly else ()
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
        found_again=tuple(back),
    )
