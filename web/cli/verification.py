"""What the commands that look after the data do: verify, rebuild, log."""

import sys

from web.commands import verification
from web.presenters import text
from web.presenters.console import messages, say
from web.presenters.trail import print_trail, print_verification
from web.queries import trail as trails
from web.queries.parameters import client_numbered
from web.services import OPERATOR

from .output import answer, new_services

DIFFERS = 1
"""The exit code of a check that failed."""


def verify(*, standpoints: int | None, as_json: bool) -> None:
    """Compare what is stored with the log; exit code 1 if they differ."""
    services = new_services()
    asked = verification.VerifyQuery(standpoints) if standpoints else verification.VerifyQuery()
    found = verification.verify(
        services, asked, services.actor, OPERATOR, lambda what: say(messages(), f"Checking {what}.")
    )
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=found.document,
        tables=lambda console: print_verification(console, found.verification),
    )
    if not found.verification.holds:
        sys.exit(DIFFERS)


def rebuild(*, as_json: bool) -> None:
    """Make the stored tables anew."""
    services = new_services()
    made = verification.rebuild(services)
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=made.document,
        tables=lambda console: say(
            console,
            f"The stored tables were made anew from {text.plural(made.submissions, 'submission')}, and are in use.",
        ),
    )


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
    """The audit trail."""
    services = new_services()
    asked = trails.TrailQuery(
        client_numbered(client) if client else None,
        services.settings.client_key.episode(*trails.episode_named(episode)) if episode else None,
        submission,
        agency,
        first,
        last,
        limit,
    )
    with services.snapshot() as snapshot:
        found = trails.trail(snapshot, asked)
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=found.document,
            tables=lambda console: print_trail(console, found.entries, earlier=found.earlier),
        )
