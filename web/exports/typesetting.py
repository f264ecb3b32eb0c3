"""What is typeset: charts as pictures outside a browser, and the committee report as a PDF.

A picture is the same SVG as on a page, with the style of its marks written into it. The styles are read from the
stylesheet of the pages, so that there is one place that says what a mark looks like. The PDF is one that screen readers
can follow (PDF/UA-1). The same report makes the same bytes: no day of making stands in the file, and its typeface comes
along.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst

import web
from web.charts import Drawing, Text
from web.charts.drawing import LETTER
from web.presenters.contract_life.reports import Report, paragraphs
from web.presenters.tables import text

FONT: Final = "Libertinus Serif"
"""The typeface of reports: it comes with what typesets them, so that they are the same on every machine."""
WIDE: Final = "17cm"
"""How wide a chart is on paper."""
DOTS: Final = 200
"""Dots per inch of a picture in a document that takes no SVG."""
_STYLESHEET: Final = Path(web.__file__).parent / "static" / "recount.css"
_STYLE: Final = re.compile(r"((?:\.app-mark--[a-z0-9-]+,?)+|\.app-drawing)\{([^}]*)\}")
_WITH_OTHERWISE: Final = re.compile(r"var\(--[a-z-]+,\s*([^)]+)\)")
_SIZE: Final = re.compile(r'viewBox="[^"]*" width="[^"]*"')
_FAMILY: Final = re.compile(r"font-family:[^;}]*")
_PAGE: Final = """#set page(width: auto, height: auto, margin: 0pt)
#set text(lang: "en")
#image(bytes(sys.inputs.svg), format: "svg", width: {width})
"""


def typesetting_fonts() -> typst.Fonts:
    """The typefaces of reports: those that come along, none of the machine's."""
    return typst.Fonts(include_system_fonts=False)


@cache
def mark_styles() -> str:
    """The style of all marks, as a stylesheet that stands in a picture."""
    css = _STYLESHEET.read_text(encoding="utf-8")
    rules = [f"{marks}{{{_plain(style)}}}" for marks, style in _STYLE.findall(css)]
    return _FAMILY.sub(f"font-family:'{FONT}'", "".join(rules))


def _plain(style: str) -> str:
    """A style with the colours that its variables stand for."""
    return _WITH_OTHERWISE.sub(r"\1", style)


def picture(svg: str, chart: Drawing) -> str:
    """The SVG of a page as a picture of its own. `svg` is what `components/chart.html` writes of the chart.

    On a page a label may go on beyond the drawing's edge; a picture ends there, so it is made as wide as its labels.
    """
    head, closing, marks = svg.strip().partition(">")
    needed = max([chart.width, *(ends_at(mark) for mark in chart.marks if isinstance(mark, Text))])
    size = f'viewBox="0 0 {needed:.0f} {chart.height}" width="{needed:.0f}"'
    head = _SIZE.sub(size, head, count=1)
    return f'{head} xmlns="http://www.w3.org/2000/svg"{closing}<style>{mark_styles()}</style>{marks}'


def ends_at(label: Text) -> float:
    """Where a label ends, about, from the drawing's left edge."""
    before = {"start": 0.0, "middle": 0.5, "end": 1.0}[label.anchor]
    return label.x + (1 - before) * len(label.words) * LETTER


def png(svg: str) -> bytes:
    """The picture in dots."""
    content = typst.compile(
        _PAGE.format(width=WIDE).encode(),
        format="png",
        ppi=float(DOTS),
        sys_inputs={"svg": svg},
        font_paths=typesetting_fonts(),
    )
    assert isinstance(content, bytes)  # one page
    return content


def said_of(chart: Drawing) -> str:
    """What a picture says to those who do not see it."""
    return f"{chart.title}. {chart.finding}"


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
