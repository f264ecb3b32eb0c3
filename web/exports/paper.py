"""A form that is filled in, as a document (DOCX) and for print (PDF): the same cells in both.

The same paper makes the same bytes. In the PDF everything is data, and nothing of it is read as markup; screen readers
can follow it (PDF/UA-1).
"""

import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import typst
from docx import Document
from docx.document import Document as Written
from docx.shared import Cm, Pt

import web
from web.presenters.improvement.paper import Cell, Grid, Paper

from .docx import LANGUAGE, MADE, add_field, mark_row, name_table, shade, write_in_one_hand
from .docx import MEDIA as DOCX
from .files import without_dates
from .typesetting import MEDIA as PDF
from .typesetting import STANDARD, typesetting_fonts

MEDIA: Final = {"docx": DOCX, "pdf": PDF}
"""The forms of file that there are, with their media types."""
TEMPLATE: Final = Path(web.__file__).parent / "templates" / "paper.typ"


def paper_file(paper: Paper, form: str) -> bytes:
    """The paper as "docx" or "pdf"."""
    return {"docx": docx, "pdf": pdf}[form](paper)


def pdf(paper: Paper) -> bytes:
    """The paper for print."""
    content = typst.compile(
        TEMPLATE.read_bytes(),
        format="pdf",
        pdf_standards=[STANDARD],
        sys_inputs={"paper": json.dumps(asdict(paper), ensure_ascii=False)},
        font_paths=typesetting_fonts(),
    )
    assert isinstance(content, bytes)
    return content


def docx(paper: Paper) -> bytes:
    """The paper as a document that can be written on."""
    written = Document()
    _prepare(written, paper)
    written.add_heading(paper.title, 0)
    for line in paper.said:
        written.add_paragraph().add_run(line).bold = True
    for place, grid in enumerate(paper.grids):
        if place:
            written.add_paragraph()
        _grid(written, grid)
    out = io.BytesIO()
    written.save(out)
    return without_dates(out.getvalue())


def _prepare(written: Written, paper: Paper) -> None:
    its = written.core_properties
    its.title, its.author, its.language = paper.title, "Recount", LANGUAGE
    its.comments, its.last_modified_by = "", "Recount"
    its.created = its.modified = MADE
    page = written.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(2)
    foot = page.footer.paragraphs[0]
    foot.add_run(f"{paper.foot} Page ")
    add_field(foot, "PAGE")
    foot.add_run(" of ")
    add_field(foot, "NUMPAGES")
    for run in foot.runs:
        run.font.size = Pt(8)
    write_in_one_hand(written)


def _grid(written: Written, grid: Grid) -> None:
    table = written.add_table(0, len(grid.widths), style="Table Grid")
    table.autofit = False
    name_table(table, grid.title)
    for row in grid.rows:
        _row(table.add_row(), row, grid.widths)
    for row in list(table.rows)[: max(grid.heads, len(grid.rows[0]) == 1)]:
        mark_row(row, "w:tblHeader")


def _row(into: Any, cells: Sequence[Cell], widths: Sequence[float]) -> None:
    place, boxes = 0, into.cells
    for one in cells:
        last = place + one.span - 1
        box = boxes[place].merge(boxes[last]) if one.span > 1 else boxes[place]
        box.width = Cm(sum(widths[place : last + 1]))
        _fill(box, one)
        place = last + 1


def _fill(box: Any, one: Cell) -> None:
    for number, line in enumerate(one.lines):
        paragraph = box.paragraphs[0] if not number else box.add_paragraph()
        if line.is_point:
            paragraph.style = "List Bullet"
        paragraph.paragraph_format.space_after = Pt(3)
        run = paragraph.add_run(line.text)
        run.bold, run.font.size = one.is_label, Pt(9.5)
    if one.is_label:
        shade(box)
