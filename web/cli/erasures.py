"""What the commands that end the keeping of records do: erase, retention, dispose."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from domain.client import client_number
from domain.errors import SettingMissing, WrongUse
from domain.retention import schedule_with
from projections.privacy import retention as due_records
from web import stop_list
from web.clock import today
from web.commands import erase as erasing
from web.commands.erase import Erasure
from web.presenters.erasures import print_disposals, print_erasure, print_retention
from web.schemas import erasing as documents
from web.services import OPERATOR, Services
from web.settings import STOP_LIST

from .output import answer, clear_remains, new_services, refusals


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
    """Erase a person, or once more those whom the stop-list names."""
    services = new_services()
    if again:
        if agency or client or reason or received_on or dry_run:
            raise click.UsageError("--again erases whom the stop-list names: give nothing with it.")
        done = _erase_again(services)
    else:
        whom = _whom(agency, client_reference, episode, client)
        if not reason:
            raise click.UsageError("Missing option '--reason'.")
        _need_stop_list(services)
        with refusals(as_json=as_json):
            done = erasing.erase(
                services.register,
                services.client_key,
                whom,
                received_on or today(),
                today(),
                reason=reason,
                actor=services.actor,
                role=OPERATOR,
                dry_run=dry_run,
            )
    if not dry_run:
        clear_remains(services)
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=lambda: documents.erasure(done),
        tables=lambda console: print_erasure(console, done, dry_run=dry_run),
    )


def _erase_again(services: Services) -> Erasure:
    path = _need_stop_list(services)
    return erasing.erase_again(
        services.register_of_restored,
        services.client_key,
        stop_list.read_file(path),
        today(),
        actor=services.actor,
        role=OPERATOR,
    )


def _whom(
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


def _years(given: Sequence[str]) -> dict[str, int]:
    years = {}
    for text in given:
        kind, equals, count = text.partition("=")
        if not (equals and count.isascii() and count.isdigit()):
            raise WrongUse(f"'{text}' is no period. Write KIND=YEARS, like treatment=20.")
        years[kind] = int(count)
    return years


def retention(*, on: date | None, years: Sequence[str], as_json: bool) -> None:
    """The schedule, and what is due by it."""
    services, schedule, day = new_services(), schedule_with(_years(years)), on or today()
    with services.snapshot() as snapshot:
        found = due_records.due(snapshot.connection, snapshot.mapper, snapshot.generation, day, schedule)
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=lambda: documents.retention(day, schedule, found),
            tables=lambda console: print_retention(console, day, schedule, found),
        )


def dispose(*, years: Sequence[str], received_on: date | None, dry_run: bool, as_json: bool) -> None:
    """Erase what is due, and clear what is left of anything that was erased before."""
    services, schedule = new_services(), schedule_with(_years(years))
    _need_stop_list(services)
    with refusals(as_json=as_json):
        done = erasing.dispose(
            services.register,
            services.client_key,
            received_on or today(),
            today(),
            schedule,
            actor=services.actor,
            role=OPERATOR,
            dry_run=dry_run,
        )
    if not dry_run:
        clear_remains(services)
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=lambda: documents.disposal(done),
        tables=lambda console: print_disposals(console, done, dry_run=dry_run),
    )
