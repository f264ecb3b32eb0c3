"""Action plans: which there are, and where each stood on a day."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from domain.improvement.action_plan import PLAN_EVENTS, PlanEvent
from domain.improvement.action_plan_fold import ActionPlan, folded
from domain.log.mapper import JsonMapper
from domain.log.reading import Recorded

from .streams import recorded_by_number


@dataclass(frozen=True, slots=True)
class RecordedPlan:
    """A plan, with everything that was said of it."""

    plan: ActionPlan
    recorded: tuple[Recorded, ...]


class ActionPlans:
    """All plans that were ever drafted, by number."""

    def __init__(self, recorded: dict[int, tuple[Recorded, ...]]) -> None:
        self._recorded = recorded
        self.plans = {number: RecordedPlan(folded(_events(its)), its) for number, its in recorded.items()}

    @classmethod
    def load(cls, connection: sa.Connection, mapper: JsonMapper) -> "ActionPlans":
        """Those in the log."""
        return cls(recorded_by_number(connection, mapper, PLAN_EVENTS))

    def plan(self, number: int) -> RecordedPlan | None:
        """The plan with this number."""
        return self.plans.get(number)

    def as_known(self, known_at: date | None) -> "ActionPlans":
        """What had been said by a day; all of it for None."""
        if known_at is None:
            return self
        by_then = {
            number: tuple(one for one in its if one.event.occurred_on <= known_at)
            for number, its in self._recorded.items()
        }
        return ActionPlans({number: its for number, its in by_then.items() if its})

    @property
    def next_number(self) -> int:
        """The number of the next plan."""
        return max(self.plans, default=0) + 1

    def about(self, measure: str) -> list[ActionPlan]:
        """The plans that are about or linked to a measure, the newest first."""
        its = [one.plan for one in self.plans.values() if measure in one.plan.terms.measures]
        return sorted(its, key=lambda plan: plan.number, reverse=True)


def _events(recorded: tuple[Recorded, ...]) -> list[PlanEvent]:
    events = [one.event for one in recorded]
    assert all(isinstance(event, PlanEvent) for event in events)
    return events  # type: ignore[return-value]
