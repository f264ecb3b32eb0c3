"""What a figure rests on: the day that is meant, an agency's two numbers, and what became of complete figures."""

from datetime import date

import pytest

from domain.measures.registry import measure_named
from projections.performance.breakdown import parts_of_area
from projections.standings.engine import Belonging
from projections.standings.slices import Slice
from projections.timeliness.coverage import newest_month_end
from projections.timeliness.later_moves import LaterMoves, later_moves
from tests.histories import engine_on_sqlite

OCTOBER = "covers=2017-10-01..2017-10-31"


def newest(*files: str) -> date | None:
    """Three people at H0001 and one each at H0002 and H0003, and these more files."""
    history = f"""
        client | episode | agency | event   | occurred_on | known_on   | detail
        Ann    | 1       | H0001  | started | 2017-05-01  | 2017-11-10 | opiate {OCTOBER}
        Bob    | 2       | H0001  | started | 2017-05-01  | 2017-11-10 | opiate {OCTOBER}
        Cai    | 3       | H0001  | started | 2017-05-01  | 2017-11-10 | opiate {OCTOBER}
        Dee    | 4       | H0002  | started | 2017-05-01  | 2017-11-10 | opiate {OCTOBER}
        Eve    | 5       | H0003  | started | 2017-05-01  | 2017-11-10 | opiate {OCTOBER}
    """ + "".join(
        f"\n               |         | {file.split()[0]} | file | | 2026-11-20 | {file.split()[1]}" for file in files
    )
    engine = engine_on_sqlite(history)
    return newest_month_end(engine, engine.standpoint(date(2017, 10, 31)).position)


@pytest.mark.parametrize(
    ("files", "day"),
    [
        ((), "2017-10-31"),
        # Received nine years late, it covers an old month: nothing after the files is ever meant.
        (("H0002 covers=2017-09-01..2017-09-30",), "2017-10-31"),
        # One small agency is early, or far ahead, alone.
        (("H0002 covers=2017-11-01..2017-11-30",), "2017-10-31"),
        (("H0003 covers=2018-01-01..2026-10-31",), "2017-10-31"),
        # Those of most people are in.
        (("H0001 covers=2017-11-01..2017-11-30",), "2017-11-30"),
        # A month that is not over is not covered to its end.
        (("H0001 covers=2017-11-01..2017-11-29",), "2017-10-31"),
    ],
)
def test_where_no_day_is_asked_for_it_is_the_newest_month_end_that_the_files_cover(
    files: tuple[str, ...], day: str
) -> None:
    assert newest(*files) == date.fromisoformat(day)


def test_without_a_file_no_day_is_meant_and_without_a_month_end_the_last_day_covered() -> None:
    history = """
        client | agency | event   | occurred_on | known_on   | detail
        Ann    | H0001  | started | 2017-10-02  | 2017-11-10 | opiate covers=2017-10-01..2017-10-20
    """
    engine = engine_on_sqlite(history)
    assert newest_month_end(engine, 0) is None
    assert newest_month_end(engine, engine.standpoint(date(2017, 10, 31)).position) == date(2017, 10, 20)


MOVED_ON = """
    client | episode | agency | event   | occurred_on | known_on   | detail
    Ann    | 1       | H0001  | started | 2016-09-01  | 2017-08-10 | opiate
    Ann    | 1       | H0001  | exited  | 2017-05-01  | 2017-08-10 | 83
    Ann    | 2       | H0002  | started | 2017-05-10  | 2017-08-10 | opiate
    Ann    | 2       | H0002  | exited  | 2017-06-01  | 2017-08-10 | 80
    Bob    | 3       | H0001  | started | 2016-09-01  | 2017-08-10 | opiate
"""


def test_an_agency_has_two_numbers() -> None:
    """Ann was at both agencies, and belongs to the one that discharged her last."""
    engine, measure = engine_on_sqlite(MOVED_ON), measure_named("4.0")
    standpoint = engine.standpoint(date(2017, 7, 31))
    first = engine.figure(measure, standpoint, Slice(agency="H0001"))
    assert (first.numerator, first.denominator, first.belonging) == (1, 2, Belonging(0, 1))
    assert engine.figure(measure, standpoint, Slice()).belonging is None
    parts = parts_of_area(engine, measure, standpoint, Slice()).parts
    assert [(part.agency, part.numerator, part.denominator, part.by_any_episode) for part in parts] == [
        ("H0001", 0, 1, (1, 2)),
        ("H0002", 1, 1, (1, 1)),
    ]


def test_what_became_of_complete_figures() -> None:
    """May and June 2017 were complete on 12 August: Bob's exit in June became known after that, and moved June."""
    history = """
        client | agency | event   | occurred_on | known_on   | detail
        Ann    | H0001  | started | 2016-09-01  | 2017-06-12 | opiate covers=2017-05-01..2017-05-31
        Bob    | H0001  | started | 2016-09-01  | 2017-06-12 | opiate covers=2017-05-01..2017-05-31
               | H0001  | file    |             | 2017-08-12 | covers=2017-06-01..2017-07-31
        Bob    | H0001  | exited  | 2017-06-20  | 2017-09-12 | 80 covers=2017-08-01..2017-08-31
    """
    engine = engine_on_sqlite(history)
    standpoint = engine.standpoint(date(2017, 6, 30))
    completions, treated = measure_named("4.0"), measure_named("N.treatment")
    moves = later_moves(engine, [completions, treated], standpoint, Slice())
    assert moves == [LaterMoves(2, 1, 1, 1), LaterMoves(2, 0, None, None)]
    assert LaterMoves.together(moves) == LaterMoves(4, 1, 1, 1)
    nothing = engine.standpoint(date(2017, 6, 30), date(2017, 6, 12))
    assert later_moves(engine, [completions], nothing, Slice()) == [LaterMoves(0, 0, None, None)]
