"""Printed tables: the seeds' own, with all that cannot stand in them, and each rule by itself."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from projections.claims.plausibility import StatedPercentage
from projections.claims.table_checks import (
    RULES,
    Certainty,
    Finding,
    Needed,
    TableRow,
    check_table,
    group_named,
    groups_of,
    last_day_of,
)
from web.files.claim_lists import read_table

PAPERS = Path(__file__).parents[1] / "papers"
HEREFORDSHIRE = read_table(PAPERS / "herefordshire.csv")
WIRRAL = read_table(PAPERS / "wirral.csv")


@pytest.fixture(scope="module")
def found() -> list[Finding]:
    return check_table(HEREFORDSHIRE)


def sentences(found: list[Finding], rule: str) -> list[str]:
    return [finding.sentence for finding in found if finding.rule == rule]


def test_no_cohort_of_that_size_prints_21_and_a_half(found: list[Finding]) -> None:
    may, june = sentences(found, "percentage-fits-no-cohort")
    assert may == june
    assert may.startswith("21.5% is no share of about 47 people: no cohort of 32 to 62 prints so.")
    assert may.endswith("The smallest that does is 14 of 65.")


def test_21_and_a_half_of_about_37_people_cannot_be() -> None:
    """With July's own 6 of 37 beside it, too."""
    row = TableRow(1, measure="4.3", groups=groups_of("4.3"), percentage=StatedPercentage.parse("21.5"), people=37)
    (finding,) = check_table([row])
    assert "no cohort of 25 to 49" in finding.sentence


def test_re_presentations_need_more_completions_than_there_were(found: list[Finding]) -> None:
    june, quarter, non_opiate = sentences(found, "more-returns-than-completions")
    assert june.startswith("15.67% needs at least 134 completions (21 of 134).")
    assert quarter.startswith("14.9% needs at least 47 completions (7 of 47).")
    assert non_opiate.startswith("2.22% needs at least 45 completions (1 of 45).")


def test_72_to_90_completions_of_64_people(found: list[Finding]) -> None:
    (sentence,) = sentences(found, "more-completions-than-people")
    assert sentence.startswith("72 to 90 completions cannot be those of 64 people")
    assert "a cohort of 156 to 157 people" in sentence


def test_phof_stands_above_completions_in_the_baselines(found: list[Finding]) -> None:
    non_opiate, alcohol = sentences(found, "phof-above-completions")
    assert non_opiate.startswith("2.0 21.40% stands above completions of 12.4% (4.1), 21.4% (4.3) in the same report")
    assert alcohol.startswith("3.0 36.1% stands above completions of 33.2% (4.2) in the same report")


def test_phof_stands_above_the_completions_of_later_months(found: list[Finding]) -> None:
    """Of other windows, so that both can be right: 3.9% beside 16 of 447, 30% beside 58 of 207."""
    opiate, alcohol = sentences(found, "phof-above-later-completions")
    assert "3.9% (Q3 16/17) stands above completions of 3.58% (4.0)" in opiate
    assert "30% (Q3 16/17) stands above completions of 28.02% (4.2), 29% (4.2), 29.50% (4.2)" in alcohol
    assert {f.certainty for f in found if f.rule.startswith("phof")} == {Certainty.DOUBTFUL}


def test_7_37_against_10_is_not_half_a_point_short() -> None:
    (finding,) = check_table(WIRRAL)
    assert finding.rule == "variance-from-target"
    assert "-2.63 points, -26.3% relative to it; -0.5 is neither" in finding.sentence


def test_upward_for_3_of_4_beside_three_falling_arrows(found: list[Finding]) -> None:
    upward, improved = sentences(found, "words-against-table")
    assert "the words say so of 3 of 4; 1 of its 4 arrows does" in upward
    assert "against the previous period 1 of the figures do, against the first period 3" in upward
    assert "the words say so of 4 of 4" in improved


def test_what_else_the_paper_says_against_itself(found: list[Finding]) -> None:
    (bases,) = sentences(found, "arrows-of-two-bases")
    assert "that of 5.2 alcohol only against the previous period" in bases
    (increase,) = sentences(found, "words-against-previous")
    assert increase.startswith("21.9% after 22.7%")
    assert "only against the first figure, 21.5%" in increase
    (higher,) = sentences(found, "words-against-target")
    assert higher.startswith("0% is below 8.8%")


def test_nothing_else_is_found(found: list[Finding]) -> None:
    assert len(found) == 15
    assert {finding.rule for finding in found} <= set(RULES)


