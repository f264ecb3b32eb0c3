"""Checking a certificate: whether it holds and, if not, where it says something else than what was signed here."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from domain.errors import Refused
from domain.proof.signing import PublicKeys
from projections.publication.certificate import CertificateCheck, check
from projections.standings.slices import Slice
from web import parameters
from web.auth import guard
from web.auth.rate_limits import limit_uploads
from web.auth.roles import Right
from web.pages.frame.forms import FileField, Form, TextareaField
from web.pages.frame.layout import Page
from web.presenters import text as words
from web.presenters.contract_life.publications import altered, counts
from web.presenters.tables import Column, Table
from web.queries.contract_life.proofs import signed_text
from web.queries.contract_life.publications import publications

from .publications import blueprint

MOST_DIFFERENCES: Final = 20
"""Places named in which a document differs from the one that was signed."""


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """What checking a document found: what was verified, or why it does not hold and what in it was altered."""

    checked: CertificateCheck | None
    why_not: str = ""
    altered: tuple[str, ...] = ()
    is_none: bool = False
    """What was given is no certificate at all, or only a part of one."""

    @property
    def heading(self) -> str:
        """What was found of a document that does not hold."""
        return "This is not a whole certificate" if self.is_none else "It does not hold"

    @property
    def figures(self) -> list[tuple[str, str, int | str]]:
        """What a document that holds says: figure, of whom, and counts."""
        if self.checked is None:
            return []
        document = self.checked.document
        return [
            (
                f"{one['measure']} {one['name']}",
                words.slice_of(Slice(**one["slice"])),
                counts(one["numerator"], one["denominator"]),
            )
            for one in document.get("figures") or [document["figure"]]
        ]

    @property
    def standpoint(self) -> tuple[date, date] | None:
        """Both days of it."""
        if self.checked is None:
            return None
        document = self.checked.document
        first = document.get("figure", document)
        known_at = first["known_at"]
        return date.fromisoformat(first["as_of"]), date.fromisoformat(known_at or first["as_of"])


class CheckForm(Form):
    """A document to check, and by whose key if not by ours: each as a file, or pasted."""

    document = FileField("File of the certificate or scorecard", accept=".json,application/json")
    document_text = TextareaField("Or paste its text", rows=6, options={"spellcheck": False})
    key = FileField(
        "Public key of that service", "A PEM file. Without one, the key of this service is used.", accept=".pem"
    )
    key_text = TextareaField("Or paste the key", rows=3, options={"spellcheck": False})

    def read(self, name: str) -> bytes:
        """What was chosen as a file or, without one, pasted as text."""
        if file := self[name].data:
            return bytes(file.read())
        # A browser sends the ends of pasted lines in a way of its own.
        text: str = self[f"{name}_text"].data
        return text.replace("\r\n", "\n").encode()


@blueprint.page("/certificates/check", Right.PUBLISHED)
def check_form(_given: parameters.Given) -> Page:
    """Where one is put in to be checked."""
    return _check_page(CheckForm())


def _check_page(form: CheckForm, outcome: CheckOutcome | None = None) -> Page:
    figures = Table(CHECKED_COLUMNS, outcome.figures, "What it says") if outcome and outcome.checked else None
    return Page(
        "certificate-check.html",
        "Check a certificate",
        {"figures": figures},
        form=form,
        errors=form.links,
        outcome=outcome,
    )


CHECKED_COLUMNS: Final = (Column("Figure"), Column("Of"), Column("Counts"))


@blueprint.page("/certificates/check", Right.PUBLISHED, method="POST")
@limit_uploads
def check_one(_given: parameters.Given) -> Any:
    """Verify a certificate or a scorecard, against our key or one that is given."""
    form = CheckForm()
    text, key = form.read("document"), form.read("key")
    if not text.strip():
        form.add_error("document", "Choose the file of a certificate, or paste its text.")
        return _check_page(form), 422
    with form.refusals_at("key"):
        keys = PublicKeys.read(key, "The key") if key.strip() else guard.services().signer.keys
        return _check_page(CheckForm(None), _outcome(text, keys))
    form.document_text.data = text.decode(errors="replace")
    return _check_page(form), 422


def _outcome(text: bytes, keys: PublicKeys) -> CheckOutcome:
    try:
        return CheckOutcome(check(text, keys, "The document"))
    except Refused as refused:
        return CheckOutcome(None, _plain(refused), tuple(_altered(text)), refused.code == "no-certificate")


def _plain(refused: Refused) -> str:
    """Why a document does not hold; where a file is none at all, without the words of whoever reads JSON."""
    if refused.code == "no-certificate":
        return "It cannot be read as a certificate of Recount. It may be another file, or only a part of one."
    return refused.message


def _altered(text: bytes) -> Iterator[str]:
    """Where a document says something else than the one that was signed here under its number, for those who may see
    that one; the public is told nothing, since the signed one has the whole numbers.
    """
    who = guard.viewer(Right.PUBLISHED)
    try:
        document = json.loads(text)
        number = document["number"]
        is_cut = "figures" in document
    except (ValueError, KeyError, TypeError, RecursionError):
        return
    if who.is_public:
        return
    for publication in publications(guard.snapshot(), who).published:
        if publication.number == number and publication.is_cut == is_cut:
            signed = json.loads(signed_text(guard.snapshot(), who, publication.number))
            yield from altered(document, signed, MOST_DIFFERENCES)
