"""How figures were restated, and when files came, from the standings of a history."""

from datetime import date
from itertools import pairwise

import pytest

from domain.measures.registry import MEASURES, measure_named
from domain.periods import month_ends
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice
from projections.timeliness.coverage import reporting
from projections.timeliness.revisions import (
    STILL_MOVING_DAYS,
    KnownFigure,
    Restatement,
    Revision,
    most_restated,
    revisions,
)
from tests.forecasts import MONTHS, SMALL, engine_after
from tests.histories import told
from tests.ledger import standings_at_once

# Two agencies; Ross reports May late. In Leominster a discharge of May becomes known in July, and a mistake in October.
LATE = """
    client | event             | occurred_on | known_on   | agency | detail
    -------+-------------------+-------------+------------+--------+-------------------------------
    Ann    | started           | 2017-01-10  | 2017-05-12 | H0001  | opiate
    Ann    | file              |             | 2017-06-12 | H0001  | covers=2017-05-01..2017-05-31
    Bea    | started           | 2017-01-20  | 2017-05-12 | H0001  | opiate
    Cat    | started           | 2017-02-01  | 2017-05-12 | H0002  | opiate
    Cat    | file              |             | 2017-06-20 | H0002  | covers=2017-05-01..2017-05-31
    Ann    | exited            | 2017-05-20  | 2017-07-12 | H0001  | 80 covers=2017-06-01..2017-06-30
    Dee    | started           | 2017-05-30  | 2017-07-20 | H0002  | opiate covers=2017-06-01..2017-06-30
    Ann    | exited            | 2017-05-20  | 2017-10-12 | H0001  | 85 covers=2017-09-01..2017-09-30
    Cat    | file              |             | 2017-10-20 | H0002  | covers=2017-09-01..2017-09-30
"""
ALL = Slice()
MAY, JUNE, SEPTEMBER = date(2017, 5, 31), date(2017, 6, 30), date(2017, 9, 30)


def engine_of(history: str) -> StandingsEngine:
    ledger = told(history).ledger
    return StandingsEngine(*standings_at_once(ledger), ledger.submissions)


def revision(as_of: date, where: Slice = ALL, known_at: date | None = None, code: str = "4.0") -> Revision:
    (found,) = revisions(engine_of(LATE), [measure_named(code)], [as_of], [where], known_at)
    return found.rows[0]


def test_the_first_figure_is_known_when_all_expected_agencies_have_reported() -> None:
    assert revision(MAY).first == KnownFigure.on(date(2017, 6, 20), 0, 3)
    assert revision(MAY, known_at=date(2017, 6, 19)).first is None
    assert revision(MAY, known_at=date(2017, 6, 19)).missing == ("H0002",)
    assert revision(MAY, known_at=date(2017, 6, 20)).first == KnownFigure.on(date(2017, 6, 20), 0, 3)


def test_every_day_that_changed_it_is_a_restatement() -> None:
    found = revision(MAY)
    assert found.restatements == 3  # Ann's discharge, Dee, Ann's reason
    assert found.largest == Restatement(date(2017, 7, 12), 1, 0, 33.333)
    assert found.latest == KnownFigure.on(date(2017, 10, 20), 0, 4)


def test_a_restatement_before_the_first_figure_is_none() -> None:
    assert revision(JUNE).first == KnownFigure.on(date(2017, 7, 20), 1, 4)
    assert revision(JUNE).restatements == 1
    assert revision(JUNE).largest == Restatement(date(2017, 10, 12), -1, 0, -25.0)


def test_a_figure_may_still_move_until_it_has_stood_for_three_monthly_files() -> None:
    assert revision(MAY).settled_after_days is None
    stood = LATE + f"    Cat | file | | {date(2018, 1, 12)} | H0002 | covers=2017-12-01..2017-12-31\n"
    (found,) = revisions(engine_of(stood), [measure_named("4.0")], [MAY], [Slice()])
    assert (date(2018, 1, 12) - date(2017, 10, 12)).days == STILL_MOVING_DAYS
    assert found.rows[0].settled_after_days == (date(2017, 10, 12) - MAY).days
    earlier = LATE + f"    Cat | file | | {date(2018, 1, 11)} | H0002 | covers=2017-12-01..2017-12-31\n"
    (found,) = revisions(engine_of(earlier), [measure_named("4.0")], [MAY], [Slice()])
    assert found.rows[0].settled_after_days is None


def test_by_agency_only_its_own_journeys_move() -> None:
    assert revision(MAY, Slice(agency="H0002")).restatements == 1
    assert revision(MAY, Slice(agency="H0001")).restatements == 2


