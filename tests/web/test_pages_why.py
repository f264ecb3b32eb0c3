"""Why a figure changed and one person's records, as pages: sentences that add up, who sees what, noted in the trail."""

import html
import re

import pytest
from flask import Flask

from domain.codes import DISCHARGE_REASONS
from projections.explain.bridge import StepName
from projections.explain.reasons import Reason
from web.auth.roles import Role
from web.auth.trail.access import Deed
from web.presenters.explain import reasons
from web.presenters.explain.timeline import exit_words

from .browser import Person, a_person, access_trail, an_account
from .conftest import CommandLine
from .conversation import fill_two
from .test_pages_scorecard import get

FEBRUARY = {"as_of": "2017-02-28", "known_at": "2017-02-10"}
WALK = {**FEBRUARY, "to_known_at": "2017-03-13"}
THEIRS = ("H0002", "D1", "D2")


@pytest.fixture
def auditor(app: Flask, recount: CommandLine) -> Person:
    fill_two(recount)
    an_account(app, "Ada", Role.AUDITOR)
    return a_person(app, "Ada")


def a_provider(app: Flask) -> Person:
    an_account(app, "Pat", Role.PROVIDER, "H0001")
    return a_person(app, "Pat")


def timelines(person: Person, path: str = "/figures/4.0/why", **query: str) -> list[str]:
    """The addresses of the timelines that a walk leads to."""
    shown = person.client.get(path, query_string=query).get_data(as_text=True)
    return [html.unescape(found) for found in re.findall(r'href="(/figures/[^"]+/why/\d+\?[^"]+)"', shown)]


def test_a_walk_is_told_in_sentences_and_as_a_table_that_add_up(auditor: Person) -> None:
    shown = get(auditor, "/figures/4.0/why", **WALK)
    assert "From 0 of 2 to 1 of 3." in shown
    assert "1 exit that was reported late brought 1 into those counted." in shown
    assert "1 start that was reported late brought 1 into the cohort." in shown
    assert "It adds up exactly: nothing is left unexplained." in shown
    assert (
        "28 Feb 2017, known on 10 Feb 2017 0 2 late exit +1 0 late start 0 +1 28 Feb 2017, known on 13 Mar 2017 1 3"
        in shown
    )


def test_an_address_without_an_end_gets_the_likeliest_one(auditor: Person) -> None:
    found = auditor.client.get("/figures/4.0/why", query_string=FEBRUARY)
    assert found.headers["Location"].endswith("?as_of=2017-02-28&known_at=2017-02-10&to_known_at=2017-03-13")
    newest = auditor.client.get("/figures/4.0/why?as_of=2017-02-28&known_at=2017-03-13")
    assert re.search(r"\?as_of=2017-01-31&known_at=@\d+&to_as_of=2017-02-28$", newest.headers["Location"])
    assert "First known to now" not in get(auditor, "/figures/4.0/why", **WALK)
    assert "31 Jan 2017 to 28 Feb 2017, as known now" in get(auditor, "/figures/4.0/why", **WALK)


def test_all_four_steps_can_be_walked(auditor: Person) -> None:
    end = {"to_known_at": "2017-03-13", "to_as_of": "2017-01-31", "to_definition": "0", "to_agency": "H0002"}
    shown = get(auditor, "/figures/4.0/why", **FEBRUARY, **end)
    assert [name for name in reasons.STEP_WORDS.values() if f"{name}: " in shown] == list(reasons.STEP_WORDS.values())
    back = get(auditor, "/figures/4.0/why", **WALK, agency="H0002", to_agency="*")
    assert "All areas, journeys with an episode at H0002." in back
    assert "To: As of 28 February 2017, as known on 13 March 2017. All areas, all agencies." in back
    same = get(auditor, "/figures/4.0/why", **FEBRUARY, to_known_at="2017-02-10")
    assert "Both ends are the same figure: 0 of 2. Choose another end below." in same


def test_a_cut_can_be_an_end(auditor: Person, recount: CommandLine) -> None:
    recount("publish", "--cut", "Board", "--as-of", "2017-02-28", "--known-at", "2017-02-10")
    shown = get(auditor, "/figures/4.0/why", as_of="2017-02-28", known_at="2017-03-13", to_cut="Board")
    assert "From 1 of 3 to 0 of 2." in shown
    assert "Board to now" in shown
    refused = get(auditor, "/figures/4.0/why", 400, **WALK, to_cut="Board")
    assert "Give to_as_of and to_known_at, or to_cut, not both." in refused


