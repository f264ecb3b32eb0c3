"""Meetings: planned, minuted, agreed by the other party; actions are carried over; the pack is one PDF."""

import re
from datetime import timedelta
from typing import Any

from flask import Flask

from domain.improvement.meetings.meetings import MeetingItem
from tests.unit.intake.files import DISCHARGED, row, write
from web.auth.roles import Role
from web.auth.viewer import EVERYTHING
from web.clock import today
from web.queries.improvement.meetings.meetings import meeting, pack_parts

from .browser import Person, a_person, an_account
from .conftest import CommandLine
from .http import asker, assert_problem


def page(who: Person, path: str) -> str:
    response = who.client.get(path)
    assert response.status_code == 200, response.status
    return response.get_data(as_text=True)


def send(who: Person, path: str, **fields: str) -> Any:
    return who.client.post(path, data={"csrf_token": who.word("/account")} | fields)


def test_an_action_is_carried_over_until_it_is_done(app: Flask, recount: CommandLine) -> None:
    recount("submit", write(recount.folder, [row(**DISCHARGED)]), "--received-on", "2017-02-10")
    recount("publish", "--cut", "Board", "--as-of", "2017-01-31", "--known-at", "2017-02-10")
    an_account(app, "Cara")
    an_account(app, "Pat", Role.PROVIDER, "H0001")
    an_account(app, "Other", Role.PROVIDER, "H0002")
    cara, pat, other = (a_person(app, name) for name in ("Cara", "Pat", "Other"))
    assert "No meeting is planned." in page(cara, "/meetings")
    before = {"kind": "plan-review", "day": (today() - timedelta(30)).isoformat(), "agencies": "H0001"}
    assert "Board" in page(cara, "/meetings/new")
    assert send(cara, "/meetings/new", **before | {"kind": ""}).status_code == 422
    assert send(cara, "/meetings/new", **before, scorecard="1", agenda="Completions").status_code == 303
    assert other.client.get("/meetings/1").status_code == 404
    assert "Completions" in page(pat, "/meetings/1")
    said = {"attendees": "Contracts officer", "minutes": "We met.", "decisions": "Audit again", "seen": "1"}
    assert send(cara, "/meetings/1/minutes", **said).status_code == 303
    assert send(pat, "/meetings/1/minutes", **said).status_code == 409
    action = {"text": "Audit the files", "owner": "Service manager"}
    assert send(cara, "/meetings/1/actions/new", **action, seen="2").status_code == 303
    assert "Agree to the minutes" not in page(cara, "/meetings/1")
    assert "Agree to the minutes" in page(pat, "/meetings/1")
    assert send(pat, "/meetings/1/agree", seen="3").status_code == 303
    after = before | {"day": today().isoformat()}
    assert send(pat, "/meetings/new", **after).status_code == 303
    assert "carried over 1 time" in page(cara, "/meetings/2")
    pack = cara.client.get("/meetings/2/pack.pdf")
    assert (pack.status_code, pack.get_data()[:4]) == (200, b"%PDF")
    assert cara.client.get("/meetings/1/pack.pdf?section=scorecard").status_code == 200
    closing = page(pat, "/meetings/1/actions/1")
    assert "Audit the files" in closing
    assert send(pat, "/meetings/1/actions/1", outcome="dropped").status_code == 422
    assert send(pat, "/meetings/1/actions/1", outcome="done", words="15 files").status_code == 303
    assert "done on" in page(cara, "/meetings/2")
    later = before | {"day": (today() + timedelta(30)).isoformat()}
    assert send(cara, "/meetings/new", **later).status_code == 303
    assert "Audit the files" not in page(cara, "/meetings/3")


