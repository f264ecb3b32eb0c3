"""The commands that bring knowledge: submit, withdraw, handover, contract; and prepare, before files are sent."""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import click

from domain.client import ClientKey
from domain.contract_life.contract import Contract
from domain.errors import SettingMissing, WrongUse
from web.cli import options
from web.cli.output import answer, new_services, note_remains, print_document, print_notice, receipt, refusals
from web.clock import today
from web.commands.contract_life.contracts import ContractConfirmed, agree_contract, withdraw_contract
from web.commands.ingest.intake import Intake
from web.commands.records.manual import Confirmed, hand_over
from web.commands.records.manual import withdraw as withdraw_episode
from web.files.prepare import Prepared
from web.files.prepare import prepare as prepare_file
from web.files.prepared import key_check
from web.files.uploads import ManifestLine, lines_of, read_manifest
from web.presenters import text
from web.presenters.console import output, progress, say
from web.presenters.records.submissions import print_archive, print_effects, summary, summary_of_prepared
from web.services import OPERATOR, Services
from web.settings import CLIENT_KEY, Settings

LONG_FILE = 200
"""Episodes to check from which on a file is long enough for a progress bar."""


@click.command()
@click.argument("files", nargs=-1, type=options.FILE)
@click.option(
    "--manifest", type=options.FILE, help="A CSV received_on,file[,complete] that names the files and their days."
)
@options.received_on
@click.option("--complete", is_flag=True, help="The file holds all that the agency has of the covered days.")
@click.option("--accept-withdrawals", is_flag=True, help="Take a complete file in although it withdraws much.")
@options.dry_run
@options.as_json
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
    """Take monthly files and review files in, in the order given, each whole or not at all.

    The first refused file ends the command; those before it stay. Rejected rows are listed, and are no failure. With
    --dry-run, each file is held against what is stored, to say what it would do to the records and to each KPI.
    """
    if bool(files) == bool(manifest):
        raise click.UsageError("Give files, or --manifest FILE, and not both.")
    if manifest and (received_on or complete):
        raise click.UsageError("A manifest says itself when each file was received, and which are complete.")
    services = new_services()
    intake = Intake(services, services.actor, OPERATOR, accept_withdrawals, dry_run)
    with refusals(as_json=as_json, beside=lambda: intake.result().document()), ExitStack() as last:
        last.callback(lambda: note_remains(cleared=intake.finish()))
        if manifest:
            _submit_archive(intake, manifest, as_json=as_json)
        else:
            _submit_files(intake, lines_of(files, received_on or today(), complete=complete), as_json=as_json)
    if as_json:
        print_document(intake.result().document(), demonstration=intake.services.is_demonstration)


def _submit_files(intake: Intake, lines: Iterable[ManifestLine], *, as_json: bool) -> None:
    for line in lines:
        with progress(line.path.name, LONG_FILE) as advance:
            outcome = intake.take(line, advance)
        if not as_json:
            click.echo(summary(outcome.submission))
            print_effects(output(), outcome.effects)
    if not as_json:
        print_notice(demonstration=intake.services.is_demonstration)


def _submit_archive(intake: Intake, manifest: Path, *, as_json: bool) -> None:
    lines = read_manifest(manifest)
    try:
        with progress(f"Taking in {manifest.name}") as advance:
            intake.take_archive(lines, advance)
    finally:
        if not as_json:
            print_archive(output(), [outcome.submission for outcome in intake.outcomes])
            print_notice(demonstration=intake.services.is_demonstration)


@click.command()
@click.argument("agency")
@click.argument("client")
@click.argument("episode")
@options.received_on
@options.dry_run
@options.as_json
def withdraw(*, agency: str, client: str, episode: str, received_on: date | None, dry_run: bool, as_json: bool) -> None:
    """Confirm that an episode was reported by mistake: AGENCY, and its CLIENT and EPISODID of it."""
    services = new_services()
    with refusals(as_json=as_json):
        withdrawal = withdraw_episode(
            services.register,
            services.client_key,
            agency,
            client,
            episode,
            receipt(services, received_on, dry_run=dry_run),
        )
    facts = text.plural(withdrawal.withdrawn, "fact")
    sentence = f"Episode {episode} of client {client} at {agency} is withdrawn: {facts}."
    _print_confirmed(services, withdrawal, sentence, as_json=as_json)


