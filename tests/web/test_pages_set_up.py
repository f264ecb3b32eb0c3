"""What is set up on pages: contracts, targets and names, refused or stored; and what says so on the command line."""

import os
from datetime import date

import pytest
from flask import Flask

from projections.worklists.data_quality import LATE, MISSING, AgencyMonth, DaysToReport
from projections.worklists.fields_filled import FieldFilled
from web.auth.roles import Role
from web.operations.running import running_on, running_port
from web.presenters.records.data_quality import what_is_wrong
from web.queries.performance.figure import StandpointResult
from web.queries.records.data_quality import DataQualityResult
from web.settings import Settings

from .browser import Person, a_person, an_account, without_a_server
from .conftest import CommandLine

CONTRACT = {"agency": "H0001", "first_day": "2017-01-01"}
TARGET = {"measure": "4.0", "low": "8", "first_day": "2017-01-01", "last_day": "2017-12-31"}


@pytest.fixture
def council(app: Flask) -> Person:
    an_account(app, "Cora Ames")
    return a_person(app, "Cora Ames")


def page(who: Person, path: str) -> str:
    response = who.client.get(path)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def test_a_contract_is_said_ended_and_taken_back(council: Person) -> None:
    assert council.post("/contracts/new", "/contracts/new", **CONTRACT, succeeds="h0009").status_code == 303
    listed = page(council, "/contracts")
    assert "1 Jan 2017" in listed
    assert "H0009" in listed
    ended = CONTRACT | {"last_day": "2017-06-30", "succeeds": "H0009"}
    assert council.post("/contracts/new", "/contracts/new", **ended).status_code == 303
    assert "30 Jun 2017" in page(council, "/contracts")
    changed = page(council, "/contracts/new?agency=H0001&first_day=2017-01-01")
    assert 'value="2017-06-30"' in changed
    assert "take it back" in changed
    assert council.post("/contracts/new", "/contracts/new", **CONTRACT, withdrawn="yes").status_code == 303
    assert "No contract has been entered." in page(council, "/contracts")


@without_a_server
@pytest.mark.parametrize(
    ("path", "sent", "sentence"),
    [
        ("/contracts/new", {}, "Enter the agency’s code."),
        ("/contracts/new", CONTRACT | {"agency": "H 1"}, "Write the code as the agency’s files begin"),
        ("/contracts/new", CONTRACT | {"last_day": "2016-12-31"}, "before it begins on 1 January 2017"),
        ("/contracts/new", CONTRACT | {"succeeds": "H0001"}, "cannot continue its own service"),
        ("/contracts/new", CONTRACT | {"received_on": "2999-01-01"}, "2999-01-01"),
        ("/targets/new", {}, "Choose a KPI."),
        ("/targets/new", TARGET | {"low": "eight"}, "Write a percentage in figures"),
        ("/targets/new", TARGET | {"low": "9", "high": "8"}, "8"),
        ("/targets/new", TARGET | {"last_day": "2016-12-31"}, "before it begins"),
        ("/agencies", {"new_name": "Hereford"}, "Write the code as its files begin"),
        ("/agencies", {"new_code": "H0001"}, "Enter the agency’s name."),
        ("/agencies", {"new_code": "H0001", "new_name": "x" * 61}, "at most 60 characters"),
    ],
)
def test_what_is_not_right_is_said_at_its_field(
    council: Person, path: str, sent: dict[str, str], sentence: str
) -> None:
    response = council.post(path, path, **sent)
    assert response.status_code == 422
    shown = response.get_data(as_text=True)
    assert "There is a problem" in shown
    assert sentence in shown


def test_a_target_is_set_read_and_withdrawn(council: Person) -> None:
    assert 'value="4.0" selected' in council.client.get("/targets/new?measure=4.0").get_data(as_text=True)
    assert council.post("/targets/new", "/targets/new", **TARGET, source="Contract").status_code == 303
    assert "Successful completions: opiate (4.0)" in page(council, "/targets")
    assert "Source: Contract." in page(council, "/targets/1")
    assert council.post("/targets/1/withdraw", "/targets/1").status_code == 422
    assert council.post("/targets/1/withdraw", "/targets/1", reason="Agreed anew").status_code == 303
    assert "Agreed anew" in page(council, "/targets/1")
    assert "Withdraw the target" not in page(council, "/targets/1")
    assert council.client.get("/targets/2").status_code == 404


def test_names_are_set_together_and_one_by_one(council: Person) -> None:
    council.post("/contracts/new", "/contracts/new", **CONTRACT)
    sent = {"name-H0001": " Hereford  hub ", "new_code": "h0002", "new_name": "Ross"}
    assert council.post("/agencies", "/agencies", **sent).status_code == 303
    shown = page(council, "/agencies")
    assert 'value="Hereford hub"' in shown
    assert "Name of H0002" in shown
    assert council.post("/agencies", "/agencies", **{"name-H0001": ""}).status_code == 303
    assert "No name yet: H0001." in page(council, "/set-up")


