"""Another party's list of people beside the members of our figure.

A list names people by an agency's own references, never by name. Each line is led to the client that the reference
was known to be of at the standpoint's position; then both sides are sets of clients. A reference that nobody has ever
reported refuses the list whole.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from domain.client import client_number
from domain.definition import Definition
from domain.episode.episode import Episode
from domain.episode.facts import Start, identity_of
from domain.errors import Refused
from domain.history import seen_from
from domain.log.database import chunks
from domain.log.mapper import JsonMapper
from domain.measures.columns import Rules
from domain.measures.families import Unit
from domain.measures.registry import Measure
from domain.standpoint import Standpoint
from projections.explain.provenance import JourneySeen, MemberSeen, journey_seen, recorded_of, streams_of_clients
from projections.standings.reference import PersonRow, apply_rules, folded, person_rows
from projections.standings.slices import Slice
from projections.store import tables

UNKNOWN_NAMED: Final = 10
"""Of more unknown references only the number is told in the sentence."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of a list: whom it names, by the agency's own references, and whether it counts them.

    `line` is that of the file, the header being the first. Without `episode_reference` all of the client's episodes
    there are meant. `counted` is None where the list does not say.
    """

    line: int
    agency: str
    client_reference: str
    episode_reference: str | None = None
    counted: bool | None = None

    @property
    def reference(self) -> str:
        """As people write it: H0003: C12, or H0003: C12/1."""
        episode = f"/{self.episode_reference}" if self.episode_reference else ""
        return f"{self.agency}: {self.client_reference}{episode}"


@dataclass(frozen=True, slots=True)
class OnlyTheirs:
    """Who is on their list and not in our figure. `rule` is the first one of ours that is not met; `journey` the one
    that came nearest, None where none is seen. `client` is None where nothing was known of the reference yet.
    """

    client: int | None
    lines: tuple[Listed, ...]
    rule: str
    journey: JourneySeen | None


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Who is on both sides, and counted on one of them only."""

    lines: tuple[Listed, ...]
    member: MemberSeen


@dataclass(frozen=True, slots=True)
class Twice:
    """One client on several lines of their list: two references, two episodes, or the same line again."""

    client: int
    lines: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class AccountStep:
    """A part of the way from their numbers to ours; `numerator` is None where the list does not say who counts."""

    step: str
    numerator: int | None
    denominator: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Their list beside our members. `account` leads from the lines of the list to our figure; what no step explains
    is its last step but one.
    """

    agreed: int
    only_theirs: tuple[OnlyTheirs, ...]
    only_ours: tuple[MemberSeen, ...]
    differently: tuple[Disagreement, ...]
    twice: tuple[Twice, ...]
    account: tuple[AccountStep, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True)
class ListQuestion:
    """The question that a list is held against: the figure's own."""

    connection: sa.Connection
    mapper: JsonMapper
    generation: int
    measure: Measure
    standpoint: Standpoint
    slice: Slice
    definition: Definition

    def compare(self, listed: Sequence[Listed], members: Sequence[MemberSeen]) -> Comparison:
        """The list beside `members`, which are those of our figure.

        Raises:
            Refused: the measure is not one of people, or a reference is unknown.
        """
        if self.measure.family.unit is not Unit.JOURNEY:
            raise Refused(
                "claim-list-of-episodes",
                f"{self.measure.code} {self.measure.name} does not count people by their journeys: "
                "it cannot be compared by a list.",
            )
        streams = self._streams_of(listed)
        known = _Known(self, {client for its in streams.values() for client in its.values()})
        ours = _by_client(members)
        theirs, notices = defaultdict[int | str, list[Listed]](list), list[str]()
        for one in listed:
            clients = known.clients_of(streams[one.line])
            if len(clients) > 1:
                notices.append(f"Line {one.line}: {one.reference} is of {len(clients)} people here.")
            mine = [client for client in clients if client in ours] or clients
            # A reference of which nothing was known yet is somebody of its own.
            theirs[mine[-1] if mine else one.reference].append(one)
        return _compared(theirs, ours, known, tuple(notices))

    def _streams_of(self, listed: Sequence[Listed]) -> dict[int, dict[UUID, int]]:
        """Of each line the episodes that it names, under one of the clients that they were ever of."""
        t = tables.episode.c
        by_reference = defaultdict[tuple[str, str], list[tuple[UUID, int, str]]](list)
        references = sorted({one.client_reference for one in listed})
        for chunk in chunks(references):
            query = sa.select(t.agency, t.client_reference, t.episode, t.client, t.episode_reference).where(
                t.generation == self.generation, t.client_reference.in_(chunk)
            )
            for agency, client_reference, stream, client, episode_reference in self.connection.execute(query):
                by_reference[agency, client_reference].append((stream, client, episode_reference))
        streams = {
            one.line: {
                stream: client
                for stream, client, reference in by_reference[one.agency, one.client_reference]
                if one.episode_reference in {None, reference}
            }
            for one in listed
        }
        _refuse_unknown([one for one in listed if not streams[one.line]])
        return streams


