"""Disputes over figures: listed, opened from a figure, read, answered and closed. They change no figure."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from flask import redirect, url_for
from marshmallow import fields, validate

from domain.contract_life.dispute import OPEN, Dispute, DisputeAnswered, DisputeClosed, DisputeOpened
from domain.measures.registry import Measure
from projections.claims import disputes as on_record
from projections.claims import wording
from projections.claims.claim import Claim
from projections.standings.slices import Slice
from web import parameters
from web.api.disputes import dispute_seen, is_shown, speaker
from web.auth import guard
from web.auth.roles import Reach, Right
from web.auth.viewer import Viewer
from web.clock import today
from web.commands import disputes as disputing
from web.presenters import text
from web.presenters.tables import Column, Link, Percentage, Table, Worded
from web.queries import figures

from .agency_names import named
from .claims import ClaimAddress, ClaimForm
from .forms import Form, SelectField, TextareaField
from .layout import Page
from .navigation import Place
from .page import PageContext, Pages, asked_of, measure_or_404, pages_of_figure

LIST: Final = "dispute.disputes"
ONE: Final = "dispute.one"
_NUMBER: Final = "/disputes/<int(min=1, max=2147483647):number>"

blueprint = Pages("dispute", __name__, Place("Disputes", LIST, Right.DISPUTES))


COLUMNS: Final = (
    Column("Dispute", whole=True),
    Column("State"),
    Column("Opened", whole=True),
    Column("Figure"),
    Column("As of", whole=True),
    Column("Claimed"),
    Column("By"),
)


@blueprint.page("/disputes", Right.DISPUTES)
def disputes(_given: Mapping[str, Any]) -> Page:
    """Every dispute that one may see: those that are open first, each kind with the newest first."""
    who = guard.viewer(Right.DISPUTES)
    found = [one for one in guard.snapshot().disputes if is_shown(one, who)]
    found.sort(key=lambda one: (one.state != OPEN, -one.number))
    return Page(
        "disputes.html",
        "Disputes",
        {"disputes": Table(COLUMNS, [_row(one) for one in found], "Disputes over figures") if found else None},
        still_open=sum(one.state == OPEN for one in found),
        may_open=guard.principal().reach(Right.DISPUTE) is not None,
    )


def _row(found: Dispute) -> tuple[Any, ...]:
    said = found.opened
    return (
        Link(f"Dispute {found.number}", url_for(ONE, number=found.number)),
        found.state,
        said.occurred_on,
        f"{on_record.measure_of(found).code} {text.slice_of(on_record.slice_of(found))}",
        said.as_of,
        _claimed(on_record.claim_of(found)),
        _who(said.party),
    )


def _claimed(claim: Claim) -> Any:
    if claim.percentage:
        return Worded(wording.claimed(claim), Percentage(float(claim.percentage.text)))
    return wording.claimed(claim) if claim.numerator is None or claim.denominator is not None else claim.numerator


def _who(party: str) -> str:
    return party or "the commissioner"


# ---- one


_DONE: Final = {
    "opened": "The dispute is open. The other side can read it now.",
    "answered": "Your answer was added.",
    "closed": "The dispute is closed.",
}


class OneAddress(parameters.Asks):
    """What was just done."""

    done = fields.String(load_default=None, validate=validate.OneOf(list(_DONE)))


@blueprint.page(_NUMBER, Right.DISPUTES, OneAddress)
def one(given: Mapping[str, Any], number: int) -> Page:
    """A dispute with all that was said about it, beside what our figure is from its standpoint."""
    who = guard.viewer(Right.DISPUTES)
    return _read(dispute_seen(number, who), who, done=_DONE.get(given["done"], ""))


def _party_field(**settings: Any) -> SelectField:
    return SelectField("For which agency", **settings)


def _lasting_field(label: str, needed: str = "") -> TextareaField:
    return TextareaField(label, "It stays on record for good. Do not name anybody.", rows=4, needed=needed)


class AnswerForm(Form):
    """A statement, and for which party it is."""

    statement = _lasting_field("Your statement")
    party = _party_field()


class CloseForm(ClaimForm):
    """How a dispute ended, with the figure that was agreed, if one was."""

    percentage = None
    outcome = _lasting_field("How it ended")
    party = _party_field(id="closing-party")


def _offer_parties(form: AnswerForm | ClaimForm, who: Viewer, where: Slice) -> None:
    """Let somebody choose for which agency they speak, where there is a choice; what was chosen stays so."""
    is_choice = who.reach is Reach.OWN and len(who.agencies) > 1
    form.party.choices = {agency: named(agency) for agency in sorted(who.agencies)} if is_choice else {}
    form.party.data = form.party.data or where.agency or ""


def _read(
    found: Dispute,
    who: Viewer,
    answering: AnswerForm | None = None,
    closing: CloseForm | None = None,
    done: str = "",
) -> Page:
    measure, where, at = on_record.measure_of(found), on_record.slice_of(found), on_record.standpoint_of(found)
    answering, closing = answering or AnswerForm(None), closing or CloseForm(measure, None)
    for form in (answering, closing):
        _offer_parties(form, who, where)
    errors, is_open = answering.links + closing.links, found.state == OPEN
    asked = figures.FiguresQuery(at.as_of, at.position, (measure,), where)
    # A party to the dispute may be no party to the figure's own agency: it has read the claim, and not our answer.
    own_or_sum = who.may_ask_for(where)
    figure = figures.figures(guard.snapshot(), who, asked).figures[0] if own_or_sum else None
    address: dict[str, Any] = {
        "as_of": at.as_of,
        "known_at": f"@{at.position}",
        "area": where.area,
        "agency": where.agency,
    }
    address |= {name: "true" for name in ("criminal_justice", "young_people") if getattr(where, name)}
    kept = {name: value for name, value in address.items() if value is not None}
    return Page(
        "dispute.html",
        f"Dispute {found.number}",
        title=f"Dispute {found.number} {found.state}",
        found=found,
        measure=measure,
        claimed=wording.claimed(on_record.claim_of(found)),
        seen=f"{text.standpoint(at)} {text.slice_of(where)}",
        figure=figure,
        figure_at=url_for("figure.figure", measure=measure.code, **kept),
        why_at=url_for("why.why", measure=measure.code, **kept),
        opens=is_open,
        speeches=[_speech(recorded.event) for recorded in found.recorded],
        may_speak=is_open and guard.principal().reach(Right.DISPUTE) is not None,
        answering=answering,
        closing=closing,
        unsaid="" if is_open else answering.statement.data or closing.outcome.data,
        done=done,
        # Of one that somebody else closed meanwhile there is no field to go to.
        errors=errors if is_open else [Link(error.text, "") for error in errors],
    )


def _speech(event: Any) -> tuple[str, str, str]:
    """Who said it and when; how it is headed; and what was said."""
    by = f"{text.day(event.occurred_on)}, {event.actor} for {_who(event.party)}"
    if isinstance(event, DisputeAnswered):
        return by, "Answer", event.statement
    if isinstance(event, DisputeClosed):
        agreed = "" if event.numerator is None else f" Agreed: {_numbers(event.numerator, event.denominator)}."
        return by, "Closed", f"{event.outcome}{agreed}"
    assert isinstance(event, DisputeOpened)
    return by, "Opened", event.reason


def _numbers(numerator: int, denominator: int | None) -> str:
    return wording.claimed(Claim(numerator, denominator))


@blueprint.page(f"{_NUMBER}/answers", Right.DISPUTE, method="POST")
def answer(_given: Mapping[str, Any], number: int) -> Any:
    """State something about an open dispute."""
    who, form = guard.viewer(Right.DISPUTE), AnswerForm()
    dispute = dispute_seen(number, who)
    if form.validate_on_submit():
        by = speaker(who, form.party.data, on_record.slice_of(dispute))
        with form.refusals_at("statement"):
            disputing.answer_dispute(_register(), number, form.statement.data, by, once=True)
            return redirect(url_for(ONE, number=number, done="answered"), 303)
    return _read(dispute, guard.viewer(Right.DISPUTES), answering=form), 422


@blueprint.page(f"{_NUMBER}/close", Right.DISPUTE, method="POST")
def close(_given: Mapping[str, Any], number: int) -> Any:
    """Close an open dispute, with the figure that was agreed, if one was."""
    who = guard.viewer(Right.DISPUTE)
    dispute = dispute_seen(number, who)
    form = CloseForm(on_record.measure_of(dispute))
    if form.validate_on_submit():
        by = speaker(who, form.party.data, on_record.slice_of(dispute))
        with form.refusals_at("outcome"):
            disputing.close_dispute(_register(), number, form.outcome.data, by, form.claim, once=True)
            return redirect(url_for(ONE, number=number, done="closed"), 303)
    return _read(dispute, guard.viewer(Right.DISPUTES), closing=form), 422


def _register() -> Any:
    return guard.services().register


# ---- opening one


class DisputeForm(ClaimForm):
    """What a figure is claimed to be, why, and for which party."""

    field_of_code: ClassVar = dict.fromkeys(
        ("dispute-no-text", "dispute-text-too-long", "dispute-text-unreadable"), "reason"
    )

    reason = _lasting_field("Why it is disputed", "Say in a sentence why the figure is disputed.")
    party = _party_field()

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse a claim of nothing, too."""
        super().validate(extra_validators)
        if self.claim is None and not self.errors.keys() & {"numerator", "denominator", "percentage"}:
            self.add_error("numerator", "Say what the figure should be: in numbers, or as a percentage.")
        return not self.errors


