"""Worklists about what is reported: who waits, what has fallen silent, what is not in the latest file."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from domain.history import EpisodeView
from domain.periods import NEVER

from .rows import Dated, WorklistRow, counted, reference, spoken
from .seen import SeenRecords

SILENT_DAYS: Final = 90
"""An open episode of which nothing new was reported for more days than this is asked about. [K]"""


def waiting(seen: SeenRecords) -> Iterator[WorklistRow]:
    """Who was referred, and is neither in structured treatment nor discharged: each client's longest wait."""
    for its in seen.people.values():
        waits = [v for v in its if v.core.waiting_from <= seen.today and v.core.started == v.core.left == NEVER]
        if waits:
            view = min(waits, key=lambda v: (v.core.waiting_from, v.key))
            since = date.fromordinal(view.core.waiting_from)
            days = (seen.as_of - since).days
            what = "Referred" if view.core.referred < NEVER else "Triaged"
            yield _row(
                seen,
                view,
                (Dated("waiting since", since, view.core.agency),),
                days,
                f"{what} on {spoken(since)}; has waited {counted(days, 'day')} for structured treatment.",
            )


def silent(seen: SeenRecords) -> Iterator[WorklistRow]:
    """Open episodes of which no file has said anything new in the 90 days to the day of knowledge.

    A file that repeats what was known says nothing new: no event comes of it.
    """
    known_at = seen.standpoint.known_at
    for view in seen.open_episodes:
        if known_at is None or (days := (known_at - (last := seen.reported[view.episode])).days) <= SILENT_DAYS:
            continue
        yield _row(
            seen,
            view,
            (Dated("last reported", last, view.core.agency),),
            days,
            f"Open, and nothing new was reported since the file of {spoken(last)}, {counted(days, 'day')} before.",
        )


def not_in_latest_file(seen: SeenRecords) -> Iterator[WorklistRow]:
    """Episodes that a file should have had and did not, and that no file has had since; open or not."""
    known_at = seen.standpoint.known_at
    for view in seen.views:
        since = seen.missing_since.get(view.episode)
        if known_at is None or since is None:
            continue
        days = (known_at - since).days
        state = "open" if view.core.left == NEVER else f"discharged on {spoken(date.fromordinal(view.core.left))}"
        yield _row(
            seen,
            view,
            (Dated("not in the file of", since, view.core.agency),),
            days,
            f"Known as {state}, and not in the file of {spoken(since)}, nor in any since: send it again, or confirm "
            "that it is to be withdrawn.",
        )


def _row(seen: SeenRecords, view: EpisodeView, dates: tuple[Dated, ...], days: int, because: str) -> WorklistRow:
    core = view.core
    adult = (core.waiting_adult_on if core.triaged == NEVER else core.adult_on) <= seen.today
    of_slice = core.area, core.agency, core.agency, adult, core.criminal_justice
    return WorklistRow(reference(view), of_slice, dates, days, because)
