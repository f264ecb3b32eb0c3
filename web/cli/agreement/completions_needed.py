"""The command `completions-needed`."""

from collections.abc import Sequence
from datetime import date

import click

from domain.measures.registry import measure_named
from projections.standings.slices import Slice
from web.cli import options
from web.cli.output import answer_query
from web.presenters.agreement.completions_needed import print_completions_needed
from web.queries.agreement import completions_needed as queries
from web.queries.parameters import KnownAt


@click.command("completions-needed")
@options.measures
@options.standpoint
@options.slice_
@options.as_json
def completions_needed(
    *, measures: Sequence[str], as_of: date, known_at: KnownAt, slice_: Slice, as_json: bool
) -> None:
    """What it takes to meet each target by its last day: completions by hub and month, and the last useful day."""
    asked = tuple(measure_named(code) for code in dict.fromkeys(measures))
    answer_query(
        queries.completions_needed,
        queries.CompletionsNeededQuery(as_of, known_at, asked, slice_),
        print_completions_needed,
        slice_,
        as_json=as_json,
    )
