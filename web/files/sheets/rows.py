"""The rows of a file, held as text: as lists of values they would take fifteen times the room of the file itself."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, overload

_BETWEEN: Final = "\0"
"""Between two values of a row: no file that is read holds it (`nul-byte`)."""


class Rows(Sequence[list[str]]):
    """Rows of values, each made a list when it is asked for; a row of empty values may come back without any."""

    def __init__(self, rows: Iterable[Sequence[str]] = ()) -> None:
        self._texts = list(map(_BETWEEN.join, rows))

    @classmethod
    def _of_texts(cls, texts: list[str]) -> "Rows":
        rows = cls()
        rows._texts = texts
        return rows

    def __len__(self) -> int:
        return len(self._texts)

    @overload
    def __getitem__(self, index: int) -> list[str]: ...
    @overload
    def __getitem__(self, index: slice) -> "Rows": ...
    def __getitem__(self, index: int | slice) -> "list[str] | Rows":
        if isinstance(index, slice):
            return Rows._of_texts(self._texts[index])
        return _values(self._texts[index])

    def __setitem__(self, place: int, row: Sequence[str]) -> None:
        self._texts[place] = _BETWEEN.join(row)

    def __iter__(self) -> Iterator[list[str]]:
        return map(_values, self._texts)

    def append(self, row: Sequence[str]) -> None:
        """Add a row behind the others."""
        self._texts.append(_BETWEEN.join(row))

    def filled(self) -> Iterator[int]:
        """The places of the rows that have any value."""
        return (place for place, text in enumerate(self._texts) if text.strip(_BETWEEN))

    def at(self, places: Iterable[int]) -> "Rows":
        """The rows at these places."""
        return Rows._of_texts([self._texts[place] for place in places])

    def widths(self) -> set[int]:
        """The numbers of values that rows have."""
        return {text.count(_BETWEEN) + 1 for text in self._texts}

    def column(self, place: int) -> Iterator[str]:
        """The value of each row at a place."""
        return (text.split(_BETWEEN, place + 1)[place] for text in self._texts)

    def columns(self, *places: int) -> Iterator[tuple[str, ...]]:
        """The values of each row at these places, in their order."""
        last = max(places) + 1
        for text in self._texts:
            values = text.split(_BETWEEN, last)
            yield tuple([values[place] for place in places])

    def holding(self, sign: str) -> Iterator[tuple[int, list[str]]]:
        """The rows in which a sign is anywhere, each with its place."""
        return ((place, _values(text)) for place, text in enumerate(self._texts) if sign in text)

    def joined(self, place: int, between: str) -> str:
        """The values of a row, joined by another sign."""
        return self._texts[place].replace(_BETWEEN, between)


def _values(text: str) -> list[str]:
    return text.split(_BETWEEN) if text else []
