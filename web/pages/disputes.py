"""Disputes over figures: listed, opened from a figure, read, answered and closed. They change no figure."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import redirect, request, url_for
from marshmallow import fields, validate

from domain.contract_life.dispute import OPEN, Dispute, DisputeAnswered, DisputeClosed, DisputeOpened
from domain.errors import Refused, WrongUse
from projections.claims import disputes as on_record
from projections.claims.claim import Claim
from projections.standings.slices import Slice
from web import parameters
from web.api.disputes import dispute_seen, is_shown, speaker
from web.auth import guard
from web.auth.roles import Reach, Right
from web.auth.viewer import Viewer
from web.clock import today
from web.commands import disputes as disputing
from web.commands.disputes import Speaker
from web.presenters import text
from web.presenters.tables import Column, Link, Percentage, Table, Worded
from web.queries import figures

from .agency_names import named
from .claims import ClaimAddress, Errors, stated_of
from .layout import Page
from .navigation import Place
from .page import Choice, PageContext, Pages, asked_of, measure_or_404, pages_of_figure

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
    if claim.printed:
        return Worded(text.claimed(claim), Percentage(float(claim.printed.text)))
    return text.claimed(claim) if claim.numerator is None or claim.denominator is not None else claim.numerator


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


def _read(found: Dispute, who: Viewer, errors: Errors | None = None, done: str = "") -> Page:
    measure, where, at = on_record.measure_of(found), on_record.slice_of(found), on_record.standpoint_of(found)
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
        is_count=measure.kind == "count",
        claimed=text.claimed(on_record.claim_of(found)),
        seen=f"{text.standpoint(at)} {text.slice_of(where)}",
        figure=figure,
        figure_at=url_for("figure.figure", measure=measure.code, **kept),
        why_at=url_for("why.why", measure=measure.code, **kept),
        opens=found.state == OPEN,
        speeches=[_speech(recorded.event) for recorded in found.recorded],
        may_speak=found.state == OPEN and guard.principal().reach(Right.DISPUTE) is not None,
        parties=parties(who, where),
        given=request.form,
        unsaid="" if found.state == OPEN else request.form.get("statement", "") or request.form.get("outcome", ""),
        error_of=errors or {},
        done=done,
        # Of one that somebody else closed meanwhile there is no field to go to.
        errors=[Link(said, f"#{name}" if found.state == OPEN else "") for name, said in (errors or {}).items()],
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
    return text.claimed(Claim(numerator, denominator))


def parties(who: Viewer, where: Slice) -> list[Choice]:
    """The agencies for which somebody may speak, where there is a choice; what was chosen stays so."""
    if who.reach is not Reach.OWN or len(who.agencies) < 2:
        return []
    chosen = request.form.get("party") or where.agency
    return [Choice(agency, named(agency), agency == chosen) for agency in sorted(who.agencies)]


@blueprint.page(f"{_NUMBER}/answers", Right.DISPUTE, method="POST")
def answer(_given: Mapping[str, Any], number: int) -> Any:
    """State something about an open dispute."""
    statement = request.form.get("statement", "")
    return _say(
        number,
        "statement",
        "answered",
        lambda by: disputing.answer_dispute(_register(), number, statement, by, again=False),
    )


@blueprint.page(f"{_NUMBER}/close", Right.DISPUTE, method="POST")
def close(_given: Mapping[str, Any], number: int) -> Any:
    """Close an open dispute, with the figure that was agreed, if one was."""
    found = dispute_seen(number, guard.viewer(Right.DISPUTE))
    numbers = {name: request.form.get(name, "") for name in ("numerator", "denominator")} | {"percentage": ""}
    agreed, errors = stated_of(numbers)
    if errors:
        return _read(found, guard.viewer(Right.DISPUTES), errors), 422
    outcome = request.form.get("outcome", "")
    return _say(
        number,
        "outcome",
        "closed",
        lambda by: disputing.close_dispute(_register(), number, outcome, by, agreed, again=False),
    )


def _register() -> Any:
    return guard.services().register


def _say(number: int, field: str, done: str, what: Callable[[Speaker], Dispute]) -> Any:
    """Say it and go back to the dispute; what is wrong with it is said at its field."""
    who = guard.viewer(Right.DISPUTE)
    found = dispute_seen(number, who)
    by = speaker(who, request.form.get("party", ""), on_record.slice_of(found))
    try:
        what(by)
    except Refused as error:
        name = "numerator" if error.code.startswith("claim-") else field
        return _read(found, guard.viewer(Right.DISPUTES), {name: str(error)}), 422
    return redirect(url_for(ONE, number=number, done=done), 303)


# ---- opening one


@blueprint.seen_from("/figures/<measure>/dispute", Right.DISPUTE, ClaimAddress)
def new(asked: PageContext, measure: str) -> Page:
    """The form that disputes a figure, from the standpoint from which it is seen."""
    return _form(asked, measure, asked.given, {})


@blueprint.page("/figures/<measure>/dispute", Right.DISPUTE, ClaimAddress, method="POST")
def open_one(given: Mapping[str, Any], measure: str) -> Any:
    """Open a dispute over a figure."""
    of, asked = measure_or_404(measure), asked_of(given, Right.DISPUTE)
    sent = {name: request.form.get(name, "") for name in ("numerator", "denominator", "percentage", "reason")}
    stated, errors = stated_of(sent)
    if stated is None and not errors:
        errors = {"numerator": "Say what the figure should be: in numbers, or as a percentage."}
    if not sent["reason"].strip():
        errors["reason"] = "Say in a sentence why the figure is disputed."
    if stated is None or errors:
        return _form(asked, measure, sent, errors), 422
    by = speaker(asked.who, request.form.get("party", ""), asked.where)
    try:
        said = disputing.open_dispute(
            _register(), of, asked.standpoint, asked.where, stated, sent["reason"], by, again=False
        )
    except (Refused, WrongUse) as error:
        name = "reason" if isinstance(error, Refused) and error.code.startswith("dispute-") else "numerator"
        return _form(asked, measure, sent, {name: str(error)}), 422
    return redirect(url_for(ONE, number=said.number, done="opened"), 303)


def _form(asked: PageContext, code: str, sent: Mapping[str, Any], errors: Errors) -> Page:
    of = measure_or_404(code)
    found = figures.figures(
        asked.snapshot, asked.who, figures.FiguresQuery(asked.as_of, asked.known_at, (of,), asked.where)
    )
    figure = found.figures[0]
    return Page(
        "dispute-new.html",
        f"Dispute {of.code} {of.name}",
        asked=asked,
        measure=of,
        is_count=of.kind == "count",
        figure=figure,
        given=sent,
        error_of=errors,
        errors=[Link(sentence, f"#{name}") for name, sentence in errors.items()],
        parties=parties(asked.who, asked.where),
        on=today(),
        more=pages_of_figure(asked, of),
    )
