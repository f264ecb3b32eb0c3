"""The committee report: the tables of a council's performance paper from any standpoint, with room for commentaries.

The page shows what the files will have. A commentary is sent with the form and is not kept anywhere: the file is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from flask import current_app, make_response, request
from werkzeug.wrappers import Response

from web import parameters
from web.auth import guard
from web.auth.access import Deed, question_noted
from web.auth.roles import Right
from web.charts import Drawing
from web.exports import docx, pdf
from web.exports.pictures import picture, png
from web.presenters.committee_report import report_of
from web.presenters.reports import LONGEST_COMMENTARY, LONGEST_TITLE, Report, Viewpoint, written
from web.problems import Problem

from .agency_names import named
from .layout import Page
from .navigation import Place
from .page import PageContext, Pages, SeenFrom

blueprint = Pages("report", __name__, Place("Report", "report.report", Right.FIGURES, seen_from=True, aside=True))


@blueprint.seen_from("/report", Right.FIGURES)
def report(asked: PageContext) -> Page:
    """What the report will hold, with a form for what is written beside it."""
    found = report_of(_viewpoint(asked))
    return Page(
        "report.html",
        "Committee report",
        {"tables": [section.table for section in found.sections]},
        asked=asked,
        report=found,
        action=asked.to("report.made"),
        longest_title=LONGEST_TITLE,
        longest=LONGEST_COMMENTARY,
    )


@blueprint.page("/report", Right.FIGURES, SeenFrom, method="POST")
def made(given: Mapping[str, Any]) -> Response:
    """The report as a file, with what was written."""
    form = _FORMS.get(request.form.get("as", ""))
    if form is None:
        raise Problem(400, "not-understood", "Choose PDF or DOCX.")
    snapshot, where = guard.snapshot(), parameters.where_of(given)
    who = guard.not_public(guard.viewer(Right.FIGURES, where))
    asked = PageContext(snapshot, who, given, *parameters.standpoint_of(snapshot, given), where)
    found = _with_words(report_of(_viewpoint(asked)), request.form)
    noted = question_noted(where, form=form.ending, as_of=asked.as_of, position=asked.standpoint.position)
    guard.note(Deed.DOWNLOADED, question=noted)
    response = make_response(form.make(found, _pictures(found)))
    response.content_type = form.media
    response.headers["Content-Disposition"] = (
        f'attachment; filename="recount-report-{asked.as_of.isoformat()}.{form.ending}"'
    )
    return response


def _viewpoint(asked: PageContext) -> Viewpoint:
    return Viewpoint(asked.snapshot, asked.who, asked.as_of, asked.known_at, asked.where, named)


# ---- what is written, and the files


def _with_words(report: Report, form: Mapping[str, str]) -> Report:
    title = " ".join(written(form.get("title", ""), LONGEST_TITLE).split()) or report.title
    sections = [
        replace(section, commentary=written(form.get(section.key, ""), LONGEST_COMMENTARY))
        for section in report.sections
    ]
    return replace(report, title=title, sections=sections)


def _pictures(report: Report) -> dict[str, list[str]]:
    template = current_app.jinja_env.get_template("components/chart.html")
    drawing: Callable[[Drawing, str], str] = template.module.drawing  # type: ignore[attr-defined]
    return {
        section.key: [
            picture(str(drawing(chart, f"{section.key}-{number}")), chart)
            for number, chart in enumerate(section.charts)
        ]
        for section in report.sections
    }


def _as_docx(report: Report, pictures: dict[str, list[str]]) -> bytes:
    return docx.docx(report, {key: [png(one) for one in its] for key, its in pictures.items()})


@dataclass(frozen=True, slots=True)
class _Form:
    ending: str
    media: str
    make: Callable[[Report, dict[str, list[str]]], bytes]


_FORMS: Final = {
    "pdf": _Form("pdf", pdf.MEDIA, pdf.pdf),
    "docx": _Form("docx", docx.MEDIA, _as_docx),
}
