"""Publishing: a figure is certified, or the scorecard frozen under a name, once it was looked at."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from flask import redirect, render_template, request, url_for

from domain.contract_life.publication import LONGEST_NAME, cut_name
from domain.measures.registry import MEASURES, measure_named
from domain.standpoint import Standpoint
from projections.standings.slices import Slice
from projections.standings.stored import load_slices
from web import parameters
from web.auth import guard
from web.auth.roles import Reach, Right
from web.auth.viewer import Viewer
from web.clock import today
from web.commands.contract_life.publish import PublishCut, PublishFigure, SignedPublication, publishing
from web.pages.frame.agency_names import named
from web.pages.frame.forms import DateField, Form, InvalidField, SelectField, TextField
from web.pages.frame.layout import Page
from web.pages.frame.page import newest_standpoint
from web.presenters import text as words
from web.queries.contract_life import frozen_entered, publications
from web.queries.performance import figures

from .publications import ONE, blueprint


def _as_of_field() -> DateField:
    return DateField("As of", "What had happened by this day", needed="Choose a date.")


def _known_at_field() -> DateField:
    return DateField("As known on", "What had been received by this day", needed="Choose a date.")


class SignedForm(Form):
    """What is to be signed, as of one day and as known on another: sent twice, the second time from a page that shows
    what it is.
    """

    as_of: DateField
    known_at: DateField

    @property
    def is_confirmed(self) -> bool:
        """Whether it was shown before it was sent."""
        return request.form.get("checked") == "yes"

    @property
    def days(self) -> tuple[date, date]:
        """Both days, once the form was validated."""
        assert self.as_of.day is not None
        assert self.known_at.day is not None
        return self.as_of.day, self.known_at.day

    def validate(self, extra_validators: Any = None) -> bool:
        """Say all that is wrong at once. What is signed for good is not of days to come."""
        super().validate(extra_validators)
        as_of, known_at = self.as_of.day, self.known_at.day
        if known_at and known_at > today():
            self.add_error("known_at", "This day has not come yet. Choose today or an earlier day.")
        elif as_of and known_at and as_of > known_at:
            self.add_error("as_of", "Choose the same day as “As known on”, or an earlier one.")
        return not self.errors


class PublishForm(SignedForm):
    """A figure to certify."""

    measure = SelectField(
        "KPI",
        choices={"": "Choose a KPI"} | {one.code: f"{one.name} ({one.code})" for one in MEASURES},
        needed="Choose a KPI.",
    )
    agency = SelectField("Agency")
    area = SelectField("Area")
    as_of = _as_of_field()
    known_at = _known_at_field()

    @property
    def figure(self) -> PublishFigure:
        """Which figure it is."""
        slice_ = Slice(self.area.data or None, self.agency.data or None)
        return PublishFigure(measure_named(self.measure.data), self.as_of.day, self.known_at.day, None, slice_)


class FreezeForm(SignedForm):
    """A scorecard to freeze, and its name."""

    name = TextField("Name", "For example: Board 16 Aug 2017")
    as_of = _as_of_field()
    known_at = _known_at_field()

    def validate_name(self, field: TextField) -> None:
        """Refuse a name that is missing or too long."""
        if not 0 < len(field.data) <= LONGEST_NAME:
            raise InvalidField(f"Give it a name of 1 to {LONGEST_NAME} characters.")


def _first_values() -> dict[str, str]:
    """What a form begins with: the newest month end that the files cover, and what its address says."""
    return newest_standpoint(guard.snapshot()) | {name: value for name, value in request.args.items() if value}


class FreezeAddress(parameters.Asks):
    """What the form begins with."""

    name = parameters.cut_field("The name.")
    as_of = parameters.DayField(load_default=None, description="The day.")
    known_at = parameters.KnownAtField()


class PublishAddress(parameters.Asks):
    """What the form begins with."""

    measure = parameters.measure_field(load_default=None)
    agency = parameters.code_field("The agency.")
    area = parameters.code_field("The area.")
    as_of = parameters.DayField(load_default=None, description="The day.")
    known_at = parameters.KnownAtField()


@blueprint.page("/certificates/publish", Right.PUBLISH, PublishAddress)
def publish_form(_given: parameters.Given) -> Page | str:
    """Which figure to certify."""
    return _nothing_yet() or _publish_page(PublishForm(data=_first_values()))


def _nothing_yet() -> str:
    """The page in the place of a form that has nothing to publish; empty once a file was received."""
    if guard.snapshot().submissions.newest is not None:
        return ""
    return render_template("nothing-yet.html", may_submit=guard.principal().reach(Right.SUBMIT) is not None)


def _publish_page(form: PublishForm) -> Page:
    slices = load_slices(guard.snapshot().connection)
    own = guard.viewer(Right.PUBLISH)
    agencies = [one for one in slices.agencies if own.reach is not Reach.OWN or one in own.agencies]
    everybody = {} if own.reach is Reach.OWN else {"": "All agencies"}
    form.agency.choices = everybody | {one: named(one) for one in agencies}
    form.area.choices = {"": "All areas"} | {one: one for one in slices.areas}
    return Page("certificate-publish.html", "Publish a figure", form=form, errors=form.links)


@blueprint.page("/certificates/publish", Right.PUBLISH, method="POST")
def publish(_given: parameters.Given) -> Any:
    """Certify a figure, once it was looked at; a provider one of its own agencies'."""
    form = PublishForm()
    if form.validate_on_submit():
        figure, by = form.figure, guard.principal()
        who = guard.viewer(Right.PUBLISH, figure.slice_)
        with form.refusals_at("measure"):
            if who.reach is Reach.OWN and figure.slice_.agency is None:
                form.add_error("agency", "Choose one of your own agencies.")
            elif form.is_confirmed:
                with publishing(guard.services(), by.name, by.role) as publisher:
                    return _published(publisher.figure_once(figure))
            else:
                return _confirm_figure(form, figure, who)
    return _publish_page(form), 422


