"""Submissions: sending a file, first as a trial; what became of it; what was asked about it, and answered.

A file is never taken in at once. It is kept for a quarter of an hour (`kept_files`), its page says what it would change
in records and KPIs, and a button takes those very bytes in.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, Final

from flask import Response, current_app, redirect, render_template, request, url_for
from marshmallow import fields, validate

from domain.errors import Refused
from domain.submission import SubmissionReceived
from projections.standings.slices import Slice
from projections.standings.stored import load_slices
from projections.store.submissions import SubmissionFilter
from web import parameters
from web.auth import guard
from web.auth.access import Deed
from web.auth.rate_limits import limit_uploads
from web.auth.roles import Reach, Right
from web.clock import today
from web.commands.commit import Receipt
from web.commands.ingest.intake import FileOutcome, Intake
from web.commands.ingest.take_in import Effect
from web.commands.manual import Confirmed, withdraw
from web.exports import csv
from web.files.file_names import parse_name
from web.files.manifest import ManifestLine
from web.files.uploads import Upload
from web.presenters import text as words
from web.presenters.tables import Column, Link, Table, numbered, result
from web.problems import Problem, not_here
from web.queries import publications
from web.queries import submissions as answers
from web.queries.absent_episodes import AbsentEpisode, asked_about
from web.queries.submissions import SubmissionResult

from . import pending_files
from .access_reasons import ask_why_for, reason_for
from .agency_names import named
from .forms import CheckboxField, DateField, FileField, Form, HiddenField, InvalidField
from .layout import Page
from .links import here, own_path
from .navigation import Place
from .page import Choice, Nothing, Pages
from .pending_files import KeptFile

LIST: Final = "submissions_pages.submissions"
ONE: Final = "submissions_pages.submission"
NEW: Final = "submissions_pages.new"
CHECK: Final = "submissions_pages.check"
LISTED: Final = 50
"""Submissions on a page."""
ROWS_SHOWN: Final = 100
"""Rejected rows on a page; the file to send back has them all."""
REASON: Final = "submissions"
"""Under which a commissioner's reason is kept for seeing which episodes a file does not have."""
_LONGEST_REFERENCE: Final = 200
_NUMBER: Final = "/submissions/<int(min=1, max=2147483647):number>"

blueprint = Pages("submissions_pages", __name__, Place("Submissions", LIST, Right.SUBMISSIONS))


@blueprint.teardown_request
def _let_go(_error: BaseException | None) -> None:
    """Nothing of what was sent stays in this process's temporary files, however the request ended."""
    request.close()


# ---- the list


class ListAddress(parameters.Asks):
    """Which submissions."""

    agency = parameters.code_field("Only those of this agency.")
    before = parameters.number_field("Only those numbered below.", 1, load_default=None)


COLUMNS: Final = (
    Column("No.", number=True),
    Column("Received"),
    Column("Agency"),
    Column("What"),
    Column("Rows", number=True),
    Column("State"),
)


@blueprint.page("/submissions", Right.SUBMISSIONS, ListAddress)
def submissions(given: parameters.Given) -> Page:
    """What came in, the newest first."""
    who = guard.viewer(Right.SUBMISSIONS, Slice(agency=given["agency"]))
    theirs = who.agencies if who.reach is Reach.OWN else None
    found = answers.submissions(
        guard.snapshot(), SubmissionFilter(given["agency"], None, theirs, given["before"], LISTED)
    )
    known = load_slices(guard.snapshot().connection).agencies
    agencies = [one for one in known if theirs is None or one in theirs]
    rows = [_row(line) for line in found.document()["submissions"]]
    return Page(
        "submissions.html",
        "Submissions",
        {"submissions": Table(COLUMNS, rows, "The newest first") if rows else None},
        earlier=here(before=found.earlier) if found.earlier else None,
        may_submit=guard.principal().reach(Right.SUBMIT) is not None,
        agencies=[Choice("", "All agencies", given["agency"] is None)]
        + [Choice(one, named(one), one == given["agency"]) for one in agencies],
        given=given,
    )


