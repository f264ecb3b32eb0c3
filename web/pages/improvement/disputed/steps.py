"""The steps of a dispute, each a form of its own."""

from collections.abc import Callable
from typing import Any, ClassVar, Final

from flask import redirect, url_for

from domain.contract_life.dispute import Dispute
from domain.errors import ChangedMeanwhile
from domain.improvement.disputed.steps import LEVELS
from projections.claims.claim import Claim
from web import parameters
from web.auth import guard
from web.auth.guard import services, snapshot
from web.auth.rate_limits import limit_uploads
from web.auth.roles import Right
from web.auth.trail.access import question_noted
from web.auth.viewer import Viewer
from web.commands.contract_life.disputes import Speaker
from web.commands.improvement.disputed import steps as commands
from web.commands.improvement.disputed.steps import DisputeSaid
from web.files.evidence import evidence_of
from web.pages.contract_life.disputes import (
    NUMBER,
    ONE,
    blueprint,
    dispute_or_404,
    lasting_field,
    offer_parties,
    party_field,
    speaker_in,
)
from web.pages.explain.claims import PeopleField
from web.pages.frame.forms import CheckboxesField, DateField, FileField, SeenForm, TextareaField, TextField
from web.pages.frame.layout import Page
from web.presenters.agreement.schedule import versions_table
from web.presenters.improvement import disputed as presenter
from web.presenters.text import day as day_words
from web.problems import not_here
from web.queries.contract_life import disputes as queries
from web.queries.contract_life.disputes import DisputeResult
from web.queries.improvement.disputed.account import DisputeAccount, account
from web.queries.improvement.disputed.rows import named_rows

_OWN_FIELDS: Final = {
    "list rows of": ("clients",),
    "give evidence for": ("file",),
    "review": ("held_on", "attendees", "looked_at"),
    "meet about": ("held_on", "attendees"),
    "propose a settlement of": ("numerator", "denominator"),
}
"""The fields that only some steps have."""
_OF_SETTLEMENT: Final = frozenset({"propose", "accept", "refuse"})
"""The steps beside which the figures stand, by their addresses."""


class DisputeStepForm(SeenForm):
    """What a step says; fields that it does not have are taken out."""

    field_of_code: ClassVar = dict.fromkeys(
        ("claim-negative", "claim-of-count", "claim-half", "claim-impossible", "dispute-no-figure"), "numerator"
    ) | {"dispute-held-later": "held_on", "evidence-empty": "file", "entered-words-too-long": "file"}

    clients = TextareaField(
        "The clients on whom you differ",
        "One a line: the agency, its reference of the client, where the client should be (counted, not counted, out), "
        "and why. Like: H0001, C12, out, Left in May for another town. References only: no names.",
        rows=8,
        options={"spellcheck": False},
        needed="Name at least one client.",
    )
    numerator = PeopleField("How many people are counted")
    denominator = PeopleField("Out of how many people")
    file = FileField(
        "The file",
        "It is read once, and only its hash, name and size are kept. Keep the file: with it anybody can check. "
        "A file of more than 64 MB is given at a shell.",
        accept="*/*",
        needed="Choose the file that is the evidence.",
    )
    held_on = DateField("On which day", "Leave it empty for today.")
    attendees = TextField("Who was there", "By role, like: data lead of the provider, contracts officer.",
                          needed="Say who was there, by role.")  # fmt: skip
    looked_at = CheckboxesField("Which rows you looked at", choices={})
    words = lasting_field("")
    party = party_field()


def _fitted(dispute: DisputeResult, step: str, viewer: Viewer, *sent: Any, **settings: Any) -> DisputeStepForm:
    """The form with the fields that the step has, and its own words for them."""
    form = DisputeStepForm(*sent, **settings)
    for name in {name for its in _OWN_FIELDS.values() for name in its} - set(_OWN_FIELDS.get(step, ())):
        del form[name]
    its = presenter.STEP_WORDS[step]
    if step == "list rows of":
        del form["words"]
    else:
        form.words.label.text, form.words.description = its.label, its.hint
        form.words.needed = f"Write something here: {its.label[:1].lower()}{its.label[1:]}."
    if "looked_at" in form:
        _offer_rows(form, dispute)
    if "denominator" in form and dispute.measure.kind == "count":
        del form["denominator"]
    offer_parties(form, viewer, dispute.slice)
    if not form.party.choices:
        del form["party"]
    return form


def _offer_rows(form: DisputeStepForm, dispute: DisputeResult) -> None:
    rows = dispute.course.rows
    if not rows:
        del form["looked_at"]
        return
    form.looked_at.choices = {str(one.row): f"Row {one.row}, {presenter.STANDINGS[one.standing]}" for one in rows}
    sent = form.looked_at.raw_data or []
    form.looked_at.data = [value for value in sent if value in form.looked_at.choices]


