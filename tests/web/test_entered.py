"""KPIs entered by hand, as people and programs use them: on pages, over HTTP and on the command line."""

import io
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from domain.errors import Refused
from projections.publication.certificate import check, sealed
from tests.unit.intake.files import row, write
from web.auth.guard import services
from web.auth.roles import Role
from web.clock import today

from .conftest import CommandLine
from .http import Asker, asker, assert_problem
from .test_pages_scorecard import read

HUBS = ("--agency", "H0001", "--agency", "H0002")
APRIL = {"agency": "H0001", "last_day": "2017-04-30"}
FILE = b"the return of April"


def define(recount: CommandLine, code: str = "X.bbv", *more: str, on: str = "2017-04-01") -> None:
    terms = ("--name", "Tested", "--better", "higher", *HUBS, "--from", "2017-04-01", "--on", on)
    recount("entered", "define", code, *terms, *more)


def enter(recount: CommandLine, numerator: int, denominator: int, agency: str = "H0001", **given: str) -> Any:
    days = {"from": "2017-04-01", "to": "2017-04-30", "on": "2017-05-10", "party": "provider"} | given
    options = [word for name, value in days.items() for word in (f"--{name}", value)]
    of = ("--numerator", numerator, "--denominator", denominator, "--agency", agency)
    return recount.json("entered", "enter", "X.bbv", *of, *options)


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """One database is enough here: the commands are held on both in tests/integration."""
    return f"sqlite:///{tmp_path / 'recount.db'}"


@pytest.fixture
def council(app: Flask, recount: CommandLine) -> Asker:
    define(recount)
    return asker(app, Role.COMMISSIONER)


@pytest.fixture
def hub(app: Flask, council: Asker) -> Asker:
    return asker(app, Role.PROVIDER, "H0001")


def get(who: Asker, path: str, **asked: Any) -> str:
    """The words of a page."""
    response = who.client.get(path, query_string=asked, headers=who._headers(None))
    assert response.status_code == 200, response.get_data(as_text=True)
    return read(response)


def post(who: Asker, path: str, asked: dict[str, str] | None = None, **fields: Any) -> TestResponse:
    """Send a form of a page."""
    return who.client.post(path, query_string=asked, data=fields, headers=who._headers(None))


# -- on pages


def test_a_value_is_entered_questioned_corrected_and_confirmed_on_pages(council: Asker, hub: Asker) -> None:
    page = get(hub, "/entered-kpis", as_of="2017-05-31")
    assert "2 values are missing." in page
    assert "not entered" in page
    assert "never 0." in page
    sent = post(
        hub, "/entered-kpis/1/enter", APRIL, numerator="6", denominator="10", evidence=(io.BytesIO(FILE), "april.txt")
    )
    assert sent.status_code == 303
    assert sent.location == "/entered-kpis/values/1?done=entered"
    page = get(council, "/entered-kpis/values/1")
    assert "6 of 10, 60.0%." in page
    assert "april.txt, 19 bytes, SHA-256 " + sha256(FILE).hexdigest() in page
    assert post(council, "/entered-kpis/values/1/question", text="Sure?", seen="1").status_code == 303
    page = get(hub, "/entered-kpis/values/1")
    assert "It counts while it is questioned." in page
    assert "Confirm it" not in page
    corrected = {"numerator": "5", "denominator": "10", "reason": "Counted twice.", "seen": "2"}
    assert post(hub, "/entered-kpis/values/1/correct", **corrected).status_code == 303
    assert post(council, "/entered-kpis/values/1/confirm", seen="3").status_code == 303
    page = get(council, "/entered-kpis/values/1")
    for said in ("Entered", "Questioned", "Corrected", "Confirmed", "Counted twice.", "Sure?", "confirmed by the"):
        assert said in page
    assert "50.0%" in get(council, "/entered-kpis/1", as_of="2017-04-30", agency="H0001")


