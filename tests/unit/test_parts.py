"""Parts that add up

Each journey belongs to one agency: that of its last discharge, or of the open episode that started last.
"""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.contract_life.targets import Goal
from domain.measures.registry import measure_named
from projections.performance.breakdown import Breakdown, in_whole_people, parts_of_area
from projections.performance.targets import Target
from projections.standings.slices import Slice
from tests.histories import engine_on_sqlite
from tests.scorecards import a_target

SHARED = """
    client | episode | agency | event   | occurred_on | detail
    Ann    | 1       | H0001  | started | 2016-09-01  | opiate
    Ann    | 1       | H0001  | exited  | 2017-05-01  | 83
    Ann    | 2       | H0002  | started | 2017-05-10  | opiate
    Ann    | 2       | H0002  | exited  | 2017-06-01  | 80
    Bob    | 3       | H0001  | started | 2016-09-01  | opiate
    Cai    | 4       | H0001  | started | 2016-09-01  | opiate
    Dee    | 5       | H0001  | started | 2016-09-01  | opiate
    Dee    | 5       | H0001  | exited  | 2017-06-01  | 85
           |         | H0001  | file    |             | covers=2017-07-01..2017-07-31
"""


def parts(history: str = SHARED, measure: str = "4.0", target: Target | None = None) -> Breakdown:
    engine = engine_on_sqlite(history)
    return parts_of_area(engine, measure_named(measure), engine.standpoint(date(2017, 7, 31)), Slice(), target)


def test_the_parts_add_up_though_the_agencies_do_not() -> None:
    """Ann was at both; she belongs to the one that discharged her last."""
    found = parts()
    assert [(part.agency, part.numerator, part.denominator) for part in found.parts] == [
        ("H0001", 0, 3),
        ("H0002", 1, 1),
    ]
    assert (found.whole.numerator, found.whole.denominator) == (1, 4)
    assert [part.percentage for part in found.parts] == [0.0, 100.0]
    assert (found.behind, found.wanted, found.parts[0].share) == (None, None, None)


def test_who_is_behind_and_what_each_needs() -> None:
    """Of 4 people half are to complete, so 2: H0001 needs 1.5 of its 3 and H0002 0.5 of its 1."""
    found = parts(target=a_target(goal=Goal.level(Decimal(50))))
    shares = {part.agency: part.share for part in found.parts}
    assert {agency: (s.behind, s.wanted, s.to_go) for agency, s in shares.items() if s} == {
        "H0001": (Fraction(3, 2), 2, 2),
        "H0002": (Fraction(-1, 2), 0, 0),
    }
    assert (found.wanted, found.behind) == (2, Fraction(1))


def test_a_count_has_parts_and_no_target() -> None:
    found = parts(measure="N.open", target=a_target(measure="N.open"))
    assert [(part.agency, part.numerator, part.denominator, part.share) for part in found.parts] == [
        ("H0001", 2, None, None)
    ]


def test_nobody_has_no_parts() -> None:
    found = parts(measure="4.2", target=a_target(measure="4.2"))
    assert (found.parts, found.wanted, found.behind) == ((), None, None)


@pytest.mark.parametrize(
    ("exact", "total", "expected"),
    [
        ((Fraction(3, 2), Fraction(1, 2)), 2, [2, 0]),
        ((Fraction(1, 3), Fraction(1, 3), Fraction(1, 3)), 1, [1, 0, 0]),
        ((Fraction(9, 10), Fraction(9, 10)), 1, [1, 0]),
        ((Fraction(2), Fraction(5)), 7, [2, 5]),
        ((), 0, []),
    ],
)
def test_the_largest_remainders_are_rounded_up(exact: tuple[Fraction, ...], total: int, expected: list[int]) -> None:
    assert in_whole_people(exact, total) == expected


@given(st.lists(st.fractions(0, 50, max_denominator=1000), max_size=6), st.booleans())
def test_whole_people_add_up_and_lie_next_to_the_exact(exact: list[Fraction], up: bool) -> None:
    total = -(-sum(exact) // 1) if up else sum(exact) // 1
    found = in_whole_people(exact, int(total))
    assert sum(found) == total
    assert all(abs(whole - quota) < 1 for whole, quota in zip(found, exact, strict=True))
