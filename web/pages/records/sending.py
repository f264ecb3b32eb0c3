"""Sending a file, first as a trial.

A file is never taken in at once. It is pending for a quarter of an hour (`pending_files`), its page says what it would
change in records and KPIs, and a button takes those very bytes in.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar, Final

from flask import current_app, redirect, url_for
from marshmallow import fields, validate

from domain.errors import Refused
from web import parameters
from web.auth import guard
from web.auth.rate_limits import limit_uploads
from web.auth.roles import Reach, Right
from web.auth.trail.access import Deed
from web.clock import today
from web.commands.ingest.intake import FileOutcome, Intake
from web.commands.ingest.submission import Submission
from web.commands.ingest.take_in import Effect
from web.exports import csv
from web.files.schemas import parse_name
from web.files.uploads import ManifestLine, Upload
from web.pages.frame.forms import CheckboxField, DateField, FileField, Form, HiddenField, InvalidField
from web.pages.frame.layout import Page, attached
from web.presenters import text as words
from web.presenters.records.submissions import REJECTED, is_much, moved, rejected_lines, sentence_of_kept_out
from web.presenters.tables import Column, Table, result
from web.queries.records.submissions import EpisodeAbsent

from . import pending_files
from .pending_files import PendingFile
from .submissions import (
    LIST,
    ONE,
    blueprint,
    counts_of,
    may_give_reason,
    may_name,
    notices_table,
    number_at,
    rejected_table,
)

CHECK: Final = "submissions_pages.check"


class SendForm(Form):
    """A file, on which day it was received, and whether it is complete."""

    field_of_code: ClassVar = dict.fromkeys(("received-in-future", "received-out-of-order"), "received_on")

    file = FileField("Monthly file or review file", accept=".csv,text/csv", needed="Choose a file.")
    received_on = DateField(
        "Day on which it was received",
        "Only if it was not today. Nothing can be received before what came last.",
        no_date="This is not a day. Write it as YYYY-MM-DD, like 2017-07-31.",
    )
    complete = CheckboxField(
        "The file holds everything that the agency has of its days",
        "Then what it lacks is withdrawn. If you are not sure, leave this empty: what it lacks is asked about.",
    )

    def __init__(self, *sent: Any, **settings: Any) -> None:
        super().__init__(*sent, **settings)
        own = sorted(guard.principal().agencies)
        of_own = f". You send the files of {', '.join(own)}" if own else ""
        self.file.description = f"Under its own name, like H0001-20170701-20170731-TREAT-IN-P.csv{of_own}."
        if guard.reach(Right.SUBMIT) is Reach.OWN:
            # What a provider sends is received today.
            del self["received_on"]

    @property
    def day(self) -> date | None:
        """On which day it was received; None for the day on which it is taken in."""
        return self.received_on.day if "received_on" in self else None

    def validate_file(self, field: FileField) -> None:
        """Refuse what one sees from its name."""
        try:
            agency = parse_name(field.data.filename).agency
        except Refused as refused:
            raise InvalidField(refused.message) from None
        who = guard.principal()
        if guard.reach(Right.SUBMIT) is Reach.OWN and agency not in who.agencies:
            guard.note(Deed.REFUSED, question={"code": "not-own"})
            own = ", ".join(sorted(who.agencies))
            raise InvalidField(f"This is a file of {agency}. You send the files of {own}.")


@blueprint.page("/submissions/new", Right.SUBMIT)
def new(_given: parameters.Given) -> Page:
    """The form on which a file is chosen."""
    return _send_page(SendForm())


def _send_page(form: SendForm) -> Page:
    return Page(
        "submission-new.html",
        "Send a file",
        form=form,
        errors=form.links,
        raw_files=guard.services().settings.takes_raw_files,
        minutes=int(pending_files.HELD.total_seconds() // 60),
    )


@blueprint.page("/submissions/new", Right.SUBMIT, method="POST")
@limit_uploads
def send(_given: parameters.Given) -> Any:
    """Keep a file, and go on to what it would change."""
    form = SendForm()
    if not form.validate_on_submit():
        return _send_page(form), 422
    file = form.file.data
    pending_files.keep(file.read(), file.filename, form.day, complete=form.complete.data)
    return redirect(url_for(CHECK), 303)


# ---- the trial


class CheckAddress(parameters.Asks):
    """Whether the page is shown once more, because something else was received meanwhile, or nothing was ticked."""

    again = fields.String(load_default=None, validate=validate.OneOf(["changed", "unticked"]))


_AGAIN: Final = {
    "changed": "Something else was received meanwhile, so this may have changed. Look at it once more.",
    "unticked": "Tick that the withdrawals are right, or send a file that is not said to be complete.",
}


class TakeForm(Form):
    """From where the trial was seen, and how many episodes the file withdraws, which a person has to confirm."""

    position = HiddenField()
    withdraws = HiddenField(default="0")
    confirmed = CheckboxField("")


@blueprint.page("/submissions/check", Right.SUBMIT, CheckAddress)
@limit_uploads
def check(args: parameters.Given) -> Any:
    """What the file would change; nothing is stored."""
    file, position = pending_files.pending_file(), _position()
    try:
        outcome = _outcome(file, dry_run=True)
    except Refused as refused:
        return _refused(file, refused)
    submission, again = outcome.submission, args["again"]
    names = not submission.names_episodes or may_name(submission.agency, submission.file)
    form = _take_form(position, submission, again)
    return Page(
        "submission-check.html",
        "What this file would change",
        {} if submission.already_received else _check_tables(outcome, names=names),
        submission=submission,
        counts=counts_of(submission),
        kept_out=sentence_of_kept_out(submission),
        is_much=is_much(submission),
        as_of=submission.last_day,
        names=names,
        may_give_reason=may_give_reason(),
        form=form,
        errors=form.links,
        again=_AGAIN.get(again),
        minutes=int(pending_files.HELD.total_seconds() // 60),
    )


def _take_form(position: int, submission: Submission, again: str | None) -> TakeForm:
    episodes = len(submission.withdrawn_episodes or ())
    form = TakeForm(data={"position": position, "withdraws": episodes})
    form.confirmed.label.text = f"It is right that {words.plural(episodes, 'episode is', 'episodes are')} withdrawn"
    if again == "unticked":
        form.add_error("confirmed", _AGAIN[again])
    return form


def effects_table(effects: Sequence[Effect]) -> dict[str, Table | None]:
    """The figures that would move, under the name that the pages of trials have for it; None if none would."""
    if not (rows := [_effect_row(effect) for effect in moved(effects)]):
        return {"effects": None}
    as_of = effects[0].after.standpoint.as_of
    caption = f"Figures as of {words.day(as_of)} that would change; all others stay as they are"
    return {"effects": Table(EFFECTS_COLUMNS, rows, caption)}


def _check_tables(outcome: FileOutcome, *, names: bool) -> dict[str, Table | None]:
    submission = outcome.submission
    return {
        **effects_table(outcome.effects),
        "rejected": rejected_table(submission.rejected if names else [one.unnamed for one in submission.rejected]),
        "missing": _episodes(submission.missing) if names else None,
        "withdrawn": _episodes(submission.withdrawn_episodes) if names else None,
        "notices": notices_table(submission.notices),
    }


def _episodes(absent: Sequence[EpisodeAbsent] | None) -> Table | None:
    rows = [(one.client_reference, one.episode_reference, one.since or "this file") for one in absent or ()]
    columns = (Column("CLIENT"), Column("EPISODID"), Column("Missing since"))
    return Table(columns, rows, words.plural(len(rows), "episode")) if rows else None


def _position() -> int:
    """How far the submissions have come: what the trial is told from."""
    with guard.services().snapshot() as snapshot:
        return snapshot.standpoint(date.max).position


def _outcome(file: PendingFile, *, dry_run: bool, effects: bool = True) -> FileOutcome:
    """What becomes of the pending file; raises as `take_in`."""
    who, on = guard.principal(), today()
    intake = Intake(
        guard.services(),
        who.name,
        who.role,
        # A trial stores nothing, and says how many; before the file is taken in, a person has said that it is right.
        accept_withdrawals=True,
        dry_run=dry_run,
        raw_files=guard.services().settings.takes_raw_files,
        effects=effects,
    )
    try:
        return intake.take(ManifestLine(file.received_on or on, Upload(file.name, file.read_bytes), file.complete))
    finally:
        if not intake.finish():
            current_app.logger.warning("Records were erased; what remains of them is cleared by 'recount dispose'.")


def _refused(file: PendingFile, refused: Refused) -> tuple[Page, int]:
    """The form once more, with why the file was not taken in; it is kept no longer."""
    pending_files.drop()
    form = SendForm(None, data={"received_on": str(file.received_on or ""), "complete": file.complete})
    form.refuse(refused, "file")
    return _send_page(form), 422


EFFECTS_COLUMNS: Final = (Column("KPI"), Column("Agencies"), Column("Before"), Column("After"))


def _effect_row(effect: Effect) -> tuple[Any, ...]:
    measure = effect.after.measure
    return (
        f"{measure.code} {measure.name}",
        effect.after.slice.agency or "all",
        result(effect.before),
        result(effect.after),
    )


@blueprint.page("/submissions/check/rejected.csv", Right.SUBMIT)
@limit_uploads
def check_rejected(_given: parameters.Given) -> Any:
    """The rows to correct, before anything was stored."""
    file = pending_files.pending_file()
    try:
        submission = _outcome(file, dry_run=True, effects=False).submission
    except Refused as refused:
        return _refused(file, refused)
    names = may_name(submission.agency, submission.file)
    listed = submission.rejected if names else [one.unnamed for one in submission.rejected]
    rows = ((*line, "own") for line in rejected_lines(listed))
    return attached(csv.table((*REJECTED, csv.AUDIENCE), rows), f"to-correct-{submission.agency}.csv")


# ---- taking it in


@blueprint.page("/submissions/take", Right.SUBMIT, method="POST")
@limit_uploads
def take(_given: parameters.Given) -> Any:
    """Take the pending file in, if nothing else came meanwhile and its withdrawals were confirmed."""
    file = pending_files.pending_file()
    form = TakeForm()
    if form.position.data != str(_position()):
        return redirect(url_for(CHECK, again="changed"), 303)
    if form.withdraws.data != "0" and not form.confirmed.data:
        return redirect(url_for(CHECK, again="unticked"), 303)
    try:
        outcome = _outcome(file, dry_run=False)
    except Refused as refused:
        return _refused(file, refused)
    pending_files.drop()
    if _sees_no_submissions():
        return redirect(url_for("set_up.tasks"), 303)
    number = number_at(outcome.submission.position)
    return redirect(url_for(ONE, number=number, done="taken" if not outcome.submission.already_received else None), 303)


@blueprint.page("/submissions/forget", Right.SUBMIT, method="POST")
def forget(_given: parameters.Given) -> Any:
    """Do not take the pending file in, and keep it no longer."""
    pending_files.drop()
    return redirect(url_for("set_up.tasks" if _sees_no_submissions() else LIST), 303)


def _sees_no_submissions() -> bool:
    """Whether this is the first account during set-up: it may send the first file, and sees none that came in."""
    return guard.principal().reach(Right.SUBMISSIONS) is None
