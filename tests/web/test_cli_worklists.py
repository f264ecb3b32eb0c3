"""`recount worklist` and `recount data-quality` over files: what the log alone does not show, and what is printed."""

from collections import Counter
from contextlib import closing
from datetime import date
from typing import Any

import pytest

from domain.log.database import reading
from projections.standings.cache import StandingsCache
from projections.standings.slices import Slice
from projections.worklists import WORKLISTS, day_lists, worklist_named, worklists
from projections.worklists.fields_filled import START_COLUMNS, TOP_COLUMNS
from tests.unit.intake.files import REVIEW, row, write, write_reviews
from web.auth.roles import Reach
from web.auth.viewer import Own, Viewer
from web.files.schemas import START_DETAILS, TOP_ANSWERS
from web.queries.records.worklists import WorklistQuery, lists_of_day, worklist
from web.services import Services
from web.settings import Settings
from web.snapshot import Snapshot

from .conftest import CommandLine

IN_JANUARY = {"REFLD": "2017-01-02", "TRIAGED": "2017-01-09", "MODST": "2017-01-16"}


def take_in(
    recount: CommandLine, received_on: str, rows: list[dict[str, str]], month: str, agency: str = "H0001"
) -> Any:
    """A file of a month of 2017, written as MM."""
    last = {"01": "31", "02": "28", "03": "31"}[month]
    its = [{**one, "AGNCY": agency} for one in rows]
    path = write(recount.folder, its, first=f"2017{month}01", last=f"2017{month}{last}", agency=agency)
    return recount("submit", "--received-on", received_on, path)


def numbers(recount: CommandLine, name: str, *options: str) -> list[str]:
    """The agency's numbers of those on a list."""
    return [one["client_reference"] for one in recount.json("worklist", name, *options)["rows"]]


# ---- two people or one


def people() -> list[dict[str, str]]:
    """Q Z of 1980 in every spelling, and two who only look alike."""
    others = {
        "C2": {"FINITIAL": "X"},
        "C3": {"DOB": "1981-05-17"},
        "C4": {"SEX": "M"},
        "C5": {"FINITIAL": "X", "SINITIAL": "Y"},
    }
    return [row(), *(row(CLIENT=client, **said) for client, said in others.items())]


def test_who_differs_in_one_element_may_be_one_person(recount: CommandLine) -> None:
    """C1 and C2 differ in the first initial, C1 and C4 in the sex; C2 and C5 in the surname's initial.

    C3 was born on another day: initials and sex alone are those of thousands. C2 and C4 differ in two elements.
    """
    take_in(recount, "2017-02-10", people(), "01")
    found = recount.json("worklist", "two-or-one", "--as-of", "2017-01-31")["rows"]
    pairs = {frozenset({one["client_reference"], one["beside"]["client_reference"]}): one["because"] for one in found}
    assert sorted(map(sorted, pairs)) == [["C1", "C2"], ["C1", "C4"], ["C2", "C5"]]
    assert len(found) == 3
    assert pairs[frozenset({"C1", "C4"})] == (
        "Client C1 of H0001, known since 2 Jan 2017, and client C4 of H0001, known since 2 Jan 2017, differ in "
        "the sex alone, of initials, date of birth and sex."
    )


def test_an_agency_s_number_of_two_people(recount: CommandLine) -> None:
    """It is enough that one of them was in treatment in the last 12 months."""
    long_ago = {"REFLD": "2015-01-02", "TRIAGED": "2015-01-09", "MODST": "2015-01-16", "MODEND": "2015-02-01"}
    before = row(EPISODID="0", DOB="1981-01-01", DISD="2015-02-01", DISRSN="80", **long_ago)
    take_in(recount, "2017-02-10", [row(), before], "01")
    (one,) = recount.json("worklist", "two-or-one", "--as-of", "2017-01-31")["rows"]
    assert one["because"].endswith("have one number there, and differ in initials, date of birth or sex.")
    assert {one["episode_reference"], one["beside"]["episode_reference"]} == {"0", "1"}
    assert numbers(recount, "two-or-one", "--as-of", "2018-01-31") == ["C1"]
    take_in(recount, "2018-03-10", [row(DISD="2017-02-01", DISRSN="80", MODEND="2017-02-01")], "03")
    assert numbers(recount, "two-or-one", "--as-of", "2018-01-31") == ["C1"]
    assert numbers(recount, "two-or-one", "--as-of", "2018-02-01") == []


