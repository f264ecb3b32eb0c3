"""Meetings: the list, one with its agenda and what is carried over, the forms of its steps, and the pack as a PDF."""

from collections.abc import Callable
from typing import Any, ClassVar, Final

from flask import Response, make_response, redirect, request, url_for
from marshmallow import fields, validate

from domain.contract_life.transitions import next_state
from domain.errors import ChangedMeanwhile, Refused
from domain.improvement.meetings.meetings import AUDIT, DISPUTE, KINDS, MEETING, PLAN, Meeting, MeetingItem
from domain.improvement.meetings.meetings import NOTICE as ITEM_NOTICE
from web import parameters
from web.auth import guard
from web.auth.guard import principal, services, snapshot
from web.auth.roles import Right
from web.auth.trail.access import Deed
from web.clock import today
from web.commands.agreement.parties import party_of
from web.commands.improvement.author import Author, author_of
from web.commands.improvement.meetings import meetings as commands
from web.commands.improvement.meetings.meetings import NewMeeting, NewMinutes
from web.exports.paper import MEDIA, pdf
from web.pages.frame.agency_names import named
from web.pages.frame.forms import CheckboxesField, DateField, SeenForm, SelectField, TextareaField, TextField
from web.pages.frame.layout import Page
from web.pages.frame.navigation import Place, PlaceGroup
from web.pages.frame.page import Pages, choices_of_slices
from web.presenters.agreement.schedule import versions_table
from web.presenters.improvement.meetings import meetings as presenter
from web.presenters.improvement.meetings.pack import SECTIONS
from web.presenters.improvement.meetings.pack import pack as make_pack
from web.presenters.tables import Link
from web.problems import not_here
from web.queries.improvement.meetings import meetings as queries
from web.queries.improvement.meetings.meetings import MeetingResult, MeetingsQuery
from web.queries.parameters import EVERYBODY
from web.snapshot import NOTICE

LIST, ONE = "meetings.meetings", "meetings.one"
PATH: Final = "/meetings"
NUMBER: Final = f"{PATH}/<int(min=1, max=2147483647):number>"
_ON_RECORD: Final = "It stays on record for good. Name nobody, and no client."

blueprint = Pages(
    "meetings",
    __name__,
    Place(
        "Meetings",
        LIST,
        Right.AGREED,
        PlaceGroup.IMPROVEMENT,
        "Contract meetings: figures, minutes and actions.",
    ),
)


@blueprint.page(PATH, Right.AGREED)
def meetings(_given: parameters.Given) -> Page:
    """Every meeting that one may read, the newest first."""
    result = queries.meetings(snapshot(), guard.viewer_of_party(Right.AGREED), MeetingsQuery(today()))
    table = presenter.meetings_table(result, _href) if result.meetings else None
    return Page("meetings.html", "Meetings", {"list": table}, may_plan=principal().reach(Right.AGREE) is not None)


def _href(number: int) -> str:
    return url_for(ONE, number=number)


class MeetingAddress(parameters.Asks):
    """What was just done."""

    done = fields.String(load_default=None, validate=validate.OneOf(list(presenter.DONE_WORDS)))


@blueprint.page(NUMBER, Right.AGREED, MeetingAddress)
def one(args: parameters.Given, number: int) -> Page:
    """A meeting: what is tabled, what is carried over, what was decided, and its pack."""
    its = _meeting_or_404(number, Right.AGREED)
    figures = queries.tabled_figures(snapshot(), guard.viewer_of_party(Right.AGREED), its)
    carried, actions = its.carried_over, its.actions
    return Page(
        "meeting.html",
        presenter.meeting_name(its),
        {
            "carried": presenter.actions_table(carried, "Actions carried over", _href) if carried else None,
            "actions": presenter.actions_table(actions, "Actions of this meeting") if actions else None,
            "figures": presenter.figures_table(figures) if figures else None,
        },
        meeting=its,
        tag=presenter.TAGS.get(its.state, "yellow"),
        whose=presenter.whose(its, named),
        agenda=_agenda(its),
        sections=SECTIONS,
        may={step: _may(its, step) for step in _STEPS},
        open_actions=[one for one in (*carried, *actions) if one.is_open] if _may_close() else [],
        done=presenter.DONE_WORDS.get(args["done"], ""),
    )


_PAGES: Final = {
    PLAN: "action-plans.one",
    ITEM_NOTICE: "performance-notices.one",
    DISPUTE: "disputes.one",
    AUDIT: "audits.one",
}


