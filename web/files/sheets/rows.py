"""The rows of a file, held as they came: as lists of values they would take fifteen times the room of the file itself.

All rows lie in one stretch of bytes in UTF-8, with a NUL byte behind each value, since no file that is read holds one
(`nul-byte`). Where the values of a column begin and end is found for many rows at once.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, overload

import numpy as np
from numpy.typing import NDArray

BEHIND: Final = b"\0"
"""Behind each value of a row."""
_AT_ONCE: Final = 1 << 21
"""Bytes of rows in which values are looked for together: all of a month's file, and a part of a larger one."""

_LONGEST_COMPARED: Final = 64
"""Bytes of values that are compared with those before them; longer ones are taken for new."""

Places = NDArray[np.int64]


class Rows(Sequence[list[str]]):
    """Rows of values, each made a list when it is asked for; a row of one empty value comes back without any."""

    def __init__(self, written: bytes, begin: Places, end: Places, instead: Mapping[int, bytes] | None = None) -> None:
        self._bytes, self._begin, self._end = written, begin, end
        self._instead = dict(instead or {})
        self._latest: tuple[tuple[int, int], tuple[Places, Places, Places]] = (0, 0), (begin, begin, end)

    def __len__(self) -> int:
        return len(self._begin)

    @overload
    def __getitem__(self, index: int) -> list[str]: ...
    @overload
    def __getitem__(self, index: slice) -> "Rows": ...
    def __getitem__(self, index: int | slice) -> "list[str] | Rows":
        if isinstance(index, slice):
            return self.at(range(len(self))[index])
        return _values(self._row(range(len(self))[index]))

    def __setitem__(self, place: int, row: Sequence[str]) -> None:
        self._instead[range(len(self))[place]] = _written(row)

    def __iter__(self) -> Iterator[list[str]]:
        return map(_values, map(self._row, range(len(self))))

    def filled(self) -> Sequence[int]:
        """The places of the rows that have any value."""
        first_signs = np.frombuffer(self._bytes, np.uint8)[self._begin]
        doubtful = {*np.flatnonzero(first_signs == 0).tolist(), *self._instead}
        blank = {place for place in doubtful if not self._row(place).strip(BEHIND)}
        return [place for place in range(len(self)) if place not in blank] if blank else range(len(self))

    def at(self, places: Sequence[int]) -> "Rows":
        """The rows at these places."""
        chosen = slice(places.start, places.stop, places.step) if isinstance(places, range) and places else list(places)
        instead = self._instead
        if instead:
            instead = {new: instead[old] for new, old in enumerate(places) if old in instead}
        return Rows(self._bytes, self._begin[chosen], self._end[chosen], instead)

    def widths(self) -> set[int]:
        """The numbers of values that rows have."""
        return set(np.unique(self._widths()).tolist())

    def column(self, place: int) -> Iterator[str]:
        """The value of each row at a place."""
        return (value for (value,) in self.columns(place))

    def columns(self, *places: int) -> Iterator[tuple[str, ...]]:
        """The values of each row at these places, in their order; every row must have so many."""
        return (values for values, count in self.alike(*places) for _ in range(count))

    def distinct(self, place: int) -> set[str]:
        """The values that rows have at a place."""
        return {values[0] for values, _count in self.alike(place)}

    def alike(self, *places: int) -> Iterator[tuple[tuple[str, ...], int]]:
        """`columns`, where so many rows in turn have the same values."""
        written = self._bytes
        for first, last in self._together():
            cells = [self._cells(place, first, last) for place in places]
            changes = np.ones(last - first, np.bool_)
            changes[1:] = np.logical_or.reduce([_differ(written, *its) for its in cells])
            changed = sorted(self._instead.keys() & set(range(first, last))) if self._instead else ()
            for place in changed:
                changes[place - first : place - first + 2] = True
            heads = np.flatnonzero(changes)
            columns = [
                [written[b:e].decode() for b, e in zip(begin[heads].tolist(), end[heads].tolist(), strict=True)]
                for begin, end in cells
            ]
            for place in changed:
                values, head = _values(self._instead[place]), int(np.searchsorted(heads, place - first))
                for column, at in zip(columns, places, strict=True):
                    column[head] = values[at]
            counts = np.diff(heads, append=last - first).tolist()
            yield from zip(zip(*columns, strict=True), counts, strict=True)

    def _cells(self, place: int, first: int, last: int) -> tuple[Places, Places]:
        """Where the values of some rows at a place begin and end."""
        found, begins, _ends = self._found(first, last)
        # Of a shorter row there is another in its stead.
        behind = np.minimum(begins + place, len(found) - 1)
        return found[behind - 1] + 1 if place else self._begin[first:last], found[behind]

    def holding(self, sign: str) -> Iterator[tuple[int, list[str]]]:
        """The rows in which a sign is anywhere, each with its place."""
        its = sign.encode()
        if its not in self._bytes and not self._instead:
            return iter(())
        rows = ((place, self._row(place)) for place in range(len(self)))
        return ((place, _values(row)) for place, row in rows if its in row)

    def joined(self, between: bytes) -> Callable[[int], bytes]:
        """Gives the values of the row at a place in UTF-8, joined by another sign."""
        if self._instead:
            return lambda place: self._row(place)[:-1].replace(BEHIND, between)
        written, begin, end = self._bytes, self._begin.tolist(), (self._end - 1).tolist()
        return lambda place: written[begin[place] : end[place]].replace(BEHIND, between)

    def _row(self, place: int) -> bytes:
        if self._instead and place in self._instead:
            return self._instead[place]
        return self._bytes[self._begin[place] : self._end[place]]

    def _together(self) -> Iterator[tuple[int, int]]:
        """First and last of rows that lie so close that they are looked through together."""
        first, count = 0, len(self)
        while first < count:
            last = int(np.searchsorted(self._end, self._begin[first] + _AT_ONCE, "right"))
            last = max(last, first + 1)
            yield first, last
            first = last

    def _found(self, first: int, last: int) -> tuple[Places, Places, Places]:
        """Where NUL bytes are from one row to another, and where among them those of each row begin and end.

        What was found last is kept: of a month's file it is all.
        """
        if self._latest[0] != (first, last):
            begin, end = int(self._begin[first]), int(self._end[last - 1])
            found = np.flatnonzero(np.frombuffer(self._bytes, np.uint8, end - begin, begin) == 0) + begin
            begins, ends = (np.searchsorted(found, at[first:last]) for at in (self._begin, self._end))
            self._latest = (first, last), (found, begins, ends)
        return self._latest[1]

    def _widths(self) -> Places:
        """How many values each row has."""
        widths = np.zeros(len(self), np.int64)
        for first, last in self._together():
            _found, begins, ends = self._found(first, last)
            widths[first:last] = ends - begins
        for place, row in self._instead.items():
            widths[place] = row.count(BEHIND)
        return widths


