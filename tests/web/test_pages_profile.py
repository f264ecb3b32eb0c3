"""The caseload profile as a page: sentences first, then each group drawn and as numbers; small and empty ones said."""

import html
import io
import re
import zipfile
from datetime import date
from typing import Any

import pytest
from flask import Flask

from projections.performance.caseload import CaseloadProfile, GroupProfile
from tests.unit.intake.files import csv_text, name, row
from web.auth.roles import Role
from web.presenters.performance.caseload import FEW, CaseloadGroup, few, groups_of, lead, sentences

from .browser import Person, a_person, an_account, without_a_server
from .conftest import CommandLine

JULY = {"as_of": "2017-07-31", "known_at": "2017-08-15"}
OPIATE, ALCOHOL = "1001", "7000"
YEARS = ("under 1 year", "1 to 2 years", "2 to 4 years", "4 to 6 years", "6 years or more")


def treated(client: str, since: str, agency: str = "H0001", **columns: str) -> dict[str, str]:
    dates = {"TRIAGED": since, "REFLD": since, "MODST": since}
    initial = {"C1": "A", "C2": "B", "C3": "C", "C4": "D"}[client]
    return row(**(dates | {"AGNCY": agency, "CLIENT": client, "MODID": f"M{client}", "SINITIAL": initial} | columns))


LEFT = {"DISD": "2017-03-01", "DISRSN": "85", "MODEND": "2017-03-01"}
AT_H0001 = [
    treated("C1", "2009-05-01", DRUG1=OPIATE, DRUG1AGE="15", PREVTR="N"),
    treated("C2", "2016-01-05", DRUG1=OPIATE, DRUG1AGE="NA", PREVTR="Y"),
    treated("C3", "2017-01-09", DRUG1=ALCOHOL, DRUG1AGE="NA", PREVTR="N", **LEFT),
]
AT_H0002 = [treated("C4", "2015-01-05", "H0002", DRUG1=OPIATE, DRUG1AGE="30", PREVTR="N")]


@pytest.fixture
def council(app: Flask, recount: CommandLine) -> Person:
    for agency, rows in (("H0001", AT_H0001), ("H0002", AT_H0002)):
        path = recount.folder / name(last="20170731", agency=agency)
        path.write_text(csv_text(rows), encoding="utf-8")
        recount("submit", path, "--received-on", "2017-08-09")
    an_account(app, "Cara")
    return a_person(app, "Cara")


def source(person: Person, status: int = 200, **query: Any) -> str:
    response = person.client.get("/profile", query_string=JULY | query)
    assert response.status_code == status
    return str(response.get_data(as_text=True))


def said(person: Person, **query: Any) -> str:
    """The words of the page."""
    body = source(person, **query).split("<main", 1)[-1]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def of(people: int, long: int, career: tuple[int, int] = (0, 0), first: int = 0, group: str = "opiate") -> GroupProfile:
    counts = dict.fromkeys(YEARS, 0) | {YEARS[0]: people - long, YEARS[-1]: long}
    return GroupProfile(group, people, counts, *career, first)


# ---- what is said


def test_the_finding_comes_first(council: Person) -> None:
    told = said(council)
    first = (
        "Of 3 people treated for opiates in the 12 months to 31 July 2017, 33% (1) has been in treatment for six years"
    )
    assert first in told.split("Groups side by side")[0]
    assert "Status: provisional." in told
    assert "Of the 3 who were open on 31 July 2017, 33% (1) has been in treatment for six years or more." in told


def test_each_group_has_its_numbers_over_both_sets_of_people(council: Person) -> None:
    told = said(council)
    opiates = told.split("Opiates, as numbers ")[1].split("Alcohol, as numbers ")[0]
    assert "1 to 2 years 1 3 33.3% 1 3 33.3% 2 to 4 years 1 3 33.3% 1 3 33.3%" in opiates
    assert "6 years or more 1 3 33.3% 1 3 33.3%" in opiates
    assert "Had used for 21 years or more at triage 0 2 0.0% 0 2 0.0%" in opiates, "of whom the age is known"
    assert "In their first treatment 2 3 66.7% 2 3 66.7%" in opiates
    assert "Opiates 3 33.3% 0.0% 66.7%" in told.split("Groups side by side")[1], "the same in the overview"


def test_an_empty_denominator_is_said(council: Person) -> None:
    """Nobody of the alcohol group is open still, and whether they had used long is not known."""
    alcohol = said(council).split("Alcohol, as numbers ")[1].split("All groups")[0]
    assert "Under 1 year 1 1 100.0% 0 0 nobody to count" in alcohol
    assert "at triage 0 0 nobody to count 0 0 nobody to count" in alcohol
    told = said(council)
    assert "The age of first use is known of none of them, so it cannot be said how long they had used." in told
    assert "Nobody was open on 31 July 2017." in told


def test_small_numbers_are_said_to_be_small(council: Person) -> None:
    told = said(council)
    assert "Small numbers, which one person moves far: opiates, alcohol, all groups." in told
    assert "of 3 in the last 12 months, one person is 33 percentage points; of 3 open on the day" in told


def test_nobody_at_all_is_a_sentence_too(council: Person) -> None:
    told = said(council, area="E99")
    assert "Nothing is known of the area E99. There is" in told
    assert "Groups side by side" not in told


