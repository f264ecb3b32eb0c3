"""The agencies of a figure, as a provider sees them: its own, and the others as one."""

from datetime import date
from fractions import Fraction

from domain.measures.registry import measure_named
from domain.standpoint import Standpoint
from projections.performance.breakdown import AgencyPart, Breakdown, TargetShare
from projections.privacy.redaction import redacted_breakdown
from projections.standings.engine import Figure
from projections.standings.slices import Slice
from projections.store.submissions import Coverage

AS_OF = date(2017, 7, 31)
WHOLE = Figure(
    measure_named("4.0"),
    "1",
    Slice(),
    Standpoint(AS_OF, AS_OF, 9),
    6,
    60,
    date(2016, 8, 1),
    AS_OF,
    Coverage(("H0001", "H0002", "H0003"), ("H0003",), "incomplete"),
)
PARTS = Breakdown(
    WHOLE,
    (
        AgencyPart("H0001", 3, 20, TargetShare(Fraction(-1), 2, 0)),
        AgencyPart("H0002", 2, 10, TargetShare(Fraction(-1), 1, 0)),
        AgencyPart("H0003", 1, 30, TargetShare(Fraction(2), 3, 2)),
    ),
    None,
    6,
)


def test_the_others_are_one_part_and_all_still_adds_up():
    shown = redacted_breakdown(PARTS, {"H0001"})
    assert [part.agency for part in shown.parts] == ["H0001", ""]
    assert shown.parts[1] == AgencyPart("", 3, 40, TargetShare(Fraction(1), 4, 2))
    assert sum(part.numerator for part in shown.parts) == WHOLE.numerator
    assert shown.whole.coverage == Coverage(("H0001",), (), "incomplete")


def test_nothing_is_put_together_where_all_are_ones_own():
    assert redacted_breakdown(PARTS, {"H0001", "H0002", "H0003"}).parts == PARTS.parts


def test_a_count_has_no_denominator_and_no_share():
    counts = Breakdown(WHOLE, tuple(AgencyPart(agency, 1, None, None) for agency in ("H0002", "H0003")), None, None)
    assert redacted_breakdown(counts, {"H0001"}).parts == (AgencyPart("", 2, None, None),)