def test_all_values_that_wait_are_confirmed_in_one_press_or_none(council: Asker, hub: Asker) -> None:
    for month, last_day in (("April", "2017-04-30"), ("May", "2017-05-31")):
        asked = APRIL | {"last_day": last_day}
        sent = post(hub, "/entered-kpis/1/enter", asked, numerator="6", denominator="10", source=f"return of {month}")
        assert sent.status_code == 303, sent.text
    seen = {"as_of": "2017-05-31"}
    assert "Confirm all" not in get(hub, "/entered-kpis/1", **seen)
    assert "Confirm all 2 values" in get(council, "/entered-kpis/1", **seen)
    source = council.client.get("/entered-kpis/1", query_string=seen, headers=council._headers(None)).text
    assert 'value="2:1 1:1"' in source
    for stale in ("2:2 1:1", "", "9:1 1:1"):
        sent = post(council, "/entered-kpis/1/confirm", seen=stale)
        assert (sent.status_code, sent.location) == (303, "/entered-kpis/1?done=changed#to-answer"), stale
    assert "Nothing was confirmed" in get(council, "/entered-kpis/1", **seen, done="changed")
    sent = post(council, "/entered-kpis/1/confirm", seen="2:1 1:1")
    assert sent.location == "/entered-kpis/1?done=confirmed"
    page = get(council, "/entered-kpis/1", **seen)
    assert "Are they right?" not in page
    assert page.count("confirmed by the commissioner") == 2


def test_the_form_says_what_is_wrong_and_keeps_what_was_entered(hub: Asker) -> None:
    response = post(hub, "/entered-kpis/1/enter", APRIL, numerator="11", denominator="10", source="the return")
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert page.count("11 of 10 cannot be") == 2
    assert 'value="11"' in page
    assert 'value="the return"' in page
    response = post(hub, "/entered-kpis/1/enter", APRIL, numerator="many")
    assert "is not a number of people" in response.get_data(as_text=True)


def test_two_who_enter_the_same_period_see_both_versions(council: Asker, hub: Asker) -> None:
    assert post(hub, "/entered-kpis/1/enter", APRIL, numerator="6", denominator="10").status_code == 303
    response = post(council, "/entered-kpis/1/enter", APRIL, numerator="7", denominator="10")
    page = response.get_data(as_text=True)
    assert response.status_code == 409
    assert "It was changed meanwhile" in page
    assert "As you wrote it" in page
    assert 'value="7"' in page


def test_whoever_corrects_an_older_version_sees_both_and_may_send_again(council: Asker, hub: Asker) -> None:
    post(hub, "/entered-kpis/1/enter", APRIL, numerator="6", denominator="10")
    mine = {"numerator": "4", "denominator": "10", "reason": "Ours.", "seen": "1"}
    post(hub, "/entered-kpis/values/1/correct", **mine | {"numerator": "5"})
    response = post(council, "/entered-kpis/values/1/correct", **mine)
    page = response.get_data(as_text=True)
    assert response.status_code == 409
    assert "As it stands" in page
    assert 'name="seen" value="2"' in page
    assert 'value="4"' in page
    assert post(council, "/entered-kpis/values/1/correct", **mine | {"seen": "2"}).status_code == 303


def test_a_file_is_held_against_the_evidence(council: Asker, hub: Asker) -> None:
    fields = {"numerator": "6", "denominator": "10", "evidence": (io.BytesIO(FILE), "april.txt")}
    post(hub, "/entered-kpis/1/enter", APRIL, **fields)
    same = post(council, "/entered-kpis/values/1/evidence", file=(io.BytesIO(FILE), "copy.txt"))
    assert "byte for byte, the file that was read as evidence for version 1" in same.get_data(as_text=True)
    other = post(council, "/entered-kpis/values/1/evidence", file=(io.BytesIO(FILE + b"!"), "april.txt"))
    assert (other.status_code, "another SHA-256" in other.get_data(as_text=True)) == (422, True)


