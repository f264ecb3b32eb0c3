"""Monthly counts

What a control chart is drawn of: in which calendar month a journey started, ended or was followed by a return. Each
counts in one month alone.
"""

from collections.abc import Sequence
from datetime import date

import pytest

from domain.measures.registry import measure_named
from domain.periods import month_ends
from projections.performance.spc import Counted, control_chart, monthly_counts
from projections.standings.slices import Slice
from tests.histories import engine_on_sqlite
from web.queries.performance.scorecards import groups_of

ENDS = list(month_ends(date(2017, 1, 1), date(2017, 7, 31)))


def counts(history: str, of: Counted, known_at: str | None = None, where: Slice | None = None) -> list[int]:
    """Of January to July 2017."""
    engine = engine_on_sqlite(history)
    position = engine.standpoint(date(2017, 7, 31), date.fromisoformat(known_at) if known_at else None).position
    return monthly_counts(engine, of, ENDS, position, where or Slice())


LEAVING = """
    client | agency | event   | occurred_on | known_on   | detail
    Ann    | H0001  | started | 2017-01-31  | 2017-08-10 | opiate
    Ann    | H0001  | exited  | 2017-03-01  | 2017-08-10 | 80
    Bob    | H0002  | started | 2017-02-01  | 2017-08-10 | alcohol
    Bob    | H0002  | exited  | 2017-03-31  | 2017-08-10 | 85
    Cai    | H0001  | started | 2017-02-28  | 2017-08-10 | alcohol
    Cai    | H0001  | exited  | 2017-04-01  | 2017-09-10 | 89
"""


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (Counted.STARTED, [1, 2, 0, 0, 0, 0, 0]),
        (Counted.ENDED, [0, 0, 2, 1, 0, 0, 0]),
        (Counted.COMPLETED, [0, 0, 1, 0, 0, 0, 0]),
        (Counted.UNPLANNED, [0, 0, 1, 0, 0, 0, 0]),
        (Counted.RETURNED, [0, 0, 0, 0, 0, 0, 0]),
    ],
)
def test_a_month_includes_its_first_and_its_last_day(of: Counted, expected: Sequence[int]) -> None:
    """Ann starts on the last of January and leaves on the first of March."""
    assert counts(LEAVING, of) == expected


def test_a_month_is_counted_as_known_at() -> None:
    """Cai's end is reported a month late."""
    assert counts(LEAVING, Counted.ENDED, known_at="2017-09-09") == [0, 0, 2, 0, 0, 0, 0]


def test_a_slice_counts_its_own() -> None:
    assert counts(LEAVING, Counted.ENDED, where=Slice(agency="H0001")) == [0, 0, 1, 1, 0, 0, 0]


RETURNING = """
    client | episode | event   | occurred_on | detail
    Ann    | 1       | started | 2016-09-01  | opiate
    Ann    | 1       | exited  | 2017-01-10  | 80
    Ann    | 2       | started | 2017-01-31  | opiate
    Ann    | 2       | exited  | 2017-03-05  | 80
    Bob    | 3       | started | 2016-09-01  | alcohol
    Bob    | 3       | exited  | 2017-01-05  | 81
    Bob    | 4       | started | 2017-07-04  | opiate
    Cai    | 5       | started | 2016-09-01  | alcohol
    Cai    | 5       | exited  | 2017-01-05  | 81
    Cai    | 6       | started | 2017-07-05  | opiate
"""


def test_an_end_after_which_treatment_goes_on_is_none() -> None:
    """Ann is back on day 21, still in January: it is one journey, which ends in March."""
    assert counts(RETURNING, Counted.COMPLETED) == [2, 0, 1, 0, 0, 0, 0]


def test_an_end_that_the_next_month_takes_back_counted_when_it_ended() -> None:
    """Back in the next month within 21 days: at the end of January it was an end."""
    history = """
        client | episode | event   | occurred_on | detail
        Ann    | 1       | started | 2016-09-01  | opiate
        Ann    | 1       | exited  | 2017-01-25  | 80
        Ann    | 2       | started | 2017-02-10  | opiate
        Ann    | 2       | exited  | 2017-03-05  | 80
    """
    assert counts(history, Counted.COMPLETED) == [1, 0, 1, 0, 0, 0, 0]


def test_a_return_counts_in_its_own_month() -> None:
    """Bob returns a day before six months are over, Cai on the day: one return within six months."""
    assert counts(RETURNING, Counted.RETURNED) == [0, 0, 0, 0, 0, 0, 1]


def test_a_start_counts_once_it_is_treatment() -> None:
    """Triaged in January, in structured treatment from February on: before, there is no journey to count."""
    history = """
        client | event        | occurred_on | detail
        Ann    | triaged      | 2017-01-20  | opiate
        Ann    | intervention | 2017-02-03  |
    """
    assert counts(history, Counted.STARTED) == [0, 1, 0, 0, 0, 0, 0]


def test_months_without_their_files_are_left_out() -> None:
    """The files cover January 2016 to June 2017; seen in July, July is not shown as a fall to nothing."""
    history = """
        client | event   | occurred_on | known_on   | detail
        Ann    | started | 2015-12-20  | 2017-07-10 | opiate
        Ann    | file    | 2017-06-30  | 2017-07-10 | covers=2016-01-01..2017-06-30
    """
    engine = engine_on_sqlite(history)
    found = control_chart(engine, Counted.STARTED, engine.standpoint(date(2017, 8, 15)), Slice(), months=24)
    assert found.left_out == (date(2017, 7, 31),)
    assert [found.points[0].last_day, found.points[-1].last_day] == [date(2016, 1, 31), date(2017, 6, 30)]
    nothing = control_chart(engine, Counted.STARTED, engine.standpoint(date(2017, 8, 15), 0), Slice())
    assert nothing.points == ()


@pytest.mark.parametrize(
    ("of", "code", "expected"),
    [
        (Counted.COMPLETED, "4.0", [0, 1, 0, 0, 0, 0, 0]),
        (Counted.COMPLETED, "4.2", [0, 0, 1, 0, 0, 0, 0]),
        (Counted.RETURNED, "5.0", [0, 0, 0, 1, 0, 0, 0]),
        (Counted.RETURNED, "5.2", [0, 0, 0, 0, 0, 0, 0]),
    ],
)
def test_beside_a_measure_its_own_group_is_counted(of: Counted, code: str, expected: Sequence[int]) -> None:
    history = """
        client | episode | agency | event   | occurred_on | known_on   | detail
        Ann    | 1       | H0001  | started | 2016-01-01  | 2017-08-10 | opiate
        Ann    | 1       | H0001  | exited  | 2017-02-10  | 2017-08-10 | 80
        Ann    | 2       | H0001  | started | 2017-04-20  | 2017-08-10 | opiate
        Bob    | 3       | H0001  | started | 2016-01-01  | 2017-08-10 | alcohol
        Bob    | 3       | H0001  | exited  | 2017-03-10  | 2017-08-10 | 81
    """
    engine = engine_on_sqlite(history)
    position = engine.standpoint(date(2017, 7, 31)).position
    assert monthly_counts(engine, of, ENDS, position, Slice(), groups_of(measure_named(code))) == expected
