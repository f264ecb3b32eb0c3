"""The commands `retender` and `handovers`."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from domain.errors import Refused
from web.auth.viewer import EVERYTHING
from web.cli import options
from web.cli.output import answer, new_services, receipt, refusals
from web.commands.agreement.handover.retender import say_retender
from web.commands.agreement.handover.retender_plan import Passing, Retender
from web.commands.agreement.handover.retender_trial import try_retender
from web.commands.agreement.handover.undo_handover import undo_handover
from web.commands.agreement.handover.undo_trial import try_undo
from web.files.episode_list import EpisodeLine, episodes_from
from web.presenters.agreement.handovers import print_handovers, print_take_back_trial, print_taken_back
from web.presenters.agreement.retender import print_retendered, print_trial
from web.queries.agreement import handovers as queries


class PassingType(click.ParamType[Passing]):
    """Two codes: the agency before, and the agency after it."""

    name = "from:to"

    def convert(self, value: str | Passing, param: click.Parameter | None, ctx: click.Context | None) -> Passing:
        """The two codes that are written."""
        if isinstance(value, Passing):
            return value
        old, colon, new = value.upper().partition(":")
        if not (old and colon and new):
            self.fail(f"'{value}' is not two codes. Write the old one and the new one: H0001:N0001.", param, ctx)
        return Passing(old, new)


@click.command()
@click.argument("passes", nargs=-1, required=True, type=PassingType(), metavar="FROM:TO...")
@click.option("--on", type=options.DAY, required=True, help="The first day of the new contract.")
@click.option("--last-day", type=options.DAY, help="Its last day; without it, until one is said.")
@click.option("--list", "chosen", type=options.FILE, help="A CSV of the episodes that pass; without it, all open ones.")
@options.received_on
@options.dry_run
@options.as_json
def retender(
    *,
    passes: Sequence[Passing],
    on: date,
    last_day: date | None,
    chosen: Path | None,
    received_on: date | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """End a contract, begin the next and hand the caseload over, all at once: FROM:TO is H0001:N0001, one a hub.

    With --dry-run every figure is shown before and after, and nothing is stored.
    """
    services = new_services()
    received = receipt(services, received_on, dry_run=dry_run)
    with refusals(as_json=as_json):
        asked = Retender(tuple(passes), on, last_day, _chosen(chosen))
        if dry_run:
            trial = try_retender(services, asked, received)
            answer(
                as_json=as_json,
                demonstration=services.is_demonstration,
                document=trial.document,
                tables=lambda console: print_trial(console, trial),
            )
            return
        done = say_retender(services.register, asked, received)
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=done.document,
        tables=lambda console: print_retendered(console, done),
    )


def _chosen(file: Path | None) -> tuple[EpisodeLine, ...] | None:
    if file is None:
        return None
    try:
        return episodes_from(file.read_text(encoding="utf-8-sig"), file.name)
    except UnicodeDecodeError as error:
        raise Refused("list-unreadable", f"{file.name} is no text in UTF-8: {error}.", file.name) from error


@click.command()
@click.option("--undo", type=int, metavar="N", help="Take back the handover that is submission N, as a mistake.")
@options.received_on
@options.dry_run
@options.as_json
def handovers(*, undo: int | None, received_on: date | None, dry_run: bool, as_json: bool) -> None:
    """Which caseloads passed from whom to whom, the newest first; with --undo, take a mistaken one back whole.

    With --undo and --dry-run every figure is shown before and after, and nothing is stored.
    """
    services = new_services()
    if undo is not None:
        received = receipt(services, received_on, dry_run=dry_run)
        with refusals(as_json=as_json):
            if dry_run:
                trial = try_undo(services, undo, received)
                answer(
                    as_json=as_json,
                    demonstration=services.is_demonstration,
                    document=trial.document,
                    tables=lambda console: print_take_back_trial(console, trial),
                )
                return
            done = undo_handover(services.register, undo, received)
        answer(
            as_json=as_json,
            demonstration=services.is_demonstration,
            document=done.document,
            tables=lambda console: print_taken_back(console, done),
        )
        return
    with services.snapshot() as snapshot:
        result = queries.handovers(snapshot, EVERYTHING)
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=result.document,
            tables=lambda console: print_handovers(console, result),
        )
