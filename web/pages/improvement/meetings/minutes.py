"""The minutes of a meeting, its actions, and the steps that need no form."""

from typing import Any, ClassVar

from flask import redirect, url_for

from web import parameters
from web.auth.guard import services
from web.auth.roles import Right
from web.commands.improvement.meetings import meetings as commands
from web.commands.improvement.meetings.meetings import NewMinutes
from web.pages.frame.forms import DateField, SeenForm, SelectField, TextareaField, TextField
from web.pages.frame.layout import Page
from web.presenters.improvement.meetings import meetings as presenter
from web.problems import not_here
from web.queries.improvement.meetings.meetings import MeetingResult

from .meetings import NUMBER, ON_RECORD, ONE, answered, author, blueprint, meeting_or_404


class MinutesForm(SeenForm):
    """What was said and decided."""

    field_of_code: ClassVar = {"meeting-day": "next_day"}

    attendees = TextField("Who was there", "By role. Name nobody.", needed="Say who was there, by role.")
    minutes = TextareaField("Minutes", ON_RECORD, rows=8, needed="Write what was said.")
    decisions = TextareaField("Decisions", "A line for each.", rows=4)
    next_day = DateField("Next meeting", "Leave it empty if it is not set.")

    @property
    def said(self) -> NewMinutes:
        """What was entered."""
        return NewMinutes(self.attendees.data, self.minutes.data, self.decisions.data, self.next_day.day)


class MeetingActionForm(SeenForm):
    """An action: what, whose, by when."""

    text = TextareaField("What is to be done", ON_RECORD, rows=3, needed="Say what is to be done.")
    owner = TextField("Whose it is", "By role, like: service manager.", needed="Say whose it is, by role.")
    due = DateField("By which day", "Leave it empty if none was set.")


class ClosingForm(SeenForm):
    """Whether an action was done or dropped."""

    outcome = SelectField(
        "What came of it", choices={"done": "It is done", "dropped": "It is dropped"}, needed="Say what came of it."
    )
    words = TextareaField("In words", f"Needed where it is dropped. {ON_RECORD}", rows=3)


def _step_page(its: MeetingResult, form: SeenForm, endpoint: str, heading: str, button: str, **more: Any) -> Page:
    said = more.pop("said", "")
    return Page(
        "meeting-step.html",
        heading,
        meeting=its,
        form=form,
        errors=form.links,
        action=more.pop("action", "") or url_for(endpoint, number=its.number),
        button={"text": button, "preventDoubleClick": True},
        said=said,
        **more,
    )


def _minutes_page(its: MeetingResult, form: SeenForm, **more: Any) -> Page:
    said = "The other party agrees to them. Until then either of you can write them anew."
    return _step_page(its, form, "meetings.write_minutes", "Minutes", "Write the minutes", said=said, **more)


@blueprint.page(f"{NUMBER}/minutes", Right.AGREE)
def minutes(_given: parameters.Given, number: int) -> Page:
    """The form that writes the minutes."""
    its = meeting_or_404(number, Right.AGREE)
    data: dict[str, Any] = {"attendees": its.attendees, "seen": str(its.version)}
    if its.minutes:
        next_day = its.minutes.next_day.isoformat() if its.minutes.next_day else ""
        data |= {"attendees": its.minutes.attendees, "minutes": its.minutes.minutes, "next_day": next_day}
        data |= {"decisions": "\n".join(its.minutes.decisions)}
    return _minutes_page(its, MinutesForm(None, data=data))


@blueprint.page(f"{NUMBER}/minutes", Right.AGREE, method="POST")
def write_minutes(_given: parameters.Given, number: int) -> Any:
    """Write the minutes."""
    its, form = meeting_or_404(number, Right.AGREE), MinutesForm()
    return answered(
        its,
        form,
        "minutes",
        lambda: commands.write_minutes(services().register, number, form.said, author(), form.version),
        "minutes",
        lambda **more: _minutes_page(its, form, **more),
    )


def _action_page(its: MeetingResult, form: SeenForm, **more: Any) -> Page:
    said = "It stands on the agenda of the next meeting of this kind until it is done or dropped."
    return _step_page(its, form, "meetings.add_action", "Add an action", "Add it", said=said, **more)


@blueprint.page(f"{NUMBER}/actions/new", Right.AGREE)
def new_action(_given: parameters.Given, number: int) -> Page:
    """The form that adds an action."""
    its = meeting_or_404(number, Right.AGREE)
    return _action_page(its, MeetingActionForm(None, data={"seen": str(its.version)}))


@blueprint.page(f"{NUMBER}/actions/new", Right.AGREE, method="POST")
def add_action(_given: parameters.Given, number: int) -> Any:
    """Add an action."""
    its, form = meeting_or_404(number, Right.AGREE), MeetingActionForm()
    return answered(
        its,
        form,
        "text",
        lambda: commands.add_action(
            services().register, number, form.text.data, form.owner.data, form.due.day, author(), form.version
        ),
        "action",
        lambda **more: _action_page(its, form, **more),
    )


def _closing_page(its: MeetingResult, form: SeenForm, action: int, **more: Any) -> Page:
    chosen = next((one for one in its.actions if one.action == action), None)
    if chosen is None:
        raise not_here()
    said = f"{chosen.text} ({chosen.owner}). How it stands: {presenter.stands(chosen)}."
    href = url_for("meetings.close_action", number=its.number, action=action)
    return _step_page(its, form, "", "Close an action", "Close it", said=said, action=href, **more)


@blueprint.page(f"{NUMBER}/actions/<int(min=1, max=999):action>", Right.AGREE)
def closing(_given: parameters.Given, number: int, action: int) -> Page:
    """The form that closes an action."""
    its = meeting_or_404(number, Right.AGREE)
    return _closing_page(its, ClosingForm(None, data={"seen": str(its.version)}), action)


@blueprint.page(f"{NUMBER}/actions/<int(min=1, max=999):action>", Right.AGREE, method="POST")
def close_action(_given: parameters.Given, number: int, action: int) -> Any:
    """Say that an action was done, or that it is dropped."""
    its, form = meeting_or_404(number, Right.AGREE), ClosingForm()
    return answered(
        its,
        form,
        "words",
        lambda: commands.close_action(
            services().register, number, action, form.outcome.data, form.words.data, author()
        ),
        "closed",
        lambda **more: _closing_page(its, form, action, **more),
    )


@blueprint.page(f"{NUMBER}/<any(agree, cancel):step>", Right.AGREE, method="POST")
def take(_given: parameters.Given, number: int, step: str) -> Any:
    """Agree to the minutes, or say that the meeting is not held."""
    its, form = meeting_or_404(number, Right.AGREE), SeenForm()
    if step == "agree":
        commands.agree_minutes(services().register, its.number, author(), form.version)
    else:
        commands.cancel_meeting(services().register, its.number, "", author(), form.version)
    return redirect(url_for(ONE, number=number, done={"agree": "agreed", "cancel": "cancelled"}[step]), 303)
