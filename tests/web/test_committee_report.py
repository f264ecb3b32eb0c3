"""The committee report: no sentence twice, under ten pages, sections left out, given out to the letter."""

import re
from collections import Counter

import pytest
from flask import Flask

from web.auth.roles import Role
from web.exports.committee_paper import report_file
from web.presenters.improvement.committee.registry import KEYS
from web.presenters.improvement.committee.report import sentences_in
from web.queries.improvement.committee.document import CommitteeReport, read_document

from .browser import Person, a_person, an_account

JULY = "as_of=2017-07-31&known_at=2017-08-15"


@pytest.fixture(scope="module")
def cara(demonstration: Flask) -> Person:
    an_account(demonstration, "Cara, who reports to a committee")
    return a_person(demonstration, "Cara, who reports to a committee")


def the_report(person: Person, more: str = "", day: str = JULY) -> CommitteeReport:
    answer = person.client.get(f"/committee-report/report.json?{day}{more}")
    assert answer.status_code == 200, answer.text
    return read_document(answer.text)


def said(report: CommitteeReport) -> list[str]:
    """Every sentence of a report."""
    texts = [text for one in report.sections for text in (*one.sentences, *one.points)]
    texts += [note for one in report.sections for table in one.tables for note in table.notes]
    return [sentence for text in texts for sentence in sentences_in(text)]


@pytest.mark.parametrize("more", ["", "&edition=public", "&agency=H0001"])
def test_no_sentence_is_said_twice(cara: Person, more: str) -> None:
    counted = Counter(said(the_report(cara, more)))
    assert not [sentence for sentence, times in counted.items() if times > 1]


def test_the_report_holds_what_the_paper_prints(cara: Person) -> None:
    report = the_report(cara)
    assert [one.key for one in report.sections] == [key for key in KEYS if key in {one.key for one in report.sections}]
    assert {"overview", "figures", "hubs", "caseload", "plans", "changes", "next-steps"} <= {
        one.key for one in report.sections
    }
    overview, figures = report.sections[0], report.sections[1]
    assert "Of 14 figures with a target, 5 are on target and 9 are off target." in overview.sentences
    first = figures.tables[0].rows[0]
    assert first[:6] == [
        *("4.0 Opiate", "8%\nby end of Q3 2017/18", "3.6%\n16\N{NO-BREAK SPACE}of\N{NO-BREAK SPACE}447"),
        *(f"{one}\n{count}" for one, count in (("4.2%", figures.tables[0].rows[0][3].split("\n")[1]),)),
        *first[4:6],
    ]
    assert first[5].startswith("5.5%")
    assert first[6].startswith("Red: off target")


def test_it_is_under_ten_pages(cara: Person) -> None:
    content = report_file(the_report(cara), "pdf")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", content)) < 10 or b"/ObjStm" in content
    assert content == report_file(the_report(cara), "pdf")


def test_a_section_can_be_left_out(cara: Person) -> None:
    report = the_report(cara, "&leave_out=hubs,caseload")
    assert report.left_out == ["hubs", "caseload"]
    assert not {"hubs", "caseload"} & {one.key for one in report.sections}
    led = cara.client.get(f"/committee-report?{JULY}&edition=full&leave_out=hubs&leave_out=plans")
    assert led.status_code == 302
    assert "leave_out=hubs%2Cplans" in led.headers["Location"] or "leave_out=hubs,plans" in led.headers["Location"]


def test_restated_figures_add_up(cara: Person) -> None:
    changes = the_report(cara, day="as_of=2017-07-31&known_at=2017-10-20&leave_out=overview")
    [section] = [one for one in changes.sections if one.key == "changes"]
    sums = [cell for row in section.tables[0].rows for cell in row[3:5] if "=" in cell]
    assert sums
    for one in sums:
        printed, more, fewer, now = (int(number.replace(",", "")) for number in re.findall(r"[\d,]+", one))
        assert printed + more - fewer == now


def test_what_was_given_out_stays_to_the_byte(demonstration: Flask, cara: Person) -> None:
    before = the_report(cara, "&leave_out=caseload")
    page = f"/committee-report?{JULY}&edition=full&leave_out=caseload"
    answer = cara.post(page, page, name="Board, August")
    assert answer.status_code == 303, answer.text
    path = answer.headers["Location"].partition("?")[0]
    assert "Board, August" in cara.client.get(path).text
    given = cara.client.get(f"{path}/report.json")
    assert read_document(given.text) == before
    for form in ("pdf", "docx"):
        assert cara.client.get(f"{path}/report.{form}").data == cara.client.get(f"{path}/report.{form}").data
    again = cara.post(page, page, name="Board, August")
    assert again.headers["Location"] == answer.headers["Location"]
    assert cara.post(page, page, name=" ").status_code == 422
    an_account(demonstration, "Pat, who reads no full edition", Role.PROVIDER, "H0001")
    pat = a_person(demonstration, "Pat, who reads no full edition")
    assert pat.client.get(path).status_code == 404
    assert pat.client.get(f"/committee-report?{JULY}&agency=H0001&edition=public").status_code == 403
    assert pat.client.get(f"/committee-report?{JULY}&agency=H0001").status_code == 200


def test_the_public_edition_has_no_small_number_and_is_read_by_the_public(demonstration: Flask, cara: Person) -> None:
    cut = "cut=Board+16+Aug+2017"
    report = the_report(cara, "&edition=public", cut)
    assert not {"hubs", "caseload"} & {one.key for one in report.sections}
    [figures] = [one for one in report.sections if one.key == "figures"]
    shown = [row[1] for row in figures.tables[0].rows if row[1] != "not shown"]
    assert shown
    for cell in shown:
        numerator, denominator = map(int, re.findall(r"(\d+) of (\d+)", cell.replace(",", ""))[0])
        assert numerator >= 5
        assert denominator - numerator >= 5
    assert "Addaction" not in str(report)
    page = f"/committee-report?{cut}&edition=public"
    path = cara.post(page, page, name="For everybody").headers["Location"].partition("?")[0]
    an_account(demonstration, "Quinn, of the public", Role.PUBLIC)
    quinn = a_person(demonstration, "Quinn, of the public")
    assert "For everybody" in quinn.client.get("/committee-reports").text
    assert quinn.client.get(f"{path}/report.pdf").status_code == 200
    assert quinn.client.get("/committee-reports/1").status_code == 404
    assert quinn.client.get("/committee-report").status_code in {302, 403, 404}
