"""What `check-certificate` does. It needs no database, and imports nothing that has one."""

import json
from pathlib import Path
from typing import Any

import click

from domain.errors import Refused
from domain.proof.signing import PublicKeys
from projections.publication.certificate import CertificateCheck, check


def check_certificate(*, file: Path, public_key: Path, head: Path | None, member: Path | None, as_json: bool) -> None:
    """Verify one file; a refusal says what in it does not hold."""
    try:
        checked = check(
            file.read_bytes(),
            PublicKeys.read(public_key.read_bytes(), str(public_key)),
            str(file),
            head.read_bytes() if head else None,
            member.read_bytes() if member else None,
        )
    except Refused as refused:
        if as_json:
            said = {"file": refused.file, "code": refused.code, "message": refused.message}
            _print({"holds": False, "refused": said})
        raise
    if as_json:
        _print({"holds": True, "verified": list(checked.sentences), "document": checked.document})
        return
    click.echo("\n".join([f"{file} holds.", *_summary(checked), *checked.sentences]))
    if notice := checked.document.get("notice"):
        click.echo(notice)


def _print(document: dict[str, Any]) -> None:
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def _summary(checked: CertificateCheck) -> list[str]:
    document = checked.document
    if "figure" not in document:
        return [f"Scorecard '{document['name']}': {len(document['figures'])} figures as of {document['as_of']}."]
    return [f"Certificate {document['number']}: {_figure(document['figure'])}"]


def _figure(figure: dict[str, Any]) -> str:
    of = "" if figure["denominator"] is None else f" of {figure['denominator']}"
    part = figure["slice"]
    said = [f"area {part['area']}"] if part["area"] else []
    said += [f"agency {part['agency']}"] if part["agency"] else []
    said += ["referred by criminal justice"] if part["criminal_justice"] else []
    said += ["young people"] if part["young_people"] else []
    return (
        f"{figure['measure']} {figure['name']}, {', '.join(said) or 'everybody'}: {figure['numerator']}{of} as of "
        f"{figure['as_of']}, as known on {figure['known_at']} ({figure['status']})."
    )
