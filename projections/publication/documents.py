"""Signed documents as they are read: JSON without a name twice, base64 in one spelling only, and a signed head.

Nothing here needs a database, a network or a clock, and what it imports does not either.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn, TypeVar

import msgspec

from domain.errors import Refused
from domain.proof.head import Head, SignedHead, TrailHead

if TYPE_CHECKING:
    from domain.proof.signing import PublicKeys

LARGEST: Final = 10_000_000
"""Bytes of a document that is read at all; a scorecard has some 60,000."""


Document = dict[str, Any]
_T = TypeVar("_T")


class TrailHeadPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many lines the trail of access had, and the hash of the newest in base64."""

    size: int
    hash: str


class HeadPart(msgspec.Struct, frozen=True):
    """A signed head; root and signature in base64. Without `trail` it is of the first version."""

    size: int
    root: str
    recorded_at: str
    key: str
    signature: str
    trail: TrailHeadPart | msgspec.UnsetType = msgspec.UNSET


class Consistency(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """That a tree of `size` leaves begins another one."""

    size: int
    path: list[str]


class LaterHead(HeadPart, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A head of later, with the proof that an earlier tree begins it."""

    head: Literal["recount.head.v1", "recount.head.v2"]
    consistency: Consistency | None


def head_part(signed: SignedHead) -> Document:
    """A signed head."""
    head = signed.head
    trail = {"trail": {"size": head.trail.size, "hash": base64_of(head.trail.hash)}} if head.trail else {}
    return {
        "size": head.size,
        "root": base64_of(head.root),
        "recorded_at": head.recorded,
        "key": head.key,
        "signature": base64_of(signed.signature),
        **trail,
    }


def later_head(signed: SignedHead, since: int | None, path: Iterable[bytes]) -> Document:
    """A head, with the proof that the tree of `since` leaves begins it; None for no proof."""
    proof = None if since is None else {"size": since, "path": [base64_of(node) for node in path]}
    return {"head": signed.head.version, **head_part(signed), "consistency": proof}


def json_text(document: Document) -> str:
    """A document as people and programs read it."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces, in UTF-8: the same bytes for the same values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


class SignedDocuments:
    """The documents of one file, held against the keys that somebody trusts; every refusal names the file.

    `name` is what the file is called in a sentence, where it has no name of its own.
    """

    def __init__(self, keys: "PublicKeys", file: str, name: str) -> None:
        self._keys, self._file, self._name = keys, file, name

    def head(self, part: HeadPart) -> Head:
        """The head that was signed; raises Refused where it was not, or by a key that is not trusted."""
        trail = TrailHead(part.trail.size, self.bytes_of(part.trail.hash)) if part.trail else None
        head = Head(part.size, self.bytes_of(part.root), self._moment(part.recorded_at), part.key, trail)
        if head.key not in self._keys:
            self.refuse("other-key", f"its head was signed by another key ({head.key[:16]}...) than the one given")
        signature = self.bytes_of(part.signature)
        if head.recorded != part.recorded_at or not self._keys.verifies(head.key, signature, head.text):
            self.refuse("altered", "the signature of its head does not fit: something in it was changed")
        return head

    def read(self, text: bytes, what: str) -> Document:
        """The JSON object in a file; a name that is there twice could be read in two ways."""
        documents = self.read_all(text, what)
        if len(documents) != 1:
            self.refuse(f"no-{what}", f"the {what} cannot be read as JSON, or is cut short (it is not one document)")
        return documents[0]

    def read_all(self, text: bytes, what: str) -> list[Document]:
        """The JSON objects in a file, one behind the other."""
        decoder = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number)
        documents: list[Any] = []
        try:
            if len(text) > LARGEST:
                raise ValueError("it is too long")
            rest = text.decode("utf-8").strip()
            while rest or not documents:
                document, end = decoder.raw_decode(rest)
                canonical(document)
                documents.append(document)
                rest = rest[end:].lstrip()
        except (ValueError, RecursionError) as error:
            self.refuse(f"no-{what}", f"the {what} cannot be read as JSON, or is cut short ({_short(error)})")
        if not all(isinstance(document, dict) for document in documents):
            self.refuse(f"no-{what}", f"the {what} is JSON, but none of Recount")
        return documents

    def typed(self, document: Document, kind: type[_T], what: str) -> _T:
        """The document as a struct; raises Refused where it is not whole."""
        try:
            return msgspec.convert(document, kind)
        except msgspec.ValidationError as error:
            self.refuse(f"no-{what}", f"the {what} is not whole ({error})")

    def bytes_of(self, text: str) -> bytes:
        """What a text in base64 says; raises Refused where it is none."""
        try:
            value = b64decode(text, validate=True)
        except ValueError:
            value = b""
        # Base64 has several ways to write the same bytes: only one of them is ours.
        if not value or base64_of(value) != text:
            self.refuse("altered", f"'{text[:20]}' in it is no base64")
        return value

    def _moment(self, text: str) -> datetime:
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            self.refuse("altered", f"'{text[:40]}' in it is no moment")

    def refuse(self, code: str, words: str) -> NoReturn:
        """Refuse the file."""
        raise Refused(code, f"{self._file or self._name} does not hold: {words}.", self._file)


def base64_of(value: bytes) -> str:
    """Bytes as the documents have them."""
    return b64encode(value).decode()


def _once(pairs: list[tuple[str, Any]]) -> Document:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a name is there twice")
    return document


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _short(error: Exception) -> str:
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
