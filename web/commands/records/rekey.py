"""Rekeying: episodes that came again under another reference become one each; and two again, where that was wrong.

Each is a submission of its own, as a handover is: dated, and in order with the files. What was known before it stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from domain.client import ClientKey
from domain.episode.episode import Episode
from domain.episode.facts import (
    JOINED,
    Join,
    identity_of,
    names_another_person,
)
from domain.episode.joining import Aliases, Pair, join, part
from domain.episode.reconcile import Changes
from domain.errors import Refused
from domain.history import episode_view
from domain.log.mapper import Event
from domain.log.reading import last_position
from domain.submission import EpisodesRekeyed, RekeyUndone, submission_stream
from projections.projector.preview import PlannedChange
from projections.store.covered_days import SubmissionRow
from web.commands.commit import (
    RECEIPT_REFUSALS,
    Commit,
    Receipt,
    client_of,
    committing,
    episodes_concerned,
    follow_returns,
)
from web.commands.ingest.submission import EffectResult
from web.commands.ingest.take_in import Effect, effects_of
from web.commands.known import folded, forget_rows
from web.files.mapping import MappingLine
from web.queries.result import Result
from web.services import Services
from web.snapshot import Snapshot

REFUSALS: Final = RECEIPT_REFUSALS | {
    "nothing-to-join": "No line of the mapping names two references that can be joined.",
    "rekey-unknown": "There is no rekey of this number.",
    "rekey-undone": "What the rekey joined is two already, or was erased.",
    "rekey-joined-since": "An episode of the rekey was joined to another since. Undo that rekey first.",
}
"""Why a rekey is refused whole, by code; nothing is stored then."""

LINE_REFUSALS: Final = {
    "reference-missing": "A reference or the agency is empty.",
    "same-reference": "The old and the new reference are the same.",
    "episode-unknown": "Nothing is known of an episode under the old reference. Look for a mistyped one.",
    "already-joined": "The two references are one episode already.",
    "joined-elsewhere": "The old reference was joined to another one already. Undo that first.",
    "different-persons": "The two references are of different persons: they differ in more than one of initials, "
    "date of birth and sex.",
}
"""Why a line of a mapping is left out, by code; the others are joined."""


class LineRefused(Result, frozen=True):
    """A line of the mapping that is left out: its number, a code and a sentence."""

    row: int
    code: str
    message: str


class LineJoined(Result, frozen=True):
    """A line of the mapping whose references are one episode.

    `both_known` is false where nothing has come under the new reference yet: what comes will be the same episode.
    """

    row: int
    both_known: bool


class Rekeyed(Result, frozen=True):
    """What became of a mapping (`joined` and `refused` lines), or of an undoing (`undoes` the submission so numbered).

    `episodes` counts the pairs that are one now, or two again. Only a trial has `effects`: every figure of everybody
    and of the agencies, on the newest day that a file of theirs covers. `position` is null in a trial.
    """

    agency: str
    received_on: date
    episodes: int
    joined: Sequence[LineJoined] = ()
    refused: Sequence[LineRefused] = ()
    undoes: int | None = None
    effects: Sequence[EffectResult] = ()
    events: int = 0
    position: int | None = None


@dataclass(frozen=True)
class RekeyOutcome:
    """What became of a rekey, and what a trial would do to the figures."""

    rekeyed: Rekeyed
    effects: Sequence[Effect] = ()


def rekey(services: Services, mapping: Sequence[MappingLine], receipt: Receipt) -> RekeyOutcome:
    """Join the episodes of a mapping, each under its new reference; a line that cannot be joined is left out.

    Raises:
        Refused: no line can be joined, or the day of receipt does not fit.
    """
    # The key is checked against the database when it is first asked for, which must not be within the commit.
    register, client_key = services.register, services.client_key
    with committing(register, receipt) as commit:
        joining = _Joining(commit, client_key)
        for line in mapping:
            joining.take(line)
        if not joining.pairs:
            raise Refused("nothing-to-join", _nothing_to_join(joining.refused))
        agencies = sorted(joining.agencies)
        agency = agencies[0] if len(agencies) == 1 else ""
        own = commit.event(EpisodesRekeyed, agency=agency, pairs=tuple(joining.pairs))
        done = Rekeyed(agency, receipt.received_on, len(joining.pairs), joining.joined, joining.refused)
        return _recorded(services, joining.changed, own, done, agencies)


def undo_rekey(services: Services, number: int, receipt: Receipt) -> RekeyOutcome:
    """Make two again of what the submission of this number joined; each is as it was, and has what came since.

    Raises:
        Refused: there is no such rekey, it is undone, or was built upon, or the day of receipt does not fit.
    """
    with committing(services.register, receipt) as commit:
        said = commit.knowledge.recorded([submission_stream(number)]).get(submission_stream(number), ())
        event = said[0].event if said else None
        if not isinstance(event, EpisodesRekeyed):
            raise Refused("rekey-unknown", f"Submission {number} is no rekey. The list of submissions numbers them.")
        parting = _Parting(commit, number)
        for pair in event.pairs:
            parting.take(pair)
        if not parting.pairs:
            raise Refused("rekey-undone", f"Nothing of rekey {number} stands: it was undone, or erased.")
        own = commit.event(RekeyUndone, agency=event.agency, undoes=number, pairs=tuple(parting.pairs))
        done = Rekeyed(event.agency, receipt.received_on, len(parting.pairs), undoes=number)
        return _recorded(services, parting.changed, own, done, [event.agency] if event.agency else [])


def _recorded(
    services: Services, changed: "_Changed", own: Event, done: Rekeyed, agencies: Sequence[str]
) -> RekeyOutcome:
    commit = changed.commit
    events = [*changed.events, *changed.returns(), own]
    effects: list[Effect] = []
    position = None
    if commit.receipt.dry_run:
        with services.snapshot() as before:
            effects = _effects(before, changed, len(events), agencies)
    else:
        position = commit.record(events)[-1].position
        forget_rows(commit.connection, list(changed.episodes))
    result = Rekeyed(
        done.agency,
        done.received_on,
        done.episodes,
        done.joined,
        done.refused,
        done.undoes,
        [effect.result() for effect in effects if effect.changes],
        len(events),
        position,
    )
    return RekeyOutcome(result, effects)


def _effects(before: Snapshot, changed: "_Changed", events: int, agencies: Sequence[str]) -> list[Effect]:
    """What a rekey would do to the figures, of so many events; on the newest day that a file of theirs covers."""
    received_on = changed.commit.receipt.received_on
    views = {stream: episode_view(stream, episode.facts) for stream, episode in changed.episodes.items()}
    row = SubmissionRow(last_position(before.connection) + events, received_on, "", None, None)
    as_of = before.submissions.last_covered_day(agencies) or received_on
    return effects_of(before, PlannedChange(views, row), as_of, agencies)


def _nothing_to_join(refused: Sequence[LineRefused]) -> str:
    if not refused:
        return "The mapping has no line, so that nothing is joined."
    first = refused[0]
    return f"No line of the mapping can be joined. Line {first.row}: {first.message}"


@dataclass
class _Changed:
    """The episodes that a commit changes, one after the other, as they are after it; and whose journeys it may."""

    commit: Commit
    episodes: dict[UUID, Episode] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    clients: set[int] = field(default_factory=set)

    def episode(self, stream: UUID) -> Episode:
        """An episode as it is by now."""
        if stream not in self.episodes:
            self.episodes[stream] = folded(stream, self.commit.knowledge.recorded([stream]).get(stream, ()))
        return self.episodes[stream]

    def apply(self, *results: tuple[Episode, Changes]) -> None:
        for episode, result in results:
            before = client_of(episode)
            for event in result.events:
                episode.apply(event)
            self.clients |= {client for client in (before, client_of(episode)) if client is not None}
            self.events += result.events

    def returns(self) -> list[Event]:
        """The events that bring recorded re-presentations in line."""
        episodes = episodes_concerned(self.commit.knowledge, self.episodes, self.clients)
        return follow_returns(episodes, self.clients, self.commit.by)


class _Joining:
    """Joins line by line; what was joined before is seen by the lines that follow."""

    def __init__(self, commit: Commit, client_key: ClientKey) -> None:
        self.commit, self.client_key = commit, client_key
        self.aliases: Aliases = commit.knowledge.aliases()
        self.changed = _Changed(commit)
        self.pairs: list[Pair] = []
        self.joined: list[LineJoined] = []
        self.refused: list[LineRefused] = []
        self.agencies: set[str] = set()

    def take(self, line: MappingLine) -> None:
        """Join the two references of a line, or leave it out."""
        if code := self._refusal(line):
            self.refused.append(LineRefused(line.row, code, LINE_REFUSALS[code]))
            return
        old, new = map(self.changed.episode, self._streams(line))
        both_known = identity_of(new.facts) is not None
        references = (line.new_client_reference, line.new_episode_reference)
        left, right = join(old, new, references, self.commit.receipt.received_on, self.commit.by)
        self.changed.apply((old, left), (new, right))
        self.aliases.add(old.id, new.id)
        self.pairs.append((old.id, new.id))
        self.agencies.add(line.agency)
        self.joined.append(LineJoined(line.row, both_known))

    def _streams(self, line: MappingLine) -> Pair:
        """The episode under the old reference, and the one that stands for the new reference by now."""
        _row, agency, *references = line
        key = self.client_key.episode
        return key(agency, *references[:2]), self.aliases.resolve(key(agency, *references[2:]))

    def _refusal(self, line: MappingLine) -> str:
        if not all(line[1:]):
            return "reference-missing"
        if (line.client_reference, line.episode_reference) == (line.new_client_reference, line.new_episode_reference):
            return "same-reference"
        old, new = self._streams(line)
        if self.aliases.resolve(old) == new:
            return "already-joined"
        if self.aliases.resolve(old) != old:
            return "joined-elsewhere"
        before, now = (identity_of(self.changed.episode(one).facts) for one in (old, new))
        if before is None:
            return "episode-unknown"
        return "different-persons" if now and names_another_person(before, now) else ""


class _Parting:
    """Makes two of each pair that a submission joined and that still is one."""

    def __init__(self, commit: Commit, number: int) -> None:
        self.commit, self.number = commit, number
        self.aliases = commit.knowledge.aliases()
        self.changed = _Changed(commit)
        self.pairs: list[Pair] = []

    def take(self, pair: Pair) -> None:
        """Part a pair; one that was undone or erased is left as it is.

        Raises:
            Refused: what it was joined to is joined itself.
        """
        old, new = map(self.changed.episode, pair)
        join_said = old.facts.get(JOINED)
        if not isinstance(join_said, Join) or join_said.into != new.id:
            return
        if self.aliases.resolve(new.id) != new.id:
            raise Refused(
                "rekey-joined-since",
                f"An episode of rekey {self.number} was joined to another since. Undo that rekey first.",
            )
        recorded = self.commit.knowledge.recorded(pair)
        said_of_old, said_of_new = ([one.event for one in recorded.get(stream, ())] for stream in pair)
        left, right = part(old, new, said_of_old, said_of_new, self.number, self.commit.by)
        self.changed.apply((old, left), (new, right))
        self.pairs.append(pair)
