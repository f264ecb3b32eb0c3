"""A blank event is right only if a later `erased` event of its own stream accounts for it, by number and position."""

from uuid import UUID

import pytest
import sqlalchemy as sa

from domain.log import audit
from domain.log.database import reading, writing
from domain.log.guards import guard_faults, number_of_guards
from domain.register import Register
from tests.conftest import Clock

from .events import a_register, announced, forgotten, started
from .test_tree import without_guards


@pytest.fixture
def register(engine: sa.Engine, clock: Clock) -> Register:
    """Stream 1: two events, erased, one more. Stream 2: two events. Stream 3: of nobody. Positions 1 to 8."""
    register = a_register(engine, clock)
    register.submit([started(1), started(2), started(1, 2), started(2, 2), announced(3)])
    with register.recording() as recording:
        recording.append([forgotten(1, 3)], erased=[UUID(int=1)])
    register.submit([started(1, 4), started(4)])
    return register


BLANK = "UPDATE log SET salt = NULL, state = NULL WHERE position = "
UNACCOUNTED = "is blank, and no erasure accounts for it"
TAMPERING = {
    "of an episode that nobody erased": (f"{BLANK} 2", f"position 2 (episode.test-started.v1) {UNACCOUNTED}"),
    "of one that was reported anew": (f"{BLANK} 7", f"position 7 (episode.test-started.v1) {UNACCOUNTED}"),
    "of nobody": (f"{BLANK} 5", f"position 5 (test.announced.v1) {UNACCOUNTED}"),
    "the erased event itself": (f"{BLANK} 6", f"position 6 (episode.erased.v1) {UNACCOUNTED}"),
    "what the erased event accounted for": (f"{BLANK} 6", f"position 1 (episode.test-started.v1) {UNACCOUNTED}"),
    "half of one": ("UPDATE log SET state = NULL WHERE position = 2", "position 2 is not the one that was written"),
    "the other half": ("UPDATE log SET salt = NULL WHERE position = 2", "position 2 is not the one that was written"),
    "half of one that was erased": (
        "UPDATE log SET salt = commitment WHERE position = 1",
        "position 1 is not the one that was written",
    ),
    "of another stream, to be accounted for": (
        (
            "UPDATE log SET salt = NULL, state = NULL, originator_version = 0, originator_id = first.originator_id "
            "FROM log AS first WHERE first.position = 1 AND log.position = 2"
        ),
        f"position 2 (episode.test-started.v1) {UNACCOUNTED}",
    ),
}


def test_an_erasure_accounts_for_what_it_took(engine: sa.Engine, register: Register) -> None:
    with reading(engine) as connection:
        assert list(audit.faults(connection)) == []


@pytest.mark.parametrize("what", TAMPERING)
def test_any_other_blank_is_named(what: str, engine: sa.Engine, register: Register) -> None:
    statement, sentence = TAMPERING[what]
    with writing(engine) as connection:
        without_guards(connection, statement)
    with reading(engine) as connection:
        assert sentence in " ".join(audit.faults(connection))


@pytest.mark.parametrize(
    ("records", "sentence"), [(1, "stands for 1 events"), (3, "stands for 3 events"), (-1, "stands for -1 events")]
)
def test_an_erased_event_that_counts_wrongly_is_named(
    records: int, sentence: str, engine: sa.Engine, register: Register
) -> None:
    """Somebody with the key, who can write events past the program."""
    with writing(engine) as connection:
        without_guards(connection, f"{BLANK} 8")
    a_register(engine, register.log_recorder.clock).submit([forgotten(4, 2, records)])
    with reading(engine) as connection:
        said = " ".join(audit.faults(connection))
    assert (sentence in said) == (records != 1)


def erased_by_an_earlier_version(engine: sa.Engine, register: Register) -> None:
    """It took the erased event of stream 1 along, and counted it: versions 3 and 4 are what version 5 stands for."""
    with writing(engine) as connection:
        without_guards(connection, f"{BLANK} 6 OR position = 7")
    register.submit([forgotten(1, 5, records=2)])


def test_what_an_earlier_version_erased_twice_is_accounted_for(engine: sa.Engine, register: Register) -> None:
    erased_by_an_earlier_version(engine, register)
    register.submit([started(1, 6)])
    with reading(engine) as connection:
        assert list(audit.faults(connection)) == []


def test_what_is_readable_below_an_erased_event_that_was_erased_is_named(engine: sa.Engine, register: Register) -> None:
    erased_by_an_earlier_version(engine, register)
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE log SET originator_version = 9 WHERE position = 1")
    with reading(engine) as connection:
        assert "stands for 4 events of its stream, but 3 of them are blank" in " ".join(audit.faults(connection))


GONE = {
    "sqlite": ["DROP TRIGGER log_update", "DROP TRIGGER log_delete", "DROP TRIGGER signed_head_update"],
    "postgresql": [
        "DROP TRIGGER log_update ON log",
        "DROP TRIGGER log_delete ON log",
        "DROP TRIGGER signed_head_only_grows ON signed_head",
    ],
}
ANOTHER = {
    "sqlite": [
        "DROP TRIGGER log_update",
        "CREATE TRIGGER log_update BEFORE UPDATE ON log WHEN 0 BEGIN SELECT RAISE(ABORT, 'the log only grows'); END",
    ],
    "postgresql": [
        "DROP TRIGGER log_update ON log",
        "CREATE TRIGGER log_update BEFORE UPDATE ON log FOR EACH ROW WHEN (false) EXECUTE FUNCTION log_only_erases()",
    ],
}
OFF = {"postgresql": ["ALTER TABLE log DISABLE TRIGGER USER"]}
HOLLOW = {
    "postgresql": [
        "CREATE OR REPLACE FUNCTION log_only_erases() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
    ]
}
FOREIGN = {
    "sqlite": ["CREATE TRIGGER mine AFTER INSERT ON log BEGIN DELETE FROM tree_node; END"],
    "postgresql": [
        "CREATE FUNCTION mine() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DELETE FROM tree_node; RETURN NEW; END'",
        "CREATE TRIGGER mine AFTER INSERT ON log EXECUTE FUNCTION mine()",
    ],
}


@pytest.mark.parametrize(
    ("statements", "sentences"),
    [
        (GONE, ["The trigger log_update is missing", "The trigger log_delete is missing", "trigger signed_head_"]),
        (ANOTHER, ["The trigger log_update is not the one that was made."]),
        (OFF, ["The trigger log_update is not the one", "The trigger log_delete is not the one"]),
        (HOLLOW, ["The trigger log_update is not the one that was made."]),
        (FOREIGN, ["The trigger mine is none of Recount's."]),
    ],
)
def test_triggers_that_are_not_as_they_were_made_are_named(
    statements: dict[str, list[str]], sentences: list[str], engine: sa.Engine
) -> None:
    if not (its := statements.get(engine.dialect.name)):
        pytest.skip("SQLite cannot switch a trigger off, and has no functions")
    with reading(engine) as connection:
        assert list(guard_faults(connection)) == []
        assert number_of_guards(connection) >= 3
    with engine.begin() as connection:
        for statement in its:
            connection.exec_driver_sql(statement)
    with reading(engine) as connection:
        found = list(guard_faults(connection))
    assert len(found) == len(sentences)
    assert all(sentence in " ".join(found) for sentence in sentences)
