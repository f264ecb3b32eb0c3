"""Why a figure changed

The walk between two figures names each client who makes a difference, with the reason and the event that it rests on.
"""

from datetime import date

import pytest

from projections.explain.bridge import Contribution, Side, StepName
from tests.bridges import names_of, walk

AUGUST, OCTOBER = "2017-08-15", "2017-10-20"
JULY = {"as_of": "2017-07-31", "known_at": AUGUST}

IN_TREATMENT = """
    client | episode | event   | occurred_on | known_on   | detail
    Ann    | a1      | started | 2016-09-01  | 2016-10-10 | opiate
    Ben    | b1      | started | 2016-09-01  | 2016-10-10 | opiate
    Ben    | b1      | exited  | 2017-07-14  | 2017-08-10 | 80
"""


def contributions(
    history: str, measure: str, start: dict[str, object], end: dict[str, object]
) -> list[tuple[object, ...]]:
    """The walk's contributions: step, client, side, difference, reason, and the day and row's day of receipt."""
    found = walk(history, measure, start, end)
    assert [found.unexplained(side) for side in Side] == [0, 0]
    names = names_of(history)
    return [
        (str(step.name), names[one.client], str(one.side), one.diff, str(one.reason), str(_day(one)))
        for step in found.steps
        for one in step.contributions
    ]


def _day(one: Contribution) -> date | None:
    return one.source.occurred_on if one.source else None


@pytest.mark.parametrize(
    ("what_came", "expected"),
    [
        (
            "Ann | a1 | exited | 2017-07-20 | 2017-09-10 | 80",
            [("Ann", "numerator", 1, "late exit", "2017-07-20")],
        ),
        (
            "Ben | b1 | exited | 2017-07-14 | 2017-09-10 | 85",
            [("Ben", "numerator", -1, "amended exit reason", "2017-07-14")],
        ),
        (
            "Ben | b1 | exited | 2017-08-20 | 2017-09-10 | 80",
            [("Ben", "numerator", -1, "amended exit date", "2017-08-20")],
        ),
        (
            "Ben | b1 | exit withdrawn | | 2017-09-10 |",
            [("Ben", "numerator", -1, "reopened", "2017-07-14")],
        ),
        (
            "Ben | b2 | started | 2017-07-28 | 2017-09-10 | opiate",
            [("Ben", "numerator", -1, "joined within 21 days so completion voided", "2017-07-28")],
        ),
        (
            "Cai | c1 | started | 2017-05-01 | 2017-09-10 | opiate",
            [("Cai", "denominator", 1, "late start", "2017-05-01")],
        ),
        (
            "Ann | a1 | started | 2016-09-01 | 2017-09-10 | alcohol",
            [("Ann", "denominator", -1, "moved group", "2016-09-01")],
        ),
        (
            "Ann | a1 | episode withdrawn | | 2017-09-10 |",
            [("Ann", "denominator", -1, "withdrawn", "2016-09-01")],
        ),
    ],
)  # fmt: skip
def test_what_came_later_is_named(what_came: str, expected: list[tuple[object, ...]]) -> None:
    """What became known between two days of knowledge is named with its own event."""
    history = f"{IN_TREATMENT.rstrip()}\n    {what_came}\n"
    found = contributions(history, "4.0", JULY, {"known_at": OCTOBER})
    assert [row[1:] for row in found] == expected
    assert {row[0] for row in found} == {"known_at"}


def test_a_return_after_day_21_takes_the_completion_from_the_latest_journey() -> None:
    """A return that is reported late makes another journey the latest; the completion is no longer counted."""
    history = """
        client | episode | event   | occurred_on | known_on   | detail
        Ben    | b1      | started | 2016-09-01  | 2016-10-10 | opiate
        Ben    | b1      | exited  | 2017-05-14  | 2017-06-10 | 80
        Ben    | b2      | started | 2017-07-28  | 2017-09-10 | opiate
    """
    expected = ("known_at", "Ben", "numerator", -1, "late return", "2017-07-28")
    assert contributions(history, "4.0", JULY, {"known_at": OCTOBER}) == [expected]


def test_a_re_presentation_reported_late_counts() -> None:
    """In 5.x the return counts the client, who stays in the cohort."""
    history = """
        client | episode | event   | occurred_on | known_on   | detail
        Ben    | b1      | started | 2016-09-01  | 2016-10-10 | opiate
        Ben    | b1      | exited  | 2017-05-14  | 2017-06-10 | 80
        Ben    | b2      | started | 2017-07-28  | 2017-09-10 | opiate
    """
    expected = ("known_at", "Ben", "numerator", 1, "late return", "2017-07-28")
    assert contributions(history, "5.0u", JULY, {"known_at": OCTOBER}) == [expected]


