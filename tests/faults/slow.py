"""Connections that take a service's time and give it nothing: each kind by what it sends, and how it goes on."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from .serving import HOST

FORM: Final = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000"


@dataclass(frozen=True)
class Kind:
    """How a connection begins, and what it does each second from then on: send a byte, read a few, or nothing."""

    begins: bytes
    sends: bytes = b""
    reads: int = 0


KINDS: Final = {
    "opened": Kind(b""),
    "idle": Kind(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
    "headers": Kind(b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Word: ", sends=b"a"),
    "blank lines": Kind(b"\r\n", sends=b"\r\n"),
    "body": Kind(f"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n{FORM}\r\n\r\nname=".encode(), sends=b"a"),
    "chunks": Kind(
        b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n", sends=b"1\r\na\r\n"
    ),
    "answer": Kind(b"GET /static/swagger-ui/swagger-ui-bundle.js HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 4, reads=64),
}
"""Each kind of which eight used to be enough: nobody has signed in."""


def opened(port: int, kind: Kind) -> socket.socket:
    """A connection of a kind, begun."""
    connection = socket.socket()
    if kind.reads:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(10)
    connection.connect((HOST, port))
    connection.sendall(kind.begins)
    return connection


@contextmanager
def held(port: int, kinds: Sequence[Kind], each: int, every: float = 1.0) -> Iterator[list[socket.socket]]:
    """So many connections of each kind, which go on until this is left."""
    going_on = [(opened(port, kind), kind) for kind in kinds for _ in range(each)]
    stop = threading.Event()

    def go_on() -> None:
        while not stop.wait(every):
            for connection, kind in going_on:
                with suppress(OSError):  # the service has ended it
                    _go_on(connection, kind)

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield [connection for connection, _ in going_on]
    finally:
        stop.set()
        thread.join()
        for connection, _ in going_on:
            connection.close()


def _go_on(connection: socket.socket, kind: Kind) -> None:
    connection.settimeout(0)
    if kind.sends:
        connection.send(kind.sends)
    if kind.reads:
        connection.recv(kind.reads)