def test_a_kpi_is_defined_and_ended_on_pages(app: Flask, recount: CommandLine, council: Asker) -> None:
    fields = {"code": "X.needle", "name": "Packs", "kind": "count", "polarity": "none", "frequency": "quarterly"}
    fields |= {"first_day": "2017-04-01"}
    wrong = post(council, "/entered-kpis/define", **fields | {"code": "4.0"})
    assert (wrong.status_code, "is no code of an entered KPI" in wrong.get_data(as_text=True)) == (422, True)
    wrong = post(council, "/entered-kpis/define", **fields | {"kind": "proportion"})
    assert "Say which side of a proportion is better." in wrong.get_data(as_text=True)
    assert post(council, "/entered-kpis/define", **fields).location == "/entered-kpis/2?done=defined"
    assert "One value is entered for all agencies together" in get(council, "/entered-kpis/2")
    ended = post(council, "/entered-kpis/2/end", last_day="2017-06-30", seen="1")
    assert ended.location == "/entered-kpis/2?done=ended"
    assert "Values are due from 1 April 2017 to 30 June 2017." in get(council, "/entered-kpis/2")
    again = post(council, "/entered-kpis/2/end", last_day="2017-09-30", seen="1")
    assert (again.status_code, "It was changed meanwhile" in again.get_data(as_text=True)) == (422, False)
    # Whoever is ticked enters its own; those whose files are here can be.
    recount("submit", write(recount.folder, [row()]), "--received-on", "2017-02-10")
    own = fields | {"code": "X.packs", "agencies": "H0001"}
    assert post(council, "/entered-kpis/define", **own).location == "/entered-kpis/3?done=defined"
    assert "One value is entered for all agencies together" not in get(council, "/entered-kpis/3")


LIST = "code,agency,first_day,last_day,numerator,denominator\n"


def test_a_list_is_tried_and_then_entered_whole(council: Asker) -> None:
    rows = "X.bbv,H0001,2017-04-01,2017-04-30,6,10\nX.bbv,H0002,2017-04-01,2017-04-30,3,5\n"
    wrong = post(council, "/entered-kpis/load", values=LIST + rows + "X.bbv,H0009,2017-04-01,2017-04-30,3,5\n")
    page = wrong.get_data(as_text=True)
    assert wrong.status_code == 422
    assert "1 row has something wrong." in page
    assert "entered-other-agency" in page
    assert "Enter them" not in page
    sent = {"file": (io.BytesIO((LIST + rows).encode()), "list.csv"), "evidence": (io.BytesIO(FILE), "april.txt")}
    tried = post(council, "/entered-kpis/load", **sent).get_data(as_text=True)
    assert "Nothing is stored yet." in tried
    assert "2 values would be entered." in tried
    evidence = {"sha256": sha256(FILE).hexdigest(), "name": "april.txt", "size": str(len(FILE))}
    stored = post(council, "/entered-kpis/load/store", values=LIST + rows, **evidence)
    assert stored.location == "/entered-kpis?done=loaded"
    assert "9 of 15" in get(council, "/entered-kpis/1", as_of="2017-04-30")
    again = post(council, "/entered-kpis/load/store", values=LIST + rows, **evidence)
    assert again.status_code == 422


def test_the_scorecard_of_the_demonstration_has_them_in_a_section_of_their_own(demonstration: Flask) -> None:
    person = asker(demonstration, Role.COMMISSIONER)
    at = {"as_of": "2017-09-30", "known_at": "2018-01-11"}
    page = get(person, "/", **at)
    assert "Entered by hand" in page
    assert "No value for September 2017 from H0003." in page
    assert "85.2% 23 of 27 September 2017" in page
    assert "as known on 20 January 2018" in page
    assert "What is entered by hand is of whole agencies" in get(person, "/", **at, criminal_justice="true")
    july = get(person, "/", as_of="2017-07-31", known_at="2017-08-15")
    assert "80.0% 28 of 35 July 2017" in july
    assert "1 value is questioned." in july


def test_the_demonstration_has_one_corrected_one_questioned_and_one_missing(demonstration: Flask) -> None:
    auditor = asker(demonstration, Role.AUDITOR)
    values = auditor.json("/entered/values")["values"]
    states = [one["state"] for one in values]
    assert states.count("corrected by the provider") == 1
    assert states.count("questioned by the commissioner") == 1
    assert all(one["source"].startswith("Invented for the demonstration") for one in values)
    card = auditor.json("/entered/figures", as_of="2017-12-31")
    assert [one["sentence"] for one in card["due"]] == ["No value for September 2017 from H0003."]
    may = {"as_of": "2017-05-31", "agency": "H0001"}
    as_known = [auditor.json("/entered/figures", **may, known_at=day)["lines"][0]["figure"] for day in _MAY]
    assert [(one["numerator"], one["source"]) for one in as_known] == [
        (None, "entered"),
        (451, "entered"),
        (398, "entered"),
    ]


_MAY = ("2017-06-09", "2017-07-03", "2017-07-04")
"""Before the packs of May were entered, before they were corrected, and then."""


