"""The same record under another name: episodes that are probably one, and references that name somebody else now."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.history import EpisodeView
from domain.periods import NEVER, last_months

from .rows import Dated, WorklistRow, days_known, reference, spoken
from .seen import FirstSaid, SeenRecords

ASKED_MONTHS: Final = 12
"""A reference that names another person is asked about for so long, unless the first person is named again. [K]"""

FILE_FROM: Final = "first day of that file"
"""What a row's day says from which a caseload may have been handed over."""


@dataclass(frozen=True, slots=True)
class ProbablePair:
    """Two episodes of one person, triaged on one day: `old` is open, and was known before `new` came."""

    old: EpisodeView
    new: EpisodeView
    came: FirstSaid

    @property
    def is_of_one_agency(self) -> bool:
        """Whether only the reference changed, and not the agency."""
        return self.old.core.agency == self.new.core.agency


def probable_pairs(seen: SeenRecords) -> Iterator[ProbablePair]:
    """The episodes that are probably one each, by person and triage: each with the last before it that is open."""
    together: defaultdict[tuple[int, int], list[EpisodeView]] = defaultdict(list)
    for view in seen.views:
        if view.core.triaged < NEVER:
            together[view.core.client, view.core.triaged].append(view)
    for views in together.values():
        still_open: EpisodeView | None = None
        for view in sorted(views, key=lambda view: seen.first_said[view.episode].position):
            if still_open:
                yield ProbablePair(still_open, view, seen.first_said[view.episode])
            if view.core.left == NEVER:
                still_open = view


def same_record(seen: SeenRecords) -> Iterator[WorklistRow]:
    """Each probable pair as a row of the agency that reported the episode again."""
    for pair in probable_pairs(seen):
        old, new = pair.old, pair.new
        agency = new.core.agency
        triaged = spoken(date.fromordinal(new.core.triaged))
        under = f"{old.key[1]}/{old.key[2]}" + ("" if pair.is_of_one_agency else f" of {old.core.agency}")
        what_next = (
            "join the two references, or say which is wrong"
            if pair.is_of_one_agency
            else f"hand the caseload of {old.core.agency} over to {agency}, if that is its new code"
        )
        yield _row(
            seen,
            new,
            _dates(pair),
            f"Triaged on {triaged}, as the open episode {under} of the same person: {what_next}.",
            beside=old,
        )


def _dates(pair: ProbablePair) -> tuple[Dated, ...]:
    agency, came = pair.new.core.agency, pair.came
    first_day = (Dated(FILE_FROM, came.first_day, agency),) if came.first_day else ()
    return (Dated("came again in the file of", came.received_on, agency), *first_day)


def another_person(seen: SeenRecords) -> Iterator[WorklistRow]:
    """Episodes whose key names another person, since whenever; `asked_about` says which of them are listed."""
    for view in seen.views:
        if since := seen.another_since.get(view.episode):
            yield _row(
                seen,
                view,
                (Dated("another person since the file of", since, view.core.agency),),
                f"Until the file of {spoken(since)} this reference named somebody else. If it was used again, send "
                "this episode under a new one, and the earlier one as it was.",
            )


def asked_about(row: WorklistRow, known_at: date) -> WorklistRow | None:
    """An episode whose key names another person since a file of the 12 months to the day of knowledge."""
    recent = row.dates[0].day >= last_months(known_at, ASKED_MONTHS).first_day
    return days_known(row, known_at) if recent else None


def _row(
    seen: SeenRecords,
    view: EpisodeView,
    dates: tuple[Dated, ...],
    because: str,
    beside: EpisodeView | None = None,
) -> WorklistRow:
    core = view.core
    adult = (core.waiting_adult_on if core.triaged == NEVER else core.adult_on) <= seen.today
    of_slice = core.area, core.agency, core.agency, adult, core.criminal_justice
    others = frozenset({beside.core.agency} if beside else ()) - {core.agency}
    return WorklistRow(
        reference(view),
        of_slice,
        dates,
        None,
        because,
        rests_on=others,
        beside=reference(beside) if beside else None,
    )
