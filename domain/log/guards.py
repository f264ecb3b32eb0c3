"""The triggers that let tables only grow, and whether a database has them just as they were made.

Of the log they let go, besides, salt and state of what is said of a person, once a later event of the same stream says
that it was erased. Whoever owns the database can take a trigger away and make it again; that it is missing, switched
off or another one is found here, and what was altered meanwhile by the audit.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import sqlalchemy as sa

from .erasing import ERASED, RECORD

_REFUSE: Final = "BEGIN SELECT RAISE(ABORT, 'the log only grows'); END"
_RAISE: Final = "RAISE EXCEPTION 'the log only grows' USING ERRCODE = 'integrity_constraint_violation'"

# The bits of pg_trigger.tgtype.
_ROW, _BEFORE, _DELETE, _UPDATE, _TRUNCATE = 1, 2, 8, 16, 32
_EVENTS: Final = {_UPDATE: "UPDATE", _DELETE: "DELETE", _TRUNCATE: "TRUNCATE"}

GROWS: Final = "log_only_grows"
ERASES: Final = "log_only_erases"
"""The functions that PostgreSQL's triggers call: one refuses everything, one everything but an erasure."""


@dataclass(frozen=True, slots=True)
class _Trigger:
    """A trigger of PostgreSQL: what it is for, as bits, and the function that it calls."""

    kind: int
    function: str

    def statement(self, name: str, table: str) -> str:
        """What makes it."""
        events = " OR ".join(word for bit, word in _EVENTS.items() if self.kind & bit)
        each = "FOR EACH ROW " if self.kind & _ROW else ""
        return f"CREATE TRIGGER {name} BEFORE {events} ON {table} {each}EXECUTE FUNCTION {self.function}()"


_OF_SQLITE: dict[tuple[str, str], str] = {}
_OF_POSTGRESQL: dict[tuple[str, str], _Trigger] = {}
"""Every trigger that there is to be, by table and name: its statement, or what PostgreSQL knows of it."""
_FUNCTIONS: dict[str, str] = {GROWS: f" BEGIN\n{_RAISE}; END "}
"""By name, the body of each function as it is stored."""


def let_grow(log: sa.Table, lasting: Sequence[str]) -> None:
    """Let the log only grow, but for erasures; `lasting` are the columns that outlive one."""
    erases = _is_erasure(lasting)
    _FUNCTIONS[ERASES] = f" BEGIN\nIF {erases} THEN RETURN NEW; END IF;\n{_RAISE}; END "
    _guard(
        log,
        {
            "log_update": f"CREATE TRIGGER log_update BEFORE UPDATE ON log WHEN NOT ({erases}) {_REFUSE}",
            "log_delete": f"CREATE TRIGGER log_delete BEFORE DELETE ON log {_REFUSE}",
        },
        {
            "log_update": _Trigger(_ROW | _BEFORE | _UPDATE, ERASES),
            "log_delete": _Trigger(_BEFORE | _DELETE | _TRUNCATE, GROWS),
        },
        _FUNCTIONS,
    )


def _is_erasure(lasting: Sequence[str]) -> str:
    """What an update of the log has to be; both databases understand it."""
    old, new = (", ".join(f"{row}.{column}" for column in lasting) for row in ("OLD", "NEW"))
    return (
        f"OLD.state IS NOT NULL AND NEW.salt IS NULL AND NEW.state IS NULL AND ({new}) IS NOT DISTINCT FROM ({old})"
        f" AND substr(OLD.topic, 1, {len(RECORD)}) = '{RECORD}' AND OLD.topic <> '{ERASED}'"
        " AND EXISTS (SELECT 1 FROM log AS later WHERE later.originator_id = OLD.originator_id"
        f" AND later.originator_version > OLD.originator_version AND later.topic = '{ERASED}')"
    )


def only_grows(table: sa.Table) -> None:
    """Let rows of a table only be added, of a table that is made after the log."""
    name = table.name
    statements = {
        f"{name}_{deed}": f"CREATE TRIGGER {name}_{deed} BEFORE {deed} ON {name} {_REFUSE}"
        for deed in ("update", "delete")
    }
    any_change = _Trigger(_BEFORE | _UPDATE | _DELETE | _TRUNCATE, GROWS)
    _guard(table, statements, {f"{name}_only_grows": any_change}, {})


def _guard(
    table: sa.Table, sqlite: Mapping[str, str], postgresql: Mapping[str, _Trigger], functions: Mapping[str, str]
) -> None:
    _OF_SQLITE.update({(table.name, name): statement for name, statement in sqlite.items()})
    _OF_POSTGRESQL.update({(table.name, name): trigger for name, trigger in postgresql.items()})
    triggers = [trigger.statement(name, table.name) for name, trigger in postgresql.items()]
    made = [_function(name, body) for name, body in functions.items()]
    for dialect, statements in (("sqlite", sqlite.values()), ("postgresql", [*made, *triggers])):
        for statement in statements:
            sa.event.listen(table, "after_create", sa.DDL(statement).execute_if(dialect=dialect))  # type: ignore[no-untyped-call]


def _function(name: str, body: str) -> str:
    return f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"


def guard_faults(connection: sa.Connection) -> Iterator[str]:
    """A sentence for each trigger that is missing, switched off, another one than was made, or nobody of ours made."""
    if connection.dialect.name == "sqlite":
        yield from _differences(_of_its_tables(connection, _OF_SQLITE), _stored_in_sqlite(connection))
    else:
        expected = _of_its_tables(connection, _OF_POSTGRESQL)
        stored = _stored_in_postgresql(connection)
        yield from _differences({name: _as_stored(trigger) for name, trigger in expected.items()}, stored)


def number_of_guards(connection: sa.Connection) -> int:
    """How many triggers there are to be."""
    return len(_of_its_tables(connection, _OF_SQLITE if connection.dialect.name == "sqlite" else _OF_POSTGRESQL))


_Value = TypeVar("_Value")


def _of_its_tables(connection: sa.Connection, guards: Mapping[tuple[str, str], _Value]) -> dict[str, _Value]:
    """By name, the triggers of the tables that the database has; a program opens none that lacks one of its own."""
    tables = set(sa.inspect(connection).get_table_names())
    return {name: guard for (table, name), guard in guards.items() if table in tables}


def _differences(expected: Mapping[str, Any], stored: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(expected.keys() - stored.keys()):
        yield f"The trigger {name} is missing: nothing keeps rows from being altered."
    for name in sorted(expected.keys() & stored.keys()):
        if expected[name] != stored[name]:
            yield f"The trigger {name} is not the one that was made."
    for name in sorted(stored.keys() - expected.keys()):
        yield f"The trigger {name} is none of Recount's."


def _stored_in_sqlite(connection: sa.Connection) -> dict[str, str]:
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return {str(name): str(sql) for name, sql in rows}


_ENABLED: Final = "O"


def _as_stored(trigger: _Trigger) -> tuple[Any, ...]:
    return trigger.kind, _ENABLED, True, trigger.function, _FUNCTIONS[trigger.function]


def _stored_in_postgresql(connection: sa.Connection) -> dict[str, tuple[Any, ...]]:
    """What the server says of the triggers of this schema: for what, on or off, whether without a condition or a list
    of columns, and what they call.
    """
    rows = connection.exec_driver_sql(
        "SELECT t.tgname, t.tgtype::int, t.tgenabled::text, t.tgqual IS NULL AND t.tgattr::text = '', p.proname,"
        " p.prosrc FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
        " WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace"
    )
    return {name: tuple(rest) for name, *rest in rows}
