"""What a file would do to the figures: every measure before and after it, at the end of its days."""

from dataclasses import dataclass
from datetime import date

from domain.measures.registry import MEASURES
from projections.standings.engine import Figure
from projections.standings.slices import Slice
from web.snapshot import Snapshot


@dataclass(frozen=True)
class Effect:
    """A measure before and after a file, with all that is known, in one slice."""

    before: Figure
    after: Figure

    @property
    def changes(self) -> bool:
        """Whether the file moves it."""
        return _counts(self.before) != _counts(self.after)


def _counts(figure: Figure) -> tuple[object, ...]:
    return figure.numerator, figure.denominator, figure.matured, figure.parts, figure.waiting


def effects(before: Snapshot, after: Snapshot, as_of: date, agency: str) -> list[Effect]:
    """Every measure of everybody, and of the file's own agency, as of the last day that the file covers."""
    return [
        Effect(*pair)
        for where in (Slice(), Slice(agency=agency))
        for pair in zip(_figures(before, as_of, where), _figures(after, as_of, where), strict=True)
    ]


def _figures(snapshot: Snapshot, as_of: date, where: Slice) -> list[Figure]:
    return snapshot.figures(MEASURES, snapshot.standpoint(as_of), where)
