"""From which day on records need not be kept: each kind, at both ends of its period."""

import re
from datetime import date
from pathlib import Path

import pytest

from domain.errors import WrongUse
from domain.retention import (
    REFERRAL_RECORD,
    SCHEDULE,
    TREATMENT_RECORD,
    WITHDRAWN_RECORD,
    EpisodeHeld,
    person_due,
    schedule_with,
    withdrawn_due,
)

PAGE = (Path(__file__).parents[2] / "docs/assurance/retention-schedule.md").read_text(encoding="utf-8")

TREATED = EpisodeHeld(date(2010, 1, 1), date(2010, 1, 5), date(2010, 6, 30))
OPEN = EpisodeHeld(date(2011, 1, 1), date(2011, 1, 5), None)
REFERRED = EpisodeHeld(date(2012, 2, 29), None, None)


def treated(discharged_on: date, adult_on: date | None = None) -> EpisodeHeld:
    return EpisodeHeld(None, date(2009, 1, 5), discharged_on, adult_on)


@pytest.mark.parametrize(
    ("episodes", "kind", "due_on"),
    [
        pytest.param([TREATED], TREATMENT_RECORD, date(2018, 7, 1), id="eight years, the last day included"),
        pytest.param([treated(date(2012, 2, 29))], TREATMENT_RECORD, date(2020, 3, 1), id="a leap day"),
        pytest.param([TREATED, treated(date(2013, 3, 1))], TREATMENT_RECORD, date(2021, 3, 2), id="the last discharge"),
        pytest.param([REFERRED], REFERRAL_RECORD, date(2014, 3, 1), id="two years after a referral alone"),
        pytest.param(
            [TREATED, REFERRED._replace(referred_on=date(2017, 1, 1))],
            TREATMENT_RECORD,
            date(2019, 1, 2),
            id="a later referral keeps the treatment before it",
        ),
        pytest.param(
            [treated(date(2010, 5, 1), adult_on=date(2012, 4, 1))],
            TREATMENT_RECORD,
            date(2019, 4, 2),
            id="young: to the 25th birthday",
        ),
        pytest.param(
            [treated(date(2011, 4, 1), adult_on=date(2012, 4, 1))],
            TREATMENT_RECORD,
            date(2020, 4, 2),
            id="17 on the last day: to the 26th",
        ),
        pytest.param(
            [treated(date(2012, 4, 1), adult_on=date(2012, 4, 1))],
            TREATMENT_RECORD,
            date(2020, 4, 2),
            id="18 on the last day: eight years are longer",
        ),
    ],
)
def test_a_persons_records_are_due(episodes: list[EpisodeHeld], kind: str, due_on: date) -> None:
    assert person_due(episodes, SCHEDULE) == (kind, due_on)


def test_nothing_is_due_of_a_person_in_treatment() -> None:
    assert person_due([TREATED, OPEN], SCHEDULE) is None


def test_a_withdrawn_episode_is_due_a_year_after() -> None:
    assert withdrawn_due(date(2016, 2, 29), SCHEDULE) == date(2017, 3, 1)


def test_an_authority_sets_its_own_periods() -> None:
    schedule = schedule_with({TREATMENT_RECORD: 20, WITHDRAWN_RECORD: 2})
    assert person_due([TREATED], schedule) == (TREATMENT_RECORD, date(2030, 7, 1))
    assert person_due([REFERRED], schedule) == (REFERRAL_RECORD, date(2014, 3, 1))
    assert withdrawn_due(date(2016, 2, 29), schedule) == date(2018, 3, 1)


@pytest.mark.parametrize("years", [{"letters": 3}, {TREATMENT_RECORD: 0}])
def test_a_period_that_is_none_is_refused(years: dict[str, int]) -> None:
    with pytest.raises(WrongUse):
        schedule_with(years)


def test_the_schedule_is_documented() -> None:
    documented = re.findall(r"^\| [^|]+ \| `([a-z]+)` \| (\d+) \|", PAGE, re.MULTILINE)
    assert [(kind, int(months)) for kind, months in documented] == [(p.kind, p.months) for p in SCHEDULE]
