"""What the worklists read, from a whole ledger: the reference for what is read of a database."""

from collections import defaultdict
from datetime import date
from uuid import UUID

from domain.log.reading import Recorded
from domain.submission import SubmissionReceived
from projections.worklists.seen import SeenRecords, missing_from, seen, unclear_since

from .ledger import Ledger


def seen_by_reference(ledger: Ledger, as_of: date, known_at: date | int | None) -> SeenRecords:
    """Everything that is seen of a ledger, nobody left out."""
    standpoint = ledger.submissions.standpoint(as_of, known_at)
    received_on = {number: row.received_on for number, row in enumerate(ledger.received, 1)}
    streams: defaultdict[UUID, list[Recorded]] = defaultdict(list)
    for recorded in ledger.recorded:
        streams[recorded.event.originator_id].append(recorded)
    episodes = {stream: its for stream, its in streams.items() if stream in ledger.episodes}
    files_since: dict[tuple[str, str], date] = {}
    for event in (r.event for r in ledger.recorded if r.position <= standpoint.position):
        if isinstance(event, SubmissionReceived):
            kind = event.agency, event.data_set
            files_since[kind] = min(files_since.get(kind, event.first_day), event.first_day)
    first_days = {number: row.first_day for number, row in enumerate(ledger.received, 1)}
    return seen(
        episodes,
        standpoint,
        received_on,
        missing_from(ledger.recorded, standpoint),
        files_since,
        unclear_since(ledger.recorded, standpoint),
        first_days,
    )
