"""What `recount target` does: set, withdraw, list."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import click

from domain.contract_life.targets import ColourRule, Comparator, Goal, Scale, target_words
from domain.measures.registry import measure_named
from domain.periods import Period
from projections.performance.targets import Target, Targets, Whose
from web.commands import targets
from web.commands.targets import Word
from web.context import OPERATOR, Context, today
from web.presenters import targets as tables
from web.schemas import targets as documents

from .output import answer, new_context, refusals


def set_target(
    *,
    measure: str,
    area: str | None,
    agency: str | None,
    first_day: date,
    last_day: date,
    scale: str,
    green_within: Decimal,
    amber_within: Decimal,
    comparator: tuple[Decimal, Decimal] | None,
    comparator_words: str,
    source: str,
    agreed_on: date | None,
    as_json: bool,
    **goal: Any,
) -> None:
    """Keep a target that was agreed."""
    asked, context = measure_named(measure), new_context()
    if bool(comparator) != bool(comparator_words):
        raise click.UsageError("Give --comparator with --comparator-words.")
    _say(
        context,
        as_json,
        lambda: targets.set_target(
            context.register,
            asked,
            Whose(area, agency),
            Period(first_day, last_day),
            _goal(**goal),
            _word(context, agreed_on),
            colours=ColourRule(Scale(scale), green_within, amber_within),
            comparator=Comparator(*comparator, target_words(comparator_words)) if comparator else None,
            source=source,
        ),
    )


def withdraw_target(*, number: int, on: date | None, reason: str, as_json: bool) -> None:
    """Say that a target counts no more."""
    context = new_context()
    _say(context, as_json, lambda: targets.withdraw_target(context.register, number, _word(context, on), reason))


def list_targets(*, measure: str | None, as_json: bool) -> None:
    """Every target that was ever set, or those of one measure."""
    code = measure_named(measure).code if measure else None
    with new_context().question() as question:
        every = Targets.load(question.connection, question.mapper)
        found = [one for one in every if code in {None, one.said.measure}]
        answer(
            as_json=as_json,
            demonstration=question.is_demonstration,
            document=lambda: documents.targets(found),
            tables=lambda console: tables.print_targets(console, found),
        )


def _goal(**given: Any) -> Goal:
    if sum(given[name] is not None for name in ("level", "between", "relative", "points")) != 1:
        raise click.UsageError("Give one of --level, --range, --relative and --points.")
    if (given["baseline"] is None) == (given["level"] is None and given["between"] is None):
        raise click.UsageError("Give --baseline with --relative or --points, and only with these.")
    return targets.goal_put(**given)


def _word(context: Context, on: date | None) -> Word:
    return Word(context.actor, OPERATOR, on or today(), today())


def _say(context: Context, as_json: bool, what: Callable[[], Target]) -> None:
    with refusals(as_json=as_json):
        said = what()
    answer(
        as_json=as_json,
        demonstration=context.is_demonstration,
        document=lambda: documents.target(said),
        tables=lambda console: tables.print_target(console, said),
    )
