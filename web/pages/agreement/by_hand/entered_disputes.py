"""A figure that was entered by hand is disputed, in the form and by the command of every other dispute."""

from typing import Any

from flask import redirect, url_for

from web import parameters
from web.auth import guard
from web.auth.guard import services, snapshot
from web.auth.roles import Right
from web.clock import today
from web.commands.contract_life import disputes as commands
from web.pages.agreement.by_hand.entered import (
    NUMBER,
    ONE,
    EnteredAddress,
    blueprint,
    kpi_or_404,
    query_of,
    standpoint_of,
)
from web.pages.contract_life import disputes as pages
from web.pages.contract_life.disputes import DisputeForm
from web.pages.frame.layout import Page
from web.presenters.agreement import entered as words
from web.problems import not_here
from web.queries.agreement import entered as queries
from web.queries.agreement import entered_figures as figures
from web.queries.agreement.entered import EnteredKpiResult
from web.queries.agreement.entered_figures import EnteredFigureResult


@blueprint.page(f"{NUMBER}/dispute", Right.DISPUTE, EnteredAddress)
def dispute(args: parameters.Given, number: int) -> Page:
    """The form that disputes a figure, as it is known on the day of the address."""
    kpi = kpi_or_404(number)
    figure = _figure(kpi, args)
    return _new_page(kpi, figure, DisputeForm(figure.measure, None))


def _figure(kpi: EnteredKpiResult, args: parameters.Given) -> EnteredFigureResult:
    line = figures.line(snapshot(), guard.viewer(Right.DISPUTE), kpi.code, query_of(args))
    if line is None or not line.figure.is_entered:
        raise not_here("Nothing was entered there that could be disputed.")
    return line.figure


def _new_page(kpi: EnteredKpiResult, figure: EnteredFigureResult, form: DisputeForm) -> Page:
    pages.offer_parties(form, guard.viewer(Right.DISPUTE), figure.slice)
    return Page(
        "entered-dispute.html",
        f"Dispute {kpi.name} ({kpi.code})",
        kpi=kpi,
        form=form,
        errors=form.links,
        ours=words.numbers(figure.numerator, figure.denominator),
        period=words.period_in_words(figure),
        on=today(),
        action=url_for("entered_pages.open_dispute", number=kpi.number, **standpoint_of(figure)),
    )


@blueprint.page(f"{NUMBER}/dispute", Right.DISPUTE, EnteredAddress, method="POST")
def open_dispute(args: parameters.Given, number: int) -> Any:
    """Open a dispute over a figure that was entered by hand."""
    kpi = kpi_or_404(number)
    figure, viewer = _figure(kpi, args), guard.viewer(Right.DISPUTE)
    form = DisputeForm(figure.measure)
    if form.validate_on_submit() and form.claim is not None:
        speaker = pages.speaker_in(viewer, form.party.data, figure.slice)
        query = (figure.as_of, figure.known_at, figure.slice)
        measure, standpoint = figures.disputed_in(snapshot(), viewer, kpi.code, *query)
        with form.refusals_at("numerator"):
            opened = commands.open_dispute(
                services().register,
                measure,
                standpoint,
                figure.slice,
                form.claim,
                form.reason.data,
                speaker,
                once=True,
            )
            return redirect(url_for(pages.ONE, number=opened.number, done="opened"), 303)
    return _new_page(kpi, figure, form), 422


class DisputedAddress(EnteredAddress):
    """A disputed figure, as a dispute says it."""

    measure = parameters.any_measure_field(required=True)


@blueprint.page("/entered-kpis/disputed", Right.AGREED, DisputedAddress)
def of_dispute(args: parameters.Given) -> Any:
    """The way from a dispute to the KPI that it is over, as it was known then."""
    code = args["measure"]
    its_kpi = next((one for one in queries.kpis(snapshot(), guard.viewer(Right.AGREED)).kpis if one.code == code), None)
    if its_kpi is None:
        guard.refuse_as_not_there(guard.principal())
    asked = {name: args[name] for name in ("as_of", "agency") if args[name]}
    known_at = queries.day_known(snapshot(), args["known_at"])
    return redirect(url_for(ONE, number=its_kpi.number, known_at=known_at, **asked))
