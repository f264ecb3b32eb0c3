"""The contract and its schedule of KPIs: on pages, over HTTP and on the command line; printed back, word for word."""

import csv
import io
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from flask import Flask
from openpyxl import load_workbook

from tests.unit.intake.files import row, write
from web.auth.roles import Role
from web.clock import today
from web.demo.targets import FOLDER, kpi_lines
from web.exports import typesetting
from web.presenters.agreement.schedule import AS_WRITTEN

from .browser import Person, a_person, an_account, without_a_server
from .conftest import CommandLine
from .http import Asker, asker, assert_problem

TERMS = {
    "name": "Adult service",
    "provider": "Wye",
    "hubs-0-agency": "H0001",
    "hubs-0-name": "Hereford",
    "hubs-0-area": "Herefordshire",
    "first_day": "2015-12-01",
}
BODY: dict[str, Any] = {name: text for name, text in TERMS.items() if "-" not in name} | {
    "hubs": [{"agency": "H0001", "name": "Hereford", "area": "Herefordshire"}]
}
LINE = {"code": "4.0", "wording": "Successful completions: opiate"}
GOAL = {"goal": "8%", "first_day": "2017-04-01", "deadline_day": "2018-03-31"}
APPENDIX_C = (FOLDER / "herefordshire-april-2017.csv").read_text()
ORIGINAL = (FOLDER / "herefordshire-2015.csv").read_text()


@pytest.fixture
def recount_named(recount: CommandLine) -> CommandLine:
    """An empty database that knows three agencies by name."""
    for code, name in (("H0001", "Hereford"), ("H0002", "Leominster"), ("H0003", "Ross")):
        recount("agency", code, "--name", name)
    return recount


@pytest.fixture
def council(recount_named: CommandLine, app: Flask) -> Person:
    an_account(app, "Cora Ames")
    return a_person(app, "Cora Ames")


@pytest.fixture
def commissioner(recount_named: CommandLine, app: Flask) -> Asker:
    return asker(app, Role.COMMISSIONER)


def page(who: Person, path: str) -> str:
    response = who.client.get(path)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def upload(who: Person, path: str, text: str, **fields: str) -> Any:
    sent = fields | {"csrf_token": who.word(path), "file": (io.BytesIO(text.encode()), "kpis.csv")}
    return who.client.post(path, data=sent, content_type="multipart/form-data")


def agreed(commissioner: Asker, table: str = ORIGINAL) -> None:
    assert commissioner.post("/schedules", json=BODY | {"table": table}).status_code == 201
    assert commissioner.post("/schedules/1/agree", json={"on": "2015-12-01"}).status_code == 201


def test_a_contract_typed_in_agreed_changed_and_ended_on_pages(council: Person) -> None:
    assert "No contract has been written down" in page(council, "/contract")
    assert council.post("/contract/new", "/contract/new", **TERMS).status_code == 303
    assert "No KPI line is written yet." in page(council, "/contract")
    first = LINE | GOAL | {"target": "8% by the end of the year", "seen": "1"}
    assert council.post("/contract/1/line", "/contract/1/line", **first).status_code == 303
    shown = page(council, "/contract")
    assert "8% by the end of the year" in shown
    assert "A draft. It counts for nothing until it is agreed." in shown
    agree = council.post("/contract/1/agree", "/contract/1/agree", agreed_on="2017-04-01", seen="2")
    assert agree.status_code == 303
    assert "1 target set. Hereford (H0001) has to report from then on." in page(council, "/contract")
    assert "1 Dec 2015" in page(council, "/contracts")
    assert "Successful completions: opiate (4.0)" in page(council, "/targets")

    year = {"first_day": "2018-04-01", "deadline_day": "2019-03-31", "goal_0": "9", "seen": "3"}
    refused = council.post("/contract/1/year", "/contract/1/year", **year)
    assert "Say why, in a few words." in refused.get_data(as_text=True)
    assert council.post("/contract/1/year", "/contract/1/year", **year, reason="A new year").status_code == 303
    shown = page(council, "/contract")
    assert "9%" in shown
    assert "by 31 March 2019" in page(council, "/contract/1/line?code=4.0")
    then = page(council, "/contract?number=1&known_at=2017-12-31")
    assert "As it had been agreed by 31 December 2017." in then
    assert "8% by the end of the year" in then
    assert "Nothing of this contract had been agreed by that day." in page(
        council, "/contract?number=1&known_at=2017-03-31"
    )

    end = {"last_day": "2018-12-31", "reason": "Agreed by both", "seen": "4"}
    assert council.post("/contract/1/end", "/contract/1/end", **end).status_code == 303
    assert "It ends on 31 December 2018." in page(council, "/contract")
    assert "31 Dec 2018" in page(council, "/contracts")


