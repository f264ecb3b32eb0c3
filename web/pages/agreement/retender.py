"""A re-tender on a page: tried first, with what it does to every figure; looked at; then said, all at once."""

from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Any, ClassVar, Final

from flask import redirect, url_for

from domain.contract_life.schedule import MOST_HUBS
from domain.errors import ChangedMeanwhile, Refused
from domain.periods import ONE_DAY
from web import parameters
from web.auth import guard
from web.auth.guard import snapshot
from web.auth.roles import Right
from web.clock import today
from web.commands.agreement.handover.retender import say_retender
from web.commands.agreement.handover.retender_plan import Passing, Retender
from web.commands.agreement.handover.retender_results import Retendered
from web.commands.agreement.handover.retender_trial import RetenderTrial, try_retender
from web.commands.commit import Receipt
from web.files.episode_list import COLUMNS, episodes_from
from web.pages.frame.agency_names import named
from web.pages.frame.forms import CheckboxField, DateField, Form, HiddenField, SelectField, TextareaField, whole_number
from web.pages.frame.layout import Page
from web.pages.frame.navigation import Place, PlaceGroup
from web.pages.frame.page import Pages
from web.presenters import text as words
from web.presenters.agreement import retender as presenter
from web.presenters.agreement.schedule import as_cells, versions_table
from web.presenters.tables import Column, Link, Table
from web.queries.agreement.schedule import ScheduleResult, schedules_since

from .agency_fields import AgencyRow, AgencyRowsField, agencies_to_choose

RETENDER: Final = "retender_pages.retender"
LIST_NAME: Final = "The list"
VERSIONS: Final = (Column("What"), Column("As you looked at it"), Column("As it stands"))

blueprint = Pages(
    "retender_pages",
    __name__,
    Place(
        "Re-tender",
        RETENDER,
        Right.KNOWLEDGE,
        PlaceGroup.AGREED,
        "End a contract, begin the next and pass the caseload on.",
    ),
)


class PassRow(AgencyRow):
    """One agency that hands over, and the one that takes over, which may be new here."""

    before = SelectField("Agency before")
    agency = SelectField("Agency after it")

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.before.choices = {"": "Choose an agency"} | agencies_to_choose(self.before.data)

    @property
    def parts(self) -> list[Any]:
        """The fields in the order in which they are read."""
        return [self.before, self.agency, self.code]

    @property
    def passing(self) -> Passing:
        """What was entered."""
        return Passing(self.before.data, self.chosen)


class PassesField(AgencyRowsField):
    """The rows. `passes` are those that say something."""

    def __init__(self, label: str, hint: str, **settings: Any) -> None:
        super().__init__(PassRow, label, hint, called="Handover", most=MOST_HUBS, **settings)

    def wrong_with(self, row: PassRow) -> str:
        """Both agencies are named."""
        return super().wrong_with(row) if row.before.data else "choose the agency before."

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        """Each row that says something is whole, and there is one."""
        if not self.said:
            self.errors = ["Choose which agency hands over, and which takes over."]
            return False
        return super().validate(form, extra_validators)

    @property
    def passes(self) -> tuple[Passing, ...]:
        """What was entered."""
        return tuple(row.passing for row in self.said)

    @property
    def text(self) -> str:
        """A line for each."""
        return "\n".join(f"{one.from_agency} {one.to_agency}" for one in self.passes)


class RetenderForm(Form):
    """Who passes a caseload to whom, from which day; and, once that was tried, the tick that it is right."""

    field_of_code: ClassVar = {
        "handover-to-itself": "passes",
        "retender-twice": "passes",
        "nothing-to-hand-over": "passes",
        "handover-after-receipt": "on",
        "contract-ends-before-it-begins": "last_day",
        "references-unknown": "chosen",
        "list-unreadable": "chosen",
        "list-columns": "chosen",
        "list-empty": "chosen",
        "list-too-long": "chosen",
    }

    passes = PassesField(
        "Who hands over to whom", "The agency before and the one after it, a row each. Empty a row to leave it out."
    )
    on = DateField(
        "First day of the new contract",
        "The old contract ends the day before. Open episodes end on this day by a transfer.",
        needed="Write the first day of the new contract.",
    )
    last_day = DateField("Last day of the new contract", "Leave it empty while none is agreed.")
    chosen = TextareaField(
        "Only some episodes",
        f"Leave it empty, and the whole open caseload passes. Otherwise paste a list as CSV with the columns "
        f"{', '.join(COLUMNS)}.",
        rows=4,
        options={"spellcheck": False},
    )
    tried = HiddenField()
    seen = HiddenField()
    episodes = HiddenField()
    confirmed = CheckboxField("I have looked at what it does, and it is right", needed="Tick that it is right.")

    @property
    def fingerprint(self) -> str:
        """What was tried, so that nothing else is said."""
        said = "\n".join((self.passes.text, self.on.data, self.last_day.data, self.chosen.data))
        return sha256(said.replace("\r\n", "\n").encode()).hexdigest()


@blueprint.page("/retender", Right.KNOWLEDGE)
def retender(_given: parameters.Given) -> Page:
    """The empty form."""
    return _page(RetenderForm(), None)


