"""The scorecard, a figure, its definition and its people, as pages: whole addresses, who sees what, in which words."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from domain.definition import DEFINITIONS
from domain.measures.families import FAMILIES
from domain.measures.registry import MEASURES, Measure, definition_terms
from domain.measures.wording import PLAIN, WORDINGS
from tests.unit.intake.files import csv_text, name, row
from web.app import create_app
from web.auth.roles import Role
from web.auth.trail.access import Deed
from web.pages.explain import access_reasons
from web.presenters.performance.scorecards import GROUPS
from web.settings import Settings

from .browser import Person, a_person, access_trail, an_account
from .conftest import CommandLine

JULY = {"as_of": "2017-07-31", "known_at": "2017-08-15"}
COMPLETED = {"DISD": "2017-03-10", "DISRSN": "80", "MODEND": "2017-03-10"}
SEVENTH = row(AGNCY="H0002", CLIENT="C7", SINITIAL="X")
LATER = {**JULY, "known_at": "2017-10-20"}


@pytest.fixture
def council(app: Flask, recount: CommandLine) -> Person:
    """A commissioner; two agencies have reported: H0001 twice, the second time with one person more."""
    ones = [row(), row(CLIENT="C2", SINITIAL="V", **COMPLETED)]
    take(recount, name(last="20170731"), csv_text(ones), "2017-08-01")
    take(recount, name(last="20170731", agency="H0002"), csv_text([SEVENTH]), "2017-08-02")
    take(recount, name(last="20170731"), csv_text([*ones, row(CLIENT="C3", SINITIAL="Y")]), "2017-08-20")
    an_account(app, "Cara")
    return a_person(app, "Cara")


def take(recount: CommandLine, file: str, text: str, received_on: str) -> None:
    path = recount.folder / file
    path.write_text(text, encoding="utf-8")
    recount("submit", path, "--received-on", received_on)


def get(person: Person, path: str, status: int = 200, **query: Any) -> str:
    """The words of a page, as somebody reads them, tags left out."""
    response = person.client.get(path, query_string=query or None)
    assert response.status_code == status, response.get_data(as_text=True)
    return read(response)


def read(response: TestResponse) -> str:
    body = response.get_data(as_text=True).split("<main", 1)[-1]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


# -- the shell -----------------------------------------------------------------------------------------------------


def test_nobody_in_particular_is_asked_to_sign_in_and_comes_back(app: Flask) -> None:
    response = app.test_client().get("/figures/4.0?as_of=2017-07-31")
    assert response.status_code == 303
    assert response.headers["Location"] == "/sign-in?next=/figures/4.0?as_of%3D2017-07-31"


def test_the_address_is_completed_so_that_it_says_all(council: Person) -> None:
    found = council.client.get("/")
    assert (found.status_code, found.headers["Location"]) == (302, "/?as_of=2017-07-31&known_at=2017-08-20")
    found = council.client.get("/figures/4.0?as_of=2017-06-30&agency=H0001&every=quarter")
    assert found.headers["Location"] == ("/figures/4.0?as_of=2017-06-30&agency=H0001&every=quarter&known_at=2017-08-20")


def test_a_provider_of_one_agency_begins_with_it_and_may_look_at_the_whole(app: Flask, council: Person) -> None:
    an_account(app, "Pat", Role.PROVIDER, "H0001")
    provider = a_person(app, "Pat")
    assert provider.client.get("/").headers["Location"].endswith("&agency=H0001")
    assert "All areas, all agencies." in get(provider, "/", **LATER)
    assert "Page not found" in get(provider, "/", 404, **JULY, agency="H0002")


def test_an_administrator_comes_to_the_accounts_and_sees_no_figure(app: Flask, council: Person) -> None:
    an_account(app, "Al", Role.ADMINISTRATOR)
    administrator = a_person(app, "Al")
    assert administrator.client.get("/").headers["Location"] == "/accounts"
    assert "Your account may not do this" in get(administrator, "/figures/4.0", 403, **JULY)
    navigation = administrator.client.get("/account").get_data(as_text=True)
    assert "Scorecard" not in navigation


def test_what_is_not_understood_is_said_by_its_name(council: Person) -> None:
    said = get(council, "/", 400, as_of="2017-02-30", known_at="2017-08-15")
    assert "“As of”: this is not a date. Write it as year-month-day, like 2017-07-31." in said
    asked = council.client.get("/", query_string={**JULY, "as_off": "2017-07-31"})
    assert asked.status_code == 400
    shown = asked.get_data(as_text=True)
    assert "“As off”: this page does not ask that." in shown
    instead = re.search(r'href="([^"]+)">Open the page without it', shown)
    assert instead
    assert council.client.get(instead[1].replace("&amp;", "&")).status_code == 200


def test_until_the_first_file_every_page_says_that_there_is_nothing_yet(app: Flask) -> None:
    an_account(app, "Cara")
    person = a_person(app, "Cara")
    assert person.client.get("/").headers["Location"] == "/set-up"
    for path in ("/profile", "/figures/4.0", "/figures/4.0/members"):
        shown = get(person, path)
        assert "Nothing has been received yet" in shown
        assert 'href="/submissions/new"' in person.client.get(path).get_data(as_text=True)
        assert 'href="/set-up"' in person.client.get(path).get_data(as_text=True)


def test_one_press_moves_keep_everything_else(council: Person, recount: CommandLine) -> None:
    assert "Board August" not in get(council, "/", **JULY)  # and what was kept then is not kept for later
    recount("publish", "--cut", "Board August", "--as-of", "2017-07-31", "--known-at", "2017-08-15")
    page = council.client.get("/figures/4.0", query_string={**JULY, "agency": "H0001", "every": "quarter"})
    links = dict(
        re.findall(r'<a class="govuk-link" href="(/figures/4.0[^"]*)">([^<]+)</a>', page.get_data(as_text=True))
    )
    by_words = {words: html.unescape(href) for href, words in links.items()}
    assert "as_of=2017-06-30&known_at=2017-08-15" in by_words["Previous month end"].replace(
        "agency=H0001&every=quarter&", ""
    )
    assert "cut=Board+August" in by_words["Board August"]
    assert "as_of" not in by_words["Board August"]
    assert "agency=H0001" in by_words["Board August"]
    assert "known_at=2017-08-20" in by_words["Now"]
    assert "Next month end" not in by_words
    said = get(council, "/figures/4.0", cut="Board August")
    assert "Board August: As of 31 July 2017, as known on 15 August 2017." in said


def test_a_cut_that_is_not_there(council: Person) -> None:
    assert "There is no cut 'Board May'" in get(council, "/", 400, cut="Board May")


# -- the scorecard -------------------------------------------------------------------------------------------------


def test_every_measure_is_on_the_scorecard_once(council: Person) -> None:
    page = council.client.get("/", query_string=JULY).get_data(as_text=True)
    for measure in MEASURES:
        assert page.count(f"/figures/{measure.code}?") == 1, measure.code
    assert len({heading for heading, *_ in GROUPS}) == len(GROUPS)


def test_both_kinds_of_re_presentations_stand_side_by_side(council: Person) -> None:
    said = get(council, "/", **JULY)
    assert "0 returned of 1 so far" in said
    assert "; 0 have had their six months." in said
    assert "Six months have passed" in said


def test_a_missing_file_is_said_and_nothing_is_held_against_a_target(council: Person, recount: CommandLine) -> None:
    recount(
        "target", "set", "--measure", "4.0", "--level", "60", "--from", "2017-01-01", "--to", "2017-12-31",
        "--agreed-on", "2017-01-01",
    )  # fmt: skip
    said = get(council, "/", as_of="2017-08-31", known_at="2017-08-20")
    assert "No file covers 31 August 2017; files reach 31 July 2017." in said
    assert "Off target" not in said
    assert "Off target" in get(council, "/", as_of="2017-01-31", known_at="2017-08-20")


def test_a_provider_reads_of_no_other_agency(app: Flask, council: Person) -> None:
    an_account(app, "Pat", Role.PROVIDER, "H0001")
    provider = a_person(app, "Pat")
    for path in ("/", "/figures/N.open", "/figures/4.0/members"):
        page = provider.client.get(path, query_string={"as_of": "2017-08-31", "known_at": "2017-08-20"})
        assert page.status_code == 200
        assert "H0002" not in page.get_data(as_text=True)
    assert "Fewer than 5 people of other agencies" in get(provider, "/figures/N.open", **LATER)


def test_since_i_last_looked(app: Flask, council: Person, recount: CommandLine) -> None:
    assert "This is your first look." in get(council, "/", **LATER)
    again = a_person(app, "Cara")
    assert "Nothing on this page is new to you." in get(again, "/", **LATER)
    fourth = csv_text([SEVENTH, row(AGNCY="H0002", CLIENT="C8", SINITIAL="W")])
    take(recount, name(last="20170731", agency="H0002"), fourth, "2017-09-01")
    assert "Nothing on this page is new to you." in get(again, "/", **JULY)
    said = get(again, "/", **LATER)
    assert "moved since what was known on 20 August 2017" in said
    assert "People open on the day (N.open) : 3 became 4: 1 late start." in said
    assert "moved since what was known on 20 August 2017" in get(again, "/", **LATER)
    assert "Nothing on this page is new to you." in get(a_person(app, "Cara"), "/", **LATER)


def test_what_moved_since_a_cut(council: Person, recount: CommandLine) -> None:
    recount("publish", "--cut", "Board August", "--as-of", "2017-07-31", "--known-at", "2017-08-15")
    said = get(council, "/", **LATER, since="Board August")
    assert "moved since Board August (As of 31 July 2017, as known on 15 August 2017)" in said
    assert "People open on the day (N.open) : 2 became 3: 1 late start." in said
    assert "There is no cut 'Board May'" in get(council, "/", 404, **LATER, since="Board May")


# -- the figure ----------------------------------------------------------------------------------------------------


def test_a_figure_begins_with_its_sentence(council: Person) -> None:
    said = get(council, "/figures/4.0", **JULY)
    assert "1 of 3 adults in treatment for opiates completed it successfully: 33.3%." in said
    assert "Counted: treatment from 1 Aug 2016 to 31 Jul 2017." in said
    assert "H0001 1 2 50.0%" in said
    assert "H0002 0 1 0.0%" in said


def test_an_immature_figure_has_no_percentage_and_no_line(council: Person) -> None:
    page = council.client.get("/figures/5.0u", query_string=JULY).get_data(as_text=True)
    said = read(council.client.get("/figures/5.0u", query_string=JULY))
    assert (
        "0 of 1 adults who completed treatment for opiates have come back so far; 0 have had their six months." in said
    )
    assert 'id="trend-chart"' not in page
    assert "app-figure__percentage" not in page


def test_every_figure_has_its_page_and_its_definition(council: Person) -> None:
    for measure in MEASURES:
        assert "Counted:" in get(council, f"/figures/{measure.code}", **JULY, every="quarter")
        assert "Who belongs to it" in get(council, f"/figures/{measure.code}/definition", **JULY)


def test_every_family_has_its_words() -> None:
    assert set(WORDINGS) == {family.name for family in FAMILIES}


def test_a_measure_that_is_not_there(council: Person) -> None:
    for path in ("/figures/9.9", "/figures/9.9/members", "/figures/9.9/definition"):
        assert "There is no measure '9.9'." in get(council, path, 404, **JULY)


# -- its people ----------------------------------------------------------------------------------------------------


def test_a_commissioner_says_why_and_the_trail_keeps_it(app: Flask, council: Person) -> None:
    page = "/figures/4.0/members?as_of=2017-07-31&known_at=2017-08-15"
    form = council.client.get(page).get_data(as_text=True)
    assert "Why do you need to look at single clients?" in form
    assert access_trail(app, deed=Deed.LOOKED) == []
    fields = dict(re.findall(r'name="(key|next)" value="([^"]*)"', html.unescape(form)))
    short = council.post("/reasons", page, **fields, reason="so")
    assert "Say in a few words" in read(short)
    given = council.post("/reasons", page, **fields, reason="July is counted differently by the provider")
    assert (given.status_code, given.headers["Location"]) == (303, page)
    said = get(council, page)
    assert "3 people, by their place in the list" in said
    assert "H0001 C1/1" in said
    [looked] = access_trail(app, deed=Deed.LOOKED)
    assert (looked.actor, looked.reason) == ("Cara", "July is counted differently by the provider")
    assert looked.question["measure"] == "4.0"
    assert "Why do you need" in get(council, "/figures/4.1/members", **JULY)


def test_a_reason_holds_for_an_hour(app: Flask, council: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    page = "/figures/4.0/members?as_of=2017-07-31&known_at=2017-08-15"
    council.post("/reasons", page, key="4.0 - - False False", next=page, reason="July is counted differently")
    assert "by their place" in get(council, page)
    real = access_reasons.now
    monkeypatch.setattr(access_reasons, "now", lambda: real() + timedelta(minutes=61))
    assert "Why do you need" in get(council, page)


def test_nobody_is_led_elsewhere_by_a_reason(council: Person) -> None:
    page = "/figures/4.0/members?as_of=2017-07-31&known_at=2017-08-15"
    for path in ("https://evil.example/", "//evil.example"):
        given = council.post("/reasons", page, key="x", next=path, reason="July is counted differently")
        assert given.headers["Location"] == "/"


def test_an_open_dispute_is_reason_enough(app: Flask, council: Person, recount: CommandLine) -> None:
    recount(
        "dispute", "open", "--measure", "4.0", "--as-of", "2017-07-31", "--numerator", 2, "--denominator", 3,
        "--party", "H0001", "--reason", "We have one more",
    )  # fmt: skip
    assert "by their place" in get(council, "/figures/4.0/members", **JULY)
    [looked] = access_trail(app, deed=Deed.LOOKED)
    assert looked.reason == "dispute 1"


def test_those_who_are_counted_and_the_rest_are_listed_apart(app: Flask, council: Person) -> None:
    """Each keeps its place in the whole list, by which a person's records are asked for."""
    an_account(app, "Ada", Role.AUDITOR)
    ada = a_person(app, "Ada")
    everybody = get(ada, "/figures/4.0/members", **JULY)
    assert "Show: All 3 , 1 counted , 2 not counted" in everybody
    counted = get(ada, "/figures/4.0/members", counted="yes", **JULY)
    rest = get(ada, "/figures/4.0/members", counted="no", **JULY)
    assert "1 person, by their place in the list" in counted
    assert "completed treatment" in counted
    assert "2 people, by their place in the list" in rest
    assert "treatment had not ended by the end of the window" in rest
    places = [re.findall(r"(\d+) ?: this person’s records", page) for page in (everybody, counted, rest)]
    assert sorted(places[1] + places[2]) == places[0] == ["1", "2", "3"]
    assert "Counted: completed treatment." in get(ada, f"/figures/4.0/members/{places[1][0]}", **JULY)
    assert "Not counted: treatment had not ended" in get(ada, f"/figures/4.0/members/{places[2][0]}", **JULY)
    assert "Show:" not in get(ada, "/figures/N.open/members", **JULY)


