"""Completions needed: what it takes to meet a target as the figure will be published at the target's last day.

The cohort is that of the deadline, not today's (`at_deadline`): the window moves, and for PHOF it ends six months
before the deadline: that is the last day on which a completion is of use. Two assumptions are said beside every number:
nobody new starts and nobody who completed comes back; and, as a range, as many start as in the last twelve months.

All is whole numbers and exact fractions. Parts by hub, and of each hub by month, add up to the whole: a journey belongs
to one hub, that of its last discharge or of its open episode that started last.

For the re-presentations lower is better: there it is how many returns the target still leaves room for.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from domain.measures.families import COMPLETIONS, PHOF, RE_PRESENTATIONS
from domain.measures.registry import MEASURES, Measure
from domain.periods import Period
from domain.standpoint import Standpoint
from projections.performance.breakdown import in_whole_people
from projections.performance.colours.conditions import HIGHER
from projections.performance.colours.rag import WHY_UNRATED, Unrated, fewest_of, most_of
from projections.performance.targets import Target
from projections.standings.engine import Figure
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice

from .at_deadline import ReadClients
from .people import PACE_MONTHS, START_MONTHS, People, at_pace, known_in, of_returns
from .sharing import by_month, days_in, months_of, share_out

NEEDED_OF: Final = tuple(
    measure for measure in MEASURES if measure.family in {PHOF, COMPLETIONS, RE_PRESENTATIONS} and not measure.immature
)
"""The measures that completions decide; of the others it is not asked."""


class Course(StrEnum):
    """Whether a target will be met, as far as it can be said today."""

    ON_COURSE = "on course"
    AT_RISK = "at risk"
    NOT_ANY_MORE = "cannot now be met"


COURSE_RULES: Final[Mapping[str, Mapping[Course, str]]] = {
    "completions": {
        Course.ON_COURSE: (
            f"The pace of the last {PACE_MONTHS} months brings at least the completions that are needed by the last "
            f"useful day, also if as many people start as in the last {START_MONTHS} months."
        ),
        Course.AT_RISK: (f"It can be met, but not at the pace of the last {PACE_MONTHS} months."),
        Course.NOT_ANY_MORE: (
            "Even if everybody now in treatment who could still count completes by the last useful day, nobody comes "
            "back and nobody new starts, the figure misses the target."
        ),
    },
    "returns": {
        Course.ON_COURSE: (
            "If those who could still come back do so as often as in the latest figure, the target is met."
        ),
        Course.AT_RISK: (
            "If those who could still come back do so as often as in the latest figure, the target is missed."
        ),
        Course.NOT_ANY_MORE: (
            "Even if nobody else comes back, and everybody now in treatment who could still count completes by the "
            "last useful day, the figure misses the target."
        ),
    },
}
"""The rule of each state, by what is needed; `_course_of_completions` and `_course_of_returns` are these sentences."""


@dataclass(frozen=True, slots=True)
class HubNeed:
    """A hub's part of what is needed.

    `cohort` are its people in the figure of the deadline, `counted` those of them who count already. `wanted` is its
    part, in whole people, of how many the whole is to have (of returns: may have at most). `to_go` is its part of the
    completions needed (of returns: of the room that is left), `months` the same by month. `could_count` are those in
    treatment who could still count, `may_change` those counted who could still be lost by a return (of returns: who
    could still come back), `recent` its completions of the last `PACE_MONTHS` months.
    """

    agency: str
    cohort: int
    counted: int
    wanted: int
    to_go: int
    could_count: int
    may_change: int
    recent: int
    months: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class WindowMoves:
    """How today's cohort becomes that of the deadline: who leaves and enters, and how many of either count."""

    leaving: int
    leaving_counted: int
    entering: int
    entering_counted: int


@dataclass(frozen=True, slots=True)
class Need:
    """What it takes to meet a target at its last day, the `deadline`; see the module.

    `window` is the measure's at the deadline. `useful` are the days on which a completion still counts in it, None
    once there are none. The counts are those of `HubNeed`, and the hubs add up to them. `starts` are the people who
    would start and stand in the cohort at the pace of the last twelve months (of returns: the completions that would
    stand in it), `to_go_with_starts` what is needed (the room there is) then. `expected` are the completions (the
    returns) at the pace of late, None where that is not shown.
    """

    deadline: date
    window: Period
    useful: Period | None
    reached: Decimal
    of_returns: bool
    moves: WindowMoves
    cohort: int
    counted: int
    wanted: int
    to_go: int
    could_count: int
    may_change: int
    recent: int
    starts: int
    to_go_with_starts: int
    expected: Fraction | None
    course: Course | None
    months: tuple[Period, ...]
    hubs: tuple[HubNeed, ...]

    @property
    def rule(self) -> str:
        """The rule of its state, in words; empty without one."""
        return COURSE_RULES["returns" if self.of_returns else "completions"][self.course] if self.course else ""

    @property
    def useful_days(self) -> int:
        """How many days are left on which a completion counts."""
        return days_in(self.useful) if self.useful else 0

    @property
    def over(self) -> int:
        """By how many returns the target is exceeded already; 0 of completions."""
        return max(0, self.counted - self.wanted) if self.of_returns else 0


@dataclass(frozen=True, slots=True)
class CompletionsNeeded:
    """A figure with its target and what it takes to meet it; without `need` it says `why` there is none."""

    whole: Figure
    target: Target | None
    need: Need | None
    why: str = ""


