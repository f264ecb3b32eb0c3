"""What `recount dispute` does: open, answer, close, list, show."""

from collections.abc import Callable
from datetime import date
from typing import Any

import click

from domain.contract_life.dispute import Dispute
from domain.measures.registry import measure_named
from projections.claims.claim import Claim
from projections.claims.disputes import dispute_numbered
from projections.claims.disputes import disputes as all_disputes
from projections.standings.slices import Slice
from web.clock import today
from web.commands import disputes
from web.commands.disputes import Speaker
from web.presenters import disputes as tables
from web.queries.claims import stated_claim
from web.schemas import disputes as documents
from web.services import OPERATOR, Services

from .output import answer, new_services, refusals


def open_dispute(
    *,
    measure: str,
    as_of: date,
    known_at: date | int | None,
    numerator: int | None,
    denominator: int | None,
    percentage: str | None,
    reason: str,
    party: str,
    as_json: bool,
    **where: Any,
) -> None:
    """Dispute a figure."""
    if percentage is None and numerator is None:
        raise click.UsageError("Give --numerator (and --denominator), or --percentage.")
    services, asked = new_services(), measure_named(measure)
    with services.snapshot() as snapshot:
        standpoint = snapshot.standpoint(as_of, known_at)
    _say(
        services,
        as_json,
        lambda: disputes.open_dispute(
            services.register,
            asked,
            standpoint,
            Slice(**where),
            stated_claim(numerator, denominator, percentage, None) or Claim(),
            reason,
            _speaker(services, party),
        ),
    )


def answer_dispute(*, number: int, statement: str, party: str, as_json: bool) -> None:
    """State something about a dispute."""
    services = new_services()
    speaker = _speaker(services, party)
    _say(services, as_json, lambda: disputes.answer_dispute(services.register, number, statement, speaker))


def close_dispute(
    *, number: int, outcome: str, numerator: int | None, denominator: int | None, party: str, as_json: bool
) -> None:
    """Close a dispute."""
    if numerator is None and denominator is not None:
        raise click.UsageError("Give --numerator with --denominator.")
    services = new_services()
    agreed = None if numerator is None else Claim(numerator, denominator)
    speaker = _speaker(services, party)
    _say(services, as_json, lambda: disputes.close_dispute(services.register, number, outcome, speaker, agreed))


def list_disputes(*, as_json: bool) -> None:
    """Every dispute."""
    with new_services().snapshot() as snapshot:
        found = all_disputes(snapshot.connection, snapshot.mapper)
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=lambda: documents.disputes(found),
            tables=lambda console: tables.print_disputes(console, found),
        )


def show(*, number: int, as_json: bool) -> None:
    """One dispute."""
    with new_services().snapshot() as snapshot:
        found = dispute_numbered(snapshot.connection, snapshot.mapper, number)
        _print(found, as_json=as_json, demonstration=snapshot.is_demonstration)


def _speaker(services: Services, party: str) -> Speaker:
    return Speaker(services.actor, OPERATOR, today(), party)


def _say(services: Services, as_json: bool, what: Callable[[], Dispute]) -> None:
    with refusals(as_json=as_json):
        said = what()
    _print(said, as_json=as_json, demonstration=services.is_demonstration)


def _print(found: Dispute, *, as_json: bool, demonstration: bool) -> None:
    answer(
        as_json=as_json,
        demonstration=demonstration,
        document=lambda: documents.dispute(found),
        tables=lambda console: tables.print_dispute(console, found),
    )