def test_two_who_write_at_once_are_shown_both_versions(council: Person) -> None:
    council.post("/contract/new", "/contract/new", **TERMS)
    mine = {**LINE, "target": "8%", "seen": "1"}
    assert council.post("/contract/1/line", "/contract/1/line", **mine).status_code == 303
    other = council.post("/contract/1/line", "/contract/1/line", **mine | {"target": "9%"})
    assert other.status_code == 422
    shown = other.get_data(as_text=True)
    assert "It was changed meanwhile" in shown
    assert "As you wrote it" in shown
    assert 'value="9%"' in shown
    assert 'name="was" value="4.0"' in shown
    seen_both = mine | {"target": "9%", "seen": "2", "was": "4.0"}
    assert council.post("/contract/1/line", "/contract/1/line", **seen_both).status_code == 303
    terms = council.post("/contract/1/terms", "/contract/1/terms", **TERMS | {"provider": "Lugg", "seen": "1"})
    assert "It was changed meanwhile" in terms.get_data(as_text=True)
    stale = council.post("/contract/1/agree", "/contract/1/agree", seen="1").get_data(as_text=True)
    assert "As you read it" in stale


@without_a_server
def test_a_line_that_gets_another_code_stays_one_line(council: Person) -> None:
    council.post("/contract/new", "/contract/new", **TERMS)
    council.post("/contract/1/line", "/contract/1/line", **LINE)
    opened = page(council, "/contract/1/line?code=4.0")
    assert 'name="was" value="4.0"' in opened
    moved = LINE | {"code": "C.1", "measure": "4.0", "was": "4.0", "seen": "2"}
    assert council.post("/contract/1/line", "/contract/1/line", **moved).status_code == 303
    [row] = csv.DictReader(io.StringIO(council.client.get("/contract/1/table.csv").get_data().decode("utf-8-sig")))
    assert (row["code"], row["measure"]) == ("C.1", "4.0")


REFUSED: tuple[tuple[str, dict[str, str], str], ...] = (
    ("/contract/new", {}, "Give the contract a name."),
    ("/contract/new", TERMS | {"hubs-1-name": "Ross"}, "Hub 2: choose an agency, or write its code; or empty the row."),
    ("/contract/new", TERMS | {"hubs-0-agency": "H0009"}, "H0009 is no agency that is known here"),
    ("/contract/new", TERMS | {"hubs-1-agency": "H0001"}, "named twice"),
    ("/contract/new", TERMS | {"last_day": "2015-11-30"}, "before it begins on 1 December 2015"),
    ("/contract/1/line", LINE | {"goal": "8%"}, "A target needs its days."),
    ("/contract/1/line", LINE | GOAL | {"first_day": "2015-11-30"}, "the contract from 1 December 2015 on"),
    ("/contract/1/line", LINE | {"steps": "2017-04-01 to 2017-06-30: 9%\n2017-07-01 to 2017-09-30: 8%"},
     "The trajectory goes back from 9% to 8%"),
    ("/contract/1/line", LINE | {"measure": "4.1"}, "Two lines are counted by measure 4.1"),
    ("/contract/1/line", {"code": "4.1", "wording": "Non-opiates", "was": "4.1"}, "written just so already"),
    ("/contract/1/line", LINE | {"code": "4.1"}, "Line 4.1 is there already."),
    ("/contract/1/year", {"first_day": "2018-04-01", "deadline_day": "2019-03-31"}, "Write at least one target."),
    ("/contract/1/agree", {"agreed_on": "2099-01-01"}, "lies after today"),
    ("/contract/1/end", {"last_day": "2017-01-01", "reason": "Why"}, "schedule is draft"),
)  # fmt: skip


