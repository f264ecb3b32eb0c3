"""`recount log`, `verify` and `rebuild`: the trail's filters and pages, and what a check that fails says."""

import json
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import pytest
import sqlalchemy as sa

from domain.log.database import reading, writing
from domain.log.tables import log
from projections.projector import from_log
from projections.store import tables
from tests.faults.service import rows
from tests.unit.intake.files import DISCHARGED, row, write
from web.tables import outcome

from .conftest import CommandLine

FEBRUARY = {"first": "20170201", "last": "20170228"}


@pytest.fixture
def filled(recount: CommandLine) -> CommandLine:
    """Two people of one agency and one of another; then one of them discharged."""
    january = [row(), row(CLIENT="C2", SINITIAL="X")]
    recount("submit", "--received-on", "2017-02-10", write(recount.folder, january))
    elsewhere = [row(AGNCY="H0002", CLIENT="D1", SINITIAL="W")]
    recount("submit", "--received-on", "2017-02-11", write(recount.folder, elsewhere, agency="H0002"))
    february = [row(**DISCHARGED), january[1]]
    recount("submit", "--received-on", "2017-03-10", write(recount.folder, february, **FEBRUARY))
    return recount


def positions(recount: CommandLine, *options: Any) -> list[int]:
    return [entry["position"] for entry in recount.json("log", *options)["entries"]]


def test_an_entry_has_who_what_from_where_and_the_three_dates(filled: CommandLine) -> None:
    *_, exited, submission = filled.json("log")["entries"]
    assert (exited["event"], exited["fact"], exited["said"]) == (
        "episode.exited-successfully.v1", "exit", {"discharged_on": "2017-01-25", "reason": 80}
    )  # fmt: skip
    assert (exited["occurred_on"], exited["received_on"], exited["recorded_at"][:2]) == (
        "2017-01-25", "2017-03-10", "20"
    )  # fmt: skip
    assert (exited["file"], exited["row"], exited["role"]) == (
        "H0001-20170201-20170228-TREAT-IN-P.csv", 1, "administrator"
    )  # fmt: skip
    assert exited["actor"]
    assert exited["episode"] | {"id": ""} == {
        "id": "", "agency": "H0001", "client_reference": "C1", "episode_reference": "1"
    }  # fmt: skip
    assert (submission["event"], submission["said"]["rows"]) == ("submission.received.v1", 2)


def test_the_newest_is_last_and_pages_lead_back(filled: CommandLine) -> None:
    everything = positions(filled)
    assert everything == sorted(everything)
    pages: list[int] = []
    earlier: int | None = everything[-1]
    while earlier is not None:
        page = filled.json("log", "--limit", 4, "--to", earlier)
        pages, earlier = [entry["position"] for entry in page["entries"]] + pages, page["earlier"]
    assert pages == everything
    assert f"--to {everything[-3]}" in filled("log", "--limit", 2).stdout


def test_filters(filled: CommandLine) -> None:
    everything = filled.json("log")["entries"]
    client = everything[0]["client"]
    of_one = [e["position"] for e in everything if e["episode"] and e["episode"]["client_reference"] == "C1"]
    assert positions(filled, "--client", client) == of_one
    assert positions(filled, "--episode", "H0001/C1/1") == of_one
    assert positions(filled, "--episode", "H0001/C9/1") == []
    assert positions(filled, "--agency", "H0002") == positions(filled, "--submission", 2)
    assert positions(filled, "--submission", 2) == [8, 9, 10, 11]
    assert positions(filled, "--from", 8, "--to", 9) == [8, 9]
    assert "Nothing was recorded that fits." in filled("log", "--agency", "H0009").stdout


def test_what_was_erased_stays_with_its_days(filled: CommandLine) -> None:
    path = write(filled.folder, [row(CONSENT="N"), row(CLIENT="C2", SINITIAL="X")], first="20170301", last="20170331")
    filled("submit", "--received-on", "2017-04-10", path)
    entries = filled.json("log", "--episode", "H0001/C1/1")["entries"]
    assert [entry["event"] for entry in entries if not entry["erased"]] == ["episode.erased.v1"]
    assert {entry["said"] is None for entry in entries if entry["erased"]} == {True}
    assert entries[0]["occurred_on"] == "2017-01-02"
    assert "referred (erased)" in filled("log", "--episode", "H0001/C1/1").stdout
    assert filled.json("verify")["holds"] is True


@pytest.mark.parametrize(
    "options", [("--client", "nobody!"), ("--episode", "C1"), ("--client", "a", "--episode", "A/B/C"), ("--limit", 0)]
)
def test_wrong_use(filled: CommandLine, options: tuple[Any, ...]) -> None:
    filled("log", *options, code=2)


def test_people_read_the_trail_in_words(filled: CommandLine) -> None:
    said = filled("log").stdout
    assert "exited successfully: reason 80" in said
    assert "treatment started: drugs 1101, area EX01" in said
    assert "H0001/C1/1" in said