@blueprint.page(f"{NUMBER}/<slug>", Right.DISPUTE)
def step(_given: parameters.Given, number: int, slug: str) -> Page:
    """The form that takes a step."""
    viewer = guard.viewer(Right.DISPUTE)
    dispute = dispute_or_404(number, viewer)
    start = {"seen": str(dispute.course.version)}
    if slug == "propose" and (by_rows := _account(dispute).by_rows):
        start |= {"numerator": str(by_rows.numerator), "denominator": str(by_rows.denominator or "")}
    return _page(dispute, slug, _fitted(dispute, _step_of(slug), viewer, None, data=start))


def _account(dispute: DisputeResult) -> DisputeAccount:
    return account(snapshot(), guard.viewer(Right.DISPUTES), guard.viewer_of_party(Right.AGREED), dispute)


def _step_of(slug: str) -> str:
    """The step of an address.

    Raises:
        Problem: there is none (404).
    """
    its = presenter.STEP_OF_SLUG.get(slug)
    if its is None:
        raise not_here()
    return its


def _page(dispute: DisputeResult, slug: str, form: DisputeStepForm, **more: Any) -> Page:
    said, course = presenter.STEP_WORDS[_step_of(slug)], dispute.course
    its = _account(dispute) if slug in _OF_SETTLEMENT else None
    return Page(
        "dispute-step.html",
        said.button,
        {"figures": presenter.figures_table(dispute, its) if its else None},
        beside_figures=(presenter.settlement_words(dispute, its), presenter.moved_words(its)) if its else (),
        dispute=dispute,
        slug=slug,
        form=form,
        errors=form.links,
        action=url_for("dispute.take", number=dispute.number, slug=slug),
        button={"text": said.button, "preventDoubleClick": True},
        proposed=presenter.numbers(course.proposed) if slug in {"accept", "refuse"} else "",
        level=course.level_name if slug in {"meeting", "review"} else "",
        next_level=LEVELS[course.level] if slug == "escalate" and course.level < len(LEVELS) else "",
        has_rows=bool(course.rows),
        **more,
    )


@blueprint.page(f"{NUMBER}/<slug>", Right.DISPUTE, method="POST")
@limit_uploads
def take(_given: parameters.Given, number: int, slug: str) -> Any:
    """Take a step."""
    viewer, its = guard.viewer(Right.DISPUTE), _step_of(slug)
    dispute = dispute_or_404(number, viewer)
    form = _fitted(dispute, its, viewer)
    if form.validate_on_submit():
        speaker = speaker_in(viewer, form.party.data if "party" in form else "", dispute.slice)
        with form.refusals_at("clients" if its == "list rows of" else "words"):
            try:
                _command(dispute, its, form)(speaker)
                return redirect(url_for(ONE, number=number, done=slug), 303)
            except ChangedMeanwhile as changed:
                form.seen.data = str(changed.newest)
                return _page(dispute, slug, form, **conflict(dispute, viewer, changed.seen)), 409
    return _page(dispute, slug, form), 422


def _command(dispute: DisputeResult, step: str, form: DisputeStepForm) -> Callable[[Speaker], Dispute]:
    register, number, seen = services().register, dispute.number, form.version
    if step == "list rows of":
        rows = named_rows(snapshot(), viewer_of_rows(dispute), dispute, form.clients.data)
        return lambda speaker: commands.list_rows(register, number, rows, speaker, seen)
    said = _said(form)
    return lambda speaker: commands.take_dispute_step(register, number, step, said, speaker, seen)


def _said(form: DisputeStepForm) -> DisputeSaid:
    """What was entered."""
    sent = form.file.data if "file" in form else None
    agreed = None
    if "numerator" in form:
        agreed = Claim(form.numerator.number, form.denominator.number if "denominator" in form else None)
    return DisputeSaid(
        form.words.data,
        form.held_on.day if "held_on" in form else None,
        form.attendees.data if "attendees" in form else "",
        tuple(map(int, form.looked_at.data)) if "looked_at" in form else (),
        evidence_of(sent.filename or "", sent.stream) if sent else None,
        agreed,
    )


def viewer_of_rows(dispute: DisputeResult) -> Viewer:
    """Who looks at the single clients of a dispute; noted in the trail before anything is shown."""
    question = question_noted(
        dispute.slice, measure=dispute.code, as_of=dispute.standpoint.as_of, dispute=dispute.number
    )
    return guard.viewer_of_clients(Right.CLIENTS, question, dispute.slice, measure=dispute.measure)


def conflict(dispute: DisputeResult, viewer: Viewer, seen: int) -> dict[str, Any]:
    """What was read beside what stands."""
    read = queries.dispute(snapshot(), viewer, dispute.number, seen) or dispute
    changed: dict[str, Any] = {}
    if dispute.course.happened:
        last = dispute.course.happened[-1]
        changed = {"changed_by": last.actor, "changed_on": day_words(last.on)}
    versions = versions_table(presenter.as_cells(read), presenter.as_cells(dispute), {}, "As you read it")
    return {"conflict": versions, **changed}
