"""A person's own data: all that is held about one person, and of nobody else, to be handed to that person.

The person is found by what is known at the desk. Neither the initials nor the birth date is stored, noted or given
back: the client key makes a number of them, and that is all that is asked with.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal
from uuid import UUID

from domain.client import ClientKey, client_number, client_text
from domain.definition import definition_named
from domain.errors import Refused, WrongUse
from domain.retention import SCHEDULE, EpisodeHeld, RetentionPeriod, person_due, withdrawn_due
from projections.privacy import subject_access as projection
from projections.privacy import subject_references as references
from projections.privacy.subject_access import OwnEpisode, PassedOn, PersonHeld
from projections.privacy.subject_references import RowKeptOut
from projections.publication.published import Engines, FigureOnRecord, publications
from projections.store.submissions import SubmissionFilter, submission_events
from web import stop_list
from web.auth.viewer import NotAllowed, Viewer
from web.snapshot import Snapshot

from .subject_looks import SubjectLooks, looks_at
from .subject_result import (
    SubjectAccessResult,
    SubjectFigure,
    SubjectPassedOn,
    SubjectRetention,
    episode_result,
    rejected_result,
)
from .subject_written import SubjectWritten, written_about

REFUSALS: Final = {
    "client-is-two-people": "The episodes of this CLIENT are of more than one person.",
}
"""Why an answer is refused, by code."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose data are asked for: a person's number, or an agency's reference, and what a stop-list would have of them.

    It holds nothing that was said at the desk but the reference, which no `repr` shows.
    """

    client: int | None = field(repr=False)
    reference: tuple[str, str, str | None] | None = field(default=None, repr=False)
    stopped: frozenset[bytes] = field(default=frozenset(), repr=False)

    @property
    def by(self) -> str:
        """By what the person is looked for, as the trail keeps it."""
        return "identity" if self.reference is None else "reference"


def subject_by_identity(client_key: ClientKey, initials: str, born_on: date, sex: str) -> Subject:
    """The person with these initials (of the first name and the surname), this birth date and sex (M, F or U).

    Raises:
        WrongUse: an initial is no character that a file can hold.
    """
    _check_written(initials)
    client = client_key.client(initials.upper(), born_on, sex)
    return Subject(client_number(client), stopped=frozenset([client_key.stopped_person(client)]))


def subject_by_reference(
    client_key: ClientKey, agency: str, client_reference: str, episode_reference: str | None
) -> Subject:
    """Whom an agency calls so; with an EPISODID, the person of that episode. Raises as `subject_by_identity`."""
    _check_written(agency, client_reference, episode_reference or "")
    hashes = frozenset[bytes]()
    if episode_reference is not None:
        stream = client_key.episode(agency, client_reference, episode_reference)
        hashes = frozenset([client_key.stopped_episode(stream)])
    return Subject(None, (agency, client_reference, episode_reference), hashes)


def _check_written(*texts: str) -> None:
    """Half of a pair of surrogates is no text, and a database takes no NUL."""
    if any(not character.isprintable() for text in texts for character in text):
        # What was written is not repeated.
        raise WrongUse("This holds a character that no file can hold. Type it anew.")


@dataclass(frozen=True, slots=True)
class SubjectAccessQuery:
    """Whose data, on which day, and by which schedule they are kept."""

    subject: Subject
    on: date
    schedule: Sequence[RetentionPeriod] = SCHEDULE


@dataclass(frozen=True, slots=True)
class SubjectEpisodeSeen:
    """An episode, with what stands beside the log of it."""

    its: OwnEpisode
    not_in_file_since: date | None
    consent_unclear: bool


@dataclass(frozen=True, slots=True)
class SubjectRecord:
    """What an answer is made of, with the facts themselves, for whoever words them."""

    query: SubjectAccessQuery
    known_at: date | None
    position: int
    client: int | None
    erased_on: date | None
    episodes: Sequence[SubjectEpisodeSeen]
    passed_on: Sequence[PassedOn]
    rejected_rows: Sequence[RowKeptOut]
    written: SubjectWritten
    figures: Sequence[SubjectFigure]
    figures_withheld: int
    looks: SubjectLooks
    retention: Sequence[SubjectRetention]

    @property
    def held(self) -> Literal["records", "erased", "nothing"]:
        """Whether anything is held."""
        if self.episodes or self.passed_on or self.rejected_rows:
            return "records"
        return "erased" if self.erased_on else "nothing"

    def result(self) -> SubjectAccessResult:
        """The same as the answer has it."""
        return SubjectAccessResult(
            self.held,
            self.query.on,
            self.known_at,
            self.position,
            client_text(self.client) if self.client is not None and self.held == "records" else None,
            self.erased_on,
            [episode_result(one.its, one.not_in_file_since, one.consent_unclear) for one in self.episodes],
            [SubjectPassedOn(one.from_day, one.to_day, one.records) for one in self.passed_on],
            list(map(rejected_result, self.rejected_rows)),
            self.written,
            list(self.figures),
            self.figures_withheld,
            self.looks,
            list(self.retention),
        )


def subject_access(snapshot: Snapshot, viewer: Viewer, query: SubjectAccessQuery) -> SubjectAccessResult:
    """All that is held about one person. Raises as `subject_record`."""
    return subject_record(snapshot, viewer, query).result()


def subject_record(snapshot: Snapshot, viewer: Viewer, query: SubjectAccessQuery) -> SubjectRecord:
    """All that is held about one person, with the facts themselves.

    Raises:
        NotAllowed: the viewer sees only part of what there is, so that the answer would leave something out.
        Refused: the reference is of more than one person.
    """
    if viewer.is_provider or viewer.is_public:
        raise NotAllowed("right-missing", "Only who may see the records of all agencies can answer for all of them.")
    client = _client(snapshot, query.subject)
    held = PersonHeld((), ())
    if client is not None:
        held = projection.person_held(snapshot.connection, snapshot.mapper, snapshot.generation, client)
    now = snapshot.standpoint(date.max)
    rejected = references.rejected_rows(snapshot.connection, snapshot.generation, _references(query.subject, held))
    shown, withheld = ([], 0) if client is None else _figures(snapshot, client, held)
    since = min((one.since.received_on for one in held.episodes if one.since.received_on), default=None)
    is_held = bool(held.episodes or held.passed_on or rejected)
    looks = looks_at(snapshot, client, held, since) if is_held else SubjectLooks([], 0, 0)
    episodes = [] if client is None else _episodes(snapshot, client, held)
    retention = list(_retention(held.episodes, query.schedule))
    erased_on = _erased_on(snapshot, query.subject)
    return SubjectRecord(
        query, now.known_at, now.position, client, erased_on, episodes, held.passed_on, rejected,
        written_about(snapshot, held), shown, withheld, looks, retention,
    )  # fmt: skip


def _client(snapshot: Snapshot, subject: Subject) -> int | None:
    if subject.reference is None:
        return subject.client
    people = references.people_referred_to(snapshot.connection, snapshot.generation, *subject.reference)
    if len(people) > 1:
        raise Refused(
            "client-is-two-people",
            f"The episodes of this reference are of {len(people)} people. Name the episode too, or ask by initials, "
            "date of birth and sex.",
        )
    return next(iter(people), None)


def _references(subject: Subject, held: PersonHeld) -> list[tuple[str, str, str]]:
    """The references under which rows that were kept out are this person's."""
    own = [(one.agency, one.client_reference, one.episode_reference) for one in held.episodes]
    if subject.reference is not None and (episode_reference := subject.reference[2]) is not None:
        own.append((subject.reference[0], subject.reference[1], episode_reference))
    return own


