"""The committee report: no sentence twice, under ten pages, sections left out, given out to the letter."""

import io
import os
import re
import zlib
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Barrier
from types import SimpleNamespace
from typing import Any, Final

import docx
import pytest
from bs4 import BeautifulSoup
from flask import Flask
from msgspec import structs

from projections.standings.slices import Slice
from web.auth.roles import Role
from web.exports.committee_paper import report_file
from web.presenters.improvement.committee.between import commentary
from web.presenters.improvement.committee.registry import KEYS
from web.presenters.improvement.committee.report import sentences_in
from web.queries.improvement.committee.document import CommitteeReport, ReportSection, ReportTable, read_document

from .browser import Person, a_person, an_account

JULY = "as_of=2017-07-31&known_at=2017-08-15"
GOLDEN: Final = Path(__file__).parents[1] / "golden" / "committee_report.txt"
A_PAGE: Final = re.compile(rb"/Type\s*/Page\b")
A_STREAM: Final = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)


@pytest.fixture(scope="module")
def cara(demonstration: Flask) -> Person:
    an_account(demonstration, "Cara, who reports to a committee")
    return a_person(demonstration, "Cara, who reports to a committee")


def the_report(person: Person, more: str = "", day: str = JULY) -> CommitteeReport:
    answer = person.client.get(f"/committee-report/report.json?{day}{more}")
    assert answer.status_code == 200, answer.text
    return read_document(answer.text)


def twice(texts: Iterable[str]) -> list[str]:
    """The sentences that stand in these texts more than once."""
    counted = Counter(
        sentence
        for text in texts
        for sentence in sentences_in(" ".join(text.split()))
        if sentence.endswith((".", "!", "?")) and " " in sentence
    )
    return [sentence for sentence, times in counted.items() if times > 1]


def on_the_page(html: str) -> list[str]:
    """What a page says of a report: paragraphs, points, captions and cells."""
    main = BeautifulSoup(html, "html.parser").find("main")
    assert main is not None
    return [one.get_text(" ") for one in main.find_all(["p", "li", "caption", "th", "td"])]


def on_paper(content: bytes) -> list[str]:
    """What a DOCX says, with its foot."""
    paper = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    feet = [one.text for section in paper.sections for one in section.footer.paragraphs]
    return [*(one.text for one in paper.paragraphs), *cells, *feet]


def pages_of(content: bytes) -> int:
    """How many pages a PDF has: those among its objects, which stand packed in streams or openly."""
    unpacked = []
    for one in A_STREAM.finditer(content):
        try:
            unpacked.append(zlib.decompress(one[1]))
        except zlib.error:
            continue
    return sum(len(A_PAGE.findall(part)) for part in (A_STREAM.sub(b"", content), *unpacked))


@pytest.mark.parametrize("more", ["", "&edition=public", "&agency=H0001"])
def test_no_sentence_is_said_twice(cara: Person, more: str) -> None:
    page = on_the_page(cara.client.get(f"/committee-report?{JULY}{more}").text)
    assert any("are on target" in text or "published" in text for text in page)
    assert not twice(page)
    paper = on_paper(cara.client.get(f"/committee-report/report.docx?{JULY}{more}").data)
    assert any("Director of Public Health" in text for text in paper)
    assert not twice(paper)


def test_the_search_for_sentences_said_twice_sees_them() -> None:
    assert twice(["It is so. It is not.", "It is so."]) == ["It is so."]


def test_the_report_of_july_is_as_it_was_read(cara: Person) -> None:
    text = as_text(the_report(cara))
    if os.environ.get("RECOUNT_WRITE_GOLDEN"):
        GOLDEN.write_text(text)
    assert text == GOLDEN.read_text(), "run 'make golden' and read the difference"


def as_text(report: CommitteeReport) -> str:
    """A report line by line; a row of a table is one."""
    lines = [report.title, f"{report.seen_from} {report.whose}", f"For whom: {report.audience}", report.notice]
    for section in report.sections:
        lines += ["", f"## {section.heading}", *section.sentences, *(f"- {point}" for point in section.points)]
        for table in section.tables:
            rows = [" | ".join(row).replace("\n", "; ") for row in (table.columns, *table.rows)]
            lines += ["", f"### {table.title}", *rows, *table.notes]
    return "\n".join(lines).replace("\N{NO-BREAK SPACE}", " ") + "\n"


def test_the_report_holds_what_the_paper_prints(cara: Person) -> None:
    report = the_report(cara)
    assert [one.key for one in report.sections] == [key for key in KEYS if key in {one.key for one in report.sections}]
    assert {"overview", "figures", "hubs", "caseload", "plans", "changes", "next-steps"} <= {
        one.key for one in report.sections
    }
    overview, figures = report.sections[0], report.sections[1]
    assert "Of 14 figures with a target, 5 are on target and 9 are off target." in overview.points
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
    assert 3 <= pages_of(content) < 10
    assert content == report_file(the_report(cara), "pdf")


def test_a_section_can_be_left_out(cara: Person) -> None:
    report = the_report(cara, "&leave_out=hubs,caseload")
    assert report.left_out == ["hubs", "caseload"]
    assert not {"hubs", "caseload"} & {one.key for one in report.sections}
    led = cara.client.get(f"/committee-report?{JULY}&edition=full&leave_out=hubs&leave_out=plans")
    assert led.status_code == 302
    assert "leave_out=hubs%2Cplans" in led.headers["Location"] or "leave_out=hubs,plans" in led.headers["Location"]


