"""The contracts of the agencies, as they were known at a position: who owes files, and whose records pass to whom.

A contract is told apart by its agency and first day; the newest word about it stands. Days include both ends.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from domain.log.reading import Recorded
from domain.submission import ContractAgreed, ContractWithdrawn

from .tables import contract


class Contract(NamedTuple):
    """A word about a contract. `last_day` None: no end is agreed. `succeeds`: whose service it continues, or ""."""

    position: int
    agency: str
    first_day: date
    last_day: date | None = None
    succeeds: str = ""
    withdrawn: bool = False

    def covers(self, day: date) -> bool:
        """Whether it is in force on that day."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


class Contracts:
    """Everything that was said about contracts, in the order of the log."""

    def __init__(self, words: Iterable[Contract] = ()) -> None:
        self._words = sorted(words, key=lambda word: word.position)

    @classmethod
    def load(cls, connection: sa.Connection, generation: int) -> "Contracts":
        """Those of a generation of the read models."""
        columns = (contract.c[name] for name in Contract._fields)
        query = sa.select(*columns).where(contract.c.generation == generation)
        return cls(Contract(*row) for row in connection.execute(query))

    def known_at(self, position: int | None = None) -> list[Contract]:
        """The contracts that stand by what is known at `position` (None: now), by agency and first day."""
        standing: dict[tuple[str, date], Contract] = {}
        for word in self._words:
            if position is None or word.position <= position:
                standing[word.agency, word.first_day] = word
        return [word for _, word in sorted(standing.items()) if not word.withdrawn]

    def agencies(self, as_of: date, position: int | None = None) -> set[str]:
        """The agencies with a contract in force on `as_of`, by what is known at `position`."""
        return {one.agency for one in self.known_at(position) if one.covers(as_of)}


def contract_rows(generation: int, recorded: Iterable[Recorded]) -> Iterator[tuple[Any, ...]]:
    """The rows of `tables.contract` for those events that speak of one."""
    for one in recorded:
        event = one.event
        if isinstance(event, ContractAgreed):
            said = (event.agency, event.first_day, event.last_day, event.succeeds, False)
        elif isinstance(event, ContractWithdrawn):
            said = (event.agency, event.first_day, None, "", True)
        else:
            continue
        yield (generation, one.position, *said)
