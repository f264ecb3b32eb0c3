"""The committee report as a document that is written on: the same tables and notes, room for commentaries.

The same report makes the same bytes.
"""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from docx import Document
from docx.document import Document as Paper
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from .bundle import bundled_again
from .pictures import said_of
from .report import Report, Section, paragraphs

MEDIA: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EMPTY_LINES: Final = 6
"""Lines to write on where nothing was written."""
_MADE: Final = datetime(2000, 1, 1)
_WIDE: Final = Cm(17)


def docx(report: Report, pictures: dict[str, list[bytes]]) -> bytes:
    """The report; `pictures` are its charts as PNG, by section."""
    paper = Document()
    _prepare(paper, report)
    paper.add_heading(report.title, 0)
    for said in (f"{report.standpoint} {report.whose}", f"For whom: {report.audience}", report.status, report.caveat):
        paper.add_paragraph(said)
    for section in report.sections:
        _section(paper, section, pictures.get(section.key, []))
    out = io.BytesIO()
    paper.save(out)
    return bundled_again(out.getvalue())


def _prepare(paper: Paper, report: Report) -> None:
    its = paper.core_properties
    its.title, its.author, its.subject, its.language = report.title, "Recount", report.audience, "en-GB"
    its.comments, its.last_modified_by = "", "Recount"
    its.created = its.modified = _MADE
    page = paper.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2)
    page.footer.paragraphs[0].text = f"For whom: {report.audience} {report.standpoint} {report.whose}"
    page.footer.paragraphs[0].runs[0].font.size = Pt(8)
    normal = paper.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(11)


def _section(paper: Paper, section: Section, pictures: Sequence[bytes]) -> None:
    paper.add_heading(section.heading, 1)
    paper.add_paragraph(section.about)
    for finding in section.findings:
        paper.add_paragraph(finding, style="List Bullet")
    _table(paper, section)
    for source in section.sources:
        paper.add_paragraph().add_run(source).font.size = Pt(8)
    for chart, picture in zip(section.charts, pictures, strict=True):
        shape = paper.add_picture(io.BytesIO(picture), width=_WIDE)
        shape._inline.docPr.set("descr", said_of(chart))  # noqa: SLF001  the library has no other way
        paper.add_paragraph(f"{chart.title}. {chart.finding} {chart.note}".strip()).runs[0].font.size = Pt(9)
    paper.add_heading(f"Commentary: {section.heading}", 2)
    if section.commentary:
        for said in paragraphs(section.commentary):
            paper.add_paragraph(said)
    else:
        _room_to_write(paper)


def _table(paper: Paper, section: Section) -> None:
    table = paper.add_table(1, len(section.columns), style="Table Grid")
    for cell, heading in zip(table.rows[0].cells, section.columns, strict=True):
        _fill(cell, heading, bold=True)
    _is_header(table.rows[0])
    for row in section.rows:
        for cell, said in zip(table.add_row().cells, row, strict=True):
            _fill(cell, said)


def _fill(cell: Any, said: str, *, bold: bool = False) -> None:
    run = cell.paragraphs[0].add_run(said)
    run.bold, run.font.size = bold, Pt(8.5)


def _is_header(row: Any) -> None:
    """Say that the row is a heading, also on the next page."""
    header = OxmlElement("w:tblHeader")
    header.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(header)  # noqa: SLF001  the library has no other way


def _room_to_write(paper: Paper) -> None:
    cell = paper.add_table(1, 1, style="Table Grid").rows[0].cells[0]
    for _ in range(EMPTY_LINES - 1):
        cell.add_paragraph()
