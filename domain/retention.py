"""How long records of persons are kept: a period for each kind of record, with where it begins and why.

The periods are data, so that an authority can set its own. A record is due on the first day on which it need not be
kept any more: the last day of its period has passed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, NamedTuple

from .errors import WrongUse
from .periods import ONE_DAY, add_months

TREATMENT_RECORD, REFERRAL_RECORD, WITHDRAWN_RECORD = "treatment", "referral", "withdrawn"

YOUNG_UNTIL: Final = 7 * 12
"""Months after the 18th birthday for which records of a young person's treatment are kept at least: to the 25th. [V]"""
SEVENTEEN: Final = 12
"""Whose treatment ended within so many months before the 18th birthday is kept for another twelve: to the 26th. [V]"""


@dataclass(frozen=True, slots=True)
class RetentionPeriod:
    """How many months a kind of record is kept, from which event on, and by what source."""

    kind: str
    months: int
    counted_from: str
    source: str


SCHEDULE: Final = (
    RetentionPeriod(
        TREATMENT_RECORD,
        8 * 12,
        "the person's last discharge; of one who was under 18 at triage to the 25th birthday at least, to the 26th "
        "if treatment ended at 17",
        "Records Management Code of Practice (England): adult health records and children's records; an assumption, "
        "since some keep these for 20 years, as mental health records",
    ),
    RetentionPeriod(
        REFERRAL_RECORD,
        2 * 12,
        "the person's last referral, where treatment never began",
        "an assumption: no later figure reads it",
    ),
    RetentionPeriod(
        WITHDRAWN_RECORD,
        12,
        "the day on which everything that was said of the episode had been withdrawn",
        "an assumption: long enough to settle a dispute about a figure that once read it",
    ),
)
"""The periods unless an authority sets others. What the Code says is [V]; that it holds here, and the rest, is [K]."""


class EpisodeHeld(NamedTuple):
    """What the schedule reads of an episode that stands; days are None where there is none.

    `adult_on` is the 18th birthday of one who was younger when triaged or referred.
    """

    referred_on: date | None
    triaged_on: date | None
    discharged_on: date | None
    adult_on: date | None = None


def schedule_with(years: Mapping[str, int]) -> tuple[RetentionPeriod, ...]:
    """The schedule with other periods, in years by kind.

    Raises:
        WrongUse: there is no such kind of record, or a period is no whole year.
    """
    kinds = [period.kind for period in SCHEDULE]
    for kind, count in years.items():
        if kind not in kinds:
            raise WrongUse(f"'{kind}' is no kind of record. There are {', '.join(kinds)}.")
        if count < 1:
            raise WrongUse(f"Records of the kind '{kind}' are kept for a year at least, not {count}.")
    return tuple(
        replace(period, months=12 * years[period.kind]) if period.kind in years else period for period in SCHEDULE
    )


def person_due(episodes: Iterable[EpisodeHeld], schedule: Iterable[RetentionPeriod]) -> tuple[str, date] | None:
    """Of what kind a person's records are, and from which day on they need not be kept; None while one is open.

    A person's episodes are judged together: who comes back into treatment has one history.
    """
    months = {period.kind: period.months for period in schedule}
    kind, until = REFERRAL_RECORD, date.min
    for episode in episodes:
        if episode.triaged_on is None:
            ends = add_months(episode.referred_on, months[REFERRAL_RECORD]) if episode.referred_on else date.min
        elif episode.discharged_on is None:
            return None
        else:
            kind = TREATMENT_RECORD
            ends = max(add_months(episode.discharged_on, months[TREATMENT_RECORD]), _grown_up(episode))
        until = max(until, ends)
    return kind, until + ONE_DAY


def withdrawn_due(withdrawn_on: date, schedule: Iterable[RetentionPeriod]) -> date:
    """From which day on the records of an episode that was withdrawn on a day need not be kept."""
    months = next(period.months for period in schedule if period.kind == WITHDRAWN_RECORD)
    return add_months(withdrawn_on, months) + ONE_DAY


def _grown_up(episode: EpisodeHeld) -> date:
    if episode.adult_on is None or episode.discharged_on is None:
        return date.min
    at_seventeen = add_months(episode.adult_on, -SEVENTEEN) <= episode.discharged_on < episode.adult_on
    return add_months(episode.adult_on, YOUNG_UNTIL + (SEVENTEEN if at_seventeen else 0))
