"""A person's own data, answered at the desk: a form, and the document as a page, a PDF, a DOCX or JSON.

Who it is comes with the form that is posted, and goes back with the page that answers it. It is in no address, and the
service keeps it nowhere.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

from flask import make_response, request

from domain.codes import SEXES
from web import parameters
from web.auth import guard
from web.auth.guard import LONGEST_REASON, services
from web.auth.rate_limits import limit_subject_access
from web.auth.roles import Right
from web.clock import today
from web.exports import docx, typesetting
from web.pages.frame.agency_names import named
from web.pages.frame.forms import DateField, Form, InvalidField, SelectField, TextField, one_line
from web.pages.frame.layout import Page
from web.pages.frame.navigation import Place, PlaceGroup
from web.pages.frame.page import Pages
from web.presenters.administration.subject_access import Request, subject_report
from web.presenters.contract_life.reports import Report
from web.problems import Problem
from web.queries.administration import subject_access as queries
from web.queries.administration.subject_access import Subject, SubjectAccessQuery, SubjectRecord
from web.snapshot import NOTICE

blueprint = Pages(
    "subject_access_pages",
    __name__,
    Place(
        "A person’s own data",
        "subject_access_pages.ask",
        Right.SUBJECT_ACCESS,
        PlaceGroup.DATA,
        "Answer somebody who asks what is held about them.",
    ),
)

_SEXES: Final = {"": "", **dict(zip(SEXES, ("Male", "Female", "Not stated"), strict=True))}
_OFF: Final = {"autocomplete": "off", "spellcheck": False}
_LONGEST_REFERENCE: Final = 200


class SubjectForm(Form):
    """Who asks, by what is known at the desk: initials, date of birth and sex, or an agency's reference."""

    field_of_code: ClassVar = {"client-is-two-people": "client_reference"}

    case = TextField(
        "Case number",
        "It goes into the trail, where it stays. Name nobody.",
        needed="Enter the case number of the request.",
        width=20,
        filters=[one_line],
        options=_OFF,
    )
    first_initial = TextField("First letter of the first name", width=2, options=_OFF, render_kw={"maxlength": 1})
    surname_initial = TextField("First letter of the surname", width=2, options=_OFF, render_kw={"maxlength": 1})
    born_on = DateField("Date of birth", options=_OFF)
    sex = SelectField("Sex, as services report it", choices=_SEXES)
    agency = TextField("Code of the agency", "As its files begin, like H0001.", width=10, options=_OFF)
    client_reference = TextField(
        "The agency’s number for the person (CLIENT)",
        width=20,
        options=_OFF,
        render_kw={"maxlength": _LONGEST_REFERENCE},
    )
    episode_reference = TextField(
        "Episode (EPISODID)",
        "Leave it empty where all episodes of the number are of one person.",
        width=20,
        options=_OFF,
        render_kw={"maxlength": _LONGEST_REFERENCE},
    )

    @property
    def is_by_reference(self) -> bool:
        """Whether an agency's number was given and no details of the person."""
        details = (self.first_initial, self.surname_initial, self.born_on, self.sex)
        return bool(self.agency.data or self.client_reference.data) and not any(field.data for field in details)

    def validate_case(self, field: TextField) -> None:
        """Refuse what is too long to be noted."""
        if len(field.data) > LONGEST_REASON:
            raise InvalidField(f"Use {LONGEST_REASON} characters or fewer.")

    def complete(self) -> bool:
        """Whether a person is named, by the one or by the other; says at the fields what is missing."""
        needed = _OF_REFERENCE if self.is_by_reference else _OF_PERSON
        for name, sentence in needed.items():
            if self[name].is_missing and not self[name].errors:
                self.add_error(name, sentence)
        if self.is_by_reference and self.agency.data and not parameters.is_code(self.agency.data.upper()):
            self.add_error("agency", _OF_REFERENCE["agency"])
        return not self.errors

    def subject(self) -> Subject:
        """Whom the form names."""
        key = services().client_key
        if self.is_by_reference:
            episode = self.episode_reference.data or None
            return queries.subject_by_reference(key, self.agency.data.upper(), self.client_reference.data, episode)
        assert self.born_on.day is not None
        initials = self.first_initial.data[:1] + self.surname_initial.data[:1]
        return queries.subject_by_identity(key, initials, self.born_on.day, self.sex.data)


_OF_PERSON: Final = {
    "first_initial": "Enter the first letter of the first name.",
    "surname_initial": "Enter the first letter of the surname.",
    "born_on": "Enter the date of birth.",
    "sex": "Choose the sex as services report it.",
}
_OF_REFERENCE: Final = {
    "agency": "Enter the code of the agency, like H0001.",
    "client_reference": "Enter the agency’s number for the person.",
}


@blueprint.page("/subject-access", Right.SUBJECT_ACCESS)
def ask(_args: parameters.Given) -> Page:
    """The form."""
    return _page(SubjectForm(None))


@blueprint.page("/subject-access", Right.SUBJECT_ACCESS, method="POST")
@limit_subject_access
def answer(_args: parameters.Given) -> Any:
    """The document about the person whom the form names."""
    form = SubjectForm()
    if not (form.validate() & form.complete()):
        return _page(form), 422
    with form.refusals_at("client_reference"):
        return _answered(form)
    return _page(form), 422


def _answered(form: SubjectForm) -> Any:
    subject, form_of = form.subject(), request.form.get("as", PAGE)
    if form_of != PAGE and form_of not in _FORMS:
        raise Problem(400, "not-understood", "Choose the page, PDF, DOCX or JSON.")
    question = {"by": subject.by} | ({} if form_of == PAGE else {"form": form_of})
    who = guard.viewer_of_clients(Right.SUBJECT_ACCESS, question, reason=form.case.data)
    record = queries.subject_record(guard.snapshot(), who, SubjectAccessQuery(subject, today()))
    notice = NOTICE if guard.snapshot().is_demonstration else ""
    report = subject_report(record, Request(form.case.data, named, notice))
    if form_of == PAGE:
        return _page(form, report)
    media, make = _FORMS[form_of]
    response = make_response(make(record, report))
    response.content_type = media
    name = f"recount-own-data-{record.query.on.isoformat()}.{form_of}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _page(form: SubjectForm, report: Report | None = None) -> Page:
    return Page("subject-access.html", "A person’s own data", form=form, errors=form.links, report=report)


PAGE: Final = "page"
_FORMS: Final[Mapping[str, tuple[str, Callable[[SubjectRecord, Report], bytes]]]] = {
    "pdf": (typesetting.MEDIA, lambda _record, report: typesetting.pdf(report, {})),
    "docx": (docx.MEDIA, lambda _record, report: docx.docx(report, {})),
    "json": ("application/json", lambda record, _report: record.result().encoded()),
}
"""What the document is made into, by the ending of its file: the media type, and how."""
