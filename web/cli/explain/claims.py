"""The commands that look at another party's figures: plausible, claim, check-table."""

import sys
from datetime import date
from pathlib import Path
from typing import Final

import click

from domain.measures.registry import measure_named
from projections.claims.plausibility import StatedPercentage
from projections.standings.slices import Slice
from web.cli import options
from web.cli.output import answer, answer_query, refusals
from web.files.claim_lists import read_list, read_table
from web.presenters.explain import claims as tables
from web.queries.explain import claims as queries
from web.queries.parameters import KnownAt, version_named

FINDINGS: Final = 1
"""The exit code of a check that found something."""


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("percentage", metavar="PERCENT")
@options.decimals
@click.option("--denominator-min", type=int, default=1, show_default=True, help="The smallest cohort to list.")
@click.option("--denominator-max", type=int, default=500, show_default=True, help="The largest cohort to list.")
@options.as_json
def plausible(
    *, percentage: str, decimals: int | None, denominator_min: int, denominator_max: int, as_json: bool
) -> None:
    """Which fractions a printed percentage could be, rounded half up or half to even."""
    with refusals(as_json=as_json):
        stated = StatedPercentage.parse(percentage, decimals)
        result = queries.plausible(queries.PlausibleQuery(stated, denominator_min, denominator_max))
    answer(
        as_json=as_json,
        demonstration=False,
        document=result.document,
        tables=lambda console: tables.print_plausible(console, result),
    )


@click.command()
@options.measure
@options.standpoint
@options.slice_
@options.definition
@click.option("--numerator", type=int, help="How many they count.")
@click.option("--denominator", type=int, help="Of how many.")
@click.option("--percentage", metavar="PERCENT", help="The percentage they print, where they give no numbers.")
@options.decimals
@click.option("--members", type=options.FILE, help="A CSV AGNCY,CLIENT[,EPISODID][,COUNTED] of the people behind it.")
@options.as_json
def claim(
    *,
    measure: str,
    as_of: date,
    known_at: KnownAt,
    slice_: Slice,
    definition: str | None,
    numerator: int | None,
    denominator: int | None,
    percentage: str | None,
    decimals: int | None,
    members: Path | None,
    as_json: bool,
) -> None:
    """Another party's figure beside ours.

    With a list of people: who is only in theirs and why not in ours, who is only in ours, who is twice. Without one:
    from where, or by which rule, ours would be the same.
    """
    if numerator is None and denominator is None and percentage is None and members is None:
        raise click.UsageError("Give --numerator and --denominator, or --percentage, or --members.")
    with refusals(as_json=as_json):
        query = queries.ClaimQuery(
            measure_named(measure),
            as_of,
            known_at,
            slice_,
            version_named(definition),
            queries.stated_claim(numerator, denominator, percentage, decimals),
            tuple(read_list(members)) if members else (),
        )
        answer_query(
            queries.claim,
            query,
            tables.print_claim,
            as_json=as_json,
        )


@click.command()
@click.argument("file", type=options.FILE)
@options.as_json
def check_table(*, file: Path, as_json: bool) -> None:
    """What cannot stand beside the rest of a printed table. Exit code 1 if anything is found.

    FILE is a CSV with one line a printed figure; the documentation names its columns.
    """
    with refusals(as_json=as_json):
        result = queries.check_table(read_table(file))
    answer(
        as_json=as_json,
        demonstration=False,
        document=result.document,
        tables=lambda console: tables.print_findings(console, result),
    )
    if result.findings:
        sys.exit(FINDINGS)
