"""The commands of `recount dispute`: open, answer, close, list, show."""

from collections.abc import Callable
from datetime import date

import click

from domain.contract_life.dispute import Dispute
from domain.errors import WrongUse
from projections.claims.claim import Claim
from projections.standings.slices import Slice
from web.auth.viewer import EVERYTHING
from web.cli import options
from web.cli.output import answer, answer_query, new_services, refusals
from web.clock import today
from web.commands.contract_life import disputes
from web.commands.contract_life.disputes import Speaker
from web.presenters.contract_life import disputes as tables
from web.queries.agreement.entered_figures import disputed_in
from web.queries.contract_life import disputes as queries
from web.queries.contract_life.disputes import DisputeResult, DisputesQuery, dispute_result
from web.queries.explain.claims import stated_claim
from web.queries.parameters import KnownAt
from web.services import OPERATOR, Services

PARTY = click.option("--party", default="", metavar="CODE", help="The agency that speaks; else the commissioner does.")
NUMERATOR = click.option("--numerator", type=int, metavar="N", help="How many are counted.")
DENOMINATOR = click.option("--denominator", type=int, metavar="N", help="Of how many; not of a count.")


@click.group()
def dispute() -> None:
    """Disputes over a figure: open, answer, settle and close them; list them, and show one."""


@dispute.command("open")
@options.measure
@options.standpoint
@options.slice_
@NUMERATOR
@DENOMINATOR
@click.option("--percentage", metavar="P", help="What is claimed, where only the percentage is known, as printed.")
@click.option("--reason", required=True, help="Why, for the log, where it stays for good: so without a name.")
@PARTY
@options.as_json
def open_dispute(
    *,
    measure: str,
    as_of: date,
    known_at: KnownAt,
    slice_: Slice,
    numerator: int | None,
    denominator: int | None,
    percentage: str | None,
    reason: str,
    party: str,
    as_json: bool,
) -> None:
    """Dispute a figure: say what it should be, and why."""
    if percentage is None and numerator is None:
        raise click.UsageError("Give --numerator (and --denominator), or --percentage.")
    services = new_services()
    with services.snapshot() as snapshot:
        known_measure, standpoint = disputed_in(snapshot, EVERYTHING, measure, as_of, known_at, slice_)
    record(
        services,
        as_json,
        lambda: disputes.open_dispute(
            services.register,
            known_measure,
            standpoint,
            slice_,
            stated_claim(numerator, denominator, percentage, None) or Claim(),
            reason,
            speaker_for(services, party),
        ),
    )


@dispute.command("answer")
@options.number
@click.option("--statement", required=True, help="What there is to say, for the log: so without a name.")
@PARTY
@options.as_json
def answer_dispute(*, number: int, statement: str, party: str, as_json: bool) -> None:
    """State something about dispute NUMBER."""
    services = new_services()
    speaker = speaker_for(services, party)
    record(services, as_json, lambda: disputes.answer_dispute(services.register, number, statement, speaker))


@dispute.command("close")
@options.number
@click.option("--outcome", required=True, help="What came of it, for the log: so without a name.")
@NUMERATOR
@DENOMINATOR
@PARTY
@options.as_json
def close_dispute(
    *, number: int, outcome: str, numerator: int | None, denominator: int | None, party: str, as_json: bool
) -> None:
    """Close dispute NUMBER, with the figure that was agreed, if one was."""
    if numerator is None and denominator is not None:
        raise click.UsageError("Give --numerator with --denominator.")
    services = new_services()
    agreed = None if numerator is None else Claim(numerator, denominator)
    speaker = speaker_for(services, party)
    record(services, as_json, lambda: disputes.close_dispute(services.register, number, outcome, speaker, agreed))


@dispute.command("list")
@options.as_json
def list_disputes(*, as_json: bool) -> None:
    """Every dispute, the oldest first."""
    answer_query(queries.disputes, DisputesQuery(), tables.print_disputes, as_json=as_json)


@dispute.command("show")
@options.number
@options.as_json
def show_dispute(*, number: int, as_json: bool) -> None:
    """Dispute NUMBER with all that was said about it."""
    with new_services().snapshot() as snapshot:
        result = queries.dispute(snapshot, EVERYTHING, number)
        if result is None:
            raise WrongUse(f"There is no dispute {number}. 'recount dispute list' names them.")
        _print(result, as_json=as_json, demonstration=snapshot.is_demonstration)


def speaker_for(services: Services, party: str) -> Speaker:
    """Who speaks at the command line, for an agency or for the commissioner."""
    return Speaker(services.actor, OPERATOR, today(), party)


def record(services: Services, as_json: bool, command: Callable[[], Dispute]) -> None:
    """Say something of a dispute, and print what stands then."""
    with refusals(as_json=as_json):
        result = dispute_result(command())
    _print(result, as_json=as_json, demonstration=services.is_demonstration)


def _print(result: DisputeResult, *, as_json: bool, demonstration: bool) -> None:
    answer(
        as_json=as_json,
        demonstration=demonstration,
        document=result.document,
        tables=lambda console: tables.print_dispute(console, result),
    )
