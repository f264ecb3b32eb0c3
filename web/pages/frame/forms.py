"""Forms: what a page asks for, read and validated by WTForms and rendered as GOV.UK's components.

A page declares a `Form` beside its view, and its template renders it by the macro `posted` of `components/fields.html`.
Only this module knows WTForms; what a field becomes on a page is in `widgets`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final

import flask_wtf
import wtforms
from flask import request
from flask_wtf.file import FileField as UploadField
from flask_wtf.file import MultipleFileField as UploadsField
from markupsafe import Markup
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms.validators import StopValidation

from domain.errors import Refused, WrongUse
from web import parameters
from web.presenters import text as words
from web.presenters.tables import Link

from . import widgets

Options = widgets.Parameters
"""What a component of the design system takes beside label, hint, value and error: classes, autocomplete and so on."""

NO_DATE: Final = "This is not a date. Write it as year-month-day, like 2017-07-31."


MOST_DIGITS: Final = 15
"""Of a number that a hidden field carries: more than any of ours has."""


def whole_number(text: str) -> int | None:
    """The number in a field that a page filled; None where it carries none, or one that cannot be ours."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None


class InvalidField(wtforms.ValidationError):
    """What is wrong with a field; raised by a form's `validate_NAME`."""


class Form(flask_wtf.FlaskForm):
    """A form as it is shown, and as it was sent, with what is wrong by field."""

    field_of_code: ClassVar[Mapping[str, str]] = {}
    """The field that a refusal is about, by its code."""

    class Meta:
        """How WTForms reads a request."""

        # `web.auth.sessions` has checked the request before any view is called.
        csrf = False

        def wrap_formdata(self, form: "Form", formdata: Any) -> Any:
            """What was sent: files for the fields of files alone. What a page hands over itself is read as it is."""
            if formdata is None or hasattr(formdata, "getlist"):
                return formdata
            if not form.is_submitted():
                return None
            names = {field.name for field in form if isinstance(field, FileField | FilesField)}
            files = MultiDict([(name, file) for name, file in request.files.items(multi=True) if name in names])
            return CombinedMultiDict((files, request.form))

    @property
    def links(self) -> list[Link]:
        """The error summary: what is wrong, each with its field, in the order of the page."""
        return [Link(field.errors[0], f"#{field.id}") for field in self if field.errors]

    @property
    def is_multipart(self) -> bool:
        """Whether files are sent with it."""
        return any(isinstance(field, FileField | FilesField) for field in self)

    def refusals_at(self, name: str) -> "RefusalsAt":
        """Show why a command refused what was sent: at the field of the code, at the field `name` for any other."""
        return RefusalsAt(self, name)

    def refuse(self, error: Refused | WrongUse, name: str) -> None:
        """Show why a command refused what was sent; as `refusals_at`."""
        field = self.field_of_code.get(error.code, name) if isinstance(error, Refused) else name
        sentence = words.with_days(str(error))
        self.add_error(field if field in self else name, sentence[:1].upper() + sentence[1:])

    def add_error(self, name: str, sentence: str) -> None:
        """Say what is wrong with a field."""
        self[name].errors = [*self[name].errors, sentence]


@dataclass(frozen=True, slots=True)
class RefusalsAt:
    """Around a command: its refusal becomes an error of the form."""

    form: Form
    name: str

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _kind: Any, error: BaseException | None, _traceback: Any) -> bool:
        """Keep a refusal, and let anything else through."""
        if not isinstance(error, Refused | WrongUse):
            return False
        self.form.refuse(error, self.name)
        return True


# ---- fields


class _Field(wtforms.Field):
    """What all fields take: `needed` is the sentence for one that was left empty, `options` what the component takes.

    WTForms' own check would also mark the field as required, and a browser would then stop at the first.
    """

    def __init__(
        self, label: str, hint: str = "", *, needed: str = "", options: Options | None = None, **settings: Any
    ) -> None:
        self.needed = needed
        settings["render_kw"] = {widgets.OPTIONS: options or {}} | settings.get("render_kw", {})
        super().__init__(label, description=hint, **settings)

    @property
    def is_missing(self) -> bool:
        """Whether nothing was said."""
        return not self.data

    def pre_validate(self, form: Form) -> None:
        """Say so if it was left empty and must not be, or holds a NUL, which PostgreSQL takes in no text."""
        super().pre_validate(form)
        if isinstance(self.data, str) and "\0" in self.data:
            raise StopValidation(parameters.NOT_TYPED)
        if self.needed and self.is_missing:
            raise StopValidation(self.needed)


