"""A log ten times as long: the same archive over and over, as if other people lived through the same."""

from collections.abc import Callable, Iterable, Iterator
from uuid import UUID

import msgspec

from domain.client import client_number, client_text
from domain.episode.events import FactEvent
from domain.episode.facts import Fact, Referral, RePresentation, Start
from domain.event_types import EVENT_TYPES
from domain.log.database import reading
from domain.log.heads import signing
from domain.log.mapper import Event
from domain.log.reading import Recorded, read
from domain.register import Register
from domain.submission import SUBMISSION_EVENTS, SubmissionReceived
from web.clock import now
from web.services import Services


def grow(source: Services, target: Services, copies: int) -> None:
    """Record every commit of `source` in `target` with `copies` times its episodes. Heads are signed; read models do
    not follow.
    """
    target.client_key.check_value()  # being asked for, it is written into the database
    bare = Register(target.engine, EVENT_TYPES, [signing(target.signer, target.trail_head)], now)
    with reading(source.engine) as connection:
        recorded = read(connection, source.mapper, 0)
    for commit in _commits(recorded):
        bare.submit(_multiplied(commit, copies))


def _commits(recorded: Iterable[Recorded]) -> Iterator[list[Event]]:
    """The events of each commit; its last is the submission's own."""
    commit: list[Event] = []
    for one in recorded:
        commit.append(one.event)
        if isinstance(one.event, SUBMISSION_EVENTS):
            yield commit
            commit = []


def _multiplied(commit: list[Event], copies: int) -> Iterator[Event]:
    *facts, submission = commit
    for copy in range(copies):
        for event in facts:
            yield _copied(event, _other(copy), copy)
    assert isinstance(submission, SUBMISSION_EVENTS)
    if isinstance(submission, SubmissionReceived):
        others = [_other(copy) for copy in range(copies)]
        submission = msgspec.structs.replace(
            submission,
            not_in_file=tuple(other(stream) for other in others for stream in submission.not_in_file),
            found_again=tuple(other(stream) for other in others for stream in submission.found_again),
        )
    yield submission


def _other(copy: int) -> Callable[[UUID], UUID]:
    return lambda stream: UUID(int=stream.int ^ copy << 96)


def _copied(event: Event, other: Callable[[UUID], UUID], copy: int) -> Event:
    changed: dict[str, object] = {"originator_id": other(event.originator_id)}
    if isinstance(event, FactEvent):
        changed["fact"] = _of_another(event.fact, other, copy)
    return msgspec.structs.replace(event, **changed)


def _of_another(fact: Fact, other: Callable[[UUID], UUID], copy: int) -> Fact:
    if isinstance(fact, Start | Referral) and copy:
        # Somebody else has another number at the agency, and nothing in common with who is copied.
        return msgspec.structs.replace(
            fact,
            client=client_text(client_number(fact.client) ^ copy << 35),
            client_reference=f"{fact.client_reference}-{copy}",
            near=tuple(f"{copy} {one}" for one in fact.near),
        )
    if isinstance(fact, RePresentation):
        return msgspec.structs.replace(fact, episode=other(fact.episode))
    return fact
