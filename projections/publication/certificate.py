"""Certificates: a figure, or a whole scorecard, that the other party verifies with a file and a public key.

Nothing here needs a database, a network or a clock, and what it imports does not either. A document is signed over
`SIGNED`, a line feed, and the document without its signature as JSON with sorted keys and no spaces; a head over its
own text (`domain.proof.head`). A check costs three Ed25519 verifications at most, and the hashes of the proofs.

The members of a figure are committed to by a tree of RFC 9162 over leaves, each the hash of a client, a salt and
whether the client is counted. The counted come first: so a leaf's place says what it says itself, and nobody can be
shown one number of counted clients and another person another. Within each half the order is that of the salted
hashes, and tells nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

from domain.proof.head import HEAD, HEAD_WITH_TRAIL, Head
from domain.proof.merkle import begins, includes, leaf
from domain.rounding import STORED_DECIMALS, half_up, percentage_of
from projections.standings.wilson import wilson

from .documents import (
    Consistency,
    Document,
    HeadPart,
    LaterHead,
    SignedDocuments,
    base64_of,
    canonical,
    json_text,
)
from .entered_entries import ENTERED, EnteredPart, EntryPart, FrozenPart, check_entries, check_frozen

if TYPE_CHECKING:
    from domain.proof.signing import PublicKeys, Signer

CERTIFICATE: Final = "recount.certificate.v1"
SCORECARD: Final = "recount.scorecard.v1"
MEMBER: Final = "recount.member.v1"
SIGNED: Final = "recount.signed.v1"
"""The first line of what is signed: a signature of one thing can never be taken for that of another."""


class CertifiedSlice(msgspec.Struct, frozen=True):
    """Whose figure it is."""

    area: str | None
    agency: str | None
    criminal_justice: bool
    young_people: bool


class CertifiedPeriod(msgspec.Struct, frozen=True):
    """From the first to the last day, both included."""

    first_day: date
    last_day: date


class CertifiedInterval(msgspec.Struct, frozen=True):
    """The 95% interval, in points."""

    low: float
    high: float
    level: Literal[95]
    method: Literal["wilson"]


class CertifiedCoverage(msgspec.Struct, frozen=True):
    """Who should have reported, and who had not."""

    expected: list[str]
    missing: list[str]


class FigurePart(msgspec.Struct, frozen=True):
    """FIGURE of the JSON reference. What was published before says "final" for what is "complete" now."""

    measure: str
    name: str
    kind: Literal["proportion", "count"]
    definition: str
    slice: CertifiedSlice
    numerator: int
    denominator: int | None
    percentage: float | None
    interval: CertifiedInterval | None
    cohort: CertifiedPeriod
    as_of: date
    known_at: date | None
    position: int
    status: Literal["complete", "provisional", "incomplete", "final"] | None
    coverage: CertifiedCoverage
    immature: bool
    polarity: Literal["higher", "lower"] | None


class DefinitionPart(msgspec.Struct, frozen=True):
    """A definition of a measure: its version, all that it says, and the hash of that."""

    version: str
    sha256: str
    terms: Document


class MembersPart(msgspec.Struct, frozen=True):
    """The commitment to a figure's members: how many leaves, how many of them counted, the root in base64."""

    size: int
    counted: int
    root: str


class _Sealed(msgspec.Struct, frozen=True):
    number: int
    head: HeadPart
    issued_at: datetime
    key: str
    signature: str


class Certificate(_Sealed, frozen=True):
    """A certificate of one figure."""

    certificate: Literal["recount.certificate.v1"]
    figure: FigurePart
    definition: DefinitionPart
    members: MembersPart


class ScorecardCertificate(_Sealed, frozen=True):
    """A scorecard frozen under a name. It has no commitment to members.

    `entered` are the figures of KPIs that are entered by hand, where there were any.
    """

    scorecard: Literal["recount.scorecard.v1"]
    name: str
    as_of: date
    known_at: date | None
    position: int
    figures: list[FigurePart]
    definitions: list[DefinitionPart]
    entered: list[FrozenPart] | msgspec.UnsetType = msgspec.UNSET


class EnteredCertificate(_Sealed, frozen=True):
    """A certificate of a value that was entered by hand; `number` is the value's."""

    entered: Literal["recount.entered.v1"]
    figure: EnteredPart
    entries: list[EntryPart]


class MemberLeaf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A leaf of the members' tree, opened, with its proof."""

    counted: bool
    salt: str
    index: int
    path: list[str]


class MemberProof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """That a client is among the members of a certificate's figure."""

    member: Literal["recount.member.v1"]
    certificate: int
    client: str
    leaves: list[MemberLeaf]


@dataclass(frozen=True, slots=True)
class CertificateCheck:
    """A certificate or scorecard that holds, and what was verified, a sentence each."""

    document: Document
    sentences: tuple[str, ...]


def definition_part(version: str, terms: Document) -> Document:
    """The definition of a measure with its hash."""
    return {"version": version, "sha256": sha256(canonical(terms)).hexdigest(), "terms": terms}


