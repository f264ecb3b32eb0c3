"""People are reminded by e-mail of what is due: what each chose, and the outbox of what is to be sent."""

import sqlalchemy as sa

from projections.store.migrations.beside import make_in_access

revision = "0008"
down_revision = "0007"

MOMENT = sa.DateTime(timezone=True)
TEXT, INTEGER = sa.Text(), sa.Integer()
BESIDE = sa.MetaData()
ACCOUNT = sa.Table("account", BESIDE, sa.Column("number", INTEGER, primary_key=True))
REMINDER = sa.Table(
    "reminder",
    BESIDE,
    sa.Column("account", INTEGER, sa.ForeignKey("account.number"), primary_key=True),
    *(sa.Column(name, TEXT, nullable=False) for name in ("address", "often", "kinds")),
    sa.Column("chosen_at", MOMENT, nullable=False),
    sa.Column("confirmed_at", MOMENT),
)
MAIL = sa.Table(
    "mail",
    BESIDE,
    sa.Column("number", INTEGER, primary_key=True),
    sa.Column("account", INTEGER, sa.ForeignKey("account.number"), nullable=False),
    *(sa.Column(name, TEXT, nullable=False) for name in ("kind", "period", "subject", "content")),
    sa.Column("message_id", TEXT, nullable=False, unique=True),
    sa.Column("made_at", MOMENT, nullable=False),
    sa.Column("state", TEXT, nullable=False),
    sa.Column("tries", INTEGER, nullable=False),
    sa.Column("next_at", MOMENT, nullable=False),
    sa.Column("ended_at", MOMENT),
    sa.Column("said", TEXT, nullable=False),
    sa.UniqueConstraint("account", "kind", "period"),
)


def upgrade() -> None:
    """Make the tables where the accounts lie."""
    make_in_access(BESIDE)
