"""Long lists, a page at a time."""

from dataclasses import dataclass, field
from typing import Final

from flask import has_request_context, request

ROWS_A_PAGE: Final = 100
WHOLE: Final = "recount.whole"
"""What a request's environment holds where a list is wanted whole: it leaves as a file."""
_EVERY_ROW: Final = 10**9


def rows_a_page(usual: int | None = None) -> int:
    """How many rows are shown of a list."""
    return _EVERY_ROW if has_request_context() and request.environ.get(WHOLE) else usual or ROWS_A_PAGE


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page of `total` rows is shown; pages count from 1, and one beyond the ends is the nearest that there is."""

    asked: int
    total: int
    size: int = field(default_factory=rows_a_page)

    @property
    def last(self) -> int:
        """The last page; 1 also of nothing."""
        return max(1, -(-self.total // self.size))

    @property
    def page(self) -> int:
        return min(max(self.asked, 1), self.last)

    @property
    def rows(self) -> slice:
        """Which rows of the whole list are on the page."""
        return slice((self.page - 1) * self.size, self.page * self.size)

    @property
    def shown(self) -> list[int | None]:
        """The pages that are linked: the ends, this one and its neighbours; None where some are left out."""
        near = {1, self.page - 1, self.page, self.page + 1, self.last}
        shown: list[int | None] = []
        for number in sorted(n for n in near if 1 <= n <= self.last):
            if shown and number - (shown[-1] or 0) > 1:
                shown.append(None)
            shown.append(number)
        return shown
