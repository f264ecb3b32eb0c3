"""Accounts, tokens, and the trail of access. No secret lies in them: of passwords and tokens only their hashes."""

import sqlalchemy as sa

from domain.log.database import Instant
from domain.log.tables import Position, metadata, only_grows

account = sa.Table(
    "account",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("issuer", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("password", sa.Text),
    sa.Column("role", sa.Text),
    sa.Column("agencies", sa.Text, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("closed_at", Instant),
    sa.Column("session", sa.Text, nullable=False),
    sa.UniqueConstraint("issuer", "subject"),
)
"""Who may sign in. `issuer` and `subject` name the person at an identity provider; of a local account the issuer is
empty, the subject its name, and `password` an argon2 hash. Without a `role` an account may do nothing yet. `agencies`
are a provider's, one space between. Sessions hold the word of `session`: another one ends them all."""

token = sa.Table(
    "token",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("agencies", sa.Text, nullable=False),
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("expires_at", Instant),
    sa.Column("revoked_at", Instant),
)
"""API tokens: `digest` is the SHA-256 of the secret part, which is shown once. `scopes` narrow the role's rights."""

sign_in_link = sa.Table(
    "sign_in_link",
    metadata,
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("account", sa.Integer, sa.ForeignKey("account.number"), nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("used_at", Instant),
)
"""Links that sign an account in, once: `digest` is the SHA-256 of the secret word, which is printed once."""

last_look = sa.Table(
    "last_look",
    metadata,
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("position", Position, nullable=False),
)
"""By account, the position of the newest submission when its person last looked at the scorecard."""

access = sa.Table(
    "access",
    metadata,
    sa.Column("number", Position, primary_key=True, autoincrement=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("deed", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Index("access_of_actor", "actor"),
)
"""What was done that leaves no event in the log: sign-ins, refusals, looks at clients, downloads. `about` is the
endpoint, `question` what was asked as JSON (measure, slice, standpoint; nothing of a client), `reason` was given."""

only_grows(access)
