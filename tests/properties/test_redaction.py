"""Nothing of another agency reaches a provider: other names, numbers and files there, the same documents here."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any
from uuid import UUID, uuid5

import msgspec
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from domain.client import client_number, client_text
from domain.definition import definition_in_force
from domain.episode.events import EPISODE_EVENTS, EpisodeEvent, FactEvent
from domain.episode.facts import RE_PRESENTED, Referral, RePresentation, Start
from domain.log.database import reading
from domain.log.mapper import Event, JsonMapper
from domain.measures.families import Unit
from domain.measures.registry import MEASURES, Measure, measure_named
from domain.standpoint import Standpoint
from projections.claims.claim import Claim
from projections.claims.reconciliation import Listed, ListQuestion
from projections.explain.bridge import Bridge, Side, Station, bridge
from projections.explain.provenance import MemberSeen, members_seen
from projections.explain.trail import TrailFilter, trail
from projections.privacy.redaction import (
    own_clients,
    redacted_bridge,
    redacted_comparison,
    redacted_figure,
    redacted_members,
    redacted_trail,
    redacted_waiting,
)
from projections.standings.engine import Figure
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice
from projections.store import generations, tables
from tests.bridges import recorded_in_sqlite
from tests.generators import AGENCIES, AREAS, standpoint_by_chance, told_by_chance
from tests.ledger import Commit, Ledger
from web.queries.administration.trail import TrailPart
from web.queries.explain.claim import claim_result
from web.queries.explain.explanations import explanation_result
from web.queries.explain.people import MembersResult, WaitingResult, member_result, waiting_person
from web.queries.performance.figure import figure_result, standpoint_result

from .conftest import examples

OTHER_NAMES = UUID("7c9d3c6e-5f3b-4d0e-9d1c-0a3c1f1f7b11")
A_DAY = re.compile(r"\d{4}-\d\d-\d\d")
STANDPOINTS = {"figure", "from", "to", "standpoint", "ours", "slice"}
"""What of a document is the question and its aggregate answer."""


class Records:
    """Whose the episodes of a ledger are, and what is a provider's own."""

    def __init__(self, ledger: Ledger, own: str) -> None:
        self.own, self.ledger = own, ledger
        self.agency_of: dict[UUID, str] = {}
        self.references: dict[str, set[str]] = {own: set()}
        self.clients: dict[str, set[str]] = {own: set()}
        for event in (event for commit in ledger.commits for event in commit.events):
            fact = event.fact if isinstance(event, FactEvent) else None
            if isinstance(fact, Start | Referral):
                self.agency_of[event.originator_id] = fact.agency
                self.references.setdefault(fact.agency, set()).add(fact.client_reference)
                self.clients.setdefault(fact.agency, set()).add(fact.client)

    def is_own(self, event: Event, commit: Commit) -> bool:
        """Whether an event is of the provider's own, and says nothing of anybody else's."""
        if isinstance(event, EPISODE_EVENTS):
            returns = isinstance(event, EpisodeEvent) and event.key == RE_PRESENTED
            by_others = commit.submission.agency not in {self.own, ""}  # type: ignore[attr-defined]
            return self.agency_of.get(event.originator_id) == self.own and not returns and not by_others
        return bool(event.agency == self.own)  # type: ignore[attr-defined]

    @property
    def foreign_clients(self) -> set[str]:
        """Those who never had an episode of the provider's own."""
        return set().union(*self.clients.values()) - self.clients[self.own]

    @property
    def foreign_references(self) -> set[str]:
        return set().union(*self.references.values()) - self.references[self.own]

    def own_events(self) -> Iterator[tuple[int, Event]]:
        position = 0
        for commit in self.ledger.commits:
            for event in commit.events:
                position += 1
                if self.is_own(event, commit):
                    yield position, event

    def days_of_knowledge(self) -> set[str]:
        """When something of the provider's own became known, also where it is said together with others'."""
        commits = (c for c in self.ledger.commits if any(self.is_own(event, c) for event in c.events))
        return {commit.submission.received_on.isoformat() for commit in commits}


# ---- the same history, with everything of other agencies under other names


def disguised(ledger: Ledger, own: str) -> Ledger:
    """The same happenings, in which whatever tells of other agencies' records, and counts for nothing, is other."""
    mask = _Mask(Records(ledger, own))
    commits = [mask.commit(commit) for commit in ledger.commits]
    received = [row._replace(agency=mask.agency(row.agency)) for row in ledger.received]
    return Ledger(commits=commits, received=received)


