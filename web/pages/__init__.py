"""The pages: what people see in a browser. A page asks the same functions as the API and the command line.

How one is written is in `web.pages.page`. Its room is named in `register`, in the order of the navigation.
"""

from flask import Flask


def register(app: Flask) -> None:
    """Put the pages into the application; the navigation has their places in this order."""
    from . import (  # noqa: F401  more pages of the rooms of publications and of the trail
        access,
        access_reasons,
        accounts,
        caseload,
        certificate_check,
        claims,
        data_quality,
        displays,
        disputes,
        explanations,
        exports,
        figures,
        guidance,
        publications,
        publishing,
        report,
        revisions,
        scorecards,
        sending,
        submissions,
        timeline,
        trail,
        worklists,
    )
    from .agency_names import named

    app.jinja_env.globals["named"] = named

    for room in (
        scorecards,
        figures,
        caseload,
        explanations,
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
        data_quality,
        trail,
        publications,
        accounts,
        access_reasons,
    ):
        app.register_blueprint(room.blueprint)
