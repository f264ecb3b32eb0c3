"""The columns of standings as an engine asks them: four bytes a value, by part, and of each part by client.

A measure's rows lie side by side, and of each of its parts those of one client. Nothing in a stretch of columns is
changed once it is made; what is no longer so is said beside it, in `gone`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from domain.measures.families import FAMILIES, PARTS_A_FAMILY

from .calculation import COLUMNS, FOREVER, Standings
from .calculation.arrays import Ints, distinct, is_among, spread

Column = NDArray[np.int32]
Run = slice
"""Rows that lie side by side; in a class with a column of this name, the type has another."""
NAMES: Final = (
    "client", "kind", "state", "slice", "journey", "as_of", "until", "known_from", "known_until",
)  # fmt: skip
"""The columns of a row. `client` is its place among the clients, `kind` its part and what it counts as (`STATES`)."""
LAST: Final = np.iinfo(np.int32).max
"""`known_until` of what is still known."""
STATES: Final = 4
"""So many ways there are to stand in a part: counted or not, immature or not."""
CODES: Final = (len(FAMILIES) + 1) * PARTS_A_FAMILY
"""One more than the highest code of a part."""


def _no_rows() -> Ints:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class StandingColumns:
    """Some standings. `clients` are those who stand in them, `gone` the rows that do not count; both ascending."""

    clients: Ints
    client: Column
    kind: Column
    state: Column
    slice: Column
    journey: Column
    as_of: Column
    until: Column
    known_from: Column
    known_until: Column
    first_row: Ints = field(repr=False)
    """Of each code of a part its first row, and behind the last code the number of all."""
    gone: Ints = field(default_factory=_no_rows)

    @classmethod
    def of(cls, standings: Standings) -> "StandingColumns":
        """These standings."""
        clients = distinct(standings.client)
        number = np.searchsorted(clients, standings.client)
        order = np.argsort(standings.part * max(len(clients), 1) + number, kind="stable")
        numbers = {name: getattr(standings, name) for name in NAMES if name not in {"client", "kind"}}
        numbers |= {name: np.minimum(numbers[name], LAST) for name in ("known_from", "known_until")}
        numbers |= {"client": number, "kind": standings.part * STATES + standings.state % STATES}
        return cls.by_part(clients, {name: values[order].astype(np.int32) for name, values in numbers.items()})

    @classmethod
    def by_part(cls, clients: Ints, columns: Mapping[str, Column]) -> "StandingColumns":
        """The columns of `NAMES`, whose rows are in order already."""
        its: dict[str, Any] = {name: columns[name] for name in NAMES}
        return cls(clients=clients, first_row=np.searchsorted(columns["kind"], np.arange(CODES + 1) * STATES), **its)

    def __len__(self) -> int:
        """How many rows there are, those that are gone among them."""
        return len(self.client)

    def lie(self, first: int, after: int) -> Run:
        """Where the rows of the codes from `first` to before `after` lie."""
        return Run(int(self.first_row[first]), int(self.first_row[after]))

    def chosen(self, rows: Run, holds: NDArray[np.bool_]) -> Ints:
        """Those of a stretch of rows of which something holds, without those that are gone. Changes `holds`."""
        if len(self.gone):
            begin, end = np.searchsorted(self.gone, (rows.start, rows.stop))
            holds[self.gone[begin:end] - rows.start] = False
        found: Ints = np.flatnonzero(holds) + rows.start
        return found

    def containing(self, rows: Run, day: int, position: int) -> Ints:
        """Those of a stretch of rows that contain a point."""
        contains = self.as_of[rows] <= np.int32(day)
        contains &= self.until[rows] > np.int32(day)
        contains &= self.known_from[rows] <= np.int32(position)
        contains &= self.known_until[rows] > np.int32(position)
        return self.chosen(rows, contains)

    def of_clients(self, rows: Run, clients: Ints) -> Ints:
        """Those of the rows of one part that are of these clients: each of them once, ascending."""
        numbers = np.searchsorted(self.clients, clients[is_among(clients, self.clients)]).astype(np.int32)
        its = self.client[rows]
        begin, end = (np.searchsorted(its, numbers, side) for side in ("left", "right"))
        found: Ints = spread(begin, end - begin)[1] + rows.start
        return found[~is_among(found, self.gone)] if len(self.gone) else found

    def without_clients(self, clients: Ints) -> "StandingColumns":
        """The same without the rows of these clients: each of them once, ascending."""
        if not is_among(clients, self.clients).any():
            return self
        found = [self.of_clients(self.lie(code, code + 1), clients) for code in range(CODES)]
        return replace(self, gone=np.union1d(self.gone, np.concatenate([_no_rows(), *found])))

    def wound_back(self, position: int) -> "StandingColumns":
        """The rows as they were at a position: what opened since is not there, what closed since still stands."""
        until = np.where(self.known_until > position, np.int32(LAST), self.known_until)
        opened = np.flatnonzero(self.known_from > position)
        return replace(self, known_until=until, gone=np.union1d(self.gone, opened))

    def standings(self, chosen: NDArray[Any]) -> Standings:
        """The chosen rows (indices or flags), as they are stored."""
        numbers = {name: getattr(self, name)[chosen].astype(np.int64) for name in COLUMNS if name in NAMES}
        numbers["client"] = self.clients[numbers["client"]]
        numbers["known_until"][numbers["known_until"] == LAST] = FOREVER
        return Standings(part=self.kind[chosen].astype(np.int64) // STATES, **numbers)

    @property
    def everything(self) -> Standings:
        """All rows that are not gone, as they are stored."""
        return self.standings(self.chosen(Run(0, len(self)), np.ones(len(self), np.bool_)))


@dataclass(frozen=True, slots=True)
class Stretches:
    """Standings in one stretch of columns after the other: what many share, and what came since.

    A row's address is its place when they are numbered through. A client's rows lie in one stretch alone.
    """

    columns: Sequence[StandingColumns]
    clients: Ints
    """All clients of any stretch, ascending; some may have no row left."""
    _numbers: Sequence[Ints]
    """Of each stretch the places of its clients among all."""

    @classmethod
    def of(cls, *columns: StandingColumns) -> "Stretches":
        """These stretches; one of them at least."""
        (first, *others) = columns
        if not others:
            return cls(columns, first.clients, [])
        clients = np.union1d(first.clients, np.concatenate([its.clients for its in others]))
        return cls(columns, clients, [np.searchsorted(clients, its.clients) for its in columns])

    def __len__(self) -> int:
        return sum(map(len, self.columns))

    def find(self, first: int, after: int, choose: Callable[[StandingColumns, Run], Ints]) -> Ints:
        """The addresses of the rows that `choose` takes of each stretch; codes from `first` to before `after`."""
        found = [choose(its, its.lie(first, after)) + start for start, its in self._placed()]
        return found[0] if len(found) == 1 else np.concatenate(found)

    def column(self, name: str, addresses: Ints) -> Column:
        """A column of these rows."""
        values: Column = self._gathered(addresses, np.int32, lambda _, its, rows: getattr(its, name)[rows])
        return values

    def client_numbers(self, addresses: Ints) -> Ints:
        """The places of the clients of these rows among `clients`."""
        if len(self.columns) == 1:
            return self.column("client", addresses).astype(np.int64)
        return self._gathered(addresses, np.int64, lambda i, its, rows: self._numbers[i][its.client[rows]])

    def standings(self, addresses: Ints) -> Standings:
        """These rows, as they are stored."""
        if len(self.columns) == 1:
            return self.columns[0].standings(addresses)
        parts = [its.standings(addresses[here] - start) for here, start, its in self._split(addresses)]
        order = np.argsort(np.concatenate([np.flatnonzero(here) for here, *_ in self._split(addresses)]))
        return Standings.of(parts).take(order)

    @property
    def everything(self) -> Standings:
        """All rows, as they are stored."""
        return Standings.of([its.everything for its in self.columns])

    def merged(self) -> StandingColumns:
        """All rows in one stretch, column by column: of many rows only some columns are there twice."""
        if len(self.columns) == 1 and not len(self.columns[0].gone):
            return self.columns[0]
        here = [its.chosen(Run(0, len(its)), np.ones(len(its), np.bool_)) for its in self.columns]
        starts = [start for start, _ in self._placed()]
        rows = np.concatenate([its + start for its, start in zip(here, starts, strict=True)])
        clients = distinct(self.clients[self.client_numbers(rows)])
        number = np.searchsorted(clients, self.clients)[self.client_numbers(rows)]
        order = np.argsort(self.column("kind", rows) // STATES * np.int64(max(len(clients), 1)) + number, kind="stable")
        columns = {
            name: np.concatenate([getattr(its, name)[some] for its, some in zip(self.columns, here, strict=True)])[
                order
            ]
            for name in NAMES
            if name != "client"
        }
        return StandingColumns.by_part(clients, {"client": number[order].astype(np.int32), **columns})

    def _placed(self) -> Iterator[tuple[int, StandingColumns]]:
        start = 0
        for its in self.columns:
            yield start, its
            start += len(its)

    def _split(self, addresses: Ints) -> Iterator[tuple[NDArray[np.bool_], int, StandingColumns]]:
        for start, its in self._placed():
            yield (addresses >= start) & (addresses < start + len(its)), start, its

    def _gathered(
        self, addresses: Ints, kind: type, values: Callable[[int, StandingColumns, Ints], NDArray[Any]]
    ) -> NDArray[Any]:
        if len(self.columns) == 1:
            return values(0, self.columns[0], addresses)
        out: NDArray[Any] = np.empty(len(addresses), kind)
        for number, (here, start, its) in enumerate(self._split(addresses)):
            out[here] = values(number, its, addresses[here] - start)
        return out
