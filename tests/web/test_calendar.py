"""What is due, of whom: on the page, by API and command; and as a feed under an address that its owner can revoke."""

from datetime import date
from typing import Any, Final

import pytest
from flask import Flask
from icalendar import Calendar

from tests.unit.intake.files import row, write
from web.auth.roles import Role
from web.auth.trail.access import Deed
from web.queries.improvement.calendar.calendar import SOURCES
from web.queries.improvement.calendar.due import KINDS

from .browser import Person, a_person, access_trail, an_account
from .conftest import CommandLine
from .http import asker, assert_problem

ON: Final = ("--on", "2017-04-10", "--months", "12")
WORDS: Final = "Read each plan with Jo Bloggs"
"""What somebody wrote, which leaves the service in no feed."""


@pytest.fixture
def filled(recount: CommandLine) -> CommandLine:
    """Two agencies with a file of January each, a target, a contract that ends, a notice and a dispute."""
    for agency in ("H0001", "H0002"):
        rows = [row(AGNCY=agency, CLIENT=f"C{number}", DOB=f"198{number}-05-0{number}") for number in range(1, 9)]
        recount("submit", write(recount.folder, rows, agency=agency), "--received-on", "2017-02-10")
    recount("contract", "H0002", "--from", "2016-01-01", "--to", "2017-09-30", "--received-on", "2017-02-11")
    period = ("--from", "2017-01-01", "--to", "2017-12-31", "--agreed-on", "2017-01-02")
    recount("target", "set", "--measure", "1.0", *period, "--level", "50")
    return recount


def lines(filled: CommandLine, *options: str) -> list[tuple[str, str, str, str]]:
    its = filled.json("calendar", *ON, *options)["due"]
    return [(one["day"], one["party"], " ".join(one["agencies"]), one["text"]) for one in its]


def test_what_is_due_of_whom(filled: CommandLine) -> None:
    assert lines(filled, "--kind", "file")[:4] == [
        ("2017-03-15", "provider", "H0001", "Monthly file of H0001 for February 2017"),
        ("2017-03-15", "provider", "H0002", "Monthly file of H0002 for February 2017"),
        ("2017-04-15", "provider", "H0001 H0002", "Monthly file of H0001, H0002 for March 2017"),
        ("2017-05-15", "provider", "H0001 H0002", "Monthly file of H0001, H0002 for April 2017"),
    ]
    assert lines(filled, "--kind", "target", "--kind", "contract") == [
        ("2017-06-30", "provider", "", "Target 1 (1.0): last day on which a discharge is of use"),
        ("2017-09-30", "both", "H0002", "Contract of H0002: last day"),
        ("2017-12-31", "both", "", "Target 1 (1.0): last day"),
    ]
    assert lines(filled, "--kind", "figure")[0] == (
        "2017-04-15",
        "commissioner",
        "",
        "Lagged figures of Q4 2016/17 can be counted: completions up to 30 September 2016 have had their six months",
    )


def test_what_is_overdue_for_long_is_one_line(filled: CommandLine) -> None:
    [first, *_] = filled.json("calendar", "--on", "2019-01-10", "--kind", "file", "--agency", "H0001")["due"]
    assert first["overdue"]
    assert first["text"] == "Monthly file of H0001 for January 2018 to November 2018, 11 in all"


def test_a_dispute_waits_for_the_side_that_did_not_speak(filled: CommandLine) -> None:
    figure = ("--as-of", "2017-01-31", "--agency", "H0001", "--measure", "4.0")
    filled("dispute", "open", *figure, "--numerator", "1", "--denominator", "3", "--reason", WORDS)

    def due() -> list[tuple[str, list[str], str]]:
        its = [one for one in filled.json("calendar")["due"] if one["kind"] == "dispute"]
        return [(one["party"], one["agencies"], one["text"]) for one in its]

    assert due() == [("provider", ["H0001"], "Dispute 1: an answer to what was said last")]
    rows = filled.folder / "rows.txt"
    rows.write_text("H0001, C1, out, Elsewhere\n")
    filled("dispute", "rows", "1", "--from", rows)
    assert due() == [("provider", ["H0001"], "Dispute 1: a client to be answered")]
    proposed = ("--words", "So.", "--numerator", "0", "--denominator", "7", "--party", "H0001")
    filled("dispute", "step", "1", "propose", *proposed)
    assert due() == [
        ("provider", ["H0001"], "Dispute 1: a client to be answered"),
        ("commissioner", ["H0001"], "Dispute 1: a settlement to be accepted or refused"),
    ]
    [line] = [one for one in filled.json("to-do")["to_do"] if one["kind"] == "dispute"]
    assert (line["step"], line["overdue"], line["due"] is None) == ("accept the settlement, or refuse it", False, False)
    [line] = [one for one in filled.json("to-do", "--for", "H0001")["to_do"] if one["kind"] == "dispute"]
    assert line["step"] == "answer 1 client"
    assert filled.json("to-do", "--for", "H0002")["to_do"] == []