def test_nothing_of_others_is_set_beside_it_where_none_is_known(council: Person) -> None:
    told = said(council)
    assert "in 100 in the" not in told
    assert "Comparator The newest values of others that had been released by then" in told
    assert source(council).split("<main", 1)[-1].count("<form") == 1, "that of the dates: no number is asked for"


# ---- words


DAY = date(2017, 7, 31)
LONG, USED = "have been in treatment for six years or more", "had used for 21 years or more"


def test_sentences_of_a_large_group() -> None:
    group = CaseloadGroup("opiate", of(438, 232, (210, 420), 158), of(312, 190))
    assert sentences(group, "people", DAY) == [
        f"Of 438 people treated for opiates in the 12 months to 31 July 2017, 53% (232) {LONG}.",
        f"The age of first use is known of 420 of them: 50% (210) {USED} when they came to treatment.",
        "For 36% (158) it is the first treatment, as far as is known.",
        f"Of the 312 who were open on 31 July 2017, 61% (190) {LONG}.",
    ]
    assert few(group) == ""


@pytest.mark.parametrize(("long", "words"), [(0, "none have"), (1, "under 1% (1) has"), (999, "over 99% (999) have")])
def test_a_share_is_none_or_all_only_where_it_is(long: int, words: str) -> None:
    told = sentences(CaseloadGroup("all", of(1000, long), of(0, 0)), "people", DAY)
    assert f"Of 1,000 people in treatment in the 12 months to 31 July 2017, {words} been" in told[0]


def test_one_person_is_one_person() -> None:
    told = sentences(CaseloadGroup("no group", of(1, 1, (1, 1), 1), of(1, 1)), "young people", DAY)
    assert told[0].startswith("Of 1 young person treated for no known substance in the 12 months")
    assert told[-1].startswith("Of the 1 who was open on 31 July 2017, 100% (1) has been")


def test_from_what_number_on_nothing_is_said_of_small_numbers() -> None:
    assert few(CaseloadGroup("opiate", of(FEW, 0), of(FEW - 1, 0))) == (
        "Small numbers: of 19 open on the day, one person is 5 percentage points."
    )


def test_groups_stand_in_the_order_of_the_kpis_and_all_together_last() -> None:
    rows = tuple(of(2, 1, group=group) for group in ("alcohol", "opiate", "no group", "all"))
    found = groups_of(CaseloadProfile(None, rows, (of(0, 0, group="all"),)))  # type: ignore[arg-type]
    assert [group.heading for group in found] == ["Opiates", "Alcohol", "No group", "All groups"]
    assert lead(found, "people", DAY).startswith("Of 2 people treated for opiates")
    nobody = (of(0, 0, group="all"),)
    assert groups_of(CaseloadProfile(None, nobody, nobody)) == []  # type: ignore[arg-type]


# ---- who, where from, where to


@without_a_server
def test_a_provider_sees_its_own_agency_alone(app: Flask, council: Person) -> None:
    an_account(app, "Pat", Role.PROVIDER, "H0001")
    pat = a_person(app, "Pat")
    assert "Of 2 people treated for opiates" in said(pat, agency="H0001")
    assert "H0002" not in said(pat, agency="H0001"), "of coverage its own part alone"
    assert "Shown for your own agency only" in source(pat, 422)
    source(pat, 404, agency="H0002")


@without_a_server
def test_it_is_found_from_the_pages_that_it_explains(council: Person) -> None:
    for path in ("/", "/figures/N.treatment", "/figures/N.open", "/worklists/six-years-or-more"):
        page = council.client.get(path, query_string=JULY | {"agency": "H0001"}).get_data(as_text=True)
        assert '"/profile?as_of=2017-07-31&amp;known_at=2017-08-15&amp;agency=H0001"' in page, path
    for path in ("/figures/4.0", "/worklists/silent"):
        assert "/profile?" not in council.client.get(path, query_string=JULY).get_data(as_text=True), path


@without_a_server
def test_it_leads_to_the_worklist_of_who_has_been_long_in_treatment(council: Person) -> None:
    page = source(council)
    assert "/worklists/six-years-or-more?as_of=2017-07-31&amp;known_at=2017-08-15" in page


@without_a_server
def test_its_tables_leave_as_files(council: Person) -> None:
    workbook = council.client.get("/exports/xlsx/profile", query_string=JULY)
    assert workbook.status_code == 200
    sheets = zipfile.ZipFile(io.BytesIO(workbook.data)).read("xl/workbook.xml").decode()
    names = ["In the last 12 months", "Open on the day", "Opiates, as numbers", "Alcohol, as numbers"]
    assert all(f'name="{sheet}"' in sheets for sheet in names)
    files = zipfile.ZipFile(io.BytesIO(council.client.get("/exports/csv/profile", query_string=JULY).data))
    (opiates,) = [one for one in files.namelist() if "opiates" in one]
    lines = files.read(opiates).decode("utf-8-sig").splitlines()
    assert lines[0].startswith('"Years in treatment, and what came before",In the last 12 months,Of,Percentage,Open on')
    assert any(line.startswith("6 years or more,1,3,33.3,1,3,33.3,") for line in lines)
