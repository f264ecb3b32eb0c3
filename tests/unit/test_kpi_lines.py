"""A KPI line by its cells: what is written, what it means, and what is refused; read again, it is the same line."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.contract_life.kpi_lines.cells import REFUSALS, read_line
from domain.contract_life.kpi_lines.goals import TargetStep
from domain.contract_life.kpi_lines.line import CELLS, KpiLine, cells_of
from domain.contract_life.targets import Goal, TargetKind, TargetScale
from domain.errors import Refused
from web.demo.targets import FOLDER, kpi_lines
from web.files.agreement.kpi_tables import KpiTableRefused, kpi_table_from, kpi_table_text

LINE = {"code": "4.0", "wording": "Successful completions"}
YEAR = {"first_day": "2017-04-01", "deadline_day": "2018-03-31"}


def line_of(**cells: str) -> KpiLine:
    line, problems = read_line(LINE | cells)
    assert problems == []
    assert line is not None
    return line


@pytest.mark.parametrize(
    ("goal", "kind", "low", "high"),
    [
        ("8%", TargetKind.LEVEL, "8", "8"),
        ("52.50", TargetKind.LEVEL, "52.50", "52.50"),
        ("7.36% to 8.93%", TargetKind.RANGE, "7.36", "8.93"),
        ("+1.75% of 5.40% (Q4 15/16)", TargetKind.RELATIVE, "5.4945", "5.4945"),
        ("+10% of 21.5% (baseline)", TargetKind.RELATIVE, "23.65", "23.65"),
        ("+2 points on 21.5% (baseline)", TargetKind.POINTS, "23.5", "23.5"),
    ],
)
def test_what_is_to_be_reached(goal: str, kind: TargetKind, low: str, high: str) -> None:
    [step] = line_of(goal=goal, **YEAR).steps
    assert (step.kind, step.low, step.high) == (kind, Decimal(low), Decimal(high))
    assert (step.first_day, step.last_day) == (date(2017, 4, 1), date(2018, 3, 31))


def test_growth_without_a_baseline_of_its_own_is_on_that_of_the_line() -> None:
    line = line_of(goal="+10%", baseline_percentage="21.5", baseline_source="Q4 15/16", **YEAR)
    assert (line.steps[0].low, line.steps[0].baseline_words) == (Decimal("23.65"), "Q4 15/16")


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"code": ""}, "code", "line-cell-missing"),
        ({"code": "4 0"}, "code", "line-code"),
        ({"wording": " "}, "wording", "line-cell-missing"),
        ({"measure": "9.9"}, "measure", "measure-unknown"),
        ({"goal": "8%"}, "first_day", "target-without-a-day"),
        ({"goal": "8%", "first_day": "2017-04-01"}, "deadline_day", "target-without-a-day"),
        ({"steps": "8%"}, "steps", "target-without-a-day"),
        ({"steps": "2017-04-01 to 2017-06-31: 8%"}, "steps", "day-unreadable"),
        ({"goal": "eight", **YEAR}, "goal", "goal-unreadable"),
        ({"goal": "108%", **YEAR}, "goal", "target-impossible"),
        ({"goal": "9% to 8%", **YEAR}, "goal", "target-range-empty"),
        ({"goal": "+10%", **YEAR}, "goal", "target-baseline-unnamed"),
        ({"goal": "8%", "steps": "2017-04-01 to 2017-06-30: 8%"}, "steps", "steps-beside-goal"),
        ({"goal": "8%", "first_day": "2018-04-01", "deadline_day": "2018-03-31"}, "goal", "trajectory-back-in-time"),
        ({"steps": "2017-04-01 to 2017-06-30: 8%; 2017-06-30 to 2017-09-30: 9%"}, "steps", "trajectory-back-in-time"),
        ({"steps": "2017-04-01 to 2017-06-30: 8%; 2017-07-01 to 2017-09-30: 7%"}, "steps", "trajectory-back"),
        ({"steps": "2017-04-01 to 2017-06-30: 8%", "deadline_day": "2017-07-01"}, "deadline_day",
         "deadline-not-the-end"),
        ({"code": "5.0", "steps": "2017-04-01 to 2017-06-30: 8%; 2017-07-01 to 2017-09-30: 9%"}, "steps",
         "trajectory-back"),
        ({"target": "8% By End Q3", "goal": "9%", **YEAR}, "goal", "target-words-differ"),
        ({"code": "N.open", "goal": "8%", **YEAR}, "goal", "target-takes-none"),
        ({"code": "5.0u", "goal": "8%", **YEAR}, "goal", "target-takes-none"),
        ({"code": "HOUSING", "goal": "8%", **YEAR}, "better", "better-missing"),
        ({"better": "lower"}, "better", "better-contradicts"),
        ({"better": "more"}, "better", "better-unreadable"),
        ({"baseline_day": "30/06/2015"}, "baseline_day", "day-unreadable"),
        ({"baseline_percentage": "five"}, "baseline_percentage", "percentage-unreadable"),
        ({"comparator": "8.8%"}, "comparator_words", "target-comparator-unnamed"),
        ({"comparator": "+8%", "comparator_words": "x"}, "comparator", "goal-unreadable"),
        ({"method": "x" * 501}, "method", "line-words-too-long"),
        ({"method": "x\x07"}, "method", "line-words-unreadable"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_of_its_cell(cells: dict[str, str], column: str, code: str) -> None:
    line, problems = read_line(LINE | cells)
    assert line is None
    assert (column, code) in [(one.column, one.code) for one in problems]
    assert all(one.message[:1].isupper() or one.message[:1] in "'0123456789" for one in problems)


def test_a_line_of_its_own_needs_no_measure() -> None:
    line = line_of(code="HOUSING", goal="80%", better="higher", **YEAR)
    assert (line.measure, line.polarity) == ("", "higher")
    assert line_of(measure="none").measure == ""
    assert line_of(code="4-a", measure="4.0").measure == "4.0"


@pytest.mark.parametrize(
    "name", ["herefordshire-2015", "herefordshire-april-2017", "herefordshire-action-plan", "wirral"]
)
def test_the_papers_tables_print_back_cell_by_cell(name: str) -> None:
    written = (FOLDER / f"{name}.csv").read_text()
    lines = kpi_table_from(written, name)
    again = kpi_table_text(map(cells_of, lines))
    assert kpi_table_from(again, name) == lines
    header, *rows = [row.split("\r") for row in again.splitlines()]
    assert len(rows) == len(lines)
    assert header == [",".join(CELLS)]


def test_the_agreed_numbers_of_both_papers() -> None:
    numbers = {line.code: [(step.low, step.high) for step in line.steps] for line in kpi_lines("herefordshire-2015")}
    assert [str(low) for low, _ in numbers["1.0"]] == ["5.40", "5.4945", "10"]
    assert [f"{low:.2f}" for low, _ in numbers["2.0"]] == ["21.50", "23.65", "25.80", "52.50"]
    [wirral] = kpi_lines("wirral")
    assert (wirral.measure, wirral.target, wirral.baseline_percentage) == ("1.0", "10%", Decimal("7.37"))


def test_a_table_names_row_and_column_and_stores_nothing() -> None:
    with pytest.raises(KpiTableRefused) as refused:
        kpi_table_from("wording,code,goal\nA,4.0,\nB,4.0,\nC,4.1,8%\n,,\nD,,\n", "a.csv")
    found = [(one.row, one.column, one.code) for one in refused.value.problems]
    assert found == [
        (2, "code", "line-twice"),
        (3, "first_day", "target-without-a-day"),
        (5, "code", "line-cell-missing"),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "kpi-table-columns"),
        ("code,wording\n", "kpi-table-empty"),
        ("code\n4.0\n", "kpi-table-columns"),
        ("code,wording,colour\n4.0,a,b\n", "kpi-table-columns"),
        ("code,wording,code\n4.0,a,b\n", "kpi-table-columns"),
        ('code,wording\n4.0,"a\n', "kpi-table-unreadable"),
        ("code,wording\n4.0,a,b\n", "kpi-table-unreadable"),
        ("code,wording\n" + "4.0,a\n" * 201, "kpi-table-too-long"),
    ],
)
def test_a_table_is_refused_whole(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        kpi_table_from(text, "a.csv")
    assert refused.value.code == code


def test_each_code_is_described() -> None:
    assert all(sentence.endswith(".") for sentence in REFUSALS.values())


words = st.text("abc XYZ.,-%'\"&/;9", max_size=20).map(lambda text: " ".join(text.split()))
percentages = st.decimals(0, 100, places=2)


@st.composite
def trajectories(draw: st.DrawFn) -> tuple[TargetStep, ...]:
    """Steps one after the other, each asking for at least as much."""
    day, steps = date(2015, 12, 1), []
    for low in sorted(draw(st.lists(percentages, min_size=1, max_size=5))):
        last_day = day + timedelta(days=draw(st.integers(0, 200)))
        steps.append(TargetStep.put(day, last_day, Goal.level(low)))
        day = last_day + timedelta(days=draw(st.integers(1, 100)))
    if draw(st.booleans()) and steps[-1].low < 90:
        grown = Goal.changed(steps[-1].low, draw(words) or "baseline", Decimal("1.75"), TargetScale.RELATIVE)
        steps.append(TargetStep.put(day, day, grown))
    return tuple(steps)


@given(trajectories(), words, words, words.map(lambda text: " ".join(text.replace("%", "").split())))
def test_a_line_read_again_is_the_same_line(
    steps: tuple[TargetStep, ...], wording: str, baseline: str, target: str
) -> None:
    line = KpiLine(
        code="4.0", wording=wording or "A", measure="4.0", baseline=baseline, target=target, polarity="higher",
        steps=steps, deadline_day=steps[-1].last_day,
    )  # fmt: skip
    assert read_line(cells_of(line)) == (line, [])
    assert kpi_table_from(kpi_table_text([cells_of(line)]), "a") == [line]
