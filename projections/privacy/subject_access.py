"""What is held about one person, and nothing about anybody else: what a person may be shown of their own records.

An episode may have been said of two people: a correction gave it to another, or a reference was used again. Every
commit of it is about the person whom it names at the commit's end. So of an episode that is theirs now, a person is
shown what was said while it was theirs; of one that is another's by now, only that it was held under their identifiers,
and from when to when. Keys that were joined are one episode.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from uuid import UUID

import msgspec
import sqlalchemy as sa

from domain.client import client_number
from domain.definition import Definition
from domain.episode.episode import Episode
from domain.episode.events import EpisodeEvent, Erased, FactEvent, Withdrawn
from domain.episode.facts import JOINED, Fact, Referral, Start, identity_of
from domain.episode.joining import Aliases
from domain.log.mapper import JsonMapper
from domain.log.reading import Recorded, read_streams
from domain.measures.registry import Measure
from domain.standpoint import Standpoint
from projections.explain.trail import Entry, TrailFilter, streams_of_client, trail
from projections.standings.reference import ReferenceEngine
from projections.standings.slices import Slice
from projections.store.submissions import load_aliases

EVERYTHING = 1_000_000
"""Entries of one person: more than anybody's records ever come to."""


@dataclass(frozen=True, slots=True)
class HoldingSource:
    """Where something that is held came from: the day of receipt, the position of the log, the file and its row.

    `file` is empty for what was said by word, or follows from other records; `row` is None where it is not known.
    """

    received_on: date | None
    position: int
    file: str
    row: int | None


@dataclass(frozen=True, slots=True)
class Holding:
    """A fact that is said now, by its key."""

    key: str
    fact: Fact
    source: HoldingSource


@dataclass(frozen=True, slots=True)
class Change:
    """What was said, and was amended (`now` is the fact in its place) or taken back (`now` is None)."""

    key: str
    before: Fact
    now: Fact | None
    source: HoldingSource


@dataclass(frozen=True, slots=True)
class OwnEpisode:
    """An episode of the person, as its agency refers to it.

    `since` is where it was first said of the person. `taken_over`: it was said of other identifiers before. `joined_on`
    is the day on which it was joined with another reference, where all that is said has stood since, and `moved` what
    was. `erased_on` is the last day on which earlier records under the reference were erased.
    """

    stream: UUID
    agency: str
    client_reference: str
    episode_reference: str
    since: HoldingSource
    holdings: tuple[Holding, ...]
    changes: tuple[Change, ...]
    taken_over: bool = False
    joined_on: date | None = None
    moved: tuple[Holding, ...] = ()
    erased_on: date | None = None

    @property
    def facts(self) -> dict[str, Fact]:
        """What is said now, by key."""
        return {holding.key: holding.fact for holding in self.holdings}


@dataclass(frozen=True, slots=True)
class PassedOn:
    """An episode that is another person's by now: from when to when it was held under this one's identifiers.

    It was from position `first` of the log on, and no more from `until` on. Of `records` of it.
    """

    from_day: date | None
    to_day: date | None
    first: int
    until: int
    records: int


@dataclass(frozen=True, slots=True)
class PersonHeld:
    """All that is held about one person. `recorded` are the events of their own episodes, in the order of the log."""

    episodes: tuple[OwnEpisode, ...]
    passed_on: tuple[PassedOn, ...]
    recorded: tuple[Recorded, ...] = ()

    def rests_on_another(self, position: int) -> bool:
        """Whether what was known of the person at a position had somebody else's records in it."""
        return any(one.first <= position < one.until for one in self.passed_on)

    def stands_alone(
        self, client: int, measure: Measure, standpoint: Standpoint, slice_: Slice, definition: Definition
    ) -> list[tuple[bool, date]]:
        """How the person stands in a figure by their own episodes alone: counted or not, by which journeys."""
        engine = ReferenceEngine(self.recorded, definition)
        members = engine.members(measure, standpoint, slice_)
        return sorted((one.counted, one.journey) for one in members if one.client == client)


def person_held(connection: sa.Connection, mapper: JsonMapper, generation: int, client: int) -> PersonHeld:
    """All that is held about the person with this number; empty if nothing is. The connection is one snapshot."""
    aliases = load_aliases(connection, mapper, generation)
    streams = aliases.together(streams_of_client(connection, generation, client))
    if not streams:
        return PersonHeld((), ())
    entries = trail(connection, mapper, generation, TrailFilter(sorted(streams), limit=EVERYTHING))
    histories = {stream: _History(stream, client) for stream in streams}
    for stream, its in groupby(
        sorted(entries, key=lambda one: (one.stream.bytes, one.position)), lambda one: one.stream
    ):
        histories[stream].read(list(its))
    own, passed_on = [], []
    for stream, history in histories.items():
        standing = histories[_standing_for(stream, aliases, histories)]
        if standing.owner == client:
            own.append(history)
        elif away := history.passed_on():
            passed_on.append(away)
    episodes = [episode for history in own if (episode := history.episode())]
    episodes = [_traced(episode, episodes, aliases) for episode in episodes]
    episodes.sort(key=lambda one: (one.since.position, one.agency, one.client_reference, one.episode_reference))
    events = read_streams(connection, mapper, [history.stream for history in own]).values()
    recorded = sorted(one for its in events for one in its)
    return PersonHeld(tuple(episodes), tuple(sorted(passed_on, key=lambda one: one.first)), tuple(recorded))


def _standing_for(stream: UUID, aliases: Aliases, histories: dict[UUID, "_History"]) -> UUID:
    standing = aliases.resolve(stream)
    return standing if standing in histories else stream


_Said = tuple[FactEvent, HoldingSource, bool]
"""What is said under a key, where it came from, and whether the episode was the person's then."""


