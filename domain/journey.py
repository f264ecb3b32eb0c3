"""Episodes joined into journeys, in plain Python, as seen on one day.

A journey joins a client's episodes when the next is triaged while one is open, or at most 21 days after the latest
discharge of all its episodes so far (how they are counted is the definition's). Only episodes in structured treatment
are seen here. Days are ordinals.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Final
from uuid import UUID

from domain.episode.facts import RePresentation

from .codes import (
    EXIT_KINDS,
    INCONSISTENT,
    KIND_OF_EXIT,
    LARGEST_OF,
    SUCCESSFUL,
    TOP_EXIT,
    TOP_REVIEW,
    TOP_START,
    ExitKind,
    group_of_bits,
)
from .definition import CURRENT, Anchor, Definition
from .history import UNANSWERED, EpisodeView, TopView
from .periods import NEVER, add_months

RETURN_MONTHS: Final = 6
"""A return before this many months have passed is a re-presentation. [V]"""


_NO_ANSWER: Final = (NEVER, UNANSWERED)


@dataclass(frozen=True)
class Journey:
    """A client's episodes joined, ordered by (triaged, key); `next_start` is the first triage of the client's next
    journey, NEVER if none is seen.
    """

    episodes: tuple[EpisodeView, ...]
    definition: Definition
    next_start: int = NEVER

    @property
    def client(self) -> int:
        return self.episodes[0].core.client

    @property
    def start(self) -> int:
        """The first triage."""
        return self.episodes[0].core.triaged

    @cached_property
    def end(self) -> int:
        """The last discharge; NEVER while any episode is open."""
        return max(e.core.left for e in self.episodes)

    @property
    def adult_on(self) -> int:
        return self.episodes[0].core.adult_on

    @property
    def criminal_justice(self) -> bool:
        """Whether the referral that began the journey came from the criminal-justice system."""
        return self.episodes[0].core.criminal_justice

    @property
    def area(self) -> str:
        """The DAT of the latest-triaged episode; of two triaged the same day, of the greater key."""
        return self.episodes[-1].core.area

    @property
    def agencies(self) -> tuple[str, ...]:
        """Every agency that has an episode of the journey, sorted."""
        return tuple(sorted({e.core.agency for e in self.episodes}))

    @property
    def owner(self) -> str:
        """Where parts must add up: the agency of the last discharge, or of the open episode that started last."""
        return [e for e in self.episodes if e.core.left == self.end][-1].core.agency

    @cached_property
    def reason(self) -> int:
        """The recoded reason: only the episodes discharged on the last day speak; -1 while open."""
        if self.end == NEVER:
            return -1
        reasons = {e.core.reason for e in self.episodes if e.core.left == self.end}
        if len(reasons) == 1 or any(reasons <= together for together in LARGEST_OF):
            return max(reasons)
        return INCONSISTENT

    @property
    def success(self) -> bool:
        return self.reason in self.definition.successful

    @property
    def kind(self) -> int:
        """Index into EXIT_KINDS, -1 while open."""
        return -1 if self.end == NEVER else EXIT_KINDS.index(KIND_OF_EXIT.get(self.reason, ExitKind.UNKNOWN))

    @property
    def owes_exit_top(self) -> bool:
        """Whether the exit is of a kind that an exit TOP belongs to."""
        return self.success or (self.kind >= 0 and EXIT_KINDS[self.kind] in self.definition.other_exits_owing_top)

    @property
    def group(self) -> int:
        """Index into SUBSTANCE_GROUPS from the drugs of all its episodes, -1 for none."""
        bits = 0
        for episode in self.episodes:
            bits |= episode.core.drugs
        return group_of_bits(bits)

    @property
    def returned(self) -> bool:
        """Whether the client's next journey starts within six months of the end."""
        if NEVER in {self.end, self.next_start}:
            return False
        return self.next_start < add_months(date.fromordinal(self.end), RETURN_MONTHS).toordinal()

    @cached_property
    def _entry(self) -> EpisodeView:
        return min(self.episodes, key=lambda e: e.core.started)

    @property
    def started(self) -> int:
        """The first structured intervention."""
        return self._entry.core.started

    @property
    def referred(self) -> int:
        """REFLD of the episode that the first structured intervention belongs to."""
        return self._entry.core.referred

    @property
    def offer_wait(self) -> int:
        return self._entry.core.offer_wait

    @property
    def start_top(self) -> int:
        """The first start TOP on time, either side of the first structured intervention."""
        margin = self.definition.top_margin
        return self._top(TOP_START, self.started - margin, self.started + margin)

    @property
    def review_top(self) -> int:
        """The first review TOP on time."""
        return self._top(TOP_REVIEW, self.started + self.definition.first_review_day, self.due)

    @property
    def due(self) -> int:
        """The last day on which a review TOP is on time."""
        return self.started + self.definition.last_review_day

    @property
    def exit_top(self) -> int:
        """The first exit TOP on time, either side of the end."""
        margin = self.definition.top_margin
        return NEVER if self.end == NEVER else self._top(TOP_EXIT, self.end - margin, self.end + margin)

    def _top(self, stage: str, first: int, last: int) -> int:
        days = (day for e in self.episodes for day, its, *_ in e.tops if its == stage and first <= day <= last)
        return min(days, default=NEVER)

    @property
    def hepatitis_b(self) -> int:
        """What its episodes say of a hepatitis B vaccination: the greatest."""
        return max(e.blood_borne.hepatitis_b for e in self.episodes)

    @property
    def hepatitis_c_on(self) -> int:
        """The first day of a hepatitis C test, NEVER if none is recorded; it may lie ahead."""
        return min(e.blood_borne.tested_on for e in self.episodes)

    @property
    def hepatitis_c_said(self) -> bool:
        """Whether any of its episodes says anything of hepatitis C."""
        return any(e.blood_borne.hepatitis_c_said for e in self.episodes)

    @property
    def housing_on(self) -> int:
        """The first exit TOP on time that answers what it asks of housing."""
        return self._housing[0]

    @property
    def housing(self) -> int:
        """Its answer; of two of one day the unfavourable one."""
        return self._housing[1]

    @property
    def work_on(self) -> int:
        """The first exit TOP on time that answers what it asks of paid work."""
        return self._work[0]

    @property
    def work(self) -> int:
        """Its answer; of two of one day the unfavourable one."""
        return self._work[1]

    @cached_property
    def _housing(self) -> tuple[int, int]:
        answers = ((day, housing) for day, _, housing, _ in self._exit_tops if housing != UNANSWERED)
        return min(answers, default=_NO_ANSWER)

    @cached_property
    def _work(self) -> tuple[int, int]:
        return min(((day, work) for day, _, _, work in self._exit_tops if work != UNANSWERED), default=_NO_ANSWER)

    @cached_property
    def _exit_tops(self) -> list[TopView]:
        """The exit TOPs on time."""
        margin = self.definition.top_margin
        tops = [top for episode in self.episodes for top in episode.tops]
        return [top for top in tops if top[1] == TOP_EXIT and abs(top[0] - self.end) <= margin]


