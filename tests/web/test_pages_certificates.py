"""Publishing, what is another figure since, checking, and what the public sees of it, as pages."""

import json
import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.unit.intake.files import DISCHARGED, row, write
from web.auth.guard import services
from web.auth.roles import Role
from web.presenters.contract_life.publications import MISSING, differences

from .browser import Person, a_person, an_account, without_a_server
from .conftest import CommandLine
from .conversation import fill_two

PUBLISH, FREEZE, CHECK = "/certificates/publish", "/certificates/freeze", "/certificates/check"
SEEN = {"as_of": "2017-01-31", "known_at": "2017-02-10"}


@pytest.fixture
def council(app: Flask, recount: CommandLine) -> Person:
    fill_two(recount)
    return somebody(app, Role.COMMISSIONER)


def somebody(app: Flask, role: Role, *agencies: str) -> Person:
    an_account(app, f"Some {role}", role, *agencies)
    return a_person(app, f"Some {role}")


def page(who: Person, path: str, status: int = 200) -> str:
    return text_of(who.client.get(path), status)


def text_of(response: TestResponse, status: int = 200) -> str:
    assert response.status_code == status, response.get_data(as_text=True)
    return " ".join(response.get_data(as_text=True).split())


def published(who: Person, **said: str) -> str:
    response = who.post(PUBLISH, CHECK, **({"measure": "N.open", "checked": "yes"} | SEEN | said))
    assert response.status_code == 303, response.get_data(as_text=True)
    return str(response.headers["Location"])


def document(who: Person, number: int = 1) -> dict[str, Any]:
    response = who.client.get(f"/certificates/{number}/document")
    assert response.status_code == 200
    found: dict[str, Any] = json.loads(response.get_data(as_text=True))
    return found


def checked(who: Person, text: str, **said: str) -> str:
    return text_of(who.post(CHECK, CHECK, document_text=text, **said))


def test_a_figure_is_published_listed_and_handed_out(council: Person) -> None:
    assert "Nothing has been published yet" in page(council, "/certificates")
    one = published(council)
    assert "It has been signed and published." in page(council, one)
    assert "N.open" in page(council, "/certificates")
    response = council.client.get("/certificates/1/document")
    assert response.headers["Content-Disposition"] == 'attachment; filename="certificate-1.json"'
    assert response.get_data() == council.client.get("/api/v1/certificates/1").get_data()
    assert "BEGIN PUBLIC KEY" in council.client.get("/certificates/public-key").get_data(as_text=True)


@without_a_server
def test_a_figure_is_looked_at_before_it_is_signed(council: Person) -> None:
    asked = {"measure": "4.0", "agency": "H0001"} | SEEN
    shown = text_of(council.post(PUBLISH, CHECK, **asked))
    assert "Check before you publish" in shown
    assert "4.0 Successful completions: opiate" in shown
    assert "0 of 2, 0.0%" in shown
    assert "published before" not in shown
    change = re.search(r'href="([^"]+)">Change it', shown)
    assert change
    form = page(council, change[1].replace("&amp;", "&"))
    assert '<option value="4.0" selected>' in form
    assert '<option value="H0001" selected>' in form
    assert "Nothing has been published yet" in page(council, "/certificates")
    published(council, **asked)
    assert "It was published before, as No. 1 on" in text_of(council.post(PUBLISH, CHECK, **asked))


@without_a_server
def test_what_is_sent_twice_is_signed_once(council: Person) -> None:
    assert published(council) == published(council) == "/certificates/1?done=published"
    assert published(council, agency="H0001") == "/certificates/2?done=published"


@without_a_server
def test_nothing_is_published_before_anything_was_received(app: Flask) -> None:
    person = somebody(app, Role.COMMISSIONER)
    for path in (PUBLISH, FREEZE):
        assert "Nothing has been received yet" in page(person, path)


@without_a_server
def test_what_has_changed_since_is_said_with_the_way_to_why(council: Person, recount: CommandLine) -> None:
    one = published(council, measure="4.0", known_at="2017-03-13")
    assert "Why it changed" not in page(council, one)
    assert "same as known now" in page(council, one)
    assert "Every published figure would be the same today." in page(council, "/certificates/changed")
    late = [row(**DISCHARGED), row(CLIENT="C2", SINITIAL="X", **DISCHARGED)]
    path = write(recount.folder, late, first="20170301", last="20170331")
    recount("submit", "--received-on", "2017-04-10", path)
    shown = page(council, one)
    assert re.search(r"Published 1 of \d; as known now 2 of \d\.", shown)
    assert "/figures/4.0/why?" in shown
    assert "is another one" in page(council, "/submissions/4/changes")
    assert "1 published figure has changed since" in page(council, "/certificates/changed")


def test_a_scorecard_is_frozen_under_a_name(council: Person) -> None:
    first = text_of(council.post(FREEZE, CHECK, name="Board 16 Feb 2017", **SEEN))
    assert "Check before you freeze it" in first
    assert "cannot be taken back" in first
    assert "Status: " in first
    assert "Nothing has been published yet" in page(council, "/certificates")
    response = council.post(FREEZE, CHECK, name="Board 16 Feb 2017", checked="yes", **SEEN)
    shown = page(council, response.headers["Location"])
    assert "Scorecard Board 16 Feb 2017" in shown
    assert "/?cut=Board+16+Feb+2017" in shown
    for more in ({}, {"checked": "yes"}):
        again = council.post(FREEZE, CHECK, name="Board  16 Feb 2017", **SEEN, **more)
        assert 'href="#name"' in text_of(again, 422)
    assert "It holds" in checked(council, json.dumps(document(council)))


