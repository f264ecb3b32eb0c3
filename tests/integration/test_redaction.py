"""What a provider is shown of a journey that runs through two agencies, of a return elsewhere, of others' clients."""

from collections.abc import Iterator
from datetime import date

import pytest
import sqlalchemy as sa

from domain.client import client_number
from domain.definition import CURRENT
from domain.errors import Refused
from domain.log.database import reading
from domain.measures.registry import measure_named
from domain.register import Register
from projections.claims.reconciliation import Listed
from projections.explain.bridge import Station, bridge
from projections.explain.provenance import members_seen
from projections.explain.trail import TrailFilter, trail
from projections.privacy.caseload_access import Passed, caseloads_passed
from projections.privacy.redaction import (
    RedactedJourney,
    RedactedMember,
    check_own_list,
    own_clients,
    redacted_bridge,
    redacted_members,
    redacted_trail,
    redacted_waiting,
)
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice
from projections.store import generations
from tests.conftest import Clock
from tests.histories import BORN, told
from tests.ledger import CLIENT_KEY, a_register, record

# Ann's journey runs through both agencies. Ben completed at H0001 and came back elsewhere. Cai is only of H0002.
HISTORY = """
    client | episode | agency | event    | occurred_on | known_on   | detail
    Ann    | a1      | H0001  | started  | 2016-09-01  | 2016-10-10 | opiate area=Ross
    Ann    | a1      | H0001  | exited   | 2016-11-15  | 2016-12-10 | 83
    Ann    | a2      | H0002  | started  | 2016-11-20  | 2016-12-11 | non-opiate area=Ledbury
    Ann    | a2      | H0002  | exited   | 2017-03-20  | 2017-04-10 | 80
    Ben    | b1      | H0001  | started  | 2016-06-01  | 2016-10-10 | opiate area=Ross
    Ben    | b1      | H0001  | exited   | 2016-09-30  | 2016-10-10 | 80
    Ben    | b2      | H0002  | started  | 2017-01-05  | 2017-02-10 | opiate area=Ledbury
    Cai    | c1      | H0002  | started  | 2016-09-02  | 2016-10-11 | opiate
    Dee    | d1      | H0002  | referred | 2017-03-01  | 2017-04-10 |
    Eve    | e1      | H0001  | referred | 2017-03-02  | 2017-04-11 |
    Eve    | e1      | H0001  | handed over | 2017-04-30 | 2017-05-02 | to=H0009
    Fay    | f1      | H0001  | started  | 2017-04-01  | 2017-04-12 | opiate
"""
JULY = date(2017, 7, 31)


def client(name: str) -> int:
    return client_number(CLIENT_KEY.client(name, BORN, "F"))


@pytest.fixture
def recorded(engine: sa.Engine, clock: Clock) -> Register:
    register = a_register(engine, clock)
    record(register, told(HISTORY).ledger.commits)
    return register


@pytest.fixture
def connection(recorded: Register) -> Iterator[sa.Connection]:
    with reading(recorded.engine) as connection:
        yield connection


class Desk:
    """The provider's: it asks for the members of a figure."""

    def __init__(self, register: Register, connection: sa.Connection) -> None:
        self.register, self.connection = register, connection
        self.generation = generations.live(connection)

    def members(self, code: str, own: str) -> list[RedactedMember]:
        measure = measure_named(code)
        engine = StandingsEngine.load(self.connection, [measure])
        standpoint = engine.standpoint(JULY)
        standings = engine.members(measure, standpoint, Slice())
        found = members_seen(
            self.connection, self.register.mapper, self.generation, measure, standpoint, standings, CURRENT
        )
        if code == "W.waiting":
            assert [m.client for m in redacted_waiting(found, own.split())] == [client("Dee")]
        return redacted_members(found, own.split())


@pytest.fixture
def desk(recorded: Register, connection: sa.Connection) -> Desk:
    return Desk(recorded, connection)


def journey_of(members: list[RedactedMember], name: str) -> RedactedJourney:
    found = next(member.journey for member in members if member.client == client(name))
    assert found
    return found


def test_of_a_shared_journey_the_own_part_is_shown(desk: Desk) -> None:
    """It began here and ended there, where the drugs and the area were said last."""
    ann = journey_of(desk.members("N.treatment", "H0001"), "Ann")
    assert (ann.start, ann.end, ann.group, ann.area, ann.agencies, ann.withheld) == (
        date(2016, 9, 1), None, None, None, ("H0001",), True
    )  # fmt: skip
    assert [episode.agency for episode in ann.episodes] == ["H0001"]


