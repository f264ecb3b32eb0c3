"""The reference engine over a log of any length: some clients at a time, from many standpoints at once.

`ReferenceEngine` folds the whole log anew for each standpoint, and has it in memory. But what a measure says of a
client rests on nobody else's episodes, so the same answers come client by client. An episode is folded once, forwards
from each standpoint to that of the next position; and what was made of a client is taken over where no other events
are folded and no other days are seen.

Like the engine that is read aloud, it shares with the stored standings the specification of the measures and nothing
else: also whose an episode ever was it reads from the log. A property test holds the two together.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from domain.definition import Definition, definition_in_force
from domain.episode.episode import Episode
from domain.episode.events import EpisodeEvent, Erased, FactEvent
from domain.episode.facts import Referral, Start
from domain.history import EpisodeView, number_of_client, seen_from
from domain.log.mapper import JsonMapper
from domain.log.reading import Recorded, read_by_stream, read_streams
from domain.measures.families import Unit
from domain.standpoint import Standpoint

from .engine import Standing
from .reference import PersonRow, members_of_all, rows_by_unit

CLIENTS_AT_ONCE: Final = 500
"""So many clients' episodes are in memory at a time: with all that is made of them some 70 MiB, whatever the log."""


class ClientRange(NamedTuple):
    """The clients with the numbers from `first` to `last`, both included."""

    first: int
    last: int

    def __contains__(self, client: object) -> bool:
        return isinstance(client, int) and self.first <= client <= self.last


EVERYBODY: Final = ClientRange(-(1 << 63), (1 << 63) - 1)
"""Any number that a client can have."""


class ClientsOfLog:
    """Which episodes were ever said to be whose, read once from the whole log; `earliest` is its first day, None if it
    is empty. Held is a list of the episodes, but nothing of what their events say.

    Raises:
        LogCorrupt: an event cannot be read.
    """

    def __init__(self, connection: sa.Connection, mapper: JsonMapper) -> None:
        self._connection, self._mapper = connection, mapper
        self._episodes: defaultdict[int, list[UUID]] = defaultdict(list)
        self.earliest: date | None = None
        for stream, recorded in read_by_stream(connection, mapper):
            earliest = min(one.event.occurred_on for one in recorded)
            self.earliest = min(self.earliest or earliest, earliest)
            for client in clients_named_in(recorded):
                self._episodes[client].append(stream)

    def some_at_a_time(self, count: int = CLIENTS_AT_ONCE) -> Iterator[tuple[ClientRange, "ReferenceOfClients"]]:
        """The engine for `count` clients after the others. Their ranges leave no number out, not even of clients whom
        the log does not know.
        """
        clients = sorted(self._episodes)
        first = EVERYBODY.first
        for begin in range(0, max(len(clients), 1), count):
            its = clients[begin : begin + count]
            is_last = begin + count >= len(clients)
            among = ClientRange(first, EVERYBODY.last if is_last else its[-1])
            streams = (stream for client in its for stream in self._episodes[client])
            yield among, ReferenceOfClients(among, read_streams(self._connection, self._mapper, streams).values())
            first = among.last + 1


def clients_named_in(recorded: Iterable[Recorded]) -> set[int]:
    """Every client of whom an episode was ever said to be."""
    facts = (one.event.fact for one in recorded if isinstance(one.event, FactEvent))
    return {number_of_client(fact.client) for fact in facts if isinstance(fact, Start | Referral)}


class ReferenceOfClients:
    """What `ReferenceEngine.everything` says of the clients `among` a range, from the events of every episode that was
    ever of one of them; by a definition, else by the one in force at `as_of`.
    """

    def __init__(
        self, among: ClientRange, episodes: Iterable[Sequence[Recorded]], definition: Definition | None = None
    ) -> None:
        self._among, self._definition = among, definition
        events = ([one for one in its if isinstance(one.event, EpisodeEvent | Erased)] for its in episodes)
        self._episodes = [_Folding(its) for its in sorted(events, key=lambda its: its[0].position if its else 0) if its]
        self._rows: dict[tuple[object, ...], tuple[list[EpisodeView], dict[Unit, list[PersonRow]]]] = {}

    def everything(self, standpoints: Iterable[Standpoint]) -> Iterator[tuple[Standpoint, list[Standing]]]:
        """Every one of the clients standing in any part of any measure, at each standpoint; ordered by position."""
        for standpoint in sorted(standpoints, key=lambda one: one.position):
            definition = self._definition or definition_in_force(standpoint.as_of)
            rows: dict[Unit, list[PersonRow]] = {unit: [] for unit in Unit}
            for views in self._views(standpoint, definition):
                for unit, its in self._rows_of(views, definition).items():
                    rows[unit] += its
            yield standpoint, members_of_all(rows, standpoint.as_of, definition)

    def _views(self, standpoint: Standpoint, definition: Definition) -> Iterator[list[EpisodeView]]:
        """What is seen of each client, in the order of their numbers."""
        of_client: defaultdict[int, list[EpisodeView]] = defaultdict(list)
        for episode in self._episodes:
            view = episode.seen_from(standpoint, definition)
            if view is not None and view.core.client in self._among:
                of_client[view.core.client].append(view)
        return (of_client[client] for client in sorted(of_client))

    def _rows_of(self, views: list[EpisodeView], definition: Definition) -> dict[Unit, list[PersonRow]]:
        """The rows of one client. The views are stored with them, so that no other one is ever at their places."""
        key = (definition.version, *map(id, views))
        if key not in self._rows:
            self._rows[key] = views, rows_by_unit(views, definition)
        return self._rows[key][1]


class _Folding:
    """An episode folded further and further; what is seen of it, once for all standpoints that see the same."""

    def __init__(self, recorded: Sequence[Recorded]) -> None:
        self._ahead = list(reversed(recorded))
        self._episode = Episode(recorded[0].event.originator_id)
        self._days: list[date] = []
        self._seen: dict[tuple[str, int], EpisodeView | None] = {}

    def seen_from(self, standpoint: Standpoint, definition: Definition) -> EpisodeView | None:
        """Its view, if anything is seen of it; never asked for a position before the one that was asked for last."""
        self._fold(standpoint.position)
        key = definition.version, bisect_right(self._days, standpoint.as_of)
        if key not in self._seen:
            views = seen_from(standpoint, [self._episode], definition)
            self._seen[key] = views[0] if views else None
        return self._seen[key]

    def _fold(self, position: int) -> None:
        if not self._ahead or self._ahead[-1].position > position:
            return
        while self._ahead and self._ahead[-1].position <= position:
            self._episode.apply(self._ahead.pop().event)
        self._days = sorted(fact.occurred_on for fact in self._episode.facts.values())
        self._seen.clear()