class TextField(_Field, wtforms.StringField):
    """A line of text, without the blanks around it."""

    widget = widgets.TEXT_INPUT

    def __init__(self, *texts: str, width: int | None = None, options: Options | None = None, **settings: Any) -> None:
        classes = {"classes": f"govuk-input--width-{width}"} if width else {}
        settings.setdefault("filters", [_without_blanks])
        super().__init__(*texts, options=classes | (options or {}), default="", **settings)


def _without_blanks(text: str | None) -> str:
    return (text or "").strip()


class AgencyField(TextField):
    """The code of an agency."""

    def pre_validate(self, form: Form) -> None:
        """Refuse what is no code."""
        super().pre_validate(form)
        if self.data and not parameters.is_code(self.data):
            raise InvalidField("Write the code as the agency’s files begin, like H0001.")


def one_line(text: str | None) -> str:
    """A text on one line, with a single blank between words."""
    return " ".join((text or "").split())


class PasswordField(_Field, wtforms.StringField):
    """A password: as it was typed, and never back into the page."""

    widget = widgets.PASSWORD_INPUT

    def __init__(self, *texts: str, **settings: Any) -> None:
        super().__init__(*texts, default="", **settings)


class TextareaField(_Field, wtforms.StringField):
    """A text of several lines, as it was typed."""

    widget = widgets.TEXTAREA

    def __init__(self, *texts: str, rows: int, options: Options | None = None, **settings: Any) -> None:
        super().__init__(*texts, options={"rows": rows} | (options or {}), default="", **settings)

    @property
    def is_missing(self) -> bool:
        """Whether no letter was written."""
        return not self.data.strip()


class DateField(TextField):
    """A date. `data` is what was typed; `day` is the date, once the form was validated."""

    day: date | None = None

    def __init__(self, *texts: str, no_date: str = NO_DATE, **settings: Any) -> None:
        self.no_date = no_date
        super().__init__(*texts, width=10, render_kw={"type": "date"}, **settings)

    def pre_validate(self, form: Form) -> None:
        """Read the date."""
        super().pre_validate(form)
        self.day = parameters.day_written(self.data)
        if self.data and self.day is None:
            raise StopValidation(self.no_date)


class SelectField(_Field, wtforms.SelectField):
    """One of several; `choices` are the values with their texts. One that is `needed` is one of them."""

    widget = widgets.SELECT

    def __init__(self, *texts: str, choices: Mapping[Any, str] | None = None, **settings: Any) -> None:
        super().__init__(*texts, choices=dict(choices or {}), validate_choice=False, default="", **settings)

    @property
    def is_missing(self) -> bool:
        """Whether none of the choices was made."""
        return not self.data or self.data not in self.choices


class CheckboxesField(_Field, wtforms.SelectMultipleField):
    """Any of several; what is none of the choices is left out."""

    widget = widgets.CHECKBOXES

    def __init__(self, label: str, hint: str = "", *, choices: Mapping[Any, str], **settings: Any) -> None:
        legend = {"text": label, "classes": "govuk-fieldset__legend--s"}
        options = {"classes": "govuk-checkboxes--small", "fieldset": {"legend": legend}}
        super().__init__(label, hint, choices=dict(choices), validate_choice=False, options=options, **settings)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read those that are choices."""
        super().process_formdata([value for value in valuelist if value in self.choices])


class CheckboxField(_Field, wtforms.BooleanField):
    """A single box, ticked by "yes"."""

    widget = widgets.CHECKBOX

    def process_formdata(self, valuelist: list[str]) -> None:
        """Whether it was ticked."""
        self.data = "yes" in valuelist

    def _value(self) -> str:
        return "yes"


class FileField(_Field, UploadField):
    """A file; `data` is None where none was chosen."""

    widget = widgets.FILE_UPLOAD

    def __init__(self, *texts: str, accept: str, **settings: Any) -> None:
        super().__init__(*texts, render_kw={"accept": accept}, **settings)


class FilesField(_Field, UploadsField):
    """Files, one or several; `data` is None where none was chosen."""

    widget = widgets.FILE_UPLOAD

    def __init__(self, *texts: str, **settings: Any) -> None:
        super().__init__(*texts, render_kw={"multiple": True}, **settings)


class HiddenField(wtforms.StringField):
    """What the form takes along; without an id, since a page may have several such forms."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{"default": ""} | settings)

    def __call__(self, **_settings: Any) -> Markup:
        """Render it."""
        return Markup('<input type="hidden" name="{}" value="{}">').format(self.name, self._value())


class SeenForm(Form):
    """A form that says from which version of a thing it was filled."""

    seen = HiddenField()

    @property
    def version(self) -> int | None:
        """The version that it was filled from; None where it says none."""
        return whole_number(self.seen.data)
