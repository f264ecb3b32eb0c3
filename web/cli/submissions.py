"""What the commands that bring knowledge do: submit, withdraw, handover, contract."""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import click

from domain.contract_life.contract import Contract
from web.clock import today
from web.commands.contracts import ContractSaid, agree_contract, withdraw_contract
from web.commands.manual import Confirmed, hand_over
from web.commands.manual import withdraw as withdraw_episode
from web.commands.submit import Intake
from web.files.manifest import ManifestLine, lines_of, read_manifest
from web.presenters import text
from web.presenters.console import output, say
from web.presenters.file_summary import summary
from web.presenters.progress import progress
from web.presenters.submissions import print_archive, print_effects
from web.services import OPERATOR, Services

from .output import answer, new_services, note_remains, print_document, print_notice, refusals

LONG_FILE = 200
"""Episodes to check from which on a file is long enough for a progress bar."""


def submit(
    *,
    files: Sequence[Path],
    manifest: Path | None,
    received_on: date | None,
    complete: bool,
    accept_withdrawals: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Take files in, in the order given; the first refused ends it."""
    if bool(files) == bool(manifest):
        raise click.UsageError("Give files, or --manifest FILE, and not both.")
    if manifest and (received_on or complete):
        raise click.UsageError("A manifest says itself when each file was received, and which are complete.")
    services = new_services()
    intake = Intake(services, services.actor, OPERATOR, accept_withdrawals, dry_run)
    with refusals(as_json=as_json, beside=intake.document), ExitStack() as last:
        last.callback(lambda: note_remains(cleared=intake.finish()))
        if manifest:
            _submit_archive(intake, manifest, as_json=as_json)
        else:
            _submit_files(intake, lines_of(files, received_on or today(), complete=complete), as_json=as_json)
    if as_json:
        print_document(intake.document(), demonstration=intake.services.is_demonstration)


def _submit_files(intake: Intake, lines: Iterable[ManifestLine], *, as_json: bool) -> None:
    for line in lines:
        with progress(line.path.name, LONG_FILE) as come:
            taken = intake.take(line, come)
        if not as_json:
            click.echo(summary(taken.submission))
            print_effects(output(), taken.effects)
    if not as_json:
        print_notice(demonstration=intake.services.is_demonstration)


def _submit_archive(intake: Intake, manifest: Path, *, as_json: bool) -> None:
    lines = read_manifest(manifest)
    try:
        with progress(f"Taking in {manifest.name}") as come:
            intake.take_archive(lines, come)
    finally:
        if not as_json:
            print_archive(output(), [taken.submission for taken in intake.taken])
            print_notice(demonstration=intake.services.is_demonstration)


def withdraw(*, agency: str, client: str, episode: str, received_on: date | None, dry_run: bool, as_json: bool) -> None:
    """Confirm that an episode was reported by mistake."""
    services = new_services()
    with refusals(as_json=as_json):
        done = withdraw_episode(
            services.register,
            services.client_key,
            agency,
            client,
            episode,
            received_on or today(),
            today(),
            actor=services.actor,
            role=OPERATOR,
            dry_run=dry_run,
        )
    facts = text.plural(done.withdrawn, "fact")
    _print_confirmed(
        services, done, f"Episode {episode} of client {client} at {agency} is withdrawn: {facts}.", as_json
    )


def handover(
    *, from_agency: str, to_agency: str, on: date, received_on: date | None, dry_run: bool, as_json: bool
) -> None:
    """Pass a caseload from one agency to another."""
    services = new_services()
    with refusals(as_json=as_json):
        done = hand_over(
            services.register,
            from_agency,
            to_agency,
            on,
            received_on or today(),
            today(),
            actor=services.actor,
            role=OPERATOR,
            dry_run=dry_run,
        )
    verb = "ends" if done.episodes == 1 else "end"
    said = f"{text.plural(done.episodes, 'open episode')} of {from_agency} {verb} on {text.day(on)}"
    _print_confirmed(services, done, f"{said} by a transfer to {to_agency}, until a discharge is reported.", as_json)


def contract(
    *,
    agency: str,
    first_day: date,
    last_day: date | None,
    succeeds: str,
    withdrawn: bool,
    received_on: date | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Keep a contract of an agency, change it, or take it back."""
    if withdrawn and (last_day or succeeds):
        raise click.UsageError("A contract that is withdrawn has neither an end nor a service that it continues.")
    services, on = new_services(), received_on or today()
    by: dict[str, Any] = {"actor": services.actor, "role": OPERATOR, "dry_run": dry_run}
    with refusals(as_json=as_json):
        if withdrawn:
            done = withdraw_contract(services.register, agency, first_day, on, today(), **by)
        else:
            said = Contract(0, agency, first_day, last_day, succeeds)
            done = agree_contract(services.register, said, on, today(), **by)
    _print_confirmed(services, done, text.contract(agency, first_day, last_day, succeeds, withdrawn), as_json)


def _print_confirmed(services: Services, done: Confirmed | ContractSaid, said: str, as_json: bool) -> None:
    stored = "A trial: nothing was stored." if done.position is None else f"Stored at position {done.position}."
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=done.document,
        tables=lambda console: say(console, said, f"Received on {text.day(done.received_on)}. {stored}"),
    )
