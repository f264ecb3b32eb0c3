"""A file whose name claims days that it does not hold, and how that is taken back; on both databases.

H0001 names its file of January 2017 after ten years up to today: none of its later files would ever be missing.
"""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from domain.log.database import make_engine
from tests.unit.intake.files import rows, write
from web.auth.roles import Role
from web.commands.records.covered_days import REFUSALS
from web.settings import DATABASE

from .browser import a_person, an_account, without_a_server
from .conftest import CommandLine
from .http import asker, assert_problem

NINE_YEARS = {"first": "20080401", "last": "20170331"}
JANUARY = {"first": "20170101", "last": "20170131"}
REASON = ("--reason", "The name has the years of the archive.")
JANUARY_ALONE = ("--from", "2017-01-01", "--to", "2017-01-31")

Document = dict[str, Any]


@pytest.fixture
def claimed(recount: CommandLine) -> CommandLine:
    """What H0001 claims, and the January file of H0002."""
    recount("submit", "--received-on", "2017-04-03", write(recount.folder, rows("C1", "C2"), **NINE_YEARS))
    other = write(recount.folder, rows("C3", AGNCY="H0002"), agency="H0002", first="20170101", last="20170331")
    recount("submit", "--received-on", "2017-04-04", other)
    return recount


def coverage(recount: CommandLine, known_at: str | None = None, as_of: str = "2017-02-28") -> tuple[str, list[str]]:
    options = ("--known-at", known_at) if known_at else ()
    figure = recount.json("figures", "--measure", "N.open", "--as-of", as_of, *options)["figures"][0]
    return figure["status"], figure["coverage"]["missing"]


def test_a_claim_is_taken_back(claimed: CommandLine) -> None:
    assert coverage(claimed) == ("complete", [])
    tried = claimed.json("covered-days", 1, *JANUARY_ALONE, *REASON, "--received-on", "2017-04-10", "--dry-run")
    assert (tried["position"], coverage(claimed)) == (None, ("complete", []))
    done = claimed.json("covered-days", 1, *JANUARY_ALONE, *REASON, "--received-on", "2017-04-10")
    assert done["position"]
    assert done["no_file_covers"][-2:] == ["2017-02-28", "2017-03-31"]
    assert len(done["no_file_covers"]) == 9 * 12 - 1
    assert coverage(claimed) == ("incomplete", ["H0001"])
    assert coverage(claimed, "2017-04-09") == ("complete", [])
    assert coverage(claimed, as_of="2017-01-31") == ("provisional", [])
    claimed("verify")
    claimed("rebuild")
    assert coverage(claimed) == ("incomplete", ["H0001"])
    assert coverage(claimed, "2017-04-09") == ("complete", [])
    claimed("verify")


def test_all_that_tells_of_it(claimed: CommandLine) -> None:
    claimed("covered-days", 1, *JANUARY_ALONE, *REASON, "--received-on", "2017-04-10")
    months = ("--from", "2017-01-31", "--to", "2017-03-31")

    def missing(*known_at: str) -> list[list[str]]:
        return [month["missing"] for month in claimed.json("coverage", *months, *known_at)["months"]]

    assert missing() == [[], ["H0001"], ["H0001"]]
    assert missing("--known-at", "2017-04-09") == [[], [], []]
    quality = claimed.json("data-quality", *months)
    mine = [one for one in quality["months"] if one["agency"] == "H0001"]
    assert [one["received_on"] for one in mine] == ["2017-04-03", None, None]
    assert "submission 1 covers 1 Jan 2017 to 31 Jan 2017" in claimed("log").stdout
    assert "in force" in claimed("covered-days").stdout


def test_it_is_given_back_and_claimed_anew(claimed: CommandLine) -> None:
    claimed("covered-days", 1, "--none", *REASON, "--received-on", "2017-04-10")
    assert coverage(claimed) == ("incomplete", ["H0001"])
    assert coverage(claimed, as_of="2017-01-31") == ("incomplete", ["H0001"])
    claimed("covered-days", 1, "--as-named", *REASON, "--received-on", "2017-04-11")
    assert coverage(claimed) == ("complete", [])
    assert coverage(claimed, "2017-04-10") == ("incomplete", ["H0001"])
    claimed("covered-days", 1, "--none", *REASON, "--received-on", "2017-04-12")
    again = claimed.json(
        "submit", "--received-on", "2017-04-13", claimed.folder / "H0001-20080401-20170331-TREAT-IN-P.csv"
    )
    assert again["submissions"][0]["already_received"] is False
    assert coverage(claimed) == ("complete", [])
    states = [line["replaced_by"] for line in claimed.json("covered-days")["corrections"]]
    assert states == [None, 5, 5]
    claimed("verify")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((9, *JANUARY_ALONE, *REASON), "covered-days-no-file"),
        ((1, "--from", "2017-01-31", "--to", "2017-01-01", *REASON), "covered-days-empty"),
        ((1, "--from", "2017-01-01", "--to", "2017-04-01", *REASON), "covered-days-beyond-name"),
        ((1, "--from", "2008-03-31", "--to", "2017-01-31", *REASON), "covered-days-beyond-name"),
        ((1, "--as-named", *REASON), "covered-days-unchanged"),
        ((1, "--none", "--reason", " "), "covered-days-no-reason"),
        ((1, "--none", "--reason", "long" * 200), "covered-days-reason-too-long"),
        ((1, "--none", "--reason", "a\x1b[2Jb"), "covered-days-reason-unreadable"),
        ((1, "--none", *REASON, "--received-on", "2017-04-01"), "received-out-of-order"),
    ],
)
def test_what_is_refused(claimed: CommandLine, arguments: tuple[object, ...], code: str) -> None:
    refused = claimed.json("covered-days", *arguments, code=1)["refused"]
    assert refused["code"] == code
    assert code in REFUSALS
    assert coverage(claimed) == ("complete", [])


