"""What waits for a side on Home, and what of it the calendar has: disputes, returns, meetings and audits."""

from typing import Any

from flask import Flask

from tests.unit.intake.files import DISCHARGED, row, write
from web.auth.roles import Role

from .conftest import CommandLine
from .http import Asker, asker


def waiting(who: Asker, kind: str) -> list[tuple[int, str]]:
    return [(one["number"], one["step"]) for one in who.json("/to-do")["to_do"] if one["kind"] == kind]


def test_a_dispute_waits_by_what_the_other_side_did_last(recount: CommandLine, app: Flask) -> None:
    people = [row(**DISCHARGED), *(row(CLIENT=f"C{number}", DOB=f"1981-05-{number:02}") for number in range(2, 6))]
    recount("submit", write(recount.folder, people), "--received-on", "2017-02-10")
    council, provider = asker(app, Role.COMMISSIONER), asker(app, Role.PROVIDER, "H0001")

    def waits() -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
        return waiting(council, "dispute"), waiting(provider, "dispute")

    def say(who: Asker, path: str, **said: Any) -> None:
        assert who.post(path, json=said).status_code == 201

    figure = {"measure": "4.0", "as_of": "2017-01-31", "agency": "H0001", "numerator": 0, "denominator": 4}
    say(council, "/disputes", **figure, reason="So.")
    assert waits() == ([], [(1, "answer it, or close it")])
    say(council, "/disputes/1/rows", list="H0001, C1, not counted, So\nH0001, C2, out, So")
    assert waits() == ([], [(1, "answer 2 clients")])
    say(provider, "/disputes/1/row-answers", answers=[{"row": 1, "verdict": "accepted"}])
    assert waits() == ([(1, "answer it, or close it")], [(1, "answer 1 client")])
    say(council, "/disputes/1/steps", step="propose a settlement of", words="So.", numerator=0, denominator=5)
    assert waits() == ([], [(1, "accept the settlement, or refuse it")])
    say(provider, "/disputes/1/steps", step="accept the settlement of", words="Yes.")
    assert waits() == ([], [])


def test_the_demonstration_has_all_kinds(demonstration: Flask) -> None:
    provider = asker(demonstration, Role.PROVIDER, "H0001", "H0002", "H0003")
    [returns, *_] = waiting(provider, "reviews of returns")
    assert returns[0] == 0
    assert returns[1].startswith("write ")
    assert waiting(asker(demonstration, Role.COMMISSIONER), "reviews of returns") == []
    due = provider.json("/calendar", on="2017-06-01", months=24)["due"]
    assert {"return-review", "meeting", "audit"} & {one["kind"] for one in due} >= {"return-review"}
    [first, *_] = [one for one in due if one["kind"] == "return-review"]
    assert (first["party"], first["link"], first["words"].split()[-1].rstrip("s")) == (
        "provider", "/return-reviews", "review"
    )  # fmt: skip
    assert not any(character.isdigit() for character in first["text"].replace(first["agencies"][0], ""))
