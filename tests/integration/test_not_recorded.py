"""Of whom nothing is recorded stands beside the figure, for whoever may see it; and is never read as an answer."""

from dataclasses import replace
from datetime import date

import msgspec
import pytest

from domain.measures.registry import measure_named
from projections.performance.colours.rag import NotRated, Rated, Unrated, against
from projections.performance.targets import FigureTargets
from projections.privacy.complements import beside_others
from projections.standings.engine import Figure
from projections.standings.hidden import HIDDEN
from projections.standings.slices import Slice
from tests.histories import engine_on_sqlite
from tests.scorecards import a_figure, a_target
from web.presenters import text
from web.queries.performance.figure import figure_result

HISTORY = """
    client | agency | event    | occurred_on | detail
    Ann    | H0001  | started  | 2017-01-01  | opiate HEPBSTAT=A HEPCTSTD=2017-01-01
    Ann    | H0001  | exited   | 2017-06-01  | 80
    Ann    | H0001  | exit TOP | 2017-06-01  | ACUTHPBM=N PWORK=3
    Bob    | H0001  | started  | 2017-01-01  | opiate HEPBSTAT=D
    Bob    | H0001  | exited   | 2017-06-01  | 80
    Bob    | H0001  | exit TOP | 2017-06-01  | ACUTHPBM=N
    Cas    | H0002  | started  | 2017-01-01  | opiate
    Cas    | H0002  | exited   | 2017-06-01  | 80
    Dee    | H0002  | started  | 2017-01-01  | opiate
"""


def figure(code: str, **where: str) -> Figure:
    engine = engine_on_sqlite(HISTORY)
    return engine.figure(measure_named(code), engine.standpoint(date(2017, 6, 30)), Slice(**where))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "numbers", "agency", "said"),
    [
        ("B.hepb", (1, 4, 2), None, "For 2 of them nothing is recorded about a hepatitis B vaccination; they are not"),
        ("B.hepc", (1, 4, 3), None, "For 3 of them nothing is recorded about a test for hepatitis C; they are not"),
        (
            "H.housing",
            (2, 2, 1),
            None,
            "1 more completion left out: no exit TOP within 14 days says anything about hous",
        ),
        ("H.work", (1, 1, 2), None, "2 more completions left out: no exit TOP within 14 days says anything about paid"),
        (
            "B.hepb",
            (0, 2, 2),
            "H0002",
            "Nothing is recorded about a hepatitis B vaccination for any of them: the files",
        ),
        ("H.housing", (0, 0, 1), "H0002", "1 more completion left out"),
        ("B.hepb", (1, 2, 0), "H0001", ""),
        ("4.0", (3, 4, None), None, ""),
    ],
)
def test_who_stands_beside(code: str, numbers: tuple[int, int, int | None], agency: str | None, said: str) -> None:
    found = figure(code, **({"agency": agency} if agency else {}))
    assert (found.numerator, found.denominator, found.not_recorded) == numbers
    assert text.not_recorded(found).startswith(said)
    assert bool(text.not_recorded(found)) == bool(said)
    document = msgspec.to_builtins(figure_result(found))
    assert document.get("not_recorded", None) == numbers[2]
    assert ("not_recorded" in document) == (numbers[2] is not None)


def test_a_figure_of_whom_nothing_is_recorded_has_no_colour() -> None:
    goal = FigureTargets(a_target(measure="B.hepb"))
    of_nothing = against(a_figure(0, 40, "B.hepb", not_recorded=40), goal)
    assert isinstance(of_nothing, NotRated)
    assert of_nothing.why is Unrated.NOT_RECORDED
    assert isinstance(against(a_figure(0, 40, "B.hepb", not_recorded=39), goal), Rated)


@pytest.mark.parametrize(
    ("others", "unrecorded", "shown"),
    [(40, 20, True), (40, 4, False), (40, 36, False), (40, 35, True), (40, 0, False)],
)
def test_a_provider_sees_it_of_a_sum_only_if_it_tells_of_no_few_others(
    others: int, unrecorded: int, shown: bool
) -> None:
    whole = replace(figure("B.hepb"), numerator=50, denominator=100, not_recorded=30)
    rest = replace(whole, numerator=20, denominator=others, not_recorded=unrecorded)
    seen = beside_others(whole, rest)
    assert (seen.numerator, seen.not_recorded is HIDDEN) == (50, not shown)
    assert bool(text.not_recorded(seen)) == shown