def a_row(line: int = 1, measure: str = "4.0", percentage: str = "", period: str = "", **said: object) -> TableRow:
    printed = StatedPercentage.parse(percentage) if percentage else None
    return TableRow(line, "t", measure, groups_of(measure), period, printed, **said)  # type: ignore[arg-type]


def rules(*rows: TableRow) -> list[str]:
    return [finding.rule for finding in check_table(rows)]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (a_row(percentage="40", numerator=4, denominator=10), []),
        (a_row(percentage="41", numerator=4, denominator=10), ["percentage-of-numbers"]),
        (a_row(numerator=11, denominator=10), ["percentage-of-numbers"]),
        (a_row(percentage="7.37", target=Decimal(10), variance=Decimal("-2.63")), []),
        (a_row(percentage="7.37", target=Decimal(10), variance=Decimal("-2.6")), []),
        (a_row(percentage="7.37", target=Decimal(10), variance=Decimal("-26.3")), []),
        (a_row(percentage="7.37", target=Decimal(10), variance=Decimal("-2.5")), ["variance-from-target"]),
        (a_row(percentage="5", target=Decimal(0), variance=Decimal(5)), []),
        (a_row(percentage="5", target=Decimal(8), words="below target"), []),
        (a_row(percentage="8", target=Decimal(8), words="above target"), ["words-against-target"]),
    ],
)
def test_a_row_by_itself(row: TableRow, expected: list[str]) -> None:
    assert rules(row) == expected


@pytest.mark.parametrize(
    ("low", "high", "fewest", "most", "cohorts"),
    [
        ("7.36", "8.93", 36, 43, range(482, 490)),
        ("45.61", "57.73", 72, 90, range(156, 158)),
        ("42.59", "60.67", 21, 28, range(47, 48)),
        ("10", "20", 5, 90, range(0)),
    ],
)
def test_the_cohorts_of_a_range(low: str, high: str, fewest: int, most: int, cohorts: range) -> None:
    needed = Needed(StatedPercentage.parse(low), StatedPercentage.parse(high), fewest, most)
    assert needed.cohorts() == list(cohorts)
    assert rules(a_row(needed=needed)) == ([] if cohorts else ["range-fits-no-cohort"])


@pytest.mark.parametrize(
    ("values", "arrow", "expected"),
    [
        (("5", "6", "7"), 1, []),
        (("5", "7", "6"), 1, []),
        (("5", "7", "6"), -1, []),
        (("5", "6", "7"), -1, ["arrow-against-figures"]),
        (("5", "6", "6"), 0, []),
        (("5", "6", "7"), 0, ["arrow-against-figures"]),
    ],
)
def test_an_arrow_is_right_against_the_previous_or_the_first_period(
    values: tuple[str, ...], arrow: int, expected: list[str]
) -> None:
    *before, last = enumerate(values, 1)
    rows = [a_row(line, percentage=value) for line, value in before]
    assert rules(*rows, a_row(last[0], percentage=last[1], arrow=arrow)) == expected


def test_the_same_figure_printed_twice() -> None:
    twice = a_row(1, percentage="5.4", period="Q3 16/17"), a_row(2, percentage="5.6", period="q3 16/17")
    assert rules(*twice) == ["printed-twice"]
    rounded = a_row(1, percentage="5.4", period="Q3 16/17"), a_row(2, percentage="5.43", period="Q3 16/17")
    assert rules(*rounded) == []


def test_words_that_no_basis_bears_out() -> None:
    falls = a_row(1, percentage="6"), a_row(2, percentage="5"), a_row(3, percentage="4", words="an increase")
    (finding,) = check_table(falls)
    assert (finding.rule, finding.certainty) == ("words-against-previous", Certainty.CONTRADICTION)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Q3 16/17", date(2016, 12, 31)),
        ("Q4 2016/17", date(2017, 3, 31)),
        ("DOMES Q1 2015-16", date(2015, 6, 30)),
        ("April 2017", date(2017, 4, 30)),
        ("2017-07-31", date(2017, 7, 31)),
        ("baseline", None),
    ],
)
def test_periods_as_papers_write_them(text: str, day: date | None) -> None:
    assert last_day_of(text) == day


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("Opiates", "opiate"),
        ("Non Opiate", "non-opiate"),
        ("Alcohol Only", "alcohol"),
        ("Alcohol and Non Opiate", "non-opiate-and-alcohol"),
        ("Non-opiate and alcohol", "non-opiate-and-alcohol"),
        ("stimulants", "stimulants"),
    ],
)
def test_groups_as_papers_write_them(text: str, group: str) -> None:
    assert group_named(text) == {group}
