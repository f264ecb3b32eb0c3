"""Reviews of recovery plans, risk assessments and medical reviews, from the improvement plan of April 2017 on.

The paper says that on 22 July 2017 all recovery plans were up to date, and 94% of the risk assessments.
"""

import random
from datetime import date, timedelta
from typing import Final

from domain.codes import MEDICAL, RECOVERY_PLAN, RISK_ASSESSMENT, STRUCTURED_MODALITIES
from domain.periods import Period

from .flows import KNOWN_IN_SUMMER
from .making import PHARMACOLOGICAL
from .records import InventedEpisode, InventedReview
from .timetable import FIRST_REVIEW_MONTH

REPORTED_ON: Final = date(2017, 7, 22)
BEFORE_THE_AUDIT: Final = {
    RECOVERY_PLAN: Period(date(2017, 4, 12), date(2017, 6, 4)),
    RISK_ASSESSMENT: Period(date(2017, 4, 12), date(2017, 4, 27)),  # too early to be in time on the day of the report
}
AFTER_THE_AUDIT: Final = Period(date(2017, 6, 7), date(2017, 7, 21))
"""The audit of 6 June found most plans out of date; by the day of the report every one had been written again."""
RISK_UP_TO_DATE: Final = 0.94
ROLES: Final = ("recovery worker", "recovery worker", "team leader", "nurse")
_LAST_DAY: Final = date(2017, 12, 31)


def add_reviews(rng: random.Random, episodes: list[InventedEpisode]) -> None:
    """Adds the reviews of every episode in structured treatment."""
    reviewed = [each for each in episodes if _is_reviewed(each)]
    reported = [each for each in reviewed if _open_on(each, REPORTED_ON)]
    assessed = {each.key for each in rng.sample(reported, round(RISK_UP_TO_DATE * len(reported)))}
    for episode in reviewed:
        days = _span(episode)
        on_report = _open_on(episode, REPORTED_ON)
        _add(rng, episode, RECOVERY_PLAN, _days(rng, RECOVERY_PLAN, days, on_report))
        if not on_report or episode.key in assessed:
            _add(rng, episode, RISK_ASSESSMENT, _days(rng, RISK_ASSESSMENT, days, on_report))
        if any(i.modality == PHARMACOLOGICAL for i in episode.interventions) and rng.random() < 0.6:
            _add(rng, episode, MEDICAL, _within(days, _day_of(rng, AFTER_THE_AUDIT)))


def _is_reviewed(episode: InventedEpisode) -> bool:
    consents = episode.consent == "Y" and all(change.what != "consent" for change in episode.changes)
    in_files = REPORTED_ON.replace(day=1) not in episode.absent
    structured = any(i.modality in STRUCTURED_MODALITIES for i in episode.interventions)
    return consents and in_files and structured and _span(episode).last_day >= FIRST_REVIEW_MONTH


def _span(episode: InventedEpisode) -> Period:
    """From the day on which the record can have reviews to its discharge, or the archive's last day."""
    recorded = episode.as_recorded(_LAST_DAY)
    start = episode.first_structured_start or date.max
    return Period(max(start, episode.entered), recorded.exit.day if recorded.exit else _LAST_DAY)


def _open_on(episode: InventedEpisode, day: date) -> bool:
    """Whether the episode is in structured treatment on a day, by the files of that summer."""
    recorded = episode.as_recorded(KNOWN_IN_SUMMER)
    started = episode.first_structured_start or date.max
    return started <= day and episode.entered <= day and (recorded.exit is None or recorded.exit.day > day)


def _days(rng: random.Random, what: str, span: Period, on_report: bool) -> list[date]:
    early = [_day_of(rng, BEFORE_THE_AUDIT[what])] if rng.random() < 0.4 else []
    day = max(span.first_day, _day_of(rng, AFTER_THE_AUDIT))
    days = [*early, day] if on_report or span.first_day > REPORTED_ON else early
    while (day := day + timedelta(days=rng.randint(50, 100))) <= span.last_day:
        days.append(day)
    return _within(span, *days)


def _within(span: Period, *days: date) -> list[date]:
    return [day for day in days if day in span]


def _day_of(rng: random.Random, period: Period) -> date:
    return period.first_day + timedelta(days=rng.randint(0, (period.last_day - period.first_day).days))


def _add(rng: random.Random, episode: InventedEpisode, what: str, days: list[date]) -> None:
    medical = what == MEDICAL
    for day in days:
        low_dose = ("Y" if rng.random() < 0.1 else "N") if medical else ""
        episode.reviews.append(InventedReview(what, day, "doctor" if medical else rng.choice(ROLES), low_dose))