def test_verify_says_that_all_agrees(filled: CommandLine) -> None:
    assert filled.json("verify", "--standpoints", 5)["holds"] is True
    result = filled("verify")
    assert "All agrees" in result.stdout
    assert "Checking the log." in result.stderr


def test_verify_agrees_before_the_first_file(recount: CommandLine) -> None:
    recount("target", "set", "--measure", "4.0", "--from", "2017-01-01", "--to", "2017-12-31", "--level", 8)
    assert "All agrees" in recount("verify").stdout


def test_verify_says_what_differs_and_a_rebuild_mends_it(
    filled: CommandLine, new_engine: Callable[[str], sa.Engine]
) -> None:
    with writing(new_engine(filled.settings["RECOUNT_DATABASE"])) as connection:
        connection.execute(tables.standing.update().values(state=1 - tables.standing.c.state % 2))
    document = filled.json("verify", code=1)
    assert not document["holds"]
    assert any(check["found"] and check["differences"] for check in document["checks"])
    assert "Not all agrees" in filled("verify", code=1).stdout
    rebuilt = filled("rebuild")
    assert "made anew from 3 submissions" in rebuilt.stdout
    assert "What was found before the tables were made anew is kept" in rebuilt.stderr
    assert "standing rows: " in rebuilt.stderr
    with reading(new_engine(filled.settings["RECOUNT_DATABASE"])) as connection:
        kept = connection.execute(sa.select(outcome.c.document).order_by(outcome.c.number)).scalars().all()
    assert '"standing rows"' in kept[-1]
    assert json.loads(kept[-1])["holds"] is False
    assert filled.json("rebuild") == {"generation": 3, "submissions": 3, "checks": []}
    assert filled.json("verify")["holds"] is True


def test_a_log_that_was_altered_is_not_rebuilt(filled: CommandLine, new_engine: Callable[[str], sa.Engine]) -> None:
    """A submission is blanked without any key, and the triggers stay away: both are named, before and after."""
    engine = new_engine(filled.settings["RECOUNT_DATABASE"])
    with writing(engine) as connection:
        on_table = " ON log" if engine.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f"DROP TRIGGER log_update{on_table}")
        connection.execute(log.update().where(log.c.position == 7).values(salt=None, state=None))
    refused = " ".join(filled("rebuild", code=1).stderr.split())
    assert "The event at position 7 (submission.received.v1) is blank, and no erasure accounts for it." in refused
    assert "Nothing was changed." in refused
    for _ in range(2):
        found = {check["name"]: check["differences"] for check in filled.json("verify", code=1)["checks"]}
        assert found["log"] == [
            "The event at position 7 (submission.received.v1) is blank, and no erasure accounts for it."
        ]
        assert found["triggers"] == ["The trigger log_update is missing: nothing keeps rows from being altered."]
        said = " ".join(filled("rebuild", "--even-so", code=1).stderr.split())
        assert "The event at position 7 is blank, and is none that can be erased" in said or "of stream" in said


def test_a_rebuild_by_two_processes_is_that_of_one(
    filled: CommandLine, new_engine: Callable[[str], sa.Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(from_log, "EVENTS_AT_ONCE", 3)
    engine = new_engine(filled.settings["RECOUNT_DATABASE"])
    filled("rebuild")
    of_one = rows(engine)
    assert filled.json("rebuild", "--jobs", "2") == {"generation": 3, "submissions": 3, "checks": []}
    assert rows(engine) == of_one
    filled("rebuild", "--jobs", "2", "--spark", "local", code=2)


@pytest.mark.skipif(find_spec("py4j") is not None, reason="pyspark is installed here")
def test_without_pyspark_a_rebuild_on_spark_says_what_to_install_and_begins_nothing(filled: CommandLine) -> None:
    said = " ".join(filled("rebuild", "--spark", "local-cluster[2,1,1024]", code=1).stderr.split())
    assert "needs the package pyspark" in said
    assert "'pip install --require-hashes -r requirements-spark.lock'. Nothing was begun." in said
    filled("rebuild", "--folder", filled.folder, code=2)
    assert filled.json("rebuild")["generation"] == 2


def test_what_brings_no_knowledge_belongs_to_no_submission(filled: CommandLine) -> None:
    filled("publish", "--measure", "4.0", "--as-of", "2017-03-31", "--out", filled.folder / "certificate.json")
    march = [row(**DISCHARGED), row(CLIENT="C2", SINITIAL="Y")]
    days = {"first": "20170301", "last": "20170331"}
    filled("submit", "--received-on", "2017-04-10", write(filled.folder, march, **days))
    published = next(e for e in filled.json("log")["entries"] if e["event"] == "figure.published.v1")
    assert (published["submission"], published["agency"], published["file"]) == (None, "", "")
    assert published["position"] not in positions(filled, "--agency", "H0001")
