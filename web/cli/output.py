"""How a command answers: one JSON document, or tables; and, of the demonstration, that nobody in it is real."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, Protocol, TypeVar

import click
from rich.console import Console

from domain.errors import Refused
from projections.standings.slices import Slice
from web.auth.viewer import EVERYTHING, Viewer
from web.clock import today
from web.commands.commit import Receipt
from web.operations.remains import place_for_copies, sweep
from web.presenters.console import messages, output, say
from web.queries.slices import unknown
from web.services import OPERATOR, Services
from web.settings import Settings
from web.snapshot import NOTICE, Snapshot

Document = dict[str, Any]


class _HasDocument(Protocol):
    def document(self) -> Document: ...


Query = TypeVar("Query")
Result = TypeVar("Result", bound=_HasDocument)


def new_services() -> Services:
    """The surroundings of the running command; closed with it. Files that others may open are mended or named."""
    services = Services()
    tidy(services.settings)
    click.get_current_context().call_on_close(services.close)
    return services


def tidy(settings: Settings) -> None:
    """Before a database is opened: nobody else may open its files, and nothing is left of a copy of a backup."""
    for complaint in settings.protect():
        say(messages(), complaint)
    sweep(place_for_copies(settings.file))


def receipt(services: Services, received_on: date | None = None, *, dry_run: bool = False) -> Receipt:
    """What reached the commissioner on a day, today if none is given, as the machine's user submits it."""
    return Receipt(received_on or today(), today(), services.actor, OPERATOR, dry_run)


def clear_remains(services: Services) -> None:
    """After an erasure: nothing of it stays in the database's files; on standard error, if that has to wait."""
    note_remains(cleared=services.finish_erasure())


def note_remains(*, cleared: bool) -> None:
    """Say on standard error if the remains of what was erased could not be cleared."""
    if not cleared:
        say(
            messages(),
            "The records are erased, but their remains could not be cleared from the database's file, since another "
            "process is reading it. Run 'recount dispose' once it has ended: that clears them too.",
        )


def answer_query(
    ask: Callable[[Snapshot, Viewer, Query], Result],
    query: Query,
    tables: Callable[[Console, Result], None],
    *slices: Slice,
    as_json: bool,
) -> None:
    """Ask what is stored, and print the result.

    On standard error, of which area or agency nothing is known; people then see no table of 0 of 0.
    """
    with new_services().snapshot() as snapshot:
        if note_unknown(snapshot, *slices) and not as_json:
            return
        result = ask(snapshot, EVERYTHING, query)
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=result.document,
            tables=lambda console: tables(console, result),
        )


def answer(
    *, as_json: bool, demonstration: bool, document: Callable[[], Document], tables: Callable[[Console], None]
) -> None:
    """Print the answer for programs, or for people."""
    if as_json:
        print_document(document(), demonstration=demonstration)
    else:
        tables(output())
        print_notice(demonstration=demonstration)


def print_document(document: Document, *, demonstration: bool) -> None:
    """One JSON document on standard output."""
    notice = {"notice": NOTICE} if demonstration else {}
    click.echo(json.dumps(document | notice, indent=2, ensure_ascii=False))


def print_notice(*, demonstration: bool) -> None:
    """What every output of the demonstration says."""
    if demonstration:
        say(output(), NOTICE)


def note_unknown(snapshot: Snapshot, *slices: Slice) -> bool:
    """Say on standard error of which area or agency nothing is known; whether there is any."""
    names = unknown(snapshot, *slices)
    for name in names:
        say(messages(), f"Note: {name.sentence}")
    return bool(names)


@contextmanager
def refusals(*, as_json: bool, beside: Callable[[], Document] = dict) -> Iterator[None]:
    """With `--json` a refusal is a document too; `beside` gives what else it holds."""
    try:
        yield
    except Refused as refused:
        if as_json:
            refusal = {"file": refused.file, "code": refused.code, "message": refused.message}
            print_document({"refused": refusal} | beside(), demonstration=False)
        raise
