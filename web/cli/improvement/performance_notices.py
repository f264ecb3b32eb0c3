"""The commands of `recount notice`: draft, edit, step, list, show, rules."""

from collections.abc import Callable, Sequence
from datetime import date

import click

from domain.errors import Refused, WrongUse
from domain.improvement.notice_rules import rule_sets
from domain.improvement.performance_notices import PerformanceNotice
from domain.measures.registry import MEASURE_OF
from projections.standings.slices import Slice
from web.auth.viewer import EVERYTHING, NotOwn
from web.cli import options
from web.cli.output import answer, answer_query, new_services, refusals
from web.clock import today
from web.commands.agreement.parties import party_of
from web.commands.improvement import performance_notices as commands
from web.commands.improvement.author import Author
from web.commands.improvement.performance_notices import Draft, Said
from web.presenters.improvement.notices import notice_files as tables
from web.presenters.improvement.notices.step_words import STEP_OF_SLUG
from web.queries.improvement import performance_notices as queries
from web.queries.improvement.performance_notices import NoticesQuery
from web.queries.improvement.results.notice_results import NoticeResult
from web.queries.parameters import KnownAt
from web.queries.slices import agencies_named
from web.services import OPERATOR, Services

_SLUGS = sorted(STEP_OF_SLUG)
_FOR = click.option(
    "--for", "agencies_of_speaker", multiple=True, metavar="CODE",
    help="An agency whose provider says it; else the commissioner does.",
)  # fmt: skip
_ON = click.option("--on", type=options.DAY, help="The day on which it was said; today if left out.")
_SEEN = click.option("--seen", type=click.IntRange(min=1), metavar="N", help="Only if VERSION is still this one.")
_AGENCY = click.option(
    "--to", "agencies", multiple=True, required=True, metavar="CODE", help="An agency of the provider; may be repeated."
)
_REASONS = click.option("--reasons", required=True, metavar="TEXT", help="Why, for the log: so without a name.")
_RULES = click.option("--rules", required=True, type=click.Choice(sorted(rule_sets())), help="How days are counted.")
_RESPONSE = click.option("--response-due", type=options.DAY, help="In place of the day that the rules count.")


@click.group()
def notice() -> None:
    """Performance notices (contract queries): draft them, take their steps, list them, and show one."""


@notice.command("draft")
@click.option("--measure", "measures", multiple=True, required=True, metavar="M", help="A figure; may be repeated.")
@options.standpoint
@options.slice_
@_AGENCY
@_REASONS
@_RULES
@_RESPONSE
@_ON
@options.as_json
def draft_notice(
    *,
    measures: Sequence[str],
    as_of: date,
    known_at: KnownAt,
    slice_: Slice,
    agencies: tuple[str, ...],
    reasons: str,
    rules: str,
    response_due: date | None,
    on: date | None,
    as_json: bool,
) -> None:
    """Draft a notice about figures of one standpoint."""
    services = new_services()
    if unknown := next((code for code in measures if code not in MEASURE_OF), ""):
        raise WrongUse(f"There is no measure '{unknown}'.")
    its = [MEASURE_OF[code] for code in dict.fromkeys(measures)]
    with refusals(as_json=as_json), services.snapshot() as snapshot:
        figures = queries.figures_in_question(snapshot, EVERYTHING, its, as_of, known_at, slice_)
        agencies = agencies_named(snapshot, agencies)
    draft = Draft(figures, agencies, reasons, rules, response_due)
    _record(services, as_json, lambda: commands.draft_notice(services.register, draft, _author(services, (), on)))


@notice.command("edit")
@options.number
@_AGENCY
@_REASONS
@_RULES
@_RESPONSE
@_ON
@_SEEN
@options.as_json
def edit_notice(
    *,
    number: int,
    agencies: tuple[str, ...],
    reasons: str,
    rules: str,
    response_due: date | None,
    on: date | None,
    seen: int | None,
    as_json: bool,
) -> None:
    """Write the draft NUMBER anew; its figures stay."""
    services = new_services()
    with refusals(as_json=as_json), services.snapshot() as snapshot:
        agencies = agencies_named(snapshot, agencies)
    draft, author = Draft((), agencies, reasons, rules, response_due), _author(services, (), on)
    _record(services, as_json, lambda: commands.edit_notice(services.register, number, draft, author, seen))


@notice.command("step")
@options.number
@click.argument("step", type=click.Choice(_SLUGS))
@click.option("--words", default="", metavar="TEXT", help="What there is to say, for the log: so without a name.")
@click.option("--action-plan", type=click.IntRange(min=1), metavar="N", help="Of plan: the number of an action plan.")
@click.option("--attendees", default="", metavar="TEXT", help="Of meeting: who was there, by role.")
@click.option("--percentage", default="", metavar="P", help="Of withhold: how much of the monthly sum.")
@click.option("--since", type=options.DAY, help="Of withhold: from which day on.")
@click.option("--last-day", type=options.DAY, help="Of end-withholding: its last day.")
@_FOR
@_ON
@_SEEN
@options.as_json
def take_step(
    *,
    number: int,
    step: str,
    words: str,
    action_plan: int | None,
    attendees: str,
    percentage: str,
    since: date | None,
    last_day: date | None,
    agencies_of_speaker: tuple[str, ...],
    on: date | None,
    seen: int | None,
    as_json: bool,
) -> None:
    """Take a step of notice NUMBER: issue it, propose a plan, accept or reject that, close it, and so on."""
    services = new_services()
    said = Said(words, action_plan, attendees, percentage, since, last_day)
    author, name = _author(services, agencies_of_speaker, on), STEP_OF_SLUG[step]
    _record(services, as_json, lambda: commands.take_step(services.register, number, name, said, author, seen))


@notice.command("list")
@options.as_json
def list_notices(*, as_json: bool) -> None:
    """Every notice: open ones first, what is due soonest at the top."""
    answer_query(queries.performance_notices, NoticesQuery(today()), tables.print_notices, as_json=as_json)


@notice.command("show")
@options.number
@options.as_json
def show_notice(*, number: int, as_json: bool) -> None:
    """Notice NUMBER: its figures, what is due of whom, and what happened."""
    services = new_services()
    _answer(services, _shown(services, number), as_json=as_json)


@notice.command("rules")
@options.as_json
def list_rules(*, as_json: bool) -> None:
    """The rule sets that a notice may be drafted under, with what in them is unconfirmed."""
    result = queries.known_rule_sets()
    answer(
        as_json=as_json,
        demonstration=False,
        document=result.document,
        tables=lambda console: tables.print_rule_sets(console, result),
    )


def _author(services: Services, agencies: Sequence[str], on: date | None) -> Author:
    party = "provider" if agencies else party_of(OPERATOR)
    return Author(services.actor, OPERATOR, party, on or today(), today(), frozenset(agencies) or None)


def _record(services: Services, as_json: bool, step: Callable[[], PerformanceNotice]) -> None:
    with refusals(as_json=as_json):
        try:
            number = step().number
        except NotOwn:
            raise Refused("notice-unknown", "The notice does not go to any of these agencies.") from None
    _answer(services, _shown(services, number), as_json=as_json)


def _shown(services: Services, number: int) -> NoticeResult:
    with services.snapshot() as snapshot:
        result = queries.performance_notice(snapshot, EVERYTHING, NoticesQuery(today(), number))
    if result is None:
        raise WrongUse(f"There is no performance notice {number}. 'recount notice list' names them.")
    return result


def _answer(services: Services, result: NoticeResult, *, as_json: bool) -> None:
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=result.document,
        tables=lambda console: tables.print_notice(console, result),
    )
