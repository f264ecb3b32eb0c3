"""A contract that was agreed, and written down wrongly, is corrected: known from that day on, and not before."""

from typing import Any

import pytest
from flask import Flask

from web.auth.roles import Role

from .browser import Person, a_person, an_account, without_a_server
from .conftest import CommandLine
from .http import Asker, asker, assert_problem

HUBS = [{"agency": "H0001", "name": "Hereford"}, {"agency": "H0002"}]
TABLE = "code,wording,goal,first_day,deadline_day\n4.0,Opiates,8%,2017-05-01,2018-03-31\n"
BODY: dict[str, Any] = {"name": "Adult", "provider": "Wye", "hubs": HUBS, "first_day": "2017-04-01", "table": TABLE}
CORRECTION = {"on": "2017-06-01", "reason": "The month was mistyped."}


@pytest.fixture
def commissioner(recount: CommandLine, app: Flask) -> Asker:
    for code in ("H0001", "H0002"):
        recount("agency", code, "--name", f"Hub {code}")
    council = asker(app, Role.COMMISSIONER)
    assert council.post("/schedules", json=BODY).status_code == 201
    assert council.post("/schedules/1/agree", json={"on": "2017-04-01"}).status_code == 201
    return council


@pytest.fixture
def council(commissioner: Asker, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Person:
    an_account(app, "Cora Ames")
    return a_person(app, "Cora Ames")


def own_contracts(council: Asker) -> list[tuple[str, str, str | None]]:
    return [(one["agency"], one["first_day"], one["last_day"]) for one in council.json("/contracts")["contracts"]]


def targets(council: Asker) -> list[tuple[str | None, bool]]:
    return [(one["area"], one["withdrawn"] is None) for one in council.json("/targets")["targets"]]


def test_the_first_day_is_corrected_with_the_hubs_own_contracts(commissioner: Asker) -> None:
    assert own_contracts(commissioner) == [("H0001", "2017-04-01", None), ("H0002", "2017-04-01", None)]
    corrected = commissioner.post("/schedules/1/correct", json=CORRECTION | {"first_day": "2017-05-01"}).get_json()
    assert (corrected["state"], corrected["first_day"]) == ("agreed", "2017-05-01")
    said = corrected["history"][-1]
    assert (said["step"], said["first_day"], said["reason"]) == ("corrected", "2017-05-01", CORRECTION["reason"])
    assert said["contracts"] == ["H0001", "H0002"]
    assert said["targets"] == []
    assert own_contracts(commissioner) == [("H0001", "2017-05-01", None), ("H0002", "2017-05-01", None)]
    # As known before the correction, the contract stands as it was written down.
    assert commissioner.json("/schedules/1", known_at="2017-05-31")["first_day"] == "2017-04-01"
    assert commissioner.json("/schedules/1", known_at="2017-06-01")["first_day"] == "2017-05-01"


@without_a_server
def test_for_another_area_each_target_is_set_anew_as_it_was(commissioner: Asker, recount: CommandLine) -> None:
    assert targets(commissioner) == [(None, True)]
    corrected = commissioner.post("/schedules/1/correct", json=CORRECTION | {"area": "A001"}).get_json()
    assert corrected["area"] == "A001"
    assert corrected["history"][-1]["withdrawn"] == [1]
    assert targets(commissioner) == [(None, False), ("A001", True)]
    before, after = commissioner.json("/targets")["targets"]
    assert [before[name] for name in ("first_day", "last_day")] == [after[name] for name in ("first_day", "last_day")]
    assert corrected["lines"][0]["targets"] == [1, 2]
    back = recount.json("schedule", "correct", 1, "--everybody", "--on", "2017-07-01", "--reason", "Of all, after all")
    assert back["area"] is None
    assert targets(commissioner) == [(None, False), ("A001", False), (None, True)]
    # A reset finds the target that was set anew.
    line = {"code": "4.0", "wording": "Opiates", "goal": "9%", "first_day": "2017-10-01", "deadline_day": "2018-03-31"}
    change = {"lines": [line], "on": "2017-09-01", "reason": "refreshed"}
    assert commissioner.post("/schedules/1/lines", json=change).get_json()["history"][-1]["withdrawn"] == [3]


REFUSED: tuple[tuple[dict[str, Any], str], ...] = (
    ({"first_day": "2017-05-01", "reason": ""}, "schedule-no-reason"),
    ({"reason": "Why"}, "schedule-unchanged"),
    ({"first_day": "2017-05-02", "reason": "Why"}, "target-outside-contract"),
    ({"first_day": "2017-04-02", "reason": "Why", "on": "2017-03-01"}, "schedule-before-the-last"),
    ({"first_day": "2017-04-02", "reason": "Why", "seen": 1}, "changed-meanwhile"),
    ({"first_day": "2016-12-31", "reason": "Why", "on": "2017-06-01"}, "schedule-overlaps"),
)


@without_a_server
def test_what_does_not_fit_is_refused_and_nothing_is_half_made(commissioner: Asker) -> None:
    older = BODY | {"first_day": "2016-01-01", "last_day": "2016-12-31", "hubs": HUBS[1:], "table": ""}
    older |= {"lines": [{"code": "4.1", "wording": "Others"}]}
    assert commissioner.post("/schedules", json=older).status_code == 201
    assert commissioner.post("/schedules/2/agree", json={"on": "2017-04-01"}).status_code == 201
    before = commissioner.json("/schedules/1"), own_contracts(commissioner), targets(commissioner)
    for body, code in REFUSED:
        refused = commissioner.post("/schedules/1/correct", json=body)
        assert_problem(refused, refused.status_code, code)
        assert refused.status_code in {409, 422}
    assert (commissioner.json("/schedules/1"), own_contracts(commissioner), targets(commissioner)) == before
    end = {"last_day": "2018-03-31", "reason": "Over"}
    assert commissioner.post("/schedules/1/end", json=end).status_code == 201
    gone = commissioner.post("/schedules/1/correct", json=CORRECTION | {"first_day": "2017-05-01"})
    assert_problem(gone, 409, "step-not-now")


@without_a_server
def test_a_hubs_own_contract_with_others_on_these_days_is_refused(commissioner: Asker, recount: CommandLine) -> None:
    recount("contract", "H0002", "--from", "2016-01-01", "--to", "2016-12-31")
    correction = CORRECTION | {"first_day": "2016-12-31"}
    assert_problem(commissioner.post("/schedules/1/correct", json=correction), 409, "contract-overlaps")
    assert ("H0001", "2017-04-01", None) in own_contracts(commissioner)


@without_a_server
def test_it_is_corrected_on_a_page_that_keeps_what_was_entered(council: Person) -> None:
    path = "/contract/1/correct"
    page = council.client.get(path).get_data(as_text=True)
    assert 'value="2017-04-01"' in page
    assert "What both have agreed anew is a change, not a correction." in page
    wrong = {"first_day": "2017-08-01", "area": "A001", "reason": "Mistyped", "seen": "2"}
    refused = council.post(path, path, **wrong)
    assert refused.status_code == 422
    assert "The target of line 4.0 counts from 1 May 2017" in refused.get_data(as_text=True)
    assert 'value="2017-08-01"' in refused.get_data(as_text=True)
    stale = council.post(path, path, **wrong | {"first_day": "2017-05-01", "seen": "1"}).get_data(as_text=True)
    assert "It was changed meanwhile" in stale
    assert council.post(path, path, **wrong | {"first_day": "2017-05-01"}).status_code == 303
    shown = council.client.get("/contract?number=1&done=corrected").get_data(as_text=True)
    assert "As known before, it stays as it was written down." in shown
    assert "It had been written down wrongly: it begins on 1 May 2017, and counts people living in A001." in shown
