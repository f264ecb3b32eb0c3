"""Sessions of people in browsers: a signed cookie that scripts cannot read, and when it holds no more.

A session ends after an hour without a request, twelve hours after it began, at sign-out, and whenever the account
changes or is closed: it holds a word of the account's, and another word ends it. What is asked with a token has no
session, whatever cookies come with it. Whatever changes something from a browser carries a word that only our own
pages know, against forged requests.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address
from typing import Any, Final

import sqlalchemy as sa
from flask import Flask, Request, Response, current_app, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from web.problems import API, Problem
from web.settings import LOOPBACK, Network, Settings

from . import accounts, tokens
from .roles import Principal

IDLE: Final = timedelta(hours=1)
LONGEST: Final = timedelta(hours=12)
NOTED: Final = timedelta(minutes=1)
"""How often a session is noted to be in use: not with each answer, so that most answers set no cookie."""

COOKIE: Final = "recount"
_MARK: Final = "RECOUNT_MARK"
"""Where the application's settings have what tells its cookies from those of another council's service."""
_WORD, _BEGAN, _SEEN = "word", "began", "seen"
_PERSON: Final = "_user_id"
"""Where a session has the key of the account. Another name would sign everybody out."""
_FINDS, _FOUND = "recount-who-asks", "who_asks"


class NoSession(SecureCookieSession):
    """The session of what has none; nothing that is written into it is kept."""


class Sessions(SecureCookieSessionInterface):
    """Flask's signed cookies, but none for requests by token and for files."""

    digest_method = staticmethod(sha256)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of a request."""
        if tokens.carried_in(request.headers.get("Authorization")) is not None or request.path.startswith(
            f"{app.static_url_path}/"
        ):
            return NoSession()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Set the cookie, where it has changed."""
        if not isinstance(session, NoSession):
            super().save_session(app, session, response)


class NamedProxies:
    """Believes who came, how and under which name from the proxies that were named, and from nobody else."""

    def __init__(self, app: Any, proxies: Sequence[Network], *, says_name: bool) -> None:
        self.app, self.proxies = app, proxies
        self.by_proxy = ProxyFix(app, x_for=1, x_proto=1, x_host=int(says_name))

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """The answer to a request."""
        asked = self.by_proxy if self._is_named(environ.get("REMOTE_ADDR", "")) else self.app
        return asked(environ, start_response)

    def _is_named(self, address: str) -> bool:
        try:
            its = ip_address(address)
        except ValueError:
            return False
        return any(its in network for network in self.proxies)


def use_sessions(app: Flask, settings: Settings) -> None:
    """Let the application keep sessions as browsers should have them, under its own address alone."""
    origin = settings.origin
    secure = origin is not None and origin.is_secure
    app.session_interface = Sessions()
    app.config[_MARK] = settings.mark
    app.config.update(
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        # Not Strict: who comes back from an identity provider comes by a link of another site.
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=IDLE,
    )
    app.config["SESSION_COOKIE_NAME"] = cookie_named(app, COOKIE)
    # Without an address of its own it serves this machine: under any other name a link would lead elsewhere.
    names = LOOPBACK if origin is None else {origin.host, *LOOPBACK}
    app.config["TRUSTED_HOSTS"] = sorted(names - {"::1"})
    if proxies := settings.proxies:
        app.wsgi_app = NamedProxies(app.wsgi_app, proxies, says_name=origin is not None)  # type: ignore[method-assign]


def cookie_named(app: Flask, name: str) -> str:
    """The cookie of this name that is the application's own.

    Browsers do not tell the ports of a host apart, so that two councils' services under one host name would overwrite
    each other's. The prefix lets browsers refuse the cookie from any other host, or without HTTPS.
    """
    own = f"{name}-{app.config[_MARK]}"
    return f"__Host-{own}" if app.config["SESSION_COOKIE_SECURE"] else own


def begin(who: Principal, word: str, at: datetime) -> None:
    """Sign somebody in: a new session, with nothing of what was in the browser's before."""
    session.clear()
    session[_PERSON] = who.key
    session[_WORD], session[_BEGAN], session[_SEEN] = word, at.timestamp(), at.timestamp()
    setattr(g, _FOUND, who)


def end() -> None:
    """Forget the browser's session."""
    session.clear()
    setattr(g, _FOUND, None)


def let_know(
    app: Flask, by_session: Callable[[str], Principal | None], by_token: Callable[[], Principal | None]
) -> None:
    """Let the application know who asks: by the key in a session that holds, or by the token that a request carries."""
    app.extensions[_FINDS] = by_session, by_token

    @app.teardown_request
    def _forget(_error: BaseException | None) -> None:
        # What surrounds a request may outlive it; who asked must not.
        g.pop(_FOUND, None)


def who_asks() -> Principal | None:
    """Who asks, looked for once a request; None for nobody in particular."""
    if _FOUND not in g:
        by_session, by_token = current_app.extensions[_FINDS]
        key = session.get(_PERSON)
        setattr(g, _FOUND, (by_session(key) if isinstance(key, str) else None) or by_token())
    found: Principal | None = getattr(g, _FOUND)
    return found


def role_known() -> str | None:
    """The role of who asks, if this request had to know it; nobody is looked for."""
    who: Principal | None = g.get(_FOUND)
    return None if who is None else str(who.role)


def holder(connection: sa.Connection, key: str, at: datetime) -> Principal | None:
    """Whom this request's session speaks for; None once it has ended. Notes that it is in use."""
    word, began, seen = session.get(_WORD), session.get(_BEGAN), session.get(_SEEN)
    if not (isinstance(word, str) and isinstance(began, float) and isinstance(seen, float)):
        return None
    since_began, since_seen = at.timestamp() - began, at.timestamp() - seen
    if since_began > LONGEST.total_seconds() or since_seen > IDLE.total_seconds():
        return None
    who = accounts.in_session(connection, int(key.removeprefix(accounts.KEY)), word)
    if who is not None and since_seen > NOTED.total_seconds():
        session[_SEEN] = at.timestamp()
    return who


def ends_at() -> datetime | None:
    """When the session of this request ends at the latest."""
    began = session.get(_BEGAN)
    return datetime.fromtimestamp(began, UTC) + LONGEST if isinstance(began, float) else None


FIELD: Final = "csrf_token"
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_DETAIL: Final = (
    "This did not come from a page of this service, or the page is too old. Open the page again and send it once more."
)


def check_forms(app: Flask) -> None:
    """Let the application refuse what was sent without the word, as a form's field or as the header X-CSRFToken."""
    protect = CSRFProtect()
    app.config.update(
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_FIELD_NAME=FIELD,
        # The word holds as long as the session that it is of.
        WTF_CSRF_TIME_LIMIT=None,
    )
    protect.init_app(app)

    @app.before_request
    def _check() -> None:
        if request.method in _SAFE or not request.endpoint or not _by_a_browser():
            return
        try:
            # Before a large file is read of somebody whom no page of ours gave the word.
            if FIELD not in session:
                raise CSRFError
            protect.protect()
        except CSRFError:
            raise Problem(400, "csrf-missing", _DETAIL) from None


def _by_a_browser() -> bool:
    """Whether a browser may have been led into this: it was not asked by token, and it acts for somebody. Below
    /api/ nothing is changed for nobody; a page may be the one on which to sign in.
    """
    if isinstance(session._get_current_object(), NoSession):  # type: ignore[attr-defined]  # noqa: SLF001
        return False
    return who_asks() is not None or not request.path.startswith(API)
