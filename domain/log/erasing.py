"""Which events may lose salt and state, and what accounts for those that have: an `erased` event of their own stream.

Only what is said of a person's episode can be erased. The event that says so stays readable, also when the episode is
erased once more: at version v it accounts for the `records` events in front of it, of the versions v - records to
v - 1. Every blank event is accounted for in this way, and every event that is accounted for is blank.

Before version 0003 of the tables an erasure took the earlier `erased` events of its stream along, and counted them.
Such a one had taken everything in front of it, so that it still stands for all versions below its own.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
import sqlalchemy as sa

RECORD: Final = "episode."
"""How the topics begin of what is said of a person."""
OF_NO_RECORD: Final = f"substr(topic, 1, {len(RECORD)}) <> '{RECORD}'"
"""SQL: an event that says nothing of a person's record. The index of topics holds these alone."""
ERASED: Final = "episode.erased.v1"
"""The topic of the event that says of an episode that it was erased."""


def may_be_erased(topic: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether an event of this topic may lose salt and state."""
    return sa.and_(topic.startswith(RECORD, autoescape=True), topic != ERASED)


class _Erased(msgspec.Struct):
    records: int


_DECODER: Final = msgspec.json.Decoder(_Erased)


class _Blank(NamedTuple):
    position: int
    topic: str


class Blanks:
    """The blank events of a log that is read in its order, and what accounts for each of them."""

    def __init__(self) -> None:
        self._unaccounted: defaultdict[UUID, dict[int, _Blank]] = defaultdict(dict)

    def blank(self, row: Any) -> None:
        """Take note of an event without salt and state."""
        self._unaccounted[row.originator_id][row.originator_version] = _Blank(row.position, row.topic)

    def erased(self, row: Any, state: bytes) -> Iterator[str]:
        """Account for what an `erased` event says; a sentence where the log does not agree with it."""
        try:
            records = _DECODER.decode(state).records
        except msgspec.MsgspecError:
            yield f"The erased event at position {row.position} does not say how many events it stands for."
            return
        its, version = self._unaccounted[row.originator_id], row.originator_version
        blank = [its.pop(one) for one in range(max(version - records, 0), version) if one in its]
        if len(blank) == records and any(one.topic == ERASED for one in blank):
            records = version - 1
            blank += [its.pop(one) for one in range(1, version) if one in its]
        if len(blank) != records:
            yield (
                f"The erased event at position {row.position} stands for {records} events of its stream, "
                f"but {len(blank)} of them are blank."
            )

    def rest(self) -> Iterator[str]:
        """The blank events that nothing accounts for."""
        for position, topic in sorted(self._left()):
            yield f"The event at position {position} ({topic}) is blank, and no erasure accounts for it."

    def _left(self) -> Iterable[_Blank]:
        return (one for its in self._unaccounted.values() for one in its.values())
