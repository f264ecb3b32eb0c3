"""The pages: what people see in a browser. A page asks the same functions as the API and the command line.

How one is written is in `web.pages.frame.page`. Its room is named in `register`, in the order of the navigation.
"""

from flask import Flask


def register(app: Flask) -> None:
    """Put the pages into the application; the navigation has their places in this order."""
    # Some modules add their pages to another's blueprint, and need only be imported.
    from .administration import (  # noqa: F401
        access,
        accounts,
        agencies,
        guidance,
        set_up,
        subject_access,
        tokens,
        trail,
    )
    from .agreement import handovers as caseload_handovers
    from .agreement import retender
    from .contract_life import (
        certificate_check,  # noqa: F401
        contracts,
        disputes,
        publications,
        publishing,  # noqa: F401
        report,
        targets,
    )
    from .explain import access_reasons, claims, explanations, timeline
    from .frame import exports
    from .frame.agency_names import named
    from .performance import caseload, contribution, displays, figures, revisions, scorecards
    from .records import covered_days, data_quality, handovers, rekeys, sending, submissions, worklists  # noqa: F401

    app.jinja_env.globals["named"] = named

    for module in (
        set_up,
        scorecards,
        figures,
        caseload,
        contribution,
        report,
        targets,
        worklists,
        explanations,
        timeline,
        revisions,
        claims,
        guidance,
        disputes,
        exports,
        submissions,
        rekeys,
        handovers,
        retender,
        caseload_handovers,
        covered_days,
        data_quality,
        contracts,
        trail,
        publications,
        displays,
        accounts,
        agencies,
        subject_access,
        access_reasons,
    ):
        app.register_blueprint(module.blueprint)