def _agenda(its: MeetingResult) -> list[str | Link]:
    """The points of an agenda: what was written, and what else is on it with its page."""
    points: list[str | Link] = [line for line in its.agenda.split("\n") if line.strip()]
    if its.items:
        names = presenter.item_names(queries.tabled(snapshot(), guard.viewer_of_party(Right.AGREED), today()))
        points += [Link(names[one], url_for(_PAGES[one.kind], number=one.number)) for one in its.items if one in names]
    return points


_STEPS: Final = ("edit", "cancel", "write the minutes of", "agree the minutes of", "add an action to")


def _may_close() -> bool:
    return principal().reach(Right.AGREE) is not None


def _may(its: MeetingResult, step: str) -> bool:
    """Whether this person may take a step now."""
    if principal().reach(Right.AGREE) is None:
        return False
    try:
        next_state(MEETING, step, its.state, party_of(principal().role))
    except Refused:
        return False
    return True


def _meeting_or_404(number: int, right: Right, version: int | None = None) -> MeetingResult:
    """The meeting with this number.

    Raises:
        Problem: there is none (404).
        NotOwn: it is not within reach.
    """
    its = queries.meeting(snapshot(), guard.viewer_of_party(right), number, today(), version)
    if its is None:
        guard.refuse_as_missing()
    return its


class PackAddress(parameters.Asks):
    """Which sections the pack has; all of them, where none is named."""

    section = fields.String(load_default=None)


@blueprint.page(f"{NUMBER}/pack.pdf", Right.AGREED, PackAddress)
def pack(_given: parameters.Given, number: int) -> Response:
    """The pack of a meeting as one PDF."""
    its, viewer = _meeting_or_404(number, Right.AGREED), guard.viewer_of_party(Right.AGREED)
    figures = queries.tabled_figures(snapshot(), viewer, its)
    paper = make_pack(
        its,
        figures,
        queries.tabled_comments(snapshot(), viewer, figures),
        queries.tabled(snapshot(), viewer, today()).only(its.items),
        named,
        request.args.getlist("section") or SECTIONS,
        NOTICE if snapshot().is_demonstration else "",
    )
    guard.note(Deed.DOWNLOADED, question={"form": "pdf"})
    response = make_response(pdf(paper))
    response.content_type = MEDIA["pdf"]
    response.headers["Content-Disposition"] = f'attachment; filename="recount-meeting-{number}.pdf"'
    return response


# ---- planning


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
    agenda = TextareaField("Agenda", f"A line for each point. {_ON_RECORD}", rows=5)

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
            its = commands.plan_meeting(services().register, form.terms, _author())
            return redirect(url_for(ONE, number=its.number, done="planned"), 303)
    return _plan_page(form), 422


def _author() -> Author:
    return author_of(principal(), guard.viewer_of_party(Right.AGREE), today(), today())


@blueprint.page(f"{NUMBER}/edit", Right.AGREE)
def edit(_given: parameters.Given, number: int) -> Page:
    """The form that changes what is planned."""
    its = _meeting_or_404(number, Right.AGREE)
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
    its, form = _meeting_or_404(number, Right.AGREE), _form(None)
    return _answered(
        its,
        form,
        "agenda",
        lambda: commands.edit_meeting(services().register, number, form.terms, _author(), form.version),
        "edited",
        lambda **more: _plan_page(form, its, **more),
    )


def _answered(
    its: MeetingResult,
    form: SeenForm,
    field: str,
    step: Callable[[], Meeting],
    done: str,
    page: Callable[..., Page],
) -> Any:
    """Take a step with a form, or show the form again with what is wrong; it keeps what was entered."""
    if form.validate_on_submit():
        with form.refusals_at(field):
            try:
                step()
                return redirect(url_for(ONE, number=its.number, done=done), 303)
            except ChangedMeanwhile as changed:
                form.seen.data = str(changed.newest)
                read = presenter.as_cells(_meeting_or_404(its.number, Right.AGREE, changed.seen))
                return page(conflict=versions_table(read, presenter.as_cells(its), {}, "As you read it")), 409
    return page(), 422


# ---- minutes and actions