def _refuse_unknown(unknown: Sequence[Listed]) -> None:
    if not unknown:
        return
    named = ", ".join(f"{one.reference} (line {one.line})" for one in unknown[:UNKNOWN_NAMED])
    rest = len(unknown) - UNKNOWN_NAMED
    more = f" and {rest} more" if rest > 0 else ""
    verb = "references have" if len(unknown) > 1 else "reference has"
    raise Refused(
        "claim-unknown-references",
        f"{len(unknown)} {verb} never been reported here: {named}{more}. "
        "Put them right, or leave them out; nothing of the list was used.",
    )


class _Known:
    """What is known, and seen, of the clients that a list may mean."""

    def __init__(self, question: ListQuestion, clients: Iterable[int]) -> None:
        self.question = question
        at = question.standpoint
        unit, definition = question.measure.family.unit, question.definition
        streams = streams_of_clients(question.connection, question.generation, clients)
        recorded = recorded_of(question.connection, question.mapper, streams, at.position)
        episodes = folded(r for its in recorded.values() for r in its)
        # One that was joined into another has no identity of its own any more.
        self._episodes = {e.id: e for e in episodes if identity_of(e.facts)}
        self._views = {view.episode: view for view in seen_from(at, self._episodes.values(), definition)}
        self._rows = person_rows(unit, self._views.values(), definition)
        self._asked = apply_rules(question.measure.family, self._rows, at.as_of, definition) if self._rows else None

    def clients_of(self, streams: Mapping[UUID, int]) -> list[int]:
        """Whose these episodes were known to be, by their start; none if nothing was known of them."""
        identities = [_identity(self._episodes[stream]) for stream in streams if stream in self._episodes]
        return [client for _, client in sorted(identities)]

    def only_theirs(self, client: int | str, lines: Sequence[Listed]) -> OnlyTheirs:
        """Why somebody on the list is not in our figure."""
        at = self.question.standpoint
        if isinstance(client, str):
            known = f"by {at.known_at:%-d %B %Y}" if at.known_at else "then"
            return OnlyTheirs(None, tuple(lines), f"known {known}", None)
        rows = [i for i, row in enumerate(self._rows) if row.client == client]
        if not rows or self._asked is None:
            return OnlyTheirs(client, tuple(lines), self._not_seen(client), None)
        columns, rules = self._asked
        nearest = max(rows, key=lambda i: (_rules_met(rules, i), self._rows[i].day))
        row = self._rows[nearest]
        rule = _first_not_met(rules, nearest) or self._not_in_slice(
            row, int(self.question.measure.family.part_of(columns)[nearest]), adult=bool(columns.adult[nearest])
        )
        return OnlyTheirs(client, tuple(lines), rule, journey_seen(row))

    def _not_seen(self, client: int) -> str:
        views = [view for view in self._views.values() if view.core.client == client]
        day = f"{self.question.standpoint.as_of:%-d %B %Y}"
        return f"in structured treatment by {day}" if views else f"referred or triaged by {day}"

    def _not_in_slice(self, row: PersonRow, part: int, *, adult: bool) -> str:
        """The first condition behind the cohort's that a row of the cohort does not meet: age, group, slice."""
        measure, slice_ = self.question.measure.under(self.question.definition), self.question.slice
        conditions = (
            ("under 18 in the window", adult and slice_.young_people),
            ("adult in the window", measure.adults and not adult and not slice_.young_people),
            (f"of the group {_named(measure)}", part not in measure.parts),
            (f"living in {slice_.area}", slice_.area not in {None, row.area}),
            (f"with an episode at {slice_.agency}", slice_.agency is not None and slice_.agency not in row.agencies),
            ("referred by criminal justice", slice_.criminal_justice and not row.criminal_justice),
        )
        return next((words for words, fails in conditions if fails), "counted once a person")


