"""Passwords of local accounts: what one must be, and its argon2 hash. A password is kept nowhere else."""

import secrets
import unicodedata
from functools import lru_cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from domain.errors import Refused

SHORTEST, LONGEST = 12, 512
"""Characters. There is no rule on kinds of characters: length is what counts."""

REFUSALS: Final = {
    "password-short": f"A password has at least {SHORTEST} characters. A few unrelated words do well.",
    "password-long": f"A password has at most {LONGEST} characters.",
    "password-is-name": "A password is not the name of the account.",
}
"""Why a password is not taken, by code."""

_HASHER: Final = PasswordHasher()


def check_strength(name: str, password: str) -> None:
    """Whether a password may stand for this account.

    Raises:
        Refused: it may not; the text does not quote it.
    """
    plain = _plain(password)
    if plain.casefold().strip() == _plain(name).casefold().strip():
        code = "password-is-name"
    elif len(plain) < SHORTEST:
        code = "password-short"
    elif len(plain) > LONGEST:
        code = "password-long"
    else:
        return
    raise Refused(code, REFUSALS[code])


def hashed(password: str) -> str:
    """What is stored of a password."""
    return _HASHER.hash(_plain(password))


def agrees(stored: str | None, password: str) -> bool:
    """Whether this is the password. Where none is stored it costs the same work, so that nobody learns who exists."""
    decoy = _decoy()
    # A longer one is nobody's, and only costs.
    plain = _plain(password[: LONGEST + 1])
    try:
        _HASHER.verify(stored or decoy, plain)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def outdated(stored: str) -> bool:
    """Whether it was hashed with less work than is usual now."""
    return _HASHER.check_needs_rehash(stored)


def _plain(text: str) -> str:
    """The same characters, whatever keyboard they were typed on."""
    return unicodedata.normalize("NFKC", text)


@lru_cache(maxsize=1)
def _decoy() -> str:
    return _HASHER.hash(secrets.token_hex())
