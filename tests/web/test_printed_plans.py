"""The demonstration's two plans come out again as the papers have them, cell by cell; and as both kinds of file."""

import io
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from flask import Flask

from web.auth.viewer import EVERYTHING
from web.demo.improvement.action_plans import HEREFORDSHIRE, WIRRAL
from web.exports import paper
from web.presenters.improvement.action_plan_document import document
from web.presenters.improvement.paper import Paper
from web.queries.improvement.action_plans import plan
from web.snapshot import NOTICE

from .browser import a_person, an_account

PAPERS = Path(__file__).parent.parent / "papers"
TODAY = date(2017, 8, 16)
FIRST_CELLS = (
    "Objectives", "Main Aim:", "Linked Aims:", "1.", "3.", "Priority of", "Desired outcome", "Which KPI", "What value",
    "Action to be", "Background:", "Actions:", "Signed off", "Name", "Date",
)  # fmt: skip
"""How each row of the paper's tables begins; whatever follows one without such a beginning goes on over the page."""

Row = list[str]


def printed(demonstration: Flask, number: int, notice: str = "", *, open_only: bool = False) -> Paper:
    with demonstration.extensions["recount"].snapshot() as snapshot:
        its = plan(snapshot, EVERYTHING, number, TODAY)
    assert its
    return document(its, notice, open_only=open_only)


def rows_of(content: bytes) -> list[Row]:
    """The cells of all tables of a document that say something, row by row."""
    tables: Any = Document(io.BytesIO(content)).tables
    rows = [[cell.text for cell in _once(row)] for table in tables for row in table.rows]
    return [cells for row in rows if (cells := [words(cell) for cell in row if cell.strip()])]


def _once(row: Any) -> Iterator[Any]:
    """Each cell of a row; the library gives one that spans columns for each of them."""
    before = None
    for cell in row.cells:
        if cell._tc is not before:
            yield cell
        before = cell._tc


def words(cell: str) -> str:
    """The words of a cell, as a paper or a document has them."""
    plain = re.sub(r"<[^>]+>|•", " ", re.sub(r"[*]|</?(?:em|i)>", "", cell))
    return " ".join(plain.split()).replace(" .", ".")


def paper_rows(name: str) -> list[list[str]]:
    text = (PAPERS / name).read_text(encoding="utf-8")
    return [row.split("\t") for row in text.splitlines() if "\t" in row or row.startswith("ACTIONS")]


def test_wirrals_paper_comes_out_cell_by_cell(demonstration: Flask) -> None:
    expected = [[words(cell) for cell in row if cell.strip()] for row in paper_rows("wirral-action-plan.txt")]
    assert rows_of(paper.docx(printed(demonstration, WIRRAL))) == expected


def _joined(rows: list[list[str]]) -> Iterator[Row]:
    """The rows of the paper's tables, whole where they go on over a page, and with the heads of their columns apart."""
    columns: list[str] = []
    for row in rows:
        if set("".join(row)) <= {"-"}:
            continue
        if columns and words(row[0]).startswith(FIRST_CELLS):
            yield _cells(columns)
            columns = []
        columns += [""] * (len(row) - len(columns))
        columns = [f"{column} {more}" for column, more in zip(columns, [*row, *[""] * len(columns)], strict=False)]
    yield _cells(columns)


def _cells(columns: list[str]) -> Row:
    cells = [cell for column in columns if (cell := words(column))]
    # The first table has its heads in two lines; the second one names two columns in one cell.
    cells[0] = cells[0].removesuffix(" Performance Specific Actions")
    if cells[-1].startswith("By what date? By"):
        cells[-1:] = ["By what date?", cells[-1].removeprefix("By what date? ")]
    return cells


def test_herefordshires_paper_comes_out_cell_by_cell(demonstration: Flask) -> None:
    expected = list(_joined(paper_rows("herefordshire-action-plan.txt")))
    assert len(expected) == 5 + 3 * 10
    assert rows_of(paper.docx(printed(demonstration, HEREFORDSHIRE, open_only=True))) == expected


def test_its_head_says_that_it_was_extended(demonstration: Flask) -> None:
    its = printed(demonstration, HEREFORDSHIRE, open_only=True)
    head = (PAPERS / "herefordshire-action-plan.txt").read_text(encoding="utf-8")
    assert f"{its.title} {its.said[0]}\n" in head
    assert its.said[1] == "It runs to 10th October 2017."


def test_the_strand_on_tops_is_signed_off(demonstration: Flask) -> None:
    grids = printed(demonstration, HEREFORDSHIRE).grids
    assert [grid.title for grid in grids][3] == "Performance/Process – Treatment Outcome Profile (TOP) Completion"
    name, signed = ([cell.text for cell in row] for row in grids[3].rows[-2:])
    assert name == ["Name", "Contracts officer, Herefordshire Council"]
    assert signed == ["Date", "11th July 2017", "Signature", ""]


@pytest.mark.parametrize("form", ["docx", "pdf"])
def test_the_same_plan_makes_the_same_bytes(demonstration: Flask, form: str) -> None:
    its = printed(demonstration, WIRRAL)
    content = paper.paper_file(its, form)
    assert content.startswith({"docx": b"PK", "pdf": b"%PDF"}[form])
    assert paper.paper_file(its, form) == content


def test_the_page_leads_to_its_files_and_to_what_helped(demonstration: Flask) -> None:
    an_account(demonstration, "Pia of printed plans")
    ask = a_person(demonstration, "Pia of printed plans").client
    body = ask.get(f"/action-plans/{HEREFORDSHIRE}").get_data(as_text=True)
    for address in ("plan.pdf", "plan.docx", "plan.pdf?open_only=true", "did-it-help"):
        assert f'href="/action-plans/{HEREFORDSHIRE}/{address}"' in body
    response = ask.get(f"/action-plans/{HEREFORDSHIRE}/plan.docx?open_only=true")
    assert response.data == paper.docx(printed(demonstration, HEREFORDSHIRE, NOTICE, open_only=True))
    helped = " ".join(ask.get(f"/action-plans/{HEREFORDSHIRE}/did-it-help").get_data(as_text=True).split())
    assert "No more than chance: from 4.2% (19 of 454) on 31 March 2017 to 5.5% (24 of 440)" in helped
    assert "Too few to tell: from 28.6% (4 of 14)" in helped