def _named(measure: Measure) -> str:
    return " or ".join(measure.family.parts[part] for part in measure.parts)


def _identity(episode: Episode) -> tuple[date, int]:
    identity = identity_of(episode.facts)
    assert identity, "those without one are left out"
    arrived_on = identity.triaged_on if isinstance(identity, Start) else identity.referred_on
    return arrived_on, client_number(identity.client)


def _rules_met(rules: Rules, row: int) -> int:
    return next((n for n, rule in enumerate(rules.cohort) if not rule.met[row]), len(rules.cohort))


def _first_not_met(rules: Rules, row: int) -> str:
    return next((rule.words for rule in rules.cohort if not rule.met[row]), "")


def _by_client(members: Iterable[MemberSeen]) -> dict[int, list[MemberSeen]]:
    ours = defaultdict[int, list[MemberSeen]](list)
    for member in members:
        ours[member.client].append(member)
    return dict(ours)


def _compared(
    theirs: Mapping[int | str, Sequence[Listed]],
    ours: Mapping[int, Sequence[MemberSeen]],
    known: _Known,
    notices: tuple[str, ...],
) -> Comparison:
    both = [client for client in theirs if isinstance(client, int) and client in ours]
    differently = [
        Disagreement(tuple(theirs[client]), ours[client][0])
        for client in both
        if (counted := _has_any_listed(theirs[client])) is not None and counted != ours[client][0].counted
    ]
    only_theirs = [known.only_theirs(client, lines) for client, lines in theirs.items() if client not in ours]
    only_ours = [member for client, its in ours.items() if client not in theirs for member in its]
    twice = [
        Twice(client, tuple(lines)) for client, lines in theirs.items() if isinstance(client, int) and len(lines) > 1
    ]
    return Comparison(
        len(both) - len(differently),
        tuple(sorted(only_theirs, key=lambda one: (one.rule, one.lines[0].line))),
        tuple(only_ours),
        tuple(differently),
        tuple(twice),
        _account(theirs, ours, only_theirs, only_ours, differently),
        notices,
    )


def _has_any_listed(lines: Iterable[Listed]) -> bool | None:
    """Whether a list counts somebody: on any of the lines; None where it does not say."""
    counted = [one.counted for one in lines if one.counted is not None]
    return any(counted) if counted else None


def _account(
    theirs: Mapping[int | str, Sequence[Listed]],
    ours: Mapping[int, Sequence[MemberSeen]],
    only_theirs: Sequence[OnlyTheirs],
    only_ours: Sequence[MemberSeen],
    differently: Sequence[Disagreement],
) -> tuple[AccountStep, ...]:
    """From the lines of the list to our figure; the steps before the last add up to it."""
    lines = [one for its in theirs.values() for one in its]
    tells = any(one.counted is not None for one in lines)
    counted = {client: bool(_has_any_listed(its)) for client, its in theirs.items()}
    members = [member for its in ours.values() for member in its]

    def step(words: str, numerator: int, denominator: int) -> AccountStep:
        return AccountStep(words, numerator if tells else None, denominator)

    repeated = sum(one.counted or False for one in lines) - sum(counted.values())
    steps = [
        step("lines of the list", sum(one.counted or False for one in lines), len(lines)),
        step("one person on several lines", -repeated, len(theirs) - len(lines)),
        step("only in theirs", -sum(bool(_has_any_listed(one.lines)) for one in only_theirs), -len(only_theirs)),
        step("counted on one side only", sum(1 if one.member.counted else -1 for one in differently), 0),
        step("only in ours", sum(member.counted for member in only_ours), len(only_ours)),
    ]
    in_ours = sum(member.counted for member in members)
    left = in_ours - sum(s.numerator or 0 for s in steps), len(members) - sum(s.denominator for s in steps)
    steps.append(step("unexplained", *left))
    return (*steps, AccountStep("our figure", in_ours, len(members)))
