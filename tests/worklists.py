"""What the worklists read, from a whole ledger: the reference for what is read of a database."""

from datetime import date

from projections.worklists.seen import Seen, missing_from, seen

from .ledger import Ledger


def seen_by_reference(ledger: Ledger, as_of: date, known_at: date | int | None) -> Seen:
    """Everything that is seen of a ledger, nobody left out."""
    standpoint = ledger.submissions.standpoint(as_of, known_at)
    received_on = {number: row.received_on for number, row in enumerate(ledger.received, 1)}
    return seen(ledger.recorded, standpoint, received_on, missing_from(ledger.recorded, standpoint))
