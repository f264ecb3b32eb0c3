"""The committee report: the same figures as the pages, with their sources, as a file that can be read by anybody."""

import io
import json
import re
import zlib
from collections.abc import Iterator

import pytest
from docx import Document
from docx.oxml.ns import qn
from flask import Flask

from web.auth.roles import Role
from web.auth.trail.access import Deed
from web.charts import Drawing, Text
from web.exports import typesetting
from web.exports.typesetting import pdf
from web.presenters.contract_life.committee_report import PLANS
from web.presenters.contract_life.reports import Report, Section, paragraphs, written
from web.presenters.tables import Column, Table

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


def plain(cell: str) -> str:
    """A cell in one line."""
    return " ".join(cell.split())


def test_the_tables_are_those_of_the_paper(cara: Person) -> None:
    _, tables = read_docx(made(cara, "docx"))
    completions = [[plain(cell) for cell in row] for row in tables[0]]
    assert completions[0] == [
        *("Group", "Target", "30 Apr 2017", "31 May 2017", "30 Jun 2017", "31 Jul 2017", "95% interval, latest"),
        "State and direction",
    ]
    assert completions[1] == [
        *("4.0 Opiate", "8% by end of Q3 2017/18", "3.6% 16 of 447", "4.2% 19 of 448", "4.8% 21 of 442"),
        *("5.5% 24 of 438", "3.7% to 8.0%", "Off target ↑ better than 30 Jun 2017"),
    ]
    told = plain(str(tables).replace("\\n", " ").replace("\\xa0", " "))
    assert "'Q3 2016/17', 'Q4 2016/17', 'Q1 2017/18'" in told
    assert "0 of 13 (0 past six months)" in told
    assert "'at most 10% by end of Q3 2017/18', '40.0% 4 of 10', '28.6% 4 of 14'" in told
    assert "'0% by end of Q3 2017/18', '7.7% 1 of 13'" in told


def test_numbers_that_are_read_together_are_not_torn_apart(cara: Person) -> None:
    _, tables = read_docx(made(cara, "docx"))
    assert tables[0][4][2] == "25.0%\n9\N{NO-BREAK SPACE}of\N{NO-BREAK SPACE}36"


def test_what_each_measure_counts_stands_at_the_end(cara: Person) -> None:
    _, tables = read_docx(made(cara, "docx"))
    rows = {row[0]: [plain(cell) for cell in row[1:]] for row in tables[-1]}
    assert rows["4.0 Successful completions: opiate"] == [
        "Of adults in treatment for opiates, how many completed it successfully.",
        "treatment from 1 Aug 2016 to 31 Jul 2017",
        "8% by end of Q3 2017/18",
        "monthly and quarterly",
    ]
    assert len(rows) == 1 + sum(len(plan.measures) for plan in PLANS)


def test_a_finding_says_what_others_reach_and_who_waits(cara: Person) -> None:
    told, _ = read_docx(made(cara, "docx"))
    assert "Off target (red): the target is 8% by end of Q3 2017/18. 36 of 438 would reach the target." in told
    assert "Top quartile of the comparator group, Q3 2016/17: 42.59% to 60.67%, which is 16 to 22 of 37." in told
    assert "Top quartile of the comparator group, Q3 2016/17: 3.45% to 12.5%, which is 1 of 15." in told
    assert "Re-presentations when six months have passed: off target is 5.0 Opiate; on target are 5.1" in told
    assert told.count("people still wait for treatment to start") == 1


def test_every_line_and_chart_has_its_source_and_every_page_says_for_whom(cara: Person) -> None:
    content = made(cara, "docx")
    told, _ = read_docx(content)
    sources = re.findall(r"^Source of table (\d): (.*)$", told, re.MULTILINE)
    assert [number for number, _ in sources] == [f"{number}" for number in range(1, len(PLANS) + 3)]
    for plan, (_, source) in zip(PLANS, sources, strict=False):
        assert "counted by definition 1. Latest column: " in source
        assert "As known on 15 August 2017; position 11,699 of the log." in source
        assert all(code in re.findall(r"[A-Z]?[.\w]*\w", source) for code in plan.codes.split())
        assert "Too early: " in source if plan.is_immature else "Complete: " in source
    assert "Provisional: 31 Jul 2017." in sources[0][1]
    assert len(re.findall(r"Source: the agencies’ monthly files, counted by definition 1; .* position", told)) == 8
    foot = Document(io.BytesIO(content)).sections[0].footer
    assert foot.paragraphs[0].text.startswith("For whom: Those who may see all figures.")
    assert "PAGE" in foot.paragraphs[0]._p.xml


