"""The connections of one process: each has deadlines, and none takes a thread before its request is there whole.

Waitress reads requests and writes answers beside the threads that work on them, however slowly the other side sends or
reads. What it has not, and this adds: a request's headers have a time by which they are there; what is sent and what
is read has a pace, on average, that it may not fall below; and a large body is stored only for somebody who is known.
Nobody else is believed to come by a proxy: this is up to the application.
"""

import io
import math
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher, WSGITask

LARGEST_HEADERS: Final = 64 * 1024
"""Bytes of all headers of a request."""
LARGEST_OF_ANYBODY: Final = 1024 * 1024
"""Bytes of a body that are taken of somebody who is not known: as much as a form may have."""
MOST_CONNECTIONS: Final = 1000
"""Of one process; more wait to be accepted, until others have met their deadlines."""
IN_MEMORY: Final = 512 * 1024
"""Bytes of a body, and of an answer, that stay in memory; the rest goes into a file without a name."""
LARGEST_ANSWER_AHEAD: Final = 256 * 1024 * 1024
"""Bytes of an answer that are taken from a thread before the other side reads them."""

CHANGING: Final = 2
"""Threads for what changes something, and for what is asked in a body."""
SENDING: Final = 2
"""Threads for files. Only one writes at a time in the whole service; another may check its rows meanwhile."""