@without_a_server
def test_what_a_form_refuses_is_said_and_what_was_entered_stays(council: Person) -> None:
    council.post("/contract/new", "/contract/new", **TERMS)
    council.post("/contract/1/line", "/contract/1/line", code="4.1", wording="Non-opiates")
    for path, sent, sentence in REFUSED:
        response = council.post(path, path, **sent)
        shown = response.get_data(as_text=True)
        assert (response.status_code, "There is a problem" in shown, sentence in shown) == (422, True, True), sentence
        assert all(value in shown for value in sent.values() if value.isalnum())


def test_a_contract_is_the_first_thing_that_is_written(app: Flask, recount: CommandLine) -> None:
    """Nothing is known of any agency: the contract names its hubs, and they are called so from then on."""
    an_account(app, "Cora Ames")
    council = a_person(app, "Cora Ames")
    assert 'href="/contract/new">write it down' in page(council, "/set-up")
    empty = page(council, "/contract/new")
    assert "Code of the agency" in empty
    assert "Choose an agency" not in empty
    sent = {"name": "Adult service", "provider": "Wye", "first_day": "2015-12-01", "hubs-0-code": "h0001"}
    nameless = council.post("/contract/new", "/contract/new", **sent)
    assert "Hub 1: H0001 is not known here. Give it a name too." in nameless.get_data(as_text=True)
    sent |= {"hubs-0-name": "Hereford"}
    late = council.post("/contract/new", "/contract/new", **sent | {"last_day": "2015-11-30"})
    assert late.status_code == 422
    assert recount.json("agency")["agencies"] == []
    assert council.post("/contract/new", "/contract/new", **sent).status_code == 303
    assert "Hereford (H0001)" in page(council, "/contract")
    assert 'value="H0001" selected' in page(council, "/contract/1/terms")
    assert recount.json("agency")["agencies"] == [{"agency": "H0001", "name": "Hereford"}]


@without_a_server
def test_a_row_is_added_and_what_was_entered_stays(council: Person) -> None:
    """Without a script: nothing is refused meanwhile, and nothing is stored."""
    sent = TERMS | {"provider": "", "hubs-0-name": "Hereford hub", "add_row": "yes"}
    shown = council.post("/contract/new", "/contract/new", **sent)
    said = shown.get_data(as_text=True)
    assert (shown.status_code, "There is a problem" in said, 'name="hubs-1-agency"' in said) == (200, False, True)
    assert 'value="Hereford hub"' in said
    assert re.findall(r'name="([^"]+)"[^>]*autofocus', said) == ["hubs-1-agency"]
    assert council.post("/contract/new", "/contract/new", **TERMS | {"hubs-1-agency": ""}).status_code == 303
    assert 'name="hubs-1-agency"' not in page(council, "/contract/1/terms")
    emptied = TERMS | dict.fromkeys(("hubs-0-agency", "hubs-0-name", "hubs-0-area"), "")
    assert "Name at least one hub." in council.post("/contract/new", "/contract/new", **emptied).get_data(as_text=True)


@without_a_server
def test_a_file_is_loaded_whole_or_not_at_all(council: Person) -> None:
    council.post("/contract/new", "/contract/new", **TERMS)
    wrong = upload(council, "/contract/1/load", "code,wording,goal\n4.0,Opiates,8%\n4.0,Opiates,\n", seen="1")
    assert wrong.status_code == 422
    shown = wrong.get_data(as_text=True)
    assert "What is wrong in the file" in shown
    assert "Give the first day for which it counts." in shown
    assert "No KPI line is written yet." in page(council, "/contract")
    assert upload(council, "/contract/1/load", "code\n4.0\n", seen="1").status_code == 422
    assert upload(council, "/contract/1/load", APPENDIX_C, seen="1").status_code == 303
    assert "11 KPI lines, 11 targets." in page(council, "/contract/1/agree")


