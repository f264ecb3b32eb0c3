"""Setting and withdrawing targets: words about what a measure should reach, which change no figure."""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from domain.contract_life.targets import (
    ColourRule,
    Comparator,
    Goal,
    TargetScale,
    TargetSet,
    TargetWithdrawn,
    target_stream,
    target_words,
)
from domain.errors import Refused
from domain.measures.registry import Measure
from domain.periods import Period
from domain.register import Register
from projections.performance.targets import Target, Targets, Whose
from web.commands.commit import event_fields, next_number

REFUSALS: Final = {
    "target-of-count": "A target is set of a count, which has no better side.",
    "target-of-immature": "A target is set of re-presentations whose six months have not passed.",
    "target-period-empty": "The last day of the target lies before its first.",
    "target-in-future": "The target would be agreed, or withdrawn, after today.",
    "target-impossible": "What is to be reached is no percentage.",
    "target-decimals": "A percentage has more than four decimals.",
    "target-range-empty": "The low end of a range lies above its high end.",
    "target-baseline-unnamed": "A change does not say on which baseline.",
    "target-colours": "The bounds of green and amber do not fit.",
    "target-comparator-unnamed": "The comparator's figures are nobody's.",
    "target-words-too-long": "A name or a source is too long.",
    "target-words-unreadable": "A name or a source has signs that cannot be printed.",
    "target-unknown": "There is no target with this number.",
    "target-withdrawn": "The target is withdrawn already.",
    "target-not-yet-agreed": "The target would be withdrawn before it was agreed.",
}
"""Why a target is not set or withdrawn, by code; nothing is stored then."""


@dataclass(frozen=True, slots=True)
class TargetDecision:
    """Who decides on a target, in which role; `on` is the day on which it was agreed or withdrawn."""

    actor: str
    role: str
    on: date
    today: date

    def fields(self, number: int, version: int) -> dict[str, Any]:
        """What every event of a target says of it.

        Raises:
            Refused: its day has not come.
        """
        if self.on > self.today:
            raise Refused("target-in-future", f"{self.on} lies after today, {self.today}.")
        return event_fields(target_stream(number), version, number, self.on, self.actor, self.role)


def goal_put(
    *,
    level: Decimal | None,
    between: tuple[Decimal, Decimal] | None,
    relative: Decimal | None,
    points: Decimal | None,
    baseline: Decimal | None,
    baseline_words: str,
) -> Goal:
    """A goal by the one way in which it was put; the last two on a baseline, the first two without.

    Raises:
        Refused: it is no percentage, or a change on what has no name.
    """
    if level is not None:
        return Goal.level(level)
    if between is not None:
        return Goal.range(*between)
    scale, change = (TargetScale.POINTS, points) if relative is None else (TargetScale.RELATIVE, relative)
    return Goal.changed(baseline or Decimal(0), target_words(baseline_words), change or Decimal(0), scale)


def set_target(
    register: Register,
    measure: Measure,
    whose: Whose,
    period: Period,
    goal: Goal,
    decision: TargetDecision,
    *,
    colours: ColourRule | None = None,
    comparator: Comparator | None = None,
    source: str = "",
) -> Target:
    """Store a target that was agreed. As known before this day, an earlier one stays what it was.

    Raises:
        Refused: the measure takes none, the days or the numbers do not fit, or the day of agreement has not come.
    """
    with register.recording() as recording:
        number = next_number(recording, TargetSet)
        event = target_event(
            number, measure, whose, period, goal, decision, colours=colours, comparator=comparator, source=source
        )
        return next(iter(Targets(recording.append([event]))))


def target_event(
    number: int,
    measure: Measure,
    whose: Whose,
    period: Period,
    goal: Goal,
    decision: TargetDecision,
    *,
    colours: ColourRule | None = None,
    comparator: Comparator | None = None,
    source: str = "",
) -> TargetSet:
    """The event that sets a target, for whoever stores it with more; raises as `set_target`."""
    _check(measure, period)
    rule = (colours or ColourRule()).checked()
    return TargetSet(
        **decision.fields(number, version=1),
        measure=measure.code,
        area=whose.area,
        agency=whose.agency,
        first_day=period.first_day,
        last_day=period.last_day,
        **asdict(goal) | {"baseline_words": target_words(goal.baseline_words)},
        **asdict(rule),
        **_compared(comparator),
        source=target_words(source),
    )


def withdraw_target(register: Register, number: int, decision: TargetDecision, reason: str = "") -> Target:
    """Say that a target counts no more, for any day; as known before, it did.

    Raises:
        Refused: there is none, it is withdrawn already, or the day does not fit.
    """
    reason = target_words(reason)
    with register.recording() as recording:
        stream = target_stream(number)
        recorded = recording.read_streams([stream]).get(stream, [])
        target = next(iter(Targets(recorded)), None)
        event = withdrawal_event(target, number, decision, reason)
        return next(iter(Targets([*recorded, *recording.append([event])])))


def withdrawal_event(target: Target | None, number: int, decision: TargetDecision, reason: str = "") -> TargetWithdrawn:
    """The event that lets a target count no more, for whoever stores it with more; raises as `withdraw_target`."""
    _check_withdrawal(target, number, decision)
    return TargetWithdrawn(**decision.fields(number, version=2), reason=reason)


def _check(measure: Measure, period: Period) -> None:
    if measure.polarity is None or measure.kind == "count":
        raise Refused("target-of-count", f"{measure.code} is a count, and has no better side to set a target on.")
    if measure.immature:
        lagged = measure.code.removesuffix("u")
        raise Refused(
            "target-of-immature",
            f"{measure.code} takes no target: six months have not passed for all of its people. Set one of {lagged}.",
        )
    if period.last_day < period.first_day:
        raise Refused(
            "target-period-empty", f"The target would end on {period.last_day}, before it begins on {period.first_day}."
        )


def _check_withdrawal(target: Target | None, number: int, decision: TargetDecision) -> None:
    if target is None:
        raise Refused("target-unknown", f"There is no target {number}. 'recount target list' names them.")
    if target.withdrawn_on:
        raise Refused("target-withdrawn", f"Target {number} was withdrawn on {target.withdrawn_on} already.")
    if decision.on < target.agreed_on:
        raise Refused(
            "target-not-yet-agreed", f"Target {number} was agreed on {target.agreed_on}, after {decision.on}."
        )


def _compared(comparator: Comparator | None) -> dict[str, Any]:
    if comparator is None:
        return {}
    checked = comparator.checked()
    return {
        "comparator_low": checked.low,
        "comparator_high": checked.high,
        "comparator_words": target_words(checked.words),
    }
