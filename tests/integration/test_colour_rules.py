"""Agreeing, changing and withdrawing colour rules, on both databases: what is stored, and what is refused."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from domain.contract_life.colour_rules import Condition, ConditionColour, ConditionKind, RuleTerms
from domain.contract_life.publication import CutPublished, cut_stream
from domain.errors import ChangedMeanwhile, Refused
from domain.event_types import EVENT_TYPES
from domain.log.database import reading
from domain.measures.registry import measure_named
from domain.register import Register
from projections.performance.colours.colour_rules import AgreedRule, ColourRules
from projections.standings.slices import Slice
from tests.conftest import Clock
from web.commands.agreement.colour_rules import (
    REFUSALS,
    RuleDecision,
    agree_rule,
    agree_rules,
    change_rule,
    withdraw_rule,
)

TODAY, APRIL, JUNE = date(2026, 1, 5), date(2017, 4, 10), date(2017, 6, 1)
JULY, SEEN = date(2017, 7, 31), date(2017, 8, 15)


@pytest.fixture
def register(engine: sa.Engine, clock: Clock) -> Register:
    return Register(engine, EVENT_TYPES, (), clock)


def by(on: date = APRIL, role: str = "commissioner") -> RuleDecision:
    return RuleDecision("ann", role, on, TODAY)


def terms(**said: Any) -> RuleTerms:
    return RuleTerms(**{"name": "Ours", "first_day": date(2017, 4, 1)} | said)


def stored(register: Register) -> ColourRules:
    with reading(register.engine) as connection:
        return ColourRules.load(connection, register.mapper)


def amber_on(register: Register, known_at: date, measure: str = "4.0") -> Decimal:
    rules = stored(register)
    return rules.in_force(measure_named(measure), Slice(), JULY, known_at).terms.amber_within


def test_a_rule_through_its_life(register: Register) -> None:
    condition = Condition(ConditionKind.INTERVAL, ConditionColour.AMBER)
    rule = agree_rule(register, terms(name="  Ours, \n of 2017 ", conditions=(condition,)), by())
    assert (rule.number, rule.version, rule.state, rule.terms.name) == (1, 1, "agreed", "Ours, of 2017")
    changed = change_rule(register, 1, terms(amber_within=Decimal("2.5")), by(JUNE), seen=1)
    assert (changed.version, changed.agreed_on, changed.terms.conditions) == (2, JUNE, ())
    ended = withdraw_rule(register, 1, by(date(2017, 8, 1)), "A new contract.", seen=2)
    assert (ended.state, ended.version, ended.reason) == ("withdrawn", 3, "A new contract.")
    assert list(stored(register)) == [ended]
    assert [amber_on(register, day) for day in (APRIL, JUNE, SEEN)] == [0, Decimal("2.5"), 0]


def test_what_was_said_before_a_change_stays(register: Register) -> None:
    agree_rule(register, terms(amber_within=Decimal(3)), by())
    before = amber_on(register, date(2017, 5, 31))
    change_rule(register, 1, terms(amber_within=Decimal(1)), by(JUNE))
    assert amber_on(register, date(2017, 5, 31)) == before == 3
    assert amber_on(register, JUNE) == 1


def test_whoever_has_the_command_line_acts_for_the_commissioner(register: Register) -> None:
    assert agree_rule(register, terms(), by(role="administrator")).newest.event.role == "administrator"


def test_a_file_is_agreed_whole_or_not_at_all(register: Register) -> None:
    pair = [(terms(), by()), (terms(measure="4.0", amber_within=Decimal(2)), by())]
    assert [rule.number for rule in agree_rules(register, pair)] == [1, 2]
    with pytest.raises(Refused):
        agree_rules(register, [(terms(measure="4.1"), by()), (terms(measure="9.9"), by())])
    assert len(stored(register)) == 2
    assert amber_on(register, SEEN) == 2
    assert amber_on(register, SEEN, "4.1") == 0


def test_over_a_version_that_is_not_the_newest_nothing_is_stored(register: Register) -> None:
    agree_rule(register, terms(), by())
    change_rule(register, 1, terms(amber_within=Decimal(1)), by(), seen=1)
    for attempt in (
        lambda: change_rule(register, 1, terms(amber_within=Decimal(2)), by(), seen=1),
        lambda: withdraw_rule(register, 1, by(), seen=1),
    ):
        with pytest.raises(ChangedMeanwhile) as refused:
            attempt()
        assert (refused.value.seen, refused.value.newest) == (1, 2)
    assert [rule.version for rule in stored(register)] == [2]


def refused_with(code: str, attempt: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        attempt()
    assert refused.value.code == code
    assert code in REFUSALS
    return refused.value.message


@pytest.mark.parametrize(
    ("code", "said", "decision"),
    [
        ("rule-unnamed", {"name": ""}, by()),
        ("rule-amber-before-green", {"green_within": Decimal(2), "amber_within": Decimal(1)}, by()),
        ("rule-of-unknown", {"measure": "9.9"}, by()),
        ("rule-of-count", {"measure": "N.open"}, by()),
        ("rule-of-count", {"measure": "5.0u"}, by()),
        ("rule-in-future", {}, by(TODAY + timedelta(days=1))),
        ("step-not-yours", {}, by(role="provider")),
        ("step-not-yours", {}, by(role="auditor")),
        ("target-words-too-long", {"source": "x" * 201}, by()),
        ("rule-twice", {"first_day": date(2016, 1, 1)}, by()),
    ],
)
def test_what_is_not_agreed(register: Register, code: str, said: dict[str, Any], decision: RuleDecision) -> None:
    agree_rule(register, terms(name="First", first_day=date(2016, 1, 1)), by())
    refused_with(code, lambda: agree_rule(register, terms(**said), decision))
    assert len(stored(register)) == 1


def test_what_is_not_changed_or_withdrawn(register: Register) -> None:
    agree_rule(register, terms(), by())
    agree_rule(register, terms(name="Next", first_day=date(2017, 10, 1)), by())
    refused_with("rule-unknown", lambda: change_rule(register, 7, terms(), by()))
    refused_with("rule-moved", lambda: change_rule(register, 1, terms(measure="4.0"), by()))
    refused_with("rule-unchanged", lambda: change_rule(register, 1, terms(), by()))
    refused_with("rule-twice", lambda: change_rule(register, 1, terms(first_day=date(2017, 10, 1)), by()))
    refused_with("rule-out-of-order", lambda: withdraw_rule(register, 1, by(date(2017, 4, 9))))
    withdraw_rule(register, 1, by())
    assert "withdrawn" in refused_with("step-not-now", lambda: withdraw_rule(register, 1, by()))
    refused_with("step-not-now", lambda: change_rule(register, 1, terms(name="Other"), by()))
    again: AgreedRule = agree_rule(register, terms(), by())
    assert again.number == 3


def test_a_frozen_scorecard_keeps_its_colours(register: Register) -> None:
    """What it showed as known on 15 August is agreed, changed or withdrawn from the day after on."""
    agree_rule(register, terms(), by())
    cut = CutPublished(
        originator_id=cut_stream("Board"),
        originator_version=1,
        occurred_on=date(2017, 8, 16),
        actor="ann",
        role="commissioner",
        number=1,
        as_of=JULY,
        known_at=SEEN,
        position=9,
        document="{}",
        name="Board",
    )
    register.submit([cut])
    said = refused_with("rule-published", lambda: agree_rule(register, terms(measure="4.0"), by(SEEN)))
    assert said.startswith("The scorecard “Board” was frozen as known on 2017-08-15.")
    refused_with("rule-published", lambda: withdraw_rule(register, 1, by(SEEN)))
    refused_with("rule-published", lambda: change_rule(register, 1, terms(first_day=date(2017, 9, 1)), by(SEEN)))
    assert agree_rule(register, terms(measure="4.0", first_day=date(2017, 8, 1)), by(SEEN)).number == 2
    assert withdraw_rule(register, 1, by(SEEN + timedelta(days=1))).state == "withdrawn"


def test_rules_are_read_by_number_however_many(register: Register) -> None:
    days = [date(2017, 1, 1) + timedelta(days=day) for day in range(41)]
    agree_rules(register, [(terms(first_day=day), by()) for day in days])
    assert [rule.number for rule in stored(register)] == list(range(1, 42))
