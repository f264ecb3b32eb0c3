"""Every table that there is: whoever opens the database knows them all, and so makes, copies and clears all of them.

A table that only some of the program's parts knew would be missing from a backup that another part writes. Those that
stand beside the log are declared here: accounts, tokens, the trail of access, all of these in the access database. No
secret lies in them: of passwords and tokens only their hashes.
"""

from typing import Final

import sqlalchemy as sa

from domain.log.database import Instant
from domain.log.guards import only_grows
from domain.log.heads import signed_head
from domain.log.tables import Position, access_metadata, log, metadata, setting, tree_node
from domain.proof.chain import BEGINNING
from domain.proof.head import TrailHead
from projections.publication.publish import published_member
from projections.store import tables
from projections.store.generations import generation
from projections.store.migrations.version import alembic_version

account = sa.Table(
    "account",
    access_metadata,
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
    access_metadata,
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
    access_metadata,
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("account", sa.Integer, sa.ForeignKey("account.number"), nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("used_at", Instant),
)
"""Links that sign an account in, once: `digest` is the SHA-256 of the secret word, which is printed once."""

last_look = sa.Table(
    "last_look",
    access_metadata,
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("position", Position, nullable=False),
)
"""By account, the position of the newest submission when its person last looked at the scorecard."""

calendar_feed = sa.Table(
    "calendar_feed",
    access_metadata,
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("revoked_at", Instant),
)
"""Addresses under which a calendar is read: `digest` is the SHA-256 of the secret word in the address, which is shown
once, `owner` the key of the account or the token whose calendar it is."""

reminder = sa.Table(
    "reminder",
    access_metadata,
    sa.Column("account", sa.Integer, sa.ForeignKey("account.number"), primary_key=True),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("often", sa.Text, nullable=False),
    sa.Column("kinds", sa.Text, nullable=False),
    sa.Column("chosen_at", Instant, nullable=False),
    sa.Column("confirmed_at", Instant),
)
"""Who is reminded by e-mail, where, how often, and of which kinds of things, one blank between. `chosen_at`: when the
address was. But for the link that confirms it, nothing is sent to an address that is not confirmed."""

mail = sa.Table(
    "mail",
    access_metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("account", sa.Integer, sa.ForeignKey("account.number"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("message_id", sa.Text, nullable=False, unique=True),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("next_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Column("said", sa.Text, nullable=False),
    sa.UniqueConstraint("account", "kind", "period"),
)
"""The outbox: what is to be sent, and what was. An account has one mail of a kind and a period. The address is that of
`reminder`, and is not here. While `next_at` has not come nobody takes a waiting mail: somebody has it in hand, or a
pause goes on. `content` is emptied once the mail needs no more sending; `said` is why the newest try failed."""

access = sa.Table(
    "access",
    access_metadata,
    sa.Column("number", Position, primary_key=True, autoincrement=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("deed", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sa.Index("access_of_actor", "actor"),
)
"""What was done that leaves no event in the log: sign-ins, refusals, looks at clients, downloads. `about` is the
endpoint, `question` what was asked as JSON (measure, slice, standpoint; nothing of a client), `reason` was given.
Numbers have no gap; `hash` is over the hash of the line before and this line (`web.auth.trail.access`)."""

only_grows(access)

access_head = sa.Table(
    "access_head",
    metadata,
    sa.Column("trail_size", Position, primary_key=True, autoincrement=False),
    sa.Column("trail_hash", sa.LargeBinary, nullable=False),
    sa.Column("size", Position, nullable=False),
    sa.Column("root", sa.LargeBinary, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("signature", sa.LargeBinary, nullable=False),
)
"""Heads that were signed between two submissions, because the trail of access had grown since the newest. They lie
beside the log, so that whoever puts an older access database in the place of the newer one contradicts them."""

only_grows(access_head)

agency_name = sa.Table(
    "agency_name",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
)
"""The name of each agency that was given one."""

outcome = sa.Table(
    "verification",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
)
"""`position` is the newest event that was looked at, `document` VERIFICATION of the JSON reference."""
only_grows(outcome)

_KNOWN: Final = (
    log, tree_node, setting, signed_head,
    generation, tables.submission, tables.contract, tables.episode, tables.standing, tables.slice_of, tables.erased,
    tables.stop_list, tables.taken_in, tables.kept_out, published_member,
    account, token, sign_in_link, access, access_head, last_look, outcome, agency_name, alembic_version,
    calendar_feed, reminder, mail,
)  # fmt: skip


def all_tables() -> list[sa.Table]:
    """The tables in an order in which they can be made. A test holds that no other part of the program has more."""
    return log_tables() + access_tables()


def log_tables() -> list[sa.Table]:
    """Those of the log's database alone."""
    return [table for table in metadata.sorted_tables if table in _KNOWN]


def access_tables() -> list[sa.Table]:
    """Those of the access database alone: they never say anything of a client."""
    return [table for table in access_metadata.sorted_tables if table in _KNOWN]


def trail_head(connection: sa.Connection) -> TrailHead:
    """How many lines the trail of access has, and the hash of the newest."""
    newest = sa.select(access.c.number, access.c.hash).order_by(access.c.number.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    return TrailHead(row.number, bytes(row.hash)) if row else TrailHead(0, BEGINNING)
