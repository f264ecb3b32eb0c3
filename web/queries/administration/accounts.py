"""Who may use the service, the trail of access, and what agencies are called. No secret is in any result.

The name of an agency is no fact of anybody's treatment: it is kept beside the log, for people's eyes, and decides
nothing.
"""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from domain.errors import Refused
from web.auth import accounts as stored_accounts
from web.auth import tokens as stored_tokens
from web.auth.accounts import AccountSeen
from web.auth.roles import Role
from web.auth.tokens import TokenSeen
from web.auth.trail import access as trail_of_access
from web.auth.trail.access import AccessEntry, AccessQuery
from web.auth.viewer import Viewer, unchanged
from web.queries.result import Result
from web.snapshot import Snapshot
from web.tables import agency_name


class AccountResult(Result, frozen=True):
    """An account; without a role it may do nothing yet, and `issuer` is empty of one that is known here alone."""

    number: int
    name: str
    issuer: str
    subject: str
    role: Role | None
    agencies: tuple[str, ...]
    has_password: bool
    made_at: datetime
    closed_at: datetime | None

    @classmethod
    def of(cls, account: AccountSeen) -> "AccountResult":
        """The account as it is answered."""
        return cls(*(getattr(account, name) for name in cls.__struct_fields__))

    @property
    def local(self) -> bool:
        """Whether it is known here alone."""
        return not self.issuer


class AccountsResult(Result, frozen=True):
    """All accounts, by name."""

    accounts: list[AccountResult]


def accounts(snapshot: Snapshot, viewer: Viewer) -> AccountsResult:
    """All accounts that were ever made, by name."""
    seen = viewer.redacted(stored_accounts.accounts(snapshot.access), unchanged)
    return AccountsResult(list(map(AccountResult.of, seen)))


def account(snapshot: Snapshot, viewer: Viewer, number: int) -> AccountResult | None:
    """The account with this number; None if there is none."""
    try:
        seen = stored_accounts.account_numbered(snapshot.access, number)
    except Refused:
        return None
    return AccountResult.of(viewer.redacted(seen, unchanged))


class TokenResult(Result, frozen=True):
    """A token without its secret."""

    id: str
    name: str
    role: Role
    agencies: tuple[str, ...]
    scopes: tuple[str, ...]
    made_by: str
    made_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    @classmethod
    def of(cls, token: TokenSeen) -> "TokenResult":
        """The token as it is answered."""
        return cls(*(getattr(token, name) for name in cls.__struct_fields__))


class NewTokenResult(Result, frozen=True):
    """A token that was made just now; `token` is shown this once."""

    token: str
    id: str
    name: str
    role: Role
    agencies: tuple[str, ...]
    scopes: tuple[str, ...]
    made_by: str
    made_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    @classmethod
    def of_new(cls, secret: str, token: TokenSeen) -> "NewTokenResult":
        """The token with its secret."""
        return cls(secret, *(getattr(token, name) for name in TokenResult.__struct_fields__))


class TokensResult(Result, frozen=True):
    """All tokens that were ever made, the newest first."""

    tokens: list[TokenResult]


def tokens(snapshot: Snapshot, viewer: Viewer) -> TokensResult:
    """All tokens that were ever made, the newest first."""
    seen = viewer.redacted(stored_tokens.tokens(snapshot.access), unchanged)
    return TokensResult(list(map(TokenResult.of, seen)))


class AccessResult(Result, frozen=True):
    """Lines of the trail of access, the newest first."""

    entries: list[AccessEntry]


def access(snapshot: Snapshot, viewer: Viewer, query: AccessQuery) -> AccessResult:
    """The newest lines of the trail of access: sign-ins, refusals, looks at single clients and downloads."""
    return AccessResult(viewer.redacted(trail_of_access.entries(snapshot.access, query), unchanged))


class AgencyName(Result, frozen=True):
    """What the pages call an agency."""

    agency: str
    name: str


class AgencyNamesResult(Result, frozen=True):
    """The agencies that have a name, in the order of their codes."""

    agencies: list[AgencyName]


def agency_names(connection: sa.Connection) -> Mapping[str, str]:
    """The names by code, in the order of the codes; they are the same for everybody."""
    query = sa.select(agency_name.c.code, agency_name.c.name).order_by(agency_name.c.code)
    return {row.code: row.name for row in connection.execute(query)}
