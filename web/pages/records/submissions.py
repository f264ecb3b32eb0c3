"""Submissions: what came in, what became of each, and what was asked about it and answered; see `sending`."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from flask import redirect, render_template, request, url_for
from marshmallow import fields, validate

from domain.episode.facts import TREATMENT
from domain.submission import (
    ANOTHER_PERSON,
    SAME_RECORD,
    SAME_RECORD_ELSEWHERE,
    CoveredDaysCorrected,
    Notice,
    known_elsewhere,
    other_people,
)
from projections.standings.slices import Slice
from projections.standings.stored import load_slices
from projections.worklists.lists import SAME_RECORD as SAME_RECORD_LIST
from web import parameters
from web.auth import guard
from web.auth.roles import Reach, Right
from web.auth.viewer import Viewer
from web.clock import today
from web.commands.commit import Receipt
from web.commands.ingest.submission import Submission
from web.commands.records.manual import Confirmed, withdraw
from web.exports import csv
from web.pages.explain.access_reasons import ask_why_for, reason_for
from web.pages.frame.agency_names import named
from web.pages.frame.forms import CheckboxField, Form, HiddenField
from web.pages.frame.layout import Page, attached
from web.pages.frame.navigation import NeededWeekly, Place, PlaceGroup, here, own_path
from web.pages.frame.page import Choice, Nothing, Pages
from web.presenters import text as words
from web.presenters.records.covered_days import covered
from web.presenters.records.submissions import REJECTED, is_much, rejected_lines, sentence_of_kept_out
from web.presenters.tables import Column, Link, Table, numbered, result
from web.problems import Problem
from web.queries.contract_life import publications
from web.queries.records import submissions as queries
from web.queries.records.covered_days import correction_numbered, correction_of
from web.queries.records.submissions import (
    AbsentEpisode,
    RejectedRow,
    SubmissionLine,
    SubmissionQuery,
    SubmissionResult,
    SubmissionsQuery,
)

LIST: Final = "submissions_pages.submissions"
ONE: Final = "submissions_pages.submission"
LISTED: Final = 50
"""Submissions on a page."""
ROWS_SHOWN: Final = 100
"""Rejected rows on a page; the file to send back has them all."""
_CORRECTION: Final = CoveredDaysCorrected.TOPIC
REASON: Final = "submissions"
"""Under which a commissioner's reason is kept for seeing which episodes a file does not have."""
_LONGEST_REFERENCE: Final = 200
_NUMBER: Final = "/submissions/<int(min=1, max=2147483647):number>"

blueprint = Pages(
    "submissions_pages",
    __name__,
    Place(
        "Submissions",
        LIST,
        Right.SUBMISSIONS,
        PlaceGroup.DATA,
        "Send a file, and see what each file changed.",
        NeededWeekly.ALWAYS,
    ),
)


@blueprint.teardown_request
def _let_go(_error: BaseException | None) -> None:
    """Nothing of what was sent stays in this process's temporary files, however the request ended."""
    request.close()


# ---- the list


class SubmissionsAddress(parameters.Asks):
    """Which submissions."""

    agency = parameters.code_field("Only those of this agency.")
    before = parameters.number_field("Only those numbered below.", 1, load_default=None)


COLUMNS: Final = (
    Column("No.", number=True),
    Column("Received", whole=True),
    Column("Agency", aside=True),
    Column("What"),
    Column("Rows", number=True, aside=True),
    Column("State"),
)


@blueprint.page("/submissions", Right.SUBMISSIONS, SubmissionsAddress)
def submissions(args: parameters.Given) -> Page:
    """What came in, the newest first."""
    who = guard.viewer(Right.SUBMISSIONS, Slice(agency=args["agency"]))
    query = SubmissionsQuery(args["agency"], before=args["before"], limit=LISTED)
    result = queries.submissions(guard.snapshot(), who, query)
    known = load_slices(guard.snapshot().connection).agencies
    agencies = [agency for agency in known if not who.is_provider or agency in who.agencies]
    rows = [_row(line) for line in result.submissions]
    return Page(
        "submissions.html",
        "Submissions",
        {"submissions": Table(COLUMNS, rows, "The newest first") if rows else None},
        earlier=here(before=result.earlier) if result.earlier else None,
        may_submit=guard.principal().reach(Right.SUBMIT) is not None,
        agencies=[Choice("", "All agencies", args["agency"] is None)]
        + [Choice(one, named(one), one == args["agency"]) for one in agencies],
        given=args,
    )


