"""Colour rules in the demonstration: beside each figure, as pages, over the API and on the command line."""

import io
import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
from flask import Flask

from web.app import create_app
from web.auth.roles import Role
from web.demo.agreement.colour_rules import RULE_FILES, rule_file
from web.settings import Settings

from .browser import Person, a_person, an_account
from .conftest import CommandLine
from .http import Asker, asker, assert_problem

BOARD = {"as_of": "2017-07-31", "known_at": "2017-08-15"}
NEWEST = {"as_of": "2017-12-31"}
RULES = "/contract/colour-rules"
HEREFORDSHIRE = "Rule: Herefordshire’s, agreed 10 April 2017: no amber."


@pytest.fixture(scope="module")
def council(a_demonstration: Callable[[], CommandLine]) -> CommandLine:
    """A demonstration of this module's own; its tests go through a rule's life in their order."""
    return a_demonstration()


@pytest.fixture(scope="module")
def service(council: CommandLine) -> Iterator[Flask]:
    app = create_app(Settings.from_environment(council.settings), TESTING=True)
    an_account(app, "Cara")
    an_account(app, "Pat", Role.PROVIDER, "H0001")
    yield app
    app.extensions["recount"].close()


@pytest.fixture(scope="module")
def cara(service: Flask) -> Person:
    return a_person(service, "Cara")


@pytest.fixture(scope="module")
def pat(service: Flask) -> Person:
    return a_person(service, "Pat")


@pytest.fixture(scope="module")
def commissioner(service: Flask) -> Asker:
    return asker(service, Role.COMMISSIONER)


def read(person: Person, path: str, code: int = 200, **query: str) -> str:
    """The words of a page."""
    response = person.client.get(path, query_string=query, follow_redirects=True)
    assert response.status_code == code
    return words_of(response.get_data(as_text=True))


def words_of(html: str) -> str:
    main = html[html.index("<main") : html.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def send(person: Person, path: str, code: int = 200, **fields: Any) -> str:
    """What a form that was sent is answered with."""
    response = person.client.post(path, data={"csrf_token": person.word("/account")} | fields)
    assert response.status_code == code, words_of(response.get_data(as_text=True))
    return str(response.location) if code == 303 else words_of(response.get_data(as_text=True))


def line(council: CommandLine, measure: str, *standpoint: str) -> Any:
    lines = council.json("scorecard", *standpoint)["lines"]
    return next(one for one in lines if one["figure"]["measure"] == measure)


BOARD_ASKED = ("--as-of", "2017-07-31", "--known-at", "2017-08-15")


# ---- what each colour says


def test_a_line_of_the_scorecard_says_its_rule_reason_and_how_few_people(council: CommandLine) -> None:
    opiate = line(council, "4.0", *BOARD_ASKED)["against"]
    assert opiate["because"] == "Red: 2.5 points below the target of 8%."
    assert opiate["rule"]["sentence"] == HEREFORDSHIRE
    assert (opiate["points"], opiate["relative"]) == (-2.521, -31.507)
    assert opiate["change"] == {"people": 12, "more": "green", "fewer": None, "one_less": None, "among": 438}
    returned = line(council, "5.0", *BOARD_ASKED)["against"]
    assert returned["change"] == {"people": 1, "more": None, "fewer": "green", "one_less": None, "among": 13}


def test_the_page_of_the_scorecard(cara: Person) -> None:
    said = read(cara, "/", **BOARD)
    assert HEREFORDSHIRE in said
    assert "Target 8%, 2.5 points below it: 12 more would have reached it" in said
    assert said.count("One person would change the colour") == 4


def test_the_page_of_a_figure(cara: Person) -> None:
    said = read(cara, "/figures/5.0", **BOARD)
    assert "the figure is 5.4 points, or 54% of the target, above it." in said
    assert f"Red: 5.4 points above the target of 10%. {HEREFORDSHIRE} One person would change the colour" in said


def test_the_report_and_the_terminal(council: CommandLine, cara: Person) -> None:
    assert f"Red: 2.5 points below the target of 8%. {HEREFORDSHIRE}" in read(cara, "/report", **BOARD)
    said = council("scorecard", *BOARD_ASKED).stdout
    assert f"4.0: Red: 2.5 points below the target of 8%. {HEREFORDSHIRE} 12 more counted would make it green." in said


def test_a_target_that_has_expired_says_when_and_what_it_was(council: CommandLine, cara: Person) -> None:
    exits = line(council, "T.exit", "--as-of", "2017-12-31")
    assert (exits["state"], exits["against"]["rating"]) == ("target expired", None)
    assert (exits["against"]["why_not"], exits["expired"]["last_day"]) == ("target expired", "2017-10-10")
    expired = "The target expired on 10 October 2017: it was 80%. None follows, so there is no colour."
    assert exits["against"]["sentences"] == [expired]
    said = read(cara, "/", **NEWEST)
    assert f"Target expired {expired}" in said
    assert "3 targets have expired." in said
    assert expired in read(cara, "/figures/T.exit", **NEWEST)
    assert "expired 10 Oct 2017 (was 80%)" in read(cara, "/report", **NEWEST)


# ---- the pages of the rules


def test_the_rules_in_words_with_an_example(cara: Person) -> None:
    said = read(cara, RULES)
    assert "It colours every KPI of everybody, in figures as of 1 December 2015 and later. No amber." in said
    assert (
        "With this rule, of 11 KPIs on the newest scorecard, as of 31 December 2017, none would be amber, 8 red and 3 "
        "green."
    ) in said


def test_a_provider_reads_and_takes_no_step(pat: Person) -> None:
    said = read(pat, RULES)
    assert "Herefordshire’s" in said
    assert "Agree a rule" not in said
    assert "Withdraw" not in read(pat, f"{RULES}/1")
    read(pat, f"{RULES}/new", 403)
    assert pat.client.post(f"{RULES}/1/withdraw", data={"csrf_token": pat.word("/account")}).status_code == 403


FORM = {"name": "Ours", "first_day": "2017-04-01", "scale": "points", "agreed_on": "2017-09-01"}


def test_a_rule_is_tried_before_it_is_agreed(cara: Person, council: CommandLine) -> None:
    tried = {"amber_within": "3", "conditions": "red:not improved on last year", "step": "try"}
    said = send(cara, f"{RULES}/new", **FORM, **tried)
    assert "1 would be amber, 8 red and 2 green." in said
    assert "2 KPIs would change colour: Successful completions: opiate (4.0) from red to amber" in said
    assert "Nothing is stored." in said
    assert "but not improved on 0.0% (0 of 28) on 31 December 2016." in said
    assert len(council.json("colour-rule", "list")["rules"]) == 1


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"name": ""}, "Give the rule a name."),
        ({"first_day": ""}, "Enter the first day of the figures that it colours."),
        ({"green_within": "3", "amber_within": "2"}, "Amber would end 2 beyond the target, and green 3 beyond it"),
        ({"amber_within": "many"}, "Write a number in figures, like 2.5."),
        (
            {"first_day": "2015-12-01"},
            "The rule “Herefordshire’s” colours the same figures from 1 December 2015 already.",
        ),
        ({"agreed_on": "2017-08-15"}, "The scorecard “Board 16 Aug 2017” was frozen as known on 15 August 2017."),
        ({"agreed_on": "2099-01-01"}, "1 January 2099 lies after today"),
        ({"agency": "no code"}, "Choose an agency of the list."),
    ],
)
def test_what_is_wrong_stands_at_its_field(cara: Person, more: dict[str, str], words: str) -> None:
    said = send(cara, f"{RULES}/new", 422, **FORM | {"step": "agree"} | more)
    assert "There is a problem" in said
    assert words in said


