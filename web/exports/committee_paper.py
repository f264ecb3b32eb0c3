"""The committee report for print (PDF) and as a document that can be written on (DOCX): the same words in both.

The same report makes the same bytes, so that a report that was given out is printed again as it was.
"""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import typst
from docx import Document
from docx.document import Document as Paper
from docx.shared import Cm, Pt

import web
from web.queries.improvement.committee.document import CommitteeReport, ReportSection, ReportTable

from .docx import LANGUAGE, MADE, add_field, keep_in_one, mark_row, name_table, shade, write_in_one_hand
from .docx import MEDIA as DOCX
from .files import without_dates
from .typesetting import MEDIA as PDF
from .typesetting import STANDARD, typesetting_fonts

JSON: Final = "application/json"
MEDIA: Final = {"pdf": PDF, "docx": DOCX, "json": JSON}
"""The forms of file that there are, with their media types."""
TEMPLATE: Final = Path(web.__file__).parent / "templates" / "committee-report.typ"
COLOURS: Final = {"Red": "F6D7D2", "Amber": "FFF1CC", "Green": "D5E8D9"}
"""Behind a cell that begins with the word of a colour."""


def report_file(report: CommitteeReport, form: str, given: str = "") -> bytes:
    """The report as "pdf", "docx" or "json". `given` says at its foot as which number it was given out."""
    makers: dict[str, Callable[[CommitteeReport, str], bytes]] = {"pdf": pdf, "docx": docx, "json": _json}
    return makers[form](report, given)


def _json(report: CommitteeReport, _given: str) -> bytes:
    return report.encoded()


def _foot(report: CommitteeReport, given: str) -> str:
    """What stands at the foot of each page: a heading's words and no sentence."""
    edition = "public edition" if report.edition == "public" else "not for the public"
    invented = "invented data" if report.notice else ""
    return " · ".join(filter(None, [report.title, edition, report.seen_from.rstrip("."), given, invented]))


def pdf(report: CommitteeReport, given: str) -> bytes:
    """The report for print; screen readers can follow it (PDF/UA-1)."""
    data = report.document() | {"foot": _foot(report, given), "colours": COLOURS}
    content = typst.compile(
        TEMPLATE.read_bytes(),
        format="pdf",
        pdf_standards=[STANDARD],
        sys_inputs={"report": json.dumps(data, ensure_ascii=False)},
        font_paths=typesetting_fonts(),
    )
    assert isinstance(content, bytes)
    return content


def docx(report: CommitteeReport, given: str) -> bytes:
    """The report as a document."""
    paper = Document()
    _prepare(paper, report, given)
    paper.add_heading(report.title, 0)
    paper.add_paragraph().add_run(f"{report.seen_from} {report.whose}").bold = True
    for said in (f"For whom: {report.audience}", report.notice):
        if said:
            paper.add_paragraph(said)
    for section in report.sections:
        _section(paper, section)
    _signature(paper, report)
    out = io.BytesIO()
    paper.save(out)
    return without_dates(out.getvalue())


def _prepare(paper: Paper, report: CommitteeReport, given: str) -> None:
    its = paper.core_properties
    its.title, its.author, its.subject, its.language = report.title, "Recount", report.audience, LANGUAGE
    its.comments, its.last_modified_by = "", "Recount"
    its.created = its.modified = MADE
    page = paper.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(2)
    foot = page.footer.paragraphs[0]
    foot.add_run(f"{_foot(report, given)} · page ")
    add_field(foot, "PAGE")
    foot.add_run(" of ")
    add_field(foot, "NUMPAGES")
    for run in foot.runs:
        run.font.size = Pt(8)
    write_in_one_hand(paper)


def _section(paper: Paper, section: ReportSection) -> None:
    paper.add_heading(section.heading, 1)
    if section.sentences:
        paper.add_paragraph(" ".join(section.sentences))
    for point in section.points:
        paper.add_paragraph(point, style="List Bullet")
    for table in section.tables:
        paper.add_paragraph(table.title, style="Caption")
        _table(paper, table)
        for note in table.notes:
            paper.add_paragraph().add_run(note).font.size = Pt(8)


def _table(paper: Paper, table: ReportTable) -> None:
    grid = paper.add_table(1, len(table.columns), style="Table Grid")
    grid.autofit = False
    name_table(grid, table.title)
    for cell, heading in zip(grid.rows[0].cells, table.columns, strict=True):
        _fill(cell, heading, bold=True)
        shade(cell)
    mark_row(grid.rows[0], "w:tblHeader")
    for row in table.rows:
        for place, (cell, text) in enumerate(zip(grid.add_row().cells, row, strict=True)):
            _fill(cell, text, bold=not place)
            if colour := COLOURS.get(text.partition(":")[0]):
                shade(cell, colour)
    widths = [Cm(width) for width in table.widths]
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = width
    for row in grid.rows:
        mark_row(row, "w:cantSplit")
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width
    keep_in_one(grid, has_notes=bool(table.notes))


def _fill(cell: Any, text: str, *, bold: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run(text)
    run.bold, run.font.size = bold, Pt(8.5)


def _signature(paper: Paper, report: CommitteeReport) -> None:
    # Two tables that follow each other are one to a word processor.
    paper.add_paragraph()
    grid = paper.add_table(2, 3, style="Table Grid")
    name_table(grid, "Signature")
    for cell, label in zip(grid.rows[0].cells, signature(report), strict=True):
        _fill(cell, label, bold=True)
        shade(cell)
    for cell in grid.rows[1].cells:
        cell.add_paragraph()
    for row in grid.rows:
        mark_row(row, "w:cantSplit")


def signature(report: CommitteeReport) -> tuple[str, str, str]:
    """What the fields at the end are for."""
    return f"Signed, {report.signatory}", "Name", "Date"
