"""The same record under another name: noticed, asked about, joined by a mapping and parted again; on both databases."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.unit.intake.files import DISCHARGED, REVIEW, row, write, write_reviews
from web.auth.roles import Role
from web.settings import STOP_LIST

from .browser import a_person, an_account, without_a_server
from .conftest import CommandLine
from .http import asker, assert_problem

CASES = Path(__file__).parents[1] / "cases"
ZERO_LOST, CODE_CHANGED, REUSED = "ids1_zero_lost", "ag1_agency_code_changed", "ids3_ref_reused_same_episode"
COLUMNS = "AGNCY,CLIENT,EPISODID,NEW_CLIENT,NEW_EPISODID"
ZEROS = "\n".join([COLUMNS, *(f"N0852,00100{number},{number},100{number},{number}" for number in range(4, 9))])
FEBRUARY = {"first": "20170201", "last": "20170228"}
MARCH = {"first": "20170301", "last": "20170331"}

Document = dict[str, Any]


def case(recount: CommandLine, name: str) -> Document:
    """Take in the two files of a case; what became of the second."""
    july, august = sorted((CASES / name).iterdir())
    recount("submit", "--received-on", "2016-08-12", july)
    taken: Document = recount.json("submit", "--received-on", "2016-09-12", august)["submissions"][0]
    return taken


def figures(recount: CommandLine, *measures: str, as_of: str = "2016-08-31") -> dict[str, tuple[int, int]]:
    options = [word for measure in measures for word in ("--measure", measure)]
    found = recount.json("figures", "--as-of", as_of, *options)["figures"]
    return {one["measure"]: (one["numerator"], one["denominator"]) for one in found}


def codes(taken: Document) -> list[str]:
    return [notice["code"] for notice in taken["notices"] if notice["code"] in ASKED_ABOUT]


ASKED_ABOUT = ("known-under-another-reference", "known-at-another-agency", "another-person")


def mapping(recount: CommandLine, *lines: str) -> Path:
    path = recount.folder / "mapping.csv"
    path.write_text("\n".join([COLUMNS, *lines]))
    return path


def worklist(recount: CommandLine, name: str, as_of: str = "2016-08-31") -> list[Document]:
    rows: list[Document] = recount.json("worklist", name, "--as-of", as_of)["rows"]
    return rows


# -- the cases ----------------------------------------------------------------------------------------------------


def test_leading_zeros_that_were_lost(recount: CommandLine) -> None:
    taken = case(recount, ZERO_LOST)
    assert codes(taken) == ["known-under-another-reference"] * 5
    assert [line["episode_reference"] for line in worklist(recount, "same-record")] == ["4", "5", "6", "7", "8"]
    assert figures(recount, "4.0", "N.open", "R.plan", "R.risk") == {
        "4.0": (2, 6),
        "N.open": (5, None),
        "R.plan": (0, 9),
        "R.risk": (0, 9),
    }
    path = recount.folder / "zeros.csv"
    path.write_text(ZEROS)
    tried = recount.json("rekey", path, "--received-on", "2016-09-20", "--dry-run")
    assert (tried["episodes"], tried["position"], len(tried["joined"]), tried["refused"]) == (5, None, 5, [])
    moved = {one["measure"]: (one["before"]["numerator"], one["after"]["numerator"]) for one in tried["effects"]}
    assert moved["4.0"] == (2, 3)
    done = recount.json("rekey", path, "--received-on", "2016-09-20")
    assert done["episodes"] == 5
    assert worklist(recount, "same-record") == []
    after = figures(recount, "4.0", "N.open", "N.treatment", "R.plan", "R.risk")
    assert after == {"4.0": (3, 6), "N.open": (4, None), "N.treatment": (8, None), "R.plan": (0, 4), "R.risk": (0, 4)}
    as_before = recount.json("figures", "--as-of", "2016-08-31", "--known-at", "2016-09-12", "--measure", "4.0")
    assert as_before["figures"][0]["numerator"] == 2
    moved_by = ("--measure", "4.0", "--as-of", "2016-08-31", "--known-at", "2016-09-12", "--to-known-at", "2016-09-20")
    walk = recount.json("explain", *moved_by)
    assert walk["unexplained"] == {"numerator": 0, "denominator": 0}
    (why,) = walk["steps"][0]["contributions"]
    assert (why["side"], why["diff"], why["reason"]) == ("numerator", 1, "joined with another reference")
    recount("verify")


def test_a_join_is_undone(recount: CommandLine) -> None:
    case(recount, ZERO_LOST)
    path = recount.folder / "zeros.csv"
    path.write_text(ZEROS)
    recount("rekey", path, "--received-on", "2016-09-20")
    assert recount.json("rekey", "--undo", "3", "--dry-run", "--received-on", "2016-09-21")["position"] is None
    undone = recount.json("rekey", "--undo", "3", "--received-on", "2016-09-21")
    assert (undone["undoes"], undone["episodes"]) == (3, 5)
    assert figures(recount, "4.0", "R.plan") == {"4.0": (2, 6), "R.plan": (0, 9)}
    known = recount.json("figures", "--as-of", "2016-08-31", "--known-at", "2016-09-20", "--measure", "4.0")
    assert known["figures"][0]["numerator"] == 3
    assert "was undone, or erased" in recount("rekey", "--undo", "3", code=1).stderr
    assert "no rekey" in recount("rekey", "--undo", "1", code=1).stderr
    recount("verify")


def test_an_agency_code_that_changed(recount: CommandLine) -> None:
    taken = case(recount, CODE_CHANGED)
    assert codes(taken) == ["known-at-another-agency"] * 5
    assert figures(recount, "4.0") == {"4.0": (2, 6)}
    assert {(line["agency"], line["beside"]["agency"]) for line in worklist(recount, "same-record")} == {
        ("N0999", "N0852")
    }
    recount("handover", "N0852", "N0999", "--on", "2016-08-01", "--received-on", "2016-09-20")
    assert figures(recount, "4.0", "R.plan") == {"4.0": (3, 6), "R.plan": (0, 4)}
    assert worklist(recount, "same-record") == []


def test_a_reference_that_names_another_person(recount: CommandLine) -> None:
    taken = case(recount, REUSED)
    assert codes(taken) == ["another-person"]
    (line,) = worklist(recount, "another-person")
    assert (line["client_reference"], line["episode_reference"]) == ("1004", "4")
    july = (CASES / REUSED / "N0852-20160701-20160731-TREAT-IN-K.csv").read_text()
    again = recount.folder / "N0852-20160901-20160930-TREAT-IN-K.csv"
    again.write_text(july)
    recount("submit", "--received-on", "2016-10-12", again)
    assert worklist(recount, "another-person", "2016-09-30") == []


def test_the_summary_and_data_quality_count_them(recount: CommandLine) -> None:
    july, august = sorted((CASES / ZERO_LOST).iterdir())
    recount("submit", "--received-on", "2016-08-12", july)
    said = recount("submit", "--received-on", "2016-09-12", august).stdout
    assert "5 episodes are probably ones already known under another reference" in said
    quality = recount("data-quality", "--from", "2016-08-01", "--to", "2016-08-31").stdout
    assert "Aug 2016, N0852: 5 episodes probably known under another reference." in quality


# -- what is asked about, and what is not -------------------------------------------------------------------------


def submit(recount: CommandLine, rows: list[dict[str, str]], on: str, **of_name: str) -> Document:
    taken: Document = recount.json("submit", "--received-on", on, write(recount.folder, rows, **of_name))[
        "submissions"
    ][0]
    return taken


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ({}, {"CLIENT": "C2"}, ["known-under-another-reference"]),
        ({}, {"EPISODID": "2"}, ["known-under-another-reference"]),
        ({}, {"CLIENT": "C2", "TRIAGED": "2017-01-10"}, []),
        ({}, {"CLIENT": "C2", "SEX": "M"}, []),
        (DISCHARGED, {"CLIENT": "C2"}, []),
        ({}, {"SEX": "M"}, []),
        ({}, {"SEX": "M", "DOB": "1981-05-17"}, ["another-person"]),
        ({}, {}, []),
    ],
)
@without_a_server
def test_what_is_noticed(
    recount: CommandLine, before: dict[str, str], now: dict[str, str], expected: list[str]
) -> None:
    submit(recount, [row(**before)], "2017-02-10")
    assert codes(submit(recount, [row(**now)], "2017-03-10", **FEBRUARY)) == expected


@without_a_server
def test_two_references_in_one_file(recount: CommandLine) -> None:
    taken = submit(recount, [row(), row(CLIENT="C2")], "2017-02-10")
    assert codes(taken) == ["known-under-another-reference"]
    assert len(worklist(recount, "same-record", "2017-01-31")) == 1


# -- what comes after a join --------------------------------------------------------------------------------------


@pytest.fixture
def joined(recount: CommandLine) -> CommandLine:
    """C1, with a review, came again as D1; the two are joined by submission 4."""
    recount.settings[STOP_LIST] = str(recount.folder / "stop-list")
    submit(recount, [row()], "2017-02-10")
    recount("submit", "--received-on", "2017-02-11", write_reviews(recount.folder, [REVIEW]))
    submit(recount, [row(CLIENT="D1")], "2017-03-10", **FEBRUARY)
    recount("rekey", mapping(recount, "H0001,C1,1,D1,1"), "--received-on", "2017-03-11")
    return recount


AS_OF = "2017-02-28"


def test_what_comes_under_either_reference_is_of_the_one_episode(joined: CommandLine) -> None:
    assert figures(joined, "N.open", "R.plan", as_of=AS_OF) == {"N.open": (1, None), "R.plan": (1, 1)}
    under_old = submit(joined, [row(**DISCHARGED)], "2017-04-10", **MARCH)
    assert codes(under_old) == []
    assert under_old["not_in_file"] == 0
    assert figures(joined, "N.open", "N.exits", as_of=AS_OF) == {"N.open": (0, None), "N.exits": (1, None)}
    april = {"first": "20170401", "last": "20170430"}
    submit(joined, [row(CLIENT="D1")], "2017-05-10", **april)
    assert figures(joined, "N.open", "R.plan", as_of=AS_OF) == {"N.open": (1, None), "R.plan": (1, 1)}
    joined("verify")


def test_both_references_in_one_file(joined: CommandLine) -> None:
    """The one that stands for the other speaks, wherever its rows are."""
    taken = submit(joined, [row(**DISCHARGED), row(CLIENT="D1")], "2017-04-10", **MARCH)
    assert "joined-reference-too" in [notice["code"] for notice in taken["notices"]]
    assert figures(joined, "N.open", as_of=AS_OF) == {"N.open": (1, None)}


def test_reviews_and_withdrawals_find_the_old_reference(joined: CommandLine) -> None:
    review = REVIEW | {"WHAT": "risk-assessment"}
    joined("submit", "--received-on", "2017-04-10", write_reviews(joined.folder, [REVIEW, review], **MARCH))
    assert figures(joined, "R.risk", as_of=AS_OF) == {"R.risk": (1, 1)}
    joined("withdraw", "H0001", "C1", "1", "--received-on", "2017-04-11")
    assert figures(joined, "N.open", as_of=AS_OF) == {"N.open": (0, None)}


def test_an_undone_join_leaves_what_came_since(joined: CommandLine) -> None:
    submit(joined, [row(CLIENT="D1", **DISCHARGED)], "2017-04-10", **MARCH)
    joined("rekey", "--undo", "4", "--received-on", "2017-04-11")
    assert figures(joined, "N.open", "N.exits", "R.plan", as_of=AS_OF) == {
        "N.open": (1, None),
        "N.exits": (0, None),
        "R.plan": (1, 1),
    }
    joined("verify")


def test_an_undone_join_gives_the_old_reference_what_came_under_it(joined: CommandLine) -> None:
    submit(joined, [row(**DISCHARGED)], "2017-04-10", **MARCH)
    joined("rekey", "--undo", "4", "--received-on", "2017-04-11")
    assert figures(joined, "R.plan", as_of=AS_OF) == {"R.plan": (0, 1)}
    joined("verify")


def test_who_is_erased_is_erased_under_both_references(joined: CommandLine) -> None:
    erased = joined.json("erase", "H0001", "D1", "--reason", "asked for", "--received-on", "2017-04-10")["erasure"]
    assert erased["episodes"] == 2
    again = submit(joined, [row(), row(CLIENT="E1", SINITIAL="V")], "2017-05-10", **MARCH)
    assert again["left_out"] == 1
    assert figures(joined, "N.open", as_of=AS_OF) == {"N.open": (1, None)}
    joined("verify")


def test_who_refuses_consent_is_erased_under_both_references(joined: CommandLine) -> None:
    taken = submit(joined, [row(CLIENT="D1", CONSENT="N"), row(CLIENT="E1", SINITIAL="V")], "2017-04-10", **MARCH)
    assert (taken["left_out"], taken["erased"]) == (1, 1)
    joined("verify")


@pytest.mark.parametrize("reference", ["C1", "D1"])
@without_a_server
def test_a_bare_refusal_speaks_for_both_references(joined: CommandLine, reference: str) -> None:
    bare = {"AGNCY": "H0001", "CLIENT": reference, "CONSENT": "N"}
    taken = submit(joined, [bare, row(CLIENT="E1", SINITIAL="V")], "2017-04-10", **MARCH)
    assert (taken["consent_refused"], taken["erased"]) == (1, 1)
    assert figures(joined, "N.open", as_of=AS_OF) == {"N.open": (1, None)}
    erased = [one for one in joined.json("log", "--limit", 50)["entries"] if one["event"] == "episode.erased.v1"]
    assert len(erased) == 2
    joined("verify")


def test_a_joined_reference_is_kept_as_long_as_the_other(joined: CommandLine) -> None:
    assert joined.json("retention", "--on", "2019-01-01")["due"] == []


def test_prepared_files_find_either_reference(joined: CommandLine) -> None:
    raw = write(joined.folder, [row(**DISCHARGED)], **MARCH)
    (one,) = joined.json("prepare", raw)["files"]
    joined("submit", "--received-on", "2017-04-10", joined.folder / one["prepared"])
    assert figures(joined, "N.open", as_of=AS_OF) == {"N.open": (0, None)}


def test_a_new_system_is_announced_before_its_first_file(recount: CommandLine) -> None:
    """A mapping that comes first: what comes under the new reference is the episode that was known."""
    submit(recount, [row()], "2017-02-10")
    told = recount("rekey", mapping(recount, "h0001,C1,1,D1,1"), "--received-on", "2017-02-20").stdout
    assert "1 of them before anything has come under the new one" in told
    taken = submit(recount, [row(CLIENT="D1", **DISCHARGED)], "2017-03-10", **FEBRUARY)
    assert (codes(taken), taken["not_in_file"]) == ([], 0)
    assert figures(recount, "N.open", "N.exits", as_of=AS_OF) == {"N.open": (0, None), "N.exits": (1, None)}
    recount("verify")


# -- what a mapping may not say -----------------------------------------------------------------------------------


@without_a_server
def test_lines_are_left_out_one_by_one(recount: CommandLine) -> None:
    submit(recount, [row(), row(CLIENT="C2"), row(CLIENT="C3", SEX="M", DOB="1981-01-01")], "2017-02-10")
    lines = (
        *("H0001,C1,1,C2,1", "H0001,C1,1,C2,1", "H0001,C2,1,C1,1", "H0001,C1,1,C3,1"),
        *("H0001,C9,1,C2,1", "H0001,C2,1,C2,1", "H0001,,1,C2,1", "H0001,C3,1,C2,1"),
    )
    done = recount.json("rekey", mapping(recount, *lines), "--received-on", "2017-02-20")
    assert [(one["row"], one["code"]) for one in done["refused"]] == [
        (2, "already-joined"),
        (3, "already-joined"),
        (4, "joined-elsewhere"),
        (5, "episode-unknown"),
        (6, "same-reference"),
        (7, "reference-missing"),
        (8, "different-persons"),
    ]
    assert done["joined"] == [{"row": 1, "both_known": True}]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("AGNCY,CLIENT\nH0001,C1\n", "mapping-columns"),
        (COLUMNS, "mapping-empty"),
        (f"{COLUMNS}\nH0001,C9,1,C2,1", "nothing-to-join"),
        (f'{COLUMNS}\n"H0001,C9,1,C2,1', "mapping-unreadable"),
    ],
)
@without_a_server
def test_a_mapping_is_refused_whole(recount: CommandLine, text: str, code: str) -> None:
    submit(recount, [row()], "2017-02-10")
    path = recount.folder / "mapping.csv"
    path.write_text(text)
    assert recount.json("rekey", path, code=1)["refused"]["code"] == code
    path.write_bytes(COLUMNS.encode() + b"\nH0001,\xff,1,C2,1")
    assert recount.json("rekey", path, code=1)["refused"]["code"] == "mapping-unreadable"


@without_a_server
def test_wrong_use(recount: CommandLine) -> None:
    assert "not both" in recount("rekey", code=2).stderr


# -- over HTTP and in pages ---------------------------------------------------------------------------------------

LINE = {
    "agency": "H0001",
    "client_reference": "C1",
    "episode_reference": "1",
    "new_client_reference": "D1",
    "new_episode_reference": "1",
}


@pytest.fixture
def twice(recount: CommandLine) -> CommandLine:
    """C1 came again as D1, and C3 of H0001 as C3 of H0002."""
    third = row(CLIENT="C3", SINITIAL="X")
    submit(recount, [row(), third], "2017-02-10")
    submit(recount, [row(CLIENT="D1")], "2017-03-10", **FEBRUARY)
    submit(recount, [third | {"AGNCY": "H0002"}], "2017-03-11", agency="H0002", **FEBRUARY)
    return recount


def test_over_http(twice: CommandLine, app: Flask) -> None:
    commissioner = asker(app, Role.COMMISSIONER)
    tried = commissioner.post("/rekeys", json={"mapping": [LINE], "dry_run": True})
    assert (tried.status_code, tried.get_json()["episodes"]) == (200, 1)
    assert tried.get_json()["effects"]
    done = commissioner.post("/rekeys", json={"mapping": [LINE]})
    assert (done.status_code, done.get_json()["joined"]) == (201, [{"row": 1, "both_known": True}])
    (one,) = commissioner.json("/rekeys")["rekeys"]
    assert (one["number"], one["agency"], one["episodes"], one["undone_by"]) == (4, "H0001", 1, None)
    assert_problem(commissioner.post("/rekeys", json={"mapping": [LINE]}), 422, "nothing-to-join")
    assert commissioner.post("/rekeys", json={"undo": 4}).status_code == 201
    assert commissioner.json("/rekeys")["rekeys"][0]["undone_by"] == 5
    assert_problem(commissioner.post("/rekeys", json={"undo": 4}), 409, "rekey-undone")
    assert commissioner.post("/rekeys", json={"undo": 4, "mapping": [LINE]}).status_code == 422


def text_of(response: Any, status: int = 200) -> str:
    text: str = response.get_data(as_text=True)
    assert response.status_code == status, text
    return text


@without_a_server
def test_pairs_are_joined_from_their_worklist(twice: CommandLine, app: Flask) -> None:
    an_account(app, "Ada")
    ada = a_person(app, "Ada")
    path = "/worklists/same-record?as_of=2017-02-28&known_at=2017-03-11"
    counted = text_of(ada.client.get(path))
    assert "Hand the caseload of H0001 over to H0002" in counted
    assert "Join these" not in counted
    ada.post("/reasons", path, key="worklist same-record - - False False", next="/", reason="the contract")
    listed = text_of(ada.client.get(f"{path}&people=true"))
    assert "H0001,C1,1,D1,1" in listed
    file = ada.client.get(f"/worklists/same-record/mapping.csv{path.partition('same-record')[2]}")
    assert text_of(file).splitlines() == [COLUMNS, "H0001,C1,1,D1,1"]
    fields = {"mapping": f"{COLUMNS}\nH0001,C1,1,D1,1"}
    tried = text_of(ada.post("/references/join", "/references", **fields))
    assert "Nothing is stored yet." in tried
    assert "N.open People open" not in tried
    unticked = text_of(ada.post("/references/join", "/references", **fields, asked="yes"), 422)
    assert "Tick that they are the same." in unticked
    done = ada.post("/references/join", "/references", **fields, asked="yes", confirmed="yes")
    assert done.headers["Location"] == "/submissions/4?done=joined"
    assert "References joined" in text_of(ada.client.get(done.headers["Location"]))
    assert re.search(r">Undo<", text_of(ada.client.get("/references")))
    assert "two each again" in text_of(ada.post("/references/part", "/references", number="4"))
    parted = ada.post("/references/part", "/references", number="4", asked="yes", confirmed="yes")
    assert parted.headers["Location"] == "/submissions/5?done=parted"
    assert "undone by 5" in text_of(ada.client.get("/references"))
    assert "has no line" in text_of(ada.post("/references/join", "/references", mapping=COLUMNS), 422)


@without_a_server
def test_a_changed_code_leads_to_a_handover(twice: CommandLine, app: Flask) -> None:
    an_account(app, "Ada")
    ada = a_person(app, "Ada")
    submission = text_of(ada.client.get("/submissions/3"))
    (href,) = re.findall(r'href="(/handover\?[^"]*)"', submission)
    form = text_of(ada.client.get(href.replace("&amp;", "&")))
    for value in ("H0001", "H0002", "2017-02-01"):
        assert f'value="{value}"' in form
    fields = {"from_agency": "h0001", "to_agency": "H0002", "on": "2017-02-01"}
    tried = text_of(ada.post("/handover", "/handover", **fields))
    assert "3 open episodes of H0001 would end on 1 February 2017" in tried
    tick = {"tried": "H0001|H0002|2017-02-01"}
    assert "Tick that it is right." in text_of(ada.post("/handover", "/handover", **fields, **tick), 422)
    done = ada.post("/handover", "/handover", **fields, **tick, confirmed="yes")
    assert done.headers["Location"] == "/submissions/4?done=handed-over"
    nothing = text_of(ada.post("/handover", "/handover", **fields), 422)
    assert "no episode that is open" in nothing


@without_a_server
def test_a_provider_is_not_told_whom_another_agency_knows(twice: CommandLine, app: Flask) -> None:
    provider = asker(app, Role.PROVIDER, "H0002")
    assert provider.json("/submissions/3")["notices"] == []
    assert provider.json("/worklists/same-record", as_of="2017-02-28")["rows"] == []
    month = provider.json("/data-quality", **{"from": "2017-02-01", "to": "2017-02-28"})["months"][0]
    assert "known-at-another-agency" not in month["notices"]
    commissioner = asker(app, Role.COMMISSIONER)
    assert [one["code"] for one in commissioner.json("/submissions/3")["notices"]] == ["known-at-another-agency"]
