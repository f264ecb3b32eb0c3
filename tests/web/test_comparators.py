"""Comparators by pages, API and command line: defined, loaded, typed in, withdrawn; what a figure stands beside."""

import io
import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from web.auth.roles import Role

from .browser import Person, a_person, an_account, without_a_server
from .conftest import CommandLine
from .conversation import fill_two
from .http import asker
from .test_pages_scorecard import read

SET = {"name": "Opiate clients", "measures": ["4.0"], "areas": ["Derby", "York"], "on": "2017-01-05",
       "source": "Appendix B"}  # fmt: skip
VALUE = {"measure": "4.0", "period": "2016", "area": "Derby", "numerator": "7", "denominator": "90",
         "source": "DOMES", "on": "2017-01-20"}  # fmt: skip
CSV = "area,measure,period,numerator,denominator\nDerby,4.0,2016,7,90\nYork,4.0,2016,5,80\n"
FILE = {"file": "values.csv", "content": CSV, "source": "DOMES", "on": "2017-01-20"}
BEHIND = {"as_of": "2017-02-28", "known_at": "2017-03-13"}


@pytest.fixture
def cara(app: Flask, recount: CommandLine) -> Person:
    fill_two(recount)
    an_account(app, "Cara")
    return a_person(app, "Cara")


def get(person: Person, path: str) -> TestResponse:
    answer = person.client.get(path)
    assert answer.status_code == 200, answer.text
    return answer


def post(person: Person, path: str, **fields: Any) -> TestResponse:
    return person.client.post(path, data={"csrf_token": person.word("/account")} | fields)


