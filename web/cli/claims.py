"""What the commands do that look at another party's figures: plausible, claim, check-table."""

import sys
from datetime import date
from pathlib import Path
from typing import Any, Final

import click

from domain.measures.registry import measure_named
from projections.claims.plausibility import StatedPercentage
from projections.standings.slices import Slice
from web.files.claim_lists import read_list, read_table
from web.presenters import claims as terminal
from web.queries import claims
from web.queries.parameters import KnownAt, version_named

from .output import answer, new_services, refusals

FOUND: Final = 1
"""The exit code of a check that found something."""


def plausible(
    *, percentage: str, decimals: int | None, denominator_min: int, denominator_max: int, as_json: bool
) -> None:
    """Which fractions a printed percentage could be."""
    with refusals(as_json=as_json):
        printed = StatedPercentage.parse(percentage, decimals)
        found = claims.plausible(claims.PlausibleQuery(printed, denominator_min, denominator_max))
    answer(
        as_json=as_json,
        demonstration=False,
        document=found.document,
        tables=lambda console: terminal.print_plausible(console, found.plausible),
    )


def claim(
    *,
    measure: str,
    as_of: date,
    known_at: KnownAt,
    numerator: int | None,
    denominator: int | None,
    percentage: str | None,
    decimals: int | None,
    members: Path | None,
    definition: str | None,
    as_json: bool,
    **where: Any,
) -> None:
    """Another party's figure beside ours."""
    if numerator is None and denominator is None and percentage is None and members is None:
        raise click.UsageError("Give --numerator and --denominator, or --percentage, or --members.")
    with refusals(as_json=as_json):
        asked = claims.ClaimQuery(
            measure_named(measure),
            as_of,
            known_at,
            Slice(**where),
            version_named(definition),
            claims.stated_claim(numerator, denominator, percentage, decimals),
            tuple(read_list(members)) if members else (),
        )
        with new_services().snapshot() as snapshot:
            found = claims.claim(snapshot, asked)
            answer(
                as_json=as_json,
                demonstration=snapshot.is_demonstration,
                document=found.document,
                tables=lambda console: terminal.print_claim(
                    console, found.stated, found.figure, found.search, found.seconds, found.comparison
                ),
            )


def check_table(*, file: Path, as_json: bool) -> None:
    """What cannot stand beside the rest of a printed table; exit code 1 if there is anything."""
    with refusals(as_json=as_json):
        found = claims.check_table(read_table(file))
    answer(
        as_json=as_json,
        demonstration=False,
        document=found.document,
        tables=lambda console: terminal.print_findings(console, found.rows, found.findings),
    )
    if found.findings:
        sys.exit(FOUND)
