"""Working days in England, against bank holidays as they were proclaimed."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Refused
from domain.improvement.notice_rules import rule_sets, rules_named
from domain.improvement.working_days import (
    FIRST_YEAR,
    LAST_YEAR,
    days_left,
    is_overdue,
    is_working_day,
    working_day_after,
    working_day_from,
    working_days_between,
)

BANK_HOLIDAYS = [
    "2002-06-03",  # Golden Jubilee
    "2002-06-04",  # the spring bank holiday, moved
    "2011-04-29",  # a royal wedding
    "2012-01-02",  # New Year's Day, a Sunday
    "2012-06-04",
    "2012-06-05",  # Diamond Jubilee
    "2014-04-18",  # Good Friday
    "2014-04-21",  # Easter Monday
    "2015-12-28",  # Boxing Day, a Saturday
    "2017-04-14",
    "2017-04-17",
    "2017-08-28",
    "2020-05-08",  # early May, moved to VE day
    "2021-12-27",  # Christmas Day, a Saturday
    "2021-12-28",  # Boxing Day, a Sunday
    "2022-06-02",
    "2022-06-03",  # Platinum Jubilee
    "2022-09-19",  # a state funeral
    "2023-05-01",
    "2023-05-08",  # a coronation
    "2026-12-28",
]
WORKING_DAYS = ["2012-05-28", "2017-04-13", "2020-05-04", "2022-05-30", "2017-11-30", "2023-05-09"]
"""Among them days that would be bank holidays in another year, and Scotland's in November."""


@pytest.mark.parametrize("day", BANK_HOLIDAYS)
def test_a_bank_holiday_is_no_working_day(day: str) -> None:
    assert date.fromisoformat(day).weekday() < 5
    assert not is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize("day", WORKING_DAYS)
def test_any_other_weekday_is_one(day: str) -> None:
    assert is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize(
    ("day", "count", "due"),
    [
        ("2017-04-10", 5, "2017-04-19"),  # over Easter
        ("2023-04-28", 5, "2023-05-09"),  # over two bank holidays in May
        ("2017-04-14", 1, "2017-04-18"),  # said on Good Friday
        ("2017-04-15", 1, "2017-04-18"),  # said on a Saturday
        ("2021-12-24", 1, "2021-12-29"),  # both substitute days of Christmas
        ("2017-04-15", 0, "2017-04-15"),
    ],
)
def test_the_nth_working_day_after_a_day(day: str, count: int, due: str) -> None:
    assert working_day_after(date.fromisoformat(day), count) == date.fromisoformat(due)


def test_what_comes_on_a_day_off_is_received_on_the_next_working_day() -> None:
    assert working_day_from(date(2017, 4, 14)) == date(2017, 4, 18)
    assert working_day_from(date(2017, 4, 18)) == date(2017, 4, 18)


def test_days_left_and_overdue() -> None:
    due = date(2017, 4, 19)
    assert days_left(date(2017, 4, 13), due) == 2
    assert (days_left(due, due), is_overdue(due, due)) == (0, False)
    assert (days_left(date(2017, 4, 20), due), is_overdue(date(2017, 4, 20), due)) == (-1, True)
    # Friday's is overdue on Saturday already, by the day that will be the first.
    assert days_left(date(2017, 4, 22), date(2017, 4, 21)) == -1


@pytest.mark.parametrize(
    "day", [date(1, 1, 1), date(FIRST_YEAR - 1, 6, 1), date(LAST_YEAR + 1, 1, 4), date(9999, 1, 1)]
)
def test_of_years_whose_bank_holidays_are_not_known_nothing_is_counted(day: date) -> None:
    with pytest.raises(Refused) as refused:
        is_working_day(day)
    assert refused.value.code == "working-days-unknown"
    with pytest.raises(Refused):
        working_day_after(date(LAST_YEAR, 12, 31), 1)


DAYS = st.dates(date(1990, 1, 1), date(2060, 1, 1))


@given(day=DAYS, count=st.integers(1, 60))
def test_counting_on_and_counting_between_are_one(day: date, count: int) -> None:
    due = working_day_after(day, count)
    assert is_working_day(due)
    assert working_days_between(day, due) == count == days_left(day, due)
    assert working_days_between(day, due - timedelta(1)) == count - 1


@given(day=DAYS, length=st.integers(0, 60), more=st.integers(0, 60))
def test_stretches_add_up(day: date, length: int, more: int) -> None:
    middle, end = day + timedelta(length), day + timedelta(length + more)
    assert working_days_between(day, end) == working_days_between(day, middle) + working_days_between(middle, end)


# ---- the rule sets


def test_every_rule_set_is_read_and_marks_what_was_not_checked() -> None:
    its = rule_sets()
    assert set(its) == {"council-charity", "nhs-general-condition-9"}
    for rules in its.values():
        assert "withholding" in rules.unconfirmed
        assert any(rule.unconfirmed for rule in rules.deadlines)
    with pytest.raises(Refused):
        rules_named("none")


def test_the_nhs_rules_count_operational_days_from_the_next_one() -> None:
    rules = rules_named("nhs-general-condition-9")
    meeting = next(rule for rule in rules.deadlines if rule.code == "meeting")
    plan = next(rule for rule in rules.deadlines if rule.code == "plan")
    assert (meeting.days, plan.days, rules.word) == (10, 5, "contract query")
    # Given on a Saturday it is taken as given on Monday, and Tuesday is the first day.
    assert rules.due(meeting, date(2014, 5, 10)) == rules.due(meeting, date(2014, 5, 12)) == date(2014, 5, 27)
    council = rules_named("council-charity")
    assert council.counted_from(date(2014, 5, 10)) == date(2014, 5, 10)


def test_steps_that_rules_name_are_steps_of_a_notice() -> None:
    from domain.improvement.performance_notices import STEPS

    for rules in rule_sets().values():
        for rule in rules.deadlines:
            assert {rule.after, *rule.met_by} <= set(STEPS), rule.code
