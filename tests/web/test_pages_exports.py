"""Pages as files: what stands on the page and nothing else, for whom it says, noted before it is given."""

import io
import zipfile
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.unit.intake.files import csv_text, name, row
from web.auth.roles import Role
from web.auth.trail.access import Deed
from web.pages.frame import paging

from .browser import Person, a_person, access_trail, an_account, without_a_server
from .conftest import CommandLine
from .http import Asker, a_token

JULY = {"as_of": "2017-07-31", "known_at": "2017-08-15"}
PEOPLE = [
    row(),
    row(CLIENT="C3", SINITIAL="Y"),
    row(CLIENT="C2", SINITIAL="V", DISD="2017-03-10", DISRSN="80", MODEND="2017-03-10"),
]
ELSEWHERE = [row(AGNCY="H0002", CLIENT="C7", SINITIAL="X")]


@pytest.fixture
def council(app: Flask, recount: CommandLine) -> Person:
    """A commissioner; two agencies have reported."""
    for agency, rows in (("H0001", PEOPLE), ("H0002", ELSEWHERE)):
        path = recount.folder / name(last="20170731", agency=agency)
        path.write_text(csv_text(rows), encoding="utf-8")
        recount("submit", path, "--received-on", "2017-08-01")
    an_account(app, "Cara")
    return a_person(app, "Cara")


def provider(app: Flask) -> Person:
    an_account(app, "Pat", Role.PROVIDER, "H0001")
    return a_person(app, "Pat")


def taken(person: Person, form: str, path: str = "", status: int = 200, **query: Any) -> TestResponse:
    response = person.client.get(f"/exports/{form}/{path}", query_string=query or JULY)
    assert response.status_code == status, response.get_data(as_text=True)
    return response


def sheets(response: TestResponse) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(response.data))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_the_scorecard_leaves_with_a_number_a_column(council: Person) -> None:
    found = sheets(taken(council, "xlsx"))
    assert dict(found["About"])["For whom"].startswith("Those who may see all figures.")
    assert dict(found["About"])["Seen from"] == "As of 31 July 2017, as known on 15 August 2017."
    head, *rows = found["Scorecard"]
    line = dict(zip(head, next(row for row in rows if row[0] == "4.0"), strict=True))
    assert (line["Numerator"], line["Denominator"], line["Status"]) == (1, 4, "provisional")
    assert line["Percentage"] == pytest.approx(0.25)


@without_a_server
def test_a_table_leaves_as_csv_and_each_line_says_for_whom(council: Person) -> None:
    response = taken(council, "csv")
    assert response.content_type == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="recount-scorecard.csv"'
    assert response.data.startswith(b"\xef\xbb\xbfMeasure,Name,")
    assert all("not for the public" in line for line in response.text.splitlines()[1:])


@without_a_server
def test_several_tables_leave_together(council: Person) -> None:
    with zipfile.ZipFile(io.BytesIO(taken(council, "csv", "figures/4.0").data)) as archive:
        assert len(archive.namelist()) >= 2
        assert all(name.endswith(".csv") for name in archive.namelist())


@without_a_server
def test_what_was_asked_about_a_file_leaves_with_it(council: Person, recount: CommandLine) -> None:
    path = recount.folder / name(first="20170801", last="20170831")
    path.write_text(csv_text(PEOPLE[:1]), encoding="utf-8")
    recount("submit", path, "--received-on", "2017-09-01")
    assert "No table" in sheets(council.client.get("/exports/xlsx/submissions/3"))
    council.post("/reasons", "/submissions/new", key="page submissions", next="/", reason="the agency asked us")
    (head, *rows) = sheets(council.client.get("/exports/xlsx/submissions/3"))["1 episode"]
    assert (head[:3], rows[0][:3]) == (("CLIENT", "EPISODID", "Answer"), ("C3", "1", "no answer yet"))


@without_a_server
def test_what_is_a_file_already_is_no_page(council: Person) -> None:
    assert council.client.get("/exports/csv/certificates/public-key").status_code == 404


@without_a_server
def test_the_link_on_a_page_asks_for_the_same_page(council: Person) -> None:
    body = council.client.get("/figures/4.0", query_string=JULY | {"every": "quarter"}).text
    assert 'href="/exports/xlsx/figures/4.0?as_of=2017-07-31&amp;known_at=2017-08-15&amp;every=quarter"' in body
    assert 'href="/exports/csv/?as_of=2017-07-31' in council.client.get("/", query_string=JULY).text


@without_a_server
def test_what_an_address_leaves_open_is_filled_in_first(council: Person) -> None:
    response = council.client.get("/exports/xlsx/worklists")
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/exports/xlsx/worklists?as_of=2017-07-31&known_at=2017-08-01")


