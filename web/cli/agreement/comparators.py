"""The commands of `recount comparator`: sets, values of others, and what ours stand beside."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from domain.contract_life.comparators import HOW_PERIODS_ARE_WRITTEN, ValueKind, period_written
from domain.errors import WrongUse
from projections.performance.beside.comparators import COMPARABLES
from projections.performance.beside.quartiles import QuartileMethod
from projections.standings.slices import Slice
from web.auth.viewer import EVERYTHING
from web.cli import options
from web.cli.output import answer, answer_query, new_services, refusals
from web.clock import today
from web.commands.agreement import comparator_values as values
from web.commands.agreement import comparators as commands
from web.commands.agreement.comparators import ComparatorDecision, ComparatorSetTerms
from web.files.agreement.comparator_values import SaidValue
from web.presenters.agreement import comparator_words
from web.presenters.agreement import comparators as tables
from web.queries.agreement import caseload_beside
from web.queries.agreement import comparator_areas as reached
from web.queries.agreement import comparators as queries
from web.queries.agreement.comparator_areas import AreasQuery
from web.queries.parameters import KnownAt
from web.queries.performance.figures import OnTheDayQuery
from web.queries.result import Result
from web.services import OPERATOR, Services

Made = TypeVar("Made", bound=Result)


@click.group()
def comparator() -> None:
    """What other areas reached: sets of areas, values of a period, and what ours stand beside."""


@comparator.command("define")
@click.option("--name", required=True, metavar="TEXT", help="What the set is called.")
@click.option("--measure", "measures", multiple=True, metavar="M", help="What is compared in it; repeatable.")
@click.option("--area", "areas", multiple=True, metavar="NAME", help="One of its areas; repeatable.")
@click.option("--areas-from", type=options.FILE, help="A text file of areas, one a line.")
@click.option("--own-area", default="", metavar="NAME", help="What ours is called among them.")
@click.option("--source", default="", metavar="TEXT", help="Who grouped them, and where that is written.")
@click.option("--on", type=options.DAY, help="The day from which on it holds.")
@click.option("--change", "number", type=click.IntRange(1, 2**31 - 1), metavar="N", help="Change set N into this one.")
@options.as_json
def define(
    *,
    name: str,
    measures: tuple[str, ...],
    areas: tuple[str, ...],
    areas_from: Path | None,
    own_area: str,
    source: str,
    on: date | None,
    number: int | None,
    as_json: bool,
) -> None:
    """Say which areas we are compared with, of which measures; or change a set from a day on."""
    services, in_file = new_services(), areas_from.read_text("utf-8-sig").splitlines() if areas_from else []
    terms = ComparatorSetTerms(name, measures, (*areas, *in_file), own_area, source)
    decision, register = _decision(services, on), services.register
    _record(
        services,
        as_json,
        lambda: queries.set_result(
            commands.change_set(register, number, terms, decision)
            if number
            else commands.define_set(register, terms, decision)
        ),
        tables.print_set,
    )


@comparator.command("withdraw")
@click.option(
    "--set", "set_number", type=click.IntRange(1, 2**31 - 1), metavar="N", help="The set that counts no more."
)
@click.option("--release", type=click.IntRange(1, 2**31 - 1), metavar="N", help="Or the release that was wrong.")
@click.option("--on", type=options.DAY, help="The day from which it counts no more; today if left out.")
@click.option("--reason", default="", metavar="TEXT", help="Why, for the log.")
@options.as_json
def withdraw(*, set_number: int | None, release: int | None, on: date | None, reason: str, as_json: bool) -> None:
    """Let a set, or a release of values, count no more; as known before, it did."""
    if (set_number is None) == (release is None):
        raise click.UsageError("Give --set or --release, and not both.")
    services = new_services()
    register, decision = services.register, _decision(services, on or today())
    if set_number is not None:
        number = set_number
        _record(
            services,
            as_json,
            lambda: queries.set_result(commands.withdraw_set(register, number, reason, decision)),
            tables.print_set,
        )
    elif release is not None:
        number = release
        _record(
            services,
            as_json,
            lambda: queries.release_result(values.withdraw_values(register, number, reason, decision)),
            tables.print_release,
        )


@comparator.command("load")
@click.argument("file", type=options.FILE)
@click.option("--source", required=True, metavar="TEXT", help="Where the values are from.")
@click.option("--on", type=options.DAY, required=True, help="The day on which they were released.")
@click.option("--dry-run", is_flag=True, help="Only say what the file holds; store nothing.")
@options.as_json
def load(*, file: Path, source: str, on: date, dry_run: bool, as_json: bool) -> None:
    """Take in FILE, a CSV of what areas reached, whole or not at all; what is wrong is said by row and column."""
    services = new_services()
    register, decision = services.register, _decision(services, on)
    with refusals(as_json=as_json):
        outcome = values.load_values(register, file.read_bytes(), file.name, source, decision, dry_run=dry_run)
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=outcome.result.document,
        tables=lambda console: tables.print_outcome(console, outcome),
    )
    if outcome.rejected:
        click.get_current_context().exit(1)


@comparator.command("enter")
@click.option("--measure", required=True, metavar="M", help="What is compared.")
@click.option("--period", required=True, metavar="P", help=f"Like {HOW_PERIODS_ARE_WRITTEN}.")
@click.option("--kind", type=click.Choice([str(kind) for kind in ValueKind]), default="area", show_default=True)
@click.option("--area", required=True, metavar="NAME", help="The area's name, or what the group is called.")
@click.option("--numerator", default="", metavar="K", help="How many.")
@click.option("--denominator", default="", metavar="N", help="Of how many.")
@click.option("--percentage", default="", metavar="P", help="As it was printed; of a range, its low end.")
@click.option("--to", default="", metavar="P", help="Of a range, its high end.")
@click.option("--source", required=True, metavar="TEXT", help="Where it is printed.")
@click.option("--on", type=options.DAY, required=True, help="The day on which it was released.")
@options.as_json
def enter(
    *,
    measure: str,
    period: str,
    kind: str,
    area: str,
    numerator: str,
    denominator: str,
    percentage: str,
    to: str,
    source: str,
    on: date,
    as_json: bool,
) -> None:
    """Take in one value: an area's, a group's, the nation's, or a range."""
    services = new_services()
    said = SaidValue(area, measure, period, numerator, denominator, percentage, to, ValueKind(kind))
    register, decision = services.register, _decision(services, on)
    _record(
        services,
        as_json,
        lambda: queries.release_result(values.enter_value(register, said, source, decision)),
        tables.print_release,
    )


