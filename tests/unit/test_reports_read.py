"""Reports of the other party as real systems write them: what they state, and which rows are not understood."""

from dataclasses import dataclass
from datetime import date

import pytest

from domain.errors import Refused
from domain.improvement.other_reports import StatedRow
from domain.measures.registry import MEASURES
from projections.claims.report_words import last_day_in_words, measure_in_words
from web.files.reports.report_reading import ReadingTerms
from web.files.reports.stated import ReportRead, names_explained, read_report, report_from, report_written

JULY = date(2017, 7, 31)


@dataclass(frozen=True)
class Sent:
    """A report as it was sent."""

    data: bytes
    name: str = "report.csv"

    def read_bytes(self) -> bytes:
        return self.data


def read(text: str, encoding: str = "utf-8", **terms: object) -> ReportRead:
    return read_report(Sent(text.encode(encoding)), ReadingTerms(**terms))  # type: ignore[arg-type]


def stated(text: str, **terms: object) -> list[tuple[str, date, int | None, int | None, str]]:
    return [
        (one.measure, one.as_of, one.numerator, one.denominator, one.percentage) for one in read(text, **terms).stated
    ]


def wrong(text: str, **terms: object) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.code) for one in read(text, **terms).not_understood]


LONG = "Measure,Period,Numerator,Denominator,%\n4.0,Jul-17,24,438,5.48%\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_any_encoding_and_any_separator(encoding: str, sign: str) -> None:
    one = read(LONG.replace(",", sign), encoding).stated
    assert one == (StatedRow(row=2, column="", measure="4.0", as_of=JULY, numerator=24, denominator=438),)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("4.0,Jul-17,24,438,", (24, 438, "")),
        ("4.0,Jul-17,,,5.48%", (None, None, "5.48")),
        ("4.0,Jul-17,,,5.5", (None, None, "5.5")),
        ("4.0,Jul-17,24,438,5.5%", (24, 438, "")),
        ("4.0,Jul-17,*,438,5.48%", (None, None, "5.48")),
        ('4.0,Jul-17,24,"1,438",', (24, 1438, "")),
        ("4.0,Jul-17,24.0,438.0,", (24, 438, "")),
        ("4.0,Jul-17,24 of 438,,", (24, 438, "")),
        ("4.0,Jul-17,,,24/438", (24, 438, "")),
        ("N.open,Jul-17,740,,", (740, None, "")),
        ('N.open,Jul-17,"1,740",,', (1740, None, "")),
    ],
)
def test_figures_as_people_write_them(cells: str, expected: tuple[int | None, int | None, str]) -> None:
    [(_, _, *numbers)] = stated(f"Measure,Period,Numerator,Denominator,%\n{cells}\n")
    assert tuple(numbers) == expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("4.0,Jul-17,*,438,", ("Numerator", "other-suppressed")),
        ("4.0,Jul-17,,,<5", ("%", "other-suppressed")),
        ("4.0,Jul-17,,,", ("Numerator", "other-no-figure")),
        ("4.0,Jul-17,many,438,", ("Numerator", "other-number")),
        ("4.0,Jul-17,439,438,", ("Numerator", "other-impossible")),
        ("4.0,Jul-17,,,105%", ("%", "other-number")),
        ("4.0,some day,24,438,", ("Period", "other-period")),
        ("4.0,,24,438,", ("Period", "other-period")),
        ("4.0,2017/18 YTD,24,438,", ("Period", "other-year-to-date")),
        ("Total,Jul-17,24,438,", ("Measure", "other-total")),
        ("Smoking,Jul-17,24,438,", ("Measure", "other-measure")),
        (",Jul-17,24,438,", ("Measure", "other-no-figure")),
    ],
)
def test_what_is_not_understood_says_where_and_why(cells: str, expected: tuple[str, str]) -> None:
    assert wrong(f"Measure,Period,Numerator,Denominator,%\n{cells}\n") == [(2, *expected)]


def test_a_column_for_each_period_below_a_title() -> None:
    text = (
        "Substance misuse service: monthly report\n\n"
        "KPI;Substance;Target;Apr-17;May 2017;Q1 2017/18;YTD\n"
        "Successful completions;Opiate;8%;3.58%;4.24%;4.75%;4.2%\n"
        ";Alcohol;39.5%;28,02%;;*;\n"
        "People in treatment;;;740;1,738;731;\n"
    )
    april, may, june = date(2017, 4, 30), date(2017, 5, 31), date(2017, 6, 30)
    assert stated(text) == [
        ("4.0", april, None, None, "3.58"),
        ("4.0", may, None, None, "4.24"),
        ("4.0", june, None, None, "4.75"),
        ("4.2", april, None, None, "28.02"),
        ("N.treatment", april, 740, None, ""),
        ("N.treatment", may, 1738, None, ""),
        ("N.treatment", june, 731, None, ""),
    ]
    assert wrong(text) == [(4, "YTD", "other-year-to-date"), (5, "Q1 2017/18", "other-suppressed")]


def test_the_period_of_the_title_or_of_whoever_sends_it() -> None:
    rows = "Measure,Actual\n4.0,5.48%\n"
    assert wrong(rows) == [(2, "", "other-period")]
    assert stated(f"Report,July 2017\n{rows}")[0][1] == JULY
    assert stated(rows, as_of=JULY)[0][1] == JULY


def test_names_are_explained_by_whoever_sends_it() -> None:
    text = "KPI,Period,%\nKPI 7,Jul-17,5.48%\n"
    assert wrong(text) == [(2, "KPI", "other-measure")]
    assert stated(text, names=names_explained("kpi 7 = 4.0"))[0][0] == "4.0"
    with pytest.raises(Refused, match="is not understood"):
        names_explained("KPI 7 = 4.9")


