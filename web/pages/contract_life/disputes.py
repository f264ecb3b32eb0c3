"""Disputes over figures: listed, opened from a figure, read, answered and closed. They change no figure."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from flask import redirect, url_for
from marshmallow import fields, validate

from domain.measures.registry import Measure
from domain.register import Register
from projections.claims import wording
from projections.claims.claim import Claim
from projections.standings.slices import Slice
from web import parameters
from web.auth import guard
from web.auth.roles import Right
from web.auth.viewer import Viewer
from web.clock import today
from web.commands.contract_life import disputes as commands
from web.commands.contract_life.disputes import Speaker
from web.pages.explain.claims import ClaimAddress, ClaimForm
from web.pages.frame.agency_names import named
from web.pages.frame.forms import Form, SelectField, TextareaField
from web.pages.frame.layout import Page
from web.pages.frame.navigation import FigurePage, NeededWeekly, Place, PlaceGroup
from web.pages.frame.page import PageContext, Pages, asked_of, measure_or_404, pages_of_figure
from web.pages.improvement.disputed.standing import DONE as STEPS_DONE
from web.pages.improvement.disputed.standing import standing
from web.pages.improvement.notices.links import notices_about
from web.presenters import text
from web.presenters.improvement.disputed import party as party_words
from web.presenters.improvement.disputed import speeches
from web.presenters.tables import Column, Link, Percentage, Table, Worded
from web.queries.contract_life import disputes as queries
from web.queries.contract_life.disputes import DisputeResult, DisputesQuery
from web.queries.performance import figures

LIST: Final = "dispute.disputes"
ONE: Final = "dispute.one"
NUMBER: Final = "/disputes/<int(min=1, max=2147483647):number>"

blueprint = Pages(
    "dispute",
    __name__,
    Place(
        "Disputes",
        LIST,
        Right.DISPUTES,
        PlaceGroup.DISPUTES_AND_REPORTS,
        "Figures that one party says are wrong, and how each dispute ended.",
        NeededWeekly.ALWAYS,
    ),
    of_figure=(FigurePage("Disagree", "dispute.new", Right.DISPUTE),),
)


COLUMNS: Final = (
    Column("Dispute", whole=True),
    Column("State"),
    Column("Opened", whole=True, aside=True),
    Column("Figure"),
    Column("As of", whole=True, aside=True),
    Column("Claimed"),
    Column("By", aside=True),
)


@blueprint.page("/disputes", Right.DISPUTES)
def disputes(_given: Mapping[str, Any]) -> Page:
    """Every dispute that one may see: those that are open first, each kind with the newest first."""
    result = queries.disputes(guard.snapshot(), guard.viewer(Right.DISPUTES), DisputesQuery())
    open_first = sorted(result.disputes, key=lambda dispute: (not dispute.is_open, -dispute.number))
    table = Table(COLUMNS, list(map(_row, open_first)), "Disputes over figures")
    return Page(
        "disputes.html",
        "Disputes",
        {"disputes": table if open_first else None},
        still_open=sum(dispute.is_open for dispute in open_first),
        closed=sum(not dispute.is_open for dispute in open_first),
        may_open=guard.principal().reach(Right.DISPUTE) is not None,
    )


def _row(dispute: DisputeResult) -> tuple[Any, ...]:
    return (
        Link(f"Dispute {dispute.number}", url_for(ONE, number=dispute.number)),
        dispute.state,
        dispute.opened.on,
        f"{dispute.measure.name} ({dispute.code}). {text.slice_of(dispute.slice, named)}",
        dispute.standpoint.as_of,
        _claimed(dispute.claimed.claim),
        party_words(dispute.opened.party),
    )


def _claimed(claim: Claim) -> Any:
    if claim.percentage:
        return Worded(wording.claimed(claim), Percentage(float(claim.percentage.text)))
    return wording.claimed(claim) if claim.numerator is None or claim.denominator is not None else claim.numerator


# ---- one


_DONE: Final = {
    "opened": "The dispute is open. The other side can read it now.",
    "answered": "Your answer was added.",
    "closed": "The dispute is closed.",
} | STEPS_DONE


class DisputeAddress(parameters.Asks):
    """What was just done."""

    done = fields.String(load_default=None, validate=validate.OneOf(list(_DONE)))


@blueprint.page(NUMBER, Right.DISPUTES, DisputeAddress)
def one(args: Mapping[str, Any], number: int) -> Page:
    """A dispute with all that was said about it, beside what our figure is from its standpoint."""
    viewer = guard.viewer(Right.DISPUTES)
    return _read(dispute_or_404(number, viewer), viewer, done=_DONE.get(args["done"], ""))


def dispute_or_404(number: int, viewer: Viewer) -> DisputeResult:
    """The dispute with this number.

    Raises:
        Problem: there is none (404).
    """
    result = queries.dispute(guard.snapshot(), viewer, number)
    if result is None:
        guard.refuse_as_missing()
    return result


def party_field(**settings: Any) -> SelectField:
    """For which of several agencies somebody speaks."""
    return SelectField("For which agency", **settings)


def lasting_field(label: str, needed: str = "") -> TextareaField:
    """Words that stay on record."""
    return TextareaField(label, "It stays on record for good. Do not name anybody.", rows=4, needed=needed)


class AnswerForm(Form):
    """A statement, and for which party it is."""

    statement = lasting_field("Your statement")
    party = party_field()


class CloseForm(Form):
    """How a dispute ended that is given up, or ends without a figure: a figure is agreed by both sides."""

    field_of_code: ClassVar = dict.fromkeys(
        ("dispute-no-text", "dispute-text-too-long", "dispute-text-unreadable"), "outcome"
    )

    outcome = lasting_field("How it ended")
    party = party_field(id="closing-party")


def offer_parties(form: Form, viewer: Viewer, slice_: Slice) -> None:
    """Let somebody choose for which agency they speak, where there is a choice; what was chosen stays so."""
    is_choice = viewer.is_provider and len(viewer.agencies) > 1
    party = form["party"]
    party.choices = {agency: named(agency) for agency in sorted(viewer.agencies)} if is_choice else {}
    party.data = party.data or slice_.agency or ""


def _read(
    dispute: DisputeResult,
    viewer: Viewer,
    answering: AnswerForm | None = None,
    closing: CloseForm | None = None,
    done: str = "",
) -> Page:
    slice_, at = dispute.slice, dispute.standpoint
    answering, closing = answering or AnswerForm(None), closing or CloseForm(None)
    for form in (answering, closing):
        offer_parties(form, viewer, slice_)
    errors, is_open = answering.links + closing.links, dispute.is_open
    address = _address(dispute)
    tables, more = standing(dispute, viewer)
    return Page(
        "dispute.html",
        f"Dispute {dispute.number}",
        tables,
        title=f"Dispute {dispute.number} {dispute.course.stage}",
        **more,
        dispute=dispute,
        claimed=wording.claimed(dispute.claimed.claim),
        seen=f"{text.standpoint(at)} {text.slice_of(slice_, named)}",
        figure=queries.disputed_figure(guard.snapshot(), viewer, dispute),
        figure_at=url_for("entered_pages.of_dispute" if dispute.entered else "figure.figure", **address),
        why_at=url_for("why.why", **address),
        notices=notices_about(dispute.code, at.as_of, slice_, at.position),
        speeches=list(speeches(dispute)),
        may_speak=is_open and guard.principal().reach(Right.DISPUTE) is not None,
        answering=answering,
        closing=closing,
        unsaid="" if is_open else answering.statement.data or closing.outcome.data,
        done=done,
        # Of one that somebody else closed meanwhile there is no field to go to.
        errors=errors if is_open else [Link(error.text, "") for error in errors],
    )


def _address(dispute: DisputeResult) -> dict[str, Any]:
    """The disputed figure, as an address has it."""
    slice_, standpoint = dispute.slice, dispute.standpoint
    address: dict[str, Any] = {
        "measure": dispute.code,
        "as_of": standpoint.as_of,
        "known_at": f"@{standpoint.position}",
        "area": slice_.area,
        "agency": slice_.agency,
    }
    address |= {name: "true" for name in ("criminal_justice", "young_people") if getattr(slice_, name)}
    return {name: value for name, value in address.items() if value is not None}


@blueprint.page(f"{NUMBER}/answers", Right.DISPUTE, method="POST")
def answer(_given: Mapping[str, Any], number: int) -> Any:
    """State something about an open dispute."""
    viewer, form = guard.viewer(Right.DISPUTE), AnswerForm()
    dispute = dispute_or_404(number, viewer)
    if form.validate_on_submit():
        speaker = speaker_in(viewer, form.party.data, dispute.slice)
        with form.refusals_at("statement"):
            commands.answer_dispute(_register(), number, form.statement.data, speaker, once=True)
            return redirect(url_for(ONE, number=number, done="answered"), 303)
    return _read(dispute, guard.viewer(Right.DISPUTES), answering=form), 422


@blueprint.page(f"{NUMBER}/close", Right.DISPUTE, method="POST")
def close(_given: Mapping[str, Any], number: int) -> Any:
    """Close an open dispute without a figure."""
    viewer = guard.viewer(Right.DISPUTE)
    dispute = dispute_or_404(number, viewer)
    form = CloseForm()
    if form.validate_on_submit():
        speaker = speaker_in(viewer, form.party.data, dispute.slice)
        with form.refusals_at("outcome"):
            commands.close_dispute(_register(), number, form.outcome.data, speaker, once=True)
            return redirect(url_for(ONE, number=number, done="closed"), 303)
    return _read(dispute, guard.viewer(Right.DISPUTES), closing=form), 422


def speaker_in(viewer: Viewer, party: str, slice_: Slice) -> Speaker:
    """Who speaks in a form, for which party."""
    return commands.speaker_of(guard.principal(), viewer, party, slice_, today())


def _register() -> Register:
    return guard.services().register


# ---- opening one


class DisputeForm(ClaimForm):
    """What a figure is claimed to be, why, and for which party."""

    field_of_code: ClassVar = dict.fromkeys(
        ("dispute-no-text", "dispute-text-too-long", "dispute-text-unreadable"), "reason"
    )

    reason = lasting_field("Why it is disputed", "Say in a sentence why the figure is disputed.")
    party = party_field()

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse a claim of nothing, too."""
        super().validate(extra_validators)
        if self.claim is None and not self.errors.keys() & {"numerator", "denominator", "percentage"}:
            self.add_error("numerator", "Say what the figure should be: in numbers, or as a percentage.")
        return not self.errors