@without_a_server
def test_a_provider_never_takes_over_the_set_up(app: Flask) -> None:
    an_account(app, "Pat Lowe", Role.PROVIDER, "H0001")
    an_account(app, "Ned Holt", Role.AUDITOR)
    for name in ("Pat Lowe", "Ned Holt"):
        person = a_person(app, name)
        for path in ("/set-up", "/accounts", "/contracts/new", "/targets/new"):
            assert person.client.get(path).status_code == 403


@without_a_server
def test_the_second_account_has_the_rights_of_its_role_alone(app: Flask) -> None:
    an_account(app, "Cora Ames")
    an_account(app, "Ann Poole", Role.ADMINISTRATOR)
    first, second = a_person(app, "Cora Ames"), a_person(app, "Ann Poole")
    assert first.client.get("/accounts").status_code == 200
    assert second.client.get("/contracts/new").status_code == 403
    assert second.client.get("/set-up").status_code == 200


@without_a_server
def test_an_empty_database_says_what_to_do(recount: CommandLine) -> None:
    printed = recount("figures", "--as-of", "2017-07-31").stdout
    assert "No monthly file has been received yet" in printed
    assert "0 of 0" not in printed
    assert recount.json("figures", "--as-of", "2017-07-31")["figures"][0]["numerator"] == 0


@without_a_server
def test_a_link_names_the_port_of_the_service_that_runs(recount: CommandLine) -> None:
    settings = Settings.from_environment(recount.settings)
    recount("user", "Ann Poole", "--role", "administrator", "--link")
    with running_on(settings, 8155):
        assert ":8155/" in recount("user", "Ann Poole", "--link").stdout
    assert ":8000/" in recount("user", "Ann Poole", "--link").stdout
    assert settings.port_file is not None
    settings.port_file.write_text(f"8155 {_ended_process()}\n", encoding="ascii")
    assert running_port(settings) is None


def _ended_process() -> int:
    process = os.fork()
    if process == 0:
        os._exit(0)
    os.waitpid(process, 0)
    return process


# ---- what is wrong, in sentences


def month(agency: str = "H0001", **said: object) -> AgencyMonth:
    plain: dict[str, object] = {
        "month": date(2017, 7, 31), "due_on": date(2017, 8, 15), "state": "in time", "received_on": date(2017, 8, 9),
        "days_late": 0, "files": 1, "rows": 100, "rejected_rows": 0, "rejection_rate": 0.0, "rejected": {},
        "notices": {}, "new": 0, "amended": 0, "withdrawn": 0, "not_in_file": 0, "days_to_report": None,
        "consent_refused": 0, "consent_unclear": 0,
    }  # fmt: skip
    return AgencyMonth(agency, **(plain | said))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "sentences"),
    [
        (month(), []),
        (month(state=MISSING, files=0, rows=0), ["H0001 has sent no file for July 2017."]),
        (month(state=LATE, days_late=3), ["H0001 sent 1 file late, the latest by 3 days."]),
        (month(rejected_rows=1, rejected={"no-dob": 1}), []),
        (
            month(rejected_rows=2, rejected={"x-y": 2}),
            [
                "2.0% of the rows of H0001 were left out: 2 of 100.",
                "What is wrong most often in rows of H0001 (2): x-y.",
            ],
        ),
        (month(consent_unclear=2), ["2 clients to be asked about: CONSENT is neither yes nor no."]),
        (month(not_in_file=2), ["2 episodes are not in the file of H0001 for July 2017, and should be."]),
        (month(days_to_report=DaysToReport(9, 45, 60)), []),
        (
            month(days_to_report=DaysToReport(9, 46, 60)),
            ["H0001 reports late: in most months, half of what happened took 46 days to be reported."],
        ),
    ],
)
def test_data_quality_says_first_what_is_wrong(one: AgencyMonth, sentences: list[str]) -> None:
    assert what_is_wrong(_result((one,)), str) == sentences


def test_agencies_that_lack_the_same_fields_share_a_sentence() -> None:
    fields = tuple(
        FieldFilled(agency, column, "episodes", filled, 10, filled * 10.0)
        for agency in ("H0001", "H0002")
        for column, filled in (("DAT", 5), ("RFLS", 4), ("LA", 0), ("PREVTR", 1), ("HLCASSDT", 2))
    )
    assert what_is_wrong(_result((), fields), str) == [
        "H0001 and H0002 seldom fill in LA, PREVTR, HLCASSDT and 1 other field."
    ]


def _result(months: tuple[AgencyMonth, ...], fields: tuple[FieldFilled, ...] = ()) -> DataQualityResult:
    return DataQualityResult(StandpointResult(date(2017, 7, 31), date(2017, 8, 31), 1), months, fields)
