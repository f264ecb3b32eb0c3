"""The command that lists what a party has to do: to-do."""

import click

from domain.contract_life.transitions import PROVIDER
from web.auth.roles import Reach
from web.auth.viewer import EVERYTHING, Viewer
from web.cli import options
from web.cli.output import answer, new_services, refusals
from web.clock import today
from web.commands.agreement.parties import party_of
from web.presenters.improvement import home as words
from web.queries.improvement import to_do as queries
from web.queries.improvement.to_do import ToDoQuery
from web.services import OPERATOR


@click.command("to-do")
@click.option("--for", "agencies", multiple=True, metavar="CODE", help="What a provider has to do: its agencies.")
@options.as_json
def to_do(*, agencies: tuple[str, ...], as_json: bool) -> None:
    """What a party has to do: what the other one has said, and nobody has answered yet."""
    services = new_services()
    with refusals(as_json=as_json), services.snapshot() as snapshot:
        viewer, party = EVERYTHING, party_of(OPERATOR)
        if agencies:
            granted = frozenset(agencies)
            own = snapshot.agencies_of_provider(granted, today()) & granted
            viewer, party = Viewer(Reach.OWN, own, granted), PROVIDER
        result = queries.to_do(snapshot, viewer, ToDoQuery(party, today()))
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=result.document,
        tables=lambda console: words.print_to_do(console, result),
    )
