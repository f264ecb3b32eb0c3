"""What the commands about worklists and data quality do."""

from datetime import date
from typing import Any

import click

from projections.standings.slices import Slice
from projections.worklists import worklist_named
from web.presenters import worklists as tables
from web.presenters.data_quality import print_data_quality
from web.queries import worklists as answers
from web.queries.data_quality import DataQualityQuery, quality
from web.queries.parameters import KnownAt

from .output import answer, new_services, note_unknown


def worklist(*, name: str | None, listed: bool, as_of: date, known_at: KnownAt, as_json: bool, **where: Any) -> None:
    """One worklist, or how many are on each."""
    if listed == bool(name):
        raise click.UsageError("Give the name of a worklist, or --list, and not both.")
    one, part = worklist_named(name) if name else None, Slice(**where)
    asked = answers.WorklistsQuery(as_of, known_at, part)
    with new_services().snapshot() as snapshot:
        note_unknown(snapshot, part)
        if one:
            found = answers.worklist(snapshot, one, asked)
            answer(
                as_json=as_json,
                demonstration=snapshot.is_demonstration,
                document=found.document,
                tables=lambda console: tables.print_worklist(console, found),
            )
        else:
            every = answers.all_worklists(snapshot, asked)
            answer(
                as_json=as_json,
                demonstration=snapshot.is_demonstration,
                document=every.document,
                tables=lambda console: tables.print_overview(console, every),
            )


def data_quality(*, first_day: date, last_day: date, known_at: KnownAt, agency: str | None, as_json: bool) -> None:
    """Data quality by agency and month."""
    with new_services().snapshot() as snapshot:
        note_unknown(snapshot, Slice(agency=agency))
        found = quality(snapshot, DataQualityQuery(first_day, last_day, known_at, agency))
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=found.document,
            tables=lambda console: print_data_quality(console, found.quality),
        )
