"""One client's records on both axes: when something happened, and when it became known.

Each day of knowledge on which a record changed is a moment: what was said then, and how the episodes stood by all that
was known. Days include the whole day. Nothing is read here: a timeline is made of entries of the trail, so that whoever
sees only some of them gets the timeline of those.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from domain.client import client_number
from domain.episode.episode import Episode
from domain.episode.events import EpisodeEvent, Erased
from domain.episode.facts import EXIT, HANDOVER, Exit, Fact, Handover, Referral, identity_of

from .trail import Entry, EntryReference


@dataclass(frozen=True, slots=True)
class Spell:
    """An episode as it was known: from its triage to its discharge (or handover), None while it is open.

    `waits`: only a referral is known, and `start` is its day. `reason` is the discharge's, as it was submitted.
    """

    reference: EntryReference
    start: date
    end: date | None
    reason: int | None
    waits: bool


@dataclass(frozen=True, slots=True)
class Moment:
    """What became known on one day, and the client's episodes by all that was known at its end.

    `known_on` is None for what no submission brought.
    """

    known_on: date | None
    entries: tuple[Entry, ...]
    spells: tuple[Spell, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """A client's records in the order in which they became known."""

    moments: tuple[Moment, ...]

    @property
    def entries(self) -> list[Entry]:
        """All that was said, in the order of the log."""
        return [entry for moment in self.moments for entry in moment.entries]


def timeline(entries: Sequence[Entry], client: int) -> Timeline:
    """The timeline of a client's entries, which are in the order of the log.

    An episode is drawn while it is known to be this client's: one that a correction brought in begins with it.
    """
    episodes: dict[UUID, Episode] = {}
    references: dict[UUID, EntryReference] = {}
    moments = []
    for known_on, its in groupby(entries, key=lambda entry: entry.received_on):
        facts = tuple(its)
        for entry in facts:
            _apply(entry, episodes, references)
        moments.append(Moment(known_on, facts, tuple(_spells(episodes, references, client))))
    return Timeline(tuple(moments))


def _apply(entry: Entry, episodes: dict[UUID, Episode], references: dict[UUID, EntryReference]) -> None:
    if entry.reference is None or not isinstance(entry.event, EpisodeEvent | Erased):
        return
    references[entry.stream] = entry.reference
    episodes.setdefault(entry.stream, Episode(entry.stream)).apply(entry.event)


def _spells(
    episodes: Mapping[UUID, Episode], references: Mapping[UUID, EntryReference], client: int
) -> Iterable[Spell]:
    spells = [_spell(episode.facts, references[stream], client) for stream, episode in episodes.items()]
    return sorted((spell for spell in spells if spell), key=lambda spell: (spell.start, spell.reference.agency))


def _spell(facts: Mapping[str, Fact], reference: EntryReference, client: int) -> Spell | None:
    identity = identity_of(facts)
    if identity is None or client_number(identity.client) != client:
        return None
    if isinstance(identity, Referral):
        return Spell(reference, identity.referred_on, None, None, waits=True)
    left = facts.get(EXIT) or facts.get(HANDOVER)
    if isinstance(left, Exit):
        return Spell(reference, identity.triaged_on, left.discharged_on, left.reason, waits=False)
    end = left.handed_over_on if isinstance(left, Handover) else None
    return Spell(reference, identity.triaged_on, end, None, waits=False)