_LOOKS: Final = frozenset({"GET", "HEAD"})
_ABOVE_THE_LARGEST: Final = 2
"""Times the largest body: up to here it is received, and forgotten, so that the sender can read what is wrong."""
_EVERY: Final = 1.0
"""Seconds between two looks at the deadlines."""
_TIMED_OUT: Final = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long the other side may take, in seconds; a pace is in bytes a second, on average."""

    idle: float = 30
    """For which a connection may stay open with no request on it."""
    headers: float = 15
    """From the first byte of a request to the end of its headers."""
    slowest: float = 16 * 1024
    """The pace of what is sent to us, and of what is read of our answers."""
    grace: float = 20
    """Before the pace counts: a telephone in a train stands still for a while."""


IsKnown = Callable[[dict[str, Any]], bool]
"""Whether the request that begins like this is of somebody who is known."""


class Pace:
    """How much has moved since when."""

    def __init__(self) -> None:
        self.since, self.moved = time.monotonic(), 0

    def is_too_slow(self, now: float, deadlines: Deadlines) -> bool:
        """Whether less has moved than must have by now."""
        return self.moved < (now - self.since - deadlines.grace) * deadlines.slowest


class TimedRequest(HTTPRequestParser):
    """A request that is being received, with when it began and how fast its body comes."""

    def __init__(self, adj: Adjustments) -> None:
        super().__init__(adj)
        self.began = time.monotonic()
        self.pace: Pace | None = None
        self.is_judged = False

    def received(self, data: bytes) -> int:
        """Take of what was sent what belongs to this request; how many bytes these are."""
        count: int = super().received(data)
        if self.pace is not None:
            self.pace.moved += count
        elif self.headers_finished and not self.completed:
            self.pace = Pace()
        if self.body_bytes_received * _ABOVE_THE_LARGEST > self.adj.max_request_body_size:
            self.store_nothing()
        return count

    def is_late(self, now: float, deadlines: Deadlines) -> bool:
        """Whether it should be further by now."""
        if self.pace is None:
            return now - self.began > deadlines.headers
        return self.pace.is_too_slow(now, deadlines)

    @property
    def is_large(self) -> bool:
        """Whether its body is more than anybody may send."""
        return max(self.content_length, self.body_bytes_received) > LARGEST_OF_ANYBODY

    def store_nothing(self) -> None:
        """Go on receiving the body, but forget it: who asks is told no once they have sent it, and can read that."""
        receiver = self.body_rcv
        if receiver is not None and not isinstance(receiver.buf, _Nowhere):
            stored, receiver.buf = receiver.buf, _Nowhere(len(receiver.buf))
            stored.close()


class _Nowhere:
    """Where a body goes that nobody reads. How long it was is known: it may have been too long."""

    def __init__(self, length: int) -> None:
        self._length = length

    def append(self, data: bytes) -> None:
        """Forget it."""
        self._length += len(data)

    def getfile(self) -> io.BytesIO:
        """What there is of it: nothing."""
        return io.BytesIO()

    def close(self) -> None:
        """There is nothing to close."""

    def __len__(self) -> int:
        return self._length


class Answer(WSGITask):
    """An answer of the application."""

    def set_close_on_finish(self) -> None:
        """End the connection after the answer, unless only its missing length would be why: one without a body, as of
        what has not changed, needs none. Waitress would begin a new connection after each.
        """
        if not self._ends_by_itself:
            super().set_close_on_finish()

    @property
    def _ends_by_itself(self) -> bool:
        other_side_goes_on = self.request.headers.get("CONNECTION", "").lower() != "close"
        return not self.wrote_header and not self.has_body and self.version == "1.1" and other_side_goes_on


class Connection(HTTPChannel):
    """A connection with deadlines."""

    parser_class = TimedRequest
    task_class = Answer
    will_close: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.quiet_since = time.monotonic()
        self.answering: Pace | None = None
        self.is_judged_now = False
        super().__init__(*args, **kwargs)

    def readable(self) -> bool:
        """Nothing more is read of a large body while it is not clear whose it is."""
        return not self.is_judged_now and bool(super().readable())

    def received(self, data: bytes) -> bool:
        """Take what was sent."""
        result: bool = super().received(data)
        request = self.request
        if request is not None and request.pace is not None and request.is_large and not request.is_judged:
            request.is_judged = self.is_judged_now = True
            self.server.add_task(_Judging(self, request))
        return result

    def send(self, data: bytes, do_close: bool = True) -> int:
        """Write what the other side takes just now; how many bytes these were."""
        count: int = super().send(data, do_close)
        if self.answering is not None:
            self.answering.moved += count
        return count

    def service(self) -> None:
        """Answer one request, in a thread."""
        super().service()
        self.quiet_since = time.monotonic()

    def close_if_late(self, now: float, deadlines: Deadlines) -> None:
        """End the connection if the other side has let a deadline pass."""
        if self.total_outbufs_len:
            self.answering = self.answering or Pace()
            if self.answering.is_too_slow(now, deadlines):
                self.will_close = True
            return
        self.answering = None
        if self.is_judged_now:
            return
        if self.request is not None and self.request.is_late(now, deadlines):
            self._say_that_it_is_late()
            self.will_close = True
        elif not self.requests and now - self.quiet_since > self._longest_quiet(deadlines):
            self.will_close = True

    def _longest_quiet(self, deadlines: Deadlines) -> float:
        """For how long there may be no whole request; a body has a pace of its own, and empty lines are no request."""
        if self.request is None:
            return deadlines.idle
        return deadlines.idle + deadlines.headers if self.request.pace is None else math.inf

    def _say_that_it_is_late(self) -> None:
        if not self.requests:
            self._flush_exception(lambda do_close: self.send(_TIMED_OUT, do_close))


class _Judging:
    """Finds out in a thread whether a large body is of somebody who is known; this may have to ask the database."""

    def __init__(self, connection: Connection, request: TimedRequest) -> None:
        self.connection, self.request = connection, request

    def service(self) -> None:
        """Let the connection go on, with the body stored or not."""
        try:
            if not self._may_be_stored():
                self.request.store_nothing()
        except Exception:  # the application meets it again when it answers, and says so
            self.request.store_nothing()
        finally:
            self.connection.is_judged_now = False
            self.connection.server.pull_trigger()

    def _may_be_stored(self) -> bool:
        server = self.connection.server
        if self.request.content_length > server.largest:
            return False
        return bool(server.is_known(WSGITask(self.connection, self.request).get_environment()))

    def cancel(self) -> None:
        """The service stops."""


@dataclass(frozen=True, slots=True)
class Queue:
    """How many requests wait for the threads of one kind, and how many these work on."""

    name: str
    waiting: int
    working: int


class Threads:
    """The threads of one process, by what is asked of them: none that waits for its turn to write keeps others waiting
    who only look, and no file that is checked keeps somebody from signing in.
    """

    def __init__(self, looking: int) -> None:
        self._looking, self._changing, self._sending = (ThreadedTaskDispatcher() for _ in range(3))
        for pool, count in ((self._looking, looking), (self._changing, CHANGING), (self._sending, SENDING)):
            pool.set_thread_count(count)

    def add_task(self, task: "Connection | _Judging") -> None:
        """Let a thread take this up, in its turn."""
        request = task.request if isinstance(task, _Judging) else task.requests[0]
        self._pool(task, request).add_task(task)

    def _pool(self, task: "Connection | _Judging", request: TimedRequest) -> ThreadedTaskDispatcher:
        if isinstance(task, _Judging) or request.error or request.command in _LOOKS:
            return self._looking
        is_file = request.headers.get("CONTENT_TYPE", "").lower().startswith("multipart/")
        return self._sending if is_file else self._changing

    def queues(self) -> Iterator[Queue]:
        """What is in each kind's queue just now."""
        for name, pool in (("looking", self._looking), ("changing", self._changing), ("sending", self._sending)):
            yield Queue(name, len(pool.queue), pool.active_count)

    def shutdown(self, timeout: float) -> None:
        """Let them finish what they do, so many seconds at the most."""
        until = time.monotonic() + timeout
        for pool in (self._looking, self._changing, self._sending):
            pool.shutdown(timeout=max(0.0, until - time.monotonic()))


