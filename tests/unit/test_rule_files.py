"""Files of colour rules: TOML and JSON say the same, and what is wrong is said for each place."""

from datetime import date
from decimal import Decimal

import pytest

from domain.contract_life.colour_rules import Condition, ConditionColour, ConditionKind, DirectionBasis
from domain.contract_life.targets import Goal, TargetScale
from domain.errors import Refused
from projections.performance.colours.colouring import RuleInForce, RuleOrigin
from projections.performance.colours.rag import ACTION_PLAN, Rated, against
from projections.performance.targets import FigureTargets
from projections.performance.trend import Point
from tests.scorecards import a_figure, a_target
from web.demo.agreement.colour_rules import RULE_FILES, rule_file
from web.files.agreement.rule_files import REFUSALS, RuleRead, read_rules

TOML = """
[[rules]]
name = "Ours"
first_day = 2017-04-01
agreed_on = 2017-04-10
measure = "4.0"
scale = "relative"
green_within = "1"
amber_within = 2.5
conditions = [{ when = "not improved on last year", colour = "red" }, { when = "interval reaches the target" }]
direction = "last-year"
"""
JSON = """{"rules": [{"name": "Ours", "first_day": "2017-04-01", "agreed_on": "2017-04-10", "measure": "4.0",
 "scale": "relative", "green_within": 1, "amber_within": 2.50, "direction": "last-year", "conditions": [
 {"when": "not improved on last year", "colour": "red"}, {"when": "interval reaches the target"}]}]}"""


def test_both_forms_say_the_same() -> None:
    [found], again = read_rules(TOML.encode(), "ours.toml"), read_rules(b"\xef\xbb\xbf" + JSON.encode(), "ours.JSON")
    assert again == [found]
    terms = found.terms
    assert (terms.name, terms.first_day, found.agreed_on) == ("Ours", date(2017, 4, 1), date(2017, 4, 10))
    assert (terms.scale, terms.green_within, terms.amber_within) == (TargetScale.RELATIVE, 1, Decimal("2.5"))
    assert terms.conditions == (
        Condition(ConditionKind.NOT_IMPROVED, ConditionColour.RED),
        Condition(ConditionKind.INTERVAL, ConditionColour.AMBER),
    )
    assert terms.direction is DirectionBasis.LAST_YEAR


@pytest.mark.parametrize(
    ("text", "name", "code", "words"),
    [
        ('[[rules]]\nname = "A"', "a.toml", "rule-file-wrong", "Rule 1, first_day: A rule needs a day"),
        ("[[rules]]\nfirst_day = 2017-04-01", "a.toml", "rule-file-wrong", "Rule 1, name: Give the rule a name"),
        (f"{TOML}ambr = 3", "a.toml", "rule-file-wrong", "Rule 1, ambr: A colour rule has nothing of this name."),
        (TOML.replace("4.0", "9.9"), "a.toml", "rule-file-wrong", "Rule 1, measure: There is no such measure."),
        (TOML.replace("interval", "maybe"), "a.toml", "rule-file-wrong", "Rule 1, condition 2, when: This is no"),
        (TOML.replace('"1"', '"3"'), "a.toml", "rule-file-wrong", "Rule 1: Amber would end 2.5 beyond the target"),
        (
            TOML.replace("2017-04-10", '"2017-02-30"'),
            "a.toml",
            "rule-file-wrong",
            "Rule 1, agreed_on: There is no",
        ),
        (TOML.replace("2.5", "true"), "a.toml", "rule-file-wrong", "Rule 1, amber_within: This is no distance."),
        ("rules = []", "a.toml", "rule-file-wrong", "Rules: A file has 1 to 100 rules."),
        ("", "a.toml", "rule-file-wrong", "Rules: The file has no rules. Begin each with [[rules]]."),
        ("[[rules]\n", "a.toml", "rule-file-unreadable", "a.toml is no TOML in UTF-8: line 1, column 8."),
        ('{"rules": [', "a.json", "rule-file-unreadable", "a.json is no JSON in UTF-8: line 1, column 12."),
        ("[]", "a.json", "rule-file-unreadable", "a.json has no rules."),
        ("\udcff", "a.toml", "rule-file-unreadable", "a.toml is no TOML in UTF-8."),
        ("#" * 200_001, "a.toml", "rule-file-unreadable", "a.toml has more than 200,000 bytes"),
    ],
)
def test_what_is_no_file_of_rules(text: str, name: str, code: str, words: str) -> None:
    with pytest.raises(Refused) as refused:
        read_rules(text.encode("utf-8", "surrogateescape"), name)
    assert (refused.value.code, refused.value.file) == (code, name)
    assert code in REFUSALS
    assert words in refused.value.message


