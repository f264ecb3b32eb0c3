"""`recount dispute`: a figure is disputed, the parties speak, it is closed; no figure changes by it."""

import pytest

from tests.unit.intake.files import DISCHARGED, row, write

from .conftest import CommandLine

FIGURE = ("--measure", "4.0", "--as-of", "2017-01-31", "--agency", "H0001")
CLAIMED = (*FIGURE, "--numerator", 2, "--denominator", 3)


@pytest.fixture
def filled(recount: CommandLine) -> CommandLine:
    people = [row(**DISCHARGED), row(CLIENT="C2", DOB="1981-05-17"), row(CLIENT="C3", DOB="1982-05-17")]
    recount("submit", write(recount.folder, people), "--received-on", "2017-02-10")
    return recount


def test_from_opening_to_closing(filled: CommandLine) -> None:
    before = filled.json("figures", "--as-of", "2017-01-31")
    opened = filled.json("dispute", "open", *CLAIMED, "--reason", " Two have completed. ", "--party", "H0001")
    assert (opened["number"], opened["state"], opened["reason"], opened["closed"]) == (
        1, "open", "Two have completed.", None
    )  # fmt: skip
    assert opened["claimed"] == {"numerator": 2, "denominator": 3, "percentage": None}
    assert (opened["measure"], opened["slice"]["agency"], opened["standpoint"]["known_at"]) == (
        "4.0", "H0001", "2017-02-10"
    )  # fmt: skip
    assert (opened["opened"]["party"], opened["opened"]["role"]) == ("H0001", "administrator")

    answered = filled.json("dispute", "answer", 1, "--statement", "One of them is still open in your file.")
    assert [(one["statement"], one["party"]) for one in answered["answers"]] == [
        ("One of them is still open in your file.", "")
    ]
    closed = filled.json("dispute", "close", 1, "--outcome", "Ours stands.", "--numerator", 1, "--denominator", 3)
    assert (closed["state"], closed["closed"]["outcome"], closed["closed"]["agreed"]) == (
        "closed", "Ours stands.", {"numerator": 1, "denominator": 3}
    )  # fmt: skip
    assert filled.json("dispute", "show", 1) == closed
    assert filled.json("dispute", "list") == {"disputes": [closed]}
    assert filled.json("figures", "--as-of", "2017-01-31") == before
    filled("verify", "--standpoints", 3)
    filled("rebuild")


def test_in_words(filled: CommandLine) -> None:
    assert filled("dispute", "list").stdout == "Nothing is disputed.\n"
    filled("dispute", "open", *FIGURE, "--percentage", "66.7%", "--reason", "Our own count.", "--party", "H0001")
    filled("dispute", "answer", 1, "--statement", "We look into it.")
    shown = filled("dispute", "show", 1).stdout
    assert "claimed to be 66.7%" in shown
    assert "for H0001 opened it: Our own count." in shown
    assert "While it is open, the commissioner may look" in shown
    filled("dispute", "close", 1, "--outcome", "Given up.")
    assert "closed it: Given up.\n" in filled("dispute", "show", 1).stdout
    assert "4.0 for H0001" in filled("dispute", "list").stdout
    trail = filled.json("log")["entries"]
    assert [(entry["event"], entry["submission"]) for entry in trail[-3:]] == [
        ("dispute.opened.v1", None), ("dispute.answered.v1", None), ("dispute.closed.v1", None)
    ]  # fmt: skip
    assert "dispute opened: no. 1 over" in " ".join(filled("log", "--limit", 3).stdout.split())


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("open", *FIGURE, "--numerator", 3, "--denominator", 2, "--reason", "So."), "claim-impossible"),
        (("open", *FIGURE, "--numerator", 3, "--reason", "So."), "claim-half"),
        (("open", *FIGURE, "--percentage", "104", "--reason", "So."), "percentage-impossible"),
        (("open", *CLAIMED, "--reason", " "), "dispute-no-text"),
        (("open", *CLAIMED, "--reason", "x" * 2001), "dispute-text-too-long"),
        (("open", *CLAIMED, "--reason", "a\x1b[2J"), "dispute-text-unreadable"),
        (("answer", 7, "--statement", "So."), "dispute-unknown"),
        (("close", 7, "--outcome", "So."), "dispute-unknown"),
        (("answer", 1, "--statement", "So."), "dispute-closed"),
        (("close", 1, "--outcome", "So."), "dispute-closed"),
        (("close", 2, "--outcome", "So.", "--numerator", 5, "--denominator", 3), "claim-impossible"),
    ],
)
def test_refusals_store_nothing(embedded: CommandLine, arguments: tuple[object, ...], code: str) -> None:
    for _ in range(2):
        embedded("dispute", "open", *CLAIMED, "--reason", "So.")
    embedded("dispute", "close", 1, "--outcome", "So.")
    before = embedded.json("dispute", "list")
    refused = embedded.json("dispute", *arguments, code=1)["refused"]
    assert refused["code"] == code
    assert refused["message"]
    assert embedded.json("dispute", "list") == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", 1),
        ("open", *FIGURE, "--reason", "So."),
        ("open", *FIGURE, "--percentage", "4", "--numerator", 1, "--reason", "So."),
        ("open", *FIGURE, "--percentage", "4", "--denominator", 1, "--reason", "So."),
        ("open", "--measure", "9.9", "--as-of", "2017-01-31", "--numerator", 1, "--reason", "So."),
        ("close", 1, "--outcome", "So.", "--denominator", 1),
    ],
)
def test_wrong_use(embedded: CommandLine, arguments: tuple[object, ...]) -> None:
    embedded("dispute", *arguments, code=2)
