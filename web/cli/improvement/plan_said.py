"""What the commands of `recount action-plan` share: who speaks, on which version, and how a plan is answered."""

from collections.abc import Callable, Sequence
from datetime import date

import click

from domain.contract_life.transitions import COMMISSIONER, PROVIDER
from domain.errors import Refused, WrongUse
from projections.improvement.action_plans import RecordedPlan
from web.auth.roles import Reach
from web.auth.viewer import EVERYTHING, NotOwn, Viewer
from web.cli import options
from web.cli.output import answer, new_services, refusals
from web.clock import today
from web.commands.improvement.author import Author
from web.commands.improvement.plan_steps import PlanSaid, take_plan_step
from web.presenters.improvement import action_plans as tables
from web.queries.improvement import action_plans as queries
from web.queries.improvement.results.plan_results import PlanResult
from web.services import OPERATOR, Services

for_agencies = click.option(
    "--for", "agencies_of_speaker", multiple=True, metavar="CODE",
    help="An agency whose provider says it, or reads it; else the commissioner does.",
)  # fmt: skip
on_day = click.option("--on", type=options.DAY, help="The day on which it is said; today if left out.")
seen_version = click.option(
    "--seen", type=click.IntRange(min=1), metavar="N", help="Only if VERSION is still this one."
)


def viewer_for(agencies: Sequence[str]) -> Viewer:
    """Who reads: the provider of these agencies, or the commissioner."""
    own = frozenset(agencies)
    return Viewer(Reach.OWN, own, own) if own else EVERYTHING


def author_for(services: Services, agencies: Sequence[str], on: date | None) -> Author:
    """Who speaks: the provider of these agencies, or the commissioner."""
    party = PROVIDER if agencies else COMMISSIONER
    return Author(services.actor, OPERATOR, party, on or today(), today(), frozenset(agencies) or None)


def known_plan(services: Services, number: int, viewer: Viewer) -> PlanResult:
    """The plan with this number.

    Raises:
        WrongUse: there is none that this side reads.
    """
    with services.snapshot() as snapshot:
        try:
            result = queries.plan(snapshot, viewer, number, today())
        except NotOwn:
            result = None
    if result is None:
        raise WrongUse(f"There is no action plan {number} that this side reads. 'recount action-plan list' names them.")
    return result


def answer_plan(services: Services, result: PlanResult, *, as_json: bool) -> None:
    """Print a plan."""
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=result.document,
        tables=lambda console: tables.print_plan(console, result),
    )


def record(services: Services, agencies: Sequence[str], step: Callable[[], RecordedPlan], *, as_json: bool) -> None:
    """Say something of a plan, and print how it stands then."""
    with refusals(as_json=as_json):
        try:
            number = step().plan.number
        except NotOwn:
            raise Refused("plan-unknown", "There is no such plan of these agencies.") from None
    answer_plan(services, known_plan(services, number, viewer_for(agencies)), as_json=as_json)


def take(
    number: int,
    step: str,
    said: PlanSaid,
    agencies: Sequence[str],
    on: date | None,
    seen: int | None,
    *,
    as_json: bool,
    services: Services | None = None,
) -> None:
    """Take a step of a plan, and print how the plan stands then."""
    services = services or new_services()
    author, register = author_for(services, agencies, on), services.register
    record(services, agencies, lambda: take_plan_step(register, number, step, said, author, seen), as_json=as_json)
