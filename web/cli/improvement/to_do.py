"""The command that lists what the commissioner has to do: to-do."""

import click

from web.auth.viewer import EVERYTHING
from web.cli import options
from web.cli.output import answer, new_services, refusals
from web.clock import today
from web.commands.agreement.parties import party_of
from web.presenters.improvement import home as words
from web.queries.improvement import to_do as queries
from web.queries.improvement.to_do import ToDoQuery
from web.services import OPERATOR


@click.command("to-do")
@options.as_json
def to_do(*, as_json: bool) -> None:
    """What the commissioner has to do: what providers have said, and nobody has answered yet."""
    services = new_services()
    with refusals(as_json=as_json), services.snapshot() as snapshot:
        result = queries.to_do(snapshot, EVERYTHING, ToDoQuery(party_of(OPERATOR), today()))
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=result.document,
        tables=lambda console: words.print_to_do(console, result),
    )