def _row(line: SubmissionLine) -> tuple[Any, ...]:
    return (
        Link(numbered(line.number), url_for(ONE, number=line.number)),
        line.received_on,
        line.agency or None,
        name_of(line),
        line.rows,
        state(line),
    )


def name_of(line: SubmissionLine) -> str:
    """What a submission is called: the file's name, or what was said."""
    return line.file or BY_WORD.get(line.event, "By word")


BY_WORD: Final = {
    "withdrawal.confirmed.v1": "An episode withdrawn, by word",
    "caseload.handed-over.v1": "A caseload handed over, by word",
    "caseload.returned.v1": "A handover taken back, by word",
    "episodes.rekeyed.v1": "References joined, by word",
    "rekey.undone.v1": "Joined references parted, by word",
    "covered-days.corrected.v1": "Covered days of a file corrected, by word",
    "contract.agreed.v1": "A contract agreed, by word",
    "contract.withdrawn.v1": "A contract withdrawn, by word",
    "erasure.carried-out.v1": "Records erased",
}


def state(line: SubmissionLine) -> str:
    """What became of a submission, in a few words."""
    if not line.is_file:
        return "said and stored"
    kept_out = line.kept_out.episodes if line.kept_out else 0
    to_do = [
        *([f"{words.plural(kept_out, 'episode')} kept out"] if kept_out else []),
        *([f"{words.plural(line.rejected_count, 'thing')} to correct"] if line.rejected_count else []),
        *([f"{words.plural(line.not_in_file, 'episode')} asked about"] if line.not_in_file else []),
        *([f"consent of {words.plural(line.consent_unclear, 'client')} unclear"] if line.consent_unclear else []),
        *(["covered days corrected"] if line.corrected_by else []),
    ]
    return f"taken in; {', '.join(to_do)}" if to_do else "taken in whole"


# ---- one of them


_DONE: Final = {
    "taken": "The file was taken in. All figures count it from now on.",
    "joined": "The references were joined. All figures count each episode once from now on.",
    "parted": "The references were parted. All figures count them as before from now on.",
    "handed-over": "The caseload was handed over. Its open episodes ended on that day by a transfer.",
    "withdrawn": "The episode was withdrawn. All figures count without it from now on.",
    "days-corrected": "The covered days were corrected. Which files are missing is said by them from now on.",
}


class SubmissionAddress(parameters.Asks):
    """What was just done."""

    done = fields.String(load_default=None, validate=validate.OneOf(sorted(_DONE)))


@blueprint.page(_NUMBER, Right.SUBMISSIONS, SubmissionAddress)
def submission(args: parameters.Given, number: int) -> Page:
    """What became of one, what is to correct, and what was asked and answered."""
    who = guard.viewer(Right.SUBMISSIONS)
    line = _one(who, SubmissionQuery(number, may_name))
    absent = queries.absent_episodes(guard.snapshot(), guard.services().settings.client_key, line)
    may_withdraw = guard.principal().reach(Right.KNOWLEDGE) is not None
    return Page(
        "submission.html",
        f"Submission {number}",
        {
            "rejected": rejected_table(line.rejected),
            "absent": _absent_table(absent, may_withdraw=may_withdraw) if absent else None,
            "notices": notices_table(line.notices),
        },
        line=line,
        what=name_of(line),
        state=state(line),
        done=_DONE.get(args["done"]),
        counts=counts_of(line) if line.is_file else [],
        same_record=list(_same_record(line)),
        recorded_at=datetime.fromisoformat(line.recorded_at),
        rejected_count=len({rejection.row for rejection in line.rejected}),
        kept_out=sentence_of_kept_out(line) if line.is_file else "",
        is_much=line.is_file and is_much(line),
        unnamed=bool(line.rejected) and all(one.client_reference is None for one in line.rejected),
        asked_about=absent,
        absent_count=_count_absent(who, line),
        may_give_reason=may_give_reason(),
        may_withdraw=may_withdraw,
        may_correct=may_withdraw and line.data_set == TREATMENT,
        correction=correction_of(guard.snapshot(), who, number) if line.corrected_by else None,
        corrects=correction_numbered(guard.snapshot(), who, number) if line.event == _CORRECTION else None,
        covered=covered,
        may_see_changes=guard.principal().reach(Right.PUBLISHED) is not None,
    )


