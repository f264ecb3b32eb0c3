"""Coverage and status

Expected are the agencies with an open episode at `as_of`, and those under contract on that day; missing are those of
them without a file, by `known_at`, that covers `as_of`. A figure is incomplete while one is missing, provisional until
each has a file that ends at least a month after `as_of`, then complete. It has no status where no file at all covers
the day: before the first that one covers, after the last, and while no file was received.
"""

from datetime import date

import pytest

from domain.measures.registry import measure_named
from projections.standings.slices import Slice
from projections.store.submissions import Coverage
from tests.histories import engine_on_sqlite


def coverage_of(history: str, as_of: str, known_at: str | None = None, agency: str | None = None) -> Coverage:
    engine = engine_on_sqlite(history)
    standpoint = engine.standpoint(date.fromisoformat(as_of), date.fromisoformat(known_at) if known_at else None)
    return engine.figure(measure_named("4.0"), standpoint, Slice(agency=agency)).coverage


TWO_AGENCIES = """
    client | episode | agency | event   | occurred_on | known_on   | detail
    Ann    | 1       | H0001  | started | 2016-09-01  | 2017-01-12 | opiate covers=2016-12-01..2016-12-31
    Bob    | 2       | H0002  | started | 2016-09-01  | 2017-01-15 | opiate covers=2016-12-01..2016-12-31
           |         | H0001  | file    |             | 2017-02-12 | covers=2017-01-01..2017-01-31
           |         | H0002  | file    |             | 2017-03-12 | covers=2017-01-01..2017-02-28
"""


@pytest.mark.parametrize(
    ("as_of", "known_at", "missing", "status"),
    [
        ("2016-12-31", "2017-01-11", (), "none"),
        ("2016-12-31", "2017-01-12", (), "provisional"),
        ("2016-12-31", "2017-01-15", (), "provisional"),
        ("2016-12-31", "2017-02-12", (), "provisional"),
        ("2016-12-31", "2017-03-12", (), "complete"),
        ("2017-01-31", "2017-02-12", ("H0002",), "incomplete"),
        ("2017-01-31", "2017-03-12", (), "provisional"),
        ("2017-01-01", "2017-02-12", ("H0002",), "incomplete"),
        ("2016-11-30", "2017-03-12", ("H0001", "H0002"), "none"),
        ("2017-02-28", "2017-03-12", ("H0001",), "incomplete"),
        ("2017-03-01", "2017-03-12", ("H0001", "H0002"), "none"),
    ],
)
def test_status(as_of: str, known_at: str, missing: tuple[str, ...], status: str) -> None:
    """Which agencies are missing, and what that makes of a figure.

    Both days that a file gives are covered.
    """
    coverage = coverage_of(TWO_AGENCIES, as_of, known_at)
    assert (coverage.missing, coverage.status or "none") == (missing, status)


@pytest.mark.parametrize(("last_day", "status"), [("2017-02-27", "provisional"), ("2017-02-28", "complete")])
def test_a_month_after_as_of(last_day: str, status: str) -> None:
    """A month after 31 January is 28 February: a file that ends then settles the figure."""
    history = f"""
        client | agency | event   | occurred_on | known_on   | detail
        Ann    | H0001  | started | 2016-09-01  | 2017-02-12 | opiate covers=2017-01-01..2017-01-31
               | H0001  | file    |             | 2017-03-12 | covers=2017-02-01..{last_day}
    """
    assert coverage_of(history, "2017-01-31").status == status


def test_expected_are_agencies_with_an_open_episode() -> None:
    """An agency whose episodes are all discharged by `as_of`, or not in treatment, is not expected to report."""
    history = """
        client | episode | agency | event   | occurred_on | known_on   | detail
        Ann    | 1       | H0001  | started | 2016-09-01  | 2017-01-12 | opiate covers=2016-12-01..2016-12-31
        Bob    | 2       | H0002  | started | 2016-09-01  | 2017-01-12 | opiate covers=2016-12-01..2016-12-31
        Bob    | 2       | H0002  | exited  | 2016-12-31  | 2017-01-12 | 80
        Cas    | 3       | H0003  | triaged | 2016-09-01  | 2017-01-12 | opiate covers=2016-12-01..2016-12-31
    """
    assert coverage_of(history, "2016-12-31").expected == ("H0001",)
    assert coverage_of(history, "2016-12-30").expected == ("H0001", "H0002")


UNDER_CONTRACT = """
    client | agency | event              | occurred_on | known_on   | detail
    Ann    | H0001  | started            | 2016-09-01  | 2017-01-12 | opiate covers=2016-12-01..2016-12-31
           | H0002  | contract           | 2016-12-01  | 2017-01-13 | to=2017-03-31
           | H0002  | file               |             | 2017-01-20 | covers=2016-12-01..2016-12-31
           | H0002  | contract           | 2016-12-01  | 2017-02-20 | to=2017-01-30
           | H0002  | contract withdrawn | 2016-12-01  | 2017-02-25 |
"""


