"""The committee report as a PDF that screen readers can follow (PDF/UA-1): headings, tables and charts with words.

The same report makes the same bytes: no day of making stands in the file, and its typeface comes along.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import typst

import web
from web.presenters.reports import Report, paragraphs
from web.presenters.tables import text

from .pictures import typesetting_fonts

MEDIA: Final = "application/pdf"
STANDARD: Final = "ua-1"
TEMPLATE: Final = Path(web.__file__).parent / "templates" / "report.typ"


def pdf(report: Report, pictures: dict[str, list[str]]) -> bytes:
    """The report; `pictures` are its charts as SVG, by section."""
    content = typst.compile(
        TEMPLATE.read_bytes(),
        format="pdf",
        pdf_standards=[STANDARD],
        sys_inputs={"report": json.dumps(_data(report, pictures), ensure_ascii=False)},
        font_paths=typesetting_fonts(),
    )
    assert isinstance(content, bytes)
    return content


def _data(report: Report, pictures: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """The report as plain data, its charts as `pictures` by the section's key."""
    plain = asdict(report)
    for section, its in zip(plain["sections"], report.sections, strict=True):
        table = its.table
        section["table"] = {
            "caption": table.title,
            "columns": table.headings,
            "widths": [column.width for column in table.columns],
            "rows": [[text(cell) for cell in row] for row in table.rows],
            "sources": table.notes,
        }
        section["commentary"] = paragraphs(its.commentary)
        section["charts"] = [
            {"picture": picture, "title": chart.title, "finding": chart.finding, "note": chart.note}
            for picture, chart in zip(pictures.get(its.key, ()), its.charts, strict=True)
        ]
    return plain
