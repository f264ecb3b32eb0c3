"""Local measures of what treatment is for beside drugs and alcohol: blood-borne viruses, a home, and paid work.

Windows are ours. [K] Which codes say so are lists of the definition; how an episode's columns and a TOP's answers are
read is told in `domain.history`.
"""

import numpy as np

from ..history import FAVOURABLE, IMMUNE, OFFERED, UNSAID
from .calendar import Days
from .columns import Columns, Rule, Rules

RECORDED, NOTHING_RECORDED = 0, 1
"""The parts of a cohort: something is filled in, or nothing is, so that nobody knows."""


def hepatitis_b(j: Columns) -> Rules:
    """Journeys started in the last 12 months, but of those who are immune already; counted: a vaccination was offered.

    HEPBVAC and HEPBSTAT have no day of their own: they count from triage, as the newest file says. Where both are empty
    the journey is not counted, and stands apart as one of which nothing is recorded.
    """
    return Rules(
        cohort=(
            Rule("started in the window", j.started_inside),
            Rule("not immune to hepatitis B", j.hepatitis_b != IMMUNE),
        ),
        counted=(Rule("offered a hepatitis B vaccination", j.hepatitis_b == OFFERED),),
    )


def hepatitis_c(j: Columns) -> Rules:
    """Journeys started in the last 12 months; counted: tested for hepatitis C by `as_of`.

    By HEPCTSTD, also where that lies before the journey; a test after `as_of` is not seen. Where HEPCTD says that there
    was one, and no day is given, it counts from triage. Who ever injected the file does not say, so all are asked.
    """
    return Rules(
        cohort=(Rule("started in the window", j.started_inside),),
        counted=(Rule("tested for hepatitis C", j.hepatitis_c_on <= j.last_day),),
    )


def housing(j: Columns) -> Rules:
    """Journeys ended in the last 3 months in success, with an exit TOP on time that answers what it asks of housing;
    counted: neither an acute housing problem nor a risk of eviction.

    ACUTHPBM and HRISK of the first such TOP; a risk alone is a problem by a parameter of the definition.
    """
    return Rules(
        cohort=(*_exit(j), Rule("exit TOP on time tells of housing", j.housing_on <= j.last_day)),
        counted=(Rule("no housing problem", j.housing == FAVOURABLE),),
    )


def paid_work(j: Columns) -> Rules:
    """Journeys ended in the last 3 months in success, with an exit TOP on time that answers what it asks of paid work;
    counted: a day of it or more in the 28 days before.

    PWORK of the first such TOP; how many days are work is a parameter of the definition.
    """
    return Rules(
        cohort=(*_exit(j), Rule("exit TOP on time tells of paid work", j.work_on <= j.last_day)),
        counted=(Rule("in paid work", j.work == FAVOURABLE),),
    )


def hepatitis_b_recorded(j: Columns) -> Days:
    """Whether HEPBVAC or HEPBSTAT is filled in, as a part."""
    return np.where(j.hepatitis_b == UNSAID, NOTHING_RECORDED, RECORDED)


def hepatitis_c_recorded(j: Columns) -> Days:
    """Whether HEPCTSTD, HEPCSTAT or HEPCTD is filled in, as a part."""
    return np.where(j.hepatitis_c_said, RECORDED, NOTHING_RECORDED)


def _exit(j: Columns) -> tuple[Rule, Rule]:
    return Rule("ended in the window", j.ended_inside), Rule("owes an exit TOP", j.owes_exit_top)
