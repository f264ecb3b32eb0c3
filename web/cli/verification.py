"""What the commands that look after the data do: verify, rebuild, log."""

import sys

from web.context import OPERATOR
from web.presenters import text
from web.presenters.console import messages, say
from web.presenters.trail import print_trail, print_verification
from web.queries import trail as trails
from web.queries import verification
from web.queries.parameters import client_numbered

from .output import answer, new_context

DIFFERS = 1
"""The exit code of a check that failed."""


def verify(*, standpoints: int | None, as_json: bool) -> None:
    """Compare what is stored with the log; exit code 1 if they differ."""
    context = new_context()
    asked = verification.VerifyAsked(standpoints) if standpoints else verification.VerifyAsked()
    found = verification.verify(
        context, asked, context.actor, OPERATOR, lambda what: say(messages(), f"Checking {what}.")
    )
    answer(
        as_json=as_json,
        demonstration=context.is_demonstration,
        document=found.document,
        tables=lambda console: print_verification(console, found.verification),
    )
    if not found.verification.holds:
        sys.exit(DIFFERS)


def rebuild(*, as_json: bool) -> None:
    """Make the stored tables anew."""
    context = new_context()
    made = verification.rebuild(context)
    answer(
        as_json=as_json,
        demonstration=context.is_demonstration,
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
    context = new_context()
    asked = trails.TrailAsked(
        client_numbered(client) if client else None,
        context.settings.client_key.episode(*trails.episode_named(episode)) if episode else None,
        submission,
        agency,
        first,
        last,
        limit,
    )
    with context.question() as question:
        found = trails.trail(question, asked)
        answer(
            as_json=as_json,
            demonstration=question.is_demonstration,
            document=found.document,
            tables=lambda console: print_trail(console, found.entries, earlier=found.earlier),
        )
