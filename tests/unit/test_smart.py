"""What an action lacks to be SMART, word by word of it."""

from datetime import date

import pytest

from domain.improvement.plan_terms import ActionTerms
from domain.improvement.smart import MOST_WORDS, lacks

TODAY, DUE, END = date(2017, 4, 10), date(2017, 6, 6), date(2017, 7, 10)
WHOLE = {"text": "Audit files", "owner": "Team lead", "due": DUE, "output": "60 files are read", "kpis": ("4.0",)}


def words(today: date = TODAY, last_day: date | None = END, *, is_linked: bool = False, **change: object) -> list[str]:
    """The first words of what an action lacks, which is whole but for a change."""
    action = ActionTerms(**WHOLE | change)  # type: ignore[arg-type]
    return [sentence.split(":")[0] for sentence in lacks(action, today, last_day, is_linked=is_linked)]


@pytest.mark.parametrize(
    ("change", "lacked"),
    [
        ({}, []),
        ({"text": " ".join(["word"] * MOST_WORDS)}, []),
        ({"text": " ".join(["word"] * (MOST_WORDS + 1))}, ["Specific"]),
        ({"output": ""}, ["Measurable"]),
        ({"output": "Staff feel clear about pathways."}, ["Measurable"]),
        ({"output": "All staff feel clear."}, []),
        ({"output": "Recovery plans."}, []),
        ({"output": "80% for start."}, []),
        # A word counts as a whole: "planning" is no plan, and "call" is not "all".
        ({"output": "Better planning, by a call."}, ["Measurable"]),
        ({"owner": ""}, ["Assigned"]),
        ({"kpis": ()}, ["Relevant"]),
        ({"kpis": (), "is_linked": True}, []),
        ({"due": None}, ["Timed"]),
        ({"due": TODAY}, []),
        ({"due": date(2017, 4, 9)}, ["Timed"]),
        ({"due": END}, []),
        ({"due": date(2017, 7, 11)}, ["Timed"]),
        ({"due": date(2017, 7, 11), "last_day": None}, []),
        (
            {"text": "", "owner": "", "due": None, "output": "", "kpis": ()},
            ["Measurable", "Assigned", "Relevant", "Timed"],
        ),
    ],
)  # fmt: skip
def test_what_an_action_lacks(change: dict[str, object], lacked: list[str]) -> None:
    assert words(**change) == lacked  # type: ignore[arg-type]


def test_a_due_day_that_has_passed_is_said_and_no_end_beside_it() -> None:
    action = ActionTerms(**WHOLE | {"due": date(2017, 8, 1)})  # type: ignore[arg-type]
    assert list(lacks(action, date(2017, 9, 1), END)) == ["Timed: its due day is in the past."]