# ---- tried against how two councils colour


def of_file(name: str) -> list[RuleRead]:
    return read_rules(rule_file(name), f"{name}.toml")


def rated_by(read: RuleRead, numerator: int, denominator: int, measure: str, level: str) -> Rated:
    target = a_target(measure=measure, goal=Goal.level(Decimal(level)))
    rule = RuleInForce(RuleOrigin.CONTRACT, read.terms, read.agreed_on or date(2017, 8, 16), 1)
    last_year = Point.of(date(2016, 7, 31), 1, 10, "complete")
    found = against(a_figure(numerator, denominator, measure), FigureTargets(target), rule, last_year)
    assert isinstance(found, Rated)
    return found


@pytest.mark.parametrize(
    ("numerator", "denominator", "measure", "level", "colour"),
    [
        # The paper's July, as its percentages could be: 5.48%, 45.61%, 29.33%, 16.22%; and quarter 1 of 2017/18.
        (24, 438, "4.0", "8", "red"),
        (26, 57, "4.1", "52.50", "red"),
        (61, 208, "4.2", "39.5", "red"),
        (6, 37, "4.3", "48", "red"),
        (7, 47, "5.0", "10", "red"),
        (1, 45, "5.1", "0", "red"),
        (2, 26, "5.2", "8.8", "green"),
        (0, 12, "5.3", "3", "green"),
    ],
)
def test_herefordshire_has_no_amber(numerator: int, denominator: int, measure: str, level: str, colour: str) -> None:
    [rule] = of_file("herefordshire")
    found = rated_by(rule, numerator, denominator, measure, level)
    assert found.rating == colour
    assert found.rule.sentence == "Rule: Herefordshire’s, agreed 10 April 2017: no amber."


def test_wirral_asks_for_its_template_where_it_is_red() -> None:
    """Its paper prints -0.5% where 7.37% against 10% is 2.63 points below, and 26.3% of the target."""
    [rule] = of_file("wirral")
    found = rated_by(rule, 737, 10_000, "1.0", "10")
    assert found.because == "Red: 2.6 points below the target of 10%."
    assert (found.points, found.relative) == (-2.63, -26.3)
    assert ACTION_PLAN in found.sentences
    assert found.rule.sentence == "Rule: Wirral’s, agreed 31 July 2014: no amber."


def test_common_practice_is_marked_as_chosen() -> None:
    contract, kpi = of_file("common-practice")
    assert all("(chosen)" in one.terms.name for one in (contract, kpi))
    assert rated_by(contract, 33, 450, "4.0", "8").because == (
        "Amber: 0.7 points below the target of 8%, which is 8.3% of the target."
    )
    assert rated_by(contract, 30, 450, "4.0", "8").rating == "red"
    assert rated_by(kpi, 1, 10, "5.0", "8.8").because == (
        "Red: 1.2 points above the target of 8.8%, but not improved on 10.0% (1 of 10) on 31 July 2016."
    )
    assert rated_by(kpi, 9, 100, "5.0", "8.8").rating == "amber"


def test_every_rule_file_of_the_demonstration_is_one() -> None:
    assert [len(of_file(name)) for name in RULE_FILES] == [1, 1, 2]