def _same_record(line: SubmissionResult) -> Iterator[Link]:
    """Where to go on from what a file has under another name, as far as this person may."""
    who, codes = guard.principal(), {notice.code for notice in line.notices}
    if who.reach(Right.CLIENTS) is None:
        return
    for code, name, sentence in _SAME_RECORD:
        if code in codes:
            yield Link(sentence, url_for("worklist-pages.one", name=name, as_of=line.last_day))
    if SAME_RECORD_ELSEWHERE in codes and who.reach(Right.KNOWLEDGE) is not None:
        href = url_for("handovers_pages.handover", to_agency=line.agency, on=line.first_day)
        yield Link(f"Hand the caseload of the old code over to {line.agency}", href)


_SAME_RECORD: Final = (
    (SAME_RECORD, SAME_RECORD_LIST, "Episodes that are probably known under another reference: look, and join them"),
    (SAME_RECORD_ELSEWHERE, SAME_RECORD_LIST, "Episodes that are probably known at another agency"),
    (ANOTHER_PERSON, "another-person", "References that name another person now"),
)


@blueprint.page(f"{_NUMBER}/to-correct.csv", Right.SUBMISSIONS)
def to_correct(_given: parameters.Given, number: int) -> Any:
    """What was kept out of one, as a list to send back."""
    who = guard.viewer(Right.SUBMISSIONS)
    line = _one(who, SubmissionQuery(number, may_name))
    rows = ((*one, who.audience) for one in rejected_lines(line.rejected))
    return attached(csv.table((*REJECTED, csv.AUDIENCE), rows), f"to-correct-{line.agency}-{number}.csv")


def _count_absent(who: Viewer, line: SubmissionResult) -> int:
    if line.episodes_not_in_file is None:
        return queries.count_absent(guard.snapshot(), who, line.number)
    return len(line.episodes_not_in_file)


def counts_of(submission: Submission | SubmissionResult) -> list[tuple[str, str]]:
    """What a file brings, in words; what is none of it is left out, but for the rows."""
    rejected = len({rejection.row for rejection in submission.rejected})
    counts = (
        ("Facts that are new", submission.new),
        ("Facts that are changed", submission.amended),
        ("Facts that are withdrawn", submission.withdrawn),
        ("Facts that stay as they were", submission.unchanged),
        ("Episodes that are probably known under another reference", known_elsewhere(submission.notices)),
        ("References that name another person than before", other_people(submission.notices)),
        ("Episodes kept out of the figures", submission.kept_out.episodes if submission.kept_out else 0),
        ("Rows to correct, which were left out", rejected),
        ("Episodes that should be in this file and are not", submission.not_in_file),
        ("Clients who refuse consent", submission.consent_refused),
        ("Clients to ask, because CONSENT is neither yes nor no", submission.consent_unclear),
        ("Episodes left out, because there is no consent", (submission.left_out or 0) - (submission.stopped or 0)),
        ("Episodes left out, because the person was erased before", submission.stopped),
        ("Episodes erased, because consent has ended", submission.erased),
    )
    return [("Rows", f"{submission.rows:,}"), *((text, f"{count:,}") for text, count in counts if count)]