def test_a_page_of_people_beyond_the_last_leads_to_the_last(app: Flask, council: Person) -> None:
    an_account(app, "Ada", Role.AUDITOR)
    led = a_person(app, "Ada").client.get("/figures/4.0/members", query_string={**JULY, "page": 9, "counted": "yes"})
    assert (led.status_code, "page=1" in led.headers["Location"]) == (302, True)
    assert "counted=yes" in led.headers["Location"]


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.code)
def test_every_rule_has_plain_words(measure: Measure) -> None:
    for definition in DEFINITIONS:
        terms = definition_terms(measure, definition)
        assert {*terms["cohort"], *terms["counted"]} <= PLAIN.keys()


def test_an_auditor_needs_no_reason_and_the_public_sees_no_page(app: Flask, council: Person) -> None:
    an_account(app, "Ada", Role.AUDITOR)
    assert "by their place" in get(a_person(app, "Ada"), "/figures/4.0/members", **JULY)
    an_account(app, "Pub", Role.PUBLIC)
    public = a_person(app, "Pub")
    assert get(public, "/figures/4.0", 404, **JULY)
    assert get(public, "/figures/4.0/members", 403, **JULY)


def test_no_empty_chart_is_drawn_and_no_file_is_offered_where_there_is_no_table(council: Person) -> None:
    nobody = council.client.get("/figures/4.0", query_string={**JULY, "young_people": "true"}).get_data(as_text=True)
    assert "There was nobody to count at any of these dates" in nobody
    assert "trend-chart" not in nobody
    assert "This page’s tables as XLSX" in nobody
    for path, query in (
        ("/figures/9.9", JULY),
        ("/figures/4.0", {**JULY, "as_of": "2017-02-31"}),
        ("/submissions/new", {}),
    ):
        page = council.client.get(path, query_string=query).get_data(as_text=True)
        assert "Accessibility statement" in page
        assert "This page’s tables" not in page, path


