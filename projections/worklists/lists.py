"""The worklists by name: what each is of, what its days count, and in whose standings the people on it are found."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from domain.errors import WrongUse
from domain.log.collector import collector_paused
from domain.log.mapper import JsonMapper
from domain.measures.registry import Measure, measure_named
from domain.standpoint import Standpoint
from projections.explain.provenance import WITHOUT_TOPS
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice

from . import journeys, people, reporting, same_record
from .rows import WorklistRow, days_known
from .seen import FilesSaid, Reading, SeenRecords

OPEN_EPISODES: Final = ("R.plan",)
"""The measures whose cohorts hold everybody with an open episode in structured treatment."""
ENDED: Final = ("N.exits",)
SAME_RECORD: Final = "same-record"


@dataclass(frozen=True)
class Worklist:
    """A worklist: its `title` and what it holds, in `words`; `counts` says what the days of a row are.

    `among` are the measures in whose cohorts everybody on the list stands. The rows come with the most days first, or
    with the fewest if `fewest_first`. `adults`: only adults, unless young people are asked for. `in_pairs`: rows come
    twice, from either side of a pair. `whole_people`: whether somebody is listed at an agency depends on episodes
    elsewhere too, of people who need have none there. `needs_files`: which files lacked what has to be read for it;
    `needs_identities`: so have the episodes that were ever of several people; `reads_tops`: TOPs have to be.

    `rows` say nothing of the day of knowledge; where the days of a list are counted to it, `known` makes its rows of
    them, or leaves them out.
    """

    name: str
    title: str
    words: str
    counts: str
    rows: Callable[[SeenRecords], Iterable[WorklistRow]]
    known: Callable[[WorklistRow, date], WorklistRow | None] | None = None
    among: tuple[str, ...] = OPEN_EPISODES
    fewest_first: bool = False
    adults: bool = False
    in_pairs: bool = False
    whole_people: bool = False
    needs_files: bool = False
    needs_identities: bool = False
    reads_tops: bool = False

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The measures in whose cohorts those on the list stand."""
        return tuple(map(measure_named, self.among))

    def rows_in(self, seen: SeenRecords, slice_: Slice) -> list[WorklistRow]:
        """The rows of a slice, the most urgent first."""
        return self.ordered(self.rows(seen), seen.standpoint.known_at, slice_)

    def ordered(self, rows: Iterable[WorklistRow], known_at: date | None, slice_: Slice) -> list[WorklistRow]:
        """Of all `rows` those of a slice, as of a day of knowledge, the most urgent first."""
        its: Iterator[WorklistRow] = (row for row in rows if slice_.holds(row.slice, adults=self.adults))
        if self.known is not None:
            its = self._as_known(its, self.known, known_at)
        sign = 1 if self.fewest_first else -1
        ordered = sorted(its, key=lambda row: (sign * (row.days or 0), row.episode, row.beside or (), row.because))
        return list(people.one_side(ordered)) if self.in_pairs else ordered

    @staticmethod
    def _as_known(
        rows: Iterable[WorklistRow], known: Callable[[WorklistRow, date], WorklistRow | None], known_at: date | None
    ) -> Iterator[WorklistRow]:
        return (one for row in rows if known_at is not None and (one := known(row, known_at)))


