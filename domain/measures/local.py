"""Local measures: waiting for structured treatment; what has to be done on time (Treatment Outcomes Profiles, recovery
plans, risk assessments); early unplanned exits and effective treatment. Windows and limits are ours. [K]
"""

from typing import Final

from domain.codes import EXIT_KINDS, ExitKind
from domain.periods import NEVER

from .columns import Columns, Rule, Rules

WAIT_DAYS: Final = 21
"""A wait is short if it lasted at most 21 days. [K]"""


def offered(j: Columns) -> Rules:
    """Journeys whose first structured intervention started in the last 3 months; counted: offered within 21 days.

    From REFMODDT to FAOMODDT of that intervention; where one is missing it is not counted.
    """
    return Rules(
        cohort=_entered(j), counted=(Rule("offered within 21 days of referral to it", j.offer_wait <= WAIT_DAYS),)
    )


def started(j: Columns) -> Rules:
    """The same journeys; counted: started within 21 days of the referral (REFLD); without one not counted."""
    waited = j.started - j.referred
    return Rules(
        cohort=_entered(j),
        counted=(
            Rule("referral date known", j.referred < NEVER),
            Rule("started within 21 days of referral", waited <= WAIT_DAYS),
        ),
    )


def waiting(e: Columns) -> Rules:
    """Clients referred, but neither in structured treatment nor discharged by `as_of`; by their longest wait."""
    waits = (e.referred <= e.last_day) & (e.started > e.last_day) & e.open
    cohort = (
        Rule("not in structured treatment", e.started > e.last_day),
        Rule("not discharged", e.open),
        Rule("by the longest wait", e.longest_waiting(waits)),
    )
    return Rules(cohort=cohort, counted=cohort)


def _entered(j: Columns) -> tuple[Rule, ...]:
    return (Rule("first structured intervention in the window", j.entered_structured_inside),)


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


RETENTION_DAYS: Final = 84
"""Treatment is effective from day 84 (12 weeks) on; an exit up to day 84 is early. [V for 12 weeks, K for the day]"""

_EARLY_KINDS: Final = tuple(EXIT_KINDS.index(kind) for kind in (ExitKind.UNPLANNED, ExitKind.CUSTODY))


def early_exits(j: Columns) -> Rules:
    """Journeys started in the window; counted: ended unplanned (death apart) within 84 days."""
    unplanned = (j.kind == _EARLY_KINDS[0]) | (j.kind == _EARLY_KINDS[1])
    return Rules(
        cohort=_started(j),
        counted=(
            Rule("ended within 84 days", j.end - j.start <= RETENTION_DAYS),
            Rule("unplanned, death apart", unplanned),
        ),
    )


def effective(j: Columns) -> Rules:
    """Journeys started in the window; counted: retained 84 days, or completed successfully earlier."""
    return Rules(
        cohort=_started(j),
        counted=(Rule("retained 84 days or completed earlier", (j.end - j.start >= RETENTION_DAYS) | j.success),),
    )


def _started(j: Columns) -> tuple[Rule, ...]:
    return (Rule("started in the window", j.started_inside),)
