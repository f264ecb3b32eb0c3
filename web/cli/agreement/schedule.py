"""The commands of `recount schedule`: list, show, draft, load, remove, agree, correct, end, discard."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click

from domain.contract_life.schedule import ContractHub, Schedule, Terms
from domain.errors import Refused, WrongUse
from web.auth.viewer import EVERYTHING
from web.cli import options
from web.cli.output import answer, answer_query, new_services, refusals
from web.clock import today
from web.commands.agreement import schedule as commands
from web.commands.agreement.schedule_checks import Correction, Edit, ScheduleDecision
from web.files.agreement.kpi_tables import kpi_table_text, read_kpi_table
from web.presenters.agreement import schedule as tables
from web.queries.agreement import schedule as queries
from web.queries.agreement.schedule import ScheduleResult, SchedulesQuery
from web.services import OPERATOR, Services

on_day = click.option("--on", type=options.DAY, help="The day on which it was agreed; today if left out.")
reason = click.option("--reason", default="", metavar="TEXT", help="Why; needed of a contract that was agreed.")
known_at = click.option("--known-at", type=options.DAY, help="As it had been agreed by this day; else as it is now.")


@click.group()
def schedule() -> None:
    """Contracts with their hubs and KPIs: draft, agree, change, correct and end them; list them, and show one."""


@schedule.command("list")
@known_at
@options.as_json
def list_schedules(*, known_at: date | None, as_json: bool) -> None:
    """The contracts that were written down, the oldest first."""
    answer_query(queries.schedules, SchedulesQuery(known_at), tables.print_schedules, as_json=as_json)


@schedule.command("show")
@options.number
@known_at
@click.option("--table", is_flag=True, help="Print its KPI lines as a CSV file that can be loaded again.")
@options.as_json
def show_schedule(*, number: int, known_at: date | None, table: bool, as_json: bool) -> None:
    """Contract NUMBER: who, where and when, its KPIs, and what was agreed."""
    services = new_services()
    with services.snapshot() as snapshot:
        one = queries.schedule(snapshot, EVERYTHING, number, known_at)
        demonstration = snapshot.is_demonstration
    if one is None:
        raise Refused("schedule-unknown", f"There is no contract {number}, or nothing of it was agreed by then.")
    if table:
        click.echo(kpi_table_text(line.cells for line in one.lines), nl=False)
        return
    _answer(one, as_json=as_json, demonstration=demonstration)


@schedule.command("draft")
@click.option("--name", required=True, metavar="TEXT", help="What the contract is called.")
@click.option("--provider", required=True, metavar="TEXT", help="Who works under it.")
@click.option(
    "--hub", "hubs", multiple=True, required=True, metavar="CODE,NAME,AREA",
    help="An agency of the provider; may be repeated. A fourth part is the agency whose service it continues.",
)  # fmt: skip
@click.option("--from", "first_day", type=options.DAY, required=True, help="Its first day.")
@click.option("--to", "last_day", type=options.DAY, help="Its last day; left out while none is agreed.")
@click.option("--succeeds", default="", metavar="TEXT", help="Which contract it succeeds.")
@click.option("--area", default="", metavar="CODE", help="Only of people living in this area; else of everybody.")
@click.option("--table", "file", type=options.FILE, help="A CSV file of its KPI lines.")
@options.as_json
def draft_schedule(*, hubs: tuple[str, ...], file: Path | None, as_json: bool, **terms: Any) -> None:
    """Write a contract down as a draft; it counts for nothing until it is agreed."""
    its = Terms(hubs=tuple(map(_hub, hubs)), **terms)
    _step(
        as_json,
        lambda services: commands.draft_schedule(
            services.register, its, read_kpi_table(file) if file else (), _decision(services)
        ),
    )


def _hub(text: str) -> ContractHub:
    code, name, area, succeeds, *more = [*(part.strip() for part in text.split(",")), "", "", ""]
    if any(more) or not code:
        raise WrongUse(f"'{text}' is no hub. Write CODE,NAME,AREA, like H0001,Hereford,Herefordshire.")
    return ContractHub(code, name, area, succeeds)


@schedule.command("load")
@options.number
@click.argument("file", type=options.FILE)
@on_day
@reason
@options.as_json
def load_lines(*, number: int, file: Path, on: date | None, reason: str, as_json: bool) -> None:
    """Load a KPI table into contract NUMBER: lines that are there are written anew by their codes, others stay."""
    _write(number, lambda: Edit(lines=read_kpi_table(file)), on, reason, as_json)


@schedule.command("remove")
@options.number
@click.argument("codes", nargs=-1, required=True)
@on_day
@reason
@options.as_json
def remove_lines(*, number: int, codes: tuple[str, ...], on: date | None, reason: str, as_json: bool) -> None:
    """Take the lines CODES out of contract NUMBER; their targets count no more after that day."""
    _write(number, lambda: Edit(removed=codes), on, reason, as_json)


@schedule.command("agree")
@options.number
@on_day
@click.option("--leave-contracts", is_flag=True, help="Leave the agencies' own contracts as they are.")
@options.as_json
def agree_schedule(*, number: int, on: date | None, leave_contracts: bool, as_json: bool) -> None:
    """Agree the draft NUMBER: its targets are set, and hubs without a contract of their own get one."""
    _step(
        as_json,
        lambda services: commands.agree_schedule(
            services.register, number, _decision(services, on), with_contracts=not leave_contracts
        ),
    )


@schedule.command("correct")
@options.number
@click.option("--from", "first_day", type=options.DAY, help="The first day that it should have; else it stays.")
@click.option("--area", metavar="CODE", help="Only of people living in this area; left out, it stays.")
@click.option("--everybody", is_flag=True, help="Of everybody, in place of an area.")
@on_day
@reason
@options.as_json
def correct_schedule(
    *,
    number: int,
    first_day: date | None,
    area: str | None,
    everybody: bool,
    on: date | None,
    reason: str,
    as_json: bool,
) -> None:
    """Correct the first day of contract NUMBER, which was agreed, or whose people it counts; known from that day on."""

    def correct(services: Services) -> Schedule:
        with services.snapshot() as snapshot:
            one = queries.schedule(snapshot, EVERYTHING, number)
        if one is None:
            raise Refused("schedule-unknown", f"There is no contract {number}.")
        correction = Correction(first_day or one.first_day, "" if everybody else area or one.area or "")
        return commands.correct_schedule(services.register, number, correction, _decision(services, on), reason)

    _step(as_json, correct)


@schedule.command("end")
@options.number
@click.option("--last-day", type=options.DAY, required=True, help="The last day of the contract.")
@on_day
@reason
@options.as_json
def end_schedule(*, number: int, last_day: date, on: date | None, reason: str, as_json: bool) -> None:
    """End contract NUMBER on a day: no target counts after it."""
    _step(
        as_json,
        lambda services: commands.end_schedule(services.register, number, last_day, _decision(services, on), reason),
    )


@schedule.command("discard")
@options.number
@options.as_json
def discard_schedule(*, number: int, as_json: bool) -> None:
    """Give the draft NUMBER up."""
    _step(as_json, lambda services: commands.discard_schedule(services.register, number, _decision(services)))


def _write(number: int, edit: Callable[[], Edit], on: date | None, reason: str, as_json: bool) -> None:
    def write(services: Services) -> Schedule:
        with services.snapshot() as snapshot:
            one = queries.schedule(snapshot, EVERYTHING, number)
        if one is not None and one.is_draft:
            return commands.edit_schedule(services.register, number, edit(), _decision(services))
        return commands.change_schedule(services.register, number, edit(), _decision(services, on), reason)

    _step(as_json, write)


def _decision(services: Services, on: date | None = None) -> ScheduleDecision:
    return ScheduleDecision(services.actor, OPERATOR, on or today(), today())


def _step(as_json: bool, command: Callable[[Services], Schedule]) -> None:
    services = new_services()
    with refusals(as_json=as_json):
        result = queries.schedule_result(command(services))
    _answer(result, as_json=as_json, demonstration=services.is_demonstration)


def _answer(one: ScheduleResult, *, as_json: bool, demonstration: bool) -> None:
    answer(
        as_json=as_json,
        demonstration=demonstration,
        document=one.document,
        tables=lambda console: tables.print_schedule(console, one),
    )
