"""Recovery plans and risk assessments kept up to date. Local measures; the 84 days [K]. Rows are episodes."""

from typing import Final

from .columns import Columns, Rule, Rules

REVIEW_DAYS: Final = 84
"""A review is up to date if it lies in the 84 days to `as_of`, that day included. [K]"""


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
