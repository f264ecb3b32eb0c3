"""The caseload profile, from files: lengths at both ends of each, careers, first treatment, by group."""

from typing import Any

import pytest

from tests.unit.intake.files import row, write

from .conftest import CommandLine

AS_OF = ("--as-of", "2017-07-31")


def people(**columns: str) -> list[dict[str, str]]:
    """A client a value of the columns, each a word: the first client has all first words."""
    words = {name: value.split() for name, value in columns.items()}
    count = len(next(iter(words.values())))
    return [_person(number, {name: its[number] for name, its in words.items()}) for number in range(count)]


def _person(number: int, said: dict[str, str]) -> dict[str, str]:
    triaged = said.get("TRIAGED", "2017-01-09")
    dates = {"TRIAGED": triaged, "REFLD": triaged, "MODST": triaged}
    letter = chr(ord("A") + number)
    return row(**(dates | {"CLIENT": f"C{number}", "MODID": f"M{number}", "SINITIAL": letter} | said))


def profile(embedded: CommandLine, rows: list[dict[str, str]], of: str = "open_on_the_day") -> dict[str, Any]:
    """The profile of all groups together, once the rows are in."""
    embedded("submit", "--received-on", "2017-08-09", write(embedded.folder, rows, first="20170701", last="20170731"))
    found: dict[str, Any] = embedded.json("profile", *AS_OF)[of][-1]
    return found


@pytest.mark.parametrize(
    ("triaged", "length"),
    [
        ("2016-08-01", "under 1 year"),
        ("2016-07-31", "1 to 2 years"),
        ("2015-08-01", "1 to 2 years"),
        ("2015-07-31", "2 to 4 years"),
        ("2013-08-01", "2 to 4 years"),
        ("2013-07-31", "4 to 6 years"),
        ("2011-08-01", "4 to 6 years"),
        ("2011-07-31", "6 years or more"),
    ],
)
def test_years_in_treatment(embedded: CommandLine, triaged: str, length: str) -> None:
    """A year has passed on the same day of the next one."""
    found = profile(embedded, people(TRIAGED=triaged))["years_in_treatment"]
    assert {name for name, count in found.items() if count} == {length}


def test_an_ended_journey_is_as_long_as_it_was(embedded: CommandLine) -> None:
    """It is among the people of the last 12 months, and not among those open on the day."""
    rows = people(TRIAGED="2015-09-01", DISD="2016-08-31", DISRSN="80", MODEND="2016-08-31")
    assert profile(embedded, rows, "in_twelve_months")["years_in_treatment"]["under 1 year"] == 1
    assert embedded.json("profile", *AS_OF)["open_on_the_day"][-1]["people"] == 0


def test_a_career_runs_from_first_use_to_triage(embedded: CommandLine) -> None:
    """Triaged in January 2017 at 36: first use at 15 is a career of 21 years, at 16 of 20; unknown is left out."""
    found = profile(embedded, people(DRUG1AGE="15 16 NA"))
    assert (found["people"], found["long_career"], found["career_known"]) == (3, 1, 2)


def test_first_treatment_is_without_an_earlier_journey_and_not_said_otherwise(embedded: CommandLine) -> None:
    """PREVTR N, or nothing, and no earlier journey: first; PREVTR Y, or a journey that ended before: not."""
    rows = people(PREVTR="N NA Y N")
    earlier = {"TRIAGED": "2015-01-05", "REFLD": "2015-01-05", "MODST": "2015-01-05", "MODEND": "2015-06-01"}
    rows.append({**rows[3], **earlier, "EPISODID": "before", "MODID": "M9", "DISD": "2015-06-01", "DISRSN": "85"})
    found = profile(embedded, rows)
    assert (found["people"], found["first_treatment"]) == (4, 2)


def test_groups_are_told_apart(embedded: CommandLine) -> None:
    """A row a group that has anybody, then one for all."""
    rows = people(DRUG1="1001 7000 4000")
    path = write(embedded.folder, rows, first="20170701", last="20170731")
    embedded("submit", "--received-on", "2017-08-09", path)
    found = embedded.json("profile", *AS_OF)["open_on_the_day"]
    assert [(group["group"], group["people"]) for group in found] == [
        ("opiate", 1),
        ("non-opiate", 1),
        ("alcohol", 1),
        ("all", 3),
    ]
