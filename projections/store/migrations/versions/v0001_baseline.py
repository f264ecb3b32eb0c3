"""The tables that were written before they had versions; those that a still older program did not have are made."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

POSITION = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)
STREAM = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")
BYTES, TEXT, INTEGER, FLAG = sa.LargeBinary(), sa.Text(), sa.Integer(), sa.Boolean()

ONLY_GROW = ("signed_head", "access", "verification")
INDEXES = (
    ("taken_in_of_agency", "taken_in", ["agency", "data_set"]),
    ("ix_published_member_client", "published_member", ["client"]),
    ("access_of_actor", "access", ["actor"]),
)


def upgrade() -> None:
    """Make what is missing."""
    there = set(sa.inspect(op.get_bind()).get_table_names())
    for name, columns in _tables():
        if name in there:
            continue
        op.create_table(name, *columns)
        for index, of_table, of_columns in INDEXES:
            if of_table == name:
                op.create_index(index, name, of_columns)
        for statement in _guards(name):
            op.execute(statement)


def _tables() -> Iterator[tuple[str, Sequence[sa.schema.SchemaItem]]]:
    yield (
        "log",
        (
            _key("position", POSITION),
            _required("originator_id", STREAM),
            _required("originator_version", INTEGER),
            _required("topic", TEXT),
            _required("occurred_on", sa.Date()),
            _required("recorded_at", MOMENT),
            _required("commitment", BYTES),
            sa.Column("salt", BYTES),
            sa.Column("state", BYTES),
            sa.UniqueConstraint("originator_id", "originator_version"),
        ),
    )
    yield "tree_node", (_key("level", INTEGER), _key("number", sa.BigInteger()), _required("hash", BYTES))
    yield "setting", (_key("name", TEXT), _required("value", BYTES))
    yield (
        "signed_head",
        (
            _key("size", POSITION),
            _required("root", BYTES),
            _required("recorded_at", MOMENT),
            _required("key", TEXT),
            _required("signature", BYTES),
        ),
    )
    yield "generation", (_key("number", INTEGER), _required("position", POSITION), _required("live", FLAG))
    yield "stop_list", (_key("entry", BYTES), _required("keeps_out", FLAG), _required("recorded_at", MOMENT))
    yield (
        "taken_in",
        (
            _key("episode", STREAM),
            _key("data_set", TEXT),
            _required("agency", TEXT),
            _required("digest", BYTES),
            _required("facts", INTEGER),
        ),
    )
    yield (
        "published_member",
        (
            _key("certificate", INTEGER),
            _key("place", INTEGER),
            sa.Column("client", sa.BigInteger()),
            sa.Column("counted", FLAG),
            sa.Column("salt", BYTES),
            _required("leaf", BYTES),
        ),
    )
    yield from _tables_of_people()
    yield from _tables_beside_the_log()


def _tables_of_people() -> Iterator[tuple[str, Sequence[sa.schema.SchemaItem]]]:
    yield (
        "account",
        (
            sa.Column("number", INTEGER, primary_key=True),
            sa.Column("name", TEXT, nullable=False, unique=True),
            _required("issuer", TEXT),
            _required("subject", TEXT),
            sa.Column("password", TEXT),
            sa.Column("role", TEXT),
            _required("agencies", TEXT),
            _required("made_at", MOMENT),
            sa.Column("closed_at", MOMENT),
            _required("session", TEXT),
            sa.UniqueConstraint("issuer", "subject"),
        ),
    )
    yield (
        "token",
        (
            _key("id", TEXT),
            _required("name", TEXT),
            _required("digest", BYTES),
            _required("role", TEXT),
            _required("agencies", TEXT),
            _required("scopes", TEXT),
            _required("made_by", TEXT),
            _required("made_at", MOMENT),
            sa.Column("expires_at", MOMENT),
            sa.Column("revoked_at", MOMENT),
        ),
    )
    yield (
        "sign_in_link",
        (
            _key("digest", BYTES),
            sa.Column("account", INTEGER, sa.ForeignKey("account.number"), nullable=False),
            _required("expires_at", MOMENT),
            sa.Column("used_at", MOMENT),
        ),
    )
    yield "last_look", (_key("account", TEXT), _required("position", POSITION))


def _tables_beside_the_log() -> Iterator[tuple[str, Sequence[sa.schema.SchemaItem]]]:
    yield (
        "access",
        (
            sa.Column("number", POSITION, primary_key=True, autoincrement=True),
            _required("at", MOMENT),
            *(_required(name, TEXT) for name in ("actor", "role", "deed", "about", "question", "reason")),
        ),
    )
    yield (
        "verification",
        (
            sa.Column("number", INTEGER, primary_key=True, autoincrement=True),
            _required("at", MOMENT),
            _required("actor", TEXT),
            _required("role", TEXT),
            _required("position", sa.BigInteger()),
            _required("document", TEXT),
        ),
    )
    yield "agency_name", (_key("code", TEXT), _required("name", TEXT))


def _key(name: str, kind: "sa.types.TypeEngine[Any]") -> "sa.Column[Any]":
    return sa.Column(name, kind, primary_key=True, autoincrement=False)


def _required(name: str, kind: "sa.types.TypeEngine[Any]") -> "sa.Column[Any]":
    return sa.Column(name, kind, nullable=False)


LASTING = (
    "position", "originator_id", "originator_version", "topic", "occurred_on", "recorded_at", "commitment",
)  # fmt: skip
OLD, NEW = (", ".join(f"{row}.{column}" for column in LASTING) for row in ("OLD", "NEW"))
ERASES = f"OLD.state IS NOT NULL AND NEW.salt IS NULL AND NEW.state IS NULL AND ({NEW}) IS NOT DISTINCT FROM ({OLD})"
ABORT = "BEGIN SELECT RAISE(ABORT, 'the log only grows'); END"
CALLS = "EXECUTE FUNCTION log_only_grows()"
REFUSES = """CREATE FUNCTION log_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
RAISE EXCEPTION 'the log only grows' USING ERRCODE = 'integrity_constraint_violation'; END $$"""


def _guards(table: str) -> Sequence[str]:
    """What lets a table only grow; the log comes first, and has the function that the others call."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    if table == "log" and on_sqlite:
        return (
            f"CREATE TRIGGER log_update BEFORE UPDATE ON log WHEN NOT ({ERASES}) {ABORT}",
            f"CREATE TRIGGER log_delete BEFORE DELETE ON log {ABORT}",
        )
    if table == "log":
        return (
            REFUSES,
            f"CREATE TRIGGER log_update BEFORE UPDATE ON log FOR EACH ROW WHEN (NOT ({ERASES})) {CALLS}",
            f"CREATE TRIGGER log_delete BEFORE DELETE OR TRUNCATE ON log {CALLS}",
        )
    if table not in ONLY_GROW:
        return ()
    if on_sqlite:
        return [f"CREATE TRIGGER {table}_{deed} BEFORE {deed} ON {table} {ABORT}" for deed in ("update", "delete")]
    any_change = f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
    return [f"{any_change} {CALLS}"]
