"""`recount hub-targets` and `completions-needed`: proposed, agreed by both, as known on a day; and what is refused."""

from typing import Any

import pytest

from tests.unit.intake.files import DISCHARGED, row, write

from .conftest import CommandLine

SEEN = ("--as-of", "2017-01-31")
TYPED = ("--numbers", "H0001=1,2", "--numbers", "H0002=1,0", "--first-month", "2017-03-01")


@pytest.fixture
def filled(recount: CommandLine) -> CommandLine:
    people = [row(**DISCHARGED), *(row(CLIENT=f"C{number}", DOB=f"1981-05-{number:02}") for number in range(2, 9))]
    recount("submit", write(recount.folder, people), "--received-on", "2017-02-10")
    period = ("--from", "2017-01-01", "--to", "2017-12-31", "--agreed-on", "2017-01-02")
    recount("target", "set", "--measure", "4.0", *period, "--level", "50")
    return recount


def state(recount: CommandLine, *known: Any) -> tuple[str, int | None]:
    [one] = recount.json("hub-targets", "list", *SEEN, *known, "--target", 1)["hub_targets"]
    return one["state"], one["in_force"]


def test_from_proposing_to_ending(filled: CommandLine) -> None:
    before = filled.json("figures", *SEEN)
    proposed = filled.json("hub-targets", "propose", 1, *SEEN, *TYPED, "--on", "2017-02-01")
    assert (proposed["state"], proposed["in_force"], proposed["newest"]) == ("proposed", None, 1)
    assert proposed["versions"][0]["missing"] == ["H0001", "H0002"]
    filled("hub-targets", "agree", 1, "--for", "H0001", "--on", "2017-02-02")
    agreed = filled.json("hub-targets", "agree", 1, "--for", "H0002", "--on", "2017-02-03", "--seen", 2)
    assert (agreed["state"], agreed["in_force"], agreed["versions"][0]["agreed_on"]) == ("agreed", 1, "2017-02-03")
    again = filled.json("hub-targets", "agree", 1, "--for", "H0002", "--on", "2017-02-03")
    assert again == agreed
    other = ("--numbers", "H0001=4,0", "--numbers", "H0002=0,0", "--first-month", "2017-03-01", "--whole", 4)
    filled("hub-targets", "propose", 1, *SEEN, *other, "--for", "H0001", "--for", "H0002", "--on", "2017-02-05")
    assert state(filled) == ("agreed by the provider", 1)
    assert state(filled, "--known-at", "2017-02-02") == ("proposed", None)
    assert state(filled, "--known-at", "2017-02-04") == ("agreed", 1)
    filled("hub-targets", "agree", 1, "--on", "2017-02-06")
    assert state(filled) == ("agreed", 2)
    filled("hub-targets", "withdraw", 1, "--reason", "A new service.", "--on", "2017-02-07")
    assert state(filled) == ("withdrawn", None)
    assert filled.json("figures", *SEEN) == before
    trail = filled("log").stdout
    assert "of target 1: 4 completions of 4.0, typed in" in trail


def test_by_a_rule_the_numbers_add_up_to_what_is_needed(filled: CommandLine) -> None:
    [needed] = filled.json("completions-needed", *SEEN, "--measure", "4.0")["completions_needed"]
    need = needed["need"]
    assert (need["cohort"], need["counted"], need["wanted"], need["needed"]) == (8, 1, 4, 3)
    assert need["last_useful_day"] == "2017-12-31"
    assert sum(month["needed"] for month in need["months"]) == 3
    for rule in ("by caseload", "equal"):
        proposed = filled.json("hub-targets", "propose", 1, *SEEN, "--rule", rule)
        version = proposed["versions"][-1]
        assert version["whole"] == need["new_starts"]["needed"]
        assert sum(sum(hub["numbers"]) for hub in version["hubs"]) == version["whole"]
        assert version["rule"] == rule
    said = filled("completions-needed", *SEEN).stdout
    assert "To meet 50% by 31 December 2017 takes 4 of 8. 1 is there already, so 3 more" in said


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ((*TYPED, "--whole", 5), "hub-targets-do-not-add-up"),
        (("--numbers", "H0001=1,2", "--first-month", "2017-12-01"), "hub-targets-outside"),
        (("--numbers", "H0001=1,2", "--first-month", "2017-03-02"), "hub-targets-months"),
        ((*TYPED, "--on", "2999-01-01"), "hub-targets-in-future"),
        ((*TYPED, "--for", "H0001"), "hub-targets-not-yours"),
        ((*TYPED, "--seen", 7), "changed-meanwhile"),
        ((*TYPED, "--for", "H0009"), "hub-targets-not-yours"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_stored(
    filled: CommandLine, options: tuple[Any, ...], code: str
) -> None:
    refused = filled.json("hub-targets", "propose", 1, *SEEN, *options, code=1)["refused"]
    assert refused["code"] == code
    assert state(filled) == ("none", None)


def test_steps_out_of_turn_are_refused(filled: CommandLine) -> None:
    assert filled.json("hub-targets", "agree", 1, code=1)["refused"]["code"] == "hub-targets-unknown"
    filled("hub-targets", "propose", 1, *SEEN, *TYPED, "--on", "2017-02-05")
    early = filled.json("hub-targets", "agree", 1, "--for", "H0001", "--on", "2017-02-04", code=1)
    assert early["refused"]["code"] == "hub-targets-out-of-order"
    filled("hub-targets", "agree", 1, "--for", "H0001", "--for", "H0002")
    ended = filled.json("hub-targets", "withdraw", 1, "--for", "H0001", code=1)
    assert ended["refused"]["code"] == "step-not-now"
    filled("hub-targets", "withdraw", 1)
    assert filled.json("hub-targets", "withdraw", 1, code=1)["refused"]["code"] == "step-not-now"
    filled("completions-needed", *SEEN, "--measure", "T.exit", code=2)
    filled("hub-targets", "list", *SEEN, "--target", 9, code=2)
