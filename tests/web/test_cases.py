"""Small files as case-management systems write them, and what is right: a line for each folder of `tests/cases`.

A case is taken in by command, file by file, each received on the 12th of the month after its last day. Its figures are
as of the last file's last day; a proportion is written "2 of 6" and a count "8".
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from .conftest import CommandLine

FOLDER = Path(__file__).parents[1] / "cases"


@dataclass(frozen=True)
class Case:
    """The files of a folder, and the right answers once they are in.

    `options` go with the last file, `slice_` with the figures; where it is an area, those in none stand beside them.
    `says` are fields of the last file's submission, as JSON; `notices` and `rejected` its codes with how often each is
    there, without the columns that are not read.
    """

    folder: str
    figures: Mapping[str, str]
    options: tuple[str, ...] = ()
    slice_: tuple[str, ...] = ()
    says: Mapping[str, Any] = field(default_factory=dict)
    notices: Mapping[str, int] = field(default_factory=dict)
    rejected: Mapping[str, int] = field(default_factory=dict)


WITHOUT_1004 = {"4.0": "2 of 5", "4.2": "1 of 2", "N.treatment": "7", "N.open": "4"}
REFUSED = {"consent_refused": 1, "left_out": 1, "erased": 1, "not_in_file": 0, "new": 0}

TWICE = {"4.0": "2 of 6", "N.treatment": "8", "N.open": "5", "R.plan": "0 of 9", "R.risk": "0 of 9"}
RIGHT = {"4.0": "1 of 6", "4.2": "1 of 2", "N.treatment": "8"}
"""Where the first client is C1, whose treatment for opiates goes on."""
NOT_STRUCTURED = {"4.0": "1 of 5", "4.2": "1 of 2", "N.treatment": "7", "W.waiting": "1"}
ALL = {"4.0": "2 of 6", "4.2": "1 of 2", "N.treatment": "8", "N.open": "5"}


CASES = (
    Case("consent1", WITHOUT_1004, says=REFUSED, notices={"no-consent": 1}),
    Case("consent2_lower_n", WITHOUT_1004, says=REFUSED, notices={"no-consent": 1}),
    Case(
        "consent4_complete_with_N",
        {"4.0": "2 of 4", "4.2": "1 of 2", "N.treatment": "6", "N.open": "3"},
        options=("--complete",),
        says=REFUSED | {"withdrawn_episodes": [{"client_reference": "1005", "episode_reference": "5", "since": None}]},
        notices={"no-consent": 1},
    ),
    # What becomes of these once they are joined or handed over is in `test_rekey`.
    Case("ids1_zero_lost", TWICE, notices={"known-under-another-reference": 5}),
    Case("ag1_agency_code_changed", TWICE, notices={"known-at-another-agency": 5}),
    Case("ids3_ref_reused_same_episode", {"4.0": "2 of 6", "R.plan": "0 of 5"}, notices={"another-person": 1}),
    Case("m1_modal_9_outreach_only", NOT_STRUCTURED),
    Case("m4_modal_7_aftercare", NOT_STRUCTURED),
    Case("m5_modal_76_alc_bi", NOT_STRUCTURED),
    Case("m8_top_no_stage", RIGHT, notices={"top-unread": 1}),
    Case("c9_disd_no_reason", RIGHT | {"N.open": "5"}, notices={"reason-missing": 1}),
    Case("d5_mysql_zero", RIGHT | {"N.open": "6"}),
    Case("d2_short_slash", RIGHT),
    Case("r3_care_plan_differs_per_row", ALL | {"R.plan": "1 of 5"}, notices={"rows-differ": 1}),
    Case(
        "rfls_criminal_justice", {"4.0": "2 of 3", "4.2": "1 of 1", "N.treatment": "4"}, slice_=("--criminal-justice",)
    ),
    Case("s1b_dat_missing_area", ALL),
    Case("s1b_dat_missing_area", {"4.0": "2 of 5, 1 in no area"}, slice_=("--area", "F06B")),
    Case("p08_treated_after_death", {"4.0": "0 of 1", "N.open": "1"}, notices={"treated-after-death": 1}),
)

REFUSED_WHOLE = {
    "d1_excel_dates": ("no-accepted-row", ("DOB is written as DD-Mon-YY", "this was saved by Excel")),
}
"""Folders whose file is refused, with the code and words of the sentence."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.folder)
def test_a_case_has_its_right_answer(embedded: CommandLine, case: Case) -> None:
    *earlier, last = sorted((FOLDER / case.folder).glob("*.csv"))
    for file in earlier:
        take_in(embedded, file)
    submission = take_in(embedded, last, *case.options)
    assert {name: submission[name] for name in case.says} == case.says
    assert codes(submission["notices"]) == case.notices
    assert codes(submission["rejected"]) == case.rejected
    assert figures(embedded, last_day(last), case.figures, *case.slice_) == case.figures
    assert submission["kept_out"] == {"episodes": 0, "new": 0}
    # The reference engine counts the same.
    assert embedded.json("verify", "--standpoints", "2")["holds"]