def test_of_a_day_that_no_file_covers_the_report_has_no_number(cara: Person) -> None:
    told = cara.client.get("/report?as_of=2017-08-31&known_at=2017-08-15").text
    assert "No file covers 31 August 2017; files reach 31 July 2017." in told
    assert "Successful completions: without a file that covers the day are 4.0 Opiate" in told
    assert "4.0 Opiate: No file covers 31 August 2017; files reach 31 July 2017." in told


def test_with_a_file_missing_the_report_judges_nothing(cara: Person) -> None:
    """On 9 November one agency had sent its file of October, and the others had not."""
    told = cara.client.get("/report?as_of=2017-10-31&known_at=2017-11-09").text
    assert "Successful completions: not judged, since a file is missing, are 4.0 Opiate" in told
    assert "A file is missing, so it has no direction and is not held against" in told


def test_an_agency_s_report_calls_it_by_its_name(cara: Person) -> None:
    query = f"/report?{JULY}&agency=H0001"
    content = cara.post(query, query, **{"as": "docx"}).data
    assert "journeys with an episode at Hereford (H0001)." in read_docx(content)[0]


def test_agencies_are_called_by_their_names_and_invented_people_are_said_to_be(cara: Person) -> None:
    told, _ = read_docx(made(cara, "docx"))
    assert "Files from Hereford (H0001), Leominster (H0002) and Ross (H0003) cover 31 July 2017" in told
    assert "No person in it is real." in told


def test_a_document_is_read_as_british_and_its_tables_hold_together(cara: Person) -> None:
    paper = Document(io.BytesIO(made(cara, "docx")))
    assert {found.get(qn("w:val")) for found in paper.styles.element.iter(qn("w:lang"))} == {"en-GB"}
    assert paper.styles["Heading 1"].font.name == "Arial"
    for table in paper.tables[:1]:
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert sum(column.width.cm for column in table.columns) == pytest.approx(17, abs=0.1)


def test_what_was_written_stands_below_its_table_and_else_there_is_room(cara: Person) -> None:
    told, tables = read_docx(made(cara, "docx", completions=WORDS, title="Health and Wellbeing Board"))
    assert told.startswith("Health and Wellbeing Board")
    after = told.split("Commentary: Successful completions\n")[1]
    assert after.startswith("\n".join(paragraphs(WORDS)))
    # One section has words, and there is room below each other and below completions needed.
    assert sum(table == [["\n" * 5]] for table in tables) == len(PLANS)


def test_charts_have_words(cara: Person) -> None:
    paper = Document(io.BytesIO(made(cara, "docx")))
    words = [shape._inline.docPr.get("descr") for shape in paper.inline_shapes]
    assert len(words) == 8
    assert words[0].startswith(
        "Chart 1. Successful completions: opiate. From August 2016 to July 2017: 5.5% in July 2017"
    )


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
    rows = [[WORDS, WORDS, WORDS]] * 9
    columns = [Column("Group", width=4), Column(WORDS, width=4), Column("c", width=9)]
    section = Section("a", WORDS, WORDS, [WORDS], Table(columns, rows, WORDS, [WORDS]), (), WORDS)
    report = Report(WORDS, WORDS, WORDS, WORDS, WORDS, WORDS, WORDS, [WORDS], [section])
    assert pdf(report, {}).startswith(b"%PDF-")


def test_the_page_shows_what_the_file_will_have(cara: Person) -> None:
    told = cara.client.get(f"/report?{JULY}").text
    assert "5.5%<br>24\N{NO-BREAK SPACE}of\N{NO-BREAK SPACE}438" in told
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
    assert ".app-mark--target{stroke:#" in typesetting.mark_styles()
    assert "var(" not in typesetting.mark_styles()
    svg = typesetting.picture('<svg viewBox="0 0 9 1" width="9" height="1"><g/></svg>', Drawing("a", "b", 9, 1, ()))
    assert svg.startswith('<svg viewBox="0 0 9 1" width="9" height="1" xmlns="http://www.w3.org/2000/svg"><style>')
    assert typesetting.png(svg).startswith(b"\x89PNG")


def test_a_picture_is_as_wide_as_its_labels() -> None:
    long = Text("note", 50, 5, "a label that goes on beyond the edge")
    svg = typesetting.picture('<svg viewBox="0 0 60 9" width="60" height="9"></svg>', Drawing("a", "b", 60, 9, (long,)))
    found = re.match(r'<svg viewBox="0 0 (\d+) 9" width="\1" height="9"', svg)
    assert found
    assert int(found[1]) > 50 + 36 * 7


def _streams(content: bytes) -> Iterator[bytes]:
    """What is packed in a PDF."""
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            yield zlib.decompress(packed)
        except zlib.error:
            continue
