"""How often: attempts to sign in, links, and uploads; counted for all processes of the service together.

A council sits behind one address, and one of its people who mistypes must not lock the others out. So what fails is
counted against a name at an address, and against the name wherever it comes from; against the address alone only that
another name was wrong, of which one finds many only by guessing. A browser in which somebody has signed in before is
remembered with a cookie: it is counted apart, and no guessing elsewhere keeps its person out.

An attempt is counted before it is made, and no longer once it succeeds: many at once are not more than one by one.
"""

import math
import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from hashlib import sha256
from typing import Any, Final, TypeVar

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from limits import RateLimitItem, parse_many
from limits.strategies import MovingWindowRateLimiter
from werkzeug.wrappers import Response

from web.problems import Problem

from .guard import principal, services
from .sessions import cookie_named

View = TypeVar("View", bound=Callable[..., Any])

FAILED_SIGN_INS: Final = parse_many("5/minute;30/hour")
"""For each name at each address, each remembered browser, each account that gives its own password."""
FAILED_OF_A_NAME: Final = parse_many("15/minute;60/hour")
"""For each name, from all addresses together."""
WRONG_NAMES: Final = parse_many("30/minute;100/hour")
"""Different names that failed, for each address."""
FAILED_LINKS: Final = parse_many("30/minute")
"""For each address, of each kind of link; nobody guesses a word of 256 random bits."""
UPLOADS: Final = parse_many("30/minute")
"""For each account and each token."""
SUBJECT_ACCESS: Final = parse_many("20/hour")
"""For each account and each token: more than a desk answers, and too few to try a list of people."""

COOKIE: Final = "recount-known"
DAYS_KNOWN: Final = 400
"""For which a browser is remembered after somebody signed in: as long as browsers keep a cookie."""
MOST_PEOPLE: Final = 8
"""Whom one browser is remembered for: those who did last."""


@dataclass(frozen=True)
class Attempt:
    """Something that is being tried, and counted against some keys, each under its rates."""

    counted: tuple[tuple[str, Sequence[RateLimitItem]], ...]
    new_name_at: str = ""
    """The address against which another wrong name is counted, if this fails."""

    def failed(self) -> None:
        """It stays counted."""
        if self.new_name_at and self._is_first():
            _hit(WRONG_NAMES, self.new_name_at)

    def succeeded(self) -> None:
        """It is not counted: only what fails is."""
        for key, rates in self.counted:
            for rate in rates:
                services().counts.give_back(rate.key_for(key))

    def _is_first(self) -> bool:
        """Whether this name has not failed at this address before, within the longest of the rates."""
        key, rates = self.counted[0]
        longest = max(rates, key=lambda rate: rate.get_expiry())
        return _limiter().get_window_stats(longest, key).remaining == longest.amount - 1


def try_to_sign_in(name: str) -> Attempt:
    """An attempt to sign in under a name, from this request's browser and address.

    Raises:
        Problem: there were too many of late (429).
    """
    whose, where = _digest(name.casefold()), _address()
    browser = _browser()
    if whose in browser.people:
        return _begin([(f"browser {browser.id} {whose}", FAILED_SIGN_INS)])
    if not _allows(WRONG_NAMES, where):
        raise _too_many(WRONG_NAMES, where)
    return _begin([(f"{where} name {whose}", FAILED_SIGN_INS), (f"name {whose}", FAILED_OF_A_NAME)], where)


def try_own_password() -> Attempt:
    """An attempt of somebody who is signed in to give their own password; raises as `try_to_sign_in`."""
    return _begin([(f"password {_digest(principal().key)}", FAILED_SIGN_INS)])


def try_link(kind: str) -> Attempt:
    """An attempt to use a link of this kind, from this request's address; raises as `try_to_sign_in`."""
    return _begin([(f"{kind} {_address()}", FAILED_LINKS)])


def limit_uploads(view: View) -> View:
    """Let an endpoint be used so often by one account or token, and no oftener; stands below `needs`."""
    return _limited(view, UPLOADS, "upload")


def limit_subject_access(view: View) -> View:
    """The same of what tells whether a person whose details one knows is in treatment."""
    return _limited(view, SUBJECT_ACCESS, "subject-access")


def _limited(view: View, rates: Sequence[RateLimitItem], what: str) -> View:
    @wraps(view)
    def limited(*args: Any, **kwargs: Any) -> Any:
        _begin([(f"{what} {_digest(principal().key)}", rates)])
        return view(*args, **kwargs)

    return limited  # type: ignore[return-value]


# ---- browsers that are remembered


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser, by a random name, and for whom it is remembered, by hashes of their names."""

    id: str
    people: tuple[str, ...] = ()


def remember_browser(response: Response, name: str) -> None:
    """Note in this request's browser that this person has signed in here."""
    browser, whose = _browser(), _digest(name.casefold())
    people = (whose, *(one for one in browser.people if one != whose))[:MOST_PEOPLE]
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(
        _cookie(),
        _signer().dumps([browser.id or secrets.token_urlsafe(12), *people]),
        max_age=DAYS_KNOWN * 86_400,
        secure=secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def _browser() -> Browser:
    """The browser of this request; nobody's where nobody has signed in there."""
    try:
        number, *people = _signer().loads(request.cookies.get(_cookie(), ""), max_age=DAYS_KNOWN * 86_400)
    except (BadSignature, ValueError, TypeError):
        return Browser("")
    return Browser(number, tuple(people))


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="known browser")


def _cookie() -> str:
    return cookie_named(current_app, COOKIE)


# ---- counting


def _begin(counted: Iterable[tuple[str, Sequence[RateLimitItem]]], new_name_at: str = "") -> Attempt:
    """Count what is going to be tried, if it may be: against all keys or none."""
    attempt = Attempt(tuple(counted), new_name_at)
    for key, rates in attempt.counted:
        if not _allows(rates, key):
            raise _too_many(rates, key)
    for key, rates in attempt.counted:
        if not _hit(rates, key):  # somebody was quicker
            raise _too_many(rates, key)
    return attempt


def _allows(rates: Sequence[RateLimitItem], key: str) -> bool:
    return all(_limiter().test(rate, key) for rate in rates)


def _hit(rates: Sequence[RateLimitItem], key: str) -> bool:
    hits = [_limiter().hit(rate, key) for rate in rates]  # each of them, whatever the others say
    return all(hits)


def _limiter() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(services().counts)


def _digest(text: str) -> str:
    """A key that names nobody; people type passwords into fields for names, too."""
    return sha256(f"{current_app.config['SECRET_KEY']} {text}".encode(errors="replace")).hexdigest()[:32]


def _address() -> str:
    return f"address {_digest(request.remote_addr or '')}"


def _too_many(rates: Sequence[RateLimitItem], key: str) -> Problem:
    used_up = [stats for rate in rates if (stats := _limiter().get_window_stats(rate, key)).remaining == 0]
    wait = max((stats.reset_time - time.time() for stats in used_up), default=1)
    return Problem(429, "too-many-requests", headers={"Retry-After": str(max(1, math.ceil(wait)))})
