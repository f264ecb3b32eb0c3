"""Against forged requests: whatever changes something from a browser carries a word that only our own pages know."""

from typing import Final

from flask import Flask, request, session
from flask_login import current_user
from flask_wtf.csrf import CSRFError, CSRFProtect

from web.problems import API, Problem

from .roles import Principal
from .sessions import NoSession

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
    signed_in = isinstance(current_user._get_current_object(), Principal)  # noqa: SLF001
    return signed_in or not request.path.startswith(API)
