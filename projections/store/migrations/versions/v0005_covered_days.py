"""The covered days of a monthly file can be corrected: the list of submissions says which file a correction is of."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the column, in which every row so far has nothing. Where the table was dropped it is made anew with it."""
    inspector = sa.inspect(op.get_bind())
    if "submission" not in inspector.get_table_names():
        return
    if "corrects" not in {column["name"] for column in inspector.get_columns("submission")}:
        op.add_column("submission", sa.Column("corrects", sa.Integer()))