def test_a_corrected_identity_splits_or_merges() -> None:
    """Two records that become one person's count once; the correction of the start is what is named."""
    history = """
        client | episode | event   | occurred_on | known_on   | detail
        Ann    | a1      | started | 2016-09-01  | 2016-10-10 | opiate
        Amy    | a2      | started | 2016-11-01  | 2016-12-10 | opiate
        Ann    | a2      | started | 2016-11-01  | 2017-09-10 | opiate
    """
    found = contributions(history, "4.0", JULY, {"known_at": OCTOBER})
    assert found == [("known_at", "Amy", "denominator", -1, "merged or split person", "2016-11-01")]


def test_a_handover_is_named() -> None:
    """A caseload that passes to another agency ends its open episodes by a transfer."""
    history = """
        client | episode | agency | event       | occurred_on | known_on   | detail
        Ann    | a1      | H0001  | started     | 2016-09-01  | 2016-10-10 | opiate
        Ann    | a1      | H0001  | handed over | 2017-07-01  | 2017-09-10 | to=H0002
    """
    found = contributions(history, "N.open", JULY, {"known_at": OCTOBER})
    assert found == [("known_at", "Ann", "numerator", -1, "handover", "2017-07-01")]


def test_joined_references_are_named() -> None:
    """An episode that was counted under two references is named once they are joined, and once they are parted."""
    history = """
        client | episode | event        | occurred_on | known_on   | detail
        Ann    | 001     | started      | 2016-09-01  | 2016-10-10 | opiate
        Ann    | 1       | started      | 2016-09-01  | 2017-08-10 | opiate
        Ann    | 1       | exited       | 2017-07-14  | 2017-08-10 | 80
        Ann    | 001     | rekeyed      |             | 2017-09-10 | to=1
        Ann    | 001     | rekey undone |             | 2017-10-10 |
    """
    joined = contributions(history, "4.0", JULY, {"known_at": "2017-09-10"})
    assert joined == [("known_at", "Ann", "numerator", 1, "joined with another reference", "2017-09-10")]
    parted = contributions(history, "4.0", JULY | {"known_at": "2017-09-10"}, {"known_at": OCTOBER})
    assert parted == [("known_at", "Ann", "numerator", -1, "parted from another reference", "2017-09-10")]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2017-06-30", "2017-07-31", [("Ben", "numerator", 1, "entered the window", "2017-07-14")]),
        ("2017-07-31", "2017-06-30", [("Ben", "numerator", -1, "left the window", "2017-07-14")]),
        (
            "2018-07-13",
            "2018-07-14",
            [
                ("Ben", "denominator", -1, "left the window", "2017-07-14"),
                ("Ben", "numerator", -1, "left the window", "2017-07-14"),
            ],
        ),
        (
            "2016-08-31",
            "2016-09-01",
            [
                ("Ann", "denominator", 1, "entered the window", "2016-09-01"),
                ("Ben", "denominator", 1, "entered the window", "2016-09-01"),
            ],
        ),
    ],
)  # fmt: skip
def test_along_the_dates_a_day_crosses_an_edge_of_the_window(
    start: str, end: str, expected: list[tuple[object, ...]]
) -> None:
    """With the dates, a client's own day comes into the window or falls out of it: its event is named."""
    found = contributions(IN_TREATMENT, "4.0", {"as_of": start}, {"as_of": end})
    assert sorted(row[1:] for row in found) == expected
    assert {row[0] for row in found} == {"as_of"}


def test_steps_go_one_after_the_other() -> None:
    """Knowledge, then dates, then definition, then slice; each step starts where the one before ended."""
    history = """
        client | episode | agency | event   | occurred_on | known_on   | detail
        Ann    | a1      | H0001  | started | 2016-09-01  | 2016-10-10 | opiate
        Ann    | a1      | H0001  | exited  | 2017-06-01  | 2017-07-10 | 80
        Ann    | a2      | H0002  | started | 2017-06-25  | 2017-09-10 | opiate
    """
    start = {"as_of": "2017-06-20", "known_at": AUGUST}
    end = {"as_of": "2017-07-31", "known_at": OCTOBER, "definition": "1-gap-28", "agency": "H0002"}
    found = walk(history, "4.0", start, end)
    assert [step.name for step in found.steps] == [
        StepName.AS_OF if name == "as_of" else StepName(name) for name in ("known_at", "as_of", "definition", "slice")
    ]
    figures = [found.start, *(step.after for step in found.steps)]
    assert [step.before for step in found.steps] == figures[:-1]
    assert figures[-1] == found.end
    assert [(f.numerator, f.denominator) for f in figures] == [(1, 1), (1, 1), (0, 1), (0, 1), (0, 1)]