@blueprint.page("/retender", Right.KNOWLEDGE, method="POST")
def said(_given: parameters.Given) -> Any:
    """Say what it would do; once that was looked at and ticked, do it."""
    form = RetenderForm()
    if form.passes.adds_row:
        return _page(form, None)
    was_tried = form.tried.data == form.fingerprint
    wants = form.confirmed.data and was_tried
    form.confirmed.needed = form.confirmed.needed if was_tried else ""
    if not form.validate_on_submit() or form.on.day is None:
        is_untouched = was_tried and set(form.errors) <= {"confirmed"}
        return _page(form, _tried_again(form) if is_untouched else None), 422
    with form.refusals_at("passes"):
        asked = _asked(form)
        if not wants:
            trial = try_retender(guard.services(), asked, _receipt(dry_run=True))
            return _tried(form, trial)
        try:
            done = say_retender(guard.services().register, asked, _receipt(dry_run=False), whole_number(form.seen.data))
        except ChangedMeanwhile:
            return _changed(form, asked, try_retender(guard.services(), asked, _receipt(dry_run=True))), 409
        return redirect(_stored_at(done), 303)
    return _page(form, None), 422


def _stored_at(done: Retendered) -> str:
    """Where what was stored is seen: the handover, or the list of several."""
    if len(done.passed) > 1:
        return url_for("handover_pages.handovers", done="said")
    return url_for("handover_pages.handover", number=done.passed[0].number, done="said")


def _asked(form: RetenderForm) -> Retender:
    assert form.on.day is not None
    chosen = episodes_from(form.chosen.data, LIST_NAME) if form.chosen.data.strip() else None
    return Retender(form.passes.passes, form.on.day, form.last_day.day, chosen)


def _people(trial: RetenderTrial) -> list[Link]:
    """Where those entitled see who is in treatment: with a reason, and noted. Here nobody is named."""
    day = (trial.retendered.on - ONE_DAY).isoformat()
    return [
        Link(named(one.from_agency), url_for("figure.members", measure="N.open", as_of=day, agency=one.from_agency))
        for one in trial.retendered.passed
    ]


def _contract(number: int) -> str:
    return url_for("schedules_pages.contract", number=number)


def _receipt(*, dry_run: bool) -> Receipt:
    who, on = guard.principal(), today()
    return Receipt(on, on, who.name, who.role, dry_run)


def _tried_again(form: RetenderForm) -> RetenderTrial | None:
    """The trial once more, where the tick alone is missing."""
    try:
        return try_retender(guard.services(), _asked(form), _receipt(dry_run=True))
    except Refused:
        return None


def _tried(form: RetenderForm, trial: RetenderTrial) -> Page:
    _carry(form, trial)
    return _page(form, trial)


def _carry(form: RetenderForm, trial: RetenderTrial) -> None:
    """What the form carries from the trial: what was tried, from which state of the log, and how many would pass."""
    form.tried.data = form.fingerprint
    form.seen.data = str(trial.retendered.seen)
    form.episodes.data = str(_episodes(trial))
    form.confirmed.data = False


def _episodes(trial: RetenderTrial) -> int:
    return sum(one.episodes for one in trial.retendered.passed)


def _changed(form: RetenderForm, asked: Retender, trial: RetenderTrial) -> Page:
    """What was looked at beside what stands, both versions of each contract that was changed, and the trial anew."""
    agencies = [one.from_agency for one in asked.passes]
    since = list(
        schedules_since(snapshot(), guard.viewer(Right.KNOWLEDGE), agencies, whole_number(form.seen.data) or 0)
    )
    rows: list[tuple[Any, ...]] = [("Open episodes that pass", form.episodes.data, _episodes(trial))]
    for before, now in since:
        theirs = versions_table(as_cells(before) if before else {}, as_cells(now), {}).rows
        rows += [(f"Contract {now.number}: {what}", read, stands) for what, read, stands in theirs]
    if not since:
        rows.append(("Newest word on these caseloads", f"@{form.seen.data}", f"@{trial.retendered.seen}"))
    who, on = _changed_by([now for _, now in since])
    _carry(form, trial)
    versions = Table(VERSIONS, rows, "What you looked at, and what stands now")
    return _page(form, trial, versions=versions, changed_by=who, changed_on=on)


def _changed_by(changed: Sequence[ScheduleResult]) -> tuple[str, str]:
    """Who changed a contract last, and on which day; of files that came in, nobody is named."""
    last = max(changed, key=lambda one: one.written_at, default=None)
    if last is None:
        return "Somebody", ""
    return last.written_by, words.day(date.fromisoformat(last.written_at[:10]))


def _page(form: RetenderForm, trial: RetenderTrial | None, **said: Any) -> Page:
    tables: dict[str, Any] = {}
    if trial is not None:
        result = trial.retendered
        tables = {
            "passed": presenter.passed_table(result, named),
            "contracts": presenter.contracts_table(result, named),
            "schedules": presenter.schedules_table(result, _contract),
            "effects": presenter.effect_tables(trial.effects, named),
        }
    if trial is None:
        del form["confirmed"]
    return Page(
        "retender.html",
        "Re-tender: one contract ends, the next begins",
        tables,
        form=form,
        errors=form.links,
        trial=trial,
        lead=presenter.lead(trial.retendered, named) if trial else "",
        notices=presenter.notices(trial.retendered, named) if trial else [],
        unmoved=presenter.unmoved(trial, named) if trial else "",
        people=_people(trial) if trial else [],
        **said,
    )