class _Mask:
    def __init__(self, records: Records) -> None:
        self.records = records

    def agency(self, code: str) -> str:
        """Another code on the same side of the own one: of two episodes of one day the greater key says the area."""
        own = self.records.own
        return code.replace("H", "G" if code < own else "I") if code in set(AGENCIES) - {own} else code

    def stream(self, stream: UUID) -> UUID:
        foreign = self.records.agency_of.get(stream) not in {None, self.records.own}
        return uuid5(OTHER_NAMES, str(stream)) if foreign else stream

    def client(self, client: str) -> str:
        return client_text(client_number(client) ^ 0x3A5C9) if client in self.records.foreign_clients else client

    def commit(self, commit: Commit) -> Commit:
        foreign = self.agency(commit.submission.agency) != commit.submission.agency  # type: ignore[attr-defined]
        return replace(
            commit,
            changed=[self.event(event, foreign=foreign) for event in commit.changed],
            returns=[self.event(event, foreign=foreign) for event in commit.returns],
            farewells=[self.event(event, foreign=foreign) for event in commit.farewells],
            submission=self.submission(commit.submission, foreign=foreign),
            clients=frozenset(map(self.client, commit.clients)),
            erased_clients=frozenset(map(self.client, commit.erased_clients)),
        )

    def event(self, event: Event, *, foreign: bool) -> Event:
        given: dict[str, Any] = {"originator_id": self.stream(event.originator_id)}
        if foreign:
            given["actor"] = "somebody else"
        if isinstance(event, FactEvent):
            given["fact"] = self.fact(event.fact)
        return msgspec.structs.replace(event, **given)

    def fact(self, fact: Any) -> Any:
        if isinstance(fact, RePresentation):
            return msgspec.structs.replace(fact, episode=self.stream(fact.episode))
        if not isinstance(fact, Start | Referral) or fact.agency == self.records.own:
            return fact
        return msgspec.structs.replace(
            fact,
            client=self.client(fact.client),
            agency=self.agency(fact.agency),
            client_reference=f"{fact.client_reference}-other",
            episode_reference="7",
        )

    def submission(self, event: Any, *, foreign: bool) -> Event:
        given: dict[str, Any] = {"agency": self.agency(event.agency)}
        if foreign:
            given["actor"] = "somebody else"
        for name in ("not_in_file", "found_again"):
            if hasattr(event, name):
                given[name] = tuple(map(self.stream, getattr(event, name)))
        if hasattr(event, "episode"):
            given["episode"] = self.stream(event.episode)
        if hasattr(event, "file") and foreign:
            given |= {"file": f"another-{event.number}.csv", "sha256": "f" * 64, "rows": event.rows + 1000}
        return msgspec.structs.replace(event, **given)


# ---- what a provider is shown


class Shown:
    """Every kind of document for one provider, over a recorded ledger."""

    def __init__(self, connection: sa.Connection, mapper: JsonMapper, own: str) -> None:
        self.connection, self.mapper, self.own = connection, mapper, {own}
        self.generation = generations.live(connection)

    def members(self, measure: Measure, standpoint: Standpoint, where: Slice) -> dict[str, Any]:
        figure, found = self._members(measure, standpoint, where)
        shown = redacted_members(found, self.own)
        assert sorted((m.counted, m.rule) for m in shown) == sorted((m.counted, m.rule) for m in found)
        result = MembersResult(figure_result(redacted_figure(figure, self.own)), [member_result(one) for one in shown])
        return result.document()

    def waiting(self, standpoint: Standpoint, where: Slice) -> dict[str, Any]:
        _, found = self._members(measure_named("W.waiting"), standpoint, where)
        found.sort(key=lambda one: (one.journey.start, one.client))
        people = [waiting_person(standpoint.as_of, one) for one in redacted_waiting(found, self.own)]
        return WaitingResult(standpoint_result(standpoint), where, people).document()

    def walk(self, measure: Measure, start: Station, end: Station) -> dict[str, Any]:
        whole = bridge(self.connection, self.mapper, measure, start, end)
        shown = redacted_bridge(whole, self.own)
        assert sums(shown) == sums(whole)
        return explanation_result(shown).document()

    def comparison(self, measure: Measure, standpoint: Standpoint, chance: Random) -> dict[str, Any]:
        t = tables.episode.c
        query = sa.select(t.agency, t.client_reference).where(t.agency.in_(self.own)).order_by(t.client_reference)
        references = sorted({tuple(row) for row in self.connection.execute(query)})
        listed = [
            Listed(line, agency, reference, counted=chance.random() < 0.5)
            for line, (agency, reference) in enumerate(references, 2)
            if chance.random() < 0.7
        ]
        figure, found = self._members(measure, standpoint, Slice())
        definition = definition_in_force(standpoint.as_of)
        snapshot = ListQuestion(self.connection, self.mapper, self.generation, measure, standpoint, Slice(), definition)
        compared = snapshot.compare(listed, found)
        shown = redacted_comparison(compared, self.own)
        assert (len(shown.only_ours), shown.account) == (len(compared.only_ours), compared.account)
        return claim_result(Claim(1, 1), redacted_figure(figure, self.own), None, 0, shown).document()

    def trail(self) -> dict[str, Any]:
        entries = trail(self.connection, self.mapper, self.generation, TrailFilter(limit=100_000))
        narrowed = trail(
            self.connection, self.mapper, self.generation, TrailFilter(limit=100_000, agencies=sorted({*self.own, ""}))
        )
        assert redacted_trail(entries, self.own) == redacted_trail(narrowed, self.own)
        return TrailPart(redacted_trail(entries, self.own), None).result().document()

    def _members(self, measure: Measure, standpoint: Standpoint, where: Slice) -> tuple[Figure, list[MemberSeen]]:
        engine = StandingsEngine.load(self.connection, [measure], standpoint)
        standings = sorted(engine.members(measure, standpoint, where), key=lambda one: (one.client, one.journey))
        definition = engine.definition_at(standpoint.as_of)
        at = (self.generation, measure, standpoint)
        found = members_seen(self.connection, self.mapper, *at, standings, definition)
        return engine.figure(measure, standpoint, where), found


