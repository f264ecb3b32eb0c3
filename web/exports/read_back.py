"""The tables of a page that was written, as whoever reads the page has them.

What leaves the service as a file is what stands on the page, and nothing beside it: no second way to a number, and
nothing that the page's audience does not see. Charts and buttons are left out, and what a link in a cell tells screen
readers of where it leads. A cell that has nothing to say is empty, by whatever word the page says so.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Final

from .tables import Table, value_of

_SKIPPED: Final = frozenset({"svg", "script", "style", "button"})
_MISSING, _HIDDEN = "app-table__missing", "govuk-visually-hidden"
"""Classes: of a cell's word for nothing, and of what is told to screen readers alone."""
_NOTHING: Final = "none"
_HEADINGS: Final = frozenset({"h1", "h2", "h3"})
_BREAKS: Final = frozenset({"p", "li", "br", "div", "span", "dd", "dt", "summary", "strong"})


@dataclass
class _Cell:
    words: list[str] = field(default_factory=list)
    spans: int = 1
    is_missing: bool = False

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    @property
    def value(self) -> Any:
        """What it says; None where it says that there is nothing."""
        return None if self.is_missing and self.text == _NOTHING else value_of(self.text)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.title = self.heading = self.named = ""
        self.tables: list[Table] = []
        self._skipping = 0
        self._skipped = ""
        self._in_table = self._in_link = False
        self._words: _Cell | None = None
        self._row: list[_Cell] = []
        self._rows: list[list[_Cell]] = []
        self._ids: dict[str, str] = {}
        self._labelled = ""
        self._id = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        classes = (given.get("class") or "").split()
        if self._skipping and tag == self._skipped:
            self._skipping += 1
        if self._skipping:
            return
        if tag in _SKIPPED or (self._in_link and _HIDDEN in classes):
            self._skipping, self._skipped = 1, tag
            return
        self._in_link = self._in_link or (self._in_table and tag == "a")
        if self._words is not None and _MISSING in classes:
            self._words.is_missing = True
        if tag == "table":
            self._in_table, self._rows, self.named = True, [], ""
            self._labelled = given.get("aria-labelledby") or ""
        elif self._in_table and tag == "tr":
            self._row = []
        elif self._in_table and tag in {"th", "td"}:
            self._words = _Cell(spans=_number(given.get("colspan")))
        elif tag in _HEADINGS or (tag == "caption" and self._in_table):
            self._words, self._id = _Cell(), given.get("id") or ""
        elif self._words is not None and tag in _BREAKS:
            self._words.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if self._skipping:
            self._skipping -= tag == self._skipped
            return
        if tag == "a":
            self._in_link = False
        if tag in {"th", "td"} and self._in_table and self._words is not None:
            self._row.append(self._words)
            self._words = None
        elif tag == "tr" and self._in_table:
            self._rows.append(self._row)
        elif tag == "table":
            self._close_table()
        elif self._words is not None and (tag in _HEADINGS or tag == "caption"):
            self._close_heading(tag)
        elif self._words is not None and tag in _BREAKS:
            self._words.words.append(" ")

    def handle_data(self, data: str) -> None:
        if self._words is not None and not self._skipping:
            self._words.words.append(data)

    def _close_heading(self, tag: str) -> None:
        assert self._words is not None
        text, self._words = self._words.text, None
        if self._id:
            self._ids[self._id] = text
        if tag == "caption":
            self.named = text
        else:
            self.heading = text
            self.title = self.title or text

    def _close_table(self) -> None:
        self._in_table = False
        if not self._rows:
            return
        head, *rows = self._rows
        title = self.named or self._ids.get(self._labelled, "") or self.heading
        columns = [cell.text for cell in head]
        self.tables.append(Table(title, columns, [_values(row, len(columns)) for row in rows]))


def _values(row: list[_Cell], width: int) -> list[Any]:
    values: list[Any] = []
    for cell in row:
        values += [cell.value, *[None] * (cell.spans - 1)]
    return (values + [None] * width)[:width]


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 1


def tables_of(page: str) -> tuple[str, list[Table]]:
    """The page's heading and its tables."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.title, reader.tables
