"""The commands `check-certificate` and `check-witness`. They need no database."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from domain.errors import Refused
from domain.proof.signing import PublicKeys
from projections.publication.certificate import CertificateCheck, check
from projections.publication.held_heads import check_heads
from web.cli import options


@click.command()
@click.argument("file", type=options.FILE)
@click.option("--public-key", type=options.FILE, required=True, help="The public key of the service that signed, PEM.")
@click.option(
    "--head", type=options.FILE, help="A later head, from 'recount head --from': is the history still the same?"
)
@click.option("--member", type=options.FILE, help="A proof from 'recount member-proof': is the client in the figure?")
@options.as_json
def check_certificate(*, file: Path, public_key: Path, head: Path | None, member: Path | None, as_json: bool) -> None:
    """Verify a certificate, or a frozen scorecard, with no database and no network. Exit code 1 if it does not hold."""
    with _refused_as_json(as_json=as_json):
        checked = check(
            file.read_bytes(),
            PublicKeys.read(public_key.read_bytes(), str(public_key)),
            str(file),
            head.read_bytes() if head else None,
            member.read_bytes() if member else None,
        )
    if as_json:
        _print({"holds": True, "verified": list(checked.sentences), "document": checked.document})
        return
    click.echo("\n".join([f"{file} holds.", *_summary(checked), *checked.sentences]))
    if notice := checked.document.get("notice"):
        click.echo(notice)


@click.command()
@click.argument("file", type=options.FILE)
@click.option("--public-key", type=options.FILE, required=True, help="The public key of the service that signed, PEM.")
@options.as_json
def check_witness(*, file: Path, public_key: Path, as_json: bool) -> None:
    """Verify the heads that a witness was handed: one history that only grew. No database. Exit code 1 if not."""
    with _refused_as_json(as_json=as_json):
        checked = check_heads(file.read_bytes(), PublicKeys.read(public_key.read_bytes(), str(public_key)), str(file))
    if as_json:
        last = checked.heads[-1].head
        gaps = [{"from": earlier, "to": later} for earlier, later in checked.gaps]
        newest = {"size": last.size, "recorded_at": last.recorded}
        _print({"holds": True, "heads": len(checked.heads), "newest": newest, "gaps": gaps})
        return
    click.echo("\n".join([f"{file} holds.", *checked.sentences]))


@contextmanager
def _refused_as_json(*, as_json: bool) -> Iterator[None]:
    """With --json, a refusal is printed as a document before it ends the command."""
    try:
        yield
    except Refused as refused:
        if as_json:
            refusal = {"file": refused.file, "code": refused.code, "message": refused.message}
            _print({"holds": False, "refused": refusal})
        raise


def _print(document: dict[str, Any]) -> None:
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def _summary(checked: CertificateCheck) -> list[str]:
    document = checked.document
    if "figure" not in document:
        return [f"Scorecard '{document['name']}': {len(document['figures'])} figures as of {document['as_of']}."]
    return [f"Certificate {document['number']}: {_figure(document['figure'])}"]


def _figure(figure: dict[str, Any]) -> str:
    total = "" if figure["denominator"] is None else f" of {figure['denominator']}"
    return (
        f"{figure['measure']} {figure['name']}, {_slice(figure['slice'])}: {figure['numerator']}{total} as of "
        f"{figure['as_of']}, as known on {figure['known_at']} ({figure['status'] or figure.get('source')})."
    )


def _slice(slice_: dict[str, Any]) -> str:
    limits = [f"area {slice_['area']}"] if slice_["area"] else []
    limits += [f"agency {slice_['agency']}"] if slice_["agency"] else []
    limits += ["referred by criminal justice"] if slice_["criminal_justice"] else []
    limits += ["young people"] if slice_["young_people"] else []
    return ", ".join(limits) or "everybody"
