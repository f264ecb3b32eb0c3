"""Planning a meeting, and changing what is planned."""

from typing import Any, ClassVar

from flask import redirect, url_for

from domain.improvement.meetings.meetings import KINDS, MeetingItem
from web import parameters
from web.auth import guard
from web.auth.guard import services, snapshot
from web.auth.roles import Right
from web.clock import today
from web.commands.improvement.meetings import meetings as commands
from web.commands.improvement.meetings.meetings import NewMeeting
from web.pages.frame.forms import CheckboxesField, DateField, SeenForm, SelectField, TextareaField, TextField
from web.pages.frame.layout import Page
from web.pages.frame.page import choices_of_slices
from web.presenters.improvement.meetings import meetings as presenter
from web.queries.improvement.meetings import meetings as queries
from web.queries.improvement.meetings.meetings import MeetingResult
from web.queries.parameters import EVERYBODY

from .meetings import NUMBER, ON_RECORD, ONE, PATH, answered, author, blueprint, meeting_or_404


class MeetingForm(SeenForm):
    """What is planned. Its choices are those of the page."""

    field_of_code: ClassVar = {"meeting-kind": "kind", "meeting-items": "items"}

    kind = SelectField(
        "Kind",
        "Open actions go over to the next meeting of the kind.",
        needed="Choose the kind.",
        choices={"": "Choose a kind", **KINDS},
    )
    day = DateField("Day", needed="Enter the day of the meeting.")
    attendees = TextField("Who comes", "By role, like: contracts officer, service manager. Name nobody.")
    scorecard = SelectField("Figures tabled", "A frozen scorecard: its figures do not move.")
    items = CheckboxesField("Also on the agenda", choices={})
    agenda = TextareaField("Agenda", f"A line for each point. {ON_RECORD}", rows=5)

    @property
    def terms(self) -> NewMeeting:
        """What was entered."""
        chosen = self.scorecard.data
        assert self.day.day is not None
        return NewMeeting(
            self.day.day,
            self.kind.data,
            tuple(self.agencies.data) if "agencies" in self else (),
            self.attendees.data,
            int(chosen) if chosen in self.scorecard.choices and chosen else None,
            self.agenda.data,
            tuple(map(_item, self.items.data)) if "items" in self else (),
        )


def _item(written: str) -> MeetingItem:
    kind, _, number = written.partition("-")
    return MeetingItem(kind, int(number))


def _form(data: dict[str, Any] | None) -> MeetingForm:
    """The form over what this person reads: filled with `data`, or as it was sent."""
    viewer = guard.viewer_of_party(Right.AGREE)
    items = presenter.item_names(queries.tabled(snapshot(), viewer, today()))
    _, agencies = choices_of_slices(snapshot(), viewer, EVERYBODY)
    its_class = type(
        "MeetingFormOfPage",
        (MeetingForm,),
        {
            "items": CheckboxesField(
                "Also on the agenda", choices={f"{one.kind}-{one.number}": words for one, words in items.items()}
            ),
            "agencies": CheckboxesField(
                "Whose agencies",
                "Tick none for all.",
                choices={choice.value: choice.text for choice in agencies if choice.value},
            ),
        },
    )
    form: MeetingForm = its_class() if data is None else its_class(None, data=data)
    cuts = queries.frozen_scorecards(snapshot(), viewer)
    form.scorecard.choices = {"": "None"} | {str(number): title for number, title in cuts.items()}
    if viewer.is_provider:
        del form["agencies"]
    if not items:
        del form["items"]
    return form


@blueprint.page(f"{PATH}/new", Right.AGREE)
def new(_given: parameters.Given) -> Page:
    """The form that plans a meeting."""
    cuts = queries.frozen_scorecards(snapshot(), guard.viewer_of_party(Right.AGREE))
    return _plan_page(_form({"scorecard": str(next(iter(cuts), "")), "kind": ""}))


def _plan_page(form: SeenForm, its: MeetingResult | None = None, **more: Any) -> Page:
    return Page(
        "meeting-step.html",
        "Plan a meeting" if its is None else f"Change what is planned: {presenter.meeting_name(its)}",
        meeting=its,
        form=form,
        errors=form.links,
        action=url_for("meetings.plan") if its is None else url_for("meetings.change", number=its.number),
        button={"text": "Plan it" if its is None else "Change it", "preventDoubleClick": True},
        said="Both parties and auditors read it.",
        **more,
    )


@blueprint.page(f"{PATH}/new", Right.AGREE, method="POST")
def plan(_given: parameters.Given) -> Any:
    """Plan a meeting."""
    form = _form(None)
    if form.validate_on_submit():
        with form.refusals_at("agenda"):
            its = commands.plan_meeting(services().register, form.terms, author())
            return redirect(url_for(ONE, number=its.number, done="planned"), 303)
    return _plan_page(form), 422


@blueprint.page(f"{NUMBER}/edit", Right.AGREE)
def edit(_given: parameters.Given, number: int) -> Page:
    """The form that changes what is planned."""
    its = meeting_or_404(number, Right.AGREE)
    data = {
        "kind": its.kind,
        "day": its.day.isoformat(),
        "attendees": its.attendees,
        "scorecard": str(its.scorecard or ""),
        "agenda": its.agenda,
        "agencies": its.agencies,
        "items": [f"{item.kind}-{item.number}" for item in its.items],
        "seen": str(its.version),
    }
    return _plan_page(_form(data), its)


@blueprint.page(f"{NUMBER}/edit", Right.AGREE, method="POST")
def change(_given: parameters.Given, number: int) -> Any:
    """Change what is planned."""
    its, form = meeting_or_404(number, Right.AGREE), _form(None)
    unread = queries.unread_items(snapshot(), guard.viewer_of_party(Right.AGREE), number, today())
    return answered(
        its,
        form,
        "agenda",
        lambda: commands.edit_meeting(services().register, number, form.terms, author(), form.version, unread),
        "edited",
        lambda **more: _plan_page(form, its, **more),
    )
