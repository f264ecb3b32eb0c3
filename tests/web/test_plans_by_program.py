"""Action plans over HTTP and by commands: the same steps as on pages."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.unit.intake.files import DISCHARGED, row, write
from web.auth.roles import Role

from .conftest import CommandLine
from .http import Asker, asker, assert_problem

SEEN = {"as_of": "2017-01-31", "known_at": "2017-02-10"}
BODY: dict[str, Any] = SEEN | {
    "form": "performance",
    "first_day": "2017-04-10",
    "last_day": "2017-07-10",
    "agencies": ["H0001"],
    "measures": ["4.0"],
    "fill": True,
    "cadence": [{"kind": "phone", "every": 14, "unit": "days", "first_day": "2017-04-24"}],
    "actions": [{"text": "Audit 60 files", "owner": "Team lead", "due": "2017-06-06", "output": "60 files"}],
    "on": "2017-04-10",
}


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """One database is enough here."""
    return f"sqlite:///{tmp_path / 'recount.db'}"


@pytest.fixture
def filled(recount: CommandLine) -> CommandLine:
    """One agency with a red figure."""
    rows = [row(**DISCHARGED), *(row(CLIENT=f"C{number}", DOB=f"1981-05-{number:02}") for number in range(2, 9))]
    recount("submit", write(recount.folder, rows), "--received-on", "2017-02-10")
    period = ("--from", "2017-01-01", "--to", "2017-12-31", "--agreed-on", "2017-01-02")
    recount("target", "set", "--measure", "4.0", *period, "--level", "50")
    return recount


def step(who: Asker, step_: str, status: int = 201, **said: Any) -> Any:
    response = who.post("/action-plans/1/steps", json={"step": step_, **said})
    assert response.status_code == status, response.get_data(as_text=True)
    return response.get_json()


def test_over_http_from_a_figure_to_a_closed_plan(app: Flask, filled: CommandLine) -> None:
    comm, hub = asker(app, Role.COMMISSIONER), asker(app, Role.PROVIDER, "H0001")
    keys = [one["key"] for one in hub.json("/action-plans/forms")["forms"][0]["fields"]]
    assert "target" in keys
    sent = hub.post("/action-plans", json=BODY)
    assert sent.status_code == 201, sent.get_data(as_text=True)
    assert sent.headers["Location"] == "/api/v1/action-plans/1"
    drafted = sent.get_json()
    assert (drafted["title"], drafted["values"]["target"]) == ("Successful completions: opiate", "50%")
    assert drafted["about"][0]["denominator"] == 8
    # A draft is its writer's alone.
    assert comm.json("/action-plans")["plans"] == []
    assert_problem(comm.get("/action-plans/1"), 404, "not-found")

    edit = {"title": "More completions", "first_day": "2017-04-10", "agencies": ["H0001"], "on": "2017-04-10"}
    anew = hub.post("/action-plans/1/edit", json=edit | {"strands": [{"number": 1, "kpis": ["4.0"]}], "seen": 2})
    assert anew.get_json()["title"] == "More completions", anew.get_json()
    assert anew.get_json()["about"] == drafted["about"]
    step(hub, "propose", seen=3, on="2017-04-11")
    # What was said while it was a draft is its writer's still.
    said = [[one["words"] for one in who.json("/action-plans/1")["steps"]] for who in (hub, comm)]
    assert (said[0][-2], said[1]) == ("More completions", [""] * len(said[0]))
    assert_problem(comm.post("/action-plans/1/steps", json={"step": "agree", "seen": 3}), 409, "changed-meanwhile")
    assert step(comm, "agree", seen=4, on="2017-04-11")["state"] == "agreed"
    assert_problem(hub.post("/action-plans/1/steps", json={"step": "finish an action of"}), 422, "plan-part-missing")
    review = {"kind": "phone", "day": "2017-04-24", "words": "On course.", "attendees": ["Service manager"]}
    held = step(hub, "review", on="2017-04-24", progress=[{"action": 1, "words": "20 read"}], **review)["reviews"][0]
    assert (held["progress"], held["about"][0]["numerator"]) == ([{"action": 1, "words": "20 read"}], 1)
    step(comm, "extend", until="2017-10-10", words="Concerns go on.", on="2017-07-10")
    moved = step(comm, "extend an action of", action=1, until="2017-10-10", words="Concerns go on.", on="2017-07-10")
    assert moved["strands"][0]["actions"][0]["extensions"][0]["before"] == "2017-06-06"
    step(hub, "finish an action of", action=1, day="2017-08-01", on="2017-08-02")
    step(comm, "sign off a strand of", strand=1, name="Contracts officer", day="2017-08-02", on="2017-08-02")
    assert step(comm, "close", on="2017-08-03")["state"] == "closed"
    assert hub.json("/action-plans", measure="4.0")["plans"][0]["signed_off"] == 1
    assert hub.json("/action-plans", open="true")["plans"] == []


def test_by_commands_from_a_figure_to_a_signed_strand(filled: CommandLine, tmp_path: Path) -> None:
    figure = ("--measure", "4.0", "--as-of", "2017-01-31", "--known-at", "2017-02-10")
    plan = ("action-plan",)
    opened = filled.json(*plan, "open", "--form", "performance", *figure, "--first-day", "2017-04-10", "--to", "H0001",
                         "--value", "departmental_lead=Head of service", "--on", "2017-04-10")  # fmt: skip
    assert (opened["number"], opened["values"]["target"]) == (1, "50%")
    assert opened["values"]["departmental_lead"] == "Head of service"
    filled.json(*plan, "edit", "1", "--title", "More completions", "--on", "2017-04-10")
    what = ("--text", "Audit 60 files", "--output", "60 files", "--on", "2017-04-10")
    filled.json(*plan, "act", "1", "add", *what)
    filled.json(*plan, "act", "1", "change", "--action", "1", "--owner", "Team lead", "--on", "2017-04-10")
    filled.json(*plan, "step", "1", "propose", "--on", "2017-04-10")
    agreed = filled.json(*plan, "step", "1", "agree", "--for", "H0001", "--on", "2017-04-11")
    assert (agreed["state"], agreed["title"]) == ("agreed", "More completions")
    assert agreed["strands"][0]["actions"][0]["owner"] == "Team lead"
    held = ("--kind", "phone", "--words", "On course.", "--attendee", "Service manager", "--progress", "1=20 read")
    filled.json(*plan, "review", "1", *held, "--on", "2017-04-24")
    filled.json(*plan, "act", "1", "extend", "--action", "1", "--due", "2017-06-06", "--words", "Leave", "--on",
                "2017-04-24")  # fmt: skip
    filled.json(*plan, "step", "1", "withdraw", "--for", "N9999", "--words", "Not ours.", code=1)
    filled.json(*plan, "act", "1", "finish", "--action", "1", "--on", "2017-06-06")
    signed = filled.json(*plan, "sign-off", "1", "--name", "Contracts officer", "--on", "2017-06-07")
    assert signed["strands"][0]["signed_off"] == {"name": "Contracts officer", "day": "2017-06-07"}
    assert "Audit 60 files" in filled(*plan, "show", "1").stdout
    assert "More completions" in filled(*plan, "list").stdout
    assert "--strand-value" in filled(*plan, "forms").stdout
    for form, begins in (("pdf", b"%PDF"), ("docx", b"PK")):
        filled(*plan, "print", "1", "--out", str(tmp_path / f"plan.{form}"))
        assert (tmp_path / f"plan.{form}").read_bytes().startswith(begins)
    refused = filled.json(*plan, "step", "1", "agree", "--on", "2017-06-07", code=1)
    assert refused["refused"]["code"] == "step-not-now"
