"""Clients over HTTP: so many connections that each ask again as soon as they are answered, and how long they waited.

Written on sockets and not with a library for clients, which would take more of the machine than what it measures.
"""

import asyncio
import itertools
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

HOST: Final = "127.0.0.1"
_END_OF_HEADERS: Final = b"\r\n\r\n"
_LENGTH: Final = b"\r\ncontent-length:"
_WITHOUT_BODY: Final = frozenset({204, 304})


@dataclass
class Waited:
    """What some clients met: the seconds of each answer, the answers by status, and how long all of it took."""

    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    lasted: float = 0.0

    def __len__(self) -> int:
        return len(self.seconds)

    def add(self, other: "Waited") -> None:
        """Count what others met, too."""
        self.seconds += other.seconds
        self.lasted += other.lasted
        for status, count in other.statuses.items():
            self.statuses[status] = self.statuses.get(status, 0) + count

    @property
    def each(self) -> float:
        """Seconds an answer, of all clients together: the reciprocal of requests a second."""
        return self.lasted / len(self.seconds)

    def within(self, share: float) -> float:
        """The seconds within which so large a share of the answers came."""
        return sorted(self.seconds)[min(len(self.seconds) - 1, int(len(self.seconds) * share))]


def request_of(path: str, headers: Iterable[tuple[str, str]] = ()) -> bytes:
    """A question as it goes over the wire."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {HOST}", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode("ascii")


def ask(port: int, requests: Sequence[bytes], clients: int, seconds: float) -> Waited:
    """So many clients ask these in turn, for so long."""
    return asyncio.run(_ask(port, requests, clients, seconds))


async def _ask(port: int, requests: Sequence[bytes], clients: int, seconds: float) -> Waited:
    loop, waited = asyncio.get_running_loop(), Waited()
    begin = time.perf_counter()
    turn = itertools.cycle(requests)
    # The loop has no protocol for one that asks: each is the protocol of its own connection.
    made = [
        await loop.create_connection(lambda: _Client(turn, waited, begin + seconds), HOST, port) for _ in range(clients)
    ]
    for _transport, client in made:
        await client.ended
    waited.lasted = time.perf_counter() - begin
    return waited


class _Client(asyncio.Protocol):
    """Asks, waits for the whole answer, asks again; until the end."""

    def __init__(self, turn: Iterator[bytes], waited: Waited, until: float) -> None:
        self.turn, self.waited, self.until = turn, waited, until
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.begun, self.received, self.awaited = 0.0, bytearray(), 0
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        self.received += data
        if not self.awaited:
            self.awaited = _whole_length(self.received)
        if self.awaited and len(self.received) >= self.awaited:
            self._answered()

    def connection_lost(self, error: Exception | None) -> None:
        if self.received or not self.ended.done():
            self.ended.set_exception(error or ConnectionError("The service hung up."))

    def _ask(self) -> None:
        self.received.clear()
        self.awaited, self.begun = 0, time.perf_counter()
        self.transport.write(next(self.turn))

    def _answered(self) -> None:
        now = time.perf_counter()
        self.waited.seconds.append(now - self.begun)
        status = _status(self.received)
        self.waited.statuses[status] = self.waited.statuses.get(status, 0) + 1
        if now < self.until:
            self._ask()
        else:
            self.received.clear()
            self.ended.set_result(None)
            self.transport.close()


def _status(answer: bytearray) -> int:
    return int(answer[9:12])


def _whole_length(answer: bytearray) -> int:
    """How long the answer is that begins so; 0 while its headers are not there."""
    end = answer.find(_END_OF_HEADERS)
    if end < 0:
        return 0
    headers = bytes(answer[: end + 2]).lower()
    begin = headers.find(_LENGTH)
    if begin < 0 or _status(answer) in _WITHOUT_BODY:
        return end + len(_END_OF_HEADERS)
    begin += len(_LENGTH)
    return end + len(_END_OF_HEADERS) + int(headers[begin : headers.index(b"\r\n", begin)])
