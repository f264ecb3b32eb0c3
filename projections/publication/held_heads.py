"""Heads that somebody else holds, read and checked with the public key alone.

A witness file is one head of JSON a line, as `recount head` prints it; each says which head of the file it goes on
from, with the proof of RFC 9162 that it does. So whoever holds the file sees without the log, and without trusting
anybody, that each history it was handed begins the next one. Heads saved one by one, and certificates, which carry
one each, are read as well. Nothing here needs a database.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from domain.proof.head import Head
from domain.proof.merkle import begins

from .documents import Consistency, Document, HeadPart, LaterHead, SignedDocuments

if TYPE_CHECKING:
    from domain.proof.signing import PublicKeys

_WHAT: Final = "head"


@dataclass(frozen=True, slots=True)
class HeldHead:
    """A head that was handed out, whose signature holds; with the proof of an earlier one that it goes on from."""

    head: Head
    proof: tuple[int, tuple[bytes, ...]] | None


@dataclass(frozen=True, slots=True)
class WitnessCheck:
    """The heads of a witness file, in its order; `gaps` are the pairs of sizes between which nothing is proven."""

    heads: tuple[HeldHead, ...]
    gaps: tuple[tuple[int, int], ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was verified."""
        first, last, count = self.heads[0].head, self.heads[-1].head, len(self.heads)
        proven = count - 1 - len(self.gaps)
        plural = "" if count == 1 else "s"
        sentences = [
            f"It holds {count} signed head{plural}, over {first.size} to {last.size} events.",
            f"The newest was recorded {last.recorded}.",
        ]
        if proven:
            sentences.append(f"{proven} of them {'is' if proven == 1 else 'are'} proven to go on from the one before.")
        sentences += [
            f"Nothing in it proves that the log of {later} events goes on from that of {earlier}. "
            f"'recount head --from {earlier}' prints the proof."
            for earlier, later in self.gaps
        ]
        return tuple(sentences)


def read_heads(text: bytes, keys: "PublicKeys", file: str = "") -> tuple[HeldHead, ...]:
    """The heads in a witness file, a head or a certificate.

    Raises:
        Refused: there is none, or one is not as it was signed by one of these keys.
    """
    documents = SignedDocuments(keys, file, "The witness file")
    return tuple(_held(documents, document) for document in documents.read_all(text, _WHAT))


def _held(documents: SignedDocuments, document: Document) -> HeldHead:
    if isinstance(document.get("head"), dict):
        return HeldHead(documents.head(documents.typed(document["head"], HeadPart, _WHAT)), None)
    part = documents.typed(document, LaterHead, _WHAT)
    head = documents.head(part)
    if part.head != head.version:
        documents.refuse("no-head", "a head in it calls itself by another version than it is of")
    return HeldHead(head, _proof(documents, part.consistency))


def _proof(documents: SignedDocuments, part: Consistency | None) -> tuple[int, tuple[bytes, ...]] | None:
    return None if part is None else (part.size, tuple(documents.bytes_of(node) for node in part.path))


def check_heads(text: bytes, keys: "PublicKeys", file: str = "") -> WitnessCheck:
    """Whether what a witness was handed over time is one history that only grew, by the public key alone.

    Raises:
        Refused: it is no witness file, something in it was altered, or two of its heads contradict each other.
    """
    documents = SignedDocuments(keys, file, "The witness file")
    held = read_heads(text, keys, file)
    roots: dict[int, bytes] = {}
    trails: dict[int, bytes] = {}
    gaps: list[tuple[int, int]] = []
    before: Head | None = None
    for one in held:
        head = one.head
        if head.root != roots.setdefault(head.size, head.root):
            documents.refuse("history-differs", f"it holds two different histories of {head.size} events")
        if head.trail and head.trail.hash != trails.setdefault(head.trail.size, head.trail.hash):
            documents.refuse("history-differs", f"it holds two different trails of {head.trail.size} lines")
        if before is not None and head.size < before.size:
            documents.refuse("head-earlier", f"behind a head over {before.size} events it has one over {head.size}")
        if not _goes_on(documents, one, roots, before):
            assert before is not None
            gaps.append((before.size, head.size))
        before = head
    return WitnessCheck(held, tuple(gaps))


def _goes_on(documents: SignedDocuments, held: HeldHead, roots: dict[int, bytes], before: Head | None) -> bool:
    """Whether a head is proven to go on from the one before; one that goes on from an earlier one leaves a gap."""
    size, path = held.proof or (0, ())
    if size in roots and not begins(roots[size], size, held.head.root, held.head.size, path):
        documents.refuse(
            "history-differs",
            f"the history of {size} events is not the beginning of the log of {held.head.size} events",
        )
    return before is None or before.size in {size, held.head.size}
