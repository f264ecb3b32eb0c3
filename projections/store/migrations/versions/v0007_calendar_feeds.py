"""Calendars are read as feeds, under addresses of which the hash is kept."""

import sqlalchemy as sa
from alembic import op

from domain.log.database import access_engine, writing

revision = "0007"
down_revision = "0006"

BESIDE = sa.MetaData()
FEED = sa.Table(
    "calendar_feed",
    BESIDE,
    sa.Column("digest", sa.LargeBinary(), primary_key=True),
    sa.Column("owner", sa.Text(), nullable=False),
    sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("revoked_at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    """Make the table; on SQLite in the access database, where an attempt that was cut short may have made it."""
    here = op.get_bind()
    if here.dialect.name == "postgresql":
        BESIDE.create_all(here)
        return
    engine = access_engine(here.engine)
    try:
        with writing(engine) as there:
            BESIDE.create_all(there)
    finally:
        engine.dispose()
