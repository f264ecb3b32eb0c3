"""How often: attempts to sign in, and uploads. Counted in the memory of each process, so that the service as a whole
lets through as many times more as it has processes.
"""

import math
import time
from collections.abc import Callable, Sequence
from functools import wraps
from hashlib import sha256
from typing import Any, Final, TypeVar

from flask import Flask, current_app
from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from web.problems import Problem

from .guard import principal

View = TypeVar("View", bound=Callable[..., Any])

FAILED_SIGN_INS: Final = parse_many("5/minute;30/hour")
"""For each name, and for each address. Those that succeed are not counted: a council may be behind one address."""
UPLOADS: Final = parse_many("30/minute")
"""For each account and each token."""
SUBJECT_ACCESS: Final = parse_many("20/hour")
"""For each account and each token: more than a desk answers, and too few to try a list of people."""

_EXTENSION: Final = "recount-limits"


def use_limits(app: Flask) -> None:
    """Let the application count."""
    app.extensions[_EXTENSION] = MovingWindowRateLimiter(MemoryStorage())


def allow_sign_in(*keys: str) -> None:
    """Whether one more attempt may be made under each of these keys.

    Raises:
        Problem: there were too many of late (429).
    """
    for key in keys:
        for rate in FAILED_SIGN_INS:
            if not _counts().test(rate, "sign-in", _short(key)):
                raise _too_many(FAILED_SIGN_INS, "sign-in", _short(key))


def count_failed_sign_in(*keys: str) -> None:
    """One more attempt failed under each of these keys."""
    for key in keys:
        for rate in FAILED_SIGN_INS:
            _counts().hit(rate, "sign-in", _short(key))


def limit_uploads(view: View) -> View:
    """Let an endpoint be used so often by one account or token, and no oftener; stands below `needs`."""
    return _limited(view, UPLOADS, "upload")


def limit_subject_access(view: View) -> View:
    """The same of what tells whether a person whose details one knows is in treatment."""
    return _limited(view, SUBJECT_ACCESS, "subject-access")


def _limited(view: View, rates: Sequence[RateLimitItem], what: str) -> View:
    @wraps(view)
    def limited(*args: Any, **kwargs: Any) -> Any:
        who = principal().key
        for rate in rates:
            if not _counts().hit(rate, what, who):
                raise _too_many(rates, what, who)
        return view(*args, **kwargs)

    return limited  # type: ignore[return-value]


def _counts() -> MovingWindowRateLimiter:
    limiter: MovingWindowRateLimiter = current_app.extensions[_EXTENSION]
    return limiter


def _short(key: str) -> str:
    """A key of fixed length; people type passwords into fields for names."""
    return sha256(key.encode()).hexdigest()


def _too_many(rates: Sequence[RateLimitItem], *keys: str) -> Problem:
    used_up = [stats for rate in rates if (stats := _counts().get_window_stats(rate, *keys)).remaining == 0]
    wait = max((stats.reset_time - time.time() for stats in used_up), default=1)
    return Problem(429, "too-many-requests", headers={"Retry-After": str(max(1, math.ceil(wait)))})
