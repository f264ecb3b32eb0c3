"""From events to what was known of episodes and when, Arrow to Arrow.

A row is one thing that was known of an episode from a position of the log to another: how it stood (`EPISODE`), or one
TOP or review of it. Rows of a client need no rows of other clients, so that whoever has them can measure the client;
what is known of an episode that a correction gave to another client stands under both, each with its own time.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from domain.codes import RECOVERY_PLAN, RISK_ASSESSMENT, TOP_STAGES
from domain.definition import CURRENT, Definition
from domain.episode.events import FACT_EVENTS, Erased, FactEvent
from domain.episode.facts import Fact, Review, Top
from domain.errors import LogCorrupt
from domain.history import (
    BLOOD_BORNE,
    CORE,
    REVIEWS,
    TOPS,
    BloodBorne,
    EpisodeCore,
    blood_borne_said,
    core_after,
    identity_said,
    key_of,
    rests_on,
    top_view,
)
from domain.log.erasing import RECORD
from domain.log.mapper import Event, unknown_topic

from .calculation.arrays import FOREVER, Ints, spread

EPISODE, TOP, PLAN, RISK = range(4)
"""What a row is of."""

_EPISODE_FIELDS: Final = (
    ("said_from", pa.int64()),
    *((name, pa.string()) for name in ("key_agency", "client_reference", "episode_reference", "agency", "area")),
    *((name, pa.int64()) for name in ("triaged", "started", "left", "reason", "drugs", "adult_on")),
    ("criminal_justice", pa.bool_()),
    *((name, pa.int64()) for name in ("referred", "offer_wait", "waiting_from", "waiting_adult_on")),
    *((name, pa.int64()) for name in ("hepatitis_b", "hepatitis_c_on")),
    ("hepatitis_c_said", pa.bool_()),
)
_DATED_FIELDS: Final = tuple((name, pa.int64()) for name in ("day", "stage", "housing", "work"))
VERSIONS: Final = pa.schema(
    [
        ("kind", pa.int8()),
        ("episode", pa.binary()),
        ("client", pa.int64()),
        ("known_from", pa.int64()),
        ("known_until", pa.int64()),
        *_EPISODE_FIELDS,
        *_DATED_FIELDS,
    ]
)
"""`said_from`: the position since which something has been said of the episode without a break. Columns that are not of
a row's kind are null; days are ordinals, as in `EpisodeView`."""
EVENTS: Final = pa.schema(
    [("stream", pa.binary()), ("version", pa.int64()), ("topic", pa.string()), ("state", pa.binary())]
)
"""Events as the log stores them, none of them erased; all of a stream belong into one table."""

_STAGE: Final = {stage: number for number, stage in enumerate(TOP_STAGES)}
_REVIEW: Final = {RECOVERY_PLAN: PLAN, RISK_ASSESSMENT: RISK}


class _Reading(msgspec.Struct, frozen=True, gc=False):
    """Of an event only what a fold needs: half of an event's time goes on who said it, and when."""

    submission: int = 0
    key: str = ""
    fact: None = None


def _reader(event: type[Event]) -> Callable[[bytes], Any]:
    shape: type[msgspec.Struct] = _Reading
    if issubclass(event, FactEvent):
        its_fact = next(field.type for field in msgspec.structs.fields(event) if field.name == "fact")
        fields = [("submission", int, 0), ("key", str, ""), ("fact", its_fact, None)]
        shape = msgspec.defstruct(f"{event.__name__}Read", fields, frozen=True, gc=False)
    return msgspec.json.Decoder(shape).decode


class _Readers(dict[str, tuple[int, Callable[[bytes], Any]]]):
    def __missing__(self, topic: str) -> tuple[int, Callable[[bytes], Any]]:
        raise unknown_topic(topic)


_EVERYTHING: Final = -1
_READERS: Final = _Readers(
    {
        event.TOPIC: (rests_on(kind.key), _reader(event))
        for kind in FACT_EVENTS
        if rests_on(kind.key)
        for event in kind.all
    }
    | {Erased.TOPIC: (_EVERYTHING, _reader(Erased))}
)
UNREAD: Final = frozenset(event.TOPIC for kind in FACT_EVENTS for event in kind.all) - _READERS.keys()
"""Topics of what is said of episodes and no measure reads; a fold can do without them."""


