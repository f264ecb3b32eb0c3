"""Colour rules: by which rule a figure beside its target is green, amber or red, as data that was agreed on a day.

A rule is of a contract (every KPI) or of one KPI, of everybody or of one agency, and colours figures whose `as_of` is
on its first day or later, until the next rule of the same KPI and agency begins. It is a stream of its own, told apart
by its number; saying it again with other terms is a new version. It brings no knowledge and changes no figure:
`occurred_on` is the day on which it was agreed, changed or withdrawn, and a scorecard as known on a day is coloured by
what had been agreed by then. Distances are exact decimals, in points or in percent of the target.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Final, NamedTuple
from uuid import UUID, uuid5

import msgspec

from domain.errors import Refused
from domain.log.mapper import Event

from .targets import MOST_DECIMALS, TargetScale, target_words

_RULES: Final = UUID("3e9f0c52-63a4-4f0e-9c9d-1d0f0f6b7a15")
"""Namespace of the rules' stream ids."""

THING: Final = "colour rule"
"""What the table of steps calls it."""
FURTHEST: Final = Decimal(100)
"""How far beyond a target green or amber may reach, in points or percent."""


class ConditionKind(StrEnum):
    """A question beside the distance from the target; see `projections.performance.colours.conditions`."""

    NOT_IMPROVED = "not improved on last year"
    IMPROVED = "improved on last year"
    INTERVAL = "interval reaches the target"
    COMPARATOR = "worse than the comparator"


class Limit(StrEnum):
    """What a condition makes of a colour."""

    AT_BEST = "at best"
    AT_WORST = "at worst"


LIMITS: Final = {
    ConditionKind.NOT_IMPROVED: Limit.AT_BEST,
    ConditionKind.IMPROVED: Limit.AT_WORST,
    ConditionKind.INTERVAL: Limit.AT_WORST,
    ConditionKind.COMPARATOR: Limit.AT_BEST,
}
"""Whether the condition keeps a colour from being better than the condition's, or from being worse."""


class ConditionColour(StrEnum):
    """Which colour a condition gives: what is green needs no condition."""

    AMBER = "amber"
    RED = "red"


class Condition(msgspec.Struct, frozen=True):
    """Where `kind` holds, the colour is at best, or at worst, `colour` (`LIMITS` says which)."""

    kind: ConditionKind
    colour: ConditionColour


class DirectionBasis(StrEnum):
    """With what a rule compares a figure for its direction; the words that ask for it on a scorecard."""

    PREVIOUS = "previous"
    FIRST = "first"
    LAST_YEAR = "last-year"


class RuleTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule says. `amber_within` 0 is no amber; `direction` None leaves the basis to whoever reads."""

    name: str
    first_day: date
    measure: str | None = None
    agency: str | None = None
    scale: TargetScale = TargetScale.POINTS
    green_within: Decimal = Decimal(0)
    amber_within: Decimal = Decimal(0)
    conditions: tuple[Condition, ...] = ()
    direction: DirectionBasis | None = None
    source: str = ""

    @property
    def scope(self) -> "RuleScope":
        """Which figures it colours."""
        return RuleScope(self.measure, self.agency)

    def checked(self) -> "RuleTerms":
        """The terms, with their names as they are kept.

        Raises:
            Refused: there is no name, amber would end before green, or a condition stands twice or changes nothing.
        """
        name = target_words(self.name)
        if not name:
            raise Refused("rule-unnamed", "Give the rule a name, like 'Herefordshire’s': each colour names its rule.")
        _check_distances(self.green_within, self.amber_within)
        kinds = [one.kind for one in self.conditions]
        if twice := next((kind for kind in kinds if kinds.count(kind) > 1), None):
            raise Refused("rule-condition-twice", f"Of '{twice}' the rule says two things. Choose one of them.")
        for one in self.conditions:
            if LIMITS[one.kind] is Limit.AT_WORST and one.colour is ConditionColour.RED:
                raise Refused(
                    "rule-condition-idle", f"'{one.kind}' with red changes nothing: no colour is worse than red."
                )
        return msgspec.structs.replace(self, name=name, source=target_words(self.source))


class RuleScope(NamedTuple):
    """Of which KPI and of whose figures a rule is; None stands for all."""

    measure: str | None = None
    agency: str | None = None


NO_RULE: Final = RuleTerms(name="", first_day=date.min)
"""Where no rule was agreed: what reaches the target is green, and what misses it is red."""


class ColourRuleEvent(Event, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What all say: the rule's ordinal."""

    number: int


class ColourRuleSaid(ColourRuleEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The rule has these terms from this day on."""

    terms: RuleTerms


class ColourRuleAgreed(ColourRuleSaid, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A rule was agreed."""

    TOPIC: ClassVar[str] = "colour-rule.agreed.v1"


class ColourRuleChanged(ColourRuleSaid, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """It was agreed anew, with other terms; as known before this day, the earlier ones stand."""

    TOPIC: ClassVar[str] = "colour-rule.changed.v1"


class ColourRuleWithdrawn(ColourRuleEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """From this day on the rule is known not to count; as known before, it did."""

    TOPIC: ClassVar[str] = "colour-rule.withdrawn.v1"
    reason: str = ""


COLOUR_RULE_EVENTS: Final[tuple[type[ColourRuleEvent], ...]] = (
    ColourRuleAgreed,
    ColourRuleChanged,
    ColourRuleWithdrawn,
)


def colour_rule_stream(number: int) -> UUID:
    """The stream of the rule with this ordinal."""
    return uuid5(_RULES, str(number))


def check_alone(terms: RuleTerms, others: Iterable[RuleTerms]) -> None:
    """Of one KPI and agency no two rules begin on the same day.

    Raises:
        Refused: another rule that counts begins just there.
    """
    for other in others:
        if (other.scope, other.first_day) == (terms.scope, terms.first_day):
            raise Refused(
                "rule-twice",
                f"The rule “{other.name}” colours the same figures from {terms.first_day} already. Change that one, "
                "withdraw it first, or give another first day.",
            )


def _check_distances(green: Decimal, amber: Decimal) -> None:
    for distance in (green, amber):
        if not (distance.is_finite() and 0 <= distance <= FURTHEST):
            raise Refused(
                "rule-distance", f"{distance} is no distance: green and amber reach from 0 to 100 beyond the target."
            )
        if -int(distance.as_tuple().exponent) > MOST_DECIMALS:
            raise Refused("rule-distance", f"{distance} has more than {MOST_DECIMALS} decimals.")
    if amber and amber <= green:
        raise Refused(
            "rule-amber-before-green",
            f"Amber would end {amber} beyond the target, and green {green} beyond it: amber has to reach further.",
        )
