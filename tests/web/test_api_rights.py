"""Who sees what over HTTP: a provider its own, a commissioner clients for a reason, the public what was published."""

import io
import json
from typing import Any

import pytest
from flask import Flask

from domain.log.database import reading
from web.auth.guard import services
from web.auth.roles import Right, Role
from web.auth.trail import access
from web.auth.trail.access import AccessEntry, AccessQuery, Deed

from .conftest import CommandLine
from .conversation import fill_two
from .http import Asker, asker, assert_problem
from .test_api_parity import check, described

ONE: dict[str, Any] = {"measure": "4.0", "as_of": "2017-02-28"}
REASON = {"Recount-Reason": "the contract's review"}
THEIRS = ("H0002", "D1", "D2")


@pytest.fixture
def filled(recount: CommandLine) -> CommandLine:
    fill_two(recount)
    return recount


@pytest.fixture
def provider(app: Flask, filled: CommandLine) -> Asker:
    return asker(app, Role.PROVIDER, "H0001")


def trail(app: Flask, deed: Deed) -> list[AccessEntry]:
    with app.app_context(), reading(services().access_engine) as connection:
        return access.entries(connection, AccessQuery(deed=deed))


CLIENT_LEVEL: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/members", ONE),
    ("/waiting", {"as_of": "2017-02-28"}),
    ("/differences", {**ONE, "to_as_of": "2017-01-31", "to_known_at": "2017-02-10"}),
    ("/log", {}),
)


@pytest.mark.parametrize(("path", "query"), CLIENT_LEVEL)
def test_a_commissioner_says_why(app: Flask, filled: CommandLine, path: str, query: dict[str, Any]) -> None:
    ask = asker(app, Role.COMMISSIONER)
    problem = assert_problem(ask.get(path, **query), 403, "reason-needed")
    assert "Recount-Reason" in problem["detail"]
    assert trail(app, Deed.LOOKED) == []
    assert ask.get(path, REASON, **query).status_code == 200
    [entry] = trail(app, Deed.LOOKED)
    assert (entry.actor, entry.role, entry.reason) == ("tester", "commissioner", REASON["Recount-Reason"])
    if path == "/members":
        assert entry.question["measure"] == "4.0"
        assert entry.question["as_of"] == "2017-02-28"


def test_a_reason_is_no_essay(app: Flask, filled: CommandLine) -> None:
    long = {"Recount-Reason": "x" * 501}
    assert_problem(asker(app, Role.COMMISSIONER).get("/members", long, **ONE), 422, "reason-too-long")


def test_an_open_dispute_is_reason_enough_for_its_own_figure(app: Flask, filled: CommandLine) -> None:
    ask = asker(app, Role.COMMISSIONER)
    opened = {**ONE, "agency": "H0001", "numerator": 0, "denominator": 2, "reason": "Ours says nobody."}
    assert ask.post("/disputes", json=opened).status_code == 201
    query = {**ONE, "agency": "H0001"}
    assert ask.get("/members", **query).status_code == 200
    assert [entry.reason for entry in trail(app, Deed.LOOKED)] == ["dispute 1"]
    for other in (ONE, {**query, "measure": "4.1"}, {**ONE, "agency": "H0002"}):
        assert_problem(ask.get("/members", **other), 403, "reason-needed")
    walk = {**query, "to_agency": "H0002"}
    assert_problem(ask.get("/differences", **walk), 403, "reason-needed")
    ask.post("/disputes/1/close", json={"outcome": "Agreed."})
    assert_problem(ask.get("/members", **query), 403, "reason-needed")


@pytest.mark.parametrize(("path", "query"), [*CLIENT_LEVEL, ("/coverage", {"from": "2017-01-01", "to": "2017-02-28"})])
def test_a_provider_learns_nothing_of_anothers_records(
    app: Flask, provider: Asker, path: str, query: dict[str, Any]
) -> None:
    whole = json.dumps(asker(app, Role.AUDITOR).json(path, **query))
    assert path == "/waiting" or "H0002" in whole
    response = provider.get(path, **query)
    if path in {"/members", "/differences"}:
        # One person of another agency stands in it.
        assert_problem(response, 422, "few-others")
    else:
        assert response.headers["Recount-Audience"] == "own"
    shown = response.get_data(as_text=True)
    assert [word for word in THEIRS if word in shown] == []
    check(described(app), response)


def test_a_sum_that_tells_of_few_others_is_withheld_from_a_provider(provider: Asker) -> None:
    [figure] = provider.json("/figures", **ONE)["figures"]
    for name in ("numerator", "denominator", "erased_records"):
        assert figure[name] == {"suppressed": True}
    assert figure["percentage"] is figure["interval"] is None
    assert "Fewer than 5 people of other agencies" in figure["withheld"]
    assert figure["coverage"] == {"expected": ["H0001"], "missing": []}
    assert "suppressed" in provider.get("/figures", **ONE, format="csv").get_data(as_text=True)