def folded(events: pa.Table, positions: Mapping[int, int], definition: Definition = CURRENT) -> pa.Table:
    """What was known of the episodes of whole streams: `EVENTS` to `VERSIONS`, rows of an episode in order.

    `positions` gives the position of each submission by its ordinal: all facts of a commit become known there. Which
    interventions are structured, and which referrals the criminal-justice system's, are lists of the definition.

    Raises:
        LogCorrupt: an event cannot be read.
    """
    unread = pc.is_in(events["topic"], value_set=pa.array(sorted(UNREAD), pa.string()))
    events = events.filter(pc.and_not(pc.starts_with(events["topic"], RECORD), unread))
    ordered = events.sort_by([("stream", "ascending"), ("version", "ascending")])
    columns = (ordered[name].to_pylist() for name in ("stream", "topic", "state"))
    return folded_rows(zip(*columns, strict=True), positions, definition)


def folded_rows(
    rows: Iterable[tuple[bytes, str, bytes]], positions: Mapping[int, int], definition: Definition = CURRENT
) -> pa.Table:
    """`folded`, of (stream, topic, state) as a cursor brings them: by stream, then by version, of episodes only."""
    fold = _Fold(positions, definition)
    for stream, of_stream in groupby(rows, itemgetter(0)):
        try:
            fold.episode(stream, of_stream)
        except KeyError as error:
            raise LogCorrupt(f"Stream {stream.hex()} holds {error}, which nothing else in the log knows.") from error
        except msgspec.MsgspecError as error:
            raise LogCorrupt(f"An event of stream {stream.hex()} cannot be read: {error}.") from error
    return fold.table()


class _Lifetimes:
    """Values of one kind, episode after episode, each known from a position to another."""

    def __init__(self) -> None:
        self.episode: list[int] = []
        self.values: list[tuple[Any, ...]] = []
        self.known_from: list[int] = []
        self.known_until: list[int] = []

    def begin(self, episode: int, value: tuple[Any, ...], position: int) -> int:
        """Where it stands."""
        self.episode.append(episode)
        self.values.append(value)
        self.known_from.append(position)
        self.known_until.append(FOREVER)
        return len(self.values) - 1


class _Fold:
    """One episode after the other."""

    def __init__(self, positions: Mapping[int, int], definition: Definition) -> None:
        self._positions, self._definition = positions, definition
        self._episodes: list[bytes] = []
        self._stood, self._dated = _Lifetimes(), _Lifetimes()
        self._facts: dict[str, Fact] = {}
        self._open: dict[str, int] = {}
        self._core: EpisodeCore | None = None
        self._blood_borne: BloodBorne | None = None
        self._stands = -1

    def episode(self, stream: bytes, rows: Iterable[tuple[bytes, str, bytes]]) -> None:
        """Take in a whole stream: what a commit changes is known at its position, and nothing in between is seen."""
        self._episodes.append(stream)
        self._facts, self._open, self._core, self._stands = {}, {}, None, -1
        facts, positions = self._facts, self._positions
        changed = now = 0
        for _, topic, state in rows:
            rests, read = _READERS[topic]
            event = read(state)
            position = positions[event.submission]
            if position != now:
                if changed:
                    self._stands_otherwise(changed, now)
                changed, now = 0, position
            if rests == _EVERYTHING:
                facts.clear()
                for key in list(self._open):
                    self._dated_says(key, None, now)
                changed |= CORE
            elif rests & (TOPS | REVIEWS):
                self._dated_says(event.key, event.fact, now)
            else:
                changed |= rests
                if event.fact is None:
                    facts.pop(event.key, None)
                else:
                    facts[event.key] = event.fact
        if changed:
            self._stands_otherwise(changed, now)

    def _dated_says(self, key: str, fact: Top | Review | None, position: int) -> None:
        dated, value = self._dated, self._dated_value(fact) if fact else None
        before = self._open.pop(key, None)
        if before is not None:
            if dated.values[before] == value:
                self._open[key] = before
                return
            dated.known_until[before] = position
        if value:
            self._open[key] = dated.begin(len(self._episodes) - 1, value, position)

    def _dated_value(self, fact: Top | Review) -> tuple[int, ...] | None:
        if isinstance(fact, Top):
            day, stage, housing, work = top_view(fact, self._definition)
            return TOP, day, _STAGE[stage], housing, work
        kind = _REVIEW.get(fact.what)
        return None if kind is None else (kind, fact.reviewed_on.toordinal(), 0, 0, 0)

    def _stands_otherwise(self, rests: int, position: int) -> None:
        facts, stood = self._facts, self._stood
        identity = identity_said(facts)
        if identity is None:
            self._ends(position)
            self._core = None
            return
        core = core_after(self._core, identity, facts, rests, self._definition)
        blood_borne = self._blood_borne
        if rests & BLOOD_BORNE or self._core is None or blood_borne is None:
            blood_borne = blood_borne_said(facts, self._definition)
        value = (*key_of(identity), *core, *blood_borne)
        said_from = position
        if self._stands >= 0:
            before = stood.values[self._stands]
            if before[1:] == value:
                return
            said_from = before[0]
            self._ends(position)
        self._core, self._blood_borne = core, blood_borne
        self._stands = stood.begin(len(self._episodes) - 1, (said_from, *value), position)

    def _ends(self, position: int) -> None:
        if self._stands >= 0:
            self._stood.known_until[self._stands] = position
            self._stands = -1

    def table(self) -> pa.Table:
        """All rows of the episodes so far."""
        names = pa.array(self._episodes, pa.binary())
        stood, dated = _Columns(self._stood), _Columns(self._dated)
        client = np.array(stood.values[4], np.int64) if len(stood.episode) else np.zeros(0, np.int64)
        standing = {
            "kind": pa.array(np.zeros(len(stood.episode), np.int8)),
            **stood.common(names, client),
            **_typed(_EPISODE_FIELDS, [*stood.values[:4], *stood.values[5:]] if stood.values else []),
        }
        row, its_client = _clients_of(dated.episode, stood.episode, client)
        kinds, *values = dated.values or [()] * 5
        rest = {
            "kind": pa.array(kinds, pa.int8()),
            **dated.common(names, np.zeros(len(dated.episode), np.int64)),
            **_typed(_DATED_FIELDS, values),
        }
        of_clients = pa.table(rest).take(pa.array(row)).set_column(2, "client", pa.array(its_client))
        parts = [pa.table(standing), of_clients]
        return pa.concat_tables([_whole(part) for part in parts])


