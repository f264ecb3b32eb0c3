"""What the commands of publication and proof do: publish, published, changed, head, member-proof, public-key."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import click

from domain.measures.registry import measure_named
from projections.standings.slices import Slice
from web.auth.viewer import EVERYTHING
from web.presenters import publications as tables
from web.queries import publications
from web.queries.parameters import KnownAt, client_numbered, version_named
from web.services import OPERATOR

from .output import answer, new_services, refusals


def standpoint_of_cut(name: str) -> tuple[date, date | int]:
    """The day that a cut's name stands for, and up to when it knew."""
    with new_services().snapshot() as snapshot:
        return publications.standpoint_of_cut(snapshot, name)


def publish(
    *,
    measure: str | None,
    cut: str | None,
    as_of: date | None,
    known_at: KnownAt,
    definition: str | None,
    out: Path | None,
    as_json: bool,
    **where: Any,
) -> None:
    """Issue a certificate of one figure, or freeze a scorecard under a name."""
    part = Slice(**where)
    asked: publications.PublishFigure | publications.PublishCut
    if measure is None:
        asked = _frozen(cut, as_of, known_at)
        if part != Slice() or definition is not None:
            raise click.UsageError("A scorecard is of everybody, under the definitions in force.")
    elif out is None:
        raise click.UsageError("Give --out FILE for the certificate.")
    elif (cut is None) == (as_of is None) or (cut is not None and known_at is not None):
        raise click.UsageError("Give the figure's --as-of DAY, or the --cut NAME that it is seen from.")
    else:
        asked = publications.PublishFigure(
            measure_named(measure), as_of, known_at, cut, part, version_named(definition)
        )
    services = new_services()
    with (
        refusals(as_json=as_json),
        _draft(out) as write,
        publications.publishing(services, services.actor, OPERATOR) as publisher,
    ):
        found = publisher.cut(asked) if isinstance(asked, publications.PublishCut) else publisher.figure(asked)
        write(found.text)
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=lambda: found.document() | {"file": str(out) if out else None},
        tables=lambda console: tables.print_publication(console, found.publication, out),
    )


def _frozen(name: str | None, as_of: date | None, known_at: KnownAt) -> publications.PublishCut:
    if name is None or as_of is None:
        raise click.UsageError("Give --measure M to publish a figure, or --cut NAME and --as-of DAY for a scorecard.")
    return publications.PublishCut(name, as_of, known_at)


@contextmanager
def _draft(path: Path | None) -> Iterator[Callable[[str], None]]:
    """A file that is there whole once everything else has gone well, or not at all; no path, no file."""
    if path is None:
        yield lambda _text: None
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("w", encoding="utf-8", newline="\n") as out:
            yield out.write  # type: ignore[misc]
            out.flush()
            os.fsync(out.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def published(*, changed: bool, show: int | None, as_json: bool) -> None:
    """Everything that was ever published; or what of it is another figure as known now; or one document again."""
    with new_services().snapshot() as snapshot:
        if show is not None:
            click.echo(publications.publication(snapshot, show).text, nl=False)
            return
        if changed:
            restated = publications.restated(snapshot, EVERYTHING)
            answer(
                as_json=as_json,
                demonstration=snapshot.is_demonstration,
                document=restated.document,
                tables=lambda console: tables.print_restated(console, restated.figures),
            )
            return
        everything = publications.publications(snapshot)
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=everything.document,
            tables=lambda console: tables.print_publications(console, everything.publications),
        )


def changed(*, position: int, as_json: bool) -> None:
    """Which published figures a submission, or one event of it, changed."""
    with new_services().snapshot() as snapshot:
        found = publications.changed(snapshot, EVERYTHING, position)
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=found.document,
            tables=lambda console: tables.print_changed(console, found.changed),
        )


def head(*, since: int | None, out: Path | None) -> None:
    """The newest signed head, with the proof that an earlier one begins it."""
    with new_services().snapshot() as snapshot:
        text = publications.head(snapshot, since).text
    _hand_out(text, out)


def member_proof(*, number: int, client: str, out: Path | None) -> None:
    """The proof that a client is in a certified figure."""
    with new_services().snapshot() as snapshot:
        text = publications.member_proof(snapshot, number, client_numbered(client)).text
    _hand_out(text, out)


def _hand_out(text: str, out: Path | None) -> None:
    if out is None:
        click.echo(text, nl=False)
        return
    with _draft(out) as write:
        write(text)


def public_key() -> None:
    """The service's public key."""
    click.echo(new_services().signer.public_pem, nl=False)
