"""The committee report as a PDF that screen readers can follow (PDF/UA-1): headings, tables and charts with words.

The same report makes the same bytes: no day of making stands in the file, and its typeface comes along.
"""

import json
from pathlib import Path
from typing import Final

import typst

import web

from .pictures import typesetting_fonts
from .report import Report, data

MEDIA: Final = "application/pdf"
STANDARD: Final = "ua-1"
TEMPLATE: Final = Path(web.__file__).parent / "templates" / "report.typ"


def pdf(report: Report, pictures: dict[str, list[str]]) -> bytes:
    """The report; `pictures` are its charts as SVG, by section."""
    content = typst.compile(
        TEMPLATE.read_bytes(),
        format="pdf",
        pdf_standards=[STANDARD],
        sys_inputs={"report": json.dumps(data(report, pictures), ensure_ascii=False)},
        font_paths=typesetting_fonts(),
    )
    assert isinstance(content, bytes)
    return content
