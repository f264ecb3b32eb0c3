"""Answers that the processes of one service have from each other: what one has worked out, no other works out again.

A commit makes every answer new, and each process worked each out for itself. They lie in memory that is taken before
the processes are started: it goes with the last of them, and no file has any of it.

Nobody waits here for anybody. Whoever reads holds what was read against its digest, which covers the question too: what
is being written just then, or was written by two at once, is as if it were not there.
"""

import mmap
import os
from hashlib import blake2b
from struct import Struct
from typing import Final

from projections.store.generations import State

EXTENSION: Final = "recount answers"
"""Where the application has them, if it is one of several processes."""
PLACES: Final = 2048
"""Answers that there is room for: 8 MiB."""
_SIZE: Final = 4096
"""Bytes of a place. A figure takes a fifth of it."""
_CHOICE: Final = 4
"""Places at which an answer may lie; the one of the oldest state of the log is taken."""
_DIGEST: Final = 16
_HEAD: Final = Struct(f"<QH{_DIGEST}s{_DIGEST}s")
"""The position of the log, the answer's length, the digest of the question, that of both."""
LARGEST: Final = _SIZE - _HEAD.size
"""Bytes of an answer that is kept."""


class SharedAnswers:
    """Answers by the state of the log that they are of and by what was asked."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, PLACES * _SIZE)
        # Or somebody could look for two questions with the same digest.
        self._secret = os.urandom(32)

    def get(self, state: State, question: bytes) -> bytes | None:
        """The answer, if it is there."""
        asked = self._digest(repr(state).encode(), question)
        for place in _places(asked):
            _position, length, kept, digest = _HEAD.unpack_from(self._memory, place)
            if kept == asked:
                begin = place + _HEAD.size
                answer = self._memory[begin : begin + min(length, LARGEST)]
                return answer if self._digest(asked, answer) == digest else None
        return None

    def keep(self, state: State, question: bytes, answer: bytes) -> None:
        """Keep an answer, in place of one of an older state; of one that is too large, nothing."""
        if len(answer) > LARGEST:
            return
        asked = self._digest(repr(state).encode(), question)
        place = min(_places(asked), key=self._age)
        _generation, position = state
        head = _HEAD.pack(position, len(answer), asked, self._digest(asked, answer))
        self._memory[place : place + len(head) + len(answer)] = head + answer

    def _age(self, place: int) -> int:
        position: int = _HEAD.unpack_from(self._memory, place)[0]
        return position

    def _digest(self, first: bytes, second: bytes) -> bytes:
        # The length of the first tells where it ends.
        said = b"%d %b%b" % (len(first), first, second)
        return blake2b(said, digest_size=_DIGEST, key=self._secret).digest()


def _places(asked: bytes) -> range:
    first = int.from_bytes(asked[:4], "little") % (PLACES // _CHOICE) * _CHOICE * _SIZE
    return range(first, first + _CHOICE * _SIZE, _SIZE)
