"""The service: one Flask application over the projections, for programs below /api/v1/ and for people elsewhere, with
a few addresses for whatever watches over it.
"""

from typing import Any

from flask import Flask

from projections.standings.cache import StandingsCache
from web.api.administration import health
from web.auth import guard, oidc, sessions
from web.pages.administration import sign_in
from web.pages.frame.layout import use_layout

from . import problems, security, telemetry
from .services import Services
from .settings import Settings

MEGABYTE = 1024 * 1024
LARGEST_UPLOAD = 64 * MEGABYTE
"""Bytes of a request; a monthly file of 100,000 rows has some 20 million."""


def create_app(settings: Settings | None = None, **config: Any) -> Flask:
    """The application over the database that the settings name; `config` is added to Flask's own.

    The database is opened with the first request of a process, so that a server may fork before.

    Raises:
        SettingMissing: a setting that must be given is not.
        WrongUse: a setting is not as it must be.
    """
    app = Flask(__name__, static_folder="static", template_folder="templates")
    services = Services(settings, in_background=True)
    services.cache = StandingsCache(services.shared_columns)
    services.settings.prepare()
    # What is wrong with these is said before anything is served.
    _ = services.settings.national, services.settings.mail_server, services.settings.backup_recipients
    for complaint in services.settings.protect():
        app.logger.warning(complaint)
    app.extensions["recount"] = services
    app.config.from_mapping(
        SECRET_KEY=services.settings.secret_key,
        MAX_CONTENT_LENGTH=LARGEST_UPLOAD,
        # The largest field of a form that is not a file, in bytes.
        MAX_FORM_MEMORY_SIZE=MEGABYTE,
        MAX_FORM_PARTS=100,
    )
    app.config.update(config)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    telemetry.observe(app, sessions.role_known)
    security.protect(app)
    sessions.use_sessions(app, services.settings)
    guard.guard(app)
    sessions.check_forms(app)
    oidc.use_provider(app, services.settings)
    problems.register(app)
    use_layout(app, sign_in.surroundings)
    _register_rooms(app)
    return app


def _register_rooms(app: Flask) -> None:
    from . import api
    from .pages import register

    app.register_blueprint(health.blueprint)
    app.register_blueprint(sign_in.blueprint)
    register(app)
    api.register(app)
