"""Between any two figures the contributions add up, and each names an event."""

from hypothesis import given
from hypothesis import strategies as st

from domain.definition import DEFINITIONS, definition_in_force
from domain.log.database import reading
from domain.measures.registry import MEASURES
from domain.standpoint import Standpoint
from projections.explain.bridge import Bridge, Side, Station, bridge
from projections.explain.reasons import Reason
from tests.bridges import recorded_in_sqlite
from tests.generators import ledgers, standpoints
from tests.ledger import Ledger

from .conftest import examples
from .test_standings import SLICES


def drawn_station(data: st.DataObject, ledger: Ledger) -> Station:
    as_of, position = data.draw(standpoints(ledger))
    received = [row for row in ledger.received if row.position <= position]
    known_at = received[-1].received_on if received else None
    definition = data.draw(st.one_of(st.none(), st.none(), st.sampled_from(DEFINITIONS)))
    in_force = definition == definition_in_force(as_of)
    where = data.draw(st.sampled_from(SLICES))
    return Station(Standpoint(as_of, known_at, position), where, None if in_force else definition)


def check(found: Bridge) -> None:
    assert [found.unexplained(side) for side in Side] == [0, 0]
    for step in found.steps:
        for side in Side:
            before, after = (_number(figure, side) for figure in (step.before, step.after))
            assert step.explained(side) == after - before
        for one in step.contributions:
            assert one.diff in {1, -1}
            assert one.source is not None, (step.name, one)
            assert one.reason is not Reason.OTHER_RECORD, (step.name, one)


def _number(figure: object, side: Side) -> int:
    return getattr(figure, str(side)) or 0


@examples(12)
@given(st.data())
def test_explanations_add_up_and_name_their_events(data: st.DataObject) -> None:
    ledger = data.draw(ledgers())
    with recorded_in_sqlite(ledger) as register, reading(register.engine) as connection:
        for _ in range(12):
            measure = data.draw(st.sampled_from(MEASURES))
            start, end = drawn_station(data, ledger), drawn_station(data, ledger)
            check(bridge(connection, register.mapper, measure, start, end))
