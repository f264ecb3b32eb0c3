"""Which episodes a file kept out is remembered, to be sent back; the figures are counted by the corrected lists."""

import sqlalchemy as sa
from alembic import op

from projections.store.migrations.upgrade import drop_read_models

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table, and have every figure counted anew: which interventions are structured has been corrected."""
    if "kept_out" not in sa.inspect(op.get_bind()).get_table_names():
        _make_kept_out()
    drop_read_models(op.get_bind())


def _make_kept_out() -> None:
    op.create_table(
        "kept_out",
        sa.Column("position", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("row", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("data_set", sa.Text(), nullable=False),
        sa.Column("client_reference", sa.Text(), nullable=False),
        sa.Column("episode_reference", sa.Text(), nullable=False),
    )
    op.create_index("kept_out_of_agency", "kept_out", ["agency", "client_reference"])
