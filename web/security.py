"""What every answer says to browsers: what a page may load and who may frame it, and what may be kept.

Nothing comes from another machine, no script and no style stands inline but with the answer's own nonce.
"""

import secrets
from collections.abc import Iterator
from typing import Final

from flask import Flask, Response, g, request

POLICY: Final = (
    "default-src 'none'",
    "script-src 'self'{nonce}",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
)
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
A_YEAR: Final = 31_536_000
"""Seconds."""


def nonce() -> str:
    """The word with which this answer's own script may run."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    word: str = g.nonce
    return word


_WITHOUT_NONCE: Final = "; ".join(POLICY).format(nonce="")


def _policy() -> str:
    """What this answer may load; no script stands in it where nobody has asked for the word."""
    return "; ".join(POLICY).format(nonce=f" 'nonce-{nonce()}'") if "nonce" in g else _WITHOUT_NONCE


def _expected() -> Iterator[tuple[str, str]]:
    """What an answer says unless it says something else for itself."""
    yield from HEADERS.items()
    yield "Content-Security-Policy", _policy()
    if request.is_secure:
        yield "Strict-Transport-Security", f"max-age={A_YEAR}"
    if request.endpoint != "static":
        yield "Cache-Control", "no-store"


def protect(app: Flask) -> None:
    """Put the headers on every answer; where the service is reached by HTTPS, say so for a year."""

    @app.after_request
    def _headers(response: Response) -> Response:
        # One look at what the answer says for itself: to ask its headers for each name would read them all each time.
        own = {name.lower() for name, _ in response.headers}
        response.headers.extend((name, value) for name, value in _expected() if name.lower() not in own)
        return response

    @app.context_processor
    def _nonce() -> dict[str, str]:
        return {"cspNonce": nonce()}
