"""The rows of a file against what is known: which say what they said before, and what the others report. It is pure.

Most rows of a monthly file say what they said a month ago. Of each episode a digest of its rows is kept; where it is
the same, all facts are unchanged, and the rows are neither checked nor compared again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from domain.client import ClientKey, client_number
from domain.episode.facts import EXIT, START, TREATMENT, Referral, Start
from domain.episode.joining import Aliases
from domain.episode.reconcile import ReportedEpisode
from domain.history import EpisodeView, treated_after_death
from domain.submission import KeptOut, Notice, Rejection
from web import stop_list
from web.commands.known import EpisodeName, Knowledge, TakenIn
from web.files import limits
from web.files.checks.episodes import (
    CheckedEpisode,
    check_episode,
    check_keyless,
    no_records,
    unknown_episode,
    unread_columns,
    withdraws_nothing,
)
from web.files.checks.rows import Circumstances
from web.files.consent import REFUSED, UNCLEAR
from web.files.reading import EpisodeRows, File, in_sheet, no_accepted_row
from web.files.schemas import CLIENT, EPISODE, FileName

from .agency_episodes import AgencyEpisodes
from .questions import Questions

TREATED_AFTER_DEATH: Final = (
    "By what is known, here or from another agency, treatment of this person begins after the person died (DISRSN 89). "
    "Look which is right, or whether they are two people."
)
Progress = Callable[[int, int], None]
"""Called with how many of how many episodes have been checked."""
Batch = list[tuple[EpisodeRows, ReportedEpisode]]
BATCH: Final = 500
"""Episodes that are checked, and held against what is known, together."""


@dataclass(frozen=True)
class KnownOfFile:
    """What is known of a file's agency before it is taken in, and who may not come back with it."""

    episodes: AgencyEpisodes
    may_skip: bool
    """Whether digests of rows may be relied on."""
    stopped: frozenset[bytes]
    refused: frozenset[UUID]
    """What was ever known of the clients who refuse consent for all of their episodes."""
    unclear: frozenset[UUID]
    """The clients whose consent is asked about."""
    aliases: Aliases
    """Which episodes stand for others that were joined to them."""

    @classmethod
    def load(cls, knowledge: Knowledge, file: File) -> "KnownOfFile":
        """What a transaction sees of it."""
        name = file.name
        latest = knowledge.latest_covered_day(name)
        # A file of earlier days than those before may have to say of the same rows that they lie after its last day.
        may_skip = latest is not None and name.last_day >= latest
        aliases = knowledge.aliases()
        refused = knowledge.ever_of_references(name.agency, file.consents.refused_clients)
        return cls(
            AgencyEpisodes(knowledge, name),
            may_skip,
            stop_list.kept_out(knowledge.connection),
            frozenset(map(aliases.resolve, refused)),
            knowledge.consent_unclear(name.agency),
            aliases,
        )


class Reported(NamedTuple):
    """What is kept of an episode that a file reports, once its facts are held against what is known."""

    rows: EpisodeRows
    client: int | None
    triaged_on: date | None
    is_open: bool
    facts: int

    @classmethod
    def of(cls, rows: EpisodeRows, reported: ReportedEpisode) -> "Reported":
        """What is kept of these facts."""
        start, client = reported.facts.get(START), client_named(reported)
        return cls(
            rows,
            None if client is None else client_number(client),
            start.triaged_on if isinstance(start, Start) else None,
            EXIT not in reported.facts,
            len(reported.facts),
        )