def rejected_table(rejected: Sequence[RejectedRow]) -> Table | None:
    """The first rows of a file with what is wrong in them, for whoever corrects them; None where nothing is."""
    named = any(one.client_reference is not None for one in rejected)
    names = (Column("CLIENT"), Column("EPISODID")) if named else ()
    rows = [
        (
            numbered(one.sheet_row),
            *((one.client_reference or None, one.episode_reference or None) if named else ()),
            one.column,
            one.message,
        )
        for one in rejected[:ROWS_SHOWN]
    ]
    columns = (Column("Row", number=True), *names, Column("Column"), Column("What is wrong"))
    return Table(columns, rows, "Rows to correct") if rows else None


NOTICE_COLUMNS: Final = (Column("Row", number=True), Column("Column"), Column("What is wrong"))


def notices_table(notices: Sequence[Notice]) -> Table | None:
    """The first things to look at in a file; None where there are none."""
    rows = [
        (numbered(one.sheet_row or one.row + 1) if one.row else "all", one.column, one.message)
        for one in notices[:ROWS_SHOWN]
    ]
    return Table(NOTICE_COLUMNS, rows, "To look at") if rows else None


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
            Link(answer_of(one), url_for(ONE, number=one.answer.number)) if one.answer else answer_of(one),
            *(["answered" if one.answer else ""] if may_withdraw else []),
        ]
        for one in absent
    ]
    return Table(columns, rows, words.plural(len(rows), "episode"))


def answer_of(one: AbsentEpisode) -> str:
    """How a question ended, in words."""
    answer = one.answer
    if answer is None:
        return "no answer yet"
    on = words.short_day(answer.received_on)
    if answer.joined:
        return f"joined with another reference on {on}"
    return f"withdrawn by word on {on}" if answer.withdrawn else f"in the file received on {on} again"


def _one(who: Viewer, query: SubmissionQuery) -> SubmissionResult:
    """A submission, if whoever asks may see it.

    Raises:
        Problem: there is none (404).
        NotOwn: it is somebody else's.
    """
    result = queries.submission(guard.snapshot(), who, query)
    if result is None:
        guard.refuse_as_missing()
    return result


@blueprint.page(f"{_NUMBER}/changes", Right.PUBLISHED)
def changes(_given: parameters.Given, number: int) -> Page:
    """Which published figures a submission changed."""
    position = _one(guard.viewer(Right.SUBMISSIONS), SubmissionQuery(number)).position
    who = guard.not_public(guard.viewer(Right.PUBLISHED))
    changed = publications.changed_figures(guard.snapshot(), who, position)
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
    Column("Of", aside=True),
    Column("As of", aside=True),
    Column("Before it"),
    Column("From then on"),
)


def _to_publication(number: int) -> str:
    return url_for("certificates_pages.certificate", number=number)


def number_at(position: int | None) -> int:
    """The number of the submission that was just stored at a position."""
    with guard.services().snapshot() as snapshot:
        return queries.number_at(snapshot, position)


# ---- who may see which episodes


def may_name(agency: str, file: str) -> bool:
    """Whether whoever asks may see which episodes of an agency a file does not have; noted in the trail, if so."""
    return guard.may_see_clients_of(agency, {"file": file}, reason_for(REASON))


def may_give_reason() -> bool:
    """Whether they may once they say why."""
    return guard.principal().reach(Right.CLIENTS) is Reach.WITH_REASON


class ChangesAddress(parameters.Asks):
    """Where one goes on to."""

    next = fields.String(load_default="", validate=validate.Length(max=200))


@blueprint.page("/submissions/why", Right.CLIENTS, ChangesAddress)
def why(args: parameters.Given) -> str:
    """Say why one needs to see which episodes are asked about."""
    return ask_why_for(REASON, own_path(args["next"], url_for(LIST)))


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
        return redirect(url_for(ONE, number=number_at(done.position), done="withdrawn"), 303)
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
