"""What the commands of publication and proof do: publish, published, changed, head, member-proof, public-key."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import click

from domain.client import client_number, client_text
from domain.errors import Refused, WrongUse
from domain.log.heads import head_at, newest_head
from domain.measures.registry import MEASURES, measure_named
from domain.register import Recording
from domain.standpoint import Standpoint
from projections import certificate, publishing
from projections.proofs import consistency, log_tree
from projections.published import Publication, cut_named, publication_numbered, publications
from projections.restated import changed_by
from projections.restated import restated as all_restated
from projections.slices import Slice
from web.context import OPERATOR, Context, Question, now, today
from web.demo import NOTICE
from web.schemas import publications as documents
from web.schemas.figure import figure_document
from web.terminal import publications as tables

from .answering import answer, new_context, refusals

KnownAt = date | int | None


def standpoint_of_cut(name: str) -> tuple[date, date | int]:
    """The day that a cut's name stands for, and up to when it knew: the position, if more came on the same day."""
    with new_context().question() as question:
        cut = cut_named(question.connection, question.mapper, name).standpoint
        known_at = cut.known_at
        if known_at is None or question.standpoint(cut.as_of, known_at) != cut:
            return cut.as_of, cut.position
    return cut.as_of, known_at


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
    if measure is None:
        if cut is None or as_of is None:
            raise click.UsageError(
                "Give --measure M to publish a figure, or --cut NAME and --as-of DAY for a scorecard."
            )
        if part != Slice() or definition is not None:
            raise click.UsageError("A scorecard is of everybody, under the definitions in force.")
    elif out is None:
        raise click.UsageError("Give --out FILE for the certificate.")
    elif (cut is None) == (as_of is None) or (cut is not None and known_at is not None):
        raise click.UsageError("Give the figure's --as-of DAY, or the --cut NAME that it is seen from.")
    context = new_context()
    with refusals(as_json=as_json), _draft(out) as write, context.register.recording() as recording:
        publishes = _Publishing(context, recording)
        if measure is None:
            publication = publishes.cut(cut or "", publishes.standpoint(as_of, known_at))
        else:
            standpoint = publishes.standpoint(as_of, known_at, cut)
            publication = publishes.figure(measure, standpoint, part, definition)
        write(publication.event.document)
    answer(
        as_json=as_json,
        demonstration=context.is_demonstration,
        document=lambda: documents.publication(publication) | {"file": str(out) if out else None},
        tables=lambda console: tables.print_publication(console, publication, out),
    )


class _Publishing:
    """One publication, under the writer's lock: what is signed is what is known while nobody else writes."""

    def __init__(self, context: Context, recording: Recording) -> None:
        self.context, self.recording = context, recording
        self.question = Question.of(recording.connection, context.mapper)
        self.issue = publishing.Issue(now(), today(), context.actor, OPERATOR)
        self.beside = {"notice": NOTICE} if self.question.is_demonstration else {}

    def standpoint(self, as_of: date | None, known_at: KnownAt, cut: str | None = None) -> Standpoint:
        if cut is not None:
            return cut_named(self.recording.connection, self.context.mapper, cut).standpoint
        assert as_of is not None
        return self.question.standpoint(as_of, known_at)

    def figure(self, measure: str, standpoint: Standpoint, where: Slice, version: str | None) -> Publication:
        figure, members = self.question.standings(measure_named(measure), standpoint, where, version)
        document = figure_document(figure)
        return publishing.publish_figure(
            self.recording, self.context.signer, figure, members, document, self.issue, self.beside
        )

    def cut(self, name: str, standpoint: Standpoint) -> Publication:
        figures = self.question.figures(MEASURES, standpoint, Slice())
        all_documents = [figure_document(figure) for figure in figures]
        return publishing.publish_cut(
            self.recording, self.context.signer, name, figures, all_documents, self.issue, self.beside
        )


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
    context = new_context()
    with context.question() as question:
        if show is not None:
            document = publication_numbered(question.connection, question.mapper, show).event.document
            click.echo(document, nl=False)
            return
        if changed:
            found = all_restated(question.connection, question.mapper)
            answer(
                as_json=as_json,
                demonstration=question.is_demonstration,
                document=lambda: documents.restated(found),
                tables=lambda console: tables.print_restated(console, found),
            )
            return
        everything = publications(question.connection, question.mapper)
        answer(
            as_json=as_json,
            demonstration=question.is_demonstration,
            document=lambda: {"published": [documents.publication(one) for one in everything]},
            tables=lambda console: tables.print_publications(console, everything),
        )


def changed(*, position: int, as_json: bool) -> None:
    """Which published figures a submission, or one event of it, changed."""
    with new_context().question() as question:
        found = changed_by(question.connection, question.mapper, position)
        answer(
            as_json=as_json,
            demonstration=question.is_demonstration,
            document=lambda: documents.changed(found),
            tables=lambda console: tables.print_changed(console, found),
        )


def head(*, since: int | None, out: Path | None) -> None:
    """The newest signed head, with the proof that an earlier one begins it."""
    with new_context().question() as question:
        connection = question.connection
        newest = newest_head(connection)
        if newest is None:
            raise Refused("nothing-known", "Nothing is in the log yet, so there is no head.")
        path: list[bytes] = []
        if since is not None:
            if since > newest.head.size:
                raise WrongUse(f"The log has {newest.head.size} events; there is no proof from {since}.")
            head_at(connection, since)
            path = consistency(log_tree(connection), since, newest.head.size)
    _hand_out(certificate.printed(certificate.later_head(newest, since, path)), out)


def member_proof(*, number: int, client: str, out: Path | None) -> None:
    """The proof that a client is in a certified figure."""
    with new_context().question() as question:
        document = publishing.member_proof(question.connection, question.mapper, number, _client_number(client))
    _hand_out(certificate.printed(document), out)


def _hand_out(text: str, out: Path | None) -> None:
    if out is None:
        click.echo(text, nl=False)
        return
    with _draft(out) as write:
        write(text)


def _client_number(text: str) -> int:
    try:
        number = client_number(text)
        if client_text(number) == text:
            return number
    except (ValueError, OverflowError):
        pass
    raise WrongUse(f"'{text}' is no client number. Copy one from 'recount members'.")


def public_key() -> None:
    """The service's public key."""
    click.echo(new_context().signer.public_pem, nl=False)
