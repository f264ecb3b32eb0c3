"""The files that can be drawn from a caseload, who is left out of it, and what the records say of a file.

A file is an episode that is open and in structured treatment at the standpoint, as in R.plan and R.risk; or, of the
people of a figure, the newest at an agency that was ever in structured treatment.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from domain.episode.facts import TREATMENT, Fact, Review, Top
from domain.history import EpisodeView
from domain.improvement.audits.case_file_audit import BY_AGENCY, BY_ROLE, LeftOut
from domain.improvement.audits.item_set import IN_DATE, MISSING, OUT_OF_DATE, AuditItem
from domain.improvement.audits.sampling import CaseFile
from domain.log.mapper import JsonMapper
from domain.measures.registry import measure_named
from domain.periods import NEVER
from domain.standpoint import Standpoint
from domain.submission import SubmissionReceived
from projections.explain.provenance import WITHOUT_TOPS
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice
from projections.worklists.seen import Reading, SeenRecords

MEASURES: Final = (measure_named("R.plan"), measure_named("W.waiting"))
"""What an engine has to hold for a caseload: who is open, and who waits."""
NO_ROLE: Final = "no review on record"
"""The stratum of those whose files no review speaks of."""


@dataclass(frozen=True, slots=True)
class Caseload:
    """The files of some agencies that can be drawn, and how many others there are, by why they cannot."""

    files: Sequence[CaseFile]
    left_out: Sequence[LeftOut]


def caseload(
    connection: sa.Connection,
    mapper: JsonMapper,
    generation: int,
    engine: StandingsEngine,
    standpoint: Standpoint,
    agencies: Collection[str],
    strata: str,
    without: Collection[UUID] = (),
) -> Caseload:
    """The caseload of these agencies at a standpoint, less the files of other audits.

    `engine` holds at least MEASURES.
    """
    read = Reading(connection, mapper, generation, standpoint)
    whom = {member.client for measure in MEASURES for member in engine.members(measure, standpoint, Slice())}
    seen = read.seen(read.streams_of(whom), {}, WITHOUT_TOPS)
    here = [view for view in seen.open_episodes if view.core.agency in agencies]
    files = [case_file(seen, view, strata) for view in here if view.episode not in without]
    waits = sum(_waits(seen, view) for view in seen.views if view.core.agency in agencies)
    left_out = {"waiting": waits, "audited": len(here) - len(files)} | _by_files(read, agencies)
    left_out["erased"] = engine.figure(MEASURES[0], standpoint, Slice()).erased_records
    return Caseload(files, [LeftOut(code, count) for code, count in left_out.items() if count])


def files_of_people(
    connection: sa.Connection,
    mapper: JsonMapper,
    generation: int,
    standpoint: Standpoint,
    people: Mapping[str, Collection[int]],
    strata: str,
    without: Collection[UUID] = (),
) -> Caseload:
    """The newest file of each of these people, by agency, at a standpoint; less the files of other audits."""
    read = Reading(connection, mapper, generation, standpoint)
    seen = read.seen(read.streams_of({client for its in people.values() for client in its}), {}, WITHOUT_TOPS)
    newest = [
        max(here, key=lambda view: (view.core.started, view.key))
        for agency, its in people.items()
        for client in its
        if (here := [view for view in seen.people.get(client, ()) if _is_file_at(view, agency, seen.today)])
    ]
    files = [case_file(seen, view, strata) for view in newest if view.episode not in without]
    left_out = {
        "no-file": sum(len(its) for its in people.values()) - len(newest),
        "audited": len(newest) - len(files),
    } | _by_files(read, people)
    return Caseload(files, [LeftOut(code, count) for code, count in left_out.items() if count])


def _is_file_at(view: EpisodeView, agency: str, today: int) -> bool:
    return view.core.agency == agency and view.core.started <= today


def _waits(seen: SeenRecords, view: EpisodeView) -> bool:
    core = view.core
    return core.started == core.left == NEVER and core.waiting_from <= seen.today


def _by_files(read: Reading, agencies: Collection[str]) -> dict[str, int]:
    """What the newest monthly file of each agency kept out."""
    newest: dict[str, SubmissionReceived] = {}
    for _, _, event in read.files():
        if isinstance(event, SubmissionReceived) and event.data_set == TREATMENT and event.agency in agencies:
            newest[event.agency] = event
    return {
        "consent-refused": sum(event.consent_refused for event in newest.values()),
        "rejected": sum(event.kept_out.episodes for event in newest.values()),
    }


def case_file(seen: SeenRecords, view: EpisodeView, strata: str) -> CaseFile:
    """An episode as a file that can be drawn."""
    stratum = {BY_AGENCY: view.core.agency, BY_ROLE: _latest_role(seen.facts[view.episode])}.get(strata, "")
    return CaseFile(view.episode, *view.key, stratum)


def _latest_role(facts: Mapping[str, Fact]) -> str:
    """Who did the latest review, by role: all that files say of a worker."""
    reviews = [(fact.reviewed_on, fact.role) for fact in facts.values() if isinstance(fact, Review) and fact.role]
    return max(reviews)[1] if reviews else NO_ROLE


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """What is on record of a sampled file at a standpoint: its references, and the days that items go by."""

    file: CaseFile
    plans: Sequence[date]
    risks: Sequence[date]
    tops: Sequence[date]

    def newest(self, item: AuditItem) -> date | None:
        """The day on which the records have an item of last; None where they have none."""
        days = {"recovery-plan": self.plans, "risk-assessment": self.risks, "top": self.tops}.get(item.beside, ())
        return max(days, default=None)

    def state(self, item: AuditItem, as_of: date) -> str:
        """What the records say of an item: in date if it was written in its last so many days, `as_of` included."""
        day = self.newest(item)
        if day is None:
            return MISSING
        return IN_DATE if not item.days or (as_of - day).days < item.days else OUT_OF_DATE


def recorded_files(
    connection: sa.Connection, mapper: JsonMapper, generation: int, standpoint: Standpoint, streams: Iterable[UUID]
) -> dict[UUID, RecordedFile]:
    """What is on record of these episodes at a standpoint; one that was erased since is not in the answer."""
    seen = Reading(connection, mapper, generation, standpoint).seen(streams, {})
    return {view.episode: _recorded(seen, view) for view in seen.views}


def _recorded(seen: SeenRecords, view: EpisodeView) -> RecordedFile:
    tops = [fact.completed_on for fact in seen.facts[view.episode].values() if isinstance(fact, Top)]
    plans, risks = ([date.fromordinal(day) for day in days] for days in (view.plans, view.risks))
    return RecordedFile(case_file(seen, view, ""), plans, risks, tops)