# -- over HTTP


VALUE = {
    "code": "X.bbv",
    "agency": "H0001",
    "first_day": "2017-04-01",
    "last_day": "2017-04-30",
    "numerator": 6,
    "denominator": 10,
    "evidence": {"sha256": sha256(FILE).hexdigest(), "name": "april.txt", "size": len(FILE)},
}


def test_a_figure_has_the_shape_of_every_figure_and_says_who_entered_it(app: Flask, council: Asker) -> None:
    entered = council.post("/entered/values", json=VALUE).get_json()
    assert (entered["number"], entered["state"], entered["percentage"]) == (1, "entered by the commissioner", 60.0)
    card = council.json("/entered/figures", as_of="2017-04-30", agency="H0001")
    [line] = card["lines"]
    figure = line["figure"]
    assert {**figure, "entered": None, "known_at": None, "position": 0} == {
        "measure": "X.bbv",
        "name": "Tested",
        "kind": "proportion",
        "definition": "entered",
        "slice": {"area": None, "agency": "H0001", "criminal_justice": False, "young_people": False},
        "numerator": 6,
        "denominator": 10,
        "percentage": 60.0,
        "interval": {"low": 31.267, "high": 83.182, "level": 95, "method": "wilson"},
        "cohort": {"first_day": "2017-04-01", "last_day": "2017-04-30"},
        "as_of": "2017-04-30",
        "known_at": None,
        "position": 0,
        "status": None,
        "coverage": {"expected": ["H0001"], "missing": []},
        "immature": False,
        "polarity": "higher",
        "source": "entered",
        "frequency": "monthly",
        "entered": None,
    }
    [by] = figure["entered"]
    assert (by["value"], by["party"], by["evidence"]["name"]) == (1, "commissioner", "april.txt")
    whole = council.json("/entered/figures", as_of="2017-04-30")["lines"][0]
    assert (whole["figure"]["numerator"], whole["figure"]["percentage"], whole["state"]) == (None, None, "not entered")
    assert whole["figure"]["coverage"] == {"expected": ["H0001", "H0002"], "missing": ["H0002"]}


def test_nothing_is_due_for_a_month_that_is_not_over(council: Asker) -> None:
    due = council.json("/entered/figures", as_of="2099-12-31")["due"]
    assert due[0]["sentence"] == "No value for April 2017 from H0001."
    assert max(one["last_day"] for one in due) <= today().isoformat()


def test_a_target_set_on_one_colours_it(council: Asker, recount: CommandLine) -> None:
    council.post("/entered/values", json=VALUE)
    target = {"measure": "X.bbv", "first_day": "2017-04-01", "last_day": "2017-12-31", "level": "50"}
    assert council.post("/targets", json=target).status_code == 201
    [line] = council.json("/entered/figures", as_of="2017-04-30", agency="H0001")["lines"]
    assert (line["state"], line["against"]["rating"], line["target"]["low"]) == ("on target", "green", "50")
    assert "X.bbv" in recount("target", "list").stdout
    define(recount, "X.packs", "--kind", "count", on="2017-04-02")
    assert_problem(council.post("/targets", json=target | {"measure": "X.packs"}), 422, "target-of-count")


def test_a_dispute_is_opened_over_it_as_over_any_figure(app: Flask, council: Asker, hub: Asker) -> None:
    claim = {"measure": "X.bbv", "as_of": "2017-04-30", "agency": "H0001", "numerator": 5, "denominator": 10}
    claim |= {"reason": "One was tested elsewhere."}
    assert_problem(council.post("/disputes", json=claim), 422, "entered-nothing-there")
    council.post("/entered/values", json=VALUE)
    opened = council.post("/disputes", json=claim).get_json()
    assert (opened["measure"], opened["entered"]) == ("X.bbv", {"name": "Tested", "kind": "proportion"})
    assert opened["standpoint"]["position"] == 2
    page = get(hub, "/disputes/1")
    assert "Tested (X.bbv) is claimed to be 5 of 10." in page
    assert "It was entered by hand." in page
    assert "the commissioner may look at the people" not in page
    at = {"as_of": "2017-04-30", "agency": "H0001"}
    assert "6 of 10 was entered." in get(hub, "/entered-kpis/1/dispute", **at)
    mine = post(hub, "/entered-kpis/1/dispute", at, numerator="7", denominator="10", reason="We count seven.")
    assert mine.location == "/disputes/2?done=opened"
    assert_problem(council.post("/disputes", json=claim | {"measure": "X.nobody"}), 400, "wrong-use")
    assert_problem(council.post("/disputes", json={**claim, "area": "E1"}), 422, "entered-no-such-part")
    assert_problem(council.post("/disputes", json={**claim, "numerator": 11}), 422, "claim-impossible")
    closed = council.post("/disputes/1/close", json={"outcome": "Agreed.", "numerator": 5, "denominator": 10})
    assert closed.status_code == 201
    assert "X.bbv" in get(council, "/disputes")


