"""The commands of `recount hub-targets`: list, propose, agree, withdraw."""

from collections.abc import Callable, Sequence
from datetime import date

import click

from domain.contract_life.hub_targets import HubTargets, SharingRule
from domain.errors import Refused, WrongUse
from web.auth.viewer import EVERYTHING, NotAllowed, NotOwn
from web.cli import options
from web.cli.output import answer, answer_query, new_services, refusals
from web.clock import today
from web.commands.agreement import hub_targets as commands
from web.commands.agreement.hub_targets import HubSpeaker, Numbers
from web.presenters.agreement import hub_targets as tables
from web.queries.agreement import hub_targets as queries
from web.queries.agreement.hub_targets import HubTargetsQuery, ProposalQuery
from web.queries.parameters import KnownAt
from web.services import OPERATOR, Services

_FOR = click.option(
    "--for", "hubs", multiple=True, metavar="CODE", help="A hub whose provider says it; else the commissioner does."
)
_ON = click.option("--on", type=options.DAY, help="The day on which it was said; today if left out.")
_SEEN = click.option("--seen", type=click.IntRange(min=0), metavar="N", help="Only if nothing was said since: NEWEST.")


@click.group("hub-targets")
def hub_targets() -> None:
    """Targets of hubs and months: list them beside what was achieved; propose, agree and withdraw them."""


@hub_targets.command("list")
@options.standpoint
@click.option("--target", type=click.IntRange(min=1), metavar="NUMBER", help="Only those of this target.")
@options.as_json
def list_hub_targets(*, as_of: date, known_at: KnownAt, target: int | None, as_json: bool) -> None:
    """The hubs' part of each target, as agreed by then, beside what was achieved up to a day."""
    with _Known(target):
        answer_query(
            queries.hub_targets, HubTargetsQuery(as_of, known_at, target), tables.print_hub_targets, as_json=as_json
        )


@hub_targets.command("propose")
@options.number
@options.standpoint
@click.option(
    "--rule", type=click.Choice(list(map(str, SharingRule))), default=str(SharingRule.CASELOAD), show_default=True
)
@click.option("--whole", type=click.IntRange(min=0), metavar="N", help="How many completions are shared out.")
@click.option(
    "--numbers",
    multiple=True,
    metavar="CODE=N,N,...",
    help="A hub's numbers from --first-month on, in place of a rule; once for each hub.",
)
@click.option("--first-month", type=options.DAY, help="The first day of the first month of --numbers.")
@_FOR
@_ON
@_SEEN
@options.as_json
def propose(
    *,
    number: int,
    as_of: date,
    known_at: KnownAt,
    rule: str,
    whole: int | None,
    numbers: Sequence[str],
    first_month: date | None,
    hubs: Sequence[str],
    on: date | None,
    seen: int | None,
    as_json: bool,
) -> None:
    """Propose how target NUMBER is shared out, by a rule from a standpoint, or as given by --numbers.

    Whoever proposes has agreed to it, for its own side.
    """
    services, speaker = new_services(), _speaker(hubs, on)
    if bool(numbers) != bool(first_month):
        raise click.UsageError("Give --numbers with --first-month.")
    with _Known(number):
        if first_month:
            mine = dict(map(_of_hub, numbers))
            of_hub = commands.with_others(services.register, number, mine, speaker)
            total = whole if whole is not None else sum(map(sum, of_hub.values()))
            proposed = Numbers(total, SharingRule.TYPED, first_month, of_hub)
        else:
            query = ProposalQuery(number, SharingRule(rule), as_of, known_at, whole)
            with services.snapshot() as snapshot:
                made = queries.proposal(snapshot, EVERYTHING, query)
            rows = {hub.agency: hub.numbers for hub in made.hubs}
            proposed = Numbers(made.whole, made.rule, made.months[0], rows)
        _record(services, as_json, number, lambda: commands.propose(services.register, number, proposed, speaker, seen))


def _of_hub(text: str) -> tuple[str, tuple[int, ...]]:
    """A hub and its numbers, as they are written: H0001=2,3,2."""
    hub, _, numbers = text.partition("=")
    parts = numbers.split(",")
    if not hub or not all(part.strip().isdecimal() for part in parts):
        raise click.UsageError("Write a hub's numbers like H0001=2,3,2.")
    return hub, tuple(int(part) for part in parts)


@hub_targets.command("agree")
@options.number
@_FOR
@_ON
@_SEEN
@options.as_json
def agree(*, number: int, hubs: Sequence[str], on: date | None, seen: int | None, as_json: bool) -> None:
    """Agree to the numbers that stand for target NUMBER."""
    services, speaker = new_services(), _speaker(hubs, on)
    _record(services, as_json, number, lambda: commands.agree(services.register, number, speaker, seen))


@hub_targets.command("withdraw")
@options.number
@click.option("--reason", default="", metavar="TEXT", help="Why, for the log.")
@_FOR
@_ON
@_SEEN
@options.as_json
def withdraw(
    *, number: int, reason: str, hubs: Sequence[str], on: date | None, seen: int | None, as_json: bool
) -> None:
    """Take the numbers back that stand for target NUMBER; those that both agreed to, the commissioner may end."""
    services, speaker = new_services(), _speaker(hubs, on)
    _record(services, as_json, number, lambda: commands.withdraw(services.register, number, speaker, reason, seen))


def _speaker(hubs: Sequence[str], on: date | None) -> HubSpeaker:
    day = today()
    return HubSpeaker(new_services().actor, OPERATOR, frozenset(hubs) or None, on or day, day)


class _Known:
    """Around a question: that there is no such target is wrong use."""

    def __init__(self, target: int | None) -> None:
        self.target = target

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        """Say so of a target that is not there."""
        if isinstance(error, NotOwn):
            raise WrongUse(
                f"There is no target {self.target} that completions are needed for. 'recount target list' names them."
            ) from None
        if isinstance(error, NotAllowed):
            raise Refused(error.code, str(error)) from None


def _record(services: Services, as_json: bool, number: int, step: Callable[[], HubTargets]) -> None:
    with refusals(as_json=as_json), _Known(number):
        step()
        with services.snapshot() as snapshot:
            result = queries.as_it_stands(snapshot, EVERYTHING, number)
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=result.document,
        tables=lambda console: tables.print_one(console, result),
    )