def test_a_provider_reads_its_own(app: Flask, filled: CommandLine) -> None:
    own = asker(app, Role.PROVIDER, "H0001").json("/calendar", on="2017-04-10", months=12)["due"]
    assert {agency for one in own for agency in one["agencies"]} == {"H0001"}
    assert "H0002" not in str(own)
    assert asker(app, Role.COMMISSIONER).json("/calendar", on="2017-04-10", months=12) == filled.json("calendar", *ON)
    assert_problem(asker(app, Role.ADMINISTRATOR).get("/calendar"), 403, "right-missing")
    assert_problem(asker(app, Role.COMMISSIONER).get("/calendar", months=99), 422, "unprocessable-entity")


def test_every_kind_has_a_source() -> None:
    assert SOURCES.keys() == KINDS.keys()


# ---- pages and the feed


@pytest.fixture
def cara(app: Flask, filled: CommandLine) -> Person:
    an_account(app, "Cara")
    return a_person(app, "Cara")


def text_of(who: Person, path: str) -> str:
    response = who.client.get(path)
    assert response.status_code == 200, response.status
    return response.get_data(as_text=True)


def test_the_page_says_what_is_overdue_and_leads_there(cara: Person) -> None:
    page = text_of(cara, "/calendar?on=2017-04-10&months=12")
    assert "2 things are overdue" in page
    assert '<a class="govuk-link" href="/targets/1">Target 1 (1.0): last day</a>' in page
    assert "Seen from 10 April 2017" in page
    assert "Nothing due" in text_of(cara, "/calendar?on=2017-04-10&kind=dispute")


def made(who: Person) -> str:
    response = who.post("/calendar/feed")
    assert response.status_code == 200
    page = response.get_data(as_text=True)
    address = page.partition('id="address">')[2].partition("<")[0]
    return "/calendar/feed/" + address.rpartition("/")[2]


def entries(body: bytes) -> list[Any]:
    return list(Calendar.from_ical(body).walk("VEVENT"))


def test_an_address_gives_the_calendar_until_it_is_revoked(app: Flask, cara: Person) -> None:
    address, anybody = made(cara), app.test_client()
    answer = anybody.get(address)
    assert (answer.status_code, answer.content_type) == (200, "text/calendar; charset=utf-8")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    known = anybody.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (known.status_code, known.data) == (304, b"")
    its = entries(answer.data)
    assert its
    assert all(isinstance(one["DTSTART"].dt, date) and one["UID"] for one in its)
    assert len({one["UID"] for one in its}) == len(its)

    another = made(cara)
    assert [anybody.get(one).status_code for one in (address, another)] == [404, 200]
    assert cara.post("/calendar/feed/revoke").status_code == 303
    assert anybody.get(another).status_code == 404
    assert anybody.get("/calendar/feed/nobody-has-this.ics").status_code == 404
    assert [one.deed for one in access_trail(app)][:3] == [Deed.FEED_REVOKED, Deed.FEED_MADE, Deed.FEED_MADE]


def test_whoever_is_closed_has_no_feed(app: Flask, cara: Person, filled: CommandLine) -> None:
    address = made(cara)
    filled("user", "Cara", "--close")
    assert app.test_client().get(address).status_code == 404


def test_what_somebody_wrote_is_in_no_feed(app: Flask, cara: Person, filled: CommandLine) -> None:
    figure = ("--as-of", "2017-01-31", "--measure", "4.0")
    filled("dispute", "open", *figure, "--numerator", "1", "--denominator", "3", "--reason", WORDS)
    body = app.test_client().get(made(cara)).get_data(as_text=True)
    assert "Dispute 1" in body
    assert "Bloggs" not in body