def test_the_share_of_returns_reviewed_in_time_is_a_section(cara: Person) -> None:
    """Of all, and of each agency whose parts add up to it; not for the public, nor where reviews cannot be told."""
    [section] = [one for one in the_report(cara).sections if one.key == "return-reviews"]
    [whole] = re.findall(r"(\d+) of (\d+) reviews? that fell due from 1 Aug 2016 to 31 Jul 2017", section.sentences[0])
    parts = [re.findall(r": (\d+) of (\d+) in time", point)[0] for point in section.points]
    assert len(parts) > 1
    assert [sum(int(part[place]) for part in parts) for place in (0, 1)] == list(map(int, whole))
    for more in ("&edition=public", "&young_people=true", "&leave_out=return-reviews"):
        assert "return-reviews" not in {one.key for one in the_report(cara, more).sections}


def test_a_report_on_one_agency_has_the_notices_that_were_given_to_it(cara: Person) -> None:
    """Contract query 1 was given to H0001, 2 to H0002, and the charity's notice to all three."""
    [section] = [one for one in the_report(cara, "&agency=H0002").sections if one.key == "notices"]
    assert [row[0] for row in section.tables[0].rows] == ["Performance notice 3", "Contract query 2"]
    assert section.sentences[0] == "1 performance notice is open, and 1 ended."


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


def test_a_board_that_meets_before_the_file_came_reads_from_where_there_are_figures(cara: Person) -> None:
    overview = the_report(cara, day="as_of=2017-07-31&known_at=2017-08-05").sections[0]
    assert overview.sentences == [
        "No file covers 31 July 2017; files reach 30 June 2017.",
        "A report as of 30 June 2017 has the newest figures.",
    ]
    assert overview.points[0].startswith("2 action plans are in force")
    first = the_report(cara, day="as_of=2014-01-31&known_at=2014-02-05")
    assert [one.sentences for one in first.sections if one.key == "figures"] == [["There is no figure yet."]]


def test_a_public_edition_without_a_frozen_scorecard_says_so_once(cara: Person) -> None:
    june, none = (
        "as_of=2017-06-30&known_at=2017-08-05",
        ["No figure was published as of 30 June 2017 from what the report knows."],
    )
    sections = the_report(cara, "&edition=public", june).sections
    assert (sections[0].key, sections[0].sentences) == ("overview", none)
    assert "figures" not in {one.key for one in sections}
    assert the_report(cara, "&edition=public&leave_out=overview", june).sections[0].sentences == none
    page = cara.client.get(f"/committee-report?{june}&edition=public").text
    assert "/certificates/freeze?as_of=2017-06-30&amp;known_at=2017-08-05" in page


def test_a_report_of_nothing_is_not_given_out(cara: Person) -> None:
    page = f"/committee-report?{JULY}&leave_out={','.join(KEYS)}"
    answer = cara.post(page, page, name="Nothing at all")
    assert answer.status_code == 422
    assert "The report has no section. Leave fewer of them out." in answer.text


def test_a_report_that_two_people_give_out_at_once_is_given_out_once(demonstration: Flask, cara: Person) -> None:
    an_account(demonstration, "Dora, who gives out the same")
    people = [cara, a_person(demonstration, "Dora, who gives out the same")]
    page = f"/committee-report?{JULY}&edition=full&leave_out=hubs"
    words = [one.word(page) for one in people]
    at_once = Barrier(len(people))

    def give(one: Person, word: str) -> str:
        at_once.wait()
        return one.client.post(page, data={"csrf_token": word, "name": "Given out at once"}).headers["Location"]

    with ThreadPoolExecutor() as pool:
        assert len(set(pool.map(give, people, words))) == 1


HOSTILE: Final = (
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "#let x = 1",
    "*not bold* $x$ @nobody",
    "long " * 800,
)


def test_what_people_wrote_is_text_in_every_file(cara: Person) -> None:
    """Neither markup nor a formula, and a text that is longer than a page goes on over it."""
    report = the_report(cara)
    said = ReportTable("Said", ["Who", "What"], [3.0, 14.0], [["one", text] for text in HOSTILE], [HOSTILE[0]])
    hostile = structs.replace(
        report, sections=[ReportSection("plans", "Action plans", list(HOSTILE), list(HOSTILE), [said])]
    )
    assert pages_of(report_file(hostile, "pdf")) > 1
    paper = on_paper(report_file(hostile, "docx"))
    assert all(text.strip() in " ".join(paper) for text in HOSTILE)
    page = f"/committee-report?{JULY}&edition=full&leave_out=caseload,hubs"
    path = cara.post(page, page, name=HOSTILE[0]).headers["Location"].partition("?")[0]
    assert HOSTILE[0] not in cara.client.get(path).text + cara.client.get("/committee-reports").text
    assert cara.post(page, page, name="a\x07bell").status_code == 422


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


def test_the_public_edition_has_published_words_about_figures_that_are_shown_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    comments = {
        code: SimpleNamespace(comments=[SimpleNamespace(measure=code, on=date(2017, 8, day))])
        for code, day in (("4.0", 10), ("4.2", 20), ("5.0", 10))
    }
    figures = [
        SimpleNamespace(code=code, numerator=numerator, denominator=438, withheld=False)
        for code, numerator in (("4.0", 24), ("4.2", 61), ("5.0", {"suppressed": True}))
    ]
    monkeypatch.setattr(commentary, "published_figures", lambda _view: figures)
    monkeypatch.setattr(commentary, "commentary_of_card", lambda *_asked: comments)
    seen = SimpleNamespace(snapshot=None, as_of=date(2017, 7, 31), slice_=Slice())
    view: Any = SimpleNamespace(seen=seen, viewer=None, day=date(2017, 8, 15))
    assert [one.measure for one in commentary.published_comments(view)] == ["4.0"]