class MinutesForm(SeenForm):
    """What was said and decided."""

    field_of_code: ClassVar = {"meeting-day": "next_day"}

    attendees = TextField("Who was there", "By role. Name nobody.", needed="Say who was there, by role.")
    minutes = TextareaField("Minutes", _ON_RECORD, rows=8, needed="Write what was said.")
    decisions = TextareaField("Decisions", "A line for each.", rows=4)
    next_day = DateField("Next meeting", "Leave it empty if it is not set.")

    @property
    def said(self) -> NewMinutes:
        """What was entered."""
        return NewMinutes(self.attendees.data, self.minutes.data, self.decisions.data, self.next_day.day)


class MeetingActionForm(SeenForm):
    """An action: what, whose, by when."""

    text = TextareaField("What is to be done", _ON_RECORD, rows=3, needed="Say what is to be done.")
    owner = TextField("Whose it is", "By role, like: service manager.", needed="Say whose it is, by role.")
    due = DateField("By which day", "Leave it empty if none was set.")


class ClosingForm(SeenForm):
    """Whether an action was done or dropped."""

    outcome = SelectField(
        "What came of it", choices={"done": "It is done", "dropped": "It is dropped"}, needed="Say what came of it."
    )
    words = TextareaField("In words", f"NeededWeekly where it is dropped. {_ON_RECORD}", rows=3)


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
    its = _meeting_or_404(number, Right.AGREE)
    data: dict[str, Any] = {"attendees": its.attendees, "seen": str(its.version)}
    if its.minutes:
        next_day = its.minutes.next_day.isoformat() if its.minutes.next_day else ""
        data |= {"attendees": its.minutes.attendees, "minutes": its.minutes.minutes, "next_day": next_day}
        data |= {"decisions": "\n".join(its.minutes.decisions)}
    return _minutes_page(its, MinutesForm(None, data=data))


@blueprint.page(f"{NUMBER}/minutes", Right.AGREE, method="POST")
def write_minutes(_given: parameters.Given, number: int) -> Any:
    """Write the minutes."""
    its, form = _meeting_or_404(number, Right.AGREE), MinutesForm()
    return _answered(
        its,
        form,
        "minutes",
        lambda: commands.write_minutes(services().register, number, form.said, _author(), form.version),
        "minutes",
        lambda **more: _minutes_page(its, form, **more),
    )


def _action_page(its: MeetingResult, form: SeenForm, **more: Any) -> Page:
    said = "It stands on the agenda of the next meeting of this kind until it is done or dropped."
    return _step_page(its, form, "meetings.add_action", "Add an action", "Add it", said=said, **more)


@blueprint.page(f"{NUMBER}/actions/new", Right.AGREE)
def new_action(_given: parameters.Given, number: int) -> Page:
    """The form that adds an action."""
    its = _meeting_or_404(number, Right.AGREE)
    return _action_page(its, MeetingActionForm(None, data={"seen": str(its.version)}))


@blueprint.page(f"{NUMBER}/actions/new", Right.AGREE, method="POST")
def add_action(_given: parameters.Given, number: int) -> Any:
    """Add an action."""
    its, form = _meeting_or_404(number, Right.AGREE), MeetingActionForm()
    return _answered(
        its,
        form,
        "text",
        lambda: commands.add_action(
            services().register, number, form.text.data, form.owner.data, form.due.day, _author(), form.version
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
    its = _meeting_or_404(number, Right.AGREE)
    return _closing_page(its, ClosingForm(None, data={"seen": str(its.version)}), action)


@blueprint.page(f"{NUMBER}/actions/<int(min=1, max=999):action>", Right.AGREE, method="POST")
def close_action(_given: parameters.Given, number: int, action: int) -> Any:
    """Say that an action was done, or that it is dropped."""
    its, form = _meeting_or_404(number, Right.AGREE), ClosingForm()
    return _answered(
        its,
        form,
        "words",
        lambda: commands.close_action(
            services().register, number, action, form.outcome.data, form.words.data, _author()
        ),
        "closed",
        lambda **more: _closing_page(its, form, action, **more),
    )


@blueprint.page(f"{NUMBER}/<any(agree, cancel):step>", Right.AGREE, method="POST")
def take(_given: parameters.Given, number: int, step: str) -> Any:
    """Agree to the minutes, or say that the meeting is not held."""
    its, form = _meeting_or_404(number, Right.AGREE), SeenForm()
    if step == "agree":
        commands.agree_minutes(services().register, its.number, _author(), form.version)
    else:
        commands.cancel_meeting(services().register, its.number, "", _author(), form.version)
    return redirect(url_for(ONE, number=number, done={"agree": "agreed", "cancel": "cancelled"}[step]), 303)
