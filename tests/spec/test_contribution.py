"""Contribution: whatever a figure is parted by, the parts add up to it, and to its miss."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from domain.measures.registry import measure_named
from projections.performance.contribution import (
    Part,
    ToReach,
    by_contribution,
    furthest_behind,
    largest,
    parts_by,
)
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice
from projections.worklists.segments import HANDOVER, LENGTH_AT_HANDOVER, open_caseload, segmentations
from tests.histories import told
from tests.ledger import standings_at_once
from tests.worklists import seen_by_reference

CASELOAD = """
    client | episode | agency | event   | occurred_on | known_on   | detail
    Ann    | 1       | H0001  | started | 2009-11-30  | 2017-08-01 | opiate
    Bob    | 2       | H0001  | started | 2009-12-01  | 2017-08-01 | opiate
    Cai    | 3       | H0001  | started | 2014-12-01  | 2017-08-01 | opiate
    Cai    | 3       | H0001  | exited  | 2016-12-01  | 2017-08-01 | 80
    Dee    | 4       | H0001  | started | 2015-11-30  | 2017-08-01 | opiate source=8
    Eve    | 5       | H0002  | started | 2015-12-01  | 2017-08-01 | opiate
    Eve    | 5       | H0002  | exited  | 2017-01-01  | 2017-08-01 | 80
    Flo    | 6       | H0002  | started | 2012-01-01  | 2017-08-01 | opiate
    Flo    | 6       | H0002  | exited  | 2015-11-30  | 2017-08-01 | 80
    Flo    | 7       | H0002  | started | 2016-12-01  | 2017-08-01 | opiate
    Gus    | 8       | H0001  | started | 2015-01-01  | 2017-08-01 | opiate
    Gus    | 8       | H0001  | exited  | 2015-12-01  | 2017-08-01 | 83
    Gus    | 9       | H0002  | started | 2015-12-10  | 2017-08-01 | opiate
    Ann    | 1       | H0001  | medical | 2017-05-01  | 2017-08-01 | low_dose=Y
    Bob    | 2       | H0001  | medical | 2017-05-01  | 2017-08-01 | low_dose=N
           |         | H0001  | file    |             | 2017-08-01 | covers=2015-01-01..2017-07-31
           |         | H0002  | file    |             | 2017-08-01 | covers=2015-01-01..2017-07-31
"""
AS_OF = date(2017, 7, 31)
BEGUN = date(2015, 12, 1)


def parted(handover_on: date | None = None, measure: str = "4.0") -> dict[str, dict[str, tuple[int, int | None]]]:
    """The figure by each segmentation: counted and of how many, by segment."""
    ledger = told(CASELOAD).ledger
    standings, slices = standings_at_once(ledger)
    engine = StandingsEngine(standings, slices, ledger.submissions)
    members = engine.members(measure_named(measure), engine.standpoint(AS_OF), Slice())
    counted = [member.counted for member in members]
    return {
        one.name: {
            part.name: (part.numerator, part.denominator)
            for part in parts_by(one.segments, zip(one.members, counted, strict=True), None)
        }
        for one in segmentations(seen_by_reference(ledger, AS_OF, None), members, handover_on)
    }


def test_who_was_handed_over_and_who_started_since() -> None:
    """In treatment on the first day of the new contract, or since; whoever starts on the day itself has started since.

    Gus passed on by a transfer of that day, and goes on at the other agency: one treatment, which was handed over. Flo
    had left on the day before, and came again.
    """
    assert parted(BEGUN)[HANDOVER] == {"in treatment at the handover": (1, 5), "started since": (1, 2)}


def test_left_before_the_handover_is_a_part_of_its_own() -> None:
    """Cai had completed by the second of December 2016, and Eve had not."""
    assert parted(date(2016, 12, 2))[HANDOVER] == {
        "in treatment at the handover": (1, 6),
        "left before the handover": (1, 1),
    }


def test_length_in_treatment_at_the_handover() -> None:
    """Whole years on the day: six on 1 December 2015 of those who began on 1 December 2009, and a day less is five."""
    assert parted(BEGUN)[LENGTH_AT_HANDOVER] == {
        "under 1 year": (0, 2),
        "1 to 2 years": (1, 1),
        "6 years or more": (0, 2),
        "started since": (1, 2),
    }
    assert parted(date(2015, 11, 30))[LENGTH_AT_HANDOVER]["4 to 6 years"] == (0, 1)


def test_segments_by_what_the_records_say() -> None:
    found = parted()
    assert found["length"] == {
        "under 1 year": (0, 1),
        "1 to 2 years": (1, 2),
        "2 to 4 years": (1, 2),
        "6 years or more": (0, 2),
    }
    assert found["dose"] == {"low dose": (0, 1), "not a low dose": (0, 1), "no review says the dose": (2, 5)}
    assert found["review"] == {
        "ready to review": (0, 1),
        "open, not ready to review": (0, 4),
        "no longer in treatment": (2, 2),
    }
    assert found["treatment"] == {"first treatment": (2, 6), "treated before": (0, 1)}
    assert found["source"] == {"criminal justice": (0, 1), "no source given": (2, 6)}


def test_the_caseload_beside_it() -> None:
    ledger = told(CASELOAD).ledger
    standings, slices = standings_at_once(ledger)
    engine = StandingsEngine(standings, slices, ledger.submissions)
    members = engine.members(measure_named("N.open"), engine.standpoint(AS_OF), Slice())
    found = open_caseload(seen_by_reference(ledger, AS_OF, None), members)
    assert (found.people, found.six_years_or_more, found.low_dose, found.ready_to_review) == (5, 2, 1, 1)


def test_most_of_the_miss_and_furthest_behind_for_its_size_are_two_things() -> None:
    """Of 10%, H1 owes 20 of its 200 people and has 15; H2 owes 2 of its 20 and has none."""
    to_reach = ToReach(Decimal(10), "higher")
    parts = [Part(name, k, n, to_reach.behind(k, n)) for name, k, n in (("H2", 0, 20), ("H1", 15, 200), ("H3", 9, 80))]
    assert [(part.name, part.behind) for part in by_contribution(parts)] == [
        ("H1", Fraction(5)),
        ("H2", Fraction(2)),
        ("H3", Fraction(-1)),
    ]
    most, worst = largest(parts), furthest_behind(parts)
    assert most is not None
    assert worst is not None
    assert (most.name, worst.name, worst.behind_for_its_size) == ("H1", "H2", Fraction(10))


def test_where_lower_is_better_too_many_are_behind() -> None:
    """At most 10% of 13 people are to come back, so 1.3; two did."""
    assert ToReach(Decimal(10), "lower").behind(2, 13) == Fraction(7, 10)
