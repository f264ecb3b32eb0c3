"""The pages: what people see in a browser. A page asks the same functions as the API and the command line.

How one is written is in `web.pages.frame.page`. Its room is named in `register`, in the order of the
navigation and, group by group, of “All pages”.
"""

from flask import Flask

from web.presenters.agreement import comparator_words


def register(app: Flask) -> None:
    """Put the pages into the application; the navigation has their places in this order."""
    # Some modules add their pages to another's blueprint, and need only be imported.
    from web.pages.agreement.by_hand import (
        entered,
        entered_disputes,  # noqa: F401
        entered_lists,  # noqa: F401
        entered_terms,  # noqa: F401
        entered_values,  # noqa: F401
    )
    from web.pages.agreement.others import (
        comparator_sets,  # noqa: F401
        comparator_values,  # noqa: F401
        comparators,
    )

    from .administration import (  # noqa: F401
        access,
        accounts,
        agencies,
        all_pages,
        guidance,
        outbox,
        set_up,
        subject_access,
        tokens,
        trail,
    )
    from .agreement import (
        completions_needed,
        hub_targets,
        retender,
        schedule,
        schedule_forms,  # noqa: F401
        schedule_lines,  # noqa: F401
        schedule_steps,  # noqa: F401
    )
    from .agreement import handovers as caseload_handovers
    from .agreement.colours import (
        colour_rule_files,  # noqa: F401
        colour_rule_forms,  # noqa: F401
        colour_rules,
    )
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
    from .improvement import home, other_reports, return_reviews, return_rule  # noqa: F401
    from .improvement.audits import (
        audit_steps,  # noqa: F401
        audits,
    )
    from .improvement.calendar import calendar, reminders
    from .improvement.committee import given as committee_reports
    from .improvement.committee import report as committee_report
    from .improvement.disputed import evidence, rows, steps  # noqa: F401
    from .improvement.meetings import commentary, minutes, planning  # noqa: F401
    from .improvement.meetings import meetings as meetings_held
    from .improvement.notices import (
        notice_drafts,  # noqa: F401
        notice_steps,  # noqa: F401
        performance_notices,
    )
    from .improvement.plans import (
        action_plans,
        plan_papers,  # noqa: F401
        plan_reviews,  # noqa: F401
        plan_steps,  # noqa: F401
        plan_writing,  # noqa: F401
    )
    from .performance import caseload, contribution, displays, figures, national, revisions, scorecards
    from .records import covered_days, data_quality, handovers, rekeys, sending, submissions, worklists  # noqa: F401

    app.jinja_env.globals["named"] = named
    app.jinja_env.globals["comparator_words"] = comparator_words

    for module in (
        set_up,
        home,
        scorecards,
        figures,
        caseload,
        contribution,
        completions_needed,
        displays,
        national,
        schedule,
        targets,
        hub_targets,
        entered,
        colour_rules,
        comparators,
        contracts,
        retender,
        caseload_handovers,
        worklists,
        action_plans,
        explanations,
        timeline,
        revisions,
        claims,
        guidance,
        disputes,
        other_reports,
        performance_notices,
        meetings_held,
        commentary,
        audits,
        return_reviews,
        calendar,
        reminders,
        committee_report,
        report,
        publications,
        committee_reports,
        exports,
        submissions,
        data_quality,
        rekeys,
        handovers,
        covered_days,
        trail,
        accounts,
        agencies,
        outbox,
        subject_access,
        access_reasons,
        all_pages,
    ):
        app.register_blueprint(module.blueprint)
