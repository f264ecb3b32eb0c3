"""The commands that end the keeping of records: erase, retention, dispose."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from domain.client import client_number
from domain.errors import SettingMissing, WrongUse
from domain.retention import schedule_with
from web import stop_list
from web.cli import options
from web.cli.output import answer, answer_query, clear_remains, new_services, receipt, refusals
from web.clock import today
from web.commands.records import erase as erasing
from web.commands.records.erase import Erasure
from web.presenters.records.erasures import print_disposals, print_erasure, print_retention
from web.queries.records import erasures as queries
from web.queries.records.erasures import RetentionQuery
from web.services import Services
from web.settings import STOP_LIST


@click.command()
@click.argument("agency", required=False)
@click.argument("client_reference", metavar="[CLIENT]", required=False)
@click.argument("episode", required=False)
@click.option("--client", metavar="ID", help="The person's number, as 'members' prints it, in place of the references.")
@click.option("--reason", help="Why, for the log, where it stays for good: so without a name.")
@click.option("--again", is_flag=True, help="Erase again whom the stop-list names, after an old database was put back.")
@options.received_on
@options.dry_run
@options.as_json
def erase(
    *,
    agency: str | None,
    client_reference: str | None,
    episode: str | None,
    client: str | None,
    reason: str | None,
    again: bool,
    received_on: date | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Erase a person for good, on lawful request: every episode that was ever theirs, at any agency.

    Name one of the person's episodes by AGENCY, CLIENT and EPISODE (left out where all of the CLIENT's are of one
    person), or the person by --client. Proofs and published figures still check afterwards, and the stop-list keeps
    the next files from bringing the person back.
    """
    services = new_services()
    if again:
        if agency or client or reason or received_on or dry_run:
            raise click.UsageError("--again erases whom the stop-list names: give nothing with it.")
        erasure = _erase_again(services)
    else:
        person = _person(agency, client_reference, episode, client)
        if not reason:
            raise click.UsageError("Missing option '--reason'.")
        _need_stop_list(services)
        with refusals(as_json=as_json):
            erasure = erasing.erase(
                services.register,
                services.client_key,
                person,
                reason,
                receipt(services, received_on, dry_run=dry_run),
            )
    if not dry_run:
        clear_remains(services)
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=lambda: {"erasure": erasure.document()},
        tables=lambda console: print_erasure(console, erasure, dry_run=dry_run),
    )


def _erase_again(services: Services) -> Erasure:
    path = _need_stop_list(services)
    return erasing.erase_again(
        services.register_of_restored,
        services.client_key,
        stop_list.read_file(path),
        receipt(services),
    )


def _person(
    agency: str | None, client_reference: str | None, episode: str | None, client: str | None
) -> int | tuple[str, str, str | None]:
    if bool(client) == bool(agency) or bool(agency) != bool(client_reference):
        raise click.UsageError("Give AGENCY and CLIENT, or --client ID, and not both.")
    if agency and client_reference:
        return agency, client_reference, episode
    try:
        return client_number(client or "")
    except ValueError:
        raise WrongUse(f"'{client}' is no client number. Copy one from 'recount members'.") from None


def _need_stop_list(services: Services) -> Path:
    """Where the stop-list lies: without it a backup that is put back would bring the erased back."""
    if (path := services.settings.stop_list) is None:
        raise SettingMissing(
            f"{STOP_LIST} is not set. It must name a file for a database on a server: a stop-list that is kept only in "
            "the database is gone when a backup from before is put back."
        )
    return path


@click.command()
@click.option("--on", type=options.DAY, help="What is due on this day; today if left out.")
@options.years
@options.as_json
def retention(*, on: date | None, years: Sequence[str], as_json: bool) -> None:
    """How long each kind of record is kept, from when and why, and what need not be kept any more."""
    query = RetentionQuery(on or today(), schedule_with(options.years_written(years)))
    answer_query(queries.retention, query, print_retention, as_json=as_json)


@click.command()
@options.years
@options.received_on
@options.dry_run
@options.as_json
def dispose(*, years: Sequence[str], received_on: date | None, dry_run: bool, as_json: bool) -> None:
    """Erase for good what 'retention' lists as due, and record it; with it goes what is left of earlier erasures."""
    services, schedule = new_services(), schedule_with(options.years_written(years))
    _need_stop_list(services)
    with refusals(as_json=as_json):
        disposal = erasing.dispose(
            services.register,
            services.client_key,
            schedule,
            receipt(services, received_on, dry_run=dry_run),
        )
    if not dry_run:
        clear_remains(services)
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=lambda: {"disposals": [one.document() for one in disposal]},
        tables=lambda console: print_disposals(console, disposal, dry_run=dry_run),
    )