def test_what_an_answer_shows_is_part_of_its_tag(app: Flask, provider: Asker) -> None:
    tags = {ask.get("/figures", **ONE).headers["ETag"] for ask in (provider, asker(app, Role.AUDITOR))}
    assert len(tags) == 2


@pytest.mark.parametrize(
    "path", ["/figures", "/members", "/waiting", "/profile", "/forecast", "/claims", "/differences"]
)
@pytest.mark.parametrize("agency", ["H0002", "H0999"])
def test_what_is_anothers_is_not_there(provider: Asker, path: str, agency: str) -> None:
    query: dict[str, Any] = {"as_of": "2017-02-28", "agency": agency}
    if path not in {"/waiting", "/profile"}:
        query["measure"] = "4.0"
    if path == "/claims":
        query["numerator"] = "1"
    assert_problem(provider.get(path, **query), 404, "not-found")


@pytest.mark.parametrize("path", ["/submissions/{}", "/disputes/{}", "/certificates/{}"])
def test_what_is_not_there_is_noted_as_what_is_anothers_so_that_neither_comes_sooner(
    app: Flask, filled: CommandLine, provider: Asker, path: str
) -> None:
    """Writing the trail is most of the time that such an answer takes; it differed twelvefold."""
    commissioner = asker(app, Role.COMMISSIONER)
    assert commissioner.post("/certificates", json={**ONE, "agency": "H0002"}).status_code == 201
    disputed = {**ONE, "agency": "H0002", "numerator": 0, "denominator": 1, "reason": "Ours says nobody."}
    assert commissioner.post("/disputes", json=disputed).status_code == 201
    others = 3 if path.startswith("/submissions") else 1
    for number, code in ((others, "not-own"), (999, "not-there")):
        before = len(trail(app, Deed.REFUSED))
        assert_problem(provider.get(path.format(number)), 404, "not-found")
        noted = trail(app, Deed.REFUSED)
        assert (len(noted), noted[0].question) == (before + 1, {"code": code})


def test_a_walk_ends_at_ones_own(provider: Asker) -> None:
    assert_problem(provider.get("/differences", **ONE, to_agency="H0002"), 404, "not-found")


def test_publications_of_others_are_not_there(app: Flask, provider: Asker) -> None:
    commissioner = asker(app, Role.COMMISSIONER)
    for agency in ("H0002", "H0001"):
        assert commissioner.post("/certificates", json={**ONE, "agency": agency}).status_code == 201
    assert [one["number"] for one in provider.json("/published")["published"]] == [2]
    assert_problem(provider.get("/certificates/1"), 404, "not-found")
    assert_problem(provider.get("/certificates/9"), 404, "not-found")
    assert provider.get("/certificates/2").status_code == 200
    assert_problem(provider.post("/certificates", json=ONE), 403, "agency-needed")
    assert_problem(provider.post("/certificates", json={**ONE, "agency": "H0002"}), 404, "not-found")
    assert provider.post("/certificates", json={**ONE, "agency": "H0001"}).status_code == 201
    assert_problem(provider.post("/cuts", json={"name": "x", "as_of": "2017-02-28"}), 403, "right-missing")


def test_a_proof_of_ones_own_client_only(app: Flask, provider: Asker) -> None:
    commissioner = asker(app, Role.COMMISSIONER)
    commissioner.post("/certificates", json=ONE)
    members = asker(app, Role.AUDITOR).json("/members", **ONE)["members"]
    by_agency = {member["journey"]["agencies"][0]: member["client"] for member in members}
    own, other = by_agency["H0001"], next(m["client"] for m in members if m["journey"]["agencies"] == ["H0002"])
    assert provider.post("/certificates/1/member-proof", json={"client": own}).status_code == 200
    assert_problem(provider.post("/certificates/1/member-proof", json={"client": other}), 404, "not-found")
    assert_problem(commissioner.post("/certificates/1/member-proof", json={"client": own}), 403, "reason-needed")
    said = {"client": own, "reason": "asked by the client"}
    assert commissioner.post("/certificates/1/member-proof", json=said).status_code == 200


def test_a_list_of_anothers_clients_is_refused(provider: Asker) -> None:
    def post(text: str) -> Any:
        part = (io.BytesIO(text.encode()), "list.csv")
        return provider.post("/claims", data={**ONE, **own, "members": part})

    own = {"agency": "H0001"}
    assert_problem(post("AGNCY,CLIENT\nH0002,D1\n"), 422, "claim-list-of-others")
    shown = post("AGNCY,CLIENT\nH0001,C1\n")
    assert shown.status_code == 200
    assert [word for word in THEIRS if word in shown.get_data(as_text=True)] == []


