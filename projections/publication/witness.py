"""The log beside the heads that a witness holds: what to hand over next, and what it was handed that is no more."""

import json
from collections.abc import Sequence

import sqlalchemy as sa

from domain.log.heads import log_tree, subtree
from domain.log.reading import last_position
from domain.proof.head import SignedHead
from domain.proof.inclusion import consistency

from .documents import later_head
from .held_heads import HeldHead


def differences(connection: sa.Connection, held: Sequence[HeldHead], file: str) -> list[str]:
    """What the log, as it is now, does not have of what a witness was handed, a sentence each."""
    last = last_position(connection)
    sentences: list[str] = []
    for head in (one.head for one in held):
        if head.size > last:
            sentences.append(
                f"{file} holds a head over {head.size} events, recorded {head.recorded}, but the log ends at position "
                f"{last}: what came after it was cut off, or an older backup was put back."
            )
        elif subtree(connection, 0, head.size) != head.root:
            sentences.append(
                f"{file} holds a head over {head.size} events, recorded {head.recorded}, which is not the beginning of "
                "this log: an event up to there was altered, or it is another log."
            )
    return sentences


def line_for(connection: sa.Connection, newest: SignedHead, since: int | None) -> str:
    """A head as a line for a witness that holds the head over `since` events."""
    path = [] if since is None else consistency(log_tree(connection), since, newest.head.size)
    document = later_head(newest, since, path)
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False) + "\n"
