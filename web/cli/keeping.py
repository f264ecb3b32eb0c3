"""What the commands that look after the data do: verify, rebuild, log."""

import sys
from uuid import UUID

from domain.client import client_number
from domain.errors import WrongUse
from projections import rebuild as rebuilding
from projections import verify as verifying
from projections.trail import Asked, streams_of_client, trail
from web.context import Context, Question
from web.schemas import keeping as documents
from web.terminal import words
from web.terminal.console import messages, say
from web.terminal.keeping import print_trail, print_verification

from .answering import answer, new_context

DIFFERS = 1
"""The exit code of a check that failed."""


def verify(*, standpoints: int | None, as_json: bool) -> None:
    """Compare what is stored with the log; exit code 1 if they differ."""
    context = new_context()
    found = verifying.verify(
        context.engine,
        context.mapper,
        standpoints or verifying.STANDPOINTS,
        lambda what: say(messages(), f"Checking {what}."),
        context.signer.keys,
    )
    answer(
        as_json=as_json,
        demonstration=context.is_demonstration,
        document=lambda: documents.verification(found),
        tables=lambda console: print_verification(console, found),
    )
    if not found.holds:
        sys.exit(DIFFERS)


def rebuild(*, as_json: bool) -> None:
    """Make the stored tables anew."""
    context = new_context()
    generation = rebuilding.rebuild(context.engine, context.mapper)
    with context.question() as question:
        submissions = len(question.submissions)
    answer(
        as_json=as_json,
        demonstration=context.is_demonstration,
        document=lambda: {"generation": generation, "submissions": submissions},
        tables=lambda console: say(
            console, f"The stored tables were made anew from {words.plural(submissions, 'submission')}, and are in use."
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
    with context.question() as question:
        streams = _streams(context, question, client, episode)
        # One more than is shown tells whether there is more.
        asked = Asked(streams, submission, agency, first, last, limit + 1)
        entries = trail(question.connection, question.mapper, question.generation, asked)
        earlier = entries[0].position if len(entries) > limit else None
        shown = entries[-limit:]
        answer(
            as_json=as_json,
            demonstration=question.is_demonstration,
            document=lambda: documents.trail(shown, earlier=earlier),
            tables=lambda console: print_trail(console, shown, earlier=earlier),
        )


def _streams(context: Context, question: Question, client: str | None, episode: str | None) -> list[UUID] | None:
    if client and episode:
        raise WrongUse("Give --client or --episode, not both.")
    if client:
        return streams_of_client(question.connection, question.generation, _client_number(client))
    if episode:
        match episode.split("/"):
            case [agency, client_reference, episode_reference]:
                return [context.settings.client_key.episode(agency, client_reference, episode_reference)]
            case _:
                raise WrongUse(f"'{episode}' is no episode. Write AGENCY/CLIENT/EPISODID, like H0001/1/1.")
    return None


def _client_number(text: str) -> int:
    try:
        return client_number(text)
    except ValueError:
        raise WrongUse(f"'{text}' is no client number. Copy one from 'recount members'.") from None
