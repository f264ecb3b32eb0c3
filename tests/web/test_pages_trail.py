"""The audit trail and the trail of access, as pages."""

import re

import pytest
from flask import Flask

from domain.log.database import writing
from web.auth.accounts import AccountUpdate
from web.auth.guard import services
from web.auth.roles import Role
from web.auth.trail.access import Deed
from web.clock import now
from web.commands.administration.accounts import Actor, make_account
from web.pages.administration import trail

from .browser import PASSWORD, Person, a_person, access_trail, an_account, without_a_server
from .conftest import CommandLine
from .conversation import fill_two


@pytest.fixture
def auditor(app: Flask, recount: CommandLine) -> Person:
    fill_two(recount)
    return somebody(app, Role.AUDITOR)


def somebody(app: Flask, role: Role, *agencies: str) -> Person:
    an_account(app, f"Some {role}", role, *agencies)
    return a_person(app, f"Some {role}")


def page(who: Person, path: str, status: int = 200) -> str:
    response = who.client.get(path)
    assert response.status_code == status, response.get_data(as_text=True)
    return " ".join(response.get_data(as_text=True).split())


def test_entries_have_their_dates_and_where_they_came_from(auditor: Person, app: Flask) -> None:
    shown = page(auditor, "/trail")
    assert "exited successfully" in shown
    assert "H0001/C1/1" in shown
    assert "H0002-20170201-20170228-TREAT-IN-P.csv" in shown
    assert "has not been checked against the log yet" in shown
    assert access_trail(app, deed=Deed.LOOKED)[0].about == "trail_pages.trail"


@without_a_server
@pytest.mark.parametrize(
    ("asked", "there", "not_there"),
    [
        ("kind=files", "submission received", "treatment started"),
        ("kind=words", "No entries", "submission received"),
        ("agency=H0002", "H0002/D1/1", "H0001/C1/1"),
        ("submission=1", "H0001/C3/1", "H0001/C4/1"),
        ("from_day=2017-03-11", "H0002/D1/1", "H0001/C1/1"),
        ("to_day=2017-02-28", "H0001/C3/1", "H0001/C4/1"),
        ("from_day=2017-02-11&to_day=2017-03-09", "No entries", "H0001/C1/1"),
        ("from=1&to=1", ">1</th>", ">2</th>"),
    ],
)
def test_filters(auditor: Person, asked: str, there: str, not_there: str) -> None:
    shown = page(auditor, f"/trail?{asked}").split("</form>")[-1]
    assert there in shown
    assert not_there not in shown


@without_a_server
def test_older_entries_follow_without_a_gap(auditor: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "LISTED", 4)
    path, found = "/trail?agency=H0002", []
    while path:
        shown = page(auditor, path)
        found += re.findall(r"app-table__whole\">(\d+)</th>", shown)
        older = re.search(r'href="([^"]+)" rel="next"', shown)
        path = older[1].replace("&amp;", "&") if older else ""
    exported = auditor.client.get("/trail/export.csv?agency=H0002").get_data(as_text=True).splitlines()[1:]
    assert found == [line.split(",")[0] for line in reversed(exported)]
    assert len(found) > 4


def test_a_table_to_keep_is_noted(auditor: Person, app: Flask) -> None:
    response = auditor.client.get("/trail/export.csv?kind=files")
    assert response.headers["Content-Disposition"] == 'attachment; filename="audit-trail.csv"'
    assert len(response.get_data(as_text=True).splitlines()) == 4
    assert access_trail(app, deed=Deed.DOWNLOADED)[0].question == {"what": "trail"}


@without_a_server
def test_a_commissioner_says_why_first(app: Flask, auditor: Person) -> None:
    council = somebody(app, Role.COMMISSIONER)
    assert "Why do you need" in page(council, "/trail?kind=files")
    long = council.post("/reasons", "/trail", key="page trail", next="/trail", reason="because " * 70)
    assert "Say it in 500 characters or fewer. This is 559 characters long." in long.get_data(as_text=True)
    assert "because because" in long.get_data(as_text=True)
    response = council.post("/reasons", "/trail", key="page trail", next="/trail?kind=files", reason="a complaint")
    assert response.headers["Location"] == "/trail?kind=files"
    assert "submission received" in page(council, "/trail?kind=files")
    assert access_trail(app, deed=Deed.LOOKED)[0].reason == "a complaint"


@without_a_server
def test_a_provider_reads_what_is_its_own(app: Flask, auditor: Person) -> None:
    provider = somebody(app, Role.PROVIDER, "H0001")
    shown = page(provider, "/trail")
    assert "H0001/C1/1" in shown
    assert "H0002" not in shown
    page(provider, "/trail?agency=H0002", 404)
    page(provider, "/trail/access", 403)
    assert "H0002" not in page(provider, "/trail/export.csv")


@without_a_server
def test_when_all_was_checked_is_said_in_words(app: Flask, recount: CommandLine) -> None:
    fill_two(recount)
    update = AccountUpdate(Role.AUDITOR, (), password=PASSWORD)
    with app.app_context(), writing(services().access_engine) as connection:
        # By the command, so that the trail says who made it.
        make_account(connection, Actor("tester", "administrator"), "Ada", update, now())
    auditor = a_person(app, "Ada")
    recount("verify", "--standpoints", "1")
    shown = page(auditor, "/trail")
    assert "everything agrees. Nothing has been added since." in shown
    recount("contract", "H0001", "--from", "2016-04-01", "--received-on", "2017-04-10")
    assert "everything agrees. 1 entry has been added since." in page(auditor, "/trail")


@without_a_server
def test_who_looked_is_told_to_those_entitled(app: Flask, auditor: Person) -> None:
    page(auditor, "/trail")
    shown = page(auditor, "/trail/access?deed=looked")
    assert "looked at single clients" in shown
    assert "Some auditor" in shown
    assert "Audit trail" in shown.split("<tbody")[1]
    assert "trail_pages" not in shown
    assert "No lines" in page(auditor, "/trail/access?actor=Nobody")
    administrator = somebody(app, Role.ADMINISTRATOR)
    assert "signed in" in page(administrator, "/trail/access")
    page(administrator, "/trail", 403)


@without_a_server
def test_a_row_reads_without_empty_words(auditor: Person, recount: CommandLine) -> None:
    """What an entry has no such thing of is left out: a contract has no file, no row and no episode."""
    recount("contract", "H0001", "--from", "2016-04-01", "--received-on", "2017-04-10")
    [row] = page(auditor, "/trail?kind=words").split("<tbody")[1].split("</tbody>")[0].split("</tr>")[:-1]
    assert "none" not in row
    assert "contract agreed: H0001 from 1 Apr 2016 on" in row
    assert "said without a file" in row
    assert "10 Apr 2017" in row


@without_a_server
def test_what_was_looked_at_is_told_in_words(app: Flask, auditor: Person) -> None:
    page(auditor, "/figures/4.0/members?as_of=2017-01-31&known_at=2017-03-13&agency=H0001")
    page(auditor, "/accounts", 403)
    rows = page(auditor, "/trail/access").split("<tbody")[1]
    assert "People in a figure" in rows
    assert "figure 4.0" in rows
    assert "as of 31 Jan 2017" in rows
    assert "agency H0001" in rows
    assert "Accounts" in rows
    assert "because: the account has no right to it" in rows
