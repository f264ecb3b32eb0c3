"""One conversation, asked of the command line and of the API: equal documents, as the API's description has them."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jsonschema_rs import Draft202012Validator
from werkzeug.test import TestResponse

from web.auth.roles import Role

from .conftest import CommandLine
from .conversation import fill
from .http import API, Asker, asker, assert_problem

AS_OF, EARLIER = "2017-01-31", "2017-02-10"
STANDPOINT = {"as_of": AS_OF}
ONE = {"measure": "4.0", **STANDPOINT}
PERIOD = {"from": "2016-12-01", "to": "2017-02-28"}
REASON = {"Recount-Reason": "checking the contract's figure"}
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "figures": ("figures", {**STANDPOINT, "known_at": EARLIER}),
    "figures of some": ("figures", {**STANDPOINT, "measure": ["4.0", "N.exits"], "agency": "H0001"}),
    "figures of a variant": ("figures", {**ONE, "definition": "1-gap-28", "criminal_justice": True}),
    "figures of the young": ("figures", {**STANDPOINT, "measure": ["4.1"], "young_people": True, "area": "EX01"}),
    "series": ("series", {"measure": "4.0", **PERIOD}),
    "series by quarter": ("series", {"measure": "4.0", "from": "2016-06-01", "to": "2017-02-28", "every": "quarter"}),
    "triangle": ("triangle", {"measure": "4.0", **PERIOD}),
    "members": ("members", ONE),
    "waiting": ("waiting", STANDPOINT),
    "profile": ("profile", STANDPOINT),
    "contribution": ("contribution", ONE),
    "contribution at a handover": ("contribution", {**ONE, "handover_on": "2016-10-01"}),
    "did-it-help": ("did-it-help", {"measure": "4.0", "first_day": "2016-12-10"}),
    "calendar": ("calendar", {"on": "2017-03-20", "months": 12}),
    "definitions": ("definitions", {}),
    "explain": ("differences", {**ONE, "known_at": EARLIER, "to_known_at": "2017-03-10"}),
    "explain from area to agency": ("differences", {**ONE, "to_agency": "H0001", "to_as_of": "2017-02-28"}),
    "claim": ("claims", {**ONE, "numerator": 0, "denominator": 2}),
    "claim as a percentage": ("claims", {**ONE, "percentage": "33.3"}),
    "plausible": ("plausible", {"percentage": "21.5", "denominator_min": 60, "denominator_max": 80}),
    "revisions": ("revisions", {"measure": ["4.0"], **PERIOD}),
    "revisions by agency": ("revisions", {"measure": ["4.0"], **PERIOD, "by": "agency"}),
    "coverage": ("coverage", PERIOD),
    "forecast": ("forecast", {"measure": "5.2u", "as_of": AS_OF}),
    "log": ("log", {"limit": 5}),
    "log of a submission": ("log", {"submission": 1}),
    "published": ("published", {}),
    "restated": ("restated", {}),
    "changed": ("changed", {"position": 14}),
    "dispute list": ("disputes", {}),
    "scorecard": ("scorecard", {**STANDPOINT, "known_at": EARLIER}),
    "scorecard of an agency": ("scorecard", {"as_of": "2017-05-31", "agency": "H0001", "basis": "last-year"}),
    "completions-needed": ("completions-needed", {"as_of": "2017-05-31"}),
    "completions-needed of a measure": ("completions-needed", {**STANDPOINT, "measure": ["4.1"]}),
    "hub-targets list": ("hub-targets", {"as_of": "2017-05-31"}),
    "target list": ("targets", {}),
    "target list of a measure": ("targets", {"measure": "4.1"}),
    "colour-rule list": ("colour-rules", {}),
    "comparator list": ("comparators", {}),
    "comparator areas": ("comparators/areas", {"measure": "4.0", "known_at": "2017-03-31"}),
    "comparator profile": ("comparators/profile", STANDPOINT),
    "schedule list": ("schedules", {}),
    "schedule list as known": ("schedules", {"known_at": "2017-01-02"}),
    "entered list": ("entered", {}),
    "entered values": ("entered/values", {}),
    "entered figures": ("entered/figures", STANDPOINT),
    "entered figures as known": ("entered/figures", {**STANDPOINT, "known_at": "2017-02-05", "agency": "H0001"}),
    "worklist --list": ("worklists", {"as_of": "2017-02-28"}),
    "worklist waiting": ("worklists/waiting", {"as_of": "2017-02-28"}),
    "worklist start-tops-due": ("worklists/start-tops-due", {**STANDPOINT, "agency": "H0001"}),
    "worklist same-record": ("worklists/same-record", {"as_of": "2017-02-28"}),
    "data-quality": ("data-quality", PERIOD),
    "data-quality of an agency": ("data-quality", {**PERIOD, "agency": "H0001", "known_at": EARLIER}),
}
COMMANDS = {"restated": ["published", "--changed"], "changed": ["changed", "14"], "dispute list": ["dispute", "list"]}
TWO_WORDS = {"colour-rule", "comparator", "entered", "hub-targets", "schedule", "target", "worklist"}
NEVER_EQUAL = {"seconds", "microseconds_a_pair"}


@pytest.fixture
def filled(recount: CommandLine) -> CommandLine:
    """What is known, a figure and a scorecard on record, one of them restated since, a dispute, and two targets."""
    fill(recount)
    known = ("--as-of", AS_OF, "--known-at", EARLIER)
    recount("publish", "--measure", "4.0", *known, "--out", recount.folder / "certificate.json")
    recount("publish", "--cut", "Board", *known)
    claimed = ("--numerator", 1, "--denominator", 1, "--reason", "Ours says one.")
    recount("dispute", "open", "--measure", "5.0", "--as-of", AS_OF, *claimed)
    for measure in ("4.0", "4.1"):
        period = ("--from", "2017-01-01", "--to", "2017-12-31", "--agreed-on", "2017-01-02")
        recount("target", "set", "--measure", measure, *period, "--level", "52.50")
    recount("colour-rule", "agree", "--name", "Ours", "--from", "2017-01-01", "--amber-within", "2.5")
    said = ("--source", "A paper", "--on", "2017-01-05")
    recount("comparator", "define", "--name", "Opiate", "--measure", "4.0", "--area", "Derby", *said)
    for measure, area in (("4.0", "Derby"), ("profile.first", "Derby")):
        value = ("--measure", measure, "--period", "2016", "--area", area, "--numerator", 7, "--denominator", 90)
        recount("comparator", "enter", *value, *said)
    table = Path(__file__).parents[2] / "web/demo/schedules/herefordshire-2015.csv"
    terms = ("--name", "Adult service", "--provider", "Wye", "--hub", "H0001,Hereford", "--from", "2015-12-01")
    recount("schedule", "draft", *terms, "--table", table)
    recount("schedule", "agree", 1, "--on", "2017-01-02", "--leave-contracts")
    kpi = ("--name", "Tested", "--better", "higher", "--agency", "H0001", "--agency", "H0002", "--from", "2016-12-01")
    recount("entered", "define", "X.bbv", *kpi, "--on", "2017-01-02")
    days = ("--from", "2017-01-01", "--to", "2017-01-31", "--numerator", 6, "--denominator", 10)
    recount("entered", "enter", "X.bbv", "--agency", "H0001", *days, "--on", "2017-02-03", "--evidence", table)
    by_hub = ("--numbers", "H0001=1,2", "--first-month", "2017-03-01", "--as-of", "2017-02-28")
    recount("hub-targets", "propose", "2", *by_hub, "--on", "2017-01-06")
    recount("hub-targets", "agree", "2", "--for", "H0001", "--on", "2017-01-07")
    return recount


def command(name: str, query: dict[str, Any]) -> list[Any]:
    """The options that say the same."""
    if name in COMMANDS:
        return COMMANDS[name]
    first, *more = name.split(" ")
    words: list[Any] = [first, *(more[:1] if first in TWO_WORDS else ())]
    if words == ["plausible"]:
        query = dict(query)
        words = [*words, query.pop("percentage")]
    return words + [part for pair in query.items() for part in _option(*pair)]


def _option(name: str, value: Any) -> Iterator[Any]:
    option = f"--{name.replace('_', '-')}"
    if value is True:
        yield option
        return
    for one in value if isinstance(value, list) else [value]:
        yield from (option, one)


def comparable(value: Any) -> Any:
    """Without the time that something took."""
    if isinstance(value, dict):
        return {name: comparable(inner) for name, inner in value.items() if name not in NEVER_EQUAL}
    return [comparable(inner) for inner in value] if isinstance(value, list) else value


_described: dict[str, Any] = {}


def described(app: Flask) -> dict[str, Any]:
    """The description, in which no object has a name that is not described; asked for once, it says nothing of data."""
    if not _described:
        _described.update(asker(app, None).get("/openapi.json").get_json())
        for schema in _described["components"]["schemas"].values():
            schema.setdefault("additionalProperties", False)
    return _described


def check(description: dict[str, Any], response: TestResponse, method: str = "get") -> None:
    """That an answer is as its operation describes it."""
    path = response.request.path
    template = next(
        known
        for known in description["paths"]
        if len(known.split("/")) == len(path.split("/"))
        and all(a == b or a.startswith("{") for a, b in zip(known.split("/"), path.split("/"), strict=True))
    )
    said = description["paths"][template][method]["responses"][str(response.status_code)]
    while "$ref" in said:
        said = description["components"]["responses"][said["$ref"].rsplit("/", 1)[1]]
    schema = said["content"][response.content_type.split(";")[0]]["schema"]
    whole = {**schema, "components": description["components"]}
    Draft202012Validator(whole, validate_formats=True).validate(response.get_json())


def test_no_body_may_hold_a_list_of_nothings(app: Flask) -> None:
    """What may be left out on its own may not stand in a list: an event would hold it."""
    schemas = described(app)["components"]["schemas"]

    def may_be_null(schema: dict[str, Any]) -> bool:
        return "null" in schema.get("type", ()) or None in schema.get("enum", ())

    lists = {
        (name, field)
        for name, schema in schemas.items()
        if name.endswith("Body")
        for field, kind in schema.get("properties", {}).items()
        if "array" in kind.get("type", ())
    }
    assert len(lists) > 20
    assert [where for where in lists if may_be_null(schemas[where[0]]["properties"][where[1]]["items"])] == []


def test_command_line_and_api_cannot_disagree(app: Flask, filled: CommandLine) -> None:
    description = described(app)
    commissioner, auditor = asker(app, Role.COMMISSIONER), asker(app, Role.AUDITOR)
    for name, (path, query) in CASES.items():
        said = comparable(filled.json(*command(name, query)))
        for ask in (commissioner, auditor):
            response = ask.get(f"/{path}", REASON, **_texts(query))
            assert response.status_code == 200, (name, response.get_data(as_text=True))
            assert comparable(response.get_json()) == said, name
            check(description, response)


def _texts(query: dict[str, Any]) -> dict[str, Any]:
    return {name: "true" if value is True else value for name, value in query.items()}


def test_what_is_asked_in_a_body(app: Flask, filled: CommandLine) -> None:
    description, ask = described(app), asker(app, Role.COMMISSIONER)
    client = filled.json("members", "--measure", "4.0", "--as-of", AS_OF)["members"][0]["client"]
    episode = {"agency": "H0001", "client_reference": "C2", "episode_reference": "1"}
    for body, option in (
        ({"client": client}, ("--client", client)),
        ({"episode": episode}, ("--episode", "H0001/C2/1")),
    ):
        response = ask.post("/log/search", REASON, json=body)
        assert response.get_json() == filled.json("log", *option)
        assert response.get_json()["entries"]
        check(description, response, "post")
    response = ask.post("/certificates/1/member-proof", REASON, json={"client": client})
    assert response.get_data(as_text=True) == filled("member-proof", 1, client).stdout
    check(description, response, "post")


def test_a_list_beside_our_members(app: Flask, filled: CommandLine) -> None:
    listed = "AGNCY,CLIENT,COUNTED\nH0001,C1,Y\nH0001,C2,N\n"
    path = filled.folder / "list.csv"
    path.write_text(listed)
    said = filled.json("claim", "--measure", "4.0", "--as-of", AS_OF, "--members", path)
    part = (io.BytesIO(listed.encode()), "any name.csv")
    response = asker(app, Role.COMMISSIONER).post("/claims", REASON, data={**ONE, "members": part})
    assert response.get_json() == said
    check(described(app), response, "post")


def test_signed_documents_are_handed_out_to_the_byte(app: Flask, filled: CommandLine) -> None:
    description, ask = described(app), asker(app, Role.COMMISSIONER)
    for path, number in (("/certificates/1", "1"), ("/cuts/2", "2")):
        response = ask.get(path)
        assert response.get_data(as_text=True) == filled("published", "--show", number).stdout
        check(description, response)
    assert ask.get("/certificates/2").status_code == ask.get("/cuts/1").status_code == 404
    since: dict[str, Any] = {"from": 14}
    response = ask.get("/head", **since)
    assert response.get_data(as_text=True) == filled("head", "--from", 14).stdout
    check(description, response)
    assert ask.get("/public-key").get_data(as_text=True) == filled("public-key").stdout


def test_what_is_published_by_the_api_checks_like_any_other(app: Flask, filled: CommandLine) -> None:
    description, ask = described(app), asker(app, Role.COMMISSIONER)
    made = ask.post("/certificates", json={**ONE, "agency": "H0001"})
    assert made.status_code == 201
    check(description, made, "post")
    path = filled.folder / "other.json"
    path.write_bytes(ask.get(made.headers["Location"].removeprefix(API)).data)
    (filled.folder / "key.pem").write_bytes(ask.get("/public-key").data)
    assert filled.json("check-certificate", path, "--public-key", filled.folder / "key.pem")["holds"]
    frozen = ask.post("/cuts", json={"name": "Second board", **STANDPOINT})
    assert frozen.status_code == 201
    check(description, frozen, "post")
    assert [one["title"] for one in ask.json("/cuts")["published"]] == ["Board", "Second board"]
    cut = ask.json("/figures", cut="Board", measure="4.0")
    assert cut == ask.json("/figures", measure="4.0", as_of=AS_OF, known_at=EARLIER)


def test_whether_all_agrees(app: Flask, filled: CommandLine) -> None:
    # A token that the trail knows of, since this is looked at, too.
    token = filled.json("token", "tester", "--role", "auditor")["token"]
    description, ask = described(app), Asker(app.test_client(), token)
    assert ask.get("/verification").status_code == 404
    said = filled.json("verify", "--standpoints", 2)
    response = ask.get("/verification")
    check(description, response)
    found = response.get_json()
    assert {name: found[name] for name in said} == said
    assert (found["events_since"], found["role"]) == (0, "administrator")
    since = datetime.now(UTC) - datetime.fromisoformat(found["verified_at"])
    assert 0 <= found["age_seconds"] <= since.total_seconds() + 1
    filled("withdraw", "H0001", "C2", "1", "--received-on", "2017-03-11")
    assert ask.json("/verification")["events_since"] > 0
    done = ask.post("/verification", json={"standpoints": 1})
    assert (done.status_code, done.get_json()["events_since"], done.get_json()["actor"]) == (201, 0, "tester")
    check(description, done, "post")


def test_the_demonstration_says_so_in_every_document(app: Flask, filled: CommandLine) -> None:
    ask = asker(app, Role.COMMISSIONER)
    app.extensions["recount"].mark_demonstration(b"loaded")
    filled("withdraw", "H0001", "C2", "1", "--received-on", "2017-03-11")
    for name in ("figures", "series", "members", "log", "dispute list"):
        path, query = CASES[name]
        said = filled.json(*command(name, query))
        assert "invented" in said["notice"]
        assert comparable(ask.get(f"/{path}", REASON, **_texts(query)).get_json()) == comparable(said)


def test_a_head_that_never_was_proves_nothing(app: Flask, filled: CommandLine) -> None:
    since: dict[str, Any] = {"from": 2}
    assert_problem(asker(app, Role.COMMISSIONER).get("/head", **since), 400, "wrong-use")


def test_the_registry_of_measures(app: Flask, filled: CommandLine) -> None:
    response = asker(app, Role.PUBLIC).get("/measures")
    check(described(app), response)
    first = response.get_json()["measures"][0]
    assert (first["measure"], first["polarity"], first["window"]["first"]["months"]) == ("1.0", "higher", 18)
    assert first["definitions"][0]["cohort"]


def test_a_dispute_from_its_opening_to_its_end(app: Flask, filled: CommandLine) -> None:
    description, ask = described(app), asker(app, Role.COMMISSIONER)
    opened = ask.post("/disputes", json={**ONE, "numerator": 0, "denominator": 2, "reason": "Ours says nobody."})
    assert opened.status_code == 201
    check(description, opened, "post")
    number = opened.get_json()["number"]
    provider = asker(app, Role.PROVIDER, "H0001")
    assert provider.get(f"/disputes/{number}").status_code == 404
    stated = ask.post(f"/disputes/{number}/answers", json={"statement": "The exit came in March."})
    check(description, stated, "post")
    closed = ask.post(f"/disputes/{number}/close", json={"outcome": "Agreed.", "numerator": 1, "denominator": 2})
    check(description, closed, "post")
    assert closed.get_json()["closed"]["agreed"] == {"numerator": 1, "denominator": 2}
    assert ask.json(f"/disputes/{number}") == filled.json("dispute", "show", number)
    check(description, ask.get(f"/disputes/{number}"))
    assert [one["number"] for one in ask.json("/disputes", state="open")["disputes"]] == [1]


def test_the_description_names_every_operation_and_its_errors(app: Flask) -> None:
    for path, operations in described(app)["paths"].items():
        assert path.startswith(API)
        for method, operation in operations.items():
            if method == "parameters":
                continue
            assert operation.get("summary")
            assert {"401", "403"} <= operation["responses"].keys()


def test_a_question_of_clients_is_described_with_its_parameters_and_its_reason(app: Flask) -> None:
    said = described(app)["paths"][f"{API}/members"]["get"]["parameters"]
    assert {"measure", "as_of", "known_at", "agency", "limit", "Recount-Reason"} <= {one["name"] for one in said}
    body = described(app)["paths"][f"{API}/claims"]["post"]
    assert [one["name"] for one in body["parameters"]] == ["Recount-Reason"]
    assert "multipart/form-data" in body["requestBody"]["content"]
