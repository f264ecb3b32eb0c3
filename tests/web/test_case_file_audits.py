"""Case-file audits: drawn, typed in, completed, compared, drawn again, also after an erasure; on pages."""

import re
from typing import Any

import pytest
from flask import Flask

from tests.unit.intake.files import row, write
from web.auth.roles import Role

from .browser import Person, a_person, an_account, without_a_server
from .conftest import CommandLine
from .http import API, asker, assert_problem


@pytest.fixture
def people(app: Flask, recount: CommandLine) -> tuple[Person, Person]:
    rows = [row(CLIENT=f"C{number}", DOB=f"1981-05-{number:02}") for number in range(1, 13)]
    recount("submit", write(recount.folder, rows), "--received-on", "2017-02-10")
    an_account(app, "Cara")
    an_account(app, "Pat", Role.PROVIDER, "H0001")
    return a_person(app, "Cara"), a_person(app, "Pat")


def page(who: Person, path: str) -> str:
    response = who.client.get(path)
    assert response.status_code == 200, (path, response.status)
    return response.get_data(as_text=True)


def send(person: Person, path: str, **fields: str) -> Any:
    return person.client.post(path, data={"csrf_token": person.word("/account")} | fields)


def draw(who: Person, path: str = "/audits/new", **fields: str) -> Any:
    sent = {"purpose": "Are plans and risk assessments up to date?", "agencies": "H0001", "wanted": "6",
            "item_set": "plans-and-risks", "as_of": "2017-01-31", "strata": "none", "seed": "7"}  # fmt: skip
    return send(who, path, **sent | fields)


def test_drawn_typed_in_completed_and_erased(people: tuple[Person, Person], recount: CommandLine) -> None:
    cara, pat = people
    assert "No case file was audited." in page(cara, "/audits")
    assert draw(cara, wanted="x").status_code == 422
    figure = "measure=4.0&as_of=2017-01-31&known_at=2017-02-10&agency=H0001"
    assert ">Audit case files</a>" in page(cara, f"/figures/4.0?{figure.partition('&')[2]}")
    behind = page(cara, f"/audits/new?{figure}")
    assert "To see what lies behind 4.0." in behind
    assert re.search(r'value="H0001"[^>]* checked', behind)
    assert 'value="H0002"' not in page(cara, "/audits/new?agency=H0002")
    assert draw(cara).status_code == 303
    assert pat.client.get("/audits/1").status_code == 404
    grid = page(cara, "/audits/1/grid")
    fields = re.findall(r'name="(cell-[^"]+)" value=""', grid)
    assert len(fields) == 12
    assert send(cara, "/audits/1/grid", seen="1", **{fields[0]: "x", fields[1]: "m"}).status_code == 422
    assert send(cara, "/audits/1/grid", seen="1", **{fields[0]: "ie", fields[1]: "m"}).status_code == 303
    # Another cell from the older version is kept too; the same cell typed otherwise shows both.
    assert send(cara, "/audits/1/grid", seen="1", **{fields[2]: "op"}).status_code == 303
    clash = send(cara, "/audits/1/grid", seen="1", **{fields[0]: "o"})
    assert clash.status_code == 409
    assert "Both versions" in clash.get_data(as_text=True)
    assert "3 of 12" in page(cara, "/audits/1")
    assert send(cara, "/audits/1/complete", seen="3", held_on="2017-02-10", words="Poor.").status_code == 303
    assert send(cara, "/audits/1/finding", seen="4", words="Plans are missing.", item="").status_code == 303
    assert send(cara, "/audits/1/action", seen="5", words="Write them.", who="service manager", due="2090-01-01",
                finding="1").status_code == 303  # fmt: skip
    shown = page(pat, "/audits/1")
    assert "Plans are missing." in shown
    assert "1 file in date of which the records have none" in shown
    assert send(pat, "/audits/1/done?action=1", seen="6", words="Done.").status_code == 303
    assert "C" in page(pat, "/audits/1/files")
    assert "The same files are drawn again." in page(cara, "/audits/1/draw-again")
    assert cara.client.get("/audits/1/sheet").get_data().startswith(b"%PDF")
    assert draw(pat, seed="8", follows="1").status_code == 303
    grid = page(pat, "/audits/2/grid")
    assert send(pat, "/audits/2/grid", seen="1", **dict.fromkeys(re.findall(r'name="(cell-[^"]+)"', grid), "i")
                ).status_code == 303  # fmt: skip
    assert "Fisher" in page(pat, "/audits/1/compare/2")
    reference = re.search(r"H0001: (C\d+)/(\d+)", page(cara, "/audits/1/files"))
    assert reference
    recount.settings["RECOUNT_STOP_LIST"] = str(recount.folder / "stop-list")
    recount("erase", "H0001", reference[1], "--reason", "a request", "--received-on", "2017-03-01")
    files = page(cara, "/audits/1/files")
    assert f"{reference[1]}/{reference[2]}" not in files
    assert "H0001: erased" in files
    assert "1 file is of a person who was erased since" in page(cara, "/audits/1/draw-again")
    assert "3 of 12" in page(cara, "/audits/1")