@dataclass
class CheckedFile:
    """A file's episodes by what becomes of them, and what is wrong with its rows."""

    file: File
    known: AgencyEpisodes
    """All that the file has are looked up."""
    questions: Questions
    present: set[UUID] = field(default_factory=set)
    """All episodes that the file has."""
    same: list[TakenIn] = field(default_factory=list)
    """Those whose rows say what they said before."""
    reported: dict[UUID, Reported] = field(default_factory=dict)
    noticed: set[UUID] = field(default_factory=set)
    """The reported ones of which there is something to notice."""
    left_out: list[UUID] = field(default_factory=list)
    """Those without consent, and those of erased persons, which are `stopped`."""
    stopped: set[UUID] = field(default_factory=set)
    unclear: set[UUID] = field(default_factory=set)
    """The file's episodes whose consent is neither yes nor no, in it or since an earlier one: they are held back."""
    rejected: list[Rejection] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    kept_out: dict[UUID, EpisodeRows] = field(default_factory=dict)
    """Those of which a row was rejected."""

    @property
    def kept_out_names(self) -> dict[int, EpisodeName]:
        """What each rejected row calls its episode; of a client who is asked about consent nothing is remembered."""
        values = {rejection.row: self.file.values(rejection.row) for rejection in self.rejected}
        asked_about = self.questions.clients
        return {row: (its[CLIENT], its[EPISODE]) for row, its in values.items() if its[CLIENT] not in asked_about}

    @property
    def episodes(self) -> int:
        """How many episodes the file has; a row that does not say of which it is counts as one."""
        return len(self.present) + len(self.file.keyless)

    def count_kept_out(self) -> KeptOut:
        """How many were kept out of the figures, rejected or held back; new are those of which nothing was known.

        Who refuses consent is not kept out: nothing was to be counted.
        """
        keyless = [self.file.values(number) for number in self.file.keyless]
        known = self.known.of_references({values[CLIENT] for values in keyless})
        clients = {one.client_reference for one in known.values()}
        kept_out = self.kept_out.keys() | self.unclear
        new = sum(stream not in self.known for stream in kept_out)
        # Of a row without a readable key it is only certain where its client is not known at all.
        new += sum(values[CLIENT] not in clients for values in keyless)
        return KeptOut(len(kept_out) + len(keyless), new)

    @property
    def name(self) -> FileName:
        """The file's name."""
        return self.file.name

    @property
    def is_monthly(self) -> bool:
        """Whether it is a monthly file, and not one of reviews."""
        return self.name.schema.data_set == TREATMENT

    def notices_after_death(self, views: Iterable[EpisodeView]) -> Iterable[Notice]:
        """Of the episodes of one client: whom the file says to be treated after death, or dead before a treatment."""
        notices = {}
        for one in treated_after_death(views):
            stream = next((view.episode for view in (one.treated, one.death) if view.episode in self.reported), None)
            if stream is not None:
                row = self.reported[stream].rows.numbers[0]
                notices[stream] = Notice(row, "DISRSN", "treated-after-death", TREATED_AFTER_DEATH)
        return notices.values()

    @property
    def withdraws(self) -> bool:
        """Whether what is not in the file counts as not said: not while any row may be of any episode."""
        return not self.file.keyless

    def reliable_rows(self, client_key: ClientKey) -> dict[UUID, TakenIn]:
        """The digests to remember: not of rows with a notice, which is due again next time."""
        return {
            stream: TakenIn(client_key.rows(stream, reported.rows.digest), reported.facts)
            for stream, reported in self.reported.items()
            if self.withdraws and stream not in self.noticed
        }


