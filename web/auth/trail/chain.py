"""Is the trail of access the one that was written? Every line against the chain, and the chain against signed heads.

A line that was changed, removed, inserted or swapped breaks the chain at its place. Whoever makes the whole chain anew
contradicts the next head that was signed over it. What was noted since the newest head is covered by the chain alone:
its last lines can be cut off without a trace, until somebody signs.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from domain.errors import LogCorrupt
from domain.log.heads import all_heads, head_of_row, head_row, newest_head, sign_head, subtree
from domain.log.reading import last_position
from domain.proof.chain import BEGINNING
from domain.proof.head import Head, SignedHead, TrailHead
from web.auth.trail.access import line_hash
from web.tables import access, access_head, trail_head

if TYPE_CHECKING:
    from domain.proof.signing import PublicKeys, Signer

_PAGE: Final = 5000
_LINE: Final = [column for column in access.c if column is not access.c.hash]


def all_trail_heads(connection: sa.Connection) -> list[SignedHead]:
    """The heads that were signed between two submissions, the oldest first."""
    return [head_of_row(row) for row in connection.execute(sa.select(access_head).order_by(access_head.c.trail_size))]


def sign_between(log: sa.Connection, beside: sa.Connection, signer: "Signer", at: datetime) -> SignedHead | None:
    """Sign the trail as it is now, with the log as it is; None where nothing is to be signed. `log` is the writer's."""
    if is_covered(log, beside):
        return None
    signed = sign_head(signer, log, last_position(log), at, trail_head(beside))
    log.execute(access_head.insert().values(head_row(signed)))
    return signed


def is_covered(log: sa.Connection, beside: sa.Connection) -> bool:
    """Whether the newest head covers all of the trail; of a log without an event there is no head to sign."""
    newest = newest_of_both(log)
    return newest is None or _lines(newest) >= trail_head(beside).size


def newest_of_both(log: sa.Connection) -> SignedHead | None:
    """The head that covers most: of the log's newest, and the newest that was signed since over the same log."""
    newest, between = newest_head(log), all_trail_heads(log)[-1:]
    if newest and between and between[0].head.size == newest.head.size and _lines(between[0]) > _lines(newest):
        return between[0]
    return newest


def _lines(signed: SignedHead) -> int:
    return signed.head.trail.size if signed.head.trail else 0


def differences(beside: sa.Connection, held: Iterable[Head], file: str) -> Iterator[str]:
    """What the trail, as it is now, does not have of what a witness was handed, a sentence each."""
    for head in held:
        if head.trail is None or not head.trail.size:
            continue
        line = beside.execute(sa.select(access.c.hash).where(access.c.number == head.trail.size)).scalar_one_or_none()
        if line is None or bytes(line) != head.trail.hash:
            yield (
                f"{file} holds a head over {head.trail.size} lines of the trail of access, recorded {head.recorded}, "
                "which is not the beginning of this trail."
            )


def faults(log: sa.Connection, beside: sa.Connection, keys: "PublicKeys | None") -> Iterator[str]:
    """What is wrong with the trail, a sentence each. `beside` was opened after `log`; without `keys`, no signature is
    checked.
    """
    between = all_trail_heads(log)
    yield from _signature_faults(between, keys)
    yield from _log_faults(log, between)
    chain = _Chain([one.head.trail for one in [*all_heads(log), *between] if one.head.trail])
    lines = sa.select(*_LINE, access.c.hash).order_by(access.c.number)
    for *line, stored in beside.execution_options(yield_per=_PAGE).execute(lines):
        yield from chain.grow(line, bytes(stored))
    yield from chain.rest()


class _Chain:
    """The chain made anew, line by line, against what is stored and what was signed."""

    def __init__(self, heads: Sequence[TrailHead]) -> None:
        self._signed: dict[int, set[bytes]] = {}
        for head in heads:
            self._signed.setdefault(head.size, set()).add(head.hash)
        self._signed.pop(0, None)
        self._before, self._number, self._agreed, self._differs = BEGINNING, 0, 0, False

    def grow(self, line: Sequence[Any], stored: bytes) -> Iterator[str]:
        number = line[0]
        if number != self._number + 1:
            yield f"Line {self._number + 1} of the trail is missing: it goes on with line {number}."
        elif line_hash(self._before, line) != stored:
            yield f"Line {number} of the trail is not the one that was written, or not where it was written."
        self._before, self._number = stored, number
        if signed := self._signed.pop(number, None):
            yield from self._at(number, signed == {stored})

    def _at(self, number: int, agrees: bool) -> Iterator[str]:
        if agrees:
            self._agreed = number
        elif not self._differs:
            self._differs = True
            yield (
                f"What was signed of the trail at line {number} is another trail: a line of {self._agreed + 1} to "
                f"{number} was altered, or put there."
            )

    def rest(self) -> Iterator[str]:
        """Heads over lines that are not there."""
        for size in sorted(self._signed):
            yield f"The trail ends at line {self._number}, but a head was signed at line {size}."


def _signature_faults(between: Sequence[SignedHead], keys: "PublicKeys | None") -> Iterator[str]:
    for signed in between if keys is not None else ():
        assert keys is not None
        head = signed.head
        if head.key not in keys or not keys.verifies(head.key, signed.signature, head.text):
            yield f"The signed head at line {_lines(signed)} of the trail is not one that this service signed."


def _log_faults(log: sa.Connection, between: Sequence[SignedHead]) -> Iterator[str]:
    """What the heads that were signed between submissions say of the log."""
    end = last_position(log)
    for head in (signed.head for signed in between):
        if head.size > end:
            yield f"The log ends at position {end}, but a head was signed over {head.size} events."
        elif _is_another(log, head.size, head.root):
            yield f"What was signed with line {head.trail and head.trail.size} of the trail is another log."


def _is_another(log: sa.Connection, size: int, root: bytes) -> bool:
    try:
        return subtree(log, 0, size) != root
    except LogCorrupt:  # the check of the log itself names what of it is missing
        return False
