"""The committee report from any standpoint: read, taken away as PDF, DOCX or JSON, and given out."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from flask import make_response, redirect, request, url_for
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from domain.improvement.committee_report import Edition
from web.auth import guard
from web.auth.roles import Reach, Right
from web.auth.trail.access import Deed, question_noted
from web.clock import today
from web.commands.improvement.author import author_of
from web.commands.improvement.committee_reports import REFUSALS, give_out
from web.exports.committee_paper import MEDIA, report_file
from web.pages.frame.forms import CheckboxesField, Form, SelectField, TextField
from web.pages.frame.layout import Page
from web.pages.frame.navigation import Place, PlaceGroup, here
from web.pages.frame.page import PageContext, Pages, SeenFrom, asked_of
from web.presenters.contract_life.reports import Viewpoint
from web.presenters.improvement.committee.figures import published_figures
from web.presenters.improvement.committee.registry import KEYS, SECTIONS
from web.presenters.improvement.committee.report import compose, figures_kept
from web.presenters.improvement.committee.view import ReportView, naming
from web.presenters.tables import Column, Table
from web.problems import Problem
from web.queries.improvement.committee.document import CommitteeReport, ReportTable
from web.queries.improvement.committee.given import given_result
from web.queries.parameters import EVERYBODY

PAGE: Final = "committee-report.page"
LEFT_OUT: Final = "leave_out"
EDITIONS: Final = {
    Edition.FULL: "Full: not for the public",
    Edition.PUBLIC: "Public: what was published, without small numbers",
}

blueprint = Pages(
    "committee-report",
    __name__,
    Place(
        "Committee report",
        PAGE,
        Right.AGREED,
        PlaceGroup.DISPUTES_AND_REPORTS,
        "The whole report for a committee: read it, print it, give it out.",
        seen_from=True,
    ),
)


class ReportAddress(SeenFrom):
    """Which edition, and what is left out; several sections stand after each other, parted by commas."""

    edition = fields.Enum(Edition, by_value=True, load_default=Edition.FULL)
    leave_out = fields.String(load_default="", validate=validate.Length(max=200))


class SectionsForm(Form):
    """What a report is to have."""

    edition = SelectField("Edition", choices=EDITIONS)
    leave_out = CheckboxesField(
        "Leave out", "Tick what the report is to go without.", choices={one.key: one.heading for one in SECTIONS}
    )


class GiveForm(Form):
    """Under which name a report is given out."""

    field_of_code: ClassVar = dict.fromkeys(REFUSALS, "name")

    name = TextField(
        "What to call it",
        "Like: Health and Wellbeing Board, 16 August 2017. It stays on record, so name no client.",
        width=30,
        needed="Say what the report is called, or for which meeting it is.",
    )


@blueprint.seen_from("/committee-report", Right.AGREED, ReportAddress)
def page(context: PageContext) -> Any:
    """The report as it stands, with what can be done with it."""
    chosen = request.args.getlist(LEFT_OUT)
    if len(chosen) > 1:
        # The boxes of the form come one by one; an address that is kept has them in one.
        return redirect(here(**{LEFT_OUT: ",".join(chosen)}))
    return report_page(context, GiveForm(None))


def report_page(context: PageContext, form: GiveForm) -> Page:
    """The page with its form as it was sent, if it was."""
    view = view_of(context)
    report = compose(view)
    chosen = {"edition": str(view.edition), LEFT_OUT: [key for key in KEYS if key in view.left_out]}
    address = {"edition": str(view.edition), LEFT_OUT: ",".join(chosen[LEFT_OUT]) or None}
    return Page(
        "committee-report.html",
        "Committee report",
        {"tables": [page_table(one) for section in report.sections for one in section.tables]},
        context=context,
        report=report,
        tables_of=tables_of(report),
        sections=SectionsForm(None, data=chosen),
        may_give=guard.principal().reach(Right.KNOWLEDGE) is not None,
        may_choose_edition=not context.who.is_provider,
        freeze=_to_freeze(context) if view.is_public and not published_figures(view) else "",
        form=form,
        errors=form.links,
        action=context.to("committee-report.give", **address),
        papers={form_: context.to("committee-report.paper", form=form_, **address) for form_ in MEDIA},
    )


def _to_freeze(context: PageContext) -> str:
    """Where the scorecard is frozen that an edition for the public would have its figures of, for who may do so."""
    if guard.principal().reach(Right.PUBLISH) is not Reach.ALL or context.slice_ != EVERYBODY:
        return ""
    return url_for("certificates_pages.freeze_form", as_of=context.as_of, known_at=context.standpoint.known_at)


def tables_of(report: CommitteeReport) -> dict[str, list[Table]]:
    """The tables of each section, as a page has them."""
    return {section.key: [page_table(one) for one in section.tables] for section in report.sections}


def page_table(one: ReportTable) -> Table:
    """A table of a report as a page has it."""
    return Table([Column(heading.replace("\n", " ")) for heading in one.columns], one.rows, one.title, one.notes)


def view_of(context: PageContext) -> ReportView:
    """Who looks at which report.

    Raises:
        Problem: a provider asks for a public edition that was not given out (403).
    """
    edition: Edition = context.args["edition"]
    if edition is Edition.PUBLIC and context.who.is_provider:
        raise Problem(403, "edition-not-yours", "The council makes the public edition. Those given out are listed.")
    seen = Viewpoint(
        context.snapshot, context.who, context.as_of, context.known_at, context.slice_, naming(context.snapshot)
    )
    reader = guard.not_public(guard.viewer_of_party(Right.AGREED))
    left_out = frozenset(context.args[LEFT_OUT].split(",")) & frozenset(KEYS)
    return ReportView(seen, reader, today(), edition, left_out)


@blueprint.seen_from("/committee-report/report.<any(pdf, docx, json):form>", Right.AGREED, ReportAddress)
def paper(context: PageContext, form: str) -> Response:
    """The report as a file."""
    report = compose(view_of(context))
    noted = question_noted(context.slice_, form=form, as_of=context.as_of, position=context.standpoint.position)
    guard.note(Deed.DOWNLOADED, question=noted)
    return as_file(report, form, f"recount-committee-report-{context.as_of.isoformat()}")


def as_file(report: CommitteeReport, form: str, name: str, given: str = "") -> Response:
    """A report to be kept."""
    response = make_response(report_file(report, form, given))
    response.content_type = MEDIA[form]
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


@blueprint.page("/committee-report", Right.KNOWLEDGE, ReportAddress, method="POST")
def give(args: Mapping[str, Any]) -> Any:
    """Give out the report that the page shows: what it says is stored, and stays as it is."""
    context, form = asked_of(args, Right.KNOWLEDGE), GiveForm()
    if form.validate_on_submit():
        view = view_of(context)
        author = author_of(guard.principal(), view.reader, today(), today())
        with form.refusals_at("name"):
            register = guard.services().register
            recorded = give_out(register, compose(view), figures_kept(view), form.name.data, author)
            return redirect(url_for("committee-reports.one", number=given_result(recorded).number, done="given"), 303)
    return report_page(context, form), 422
