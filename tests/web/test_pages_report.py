"""The committee report: the same figures as the pages, with their sources, as a file that can be read by anybody."""

import io
import json
import re
import zlib
from collections.abc import Iterator

import pytest
from docx import Document
from flask import Flask

from web.auth.access import Deed
from web.auth.roles import Role
from web.exports import pictures
from web.exports.pdf import pdf
from web.exports.report import Report, Section, paragraphs, written
from web.pages.report import PLANS

from .browser import Person, a_person, access_trail, an_account

JULY = "as_of=2017-07-31&known_at=2017-08-15"
WORDS = 'Numbers *rose* #panic() $x$ <b> \\ "quoted".\n\n= No heading\n@nothing'


@pytest.fixture(scope="module")
def cara(demonstration: Flask) -> Person:
    an_account(demonstration, "Cara, who reports")
    return a_person(demonstration, "Cara, who reports")


def made(person: Person, form: str, **said: str) -> bytes:
    answer = person.post(f"/report?{JULY}", f"/report?{JULY}", **{"as": form}, **said)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Disposition"] == f'attachment; filename="recount-report-2017-07-31.{form}"'
    return answer.data


def read_docx(content: bytes) -> tuple[str, list[list[list[str]]]]:
    paper = Document(io.BytesIO(content))
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in paper.tables]
    return "\n".join(paragraph.text for paragraph in paper.paragraphs), tables


def test_the_tables_are_those_of_the_paper(cara: Person) -> None:
    _, tables = read_docx(made(cara, "docx"))
    completions = next(table for table in tables if table[0][0] == "Group")
    assert completions[0] == [
        *("Group", "Target", "30 Apr 2017", "31 May 2017", "30 Jun 2017", "31 Jul 2017", "State and direction")
    ]
    assert completions[1][:2] == ["4.0 Successful completions: opiate", "8%"]
    assert completions[1][5] == "5.5% (24 of 438)"
    assert completions[1][6] == "Off target. ↑ better than 30 Jun 2017, may be chance."
    told = str(tables)
    assert "Q3 2016/17', 'Q4 2016/17', 'Q1 2017/18" in told
    assert "0 of 13; 0 matured" in told


def test_every_line_has_its_source_and_every_page_says_for_whom(cara: Person) -> None:
    told, _ = read_docx(made(cara, "docx"))
    codes = [code for plan in PLANS for code in plan.codes.split()]
    for code in codes:
        (source,) = re.findall(rf"^Source of {re.escape(code)}: .*$", told, re.MULTILINE)
        assert "as known on 15 August 2017; position" in source
        assert "definition 1" in source
        assert "(final)" in source or "(provisional)" in source
    assert "For whom: Those who may see all figures." in told


def test_what_was_written_stands_below_its_table_and_else_there_is_room(cara: Person) -> None:
    told, tables = read_docx(made(cara, "docx", completions=WORDS, title="Health and Wellbeing Board"))
    assert told.startswith("Health and Wellbeing Board")
    after = told.split("Commentary: Successful completions\n")[1]
    assert after.startswith("\n".join(paragraphs(WORDS)))
    assert sum(table == [["\n" * 5]] for table in tables) == len(PLANS) - 1


def test_charts_have_words(cara: Person) -> None:
    paper = Document(io.BytesIO(made(cara, "docx")))
    words = [shape._inline.docPr.get("descr") for shape in paper.inline_shapes]
    assert len(words) == 8
    assert words[0].startswith("Successful completions: opiate. From August 2016 to July 2017: 5.5% in July 2017")


def test_the_pdf_is_tagged_and_says_so(cara: Person) -> None:
    content = made(cara, "pdf", completions=WORDS)
    assert content.startswith(b"%PDF-")
    told = content + b"".join(_streams(content))
    assert b"/MarkInfo" in told
    assert b"/StructTreeRoot" in told
    assert re.search(rb"<pdfuaid:part>1</pdfuaid:part>|pdfuaid:part=\"1\"", told)
    assert re.search(rb"/Lang\s*\(en-GB\)", told)
    assert len(re.findall(rb"/S\s*/Figure\b", told)) == 8
    assert b"/Alt" in told
    assert re.search(rb"/S\s*/TH\b", told)


def test_the_same_report_makes_the_same_bytes(cara: Person) -> None:
    assert made(cara, "pdf", waiting="x") == made(cara, "pdf", waiting="x")
    assert made(cara, "docx", waiting="x") == made(cara, "docx", waiting="x")


def test_words_are_never_markup() -> None:
    """The text of the PDF is asked of the typesetter itself, which reads the same template."""
    section = Section("a", WORDS, WORDS, [WORDS], ["Group", WORDS, "c"], [[WORDS, WORDS, WORDS]], [WORDS], (), WORDS)
    report = Report(WORDS, WORDS, WORDS, WORDS, WORDS, WORDS, [section])
    assert pdf(report, {}).startswith(b"%PDF-")


def test_the_page_shows_what_the_file_will_have(cara: Person) -> None:
    told = cara.client.get(f"/report?{JULY}").text
    assert "5.5% (24 of 438)" in told
    assert all(f'name="{plan.key}"' in told for plan in PLANS)


def test_every_report_is_noted(demonstration: Flask, cara: Person) -> None:
    made(cara, "pdf", completions="Said in confidence")
    noted = access_trail(demonstration, deed=Deed.DOWNLOADED)[0]
    assert (noted.actor, noted.about, noted.question["form"]) == ("Cara, who reports", "report.made", "pdf")
    assert "confidence" not in json.dumps(noted.question)


def test_a_provider_s_report_says_that_it_is_one(demonstration: Flask) -> None:
    an_account(demonstration, "Pat, who reports", Role.PROVIDER, "H0001")
    told, _ = read_docx(made(a_person(demonstration, "Pat, who reports"), "docx"))
    assert "One provider, about its own agencies" in told


def test_a_form_that_there_is_not(cara: Person) -> None:
    assert cara.post(f"/report?{JULY}", f"/report?{JULY}", **{"as": "odt"}).status_code == 400
    assert cara.client.post(f"/report?{JULY}", data={"as": "pdf"}).status_code == 400


def test_what_was_written_is_made_storable() -> None:
    assert written("a\r\nb\x00\x0c\ud800 ", 100) == "a\nb"
    assert written("x" * 10, 4) == "xxxx"
    assert paragraphs("a\n\n b \n") == ["a", "b"]


def test_pictures_bring_the_looks_of_the_pages() -> None:
    assert ".app-mark--target{stroke:#" in pictures.looks()
    assert "var(" not in pictures.looks()
    svg = pictures.picture('<svg viewBox="0 0 1 1" width="1" height="1"><g/></svg>')
    assert svg.startswith('<svg viewBox="0 0 1 1" width="1" height="1" xmlns="http://www.w3.org/2000/svg"><style>')
    assert pictures.png(svg).startswith(b"\x89PNG")


def _streams(content: bytes) -> Iterator[bytes]:
    """What is packed in a PDF."""
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            yield zlib.decompress(packed)
        except zlib.error:
            continue
