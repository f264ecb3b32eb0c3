"""Pages that ask for contracts, targets, meetings or plans find them in the log without reading all of it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

OF_NO_RECORD = sa.text("substr(topic, 1, 8) <> 'episode.'")


def upgrade() -> None:
    """Make the index of the topics that are not of records."""
    if "log_of_topic" not in {index["name"] for index in sa.inspect(op.get_bind()).get_indexes("log")}:
        op.create_index(
            "log_of_topic", "log", ["topic", "position"], sqlite_where=OF_NO_RECORD, postgresql_where=OF_NO_RECORD
        )
