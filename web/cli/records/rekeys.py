"""The command that joins references: rekey."""

from datetime import date
from pathlib import Path

import click

from web.cli import options
from web.cli.output import answer, new_services, receipt, refusals
from web.commands.records.rekey import rekey as join_references
from web.commands.records.rekey import undo_rekey
from web.files.mapping import MappingLine, read_mapping
from web.presenters.records.rekeys import print_rekey


@click.command()
@click.argument("mapping", type=options.FILE, required=False)
@click.option("--undo", type=click.IntRange(min=1), metavar="N", help="Part again what submission N joined.")
@options.received_on
@options.dry_run
@options.as_json
def rekey(*, mapping: Path | None, undo: int | None, received_on: date | None, dry_run: bool, as_json: bool) -> None:
    """Join the episodes that came again under another reference, as MAPPING says: old and new references.

    MAPPING is a CSV with the columns AGNCY,CLIENT,EPISODID,NEW_CLIENT,NEW_EPISODID. Lines that cannot be joined are
    left out and listed. With --dry-run, the figures that would move are shown.
    """
    if (mapping is None) == (undo is None):
        raise click.UsageError("Give MAPPING, or --undo N, and not both.")
    services = new_services()
    received = receipt(services, received_on, dry_run=dry_run)
    lines: list[MappingLine] = []
    with refusals(as_json=as_json):
        if mapping is not None:
            lines = read_mapping(mapping)
            outcome = join_references(services, lines, received)
        elif undo is not None:
            outcome = undo_rekey(services, undo, received)
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=outcome.rekeyed.document,
        tables=lambda console: print_rekey(console, outcome, lines),
    )
