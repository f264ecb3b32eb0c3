"""Data quality as a page."""

from flask import Flask

from tests.unit.intake.files import row, write
from web.auth.roles import Role

from .browser import Person, a_person, an_account, without_a_server
from .conftest import CommandLine
from .conversation import fill_two


def somebody(app: Flask, role: Role, *agencies: str) -> Person:
    an_account(app, f"Some {role}", role, *agencies)
    return a_person(app, f"Some {role}")


def page(who: Person, path: str) -> str:
    response = who.client.get(path, follow_redirects=True)
    assert response.status_code == 200, response.get_data(as_text=True)
    return " ".join(response.get_data(as_text=True).split())


def test_files_rows_days_and_fields_by_agency(app: Flask, recount: CommandLine) -> None:
    fill_two(recount)
    wrong = row(CLIENT="C9", SINITIAL="T", TRIAGED="2017-02-31")
    recount(
        "submit",
        "--received-on",
        "2017-05-20",
        write(recount.folder, [row(), wrong], first="20170301", last="20170331"),
    )
    council = somebody(app, Role.COMMISSIONER)
    shown = page(council, "/data-quality?as_of=2017-04-30")
    assert "Mar 2017" in shown
    assert "late, 35 days" in shown
    assert "missing" in shown
    assert "1 (50.0%)" in shown
    assert "Nine in ten within" in shown
    assert "TOPCC" in shown
    assert "in time" in page(council, "/data-quality?as_of=2017-02-28&months=6")


@without_a_server
def test_a_provider_sees_its_own(app: Flask, recount: CommandLine) -> None:
    fill_two(recount)
    shown = page(somebody(app, Role.PROVIDER, "H0001"), "/data-quality?as_of=2017-02-28&known_at=2017-03-13")
    assert "H0001" in shown
    assert "H0002" not in shown


@without_a_server
def test_nothing_yet_is_said(app: Flask, recount: CommandLine) -> None:
    council = somebody(app, Role.COMMISSIONER)
    assert "Nothing has been received yet" in page(council, "/data-quality")
    fill_two(recount)
    shown = page(council, "/data-quality?as_of=2010-01-31&known_at=2017-03-13")
    assert "No file was due in these months" in shown
    assert "no field can be looked at" in shown
