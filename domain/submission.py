"""A submission: the event that every commit of knowledge ends in.

It is exactly one of SUBMISSION_EVENTS, in a stream of its own; the position of that event *is* the submission's
position, and every fact of the commit becomes known at it. `received_on` is the day on which the file (or the word)
reached the commissioner; it is also the event's `occurred_on`.
"""

from collections.abc import Iterable
from datetime import date
from typing import ClassVar, Final
from uuid import UUID, uuid5

import msgspec

from .contract_life.contract import ContractAgreed, ContractWithdrawn
from .log.mapper import Event

_SUBMISSIONS: Final = UUID("5f1b7c62-6f6c-4f4c-9a55-3c1f0f5d2a71")
"""Namespace of the submissions' stream ids; they are told apart by their number."""


class Rejection(msgspec.Struct, frozen=True):
    """A row that fails a check: row of the file (1 is the first below the header), column, stable code, sentence.

    `sheet_row` is the row's number in a spreadsheet, the header counted.
    """

    row: int
    column: str
    code: str
    message: str
    sheet_row: int = 0


SAME_RECORD: Final = "known-under-another-reference"
SAME_RECORD_ELSEWHERE: Final = "known-at-another-agency"
ANOTHER_PERSON: Final = "another-person"
"""Codes of notices: an episode is probably one that is known under another key; a key names somebody else now."""


OF_OTHER_AGENCIES: Final = frozenset({SAME_RECORD_ELSEWHERE})
"""Codes of notices that tell whom another agency knows, and so are not for a provider."""


class Notice(msgspec.Struct, frozen=True):
    """Something to look at that keeps nothing out; row 0 means the file as a whole. `sheet_row` as of a rejection."""

    row: int
    column: str
    code: str
    message: str
    sheet_row: int = 0


class KeptOut(msgspec.Struct, frozen=True):
    """How many episodes of a file were kept out of the figures, and how many of them are `new`, and so in no figure."""

    episodes: int = 0
    new: int = 0


def known_elsewhere(notices: Iterable[Notice]) -> int:
    """How many new episodes of a file are probably ones that are known under another key."""
    return sum(notice.code in {SAME_RECORD, SAME_RECORD_ELSEWHERE} for notice in notices)


def other_people(notices: Iterable[Notice]) -> int:
    """How many references of a file name another person than before."""
    return sum(notice.code == ANOTHER_PERSON for notice in notices)