WHY_NOT: Final = WHY_UNRATED | {
    Unrated.NO_TARGET: "No target was in force on that day, as known then, so nothing is needed to meet one.",
    Unrated.NOBODY: "Nobody will stand in the figure at the deadline, so there is nothing to meet.",
}
"""Why it is not said what is needed."""


def completions_needed(
    engine: StandingsEngine,
    read: ReadClients,
    measure: Measure,
    standpoint: Standpoint,
    slice_: Slice,
    target: Target | None,
) -> CompletionsNeeded:
    """What it takes to meet the target in force; `engine` holds at least `standings_needed` of the measure."""
    whole = engine.figure(measure, standpoint, slice_)
    if target is None:
        return CompletionsNeeded(whole, None, None, WHY_NOT[Unrated.NO_TARGET])
    if not whole.is_covered or whole.coverage.status == "incomplete":
        why = Unrated.INCOMPLETE if whole.is_covered else Unrated.NOT_COVERED
        return CompletionsNeeded(whole, target, None, WHY_NOT[why])
    people = People.of(engine, read, whole, target.terms.last_day)
    if not len(people.then) and not len(people.joining):
        return CompletionsNeeded(whole, target, None, WHY_NOT[Unrated.NOBODY])
    need = need_of(people, target.terms.edge(measure.polarity or HIGHER), whole)
    return CompletionsNeeded(whole, target, need)


# ---- counting


def need_of(people: People, reached: Decimal, whole: Figure) -> Need:
    """What it takes, of these people, to reach a percentage; `whole` is the figure of today."""
    returns = of_returns(people.measure)
    limit = most_of if returns else fewest_of
    cohort, counted = len(people.then), int(people.then.counted.sum())
    wanted = limit(cohort, reached)
    then, expected = limit(cohort + people.starts, reached), _expected(people, whole)
    months = () if returns or people.useful is None else months_of(people.useful)
    need = Need(
        deadline=people.deadline,
        window=people.window,
        useful=people.useful,
        reached=reached,
        of_returns=returns,
        moves=_moves(people),
        cohort=cohort,
        counted=counted,
        wanted=wanted,
        to_go=max(0, wanted - counted),
        could_count=int(people.could_count.sum()) + len(people.joining),
        may_change=int(people.may_change.sum()),
        recent=len(people.recent),
        starts=people.starts,
        to_go_with_starts=max(0, then - counted),
        expected=expected,
        course=None,
        months=months,
        hubs=(),
    )
    course = _course_of_returns(need, expected, people) if returns else _course_of_completions(need, expected)
    return replace(need, course=course, hubs=_hubs(people, need))


def _expected(people: People, whole: Figure) -> Fraction:
    """The completions at the pace of late; of returns, those of who could still come back at the latest rate."""
    if not of_returns(people.measure):
        days = days_in(people.useful) if people.useful else 0
        return at_pace(len(people.recent), people.as_of, PACE_MONTHS, days)
    rate = Fraction(whole.numerator, whole.denominator) if whole.denominator else Fraction(0)
    return rate * int(people.may_change.sum())


def _course_of_completions(need: Need, expected: Fraction) -> Course:
    if need.to_go > need.could_count:
        return Course.NOT_ANY_MORE
    return Course.ON_COURSE if expected >= need.to_go_with_starts else Course.AT_RISK


def _course_of_returns(need: Need, expected: Fraction, people: People) -> Course:
    """Completing once more takes the place of an earlier completion, so who came back and is in treatment may be made
    good by it; everybody else who completes makes the cohort larger.
    """
    made_good = int((people.then.counted & people.open).sum()) if people.useful else 0
    if need.counted - made_good > most_of(need.cohort + len(people.joining), need.reached):
        return Course.NOT_ANY_MORE
    return Course.ON_COURSE if need.counted + expected <= need.wanted else Course.AT_RISK


def _moves(people: People) -> WindowMoves:
    then, now = people.then, people.now
    leaving, entering = ~known_in(now, then), ~known_in(then, now)
    return WindowMoves(
        int(leaving.sum()),
        int((leaving & now.counted).sum()),
        int(entering.sum()),
        int((entering & then.counted).sum()),
    )


# ---- by hub and by month


def _hubs(people: People, need: Need) -> tuple[HubNeed, ...]:
    then = people.then
    cohort = Counter(then.by_owner())
    counted, may_change = (Counter(then.by_owner(chosen)) for chosen in (then.counted, people.may_change))
    could = Counter(then.by_owner(people.could_count)) + Counter(people.joining.by_owner())
    recent = Counter(people.recent.by_owner())
    hubs = sorted({*cohort, *could, *recent})
    exact = [Fraction(need.reached) * cohort[hub] / 100 for hub in hubs]
    wanted = in_whole_people(exact, need.wanted)
    behind = [max(0, quota - counted[hub]) for hub, quota in zip(hubs, wanted, strict=True)]
    most = [may_change[hub] if need.of_returns else could[hub] for hub in hubs]
    to_go = share_out(need.to_go, behind, most)
    months = by_month(to_go, [days_in(month) for month in need.months])
    return tuple(
        HubNeed(hub, cohort[hub], counted[hub], quota, part, could[hub], may_change[hub], recent[hub], row)
        for hub, quota, part, row in zip(hubs, wanted, to_go, months, strict=True)
    )
