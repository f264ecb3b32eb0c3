"""The commands of publication and proof: publish, published, changed, head, member-proof, public-key."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click

from domain.errors import DatabaseBusy
from domain.measures.registry import measure_named
from projections.standings.slices import Slice
from web.auth.viewer import EVERYTHING
from web.cli import options
from web.cli.output import answer, new_services, refusals
from web.commands.administration.verification import hand_over, sign_trail
from web.commands.contract_life.publish import PublishCut, PublishFigure, publishing
from web.presenters.console import messages, say
from web.presenters.contract_life import publications as tables
from web.queries.contract_life import proofs
from web.queries.contract_life import publications as queries
from web.queries.parameters import KnownAt, client_numbered, version_named
from web.services import OPERATOR
from web.witnesses import Witness


@click.command()
@click.option("--measure", metavar="M", help="The measure's code, of a certificate of one figure.")
@options.as_of
@options.known_at
@click.option(
    "--cut", metavar="NAME", help="The scorecard's name; with --measure, the scorecard to take a figure from."
)
@options.slice_
@options.definition
@click.option("--out", type=options.NEW_FILE, help="Where to write the certificate.")
@options.as_json
def publish(
    *,
    measure: str | None,
    cut: str | None,
    as_of: date | None,
    known_at: KnownAt,
    slice_: Slice,
    definition: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Issue a signed certificate of one figure, or freeze a whole scorecard under a name.

    With --measure, the certificate goes to --out. With --cut and --as-of alone, all figures of that standpoint are
    frozen, and the name can be used in its place from then on. Both are recorded in the log.
    """
    request: PublishFigure | PublishCut
    if measure is None:
        request = _frozen(cut, as_of, known_at)
        if slice_ != Slice() or definition is not None:
            raise click.UsageError("A scorecard is of everybody, under the definitions in force.")
    elif out is None:
        raise click.UsageError("Give --out FILE for the certificate.")
    elif (cut is None) == (as_of is None) or (cut is not None and known_at is not None):
        raise click.UsageError("Give the figure's --as-of DAY, or the --cut NAME that it is seen from.")
    else:
        request = PublishFigure(measure_named(measure), as_of, known_at, cut, slice_, version_named(definition))
    services = new_services()
    with (
        refusals(as_json=as_json),
        _draft(out) as write,
        publishing(services, services.actor, OPERATOR) as publisher,
    ):
        result = publisher.cut(request) if isinstance(request, PublishCut) else publisher.figure(request)
        write(result.text)
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=lambda: result.publication.document() | {"file": str(out) if out else None},
        tables=lambda console: tables.print_publication(console, result.publication, out),
    )


def _frozen(name: str | None, as_of: date | None, known_at: KnownAt) -> PublishCut:
    if name is None or as_of is None:
        raise click.UsageError("Give --measure M to publish a figure, or --cut NAME and --as-of DAY for a scorecard.")
    return PublishCut(name, as_of, known_at)


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


@click.command()
@click.option("--changed", is_flag=True, help="Only the published figures that are others as known now.")
@click.option(
    "--show", type=click.IntRange(min=1), metavar="N", help="The document of publication N, as it was signed."
)
@options.as_json
def published(*, changed: bool, show: int | None, as_json: bool) -> None:
    """Every figure and scorecard ever published, the oldest first."""
    with new_services().snapshot() as snapshot:
        if show is not None:
            click.echo(proofs.signed_text(snapshot, EVERYTHING, show), nl=False)
            return
        if changed:
            answer(
                as_json=as_json,
                demonstration=snapshot.is_demonstration,
                document=lambda: queries.restated(snapshot, EVERYTHING).document(),
                tables=lambda console: tables.print_restated(
                    console,
                    queries.restated_figures(snapshot, EVERYTHING),
                    queries.entered_restated(snapshot, EVERYTHING),
                ),
            )
            return
        result = queries.publications(snapshot, EVERYTHING)
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=result.document,
            tables=lambda console: tables.print_publications(console, result.published),
        )


@click.command()
@click.argument("position", type=click.IntRange(min=1))
@options.as_json
def changed(*, position: int, as_json: bool) -> None:
    """Which published figures the submission at POSITION of the log changed, or one event inside a submission."""
    with new_services().snapshot() as snapshot:
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=lambda: queries.changed(snapshot, EVERYTHING, position).document(),
            tables=lambda console: tables.print_changed(
                console, queries.changed_figures(snapshot, EVERYTHING, position)
            ),
        )


@click.command()
@click.option("--from", "since", type=click.IntRange(min=1), metavar="SIZE", help="Prove that it goes on from there.")
@click.option("--out", type=options.NEW_FILE, help="Where to write it; standard output if left out.")
@click.option(
    "--to", "places", multiple=True, metavar="FILE|URL", help="A witness: append it to this file, or POST it there."
)
def head(*, since: int | None, out: Path | None, places: tuple[str, ...]) -> None:
    """The newest signed head of the log, as JSON; with --from, the proof that the log only grew since.

    With --to it is also handed to a witness, as RECOUNT_WITNESS has it done after each submission.
    """
    services = new_services()
    witnesses = [Witness(place) for place in places]
    try:
        sign_trail(services)
    except DatabaseBusy:
        say(messages(), "The database is busy, so this head does not cover the newest lines of the trail of access.")
    with services.snapshot() as snapshot:
        text = proofs.head(snapshot, EVERYTHING, since).text
    for witness in witnesses:
        hand_over(services, witness)
    _write_out(text, out)


@click.command("member-proof")
@options.number
@click.argument("client")
@click.option("--out", type=options.NEW_FILE, help="Where to write it; standard output if left out.")
def member_proof(*, number: int, client: str, out: Path | None) -> None:
    """The proof that CLIENT is in the figure of certificate NUMBER, counted or not, showing nobody else."""
    with new_services().snapshot() as snapshot:
        proof = proofs.member_proof(snapshot, EVERYTHING, number, client_numbered(client))
    assert proof is not None
    _write_out(proof.text, out)


def _write_out(text: str, out: Path | None) -> None:
    if out is None:
        click.echo(text, nl=False)
        return
    with _draft(out) as write:
        write(text)


@click.command("public-key")
def public_key() -> None:
    """The public key that verifies what this service signs, PEM."""
    click.echo(new_services().signer.public_pem, nl=False)
