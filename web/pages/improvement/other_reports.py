"""A whole report of the other party beside ours: sent, read as a table, kept if one wants, and read again later."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from flask import redirect, request, url_for
from marshmallow import fields, validate

from projections.standings.slices import Slice
from web import parameters
from web.auth import guard
from web.auth.rate_limits import limit_uploads
from web.auth.roles import Right
from web.auth.viewer import Viewer
from web.clock import today
from web.commands.improvement.author import author_of
from web.commands.improvement.other_reports import keep_comparison
from web.files.reports.stated import REFUSALS, ReportRead, names_explained, read_report, report_from, report_written
from web.files.uploads import Upload
from web.pages.frame.agency_names import named
from web.pages.frame.forms import (
    DateField,
    FileField,
    Form,
    HiddenField,
    InvalidField,
    SelectField,
    TextareaField,
    TextField,
    whole_number,
)
from web.pages.frame.layout import Page
from web.pages.frame.navigation import Place, PlaceGroup
from web.pages.frame.page import Pages
from web.presenters import text
from web.presenters.improvement import other_reports as words
from web.presenters.tables import Column, Link, Table
from web.queries.improvement import other_reports as queries
from web.queries.improvement.other_reports import CompareQuery
from web.queries.improvement.results.compared_reports import ComparedReport, ComparedRow, KeptComparison
from web.queries.parameters import KnownAt
from web.queries.slices import codes_known

NEW: Final = "other-reports.new"
ONE: Final = "other-reports.one"
_NUMBER: Final = "/other-reports/<int(min=1, max=2147483647):number>"
_LONGEST_NAMES: Final = 10_000

blueprint = Pages(
    "other-reports",
    __name__,
    Place(
        "Their reports",
        NEW,
        Right.AGREED,
        PlaceGroup.DISPUTES_AND_REPORTS,
        "Set the other party’s report beside our figures, row by row.",
    ),
)


@blueprint.teardown_request
def _let_go(_error: BaseException | None) -> None:
    """Nothing of a report stays in this process's temporary files, however the request ended."""
    request.close()


class OtherReportForm(Form):
    """A report, and what it does not say itself."""

    field_of_code: ClassVar = dict.fromkeys(REFUSALS, "report") | {"other-report-names": "names"}

    report = FileField(
        "Their report",
        "A CSV file. Figures of measures only: no names and no list of people.",
        accept=".csv,.txt,text/csv,text/plain",
        needed="Choose the file that has their report.",
    )
    agency = SelectField("Whose figures are they", "A row that names an agency itself is that agency’s.")
    known_at = DateField(
        "What we knew on which day",
        "Leave it empty for all that is known now. Give the day of their report to set ours of that day beside it.",
    )
    as_of = DateField("The last day of their period", "Only needed if the report does not say its period.")
    names = TextareaField(
        "What their names mean",
        "Only needed for measures that are not understood. One a line, like: KPI 7 = 4.0",
        rows=3,
        options={"spellcheck": False},
    )

    def validate_known_at(self, field: DateField) -> None:
        """Nothing is known of a day that has not come."""
        if field.day and field.day > today():
            raise InvalidField("This day has not come yet. Choose today or an earlier day.")

    def validate_names(self, field: TextareaField) -> None:
        """A few lines."""
        if len(field.data) > _LONGEST_NAMES:
            raise InvalidField("These are more names than a report has.")


class KeepForm(Form):
    """A comparison that was seen, to be kept as it is."""

    field_of_code: ClassVar = dict.fromkeys(("text-missing", "text-too-long", "text-unreadable"), "title")

    report = HiddenField()
    position = HiddenField()
    title = TextField(
        "What to call it", "Like: their monthly report, July 2017. It stays on record, so name nobody.", width=30
    )


class ReportsAddress(parameters.Asks):
    """What was just done."""

    done = fields.String(load_default=None, validate=validate.OneOf(["kept"]))


@blueprint.page("/other-reports", Right.AGREED)
def new(_given: Mapping[str, Any]) -> Page:
    """The form for a report, and the comparisons that were kept."""
    return _form_page(OtherReportForm(None))


def _form_page(form: OtherReportForm) -> Page:
    viewer = _viewer()
    _offer_agencies(form, viewer)
    kept = queries.kept(guard.snapshot(), guard.viewer_of_party(Right.AGREED))
    table = words.kept_table(kept)
    rows = [
        (one.number, Link(one.title, url_for(ONE, number=one.number)), *row[2:])
        for one, row in zip(kept.reports, table.rows, strict=True)
    ]
    return Page(
        "other-reports.html",
        "Their report beside ours",
        {"kept": Table(table.columns, rows, table.title) if rows else None},
        form=form,
        errors=form.links,
        may_keep=guard.principal().reach(Right.AGREE) is not None,
    )


def _viewer(slice_: Slice | None = None) -> Viewer:
    return guard.not_public(guard.viewer(Right.AGREED, slice_) if slice_ else guard.viewer(Right.AGREED))


def _offer_agencies(form: OtherReportForm, viewer: Viewer) -> None:
    known = viewer.agencies if viewer.is_provider else codes_known(guard.snapshot())[1]
    form.agency.choices = {"": "All agencies together"} | {agency: named(agency) for agency in sorted(known)}
    if not form.is_submitted() and viewer.is_provider and len(viewer.agencies) == 1:
        [form.agency.data] = viewer.agencies


