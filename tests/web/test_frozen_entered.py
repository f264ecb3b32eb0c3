"""KPIs entered by hand where everything else is published: the scorecard's section, frozen scorecards, the public."""

from typing import Any

import pytest
from flask import Flask

from projections.publication.certificate import check
from web.auth.roles import Role

from .conftest import CommandLine
from .conversation import fill_two
from .http import Asker, asker
from .test_entered import get

BOARD = ("--as-of", "2017-02-28", "--known-at", "2017-03-13")
AT = {"as_of": "2017-02-28", "known_at": "2017-03-13"}


@pytest.fixture
def database_url(tmp_path: Any) -> str:
    """One database is enough here: what is published is held on both in tests/integration."""
    return f"sqlite:///{tmp_path / 'recount.db'}"


def enter(recount: CommandLine, agency: str, numerator: int, denominator: int, code: str = "X.bbv") -> Any:
    february = ("--from", "2017-02-01", "--to", "2017-02-28", "--on", "2017-03-10", "--agency", agency)
    return recount("entered", "enter", code, *february, "--numerator", numerator, "--denominator", denominator)


@pytest.fixture
def board(recount: CommandLine) -> CommandLine:
    """A frozen scorecard with two KPIs that are entered by hand: of one, an agency's value is small."""
    fill_two(recount)
    terms = ("--better", "higher", "--agency", "H0001", "--agency", "H0002", "--from", "2017-02-01")
    for code, name in (("X.bbv", "Tested"), ("X.home", "Housed")):
        recount("entered", "define", code, "--name", name, *terms, "--on", "2017-02-01")
    enter(recount, "H0001", 12, 20)
    enter(recount, "H0002", 11, 19)
    enter(recount, "H0001", 30, 40, "X.home")
    enter(recount, "H0002", 3, 12, "X.home")
    recount("publish", "--cut", "Board", *BOARD, "--out", recount.folder / "board.json")
    return recount


def correct(recount: CommandLine) -> None:
    new = ("--numerator", 13, "--denominator", 20, "--reason", "One came late.")
    recount("entered", "correct", 1, *new, "--on", "2017-04-03")


def numbers(figures: Any) -> list[tuple[Any, Any, Any]]:
    return [(one["measure"], one["numerator"], one["denominator"]) for one in figures]


BOTH = [("X.bbv", 23, 39), ("X.home", 33, 52)]


def test_the_scorecard_has_a_section_over_http_and_on_the_command_line(app: Flask, board: CommandLine) -> None:
    said = board.json("scorecard", *BOARD)
    assert numbers(line["figure"] for line in said["entered"]["lines"]) == BOTH
    council = asker(app, Role.COMMISSIONER)
    over_http = council.json("/scorecard", **AT)["entered"]
    assert numbers(line["figure"] for line in over_http["lines"]) == BOTH
    mine = asker(app, Role.PROVIDER, "H0001").json("/scorecard", **AT, agency="H0001")["entered"]
    assert numbers(line["figure"] for line in mine["lines"]) == [("X.bbv", 12, 20), ("X.home", 30, 40)]
    assert council.json("/scorecard", **AT, criminal_justice="true")["entered"] is None
    terminal = board("scorecard", *BOARD).stdout
    assert "Entered by hand: no monthly file holds it." in terminal
    assert "23 of 39" in terminal
    # What a sum tells of few people of others is not shown to a provider, here as anywhere.
    of_all = asker(app, Role.PROVIDER, "H0001").json("/scorecard", **AT)["entered"]["lines"]
    assert [line["figure"]["numerator"] for line in of_all] == [23, None]


def test_a_frozen_scorecard_keeps_them_and_says_later_what_changed(app: Flask, board: CommandLine) -> None:
    signed = (board.folder / "board.json").read_bytes()
    with app.app_context():
        holds = check(signed, app.extensions["recount"].signer.keys)
    assert numbers(holds.document["entered"]) == BOTH
    assert "figures that were entered by hand follow from their numbers" in " ".join(holds.sentences)
    [published] = board.json("published")["published"]
    assert numbers(published["entered"]) == BOTH
    assert board.json("published", "--changed")["entered"] == []
    assert "every published figure" in board("published", "--changed").stdout.lower()
    correct(board)
    [changed] = board.json("published", "--changed")["entered"]
    assert (changed["published"]["numerator"], changed["after"]["numerator"]) == (23, 24)
    assert "24 of 39" in board("published", "--changed").stdout
    board("verify")
    council = asker(app, Role.COMMISSIONER)
    page = get(council, "/certificates/1")
    assert "1 figure has changed since." in page
    assert "X.bbv Tested, February 2017. Entered by hand: no monthly file holds it. 23 of 39 24 of 39" in page
    assert "24 of 39" in get(council, "/certificates/changed")
    assert board("published", "--show", 1).stdout.encode() == signed


def test_a_provider_reads_what_was_frozen_and_what_it_may_see_of_now(app: Flask, board: CommandLine) -> None:
    page = get(asker(app, Role.PROVIDER, "H0001"), "/certificates/1")
    assert "X.home Housed, February 2017." in page
    assert "33 of 52" in page


def public(app: Flask) -> Asker:
    return asker(app, Role.PUBLIC)


def test_the_public_sees_the_whole_where_nothing_in_it_is_small(app: Flask, board: CommandLine) -> None:
    [published] = public(app).json("/cuts")["published"]
    suppressed = {"suppressed": True}
    assert numbers(published["entered"]) == [("X.bbv", 23, 39), ("X.home", suppressed, suppressed)]
    cut = public(app).json("/cuts/1")
    assert numbers(cut["entered"]) == [("X.bbv", 23, 39), ("X.home", suppressed, suppressed)]
    for hidden in ("H0001", "H0002", "values", "position"):
        assert hidden not in str(cut["entered"])
    page = get(public(app), "/certificates/1")
    assert "X.bbv Tested, February 2017. Entered by hand: no monthly file holds it. 23 of 39 59.0%" in page
    assert "33 of 52" not in page
    assert "Not shown does not mean zero." in page


def test_the_public_does_not_see_a_change_of_one(app: Flask, board: CommandLine) -> None:
    correct(board)
    board("publish", "--cut", "Later", "--as-of", "2017-02-28", "--known-at", "2017-04-03")
    first, second = public(app).json("/cuts")["published"]
    assert numbers(first["entered"])[0] == ("X.bbv", 23, 39)
    assert second["entered"][0]["numerator"] == {"suppressed": True}
    assert "the same figure was shown before" in second["entered"][0]["withheld"]


def test_a_scorecard_of_nothing_entered_has_the_bytes_it_always_had(recount: CommandLine) -> None:
    fill_two(recount)
    out = recount.folder / "board.json"
    recount("publish", "--cut", "Board", *BOARD, "--out", out)
    assert '"entered"' not in out.read_text()
    assert recount.json("scorecard", *BOARD)["entered"]["lines"] == []
    assert "Entered by hand" not in recount("scorecard", *BOARD).stdout