def journeys_of(views: Iterable[EpisodeView], definition: Definition = CURRENT) -> list[Journey]:
    """The journeys of one client, in order, from all of its episodes that are seen; those not in structured
    treatment are left out before.
    """
    seen = sorted((v for v in views if v.core.started < NEVER), key=lambda v: (v.core.triaged, v.key))
    joined: list[list[EpisodeView]] = []
    latest_end = 0
    for view in seen:
        if joined and _joins(view, latest_end, definition):
            joined[-1].append(view)
            latest_end = max(latest_end, view.core.left)
        else:
            joined.append([view])
            latest_end = view.core.left
    next_starts = [*(episodes[0].core.triaged for episodes in joined), NEVER][1:]
    return [Journey(tuple(episodes), definition, after) for episodes, after in zip(joined, next_starts, strict=True)]


def _joins(view: EpisodeView, latest_end: int, definition: Definition) -> bool:
    anchor = view.core.triaged if definition.gap_anchor is Anchor.TRIAGE else view.core.started
    return view.core.triaged <= latest_end or anchor <= latest_end + definition.gap_limit


def re_presentations(views: Iterable[EpisodeView]) -> Mapping[UUID, RePresentation]:
    """Which successfully completed episodes of one client have a return within six months, by all that is known.

    Named are the episodes discharged in success on the last day of a journey that ended in success; `returned_on` is
    the return's first day in structured treatment.
    """
    returns: dict[UUID, RePresentation] = {}
    for journey, following in pairwise(journeys_of(views)):
        if journey.success and journey.returned:
            returns |= dict.fromkeys(_completed(journey.episodes, journey.end), _return(following))
    return returns


def _completed(episodes: Sequence[EpisodeView], last_day: int) -> list[UUID]:
    return [e.episode for e in episodes if e.core.left == last_day and e.core.reason in SUCCESSFUL]


def _return(journey: Journey) -> RePresentation:
    entry = min(journey.episodes, key=lambda e: e.core.started)
    return RePresentation(returned_on=date.fromordinal(entry.core.started), episode=entry.episode)
