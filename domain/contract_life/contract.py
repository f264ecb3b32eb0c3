"""The contracts of the agencies: who owes files, and whose records pass to whom.

A contract is told apart by its agency and first day; the newest word about it stands. Days include both ends.
"""

from collections.abc import Iterable
from datetime import date
from typing import ClassVar, NamedTuple

from domain.log.mapper import Event


class ContractAgreed(Event, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """`agency` is under contract from `first_day` to `last_day`, both included; without it, until one is said.

    A contract is told apart by its agency and first day: said again, it stands as said last. `succeeds` names the
    agency whose service it continues.
    """

    TOPIC: ClassVar[str] = "contract.agreed.v1"
    number: int
    agency: str
    first_day: date
    last_day: date | None = None
    succeeds: str = ""
    received_on: date


class ContractWithdrawn(Event, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The contract of `agency` from `first_day` was never one: it is said no more."""

    TOPIC: ClassVar[str] = "contract.withdrawn.v1"
    number: int
    agency: str
    first_day: date
    received_on: date


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

    def known_at(self, position: int | None = None) -> list[Contract]:
        """The contracts that stand by what is known at `position` (None: now), by agency and first day."""
        standing: dict[tuple[str, date], Contract] = {}
        for word in self._words:
            if position is None or word.position <= position:
                standing[word.agency, word.first_day] = word
        return [word for _, word in sorted(standing.items()) if not word.withdrawn]

    def followed_by(self, words: Iterable[Contract]) -> "Contracts":
        """These, and what would be said after them."""
        return Contracts([*self._words, *words])

    def agencies(self, as_of: date, position: int | None = None) -> set[str]:
        """The agencies with a contract in force on `as_of`, by what is known at `position`."""
        return {one.agency for one in self.known_at(position) if one.covers(as_of)}