def test_a_pair_at_two_agencies_is_the_commissioner_s(recount: CommandLine) -> None:
    """Each agency's list names its own side; a provider of one of them is not told whom the other knows."""
    take_in(recount, "2017-02-10", [row()], "01")
    take_in(recount, "2017-02-10", [row(CLIENT="C2", FINITIAL="X")], "01", agency="H0002")
    on = ("--as-of", "2017-01-31")
    assert numbers(recount, "two-or-one", *on, "--agency", "H0001") == ["C1"]
    assert numbers(recount, "two-or-one", *on, "--agency", "H0002") == ["C2"]
    assert rows_shown(recount, "two-or-one", ["H0001"]) == 0
    assert rows_shown(recount, "two-or-one", ["H0001", "H0002"]) == 1


def rows_shown(recount: CommandLine, name: str, own: Own) -> int:
    services = Services(Settings.from_environment(recount.settings))
    try:
        with services.snapshot() as snapshot:
            query = WorklistQuery(worklist_named(name), date(2017, 1, 31))
            rows = worklist(snapshot, Viewer(Reach.OWN, frozenset(own)), query).rows
            assert {episode.agency for row in rows for episode in (row, row.beside or row)} <= set(own)
            return len(rows)
    finally:
        services.close()


# ---- files


def test_not_in_the_latest_file(recount: CommandLine) -> None:
    """From the receipt of the file that should have had it, to that of the one that has it again."""
    both = [row(), row(CLIENT="C2", SINITIAL="Y")]
    take_in(recount, "2017-02-10", both, "01")
    take_in(recount, "2017-03-10", both[:1], "02")
    take_in(recount, "2017-04-10", both, "03")
    for known_at, expected in (("2017-03-09", []), ("2017-03-10", ["C2"]), ("2017-04-10", [])):
        assert numbers(recount, "not-in-latest-file", "--as-of", "2017-02-28", "--known-at", known_at) == expected
    (one,) = recount.json("worklist", "not-in-latest-file", "--as-of", "2017-02-28", "--known-at", "2017-03-31")["rows"]
    assert one["days"] == 21
    assert one["because"].startswith("Known as open, and not in the file of 10 Mar 2017, nor in any since:")


def test_a_low_dose_comes_from_a_review_file(recount: CommandLine) -> None:
    take_in(recount, "2017-02-10", [row(REFLD="2016-01-04", TRIAGED="2016-01-04", MODST="2016-01-04")], "01")
    reviews = write_reviews(recount.folder, [{**REVIEW, "WHAT": "medical", "LOWDOSE": "Y"}])
    recount("submit", "--received-on", "2017-02-10", reviews)
    assert numbers(recount, "ready-to-review", "--as-of", "2017-01-19") == []
    assert numbers(recount, "ready-to-review", "--as-of", "2017-01-20") == ["C1"]


# ---- brought up