def rows_of(rows: Iterable[Sequence[str]]) -> Rows:
    """Rows, from one after the other."""
    writer = RowsWriter()
    for row in rows:
        writer.add(row)
    return writer.rows()


class RowsWriter:
    """Writes rows, one behind the other."""

    def __init__(self) -> None:
        self._written: list[bytes] = []
        self._lengths: list[Places] = []
        self._single: list[int] = []

    def __len__(self) -> int:
        return sum(map(len, self._lengths)) + len(self._single)

    def add(self, row: Sequence[str]) -> None:
        """One more row."""
        written = _written(row)
        self._written.append(written)
        self._single.append(len(written))

    def add_written(self, written: bytes, lengths: Places) -> None:
        """Many rows, in UTF-8 with a NUL byte behind each value; so many bytes each."""
        self._close()
        self._written.append(written)
        self._lengths.append(lengths)

    def rows(self) -> Rows:
        """All of them."""
        self._close()
        lengths = np.concatenate([np.zeros(0, np.int64), *self._lengths])
        end = np.cumsum(lengths)
        return Rows(b"".join(self._written), end - lengths, end)

    def _close(self) -> None:
        if self._single:
            self._lengths.append(np.array(self._single, np.int64))
            self._single.clear()


def _differ(written: bytes, begin: Places, end: Places) -> NDArray[np.bool_]:
    """Whether each value but the first is another than the one before it."""
    longest = int((end - begin).max())
    if longest > _LONGEST_COMPARED:
        return np.ones(len(begin) - 1, np.bool_)
    signs = np.frombuffer(written, np.uint8)
    differ: NDArray[np.bool_] = end[1:] - begin[1:] != end[:-1] - begin[:-1]
    for sign in range(longest):
        # Behind a shorter value lies what is compared without need: its length differs, or the other's lies there too.
        at = np.minimum(begin + sign, end)
        differ |= signs[at[1:]] != signs[at[:-1]]
    return differ


def _written(row: Sequence[str]) -> bytes:
    return "\0".join((*row, "")).encode() if row else BEHIND


def _values(row: bytes) -> list[str]:
    return row[:-1].decode().split("\0") if row != BEHIND else []
