"""How somebody is reminded by e-mail: of what, how often, and where; and the page that a mailed link confirms."""

from typing import Any, ClassVar, Final

from flask import redirect, url_for
from marshmallow import fields, validate

from domain.log.database import writing
from web import parameters
from web.auth import guard
from web.auth.accounts import KEY
from web.auth.roles import Right
from web.clock import now
from web.commands.improvement.reminders.choices import REFUSALS, ReminderChoice, choose, confirm, is_confirming
from web.pages.administration.accounts import acting
from web.pages.frame.forms import CheckboxesField, Form, HiddenField, InvalidField, SelectField, TextField
from web.pages.frame.layout import Page
from web.pages.frame.navigation import Place, PlaceGroup
from web.pages.frame.page import Pages
from web.queries.improvement.calendar.due import KINDS
from web.queries.improvement.reminders import DAILY, OFF, WEEKLY, Reminder, reminder_of

PAGE: Final = "reminders.page"
OFTEN: Final = {WEEKLY: "Once a week, on Mondays", DAILY: "Every day", OFF: "Never"}
_DONE: Final = ("chosen", "confirmed")

blueprint = Pages(
    "reminders",
    __name__,
    Place(
        "E-mail reminders",
        PAGE,
        Right.AGREED,
        PlaceGroup.IMPROVEMENT,
        "Which e-mails you get about what is due.",
    ),
)


class RemindersAddress(parameters.Asks):
    """What was just done."""

    done = fields.String(load_default=None, validate=validate.OneOf(_DONE))


class ConfirmAddress(parameters.Asks):
    """The word of a mailed link."""

    word = fields.String(load_default="", validate=validate.Length(max=300))


class ReminderForm(Form):
    """What somebody chooses."""

    field_of_code: ClassVar = {"reminder-often": "often", "reminder-kinds": "kinds"}

    address = TextField(
        "E-mail address",
        "We send a link there first. Nothing else is sent before you confirm it",
        width=20,
        options={"autocomplete": "email", "spellcheck": False, "type": "email"},
    )
    often = SelectField("How often", choices=OFTEN, needed="Choose how often.")
    kinds = CheckboxesField("About what", choices=KINDS)

    def validate_address(self, field: TextField) -> None:
        """Ask for an address, but of who wants no mail."""
        if not field.data and self.often.data != OFF:
            raise InvalidField("Enter an e-mail address.")

    def validate_kinds(self, field: CheckboxesField) -> None:
        """Ask for something to be reminded of."""
        if not field.data and self.often.data != OFF:
            raise InvalidField(REFUSALS["reminder-kinds"])


class ConfirmAddressForm(Form):
    """The word of a mailed link, as the page passes it on."""

    word = HiddenField()


@blueprint.page("/reminders", Right.AGREED, RemindersAddress)
def page(args: parameters.Given) -> Page:
    """What is chosen now."""
    chosen = _chosen()
    data = {
        "address": chosen.address if chosen else "",
        "often": chosen.often if chosen else WEEKLY,
        "kinds": list(chosen.kinds or KINDS) if chosen else list(KINDS),
    }
    return _page(ReminderForm(None, data=data), done=args["done"] or "")


@blueprint.page("/reminders", Right.AGREED, method="POST")
def keep(_given: parameters.Given) -> Any:
    """Keep what was chosen."""
    form, account = ReminderForm(), _account()
    if account is None:
        return _page(form), 422
    if form.validate_on_submit():
        choice = ReminderChoice(form.address.data, form.often.data, tuple(form.kinds.data or ()))
        with form.refusals_at("address"):
            with writing(guard.services().access_engine) as connection:
                choose(connection, account, choice, now(), acting())
            return redirect(url_for(PAGE, done="chosen"), 303)
    return _page(form), 422


@blueprint.page("/reminders/confirm", Right.AGREED, ConfirmAddress)
def confirming(args: parameters.Given) -> Page:
    """Where a mailed link leads. It changes nothing yet: programs that check mails open every link in them."""
    chosen, word = _chosen(), args["word"]
    secret = guard.services().settings.secret_key
    holds = chosen is not None and is_confirming(secret, chosen, word, now())
    return _confirm_page(word if holds else "")


@blueprint.page("/reminders/confirm", Right.AGREED, method="POST")
def confirmed(_given: parameters.Given) -> Any:
    """Confirm the address."""
    form, account = ConfirmAddressForm(), _account()
    if account is not None and form.validate_on_submit():
        with form.refusals_at("word"):
            with writing(guard.services().access_engine) as connection:
                confirm(
                    connection, guard.services().settings.secret_key, account, form.word.data or "", now(), acting()
                )
            return redirect(url_for(PAGE, done="confirmed"), 303)
    return _confirm_page(""), 422


def _page(form: ReminderForm, done: str = "") -> Page:
    return Page(
        "reminders.html",
        "E-mail reminders",
        {},
        form=form,
        errors=form.links,
        chosen=_chosen(),
        done=done,
        is_person=_account() is not None,
        is_set=guard.services().settings.mail_server is not None,
    )


def _confirm_page(word: str) -> Page:
    return Page(
        "reminders-confirm.html",
        "Confirm your e-mail address",
        {},
        chosen=_chosen() if word else None,
        form=ConfirmAddressForm(None, data={"word": word}),
        refusal=REFUSALS["reminder-link"],
    )


def _account() -> int | None:
    """The number of the account that is signed in; None of a program, which is reminded of nothing."""
    key = guard.principal().key
    return int(key.removeprefix(KEY)) if key.startswith(KEY) else None


def _chosen() -> Reminder | None:
    account = _account()
    return None if account is None else reminder_of(guard.snapshot().access, account)