def test_what_a_process_keeps_is_brought_up_by_each_file(
    embedded: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pairs with somebody of whom the file says nothing, who is missing from it, and whose consent is unclear: what is
    kept of one day is what all the files say, whether it was brought up or is read one person after the other.
    """
    monkeypatch.setattr(day_lists, "READ_AT_ONCE", 1)
    services = Services(Settings.from_environment(embedded.settings))
    cache, filled = StandingsCache(), Counter[str]()

    def check() -> dict[str, int]:
        with reading(services.engine) as connection:
            snapshot = Snapshot.of(connection, services.mapper, cache)
            assert snapshot.loaded
            at = snapshot.standpoint(date(2017, 3, 31))
            source = (connection, services.mapper, snapshot.generation, snapshot.loaded.engine)
            found = worklists(*source, WORKLISTS, at, Slice())
            for lists in (lists_of_day(snapshot, at.as_of, at.position), day_lists.day_lists(*source, at)):
                assert {one.name: lists.rows(one, at.known_at, Slice()) for one in WORKLISTS} == found
            filled.update(name for name, rows in found.items() if rows)
            return {name: len(rows) for name, rows in found.items()}

    first, near, third = row(), row(CLIENT="C2", FINITIAL="X"), row(CLIENT="C3", DOB="1999-09-09", SEX="M")
    of_number = row(CLIENT="C3", EPISODID="0", DOB="1988-08-08", SEX="M", SINITIAL="B")
    with closing(services):
        take_in(embedded, "2017-02-10", [first, third], "01")
        assert check()["two-or-one"] == 0
        take_in(embedded, "2017-02-11", [near], "01", agency="H0002")
        assert check()["two-or-one"] == 1
        take_in(embedded, "2017-03-10", [first, third, of_number], "02")
        assert check()["two-or-one"] == 2
        take_in(embedded, "2017-03-11", [{**near, "FINITIAL": "Y", "SINITIAL": "Y"}], "02", agency="H0002")
        assert check()["two-or-one"] == 1
        take_in(embedded, "2017-04-10", [{**first, "CONSENT": "?"}, {**third, "TRIAGED": "2017-03-01"}], "03")
        check()
        take_in(embedded, "2017-07-10", [first], "03")
        check()
    assert {"two-or-one", "not-in-latest-file", "consent-unclear", "silent", "another-person"} <= filled.keys()


# ---- what is printed


def test_a_worklist_for_people(embedded: CommandLine) -> None:
    take_in(embedded, "2017-02-10", [row()], "01")
    printed = embedded("worklist", "start-tops-due", "--as-of", "2017-01-20").stdout
    assert "Start TOPs due: 1 row\n" in printed
    assert "H0001: C1/1" in printed
    assert "the last useful day is 30 Jan 2017, in 10 days." in printed
    assert "Nothing is on this list." in embedded("worklist", "start-tops-due", "--as-of", "2017-01-31").stdout


def test_every_worklist_with_how_many_are_on_it(embedded: CommandLine) -> None:
    take_in(embedded, "2017-02-10", [row()], "01")
    found = embedded.json("worklist", "--list", "--as-of", "2017-01-20")["worklists"]
    assert {one["name"]: one["rows"] for one in found if one["rows"]} == {
        "plans-overdue": 1,
        "risks-overdue": 1,
        "start-tops-due": 1,
    }
    assert "start-tops-due" in embedded("worklist", "--list", "--as-of", "2017-01-20").stdout


def test_wrong_use(embedded: CommandLine) -> None:
    assert (
        "There is no worklist 'x'. There are plans-overdue,"
        in embedded("worklist", "x", "--as-of", "2017-01-20", code=2).stderr
    )
    for arguments in ([], ["waiting", "--list"]):
        assert "and not both" in embedded("worklist", *arguments, "--as-of", "2017-01-20", code=2).stderr


# ---- data quality


def months(recount: CommandLine, *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = recount.json("data-quality", "--from", "2017-01-01", "--to", "2017-03-31", *options)[
        "months"
    ]
    return found


@pytest.mark.parametrize(("received_on", "state", "late"), [("2017-02-15", "in time", 0), ("2017-02-16", "late", 1)])
def test_a_file_is_due_15_days_after_the_month(embedded: CommandLine, received_on: str, state: str, late: int) -> None:
    take_in(embedded, received_on, [row()], "01")
    january = months(embedded)[0]
    assert (january["state"], january["received_on"], january["days_late"]) == (state, received_on, late)


@pytest.mark.parametrize(
    ("known_at", "state", "late"), [("2017-03-15", "not due yet", 0), ("2017-03-16", "missing", 1)]
)
def test_a_file_that_has_not_come(embedded: CommandLine, known_at: str, state: str, late: int) -> None:
    """February's is owed, since somebody is in treatment."""
    take_in(embedded, "2017-02-10", [row()], "01")
    february = months(embedded, "--known-at", known_at)[1]
    assert (february["month"], february["state"], february["days_late"]) == ("2017-02-28", state, late)
    assert (february["received_on"], february["rejection_rate"], february["days_to_report"]) == (None, None, None)


def test_nothing_is_owed_where_nobody_is_in_treatment(embedded: CommandLine) -> None:
    take_in(embedded, "2017-02-10", [row(DISD="2017-01-25", DISRSN="80", MODEND="2017-01-25")], "01")
    assert [one["month"] for one in months(embedded)] == ["2017-01-31"]


def test_what_was_in_a_month_s_file(recount: CommandLine) -> None:
    """Rows rejected by code, facts by what became of them, and days to report of what was said for the first time."""
    take_in(recount, "2017-02-10", [row(), row(CLIENT="C2", SINITIAL="Y")], "01")
    ended = row(DISD="2017-02-18", DISRSN="80", MODEND="2017-02-17")
    wrong = row(CLIENT="C3", SINITIAL="X", TRIAGED="2017-02-30")
    take_in(recount, "2017-03-10", [ended, wrong], "02")
    january, february, march = months(recount)
    assert january["days_to_report"] is None, "everything is new in a first file"
    assert (january["rows"], january["new"], january["rejected_rows"]) == (2, 6, 0)
    assert (february["rows"], february["rejected_rows"], february["rejection_rate"]) == (2, 1, 50.0)
    assert february["rejected"] == {"date-impossible": 1}
    assert (february["new"], february["amended"], february["withdrawn"], february["not_in_file"]) == (2, 0, 0, 1)
    assert february["days_to_report"] == {"facts": 2, "median": 20, "ninetieth": 21}
    assert (march["files"], march["state"]) == (0, "not due yet")
    before = months(recount, "--known-at", "2017-03-09")
    assert (before[1]["files"], before[1]["rows"]) == (0, 0), "a past day knows nothing of a file to come"


def test_which_fields_are_filled_in(recount: CommandLine) -> None:
    """Of those in treatment in the last 12 months, by agency; one discharged longer ago is not looked at."""
    long_ago = {"REFLD": "2015-01-02", "TRIAGED": "2015-01-09", "MODST": "2015-01-16", "MODEND": "2015-02-01"}
    top = {"TOPID": "T1", "TOPDATE": "2017-01-20", "TRSTAGE": "S", "OPIUSE": "0"}
    rows = [
        row(PREVTR="N", DRUG1AGE="15", CPLANDT="2017-01-20", **top),
        row(CLIENT="C2", SINITIAL="Y", REFLD="NA", FAOMODDT="2017-01-10"),
        row(CLIENT="C9", SINITIAL="W", PREVTR="Y", DISD="2015-02-01", DISRSN="80", **long_ago),
    ]
    take_in(recount, "2017-02-10", rows, "01")
    take_in(recount, "2017-02-10", [row(CLIENT="D1", SINITIAL="V")], "01", agency="H0002")
    found = recount.json("data-quality", "--from", "2017-01-01", "--to", "2017-01-31", "--agency", "H0001")["fields"]
    filled = {one["column"]: (one["filled"], one["records"]) for one in found}
    assert {one["agency"] for one in found} == {"H0001"}
    assert filled["PREVTR"] == filled["REFLD"] == filled["DRUG1AGE"] == filled["CPLANDT"] == (1, 2)
    assert filled["DAT"] == (2, 2)
    assert (filled["FAOMODDT"], filled["MODEXIT"]) == ((1, 2), (0, 0))
    assert (filled["OPIUSE"], filled["ALCUSE"]) == ((1, 1), (0, 1))


def test_an_agency_s_fields_are_the_same_asked_for_alone(embedded: CommandLine) -> None:
    """Also of somebody who went on to another agency within the year."""
    left = {"DISD": "2017-01-25", "DISRSN": "80", "MODEND": "2017-01-25"}
    again = {"REFLD": "2017-02-01", "TRIAGED": "2017-02-20", "MODST": "2017-02-20"}
    take_in(embedded, "2017-02-10", [row(**left)], "01")
    take_in(embedded, "2017-03-10", [row(**again)], "02", agency="H0002")
    period = ("data-quality", "--from", "2017-02-01", "--to", "2017-02-28")
    alone, together = (embedded.json(*period, *agency)["fields"] for agency in (("--agency", "H0001"), ()))
    assert alone == [one for one in together if one["agency"] == "H0001"]
    assert {one["records"] for one in alone if one["of"] == "episodes"} == {1}


def test_the_columns_looked_at_are_those_of_the_file() -> None:
    assert (START_COLUMNS, TOP_COLUMNS) == (START_DETAILS, TOP_ANSWERS)


def test_data_quality_for_people(embedded: CommandLine) -> None:
    take_in(embedded, "2017-02-16", [row()], "01")
    printed = embedded("data-quality", "--from", "2017-01-01", "--to", "2017-01-31").stdout
    assert "late, 16 Feb 2017, 1 day late" in printed
    assert "PREVTR" in printed
    nothing = embedded("data-quality", "--from", "2015-01-01", "--to", "2015-01-31").stdout
    assert "No file was due in these months, and none came." in nothing


def test_at_most_ten_years_are_asked_for(embedded: CommandLine) -> None:
    said = embedded("data-quality", "--from", "2000-01-01", "--to", "2017-01-31", code=2).stderr
    assert "Ask for 120 months at most; these are 205." in said
