"""Colour rules: what was agreed of which KPIs, in which words, by whom and when; every version stays readable."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from domain.contract_life.colour_rules import ColourRuleSaid, DirectionBasis, RuleTerms
from domain.contract_life.targets import TargetScale
from domain.log.reading import Recorded
from projections.performance.colours.colour_rules import AgreedRule, ColourRules
from projections.performance.colours.colouring import RuleInForce, RuleOrigin, rule_words
from projections.standings.slices import Slice
from web.auth.viewer import NotOwn, Viewer, unchanged
from web.queries.contract_life.targets import exact
from web.queries.result import Moment, Result
from web.snapshot import Snapshot, snapshot_cache


class RuleBeside(Result, frozen=True):
    """The rule that decided a colour. `number` is that of a colour rule, null of a target's own and of none."""

    origin: RuleOrigin
    number: int | None
    name: str
    agreed_on: date | None
    words: str
    sentence: str

    @property
    def brief(self) -> str:
        """By its name alone."""
        return self.name or "none agreed"


class RuleCondition(Result, frozen=True):
    """Where `when` holds, the colour is at best, or at worst, `colour`."""

    when: str
    colour: str


class RuleTermsResult(Result, frozen=True):
    """What a colour rule says. Distances are text, exact as they were agreed; `words` are the whole in words."""

    name: str
    first_day: date
    measure: str | None
    agency: str | None
    scale: TargetScale
    green_within: str
    amber_within: str
    conditions: list[RuleCondition]
    direction: DirectionBasis | None
    source: str
    words: str


class RuleStep(Result, frozen=True):
    """A step of a colour rule: agreed, changed or withdrawn, on a day, by whom; `terms` are those from then on."""

    step: str
    version: int
    on: date
    recorded_at: Moment
    actor: str
    role: str
    log_position: int
    reason: str
    terms: RuleTermsResult | None


class ColourRuleResult(Result, frozen=True):
    """A colour rule as it stands, with every step that led there, the oldest first."""

    number: int
    version: int
    state: str
    terms: RuleTermsResult
    steps: list[RuleStep]

    @property
    def agreed_on(self) -> date:
        """The day on which its newest terms were agreed."""
        return next(step.on for step in reversed(self.steps) if step.terms)


class ColourRulesResult(Result, frozen=True):
    """Colour rules, the oldest first."""

    rules: list[ColourRuleResult]


@dataclass(frozen=True, slots=True)
class ColourRulesQuery:
    """The rules that stand, or with `withdrawn` every rule that was ever agreed."""

    withdrawn: bool = True


def colour_rules(snapshot: Snapshot, viewer: Viewer, query: ColourRulesQuery) -> ColourRulesResult:
    """The rules; a provider sees those of its agencies and of everybody."""
    agreed = viewer.redacted(all_rules(snapshot), unchanged)
    visible = (rule for rule in agreed if viewer.may_ask_for(Slice(agency=rule.terms.agency)))
    return ColourRulesResult([rule_result(rule) for rule in visible if query.withdrawn or not rule.withdrawn])


def colour_rule(snapshot: Snapshot, viewer: Viewer, number: int) -> ColourRuleResult | None:
    """The rule with this number; None if there is none.

    Raises:
        NotOwn: it is for another agency of a provider.
    """
    rule = next((one for one in viewer.redacted(all_rules(snapshot), unchanged) if one.number == number), None)
    if rule is None:
        return None
    if not viewer.may_ask_for(Slice(agency=rule.terms.agency)):
        raise NotOwn(f"colour rule {number}")
    return rule_result(rule)


@snapshot_cache()
def all_rules(snapshot: Snapshot) -> ColourRules:
    """All rules that were ever agreed, for other queries."""
    return ColourRules.load(snapshot.connection, snapshot.mapper)


def rule_beside(rule: RuleInForce) -> RuleBeside:
    """The rule of a colour, as a line of a scorecard has it."""
    name = rule.terms.name
    return RuleBeside(rule.origin, rule.number, name, rule.agreed_on, rule_words(rule.terms), rule.sentence)


def rule_result(rule: AgreedRule) -> ColourRuleResult:
    """COLOUR_RULE of the JSON reference."""
    return ColourRuleResult(rule.number, rule.version, rule.state, terms_result(rule.terms), list(_steps(rule)))


def terms_result(terms: RuleTerms) -> RuleTermsResult:
    """The terms of a rule, agreed or only tried."""
    return RuleTermsResult(
        terms.name,
        terms.first_day,
        terms.measure,
        terms.agency,
        terms.scale,
        exact(terms.green_within),
        exact(terms.amber_within),
        [RuleCondition(str(one.kind), str(one.colour)) for one in terms.conditions],
        terms.direction,
        terms.source,
        rule_words(terms),
    )


def _steps(rule: AgreedRule) -> Iterator[RuleStep]:
    for place, recorded in enumerate(rule.recorded):
        event = recorded.event
        if isinstance(event, ColourRuleSaid):
            yield _step(recorded, "changed" if place else "agreed", "", terms_result(event.terms))
        else:
            yield _step(recorded, "withdrawn", rule.reason, None)


def _step(recorded: Recorded, step: str, reason: str, terms: RuleTermsResult | None) -> RuleStep:
    event, at = recorded.event, recorded.recorded_at.isoformat()
    position = recorded.position
    return RuleStep(
        step, event.originator_version, event.occurred_on, at, event.actor, event.role, position, reason, terms
    )
