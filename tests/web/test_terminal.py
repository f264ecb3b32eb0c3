"""What people see: words, and tables that fit."""

import subprocess
import sys
from datetime import date
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from domain.periods import Period
from domain.standpoint import Standpoint
from projections.standings.engine import Waiting
from projections.standings.slices import Slice
from projections.store.submissions import Coverage
from projections.timeliness.later_moves import LaterMoves
from web.presenters import text as words
from web.presenters.console import UNFOLDED, output, print_table, progress
from web.presenters.tables import Column, Table

JULY = Standpoint(date(2017, 7, 31), date(2017, 8, 15), 7)
COLUMNS = (Column("KPI"), Column("measure", folds=True), Column("of", number=True))
ROWS = [("4.0", "Successful completions: opiate", "438"), ("4.1", "Successful completions: non-opiate", "")]


def printed(width: int) -> str:
    console = Console(file=StringIO(), width=width)
    print_table(console, Table(COLUMNS, ROWS))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def covered(coverage: Coverage, standpoint: Standpoint) -> Any:
    return SimpleNamespace(
        coverage=coverage,
        status=coverage.status,
        files_status=coverage.status,
        days_covered=coverage.files,
        standpoint=standpoint,
    )


@pytest.mark.parametrize("width", [24, 30, 40, 80, UNFOLDED])
def test_no_word_is_cut_at_any_width(width: int) -> None:
    text = printed(width)
    assert "…" not in text
    assert {"Successful", "completions:", "non-opiate", "438"} <= set(text.split())
    assert max(map(len, text.splitlines())) <= width


def test_what_is_too_narrow_for_a_table_gets_lines() -> None:
    lines = printed(20).splitlines()
    assert lines[:3] == ["KPI      4.0", "measure  Successful completions: opiate", "of       438"]


def test_what_is_no_terminal_is_not_folded(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(output(), Table(COLUMNS, ROWS))
    text = capsys.readouterr().out
    assert "4.1  Successful completions: non-opiate" in text
    assert "\x1b" not in text


def test_no_bar_where_nobody_watches() -> None:
    with progress("a file") as come:
        assert come is None


@pytest.mark.parametrize(
    ("coverage", "said"),
    [
        (Coverage(("A", "B"), ("B",), "incomplete"), "Status: incomplete. No file from B covers 31 July 2017."),
        (Coverage(("A", "B", "C"), ("A", "B"), "incomplete"), "No file from A or B covers"),
        (Coverage(("A",), (), "incomplete"), "A file of another agency, which covers 31 July 2017, has not come yet."),
        (Coverage(("A",), (), "provisional"), "Files from A cover 31 July 2017, but not all go on for another month."),
        (
            Coverage(("A", "B", "C"), (), "complete"),
            "Status: complete. Files from A, B and C cover 31 July 2017, and go on",
        ),
        (Coverage((), (), "complete"), "Files from all agencies cover"),
    ],
)
def test_what_a_figure_rests_on(coverage: Coverage, said: str) -> None:
    assert said in words.status(covered(coverage, JULY))


def test_before_the_first_file_a_figure_rests_on_nothing() -> None:
    nothing = Standpoint(JULY.as_of, None, 0)
    assert words.status(covered(Coverage((), (), None), nothing)) == (
        "No file covers 31 July 2017. Nothing had been received yet."
    )
    assert words.status(covered(Coverage((), (), None), JULY)) == (
        "No file covers 31 July 2017. No monthly file had been received yet."
    )


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        (("2013-04-01", "2017-06-30"), "No file covers 31 July 2017; files reach 30 June 2017."),
        (("2017-08-01", "2017-09-30"), "No file covers 31 July 2017; files begin on 1 August 2017."),
        (("2013-04-01", "2017-07-31"), ""),
    ],
)
def test_of_a_day_that_no_file_covers_it_is_said_which_are(files: tuple[str, str], sentence: str) -> None:
    assert words.silence_of_day(JULY, Period(*map(date.fromisoformat, files))) == sentence


@pytest.mark.parametrize(
    ("moves", "sentence"),
    [
        (LaterMoves(24, 5, 1, 2), "Of 24 such figures, 5 moved later, by 1 or 2 people."),
        (LaterMoves(24, 1, 1, 1), "Of 24 such figures, 1 moved later, by 1 person."),
        (LaterMoves(1, 1, 3, 3), "Of 1 such figure, 1 moved later, by 3 people."),
        (LaterMoves(24, 7, 1, 4), "Of 24 such figures, 7 moved later, by 1 to 4 people."),
        (LaterMoves(24, 0, None, None), "Of 24 such figures, none moved later."),
        (LaterMoves(0, 0, None, None), ""),
    ],
)
def test_how_far_complete_figures_moved_later(moves: LaterMoves, sentence: str) -> None:
    assert words.later_moves(moves) == sentence


@pytest.mark.parametrize(
    ("standpoint", "said"),
    [
        (JULY, "As of 31 July 2017, as known on 15 August 2017."),
        (Standpoint(date(2017, 7, 31), None, 7), "As of 31 July 2017."),
        (Standpoint(date(2017, 7, 31), None, 0), "As of 31 July 2017; nothing had been received yet."),
        (Standpoint(date(2017, 7, 31), date(2017, 1, 1), 0), "As of 31 July 2017; nothing known on 1 January 2017."),
    ],
)
def test_a_standpoint(standpoint: Standpoint, said: str) -> None:
    assert words.standpoint(standpoint) == said


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (Slice(), "All areas, all agencies."),
        (Slice(area="EX01"), "Area EX01, all agencies."),
        (
            Slice(agency="H1", young_people=True),
            "All areas, journeys with an episode at H1, young people in place of adults.",
        ),
        (
            Slice(criminal_justice=True),
            "All areas, all agencies, referred by criminal justice (RFLS 5, 6, 8, 13, 69, 70, 71, 80, 81).",
        ),
    ],
)
def test_whose_figures(where: Slice, said: str) -> None:
    assert words.slice_of(where) == said


@pytest.mark.parametrize(
    ("who", "said"),
    [
        (Waiting(0, None), "Nobody still waits for treatment to start."),
        (Waiting(1, 1), "1 person still waits for treatment to start; the longest for 1 day."),
        (Waiting(2, 40), "2 people still wait for treatment to start; the longest for 40 days."),
    ],
)
def test_who_waits(who: Waiting, said: str) -> None:
    assert words.waiting(who) == said


def test_periods() -> None:
    assert words.period_ending(date(2016, 12, 31), "quarter") == "Q3 2016/17"
    assert words.period_ending(date(2017, 7, 31), "month") == "July 2017"
    assert words.window(date(2017, 7, 31), date(2017, 7, 31)) == "31 Jul 2017"


def test_help_waits_for_nothing_heavy() -> None:
    heavy = {"sqlalchemy", "numpy", "rich", "marshmallow", "eventsourcing"}
    code = (
        "import sys; from web.cli.main import main\n"
        "main(['--help'], standalone_mode=False)\n"
        f"sys.exit(bool({heavy} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0
