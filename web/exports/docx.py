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
from docx.shared import Cm, Pt, RGBColor

from web.presenters.contract_life.reports import Report, Section, paragraphs
from web.presenters.tables import Table, text

from .files import without_dates
from .typesetting import said_of

MEDIA: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EMPTY_LINES: Final = 6
"""Lines to write on where nothing was written."""
LANGUAGE: Final = "en-GB"
TYPEFACE: Final = "Arial"
MADE: Final = datetime(2000, 1, 1)
_WIDE: Final = Cm(17)
_HEADS: Final = "E7E6E6"
"""Behind the heads of a table."""
_BLACK: Final = RGBColor(0, 0, 0)
_SIZES: Final = {"Normal": 11, "Title": 20, "Heading 1": 15, "Heading 2": 12, "Caption": 9.5, "List Bullet": 11}


def docx(report: Report, pictures: dict[str, list[bytes]]) -> bytes:
    """The report; `pictures` are its charts as PNG, by section."""
    paper = Document()
    _prepare(paper, report)
    paper.add_heading(report.title, 0)
    for text_ in (f"{report.standpoint} {report.whose}", f"For whom: {report.audience}", report.notice):
        if text_:
            paper.add_paragraph().add_run(text_).bold = True
    for text_ in (report.status, report.caveat):
        paper.add_paragraph(text_)
    if report.in_short:
        paper.add_heading("In short", 1)
        _bullets(paper, report.in_short)
    for section in report.sections:
        _section(paper, section, pictures.get(section.key, []))
    out = io.BytesIO()
    paper.save(out)
    return without_dates(out.getvalue())


def _prepare(paper: Paper, report: Report) -> None:
    its = paper.core_properties
    its.title, its.author, its.subject, its.language = report.title, "Recount", report.audience, LANGUAGE
    its.comments, its.last_modified_by = "", "Recount"
    its.created = its.modified = MADE
    page = paper.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2)
    page.top_margin = page.bottom_margin = Cm(2)
    foot = page.footer.paragraphs[0]
    foot.add_run(f"For whom: {report.audience} {report.standpoint} {report.whose} {report.notice} Page ")
    add_field(foot, "PAGE")
    foot.add_run(" of ")
    add_field(foot, "NUMPAGES")
    for run in foot.runs:
        run.font.size = Pt(8)
    write_in_one_hand(paper)


def write_in_one_hand(paper: Paper) -> None:
    """One typeface in black for all styles, and the language by which a spelling check reads."""
    for name, size in _SIZES.items():
        style: Any = paper.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = TYPEFACE, Pt(size), _BLACK
        # What a theme says of a typeface goes before its name, until it is taken away.
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in [key for key in fonts.attrib if key.endswith("Theme")]:
            del fonts.attrib[key]
        for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(script), TYPEFACE)
    paper.styles["Caption"].font.bold = True
    paper.styles["Caption"].paragraph_format.keep_with_next = True
    for language in paper.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), LANGUAGE)


def add_field(paragraph: Any, what: str) -> None:
    """A number that the program which shows the page puts in."""
    for kind in ("begin", None, "end"):
        run = paragraph.add_run()._r  # noqa: SLF001  the library has no other way
        if kind is None:
            part = OxmlElement("w:instrText")
            part.text = what
        else:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        run.append(part)


def _section(paper: Paper, section: Section, pictures: Sequence[bytes]) -> None:
    paper.add_heading(section.heading, 1)
    paper.add_paragraph(section.about)
    _bullets(paper, section.findings)
    paper.add_paragraph(section.table.title, style="Caption")
    _table(paper, section.table)
    for source in section.table.notes:
        _small(paper, source)
    if section.commentary or section.is_written_on:
        paper.add_heading(f"Commentary: {section.heading}", 2)
    if section.commentary:
        for paragraph in paragraphs(section.commentary):
            paper.add_paragraph(paragraph)
    elif section.is_written_on:
        _room_to_write(paper)
    if section.charts:
        paper.add_heading(f"Charts: {section.heading}", 2)
    for chart, picture in zip(section.charts, pictures, strict=True):
        shape = paper.add_picture(io.BytesIO(picture), width=_WIDE)
        shape._inline.docPr.set("descr", said_of(chart))  # noqa: SLF001  the library has no other way
        paper.paragraphs[-1].paragraph_format.keep_with_next = True
        paper.add_paragraph(f"{chart.title}. {chart.finding}", style="Caption").paragraph_format.keep_with_next = True
        _small(paper, chart.note)


def _bullets(paper: Paper, sentences: Sequence[str]) -> None:
    for one in sentences:
        paper.add_paragraph(one, style="List Bullet")


def _small(paper: Paper, words: str) -> None:
    paragraph = paper.add_paragraph()
    paragraph.add_run(words).font.size = Pt(8)
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(4)


def _table(paper: Paper, table: Table) -> None:
    grid = paper.add_table(1, len(table.columns), style="Table Grid")
    grid.autofit = False
    widths = [Cm(column.width or 0) for column in table.columns]
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = width
    name_table(grid, table.title)
    for cell, heading in zip(grid.rows[0].cells, table.headings, strict=True):
        _fill(cell, heading, bold=True)
        shade(cell)
    mark_row(grid.rows[0], "w:tblHeader")
    for row in table.rows:
        for place, (cell, value) in enumerate(zip(grid.add_row().cells, row, strict=True)):
            _fill(cell, text(value), bold=not place)
    for row in grid.rows:
        mark_row(row, "w:cantSplit")
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width
    keep_in_one(grid)


def keep_in_one(grid: Any, *, has_notes: bool = True) -> None:
    """A short table stays in one piece with its head, and with its notes if it has any; of a long one the head and the
    first rows stay together.
    """
    rows = list(grid.rows)
    kept = rows[: None if has_notes else -1] if len(rows) <= _LONG else rows[:_BEGUN]
    for row in kept:
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True


_LONG: Final = 8
"""Rows from which on a table may go on over the page."""
_BEGUN: Final = 3
"""Rows of such a table, its head among them, that are not alone at the foot of a page."""


def _fill(cell: Any, words: str, *, bold: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run(words)
    run.bold, run.font.size = bold, Pt(8.5)


def shade(cell: Any, colour: str = _HEADS) -> None:
    """Put a colour behind a cell, six hexadecimal digits; that of the heads of a table, where none is named."""
    shade = OxmlElement("w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", colour)):
        shade.set(qn(name), value)
    cell._tc.get_or_add_tcPr().append(shade)  # noqa: SLF001  the library has no other way


def name_table(table: Any, name: str) -> None:
    """What a table is, for those who hear it."""
    caption = OxmlElement("w:tblCaption")
    caption.set(qn("w:val"), name)
    table._tbl.tblPr.append(caption)  # noqa: SLF001  the library has no other way


def mark_row(row: Any, what: str) -> None:
    """Say of a row that it is a heading, also on the next page (tblHeader), or that it stays whole (cantSplit)."""
    mark = OxmlElement(what)
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)  # noqa: SLF001  the library has no other way


def _room_to_write(paper: Paper) -> None:
    table = paper.add_table(1, 1, style="Table Grid")
    name_table(table, "Room for a commentary")
    cell = table.rows[0].cells[0]
    for _ in range(EMPTY_LINES - 1):
        cell.add_paragraph()
