"""What became of the questions that a file raised: the episodes that it was the first not to have."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from domain.client import ClientKey
from domain.log.reading import Recorded
from domain.submission import SubmissionReceived, WithdrawalConfirmed
from projections.store.submitted import EpisodeNotInFile, SubmittedAsked, submitted
from web.context import Question

MOST_LATER: Final = 500
"""Later submissions of the agency that are looked at: forty years of monthly files."""


@dataclass(frozen=True, slots=True)
class Answered:
    """How a question ended: by the submission `number`, received on a day. `withdrawn`, or in that file again."""

    number: int
    received_on: date
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class AskedAbout:
    """An episode that is asked about, and how that ended; None as long as it is open."""

    episode: EpisodeNotInFile
    answered: Answered | None


def asked_about(
    question: Question, key: ClientKey, recorded: Recorded, absent: Sequence[EpisodeNotInFile]
) -> list[AskedAbout]:
    """The episodes that a file was the first not to have, with the answers that came since."""
    event = recorded.event
    if not absent or not isinstance(event, SubmissionReceived):
        return []
    later = SubmittedAsked(event.agency, limit=MOST_LATER)
    answers: dict[UUID, Answered] = {}
    for one in submitted(question.connection, question.mapper, question.generation, later):
        if one.position > recorded.position:
            answers |= dict(_answers(one))
    return [AskedAbout(one, answers.get(_stream(key, event.agency, one))) for one in absent]


def _answers(recorded: Recorded) -> Iterator[tuple[UUID, Answered]]:
    """Read from the newest on, so that the first answer is the one that stays."""
    event = recorded.event
    if isinstance(event, WithdrawalConfirmed):
        yield event.episode, Answered(event.number, event.received_on, withdrawn=True)
    elif isinstance(event, SubmissionReceived):
        for stream in event.found_again:
            yield stream, Answered(event.number, event.received_on, withdrawn=False)


def _stream(key: ClientKey, agency: str, one: EpisodeNotInFile) -> UUID:
    return key.episode(agency, one.client_reference, one.episode_reference)
