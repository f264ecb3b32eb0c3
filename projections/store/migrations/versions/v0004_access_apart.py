"""Accounts, tokens and the trail of access lie apart from the log; the trail is a chain, and signed heads cover it.

On SQLite the tables move into a second file. It is filled and on the disk before they go from the first, so that a step
that is cut short between the two finds in the second just what it would put there. The chain begins with the lines that
are there, and then takes over every account and token as it is.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from alembic import op

from domain.errors import MigrationFailed
from domain.log.database import access_engine, writing

revision = "0004"
down_revision = "0003"

POSITION = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)
BYTES, TEXT, INTEGER = sa.LargeBinary(), sa.Text(), sa.Integer()

TABLES = sa.MetaData()


def _required(name: str, kind: "sa.types.TypeEngine[Any]", **kwargs: Any) -> "sa.Column[Any]":
    return sa.Column(name, kind, nullable=False, **kwargs)


ACCOUNT = sa.Table(
    "account",
    TABLES,
    sa.Column("number", INTEGER, primary_key=True),
    _required("name", TEXT, unique=True),
    _required("issuer", TEXT),
    _required("subject", TEXT),
    sa.Column("password", TEXT),
    sa.Column("role", TEXT),
    _required("agencies", TEXT),
    _required("made_at", MOMENT),
    sa.Column("closed_at", MOMENT),
    _required("session", TEXT),
    sa.UniqueConstraint("issuer", "subject"),
)
TOKEN = sa.Table(
    "token",
    TABLES,
    sa.Column("id", TEXT, primary_key=True),
    _required("name", TEXT),
    _required("digest", BYTES),
    *(_required(name, TEXT) for name in ("role", "agencies", "scopes", "made_by")),
    _required("made_at", MOMENT),
    sa.Column("expires_at", MOMENT),
    sa.Column("revoked_at", MOMENT),
)
LINK = sa.Table(
    "sign_in_link",
    TABLES,
    sa.Column("digest", BYTES, primary_key=True),
    sa.Column("account", INTEGER, sa.ForeignKey("account.number"), nullable=False),
    _required("expires_at", MOMENT),
    sa.Column("used_at", MOMENT),
)
LAST_LOOK = sa.Table("last_look", TABLES, sa.Column("account", TEXT, primary_key=True), _required("position", POSITION))
TEXTS = ("actor", "role", "deed", "about", "question", "reason")
ACCESS = sa.Table(
    "access",
    TABLES,
    sa.Column("number", POSITION, primary_key=True, autoincrement=False),
    _required("at", MOMENT),
    *(_required(name, TEXT) for name in TEXTS),
    _required("hash", BYTES),
    sa.Index("access_of_actor", "actor"),
)
HEAD = sa.Table(
    "access_head",
    sa.MetaData(),
    sa.Column("trail_size", POSITION, primary_key=True, autoincrement=False),
    _required("trail_hash", BYTES),
    _required("size", POSITION),
    _required("root", BYTES),
    _required("recorded_at", MOMENT),
    _required("key", TEXT),
    _required("signature", BYTES),
)

Row = Mapping[str, Any]


def upgrade() -> None:
    """Make the chain; on SQLite in the second file, to which the tables go."""
    here = op.get_bind()
    if "trail_size" in {column["name"] for column in sa.inspect(here).get_columns("signed_head")}:
        return
    op.add_column("signed_head", sa.Column("trail_size", POSITION))
    op.add_column("signed_head", sa.Column("trail_hash", BYTES))
    HEAD.create(here)
    lines = _chained(here)
    if here.dialect.name == "postgresql":
        _in_place(here, lines)
    else:
        _move(here, lines)
        _guard(here, "access_head")


def _in_place(here: sa.Connection, lines: Sequence[Row]) -> None:
    """On PostgreSQL: the lines have numbers without a gap from now on, and the lines may be changed this once."""
    op.execute("DROP TRIGGER access_only_grows ON access")
    op.execute("ALTER TABLE access ALTER COLUMN number DROP DEFAULT")
    op.execute("DROP SEQUENCE IF EXISTS access_number_seq")
    op.add_column("access", sa.Column("hash", BYTES))
    numbers = here.execute(sa.select(ACCESS.c.number).order_by(ACCESS.c.number)).scalars().all()
    for number, line in zip(numbers, lines, strict=False):
        here.execute(ACCESS.update().where(ACCESS.c.number == number).values(number=line["number"], hash=line["hash"]))
    if len(lines) > len(numbers):
        here.execute(ACCESS.insert(), list(lines[len(numbers) :]))
    op.alter_column("access", "hash", nullable=False)
    here.execute(LINK.delete())
    for table in ("access", "access_head"):
        trigger = f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        op.execute(f"{trigger} EXECUTE FUNCTION log_only_grows()")


def _move(here: sa.Connection, lines: Sequence[Row]) -> None:
    """On SQLite: into the second file, and out of this one."""
    rows = {table: _rows(here, table) for table in (ACCOUNT, TOKEN, LAST_LOOK)} | {ACCESS: list(lines)}
    engine = access_engine(here.engine)
    try:
        with writing(engine) as there:
            _make(there)
            before = _rows(there, ACCESS) or _rows(there, ACCOUNT)
            if not before:
                for table, its in rows.items():
                    if its:
                        there.execute(table.insert(), its)
            elif _rows(there, ACCESS)[: len(lines)] != list(lines):
                raise MigrationFailed(
                    f"{engine.url.database} holds accounts and a trail of access already, and they do not go on from "
                    "those of this database. Move that file away, and keep it; then migrate again."
                )
    finally:
        engine.dispose()
    for table in (LINK, ACCOUNT, TOKEN, LAST_LOOK, ACCESS):
        op.drop_table(table.name)


def _make(there: sa.Connection) -> None:
    is_made = sa.inspect(there).has_table("access")
    TABLES.create_all(there)
    if not is_made:
        _guard(there, "access")


def _guard(connection: sa.Connection, table: str) -> None:
    for deed in ("update", "delete"):
        abort = "BEGIN SELECT RAISE(ABORT, 'the log only grows'); END"
        connection.exec_driver_sql(f"CREATE TRIGGER {table}_{deed} BEFORE {deed} ON {table} {abort}")


def _rows(connection: sa.Connection, table: sa.Table) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key)).mappings()]


def _chained(here: sa.Connection) -> list[dict[str, Any]]:
    """The lines that there are, and those that take over what there is, each with its number and its hash."""
    columns = [sa.column("at", MOMENT), *(sa.column(name) for name in TEXTS)]
    query = sa.select(*columns).select_from(sa.table("access")).order_by(sa.text("number"))
    lines = [dict(row) for row in here.execute(query).mappings()]
    accounts, tokens = _rows(here, ACCOUNT), _rows(here, TOKEN)
    lines += _taken_over(lines, accounts, tokens)
    before = bytes(32)
    for at, line in enumerate(lines, 1):
        text = json.dumps(
            [at, _moment(line["at"]), *(line[name] for name in TEXTS)], separators=(",", ":"), ensure_ascii=False
        )
        before = sha256(b"recount.trail.v1\n" + before + text.encode()).digest()
        line |= {"number": at, "hash": before}
    return lines


def _taken_over(lines: Sequence[Row], accounts: Sequence[Row], tokens: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """A line for each account and token. Their moment is the newest that anything here has: a step reads no clock."""
    moments = [line["at"] for line in lines[-1:]]
    moments += [row[name] for row in accounts for name in ("made_at", "closed_at")]
    moments += [row[name] for row in tokens for name in ("made_at", "revoked_at")]
    at = max(filter(None, moments), default=None)
    for row in accounts:
        columns = [column.name for column in ACCOUNT.c if column.name != "session"]
        yield _line(at, "account-changed", f"account {row['number']}", row, columns, {})
    for row in sorted(tokens, key=lambda row: (row["made_at"], row["id"])):
        columns = [column.name for column in TOKEN.c]
        until = row["expires_at"].date().isoformat() if row["expires_at"] else ""
        yield _line(at, "token-made", row["id"], row, columns, {"scopes": row["scopes"].split(), "until": until})


def _line(at: datetime | None, deed: str, about: str, row: Row, columns: Sequence[str], details: Row) -> dict[str, Any]:
    question = {
        "done": "taken over",
        "role": row["role"] or "",
        "agencies": row["agencies"].split(),
        "mark": _mark([(name, row[name]) for name in columns]),
        **details,
    }
    text = json.dumps(question, ensure_ascii=False, sort_keys=True)
    return {
        "at": at, "actor": "recount migrate", "role": "", "deed": deed, "about": about, "question": text, "reason": "",
    }  # fmt: skip


def _mark(columns: Sequence[tuple[str, Any]]) -> str:
    return sha256(_json([(name, _text(value)) for name, value in columns if value is not None]).encode()).hexdigest()[
        :32
    ]


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _text(value: Any) -> str | int:
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value if isinstance(value, int) else str(value)


def _moment(value: datetime) -> str:
    aware = value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.isoformat(timespec="microseconds")