@without_a_server
def test_a_draft_is_given_up(council: Person) -> None:
    council.post("/contract/new", "/contract/new", **TERMS)
    assert council.post("/contract/1/discard", "/contract", seen="1").status_code == 303
    assert "No contract has been written down" in page(council, "/contract")


# ---- printed back


def typeset(who: Person, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The rows of the first table of a contract's PDF, as they were given to what typesets them."""
    given, compiled = {}, typesetting.typst.compile

    def noted(*arguments: Any, **options: Any) -> Any:
        given.update(json.loads(options["sys_inputs"]["report"]))
        return compiled(*arguments, **options)

    monkeypatch.setattr(typesetting.typst, "compile", noted)
    assert who.client.get("/contract/1/document.pdf").data.startswith(b"%PDF-")
    rows: list[list[str]] = given["sections"][0]["table"]["rows"]
    return rows


def test_the_papers_table_prints_back_cell_by_cell_on_the_page_and_in_files(
    council: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    council.post("/contract/new", "/contract/new", **TERMS)
    upload(council, "/contract/1/load", APPENDIX_C, seen="1")
    rows = [
        [row["code"], *(row.get(name, "") for name in AS_WRITTEN)] for row in csv.DictReader(io.StringIO(APPENDIX_C))
    ]
    shown = page(council, "/contract")
    assert all(cell in shown for row in rows for cell in row)

    book = load_workbook(io.BytesIO(council.client.get("/exports/xlsx/contract?number=1").data))
    in_book = [[str(cell or "") for cell in row] for sheet in book for row in sheet.iter_rows(values_only=True)]
    assert all(row in [written[: len(row)] for written in in_book] for row in rows)

    paper = Document(io.BytesIO(council.client.get("/contract/1/document").data))
    printed = [[cell.text for cell in row.cells] for row in paper.tables[0].rows]
    assert printed[1:] == rows
    assert typeset(council, monkeypatch) == rows

    again = council.client.get("/contract/1/table.csv").get_data().decode("utf-8-sig")
    printed_rows = list(csv.DictReader(io.StringIO(again)))
    for before, after in zip(csv.DictReader(io.StringIO(APPENDIX_C)), printed_rows, strict=True):
        assert before.items() <= {name: cell for name, cell in after.items() if name in before}.items()


def test_a_schedule_typed_in_prints_back_as_it_was_typed(council: Person, tmp_path: Path) -> None:
    council.post("/contract/new", "/contract/new", **TERMS)
    typed = (
        LINE | GOAL | {"target": "8% (“as good as others”)", "method": "Monthly report & DOMES", "frequency": "Monthly"}
    )
    council.post("/contract/1/line", "/contract/1/line", **typed)
    file = tmp_path / "again.csv"
    file.write_bytes(council.client.get("/contract/1/table.csv").data)
    [row] = csv.DictReader(io.StringIO(file.read_text("utf-8-sig")))
    assert typed.items() <= row.items()
    assert upload(council, "/contract/1/load", file.read_text("utf-8-sig"), seen="2").status_code == 422  # unchanged


# ---- what follows from a step


def target_days(asked: Asker) -> list[tuple[str, str, str, str, bool]]:
    return [
        (one["measure"], one["first_day"], one["last_day"], one["low"], one["withdrawn"] is None)
        for one in asked.json("/targets")["targets"]
    ]


def test_a_trajectory_sets_the_targets_and_a_reset_follows_it(commissioner: Asker) -> None:
    agreed(commissioner)
    assert [low for _, _, _, low, _ in target_days(commissioner)] == [
        "5.40", "5.4945", "10", "21.5", "23.65", "25.8", "52.50",
    ]  # fmt: skip
    reset = {"table": APPENDIX_C, "on": "2017-04-10", "reason": "refreshed in April 2017", "seen": 2}
    changed = commissioner.post("/schedules/1/lines", json=reset).get_json()
    assert changed["history"][-1]["targets"] == list(range(8, 19))
    assert changed["history"][-1]["withdrawn"] == []
    assert all(counts for *_, counts in target_days(commissioner))
    then = commissioner.json("/schedules/1", known_at="2017-04-09")
    assert [line["code"] for line in then["lines"]] == ["1.0", "2.0"]
    assert then["lines"][0]["steps"][1]["words"].startswith("+1.75% of 5.40%")
    now = commissioner.json("/schedules/1", known_at="2017-04-10")
    assert [line["steps"][0]["low"] for line in now["lines"]][:3] == ["8", "52.50", "38.5"]
    assert commissioner.json("/schedules", known_at="2015-11-30") == {"schedules": []}


def test_a_reset_within_a_target_ends_it_the_day_before_and_an_end_ends_all(commissioner: Asker) -> None:
    agreed(commissioner, "code,wording,goal,first_day,deadline_day\n4.0,Opiates,8%,2017-04-01,2018-03-31\n")
    lines = [LINE | {"goal": "9%", "first_day": "2017-10-01", "deadline_day": "2017-12-31"}]
    change = {"lines": lines, "on": "2017-09-01", "reason": "Early"}
    assert commissioner.post("/schedules/1/lines", json=change).status_code == 201
    assert target_days(commissioner) == [
        ("4.0", "2017-04-01", "2018-03-31", "8", False),
        ("4.0", "2017-04-01", "2017-09-30", "8", True),
        ("4.0", "2017-10-01", "2017-12-31", "9", True),
    ]
    wording = {"lines": [lines[0] | {"wording": "Other words"}], "on": "2017-09-02", "reason": "Words alone"}
    assert commissioner.post("/schedules/1/lines", json=wording).get_json()["history"][-1]["targets"] == []
    end = {"last_day": "2017-10-31", "on": "2017-10-01", "reason": "Given back"}
    assert commissioner.post("/schedules/1/end", json=end).get_json()["state"] == "ended"
    assert [one for one in target_days(commissioner) if one[-1]] == [
        ("4.0", "2017-04-01", "2017-09-30", "8", True),
        ("4.0", "2017-10-01", "2017-10-31", "9", True),
    ]


def test_a_line_taken_out_takes_its_target_along(commissioner: Asker) -> None:
    table = (
        "code,wording,goal,first_day,deadline_day\n4.0,A,8%,2017-04-01,2018-03-31\n4.1,B,50%,2017-04-01,2018-03-31\n"
    )
    agreed(commissioner, table)
    change = {"removed": ["4.1"], "on": "2017-06-30", "reason": "Not wanted"}
    assert [line["code"] for line in commissioner.post("/schedules/1/lines", json=change).get_json()["lines"]] == [
        "4.0"
    ]
    assert target_days(commissioner)[1:] == [
        ("4.1", "2017-04-01", "2018-03-31", "50", False),
        ("4.1", "2017-04-01", "2017-06-30", "50", True),
    ]


@without_a_server
def test_overlapping_contracts_of_an_agency_are_refused_and_nothing_is_half_made(
    recount_named: CommandLine, commissioner: Asker
) -> None:
    recount_named("contract", "H0002", "--from", "2015-01-01")
    hubs = [{"agency": "H0001"}, {"agency": "H0002"}]
    assert commissioner.post("/schedules", json=BODY | {"hubs": hubs, "table": ORIGINAL}).status_code == 201
    assert_problem(commissioner.post("/schedules/1/agree", json={}), 409, "contract-overlaps")
    assert commissioner.json("/targets") == {"targets": []}
    assert commissioner.json("/schedules/1")["state"] == "draft"
    recount_named("contract", "H0002", "--from", "2015-01-01", "--to", "2015-11-30")
    first = commissioner.post("/schedules/1/agree", json={"on": "2015-12-01"}).get_json()
    assert first["history"][0]["contracts"] == ["H0001", "H0002"]
    assert (
        commissioner.post("/schedules", json=BODY | {"first_day": "2017-01-01", "table": APPENDIX_C}).status_code == 201
    )
    assert_problem(commissioner.post("/schedules/2/agree", json={}), 409, "schedule-overlaps")
    assert_problem(commissioner.post("/schedules/1/agree", json={}), 409, "step-not-now")
    assert_problem(commissioner.post("/schedules/1/discard", json={"seen": 1}), 409, "changed-meanwhile")
    assert_problem(commissioner.post("/schedules/3/agree", json={}), 404, "not-found")


REFUSED_CHANGES: tuple[tuple[dict[str, Any], str], ...] = (
    ({"table": APPENDIX_C, "on": "2015-11-30", "reason": "Why"}, "schedule-before-the-last"),
    ({"table": APPENDIX_C, "on": "2016-01-01"}, "schedule-no-reason"),
    ({"removed": ["9.9"], "on": "2016-01-01", "reason": "Why"}, "line-unknown"),
    ({"lines": [LINE, LINE], "on": "2016-01-01", "reason": "Why"}, "line-twice"),
    ({"lines": [{"code": "4.0"}], "on": "2016-01-01", "reason": "Why"}, "kpi-table-cells"),
    ({"terms": BODY | {"first_day": "2016-01-01"}, "on": "2016-01-01", "reason": "Why"}, "schedule-fixed"),
    ({"table": ORIGINAL, "on": "2016-01-01", "reason": "Why"}, "schedule-unchanged"),
)


@without_a_server
def test_what_a_change_refuses(commissioner: Asker) -> None:
    agreed(commissioner)
    before = commissioner.json("/schedules/1")
    for change, code in REFUSED_CHANGES:
        status = 409 if code == "schedule-unchanged" else 422
        assert_problem(commissioner.post("/schedules/1/lines", json=change), status, code)
    assert commissioner.json("/schedules/1") == before


@without_a_server
def test_a_provider_reads_what_was_agreed_with_it_and_no_other(commissioner: Asker, app: Flask) -> None:
    own, other = asker(app, Role.PROVIDER, "H0001"), asker(app, Role.PROVIDER, "H0002")
    commissioner.post("/schedules", json=BODY | {"table": ORIGINAL})
    assert own.json("/schedules") == {"schedules": []}
    assert own.get("/schedules/1").status_code == 404
    commissioner.post("/schedules/1/agree", json={"on": "2015-12-01"})
    assert [one["name"] for one in own.json("/schedules")["schedules"]] == ["Adult service"]
    assert other.json("/schedules") == {"schedules": []}
    assert other.get("/schedules/1").status_code == 404
    assert_problem(own.post("/schedules/1/end", json={"last_day": "2017-01-01", "reason": "x"}), 403, "right-missing")


def test_the_command_line_takes_the_same_steps(recount_named: CommandLine, tmp_path: Path) -> None:
    file = FOLDER / "herefordshire-2015.csv"
    hubs = ("--hub", "H0001,Hereford,Herefordshire", "--hub", "H0003,Ross")
    terms = ("--name", "Adult service", "--provider", "Wye", "--from", "2015-12-01")
    drafted = recount_named.json("schedule", "draft", *terms, *hubs, "--table", file)
    assert (drafted["state"], drafted["version"]) == ("draft", 1)
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("code,wording,goal\n4.0,Opiates,8%\n")
    refusal = recount_named.json("schedule", "load", "1", wrong, code=1)
    assert refusal["refused"]["code"] == "kpi-table-cells"
    assert "Row 1, first_day" in refusal["refused"]["message"]
    recount_named.json("schedule", "agree", "1", "--on", "2015-12-01")
    plan = FOLDER / "herefordshire-april-2017.csv"
    recount_named.json("schedule", "load", "1", plan, "--on", "2017-04-10", "--reason", "refreshed in April 2017")
    assert "52.50% (Top quartile) By End Q3 17/18" in recount_named("schedule", "show", "1").stdout
    then = recount_named("schedule", "show", "1", "--known-at", "2016-06-01", "--table").stdout
    assert [row["code"] for row in csv.DictReader(io.StringIO(then))] == ["1.0", "2.0"]
    recount_named.json("schedule", "remove", "1", "5.3", "--on", "2017-05-01", "--reason", "Not wanted")
    ended = recount_named.json(
        "schedule", "end", "1", "--last-day", "2018-03-31", "--on", "2017-06-01", "--reason", "Over"
    )
    assert (ended["state"], ended["last_day"]) == ("ended", "2018-03-31")
    listed = recount_named.json("schedule", "list")["schedules"]
    assert [one["number"] for one in listed] == [1]
    assert "Adult service" in recount_named("schedule", "list").stdout


@without_a_server
def test_a_line_may_be_counted_by_a_kpi_that_is_entered_by_hand(
    recount_named: CommandLine, commissioner: Asker
) -> None:
    line = {"code": "X.housing", "wording": "In settled housing at exit", "better": "higher"} | GOAL
    body = BODY | {"lines": [line]}
    assert_problem(commissioner.post("/schedules", json=body), 422, "measure-unknown")
    recount_named("entered", "define", "X.housing", "--name", "Housing", "--better", "higher", "--from", "2017-04-01")
    lower = BODY | {"lines": [line | {"better": "lower"}]}
    assert_problem(commissioner.post("/schedules", json=lower), 422, "better-contradicts")
    drafted = commissioner.post("/schedules", json=body).get_json()
    assert [one["measure"] for one in drafted["lines"]] == ["X.housing"]
    commissioner.post("/schedules/1/agree", json={"on": "2017-04-01"})
    assert target_days(commissioner) == [("X.housing", "2017-04-01", "2018-03-31", "8", True)]
    assert "entered by hand (X.housing)" in recount_named("schedule", "show", "1").stdout
    uncounted = {"lines": [line | {"measure": "none", "goal": ""}], "reason": "Words alone"}
    assert commissioner.post("/schedules/1/lines", json=uncounted).get_json()["lines"][0]["measure"] is None


def test_the_wirral_indicator_is_a_schedule_too(commissioner: Asker) -> None:
    table = (FOLDER / "wirral.csv").read_text()
    terms = BODY | {"name": "Wirral", "first_day": "2014-04-01", "last_day": "2015-01-31", "table": table}
    [line] = commissioner.post("/schedules", json=terms).get_json()["lines"]
    assert line["cells"]["wording"] == (
        "Proportion of opiate users that left drug treatment successfully who do not represent to treatment within 6 "
        "months"
    )
    assert (line["measure"], line["cells"]["target"], line["baseline_percentage"]) == ("1.0", "10%", "7.37")
    assert commissioner.post("/schedules/1/agree", json={"on": "2014-07-01"}).status_code == 201
    assert [one.deadline_day for one in kpi_lines("wirral")] == [date(2015, 1, 31)]


def test_an_archive_of_older_files_is_loaded_after_its_contract(
    recount_named: CommandLine, commissioner: Asker, tmp_path: Path
) -> None:
    """The agencies' own contracts are received as they were agreed; today once something was received since."""
    agreed(commissioner)
    file = write(tmp_path, [row()], first="20170101", last="20170131")
    recount_named("submit", file, "--received-on", "2017-02-10")
    agreed_later = BODY | {"hubs": [{"agency": "H0003"}], "table": ORIGINAL}
    assert commissioner.post("/schedules", json=agreed_later).status_code == 201
    assert commissioner.post("/schedules/2/agree", json={"on": "2016-12-01"}).status_code == 201
    received = [
        one["received_on"] for one in recount_named.json("log")["entries"] if one["event"].startswith("contract.")
    ]
    assert received == ["2015-12-01", str(today())]
