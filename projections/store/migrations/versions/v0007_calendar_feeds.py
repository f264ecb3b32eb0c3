"""Calendars are read as feeds, under addresses of which the hash is kept."""

import sqlalchemy as sa

from projections.store.migrations.beside import make_in_access

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
    """Make the table where the accounts lie."""
    make_in_access(BESIDE)