class SubmissionReceived(Event, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A monthly file (`data_set` TREAT) or a review file (REVIEWS) was taken in.

    `number` is the submission's ordinal; `letter` the data-set letter of a monthly file. `first_day` to `last_day` are
    the covered days, both included. `rows` counts data rows; `new`, `amended`, `withdrawn` and `unchanged` count facts
    of episodes. `left_out` counts episodes left out for want of consent or, `stopped` of them, because their person was
    erased; `erased` counts those of them that were known. `consent_refused` counts the clients who refuse consent.
    `consent_unclear` are all clients of the agency who are asked about once a monthly file is in, by keyed ids, since
    CONSENT was neither yes nor no and nobody has answered; `unclear_episodes` those of their episodes that are known.
    `episodes` counts those in the file, `kept_out` those of them that were rejected.
    `missing` counts the episodes known to touch the covered days that the file does not have; `not_in_file` names
    those that the file before still had, `found_again` those that were missing and are back.
    """

    TOPIC: ClassVar[str] = "submission.received.v1"
    number: int
    agency: str
    file: str
    data_set: str
    letter: str = ""
    first_day: date
    last_day: date
    received_on: date
    sha256: str
    complete: bool = False
    rows: int
    new: int = 0
    amended: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    left_out: int = 0
    stopped: int = 0
    erased: int = 0
    consent_refused: int = 0
    consent_unclear: tuple[UUID, ...] = ()
    unclear_episodes: tuple[UUID, ...] = ()
    missing: int = 0
    episodes: int = 0
    kept_out: KeptOut = KeptOut()
    rejected: tuple[Rejection, ...] = ()
    notices: tuple[Notice, ...] = ()
    not_in_file: tuple[UUID, ...] = ()
    found_again: tuple[UUID, ...] = ()


class WithdrawalConfirmed(Event, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Someone confirmed that an episode should never have been reported: its `withdrawn` facts are said no more."""

    TOPIC: ClassVar[str] = "withdrawal.confirmed.v1"
    number: int
    agency: str
    received_on: date
    episode: UUID
    withdrawn: int


class CaseloadHandedOver(Event, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The caseload of `agency` passed to `to_agency`: its `episodes` open ones end on `handed_over_on`.

    `chosen`: not all of them, but those of a list. `contracts` are the numbers of the submissions, of the same commit,
    that said what became of the two agencies' contracts.
    """

    TOPIC: ClassVar[str] = "caseload.handed-over.v1"
    number: int
    agency: str
    to_agency: str
    handed_over_on: date
    received_on: date
    episodes: int
    chosen: bool = False
    contracts: tuple[int, ...] = ()


class CaseloadReturned(Event, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What the submission numbered `undoes` handed over never passed: its `episodes` that still ended by it are open.

    An episode that a real discharge has ended since is not among them: it was open no more.
    """

    TOPIC: ClassVar[str] = "caseload.returned.v1"
    number: int
    agency: str
    received_on: date
    undoes: int
    episodes: int


class EpisodesRekeyed(Event, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Episodes that came again under another key are the same: each of `pairs` is (under the old key, the new one).

    `agency` is whose they are, empty where they are of several.
    """

    TOPIC: ClassVar[str] = "episodes.rekeyed.v1"
    number: int
    agency: str = ""
    received_on: date
    pairs: tuple[tuple[UUID, UUID], ...]


class RekeyUndone(Event, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The `pairs` that the submission numbered `undoes` joined are two episodes each, as they were before."""

    TOPIC: ClassVar[str] = "rekey.undone.v1"
    number: int
    agency: str = ""
    received_on: date
    undoes: int
    pairs: tuple[tuple[UUID, UUID], ...]


class CoveredDaysCorrected(Event, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The monthly file that is submission `corrects` covers `first_day` to `last_day`, and not what its name says.

    Both are None where it covers no day. The days lie within those of the file's name. Nothing else that the file said
    is taken back. The newest correction of a file stands.
    """

    TOPIC: ClassVar[str] = "covered-days.corrected.v1"
    number: int
    agency: str
    received_on: date
    corrects: int
    first_day: date | None = None
    last_day: date | None = None
    reason: str


class ErasureCarriedOut(Event, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Records of persons lost salt and state, for good: `records` events of `episodes`, said of `persons`.

    `basis` is REQUEST, RETENTION or RESTORED; `reason` says it in words, or names the kind of record whose time was
    up. It is knowledge like a file is: from its position on the persons are not known. `agency` stays empty, so that
    nobody learns from it whose they were.
    """

    TOPIC: ClassVar[str] = "erasure.carried-out.v1"
    number: int
    agency: str = ""
    received_on: date
    basis: str
    reason: str
    persons: int
    episodes: int
    records: int


REQUEST, RETENTION, RESTORED = "request", "retention", "restored"
"""Why records were erased: someone asked and was right to; their time was up; a backup had brought them back."""

SUBMISSION_EVENTS: Final[tuple[type[Event], ...]] = (
    SubmissionReceived,
    WithdrawalConfirmed,
    CaseloadHandedOver,
    CaseloadReturned,
    EpisodesRekeyed,
    RekeyUndone,
    CoveredDaysCorrected,
    ContractAgreed,
    ContractWithdrawn,
    ErasureCarriedOut,
)
"""The events that a commit of knowledge may end in."""


def submission_stream(number: int) -> UUID:
    """The stream of the submission with this ordinal; its one event has version 1."""
    return uuid5(_SUBMISSIONS, str(number))