def hidden(page: str, name: str) -> str:
    found = re.search(f'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


# ---- pages


def test_a_set_is_defined_changed_and_withdrawn_on_pages(cara: Person) -> None:
    typed = {"name": "Opiate clients", "areas": "Derby\tYork\nDerby", "measures": "4.0", "said_on": "2017-01-05"}
    twice = post(cara, "/comparators/new", **typed)
    assert twice.status_code == 422
    assert "Derby is named twice." in twice.text
    assert "Derby\tYork" in twice.text  # what was typed stays
    for lacking, sentence in (
        ({"areas": ""}, "without areas there is nothing to compare"),
        ({"said_on": ""}, "Enter the day on which the set was made."),
        ({"measures": ""}, "Choose at least one measure."),
        ({"said_on": "2099-01-01", "areas": "York"}, "lies after today"),
    ):
        assert sentence in post(cara, "/comparators/new", **typed | lacking).text
    done = post(cara, "/comparators/new", **typed | {"areas": "Derby\tYork"})
    assert done.headers["Location"] == "/comparators/1?done=defined"
    page = read(get(cara, "/comparators/1"))
    assert "Derby" in page
    assert "in use" in page.casefold()
    again = post(cara, "/comparators/new", **typed | {"areas": "Leeds", "name": "Another"})
    assert "4.0 is compared in “Opiate clients” already." in again.text
    form = get(cara, "/comparators/1/change").text
    changed = typed | {"areas": "Derby\nYork\nWigan", "said_on": "2017-02-01", "seen": hidden(form, "seen")}
    assert post(cara, "/comparators/1/change", **changed).status_code == 303
    assert "Wigan" in get(cara, "/comparators/1").text
    gone = post(cara, "/comparators/1/withdraw", seen="2", reason="Grouped anew")
    assert gone.headers["Location"] == "/comparators?done=withdrawn"
    late = post(cara, "/comparators/1/withdraw", seen="3", reason="Once more")
    assert (late.status_code, "The comparator set is withdrawn" in late.text) == (422, True)


def test_who_changes_what_somebody_else_changed_sees_both(cara: Person, app: Flask) -> None:
    commissioner = asker(app, Role.COMMISSIONER)
    commissioner.post("/comparators/sets", json=SET)
    form = get(cara, "/comparators/1/change").text
    wider = SET | {"areas": ["Derby", "York", "Wigan"], "seen": 1}
    assert commissioner.post("/comparators/sets/1/change", json=wider).status_code == 201
    mine = {"name": "Opiate clients", "areas": "Derby\nLeeds", "measures": "4.0", "said_on": "2017-02-01"}
    refused = post(cara, "/comparators/1/change", **mine | {"seen": hidden(form, "seen")})
    assert refused.status_code == 409
    page = read(refused)
    assert "It was changed meanwhile" in page
    assert "1 that it lacks: Leeds" in page
    assert "2 that yours lacks: York, Wigan" in page
    assert "Derby\nLeeds" in refused.text.replace("\r", "")
    # Having compared the two, it is sent again.
    assert post(cara, "/comparators/1/change", **mine | {"seen": hidden(refused.text, "seen")}).status_code == 303
    stale = commissioner.post("/comparators/sets/1/change", json=wider)
    assert (stale.status_code, stale.get_json()["code"]) == (409, "changed-meanwhile")


def test_a_file_is_tried_and_then_exactly_its_bytes_are_taken_in(cara: Person, app: Flask) -> None:
    asker(app, Role.COMMISSIONER).post("/comparators/sets", json=SET)
    sent = {"source": "DOMES", "released_on": "2017-01-20"}
    wrong = CSV + "Derby,4.0,2016,8,90\nLeeds,9.9,2016,1,2\nWigan,4.0,2016,9,8\n"
    bad = post(cara, "/comparators/load", file=(io.BytesIO(wrong.encode()), "values.csv"), **sent)
    assert bad.status_code == 422
    page = read(bad)
    assert "3 lines are not as they must be, so nothing of the file is taken." in page
    assert "Derby has a value of the same measure and period in row 2." in page
    assert "9 of 8 cannot be." in page
    data = (CSV + "Wigam,4.0,2016,9,80\n").replace("\n", "\r\n").encode()
    tried = post(cara, "/comparators/load", file=(io.BytesIO(data), "values.csv"), **sent)
    page = read(tried)
    assert "Nothing is stored yet. 3 values of Successful completions: opiate (4.0), for 2016." in page
    assert "In no set that is compared by the measure: Wigam." in page
    assert asker(app, Role.COMMISSIONER).json("/comparators")["releases"] == []
    kept = {name: hidden(tried.text, name) for name in ("content", "file", "source", "released_on", "seen")}
    # Meanwhile somebody types in a value of the same period: the file is not taken in unseen.
    asker(app, Role.COMMISSIONER).post("/comparators/values", json=VALUE)
    refused = post(cara, "/comparators/load/confirm", **kept)
    assert (refused.status_code, "It was changed meanwhile" in refused.text) == (409, True)
    done = post(cara, "/comparators/load/confirm", **kept | {"seen": hidden(refused.text, "seen")})
    assert done.headers["Location"] == "/comparators/values/2?done=loaded"
    page = read(get(cara, "/comparators/values/2?done=loaded"))
    assert "Source: DOMES." in page
    released = asker(app, Role.AUDITOR).json("/comparators/releases/2")
    assert (released["count"], released["file"]) == (3, "values.csv")
    withdrawn = post(cara, "/comparators/values/2/withdraw", seen="1", reason="Wrong")
    assert withdrawn.status_code == 303
    assert post(cara, "/comparators/load/confirm", content="no base64 at all").status_code == 422


def test_a_value_is_typed_in_and_a_second_over_an_older_reading_is_refused(cara: Person, app: Flask) -> None:
    typed = {"measure": "4.0", "period": "2016", "kind": "area", "area": "Derby", "numerator": "7",
             "denominator": "90", "source": "A paper", "released_on": "2017-01-20"}  # fmt: skip
    for changes, sentence in (
        ({"denominator": "5"}, "7 of 5 cannot be."),
        ({"period": "then"}, "is no period."),
        ({"numerator": "", "denominator": "", "percentage": "101"}, "a percentage lies between 0 and 100"),
        ({"numerator": "", "denominator": "57", "percentage": "21.5"}, "No number of 57 people prints as 21.5%."),
        ({"source": ""}, "Say where the value is from."),
    ):
        refused = post(cara, "/comparators/enter", **typed | changes)
        assert refused.status_code == 422
        assert sentence in read(refused)
    form = get(cara, "/comparators/enter?measure=4.0&period=2016").text
    assert post(cara, "/comparators/enter", **typed, seen=hidden(form, "seen")).status_code == 303
    stale = post(cara, "/comparators/enter", **typed | {"numerator": "8"}, seen=hidden(form, "seen"))
    page = read(stale)
    assert stale.status_code == 409
    assert "Derby: 8 of 90" in page
    assert "Derby: 7 of 90" in page
    over = post(cara, "/comparators/enter", **typed | {"numerator": "8"}, seen=hidden(stale.text, "seen"))
    assert over.status_code == 303
    assert "8.9%" in read(get(cara, "/comparators/of/4.0"))
    assert "8.9%" not in read(get(cara, "/comparators/of/4.0?known_at=2017-01-19"))


# ---- what a figure stands beside


def test_a_long_file_is_read_a_page_at_a_time_and_leaves_whole(cara: Person, app: Flask) -> None:
    lines = "".join(f"Area {number:03},4.0,2016,7,90\n" for number in range(1, 121))
    content = f"area,measure,period,numerator,denominator\n{lines}"
    loaded = asker(app, Role.COMMISSIONER).post("/comparators/releases", json=FILE | {"content": content})
    assert loaded.status_code == 201, loaded.text
    first, second = (read(get(cara, f"/comparators/values/1?page={page}")) for page in (1, 2))
    assert ("Area 100" in first, "Area 101" in first) == (True, False)
    assert ("Area 100" in second, "Area 101" in second) == (False, True)
    whole = get(cara, "/exports/csv/comparators/values/1?page=2").text
    assert all(f"Area {number:03}" in whole for number in (1, 100, 101, 120))


def test_a_line_of_the_scorecard_has_what_others_reached_as_known_then(cara: Person, app: Flask) -> None:
    commissioner = asker(app, Role.COMMISSIONER)
    commissioner.post("/comparators/sets", json=SET)
    assert commissioner.post("/comparators/releases", json=FILE).status_code == 201

    def beside(**where: str) -> Any:
        lines = commissioner.json("/scorecard", **where)["lines"]
        return {line["figure"]["measure"]: line["comparator"] for line in lines}

    found = beside(**BEHIND)
    assert {code for code, one in found.items() if one} == {"4.0"}
    assert (found["4.0"]["against"]["numerator"], found["4.0"]["against"]["denominator"]) == (12, 170)
    assert (found["4.0"]["areas"], found["4.0"]["without"], found["4.0"]["period"]) == (2, 0, "2016")
    assert beside(as_of="2017-02-28", known_at="2017-01-19")["4.0"] is None
    agency = beside(as_of="2017-02-28", known_at="2017-03-13", agency="H0001")["4.0"]
    assert (agency["rank"], agency["against"]["kind"]) == (None, "group")
    page = read(get(cara, "/figures/4.0?as_of=2017-02-28&known_at=2017-03-13"))
    assert "Comparator group (Opiate clients) in 2016: 7.1% (12 of 170)." in page
    assert commissioner.get("/comparators/releases/9").status_code == 404


def test_nothing_of_a_file_is_stored_on_any_error(app: Flask, recount: CommandLine) -> None:
    commissioner = asker(app, Role.COMMISSIONER)
    refused = commissioner.post("/comparators/releases", json=FILE | {"content": CSV + "York,4.0,2016,6,80\n"})
    said = refused.get_json()
    assert (refused.status_code, said["code"]) == (422, "values-rejected")
    assert [(one["row"], one["column"], one["code"]) for one in said["rejected"]] == [(4, "area", "area-twice")]
    tried = commissioner.post("/comparators/releases", json=FILE | {"dry_run": True})
    assert (tried.status_code, tried.get_json()["release"]) == (200, None)
    assert commissioner.json("/comparators") == {"sets": [], "releases": []}
    for body, code in (
        (FILE | {"source": " "}, "comparator-no-source"),
        (FILE | {"on": "2099-01-01"}, "comparator-in-future"),
        (FILE | {"content": "area\n"}, "values-columns"),
    ):
        assert commissioner.post("/comparators/releases", json=body).get_json()["code"] == code
    for changes, code in (
        ({"areas": []}, "comparator-set-empty"),
        ({"measures": ["N.open"]}, "measure-unknown"),
        ({"measures": []}, "comparator-set-no-measure"),
        ({"name": " "}, "comparator-set-unnamed"),
    ):
        body = SET | changes
        assert commissioner.post("/comparators/sets", json=body).get_json()["code"] == code
    assert commissioner.json("/comparators") == {"sets": [], "releases": []}


@without_a_server
def test_the_command_line_says_the_same(recount: CommandLine) -> None:
    said = ("--source", "Appendix B", "--on", "2017-01-05")
    areas = recount.folder / "areas.txt"
    areas.write_text("Derby\nYork\n")
    recount("comparator", "define", "--name", "Group", "--measure", "5.0", "--areas-from", areas, *said)
    assert "without areas" in recount("comparator", "define", "--name", "G", "--measure", "4.0", *said, code=1).stderr
    no_day = recount("comparator", "define", "--name", "G", "--measure", "4.0", "--area", "Derby", code=1)
    assert "Say from which day on it holds" in no_day.stderr
    path = recount.folder / "values.csv"
    path.write_text("area,measure,period,numerator,denominator\nDerby,5.0,Q3 2016/17,1,8\nYork,5,Q3 16/17,1,29\n")
    loaded = recount.json("comparator", "load", path, "--source", "DOMES", "--on", "2017-02-01")
    assert (loaded["count"], loaded["release"]["number"]) == (2, 1)
    found = recount.json("comparator", "areas", "--measure", "5.0")
    assert [(one["name"], one["rank"]) for one in found["areas"]] == [("York", 1), ("Derby", 2)]  # lower is better
    assert "York" in recount("comparator", "areas", "--measure", "5.0").stdout
    path.write_text("area,measure,period,percentage\nDerby,5.0,Q3 2016/17,101\n")
    bad = recount.json("comparator", "load", path, "--source", "DOMES", "--on", "2017-02-01", code=1)
    assert bad["rejected"][0]["code"] == "percentage-impossible"
    recount("comparator", "withdraw", "--release", 1, "--reason", "wrong")
    assert "withdrawn" in recount("comparator", "list").stdout


# ---- the demonstration


def test_the_demonstration_has_the_papers_comparators(demonstration: Flask) -> None:
    ask = asker(demonstration, Role.AUDITOR)
    one = ask.json("/comparators/areas", measure="1.0", known_at="2017-08-15")
    assert (one["own"]["numerator"], one["own"]["denominator"]) == (19, 487)
    top = one["beside"]["top_quartile"]
    assert (top["low"], top["high"], top["needed"]["fewest"], top["needed"]["most"]) == (7.36, 8.93, 36, 43)
    assert [round(one["quartiles"][0][end], 2) for end in ("low", "high")] == [7.36, 8.93]
    lines = ask.json("/scorecard", as_of="2017-07-31", known_at="2017-08-15")["lines"]
    beside = {line["figure"]["measure"]: line["comparator"] for line in lines if line["comparator"]}
    assert {code: (found["against"]["low"], found["judged"]) for code, found in beside.items()
            if found["against"]["kind"] == "national"} == {
        "3.0": (38.3, "worse"), "4.2": (39.5, "worse"), "5.2": (8.8, "similar"),
    }  # fmt: skip
    assert (beside["4.3"]["areas"], beside["4.3"]["without"]) == (31, 1)
    places = [area["rank"] for area in ask.json("/comparators/areas", measure="4.3")["areas"]]
    assert sorted(set(places)) == list(range(1, 33))  # ours is counted in
    profile = ask.json("/comparators/profile", as_of="2017-07-31", known_at="2017-08-15")["beside"]
    assert [(one["part"], one["percentage"]) for one in profile] == [("six-years", 23), ("career", 21), ("first", 36)]


def test_the_demonstrations_pages_say_so_in_words(demonstration: Flask) -> None:
    an_account(demonstration, "Cora, who compares")
    cora = a_person(demonstration, "Cora, who compares")
    profile = read(get(cora, "/profile?as_of=2017-07-31&known_at=2017-08-15"))
    assert re.search(
        r"\d+ in 100 have been in treatment for six years or more; 23 in 100 in the cluster average", profile
    )
    page = read(get(cora, "/comparators/of/1.0"))
    assert "7.36% to 8.93%, which is 36 to 43 of 487 here." in page
    assert "Invented for the demonstration: no real area’s figures" in page
    report = read(get(cora, "/report?as_of=2017-07-31&known_at=2017-08-15"))
    assert "National average in Q3 2016/17: 38.3%, and this is worse by its interval." in report