@pytest.mark.parametrize("folder", REFUSED_WHOLE)
def test_a_case_is_refused_with_its_cause(embedded: CommandLine, folder: str) -> None:
    (file,) = (FOLDER / folder).glob("*.csv")
    code, sentence = REFUSED_WHOLE[folder]
    received_on = last_day(file) + timedelta(days=12)
    refused = embedded.json("submit", file, "--received-on", received_on, code=1)["refused"]
    assert (refused["code"], refused["file"]) == (code, file.name)
    assert all(words in refused["message"] for words in sentence)


def test_every_folder_is_a_case() -> None:
    assert {*(case.folder for case in CASES), *REFUSED_WHOLE} == {
        path.name for path in FOLDER.iterdir() if path.is_dir()
    }


def take_in(recount: CommandLine, file: Path, *options: str) -> dict[str, Any]:
    received_on = (last_day(file) + timedelta(days=12)).isoformat()
    (submission,) = recount.json("submit", file, "--received-on", received_on, *options)["submissions"]
    return dict(submission)


def last_day(file: Path) -> date:
    return date.fromisoformat(file.name.split("-")[2])


def codes(said: list[dict[str, Any]]) -> dict[str, int]:
    return dict(Counter(one["code"] for one in said if one["code"] != "column-unread"))


def figures(recount: CommandLine, as_of: date, measures: Mapping[str, str], *slice_: str) -> dict[str, str]:
    options = [option for measure in measures for option in ("--measure", measure)]
    found = recount.json("figures", "--as-of", as_of, *options, *slice_)["figures"]
    return {one["measure"]: written(one) for one in found}


def written(figure: Mapping[str, Any]) -> str:
    counted, among = figure["numerator"], figure["denominator"]
    beside = f", {figure['in_no_area']} in no area" if figure["in_no_area"] else ""
    return (str(counted) if among is None else f"{counted} of {among}") + beside


def test_who_is_treated_after_death_is_on_a_worklist(embedded: CommandLine) -> None:
    for file in sorted((FOLDER / "p08_treated_after_death").glob("*.csv")):
        take_in(embedded, file)
    (row,) = embedded.json("worklist", "treated-after-death", "--as-of", "2016-12-31")["rows"]
    assert row["days"] == 92
    assert "N0852 says that the person died on 1 Jun 2016 (89)" in row["because"]
    assert "N0900 that treatment began on 1 Sep 2016" in row["because"]
    assert not embedded.json("worklist", "treated-after-death", "--as-of", "2016-08-31")["rows"]


def test_beside_the_figures_of_an_area_stands_who_is_in_none(embedded: CommandLine) -> None:
    (file,) = (FOLDER / "s1b_dat_missing_area").glob("*.csv")
    take_in(embedded, file)
    said = embedded("figures", "--as-of", "2016-07-31", "--measure", "4.0", "--area", "F06B").stdout
    assert "1 in no area: no DAT is on record, so this one counts in none." in " ".join(said.split())
    assert "in no area" not in embedded("figures", "--as-of", "2016-07-31", "--measure", "4.0").stdout


def test_the_slice_of_criminal_justice_says_its_referral_sources(embedded: CommandLine) -> None:
    (file,) = (FOLDER / "rfls_criminal_justice").glob("*.csv")
    take_in(embedded, file)
    said = embedded("figures", "--as-of", "2016-07-31", "--measure", "4.0", "--criminal-justice").stdout
    assert "referred by criminal justice (RFLS 5, 6, 8, 13, 69, 70, 71, 80, 81)" in " ".join(said.split())
