"""What became of the questions that a file raised: the episodes that it was the first not to have."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from domain.client import ClientKey
from domain.log.reading import Recorded
from domain.submission import SubmissionReceived, WithdrawalConfirmed
from projections.store.submissions import EpisodeNotInFile, SubmissionFilter, submission_events
from web.snapshot import Snapshot

MOST_LATER: Final = 500
"""Later submissions of the agency that are looked at: forty years of monthly files."""


@dataclass(frozen=True, slots=True)
class AbsenceAnswered:
    """How a question ended: by the submission `number`, received on a day. `withdrawn`, or in that file again."""

    number: int
    received_on: date
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class AbsentEpisode:
    """An episode that is asked about, and how that ended; None as long as it is open."""

    episode: EpisodeNotInFile
    answered: AbsenceAnswered | None


def asked_about(
    snapshot: Snapshot, key: ClientKey, recorded: Recorded, absent: Sequence[EpisodeNotInFile]
) -> list[AbsentEpisode]:
    """The episodes that a file was the first not to have, with the answers that came since."""
    event = recorded.event
    if not absent or not isinstance(event, SubmissionReceived):
        return []
    later = SubmissionFilter(event.agency, limit=MOST_LATER)
    answers: dict[UUID, AbsenceAnswered] = {}
    for one in submission_events(snapshot.connection, snapshot.mapper, snapshot.generation, later):
        if one.position > recorded.position:
            answers |= dict(_answers(one))
    return [AbsentEpisode(one, answers.get(_stream(key, event.agency, one))) for one in absent]


def _answers(recorded: Recorded) -> Iterator[tuple[UUID, AbsenceAnswered]]:
    """Read from the newest on, so that the first answer is the one that stays."""
    event = recorded.event
    if isinstance(event, WithdrawalConfirmed):
        yield event.episode, AbsenceAnswered(event.number, event.received_on, withdrawn=True)
    elif isinstance(event, SubmissionReceived):
        for stream in event.found_again:
            yield stream, AbsenceAnswered(event.number, event.received_on, withdrawn=False)


def _stream(key: ClientKey, agency: str, one: EpisodeNotInFile) -> UUID:
    return key.episode(agency, one.client_reference, one.episode_reference)
