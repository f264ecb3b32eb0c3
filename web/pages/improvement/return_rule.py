"""The rule by when reviews of an agency's returns are due."""

from collections.abc import Mapping
from typing import Any, ClassVar

from flask import redirect, url_for

from domain.improvement.return_reviews import ReturnRule
from web.auth import guard
from web.auth.roles import Right
from web.commands.improvement import return_reviews as commands
from web.pages.frame.agency_names import named
from web.pages.frame.forms import (
    CheckboxField,
    DateField,
    Form,
    SelectField,
    TextField,
    whole_number,
)
from web.pages.frame.layout import Page
from web.queries.slices import codes_known

from .return_reviews import LIST, author, blueprint


class ReturnRuleForm(Form):
    """By when reviews of an agency's returns are due."""

    field_of_code: ClassVar = {"return-rule": "days"}

    agency = SelectField("Agency", needed="Choose the agency.")
    days = TextField("Days after the return", width=4, needed="Enter a number of days, like 28.")
    working = CheckboxField("These are working days", render_kw={})
    months = TextField("Returns within how many months of a completion", width=4, needed="Enter months, like 6.")
    first_day = DateField(
        "From which return on",
        "Returns that came, or became known, on this day or later. Leave it empty for all.",
    )


@blueprint.page("/return-reviews/rule", Right.KNOWLEDGE)
def rule(_given: Mapping[str, Any]) -> Page:
    """The form of the rule by when reviews are due."""
    return _rule_page(ReturnRuleForm(None, data={"days": "28", "months": "6"}))


def _rule_page(form: ReturnRuleForm) -> Page:
    form.agency.choices = {"": "Choose an agency"} | {
        code: named(code) for code in sorted(codes_known(guard.snapshot())[1])
    }
    return Page("return-rule.html", "When reviews of returns are due", form=form, errors=form.links)


@blueprint.page("/return-reviews/rule", Right.KNOWLEDGE, method="POST")
def set_rule(_given: Mapping[str, Any]) -> Any:
    """Set the rule of an agency."""
    form = ReturnRuleForm()
    page = _rule_page(form)
    if form.validate_on_submit():
        with form.refusals_at("days"):
            new = ReturnRule(
                whole_number(form.days.data) or 0,
                bool(form.working.data),
                whole_number(form.months.data) or 0,
                form.first_day.day,
            )
            commands.set_rule(guard.services().register, form.agency.data, new, author())
            return redirect(url_for(LIST, done="rule"), 303)
    return _rule_page(form) if page else page, 422