def members_part(leaves: Sequence[bytes], counted: int, root: bytes) -> Document:
    """The commitment to members, of whom the first `counted` are counted."""
    return {"size": len(leaves), "counted": counted, "root": base64_of(root)}


def member_leaf(certificate: int, client: str, counted: bool, salt: bytes) -> bytes:
    """The leaf of a client in the tree of a certificate's members."""
    return leaf(canonical([MEMBER, certificate, client, counted, base64_of(salt)]))


def member_leaf_document(counted: bool, salt: bytes, index: int, path: Iterable[bytes]) -> Document:
    """A leaf opened."""
    return {"counted": counted, "salt": base64_of(salt), "index": index, "path": [base64_of(node) for node in path]}


def member_proof(certificate: int, client: str, leaves: Sequence[Document]) -> Document:
    """The leaves of a client, opened."""
    return {"member": MEMBER, "certificate": certificate, "client": client, "leaves": list(leaves)}


def sealed(document: Document, signer: "Signer") -> str:
    """The document with its key and signature, as the text that is kept and handed out."""
    document = document | {"key": signer.name}
    return json_text(document | {"signature": base64_of(signer.sign(_signed(document)))})


def _signed(document: Mapping[str, Any]) -> bytes:
    unsigned = {name: value for name, value in document.items() if name != "signature"}
    return SIGNED.encode() + b"\n" + canonical(unsigned)


def check(
    text: bytes, keys: "PublicKeys", file: str = "", later: bytes | None = None, member: bytes | None = None
) -> CertificateCheck:
    """Verify a certificate or scorecard; with a `later` head, that its history is the beginning of that one's log; with
    a `member` proof, that a client is in the figure.

    Raises:
        Refused: it is no certificate, or something in it is not as it was signed; the text says what.
    """
    return _Check(keys, file).certificate(text, later, member)


