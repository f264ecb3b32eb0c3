"""What `recount target` does: set, withdraw, list."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import click

from domain.contract_life.targets import ColourRule, Comparator, Goal, TargetScale, target_words
from domain.measures.registry import measure_named
from domain.periods import Period
from projections.performance.targets import Target, Targets, Whose
from web.clock import today
from web.commands import targets
from web.commands.targets import Word
from web.presenters import targets as tables
from web.schemas import targets as documents
from web.services import OPERATOR, Services

from .output import answer, new_services, refusals


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
    asked, services = measure_named(measure), new_services()
    if bool(comparator) != bool(comparator_words):
        raise click.UsageError("Give --comparator with --comparator-words.")
    _say(
        services,
        as_json,
        lambda: targets.set_target(
            services.register,
            asked,
            Whose(area, agency),
            Period(first_day, last_day),
            _goal(**goal),
            _word(services, agreed_on),
            colours=ColourRule(TargetScale(scale), green_within, amber_within),
            comparator=Comparator(*comparator, target_words(comparator_words)) if comparator else None,
            source=source,
        ),
    )


def withdraw_target(*, number: int, on: date | None, reason: str, as_json: bool) -> None:
    """Say that a target counts no more."""
    services = new_services()
    _say(services, as_json, lambda: targets.withdraw_target(services.register, number, _word(services, on), reason))


def list_targets(*, measure: str | None, as_json: bool) -> None:
    """Every target that was ever set, or those of one measure."""
    code = measure_named(measure).code if measure else None
    with new_services().snapshot() as snapshot:
        every = Targets.load(snapshot.connection, snapshot.mapper)
        found = [one for one in every if code in {None, one.terms.measure}]
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=lambda: documents.targets(found),
            tables=lambda console: tables.print_targets(console, found),
        )


def _goal(**given: Any) -> Goal:
    if sum(given[name] is not None for name in ("level", "between", "relative", "points")) != 1:
        raise click.UsageError("Give one of --level, --range, --relative and --points.")
    if (given["baseline"] is None) == (given["level"] is None and given["between"] is None):
        raise click.UsageError("Give --baseline with --relative or --points, and only with these.")
    return targets.goal_put(**given)


def _word(services: Services, on: date | None) -> Word:
    return Word(services.actor, OPERATOR, on or today(), today())


def _say(services: Services, as_json: bool, what: Callable[[], Target]) -> None:
    with refusals(as_json=as_json):
        said = what()
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=lambda: documents.target(said),
        tables=lambda console: tables.print_target(console, said),
    )