@without_a_server
@pytest.mark.parametrize(
    ("path", "said", "field"),
    [
        (PUBLISH, {"measure": ""}, "measure"),
        (PUBLISH, {"as_of": "31/01/2017"}, "as_of"),
        (PUBLISH, {"known_at": ""}, "known_at"),
        (FREEZE, {"name": ""}, "name"),
        (FREEZE, {"name": "n", "as_of": ""}, "as_of"),
        (PUBLISH, {"known_at": "2099-01-01"}, "known_at"),
        (FREEZE, {"name": "n", "as_of": "2017-02-11"}, "as_of"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(council: Person, path: str, said: dict[str, str], field: str) -> None:
    shown = text_of(council.post(path, CHECK, **({"measure": "N.open"} | SEEN | said)), 422)
    assert f'href="#{field}"' in shown


@without_a_server
def test_all_that_is_wrong_is_said_at_once(council: Person) -> None:
    for path, first in ((PUBLISH, "measure"), (FREEZE, "name")):
        shown = text_of(council.post(path, CHECK, as_of="", known_at="31/01/2017"), 422)
        assert all(f'href="#{field}"' in shown for field in (first, "as_of", "known_at"))
        assert 'value="31/01/2017"' in shown


@without_a_server
def test_a_provider_publishes_own_figures_alone(app: Flask, council: Person) -> None:
    provider = somebody(app, Role.PROVIDER, "H0001")
    assert "H0002" not in page(provider, PUBLISH)
    assert 'href="#agency"' in text_of(provider.post(PUBLISH, CHECK, measure="N.open", **SEEN), 422)
    assert provider.post(PUBLISH, CHECK, measure="N.open", agency="H0002", **SEEN).status_code == 404
    assert provider.client.get(FREEZE).status_code == 403
    assert provider.post(FREEZE, CHECK, name="n", **SEEN).status_code == 403
    published(provider, agency="H0001")
    published(council, agency="H0002")
    assert "H0002" not in page(provider, "/certificates")
    page(provider, "/certificates/2", 404)
    assert provider.client.get("/certificates/2/document").status_code == 404


@without_a_server
def test_what_was_altered_is_said_to_those_who_may_see_the_signed_one(app: Flask, council: Person) -> None:
    published(council)
    good = document(council)
    assert "It holds" in checked(council, json.dumps(good))
    said = good["figure"]["numerator"]
    good["figure"]["numerator"] = said + 1
    shown = checked(council, json.dumps(good))
    assert "It does not hold" in shown
    assert f"figure.numerator: {said + 1} here, {said} as it was signed." in shown
    assert "as it was signed." not in checked(somebody(app, Role.PUBLIC), json.dumps(good))
    for nonsense in ("{}", "hello", "[" * 100_000):
        shown = checked(council, nonsense)
        assert "<title>This is not a whole certificate: check a certificate" in shown
        assert "It may be another file, or only a part of one." in shown
        assert "char 0" not in shown


@without_a_server
def test_another_key_may_be_given(app: Flask, council: Person) -> None:
    published(council)
    text = json.dumps(document(council))
    with app.app_context():
        ours = services().signer.public_pem
    other = (
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
        "-----END PUBLIC KEY-----\n"
    )
    assert "It holds" in checked(council, text, key_text=ours)
    assert "signed by another key" in checked(council, text, key_text=other)
    wrong = text_of(council.post(CHECK, CHECK, document_text=text, key_text="no key"), 422)
    assert 'href="#key"' in wrong
    assert ">no key</textarea>" in wrong
    assert 'href="#document"' in text_of(council.post(CHECK, CHECK), 422)


def test_the_public_sees_what_may_be_shown_and_nothing_signed(app: Flask, council: Person) -> None:
    published(council)
    council.post(FREEZE, CHECK, name="Board", checked="yes", **SEEN)
    public = somebody(app, Role.PUBLIC)
    shown = page(public, "/certificates")
    assert "Published figures" in shown
    assert "Publish a figure" not in shown
    assert "too few to show" in page(public, "/certificates/1")
    assert "number under 5 is not shown" in page(public, "/certificates/1")
    page(public, "/certificates/2")
    for number in (1, 2):
        assert public.client.get(f"/certificates/{number}/document").status_code == 404
        assert "signature" not in page(public, f"/certificates/{number}")
    assert public.client.get("/certificates/changed").status_code == 404
    page(public, "/certificates/3", 404)
    assert public.client.get("/").headers["Location"] == "/certificates"


def test_differences_are_named_by_their_place() -> None:
    found = list(differences({"a": [1, {"b": 2}], "c": 1}, {"a": [1, {"b": 3}], "d": True}))
    assert found == [("a 2.b", 2, 3), ("d", MISSING, True), ("c", 1, MISSING)]
    assert list(differences({"a": 1}, {"a": True})) == [("a", 1, True)]
