"""Two keys of one episode: joining them, parting them again, and which episode a key stands for.

The facts of both are said of the newer key's episode from then on; of the other it is only said that it was joined. So
everything that folds episodes goes on as before, and what was known earlier stays as it was.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

import msgspec

from domain.log.mapper import Event
from domain.submission import EpisodesRekeyed, RekeyUndone

from .episode import Episode
from .events import EpisodeEvent, data_set_of
from .facts import (
    EXIT,
    HANDOVER,
    JOINED,
    OURS,
    RE_PRESENTED,
    REFERRAL,
    REVIEW_FILE,
    START,
    TREATMENT,
    Fact,
    Join,
    Referral,
    Start,
    identity_of,
)
from .reconcile import Changes, EventWriter, Provenance

Pair = tuple[UUID, UUID]
"""An episode under its old key, and the one that it was joined to."""
References = tuple[str, str]
"""CLIENT and EPISODID."""


class Aliases:
    """Which episode stands for one that was joined, by the commits that joined and parted them, in their order."""

    def __init__(self, said: Iterable[Event] = ()) -> None:
        self._into: dict[UUID, UUID] = {}
        for event in said:
            if isinstance(event, EpisodesRekeyed):
                self._into |= dict(event.pairs)
            elif isinstance(event, RekeyUndone):
                for old, _new in event.pairs:
                    self._into.pop(old, None)

    def add(self, old: UUID, new: UUID) -> None:
        """One more episode is joined to another."""
        self._into[old] = new

    def __bool__(self) -> bool:
        return bool(self._into)

    def resolve(self, episode: UUID) -> UUID:
        """The episode that stands for this one; itself, unless it was joined."""
        while episode in self._into:
            episode = self._into[episode]
        return episode

    def together(self, episodes: Iterable[UUID]) -> set[UUID]:
        """These episodes, with all that are one with one of them."""
        standing = {self.resolve(episode) for episode in episodes}
        return standing.union(self.joined_into(standing))

    def joined_into(self, episodes: Iterable[UUID]) -> list[UUID]:
        """The episodes that one of these stands for, themselves left out."""
        wanted = set(episodes)
        return [old for old in self._into if old not in wanted and self.resolve(old) in wanted]


def join(old: Episode, new: Episode, references: References, on: date, by: Provenance) -> tuple[Changes, Changes]:
    """What makes two episodes one: the changes of `old`, of which nothing is said any more, and those of `new`.

    Of each data set what was said last counts, whole, as it would of one key. `references` are those of the new key.
    """
    facts = _facts_of_both(old, new, references)
    writer = EventWriter(old, by)
    left = Changes(writer.events)
    for event in list(old.standing_events.values()):
        writer.withdraw(event)
        left.withdrawn += data_set_of(event.key) != OURS
    writer.record(JOINED, Join(into=new.id, joined_on=on), row=0)
    return left, _brought_to(new, facts, by)


def part(
    old: Episode, new: Episode, said_of_old: Sequence[Event], said_of_new: Sequence[Event], number: int, by: Provenance
) -> tuple[Changes, Changes]:
    """What makes two of an episode that submission `number` joined: the changes of `old`, and those of `new`.

    Both are said what was said of them before. What files have said since belongs to the key under which it came.
    """
    old_before, new_before = (
        Episode.folded(one.id, (event for event in said if event.submission < number))
        for one, said in ((old, said_of_old), (new, said_of_new))
    )
    of_old, of_new = _without_ours(old_before.facts), _without_ours(new_before.facts)
    since = {
        data_set_of(event.key) for event in said_of_new if isinstance(event, EpisodeEvent) and event.submission > number
    }
    came_as_old = references_of(new.facts) == references_of(of_old)
    for data_set in since - {OURS}:
        reported = _of_data_set(new.facts, data_set)
        whole = of_old if came_as_old else of_new
        for key in _of_data_set(whole, data_set):
            del whole[key]
        whole |= reported
    handover = new.standing_events.get(HANDOVER)
    for facts in (of_old, of_new):
        if handover and handover.submission > number:
            # The caseload that has passed on since had both of them in it.
            facts[HANDOVER] = handover.fact
        if EXIT in facts or START not in facts:
            facts.pop(HANDOVER, None)
    return _brought_to(old, of_old, by), _brought_to(new, of_new, by)


def references_of(facts: Mapping[str, Fact]) -> References | None:
    """Under which references an episode was last reported; None of one of which nothing is said."""
    identity = identity_of(facts)
    return (identity.client_reference, identity.episode_reference) if identity else None


def _facts_of_both(old: Episode, new: Episode, references: References) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    for data_set in (TREATMENT, REVIEW_FILE):
        newest = max((new, old), key=lambda episode: _last_said(episode, data_set))
        facts |= _of_data_set(newest.facts, data_set)
    for key in (START, REFERRAL):
        if isinstance(fact := facts.get(key), Start | Referral):
            client_reference, episode_reference = references
            facts[key] = msgspec.structs.replace(
                fact, client_reference=client_reference, episode_reference=episode_reference
            )
    handover = new.facts.get(HANDOVER) or old.facts.get(HANDOVER)
    if handover and EXIT not in facts:
        facts[HANDOVER] = handover
    return facts


def _last_said(episode: Episode, data_set: str) -> int:
    """The submission that last said something of a data set that still stands; 0 if none did."""
    events = episode.standing_events.values()
    return max((event.submission for event in events if data_set_of(event.key) == data_set), default=0)


def _of_data_set(facts: Mapping[str, Fact], data_set: str) -> dict[str, Fact]:
    return {key: fact for key, fact in facts.items() if data_set_of(key) == data_set}


def _without_ours(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """What files said, and a handover: what follows from other episodes is worked out anew."""
    return {key: fact for key, fact in facts.items() if key not in {RE_PRESENTED, JOINED}}


def _brought_to(known: Episode, facts: Mapping[str, Fact], by: Provenance) -> Changes:
    """The events after which exactly these facts are said of an episode, but for its re-presentation."""
    writer = EventWriter(known, by)
    result = Changes(writer.events)
    for key, fact in facts.items():
        before = known.standing_events.get(key)
        if before is None:
            result.new += 1
            writer.record(key, fact, row=0)
        elif before.fact != fact:
            result.amended += 1
            writer.amend(before, fact, row=0)
        else:
            result.unchanged += 1
    for key, event in known.standing_events.items():
        if key not in facts and key != RE_PRESENTED:
            result.withdrawn += 1
            writer.withdraw(event)
    return result