def test_a_count_has_no_points() -> None:
    found = revision(MAY, code="N.treatment")
    assert found.largest == Restatement(date(2017, 7, 20), 1, None, None)
    assert found.first == KnownFigure.on(date(2017, 6, 20), 3, None)


def test_before_anything_was_received_there_is_nothing_to_restate() -> None:
    assert revision(MAY, known_at=date(2017, 1, 1)) == Revision(MAY, (), None, None, 0, None, None)


def test_the_summary_is_that_of_its_rows() -> None:
    days = list(month_ends(date(2015, 1, 1), date(2017, 6, 30)))
    (found,) = revisions(engine_after(MONTHS), [measure_named("4.2")], days, [Slice()])
    assert (found.restated, found.still_moving) == (
        sum(row.restatements > 0 for row in found.rows),
        sum(row.settled_after_days is None for row in found.rows),
    )
    settled = sorted(row.settled_after_days for row in found.rows if row.settled_after_days is not None)
    assert found.longest_days == settled[-1]
    assert found.median_days in {settled[len(settled) // 2], sum(settled[len(settled) // 2 - 1 :][:2]) / 2}
    largest_of_all = most_restated(found.rows)
    assert largest_of_all
    assert largest_of_all.largest
    largest = max(abs(row.largest.points or 0) for row in found.rows if row.largest)
    assert abs(largest_of_all.largest.points or 0) == largest


@pytest.mark.parametrize("where", [Slice(), Slice(agency=SMALL)], ids=str)
def test_restatements_are_those_that_asking_day_by_day_shows(where: Slice) -> None:
    engine = engine_after(MONTHS)
    measures = [measure_named(code) for code in ("4.2", "5.2u", "3.0", "N.new")]
    as_ofs = list(month_ends(date(2015, 1, 1), date(2017, 6, 30)))[::5]
    for found in revisions(engine, measures, as_ofs, [where]):
        for row in found.rows:
            days = engine.submissions.days_of_knowledge()
            figures = [engine.figure(found.measure, engine.standpoint(row.as_of, day), where) for day in days]
            complete = [f for f in figures if f.coverage.status not in {None, "incomplete"}]
            assert row.first
            assert row.latest
            assert complete[0].standpoint.known_at == row.first.known_at
            assert (complete[0].numerator, complete[0].denominator) == (row.first.numerator, row.first.denominator)
            assert (figures[-1].numerator, figures[-1].percentage) == (row.latest.numerator, row.latest.percentage)
            counts = [(f.numerator, f.denominator) for f in complete]
            assert row.restatements == sum(before != after for before, after in pairwise(counts))


def test_all_measures_of_all_agencies_are_counted_at_once() -> None:
    engine = engine_after(MONTHS)
    slices = [Slice(agency=agency) for agency in engine.submissions.agencies()]
    found = revisions(engine, MEASURES, [date(2016, 12, 31), date(2017, 1, 31)], slices)
    assert [(one.slice, one.measure) for one in found] == [(where, measure) for where in slices for measure in MEASURES]


# ---- coverage through time


def test_each_month_says_which_file_covered_its_end_and_when_it_came() -> None:
    found = reporting(engine_of(LATE), [MAY, JUNE, date(2017, 8, 31), SEPTEMBER])
    may, june, august, september = found.months
    assert [(r.agency, r.received_on, r.days) for r in may.reports] == [
        ("H0001", date(2017, 6, 12), 12),
        ("H0002", date(2017, 6, 20), 20),
    ]
    assert (may.complete_on, may.days, may.missing) == (date(2017, 6, 20), 20, ())
    assert june.days == 20
    assert (august.complete_on, august.missing) == (None, ("H0001", "H0002"))
    assert september.days == 20
    assert [(d.agency, d.reported, d.missing, d.median_days, d.longest_days) for d in found.delays()] == [
        ("H0001", 3, 1, 12, 12),
        ("H0002", 3, 1, 20, 20),
    ]


def test_coverage_is_what_was_known_then() -> None:
    may = reporting(engine_of(LATE), [MAY], date(2017, 6, 19)).months[0]
    assert (may.missing, may.complete_on) == (("H0002",), None)
    assert reporting(engine_of(LATE), [MAY], date(2016, 1, 1)).agencies == ()


def test_an_agency_without_an_open_episode_is_not_expected() -> None:
    closed = LATE + "".join(
        f"    {client} | exited | 2017-06-20 | 2017-11-12 | H0002 | 80\n" for client in ("Cat", "Dee")
    )
    july = reporting(engine_of(closed), [date(2017, 7, 31)]).months[0]
    assert [(r.agency, r.is_expected) for r in july.reports] == [("H0001", True), ("H0002", False)]