class _Check(SignedDocuments):
    """One check of one file; every refusal names it."""

    def __init__(self, keys: "PublicKeys", file: str) -> None:
        super().__init__(keys, file, "The certificate")
        self._sentences: list[str] = []

    def certificate(self, text: bytes, later: bytes | None, member: bytes | None) -> CertificateCheck:
        document = self.read(text, "certificate")
        if document.get("entered") == ENTERED:
            return self._entered(document, later, member)
        kind: type[Certificate | ScorecardCertificate] = (
            ScorecardCertificate if document.get("scorecard") == SCORECARD else Certificate
        )
        if kind is Certificate and document.get("certificate") != CERTIFICATE:
            self.refuse("no-certificate", "it is JSON, but no certificate of Recount")
        certificate = self.typed(document, kind, "certificate")
        self._signature(document, certificate)
        head = self.head(certificate.head)
        if isinstance(certificate, Certificate):
            self._of_figure(certificate)
        else:
            self._of_scorecard(certificate)
        self._sentences.append(f"It was drawn from the first {head.size} events of the log, recorded {head.recorded}.")
        if later is not None:
            self._begins(head, later)
        if member is not None:
            self._member(certificate, member)
        return CertificateCheck(document, tuple(self._sentences))

    def _entered(self, document: Document, later: bytes | None, member: bytes | None) -> CertificateCheck:
        certificate = self.typed(document, EnteredCertificate, "certificate")
        if member is not None:
            self.refuse("no-member", "what is entered by hand has no members")
        self._signature(document, certificate)
        head = self.head(certificate.head)
        self._sentences += check_entries(self, certificate.figure, certificate.entries, head)
        if later is not None:
            self._begins(head, later)
        return CertificateCheck(document, tuple(self._sentences))

    def _of_figure(self, certificate: Certificate) -> None:
        self._figure(certificate.figure, certificate.head.size)
        self._definition(certificate.figure, [certificate.definition])
        members, figure = certificate.members, certificate.figure
        size = figure.numerator if figure.denominator is None else figure.denominator
        if (members.size, members.counted) != (size, figure.numerator):
            self.refuse("members-differ", "its members are not as many as its figure counts")
        self._sentences.append(
            "Its percentage and interval follow from its numbers, "
            f"definition {certificate.definition.version} is the one whose SHA-256 it names, "
            f"and it commits to {members.size} members, {members.counted} of them counted."
        )

    def _of_scorecard(self, scorecard: ScorecardCertificate) -> None:
        for figure in scorecard.figures:
            self._figure(figure, scorecard.head.size)
            self._definition(figure, scorecard.definitions)
            if (figure.as_of, figure.known_at, figure.position) != (
                scorecard.as_of,
                scorecard.known_at,
                scorecard.position,
            ):
                self.refuse("standpoint-differs", f"figure {figure.measure} has another standpoint than the scorecard")
        self._sentences.append(
            f"The percentages and intervals of its {len(scorecard.figures)} figures follow from their numbers, and "
            "their definitions are those whose SHA-256 it names."
        )
        if scorecard.entered is not msgspec.UNSET:
            self._of_entered(scorecard, scorecard.entered)

    def _of_entered(self, scorecard: ScorecardCertificate, figures: Sequence[FrozenPart]) -> None:
        days = scorecard.as_of.isoformat(), scorecard.known_at and scorecard.known_at.isoformat()
        for figure in figures:
            if (figure.as_of, figure.known_at) != days:
                self.refuse("standpoint-differs", f"figure {figure.measure} has another standpoint than the scorecard")
        self._sentences.append(check_frozen(self.refuse, figures))

    def _signature(self, document: Document, sealed: _Sealed) -> None:
        if sealed.key not in self._keys:
            self.refuse("other-key", f"it was signed by another key ({sealed.key[:16]}...) than the one given")
        if not self._keys.verifies(sealed.key, self.bytes_of(sealed.signature), _signed(document)):
            self.refuse("altered", "its signature does not fit: something in it was changed after it was signed")
        self._sentences.append(f"It was signed on {sealed.issued_at:%Y-%m-%d} by the key {sealed.key}.")

    def _figure(self, figure: FigurePart, size: int) -> None:
        numerator, denominator = figure.numerator, figure.denominator
        context = f"in figure {figure.measure}, "
        if numerator < 0 or (denominator is not None and numerator > denominator):
            self.refuse("arithmetic", f"{context}{numerator} of {denominator} cannot be")
        if (figure.kind == "count") != (denominator is None):
            self.refuse("arithmetic", f"{context}a count has no denominator, and a proportion has one")
        # Where no file covers the day a figure has counts alone, and no status either.
        is_bare = figure.status is None and figure.percentage is None
        percentage = None if is_bare else percentage_of(numerator, denominator)
        if figure.percentage != percentage:
            self.refuse("arithmetic", f"{context}{figure.percentage}% is not {numerator} of {denominator}")
        limits = wilson(numerator, denominator) if denominator and not is_bare else None
        interval = figure.interval and (figure.interval.low, figure.interval.high)
        if interval != (limits and (half_up(limits[0], STORED_DECIMALS), half_up(limits[1], STORED_DECIMALS))):
            self.refuse("arithmetic", f"{context}the interval is not that of {numerator} of {denominator}")
        if figure.position != size:
            self.refuse("head-differs", f"{context}the position is {figure.position}, but its head is of {size}")

    def _definition(self, figure: FigurePart, parts: Sequence[DefinitionPart]) -> None:
        for part in parts:
            if sha256(canonical(part.terms)).hexdigest() != part.sha256:
                self.refuse("definition-differs", f"definition {part.version} is not the one whose SHA-256 it names")
        if not any(part.version == figure.definition and part.terms.get("measure") == figure.measure for part in parts):
            self.refuse("definition-differs", f"definition {figure.definition} of {figure.measure} is not in it")

    def _begins(self, head: Head, text: bytes) -> None:
        document = self.read(text, "head")
        if document.get("head") not in {HEAD, HEAD_WITH_TRAIL}:
            self.refuse("no-head", "the later head is JSON, but no head of Recount")
        part = self.typed(document, LaterHead, "head")
        later = self.head(part)
        if part.head != later.version:
            self.refuse("no-head", "the later head calls itself by another version than it is of")
        if later.size < head.size:
            self.refuse("head-earlier", f"the head given is older ({later.size} events) than its own ({head.size})")
        proof = part.consistency or Consistency(head.size, [])
        if proof.size != head.size or (part.consistency is None and later.size != head.size):
            self.refuse(
                "no-proof",
                f"the head given has no proof from {head.size} events: make it with 'recount head --from {head.size}'",
            )
        if not begins(head.root, head.size, later.root, later.size, [self.bytes_of(node) for node in proof.path]):
            self.refuse(
                "history-differs",
                f"its history of {head.size} events is not the beginning of the log of {later.size} events",
            )
        self._sentences.append(
            f"That history is the beginning of the log of {later.size} events, recorded {later.recorded}."
        )

    def _member(self, certificate: Certificate | ScorecardCertificate, text: bytes) -> None:
        document = self.read(text, "member")
        if document.get("member") != MEMBER:
            self.refuse("no-member", "the member's proof is JSON, but no proof of Recount")
        proof = self.typed(document, MemberProof, "member")
        if not isinstance(certificate, Certificate) or proof.certificate != certificate.number or not proof.leaves:
            self.refuse("no-member", "the member's proof is not of this certificate")
        for opened in proof.leaves:
            self._leaf(certificate, proof.client, opened)
        counted = sum(opened.counted for opened in proof.leaves)
        as_counted = "counted" if counted == len(proof.leaves) else "not counted" if not counted else "counted in part"
        self._sentences.append(f"Client {proof.client} is among its members, and {as_counted}.")

    def _leaf(self, certificate: Certificate, client: str, opened: MemberLeaf) -> None:
        members = certificate.members
        hashed = member_leaf(certificate.number, client, opened.counted, self.bytes_of(opened.salt))
        path = [self.bytes_of(node) for node in opened.path]
        if not includes(self.bytes_of(members.root), members.size, opened.index, hashed, path):
            self.refuse("no-member", f"the proof for client {client} does not hold in this certificate")
        if opened.counted != (opened.index < members.counted):
            self.refuse("no-member", f"the proof for client {client} contradicts the number of those counted")