def test_a_change_opens_the_records_of_the_person_with_what_did_it_marked(auditor: Person, app: Flask) -> None:
    addresses = timelines(auditor, **WALK)
    assert len(addresses) == 2
    shown = [get(auditor, address) for address in addresses]
    [exited] = [text for text in shown if "exit that was reported late" in text]
    assert "◆ Exit: successful (reason 80) (this made the difference)" in exited
    assert "became known on 10 March 2017" in exited
    assert re.search(r"H0001 C1/\w+ ", exited)
    drawn = auditor.client.get(addresses[0]).get_data(as_text=True)
    assert 'class="app-mark--signal"' in drawn
    looks = access_trail(app, deed=Deed.LOOKED)
    assert looks[0].about == "timeline.of_change"
    assert looks[0].question["place"] in {"1", "2"}
    assert not [entry for entry in looks if "C1" in str(entry.question)]


def test_a_place_that_is_not_there_is_not_found(auditor: Person) -> None:
    for place in (0, 3, 99):
        get(auditor, f"/figures/4.0/why/{place}", 404, **WALK)
        get(auditor, f"/figures/4.0/members/{0 if place == 0 else 99}", 404, **FEBRUARY)
    get(auditor, "/figures/9.9/why/1", 404, **WALK)


def test_somebody_in_the_list_of_a_figure_has_records_too(auditor: Person) -> None:
    shown = get(auditor, "/figures/4.0/members/1", as_of="2017-02-28", known_at="2017-03-13")
    assert "One person’s records" in shown
    assert "Treatment, as it was known" in shown
    assert "Start of treatment" in shown
    assert "this made the difference" not in shown


def test_a_provider_walks_among_its_own_and_not_where_few_others_stand(auditor: Person, app: Flask) -> None:
    provider = a_provider(app)
    refused = get(provider, "/figures/4.0/why", 422, **WALK)
    assert "Fewer than 5 people of other agencies make the difference" in refused
    assert [word for word in THEIRS if re.search(rf"\b{word}\b", refused)] == []
    walk = {**WALK, "agency": "H0001"}
    shown = get(provider, "/figures/4.0/why", **walk)
    assert "From 0 of 2 to 1 of 2." in shown
    assert "It adds up exactly" in shown
    [own] = timelines(provider, **walk)
    records = get(provider, own)
    assert "◆ Exit: successful" in records
    assert [word for word in THEIRS if re.search(rf"\b{word}\b", shown + records)] == []
    get(provider, "/figures/4.0/why", 404, **WALK, to_agency="H0002")


def test_a_person_of_two_agencies_shows_a_provider_its_own_records(auditor: Person, app: Flask) -> None:
    provider = a_provider(app)
    at = {"as_of": "2017-02-28", "known_at": "2017-03-13"}
    for measure in ("4.0", "N.treatment"):
        for place in (1, 2, 3):
            response = provider.client.get(f"/figures/{measure}/members/{place}", query_string=at)
            text = response.get_data(as_text=True)
            assert [word for word in THEIRS if re.search(rf"\b{word}\b", text)] == []


def test_a_commissioner_says_why_once_for_the_walk_and_its_people(auditor: Person, app: Flask) -> None:
    an_account(app, "Cara")
    commissioner = a_person(app, "Cara")
    sums = get(commissioner, "/figures/4.0/why", **WALK)
    assert "1 exit that was reported late brought 1 into those counted." in sums
    assert "28 Feb 2017, known on 10 Feb 2017 0 2 late exit +1 0 late start 0 +1" in sums
    assert "These are sums. See who they are" in sums
    assert timelines(commissioner, **WALK) == []
    for wanted in ({"people": "true"}, {"group": "1"}):
        assert "Why do you need to look at single clients?" in get(commissioner, "/figures/4.0/why", **WALK, **wanted)
    assert access_trail(app, deed=Deed.LOOKED) == []
    reason = {"key": "4.0 - - False False", "next": "/", "reason": "the contract's review"}
    assert commissioner.post("/reasons", "/account", **reason).status_code == 303
    [first, *_] = timelines(commissioner, **WALK)
    assert "One person’s records" in get(commissioner, first)
    assert {entry.reason for entry in access_trail(app, deed=Deed.LOOKED)} == {"the contract's review"}


def test_long_lists_open_bit_by_bit(auditor: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reasons, "FIRST_ROWS", 0)
    shown = auditor.client.get("/figures/4.0/why", query_string=WALK).get_data(as_text=True)
    assert "group=1#group-1" in shown
    assert len(timelines(auditor, **WALK)) == 0
    assert len(timelines(auditor, **WALK, group="1")) == 1


def test_every_reason_step_and_exit_has_words() -> None:
    assert set(reasons.NOUNS) == set(Reason)
    assert set(reasons.STEP_WORDS) == set(StepName)
    assert all(exit_words(reason) for reason in DISCHARGE_REASONS)