def sums(walk: Bridge) -> list[tuple[int, ...]]:
    return [tuple(step.explained(side) for side in Side) for step in walk.steps]


def everything(ledger: Ledger, own: str, seed: int) -> Iterator[dict[str, Any]]:
    """Documents at standpoints and of measures that the seed chooses."""
    chance = Random(seed)
    slices = [Slice(), Slice(area=AREAS[0]), Slice(agency=own), Slice(young_people=True)]
    standpoints = [known(ledger, standpoint_by_chance(chance, ledger)) for _ in range(6)]
    journeys = [measure for measure in MEASURES if measure.family.unit is Unit.JOURNEY]
    with recorded_in_sqlite(ledger) as register, reading(register.engine) as connection:
        shown = Shown(connection, register.mapper, own)
        yield shown.trail()
        for standpoint in standpoints:
            yield shown.members(chance.choice(MEASURES), standpoint, chance.choice(slices))
            yield shown.waiting(standpoint, chance.choice(slices))
            start, end = (Station(chance.choice(standpoints), chance.choice(slices)) for _ in range(2))
            yield shown.walk(chance.choice(MEASURES), start, end)
            yield shown.comparison(chance.choice(journeys), standpoint, chance)
        clients = {client_text(client) for client in own_clients(connection, shown.generation, {own})}
        yield {"clients": sorted(clients)}


def known(ledger: Ledger, standpoint: Standpoint) -> Standpoint:
    received = [row for row in ledger.received if row.position <= standpoint.position]
    return replace(standpoint, known_at=received[-1].received_on if received else None)


def leaves(document: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a document that is not of its question or its figure, with its name."""
    if isinstance(document, dict):
        for key, value in document.items():
            if key not in STANDPOINTS:
                yield from leaves(value, key)
    elif isinstance(document, list):
        for value in document:
            yield from leaves(value, name)
    else:
        yield name, document


def check_nothing_foreign(document: dict[str, Any], records: Records) -> None:
    text, values = json.dumps(document), list(leaves(document))
    own = list(records.own_events())
    own_days = {day for _, event in own for day in A_DAY.findall(json.dumps(msgspec.to_builtins(event)))}
    own_days |= records.days_of_knowledge()
    for code in set(AGENCIES) - {records.own}:
        assert code not in text
    for client in records.foreign_clients:
        assert client not in text
    assert records.foreign_references.isdisjoint(value for _, value in values if isinstance(value, str))
    assert {value for name, value in values if name == "position"} <= {position for position, _ in own}
    days = {value for _, value in values if isinstance(value, str) and A_DAY.fullmatch(value)}
    assert days <= own_days, days - own_days


@examples(15)
@given(st.integers(0, 2**32 - 1), st.sampled_from(AGENCIES))
def test_a_provider_is_told_nothing_of_others(seed: int, own: str) -> None:
    ledger = told_by_chance(Random(seed), 12)
    records = Records(ledger, own)
    found = list(everything(ledger, own, seed))
    for document in found:
        check_nothing_foreign(document, records)
    assert found == list(everything(disguised(ledger, own), own, seed))


def test_the_disguise_leaves_nothing_of_the_others() -> None:
    """Else the property above would hold of anything."""
    ledger = told_by_chance(Random(7), 12)
    text = "".join(repr(event) for commit in disguised(ledger, "H0001").commits for event in commit.events)
    records = Records(ledger, "H0001")
    assert records.foreign_clients or records.foreign_references
    for foreign in {"H0002", "H0003"} | records.foreign_clients:
        assert foreign not in text