@pytest.mark.parametrize(
    ("as_of", "known_at", "expected", "status"),
    [
        ("2016-12-31", "2017-01-12", "H0001", "provisional"),
        ("2016-12-31", "2017-01-13", "H0001 H0002", "incomplete"),
        ("2016-12-31", "2017-01-20", "H0001 H0002", "provisional"),
        ("2016-11-30", "2017-01-20", "H0001", "none"),
        ("2016-12-01", "2017-01-20", "H0001 H0002", "provisional"),
        ("2017-03-31", "2017-01-20", "H0001 H0002", "none"),
        ("2017-04-01", "2017-01-20", "H0001", "none"),
        ("2017-01-30", "2017-02-20", "H0001 H0002", "none"),
        ("2017-01-31", "2017-02-20", "H0001", "none"),
        ("2017-01-31", "2017-02-19", "H0001 H0002", "none"),
        ("2016-12-31", "2017-02-24", "H0001 H0002", "provisional"),
        ("2016-12-31", "2017-02-25", "H0001", "provisional"),
    ],
)
def test_expected_are_agencies_under_contract(as_of: str, known_at: str, expected: str, status: str) -> None:
    """From its first day to its last, an agency with a contract owes a file, also one of which nothing is known yet.

    A contract said again with the same first day stands as said last, and one that is withdrawn not at all; each word
    counts from the day on which it was received.
    """
    coverage = coverage_of(UNDER_CONTRACT, as_of, known_at)
    assert (" ".join(coverage.expected), coverage.status or "none") == (expected, status)


CLAIMS_TOO_MUCH = """
    client | agency | event          | occurred_on | known_on   | detail
    Ann    | H0001  | started        | 2016-09-01  | 2017-04-12 | opiate covers=2009-01-01..2017-03-31
    Bob    | H0002  | started        | 2016-09-01  | 2017-04-13 | opiate covers=2016-12-01..2017-03-31
           | H0001  | days corrected |             | 2017-04-20 | covers=2016-12-01..2016-12-31
           | H0001  | file           |             | 2017-04-25 | covers=2017-01-01..2017-01-31
           | H0001  | days corrected |             | 2017-04-27 |
           | H0001  | days corrected |             | 2017-04-29 | covers=2017-01-01..2017-01-31
"""


@pytest.mark.parametrize(
    ("as_of", "known_at", "missing", "status"),
    [
        ("2017-02-28", "2017-04-19", (), "complete"),
        ("2017-02-28", "2017-04-20", ("H0001",), "incomplete"),
        ("2016-12-31", "2017-04-19", (), "complete"),
        ("2016-12-31", "2017-04-20", (), "provisional"),
        ("2016-08-31", "2017-04-19", (), "complete"),
        ("2016-08-31", "2017-04-20", (), "none"),
        ("2017-01-31", "2017-04-20", ("H0001",), "incomplete"),
        ("2017-01-31", "2017-04-25", (), "provisional"),
        ("2017-01-31", "2017-04-27", ("H0001",), "incomplete"),
        ("2017-01-31", "2017-04-29", (), "provisional"),
        ("2016-12-31", "2017-04-27", (), "provisional"),
    ],
)
def test_days_that_a_name_claimed_wrongly(as_of: str, known_at: str, missing: tuple[str, ...], status: str) -> None:
    """A file covers the days of its name, until a correction says which of them it covers, or that it covers none.

    It counts from the day on which it was received: what was known before stays. The newest of a file stands, so that
    one can be taken back by another.
    """
    coverage = coverage_of(CLAIMS_TOO_MUCH, as_of, known_at)
    assert (coverage.missing, coverage.status or "none") == (missing, status)


def test_coverage_is_of_all_agencies_whatever_the_slice() -> None:
    """Journeys run through several agencies, so every figure lists all that are expected."""
    assert coverage_of(TWO_AGENCIES, "2017-01-31", "2017-02-12", agency="H0001").missing == ("H0002",)


def test_a_review_file_covers_nothing() -> None:
    """Only monthly files cover days."""
    history = """
        client | event         | occurred_on | known_on   | detail
        Ann    | started       | 2016-09-01  | 2017-01-12 | opiate covers=2016-12-01..2016-12-31
        Ann    | recovery plan | 2017-01-31  | 2017-02-12 | covers=2017-01-01..2017-01-01
    """
    assert coverage_of(history, "2017-01-31").missing == ("H0001",)