def test_no_client_stands_in_an_address(app: Flask, council: Person) -> None:
    an_account(app, "Ada", Role.AUDITOR)
    page = a_person(app, "Ada").client.get("/figures/4.0/members", query_string=JULY).get_data(as_text=True)
    for address in re.findall(r'href="([^"]*)"', page):
        assert "C1" not in address
        assert "C7" not in address


def test_the_service_keeps_its_standings_in_memory(recount: CommandLine) -> None:
    app = create_app(Settings.from_environment(recount.settings), TESTING=True)
    assert app.extensions["recount"].cache is not None
    app.extensions["recount"].close()


# -- true sentences ------------------------------------------------------------------------------------------------


def test_a_file_that_comes_years_late_moves_nobody_s_first_page(council: Person, recount: CommandLine) -> None:
    take(recount, name(first="20170201", last="20170228", agency="H0002"), csv_text([SEVENTH]), "2026-11-20")
    assert "as_of=2017-07-31&known_at=2026-11-20" in council.client.get("/").headers["Location"]


@pytest.mark.parametrize(
    "path", ["/", "/figures/4.0", "/figures/N.open", "/profile", "/worklists", "/report", "/figures/4.0/revisions"]
)
def test_a_page_of_a_day_that_no_file_covers_says_so_and_has_no_percentage(council: Person, path: str) -> None:
    page = council.client.get(
        path, query_string={"as_of": "2030-01-31", "known_at": "2017-08-20"}, follow_redirects=True
    )
    told = read(page)
    assert "No file covers 31 January 2030; files reach 31 July 2017." in told
    assert not re.search(r"\d\.\d% |have been in treatment for six years", told)
    # One press leads back to the newest month end that files cover.
    assert re.search(r'href="[^"]*as_of=2017-07-31[^"]*">Previous month end<', page.get_data(as_text=True))


def test_of_what_is_not_known_a_page_says_so_and_lower_case_finds_the_upper(council: Person) -> None:
    assert "Nothing is known of the agency H0009. There is H0001, H0002." in get(council, "/", **JULY, agency="H0009")
    assert "Nothing is known of the area EX99. There is EX01." in get(council, "/figures/4.0", **JULY, area="EX99")
    assert "journeys with an episode at H0001" in get(council, "/", **JULY, agency="h0001", area="ex01")


def test_days_to_come_are_refused(council: Person) -> None:
    told = get(council, "/", 400, as_of="2017-07-31", known_at="2099-01-01")
    assert "“As known on”: this day has not come yet. Choose today or an earlier day." in told
