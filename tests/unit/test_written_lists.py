"""Comparator values, entered values and KPI tables as other systems write them: read, or refused by row and column."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Refused
from domain.periods import Period
from web.files.agreement.comparator_values import read_values
from web.files.agreement.kpi_tables import KpiTableRefused, kpi_table_from
from web.files.entered_lists import entered_list_from
from web.files.sheets.lists import day_written, whole_number_written, with_decimal_point

NAME = "list.csv"

# ---- values of comparators

THE_VALUE = [("Kent", 1204, 22300, Decimal("5.4"))]
"""What each of these files says."""
VALUES = {
    "plain": b"area,measure,period,numerator,denominator,percentage\nKent,4.0,Q3 2016/17,1204,22300,5.4\n",
    "BOM, semicolons, decimal comma": (
        "\ufeffArea;Measure;Period;Numerator;Denominator;Percentage\r\nKent;4.0;Q3 2016/17;1204;22300;5,4\r\n".encode()
    ),
    "a line that names the separator": (
        b"sep=;\narea;measure;period;numerator;denominator;percentage\nKent;4.0;Q3 2016/17;1204;22300;5,4 %\n"
    ),
    "tabs": b"AREA\tMEASURE\tPERIOD\tNUMERATOR\tDENOMINATOR\tPERCENTAGE\nKent\t4.0\tQ3 2016/17\t1204\t22300\t5.4%\n",
    "a title, blank rows, thousands, a sign, columns without a name": (
        b"Values of others,,,,,,,\n,,,,,,,\nPERCENTAGE,Area ,measure,period,numerator,denominator,,\n\n,,,,,,,\n"
        b'5.4%,Kent,4,Q3 16/17,"1,204","22,300",,\n,,,,,,,\n'
    ),
    "Windows-1252, spaces in thousands, floats": (
        "area,measure,period,numerator,denominator,percentage,né\nKent,4.0,Q3 2016/17,1\u00a0204,22300.0,5.4,x\n"
    ).encode("cp1252"),
    "days with slashes": (
        b"area,measure,period,numerator,denominator,percentage\nKent,4.0,01/10/2016 to 31/12/2016,1204,22300,5.4\n"
    ),
    "the quarter behind the year": (
        b"area,measure,period,numerator,denominator,percentage\nKent,4.0,2016/17 Q3,1204,22300,5.4\n"
    ),
}


@pytest.mark.parametrize("data", VALUES.values(), ids=VALUES)
def test_values_of_others_are_read_as_they_are_written(data: bytes) -> None:
    read = read_values(data, NAME)
    assert read.rejected == ()
    assert [(one.name, one.numerator, one.denominator, one.percentage) for one in read.values] == THE_VALUE
    assert [Period(one.first_day, one.last_day) for one in read.values] == [
        Period(date(2016, 10, 1), date(2016, 12, 31))
    ]


VALUES_HEADER = "area,measure,period,numerator,denominator,percentage\n"


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("Total,4.0,Q3 2016/17,12,100,12", "area", "row-of-totals"),
        ("Grand Total,,,12,100,", "area", "row-of-totals"),
        ("Kent,4.0,Q3 2016/17,,,5,4", "percentage", "row-too-long"),
        ('Kent,4.0,Q3 2016/17,"12,34",100,', "numerator", "number-unreadable"),
        ("Kent,4.0,Q3 2016/17,-3,100,", "numerator", "number-unreadable"),
        ("Kent,4.0,Q3 2016/17,N/A,N/A,N/A", "percentage", "value-missing"),
        ("Kent,4.0,Q3 2016/17,,,*", "percentage", "percentage-unreadable"),
        ("Kent,4.0,01/10/2016,12,100,", "period", "period-unknown"),
        ("Kent,4.0,31/12/2016 to 01/10/2016,12,100,", "period", "period-unknown"),
    ],
)
def test_a_value_that_is_not_certain_is_refused_by_row_and_column(row: str, column: str, code: str) -> None:
    read = read_values(f"Exported on 3 May\n\n{VALUES_HEADER}\n{row}\n".encode(), NAME)
    assert [(one.row, one.sheet_row, one.column, one.code) for one in read.rejected] == [(2, 5, column, code)]
    assert read.rejected[0].message.endswith(".")
    assert read.values == ()


# ---- values of KPIs that are entered by hand

ENTERED = {
    "plain": "code,agency,first_day,last_day,numerator,denominator,source\n"
    "X.bbv,H0001,2017-04-01,2017-04-30,1200,1500,a",
    "semicolons, another case, blanks for underscores": (
        "Code;Agency;First Day;Last day;Numerator;DENOMINATOR;Source\nX.BBV;h0001;01/04/2017;30/04/2017;1 200;1500;a"
    ),
    "pasted from a spreadsheet": (
        "By hand\n\ncode\tagency\tfirst_day\tlast_day\tnumerator\tdenominator\tsource\t\n"
        "X.bbv\tH0001\t1/4/2017\t30/4/2017\t1,200\t1500.0\ta\t\n"
    ),
    "midnight behind the days": (
        "source,code,agency,first_day,last_day,numerator,denominator\na,X.bbv,H0001,2017-04-01 00:00:00,"
        '30/04/2017 00:00,"1,200","1,500"\n,,,,,,\n'
    ),
}


@pytest.mark.parametrize("text", ENTERED.values(), ids=ENTERED)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", ""])
def test_entered_values_are_read_as_they_are_written(text: str, encoding: str) -> None:
    read = entered_list_from(text.encode(encoding) if encoding else text, NAME)
    period = Period(date(2017, 4, 1), date(2017, 4, 30))
    assert [one[1:] for one in read.values] == [("X.bbv", "H0001", period, 1200, 1500, "a")]
    assert read.rejected == []


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("Total,,,,1200,1500,", "code", "row-of-totals"),
        ("X.bbv,H0001,2017-04-01,2017-04-30,1,200,1500,a", "source", "row-too-long"),
        ("X.bbv,H0001,2017-04-01,2017-04-30,12,1.500,a", "denominator", "no-number"),
        ("X.bbv,H0001,2017-04-01,2017-04-30,5.4%,1500,a", "numerator", "no-number"),
        ("X.bbv,H0001,04/30/2017,2017-04-30,12,1500,a", "first_day", "no-day"),
    ],
)
def test_an_entered_value_that_is_not_certain_is_refused_by_row_and_column(row: str, column: str, code: str) -> None:
    header = "code,agency,first_day,last_day,numerator,denominator,source"
    read = entered_list_from(f"By hand\n{header}\n\n{row}\n", NAME)
    assert [(one.row, one.sheet_row, one.column, one.code) for one in read.rejected] == [(2, 4, column, code)]
    assert read.values == []


# ---- KPI tables of contracts

TABLES = {
    "plain": "code,wording,baseline_percentage,baseline_day,goal,first_day,deadline_day\n"
    "4.0,Opiates,5.4%,2015-06-30,8%,2017-04-01,2018-03-31\n",
    "semicolons and decimal commas": "Code;Wording;Baseline percentage;Baseline day;Goal;First day;Deadline day\n"
    "4.0;Opiates;5,4%;30/06/2015;8,0 %;01/04/2017;31/03/2018\n",
    "a title and blank rows": "KPIs of the contract\n\ncode\twording\tbaseline_percentage\tbaseline_day\tsteps\n"
    "\t\t\t\n4.0\tOpiates\t5,4\t30/6/2015\t01/04/2017 to 31/03/2018: 8%\n\n",
}


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", ""])
def test_kpi_tables_are_read_as_they_are_written(text: str, encoding: str) -> None:
    [line] = kpi_table_from(text.encode(encoding) if encoding else text, NAME)
    assert (line.baseline_percentage, line.baseline_day) == (Decimal("5.4"), date(2015, 6, 30))
    assert [(one.first_day, one.last_day, one.low) for one in line.steps] == [
        (date(2017, 4, 1), date(2018, 3, 31), Decimal(8))
    ]


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("Total,All lines,,,", "code", "row-of-totals"),
        ("4.0,Opiates,8%,04/30/2017,31/03/2018", "first_day", "day-unreadable"),
        ('4.0,Opiates,"1,000%",01/04/2017,31/03/2018', "goal", "goal-unreadable"),
    ],
)
def test_a_line_that_is_not_certain_is_refused_by_row_and_column(row: str, column: str, code: str) -> None:
    with pytest.raises(KpiTableRefused) as refused:
        kpi_table_from(f"Title\ncode,wording,goal,first_day,deadline_day\n\n{row}\n", NAME)
    assert (2, column, code) in [one[:3] for one in refused.value.problems]


def test_the_name_of_a_baseline_stays_as_it_is_written() -> None:
    text = (
        'code,wording,goal,first_day,deadline_day\n4.0,Opiates,"+10% of 21,5% (5,4% on 1/4/2016)",1/4/2017,31/3/2018\n'
    )
    [line] = kpi_table_from(text, NAME)
    assert (line.steps[0].baseline, line.steps[0].baseline_words) == (Decimal("21.5"), "5,4% on 1/4/2016")


# ---- what refuses a list whole


@pytest.mark.parametrize("read", [read_values, entered_list_from, kpi_table_from])
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04 xl/workbook.xml", "Excel workbook"),
        (b"\xff\xfec\x00o\x00d\x00e\x00", "UTF-16"),
        (b"%PDF-1.4", "PDF"),
        (b"colour,name\nred,a\n", "list.csv"),
    ],
)
def test_what_is_no_such_list_is_refused_whole(read: Callable[[bytes, str], object], data: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words):
        read(data, NAME)


def test_rows_above_the_header_are_never_lost() -> None:
    with pytest.raises(Refused, match=r"Row 1 of list\.csv has values"):
        read_values(f"Kent,4.0,2016,,,7\n{VALUES_HEADER}Derby,4.0,2016,,,7\n".encode(), NAME)


@given(st.text(max_size=200))
def test_no_list_is_more_than_refused(text: str) -> None:
    for header, read in (
        ("code,first_day,last_day,numerator\n", entered_list_from),
        ("code,wording\n", kpi_table_from),
    ):
        with suppress(Refused):
            read(header + text, NAME)


@given(st.integers(-(10**11), 10**11))
def test_a_whole_number_is_read_with_and_without_its_thousands(number: int) -> None:
    for written in (f"{number}", f"{number:,}", f"{number:,}".replace(",", "\u202f"), f" {number}.0 "):
        assert whole_number_written(written) == number


@pytest.mark.parametrize("text", ["", "12,34", "1,2345", "1.234", "1e3", "24.5", ",100", "١٢"])
def test_what_is_no_whole_number(text: str) -> None:
    assert whole_number_written(text) is None


def test_a_comma_in_a_percentage_is_a_point() -> None:
    assert [with_decimal_point(text) for text in ("5,4%", "5,4", "5.4", "1,000.5", "a,b")] == [
        "5.4%", "5.4", "5.4", "1,000.5", "a,b",
    ]  # fmt: skip
    assert day_written("29/2/2016 00:00:00") == date(2016, 2, 29)
    assert (day_written("29/02/2017"), day_written("01.04.2017"), day_written("")) == (None, None, None)
