"""The audit trail, and whether all that is stored agrees with the log: log, verify, rebuild."""

import sys
from pathlib import Path
from typing import Final

import click

from domain.errors import WrongUse
from web.auth.viewer import EVERYTHING
from web.cli import options
from web.cli.output import answer, new_services
from web.commands.administration import verification
from web.commands.administration.alone.lock import alone
from web.commands.administration.rebuilders import clients_by
from web.presenters import text
from web.presenters.administration.trail import print_trail, print_verification, rebuild_sentences
from web.presenters.console import messages, say
from web.queries.administration import trail as queries
from web.queries.administration.trail import TrailQuery, episode_named
from web.queries.parameters import client_numbered
from web.services import OPERATOR

DIFFERS: Final = 1
"""The exit code of a check that failed."""


@click.command()
@click.option(
    "--standpoints",
    type=click.IntRange(min=1),
    default=verification.STANDPOINTS,
    show_default=True,
    help="How many standpoints to count again.",
)
@click.option(
    "--against",
    type=options.FILE,
    multiple=True,
    help="A witness file, a head or a certificate that somebody else holds: does the log still go on from it?",
)
@options.as_json
def verify(*, standpoints: int, against: tuple[Path, ...], as_json: bool) -> None:
    """Compare the stored tables with the log and with a second way of counting. Exit code 1 if they differ."""
    services = new_services()
    query = verification.VerifyQuery(standpoints, against)
    with alone(services.engine) as is_alone:
        if not is_alone:
            say(messages(), "Another verification is running. This one runs beside it, and both take longer.")
        result = verification.verify(
            services, query, services.actor, OPERATOR, lambda what: say(messages(), f"Checking {what}.")
        )
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=result.document,
        tables=lambda console: print_verification(console, result),
    )
    if not result.holds:
        sys.exit(DIFFERS)


@click.command()
@click.option("--even-so", is_flag=True, help="Also from a log that was altered, which is refused otherwise.")
@click.option(
    "--jobs", type=click.IntRange(min=1), default=1, metavar="N", help="With so many processes. One, if left out."
)
@click.option("--spark", metavar="MASTER", help="On the Spark cluster at this address, such as spark://HOST:7077.")
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="With --spark: a folder that this machine and all workers see. The temporary one, if left out.",
)
@options.as_json
def rebuild(*, even_so: bool, jobs: int, spark: str | None, folder: Path | None, as_json: bool) -> None:
    """Make the stored tables anew from the log, beside those in use, and switch over in one step.

    A log that is not as it was written is refused. What was at fault in the tables before is said, and kept.
    """
    if folder and not spark:
        raise WrongUse("--folder is for a rebuild with --spark.")
    if spark and jobs > 1:
        raise WrongUse("--jobs is for a rebuild without --spark: a cluster has processes of its own.")
    services = new_services()
    with clients_by(spark, folder, jobs) as clients:
        rebuilt = verification.rebuild(services, services.actor, OPERATOR, even_so=even_so, clients=clients)
    if rebuilt.checks:
        say(messages(), *rebuild_sentences(rebuilt.checks))
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=rebuilt.document,
        tables=lambda console: say(
            console,
            f"The stored tables were made anew from {text.plural(rebuilt.submissions, 'submission')}, and are in use.",
        ),
    )


@click.command()
@click.option("--client", metavar="ID", help="Only the episodes of this client, by the number that 'members' prints.")
@click.option("--episode", metavar="AGENCY/CLIENT/EPISODID", help="Only this episode, by the agency's references.")
@click.option("--submission", type=click.IntRange(min=1), metavar="N", help="Only what this submission brought.")
@click.option("--agency", metavar="CODE", help="Only what this agency's submissions brought.")
@click.option("--from", "first", type=click.IntRange(min=1), metavar="POSITION", help="From this position on.")
@click.option("--to", "last", type=click.IntRange(min=1), metavar="POSITION", help="Up to this position.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="At most so many, the newest.")
@options.as_json
def log(
    *,
    client: str | None,
    episode: str | None,
    submission: int | None,
    agency: str | None,
    first: int | None,
    last: int | None,
    limit: int,
    as_json: bool,
) -> None:
    """The audit trail, newest last: what was said, by whom, from which row of which file, and the three dates.

    Each line has when it happened, when it was received (from then on it was known), and when it was recorded.
    """
    services = new_services()
    query = TrailQuery(
        client_numbered(client) if client else None,
        services.settings.client_key.episode(*episode_named(episode)) if episode else None,
        submission,
        agency,
        first,
        last,
        limit,
    )
    with services.snapshot() as snapshot:
        part = queries.trail_part(snapshot, EVERYTHING, query)
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=lambda: part.result().document(),
            tables=lambda console: print_trail(console, part.entries, earlier=part.earlier),
        )
