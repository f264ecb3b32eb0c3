"""What a change of a contract does to its targets, for any days: before it nothing, after it what was agreed last."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from domain.contract_life.kpi_lines.goals import TargetStep
from domain.contract_life.kpi_lines.line import KpiLine
from domain.contract_life.targets import Goal, TargetSet, TargetWithdrawn, target_stream
from domain.log.reading import Recorded
from domain.measures.registry import measure_named
from domain.standpoint import Standpoint
from projections.performance.schedules import TargetChange, ended_on, target_change
from projections.performance.targets import Targets
from projections.standings.slices import Slice

FIRST = date(2015, 12, 1)
DAYS = 60
OPIATE = measure_named("4.0")


@dataclass
class Story:
    """The targets of one line, change by change; each change is agreed a day after the one before it."""

    line: KpiLine = field(default_factory=lambda: KpiLine(code="4.0", wording="A", measure="4.0", polarity="higher"))
    recorded: list[Recorded] = field(default_factory=list)
    changes: int = 0
    numbers: int = 0

    @property
    def targets(self) -> Targets:
        return Targets(self.recorded)

    @property
    def day(self) -> date:
        """On which the newest change was agreed."""
        return FIRST + timedelta(days=self.changes)

    def write(self, steps: Sequence[TargetStep]) -> None:
        after = msgspec.structs.replace(self.line, steps=tuple(steps))
        self.apply(target_change(self.line, after, [one for one in self.targets if one.withdrawn is None]))
        self.line = after

    def end(self, last_day: date) -> None:
        self.apply(ended_on(last_day, [one for one in self.targets if one.withdrawn is None]))

    def apply(self, change: TargetChange) -> None:
        self.changes += 1
        for one in change.withdrawn:
            self._record(TargetWithdrawn(**self._fields(one.number, 2)))
        for shortened in change.shortened:
            self.numbers += 1
            said = shortened.target.terms
            self._record(msgspec.structs.replace(said, **self._fields(self.numbers, 1), last_day=shortened.last_day))
        for step in change.set:
            self.numbers += 1
            goal = step.goal
            self._record(
                TargetSet(
                    **self._fields(self.numbers, 1), measure="4.0", first_day=step.first_day, last_day=step.last_day,
                    kind=goal.kind, low=goal.low, high=goal.high,
                )
            )  # fmt: skip

    def _fields(self, number: int, version: int) -> dict[str, object]:
        return {
            "originator_id": target_stream(number), "originator_version": version, "occurred_on": self.day,
            "actor": "ann", "role": "commissioner", "number": number,
        }  # fmt: skip

    def _record(self, event: TargetSet | TargetWithdrawn) -> None:
        self.recorded.append(Recorded(len(self.recorded) + 1, datetime(2026, 1, 5, tzinfo=UTC), event))

    def in_force(self, known_at: date) -> list[Decimal | None]:
        """What is to be reached on each day, as known on one."""
        targets = self.targets
        found = (targets.in_force(OPIATE, Slice(), Standpoint(day, known_at, 0)) for day in calendar())
        return [one.terms.low if one else None for one in found]


def calendar() -> list[date]:
    return [FIRST + timedelta(days=day) for day in range(DAYS)]


@st.composite
def steps(draw: st.DrawFn) -> list[TargetStep]:
    """A trajectory within the days, perhaps with days between its steps."""
    edges = sorted(draw(st.sets(st.integers(0, DAYS - 1), min_size=2, max_size=6)))
    lows = sorted(draw(st.lists(st.integers(1, 99), min_size=len(edges), max_size=len(edges))))
    pairs = list(pairwise(edges))[:: draw(st.sampled_from([1, 2]))]
    return [
        TargetStep.put(FIRST + timedelta(days=a), FIRST + timedelta(days=b - 1), Goal.level(Decimal(low)))
        for (a, b), low in zip(pairs, lows, strict=False)
    ]


@given(st.lists(steps(), min_size=1, max_size=4), st.integers(0, DAYS - 1))
def test_a_change_follows_what_it_does_not_touch_and_alters_nothing_before(
    trajectories: list[list[TargetStep]], last: int
) -> None:
    story = Story()
    expected: list[Decimal | None] = [None] * DAYS
    known = [(FIRST, expected)]
    for trajectory in trajectories:
        if tuple(trajectory) == story.line.steps:
            continue
        story.write(trajectory)
        begins = (trajectory[0].first_day - FIRST).days
        expected = [
            expected[day] if day < begins else _asked(trajectory, FIRST + timedelta(days=day)) for day in range(DAYS)
        ]
        known.append((story.day, expected))
    story.end(FIRST + timedelta(days=last))
    known.append((story.day, [low if day <= last else None for day, low in enumerate(expected)]))
    for known_at, reached in known:
        assert story.in_force(known_at) == reached


def _asked(trajectory: Sequence[TargetStep], day: date) -> Decimal | None:
    return next((step.low for step in trajectory if step.first_day <= day <= step.last_day), None)
