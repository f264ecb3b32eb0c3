"""The command that corrects which days a monthly file covers: covered-days."""

from datetime import date

import click

from domain.periods import Period
from web.auth.viewer import EVERYTHING
from web.cli import options
from web.cli.output import answer, new_services, receipt, refusals
from web.commands.records.covered_days import AS_NAMED, Days, correct_covered_days
from web.presenters.records.covered_days import print_correction, print_corrections
from web.queries.records.covered_days import corrections


@click.command("covered-days")
@click.argument("number", type=click.IntRange(min=1, max=2**31 - 1), required=False)
@click.option("--from", "first_day", type=options.DAY, help="The first day that the file covers.")
@click.option("--to", "last_day", type=options.DAY, help="The last day that it covers.")
@click.option("--none", "covers_none", is_flag=True, help="It covers no day.")
@click.option("--as-named", is_flag=True, help="It covers the days of its name after all.")
@click.option("--reason", default="", help="Why, for the log and for the agency. Name nobody in it.")
@options.received_on
@options.dry_run
@options.as_json
def covered_days(
    *,
    number: int | None,
    first_day: date | None,
    last_day: date | None,
    covers_none: bool,
    as_named: bool,
    reason: str,
    received_on: date | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Say which days the monthly file that is submission NUMBER covers, where its name claims too many.

    Days that it gives up are missing again in every figure from then on; what was known before stays. Without NUMBER,
    the corrections so far are listed.
    """
    if number is None:
        _list(as_json=as_json)
        return
    days = _days(first_day, last_day, covers_none=covers_none, as_named=as_named)
    services = new_services()
    with refusals(as_json=as_json):
        received = receipt(services, received_on, dry_run=dry_run)
        done = correct_covered_days(services.register, number, days, reason, received)
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=done.document,
        tables=lambda console: print_correction(console, done),
    )


def _list(*, as_json: bool) -> None:
    with new_services().snapshot() as snapshot:
        result = corrections(snapshot, EVERYTHING)
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=result.document,
            tables=lambda console: print_corrections(console, result.corrections),
        )


def _days(first_day: date | None, last_day: date | None, *, covers_none: bool, as_named: bool) -> Days:
    period = Period(first_day, last_day) if first_day and last_day else None
    half = bool(first_day or last_day) and not period
    if half or [period is not None, covers_none, as_named].count(True) != 1:
        raise click.UsageError("Give --from and --to, or --none, or --as-named.")
    return AS_NAMED if as_named else period
