"""Disputes as pages: another figure beside ours, a list client by client, and what the parties say."""

import io
import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from web.auth.roles import Role
from web.auth.trail.access import Deed

from .browser import Person, a_person, access_trail, an_account
from .conftest import CommandLine
from .conversation import fill_two
from .test_pages_scorecard import get, read

JANUARY = {"as_of": "2017-01-31", "known_at": "2017-03-13"}
MARCH = {"as_of": "2017-02-28", "known_at": "2017-03-13"}
FIGURE = "/figures/4.0"


@pytest.fixture
def commissioner(app: Flask, recount: CommandLine) -> Person:
    fill_two(recount)
    an_account(app, "Cara")
    return a_person(app, "Cara")


def a_provider(app: Flask, *agencies: str) -> Person:
    an_account(app, "Pat", Role.PROVIDER, *agencies)
    return a_person(app, "Pat")


def post(person: Person, path: str, where: dict[str, str] | None = None, **fields: Any) -> TestResponse:
    word = person.word("/account")
    return person.client.post(path, query_string=where, data={"csrf_token": word} | fields)


def opened(person: Person, **given: str) -> TestResponse:
    fields = {"numerator": "0", "denominator": "2", "reason": "Ours says nobody."} | given
    return post(person, f"{FIGURE}/dispute", {**MARCH, "agency": "H0001"}, **fields)


# -- another figure ------------------------------------------------------------------------------------------------


def test_another_figure_is_set_beside_ours_with_the_places_where_ours_is_the_same(commissioner: Person) -> None:
    shown = get(commissioner, f"{FIGURE}/claim", **JANUARY, numerator="0", denominator="2")
    assert "Theirs: 0 of 2 . Ours: 1 of 3 , 33.3%. They differ." in shown
    assert "0 of 2 is our figure as known on 10 February 2017 (until 10 March 2017)." in shown
    assert "Why it changed from there" in shown
    assert "They agree." in get(commissioner, f"{FIGURE}/claim", **MARCH, numerator="1", denominator="3")
    assert "Nothing fits" in get(commissioner, f"{FIGURE}/claim", **MARCH, numerator="700", denominator="900")


def test_the_way_from_there_is_a_walk_to_ours(commissioner: Person) -> None:
    asked = {**JANUARY, "numerator": "1", "denominator": "2"}
    page = commissioner.client.get(f"{FIGURE}/claim", query_string=asked).get_data(as_text=True)
    addresses = re.findall(r'href="(/figures/4.0/why\?[^"]+to_known_at[^"]+)"', page)
    assert [address for address in addresses if "to_agency=*" in address]
    reason = {"key": "4.0 - H0001 False False", "next": "/", "reason": "the contract's review"}
    commissioner.post("/reasons", "/account", **reason)
    for address in addresses:
        if "agency=H0001&" in address.replace("&amp;", "&"):
            assert "to 1 of 3." in get(commissioner, address.replace("&amp;", "&"))


def test_a_percentage_is_told_which_fractions_it_could_be(commissioner: Person) -> None:
    shown = get(commissioner, f"{FIGURE}/claim", **MARCH, percentage="15.67")
    assert "It takes at least 134 people to come to 15.67%: 21 of 134." in shown
    assert "No number out of our 3 comes to 15.67%." in shown
    shown = get(commissioner, f"{FIGURE}/claim", **MARCH, percentage="33.3")
    assert "1 of our 3 would come to 33.3%." in shown


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"numerator": "9" * 30}, "is not a number of people."),
        ({"numerator": "many"}, "'many' is not a number of people."),
        ({"numerator": "3", "denominator": "2"}, "3 of 2 cannot be: more are counted than there are."),
        ({"numerator": "3"}, "claim a numerator and a denominator, or a percentage"),
        ({"percentage": "lots"}, "This is no percentage."),
        ({"numerator": "1", "denominator": "2", "percentage": "5"}, "Give numbers, or a percentage, and not both."),
    ],
)
def test_what_cannot_be_is_said_at_its_field(commissioner: Person, given: dict[str, str], sentence: str) -> None:
    shown = get(commissioner, f"{FIGURE}/claim", **MARCH, **given)
    assert "There is a problem" in shown
    assert shown.count(sentence) == 2


def test_a_count_is_claimed_by_its_number_alone(commissioner: Person) -> None:
    shown = get(commissioner, "/figures/N.treatment/claim", **MARCH, numerator="9")
    assert "Theirs: 9 ." in shown
    assert "Out of how many" not in shown


# -- a list --------------------------------------------------------------------------------------------------------

LIST = "AGNCY,CLIENT,COUNTED\nH0001,C1,N\nH0002,D1,N\nH0002,D2,N\nH0001,C2,N\n"


def sent(person: Person, text: str, where: dict[str, str] = MARCH, **fields: str) -> TestResponse:
    return post(person, f"{FIGURE}/claim", where, members=(io.BytesIO(text.encode()), "list.csv"), **fields)


