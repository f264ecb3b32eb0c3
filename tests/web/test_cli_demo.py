"""The demonstration through the ordinary door: the paper's figures, its notice, and a loading that was cut short."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from domain.measures.registry import APPENDIX_C
from tests.unit.intake.files import rows, write
from web.cli.administration import demo as demonstration
from web.commands.ingest.intake import Intake
from web.files.uploads import ManifestLine
from web.snapshot import NOTICE

from .conftest import CommandLine

DOCS = Path(__file__).parents[2] / "docs" / "explanation"
WIDER = {
    "B.hepb": ((157, 208), 20),
    "B.hepc": ((100, 238), 138),
    "H.housing": ((31, 37), 4),
    "H.work": ((12, 38), 3),
}
"""Of these measures the numbers, and of how many nothing is recorded."""
PAPER = ("--as-of", "2017-07-31", "--known-at", "2017-08-15")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """The demonstration's database; its loading is killed after some files, and goes on with the next call."""
    folder = tmp_path_factory.mktemp("demo")
    recount = CommandLine(folder, {"RECOUNT_DATABASE": f"sqlite:///{folder / 'demo.db'}"})
    taken: list[ManifestLine] = []

    class Cut(Intake):
        def take(self, line: ManifestLine, progress: Any = None) -> Any:
            taken.append(line)
            if len(taken) == 20:
                raise KeyboardInterrupt
            return super().take(line, progress)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demonstration, "Intake", Cut)
        assert recount("demo", code=1).stdout.strip() == ""
    recount("demo")
    return recount


def counts(document: Any) -> dict[str, tuple[int, int]]:
    return {figure["measure"]: (figure["numerator"], figure["denominator"]) for figure in document["figures"]}


@pytest.mark.slow
def test_the_scorecard_is_what_the_board_saw(demo: CommandLine) -> None:
    document = demo.json("demo")
    found = counts(document)
    assert set(found) == {measure.code for measure in APPENDIX_C}
    assert [found[code] for code in ("4.0", "4.1", "4.2", "4.3")] == [(24, 438), (26, 57), (61, 208), (6, 37)]
    assert document["notice"] == NOTICE
    said = demo("demo").stdout
    assert "24 of 438" in said
    assert "As of 31 July 2017, as known on 15 August 2017." in said
    assert "so far" in said


@pytest.mark.slow
def test_what_is_recorded_of_hepatitis_housing_and_work(demo: CommandLine) -> None:
    """As docs/explanation/demonstration.md has it; some of it is left empty."""
    measures = [option for code in WIDER for option in ("--measure", code)]
    document = demo.json("figures", *PAPER, *measures)
    assert counts(document) == {code: numbers for code, (numbers, _) in WIDER.items()}
    assert {one["measure"]: one["not_recorded"] for one in document["figures"]} == {
        code: missing for code, (_, missing) in WIDER.items()
    }
    documented = " ".join((DOCS / "demonstration.md").read_text().split())
    assert all(f"{counted} of {cohort}, {missing}" in documented for (counted, cohort), missing in WIDER.values())


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ("figures", *PAPER),
        ("series", "--measure", "4.0", "--from", "2017-04-30", "--to", "2017-07-31"),
        ("triangle", "--measure", "4.0", "--from", "2017-04-30", "--to", "2017-07-31"),
        ("members", "--measure", "5.0", *PAPER),
        ("waiting", *PAPER),
        ("profile", *PAPER),
        ("log", "--limit", "2"),
        ("verify", "--standpoints", "2"),
        ("withdraw", "H0001", "C100001", "E100001", "--dry-run"),
        ("handover", "H0001", "H0002", "--on", "2017-12-31", "--dry-run"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_every_output_says_that_nobody_in_it_is_real(demo: CommandLine, arguments: tuple[str, ...]) -> None:
    assert demo.json(*arguments)["notice"] == NOTICE
    assert NOTICE in demo(*arguments).stdout


@pytest.mark.slow
def test_the_board_could_not_find_its_figure_again(demo: CommandLine) -> None:
    later = demo.json("figures", "--measure", "4.0", "--as-of", "2017-07-31", "--known-at", "2017-10-20")
    assert counts(later) == {"4.0": (22, 438)}


@pytest.mark.slow
def test_the_targets_of_the_paper_are_set_once(demo: CommandLine) -> None:
    demo("demo")
    found = demo.json("target", "list")["targets"]
    assert [one["source"] for one in found if one["area"]] == ["Wirral, performance action plan"]
    assert len(found) == 22
    revised = {one["measure"]: one["low"] for one in found if one["agreed"]["on"] == "2017-04-10"}
    assert revised == {
        "1.0": "8", "2.0": "52.50", "3.0": "38.5", "4.0": "8", "4.1": "52.50", "4.2": "39.5", "4.3": "48",
        "5.0": "10", "5.1": "0", "5.2": "8.8", "5.3": "3", "T.start": "80", "T.review": "80", "T.exit": "80",
    }  # fmt: skip
    growth = [one["low"] for one in found if one["kind"] == "relative"]
    assert growth == ["5.4945", "23.65", "25.8"]


@pytest.mark.slow
def test_what_the_board_saw_is_frozen_once_under_its_name(demo: CommandLine) -> None:
    demo("demo")
    assert [one["title"] for one in demo.json("published")["published"]] == ["Board 16 Aug 2017"]
    frozen = counts(demo.json("figures", "--cut", "Board 16 Aug 2017", "--measure", "4.0"))
    assert frozen == {"4.0": (24, 438)}


def test_other_data_are_left_alone(embedded: CommandLine) -> None:
    path: Path = write(embedded.folder, rows("C1"))
    embedded("submit", "--received-on", "2017-02-10", path)
    document = embedded.json("demo")
    assert "notice" not in document
    assert document["standpoint"]["as_of"] == "2017-01-31"
    assert NOTICE not in embedded("demo").stdout


TUTORIAL = Path(__file__).parents[2] / "docs/tutorial.md"
ASKED = r"^\$ \.venv/bin/recount ((?:figures|series|triangle|members) .*)\n```\n"
INSIDE = r"(?:(?!```).*\n)"
SHOWN = re.findall(rf"{ASKED}{INSIDE}*?```text\n({INSIDE}+)```", TUTORIAL.read_text(encoding="utf-8"), re.MULTILINE)
A_CLIENT = re.compile(r"^[a-z2-7]{13}(?= )")


@pytest.mark.slow
@pytest.mark.parametrize(("command", "text"), SHOWN, ids=[command.split()[0] for command, _ in SHOWN])
def test_the_tutorial_shows_what_is_printed(demo: CommandLine, command: str, text: str) -> None:
    printed = {A_CLIENT.sub("", line.rstrip()) for line in demo(*shlex.split(command)).stdout.splitlines()}
    assert {A_CLIENT.sub("", line.rstrip()) for line in text.splitlines()} <= printed


def test_the_tutorial_shows_something() -> None:
    assert [command.split()[0] for command, _ in SHOWN] == ["figures", "members", "series", "triangle"]
