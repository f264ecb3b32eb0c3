"""Options that several commands share, and how their values are written.

`standpoint`, `known_at_or_cut` and `slice_` stand for several options, and hand the command what they come to.
"""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from domain.errors import WrongUse
from projections.standings.slices import Slice
from web.clock import today

Command = TypeVar("Command", bound=Callable[..., Any])


class DayType(click.ParamType[date]):
    """A day, written YYYY-MM-DD."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day that is written."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"'{value}' is not a day. Write it as YYYY-MM-DD, like 2017-07-31.", param, ctx)


class KnownAtType(click.ParamType[date | int]):
    """A day up to today, or @POSITION: a place in the log."""

    name = "day|@position"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date | int:
        """The day or the position that is written."""
        if isinstance(value, date | int):
            return value
        if value.startswith("@"):
            if not (value[1:].isascii() and value[1:].isdigit()):
                self.fail(f"'{value}' is not a position. Write it as @48211.", param, ctx)
            return int(value[1:])
        day = DayType().convert(value, param, ctx)
        if day > today():
            self.fail(f"{day} has not come yet, so nothing is known of it. Give today or an earlier day.", param, ctx)
        return day


class NumberType(click.ParamType[Decimal]):
    """A number, exact as it is written: 52.50."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        """The number that is written."""
        try:
            number = Decimal(value)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or "e" in str(value).lower():
            self.fail(f"'{value}' is not a number. Write it like 52.50.", param, ctx)
        return number


DAY = DayType()
KNOWN_AT = KnownAtType()
NUMBER = NumberType()
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of tables.")
measure = click.option("--measure", required=True, metavar="M", help="The measure's code, like 4.0.")


def _together(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


known_at = click.option(
    "--known-at",
    type=KNOWN_AT,
    help="The last day whose knowledge is used, or @POSITION of the log; left out, the newest receipt.",
)
as_of = click.option("--as-of", type=DAY, help="The last day whose happenings are seen.")
cut = click.option("--cut", metavar="NAME", help="The standpoint of a published scorecard, in place of the two days.")


def _from_standpoint(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let `--cut NAME` stand for `--as-of` and `--known-at`."""

    @wraps(command)
    def with_standpoint(*, cut: str | None, as_of: date | None, known_at: date | int | None, **options: Any) -> Any:
        if cut is not None:
            if as_of is not None or known_at is not None:
                raise click.UsageError("Give --as-of (and --known-at), or --cut, not both.")
            as_of, known_at = _standpoint_of_cut(cut)
        elif as_of is None:
            raise click.UsageError("Missing option '--as-of', or '--cut'.")
        return command(as_of=as_of, known_at=known_at, **options)

    return with_standpoint


def _standpoint_of_cut(name: str) -> tuple[date, date | int]:
    """The day that a cut's name stands for, and up to when it knew."""
    # What asks the database is imported when it is asked, so that help is quick.
    from web.queries.contract_life import publications

    from .output import new_services

    with new_services().snapshot() as snapshot:
        return publications.standpoint_of_cut(snapshot, name)


def standpoint(command: Callable[..., Any]) -> Callable[..., Any]:
    """Where a question is asked from: `--as-of` and `--known-at`, or `--cut`."""
    return _together(as_of, known_at, cut)(_from_standpoint(command))


def known_at_or_cut(command: Callable[..., Any]) -> Callable[..., Any]:
    """What may be known: `--known-at`, or all that a cut's scorecard was drawn from."""

    @wraps(command)
    def with_known_at(*, cut: str | None, known_at: date | int | None, **options: Any) -> Any:
        if cut is not None:
            if known_at is not None:
                raise click.UsageError("Give --known-at or --cut, not both.")
            _, known_at = _standpoint_of_cut(cut)
        return command(known_at=known_at, **options)

    return _together(known_at, cut)(with_known_at)


def _as_known(its: Slice) -> Slice:
    """The slice with its area and agency in the case in which they are known."""
    # What asks the database is imported when it is asked, so that help is quick.
    from web.queries.slices import as_known

    from .output import new_services

    with new_services().snapshot() as snapshot:
        return as_known(snapshot, its)


def slice_(command: Callable[..., Any]) -> Callable[..., Any]:
    """Which journeys a figure counts: all, or those of an area, of an agency, of criminal justice, of the young."""

    @wraps(command)
    def with_slice(
        *, area: str | None, agency: str | None, criminal_justice: bool, young_people: bool, **options: Any
    ) -> Any:
        its = Slice(area, agency, criminal_justice, young_people)
        return command(slice_=_as_known(its) if area or agency else its, **options)

    return _together(
        click.option("--area", metavar="CODE", help="Only journeys of people living in this area."),
        click.option("--agency", metavar="CODE", help="Only journeys with an episode at this agency."),
        click.option("--criminal-justice", is_flag=True, help="Only journeys that criminal justice referred."),
        click.option("--young-people", is_flag=True, help="Those under 18, in place of adults."),
    )(with_slice)


period = _together(
    click.option("--from", "first_day", type=DAY, required=True, help="The first day of the period."),
    click.option("--to", "last_day", type=DAY, required=True, help="The last day of the period."),
)
definition = click.option("--definition", metavar="VERSION", help="Another version of the measure's definition.")
received_on = click.option(
    "--received-on", type=DAY, help="The day on which it reached the commissioner; today if left out."
)
dry_run = click.option("--dry-run", is_flag=True, help="Say what would happen, and store nothing.")
years = click.option(
    "--years", multiple=True, metavar="KIND=N", help="Another period for a kind of record; may be repeated."
)
decimals = click.option(
    "--decimals", type=click.IntRange(min=0), help="With how many decimals it was printed, if not as given."
)
every = click.option("--every", type=click.Choice(["month", "quarter"]), default="month", show_default=True)
measures = click.option(
    "--measure", "measures", multiple=True, metavar="M", help="A measure's code; may be repeated. Else all."
)
number = click.argument("number", type=click.IntRange(min=1))
role = click.option("--role", metavar="ROLE", help="commissioner, provider, auditor, public or administrator.")


def years_written(periods: Sequence[str]) -> dict[str, int]:
    """The periods of `--years` in years, by kind of record; raises WrongUse."""
    years = {}
    for text in periods:
        kind, equals, count = text.partition("=")
        if not (equals and count.isascii() and count.isdigit()):
            raise WrongUse(f"'{text}' is no period. Write KIND=YEARS, like treatment=20.")
        years[kind] = int(count)
    return years
