"""Hepatitis, housing and paid work are measured; what figures were counted by stands beside them, and is asked."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column, empty in every row so far: those figures were counted without the new measures, so they are
    counted anew before anybody reads them.
    """
    if "counted_by" not in {column["name"] for column in sa.inspect(op.get_bind()).get_columns("generation")}:
        op.add_column("generation", sa.Column("counted_by", sa.Text(), nullable=False, server_default=""))
