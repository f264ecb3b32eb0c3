"""Fields of forms as components of the design system: which component each is, and what it takes.

A component is a macro of govuk-frontend-jinja, and takes one dictionary. What a field says of itself (label, hint,
value, error) comes first, what its form says of it (`OPTIONS`) second; everything else becomes attributes of the HTML.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import current_app
from markupsafe import Markup

Field = Any
"""A field of WTForms, which says nothing of its types."""
Parameters = dict[str, Any]
"""What a component of the design system takes."""

OPTIONS: Final = "params"
"""Where a field has, among what it is rendered with, what its form says of the component."""
_MACROS: Final = "govuk_frontend_jinja/components/{}/macro.html"


@dataclass(frozen=True, slots=True)
class Component:
    """Renders a field as one component: `folder` is the component's, `macro` its name there.

    `says` is what it takes beside label, hint, error and attributes. `boxes` have no label and no attributes of their
    own: each box has a label.
    """

    folder: str
    macro: str
    says: Callable[[Field], Parameters]
    boxes: bool = False

    def __call__(self, field: Field, **settings: Any) -> Markup:
        """The field as HTML; `settings` are its attributes, and its options."""
        options = settings.pop(OPTIONS, {})
        of_field = {} if self.boxes else _of_field(field, settings)
        parameters = merged({"name": field.name} | of_field | self.says(field), options)
        if field.errors:
            parameters["errorMessage"] = {"text": field.errors[0]}
        macros: Any = current_app.jinja_env.get_template(_MACROS.format(self.folder)).module
        html: Markup = getattr(macros, self.macro)(parameters)
        return html


def _of_field(field: Field, settings: Parameters) -> Parameters:
    """What every field says of itself; takes out of the settings what is no attribute."""
    beside = {name: settings.pop(name) for name in ("id", "type") if name in settings}
    attributes = {name: name if value is True else value for name, value in settings.items()}
    return {"id": field.id, "label": {"text": field.label.text}, "attributes": attributes} | _hint(field) | beside


def _hint(field: Field) -> Parameters:
    return {"hint": {"text": field.description}} if field.description else {}


def _value(field: Field) -> Parameters:
    return {"value": field._value()}  # noqa: SLF001  WTForms' own way to it


def _nothing(_field: Field) -> Parameters:
    """A password never goes back into a page, and no browser takes a file's name from one."""
    return {}


def _choices(field: Field) -> Parameters:
    choices = field.iter_choices()
    return {"items": [{"value": value, "text": text, "selected": chosen} for value, text, chosen, *_ in choices]}


def _any_of_several(field: Field) -> Parameters:
    """With the field's label as the legend of its boxes."""
    items = [_box(box, ticked=box.checked) for box in field]
    return {"items": items, "fieldset": {"legend": {"text": field.label.text}}} | _hint(field)


def _one(field: Field) -> Parameters:
    """With the hint beside the box, not above it."""
    return {"items": [_box(field, ticked=field.data) | _hint(field)]}


def _box(field: Field, *, ticked: Any) -> Parameters:
    return {"text": field.label.text} | _value(field) | ({"checked": True} if ticked else {})


TEXT_INPUT: Final = Component("input", "govukInput", _value)
PASSWORD_INPUT: Final = Component("password-input", "govukPasswordInput", _nothing)
TEXTAREA: Final = Component("textarea", "govukTextarea", _value)
FILE_UPLOAD: Final = Component("file-upload", "govukFileUpload", _nothing)
SELECT: Final = Component("select", "govukSelect", _choices)
CHECKBOXES: Final = Component("checkboxes", "govukCheckboxes", _any_of_several, boxes=True)
CHECKBOX: Final = Component("checkboxes", "govukCheckboxes", _one, boxes=True)


def merged(parameters: Mapping[str, Any], options: Mapping[str, Any]) -> Parameters:
    """The parameters with what the options say of each; what has parts of its own is merged part by part."""
    result = dict(parameters)
    for name, value in options.items():
        before = result.get(name)
        result[name] = merged(before, value) if isinstance(before, dict) and isinstance(value, Mapping) else value
    return result