class _History:
    """One episode as it is read, commit by commit, for one person."""

    def __init__(self, stream: UUID, client: int) -> None:
        self.stream, self.client = stream, client
        self.owner: int | None = None
        self._episode = Episode(stream)
        self._said: dict[str, _Said] = {}
        self._changes: list[Change] = []
        self._identity: Start | Referral | None = None
        self._since: HoldingSource | None = None
        self._first: HoldingSource | None = None
        self._until: HoldingSource | None = None
        self._records = 0
        self._taken_over = False
        self._joined: HoldingSource | None = None
        self._moved: list[Holding] = []
        self._erased_on: date | None = None

    def read(self, entries: Sequence[Entry]) -> None:
        """Take the episode's entries in, in the order of the log."""
        for _, commit in groupby(entries, lambda entry: entry.submission):
            self._commit(list(commit))

    def _commit(self, entries: Sequence[Entry]) -> None:
        before = dict(self._said)
        for entry in entries:
            if isinstance(entry.event, EpisodeEvent | Erased):
                self._episode.apply(entry.event)
            if isinstance(entry.event, Erased):
                self._erased(entry)
                before = {}
        identity = identity_of(self._episode.facts)
        was, self.owner = self.owner, client_number(identity.client) if identity else self.owner
        theirs = self.owner == self.client
        if theirs:
            self._identity = identity or self._identity
            if not _joins(entries):
                self._records += sum(isinstance(entry.event, EpisodeEvent) for entry in entries)
            self._belongs_from(_source(entries[0]), taken_over=was not in {None, self.client})
        elif was == self.client:
            self._until = _source(entries[0])
        self._note(entries, before, theirs=theirs)

    def _belongs_from(self, source: HoldingSource, *, taken_over: bool) -> None:
        """The commit that `source` begins is about the person."""
        self._taken_over |= taken_over
        self._first = self._first or source
        if self._since is None or taken_over:
            # What else was said by the same file has rows of its own.
            self._since = replace(source, row=None)

    def _erased(self, entry: Entry) -> None:
        """Nothing is said any more, and whose it was is gone."""
        self.owner, self._identity, self._since, self._first, self._until = None, None, None, None, None
        self._said, self._changes, self._records, self._taken_over = {}, [], 0, False
        self._erased_on = entry.received_on

    def _note(
        self, entries: Sequence[Entry], before: dict[str, tuple[FactEvent, HoldingSource, bool]], *, theirs: bool
    ) -> None:
        joins = _joins(entries)
        for entry in entries:
            event = entry.event
            if isinstance(event, FactEvent):
                if event.key == JOINED:
                    self._joined = _source(entry)
                self._said[event.key] = (event, _source(entry), theirs)
            elif isinstance(event, Withdrawn):
                self._said.pop(event.key, None)
            else:
                continue
            old = before.get(event.key)
            # What was said while the episode was another's is not this person's to read.
            if not theirs or old is None or not old[2]:
                continue
            if joins and isinstance(event, Withdrawn):
                self._moved.append(Holding(event.key, old[0].fact, old[1]))
            else:
                now = event.fact if isinstance(event, FactEvent) else None
                self._changes.append(Change(event.key, old[0].fact, now, _source(entry)))

    def episode(self) -> OwnEpisode | None:
        """The episode as the person may read it; None if nothing of it was ever said of the person."""
        if self._since is None or self._identity is None:
            return None
        its = self._identity
        return OwnEpisode(
            self.stream,
            its.agency,
            its.client_reference,
            its.episode_reference,
            self._since,
            tuple(self._holdings()),
            tuple(self._changes),
            self._taken_over,
            self._joined.received_on if self._joined and JOINED in self._said else None,
            tuple(self._moved),
            self._erased_on,
        )

    def _holdings(self) -> Iterator[Holding]:
        assert self._since is not None
        for key, (event, source, theirs) in self._said.items():
            if key != JOINED:
                # Said before the episode was theirs, and said again by the file that made it theirs.
                yield Holding(key, event.fact, source if theirs else self._since)

    def passed_on(self) -> PassedOn | None:
        """That the episode was the person's for a time; None if it never was."""
        first, until = self._first, self._until or self._joined
        if first is None or until is None:
            return None
        return PassedOn(first.received_on, until.received_on, first.position, until.position, self._records)


def _joins(entries: Iterable[Entry]) -> bool:
    """Whether a commit joins the episode to another, so that all that was said of it stands there."""
    return any(isinstance(entry.event, FactEvent) and entry.event.key == JOINED for entry in entries)


def _source(entry: Entry) -> HoldingSource:
    row = entry.event.row if entry.event and entry.event.row else None
    return HoldingSource(entry.received_on, entry.position, entry.file, row if entry.file else None)


def _traced(episode: OwnEpisode, episodes: Iterable[OwnEpisode], aliases: Aliases) -> OwnEpisode:
    """The episode, where what a join brought to it says which file said it under the earlier reference."""
    earlier = [one for one in episodes if one.joined_on and aliases.resolve(one.stream) == episode.stream]
    moved = {holding.key: holding for one in earlier for holding in one.moved}
    return episode if not moved else replace(episode, holdings=tuple(_from(one, moved) for one in episode.holdings))


def _from(holding: Holding, moved: dict[str, Holding]) -> Holding:
    before = moved.get(holding.key)
    if holding.source.file or before is None or not _alike(before.fact, holding.fact):
        return holding
    return replace(holding, source=before.source)


def _alike(one: Fact, other: Fact) -> bool:
    """Whether two facts say the same, but for the references of the episode."""
    if isinstance(one, Start | Referral) and isinstance(other, type(one)):
        references = {name: getattr(other, name) for name in ("client_reference", "episode_reference")}
        one = msgspec.structs.replace(one, **references)
    return one == other
