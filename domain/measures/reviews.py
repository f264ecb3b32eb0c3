"""What has to be done on time: Treatment Outcomes Profiles, recovery plans, risk assessments. Local measures. [K]"""

from typing import Final

from .columns import Columns, Rule, Rules

REVIEW_DAYS: Final = 84
"""A review is up to date if it lies in the 84 days to `as_of`, that day included. [K]"""


def start_top(j: Columns) -> Rules:
    """Journeys whose first structured intervention started in the last 3 months; counted: its start TOP is on time."""
    return Rules(
        cohort=(Rule("first structured intervention in the window", j.entered_structured_inside),),
        counted=(Rule("start TOP within 14 days", j.start_top <= j.last_day),),
    )


def review_top(j: Columns) -> Rules:
    """Journeys that reached day 182 in the last 3 months, open then, with a start TOP; counted: a review TOP."""
    return Rules(
        cohort=(
            Rule("day 182 in the window", (j.first_day <= j.due) & (j.due <= j.last_day)),
            Rule("open on day 182", j.end > j.due),
            Rule("has a start TOP", j.start_top <= j.last_day),
        ),
        counted=(Rule("review TOP on day 29 to 182", j.review_top <= j.last_day),),
    )


def exit_top(j: Columns) -> Rules:
    """Journeys ended in the last 3 months in success; counted: an exit TOP within 14 days of the end.

    Which other kinds of exit owe one is the definition's.
    """
    return Rules(
        cohort=(Rule("ended in the window", j.ended_inside), Rule("owes an exit TOP", j.owes_exit_top)),
        counted=(Rule("exit TOP within 14 days", j.exit_top <= j.last_day),),
    )


def recovery_plans(e: Columns) -> Rules:
    """Episodes open and in structured treatment; counted: recovery plan reviewed (CPLANDT counts) in the window."""
    return Rules(
        cohort=_open(e), counted=(Rule("recovery plan reviewed in the last 84 days", e.plan_on >= e.first_day),)
    )


def risk_assessments(e: Columns) -> Rules:
    """Episodes open and in structured treatment; counted: risk assessment reviewed in the window."""
    return Rules(
        cohort=_open(e), counted=(Rule("risk assessment reviewed in the last 84 days", e.risk_on >= e.first_day),)
    )


def _open(e: Columns) -> tuple[Rule, ...]:
    return (Rule("in structured treatment", e.started <= e.last_day), Rule("open", e.open))
