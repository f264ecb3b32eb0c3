"""Early unplanned exits and effective treatment.

Local measures over the journeys that started in the year before the last 84 days. [K]
"""

from typing import Final

from ..codes import EXIT_KINDS, ExitKind
from .columns import Columns, Rule, Rules

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