@click.command()
@click.argument("from_agency")
@click.argument("to_agency")
@click.option("--on", type=options.DAY, required=True, help="The day on which the caseload passed over.")
@options.received_on
@options.dry_run
@options.as_json
def handover(
    *, from_agency: str, to_agency: str, on: date, received_on: date | None, dry_run: bool, as_json: bool
) -> None:
    """Pass the caseload of FROM_AGENCY to TO_AGENCY: its open episodes end on that day by a transfer."""
    services = new_services()
    with refusals(as_json=as_json):
        transfer = hand_over(
            services.register,
            from_agency,
            to_agency,
            on,
            receipt(services, received_on, dry_run=dry_run),
        )
    verb = "ends" if transfer.episodes == 1 else "end"
    sentence = (
        f"{text.plural(transfer.episodes, 'open episode')} of {from_agency} {verb} on {text.day(on)} by a transfer to "
        f"{to_agency}, until a discharge is reported."
    )
    _print_confirmed(services, transfer, sentence, as_json=as_json)


@click.command()
@click.argument("agency")
@click.option("--from", "first_day", type=options.DAY, required=True, help="The contract's first day.")
@click.option("--to", "last_day", type=options.DAY, help="Its last day; without it, until one is said.")
@click.option("--succeeds", default="", metavar="CODE", help="The agency whose service it continues.")
@click.option("--withdraw", "withdrawn", is_flag=True, help="It was never a contract.")
@options.received_on
@options.dry_run
@options.as_json
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
    """Say from when to when AGENCY is under contract: it is expected to report on each of these days.

    A contract is told apart by its agency and first day; said again, it stands as said last.
    """
    if withdrawn and (last_day or succeeds):
        raise click.UsageError("A contract that is withdrawn has neither an end nor a service that it continues.")
    services = new_services()
    received = receipt(services, received_on, dry_run=dry_run)
    with refusals(as_json=as_json):
        if withdrawn:
            confirmed = withdraw_contract(services.register, agency, first_day, received)
        else:
            agreed = Contract(0, agency, first_day, last_day, succeeds)
            confirmed = agree_contract(services.register, agreed, received)
    sentence = text.contract(agency, first_day, last_day, succeeds, withdrawn)
    _print_confirmed(services, confirmed, sentence, as_json=as_json)


def _print_confirmed(
    services: Services, confirmed: Confirmed | ContractConfirmed, sentence: str, *, as_json: bool
) -> None:
    position = confirmed.position
    stored = "A trial: nothing was stored." if position is None else f"Stored at position {position}."
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=confirmed.document,
        tables=lambda console: say(console, sentence, f"Received on {text.day(confirmed.received_on)}. {stored}"),
    )


@click.command()
@click.argument("files", nargs=-1, required=True, type=options.FILE)
@click.option("--out", type=options.FOLDER, help="The folder for the prepared files; beside each raw one if left out.")
@click.option(
    "--client-key-file", type=options.FILE, help="The commissioner's client key, in place of RECOUNT_CLIENT_KEY."
)
@options.as_json
def prepare(*, files: Sequence[Path], out: Path | None, client_key_file: Path | None, as_json: bool) -> None:
    """Check files where they come from, and make them fit to send: without initials, sex and birth dates.

    Writes, for each FILE, one that ends in .prepared.csv, which 'submit' takes in its place, and lists the rejected
    rows. It needs no database, but the commissioner's client key.
    """
    client_key = _client_key(client_key_file)
    prepared_files: list[Prepared] = []

    def document() -> dict[str, Any]:
        return {
            "client_key_check": key_check(client_key),
            "files": [file.document() for file in prepared_files],
        }

    with refusals(as_json=as_json, beside=document):
        for file in files:
            prepared = prepare_file(file, client_key, today())
            path = prepared.write(out or file.parent)
            prepared_files.append(prepared)
            if not as_json:
                click.echo(summary_of_prepared(prepared, path))
    if as_json:
        print_document(document(), demonstration=False)


def _client_key(file: Path | None) -> ClientKey:
    """The key that is there: one that was made up here would make somebody else of everybody."""
    if file is None:
        settings = Settings.from_environment()
        if CLIENT_KEY in settings.missing_keys():
            raise SettingMissing(
                f"There is no client key here. Ask the commissioner for the file, and give it as --client-key-file, or "
                f"set {CLIENT_KEY}."
            )
        return settings.client_key
    try:
        text = file.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError as error:
        raise WrongUse(f"{file} is no client key: it is not text.") from error
    if not text:
        raise WrongUse(f"{file} is empty, and so no client key. Ask the commissioner for it.")
    return ClientKey(text.encode())
