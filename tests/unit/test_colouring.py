"""Colours by rules: conditions, what a rule says, how few people would change a colour, and which rule is in force."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.contract_life.colour_rules import (
    LIMITS,
    ColourRuleAgreed,
    ColourRuleChanged,
    ColourRuleWithdrawn,
    Condition,
    ConditionColour,
    ConditionKind,
    Limit,
    RuleTerms,
    check_alone,
    colour_rule_stream,
)
from domain.contract_life.targets import Goal, TargetScale
from domain.errors import Refused
from domain.log.reading import Recorded
from domain.measures.registry import measure_named
from projections.performance.colours.colour_rules import ColourRules
from projections.performance.colours.colouring import (
    WITHOUT_RULE,
    Rating,
    RuleInForce,
    RuleOrigin,
    colour_change,
    coloured,
    rating_of,
    rule_words,
)
from projections.performance.colours.conditions import (
    Beside,
    improved,
    interval_reaches,
    not_improved,
    worse_than_comparator,
)
from projections.performance.colours.rag import NotRated, Rated, Unrated, against
from projections.performance.targets import FigureTargets, Targets
from projections.performance.trend import Point
from projections.standings.slices import Slice
from projections.standings.wilson import wilson
from tests.scorecards import AT, STANDPOINT, a_figure, a_target, set_at, withdrawn_at

GREEN, AMBER, RED = Rating
ORDER = (RED, AMBER, GREEN)
APRIL, JUNE = date(2017, 4, 10), date(2017, 6, 1)
LAST_YEAR = date(2016, 7, 31)


def the_rule(**terms: Any) -> RuleTerms:
    return RuleTerms(**{"name": "Ours", "first_day": date(2017, 4, 1)} | terms)


def where(kind: ConditionKind, colour: ConditionColour = ConditionColour.AMBER) -> Condition:
    return Condition(kind, colour)


def a_year_before(numerator: int, denominator: int, status: str | None = "complete") -> Point:
    return Point.of(LAST_YEAR, numerator, denominator, status)


def by_rule(terms: RuleTerms) -> RuleInForce:
    return RuleInForce(RuleOrigin.CONTRACT, terms, APRIL, 1)


# ---- conditions, each a question


def test_improvement_is_in_the_good_direction() -> None:
    higher = Beside("higher", Decimal(8), a_year_before(20, 400))
    assert (improved(21, 400, higher), improved(20, 400, higher), improved(19, 400, higher)) == (True, False, False)
    assert not_improved(20, 400, higher) is True
    assert improved(19, 400, replace(higher, polarity="lower")) is True


@pytest.mark.parametrize(
    "before", [None, a_year_before(0, 0), a_year_before(20, 400, None), a_year_before(20, 400, "incomplete")]
)
def test_a_year_that_cannot_be_compared_with_is_no_answer(before: Point | None) -> None:
    beside = Beside("higher", Decimal(8), before)
    assert (improved(1, 2, beside), not_improved(1, 2, beside)) == (None, None)


def test_the_comparator_of_the_target() -> None:
    assert worse_than_comparator(7, 100, Beside("higher", Decimal(8))) is None
    assert worse_than_comparator(7, 100, Beside("higher", Decimal(8), comparator=Decimal("7.36"))) is True
    assert worse_than_comparator(8, 100, Beside("higher", Decimal(8), comparator=Decimal(8))) is False
    assert worse_than_comparator(5, 100, Beside("lower", Decimal(8), comparator=Decimal("4.55"))) is True


@given(st.integers(1, 500), st.integers(0, 100), st.sampled_from(["higher", "lower"]), st.data())
def test_the_interval_reaches_the_target_where_wilson_says_so(
    people: int, target: int, polarity: str, data: st.DataObject
) -> None:
    counted = data.draw(st.integers(0, people))
    low, high = wilson(counted, people) or (0.0, 100.0)
    end, sign = (high, 1) if polarity == "higher" else (low, -1)
    if abs(end - target) > 1e-9:
        expected = sign * (end - target) >= 0
        assert interval_reaches(counted, people, Beside(polarity, Decimal(target))) is expected


# ---- colours


@pytest.mark.parametrize(
    ("terms", "numerator", "colour", "decided"),
    [
        (the_rule(), 31, RED, None),
        (the_rule(amber_within=Decimal(1)), 31, AMBER, None),
        (the_rule(conditions=(where(ConditionKind.IMPROVED),)), 31, AMBER, ConditionKind.IMPROVED),
        (the_rule(conditions=(where(ConditionKind.IMPROVED),)), 30, RED, None),
        (the_rule(conditions=(where(ConditionKind.NOT_IMPROVED),)), 40, GREEN, None),
        (the_rule(conditions=(where(ConditionKind.INTERVAL),)), 26, AMBER, ConditionKind.INTERVAL),
        (the_rule(conditions=(where(ConditionKind.INTERVAL),)), 12, RED, None),
        (the_rule(conditions=(where(ConditionKind.COMPARATOR),)), 36, AMBER, ConditionKind.COMPARATOR),
        (
            the_rule(conditions=(where(ConditionKind.COMPARATOR, ConditionColour.RED), where(ConditionKind.INTERVAL))),
            30,
            RED,
            ConditionKind.COMPARATOR,
        ),
    ],
)
def test_the_colour_and_what_decided_it(
    terms: RuleTerms, numerator: int, colour: Rating, decided: ConditionKind | None
) -> None:
    beside = Beside("higher", Decimal(8), a_year_before(30, 400), Decimal(10))
    found, condition = coloured(numerator, 400, beside, terms)
    assert (found, condition.kind if condition else None) == (colour, decided)


def test_a_figure_on_target_that_has_not_improved_may_be_red() -> None:
    rule = by_rule(the_rule(conditions=(where(ConditionKind.NOT_IMPROVED, ConditionColour.RED),)))
    found = against(a_figure(36, 400), FigureTargets(a_target()), rule, a_year_before(40, 400))
    assert isinstance(found, Rated)
    assert found.because == (
        "Red: 1.0 points above the target of 8%, but not improved on 10.0% (40 of 400) on 31 July 2016."
    )
    assert found.rule.sentence == (
        "Rule: Ours, agreed 10 April 2017: no amber; at best red where it has not improved on the same period last "
        "year."
    )


def test_a_condition_that_cannot_be_asked_says_so() -> None:
    rule = by_rule(the_rule(conditions=(where(ConditionKind.NOT_IMPROVED), where(ConditionKind.COMPARATOR))))
    found = against(a_figure(24, 438), FigureTargets(a_target()), rule, a_year_before(0, 0, None))
    assert isinstance(found, Rated)
    assert found.because == (
        "Red: 2.5 points below the target of 8%. A condition of the rule was not applied: there is no figure of "
        "31 July 2016 to compare with. A condition of the rule was not applied: no comparator was agreed with the "
        "target."
    )


def test_the_opiate_figure_of_july_names_its_rule_and_basis() -> None:
    herefordshire = RuleInForce(RuleOrigin.CONTRACT, the_rule(name="Herefordshire’s"), APRIL, 1)
    found = against(a_figure(24, 438), FigureTargets(a_target()), herefordshire)
    assert isinstance(found, Rated)
    assert found.because == "Red: 2.5 points below the target of 8%."
    assert found.rule.sentence == "Rule: Herefordshire’s, agreed 10 April 2017: no amber."


def test_a_target_that_carries_distances_keeps_them() -> None:
    own = a_target(amber_within=Decimal(3))
    found = against(a_figure(24, 438), FigureTargets(own), by_rule(the_rule(amber_within=Decimal(1))))
    assert isinstance(found, Rated)
    assert (found.rating, found.rule.origin) == (AMBER, RuleOrigin.TARGET)
    assert found.rule.sentence == "Rule: the target’s own, agreed 10 April 2017: amber within 3 points."


@pytest.mark.parametrize(
    ("figure", "goal", "terms", "words"),
    [
        (a_figure(8, 100), "8", the_rule(), "Green: just at the target of 8%."),
        (a_figure(35, 438), "8", the_rule(), "Red: less than 0.1 points below the target of 8%."),
        (
            a_figure(37, 100),
            "39.5",
            the_rule(scale=TargetScale.RELATIVE, amber_within=Decimal(10)),
            "Amber: 2.5 points below the target of 39.5%, which is 6.3% of the target.",
        ),
        (a_figure(2, 13, "5.0"), "10", the_rule(), "Red: 5.4 points above the target of 10%."),
        (
            a_figure(1, 13, "5.1"),
            "0",
            the_rule(scale=TargetScale.RELATIVE, amber_within=Decimal(10)),
            "Red: 7.7 points above the target of 0%.",
        ),
    ],
)
def test_the_reason_in_words(figure: Any, goal: str, terms: RuleTerms, words: str) -> None:
    target = a_target(measure=figure.measure.code, goal=Goal.level(Decimal(goal)))
    found = against(figure, FigureTargets(target), by_rule(terms))
    assert isinstance(found, Rated)
    assert found.because == words


def test_a_range_is_held_against_its_nearer_end() -> None:
    target = a_target(goal=Goal.range(Decimal("7.36"), Decimal("8.93")))
    found = against(a_figure(24, 438), FigureTargets(target))
    assert isinstance(found, Rated)
    assert found.because == "Red: 1.9 points below 7.36%, the nearer end of its target."


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (the_rule(), "no amber"),
        (the_rule(amber_within=Decimal("2.5")), "amber within 2.5 points"),
        (
            the_rule(scale=TargetScale.RELATIVE, green_within=Decimal(1), amber_within=Decimal(10)),
            "green within 1% of the target; amber within 10% of the target",
        ),
        (
            the_rule(conditions=(where(ConditionKind.INTERVAL),)),
            "at worst amber where its 95% interval reaches the target",
        ),
    ],
)
def test_a_rule_in_words(terms: RuleTerms, words: str) -> None:
    assert rule_words(terms) == words


# ---- how few people would change it


kinds = st.sampled_from([(kind, colour) for kind in ConditionKind for colour in ConditionColour])
any_rule = st.builds(
    the_rule,
    scale=st.sampled_from(TargetScale),
    green_within=st.decimals(0, 8, places=1),
    amber_within=st.decimals(0, 20, places=1),
    conditions=st.lists(kinds, max_size=3, unique_by=lambda one: one[0]).map(
        lambda pairs: tuple(Condition(kind, colour) for kind, colour in pairs)
    ),
)
besides = st.builds(
    Beside,
    st.sampled_from(["higher", "lower"]),
    st.decimals(0, 100, places=1),
    st.none() | st.tuples(st.integers(0, 9), st.integers(9, 12)).map(lambda pair: a_year_before(*pair)),
    st.none() | st.decimals(0, 100, places=1),
)


@given(st.integers(1, 300), any_rule, besides, st.data())
def test_a_better_figure_never_has_a_worse_colour(
    people: int, terms: RuleTerms, beside: Beside, data: st.DataObject
) -> None:
    few, many = sorted(data.draw(st.tuples(st.integers(0, people), st.integers(0, people))))
    worse, better = (few, many) if beside.polarity == "higher" else (many, few)
    colours = [coloured(counted, people, beside, terms)[0] for counted in (worse, better)]
    assert ORDER.index(colours[0]) <= ORDER.index(colours[1])


@settings(max_examples=60)
@given(any_rule, besides)
def test_how_few_people_change_a_colour_is_what_trying_each_number_says(terms: RuleTerms, beside: Beside) -> None:
    """Over every figure of up to twelve people, by brute force."""

    def colour_of(counted: int, people: int) -> Rating:
        return coloured(counted, people, beside, terms)[0]

    for people in range(1, 13):
        for counted in range(people + 1):
            found, colour = colour_change(colour_of, counted, people), colour_of(counted, people)
            others = [n for n in range(people + 1) if colour_of(n, people) is not colour]
            least = min((abs(n - counted) for n in others), default=None)
            more, fewer = (counted + (least or 0), counted - (least or 0))
            assert found.people == least
            assert found.more == (colour_of(more, people) if more in others else None)
            assert found.fewer == (colour_of(fewer, people) if fewer in others else None)
            less = colour_of(counted, people - 1) if counted < people > 1 else colour
            assert found.one_less == (None if less is colour else less)


@pytest.mark.parametrize(
    ("numerator", "denominator", "measure", "sentence"),
    [
        (24, 438, "4.0", "12 more counted would make it green."),
        (2, 13, "5.0", "One person would change the colour: one fewer counted would make it green."),
        (
            8,
            100,
            "4.0",
            "One person would change the colour: one fewer counted would make it red.",
        ),
        (
            8,
            101,
            "4.0",
            (
                "One person would change the colour: one more counted would make it green; one person fewer among the "
                "101, who is not counted, would make it green."
            ),
        ),
    ],
)
def test_one_person_is_said(numerator: int, denominator: int, measure: str, sentence: str) -> None:
    goal = Goal.level(Decimal(8 if measure == "4.0" else 10))
    found = against(a_figure(numerator, denominator, measure), FigureTargets(a_target(measure=measure, goal=goal)))
    assert isinstance(found, Rated)
    assert found.change.sentence == sentence


def test_no_number_of_people_may_change_it() -> None:
    change = colour_change(lambda *_: RED, 3, 12)
    assert (change.people, change.is_one) == (None, False)
    assert change.sentence == "However many of the 12 were counted, the colour would be the same."


# ---- no target, and one that has expired


def test_an_expired_target_is_a_state_of_its_own_and_never_green() -> None:
    at = replace(STANDPOINT, as_of=date(2018, 1, 31), known_at=date(2018, 2, 15))
    agreed = Targets([set_at()]).of_figure(measure_named("4.0"), Slice(), at)
    found = against(a_figure(60, 438), agreed)
    assert isinstance(found, NotRated)
    assert (found.why, found.expired and found.expired.number) == (Unrated.EXPIRED, 1)
    assert found.sentences == (
        "The target expired on 31 December 2017: it was 8%. None follows, so there is no colour.",
    )


def test_before_another_begins_there_is_none_and_both_are_named() -> None:
    at = replace(STANDPOINT, as_of=date(2018, 1, 31), known_at=date(2018, 2, 15))
    following = set_at(2, goal=Goal.level(Decimal(10)), first_day=date(2018, 4, 1), last_day=date(2018, 12, 31))
    found = against(a_figure(60, 438), Targets([set_at(), following]).of_figure(measure_named("4.0"), Slice(), at))
    assert isinstance(found, NotRated)
    assert found.why is Unrated.NO_TARGET
    assert found.sentences == (
        "The last target ended on 31 December 2017: it was 8%. The next, 10%, counts from 1 April 2018.",
    )


@pytest.mark.parametrize(
    ("events", "slice_", "known_at"),
    [
        ([], Slice(), date(2018, 2, 15)),
        ([set_at()], Slice(), date(2017, 4, 1)),
        ([set_at(), withdrawn_at(1, date(2018, 1, 1))], Slice(), date(2018, 2, 15)),
        ([set_at()], Slice(criminal_justice=True), date(2018, 2, 15)),
        ([set_at(agency="H0002")], Slice(agency="H0001"), date(2018, 2, 15)),
    ],
)
def test_what_was_never_agreed_has_not_expired(events: list[Recorded], slice_: Slice, known_at: date) -> None:
    at = replace(STANDPOINT, as_of=date(2018, 1, 31), known_at=known_at)
    found = against(a_figure(60, 438), Targets(events).of_figure(measure_named("4.0"), slice_, at))
    assert isinstance(found, NotRated)
    assert (found.why, found.expired) == (Unrated.NO_TARGET, None)


# ---- which rule is in force


def agreed(number: int, on: date = APRIL, version: int = 1, **terms: Any) -> Recorded:
    fields = {"originator_id": colour_rule_stream(number), "originator_version": version, "occurred_on": on}
    kind = ColourRuleAgreed if version == 1 else ColourRuleChanged
    event = kind(**fields, actor="ann", role="commissioner", number=number, terms=the_rule(**terms))
    return Recorded(100 * version + number, AT, event)


def withdrawn(number: int, on: date, version: int = 2) -> Recorded:
    fields = {"originator_id": colour_rule_stream(number), "originator_version": version, "occurred_on": on}
    return Recorded(
        100 * version + number, AT, ColourRuleWithdrawn(**fields, actor="ann", role="commissioner", number=number)
    )


def in_force(events: list[Recorded], slice_: Slice | None = None, known_at: date | None = date(2017, 8, 15)) -> Any:
    return ColourRules(events).in_force(measure_named("4.0"), slice_ or Slice(), date(2017, 7, 31), known_at)


@pytest.mark.parametrize(
    ("slice_", "number"), [(Slice(), 2), (Slice(agency="H0001"), 2), (Slice(agency="H0003"), 4), (Slice(area="A"), 2)]
)
def test_the_rule_of_a_kpi_goes_before_that_of_the_contract(slice_: Slice, number: int) -> None:
    events = [agreed(1), agreed(2, measure="4.0"), agreed(3, agency="H0001"), agreed(4, measure="4.0", agency="H0003")]
    assert in_force(events, slice_).number == number
    assert in_force([*events[:1], *events[2:]], Slice(agency="H0001")).number == 3


@pytest.mark.parametrize(
    ("known_at", "amber"),
    [(date(2017, 4, 9), None), (APRIL, 0), (JUNE, 2), (date(2017, 8, 1), None), (None, None)],
)
def test_the_rule_of_then(known_at: date | None, amber: int | None) -> None:
    """Agreed in April, changed in June, withdrawn in August: each is what decides, as known then."""
    events = [agreed(1), agreed(1, JUNE, 2, amber_within=Decimal(2)), withdrawn(1, date(2017, 8, 1), 3)]
    found = in_force(events, known_at=known_at)
    assert found == WITHOUT_RULE if amber is None else found.terms.amber_within == amber


def test_a_later_rule_begins_on_its_day() -> None:
    events = [agreed(1), agreed(2, first_day=date(2017, 8, 1))]
    rules, kpi = ColourRules(events), measure_named("4.0")
    assert rules.in_force(kpi, Slice(), date(2017, 7, 31), date(2017, 8, 15)).number == 1
    assert rules.in_force(kpi, Slice(), date(2017, 8, 1), date(2017, 8, 15)).number == 2
    assert rules.in_force(kpi, Slice(), date(2017, 3, 31), date(2017, 8, 15)) is WITHOUT_RULE


def test_terms_are_tried_in_place_of_a_rule() -> None:
    rules = ColourRules([agreed(1)]).trying([the_rule(amber_within=Decimal(3))], JUNE, 1)
    found = rules.in_force(measure_named("4.0"), Slice(), date(2017, 7, 31), date(2017, 8, 15))
    assert (found.terms.amber_within, found.number) == (3, 1)


# ---- what is no rule


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: the_rule(name=" ").checked(), "rule-unnamed"),
        (lambda: the_rule(green_within=Decimal(3), amber_within=Decimal(2)).checked(), "rule-amber-before-green"),
        (lambda: the_rule(green_within=Decimal(2), amber_within=Decimal(2)).checked(), "rule-amber-before-green"),
        (lambda: the_rule(amber_within=Decimal(-1)).checked(), "rule-distance"),
        (lambda: the_rule(amber_within=Decimal("NaN")).checked(), "rule-distance"),
        (lambda: the_rule(amber_within=Decimal("1.00001")).checked(), "rule-distance"),
        (lambda: the_rule(conditions=(where(ConditionKind.IMPROVED),) * 2).checked(), "rule-condition-twice"),
        (
            lambda: the_rule(conditions=(where(ConditionKind.INTERVAL, ConditionColour.RED),)).checked(),
            "rule-condition-idle",
        ),
        (lambda: check_alone(the_rule(), [the_rule(name="Other")]), "rule-twice"),
    ],
)
def test_what_is_no_rule(make: Callable[[], object], code: str) -> None:
    with pytest.raises(Refused) as refused:
        make()
    assert refused.value.code == code
    assert refused.value.message.endswith((".", "red."))


def test_every_condition_has_a_limit_and_is_said() -> None:
    assert set(LIMITS) == set(ConditionKind)
    assert {LIMITS[one] for one in ConditionKind} == set(Limit)
    for kind in ConditionKind:
        assert f"{LIMITS[kind]} amber where" in rule_words(the_rule(conditions=(where(kind),)))


def test_the_distance_alone_is_exact() -> None:
    assert rating_of(Fraction(36, 450), Decimal(8), "higher", the_rule()) is GREEN
    assert rating_of(Fraction(35, 438), Decimal(8), "higher", the_rule()) is RED