def test_a_provider_sees_of_a_sum_nothing_that_tells_of_few_people_of_others(app: Flask, council: Asker) -> None:
    provider = asker(app, Role.PROVIDER, "H0001")
    council.post("/entered/values", json=VALUE)
    waits = provider.json("/entered/figures", as_of="2017-04-30")
    assert waits["lines"][0]["figure"]["coverage"] == {"expected": ["H0001"], "missing": []}
    assert waits["lines"][0]["why_missing"] == "No value for April 2017."
    assert waits["due"] == []
    council.post("/entered/values", json=VALUE | {"agency": "H0002", "numerator": 3, "denominator": 20})
    line = provider.json("/entered/figures", as_of="2017-04-30")["lines"][0]
    assert (line["figure"]["numerator"], line["state"]) == (None, "not shown")
    assert [one["agency"] for one in line["figure"]["entered"]] == ["H0001"]
    assert [one["agency"] for one in provider.json("/entered/values")["values"]] == ["H0001"]
    council.post("/entered/values/2/correct", json={"numerator": 8, "denominator": 20, "reason": "Late results."})
    assert provider.json("/entered/figures", as_of="2017-04-30")["lines"][0]["figure"]["numerator"] == 14
    assert_problem(provider.get("/entered/values/2"), 404, "not-found")


def test_what_a_provider_says_is_of_today_and_an_older_version_is_refused(app: Flask, council: Asker) -> None:
    provider = asker(app, Role.PROVIDER, "H0001")
    assert_problem(provider.post("/entered/values", json=VALUE | {"on": "2017-05-10"}), 403, "entered-on-today")
    assert council.post("/entered/values", json=VALUE | {"on": "2017-05-10"}).status_code == 201
    corrected = {"numerator": 5, "denominator": 10, "reason": "Twice.", "seen": 1}
    assert provider.post("/entered/values/1/correct", json=corrected).status_code == 201
    assert_problem(council.post("/entered/values/1/correct", json=corrected), 409, "changed-meanwhile")
    assert_problem(council.post("/entered/values/9/confirm", json={}), 404, "not-found")
    assert_problem(council.post("/entered/values", json=VALUE), 409, "entered-overlaps")


# -- a certificate


