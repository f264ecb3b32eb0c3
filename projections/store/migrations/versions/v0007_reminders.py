"""Calendars have addresses, people are reminded by e-mail, and what is to be mailed waits in an outbox."""

import sqlalchemy as sa
from alembic import op

from domain.log.database import access_engine, writing

revision = "0007"
down_revision = "0006"

POSITION = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)
TEXT, INTEGER = sa.Text(), sa.Integer()

BESIDE = sa.MetaData()
ACCOUNT = sa.Table("account", BESIDE, sa.Column("number", INTEGER, primary_key=True))
FEED = sa.Table(
    "calendar_feed",
    BESIDE,
    sa.Column("digest", sa.LargeBinary(), primary_key=True),
    sa.Column("owner", TEXT, nullable=False),
    sa.Column("made_at", MOMENT, nullable=False),
    sa.Column("revoked_at", MOMENT),
)
REMINDER = sa.Table(
    "reminder",
    BESIDE,
    sa.Column("account", INTEGER, sa.ForeignKey("account.number"), primary_key=True),
    sa.Column("address", TEXT, nullable=False),
    sa.Column("confirmed_at", MOMENT),
    sa.Column("often", TEXT, nullable=False),
    sa.Column("kinds", TEXT, nullable=False),
    sa.Column("changed_at", MOMENT, nullable=False),
)
LOG = sa.MetaData()
OUTBOX = sa.Table(
    "outbox",
    LOG,
    sa.Column("position", POSITION, primary_key=True, autoincrement=False),
    sa.Column("kind", TEXT, nullable=False),
    sa.Column("number", INTEGER, nullable=False),
    sa.Column("actor", TEXT, nullable=False),
    sa.Column("spread_at", MOMENT),
)
MAIL = sa.Table(
    "mail",
    LOG,
    sa.Column("number", INTEGER, primary_key=True, autoincrement=True),
    sa.Column("key", TEXT, nullable=False, unique=True),
    sa.Column("message_id", TEXT, nullable=False, unique=True),
    sa.Column("account", INTEGER, nullable=False),
    sa.Column("kind", TEXT, nullable=False),
    sa.Column("content", TEXT, nullable=False),
    sa.Column("made_at", MOMENT, nullable=False),
    sa.Column("attempts", INTEGER, nullable=False),
    sa.Column("next_at", MOMENT, nullable=False),
    sa.Column("claimed_until", MOMENT),
    sa.Column("sent_at", MOMENT),
    sa.Column("given_up_at", MOMENT),
    sa.Column("error", TEXT, nullable=False),
)


def upgrade() -> None:
    """Make the tables; on SQLite those of people in the access database, where they may be already."""
    here = op.get_bind()
    LOG.create_all(here)
    if here.dialect.name == "postgresql":
        BESIDE.create_all(here, [FEED, REMINDER])
        return
    engine = access_engine(here.engine)
    try:
        with writing(engine) as there:
            BESIDE.create_all(there, [FEED, REMINDER])
    finally:
        engine.dispose()
