"""The commands of `recount return-review`: list, show, write, correct, withdraw, rule."""

from datetime import date
from uuid import UUID

import click

from domain.errors import WrongUse
from domain.improvement.return_reviews import FINDINGS, MOST_DAYS, MOST_MONTHS, ReturnReview, ReturnRule
from web.auth.viewer import EVERYTHING
from web.cli import options
from web.cli.output import answer, new_services, refusals
from web.clock import today
from web.commands.agreement.parties import party_of
from web.commands.improvement import return_reviews as commands
from web.commands.improvement.author import Author
from web.commands.improvement.return_reviews import ReviewSaid
from web.presenters.improvement import return_reviews as tables
from web.queries.improvement import return_reviews as queries
from web.queries.improvement.return_reviews import ReturnReviewsQuery
from web.queries.parameters import KnownAt
from web.services import OPERATOR, Services

_ON = click.option("--on", type=options.DAY, help="The day on which it was said; today if left out.")
_FOR = click.option(
    "--for", "speaker", metavar="CODE", help="The agency whose provider says it; else the commissioner."
)
_SEEN = click.option("--seen", type=click.IntRange(min=1), metavar="N", help="Only if VERSION is still this one.")
_FINDING = click.option(
    "--finding", "findings", multiple=True, required=True, type=click.Choice(list(FINDINGS)), help="May be repeated."
)
_LESSON = click.option("--lesson", required=True, metavar="TEXT", help="For the log: so without a name or reference.")
_PLAN = click.option("--plan", type=click.IntRange(min=0), default=0, metavar="N", help="An action plan.")
_ACTION = click.option("--action", type=click.IntRange(min=0), default=0, metavar="N", help="Its action.")


@click.group("return-review")
def return_review() -> None:
    """Reviews of returns: what is due, overdue and done; write, correct and withdraw them, and set when due."""


@return_review.command("list")
@click.option("--as-of", type=options.DAY, help="The day of the share; the newest month end if left out.")
@options.known_at
@click.option("--agency", metavar="CODE", help="Only this agency's.")
@options.as_json
def list_reviews(*, as_of: date | None, known_at: KnownAt, agency: str | None, as_json: bool) -> None:
    """Every return with its review, what is overdue first, and the share reviewed in time."""
    with new_services().snapshot() as snapshot:
        query = ReturnReviewsQuery(today(), as_of, known_at, agency, with_clients=True)
        result = queries.return_reviews(snapshot, EVERYTHING, query)
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=result.document,
            tables=lambda console: tables.print_reviews(console, result),
        )


@return_review.command("show")
@click.argument("episode", type=click.UUID)
@options.as_json
def show_review(*, episode: UUID, as_json: bool) -> None:
    """The return after a completed EPISODE, as the list names it, and everything that was said of its review."""
    _show(new_services(), episode, as_json)


def _show(services: Services, episode: UUID, as_json: bool) -> None:
    with services.snapshot() as snapshot:
        result = queries.return_review(snapshot, EVERYTHING, today(), episode)
        if result is None:
            raise WrongUse("There is no such return. 'recount return-review list' names them.")
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=result.document,
            tables=lambda console: tables.print_review(console, result),
        )


def _author(services: Services, speaker: str | None, on: date | None) -> Author:
    own = frozenset({speaker}) if speaker else None
    party = "provider" if speaker else party_of(OPERATOR)
    return Author(services.actor, OPERATOR, party, on or today(), today(), own)


@return_review.command("write")
@click.argument("episode", type=click.UUID)
@_FINDING
@_LESSON
@_PLAN
@_ACTION
@_FOR
@_ON
@options.as_json
def write_review(
    *,
    episode: UUID,
    findings: tuple[str, ...],
    lesson: str,
    plan: int,
    action: int,
    speaker: str | None,
    on: date | None,
    as_json: bool,
) -> None:
    """Write the review of the return after a completed EPISODE."""
    services = new_services()
    said = ReviewSaid(findings, lesson, plan, action)
    with refusals(as_json=as_json):
        commands.write_review(services.register, episode, said, _author(services, speaker, on))
    _show(services, episode, as_json)


@return_review.command("correct")
@options.number
@_FINDING
@_LESSON
@_PLAN
@_ACTION
@_FOR
@_ON
@_SEEN
@options.as_json
def correct_review(
    *,
    number: int,
    findings: tuple[str, ...],
    lesson: str,
    plan: int,
    action: int,
    speaker: str | None,
    on: date | None,
    seen: int | None,
    as_json: bool,
) -> None:
    """Let review NUMBER say something else; what it said before stays."""
    services = new_services()
    said = ReviewSaid(findings, lesson, plan, action)
    with refusals(as_json=as_json):
        one = commands.correct_review(services.register, number, said, _author(services, speaker, on), seen)
    _show_of(services, one, as_json)


@return_review.command("withdraw")
@options.number
@click.option("--reason", required=True, metavar="TEXT", help="Why, for the log: so without a name.")
@_FOR
@_ON
@_SEEN
@options.as_json
def withdraw_review(
    *, number: int, reason: str, speaker: str | None, on: date | None, seen: int | None, as_json: bool
) -> None:
    """Take back review NUMBER, which was written of the wrong return."""
    services = new_services()
    with refusals(as_json=as_json):
        one = commands.withdraw_review(services.register, number, reason, _author(services, speaker, on), seen)
    _show_of(services, one, as_json)


def _show_of(services: Services, one: ReturnReview, as_json: bool) -> None:
    _show(services, one.first.episode, as_json)


@return_review.command("rule")
@click.argument("agency")
@click.option("--days", type=click.IntRange(1, MOST_DAYS), required=True, help="Days after the return.")
@click.option("--working", is_flag=True, help="They are working days.")
@click.option("--months", type=click.IntRange(1, MOST_MONTHS), default=6, show_default=True, help="Returns within.")
@click.option("--first-day", type=options.DAY, help="Returns from this day on; all if left out.")
@_ON
@options.as_json
def rule(
    *, agency: str, days: int, working: bool, months: int, first_day: date | None, on: date | None, as_json: bool
) -> None:
    """Say by when reviews of the returns of clients who left AGENCY are due."""
    services = new_services()
    with refusals(as_json=as_json):
        commands.set_rule(
            services.register, agency, ReturnRule(days, working, months, first_day), _author(services, None, on)
        )
    with services.snapshot() as snapshot:
        result = queries.return_reviews(snapshot, EVERYTHING, ReturnReviewsQuery(today(), agency=agency))
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=result.document,
            tables=lambda console: tables.print_reviews(console, result),
        )