def altered(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The document with one value changed."""
    copy = json.loads(json.dumps(document))
    part = copy
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = value
    return copy


def test_a_certificate_says_that_the_entries_are_in_the_log_and_nothing_more(
    app: Flask, council: Asker, hub: Asker, recount: CommandLine
) -> None:
    council.post("/entered/values", json=VALUE)
    council.post("/entered/values/1/correct", json={"numerator": 5, "denominator": 10, "reason": "Counted twice."})
    response = hub.get("/entered/values/1/certificate")
    document = response.get_json()
    path, key = recount.folder / "certificate.json", recount.folder / "key.pem"
    path.write_bytes(response.get_data())
    key.write_text(recount("public-key").stdout)
    said = recount("check-certificate", path, "--public-key", key).stdout
    assert "X.bbv Tested, agency H0001: 5 of 10 as of 2017-04-30" in said
    assert "are in the log, word for word, at position 1, 2, 3." in said
    assert "that its numbers are true is not proven" in said
    head = recount.folder / "head.json"
    council.post("/entered/values/1/confirm", json={})
    hub.post("/entered/values/1/confirm", json={})
    head.write_text(recount("head", "--from", 3).stdout)
    recount("check-certificate", path, "--public-key", key, "--head", head)
    page = read(post(council, "/certificates/check", document_text=response.get_data(as_text=True)))
    assert "5 of 10" in page
    assert_problem(council.get("/entered/values/9/certificate"), 404, "not-found")
    council.post("/entered/values/1/withdraw", json={"reason": "Another month’s."})
    assert_problem(council.get("/entered/values/1/certificate"), 404, "not-found")
    for place, value in (
        (("figure", "numerator"), 6),
        (("figure", "name"), "Tested twice"),
        (("entries", 1, "state"), document["entries"][1]["state"].replace("6", "7")),
        (("entries",), document["entries"][:1]),
    ):
        path.write_text(json.dumps(altered(document, place, value)))
        refused = recount.json("check-certificate", path, "--public-key", key, code=1)
        assert refused["refused"]["code"] == "altered"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ((("figure", "numerator"), 6), "value-differs"),
        ((("figure", "percentage"), 60.0), "value-differs"),
        ((("figure", "slice", "agency"), "H0002"), "value-differs"),
        ((("figure", "cohort", "last_day"), "2017-05-31"), "value-differs"),
        ((("entries",), 1), "entries-missing"),
        ((("entries",), 2), "value-differs"),
        ((("entries", 1, "salt"), "AAAA"), "altered"),
        ((("entries", 1, "leaf"), "[]"), "altered"),
        ((("entries", 2, "path"), []), "not-in-log"),
    ],
)
def test_even_with_the_right_key_nothing_is_signed_that_the_log_does_not_say(
    app: Flask, council: Asker, change: tuple[tuple[Any, ...], Any], code: str
) -> None:
    """The proof itself is held, and not only the signature."""
    council.post("/entered/values", json=VALUE)
    council.post("/entered/values/1/correct", json={"numerator": 5, "denominator": 10, "reason": "Counted twice."})
    document = council.get("/entered/values/1/certificate").get_json()
    place, value = change
    wrong = altered(document, place, document["entries"][:value] if place == ("entries",) else value)
    del wrong["signature"], wrong["key"]
    with app.app_context():
        signer = services().signer
    with pytest.raises(Refused) as refused:
        check(sealed(wrong, signer).encode(), signer.keys)
    assert refused.value.code == code


# -- on the command line


def test_the_command_line_says_the_same(recount: CommandLine) -> None:
    define(recount)
    evidence = recount.folder / "april.txt"
    evidence.write_bytes(FILE)
    entered = enter(recount, 6, 10, evidence=str(evidence))
    assert (entered["number"], entered["state"]) == (1, "entered by the provider")
    said = recount("entered", "question", 1, "--question", "Sure?").stdout
    assert "questioned by the commissioner" in said
    recount("entered", "confirm", 1, "--seen", 1, code=1)
    recount("entered", "confirm", 1, "--seen", 2)
    recount("entered", "correct", 1, "--numerator", 5, "--denominator", 10, "--reason", "Twice.", "--party", "provider")
    assert recount.json("entered", "check", 1, evidence)["versions"] == [1]
    evidence.write_bytes(FILE + b"!")
    assert recount.json("entered", "check", 1, evidence, code=1)["versions"] == []
    recount("entered", "certify", 1, "--out", recount.folder / "signed.json")
    figures = recount("entered", "figures", "--as-of", "2017-04-30").stdout
    assert "not entered" in figures
    assert "No value for April 2017 from H0002." in figures
    refused = recount.json("entered", "enter", "X.bbv", "--from", "2017-04-01", "--to", "2017-04-30", "--numerator", 9,
                           "--denominator", 5, "--agency", "H0002", code=1)  # fmt: skip
    assert refused["refused"]["code"] == "entered-impossible"
    listed = recount.folder / "list.csv"
    listed.write_text(LIST + "X.bbv,H0002,2017-04-01,2017-04-30,3,5\n")
    assert recount.json("entered", "load", listed, "--dry-run")["stored"] is False
    assert recount.json("entered", "load", listed)["values"][0]["number"] == 2
    assert recount.json("entered", "load", listed, code=1)["rejected"][0]["code"] == "entered-overlaps"
    recount("entered", "withdraw", 2, "--reason", "Another month’s.")
    recount("entered", "end", 1, "--last-day", "2017-06-30")
    assert "withdrawn" in recount("entered", "values", "--code", "X.bbv").stdout
    assert "ended" in recount("entered", "list").stdout
    assert "entered value corrected: no. 1: Twice." in recount("log", "--limit", 20).stdout