def test_whose_figures_a_row_states() -> None:
    text = "Provider,Measure,Period,%\nH0001,4.0,Jul-17,5%\nAll,4.0,Jul-17,6%\nH0009,4.0,Jul-17,7%\n"
    report = read(text, agencies={"H0001"})
    assert [(one.agency, one.percentage) for one in report.stated] == [("H0001", "5"), (None, "6")]
    assert wrong(text, agencies={"H0001"}) == [(4, "Provider", "other-agency")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "other-report-headings"),
        ("name,born\nA,1980-01-01\n", "other-report-headings"),
        ("Measure,Period,%\n", "other-report-empty"),
        ('Measure,Period,%\n"4.0,Jul-17,5%\n', "other-report-unreadable"),
        ("Measure,Period,%\n" + "4.0,Jul-17,5%\n" * 2001, "other-report-too-many"),
        ("Measure,Period,%\n" + "4.0,Jul-17,5%\n" * 5001, "other-report-too-long"),
        ("PK\x03\x04xl/", "excel-workbook"),
    ],
)
def test_what_is_refused_whole(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read(text)
    assert refused.value.code == code


def test_a_form_takes_a_report_along_and_nothing_else() -> None:
    report = read(LONG)
    assert report_from(report_written(report)) == report
    for other in ("", "{}", report_written(report).replace("4.0", "9.9"), report_written(report).replace("24", "999")):
        with pytest.raises(Refused):
            report_from(other)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("Jul-17", JULY),
        ("July 2017", JULY),
        ("2017-07", JULY),
        ("07/2017", JULY),
        ("31/07/2017", JULY),
        ("31st July 2017", JULY),
        ("1 August 2016 to 31 July 2017", JULY),
        ("Q1 2017/18", date(2017, 6, 30)),
        ("2017/18 Q4", date(2018, 3, 31)),
        ("2017/18", date(2018, 3, 31)),
        ("31/13/2017", None),
        ("soon", None),
    ],
)
def test_periods(words: str, day: date | None) -> None:
    assert last_day_in_words(words) == day


def test_measures_by_our_own_codes_and_names() -> None:
    for measure in MEASURES:
        for name in (measure.code, measure.name, measure.name.upper(), f"{measure.code} {measure.name}"):
            assert measure_in_words(name) is measure


@pytest.mark.parametrize(
    ("name", "group", "code"),
    [
        ("Successful completions", "Opiate", "4.0"),
        ("Successful completions", "", None),
        ("Successful completions - non opiates", "", "4.1"),
        ("PHOF 2.15ii", "", "2.0"),
        ("PHOF", "Alcohol and non-opiate", "2.0"),
        ("Alcohol re-presentations within 6 months", "", "5.2"),
        ("Opiate representations (not lagged)", "", "5.0u"),
        ("TOP completed at start", "", "T.start"),
        ("Hep C tested", "", "B.hepc"),
        ("Waiting under 3 weeks to start", "", "W.started"),
        ("Hep B and hep C", "", None),
        ("Number of volunteers", "", None),
    ],
)
def test_measures_in_the_words_of_others(name: str, group: str, code: str | None) -> None:
    measure = measure_in_words(name, group)
    assert (measure.code if measure else None) == code


HEAD = "Measure,Period,%\n"


@pytest.mark.parametrize(
    ("cells", "read_as", "is_fraction"),
    [
        (("0.0548", "0.2933"), ("5.48", "29.33"), True),
        (("0.054794520547945202", "0.5"), ("5.4795", "50.0000"), True),
        ((".05", "0"), ("5", "0"), True),
        (("0,0548", "1"), ("5.48", "100.00"), True),
        # A sign of percent, a number above 1, or nothing between 0 and 1: it is a percentage as it is written.
        (("0.0548%", "0.5%"), ("0.0548", "0.5"), False),
        (("0.5", "29.33"), ("0.5", "29.33"), False),
        (("0", "0"), ("0", "0"), False),
        (("5.47945205479452", "29.33"), ("5.4795", "29.33"), False),
    ],
)
def test_a_column_of_fractions_is_read_as_percentages(
    cells: tuple[str, str], read_as: tuple[str, str], is_fraction: bool
) -> None:
    rows = "".join(f'4.{place},Jul-17,"{cell}"\n' for place, cell in enumerate(cells))
    long = read(HEAD + rows).stated
    assert tuple(one.percentage for one in long) == read_as
    assert [bool(one.fraction) for one in long] == [is_fraction, is_fraction]
    wide = read("KPI,Jul-17\n" + "".join(f'4.{place},"{cell}"\n' for place, cell in enumerate(cells))).stated
    assert tuple(one.percentage for one in wide) == read_as


def test_fractions_beside_what_systems_write() -> None:
    """A title, BOM, semicolons, decimal commas, a merged name, a totals row, and signs for what is not told."""
    text = (
        "Quarterly report;;;\nKPI;Group;Period;%\nSuccessful completions;Opiate;Jul-17;0,0548\n"
        ";Non-opiate;Jul-17;0,4561\n;Alcohol;Jul-17;n/a\n;Alcohol and non-opiate;Jul-17;<5\nTotal;;Jul-17;0,2000\n"
    )
    its = read(text, "utf-8-sig")
    assert [(one.measure, one.percentage, one.fraction) for one in its.stated] == [
        ("4.0", "5.48", "0,0548"),
        ("4.1", "45.61", "0,4561"),
    ]
    assert [(one.row, one.code) for one in its.not_understood] == [
        (5, "other-suppressed"),
        (6, "other-suppressed"),
        (7, "other-total"),
    ]
