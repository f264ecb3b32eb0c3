"""Worklists about reporting: who waits, what has fallen silent, what is not in the latest file, and what is due or
overdue (TOPs, with the last day on which each still counts; recovery plans and risk assessments).

The windows of what is due are those of the measures T.start to T.exit, R.plan and R.risk.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from domain.episode.facts import REVIEW_FILE, TREATMENT
from domain.history import EpisodeView
from domain.journey import Journey
from domain.measures.local import REVIEW_DAYS
from domain.periods import NEVER, last_months
from projections.standings.engine import LONG_WAIT_DAYS

from .journeys import journey_row
from .rows import Dated, WorklistRow, counted, reference, spoken
from .seen import SeenRecords, acting

SILENT_DAYS: Final = 90
"""An open episode of which nothing new was reported for more days than this is asked about. [K]"""


IS_IT_RIGHT: Final = "Is the record right?"
"""Asked where somebody is said to have waited for longer than anybody is likely to."""


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
                f"{what} on {spoken(since)}; has waited {counted(days, 'day')} for structured treatment."
                + (f" {IS_IT_RIGHT}" if days > LONG_WAIT_DAYS else ""),
            )


def silent(seen: SeenRecords) -> Iterator[WorklistRow]:
    """Open episodes with the last file that said anything new of each; `silent_for` says which of them are listed.

    A file that repeats what was known says nothing new: no event comes of it.
    """
    for view in seen.open_episodes:
        yield _row(seen, view, (Dated("last reported", seen.reported[view.episode], view.core.agency),), None, "")


def silent_for(row: WorklistRow, known_at: date) -> WorklistRow | None:
    """An open episode of which no file has said anything new in the 90 days to the day of knowledge."""
    last = row.dates[0].day
    days = (known_at - last).days
    if days <= SILENT_DAYS:
        return None
    because = f"Open, and nothing new was reported since the file of {spoken(last)}, {counted(days, 'day')} before."
    return replace(row, days=days, because=because)


def not_in_latest_file(seen: SeenRecords) -> Iterator[WorklistRow]:
    """Episodes that a file should have had and did not, and that no file has had since; open or not."""
    for view in seen.views:
        if since := seen.missing_since.get(view.episode):
            state = "open" if view.core.left == NEVER else f"discharged on {spoken(date.fromordinal(view.core.left))}"
            yield _row(
                seen,
                view,
                (Dated("not in the file of", since, view.core.agency),),
                None,
                f"Known as {state}, and not in the file of {spoken(since)}, nor in any since: send it again, or "
                "confirm that it is to be withdrawn.",
            )


def consent_unclear(seen: SeenRecords) -> Iterator[WorklistRow]:
    """Known episodes of clients whose CONSENT a file gives as neither yes nor no, and no file has answered since."""
    for view in seen.views:
        if since := seen.unclear_since.get(view.episode):
            yield _row(
                seen,
                view,
                (Dated("unclear in the file of", since, view.core.agency),),
                None,
                f"CONSENT is neither yes nor no since the file of {spoken(since)}. What is known stands and nothing "
                "new is stored: ask, and send Y or N.",
            )


def _row(seen: SeenRecords, view: EpisodeView, dates: tuple[Dated, ...], days: int | None, because: str) -> WorklistRow:
    core = view.core
    adult = (core.waiting_adult_on if core.triaged == NEVER else core.adult_on) <= seen.today
    of_slice = core.area, core.agency, core.agency, adult, core.criminal_justice
    return WorklistRow(reference(view), of_slice, dates, days, because)


TOP_MONTHS: Final = 3
"""The window of T.start to T.exit, by whose first day somebody is an adult."""


def start_tops_due(seen: SeenRecords) -> Iterator[WorklistRow]:
    """Open journeys without a start TOP, to day 14 after the first structured intervention."""
    margin = seen.definition.top_margin
    for journey in seen.open_journeys:
        if journey.start_top == NEVER and seen.today <= journey.started + margin:
            yield _due(seen, journey, "start", ("structured treatment began", journey.started), journey.started, margin)


def review_tops_due(seen: SeenRecords) -> Iterator[WorklistRow]:
    """Open journeys without a review TOP, on days 29 to 182 after the first structured intervention."""
    first, last = seen.definition.first_review_day, seen.definition.last_review_day
    for journey in seen.open_journeys:
        if journey.review_top == NEVER and first <= seen.today - journey.started <= last:
            yield _due(seen, journey, "review", ("structured treatment began", journey.started), journey.started, last)


def exit_tops_due(seen: SeenRecords) -> Iterator[WorklistRow]:
    """Journeys ended in success without an exit TOP, to day 14 after the end; which others owe one is the
    definition's.
    """
    margin = seen.definition.top_margin
    for journeys in seen.journeys.values():
        for journey in journeys:
            ended = journey.end < NEVER and journey.owes_exit_top and journey.exit_top == NEVER
            if ended and seen.today <= journey.end + margin:
                yield _due(seen, journey, "exit", ("treatment ended", journey.end), journey.end, margin)


def _due(seen: SeenRecords, journey: Journey, stage: str, since: tuple[str, int], began: int, last: int) -> WorklistRow:
    what, day = since[0], date.fromordinal(since[1])
    last_day = date.fromordinal(began + last)
    left, passed = (last_day - seen.as_of).days, counted((seen.as_of - day).days, "day")
    own = acting(journey)
    # The day rests on the episode that the first structured intervention, or the end, belongs to.
    says = own if stage == "exit" else min(journey.episodes, key=lambda view: view.core.started)
    agency = says.core.agency
    when = "today" if left == 0 else f"in {counted(left, 'day')}"
    leaves_out = stage == "review" and journey.start_top == NEVER
    return journey_row(
        journey,
        own,
        dates=(Dated(what, day, agency), Dated("last useful day", last_day, agency)),
        days=left,
        because=f"No {stage} TOP yet, {passed} after {what}; the last useful day is {spoken(last_day)}, {when}."
        + (" Without a start TOP on time, T.review leaves it out." if leaves_out else ""),
        because_own=f"No {stage} TOP yet; its days follow from another agency's record.",
        rests_on=frozenset({agency}) - {own.core.agency},
        adult_from=max(journey.start, last_months(seen.as_of, TOP_MONTHS).first_day.toordinal()),
    )


PLAN_FILES: Final = (TREATMENT, REVIEW_FILE)
"""The data sets that say of recovery plans: CPLANDT of the monthly file, and the review files."""
RISK_FILES: Final = (REVIEW_FILE,)
"""Those that say of risk assessments."""


def plans_overdue(seen: SeenRecords) -> Iterator[WorklistRow]:
    """Open episodes whose recovery plan was not reviewed in the 84 days to the day; CPLANDT counts."""
    return (row for view in seen.open_episodes for row in _overdue(seen, view, view.plans, "recovery plan", PLAN_FILES))


def risks_overdue(seen: SeenRecords) -> Iterator[WorklistRow]:
    """Open episodes whose risk assessment was not reviewed in the 84 days to the day."""
    return (
        row for view in seen.open_episodes for row in _overdue(seen, view, view.risks, "risk assessment", RISK_FILES)
    )


def _overdue(
    seen: SeenRecords, view: EpisodeView, reviews: Sequence[int], what: str, files: Collection[str]
) -> Iterator[WorklistRow]:
    """`files` are the data sets that could have said of a review."""
    latest, core = max(reviews, default=0), view.core
    first_day = seen.today - REVIEW_DAYS + 1
    ran_out: int | None
    if latest >= first_day:
        return
    if latest:
        reviewed_on, ran_out = date.fromordinal(latest), latest + REVIEW_DAYS - 1
        dates: tuple[Dated, ...] = (
            Dated("last reviewed", reviewed_on, core.agency),
            Dated("last day up to date", date.fromordinal(ran_out), core.agency),
        )
        ago = counted(seen.today - latest, "day")
        because = f"The {what} was last reviewed on {spoken(reviewed_on)}, {ago} ago."
    else:
        began = date.fromordinal(core.started)
        dates = (Dated("structured treatment began", began, core.agency),)
        since, because = _none_on_record(seen, core.agency, what, files, began)
        ran_out = None if since is None else since.toordinal()
    adult = core.adult_on <= max(core.triaged, first_day)
    of_slice = core.area, core.agency, core.agency, adult, core.criminal_justice
    yield WorklistRow(reference(view), of_slice, dates, None if ran_out is None else seen.today - ran_out, because)


def _none_on_record(
    seen: SeenRecords, agency: str, what: str, files: Collection[str], began: date
) -> tuple[date | None, str]:
    """Since when a review is overdue of which there is no record, and why it is listed.

    Nobody knows what was reviewed before the agency's files of it begin, so no day before that is counted; None where
    there is no such file.
    """
    since = min((day for kind in files if (day := seen.files_since.get((agency, kind)))), default=None)
    treatment = f"structured treatment began on {spoken(began)}"
    kind = "file" if TREATMENT in files else "review file"
    if since is None:
        return None, f"No {what} is on record: no {kind} of {agency} was received; {treatment}."
    if began >= since:
        return began, f"No {what} is on record; {treatment}."
    return since, f"No {what} is on record since {kind}s began on {spoken(since)}; {treatment}."
