"""The drawing of one person's records: what happened across, what was known downwards."""

from datetime import date

from web.charts import Block, Dot, Happening, KnownRow, RuledLine, SeenState, SpellBar, Text, two_axes

START, EXIT, RETURN = date(2016, 1, 25), date(2017, 6, 20), date(2017, 6, 26)
ROWS = (
    KnownRow("10 Jul 2017", (SpellBar(START, None, "open"),), (Happening(START, "started"),)),
    KnownRow(
        "11 Sep 2017",
        (SpellBar(START, EXIT, "left"), SpellBar(RETURN, None, "back")),
        (Happening(RETURN, "returned", True),),
    ),
)


def drawn(**given: object) -> list[object]:
    return list(two_axes("Records", ROWS, finding="Two records.", **given).marks)  # type: ignore[arg-type]


def test_what_made_the_difference_is_a_diamond_on_the_row_of_its_day_of_knowledge() -> None:
    dots = [mark for mark in drawn() if isinstance(mark, Dot)]
    assert [(dot.diamond, dot.words) for dot in dots] == [(False, "started"), (True, "returned")]
    assert dots[0].x < dots[1].x
    assert dots[0].y < dots[1].y


def test_a_spell_ends_where_it_was_known_to_end() -> None:
    first, second, third = (mark for mark in drawn() if isinstance(mark, Block))
    assert first.x == second.x
    assert second.x + second.width < third.x < first.x + first.width


def test_the_window_the_day_and_the_standpoints_are_drawn() -> None:
    marks = drawn(window=(date(2016, 8, 1), date(2017, 7, 31)), as_of=date(2017, 7, 31), seen=(SeenState(1, "then"),))
    assert next(mark.kind for mark in marks if isinstance(mark, Block)) == "band"
    lines = {mark.kind: mark for mark in marks if isinstance(mark, RuledLine)}
    labels = {mark.words: mark.y for mark in marks if isinstance(mark, Text)}
    assert {"mean", "limit"} <= lines.keys()
    assert labels["10 Jul 2017"] < labels["then"] < labels["11 Sep 2017"]


def test_from_where_it_was_seen_is_said_clear_of_the_day_itself():
    early, late = date(2016, 6, 20), date(2017, 7, 31)
    words = "as known on 15 Aug 2017"
    [beside_late] = [
        m for m in drawn(as_of=late, seen=(SeenState(1, words),)) if isinstance(m, Text) and m.words == words
    ]
    [beside_early] = [
        m for m in drawn(as_of=early, seen=(SeenState(1, words),)) if isinstance(m, Text) and m.words == words
    ]
    assert (beside_late.anchor, beside_early.anchor) == ("start", "end")