class Checking:
    """Fills a checked file, episode by episode; whoever asks for its batches drops each before the next."""

    def __init__(self, file: File, known: KnownOfFile, circumstances: Circumstances) -> None:
        questions = Questions(file, known.unclear, circumstances.client_key)
        notices = [*file.notices, *unread_columns(file.unread), *no_records(file.no_records)]
        self.checked = CheckedFile(file, known.episodes, questions, notices=notices)
        self.known, self.circumstances = known, circumstances

    def batches(self, progress: Progress | None = None) -> Iterator[Batch]:
        """What the episodes report whose rows have changed, so many at a time."""
        checked = self.checked
        for number in checked.file.keyless:
            checked.rejected += check_keyless(number, checked.file.values(number), self.circumstances)
        checked.notices += [*checked.file.consents.notices(), *checked.questions.notices()]
        self._take_words_of_clients()
        changed = self._changed()
        for begin in range(0, len(changed), BATCH):
            yield self._check(changed[begin : begin + BATCH])
            if progress:
                progress(min(begin + BATCH, len(changed)), len(changed))

    def finish(self) -> CheckedFile:
        """The file, once all batches are through. Raises Refused if none of its rows is accepted."""
        checked, file = self.checked, self.checked.file
        says_something = checked.same or checked.reported or checked.left_out or checked.unclear
        if not (says_something or file.consents.refusing or file.consents.unclear):
            raise no_accepted_row(file.name, in_sheet(file, checked.rejected))
        checked.notices += _notices_of_two_people(checked)
        if not checked.withdraws:
            checked.notices.append(withdraws_nothing(file.keyless[0]))
        checked.rejected = in_sheet(file, checked.rejected)
        limits.check_rejected(file.name.text, checked.rejected)
        return checked

    def _take_words_of_clients(self) -> None:
        """Who refuses, or is unclear, says so of every known episode, also of those that the file does not have."""
        checked, unclear = self.checked, self.checked.questions.clients
        checked.left_out += self.known.refused
        checked.present.update(self.known.refused)
        checked.present.update(checked.known.of_references(unclear))

    def _check(self, changed: Iterable[tuple[UUID, EpisodeRows]]) -> Batch:
        batch: Batch = []
        values_of = self.checked.file.values
        for stream, rows in changed:
            if self._is_stopped_episode(stream):
                self._stop(stream, rows)
                continue
            values = [(number, values_of(number)) for number in rows.numbers]
            result = check_episode(stream, values, self.circumstances)
            self._sort(stream, rows, result)
            if stream in self.checked.reported and result.reported:
                batch.append((rows, result.reported))
        return batch

    def _changed(self) -> list[tuple[UUID, EpisodeRows]]:
        """The episodes whose rows are not those that they were last taken in from."""
        checked, known = self.checked, self.known.episodes
        consents, unanswered = checked.file.consents, checked.questions.unanswered
        key = self.circumstances.client_key
        changed = []
        episodes = self._episodes()
        checked.present.update(stream for stream, _rows in episodes)
        if checked.is_monthly:
            # What a monthly file has is nearly all of them.
            known.touching  # noqa: B018
        known.look_up(checked.present)
        for stream, rows in episodes:
            if consents and self._is_kept_from(stream, rows):
                continue
            before = known.taken_in(stream) if self.known.may_skip else None
            is_same = before and before.digest == key.rows(stream, rows.digest)
            if before and is_same and rows.client_reference not in unanswered:
                checked.same.append(before)
            else:
                changed.append((stream, rows))
        return changed

    def _is_kept_from(self, stream: UUID, rows: EpisodeRows) -> bool:
        """Whether the file says that consent is refused for an episode, or says neither yes nor no."""
        checked = self.checked
        word = checked.file.consents.word(rows.client_reference, rows.episode_reference)
        if word == REFUSED and stream not in self.known.refused:
            checked.left_out.append(stream)
        elif word == UNCLEAR and self._is_stopped_episode(stream):
            self._stop(stream, rows)
        elif word == UNCLEAR:
            checked.unclear.add(stream)
        return bool(word)

    def _episodes(self) -> list[tuple[UUID, EpisodeRows]]:
        """The episodes of the file; one that came under an old key is the one that it was joined to."""
        stream_of, agency = self.circumstances.client_key.episode, self.circumstances.agency
        own = [
            (stream_of(agency, rows.client_reference, rows.episode_reference), rows)
            for rows in self.checked.file.episodes
        ]
        aliases = self.known.aliases
        if not aliases:
            return own
        # Of several keys of one episode the one that stands for the others speaks, wherever its rows are.
        ordered = sorted(own, key=lambda one: aliases.resolve(one[0]) != one[0])
        speaking: dict[UUID, EpisodeRows] = {}
        for stream, rows in ordered:
            if aliases.resolve(stream) in speaking:
                self.checked.notices.append(_said_twice(rows))
            else:
                speaking[aliases.resolve(stream)] = rows
        return list(speaking.items())

    def _sort(self, stream: UUID, rows: EpisodeRows, result: CheckedEpisode) -> None:
        checked = self.checked
        if self._is_stopped_person(result.reported):
            self._stop(stream, rows)
        elif result.reported is None:
            checked.kept_out[stream] = rows
            checked.rejected += result.rejections
        elif not checked.is_monthly and stream not in checked.known:
            checked.kept_out[stream] = rows
            checked.rejected += unknown_episode(rows.numbers)
        elif rows.client_reference in checked.questions.unanswered:
            checked.unclear.add(stream)
        else:
            checked.notices += result.notices
            checked.reported[stream] = Reported.of(rows, result.reported)
            if result.notices:
                checked.noticed.add(stream)

    def _is_stopped_episode(self, stream: UUID) -> bool:
        stopped = self.known.stopped
        return bool(stopped) and self.circumstances.client_key.stopped_episode(stream) in stopped

    def _is_stopped_person(self, reported: ReportedEpisode | None) -> bool:
        stopped = self.known.stopped
        client = client_named(reported) if stopped and reported else None
        return client is not None and self.circumstances.client_key.stopped_person(client) in stopped

    def _stop(self, stream: UUID, rows: EpisodeRows) -> None:
        """Who was erased does not come back with a file; a notice says so, and names nobody."""
        self.checked.left_out.append(stream)
        self.checked.stopped.add(stream)
        message = "This person's records were erased, and are not taken in again. Nothing of this episode is kept."
        self.checked.notices.append(Notice(rows.numbers[0], "", "erased-before", message))


def _said_twice(rows: EpisodeRows) -> Notice:
    message = (
        "This episode was joined with another reference, which the file has too. What it says under that one counts, "
        "and these rows are left out."
    )
    return Notice(rows.numbers[0], "CLIENT", "joined-reference-too", message)


def _notices_of_two_people(checked: CheckedFile) -> list[Notice]:
    """Two episodes of one CLIENT that disagree are two people: say so of each CLIENT that the file changes."""
    people: defaultdict[str, dict[UUID, int]] = defaultdict(dict)
    named = {one.rows.client_reference for one in checked.reported.values() if one.client is not None}
    for stream, episode in checked.known.of_references(named).items():
        people[episode.client_reference][stream] = episode.client
    changed: dict[str, int] = {}
    for stream, reported in checked.reported.items():
        if reported.client is not None:
            people[reported.rows.client_reference][stream] = reported.client
            changed.setdefault(reported.rows.client_reference, reported.rows.numbers[0])
    message = (
        "The episodes of this CLIENT do not agree in initials, date of birth or sex, so they count as those of two "
        "people. Look which is right."
    )
    return [
        Notice(row, "CLIENT", "one-client-two-people", message)
        for reference, row in changed.items()
        if len(set(people[reference].values())) > 1
    ]


def client_named(reported: ReportedEpisode) -> str | None:
    return next((fact.client for fact in reported.facts.values() if isinstance(fact, Start | Referral)), None)