def _confirm_figure(form: PublishForm, request: PublishFigure, who: Viewer) -> str:
    """What is about to be signed, with the figure itself, and whether it was published before."""
    snapshot, measure, slice_ = guard.snapshot(), request.measure, request.slice_
    assert request.as_of is not None
    query = figures.FiguresQuery(request.as_of, request.known_at, (measure,), slice_)
    [figure] = figures.figures(snapshot, who, query).figures
    share = f", {words.percentage(figure)}" if figure.percentage is not None and figure.matured is None else ""
    pairs = [
        ("KPI", f"{measure.code} {measure.name}"),
        ("Agency", named(slice_.agency) if slice_.agency else "All agencies"),
        ("Area", slice_.area or "All areas"),
        *_days_of(figure.standpoint),
        ("The figure", f"{words.result(figure)}{share}"),
    ]
    before = [
        publication
        for publication in publications.publications(snapshot, who).published
        if publication.is_certificate_of(measure, figure.standpoint, slice_)
    ]
    notices = [words.status(figure)]
    if before:
        notices.append(f"It was published before, as No. {before[-1].number} on {words.day(before[-1].published_on)}.")
    return _confirm("figure", form, "certificates_pages.publish", pairs, notices)


def _days_of(standpoint: Standpoint) -> list[tuple[str, str]]:
    known_at = words.day(standpoint.known_at) if standpoint.known_at else "nothing was known"
    return [("As of", words.day(standpoint.as_of)), ("As known on", known_at)]


def _confirm(what: str, form: SignedForm, endpoint: str, pairs: Sequence[Any], notices: Sequence[str]) -> str:
    sent = {field.name: field.data for field in form if field.data}
    return render_template(
        "certificate-confirm.html",
        what=what,
        pairs=pairs,
        notices=notices,
        sent=sent,
        action=url_for(endpoint),
        change=url_for(f"{endpoint}_form", **sent),
    )


def _published(signed: SignedPublication) -> Any:
    return redirect(url_for(ONE, number=signed.publication.number, done="published"), 303)


@blueprint.page("/certificates/freeze", Right.PUBLISH, FreezeAddress)
def freeze_form(_given: parameters.Given) -> Page | str:
    """Which scorecard to freeze, and under which name."""
    _only_for_all()
    return _nothing_yet() or _freeze_page(FreezeForm(data=_first_values()))


def _only_for_all() -> None:
    who = guard.principal()
    if guard.reach(Right.PUBLISH) is Reach.OWN:
        guard.refuse(who, "right-missing", "A scorecard is of everybody: the commissioner freezes it.")


def _freeze_page(form: FreezeForm) -> Page:
    return Page("certificate-freeze.html", "Freeze the scorecard", form=form, errors=form.links)


@blueprint.page("/certificates/freeze", Right.PUBLISH, method="POST")
def freeze(_given: parameters.Given) -> Any:
    """Freeze the scorecard of everybody under a name, once it was looked at."""
    _only_for_all()
    form, by = FreezeForm(), guard.principal()
    if form.validate_on_submit():
        with form.refusals_at("name"):
            cut = PublishCut(cut_name(form.name.data), *form.days)
            if form.is_confirmed:
                with publishing(guard.services(), by.name, by.role) as publisher:
                    return _published(publisher.cut(cut))
            if not _is_frozen(cut.name):
                return _confirm_cut(form, cut)
            form.add_error("name", "A scorecard was frozen under this name before. Choose another.")
    return _freeze_page(form), 422


def _is_frozen(name: str) -> bool:
    cuts = publications.PublicationsQuery(is_cut=True)
    published = publications.publications(guard.snapshot(), guard.viewer(Right.PUBLISHED), cuts).published
    return any(cut.title == name for cut in published)


_BY_HAND: Final = (
    "The KPIs that are entered by hand are in it, each as one figure of all who enter it. Every provider can read it, "
    "and the public sees those of them in which no number is small."
)


def _confirm_cut(form: FreezeForm, request: PublishCut) -> str:
    """What is about to be signed, and whether every agency has reported."""
    query = figures.FiguresQuery(request.as_of, request.known_at, MEASURES[:1], Slice())
    [figure] = figures.figures(guard.snapshot(), guard.viewer(Right.PUBLISH), query).figures
    pairs = [("Name", request.name), *_days_of(figure.standpoint), ("Whose figures", "All areas, all agencies")]
    notices = [words.status(figure)]
    if frozen_entered.would_be_frozen(guard.snapshot(), figure.standpoint):
        notices.append(_BY_HAND)
    return _confirm("scorecard", form, "certificates_pages.freeze", pairs, notices)