WORKLISTS: Final = (
    Worklist(
        "plans-overdue",
        "Recovery plans overdue",
        "Open in structured treatment, and no recovery plan reviewed in the last 84 days.",
        "days overdue",
        reporting.plans_overdue,
    ),
    Worklist(
        "risks-overdue",
        "Risk assessments overdue",
        "Open in structured treatment, and no risk assessment reviewed in the last 84 days.",
        "days overdue",
        reporting.risks_overdue,
    ),
    Worklist(
        "start-tops-due",
        "Start TOPs due",
        "Open, and no start TOP within 14 days of the first structured intervention, which can still be done.",
        "days left",
        reporting.start_tops_due,
        reads_tops=True,
        fewest_first=True,
        adults=True,
    ),
    Worklist(
        "review-tops-due",
        "Review TOPs due",
        "Open for 29 to 182 days since the first structured intervention, and no review TOP in that time.",
        "days left",
        reporting.review_tops_due,
        reads_tops=True,
        fewest_first=True,
        adults=True,
    ),
    Worklist(
        "exit-tops-due",
        "Exit TOPs due",
        "Completed in the last 14 days, and no exit TOP within 14 days of the end, either side.",
        "days left",
        reporting.exit_tops_due,
        among=("T.exit",),
        reads_tops=True,
        fewest_first=True,
        adults=True,
    ),
    Worklist(
        "transfers-not-picked-up",
        "Transfers not picked up",
        "Left by transfer 1 to 21 days ago, and triaged nowhere since.",
        "days left",
        journeys.transfers_not_picked_up,
        among=ENDED,
        fewest_first=True,
    ),
    Worklist(
        "six-years-or-more",
        "In treatment for six years or more",
        "Open journeys that began six years ago or longer.",
        "days in treatment",
        journeys.six_years_or_more,
    ),
    Worklist(
        "ready-to-review",
        "Ready to review",
        "In treatment for 12 months or more, with no or low use at the latest TOP, or on a low dose.",
        "days in treatment",
        journeys.ready_to_review,
        reads_tops=True,
    ),
    Worklist(
        "returns-to-review",
        "Returns to review",
        "Completed in the last 12 months, and came back within six months.",
        "days from completion to return",
        journeys.returns_to_review,
        among=ENDED,
    ),
    Worklist(
        "waiting",
        "Waiting now",
        "Referred, and neither in structured treatment nor discharged.",
        "days waited",
        reporting.waiting,
        among=("W.waiting",),
        whole_people=True,
    ),
    Worklist(
        "two-or-one",
        "May be two people or one",
        "Two clients who agree in all but one element of their identity, or who have one number at an agency.",
        "days between the two",
        people.two_or_one,
        among=("N.treatment", "W.waiting"),
        fewest_first=True,
        in_pairs=True,
        whole_people=True,
    ),
    Worklist(
        "treated-after-death",
        "Treated after death",
        "Treatment that began after the person died (89), by what is known.",
        "days from death to treatment",
        people.after_death,
        among=("N.treatment",),
        in_pairs=True,
        whole_people=True,
    ),
    Worklist(
        "silent",
        "Open, and nothing new reported",
        "Open in structured treatment, and nothing new in any file for more than 90 days.",
        "days since the last news",
        reporting.silent,
        reporting.silent_for,
        reads_tops=True,
    ),
    Worklist(
        "not-in-latest-file",
        "Not in the latest file",
        "Known to be in treatment in the days of a file, and neither in that file nor in any since.",
        "days since the file",
        reporting.not_in_latest_file,
        days_known,
        among=(),
        needs_files=True,
    ),
    Worklist(
        "consent-unclear",
        "Consent unclear",
        "CONSENT is neither yes nor no in a file, and no file since has answered it; nothing new is stored until then.",
        "days since the file",
        reporting.consent_unclear,
        days_known,
        among=(),
        needs_files=True,
    ),
    Worklist(
        SAME_RECORD,
        "Probably one episode under two references",
        "A person with an open episode who came again with the same TRIAGED, under another reference or at another "
        "agency.",
        "days since it came again",
        same_record.same_record,
        days_known,
        among=("R.plan", "W.waiting"),
        whole_people=True,
    ),
    Worklist(
        "another-person",
        "A reference that names another person now",
        "CLIENT and EPISODID named somebody who differs in more than one of initials, date of birth and sex.",
        "days since the change",
        same_record.another_person,
        same_record.asked_about,
        among=(),
        needs_identities=True,
    ),
)
_BY_NAME: Final = {worklist.name: worklist for worklist in WORKLISTS}


def worklist_named(name: str) -> Worklist:
    """The worklist with this name. Raises WrongUse, naming those there are."""
    try:
        return _BY_NAME[name]
    except KeyError:
        raise WrongUse(f"There is no worklist '{name}'. There are {', '.join(_BY_NAME)}.") from None


def candidate_measures(lists: Iterable[Worklist]) -> tuple[Measure, ...]:
    """The measures that an engine has to hold for these lists."""
    return tuple(dict.fromkeys(measure for one in lists for measure in one.measures))


@collector_paused()
def worklists(
    connection: sa.Connection,
    mapper: JsonMapper,
    generation: int,
    engine: StandingsEngine,
    lists: Sequence[Worklist],
    standpoint: Standpoint,
    slice_: Slice,
) -> dict[str, list[WorklistRow]]:
    """The rows of these lists by name, the most urgent first; read once for all of them.

    `engine` holds at least `candidate_measures(lists)` at the standpoint.
    """
    read = Reading(connection, mapper, generation, standpoint)
    files = FilesSaid().after(read.files() if any(one.needs_files for one in lists) else [])
    records = everybody_on(read, engine, lists, slice_, files)
    return {one.name: one.rows_in(records, slice_) for one in lists}


def everybody_on(
    read: Reading, engine: StandingsEngine, lists: Sequence[Worklist], slice_: Slice, files: FilesSaid
) -> SeenRecords:
    """What is seen of all who can be on these lists."""
    streams = read.streams_of(standing_on(engine, lists, read.standpoint, slice_)) | beside_them(read, lists, files)
    topics = None if any(one.reads_tops for one in lists) else WITHOUT_TOPS
    return read.seen(streams, files.missing, topics, files.unclear)


def standing_on(engine: StandingsEngine, lists: Sequence[Worklist], standpoint: Standpoint, slice_: Slice) -> set[int]:
    """Who can be on these lists by where they stand."""
    return {client for one in lists for client in _clients(engine, one, standpoint, slice_)}


def beside_them(read: Reading, lists: Sequence[Worklist], files: FilesSaid) -> set[UUID]:
    """The episodes, of anybody, for which somebody can be on these lists wherever they stand."""
    streams = {*files.missing, *files.unclear}
    if any(one.needs_identities for one in lists):
        streams |= read.of_several_people()
    if any(one.in_pairs for one in lists):
        streams |= read.under_a_shared_number()
    return streams


def _clients(engine: StandingsEngine, worklist: Worklist, standpoint: Standpoint, slice_: Slice) -> Iterator[int]:
    """Who can be on a list."""
    agency = None if worklist.whole_people else slice_.agency
    near = Slice(agency=agency, young_people=slice_.young_people and worklist.adults)
    for measure in worklist.measures:
        [clients] = engine.columns_at(("client",), measure, standpoint, near)
        yield from clients.tolist()
