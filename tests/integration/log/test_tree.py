"""The tree over the log is that of RFC 9162, at every size, however the log grew."""

import random
from hashlib import sha256

import pytest
import sqlalchemy as sa

from domain.errors import LogCorrupt
from domain.log import audit, heads
from domain.log.database import reading, writing
from domain.log.tables import leaf_entries, tree_node
from tests.conftest import Clock

from .events import a_register, started


def naive(entries: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word for word."""
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    k = 1
    while k * 2 < len(entries):
        k *= 2
    return sha256(b"\x01" + naive(entries[:k]) + naive(entries[k:])).digest()


@pytest.fixture
def entries(engine: sa.Engine, clock: Clock) -> list[bytes]:
    """A log of 1,300 events in submissions of 1, 2, 253, ... events, at and around the tree's own borders."""
    register, version = a_register(engine, clock), 0
    for count in (1, 2, 253, 1, 255, 513, 1, 274):
        register.submit([started(1, version + i + 1) for i in range(count)])
        version += count
    with reading(engine) as connection:
        return list(leaf_entries(connection, 0, version))


def test_roots_at_every_kind_of_size(engine: sa.Engine, entries: list[bytes]) -> None:
    with reading(engine) as connection:
        for size in (1, 2, 3, 7, 8, 255, 256, 257, 511, 512, 513, 767, 768, 1023, 1024, 1025, 1299, 1300):
            assert heads.subtree(connection, 0, size) == naive(entries[:size])


def test_any_part_that_a_proof_may_name(engine: sa.Engine, entries: list[bytes]) -> None:
    """A proof names subtrees only: a part that starts at a multiple of the power of two that holds it."""
    rnd = random.Random(9162)
    with reading(engine) as connection:
        for _ in range(60):
            width = 1 << rnd.randrange(0, 11)
            low = rnd.randrange(0, (len(entries) - 1) // width + 1) * width
            high = min(low + rnd.randrange(1, width + 1), len(entries))
            assert heads.subtree(connection, low, high) == naive(entries[low:high])


def test_an_audit_of_an_honest_log_finds_nothing(engine: sa.Engine, entries: list[bytes]) -> None:
    with reading(engine) as connection:
        assert list(audit.faults(connection)) == []


def without_guards(connection: sa.Connection, statement: str) -> None:
    """What an owner of the database can do, whom no trigger holds."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ALTER TABLE log DISABLE TRIGGER USER")
    else:
        connection.exec_driver_sql("DROP TRIGGER log_update")
        connection.exec_driver_sql("DROP TRIGGER log_delete")
    connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        ("UPDATE log SET state = salt WHERE position = 300", "event at position 300 is not the one"),
        ("UPDATE log SET state = NULL WHERE position = 300", "event at position 300 is not the one"),
        ("UPDATE log SET topic = 'other' WHERE position = 300", "over positions 257 to 512"),
        ("DELETE FROM log WHERE position = 1300", None),
        ("DELETE FROM log WHERE position > 1279", "over positions 1025 to 1280"),
        ("DELETE FROM log WHERE position = 300", "Position 300 is missing"),
        ("UPDATE log SET recorded_at = '2020-01-01 00:00:00' WHERE position = 300", "recorded before"),
        ("UPDATE tree_node SET hash = commitment FROM log WHERE position = 1 AND level = 9", "positions 1 to 512"),
    ],
)
def test_an_audit_finds_tampering(tampering: str, found: str | None, engine: sa.Engine, entries: list[bytes]) -> None:
    with writing(engine) as connection:
        without_guards(connection, tampering)
    with reading(engine) as connection:
        said = " ".join(audit.faults(connection))
    # Cutting off the youngest events, fewer than a stored node holds, shows only against a published head.
    assert found in said if found else said == ""


def test_a_missing_node_is_named(engine: sa.Engine, entries: list[bytes]) -> None:
    with writing(engine) as connection:
        connection.execute(tree_node.delete().where(tree_node.c.level == 10))
    with reading(engine) as connection, pytest.raises(LogCorrupt, match="positions 1 to 1024"):
        heads.subtree(connection, 0, 1024)
