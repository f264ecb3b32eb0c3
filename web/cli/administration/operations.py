"""The commands that bring the database up to this version, and run the service: migrate, serve."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import click

from web.auth import accounts
from web.auth.roles import Role
from web.cli import options
from web.cli.output import answer, new_services, tidy
from web.presenters.console import messages, output, say
from web.services import Services
from web.settings import Settings

from .accounts import link_of, port_of_environment

if TYPE_CHECKING:
    from web.commands.administration.migrate import MigrationResult

VISITOR: Final = "visitor"
"""The account of whoever looks round in the demonstration."""


@click.command()
@options.as_json
def migrate(*, as_json: bool) -> None:
    """Bring a database that an earlier version wrote up to this one's tables, or say that there is nothing to do.

    Stop the service and make a backup before. Should it fail, the database is as it was.
    """
    # Alembic is slow to load, and nothing else here needs it.
    from web.commands.administration import migrate as migrations

    services = new_services()
    result = migrations.migrate(services)
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=result.document,
        tables=lambda console: say(console, *_migration_sentences(result)),
    )


def _migration_sentences(result: "MigrationResult") -> Iterator[str]:
    if result.steps:
        yield f"The database was brought from version {result.before} of its tables to {result.now}."
    elif not result.rebuilt:
        yield f"There is nothing to do: the database is of version {result.now}, which is this program's."
    if result.rebuilt:
        yield "The stored tables were made anew from the log."


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Where to listen on 127.0.0.1; PORT, or 8000, if left out.")
@click.option("--workers", type=click.IntRange(min=1), default=2, show_default=True, help="Processes that answer.")
@click.option(
    "--threads",
    type=click.IntRange(min=1),
    default=4,
    show_default=True,
    help="Threads of each process for those who look.",
)
@click.option(
    "--log",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="What goes to standard error: sentences, or lines of JSON with one of each request.",
)
def serve(*, port: int | None, workers: int, threads: int, log: str) -> None:
    """Run the service on 127.0.0.1, until it is told to stop."""
    from web.operations.serving import ADDRESS
    from web.operations.serving import serve as run

    settings = Settings.from_environment()
    tidy(settings)
    port = port_of_environment() if port is None else port
    # This opens the database: what is wrong with it is said before anything listens.
    to_do = first_steps(settings)
    if log == "json":
        run(settings, port, workers, threads, as_json=True)
        return
    link = _visitors_link(settings, port)
    say(messages(), f"Recount answers on http://{ADDRESS}:{port}/ until you press Ctrl+C.")
    if to_do:
        say(messages(), *to_do)
    if link:
        say(messages(), "Open this link within 15 minutes to look round as an invented commissioner:")
        say(output(), link)
    run(settings, port, workers, threads)


FIRST_ACCOUNT: Final = 'recount user "YOUR NAME" --role administrator --link'
"""The one command that the set-up needs."""
SIGN_IN_TO_SET_UP: Final = "Nothing has been received yet. Sign in and open /set-up: it leads through the set-up."


def first_steps(settings: Settings) -> tuple[str, ...]:
    """What to do about a database without a monthly file; nothing where there is one."""
    services = Services(settings)
    try:
        with services.snapshot() as snapshot:
            if snapshot.submissions.has_monthly_file:
                return ()
            if accounts.is_any(snapshot.access):
                return (SIGN_IN_TO_SET_UP,)
    finally:
        services.close()
    return (
        "Nothing is set up yet. Make the first account in another terminal, and open the link that it prints:",
        f"  {FIRST_ACCOUNT}",
        "The page that it leads to goes through the rest: accounts, contracts, targets, the first file.",
    )


def _visitors_link(settings: Settings, port: int) -> str | None:
    """Of the demonstration, in which no person is real: an address that signs in whoever started it, once."""
    services = Services(settings)
    try:
        return link_of(services, VISITOR, Role.COMMISSIONER, port) if services.is_demonstration else None
    finally:
        services.close()