def _row(line: Mapping[str, Any]) -> tuple[Any, ...]:
    number = line["number"]
    return (
        Link(numbered(number), url_for(ONE, number=number)),
        date.fromisoformat(line["received_on"]),
        line["agency"] or None,
        line["file"] or BY_WORD.get(line["event"], "By word"),
        line["rows"],
        state(line),
    )


BY_WORD: Final = {
    "withdrawal.confirmed.v1": "An episode withdrawn, by word",
    "caseload.handed-over.v1": "A caseload handed over, by word",
    "contract.agreed.v1": "A contract agreed, by word",
    "contract.withdrawn.v1": "A contract withdrawn, by word",
    "erasure.carried-out.v1": "Records erased",
}


def state(line: Mapping[str, Any]) -> str:
    """What became of a submission, in a few words."""
    if line["file"] is None:
        return "said and stored"
    to_do = [
        *([f"{words.plural(line['rejected_count'], 'thing')} to correct"] if line["rejected_count"] else []),
        *([f"{words.plural(line['not_in_file'], 'episode')} asked about"] if line["not_in_file"] else []),
    ]
    return f"taken in; {', '.join(to_do)}" if to_do else "taken in whole"


# ---- sending one


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
def check(given: parameters.Given) -> Any:
    """What the file would change; nothing is stored."""
    kept = pending_files.kept_file()
    position = _position()
    try:
        outcome = _outcome(kept, dry_run=True)
    except Refused as refused:
        return _refused(kept, refused)
    found, again = outcome.submission, given["again"]
    names = not found.names_episodes or may_name(found.agency, found.file)
    form = _take_form(position, found, again)
    return Page(
        "submission-check.html",
        "What this file would change",
        {} if found.already_received else _check_tables(outcome, names=names),
        found=found,
        counts=counts_of(found),
        as_of=found.last_day,
        names=names,
        may_give_reason=_may_give_reason(),
        form=form,
        errors=form.links,
        again=_AGAIN.get(again),
        minutes=int(pending_files.HELD.total_seconds() // 60),
    )


def _take_form(position: int, found: Any, again: str | None) -> TakeForm:
    episodes = len(found.withdrawn_episodes)
    form = TakeForm(data={"position": position, "withdraws": episodes})
    form.confirmed.label.text = f"It is right that {words.plural(episodes, 'episode is', 'episodes are')} withdrawn"
    if again == "unticked":
        form.add_error("confirmed", _AGAIN[again])
    return form


def _check_tables(outcome: FileOutcome, *, names: bool) -> dict[str, Table | None]:
    found = outcome.submission
    effects = [_effect_row(effect) for effect in moved(outcome.effects)]
    caption = f"Figures as of {words.day(found.last_day)} that would change; all others stay as they are"
    return {
        "effects": Table(EFFECTS_COLUMNS, effects, caption) if effects else None,
        "rejected": rejected_table(list(map(_wrong_row, found.rejected)), "Rows to correct"),
        "missing": _episodes(found.missing) if names else None,
        "withdrawn": _episodes(found.withdrawn_episodes) if names else None,
        "notices": rejected_table(list(map(_wrong_row, found.notices)), "To look at"),
    }


REJECTED_COLUMNS: Final = (Column("Row", number=True), Column("Column"), Column("What is wrong"))


def rejected_table(rejected: Sequence[tuple[int | None, str, str]], caption: str) -> Table | None:
    """The first rows of a file with what is wrong in them, for whoever corrects them; None where nothing is."""
    rows = [(numbered(row) if row else "all", column, said) for row, column, said in rejected[:ROWS_SHOWN]]
    return Table(REJECTED_COLUMNS, rows, caption) if rows else None


def _wrong_row(one: Any) -> tuple[int | None, str, str]:
    return one.row, one.column, one.message


def _episodes(found: Sequence[Any]) -> Table | None:
    rows = [(one.client_reference, one.episode_reference, one.since or "this file") for one in found]
    columns = (Column("CLIENT"), Column("EPISODID"), Column("Missing since"))
    return Table(columns, rows, words.plural(len(rows), "episode")) if rows else None


def _position() -> int:
    """How far the submissions have come: what the trial is told from."""
    with guard.services().snapshot() as snapshot:
        return snapshot.standpoint(date.max).position


def _outcome(kept: KeptFile, *, dry_run: bool, effects: bool = True) -> FileOutcome:
    """What becomes of the kept file; raises as `take_in`."""
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
        return intake.take(ManifestLine(kept.received_on or on, Upload(kept.name, kept.read_bytes), kept.complete))
    finally:
        if not intake.finish():
            current_app.logger.warning("Records were erased; what remains of them is cleared by 'recount dispose'.")


def _refused(kept: KeptFile, refused: Refused) -> tuple[Page, int]:
    """The form once more, with why the file was not taken in; it is kept no longer."""
    pending_files.drop()
    form = SendForm(None, data={"received_on": str(kept.received_on or ""), "complete": kept.complete})
    form.refuse(refused, "file")
    return _send_page(form), 422


def counts_of(found: Any) -> list[tuple[str, str]]:
    """What a file brings, in words; what is none of it is left out, but for the rows."""
    rejected = len({rejection.row for rejection in found.rejected})
    missing = found.missing if isinstance(found.missing, int) else len(found.missing)
    said = (
        ("Facts that are new", found.new),
        ("Facts that are changed", found.amended),
        ("Facts that are withdrawn", found.withdrawn),
        ("Facts that stay as they were", found.unchanged),
        ("Rows to correct, which were left out", rejected),
        ("Episodes that should be in this file and are not", missing),
        ("Episodes left out, because there is no consent", found.left_out - found.stopped),
        ("Episodes left out, because the person was erased before", found.stopped),
        ("Episodes erased, because consent has ended", found.erased),
    )
    return [("Rows", f"{found.rows:,}"), *((text, f"{count:,}") for text, count in said if count)]


EFFECTS_COLUMNS: Final = (Column("KPI"), Column("Agencies"), Column("Before"), Column("After"))


def moved(effects: Sequence[Effect]) -> list[Effect]:
    """The figures that a file would move; an agency's own only where it says something else than that of all."""
    everywhere = {effect.after.measure.code: _words(effect) for effect in effects if effect.after.slice == Slice()}
    return [
        effect
        for effect in effects
        if effect.changes
        and (effect.after.slice == Slice() or _words(effect) != everywhere.get(effect.after.measure.code))
    ]


def _words(effect: Effect) -> tuple[str, str]:
    return words.result(effect.before), words.result(effect.after)


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
    kept = pending_files.kept_file()
    try:
        found = _outcome(kept, dry_run=True, effects=False).submission
    except Refused as refused:
        return _refused(kept, refused)
    rows = ((one.row, one.column, one.code, one.message, "own") for one in found.rejected)
    return attached(csv.table((*REJECTED, csv.AUDIENCE), rows), f"to-correct-{found.agency}.csv")


REJECTED: Final = ("row", "column", "code", "message")


def attached(text: str, name: str, kind: str = "text/csv; charset=utf-8") -> Response:
    """A file to keep."""
    response = Response(text, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


# ---- taking it in


@blueprint.page("/submissions/take", Right.SUBMIT, method="POST")
@limit_uploads
def take(_given: parameters.Given) -> Any:
    """Take the kept file in, if nothing else came meanwhile and its withdrawals were confirmed."""
    kept = pending_files.kept_file()
    form = TakeForm()
    if form.position.data != str(_position()):
        return redirect(url_for(CHECK, again="changed"), 303)
    if form.withdraws.data != "0" and not form.confirmed.data:
        return redirect(url_for(CHECK, again="unticked"), 303)
    try:
        outcome = _outcome(kept, dry_run=False)
    except Refused as refused:
        return _refused(kept, refused)
    pending_files.drop()
    number = _number_at(outcome.submission.position)
    return redirect(url_for(ONE, number=number, done="taken" if not outcome.submission.already_received else None), 303)


def _number_at(position: int | None) -> int:
    """The number of the submission whose event stands at a position."""
    with guard.services().snapshot() as snapshot:
        newest = answers.submissions(snapshot, SubmissionFilter(limit=500)).submissions
    return next(one.event.number for one in newest if one.position == position)  # type: ignore[attr-defined]


@blueprint.page("/submissions/forget", Right.SUBMIT, method="POST")
def forget(_given: parameters.Given) -> Any:
    """Do not take the kept file in, and keep it no longer."""
    pending_files.drop()
    return redirect(url_for(LIST), 303)


# ---- one of them


class OneAddress(parameters.Asks):
    """What was just done."""

    done = fields.String(load_default=None, validate=validate.OneOf(["taken", "withdrawn"]))


_DONE: Final = {
    "taken": "The file was taken in. All figures count it from now on.",
    "withdrawn": "The episode was withdrawn. All figures count without it from now on.",
}


@blueprint.page(_NUMBER, Right.SUBMISSIONS, OneAddress)
def submission(given: parameters.Given, number: int) -> Page:
    """What became of one, what is to correct, and what was asked and answered."""
    found = _one(number)
    line, event = found.document(), found.recorded.event
    is_file = isinstance(event, SubmissionReceived)
    names = bool(found.absent) and may_name(found.agency, found.file)
    absent = asked_about(guard.snapshot(), guard.services().settings.client_key, found.recorded, found.absent or ())
    may_withdraw = guard.principal().reach(Right.KNOWLEDGE) is not None
    rejected, notices = (
        [(one["row"], one["column"], one["message"]) for one in line[name]] for name in ("rejected", "notices")
    )
    return Page(
        "submission.html",
        f"Submission {number}",
        {
            "rejected": rejected_table(rejected, "Rows to correct"),
            "absent": _absent_table(absent, may_withdraw=may_withdraw) if absent and names else None,
            "notices": rejected_table(notices, "To look at"),
        },
        line=line,
        what=line["file"] or BY_WORD.get(line["event"], "By word"),
        state=state(line),
        done=_DONE.get(given["done"]),
        counts=counts_of(event) if is_file else [],
        first_day=event.first_day if is_file else None,  # type: ignore[attr-defined]
        last_day=event.last_day if is_file else None,  # type: ignore[attr-defined]
        received_on=event.received_on,  # type: ignore[attr-defined]
        recorded_at=datetime.fromisoformat(line["recorded_at"]),
        rejected_count=len({one["row"] for one in line["rejected"]}),
        asked_about=absent,
        may_give_reason=_may_give_reason(),
        may_withdraw=may_withdraw,
        may_see_changes=guard.principal().reach(Right.PUBLISHED) is not None,
    )


def _absent_table(absent: Sequence[AbsentEpisode], *, may_withdraw: bool) -> Table:
    """The episodes that are asked about; who may withdraw one can do it beside those that nobody has answered."""
    columns = [
        Column("CLIENT"),
        Column("EPISODID"),
        Column("Answer"),
        *([Column("By mistake?")] if may_withdraw else []),
    ]
    rows = [
        [
            one.episode.client_reference,
            one.episode.episode_reference,
            Link(answer_of(one), url_for(ONE, number=one.answered.number)) if one.answered else answer_of(one),
            *(["answered" if one.answered else ""] if may_withdraw else []),
        ]
        for one in absent
    ]
    return Table(columns, rows, words.plural(len(rows), "episode"))


def answer_of(one: AbsentEpisode) -> str:
    """How a question ended, in words."""
    answered = one.answered
    if answered is None:
        return "no answer yet"
    on = words.short_day(answered.received_on)
    return f"withdrawn by word on {on}" if answered.withdrawn else f"in the file received on {on} again"


def _one(number: int) -> SubmissionResult:
    """A submission, if whoever asks may see it.

    Raises:
        Problem: there is none, or it is somebody else's (404).
    """
    who = guard.viewer(Right.SUBMISSIONS)
    found = answers.submission(guard.snapshot(), number)
    if found is None:
        raise not_here()
    if who.reach is Reach.OWN and found.agency not in who.agencies:
        guard.note(Deed.REFUSED, question={"code": "not-own"})
        raise not_here()
    return found


@blueprint.page(f"{_NUMBER}/changes", Right.PUBLISHED)
def changes(_given: parameters.Given, number: int) -> Page:
    """Which published figures a submission changed."""
    found = _one(number)
    who = guard.not_public(guard.viewer(Right.PUBLISHED))
    changed = publications.changed_figures(guard.snapshot(), who, found.recorded.position)
    rows = [
        (
            Link(
                numbered(one.on_record.publication.event.number),
                _to_publication(one.on_record.publication.event.number),
            ),
            f"{one.on_record.measure.code} {one.on_record.measure.name}",
            words.slice_of(one.on_record.slice),
            one.on_record.publication.standpoint.as_of,
            result(one.before) if one.before else "",
            result(one.after),
        )
        for one in changed.figures
    ]
    table = Table(CHANGES_COLUMNS, rows, "Published figures just before it, and from then on")
    return Page(
        "submission-changes.html",
        f"What submission {number} changed",
        {"changed": table if rows else None},
        number=number,
    )


CHANGES_COLUMNS: Final = (
    Column("Publication", number=True),
    Column("Figure"),
    Column("Of"),
    Column("As of"),
    Column("Before it"),
    Column("From then on"),
)


def _to_publication(number: int) -> str:
    return url_for("certificates_pages.certificate", number=number)


# ---- who may see which episodes


def may_name(agency: str, file: str) -> bool:
    """Whether whoever asks may see which episodes of an agency a file does not have; noted in the trail, if so."""
    who = guard.principal()
    reach, why = who.reach(Right.CLIENTS), reason_for(REASON)
    if reach is None or (reach is Reach.WITH_REASON and not why):
        return False
    if reach is Reach.OWN and agency not in guard.own_agencies(who):
        return False
    guard.viewer_of_clients(Right.CLIENTS, {"file": file}, reason=why)
    return True


def _may_give_reason() -> bool:
    return guard.principal().reach(Right.CLIENTS) is Reach.WITH_REASON


class WhyAddress(parameters.Asks):
    """Where one goes on to."""

    next = fields.String(load_default="", validate=validate.Length(max=200))


@blueprint.page("/submissions/why", Right.CLIENTS, WhyAddress)
def why(given: parameters.Given) -> str:
    """Say why one needs to see which episodes are asked about."""
    return ask_why_for(REASON, own_path(given["next"], url_for(LIST)))


# ---- a withdrawal, by word


class WithdrawForm(Form):
    """Which episode was reported by mistake, and the tick that it was; `asked` once the tick was asked for."""

    agency = HiddenField(filters=[lambda text: text[:_LONGEST_REFERENCE]])
    client_reference = HiddenField(filters=[lambda text: text[:_LONGEST_REFERENCE]])
    episode_reference = HiddenField(filters=[lambda text: text[:_LONGEST_REFERENCE]])
    asked = HiddenField()
    back = HiddenField()
    confirmed = CheckboxField(
        "The agency confirms that 1 episode was reported by mistake", needed="Tick that it was reported by mistake."
    )

    @property
    def reference(self) -> tuple[str, str, str]:
        """Which episode: the agency, and its references."""
        return self.agency.data, self.client_reference.data, self.episode_reference.data


@blueprint.page("/submissions/withdraw", Right.KNOWLEDGE, Nothing, method="POST")
def withdraw_episode(_given: parameters.Given) -> Any:
    """Say that an episode was reported by mistake: what it would change first, then, once ticked, for good."""
    form = WithdrawForm()
    if not all(form.reference):
        raise Problem(400, "reference-missing", "Open the submission again, and press Withdraw beside the episode.")
    if form.confirmed.data:
        done = _withdrawn(form, dry_run=False)
        return redirect(url_for(ONE, number=_number_at(done.position), done="withdrawn"), 303)
    tried = _withdrawn(form, dry_run=True)
    if form.asked.data:
        form.validate_on_submit()
    form.asked.data, form.back.data = "yes", own_path(form.back.data, url_for(LIST))
    page = render_template("submission-withdraw.html", form=form, errors=form.links, tried=tried)
    return page, 422 if form.errors else 200


def _withdrawn(form: WithdrawForm, *, dry_run: bool) -> Confirmed:
    services, who, on = guard.services(), guard.principal(), today()
    return withdraw(
        services.register,
        services.client_key,
        *form.reference,
        Receipt(on, on, who.name, who.role, dry_run),
    )
