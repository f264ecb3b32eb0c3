"""What a file would do to the figures: every measure before and after it, at the end of its days.

A figure is measured from the read models. So the file's plan is stored in a transaction that is rolled back; all that a
dry run says of the file itself is said by the plan.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from domain.measures.registry import MEASURES
from projections.standings.engine import Figure
from projections.standings.slices import Slice
from web.commands.commit import Receipt, locked_commit
from web.files.uploads import SentFile
from web.schemas.figure import slice_document
from web.services import Services
from web.snapshot import Snapshot

from .checking import Progress
from .plan import FileOptions, plan_file
from .submission import Submission
from .take_in import read_file, same_file_before, store


@dataclass(frozen=True)
class Effect:
    """A measure before and after a file, with all that is known, in one slice."""

    before: Figure
    after: Figure

    @property
    def changes(self) -> bool:
        """Whether the file moves it."""
        return _counts(self.before) != _counts(self.after)

    def document(self) -> dict[str, Any]:
        """The measure before and after, as JSON."""
        figure = self.after
        return {
            "measure": figure.measure.code,
            "slice": slice_document(figure.slice),
            "as_of": figure.standpoint.as_of.isoformat(),
            "before": {"numerator": self.before.numerator, "denominator": self.before.denominator},
            "after": {"numerator": figure.numerator, "denominator": figure.denominator},
        }


def _counts(figure: Figure) -> tuple[object, ...]:
    return figure.numerator, figure.denominator, figure.matured, figure.parts, figure.waiting


def preview_effects(
    services: Services, path: SentFile, receipt: Receipt, options: FileOptions, progress: Progress | None = None
) -> tuple[Submission, list[Effect]]:
    """A dry run of a file, with what it would do to the figures. Raises as `take_in`."""
    register, client_key, receipt = services.register, services.client_key, replace(receipt, dry_run=True)
    file = read_file(register, client_key, path, receipt, options)
    with locked_commit(register, receipt, path.name) as commit:
        if before := same_file_before(commit.knowledge, file, receipt):
            return before, []
        plan = plan_file(file, commit.knowledge, client_key, receipt, options, progress)
        store(commit, plan, client_key)
        after = Snapshot.of(commit.connection, services.mapper)
        with services.snapshot() as snapshot:
            effects = _effects(snapshot, after, file.name.last_day, file.name.agency)
    return plan.dry_run, effects


def _effects(before: Snapshot, after: Snapshot, as_of: date, agency: str) -> list[Effect]:
    """Every measure of everybody, and of the file's own agency, as of the last day that the file covers."""
    return [
        Effect(*pair)
        for slice_ in (Slice(), Slice(agency=agency))
        for pair in zip(_figures(before, as_of, slice_), _figures(after, as_of, slice_), strict=True)
    ]


def _figures(snapshot: Snapshot, as_of: date, slice_: Slice) -> list[Figure]:
    return snapshot.figures(MEASURES, snapshot.standpoint(as_of), slice_)