def _erased_on(snapshot: Snapshot, subject: Subject) -> date | None:
    entries = stop_list.load(snapshot.connection) if subject.stopped else []
    return max((entry.recorded_at.date() for entry in entries if entry.entry in subject.stopped), default=None)


def _episodes(snapshot: Snapshot, client: int, held: PersonHeld) -> list[SubjectEpisodeSeen]:
    absent = references.not_in_file_since(snapshot.connection, snapshot.generation, client)
    asked: set[UUID] = set()
    for agency in {one.agency for one in held.episodes}:
        newest = SubmissionFilter(agency=agency, data_set="TREAT", limit=1)
        for recorded in submission_events(snapshot.connection, snapshot.mapper, snapshot.generation, newest):
            asked |= set(getattr(recorded.event, "unclear_episodes", ()))
    return [SubjectEpisodeSeen(one, absent.get(one.stream), one.stream in asked) for one in held.episodes]


# ---- published figures


def _figures(snapshot: Snapshot, client: int, held: PersonHeld) -> tuple[list[SubjectFigure], int]:
    """The published figures in which the person stands, the oldest first, and how many more rest on somebody else.

    Of a certificate its members are kept; of a scorecard they are counted again from where it was seen. Where a record
    that is another's by now was held as theirs, a figure is shown only if it would be the same without that record.
    """
    places = references.published_places(snapshot.connection, client)
    engines = Engines(snapshot.connection, snapshot.mapper, snapshot.loaded.engine if snapshot.loaded else None)
    shown, withheld = list[SubjectFigure](), 0
    for publication in publications(snapshot.connection, snapshot.mapper):
        for on_record in publication.figures:
            if not publication.is_cut and publication.event.number not in places:
                continue
            members = engines.members(on_record, publication.standpoint)
            standing = sorted((one.counted, one.journey) for one in members if one.client == client)
            if not standing:
                continue
            if _is_own(held, client, on_record, standing):
                shown.append(_figure(on_record, counted=any(counted for counted, _ in standing)))
            else:
                withheld += 1
    return shown, withheld


