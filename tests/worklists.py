"""What the worklists read, from a whole ledger: the reference for what is read of a database."""

from collections import defaultdict
from datetime import date
from uuid import UUID

from domain.log.reading import Recorded
from domain.submission import SubmissionReceived
from projections.worklists.seen import FilesSaid, SeenRecords, seen

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
    files = FilesSaid().after(recorded for recorded in ledger.recorded if recorded.position <= standpoint.position)
    first_days = {number: row.first_day for number, row in enumerate(ledger.received, 1)}
    return seen(
        episodes,
        standpoint,
        received_on,
        files.missing,
        files_since,
        files.unclear,
        first_days,
    )