def test_a_case_file_audit_is_on_the_agenda_and_in_the_pack(app: Flask, recount: CommandLine) -> None:
    recount("submit", write(recount.folder, [row(CLIENT="C1")]), "--received-on", "2017-02-10")
    an_account(app, "Cara")
    an_account(app, "Other", Role.PROVIDER, "H0002")
    cara, other = (a_person(app, name) for name in ("Cara", "Other"))
    drawn = {"purpose": "Are plans up to date?", "agencies": "H0001", "wanted": "1", "item_set": "plans-and-risks"}
    sample = {"as_of": "2017-01-31", "strata": "none", "seed": "7"}
    assert send(cara, "/audits/new", **drawn, **sample).status_code == 303
    assert "Case-file audit 1" not in page(cara, "/meetings/new")
    cells = re.findall(r'name="(cell-[^"]+)"', page(cara, "/audits/1/grid"))
    assert send(cara, "/audits/1/grid", seen="1", **dict.fromkeys(cells, "m")).status_code == 303
    assert send(cara, "/audits/1/complete", seen="2", held_on="2017-02-10", words="Poor.").status_code == 303
    assert "Case-file audit 1: 1 file, 10 February 2017" in page(cara, "/meetings/new")
    terms = {"kind": "contract-review", "day": "2017-02-20", "items": "audit-1"}
    assert send(cara, "/meetings/new", **terms).status_code == 303
    assert 'href="/audits/1"' in page(cara, "/meetings/1")
    assert "Case-file audit 1" not in page(other, "/meetings/1")
    assert send(other, "/meetings/new", **terms).status_code == 303
    assert "Case-file audit 1" not in page(cara, "/meetings/2")
    assert cara.client.get("/meetings/1/pack.pdf?section=audits").get_data().startswith(b"%PDF")
    # Both parties get the paper: a draft of the commissioner's is not in it, nor another provider's audit.
    council, audit = asker(app, Role.COMMISSIONER), {"kind": "audit", "number": 1}
    figures = {"measures": ["4.0"], "as_of": "2017-01-31", "agencies": ["H0001"], "reasons": "A draft."}
    assert council.post("/performance-notices", json=figures | {"rules": "council-charity"}).status_code == 201
    items = [audit, {"kind": "notice", "number": 1}]
    for agency in ("H0001", "H0002"):
        planned = {"day": "2017-02-20", "kind": "catch-up", "agencies": [agency], "items": items}
        assert len(council.post("/meetings", json=planned).get_json()["items"]) == 2
    assert (in_pack(app, 3), in_pack(app, 4)) == ([MeetingItem("audit", 1)], [])
    # Whoever changes a meeting takes nothing away that they do not read, and takes it away from nobody.
    both = {"day": "2017-02-20", "kind": "catch-up", "agencies": ["H0001", "H0002"], "items": [audit]}
    assert council.post("/meetings", json=both).status_code == 201
    changed = {"kind": "contract-review", "day": "2017-02-21"}
    for number, whose in ((1, []), (5, ["H0001", "H0002"])):
        assert send(other, f"/meetings/{number}/edit", **changed, seen="1").status_code == 303
        after = council.json(f"/meetings/{number}")
        assert (after["day"], after["agencies"], after["items"]) == ("2017-02-21", whose, [audit])


def in_pack(app: Flask, number: int) -> list[MeetingItem]:
    """What stands on the agenda in the commissioner's pack."""
    with app.extensions["recount"].snapshot() as snapshot:
        its = meeting(snapshot, EVERYTHING, number, today())
        assert its
        return pack_parts(snapshot, EVERYTHING, its, today()).on_agenda.items


def test_a_meeting_by_command_and_by_api(app: Flask, recount: CommandLine) -> None:
    recount("submit", write(recount.folder, [row(**DISCHARGED)]), "--received-on", "2017-02-10")
    recount("publish", "--cut", "Board", "--as-of", "2017-01-31", "--known-at", "2017-02-10")
    own = ("--for", "H0001")
    terms = ("--kind", "plan-review", "--day", "2017-02-20", "--scorecard", 1)
    assert "no plan 7" in recount("meeting", "plan", *terms, "--item", "plan-7", code=1).stderr
    planned = recount.json("meeting", "plan", *terms, *own, "--on", "2017-02-13")
    assert (planned["agencies"], planned["scorecard_name"]) == (["H0001"], "Board")
    said = ("--attendees", "Manager", "--minutes", "We met.", "--decisions", "One\nTwo", "--seen", 1, *own)
    assert recount.json("meeting", "minutes", 1, *said)["minutes"]["decisions"] == ["One", "Two"]
    recount("meeting", "minutes", 1, *said, code=1)
    recount("meeting", "action", 1, "--text", "Audit", "--owner", "Manager", "--due", "2017-03-01", *own)
    recount("meeting", "agree", 1, *own, code=1)
    assert recount.json("meeting", "agree", 1)["state"] == "minutes agreed"
    assert recount("meeting", "show", 1, "--for", "H0002", code=2)
    provider = asker(app, Role.PROVIDER, "H0001")
    first = provider.get("/meetings/1").get_json()
    assert first == recount.json("meeting", "show", 1, *own)
    assert provider.get("/meetings").get_json() == recount.json("meeting", "list")
    after = {"day": "2017-03-20", "kind": "plan-review"}
    assert provider.post("/meetings", json=after | {"agencies": ["H0002"]}).status_code == 404
    assert_problem(provider.post("/meetings", json=after | {"scorecard": 9}), 422, "meeting-items")
    second = provider.post("/meetings", json=after)
    assert second.headers["Location"].endswith("/meetings/2")
    assert [one["carried"] for one in second.get_json()["carried_over"]] == [1]
    assert provider.post("/meetings/1/actions/1", json={"outcome": "dropped"}).status_code == 422
    assert provider.post("/meetings/2/steps", json={"step": "cancel", "seen": 2}).status_code == 409
    pack = recount.folder / "pack.pdf"
    recount("meeting", "pack", 2, "--out", pack, "--section", "actions")
    assert pack.read_bytes().startswith(b"%PDF")


def test_the_demonstration_has_the_meetings_and_comments_of_the_paper(demonstration: Flask) -> None:
    an_account(demonstration, "Meeting reader")
    cara = a_person(demonstration, "Meeting reader")
    every = page(cara, "/meetings")
    assert (every.count("Action plan review by phone"), every.count("Escalation meeting")) == (6, 1)
    assert "chief executive" in page(cara, "/meetings/10")
    last = page(cara, "/meetings/12")
    assert "Board 16 Aug 2017" in last
    assert last.count("carried over 1 time") == 2
    said = page(cara, "/commentary")
    assert "Written about 24 of 438" in said
    assert "22 of 438" in said
