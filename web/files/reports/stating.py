"""What the cells of one figure state: two numbers, a percentage, or a fraction of one."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.errors import Refused
from domain.measures.registry import Measure
from projections.claims.claim import check_claim
from projections.claims.report import claim_stated

from .numbers import Stated, count_in, fraction_in, is_suppressed, percentage_in, share_in


class RowWrong(Exception):
    """What is wrong with a row, or a column of it."""

    def __init__(self, column: str, code: str) -> None:
        super().__init__(code)
        self.column, self.code = column, code


@dataclass(frozen=True, slots=True)
class StatingCells:
    """The cells of one figure and their headings: numerator, denominator and percentage, or one cell for all."""

    measure: Measure
    cells: Sequence[str]
    headings: Sequence[str]
    decimals: int | None = None
    """Of a column that is written in fractions: the decimals of its percentages."""

    def stated(self) -> Stated:
        """What they state.

        Raises:
            RowWrong: no figure, or none that can be; it names the column.
        """
        stated = self._of_one(self.cells[0], self.headings[0]) if len(self.cells) == 1 else self._of_three()
        try:
            check_claim(claim_stated(stated.numerator, stated.denominator, stated.percentage), self.measure)
        except Refused as refused:
            raise RowWrong(next(filter(None, self.headings), ""), "other-impossible") from refused
        return stated

    def _of_three(self) -> Stated:
        numerator, denominator = (count_in(cell) for cell in self.cells[:2])
        printed = self.cells[2]
        if numerator is not None and (denominator is not None or self._is_count):
            return Stated(numerator, None if self._is_count else denominator)
        if printed and not is_suppressed(printed):
            return self._of_one(printed, self.headings[2])
        for cell, heading in zip(self.cells, self.headings, strict=True):
            if cell and (is_suppressed(cell) or count_in(cell) is None):
                share = share_in(cell)
                if share and not self._is_count:
                    return share
                raise RowWrong(heading, "other-suppressed" if is_suppressed(cell) else "other-number")
        raise RowWrong(next(filter(None, self.headings), ""), "other-no-figure")

    def _of_one(self, cell: str, heading: str) -> Stated:
        if is_suppressed(cell):
            raise RowWrong(heading, "other-suppressed")
        stated: Stated | None
        if self._is_count:
            number = count_in(cell)
            stated = None if number is None else Stated(number)
        else:
            stated = share_in(cell) or self._percentage(cell)
        if stated is None:
            raise RowWrong(heading, "other-number")
        return stated

    def _percentage(self, cell: str) -> Stated | None:
        if self.decimals is not None:
            return fraction_in(cell, self.decimals)
        printed = percentage_in(cell)
        return Stated(percentage=printed) if printed else None

    @property
    def _is_count(self) -> bool:
        return self.measure.kind == "count"
