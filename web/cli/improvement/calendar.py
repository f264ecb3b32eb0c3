"""The command `calendar`."""

from datetime import date

import click

from domain.contract_life.transitions import COMMISSIONER, PROVIDER
from web.cli import options
from web.cli.output import answer_query
from web.clock import today
from web.presenters.improvement.calendar.calendar import print_calendar
from web.queries.improvement.calendar import calendar as queries
from web.queries.improvement.calendar.calendar import MONTHS_AHEAD, MOST_MONTHS, CalendarQuery
from web.queries.improvement.calendar.due import KINDS


@click.command()
@click.option("--on", type=options.DAY, help="The day from which it is seen; today if left out.")
@click.option(
    "--months", type=click.IntRange(1, MOST_MONTHS), default=MONTHS_AHEAD, show_default=True, help="How far ahead."
)
@click.option("--kind", "kinds", type=click.Choice(list(KINDS)), multiple=True, help="Only of this kind, or of these.")
@click.option("--party", type=click.Choice([COMMISSIONER, PROVIDER]), help="Only what is due of this party.")
@click.option("--agency", metavar="CODE", help="Only what is due of this agency, or of no agency alone.")
@options.as_json
def calendar(
    *, on: date | None, months: int, kinds: tuple[str, ...], party: str | None, agency: str | None, as_json: bool
) -> None:
    """What is due, of whom: files, plans, notices, disputes, targets and contracts.

    What is overdue comes first.
    """
    query = CalendarQuery.ahead(on or today(), months, kinds, party, agency)
    answer_query(queries.calendar, query, print_calendar, as_json=as_json)