def test_a_rule_is_agreed_changed_beside_somebody_else_and_withdrawn(cara: Person, council: CommandLine) -> None:
    agreed = {"measure": "4.0", "amber_within": "3", "direction": "last-year", "step": "agree"}
    assert send(cara, f"{RULES}/new", 303, **FORM, **agreed).endswith("/2?done=agreed")
    october = ("--as-of", "2017-09-30", "--known-at", "2017-10-20")
    found = line(council, "4.0", *october)
    assert (found["against"]["rule"]["name"], found["travel"]["basis"]) == ("Ours", "same period last year")
    assert line(council, "4.1", *october)["against"]["rule"]["name"] == "Herefordshire’s"
    assert line(council, "4.0", *october, "--basis", "previous")["travel"]["basis"] == "previous period"

    change = f"{RULES}/2/change"
    assert 'value="3"' in cara.client.get(change).get_data(as_text=True)
    written = {**FORM, "agreed_on": "2017-09-05", "step": "agree"}
    assert send(cara, change, 303, **written, amber_within="2", seen="1").endswith("/2?done=changed")
    said = send(cara, change, 409, **written | {"name": "Mine"}, amber_within="1", seen="1")
    assert "It was changed meanwhile Cara changed it on 5 September 2017" in said
    assert "Name Mine Ours" in said
    assert "Rule amber within 1 points amber within 2 points" in said
    assert "changed meanwhile" in send(cara, f"{RULES}/2/withdraw", 422, reason="Never mind.", seen="1").replace(
        "was changed since", "changed meanwhile"
    )
    ending = {"reason": "Another was agreed.", "on": "2017-10-01", "seen": "2"}
    assert send(cara, f"{RULES}/2/withdraw", 303, **ending).endswith("?done=withdrawn")
    page = read(cara, f"{RULES}/2")
    assert "withdrawn 1 Oct 2017 Cara, commissioner Another was agreed." in page
    assert line(council, "4.0", *october)["against"]["rule"]["name"] == "Herefordshire’s"
    before = ("--as-of", "2017-08-31", "--known-at", "2017-09-20")
    assert line(council, "4.0", *before)["against"]["rule"]["words"] == "amber within 2 points"
    assert line(council, "4.0", *BOARD_ASKED)["against"]["rule"]["name"] == "Herefordshire’s"


