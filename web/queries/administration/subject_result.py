"""What is answered of one person's own data: the JSON."""

from datetime import date
from typing import Final, Literal

import msgspec

from domain.episode.facts import Fact
from projections.privacy.subject_access import Change, Holding, HoldingSource, OwnEpisode
from projections.privacy.subject_references import RowKeptOut
from projections.standings.slices import Slice
from web.queries.result import Document, Result

from .subject_looks import SubjectLooks
from .subject_written import SubjectWritten


class SubjectSource(Result, frozen=True):
    """The day of receipt, the position of the log, the file, and its row where that is known."""

    received_on: date | None
    position: int
    file: str
    row: int | None


class SubjectFact(Result, frozen=True):
    """Something that is said of an episode, with the day on which it happened."""

    fact: str
    occurred_on: date
    said: Document
    source: SubjectSource


class SubjectChange(Result, frozen=True):
    """Something that was said and was amended, or taken back: then `now` is null. `source` is what changed it."""

    fact: str
    before: Document
    now: Document | None
    source: SubjectSource


class SubjectEpisode(Result, frozen=True):
    """An episode of the person; `taken_over` says that it stood under other identifiers before `since`.

    `joined_on` is the day since which all of it stands under another reference; `erased_on` that on which earlier
    records under the reference were erased; `not_in_file_since` that since which the agency's files lack it.
    `consent_unclear`: the agency's newest file does not say clearly whether the person agreed.
    """

    agency: str
    client_reference: str
    episode_reference: str
    since: SubjectSource
    taken_over: bool
    joined_on: date | None
    erased_on: date | None
    not_in_file_since: date | None
    consent_unclear: bool
    facts: list[SubjectFact]
    changes: list[SubjectChange]


class SubjectPassedOn(Result, frozen=True):
    """Records that stood under the person's identifiers for a time, and are somebody else's by a correction."""

    from_day: date | None
    to_day: date | None
    records: int


class SubjectRejectedRow(Result, frozen=True):
    """A row under the person's reference that was kept out of the agency's newest file."""

    agency: str
    client_reference: str
    episode_reference: str
    source: SubjectSource


class SubjectFigure(Result, frozen=True):
    """A published figure in whose cohort the person is; `counted` in its numerator, too.

    `publication` is its number, and `cut` the scorecard's name, if it is part of one.
    """

    publication: int
    cut: str | None
    measure: str
    name: str
    slice: Slice
    as_of: date
    known_at: date | None
    published_on: date
    counted: bool


class SubjectRetention(Result, frozen=True):
    """How long records are kept; `due_on` is the first day on which they need not be, null while an episode is open."""

    kind: str
    due_on: date | None
    months: int
    counted_from: str
    source: str


class SubjectAccessResult(Result, frozen=True):
    """All that is held about one person, as known at a position of the log.

    `held` is "records"; "erased" where nothing is held but a hash on the stop-list, since `erased_on`; or "nothing".
    `figures_withheld` counts the published figures in which the person stood by records that are somebody else's now.
    """

    held: Literal["records", "erased", "nothing"]
    on: date
    known_at: date | None
    position: int
    client: str | None
    erased_on: date | None
    episodes: list[SubjectEpisode]
    passed_on: list[SubjectPassedOn]
    rejected_rows: list[SubjectRejectedRow]
    written: SubjectWritten
    figures: list[SubjectFigure]
    figures_withheld: int
    looks: SubjectLooks
    retention: list[SubjectRetention]


# ---- as JSON

_NOT_SAID: Final = {
    *("near", "client", "agency", "client_reference", "episode_reference"),
    # Numbers of episodes inside the log, which say nothing to a reader.
    *("episode", "into"),
    # Of a review: whatever the service wrote, which may be somebody's name.
    "role",
}


def _said(fact: Fact) -> Document:
    document: Document = msgspec.to_builtins(fact)
    return {name: value for name, value in document.items() if name not in _NOT_SAID}


def _source(source: HoldingSource) -> SubjectSource:
    return SubjectSource(source.received_on, source.position, source.file, source.row)


def _fact(holding: Holding) -> SubjectFact:
    return SubjectFact(holding.key, holding.fact.occurred_on, _said(holding.fact), _source(holding.source))


def _change(change: Change) -> SubjectChange:
    now = None if change.now is None else _said(change.now)
    return SubjectChange(change.key, _said(change.before), now, _source(change.source))


def episode_result(its: OwnEpisode, not_in_file_since: date | None, consent_unclear: bool) -> SubjectEpisode:
    """An episode as the answer has it."""
    return SubjectEpisode(
        its.agency,
        its.client_reference,
        its.episode_reference,
        _source(its.since),
        its.taken_over,
        its.joined_on,
        its.erased_on,
        not_in_file_since,
        consent_unclear,
        list(map(_fact, its.holdings)),
        list(map(_change, its.changes)),
    )


def rejected_result(row: RowKeptOut) -> SubjectRejectedRow:
    """A row that was kept out as the answer has it."""
    return SubjectRejectedRow(row.agency, row.client_reference, row.episode_reference, _source(row.source))