@comparator.command("list")
@options.as_json
def list_comparators(*, as_json: bool) -> None:
    """Every set and every release of values, the oldest first."""
    answer_query(
        lambda snapshot, viewer, _query: queries.comparators(snapshot, viewer),
        None,
        tables.print_comparators,
        as_json=as_json,
    )


@comparator.command("areas")
@click.option("--measure", required=True, metavar="M", help="What is compared.")
@click.option("--period", metavar="P", help=f"Like {HOW_PERIODS_ARE_WRITTEN}; the newest if left out.")
@click.option("--known-at", type=options.DAY, help="What had been released by this day; today if left out.")
@click.option("--method", type=click.Choice([str(one) for one in QuartileMethod]), default="ranked", show_default=True)
@options.as_json
def areas(*, measure: str, period: str | None, known_at: date | None, method: str, as_json: bool) -> None:
    """What the areas of a set reached in a period, in their order, with ours among them."""
    if measure not in COMPARABLES:
        raise WrongUse(f"There is no '{measure}' to compare. There are {', '.join(COMPARABLES)}.")
    its_period = period_written(period) if period else None
    if period and its_period is None:
        raise WrongUse(f"'{period}' is no period. Write it like {HOW_PERIODS_ARE_WRITTEN}.")
    query = AreasQuery(measure, known_at or today(), its_period, QuartileMethod(method))
    with new_services().snapshot() as snapshot:
        result = reached.areas(snapshot, EVERYTHING, query)
        if result is None:
            raise WrongUse("No values of others were known of it by then.")
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=result.document,
            tables=lambda console: tables.print_areas(console, result),
        )


@comparator.command("profile")
@options.standpoint
@options.slice_
@options.as_json
def profile(*, as_of: date, known_at: KnownAt, slice_: Slice, as_json: bool) -> None:
    """The caseload beside that of others, where values of it are known."""
    answer_query(
        caseload_beside.profiles,
        OnTheDayQuery(as_of, known_at, slice_),
        comparator_words.print_profiles,
        slice_,
        as_json=as_json,
    )


def _decision(services: Services, on: date | None) -> ComparatorDecision:
    return ComparatorDecision(services.actor, OPERATOR, on, today())


def _record(
    services: Services, as_json: bool, command: Callable[[], Made], tables_of: Callable[[Any, Made], None]
) -> None:
    with refusals(as_json=as_json):
        result = command()
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=result.document,
        tables=lambda console: tables_of(console, result),
    )
