"""The commands of `recount target`: set, withdraw, list."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import click

from domain.contract_life.targets import ColourRule, Comparator, Goal, TargetScale, target_words
from domain.measures.registry import measure_named
from domain.periods import Period
from projections.performance.targets import Target, Whose
from web.cli import options
from web.cli.output import answer, answer_query, new_services, refusals
from web.clock import today
from web.commands.contract_life import targets as commands
from web.commands.contract_life.targets import TargetDecision
from web.presenters.contract_life import targets as tables
from web.queries.agreement.entered import measure_in
from web.queries.contract_life import targets as queries
from web.services import OPERATOR, Services


@click.group()
def target() -> None:
    """Targets of measures: set and withdraw them, and list them."""


@target.command("set")
@options.measure
@click.option("--area", metavar="CODE", help="Of people living in this area; else of everybody.")
@click.option("--agency", metavar="CODE", help="Of journeys at this agency; else of everybody.")
@options.period
@click.option("--level", type=options.NUMBER, metavar="P", help="The percentage to be reached.")
@click.option("--range", "between", type=options.NUMBER, nargs=2, metavar="LOW HIGH", help="Or from one to another.")
@click.option("--relative", type=options.NUMBER, metavar="C", help="Or a change on a baseline, in percent of it.")
@click.option("--points", type=options.NUMBER, metavar="C", help="Or a change on a baseline, in points.")
@click.option("--baseline", type=options.NUMBER, metavar="P", help="The percentage that is to change.")
@click.option("--baseline-words", default="", metavar="TEXT", help="Which that is, like 'Q4 2015/16'.")
@click.option("--scale", type=click.Choice(["points", "relative"]), default="points", show_default=True)
@click.option(
    "--green-within", type=options.NUMBER, default="0", metavar="N", help="How far off the target is green still."
)
@click.option(
    "--amber-within", type=options.NUMBER, default="0", metavar="N", help="How far off it is amber, and not red."
)
@click.option("--comparator", type=options.NUMBER, nargs=2, metavar="LOW HIGH", help="What others reach.")
@click.option("--comparator-words", default="", metavar="TEXT", help="Who they are, and of when that is.")
@click.option("--source", default="", metavar="TEXT", help="Where it was agreed: a contract, a paper.")
@click.option("--agreed-on", type=options.DAY, help="The day on which it was agreed; today if left out.")
@options.as_json
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
    **goal_options: Any,
) -> None:
    """Set what a measure is to reach, from one day to another.

    A scorecard as known on a day shows the target that had been agreed by then.
    """
    services = new_services()
    with services.snapshot() as snapshot:
        known_measure = measure_in(snapshot, measure)
    if bool(comparator) != bool(comparator_words):
        raise click.UsageError("Give --comparator with --comparator-words.")
    _record(
        services,
        as_json,
        lambda: commands.set_target(
            services.register,
            known_measure,
            Whose(area, agency),
            Period(first_day, last_day),
            _goal(**goal_options),
            _decision(services, agreed_on),
            colours=ColourRule(TargetScale(scale), green_within, amber_within),
            comparator=Comparator(*comparator, target_words(comparator_words)) if comparator else None,
            source=source,
        ),
    )


@target.command("withdraw")
@options.number
@click.option("--on", type=options.DAY, help="The day from which it counts no more; today if left out.")
@click.option("--reason", default="", metavar="TEXT", help="Why, for the log.")
@options.as_json
def withdraw_target(*, number: int, on: date | None, reason: str, as_json: bool) -> None:
    """Let target NUMBER count no more, for any day; as known before, it did."""
    services = new_services()
    _record(
        services, as_json, lambda: commands.withdraw_target(services.register, number, _decision(services, on), reason)
    )


@target.command("list")
@click.option("--measure", metavar="M", help="Only those of this measure.")
@options.as_json
def list_targets(*, measure: str | None, as_json: bool) -> None:
    """Every target that was ever set, the oldest first."""
    query = queries.TargetsQuery(measure_named(measure) if measure else None)
    answer_query(queries.targets, query, tables.print_targets, as_json=as_json)


def _goal(**goal_options: Any) -> Goal:
    if sum(goal_options[name] is not None for name in ("level", "between", "relative", "points")) != 1:
        raise click.UsageError("Give one of --level, --range, --relative and --points.")
    if (goal_options["baseline"] is None) == (goal_options["level"] is None and goal_options["between"] is None):
        raise click.UsageError("Give --baseline with --relative or --points, and only with these.")
    return commands.goal_put(**goal_options)


def _decision(services: Services, on: date | None) -> TargetDecision:
    return TargetDecision(services.actor, OPERATOR, on or today(), today())


def _record(services: Services, as_json: bool, command: Callable[[], Target]) -> None:
    with refusals(as_json=as_json):
        result = queries.target_result(command())
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=result.document,
        tables=lambda console: tables.print_target(console, result),
    )
