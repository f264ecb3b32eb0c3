"""Charts say in shapes and in a sentence what their numbers say."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.periods import add_months, last_day_of_month
from projections.standings.wilson import wilson
from web.charts import (
    Band,
    Block,
    Dot,
    Drawing,
    HeatMapCell,
    HeatMapRow,
    Move,
    Path,
    ProcessPoint,
    RuledLine,
    Text,
    TrendPoint,
    heat_map,
    interval_bar,
    process_chart,
    sparkline,
    trend,
    waterfall,
)
from web.charts.heat_map import shade
from web.charts.series import NOT_COMPLETE

HALF_A_POINT = 8.0
"""A point at the edge may stand over it by half its size, and its outline."""


def points(*values: float | None, complete: int = 99) -> list[TrendPoint]:
    """Month ends from August 2016 on."""
    days = [last_day_of_month(add_months(date(2016, 8, 31), i)) for i in range(len(values))]
    return [
        TrendPoint(day, value, f"{day:%B}", i < complete)
        for i, (day, value) in enumerate(zip(days, values, strict=True))
    ]


def marks(drawing: Drawing, kind: type, *kinds: str) -> list:
    """The marks of a shape, in order."""
    return [mark for mark in drawing.marks if isinstance(mark, kind) and (not kinds or mark.kind in kinds)]


def inside(drawing: Drawing) -> bool:
    """Whether nothing but labels reaches over the edges."""
    xs, ys = [], []
    for mark in drawing.marks:
        if isinstance(mark, RuledLine):
            xs += [mark.x1, mark.x2]
            ys += [mark.y1, mark.y2]
        elif isinstance(mark, Block):
            xs += [mark.x, mark.x + mark.width]
            ys += [mark.y, mark.y + mark.height]
        elif isinstance(mark, Path):
            xs += [x for x, _y in mark.points]
            ys += [y for _x, y in mark.points]
        else:
            xs.append(mark.x)
            ys.append(mark.y)
    return (
        min(xs, default=0) >= -HALF_A_POINT
        and max(xs, default=0) <= drawing.width + HALF_A_POINT
        and min(ys, default=0) >= -HALF_A_POINT
        and max(ys, default=0) <= drawing.height + HALF_A_POINT
    )


class TestTrend:
    def test_says_where_it_ends_and_how_that_stands_to_the_target(self):
        chart = trend("Completions", points(5.1, 4.4, 6.1, 5.5), target=6)
        assert chart.finding == (
            "From August 2016 to November 2016: 5.5% in November 2016, lowest 4.4% in September 2016, "
            "highest 6.1% in October 2016; below the target of 6%."
        )

    def test_a_missing_value_is_a_gap_and_not_a_nothing(self):
        chart = trend("Completions", points(5, 5.5, None, 6, 5))
        assert [len(path.points) for path in marks(chart, Path)] == [2, 2]
        assert len(marks(chart, Dot)) == 4

    def test_what_is_not_final_is_hollow_and_the_note_says_so(self):
        chart = trend("Completions", points(5, 6, 5, complete=2))
        assert [dot.kind for dot in marks(chart, Dot)] == ["point", "point", "open-point"]
        assert chart.note == f"{NOT_COMPLETE} The axis begins at 5%, not at nothing."

    def test_an_axis_that_does_not_begin_at_nothing_says_so(self):
        assert trend("Completions", points(5, 6)).note == "The axis begins at 5%, not at nothing."
        assert trend("Completions", points(2, 6)).note == ""
        assert trend("Journeys", points(236, 365), unit="").note == "The axis begins at 200, not at nothing."

    def test_a_percentage_has_one_decimal_as_it_has_everywhere(self):
        chart = trend("Completions", points(3.58, 5.0))
        assert "5.0% in September 2016, lowest 3.6% in August 2016" in chart.finding
        assert "5.0%" in {text.words for text in marks(chart, Text, "label")}

    def test_lines_are_labelled_at_their_ends(self):
        chart = trend("Completions", points(5, 5.54), target=5.5, band=Band("Similar areas", 5.2, 6))
        labels = {text.words: text.y for text in marks(chart, Text, "label", "target-label", "note")}
        said = ("5.5%", "Target 5.5%", "Similar areas 5.2", "to 6%")
        assert set(said) <= set(labels)
        heights = sorted(labels[words] for words in said)
        assert all(after - before >= 17.9 for before, after in pairwise(heights))

    @pytest.mark.parametrize("draw", [trend, sparkline])
    @pytest.mark.parametrize("values", [(), (None,), (5.0,), (0.0, 0.0), (None, 5.0, None)])
    def test_few_values_or_none_can_be_drawn(self, draw, values):
        chart = draw("Completions", points(*values))
        assert bool(marks(chart, Dot)) == any(value is not None for value in values)
        if not any(value is not None for value in values):
            assert chart.finding == "There is nothing to show yet."

    @settings(deadline=None)
    @given(st.lists(st.none() | st.floats(0, 100), min_size=1, max_size=60), st.none() | st.floats(0, 100))
    def test_everything_is_inside(self, values, target):
        assert inside(trend("Completions", points(*values), target=target))
        assert inside(sparkline("Completions", points(*values), target=target))

    def test_a_sparkline_shows_its_last_point_alone(self):
        assert len(marks(sparkline("Completions", points(5, 6, 7)), Dot)) == 1


class TestWaterfall:
    MOVES = (Move("Returned, reported late", -3), Move("Reason corrected", 1))

    def test_ends_at_what_start_and_moves_add_up_to(self):
        chart = waterfall("Why", ("Then", 24), self.MOVES, "Now")
        said = [text.words for text in marks(chart, Text, "label")]
        assert [words for words in said if words not in {"Then", "Now"}] == ["24", "−3", "+1", "22"]
        assert chart.finding == "From 24 to 22: +1 and −3."

    def test_each_bar_begins_where_the_one_before_ended(self):
        first, fall, rise, last = marks(waterfall("Why", ("Then", 24), self.MOVES, "Now"), Block)
        assert fall.x + fall.width == pytest.approx(first.x + first.width, abs=0.2)
        assert rise.x == pytest.approx(fall.x, abs=0.2)
        assert rise.x + rise.width == pytest.approx(last.x + last.width, abs=0.2)

    def test_bars_that_do_not_begin_at_nothing_say_so(self):
        notes = marks(waterfall("Why", ("Then", 438), self.MOVES, "Now"), Text, "note")
        assert [note.words.startswith("Bars begin at ") for note in notes] == [True]
        assert not marks(waterfall("Why", ("Then", 3), self.MOVES, "Now"), Text, "note")

    def test_nothing_changed_is_said(self):
        assert waterfall("Why", ("Then", 24), (), "Now").finding == "From 24 to 24: nothing changed."

    def test_long_reasons_are_broken_into_lines(self):
        reason = "Returned to treatment at another agency within six months, which was reported late"
        lines = marks(waterfall("Why", ("Then", 24), [Move(reason, -1)], "Now"), Text, "axis-label")
        assert len(lines) > 1
        assert " ".join(line.words for line in lines) == reason

    @settings(deadline=None)
    @given(st.integers(0, 5000), st.lists(st.integers(-50, 50).filter(bool), max_size=12))
    def test_everything_is_inside(self, start, diffs):
        now = start
        kept = [diff for diff in diffs if (now := now + diff) >= 0 or (now := now - diff) < 0]
        assert inside(waterfall("Why", ("Then", start), [Move("Because", diff) for diff in kept], "Now"))


class TestInterval:
    @settings(deadline=None)
    @given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
    def test_the_dot_stands_on_its_line(self, fraction):
        numerator, denominator = fraction
        limits = wilson(numerator, denominator)
        assert limits
        chart = interval_bar(100 * numerator / denominator, limits)
        (dot,), (_grid, line, *_ends) = marks(chart, Dot), marks(chart, RuledLine)
        assert line.x1 - 0.1 <= dot.x <= line.x2 + 0.1
        assert inside(chart)

    def test_figures_that_are_compared_share_a_scale(self):
        narrow, broad = interval_bar(5, (3, 8), upto=40), interval_bar(23, (14, 37), upto=40)
        ends = [[text.words for text in marks(chart, Text)] for chart in (narrow, broad)]
        assert ends == [["0%", "40%"], ["0%", "40%"]]

    def test_says_interval_and_target(self):
        assert interval_bar(5.48, (3.71, 8.02), target=8).finding == "5.5%, 95% interval 3.7% to 8.0%, target 8%."


class TestHeatMap:
    ROWS = (
        HeatMapRow("31 May 2017", (HeatMapCell(0, "26", "26"), HeatMapCell(-2, "24", "24"))),
        HeatMapRow("30 Jun 2017", (None, HeatMapCell(0, "25", "25"))),
    )

    def test_what_could_not_be_known_is_no_cell(self):
        chart = heat_map("Revisions", ["15 Jun", "15 Jul"], self.ROWS, across="As known on", down="As of")
        assert [block.kind for block in marks(chart, Block)] == ["cell-same", "cell-fall-2", "cell-same"]
        assert chart.finding == "Of 2 rows, 0 now stand higher than first known, 1 lower, 1 the same."
        assert inside(chart)

    def test_a_move_is_an_arrow_too(self):
        chart = heat_map("Revisions", ["15 Jun", "15 Jul"], self.ROWS, across="As known on", down="As of")
        assert [text.words for text in marks(chart, Text) if "↓" in text.words] == ["↓ 24"]

    @pytest.mark.parametrize(
        ("moved", "kind"),
        [(0, "cell-same"), (1, "cell-rise-1"), (4, "cell-rise-2"), (-1, "cell-fall-1"), (-2, "cell-fall-2")],
    )
    def test_depth_says_by_how_much(self, moved, kind):
        assert shade(moved, 4) == kind

    def test_nothing_known_is_said(self):
        chart = heat_map("Revisions", ["15 Jun"], [HeatMapRow("31 May", (None,))], across="As known on", down="As of")
        assert chart.finding == "Nothing is known of these months yet."


class TestProcess:
    def test_a_signal_is_a_diamond_and_is_told(self):
        days = [last_day_of_month(add_months(date(2017, 1, 31), i)) for i in range(3)]
        counts = [ProcessPoint(days[0], 3, "3"), ProcessPoint(days[1], 11, "11", "above the upper limit")]
        chart = process_chart("Exits", counts, mean=4, lower=0, upper=9.3, noun="exits")
        assert [dot.diamond for dot in marks(chart, Dot)] == [False, True]
        assert chart.finding == (
            "2 months, 4 exits a month on average. Not explained by chance: February 2017 (11, above the upper limit)."
        )
        assert chart.note
        assert inside(chart)

    def test_no_signal_is_said_too(self):
        chart = process_chart(
            "Exits", [ProcessPoint(date(2017, 1, 31), 3, "3")], mean=3, lower=0, upper=6, noun="exits"
        )
        assert chart.finding == "1 month, 3 exits a month on average. No month stands out from chance."
        assert not chart.note