def test_it_is_said_one_way(claimed: CommandLine) -> None:
    for options in ((), ("--none", "--as-named"), ("--from", "2017-01-01"), ("--none", *JANUARY_ALONE)):
        assert "--as-named" in claimed("covered-days", 1, *options, *REASON, code=2).stderr


def test_an_altered_list_is_found(claimed: CommandLine) -> None:
    """That `verify` holds the corrected days against the log."""
    claimed("covered-days", 1, *JANUARY_ALONE, *REASON, "--received-on", "2017-04-10")
    engine = make_engine(claimed.settings[DATABASE])
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE submission SET corrects = NULL WHERE corrects = 1"))
    engine.dispose()
    assert "submission: the log says it, but it is not stored" in claimed("verify", code=1).stdout


def test_over_http(claimed: CommandLine, app: Flask) -> None:
    ask = asker(app, Role.COMMISSIONER)
    said = {
        "submission": 1,
        "first_day": "2017-01-01",
        "last_day": "2017-01-31",
        "reason": "The years are the archive's.",
    }
    tried = ask.post("/covered-days", json=said | {"dry_run": True})
    assert (tried.status_code, tried.get_json()["position"]) == (200, None)
    assert ask.post("/covered-days", json=said).status_code == 201
    assert_problem(ask.post("/covered-days", json=said), 409, "covered-days-unchanged")
    for wrong in ({"first_day": None}, {"none": True}, {"submission": 1.0}, {"submission": 2**31}, {"reason": ""}):
        assert ask.post("/covered-days", json=said | wrong).status_code == 422
    (line,) = ask.json("/covered-days")["corrections"]
    assert (line["corrects"], line["first_day"], line["replaced_by"]) == (1, "2017-01-01", None)
    listed = {one["number"]: one for one in ask.json("/submissions")["submissions"]}
    assert [listed[number]["corrected_by"] for number in (1, 2, 3)] == [3, None, None]
    assert listed[3]["said"]["corrects"] == 1
    provider = asker(app, Role.PROVIDER, "H0001")
    assert provider.json("/submissions/1")["corrected_by"] == 3
    assert provider.post("/covered-days", json=said).status_code == 403


@without_a_server
def test_on_the_pages(claimed: CommandLine, app: Flask) -> None:
    an_account(app, "ann")
    an_account(app, "bea", Role.PROVIDER, "H0001")
    person, provider = a_person(app, "ann"), a_person(app, "bea")
    assert "/covered-days?number=1" in person.client.get("/submissions/1").get_data(as_text=True)
    assert "/covered-days" not in provider.client.get("/submissions/1").get_data(as_text=True)
    form = "/covered-days?number=1"
    assert 'value="2008-04-01"' in person.client.get(form).get_data(as_text=True)
    said = {"number": "1", "first_day": "2017-01-01", "last_day": "2017-01-31", "reason": "The archive's years."}
    for wrong, sentence in WRONG_IN_A_FORM.items():
        answer = person.post("/covered-days", form, **said | dict([wrong]))
        assert answer.status_code == 422
        assert sentence in answer.get_data(as_text=True)
    tried = person.post("/covered-days", form, **said)
    assert "107 month ends (30 Apr 2008 to 31 Mar 2017) are covered by no other file" in tried.get_data(as_text=True)
    assert coverage(claimed) == ("complete", [])
    word = {"tried": "1|2017-01-01|2017-01-31"}
    assert person.post("/covered-days", form, **said, **word).status_code == 422
    stored = person.post("/covered-days", form, **said, **word, confirmed="yes")
    assert stored.status_code == 303
    told = person.client.get(stored.location).get_data(as_text=True)
    assert "covers 1 Jan 2017 to 31 Jan 2017 from then on: The archive&#39;s years." in told
    for who in (person, provider):
        assert "it covers 1 Jan 2017 to 31 Jan 2017" in who.client.get("/submissions/1").get_data(as_text=True)
        assert "covered days corrected" in who.client.get("/submissions").get_data(as_text=True)
    assert "in force" in person.client.get("/covered-days").get_data(as_text=True)


WRONG_IN_A_FORM = {
    ("number", "9"): "Submission 9 is no monthly file",
    ("number", "9" * 5000): "Submission 0 is no monthly file",
    ("last_day", ""): "Write both days, or none.",
    ("last_day", "2017-01-32"): "This is not a date.",
    ("last_day", "2017-04-01"): "a correction only takes days away",
    ("reason", ""): "Say why in a sentence.",
    ("reason", "x" * 501): "500 are the most",
}