def test_and_the_other_agency_sees_the_other_part(desk: Desk) -> None:
    ann = journey_of(desk.members("N.treatment", "H0002"), "Ann")
    assert (ann.start, ann.end, ann.group, ann.area, ann.agencies, ann.withheld) == (
        None, date(2017, 3, 20), None, "Ledbury", ("H0002",), True
    )  # fmt: skip


def test_whoever_has_both_sees_all(desk: Desk) -> None:
    """As a successor does."""
    ann = journey_of(desk.members("N.treatment", "H0001 H0002"), "Ann")
    assert (ann.start, ann.end, ann.group, ann.area, ann.withheld) == (
        date(2016, 9, 1), date(2017, 3, 20), "opiate", "Ledbury", False
    )  # fmt: skip


def test_of_a_return_elsewhere_the_reason_alone(desk: Desk) -> None:
    """Ben is counted as re-presented; on which day and where, only the other agency's record says."""
    [ben] = desk.members("5.0", "H0001")
    assert (ben.client, ben.counted, ben.rule) == (client("Ben"), True, "re-presented")
    assert [source.fact for source in ben.sources] == ["start", "intervention:1", "exit"]
    assert all(source.occurred_on < date(2017, 1, 5) for source in ben.sources)


def test_others_clients_are_counted_and_not_named(desk: Desk) -> None:
    members = desk.members("4.0", "H0001")
    assert {member.client for member in members} == {client("Ann"), client("Fay"), None}
    nameless = [member for member in members if member.client is None]
    # Ben is in the figure by the journey at H0002 now: that he was here once does not say where he is.
    assert [(m.journey, m.sources, m.counted) for m in nameless] == [(None, (), False)] * 2


def test_those_who_wait_are_the_own_ones(desk: Desk) -> None:
    desk.members("W.waiting", "H0002")


def test_a_walk_names_own_clients_and_no_other_record(desk: Desk) -> None:
    """Ben's return: whoever he is known to is told that it was his, and not when."""
    submissions = StandingsEngine.load(desk.connection).submissions
    start, end = (
        Station(submissions.standpoint(JULY, date.fromisoformat(day)), Slice()) for day in ("2016-10-31", "2017-07-31")
    )
    whole = bridge(desk.connection, desk.register.mapper, measure_named("5.0"), start, end)
    [seen] = [one for step in whole.steps for one in step.contributions]
    assert seen.client == client("Ben")
    assert seen.source
    assert (seen.source.agency, seen.source.occurred_on) == ("H0002", date(2017, 1, 5))
    [shown] = [one for step in redacted_bridge(whole, ["H0001"]).steps for one in step.contributions]
    assert (shown.client, shown.diff, str(shown.reason), shown.source) == (client("Ben"), 1, "late return", None)
    [elsewhere] = [one for step in redacted_bridge(whole, ["H0003"]).steps for one in step.contributions]
    assert (elsewhere.client, elsewhere.diff, str(elsewhere.reason), elsewhere.source) == (None, 1, "late return", None)


def test_the_trail_has_own_entries(desk: Desk) -> None:
    entries = trail(desk.connection, desk.register.mapper, desk.generation, TrailFilter(limit=1000))
    shown = redacted_trail(entries, ["H0001"])
    assert {entry.agency for entry in shown} == {"H0001"}
    assert {entry.reference.client_reference for entry in shown if entry.reference} == {"a1", "b1", "e1", "f1"}
    assert "episode.re-presented.v1" in {entry.topic for entry in entries}
    assert "episode.re-presented.v1" not in {entry.topic for entry in shown}
    assert {entry.topic for entry in shown if not entry.reference} == {
        "submission.received.v1",
        "caseload.handed-over.v1",
    }


def test_own_clients_are_those_with_an_episode_now(desk: Desk) -> None:
    own = {name for name in ("Ann", "Ben", "Cai", "Dee", "Eve", "Fay") if client(name) in _own(desk, "H0001")}
    assert own == {"Ann", "Ben", "Eve", "Fay"}


def _own(desk: Desk, agency: str) -> frozenset[int]:
    return own_clients(desk.connection, desk.generation, [agency])


def test_handovers_are_read_from_the_log(desk: Desk) -> None:
    assert caseloads_passed(desk.connection, desk.register.mapper) == [Passed("H0001", "H0009", date(2017, 4, 30))]


def test_a_list_of_others_clients_is_refused() -> None:
    """Else a provider could find out which references exist elsewhere."""
    own, other = Listed(2, "H0001", "a1"), Listed(3, "H0002", "nobody")
    check_own_list([own], ["H0001"])
    with pytest.raises(Refused, match="line 3") as refused:
        check_own_list([own, other], ["H0001"])
    assert refused.value.code == "claim-list-of-others"
    assert "H0002" not in str(refused.value)