def test_drawn_from_the_people_of_a_figure(people: tuple[Person, Person], recount: CommandLine, app: Flask) -> None:
    """Four of the twelve are discharged in February: those who completed are in no open file, and in 4.0 all are."""
    cara, _pat = people
    left = {"DISD": "2017-02-20", "DISRSN": "80", "MODEND": "2017-02-20"}
    rows = [
        row(CLIENT=f"C{number}", DOB=f"1981-05-{number:02}", **left if number < 5 else {}) for number in range(1, 13)
    ]
    february = write(recount.folder, rows, first="20170201", last="20170228")
    recount("submit", february, "--received-on", "2017-03-10")
    figure = "measure=4.0&as_of=2017-02-28&known_at=2017-03-10&agency=H0001"
    form = page(cara, f"/audits/new?{figure}")
    assert "Of the people in Successful completions: opiate (4.0) it is the newest file of each" in form
    assert draw(cara, f"/audits/new?{figure}", whose="people", as_of="2017-02-28").status_code == 303
    assert draw(cara, f"/audits/new?{figure}", whose="open", as_of="2017-02-28").status_code == 303
    recount("submit", write(recount.folder, rows[:3], first="20170301", last="20170331"), "--received-on", "2017-04-10")
    council = asker(app, Role.COMMISSIONER)
    by_figure, by_day = (council.json(f"/audits/{number}") for number in (1, 2))
    assert (by_figure["population"], by_day["population"], by_day["figure"]) == (12, 8, None)
    assert (by_figure["figure"]["measure"], by_figure["standpoint"]["known_at"]) == ("4.0", "2017-03-10")
    said = "6 files of 12 of the people in Successful completions: opiate (4.0), as of 28 February 2017"
    assert said in page(cara, "/audits/1")
    assert council.json("/audits/1/draw-again")["same"]
    young = ("--measure", "4.0", "--young-people", "--items", "plans-and-risks", "--as-of", "2017-02-28")
    whose = ("--purpose", "Are the plans up to date?", "--wanted", "6", "--agency", "H0001")
    assert recount.json("audit", "draw", *whose, *young, code=1)["refused"]["code"] == "audit-no-files"
    own = asker(app, Role.PROVIDER, "H0001")
    wanted = {"purpose": "Are the plans up to date?", "agencies": ["H0001"], "as_of": "2017-02-28", "wanted": 6}
    drawn = own.post("/audits", json=wanted | {"item_set": "plans-and-risks", "measure": "2.0"})
    assert (drawn.status_code, drawn.get_json()["code"]) == (422, "audit-no-files")