def test_a_slice_names_what_it_read() -> None:
    """Between two agencies the starts are named: they say whose the journeys are."""
    history = """
        client | episode | agency | event   | occurred_on | detail
        Ann    | a1      | H0001  | started | 2016-09-01  | opiate
        Ben    | b2      | H0002  | started | 2016-10-01  | opiate
    """
    found = contributions(history, "4.0", {"as_of": "2017-07-31", "agency": "H0001"}, {"agency": "H0002"})
    assert found == [
        ("slice", "Ben", "denominator", 1, "slice", "2016-10-01"),
        ("slice", "Ann", "denominator", -1, "slice", "2016-09-01"),
    ]


def test_the_same_question_has_no_steps() -> None:
    """A walk to where one stands is no walk."""
    assert walk(IN_TREATMENT, "4.0", JULY, {}).steps == ()


BEGUN = """
    client | event    | occurred_on | known_on   | detail
    Ann    | started  | 2017-02-01  | 2017-02-10 | opiate
    Ben    | started  | 2017-02-01  | 2017-02-10 | opiate HEPBSTAT=A HEPCTSTD=2017-02-03
    Cai    | started  | 2017-02-01  | 2017-08-10 | opiate
    Cai    | exited   | 2017-07-14  | 2017-08-10 | 80
    Cai    | exit TOP | 2017-07-14  | 2017-08-10 | ACUTHPBM=Y PWORK=0
"""


@pytest.mark.parametrize(
    ("measure", "what_came", "expected"),
    [
        (
            "B.hepb",
            [
                "Ann | started | 2017-02-01 | 2017-09-10 | opiate HEPBVAC=1",
                "Ann | exited | 2017-07-20 | 2017-09-10 | 80",
            ],
            [("Ann", "numerator", 1, "hepatitis record changed", "2017-02-01")],
        ),
        (
            "B.hepb",
            ["Ann | started | 2017-02-01 | 2017-09-10 | opiate HEPBSTAT=C"],
            [("Ann", "denominator", -1, "hepatitis record changed", "2017-02-01")],
        ),
        (
            "B.hepc",
            ["Ben | started | 2017-02-01 | 2017-09-10 | opiate HEPBSTAT=A"],
            [("Ben", "numerator", -1, "hepatitis record changed", "2017-02-01")],
        ),
        (
            "B.hepc",
            ["Dee | started | 2017-03-01 | 2017-09-10 | opiate HEPCTD=Y"],
            [
                ("Dee", "denominator", 1, "late start", "2017-03-01"),
                ("Dee", "numerator", 1, "late start", "2017-03-01"),
            ],
        ),
        (
            "H.housing",
            ["Cai | exit TOP | 2017-07-14 | 2017-09-10 | ACUTHPBM=N PWORK=0"],
            [("Cai", "numerator", 1, "amended TOP", "2017-07-14")],
        ),
        (
            "H.work",
            ["Cai | exit TOP | 2017-07-14 | 2017-09-10 | ACUTHPBM=Y"],
            [("Cai", "denominator", -1, "amended TOP", "2017-07-14")],
        ),
        (
            "H.work",
            ["Cai | exit TOP | 2017-07-20 | 2017-09-10 | id=2 PWORK=5"],
            [],
        ),
    ],
)  # fmt: skip
def test_viruses_housing_and_work_that_came_later(
    measure: str, what_came: list[str], expected: list[tuple[object, ...]]
) -> None:
    """An offer or a test is told from the start that says it, housing and work from the TOP."""
    history = "\n".join([BEGUN.rstrip(), *(f"    {row}" for row in what_came)])
    assert [row[1:] for row in contributions(history, measure, JULY, {"known_at": OCTOBER})] == expected


def test_a_test_and_an_exit_top_come_into_sight_on_their_day() -> None:
    """Along the days a figure changes as the test, or the TOP, comes to be seen; its event is named."""
    history = """
        client | event    | occurred_on | known_on   | detail
        Ann    | started  | 2017-02-01  | 2017-08-10 | opiate HEPCTSTD=2017-03-05
        Ann    | exited   | 2017-06-14  | 2017-08-10 | 80
        Ann    | exit TOP | 2017-06-20  | 2017-08-10 | ACUTHPBM=N PWORK=0
    """
    start, end = {"as_of": "2017-03-04", "known_at": AUGUST}, {"as_of": "2017-03-05"}
    found = contributions(history, "B.hepc", start, end)
    assert found == [("as_of", "Ann", "numerator", 1, "entered the window", "2017-02-01")]
    start, end = {"as_of": "2017-06-19", "known_at": AUGUST}, {"as_of": "2017-06-20"}
    found = contributions(history, "H.work", start, end)
    assert found == [("as_of", "Ann", "denominator", 1, "entered the window", "2017-06-20")]
