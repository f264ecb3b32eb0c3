"""Persons erased, on both databases: what goes, what stays, who is kept out, and what figures say of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from domain.client import client_number
from domain.episode.events import Erased
from domain.episode.reconcile import Provenance
from domain.errors import RecountError, Refused
from domain.log.audit import faults
from domain.log.database import reading, writing
from domain.log.mapper import JsonMapper
from domain.log.reading import read
from domain.log.tables import leaf_entries, log
from domain.measures.registry import measure_named
from domain.register import Register
from domain.retention import SCHEDULE
from domain.submission import ErasureCarriedOut
from projections.projector.projector import following
from projections.projector.rebuild import rebuild
from projections.projector.verify import verify
from projections.standings.engine import Figure
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice
from projections.store import generations, tables
from tests.conftest import Clock
from tests.integration.test_taking_in import EVENTS, FEB_10, FEBRUARY, KEY, TODAY, Council, receipt
from tests.unit.intake.files import AGENCY, DISCHARGED, REVIEW, row, rows
from web import stop_list
from web.commands.records import erase as erasing
from web.commands.records.erase import Erasure, dispose, erase, erase_again
from web.commands.records.manual import REFUSALS as OF_WORDS
from web.stop_list import StopEntry

OTHER = row(CLIENT="C2", SINITIAL="W")
"""Another person than the one of `row()`."""
REASON = "request 1"


@pytest.fixture
def council(engine: sa.Engine, clock: Clock, tmp_path: Path) -> Council:
    with writing(engine) as connection:
        generations.begin(connection)
    folder = tmp_path / "files"
    folder.mkdir()
    projection = generations.in_live_generation(following(JsonMapper(EVENTS)))
    return Council(Register(engine, EVENTS, [projection], clock), folder)


def erased(council: Council, whom: Any = (AGENCY, "C1", None), **options: Any) -> Erasure:
    reason = options.pop("reason", REASON)
    return erase(council.register, KEY, whom, reason, receipt(council.next_day(), **options))


def disposed(council: Council, on: date, **options: Any) -> list[Erasure]:
    return dispose(council.register, KEY, SCHEDULE, receipt(on, on, **options))


def events(council: Council) -> list[Any]:
    with reading(council.register.engine) as connection:
        return [one.event for one in read(connection, council.register.mapper, 0)]


def figure(council: Council, as_of: date = date(2017, 1, 31), known_at: Any = None) -> Figure:
    with reading(council.register.engine) as connection:
        engine = StandingsEngine.load(connection)
        return engine.figure(measure_named("N.treatment"), engine.standpoint(as_of, known_at), Slice())


def stopped(council: Council) -> list[StopEntry]:
    with reading(council.register.engine) as connection:
        return stop_list.load(connection)


def references(council: Council) -> set[str]:
    with reading(council.register.engine) as connection:
        return set(connection.execute(sa.select(tables.episode.c.client_reference)).scalars())


def agrees(council: Council) -> bool:
    found = verify(council.register.engine, council.register.mapper, standpoints=10)
    assert found.holds, found
    return True


@contextmanager
def refused(council: Council, code: str) -> Iterator[None]:
    before = council.position()
    with pytest.raises(Refused) as info:
        yield
    assert info.value.code == code
    assert code in erasing.REFUSALS
    assert council.position() == before


# -- what goes and what stays ---------------------------------------------------------------------------------------


def test_every_episode_of_the_person_goes_at_any_agency(council: Council) -> None:
    council.submit([row(), row(EPISODID="2", TRIAGED="2017-01-10"), OTHER])
    council.submit([row(AGNCY="H0002", CLIENT="X9")], of={"agency": "H0002"})
    council.review([REVIEW])
    with reading(council.register.engine) as connection:
        before = list(leaf_entries(connection, 0, council.position()))
    done = erased(council)
    assert (done.persons, done.episodes, done.shared, done.records) == (1, 3, 0, 10)
    assert (done.events, done.position) == (4, council.position())
    assert references(council) == {"C2"}
    with reading(council.register.engine) as connection:
        assert list(leaf_entries(connection, 0, len(before))) == before
        assert not list(faults(connection))
        gone = connection.execute(sa.select(log.c.state, log.c.salt).where(log.c.state.is_(None))).all()
        kept = connection.execute(sa.select(log.c.state).where(log.c.state.is_not(None))).scalars()
        assert not any(b"C1" in bytes(state) or b"X9" in bytes(state) for state in kept)
    assert len(gone) == 10
    assert all(salt is None for _, salt in gone)
    assert agrees(council)


def test_the_log_says_who_erased_how_many_and_why(council: Council) -> None:
    council.submit([row(), OTHER])
    erased(council)
    *_, farewell, carried_out = events(council)
    assert isinstance(farewell, Erased)
    assert (farewell.records, farewell.reason) == (3, REASON)
    assert isinstance(carried_out, ErasureCarriedOut)
    assert (carried_out.actor, carried_out.basis, carried_out.episodes, carried_out.agency) == ("Ann", "request", 1, "")
    assert carried_out.received_on == council.received_on


def test_a_rebuild_makes_the_same_rows(council: Council) -> None:
    council.submit([row(), row(CLIENT="C2", SINITIAL="W", **DISCHARGED)])
    council.submit([row(CONSENT="N"), OTHER], of=FEBRUARY)
    council.submit([row(), OTHER], of=FEBRUARY)
    erased(council, (AGENCY, "C2", "1"))
    rows_of = sa.select(*(c for c in tables.erased.c if c.name != "generation")).order_by(tables.erased.c.known_from)
    with reading(council.register.engine) as connection:
        before = connection.execute(rows_of).all()
    assert len(before) == 2
    rebuild(council.register.engine, council.register.mapper)
    with reading(council.register.engine) as connection:
        assert connection.execute(rows_of).all() == before
    assert agrees(council)


def test_a_trial_erases_nothing(council: Council) -> None:
    council.submit([row()])
    done = erased(council, dry_run=True)
    assert (done.episodes, done.records, done.position) == (1, 3, None)
    assert council.facts("C1")
    assert not stopped(council)


def test_the_return_of_another_episode_is_not_seen_any_more(council: Council) -> None:
    """A correction had moved the return to another person, whose completion stays without it."""
    back = row(EPISODID="2", REFLD="", TRIAGED="2017-03-01", MODST="2017-03-05")
    council.received_on = date(2017, 9, 1)
    council.submit([row(**DISCHARGED), back])
    assert "re-presented" in council.facts("C1")
    council.submit([row(**DISCHARGED), back | {"SINITIAL": "W"}])
    assert "re-presented" not in council.facts("C1")
    done = erased(council, client_number(KEY.client("QW", date(1980, 5, 17), "F")))
    assert (done.episodes, done.shared) == (1, 0)
    assert council.facts("C1")
    assert agrees(council)


def test_an_episode_that_became_another_persons_loses_its_history_and_comes_back(council: Council) -> None:
    council.submit([row(), row(EPISODID="2", TRIAGED="2017-01-10")])
    council.submit([row(), row(EPISODID="2", TRIAGED="2017-01-10", SINITIAL="W")])
    person = client_number(KEY.client("QZ", date(1980, 5, 17), "F"))
    done = erased(council, person)
    assert (done.episodes, done.shared) == (2, 1)
    assert not council.facts("C1", "2")
    again = council.submit([row(), row(EPISODID="2", TRIAGED="2017-01-10", SINITIAL="W")], of=FEBRUARY)
    assert (again.left_out, again.stopped, again.new) == (1, 1, 3)
    assert council.facts("C1", "2")
    assert agrees(council)


# -- whom -----------------------------------------------------------------------------------------------------------


def test_nobody_is_erased_for_a_mistyped_reference(council: Council) -> None:
    council.submit([row()])
    with refused(council, "person-unknown"):
        erased(council, (AGENCY, "C7", None))
    with refused(council, "person-unknown"):
        erased(council, 7)
    with refused(council, "no-reason"):
        erased(council, reason=" ")


def test_a_client_who_is_two_people_is_named_by_episode(council: Council) -> None:
    council.submit([row(), row(EPISODID="2", SINITIAL="W")])
    with refused(council, "client-is-two-people"):
        erased(council)
    assert erased(council, (AGENCY, "C1", "2")).episodes == 1
    assert council.facts("C1", "1")


def test_a_withdrawn_episode_is_found_and_goes(council: Council) -> None:
    council.submit([row(), OTHER])
    council.withdraw("C1")
    assert erased(council).records == 6
    assert references(council) == {"C2"}


def test_erased_twice_is_unknown(council: Council) -> None:
    council.submit([row(), OTHER])
    erased(council)
    with refused(council, "person-unknown"):
        erased(council)


def test_the_day_of_receipt_is_in_order(council: Council) -> None:
    council.submit([row()])
    for code, day in (("received-out-of-order", FEB_10), ("received-in-future", date(2019, 1, 1))):
        assert code in OF_WORDS
        with refused(council, code):
            erase(council.register, KEY, (AGENCY, "C1", None), REASON, receipt(day))


# -- kept out -------------------------------------------------------------------------------------------------------


def test_the_next_file_does_not_bring_the_person_back(council: Council) -> None:
    council.submit([row(), OTHER])
    erased(council)
    new_reference = row(CLIENT="C8")
    corrected = row(DOB="1981-01-01")
    again = council.submit([corrected, new_reference, OTHER], of=FEBRUARY)
    assert (again.left_out, again.stopped, again.erased, again.new) == (2, 2, 0, 0)
    assert {notice.code for notice in again.notices} == {"erased-before"}
    assert references(council) == {"C2"}
    council.review([REVIEW, REVIEW | {"CLIENT": "C2"}])
    assert not council.facts("C1")
    assert council.facts("C2")


def test_a_file_of_nobody_else_is_taken_in(council: Council) -> None:
    council.submit([row()])
    erased(council)
    assert council.submit([row()], of=FEBRUARY).stopped == 1


def test_a_correction_to_an_erased_person_erases(council: Council) -> None:
    council.submit([row(), OTHER])
    erased(council)
    done = council.submit([OTHER | {"SINITIAL": "Z"}], of=FEBRUARY)
    assert (done.stopped, done.erased, done.withdrawn) == (1, 1, 3)
    assert not references(council)
    assert agrees(council)


def test_ended_consent_leaves_no_word_of_the_facts_and_keeps_nobody_out(council: Council) -> None:
    council.submit([row(TOPID="TOP-NAME", TOPDATE="2017-01-17", TRSTAGE="S"), OTHER])
    council.submit([row(CONSENT="N"), OTHER])
    with reading(council.register.engine) as connection:
        states = list(connection.execute(sa.select(log.c.state).where(log.c.state.is_not(None))).scalars())
    assert not any(b"TOP-NAME" in bytes(state) for state in states)
    assert [entry.keeps_out for entry in stopped(council)] == [False]
    assert council.submit([row(), OTHER]).new == 3


# -- what figures say -----------------------------------------------------------------------------------------------


def test_a_figure_says_how_many_it_cannot_see_any_more(council: Council) -> None:
    council.submit([row(), OTHER])
    known = council.received_on
    council.submit([row(CLIENT="C3", SINITIAL="V", REFLD="", TRIAGED="2017-02-03", MODST="2017-02-03")], of=FEBRUARY)
    erased(council, (AGENCY, "C1", None))
    erased(council, (AGENCY, "C3", None))
    for as_of, known_at, seen, unseen in (
        (date(2017, 1, 31), None, 1, 1),
        (date(2017, 1, 31), known, 1, 1),
        (date(2017, 2, 28), known, 1, 1),
        (date(2017, 2, 28), None, 1, 2),
        (date(2017, 1, 1), None, 0, 0),
        (date(2017, 1, 31), FEB_10, 0, 0),
    ):
        found = figure(council, as_of, known_at)
        assert (found.numerator, found.erased_records) == (seen, unseen), (as_of, known_at)


def test_an_episode_that_is_reported_anew_is_seen_again(council: Council) -> None:
    council.submit([row(), OTHER])
    first = council.received_on
    council.submit([row(CONSENT="N"), OTHER])
    council.submit([row(), OTHER])
    assert (figure(council).numerator, figure(council).erased_records) == (2, 0)
    assert (figure(council, known_at=first).numerator, figure(council, known_at=first).erased_records) == (1, 1)
    assert agrees(council)


# -- after a backup was put back --------------------------------------------------------------------------------------


def test_whom_the_stop_list_names_is_erased_again(council: Council) -> None:
    council.submit([row(), OTHER, row(CLIENT="C3", SINITIAL="V")])
    later = datetime(2027, 1, 1, tzinfo=UTC)
    entries = [
        StopEntry(KEY.stopped_person(KEY.client("QZ", date(1980, 5, 17), "F")), True, datetime(2020, 1, 1, tzinfo=UTC)),
        StopEntry(KEY.stopped_episode(council.stream("C3")), False, later),
        StopEntry(KEY.stopped_episode(council.stream("C2")), False, datetime(2020, 1, 1, tzinfo=UTC)),
    ]
    done = erase_again(council.register, KEY, entries, receipt(TODAY))
    assert (done.basis, done.episodes, done.persons) == ("restored", 2, 2)
    assert references(council) == {"C2"}
    assert erase_again(council.register, KEY, entries, receipt(TODAY)).episodes == 0
    assert agrees(council)


def test_the_stop_list_file_keeps_the_stricter_entry(council: Council, tmp_path: Path) -> None:
    path, old, new = tmp_path / "stop", datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)
    assert stop_list.read_file(path) == []
    stop_list.write_file(path, [StopEntry(b"a", True, old), StopEntry(b"b", False, old)])
    stop_list.write_file(path, [StopEntry(b"a", False, new)])
    assert stop_list.read_file(path) == [StopEntry(b"a", True, new), StopEntry(b"b", False, old)]
    assert path.stat().st_mode & 0o777 == 0o600
    with council.register.recording() as recording:
        stop_list.add(recording.connection, [StopEntry(b"a", False, old)])
        assert stop_list.missing(recording.connection, stop_list.read_file(path)) == stop_list.read_file(path)
        stop_list.add(recording.connection, stop_list.read_file(path))
        assert not stop_list.missing(recording.connection, stop_list.read_file(path))


@pytest.mark.parametrize("line", ["keep-out zz 2020-01-01T00:00:00+00:00", "let-in aa 2020-01-01T00:00:00+00:00", "?"])
def test_a_stop_list_that_cannot_be_read_is_not_taken_for_empty(tmp_path: Path, line: str) -> None:
    (tmp_path / "stop").write_text(f"{line}\n")
    with pytest.raises(RecountError, match="line 1"):
        stop_list.read_file(tmp_path / "stop")


# -- retention ------------------------------------------------------------------------------------------------------


def test_what_is_due_is_disposed_of_and_recorded(council: Council) -> None:
    council.submit([row(**DISCHARGED), OTHER, row(CLIENT="C3", SINITIAL="V", TRIAGED="", MODID="", MODAL="", MODST="")])
    council.submit(rows("C4", "C5", SINITIAL="U"), of=FEBRUARY)
    council.withdraw("C4")
    before = council.position()
    assert disposed(council, date(2018, 1, 1)) == []
    assert council.position() == before
    trial = disposed(council, date(2019, 1, 3), dry_run=True)
    assert [one.reason for one in trial] == [
        "referral records are kept for 24 months",
        "withdrawn records are kept for 12 months",
    ]
    assert council.position() == before
    # The 25th of January 2017 and eight years: kept to the 25th, due on the 26th.
    assert [one.reason.split()[0] for one in disposed(council, date(2025, 1, 25))] == ["referral", "withdrawn"]
    (done,) = disposed(council, date(2025, 1, 26))
    assert (done.basis, done.reason) == ("retention", "treatment records are kept for 96 months")
    assert (done.persons, done.episodes, done.records) == (1, 1, 5)
    assert references(council) == {"C2", "C5"}
    assert isinstance(events(council)[-1], ErasureCarriedOut)
    assert agrees(council)


def test_a_person_comes_back_into_treatment_after_disposal_but_the_old_episode_does_not(council: Council) -> None:
    council.submit([row(**DISCHARGED), OTHER])
    disposed(council, date(2025, 2, 1))
    council.received_on = date(2025, 3, 1)
    back = row(EPISODID="2", REFLD="", TRIAGED="2025-02-10", MODST="2025-02-10")
    path_days = {"first": "20250201", "last": "20250228"}
    done = council.submit([row(**DISCHARGED), back, OTHER], of=path_days, today=date(2025, 3, 5))
    assert (done.stopped, done.new) == (1, 2)
    assert council.facts("C1", "2")
    assert not council.facts("C1", "1")


def test_provenance_is_the_erasers(council: Council) -> None:
    council.submit([row()])
    erased(council)
    assert {(e.actor, e.role) for e in events(council)[-2:]} == {("Ann", "provider")}
    assert Provenance(events(council)[-1].number, "Ann", "provider").submission == 2
