"""Waiting for structured treatment. Local measures; windows and the three weeks [K]."""

from typing import Final

from ..periods import NEVER
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
