"""Which numbers of a table may be shown together: agencies by their letters, so many persons at these and at those."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import count

import pytest

from projections.publication.audit.audit import Audit
from projections.publication.audit.cells import Person, Status, TableCell
from projections.publication.shown_tables import CountedTable, ShownTables, TableKey, TableNumber
from projections.standings.slices import Slice

SOMEBODY = Person("opiate", "Ross", frozenset("A"), True, False, False, True)
EVERYBODY = TableCell(frozenset({"opiate", "alcohol"}), Slice(), adults=True)
OPIATE = replace(EVERYBODY, parts=frozenset({"opiate"}))
ALL_AGES = replace(EVERYBODY, adults=False)
JUSTICE = replace(EVERYBODY, slice=Slice(criminal_justice=True))
ROSS = replace(EVERYBODY, slice=Slice(area="Ross"))
ROSS_AT_A = replace(EVERYBODY, slice=Slice(area="Ross", agency="A"))
A, B, C = (replace(EVERYBODY, slice=Slice(agency=agency)) for agency in "ABC")


def counted(cell: TableCell) -> TableCell:
    return replace(cell, status=Status.COUNTED)


def people(*some: tuple[int, str, int], first: int = 1, **what: object) -> dict[Person, list[int]]:
    """So many at these agencies, of whom so many are counted."""
    numbers = count(first)
    together: dict[Person, list[int]] = {}
    for size, agencies, completed in some:
        for place in range(size):
            one = replace(SOMEBODY, agencies=frozenset(agencies), counted=place < completed, **what)
            together.setdefault(one, []).append(next(numbers))
    return together


def numbers(everybody: Mapping[Person, list[int]], *cells: TableCell) -> dict[TableCell, int]:
    return {cell: sum(len(some) for one, some in everybody.items() if one.is_in(cell)) for cell in cells}


TWO = ((20, "A", 8), (18, "B", 6))
THREE = ((20, "A", 8), (18, "B", 6), (15, "C", 7))


@pytest.mark.parametrize(
    ("everybody", "cells", "may_be_shown"),
    [
        # Four are at both: A and B are four more than everybody.
        (people(*TWO, (4, "AB", 2)), (EVERYBODY, A), True),
        (people(*TWO, (4, "AB", 2)), (EVERYBODY, A, B), False),
        (people(*TWO, (4, "AB", 2)), (A, B), True),
        # Twelve are; of the counted only if they are enough, and the others too.
        (people(*TWO, (12, "AB", 6)), (EVERYBODY, A, B), True),
        (people(*TWO, (12, "AB", 6)), (EVERYBODY, A, B, *map(counted, (EVERYBODY, A, B))), True),
        (people(*TWO, (12, "AB", 2)), (EVERYBODY, A, B, *map(counted, (EVERYBODY, A, B))), False),
        (people(*TWO, (12, "AB", 0)), (EVERYBODY, A, B, *map(counted, (EVERYBODY, A, B))), False),
        (people(*TWO, (12, "AB", 11)), (EVERYBODY, A, B, *map(counted, (EVERYBODY, A, B))), False),
        (people(*TWO, (12, "AB", 2)), (EVERYBODY, A, B, *map(counted, (EVERYBODY, A))), True),
        # Nobody is at both: there is nobody to protect.
        (people(*TWO), (EVERYBODY, A, B), True),
        # Whoever is not at A is at B alone.
        (people((20, "A", 0), (3, "B", 0), (9, "AB", 0)), (EVERYBODY, A), False),
        # At two or more of three are 4 at most, or 12 in pairs that nobody tells apart.
        (people(*THREE, (2, "AB", 0), (2, "BC", 0)), (EVERYBODY, A, B, C), False),
        (people(*THREE, (2, "AB", 0), (8, "BC", 0), (2, "AC", 0)), (EVERYBODY, A, B, C), True),
        (people(*THREE, (2, "AB", 0), (2, "BC", 0)), (EVERYBODY, A, B), True),
        # Without 12 of the opiate group there are 3 others.
        (people((12, "A", 0)) | people((3, "A", 0), first=100, part="alcohol"), (EVERYBODY, OPIATE), False),
        (people((12, "A", 0)) | people((5, "A", 0), first=100, part="alcohol"), (EVERYBODY, OPIATE), True),
        # Three are under 18.
        (people((12, "A", 0)) | people((3, "A", 0), first=100, adult=False), (EVERYBODY, ALL_AGES), False),
        (people((12, "A", 0)) | people((7, "A", 0), first=100, adult=False), (EVERYBODY, ALL_AGES), True),
        (people((12, "A", 0)) | people((3, "A", 0), first=100, criminal_justice=True), (EVERYBODY, JUSTICE), False),
        (people((9, "A", 0)) | people((3, "A", 0), first=100, area="Leominster"), (EVERYBODY, ROSS), False),
        # In Ross 20 are at A and 4 are not; whoever knows the sum of the area knows them.
        (people((20, "A", 0), (4, "B", 0)), (ROSS, ROSS_AT_A), False),
    ],
)
def test_numbers_of_one_standpoint(
    everybody: dict[Person, list[int]], cells: tuple[TableCell, ...], may_be_shown: bool
) -> None:
    assert Audit(everybody, numbers(everybody, *cells)).keeps_hidden() is may_be_shown


def tables(*standpoints: dict[Person, list[int]]) -> tuple[ShownTables, list[CountedTable]]:
    shown = ShownTables()
    days = [date(2017, month, 28) for month in range(1, len(standpoints) + 1)]
    keys = [TableKey("it", day, 1, "1", 0) for day in days]
    made = zip(keys, standpoints, strict=True)
    return shown, [shown.table(key, lambda some=some: CountedTable("it", some)) for key, some in made]


def shows(shown: ShownTables, table: CountedTable, *cells: TableCell) -> bool:
    """Whether they may be shown; then they are."""
    new = [TableNumber(table, cell, n) for cell, n in numbers(table.people, *cells).items()]
    admitted = shown.admit(new)
    if admitted:
        shown.show(new)
    return admitted


def test_an_overlap_that_grows_by_one_person_is_not_shown_again() -> None:
    """12 are at both in January, and 13 in February, while everything else changes by many."""
    january = people((12, "AB", 0), (20, "A", 0), (18, "B", 0))
    february = people((13, "AB", 0), (29, "A", 0), (30, "B", 0))
    shown, (before, after) = tables(january, february)
    assert shows(shown, before, EVERYBODY, A, B)
    assert shows(shown, after, EVERYBODY, A)
    assert not shows(shown, after, B)


def test_a_number_of_another_month_counts_here_if_it_counts_the_same_people() -> None:
    """A was shown in January and B in February; nobody came or left, and whoever guesses that has both."""
    everybody = people(*TWO, (4, "AB", 2))
    shown, (before, after) = tables(everybody, dict(everybody))
    assert shows(shown, before, EVERYBODY, A)
    assert shows(shown, after, EVERYBODY)
    assert not shows(shown, after, B)


def test_whoever_was_erased_may_have_been_in_a_small_group() -> None:
    """24 and 22 of 42 were published; one of the four is gone, and the numbers still say four."""
    everybody = people(*TWO, (3, "AB", 2))
    published = {EVERYBODY: 42, A: 24, B: 22}
    assert not Audit(everybody, published, unseen=1).keeps_hidden()
    assert Audit(everybody, {EVERYBODY: 42, A: 24}, unseen=1).keeps_hidden()
