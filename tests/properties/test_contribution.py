"""Whatever was said: each segmentation has everybody of a figure once, so its parts add up, and so do their misses."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from domain.measures.families import Unit
from domain.measures.registry import MEASURES
from domain.standpoint import Standpoint
from projections.performance.contribution import ToReach, parts_by
from projections.worklists.segments import segmentations
from tests.generators import ledgers, standpoints
from tests.ledger import Ledger
from tests.worklists import seen_by_reference

from .conftest import examples
from .test_scorecard import engine_of
from .test_standings import SLICES

PARTED = [measure for measure in MEASURES if measure.family.unit is not Unit.REFERRAL]


@examples(15)
@given(ledgers(), st.data())
def test_segments_add_up_to_the_figure(ledger: Ledger, data: st.DataObject) -> None:
    engine = engine_of(ledger)
    for _ in range(10):
        as_of, position = data.draw(standpoints(ledger))
        handover_on, _ = data.draw(standpoints(ledger))
        standpoint, where = Standpoint(as_of, None, position), data.draw(st.sampled_from(SLICES))
        measure = data.draw(st.sampled_from(PARTED))
        to_reach = ToReach(data.draw(st.decimals(0, 100, places=2)), measure.polarity or "higher")
        members = engine.members(measure, standpoint, where)
        figure = engine.figure(measure, standpoint, where)
        denominator = len(members) if figure.denominator is None else figure.denominator
        for one in segmentations(seen_by_reference(ledger, as_of, position), members, handover_on):
            pairs = zip(one.members, (member.counted for member in members), strict=True)
            parts = parts_by(one.segments, pairs, to_reach)
            assert sum(part.numerator for part in parts) == figure.numerator
            assert sum(part.denominator or 0 for part in parts) == denominator
            behind = sum((part.behind or Fraction(0) for part in parts), Fraction(0))
            assert behind == to_reach.behind(figure.numerator, denominator)
            assert isinstance(to_reach.percentage, Decimal)
