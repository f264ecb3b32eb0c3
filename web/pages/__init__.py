"""The pages: what people see in a browser. A page asks the same functions as the API and the command line.

How one is written is in `web.pages.shell`. Its room is named in `register`, in the order of the navigation.
"""

from flask import Flask


def register(app: Flask) -> None:
    """Put the pages into the application; the navigation has their places in this order."""
    from . import (
        accounts,
        caseload,
        certificates,
        claims,
        displays,
        disputes,
        exports,
        figures,
        guidance,
        quality,
        reasons,
        report,
        revisions,
        scorecard,
        submissions,
        timeline,
        trail,
        why,
        worklists,
    )
    from .naming import named

    app.jinja_env.globals["named"] = named

    for room in (
        scorecard,
        figures,
        caseload,
        why,
        timeline,
        revisions,
        claims,
        worklists,
        report,
        displays,
        guidance,
        disputes,
        exports,
        submissions,
        quality,
        trail,
        certificates,
        accounts,
        reasons,
    ):
        app.register_blueprint(room.blueprint)
