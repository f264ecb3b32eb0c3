"""The commands of `recount comment`: write, rewrite, step, list, show."""

from collections.abc import Callable, Sequence
from datetime import date

import click

from domain.errors import Refused, WrongUse
from domain.improvement.meetings.commentary import STEPS, Comment
from domain.measures.registry import MEASURE_OF
from projections.standings.slices import Slice
from web.auth.roles import Reach
from web.auth.viewer import EVERYTHING, NotOwn, Viewer
from web.cli import options
from web.cli.output import answer, answer_query, new_services, refusals
from web.clock import today
from web.commands.agreement.parties import party_of
from web.commands.improvement.author import Author
from web.commands.improvement.meetings import commentary as commands
from web.presenters.improvement.meetings import commentary as tables
from web.queries.improvement.meetings import commentary as queries
from web.queries.improvement.meetings.commentary import CommentaryQuery, CommentResult
from web.queries.parameters import KnownAt
from web.services import OPERATOR, Services

_WORDS = click.option("--words", required=True, metavar="TEXT", help="What is said, for the log: so without a name.")
_FOR = click.option(
    "--for", "agencies_of_speaker", multiple=True, metavar="CODE",
    help="An agency whose provider says it; else the commissioner does.",
)  # fmt: skip
_ON = click.option("--on", type=options.DAY, help="The day on which it was said; today if left out.")
_SEEN = click.option("--seen", type=click.IntRange(min=1), metavar="N", help="Only if VERSION is still this one.")


@click.group()
def comment() -> None:
    """What the parties say about figures: write it, rewrite it, share it, list it, and show it."""


@comment.command("write")
@options.measure
@options.standpoint
@options.slice_
@_WORDS
@click.option("--share", is_flag=True, help="Let the other party read it at once; else it is a draft.")
@_FOR
@_ON
@options.as_json
def write_comment(
    *,
    measure: str,
    as_of: date,
    known_at: KnownAt,
    slice_: Slice,
    words: str,
    share: bool,
    agencies_of_speaker: tuple[str, ...],
    on: date | None,
    as_json: bool,
) -> None:
    """Write about a figure as it is known from a standpoint."""
    services = new_services()
    if measure not in MEASURE_OF:
        raise WrongUse(f"There is no measure '{measure}'.")
    with refusals(as_json=as_json), services.snapshot() as snapshot:
        about = queries.figure_to_write_about(snapshot, EVERYTHING, MEASURE_OF[measure], as_of, known_at, slice_)
    author = _author(services, agencies_of_speaker, on)
    _record(services, as_json, lambda: commands.write_comment(services.register, about, words, author, shared=share))


@comment.command("rewrite")
@options.number
@_WORDS
@_FOR
@_ON
@_SEEN
@options.as_json
def rewrite_comment(
    *,
    number: int,
    words: str,
    agencies_of_speaker: tuple[str, ...],
    on: date | None,
    seen: int | None,
    as_json: bool,
) -> None:
    """Write comment NUMBER anew, about the figure as it is known now; what was shared stays readable."""
    services = new_services()
    author = _author(services, agencies_of_speaker, on)
    its = _known(services, number, agencies_of_speaker)
    with services.snapshot() as snapshot:
        about = queries.figure_now(snapshot, EVERYTHING, its)
    _record(services, as_json, lambda: commands.rewrite_comment(services.register, number, about, words, author, seen))


@comment.command("step")
@options.number
@click.argument("step", type=click.Choice(list(STEPS)))
@click.option("--reason", default="", metavar="TEXT", help="Why, if you like, for the log: so without a name.")
@_FOR
@_ON
@_SEEN
@options.as_json
def take_comment_step(
    *,
    number: int,
    step: str,
    reason: str,
    agencies_of_speaker: tuple[str, ...],
    on: date | None,
    seen: int | None,
    as_json: bool,
) -> None:
    """Share, discard, withdraw, publish or unpublish comment NUMBER."""
    services = new_services()
    author = _author(services, agencies_of_speaker, on)
    _record(
        services,
        as_json,
        lambda: commands.take_comment_step(services.register, number, step, author, reason, seen),
    )


@comment.command("list")
@options.as_json
def list_comments(*, as_json: bool) -> None:
    """Every comment, the newest first; drafts are the commissioner's."""
    answer_query(queries.commentary, CommentaryQuery(), tables.print_commentary, as_json=as_json)


@comment.command("show")
@options.number
@_FOR
@options.as_json
def show_comment(*, number: int, agencies_of_speaker: tuple[str, ...], as_json: bool) -> None:
    """Comment NUMBER with its versions, and what its figure is by now."""
    services = new_services()
    _answer(services, _known(services, number, agencies_of_speaker), as_json=as_json)


def _reader(agencies: Sequence[str]) -> Viewer:
    """The side that reads."""
    own = frozenset(agencies)
    return Viewer(Reach.OWN, own, own) if agencies else EVERYTHING


def _known(services: Services, number: int, agencies: Sequence[str]) -> CommentResult:
    with services.snapshot() as snapshot:
        try:
            result = queries.comment(snapshot, _reader(agencies), number)
        except NotOwn:
            result = None
    if result is None:
        raise WrongUse(f"There is no comment {number} for this side. 'recount comment list' names them.")
    return result


def _author(services: Services, agencies: Sequence[str], on: date | None) -> Author:
    party = "provider" if agencies else party_of(OPERATOR)
    return Author(services.actor, OPERATOR, party, on or today(), today(), frozenset(agencies) or None)


def _record(services: Services, as_json: bool, step: Callable[[], Comment]) -> None:
    with refusals(as_json=as_json):
        try:
            its = step()
        except NotOwn:
            raise Refused("comment-unknown", "The comment is not one of these agencies.") from None
    with services.snapshot() as snapshot:
        _answer(services, queries.comment_result(snapshot, EVERYTHING, its), as_json=as_json)


def _answer(services: Services, result: CommentResult, *, as_json: bool) -> None:
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=result.document,
        tables=lambda console: tables.print_comment(console, result),
    )
