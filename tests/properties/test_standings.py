"""What is stored and what the log says when it is read aloud are the same, whatever was submitted."""

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.standpoint import Standpoint
from projections.replay import Member, ReplayEngine
from projections.slices import Slices
from projections.standings import COUNTED, IMMATURE, Standings
from tests.generators import ledgers, standpoints
from tests.ledger import standings_at_once


def members_at(standings: Standings, slices: Slices, standpoint: Standpoint) -> Counter[Member]:
    """Who stands in any figure at a standpoint, by the stored rows."""
    keys, day, position = list(slices), standpoint.as_of.toordinal(), standpoint.position
    return Counter(
        Member(client, part, bool(state & COUNTED), bool(state & IMMATURE), keys[number], journey)
        for client, part, state, number, journey, as_of, until, known_from, known_until in standings.rows()
        if as_of <= day < until and known_from <= position < known_until
    )


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_standings_are_what_the_reference_engine_says(data: st.DataObject) -> None:
    ledger = data.draw(ledgers())
    standings, slices = standings_at_once(ledger)
    replay = ReplayEngine(ledger.recorded)
    for as_of, position in data.draw(st.lists(standpoints(ledger), min_size=6, max_size=6)):
        standpoint = Standpoint(as_of, None, position)
        expected = Counter(replay.everything(standpoint))
        stored = members_at(standings, slices, standpoint)
        assert (expected - stored, stored - expected) == (Counter(), Counter()), standpoint
