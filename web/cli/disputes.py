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
from web.commands import disputes
from web.commands.disputes import Speaker
from web.context import OPERATOR, Context, today
from web.presenters import disputes as tables
from web.queries.claims import stated_claim
from web.schemas import disputes as documents

from .output import answer, new_context, refusals


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
    context, asked = new_context(), measure_named(measure)
    with context.question() as question:
        standpoint = question.standpoint(as_of, known_at)
    _say(
        context,
        as_json,
        lambda: disputes.open_dispute(
            context.register,
            asked,
            standpoint,
            Slice(**where),
            stated_claim(numerator, denominator, percentage, None) or Claim(),
            reason,
            _speaker(context, party),
        ),
    )


def answer_dispute(*, number: int, statement: str, party: str, as_json: bool) -> None:
    """State something about a dispute."""
    context = new_context()
    speaker = _speaker(context, party)
    _say(context, as_json, lambda: disputes.answer_dispute(context.register, number, statement, speaker))


def close_dispute(
    *, number: int, outcome: str, numerator: int | None, denominator: int | None, party: str, as_json: bool
) -> None:
    """Close a dispute."""
    if numerator is None and denominator is not None:
        raise click.UsageError("Give --numerator with --denominator.")
    context = new_context()
    agreed = None if numerator is None else Claim(numerator, denominator)
    speaker = _speaker(context, party)
    _say(context, as_json, lambda: disputes.close_dispute(context.register, number, outcome, speaker, agreed))


def list_disputes(*, as_json: bool) -> None:
    """Every dispute."""
    with new_context().question() as question:
        found = all_disputes(question.connection, question.mapper)
        answer(
            as_json=as_json,
            demonstration=question.is_demonstration,
            document=lambda: documents.disputes(found),
            tables=lambda console: tables.print_disputes(console, found),
        )


def show(*, number: int, as_json: bool) -> None:
    """One dispute."""
    with new_context().question() as question:
        found = dispute_numbered(question.connection, question.mapper, number)
        _print(found, as_json=as_json, demonstration=question.is_demonstration)


def _speaker(context: Context, party: str) -> Speaker:
    return Speaker(context.actor, OPERATOR, today(), party)


def _say(context: Context, as_json: bool, what: Callable[[], Dispute]) -> None:
    with refusals(as_json=as_json):
        said = what()
    _print(said, as_json=as_json, demonstration=context.is_demonstration)


def _print(found: Dispute, *, as_json: bool, demonstration: bool) -> None:
    answer(
        as_json=as_json,
        demonstration=demonstration,
        document=lambda: documents.dispute(found),
        tables=lambda console: tables.print_dispute(console, found),
    )
