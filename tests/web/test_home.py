"""The first page, over the demonstration: what moved, is red, waits or is due, and whose clients moved figures."""

import html
import re
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from web.auth.roles import Role
from web.presenters.improvement import home
from web.queries.improvement.calendar.calendar import CalendarResult
from web.queries.improvement.calendar.due import DueItem

from .browser import Person, a_person, an_account


@pytest.fixture(scope="module")
def cara(demonstration: Flask) -> Person:
    an_account(demonstration, "Cara of home")
    return a_person(demonstration, "Cara of home")


@pytest.fixture(scope="module")
def pat(demonstration: Flask) -> Person:
    """The service manager of Hereford."""
    an_account(demonstration, "Pat of home", Role.PROVIDER, "H0001")
    return a_person(demonstration, "Pat of home")


def said(person: Person, path: str = "/home", status: int = 200) -> str:
    """The words of a page."""
    response = person.client.get(path, follow_redirects=True)
    assert response.status_code == status
    body = response.get_data(as_text=True).split("<main", 1)[-1].split("</main>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_a_commissioner_reads_what_is_red_and_which_plan_is_about_it(cara: Person) -> None:
    words = said(cara)
    assert "PHOF 2.15i opiate (1.0) : 4.8% (21 of 442), target 8%. Action plan 1 is agreed." in words
    assert "PHOF 2.15ii non-opiate (2.0) : 36.6% (34 of 93), target 52.5%. No plan is open. Open one" in words


def test_what_is_due_begins_at_the_day_of_the_demonstrations_newest_file(cara: Person, pat: Person) -> None:
    """Of one's own side alone, what is overdue and what falls due in 14 days, with the way to the rest."""
    commissioner, provider = said(cara), said(pat)
    assert "seen from 11 January 2018" in commissioner
    assert "15 Jan 2018 Lagged figures of Q3 2017/18 can be counted" in commissioner
    assert "19 actions to be done" not in commissioner
    assert "10 Oct 2017 overdue Action plan 2: 19 actions to be done" in provider
    assert "Lagged figures" not in provider
    assert "15 Feb 2018" not in provider
    assert provider.count("The whole calendar") == 1


@given(overdue=st.integers(0, 30), soon=st.integers(0, 30))
def test_at_most_ten_are_shown_and_what_is_next_among_them(overdue: int, soon: int) -> None:
    result = _calendar_of(overdue, soon)
    its = home.most_urgent(result)
    assert len(its) == min(10, overdue + soon)
    assert sum(not one.overdue for one in its) >= min(soon, 5)
    assert its == sorted(its, key=lambda one: one.day)
    assert its[:1] == result.due[:1]


def _calendar_of(overdue: int, soon: int) -> CalendarResult:
    day = date(2018, 1, 11)
    days = [(day - timedelta(days=31 - one), True) for one in range(overdue)] + [
        (day + timedelta(days=one), False) for one in range(soon)
    ]
    its = [DueItem(its_day, "plan", "provider", (), "text", "/", is_late) for its_day, is_late in days]
    return CalendarResult(day, day + timedelta(days=31), its)


def test_what_providers_entered_is_to_do_for_the_commissioner(cara: Person) -> None:
    assert "Needle exchange packs given (X.needle) Confirm or question 27 values" in said(cara)


_OPIATES_COUNTED = re.compile(r"\(4\.0\)[^.]*?(brought 1 into|took 1 out of) those counted")
BOARD = {"as_of": "2017-07-31", "known_at": "2017-10-20", "since": "Board 16 Aug 2017"}


def test_a_service_manager_reads_who_moved_their_figures_in_one_list(pat: Person) -> None:
    query = urlencode(BOARD | {"agency": "H0001"})
    words = said(pat, f"/home/clients?{query}")
    assert "clients of yours have moved" in words
    assert "Compared with Board 16 Aug 2017." in words


def test_the_list_adds_up_to_each_figure(pat: Person, demonstration: Flask) -> None:
    """Opiates of Hereford: what the clients of the list did to the numerator is what the numerator did."""
    query = urlencode(BOARD | {"agency": "H0001"})
    table = pat.client.get(f"/exports/csv/home/clients?{query}").get_data(as_text=True)
    moved = sum(1 if way == "brought 1 into" else -1 for way in _OPIATES_COUNTED.findall(table))
    before, after = (_numerator(pat, day) for day in ("2017-08-15", "2017-10-20"))
    assert moved == after - before != 0


def _numerator(person: Person, known_at: str) -> int:
    query = {"measure": "4.0", "agency": "H0001", "as_of": "2017-07-31", "known_at": known_at}
    figure = person.client.get("/api/v1/figures", query_string=query).get_json()["figures"][0]
    return int(figure["numerator"])


def test_a_commissioner_has_no_such_list(cara: Person) -> None:
    said(cara, "/home/clients", 404)


def test_an_auditor_has_nothing_to_do(demonstration: Flask) -> None:
    an_account(demonstration, "Ada of home", Role.AUDITOR)
    words = said(a_person(demonstration, "Ada of home"))
    assert "What is red" in words
    assert "What waits for you" not in words
    assert "What is due" not in words


def test_whoever_signs_in_begins_here(demonstration: Flask) -> None:
    an_account(demonstration, "Nina of home")
    assert a_person(demonstration).sign_in("Nina of home").location == "/home"
