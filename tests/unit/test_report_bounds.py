"""A committee report stays short however much is said: texts are cut between words, long tables say what is left."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from domain.contract_life.transitions import PROVIDER
from domain.measures.registry import measure_named
from web.presenters.improvement.committee import hubs
from web.presenters.improvement.committee.between import commentary, meetings, notices
from web.presenters.improvement.committee.view import shortened

VIEW: Any = SimpleNamespace(seen=SimpleNamespace(named=lambda code: f"Hub {code}"))


@pytest.mark.parametrize(
    ("text", "longest", "said"),
    [
        ("one two", 7, "one two"),
        ("one two three", 9, "one two …"),
        ("one\n two", 7, "one two"),
        ("word" * 3, 6, "wordwo …"),
    ],
)
def test_a_text_is_cut_between_words(text: str, longest: int, said: str) -> None:
    assert shortened(text, longest) == said


def test_of_many_decisions_the_first_are_set_out() -> None:
    most = meetings.MOST_DECISIONS
    written = "\n\n".join(f"Decision {number}" for number in range(1, most + 3))
    assert meetings._decided(written) == [*(f"Decision {number}" for number in range(1, most + 1)), "2 more decisions"]
    assert meetings._decided("One\nTwo") == ["One", "Two"]


def test_a_long_comment_says_where_the_rest_is() -> None:
    def said(words: str) -> str:
        comment: Any = SimpleNamespace(
            measure="4.0", name="Completions", on=date(2017, 8, 16), party=PROVIDER, words=words, restated=False
        )
        [row] = commentary.comments_words(VIEW, [comment]).tables[0].rows
        assert (row[0], row[2]) == ("4.0 Completions", "")
        return row[1]

    assert said("It rose.") == "16 Aug 2017: It rose."
    long = said("Word " * commentary.LONGEST)
    assert long.endswith(" … (the rest stands beside the figure)")
    assert len(long) < commentary.LONGEST + 60


def test_older_notices_are_counted() -> None:
    assert notices._older(notices.MOST, "notice") == []
    assert notices._older(notices.MOST + 1, "notice") == ["1 older notice is not set out here."]
    assert notices._older(notices.MOST + 2, "dispute") == ["2 older disputes are not set out here."]


@pytest.mark.parametrize(("count", "headings"), [(5, ["Group", "Hub H1"]), (6, ["Hub", "4.0 Opiate"])])
def test_many_hubs_stand_below_each_other(count: int, headings: list[str]) -> None:
    parts = [
        SimpleNamespace(agency=f"H{number}", numerator=number, denominator=20, share=None)
        for number in range(1, count + 1)
    ]
    one: Any = SimpleNamespace(whole=SimpleNamespace(measure=measure_named("4.0")), parts=parts)
    [table] = hubs.hubs_words(VIEW, [one]).tables
    assert table.columns[:2] == headings
    cells = {cell for row in table.rows for cell in row[1:]}
    assert cells == {f"{5 * number}.0%\n{number} of 20" for number in range(1, count + 1)}
    assert sum(table.widths) == pytest.approx(17, abs=0.1)
