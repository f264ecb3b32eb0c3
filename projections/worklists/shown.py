"""What a provider sees of a worklist: its own rows; of what another agency's record says in them, only the sign."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from .rows import WorklistRow


def worklist_shown(rows: Iterable[WorklistRow], own: Collection[str]) -> list[WorklistRow]:
    """The rows of episodes of the agencies `own` (`projections.privacy.caseload_access`).

    Where a row rests on another agency's record, its days and its count are `withheld`, and the sentence says no more
    than that there is one; an area that only another agency's record says is left out. A pair with a client of another
    agency is left out: that the two may be one tells whom the other agency knows.
    """
    return list(_shown(rows, own))


def _shown(rows: Iterable[WorklistRow], own: Collection[str]) -> Iterator[WorklistRow]:
    for row in rows:
        if row.of.agency not in own or (row.beside and row.beside.agency not in own):
            continue
        shown = row if not row.says_area or row.says_area in own else replace(row, slice=row.without_area)
        if not row.rests_on.issubset(own):
            dates = tuple(dated for dated in row.dates if dated.agency in own)
            because = row.because_own
            shown = replace(shown, dates=dates, days=None, because=because, rests_on=frozenset(), withheld=True)
        yield replace(shown, says_area="")