def test_a_list_is_compared_client_by_client_and_the_look_is_noted(commissioner: Person, app: Flask) -> None:
    response = sent(commissioner, LIST, reason="the contract's review")
    shown = read(response)
    assert response.status_code == 200, shown
    assert '<strong aria-current="page">Compare with their figure</strong>' in response.get_data(as_text=True)
    assert "In both, but counted on one side only: 1" in shown
    assert "H0001: C1 (line 2)" in shown
    assert "More than one line of theirs, but one person here: 1" in shown
    assert "H0002: D2 (line 4), H0001: C2 (line 5)" in shown
    assert "our figure" in shown
    [look] = access_trail(app, deed=Deed.LOOKED)
    assert (look.reason, look.question["lines"]) == ("the contract's review", "4")


def test_who_is_only_in_theirs_or_only_in_ours_is_told_with_the_rule(commissioner: Person) -> None:
    shown = read(sent(commissioner, "AGNCY,CLIENT\nH0001,C1\nH0001,C3\n", reason="the contract's review"))
    assert "Only in theirs, with the first of our rules that they do not meet: 1" in shown
    assert "H0001: C3 (line 3)" in shown
    assert "Only in ours: 2" in shown


def test_a_list_without_a_reason_or_a_file_is_asked_for_it(commissioner: Person, app: Flask) -> None:
    response = sent(commissioner, LIST, reason="so so")
    assert response.status_code == 422
    assert ">so so</textarea>" in response.get_data(as_text=True)
    assert "Say it in 500 characters or fewer." in read(sent(commissioner, LIST, reason="so " * 200))
    assert "Say in a few words why you need to look at single clients." in read(response)
    response = post(commissioner, f"{FIGURE}/claim", MARCH, reason="the contract's review")
    assert (response.status_code, "Choose the file that has their list." in read(response)) == (422, True)
    response = sent(commissioner, "AGNCY,CLIENT,NAME\nH0001,C1,x\n", reason="the contract's review")
    assert response.status_code == 422
    assert "The list: the column number 3 does not belong in it." in read(response)
    response = sent(commissioner, "AGNCY,CLIENT\nH0001,\n", reason="the contract's review")
    assert "Line 2 of the list: CLIENT is empty." in read(response)
    assert access_trail(app, deed=Deed.LOOKED) == []


def test_a_person_on_many_lines_is_told_by_the_first_of_them(commissioner: Person) -> None:
    text = "AGNCY,CLIENT\n" + "H0001,C1\n" * 25
    shown = read(sent(commissioner, text, reason="the contract's review"))
    assert "H0001: C1 (line 21) and 5 more lines" in shown
    assert "(line 22)" not in shown


def test_a_provider_compares_its_own_list_alone(commissioner: Person, app: Flask) -> None:
    provider = a_provider(app, "H0001")
    response = sent(provider, LIST)
    assert (response.status_code, "names clients of another agency than yours" in read(response)) == (422, True)
    shown = read(sent(provider, "AGNCY,CLIENT,COUNTED\nH0001,C1,N\nH0001,C2,N\n", {**MARCH, "agency": "H0001"}))
    assert "counted on one side only: 1" in shown
    assert [word for word in ("H0002", "D1", "D2") if re.search(rf"\b{word}\b", shown)] == []
    assert set(re.findall(r"\b[A-Z]\d{4}\b", shown)) == {"H0001"}, "what the list looks like is shown by nobody's code"


# -- disputes ------------------------------------------------------------------------------------------------------


def test_a_dispute_is_opened_read_answered_and_closed(commissioner: Person, app: Flask) -> None:
    assert "Nothing is disputed." in get(commissioner, "/disputes")
    form = get(commissioner, f"{FIGURE}/dispute", **MARCH, numerator="0", denominator="2")
    assert "Ours is 1 of 3. Say what it should be, and why." in form
    response = opened(commissioner)
    assert (response.status_code, response.headers["Location"]) == (303, "/disputes/1?done=opened")
    shown = get(commissioner, "/disputes/1")
    assert "Successful completions: opiate (4.0) is claimed to be 0 of 2." in shown
    assert "Ours says nobody." in shown
    provider = a_provider(app, "H0001")
    assert "1 dispute is open." in get(provider, "/disputes")
    answered = post(provider, "/disputes/1/answers", statement="C1 left in January.")
    assert answered.headers["Location"] == "/disputes/1?done=answered"
    assert "Your answer was added." in get(provider, answered.headers["Location"])
    assert post(commissioner, "/disputes/1/close", outcome="The exit counts.").status_code == 303
    shown = get(commissioner, "/disputes/1")
    assert "Pat for H0001 C1 left in January." in shown
    assert "The exit counts." in shown
    assert "Agreed" not in shown, "a figure is agreed by both sides, or by nobody"
    assert 'action="/disputes/1/answers"' not in commissioner.client.get("/disputes/1").get_data(as_text=True)
    late = post(commissioner, "/disputes/1/answers", statement="One more thing.")
    shown = read(late)
    assert (late.status_code, "Dispute 1 is closed." in shown) == (422, True)
    assert "This was not stored. Copy it if you still need it: One more thing." in shown
    assert 'href="#statement"' not in late.get_data(as_text=True)