def test_a_provider_takes_away_what_it_sees(app: Flask, council: Person) -> None:
    own = provider(app)
    (_, rows) = sheets(taken(own, "xlsx", "figures/N.treatment/members")).values()
    told = str(rows)
    assert "C2" in told
    assert "C7" not in told
    assert "own agencies" in str(sheets(taken(own, "xlsx"))["About"])
    taken(own, "csv", "figures/4.0", 404, **JULY, agency="H0002")


def test_a_commissioner_says_why_before_people_leave(app: Flask, council: Person) -> None:
    asked = taken(council, "csv", "figures/4.0/members")
    assert asked.content_type.startswith("text/html")
    assert "Why do you need to look at single clients?" in asked.text
    assert access_trail(app, deed=Deed.DOWNLOADED) == []


@without_a_server
def test_a_list_leaves_whole(council: Person, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "ROWS_A_PAGE", 1)
    rows = taken(provider(app), "csv", "worklists/plans-overdue").text.splitlines()
    assert len(rows) == 1 + 2


def test_every_file_is_noted_and_nothing_of_a_client(app: Flask, council: Person) -> None:
    taken(council, "csv", "figures/4.0")
    (noted,) = access_trail(app, deed=Deed.DOWNLOADED)
    assert (noted.actor, noted.about, noted.question) == ("Cara", "figure.figure", {"form": "csv", **JULY})


@without_a_server
def test_a_list_on_which_nobody_is_leaves_too(app: Flask, council: Person) -> None:
    own = provider(app)
    for form, told in (("csv", "Nothing stands in a table"), ("xlsx", "")):
        response = taken(own, form, "worklists/exit-tops-due")
        assert "attachment" in response.headers["Content-Disposition"]
        assert told in response.get_data(as_text=True) if told else sheets(response)["About"]


@without_a_server
def test_the_card_has_a_file_like_any_page(council: Person) -> None:
    assert "attachment" in taken(council, "xlsx", "card").headers["Content-Disposition"]


def test_days_and_months_leave_as_days_and_months(council: Person) -> None:
    found = sheets(taken(council, "xlsx", "figures/4.0"))
    head, first, *_ = found["The figure at the end of each"]
    assert head[0] == "As of"
    assert first[0] == datetime(2017, 7, 31)
    assert any(row[0] == datetime(2017, 7, 1) for row in found["Successful completions"][1:])


def test_an_immature_figure_leaves_with_its_counts_alone(council: Person) -> None:
    head, *rows = sheets(taken(council, "xlsx"))["Scorecard"]
    line = dict(zip(head, next(row for row in rows if row[0] == "5.0u"), strict=True))
    assert (line["Numerator"], line["Denominator"], line["Had six months"]) == (0, 1, 0)
    assert line["Percentage"] is line["95% from"] is line["95% to"] is None


@without_a_server
def test_only_pages_leave(council: Person) -> None:
    for path in ("nothing", "api/v1/measures", "exports/csv/", "sign-in", "static/recount.css"):
        taken(council, "csv", path, 404)


@without_a_server
def test_the_public_and_strangers_take_nothing(app: Flask, council: Person) -> None:
    assert Person(app.test_client()).client.get("/exports/csv/", query_string=JULY).status_code in {302, 303}
    an_account(app, "Pam", Role.PUBLIC)
    taken(a_person(app, "Pam"), "csv", "figures/4.0", 404)
    an_account(app, "Ada", Role.ADMINISTRATOR)
    taken(a_person(app, "Ada"), "csv", "figures/4.0", 403)


@without_a_server
def test_with_a_token(app: Flask, council: Person) -> None:
    response = Asker(app.test_client(), a_token(app, Role.AUDITOR)).client.get(
        "/exports/csv/", query_string=JULY, headers={"Authorization": f"Bearer {a_token(app, Role.AUDITOR)}"}
    )
    assert response.status_code == 200


@without_a_server
def test_a_file_is_no_visit(council: Person) -> None:
    """What moved since one last looked is told by visits; a file first takes nothing from that."""
    taken(council, "csv")
    assert "This is your first look" in council.client.get("/", query_string=JULY).text


@without_a_server
def test_every_page_of_a_room_leads_to_its_files(app: Flask, council: Person) -> None:
    assert 'href="/exports/csv/submissions"' in council.client.get("/submissions").text
    assert "H0001" in taken(council, "csv", "submissions", agency="H0001").text
    for page in ("/help", "/account", "/nothing"):
        assert "/exports/" not in council.client.get(page).text