@without_a_server
def test_drawn_entered_and_completed_by_command(people: tuple[Person, Person], recount: CommandLine) -> None:
    drawn = recount.json(
        "audit", "draw", "--agency", "H0001", "--wanted", "6", "--items", "plans-and-risks", "--as-of", "2017-01-31",
        "--purpose", "Are the plans up to date?", "--seed", "7", "--on", "2017-02-11",
    )  # fmt: skip
    assert (drawn["state"], drawn["drawn"], drawn["population"]) == ("draft", 6, 12)
    wide, listed = recount.folder / "marks.csv", recount.folder / "marks.json"
    wide.write_text("place,File,Recovery plan,risk-assessment\n1,,ie,m\n2,,o,\n")
    assert recount.json("audit", "enter", "1", str(wide), "--on", "2017-02-11", "--seen", "1")["marks"] == 3
    listed.write_text(
        '[{"place": 1, "item": "recovery-plan", "mark": "-"}, {"place": 3, "item": "recovery-plan", "mark": "n"}]'
    )
    entered = recount.json("audit", "enter", "1", str(listed), "--on", "2017-02-11")
    assert (entered["marks"], entered["items"][0]["out_of_date"], entered["items"][0]["not_needed"]) == (3, 1, 1)
    twice, far = "place,recovery-plan\n1,i\n1,m\n", f"place,recovery-plan\n{'9' * 5_000},i\n"
    wrong = ("place,recovery-plan\n1,x\n", "place,recovery-plan\n7,i\n", "nothing\n", '{"marks": 3}', "[1]")
    for content in (twice, far, *wrong):
        wide.write_text(content)
        assert "refused" in recount.json("audit", "enter", "1", wide, code=1)
    recount("audit", "step", "1", "complete", "--words", "Poor.", "--held-on", "2017-02-11", "--on", "2017-02-11")
    recount("audit", "step", "1", "finding", "--words", "Plans are missing.", "--on", "2017-02-11")
    recount("audit", "step", "1", "action", "--words", "Write them.", "--who", "manager", "--due", "2017-03-01",
            "--finding", "1", "--on", "2017-02-11")  # fmt: skip
    done = recount.json("audit", "step", "1", "done", "--action", "1", "--for", "H0001", "--on", "2017-02-20")
    assert [one["done_on"] for one in done["actions"]] == ["2017-02-20"]
    assert [one["number"] for one in recount.json("audit", "list")["audits"]] == [1]
    assert len(recount.json("audit", "files", "1")["files"]) == 6
    assert recount.json("audit", "draw-again", "1")["same"]
    assert recount.json("audit", "compare", "1", "1")["shared"] == 6
    assert "Plans are missing." in recount("audit", "show", "1").stdout


@without_a_server
def test_drawn_entered_and_completed_over_http(people: tuple[Person, Person], app: Flask) -> None:
    council, provider = asker(app, Role.COMMISSIONER), asker(app, Role.PROVIDER, "H0001")
    wanted = {"purpose": "Are the plans up to date?", "agencies": ["H0001"], "as_of": "2017-01-31", "wanted": 6}
    drawn = council.post("/audits", json=wanted | {"item_set": "plans-and-risks"})
    assert (drawn.status_code, drawn.headers.get("Location")) == (201, f"{API}/audits/1")
    mark = {"place": 1, "item": "recovery-plan", "mark": "ie"}
    assert council.post("/audits/1/marks", json={"marks": [mark], "seen": 1}).get_json()["marks"] == 1
    clash = {"marks": [mark | {"mark": "m"}], "seen": 1}
    assert council.post("/audits/1/marks", json=clash).status_code == 409
    wrong = council.post("/audits/1/marks", json={"marks": [mark | {"mark": "x"}]})
    assert wrong.get_json()["code"] == "audit-mark"
    complete = {"step": "complete", "words": "Poor.", "seen": 2}
    assert provider.post("/audits/1/steps", json=complete).status_code == 404
    for number in (1, 2):  # one that it does not read, and one that is not there, are refused alike
        for named in ({"follows": number}, {"without": [number]}):
            refused = provider.post("/audits", json=wanted | {"item_set": "plans-and-risks"} | named)
            assert assert_problem(refused, 422, "audit-unknown")["detail"].startswith(f"There is no audit {number}.")
    assert council.post("/audits/1/steps", json=complete).status_code == 201
    assert provider.get("/audits/1/files").get_json()["files"][0]["marks"][0]["kind"] == "electronic"
    assert council.get("/audits/1/draw-again").get_json()["same"]
