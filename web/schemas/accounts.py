"""Accounts, tokens and the trail of access, as JSON. No secret is in them."""

from typing import Any

import msgspec

from web.auth.access import AccessEntry
from web.auth.accounts import AccountSeen
from web.auth.tokens import TokenSeen

Document = dict[str, Any]


def account(found: AccountSeen) -> Document:
    """An account without its password."""
    document: Document = msgspec.to_builtins(found)
    return document


def token(found: TokenSeen) -> Document:
    """A token without its secret."""
    document: Document = msgspec.to_builtins(found)
    return document


def access(found: AccessEntry) -> Document:
    """A line of the trail of access."""
    document: Document = msgspec.to_builtins(found)
    return document