def test_a_file_is_tried_and_then_agreed_without_choosing_it_again(cara: Person) -> None:
    sample = cara.client.get(f"{RULES}/samples/common-practice")
    assert sample.data == rule_file("common-practice")
    assert read(cara, f"{RULES}/file").count("chosen") == 1
    chosen = (io.BytesIO(sample.data), "common-practice.toml")
    said = send(cara, f"{RULES}/file", file=chosen, step="try")
    assert "With these rules, of 11 KPIs" in said
    assert "common-practice.toml was tried." in said
    wrong = (io.BytesIO(b'[[rules]]\nname = "A"\nmeasure = "9.9"'), "a.toml")
    refused = send(cara, f"{RULES}/file", 422, file=wrong, step="try")
    assert refused.count("Rule 1, first_day: A rule needs a day") == 2
    assert "Rule 1, measure: There is no such measure." in refused
    taken = {"text": sample.get_data(as_text=True), "name": "common-practice.toml", "step": "agree"}
    assert send(cara, f"{RULES}/file", 303, **taken).endswith("?done=loaded")
    assert "Common practice for re-presentations (chosen)" in read(cara, RULES)


def test_a_page_without_a_table_offers_no_file_of_tables(cara: Person) -> None:
    for path in (f"{RULES}/new", "/covered-days"):
        assert "tables as XLSX" not in cara.client.get(path).get_data(as_text=True)
    assert "tables as XLSX" in cara.client.get(RULES).get_data(as_text=True)


# ---- over the API, and on the command line


def test_the_same_over_the_api(commissioner: Asker, council: CommandLine) -> None:
    rule = {"name": "By API", "first_day": "2017-04-01", "measure": "4.1", "amber_within": "7"}
    tried = commissioner.post("/colour-rules/trial", json={"rules": [rule]}).get_json()
    assert (tried["changed"], [(one["before"], one["after"]) for one in tried["lines"]]) == (0, [("red", "red")])
    response = commissioner.post("/colour-rules", json={"rules": [rule | {"agreed_on": "2017-09-01"}]})
    assert response.status_code == 201
    [agreed] = response.get_json()["rules"]
    place = f"/colour-rules/{agreed['number']}"
    changed = commissioner.post(f"{place}/change", json=rule | {"amber_within": "8", "seen": 1})
    assert changed.get_json()["terms"]["words"] == "amber within 8 points"
    assert_problem(commissioner.post(f"{place}/withdraw", json={"seen": 1}), 409, "changed-meanwhile")
    assert commissioner.post(f"{place}/withdraw", json={"seen": 2}).get_json()["state"] == "withdrawn"
    assert_problem(commissioner.post(f"{place}/withdraw", json={}), 409, "step-not-now")
    assert commissioner.post("/colour-rules/99/withdraw", json={}).status_code == 404
    assert commissioner.json("/colour-rules")["rules"] == council.json("colour-rule", "list")["rules"]


def test_the_same_on_the_command_line(council: CommandLine) -> None:
    terms = ("--name", "By command", "--from", "2017-04-01", "--measure", "4.2", "--on", "2017-09-02")
    condition = ("--condition", "amber:interval reaches the target")
    assert council.json("colour-rule", "agree", *terms, *condition, "--try")["changed"] == 0
    assert "would be amber" in council("colour-rule", "agree", *terms, *condition, "--try").stdout
    [agreed] = council.json("colour-rule", "agree", *terms, *condition)["rules"]
    number = agreed["number"]
    assert agreed["terms"]["words"] == "at worst amber where its 95% interval reaches the target"
    assert agreed["steps"][0]["role"] == "administrator"
    change = ("--name", "By command", "--from", "2017-04-01", "--amber-within", "1", "--seen", 1)
    assert "Changed on" in council("colour-rule", "change", number, *change).stdout
    refused = council.json("colour-rule", "change", number, *change, code=1)["refused"]
    assert refused["code"] == "changed-meanwhile"
    assert "Withdrawn on" in council("colour-rule", "withdraw", number, "--reason", "Enough.").stdout
    assert "By command" in council("colour-rule", "list").stdout
    assert "is no condition" in council("colour-rule", "agree", *terms, "--condition", "blue:sky", code=2).stderr
    path = council.folder / "wirral.toml"
    path.write_bytes(rule_file("wirral"))
    assert len(council.json("colour-rule", "load", path, "--try")["terms"]) == 1
    assert "was frozen as known on" in council("colour-rule", "load", path, code=1).stderr
    trail = council("log", "--limit", 3).stdout
    assert f"colour-rule withdrawn: no. {number}" in trail
    assert set(RULE_FILES) == {"herefordshire", "wirral", "common-practice"}