class _Columns:
    """The lifetimes that are not empty, as columns."""

    def __init__(self, lifetimes: _Lifetimes) -> None:
        self.known_from = np.array(lifetimes.known_from, np.int64)
        self.known_until = np.array(lifetimes.known_until, np.int64)
        lasts = self.known_from < self.known_until
        self.episode = np.array(lifetimes.episode, np.int64)
        values: Sequence[tuple[Any, ...]] = lifetimes.values
        if not lasts.all():
            # What a commit says and takes back in one breath was never known.
            self.known_from, self.known_until = self.known_from[lasts], self.known_until[lasts]
            self.episode = self.episode[lasts]
            values = [values[i] for i in np.flatnonzero(lasts).tolist()]
        self.values: list[tuple[Any, ...]] = list(zip(*values, strict=True))

    def common(self, names: pa.Array, client: Ints) -> dict[str, pa.Array]:
        """The columns that all rows have."""
        return {
            "episode": names.take(pa.array(self.episode)),
            "client": pa.array(client),
            "known_from": pa.array(self.known_from),
            "known_until": pa.array(self.known_until),
        }


def _typed(fields: Sequence[tuple[str, pa.DataType]], columns: Sequence[Sequence[Any]]) -> dict[str, pa.Array]:
    columns = columns or [()] * len(fields)
    return {name: _column(values, kind) for (name, kind), values in zip(fields, columns, strict=True)}


def _column(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    # Arrow takes half as long again as numpy to turn Python's integers into a column.
    return pa.array(np.array(values, np.int64)) if kind == pa.int64() else pa.array(values, kind)


def _whole(part: pa.Table) -> pa.Table:
    """With nulls in the columns that are not of its kind."""
    rows = part.num_rows
    columns = [part[f.name] if f.name in part.column_names else pa.nulls(rows, f.type) for f in VERSIONS]
    return pa.table(columns, schema=VERSIONS)


def _clients_of(episode: Ints, standing_episode: Ints, client: Ints) -> tuple[Ints, Ints]:
    """Each row as often as its episode was ever of another client, with these clients; not at all where of none."""
    order = np.lexsort((client, standing_episode))
    its, clients = standing_episode[order], client[order]
    new = np.append(True, (its[1:] != its[:-1]) | (clients[1:] != clients[:-1]))[: len(its)]
    its, clients = its[new], clients[new]
    first, stop = np.searchsorted(its, episode, "left"), np.searchsorted(its, episode, "right")
    row, at = spread(first, stop - first)
    return row, clients[at]