def test_what_is_sent_twice_is_said_once(commissioner: Person) -> None:
    for _ in range(2):
        assert opened(commissioner).headers["Location"] == "/disputes/1?done=opened"
    for _ in range(2):
        assert post(commissioner, "/disputes/1/answers", statement="C1 left in January.").status_code == 303
    assert get(commissioner, "/disputes/1").count("C1 left in January.") == 1
    for _ in range(2):
        assert post(commissioner, "/disputes/1/close", outcome="Settled.").status_code == 303
    assert get(commissioner, "/disputes/1").count("Settled.") == 1
    assert post(commissioner, "/disputes/1/close", outcome="Something else.").status_code == 422
    assert opened(commissioner).headers["Location"] == "/disputes/2?done=opened"


def test_while_it_is_open_the_commissioner_needs_no_reason(commissioner: Person, app: Flask) -> None:
    at = {**MARCH, "agency": "H0001"}
    walk = {**at, "known_at": "2017-02-10", "to_known_at": "2017-03-13"}
    assert "These are sums." in get(commissioner, f"{FIGURE}/why", **walk)
    assert "Why do you need" in get(commissioner, f"{FIGURE}/why", **walk, people="true")
    opened(commissioner)
    with_people = get(commissioner, f"{FIGURE}/why", **walk)
    assert "It adds up exactly" in with_people
    assert "These are sums." not in with_people
    assert read(sent_at(commissioner, at)).count("our figure") == 1
    assert {entry.reason for entry in access_trail(app, deed=Deed.LOOKED)} == {"dispute 1"}
    other = {**walk, "to_agency": "H0002"}
    assert "These are sums." in get(commissioner, f"{FIGURE}/why", **other)
    assert "Why do you need" in get(commissioner, f"{FIGURE}/why", **other, people="true")


def sent_at(person: Person, where: dict[str, str]) -> TestResponse:
    text = "AGNCY,CLIENT\nH0001,C1\n"
    return post(person, f"{FIGURE}/claim", where, members=(io.BytesIO(text.encode()), "list.csv"))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"numerator": "", "denominator": ""}, "Say what the figure should be"),
        ({"reason": "  "}, "Say in a sentence why the figure is disputed."),
        ({"numerator": "5"}, "5 of 2 cannot be"),
        ({"denominator": "x"}, "'x' is not a number of people."),
        ({"reason": "a" * 2001}, "2000 are the most it may have"),
    ],
)
def test_a_dispute_that_cannot_be_is_said_at_its_field(
    commissioner: Person, given: dict[str, str], sentence: str
) -> None:
    response = opened(commissioner, **given)
    shown = read(response)
    assert (response.status_code, "There is a problem" in shown) == (422, True)
    assert shown.count(sentence) == 2
    assert "Nothing is disputed." in get(commissioner, "/disputes")


def test_an_empty_answer_or_an_impossible_end_is_said_at_its_field(commissioner: Person) -> None:
    opened(commissioner)
    for path, fields, sentence in (
        ("answers", {"statement": ""}, "The statement is empty."),
        ("close", {"outcome": ""}, "The outcome is empty."),
        ("propose", {"words": "So.", "numerator": "x", "denominator": "2"}, "'x' is not a number of people."),
        ("propose", {"words": "So.", "numerator": "3", "denominator": "2"}, "3 of 2 cannot be"),
    ):
        response = post(commissioner, f"/disputes/1/{path}", **fields)
        assert (response.status_code, read(response).count(sentence)) == (422, 2), sentence
    assert "1 dispute is open." in get(commissioner, "/disputes")


def test_a_provider_of_several_agencies_says_for_which_it_speaks(commissioner: Person, app: Flask) -> None:
    opened(commissioner)
    provider = a_provider(app, "H0001", "H0003")
    assert "For which agency" in get(provider, "/disputes/1")
    assert post(provider, "/disputes/1/answers", statement="No.", party="H0003").status_code == 303
    assert "Pat for H0003" in get(provider, "/disputes/1")
    wrong = post(provider, "/disputes/1/answers", statement="", party="H0003").get_data(as_text=True)
    assert '<option value="H0003" selected>' in wrong


def test_what_is_disputed_of_others_is_not_there(commissioner: Person, app: Flask) -> None:
    opened(commissioner)
    an_account(app, "Olu", Role.PROVIDER, "H0002")
    other = a_person(app, "Olu")
    assert "Nothing is disputed." in get(other, "/disputes")
    get(other, "/disputes/1", 404)
    assert post(other, "/disputes/1/answers", statement="Mine?").status_code == 404
    assert post(other, f"{FIGURE}/dispute", {**MARCH, "agency": "H0001"}, numerator="0").status_code == 404
