"""The only door that saves events: a commit brings its events, its read models and the tree, or nothing."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

import sqlalchemy as sa
from eventsourcing.application import Application
from eventsourcing.utils import Environment

from .log import reading
from .log.database import writing
from .log.erasing import ERASED, may_be_erased
from .log.large_commits import AsLeft, PackedEvents, Stretch
from .log.mapper import Event, JsonMapper
from .log.reading import Recorded
from .log.recorder import LogFactory, LogRecorder, library_errors
from .log.tables import log

Projection = Callable[[sa.Connection, Sequence[Recorded]], None]
"""Writes what follows from new events into read models, on the connection and in the transaction of the append."""


class Register(Application[UUID]):
    """The log with its projections. One writer at a time; decisions are taken while it holds the lock.

    `event_types` is the closed set of events that it can write and read. `projections` run in this order within each
    commit. `clock` answers the present moment with a time zone. `committed` is called after each commit that stored
    events; it must not fail.
    """

    name = "register"
    mapper: JsonMapper

    def __init__(
        self,
        engine: sa.Engine,
        event_types: Iterable[type[Event]],
        projections: Iterable[Projection],
        clock: Callable[[], datetime],
        committed: Callable[[], None] = lambda: None,
    ) -> None:
        self.engine, self.event_types, self.projections = engine, tuple(event_types), tuple(projections)
        self.log_recorder = LogRecorder(engine, clock)
        self._committed = committed
        super().__init__()

    @contextmanager
    def recording(self, keep: bool = True) -> Iterator["Recording"]:
        """One commit: whoever enters holds the writer's lock, reads what is known, decides, and appends.

        Leaving stores all of it; with `keep=False` (a dry run), or by an exception, nothing.

        Raises:
            DatabaseBusy, DatabaseFull, DatabaseUnavailable: nothing was stored; the text says what to do.
            eventsourcing.persistence.IntegrityError: an event has a version that its stream already has.
        """
        with library_errors(self.engine), writing(self.engine, keep) as connection:
            recording = Recording(self, connection)
            yield recording
        if keep and recording.has_appended:
            self._committed()

    def submit(self, events: Iterable[Event]) -> list[Recorded]:
        """Record the events of many streams, and what follows from them, in one commit; raises as `recording`."""
        with self.recording() as recording:
            return recording.append(events)

    def save(self, *_: Any, **__: Any) -> NoReturn:
        """The library's door is shut: it would write past the projections."""
        raise NotImplementedError("Register.recording and Register.submit are the only doors that save events")

    def construct_env(self, name: str, _env: Any = None) -> Environment:
        """None of the library's settings: a variable of the surroundings must not change how the log is kept."""
        return Environment(name, {})

    def construct_factory(self, env: Environment) -> LogFactory:
        return LogFactory(env, self.log_recorder)

    def construct_mapper(self) -> JsonMapper:
        return JsonMapper(self.event_types)


class Recording:
    """One commit in the making, under the writer's lock. `connection` is its transaction."""

    def __init__(self, register: Register, connection: sa.Connection) -> None:
        self._register, self.connection = register, connection
        self.has_appended = False

    def read_streams(self, streams: Iterable[UUID]) -> dict[UUID, list[Recorded]]:
        """What is known of these streams, events by version; a stream without events is not in the answer."""
        return reading.read_streams(self.connection, self._register.mapper, streams)

    def append(self, events: Iterable[Event], erased: Collection[UUID] = ()) -> list[Recorded]:
        """Let the log grow by these events, in this order, and let the projections follow.

        `erased` names streams whose earlier events lose salt and state for good: each must have an event among
        `events` that says so, and how many. Those stay readable, also when the stream is erased once more.
        """
        new = list(events)
        farewells = {event.originator_id: event for event in new if event.TOPIC == ERASED}
        silent = set(erased) - farewells.keys()
        if silent:
            raise ValueError(f"{len(silent)} streams would be erased without an event that says so")
        stored = [self._register.mapper.to_stored_event(event) for event in new]
        first, at = self._register.log_recorder.append(self.connection, [stored])
        for stream in erased:
            self._erase(farewells[stream])
        recorded = [Recorded(position, at, event) for position, event in enumerate(new, first)]
        self._follow(recorded)
        return recorded

    def append_packed(
        self, events: PackedEvents, erased: Collection[UUID] = (), as_left: AsLeft | None = None
    ) -> Stretch:
        """`append` of very many events: one batch is held at a time. `as_left` must rest on what this transaction sees,
        and on all of the events.
        """
        silent = set(erased) - events.farewells.keys()
        if silent:
            raise ValueError(f"{len(silent)} streams would be erased without an event that says so")
        first, at = self._register.log_recorder.append(self.connection, events.batches())
        for stream in erased:
            self._erase(events.farewells[stream])
        last = first + len(events) - 1
        recorded = Stretch(self.connection, self._register.mapper, first, last, events.few(first, at), as_left)
        self._follow(recorded)
        return recorded

    def _follow(self, recorded: Sequence[Recorded]) -> None:
        self.has_appended = self.has_appended or bool(recorded)
        for project in self._register.projections:
            project(self.connection, recorded)

    def _erase(self, farewell: Any) -> None:
        """The events of the stream in front of the one that says so; before that one is there, the log refuses it."""
        stream, version = farewell.originator_id, farewell.originator_version
        readable = (log.c.originator_id == stream, log.c.originator_version < version, log.c.state.is_not(None))
        of_stream = log.update().where(*readable, may_be_erased(log.c.topic))
        records = self.connection.execute(of_stream.values(salt=None, state=None)).rowcount
        if records != farewell.records:
            raise ValueError(f"{records} events of a stream would be erased, but {farewell.records} are said to be")
