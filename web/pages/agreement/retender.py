"""A re-tender on a page: tried first, with what it does to every figure; looked at; then said, all at once."""

import re
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Any, ClassVar, Final

from flask import redirect, url_for

from domain.errors import ChangedMeanwhile, Refused
from domain.periods import ONE_DAY
from web import parameters
from web.auth import guard
from web.auth.guard import snapshot
from web.auth.roles import Right
from web.clock import today
from web.commands.agreement.handover.retender import say_retender
from web.commands.agreement.handover.retender_plan import Passing, Retender
from web.commands.agreement.handover.retender_trial import RetenderTrial, try_retender
from web.commands.commit import Receipt
from web.files.episode_list import COLUMNS, episodes_from
from web.pages.frame.agency_names import named
from web.pages.frame.forms import CheckboxField, DateField, Form, HiddenField, InvalidField, TextareaField, whole_number
from web.pages.frame.layout import Page
from web.pages.frame.navigation import Place, PlaceGroup
from web.pages.frame.page import Pages
from web.presenters import text as words
from web.presenters.agreement import retender as presenter
from web.presenters.agreement.schedule import as_cells, versions_table
from web.presenters.tables import Column, Link, Table
from web.queries.agreement.schedule import ScheduleResult, schedules_since

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

    passes = TextareaField(
        "Who hands over to whom",
        "A line a hub: the code of the agency before, and that of the agency after it, like H0001 N0001.",
        rows=3,
        needed="Write which agency hands over to which, like H0001 N0001.",
        options={"spellcheck": False, "classes": "govuk-!-width-one-half"},
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

    def validate_passes(self, field: TextareaField) -> None:
        """Each line is two codes."""
        for number, line in enumerate(_lines(field.data), 1):
            codes = _codes(line)
            if len(codes) != 2 or not all(map(parameters.is_code, codes)):
                raise InvalidField(f"Line {number} is not two codes. Write the old one and the new one: H0001 N0001.")

    @property
    def fingerprint(self) -> str:
        """What was tried, so that nothing else is said."""
        said = "\n".join((self.passes.data, self.on.data, self.last_day.data, self.chosen.data))
        return sha256(said.replace("\r\n", "\n").encode()).hexdigest()


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _codes(line: str) -> list[str]:
    return [code for code in re.split(r"[\s,;]+", line.strip().upper()) if code]


@blueprint.page("/retender", Right.KNOWLEDGE)
def retender(_given: parameters.Given) -> Page:
    """The empty form."""
    return _page(RetenderForm(), None)


@blueprint.page("/retender", Right.KNOWLEDGE, method="POST")
def said(_given: parameters.Given) -> Any:
    """Say what it would do; once that was looked at and ticked, do it."""
    form = RetenderForm()
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
        if len(done.passed) > 1:
            return redirect(url_for("handover_pages.handovers", done="said"), 303)
        return redirect(url_for("handover_pages.handover", number=done.passed[0].number, done="said"), 303)
    return _page(form, None), 422


def _asked(form: RetenderForm) -> Retender:
    assert form.on.day is not None
    passes = tuple(Passing(*_codes(line)) for line in _lines(form.passes.data))
    chosen = episodes_from(form.chosen.data, LIST_NAME) if form.chosen.data.strip() else None
    return Retender(passes, form.on.day, form.last_day.day, chosen)


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
        lead=presenter.lead(trial.retendered) if trial else "",
        unmoved=presenter.unmoved(trial, named) if trial else "",
        people=_people(trial) if trial else [],
        **said,
    )