def test_entries_of_others_are_not_there(app: Flask, provider: Asker) -> None:
    assert provider.json("/log", submission=1)["entries"]
    assert_problem(provider.get("/log", submission=3), 404, "not-found")
    assert_problem(provider.get("/log", agency="H0002"), 404, "not-found")
    episode = {"agency": "H0002", "client_reference": "D1", "episode_reference": "1"}
    assert_problem(provider.post("/log/search", json={"episode": episode}), 404, "not-found")
    assert provider.post("/log/search", json={"episode": episode | {"agency": "H0001", "client_reference": "C1"}}).json
    assert_problem(provider.get("/changed", position=1000), 404, "not-found")


def test_disputes_of_others_are_not_there(app: Flask, provider: Asker) -> None:
    commissioner = asker(app, Role.COMMISSIONER)
    claimed = {"numerator": 0, "denominator": 2, "reason": "Ours says nobody."}
    commissioner.post("/disputes", json={**ONE, "agency": "H0002", **claimed})
    assert_problem(provider.get("/disputes/1"), 404, "not-found")
    assert_problem(provider.post("/disputes/1/answers", json={"statement": "x"}), 404, "not-found")
    assert provider.json("/disputes")["disputes"] == []
    opened = provider.post("/disputes", json={**ONE, "agency": "H0001", **claimed})
    assert opened.get_json()["opened"]["party"] == "H0001"
    stated = commissioner.post("/disputes/2/answers", json={"statement": "We look."})
    assert stated.get_json()["answers"][0]["party"] == ""
    assert_problem(asker(app, Role.AUDITOR).post("/disputes/2/answers", json={"statement": "x"}), 403, "right-missing")


def test_the_public_sees_what_was_published_and_nothing_else(app: Flask, filled: CommandLine) -> None:
    public, description = asker(app, Role.PUBLIC), described(app)
    assert_problem(public.get("/figures", **ONE), 404, "not-found")
    period: dict[str, Any] = {"measure": "4.0", "from": "2017-01-01", "to": "2017-02-28"}
    assert_problem(public.get("/series", **period), 404, "not-found")
    commissioner = asker(app, Role.COMMISSIONER)
    assert commissioner.post("/certificates", json=ONE).status_code == 201
    assert commissioner.post("/cuts", json={"name": "Board", "as_of": "2017-02-28"}).status_code == 201
    assert [figure["measure"] for figure in public.json("/series", **period)["series"]] == ["4.0"]
    response = public.get("/figures", **ONE)
    check(description, response)
    [figure] = response.get_json()["figures"]
    assert figure["numerator"] == figure["percentage"] == figure["interval"] == {"suppressed": True}
    assert response.headers["Recount-Audience"] == "published"
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert len(public.json("/figures", as_of="2017-02-28")["figures"]) > 1
    for path in ("/certificates/1", "/cuts/2", "/published"):
        response = public.get(path)
        check(description, response)
        assert "signature" not in response.get_json()
    for path in ("/certificates/2", "/cuts/1"):
        assert_problem(public.get(path), 404, "not-found")
    for other in ({**ONE, "as_of": "2017-02-27"}, {**ONE, "agency": "H0001"}, {**ONE, "known_at": "2017-03-10"}):
        assert_problem(public.get("/figures", **other), 404, "not-found")
    assert_problem(public.get("/members", **ONE), 403, "right-missing")
    for path, query in (
        ("/triangle", period),
        ("/profile", {"as_of": "2017-02-28"}),
        ("/coverage", {"from": "2017-01-01", "to": "2017-02-28"}),
    ):
        assert_problem(public.get(path, **query), 404, "not-found")


def test_an_administrator_sees_no_figures(app: Flask, filled: CommandLine) -> None:
    ask = asker(app, Role.ADMINISTRATOR)
    for path, query in (("/figures", ONE), ("/members", ONE), ("/log", {}), ("/published", {})):
        assert_problem(ask.get(path, **query), 403, "right-missing")


def test_lists_are_paged(app: Flask, filled: CommandLine) -> None:
    ask = asker(app, Role.AUDITOR)
    whole = ask.json("/members", **ONE)["members"]
    assert len(whole) > 2
    response = ask.get("/members", **ONE, limit=2)
    found = response.get_json()["members"]
    filled("withdraw", "H0001", "C1", "1", "--received-on", "2017-03-14")
    while link := response.headers.get("Link"):
        address, rel = link.split("; ")
        assert rel == 'rel="next"'
        response = ask.client.get(address[1:-1], headers={"Authorization": f"Bearer {ask.token}"})
        found += response.get_json()["members"]
    assert found == whole
    newest = ask.get("/log", limit=3)
    assert f"to={newest.get_json()['earlier']}" in newest.headers["Link"]


def test_a_scope_narrows(app: Flask, filled: CommandLine) -> None:
    ask = asker(app, Role.AUDITOR, scopes=[Right.FIGURES])
    assert ask.get("/figures", **ONE).status_code == 200
    assert_problem(ask.get("/members", **ONE), 403, "right-missing")
