"""Agreeing, changing and withdrawing colour rules: words about how figures are coloured, which change no figure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from domain.contract_life.colour_rules import (
    THING,
    ColourRuleAgreed,
    ColourRuleChanged,
    ColourRuleEvent,
    ColourRuleWithdrawn,
    RuleTerms,
    check_alone,
    colour_rule_stream,
)
from domain.contract_life.targets import target_words
from domain.contract_life.transitions import NONE, check_version, next_state
from domain.errors import Refused
from domain.log.mapper import JsonMapper
from domain.measures.registry import MEASURE_OF
from domain.register import Recording, Register
from projections.performance.colours.colour_rules import AgreedRule, ColourRules
from projections.performance.entered import Entered
from projections.publication.published import cuts
from web.commands.agreement.parties import party_of
from web.commands.commit import event_fields, next_number

REFUSALS: Final = {
    "rule-unnamed": "The rule has no name.",
    "rule-distance": "A distance of green or amber is not from 0 to 100, or has more than four decimals.",
    "rule-amber-before-green": "Amber would end before green does.",
    "rule-condition-twice": "A condition stands twice in the rule.",
    "rule-condition-idle": "A condition changes no colour.",
    "rule-twice": "Two rules would colour the same figures from the same day.",
    "rule-of-unknown": "There is no such measure.",
    "rule-of-count": "The rule is for a measure that has no colour.",
    "rule-moved": "A change would give the rule to other figures.",
    "rule-in-future": "The rule would be agreed, changed or withdrawn after today.",
    "rule-out-of-order": "The rule would be changed or withdrawn before what was said of it last.",
    "rule-published": "A scorecard that was frozen would have other colours.",
    "rule-unchanged": "Nothing of the rule would change.",
    "rule-unknown": "There is no colour rule with this number.",
    "target-words-too-long": "A name or a source is too long.",
    "target-words-unreadable": "A name or a source has signs that cannot be printed.",
    "changed-meanwhile": "Somebody else changed the rule since it was read.",
    "step-not-yours": "The role may not take this step.",
    "step-not-now": "The rule is in a state in which nobody may take this step.",
}
"""Why a colour rule is not agreed, changed or withdrawn, by code; nothing is stored then."""


@dataclass(frozen=True, slots=True)
class RuleDecision:
    """Who decides on a rule, in which role; `on` is the day on which it was agreed, changed or withdrawn.

    Whoever has the machine's command line acts for the commissioner, and is named as what they are.
    """

    actor: str
    role: str
    on: date
    today: date

    def fields(self, number: int, version: int) -> dict[str, Any]:
        """What every event of a rule says of it.

        Raises:
            Refused: its day has not come.
        """
        if self.on > self.today:
            raise Refused("rule-in-future", f"{self.on} lies after today, {self.today}.")
        return event_fields(colour_rule_stream(number), version, number, self.on, self.actor, self.role)

    def state_after(self, step: str, state: str) -> str:
        """The state to which this one may bring a rule; raises Refused if they may not."""
        return next_state(THING, step, state, party_of(self.role))


def agree_rules(register: Register, rules: Sequence[tuple[RuleTerms, RuleDecision]]) -> list[AgreedRule]:
    """Store rules that were agreed, all of them or none. As known before its day, each colours nothing.

    Raises:
        Refused: the terms do not fit, alone or beside the other rules, or a day does not.
    """
    with register.recording() as recording:
        first = next_number(recording, ColourRuleAgreed)
        entered = Entered.load(recording.connection, register.mapper)
        standing = [rule.terms for rule in _all(recording, register.mapper) if not rule.withdrawn]
        events: list[ColourRuleEvent] = []
        for number, (terms, decision) in enumerate(rules, first):
            decision.state_after("agree", NONE)
            checked = _checked(terms, entered)
            check_alone(checked, standing)
            _check_published(recording, register.mapper, decision.on, checked.first_day)
            events.append(ColourRuleAgreed(**decision.fields(number, version=1), terms=checked))
            standing.append(checked)
        return list(ColourRules(recording.append(events)))


def agree_rule(register: Register, terms: RuleTerms, decision: RuleDecision) -> AgreedRule:
    """Store one rule; raises as `agree_rules`."""
    [rule] = agree_rules(register, [(terms, decision)])
    return rule


def change_rule(
    register: Register, number: int, terms: RuleTerms, decision: RuleDecision, seen: int | None = None
) -> AgreedRule:
    """Agree a rule anew, with other terms for the same figures; `seen` is the version from which they were written.

    Raises:
        ChangedMeanwhile: somebody else changed it since.
        Refused: there is none, it is withdrawn, the terms do not fit, or the day does not.
    """
    with register.recording() as recording:
        rule = _one(recording, number)
        decision.state_after("change", rule.state)
        check_version(THING, seen, rule.version)
        checked = _checked(terms, Entered.load(recording.connection, register.mapper))
        if checked.scope != rule.terms.scope:
            raise Refused(
                "rule-moved", "A change keeps the rule's KPI and agency. Agree another rule for other figures."
            )
        if checked == rule.terms:
            raise Refused("rule-unchanged", "The rule is just so already. Nothing was stored.")
        others = (one for one in _all(recording, register.mapper) if not one.withdrawn and one.number != number)
        check_alone(checked, [one.terms for one in others])
        _check_day(recording, register.mapper, rule, decision, checked)
        event = ColourRuleChanged(**decision.fields(number, rule.version + 1), terms=checked)
        return AgreedRule((*rule.recorded, *recording.append([event])))


def withdraw_rule(
    register: Register, number: int, decision: RuleDecision, reason: str = "", seen: int | None = None
) -> AgreedRule:
    """Say that a rule counts no more, for any figure; as known before, it did.

    Raises:
        ChangedMeanwhile: somebody else changed it since `seen`.
        Refused: there is none, it is withdrawn already, or the day does not fit.
    """
    reason = target_words(reason)
    with register.recording() as recording:
        rule = _one(recording, number)
        decision.state_after("withdraw", rule.state)
        check_version(THING, seen, rule.version)
        _check_day(recording, register.mapper, rule, decision, rule.terms)
        event = ColourRuleWithdrawn(**decision.fields(number, rule.version + 1), reason=reason)
        return AgreedRule((*rule.recorded, *recording.append([event])))


def check_terms(terms: RuleTerms, entered: Entered) -> RuleTerms:
    """The terms as they would be kept, of a rule that is only tried; raises Refused."""
    return _checked(terms, entered)


def _checked(terms: RuleTerms, entered: Entered) -> RuleTerms:
    """`entered` has the KPIs that are entered by hand, which may have a rule of their own, too."""
    checked = terms.checked()
    if checked.measure is None:
        return checked
    kpi = entered.coded(checked.measure)
    measure = MEASURE_OF.get(checked.measure) or (kpi.measure if kpi else None)
    if measure is None:
        raise Refused("rule-of-unknown", "There is no such measure. Write a KPI's code, like 4.0.")
    if measure.polarity is None or measure.kind == "count" or measure.immature:
        raise Refused(
            "rule-of-count", f"{measure.code} has no target, and so no colour. Name a KPI that is held against one."
        )
    return checked


def _all(recording: Recording, mapper: JsonMapper) -> ColourRules:
    return ColourRules.load(recording.connection, mapper)


def _one(recording: Recording, number: int) -> AgreedRule:
    stream = colour_rule_stream(number)
    recorded = recording.read_streams([stream]).get(stream)
    if not recorded:
        raise Refused("rule-unknown", f"There is no colour rule {number}. 'recount colour-rule list' names them.")
    return AgreedRule(tuple(recorded))


def _check_day(
    recording: Recording, mapper: JsonMapper, rule: AgreedRule, decision: RuleDecision, terms: RuleTerms
) -> None:
    last = rule.newest.event.occurred_on
    if decision.on < last:
        raise Refused("rule-out-of-order", f"Something was agreed of the rule on {last}, after {decision.on}.")
    _check_published(recording, mapper, decision.on, min(terms.first_day, rule.terms.first_day))


def _check_published(recording: Recording, mapper: JsonMapper, on: date, first_day: date) -> None:
    """What was frozen keeps its colours: nothing is agreed on a day by which a frozen scorecard already spoke."""
    for cut in cuts(recording.connection, mapper):
        seen = cut.standpoint
        if seen.known_at and seen.known_at >= on and seen.as_of >= first_day:
            raise Refused(
                "rule-published",
                f"The scorecard “{cut.title}” was frozen as known on {seen.known_at}. A rule agreed on {on} would give "
                "it other colours. Give a day after that, or a later first day.",
            )
