"""The head of the tree over the log: its size and root, with the moment, as a text to sign.

The text is made like the checkpoints of public logs: a line for what it is, the size, the root in base64, then what
else is said. It ends in a line feed:

    recount.head.v2
    1284
    47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=
    trail 57 vKkc0TUaHAOzKYpqS7jDzN3YzUyDYyOlZH5yy0uyHhA=
    recorded 2026-01-05T09:00:01.000000+00:00
    key 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08

`size` is the position of the newest event, the root that of RFC 9162 over the log's leaves up to it, the moment that of
the append in UTC, the key the SHA-256 of the 32 bytes of the Ed25519 public key that verifies the signature. The trail
is how many lines the trail of access had, and the hash of the newest of them (`domain.proof.chain`). Heads of the first
version, `recount.head.v1`, have no such line; they hold for ever.
"""

from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

HEAD: Final = "recount.head.v1"
HEAD_WITH_TRAIL: Final = "recount.head.v2"


@dataclass(frozen=True, slots=True)
class TrailHead:
    """How many lines the trail of access has, and the hash of the newest."""

    size: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """What is signed of a tree: the root at a size, when it was recorded, and the key that signs it (hexadecimal).

    `trail` is None in a head of the first version.
    """

    size: int
    root: bytes
    recorded_at: datetime
    key: str
    trail: TrailHead | None = None

    @property
    def version(self) -> str:
        """The first line of the text: which kind of head it is."""
        return HEAD if self.trail is None else HEAD_WITH_TRAIL

    @property
    def recorded(self) -> str:
        """The moment as the text has it: in UTC, to the microsecond."""
        return self.recorded_at.astimezone(UTC).isoformat(timespec="microseconds")

    @property
    def text(self) -> bytes:
        """The bytes that are signed."""
        trail = [] if self.trail is None else [f"trail {self.trail.size} {b64encode(self.trail.hash).decode()}"]
        lines = (
            self.version,
            str(self.size),
            b64encode(self.root).decode(),
            *trail,
            f"recorded {self.recorded}",
            f"key {self.key}",
        )
        return "".join(f"{line}\n" for line in lines).encode()


@dataclass(frozen=True, slots=True)
class SignedHead:
    """A head with the 64 bytes of its Ed25519 signature."""

    head: Head
    signature: bytes
