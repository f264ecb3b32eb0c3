"""Case-file audits in a committee report: as they stood on its day, only those completed, with what was found."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from domain.contract_life.transitions import COMMISSIONER
from domain.improvement.audits.case_file_audit import (
    AuditActionAdded,
    AuditActionDone,
    AuditCompleted,
    AuditDrawn,
    AuditMarksSaved,
    CaseFileAudit,
    PlacedMark,
    SampledFile,
    StratumDrawn,
    audit_stream,
)
from domain.improvement.audits.item_set import IN_DATE, MISSING, NOT_NEEDED, AuditItem, AuditMark, ItemSet
from domain.log.reading import Recorded
from projections.standings.slices import Slice
from web.auth.roles import Reach
from web.auth.viewer import EVERYTHING, Viewer
from web.presenters.improvement.committee.between import audits as presented
from web.queries.improvement.committee import on_the_day

DRAWN, HELD, DUE, DONE = date(2017, 5, 2), date(2017, 5, 16), date(2017, 6, 6), date(2017, 7, 3)
ITEMS = ItemSet("plans", "Plans", (AuditItem("plan", "Recovery plan"), AuditItem("risk", "Risk assessment")))
FILES = tuple(SampledFile(audit_stream(place), agency) for place, agency in enumerate(("H0001", "H0001", "H0002"), 91))
FOUND = ((1, "plan", IN_DATE), (2, "plan", MISSING), (3, "plan", IN_DATE), (1, "risk", NOT_NEEDED))


def recorded(kind: type[Any], version: int, day: date, **more: Any) -> Recorded:
    said = {"actor": "cara", "role": COMMISSIONER, "number": 1, "party": COMMISSIONER, "occurred_on": day}
    event = kind(originator_id=audit_stream(1), originator_version=version, **said, **more)
    return Recorded(version, datetime(2017, 7, 9, tzinfo=UTC), event)


AUDIT = CaseFileAudit.folded(
    [
        recorded(
            AuditDrawn,
            1,
            DRAWN,
            item_set=ITEMS,
            purpose="Are the plans up to date?",
            agencies=("H0001", "H0002"),
            as_of=date(2017, 4, 30),
            position=9,
            seed="7",
            wanted=3,
            strata="none",
            files=FILES,
            drawn=(StratumDrawn("", 40, 3),),
        ),
        recorded(
            AuditMarksSaved, 2, HELD, marks=tuple(PlacedMark(place, item, AuditMark(its)) for place, item, its in FOUND)
        ),
        recorded(AuditCompleted, 3, HELD, held_on=HELD, words="Poor."),
        recorded(AuditActionAdded, 4, HELD, words="Write them.", who="service manager", due=DUE),
        recorded(AuditActionDone, 5, DONE, action=1),
    ]
)


@pytest.fixture(autouse=True)
def _on_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_the_day, "every_audit", lambda _snapshot: [AUDIT])


def said_on(day: date, reader: Viewer = EVERYTHING, agency: str | None = None) -> Any:
    seen = SimpleNamespace(snapshot=None, slice_=Slice(agency=agency), named=str)
    view: Any = SimpleNamespace(seen=seen, reader=reader, day=day)
    return presented.audits_words(view, presented.audits_of(view))


def test_one_that_was_not_completed_yet_is_not_there() -> None:
    assert said_on(date(2017, 5, 15)).is_empty


def test_what_was_found_is_said_with_what_is_still_to_be_done() -> None:
    said = said_on(date(2017, 6, 30))
    assert said.sentences == ["1 case-file audit was completed; 1 action of it is still open and overdue."]
    [row] = said.tables[0].rows
    assert row == ["no. 1, 16 May 2017", "H0001; H0002", "3", "Recovery plan: 2 of 3, 66.7%", "0 of 1 done"]


def test_an_action_that_was_done_by_then_is_not_open() -> None:
    said = said_on(DONE)
    assert said.sentences == ["1 case-file audit was completed; no action of it is still open."]
    assert said.tables[0].rows[0][-1] == "1 of 1 done"


def test_a_report_on_another_agency_does_not_have_it() -> None:
    assert said_on(DONE, agency="H0003").is_empty
    assert not said_on(DONE, agency="H0002").is_empty


def test_a_provider_reads_of_its_own_files_alone() -> None:
    own = frozenset({"H0001", "H0002"})
    assert not said_on(DONE, Viewer(Reach.OWN, own, own)).is_empty
    of_one = said_on(DONE, Viewer(Reach.OWN, frozenset({"H0002"}), frozenset({"H0002"})))
    assert of_one.is_empty or of_one.tables[0].rows[0][2:4] == ["1", "Recovery plan: 1 of 1, 100.0%"]
    assert said_on(DONE, Viewer(Reach.OWN, frozenset({"H0003"}), frozenset({"H0003"}))).is_empty