def _is_own(held: PersonHeld, client: int, on_record: FigureOnRecord, standing: list[tuple[bool, date]]) -> bool:
    """Whether the person stands in a figure as they would by their own episodes alone."""
    seen_from = on_record.publication.standpoint
    if not held.rests_on_another(seen_from.position):
        return True
    definition = definition_named(on_record.document["definition"])
    return standing == held.stands_alone(client, on_record.measure, seen_from, on_record.slice, definition)


def _figure(on_record: FigureOnRecord, *, counted: bool) -> SubjectFigure:
    publication = on_record.publication
    event = publication.event
    return SubjectFigure(
        event.number,
        publication.title if publication.is_cut else None,
        on_record.measure.code,
        on_record.measure.name,
        on_record.slice,
        event.as_of,
        event.known_at,
        event.occurred_on,
        counted,
    )


# ---- how long it is kept


def _retention(episodes: Sequence[OwnEpisode], schedule: Sequence[RetentionPeriod]) -> Iterable[SubjectRetention]:
    periods = {period.kind: period for period in schedule}
    standing = [held for one in episodes if (held := _held_of(one))]
    if standing:
        due = person_due(standing, schedule)
        period = periods[due[0] if due else "treatment"]
        yield _line(period, due[1] if due else None)
    withdrawn = [one for one in episodes if not one.facts and not one.joined_on]
    if withdrawn:
        last = [change.source.received_on for one in withdrawn for change in one.changes if change.source.received_on]
        yield _line(periods["withdrawn"], withdrawn_due(max(last), schedule) if last else None)


def _line(period: RetentionPeriod, due_on: date | None) -> SubjectRetention:
    return SubjectRetention(period.kind, due_on, period.months, period.counted_from, period.source)


def _held_of(episode: OwnEpisode) -> EpisodeHeld | None:
    days = dict[str, date | None]()
    for name in ("triaged_on", "referred_on", "discharged_on", "adult_on"):
        days[name] = next((day for fact in episode.facts.values() if (day := getattr(fact, name, None))), None)
    if not days["triaged_on"] and not days["referred_on"]:
        return None
    return EpisodeHeld(days["referred_on"], days["triaged_on"], days["discharged_on"], days["adult_on"])


def need_reason(reason: str) -> str:
    """A case number or a reason, on one line.

    Raises:
        WrongUse: it is empty.
    """
    line = " ".join(reason.split())
    if not line:
        raise WrongUse("Give the case number of the request. It goes into the trail, so name nobody.")
    return line
