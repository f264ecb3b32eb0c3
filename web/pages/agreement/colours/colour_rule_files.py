"""Loading a file of colour rules: tried first, and then agreed whole, without choosing it again."""

from typing import Any

from flask import Response, redirect, url_for

from domain.errors import Refused
from web import parameters
from web.auth.guard import principal, services, snapshot
from web.auth.roles import Right
from web.clock import today
from web.commands.agreement import colour_rules as commands
from web.commands.agreement.colour_rules import RuleDecision
from web.demo.agreement.colour_rules import RULE_FILES, rule_file
from web.files.agreement.rule_files import RuleFileWrong, RuleRead, read_rules
from web.pages.frame.forms import (
    FileField,
    Form,
    HiddenField,
    InvalidField,
)
from web.pages.frame.layout import Page, attached
from web.presenters.tables import Link
from web.queries.agreement.colour_trials import ColourTrial
from web.queries.agreement.entered import proportions

from .colour_rule_forms import is_trial, rule_form_page, trial_of
from .colour_rules import LIST, PATH, blueprint


class RuleFileForm(Form):
    """A file of rules, TOML or JSON."""

    file = FileField(
        "File of colour rules",
        "TOML or JSON, as the reference describes it.",
        accept=".toml,.json",
    )
    text = HiddenField()
    name = HiddenField()

    def validate_file(self, field: FileField) -> None:
        """A file is chosen, or was tried before: a browser does not choose it again by itself."""
        if not field.data and not self.text.data:
            raise InvalidField("Choose a file.")

    def read(self) -> list[RuleRead]:
        """The rules of the file, which the form takes along from here on.

        Raises:
            Refused: it is no file of rules.
        """
        if self.file.data:
            data, self.name.data = self.file.data.read(), self.file.data.filename or "The file"
            self.text.data = data.decode("utf-8", "replace")
        else:
            data = self.text.data.encode()
        return read_rules(data, self.name.data, [kpi.code for kpi in proportions(snapshot())])


@blueprint.page(f"{PATH}/file", Right.KNOWLEDGE)
def file(_given: parameters.Given) -> Page:
    """The form that takes a file of rules."""
    return _file_page(RuleFileForm(None))


def _file_page(form: RuleFileForm, tried: ColourTrial | None = None) -> Page:
    action = url_for("colour_rules_pages.load")
    samples = [Link(what, url_for("colour_rules_pages.sample", name=name)) for name, what in RULE_FILES.items()]
    return rule_form_page(
        "Load a file of colour rules",
        form,
        action,
        "Agree the rules of the file",
        tried,
        samples=samples,
        errors=[Link(sentence, "#file") for sentence in form.file.errors],
        kept=form.name.data if tried else "",
    )


@blueprint.page(f"{PATH}/samples/<any({', '.join(repr(name) for name in RULE_FILES)}):name>", Right.AGREED)
def sample(_given: parameters.Given, name: str) -> Response:
    """A file of rules to start from."""
    return attached(rule_file(name).decode(), f"{name}.toml", "application/toml; charset=utf-8")


@blueprint.page(f"{PATH}/file", Right.KNOWLEDGE, method="POST")
def load(_given: parameters.Given) -> Any:
    """Try the rules of a file, or agree them: all of them or none."""
    form = RuleFileForm()
    if not form.validate_on_submit():
        return _file_page(form), 422
    try:
        read = form.read()
        if is_trial():
            return _file_page(form, trial_of([one.terms for one in read]))
        commands.agree_rules(services().register, [(one.terms, _file_decision(one)) for one in read])
    except RuleFileWrong as wrong:
        for sentence in wrong.sentences:
            form.add_error("file", sentence)
    except Refused as refused:
        form.refuse(refused, "file")
    else:
        return redirect(url_for(LIST, done="loaded"), 303)
    return _file_page(form), 422


def _file_decision(read: RuleRead) -> RuleDecision:
    who = principal()
    return RuleDecision(who.name, who.role, read.agreed_on or today(), today())