class Connections(TcpWSGIServer):
    """All connections of one process, over a socket that it shares with others."""

    channel_class = Connection

    def __init__(
        self,
        application: Any,
        is_known: IsKnown,
        listening: socket.socket,
        threads: int,
        largest: int,
        deadlines: Deadlines = Deadlines(),
    ) -> None:
        self.is_known, self.largest, self.deadlines = is_known, largest, deadlines
        self.looked_at = time.monotonic()
        adjustments = Adjustments(
            sockets=[listening],
            ident="recount",
            connection_limit=MOST_CONNECTIONS,
            asyncore_use_poll=True,
            max_request_header_size=LARGEST_HEADERS,
            max_request_body_size=largest * _ABOVE_THE_LARGEST,
            recv_bytes=64 * 1024,
            inbuf_overflow=IN_MEMORY,
            outbuf_overflow=IN_MEMORY,
            outbuf_high_watermark=LARGEST_ANSWER_AHEAD,
            log_socket_errors=False,
            # Reads on while a request is worked on, and so notices when nobody waits for the answer any more.
            channel_request_lookahead=1,
            # The application decides whom it believes.
            clear_untrusted_proxy_headers=False,
        )
        where = (listening.family, listening.type, listening.proto, listening.getsockname())
        super().__init__(
            application,
            _sock=listening,
            dispatcher=Threads(threads),
            adj=adjustments,
            sockinfo=where,
            bind_socket=False,
        )

    def maintenance(self, now: float) -> None:
        """Nothing: Waitress asks the clock on the wall, which may be set back, and what it does `end_late` does."""

    def end_late(self) -> None:
        """End the connections that have let a deadline pass; looked for once a second."""
        now = time.monotonic()
        if now - self.looked_at < _EVERY:
            return
        self.looked_at = now
        for connection in list(self.active_channels.values()):
            connection.close_if_late(now, self.deadlines)

    def turn(self, seconds: float) -> None:
        """Read and write what there is, for which it waits so long at the most; end what is late."""
        wasyncore.loop(seconds, use_poll=True, map=self._map, count=1)
        self.end_late()

    def stop_listening(self) -> None:
        """Take no new connections; those that there are go on. The socket is others', too."""
        self.accepting = False

    @property
    def are_busy(self) -> bool:
        """Whether a request is being worked on, or an answer is not yet read."""
        return any(one.requests or one.total_outbufs_len for one in list(self.active_channels.values()))

    def queues(self) -> Iterator[Queue]:
        """What waits for the threads of each kind, and what they work on."""
        its: Iterator[Queue] = self.task_dispatcher.queues()
        return its

    def end(self, seconds: float) -> None:
        """Let the threads finish what they do, so long at the most."""
        self.task_dispatcher.shutdown(timeout=seconds)