@blueprint.seen_from("/figures/<measure>/dispute", Right.DISPUTE, ClaimAddress)
def new(asked: PageContext, measure: str) -> Page:
    """The form that disputes a figure, from the standpoint from which it is seen."""
    of = measure_or_404(measure)
    return _new_page(asked, of, DisputeForm(of, data=asked.given))


@blueprint.page("/figures/<measure>/dispute", Right.DISPUTE, ClaimAddress, method="POST")
def open_one(given: Mapping[str, Any], measure: str) -> Any:
    """Open a dispute over a figure."""
    of, asked = measure_or_404(measure), asked_of(given, Right.DISPUTE)
    form = DisputeForm(of)
    if form.validate_on_submit() and form.claim is not None:
        by, reason = speaker(asked.who, form.party.data, asked.where), form.reason.data
        with form.refusals_at("numerator"):
            opened = disputing.open_dispute(
                _register(), of, asked.standpoint, asked.where, form.claim, reason, by, once=True
            )
            return redirect(url_for(ONE, number=opened.number, done="opened"), 303)
    return _new_page(asked, of, form), 422


def _new_page(asked: PageContext, measure: Measure, form: DisputeForm) -> Page:
    query = figures.FiguresQuery(asked.as_of, asked.known_at, (measure,), asked.where)
    _offer_parties(form, asked.who, asked.where)
    return Page(
        "dispute-new.html",
        f"Dispute {measure.code} {measure.name}",
        asked=asked,
        measure=measure,
        figure=figures.figures(asked.snapshot, asked.who, query).figures[0],
        form=form,
        errors=form.links,
        on=today(),
        more=pages_of_figure(asked, measure),
    )
