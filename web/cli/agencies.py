"""What the command `agency` does: names for the agencies' codes."""

import click

from domain.log.database import reading, writing
from web.presenters.console import Column, print_table, say
from web.queries.agency_names import agency_names, name_agency

from .output import answer, new_services, refusals


def agency(*, code: str | None, name: str | None, as_json: bool) -> None:
    """Name an agency, or list the names."""
    if (code is None) != (name is None):
        raise click.UsageError("Give CODE and --name; or neither, for the list.")
    services = new_services()
    with refusals(as_json=as_json):
        if code is not None and name is not None:
            with writing(services.engine) as connection:
                name_agency(connection, code, name)
        with reading(services.engine) as connection:
            found = agency_names(connection)
    columns = (Column("agency"), Column("name"))
    answer(
        as_json=as_json,
        demonstration=False,
        document=lambda: {"agencies": [{"agency": one, "name": its} for one, its in found.items()]},
        tables=lambda console: (
            print_table(console, columns, found.items()) if found else say(console, "No agency has a name.")
        ),
    )