@blueprint.seen_from("/figures/<measure>/dispute", Right.DISPUTE, ClaimAddress)
def new(context: PageContext, measure: str) -> Page:
    """The form that disputes a figure, from the standpoint from which it is seen."""
    measure_ = measure_or_404(measure)
    return _new_page(context, measure_, DisputeForm(measure_, data=context.args))


@blueprint.page("/figures/<measure>/dispute", Right.DISPUTE, ClaimAddress, method="POST")
def open_one(args: Mapping[str, Any], measure: str) -> Any:
    """Open a dispute over a figure."""
    measure_, context = measure_or_404(measure), asked_of(args, Right.DISPUTE)
    form = DisputeForm(measure_)
    if form.validate_on_submit() and form.claim is not None:
        speaker, reason = speaker_in(context.who, form.party.data, context.slice_), form.reason.data
        with form.refusals_at("numerator"):
            opened = commands.open_dispute(
                _register(), measure_, context.standpoint, context.slice_, form.claim, reason, speaker, once=True
            )
            return redirect(url_for(ONE, number=opened.number, done="opened"), 303)
    return _new_page(context, measure_, form), 422


def _new_page(context: PageContext, measure: Measure, form: DisputeForm) -> Page:
    query = figures.FiguresQuery(context.as_of, context.known_at, (measure,), context.slice_)
    offer_parties(form, context.who, context.slice_)
    return Page(
        "dispute-new.html",
        f"Dispute {measure.name} ({measure.code})",
        context=context,
        measure=measure,
        figure=figures.figures(context.snapshot, context.who, query).figures[0],
        form=form,
        errors=form.links,
        on=today(),
        more=pages_of_figure(context, measure),
    )