@blueprint.page("/other-reports", Right.AGREED, method="POST")
@limit_uploads
def compare(_given: Mapping[str, Any]) -> Any:
    """Set a report beside ours. The file is read, compared and let go; nothing is stored."""
    form = OtherReportForm()
    _offer_agencies(form, _viewer())
    if form.validate_on_submit():
        with form.refusals_at("report"):
            viewer = _viewer(Slice(agency=form.agency.data or None))
            report = _read(form, viewer)
            result = queries.compare(guard.snapshot(), viewer, CompareQuery(report, form.known_at.day))
            return _compared_page(result, report, _keep_form(result, report))
    return _form_page(form), 422


def _read(form: OtherReportForm, viewer: Viewer) -> ReportRead:
    slice_ = Slice(agency=form.agency.data or None)
    names = names_explained(form.names.data)
    terms = queries.reading_terms(guard.snapshot(), viewer, form.as_of.day, slice_, names)
    sent = form.report.data
    return read_report(Upload(sent.filename or "report.csv", sent.read), terms)


def _keep_form(result: ComparedReport, report: ReportRead) -> KeepForm:
    return KeepForm(None, data={"report": report_written(report), "position": str(result.position)})


def _compared_page(result: ComparedReport, report: ReportRead, form: KeepForm) -> Page:
    rows = words.by_weight(result.rows)
    table = words.rows_table(result.rows)
    columns = (*table.columns, Column("Go on"))
    cells = [(*row, "") for row in table.rows]
    return Page(
        "other-report-compared.html",
        "Their report beside ours",
        {
            "rows": Table(columns, cells, table.title) if rows else None,
            "unread": words.unread_table(result.not_understood) if result.not_understood else None,
        },
        file=result.file,
        said=words.summary(result.counts),
        notices=[one.sentence for one in result.notices],
        seen=_seen(result),
        steps=[_steps(row, result.position) for row in rows],
        form=form,
        errors=form.links,
        may_keep=guard.principal().reach(Right.AGREE) is not None,
        count=text.plural(len(report.stated), "figure"),
    )


def _seen(result: ComparedReport) -> str:
    return f"Ours are as known on {text.day(result.known_at)}." if result.known_at else ""


def _steps(row: ComparedRow, position: int) -> list[Link]:
    """The pages that one row leads to, with what it states in their forms already."""
    slice_ = row.slice
    stated: dict[str, Any] = {
        "measure": row.measure,
        "as_of": row.as_of,
        "known_at": f"@{position}",
        "area": slice_.area,
        "agency": slice_.agency,
        "numerator": row.numerator,
        "denominator": row.denominator,
        "percentage": row.percentage,
    }
    stated |= {name: "true" for name in ("criminal_justice", "young_people") if getattr(slice_, name)}
    address = {name: value for name, value in stated.items() if value is not None}
    more = f" row {row.row}, {row.its_measure.name}"
    links = [Link("Look closer", url_for("claim.claim", **address), more=more)]
    if guard.principal().reach(Right.DISPUTE) is not None:
        links.append(Link("Dispute", url_for("dispute.new", **address), more=more))
    return links


@blueprint.page("/other-reports/keep", Right.AGREE, method="POST")
def keep(_given: Mapping[str, Any]) -> Any:
    """Keep a comparison that was seen: what was read is what is kept, answered as of the same position."""
    form = KeepForm()
    report, viewer = report_from(form.report.data), guard.not_public(guard.viewer(Right.AGREE))
    result = queries.compare(guard.snapshot(), viewer, CompareQuery(report, _position(form.position.data)))
    if form.validate_on_submit():
        who = guard.principal()
        author = author_of(who, viewer, today(), today())
        with form.refusals_at("title"):
            recorded = keep_comparison(guard.services().register, result, form.title.data, author, who.agencies)
            return redirect(url_for(ONE, number=queries.kept_result(recorded).number, done="kept"), 303)
    return _compared_page(result, report, form), 422


def _position(sent: str) -> KnownAt:
    return whole_number(sent)


@blueprint.page(_NUMBER, Right.AGREED, ReportsAddress)
def one(args: Mapping[str, Any], number: int) -> Page:
    """A kept comparison as it was, and by what is known now."""
    result = queries.kept_one(guard.snapshot(), _viewer(), number, guard.viewer_of_party(Right.AGREED))
    if result is None:
        guard.refuse_as_missing()
    return _kept_page(result, done="The comparison is kept." if args["done"] else "")


def _kept_page(result: KeptComparison, done: str) -> Page:
    table = words.then_and_now_table(result)
    return Page(
        "other-report.html",
        result.kept.title,
        {
            "rows": Table((*table.columns, Column("Go on")), [(*row, "") for row in table.rows], table.title),
            "unread": words.unread_table(result.then.not_understood) if result.then.not_understood else None,
        },
        kept=result.kept,
        then=words.summary(result.then.counts),
        notices=[one.sentence for one in result.then.notices],
        now=words.summary(result.now.counts),
        seen=_seen(result.then),
        steps=[_steps(row, result.now.position) for row in result.then.rows],
        done=done,
    )
