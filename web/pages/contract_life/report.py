"""The committee report: the tables of a council's performance paper from any standpoint, with room for commentaries.

The page shows what the files will have. A commentary is sent with the form and is not kept anywhere: the file is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from flask import current_app, make_response, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from web.auth import guard
from web.auth.roles import Right
from web.auth.trail.access import Deed, question_noted
from web.charts import Drawing
from web.exports import docx, typesetting
from web.exports.typesetting import picture, png
from web.pages.frame.agency_names import named
from web.pages.frame.forms import Form, TextareaField, TextField
from web.pages.frame.layout import Page
from web.pages.frame.navigation import Place, PlaceGroup
from web.pages.frame.page import PageContext, Pages, SeenFrom, asked_of
from web.presenters.contract_life.committee_report import report_of
from web.presenters.contract_life.reports import LONGEST_COMMENTARY, LONGEST_TITLE, Report, Section, Viewpoint, written
from web.problems import Problem

blueprint = Pages(
    "report",
    __name__,
    Place(
        "Tables for a paper",
        "report.report",
        Right.FIGURES,
        PlaceGroup.DISPUTES_AND_REPORTS,
        "Tables with their sources, to put into a paper of your own.",
        seen_from=True,
    ),
)


class ReportForm(Form):
    """What is written beside the tables: the title, and a commentary for each section, by its key."""

    title = TextField("Title", options={"label": {"classes": "govuk-label--m"}}, render_kw={"maxlength": LONGEST_TITLE})


def _form(report: Report) -> ReportForm:
    """The form of a report; its sections are not the same for everybody."""
    commentaries = {section.key: _commentary(section) for section in report.sections}
    form: ReportForm = type("CommentedForm", (ReportForm,), commentaries)(data={"title": report.title})
    return form


def _commentary(section: Section) -> TextareaField:
    label = Markup('Commentary<span class="govuk-visually-hidden">: {}</span>').format(section.heading)
    return TextareaField(
        "Commentary",
        "Left empty, the file has room to write. Name nobody.",
        rows=4,
        options={"label": {"html": label}},
        render_kw={"maxlength": LONGEST_COMMENTARY},
    )


@blueprint.seen_from("/report", Right.FIGURES)
def report(context: PageContext) -> Page:
    """What the report will hold, with a form for what is written beside it."""
    draft = report_of(_viewpoint(context))
    return Page(
        "report.html",
        "Tables for a paper",
        {"tables": [section.table for section in draft.sections]},
        context=context,
        report=draft,
        action=context.to("report.made"),
        form=_form(draft),
    )


@blueprint.page("/report", Right.FIGURES, SeenFrom, method="POST")
def made(args: Mapping[str, Any]) -> Response:
    """The report as a file, with what was written."""
    format_ = _FORMATS.get(request.form.get("as", ""))
    if format_ is None:
        raise Problem(400, "not-understood", "Choose PDF or DOCX.")
    context = asked_of(args, Right.FIGURES)
    draft = _with_words(report_of(_viewpoint(context)))
    noted = question_noted(
        context.slice_, form=format_.ending, as_of=context.as_of, position=context.standpoint.position
    )
    guard.note(Deed.DOWNLOADED, question=noted)
    response = make_response(format_.make(draft, _pictures(draft)))
    response.content_type = format_.media
    response.headers["Content-Disposition"] = (
        f'attachment; filename="recount-report-{context.as_of.isoformat()}.{format_.ending}"'
    )
    return response


def _viewpoint(context: PageContext) -> Viewpoint:
    return Viewpoint(context.snapshot, context.who, context.as_of, context.known_at, context.slice_, named)


# ---- what is written, and the files


def _with_words(report: Report) -> Report:
    form = _form(report)
    title = " ".join(written(form.title.data, LONGEST_TITLE).split()) or report.title
    sections = [
        replace(section, commentary=written(form[section.key].data, LONGEST_COMMENTARY)) for section in report.sections
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
class _Format:
    ending: str
    media: str
    make: Callable[[Report, dict[str, list[str]]], bytes]


_FORMATS: Final = {
    "pdf": _Format("pdf", typesetting.MEDIA, typesetting.pdf),
    "docx": _Format("docx", docx.MEDIA, _as_docx),
}
