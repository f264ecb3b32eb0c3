"""Meetings in a committee report: as they stood on its day, with what was decided and what is still to be done."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from domain.contract_life.transitions import COMMISSIONER, PROVIDER
from domain.improvement.meetings.meetings import (
    DONE,
    Meeting,
    MeetingActionAdded,
    MeetingActionClosed,
    MeetingPlanned,
    MinutesAgreed,
    MinutesWritten,
    meeting_stream,
)
from domain.log.reading import Recorded
from projections.standings.slices import Slice
from web.auth.roles import Reach
from web.auth.viewer import EVERYTHING, Viewer
from web.presenters.improvement.committee.between import meetings as presented
from web.queries.improvement.committee import on_the_day

PLANNED, HELD, AGREED, DUE, CLOSED = (date(2017, month, 4) for month in (4, 5, 6, 7, 8))


def recorded(its: type[Any], version: int, said_on: date, party: str = COMMISSIONER, **more: Any) -> Recorded:
    said = {"actor": "cara", "role": party, "number": 1, "party": party, "occurred_on": said_on}
    event = its(originator_id=meeting_stream(1), originator_version=version, **said, **more)
    return Recorded(version, datetime(2017, 9, 9, tzinfo=UTC), event)


MEETING = Meeting.folded(
    [
        recorded(MeetingPlanned, 1, PLANNED, kind="quality-board", day=HELD, agencies=("H0001",), attendees="Both."),
        recorded(MinutesWritten, 2, HELD, attendees="Both.", minutes="All.", decisions="Audit 20 files.\nMeet again."),
        recorded(MeetingActionAdded, 3, HELD, action=1, text="Audit 20 files.", owner="service manager", due=DUE),
        recorded(MinutesAgreed, 4, AGREED, PROVIDER),
        recorded(MeetingActionClosed, 5, CLOSED, action=1, outcome=DONE),
    ]
)


@pytest.fixture(autouse=True)
def _on_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_the_day, "_meetings", lambda _snapshot: [MEETING])


def said_on(day: date, reader: Viewer = EVERYTHING, agency: str | None = None) -> Any:
    reporting = SimpleNamespace(submissions=SimpleNamespace(agencies=lambda: ["H0001", "H0002"]))
    seen = SimpleNamespace(snapshot=reporting, slice_=Slice(agency=agency), named=str)
    view: Any = SimpleNamespace(seen=seen, reader=reader, day=day)
    return presented.meetings_words(view, presented.meetings_of(view))


def test_one_without_minutes_is_not_there() -> None:
    assert said_on(date(2017, 5, 3)).is_empty


def test_what_was_decided_stands_with_what_is_open() -> None:
    said = said_on(date(2017, 5, 31))
    assert said.sentences == ["1 meeting was held in the year to 31 May 2017; 1 agreed action is still open."]
    [row] = said.tables[0].rows
    decided = "Audit 20 files.\nMeet again."
    assert row == ["Quality board, 4 May 2017\nH0001", decided, "not agreed yet", "1 of 1"]
    assert said_on(date(2017, 5, 31), agency="H0001").tables[0].rows[0][0] == "Quality board, 4 May 2017"
    assert said_on(date(2017, 7, 31)).sentences[0].endswith("1 agreed action is still open and overdue.")


def test_what_was_done_by_then_is_not_open() -> None:
    said = said_on(CLOSED)
    assert said.sentences[0].endswith("no agreed action is still open.")
    assert said.tables[0].rows[0][2:] == ["agreed by both", "0 of 1"]


def test_one_of_another_year_or_agency_is_not_there() -> None:
    assert said_on(date(2018, 5, 31)).is_empty
    assert said_on(CLOSED, agency="H0002").is_empty
    assert said_on(CLOSED, Viewer(Reach.OWN, frozenset({"H0002"}), frozenset({"H0002"}))).is_empty
    assert not said_on(CLOSED, Viewer(Reach.OWN, frozenset({"H0001"}), frozenset({"H0001"}))).is_empty
