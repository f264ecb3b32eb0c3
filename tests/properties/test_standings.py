"""What is stored and what the log says when it is read aloud are the same, whatever was submitted. In memory."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from random import Random
from uuid import UUID

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from domain.definition import DEFINITIONS, Definition
from domain.episode.events import EPISODE_EVENTS
from domain.episode.facts import RE_PRESENTED
from domain.journey import journeys_of
from domain.log.reading import Recorded
from domain.measures.registry import MEASURES, Measure
from domain.standpoint import Standpoint
from domain.submission import SUBMISSION_EVENTS
from projections.standings.calculation import COUNTED, IMMATURE, Standings
from projections.standings.engine import Standing
from projections.standings.in_memory import StandingsEngine
from projections.standings.reference import ReferenceEngine, folded
from projections.standings.reference_by_client import (
    EVERYBODY,
    ClientRange,
    ReferenceOfClients,
    clients_named_in,
)
from projections.standings.slices import Slice
from tests.generators import AGENCIES, AREAS, ledgers, random_ledgers, standpoint_by_chance, told_by_chance
from tests.ledger import Ledger, standings_at_once

from .conftest import examples

SLICES = (
    Slice(),
    *(Slice(area=area) for area in AREAS),
    *(Slice(agency=agency) for agency in AGENCIES),
    Slice(criminal_justice=True),
    Slice(young_people=True),
    Slice(area=AREAS[0], agency=AGENCIES[1], young_people=True),
)


def members_at(standings: Standings, keys: list[tuple[str, str, str, bool, bool]], at: Standpoint) -> Counter[Standing]:
    """Who stands in any figure at a standpoint."""
    day = at.as_of.toordinal()
    stands = (standings.as_of <= day) & (day < standings.until)
    stands &= (standings.known_from <= at.position) & (at.position < standings.known_until)
    return Counter(
        Standing(client, bool(state & COUNTED), bool(state & IMMATURE), part, keys[number], date.fromordinal(journey))
        for client, part, state, number, journey, *_ in standings.take(np.flatnonzero(stands)).rows()
    )


def check(ledger: Ledger, chance: Random, standpoints: int, definition: Definition | None = None) -> None:
    """The standings hold whom the reference engine names, at standpoints that lie on the history's own edges; and it
    names the same when it is asked client by client.
    """
    standings, slices = standings_at_once(ledger, definition)
    replay = ReferenceEngine(ledger.recorded, definition)
    points = [standpoint_by_chance(chance, ledger) for _ in range(standpoints)]
    client_by_client = by_client(ledger, chance, points, definition)
    for standpoint in points:
        expected, stored = Counter(replay.everything(standpoint)), members_at(standings, list(slices), standpoint)
        assert (expected - stored, stored - expected) == (Counter(), Counter()), standpoint
        assert client_by_client[standpoint] == expected, standpoint


def by_client(
    ledger: Ledger, chance: Random, points: list[Standpoint], definition: Definition | None
) -> dict[Standpoint, Counter[Standing]]:
    """The reference engine's answers in two parts, cut anywhere between the clients."""
    cut = chance.choice(sorted(clients_named_in(ledger.recorded)) or [0])
    episodes: defaultdict[UUID, list[Recorded]] = defaultdict(list)
    for one in ledger.recorded:
        episodes[one.event.originator_id].append(one)
    parts = (ClientRange(EVERYBODY.first, cut), ClientRange(cut + 1, EVERYBODY.last))
    answers: defaultdict[Standpoint, Counter[Standing]] = defaultdict(Counter)
    for among in parts:
        for standpoint, members in ReferenceOfClients(among, episodes.values(), definition).everything(set(points)):
            answers[standpoint].update(members)
    return answers


chances = st.integers(0, 2**32 - 1).map(Random)


@examples(500)
@given(random_ledgers(), chances)
def test_standings_are_what_the_reference_engine_says(ledger: Ledger, chance: Random) -> None:
    check(ledger, chance, standpoints=10)


@examples(100)
@given(ledgers(), chances)
def test_small_histories_show_where_the_engines_differ(ledger: Ledger, chance: Random) -> None:
    """The same of histories that shrink."""
    check(ledger, chance, standpoints=10)


@examples(100)
@given(random_ledgers(), chances, st.sampled_from(DEFINITIONS))
def test_both_engines_agree_under_every_definition(ledger: Ledger, chance: Random, definition: Definition) -> None:
    check(ledger, chance, standpoints=6, definition=definition)


def counts_by_replay(replay: ReferenceEngine, standpoint: Standpoint, measures: Iterable[Measure]) -> list[object]:
    return [[list(replay.counts(measure, standpoint, where)) for where in SLICES] for measure in measures]


@examples(25)
@given(random_ledgers(), chances)
def test_figures_of_every_slice_are_what_the_reference_engine_counts(ledger: Ledger, chance: Random) -> None:
    engine = StandingsEngine(*standings_at_once(ledger), ledger.submissions)
    replay = ReferenceEngine(ledger.recorded)
    measures = chance.sample(MEASURES, 3)
    asked = [standpoint_by_chance(chance, ledger) for _ in range(3)]
    for standpoint in asked:
        expected = counts_by_replay(replay, standpoint, measures)
        assert engine.counts(measures, standpoint, SLICES).tolist() == expected
    days, positions = sorted({s.as_of for s in asked}), sorted({s.position for s in asked})
    for where in SLICES[:4]:
        cells = engine.triangles(measures, days, positions, where)
        expected = [
            [[list(replay.counts(m, Standpoint(day, None, at), where)) for at in positions] for day in days]
            for m in measures
        ]
        assert cells.tolist() == expected


@examples(150)
@given(random_ledgers())
def test_rectangles_never_overlap(ledger: Ledger) -> None:
    standings, _ = standings_at_once(ledger)
    alike: defaultdict[tuple[int, ...], list[tuple[int, ...]]] = defaultdict(list)
    for *what, as_of, until, known_from, known_until in standings.rows():
        assert as_of < until
        assert known_from < known_until
        for other in alike[tuple(what)]:
            apart = until <= other[0] or other[1] <= as_of or known_until <= other[2] or other[3] <= known_from
            assert apart, (what, other, (as_of, until, known_from, known_until))
        alike[tuple(what)].append((as_of, until, known_from, known_until))


@examples(150)
@given(random_ledgers())
def test_re_presentations_as_recorded_are_what_the_journeys_say(ledger: Ledger) -> None:
    """By all that is known, a completion is marked if and only if its journey was returned to."""
    standpoint = ledger.submissions.standpoint(date(2099, 1, 1))
    of_client = defaultdict(list)
    for view in ReferenceEngine(ledger.recorded).views(standpoint):
        of_client[view.core.client].append(view)
    expected = {
        view.episode
        for its in of_client.values()
        for journey in journeys_of(its)
        if journey.success and journey.returned
        for view in journey.episodes
        if view.core.left == journey.end
    }
    assert {e.id for e in folded(ledger.recorded) if RE_PRESENTED in e.standing_events} == expected


def test_every_event_is_reached() -> None:
    """The generator tells of everything that can happen: no event type is beyond it."""
    reached: set[type] = set()
    for seed in range(500):
        ledger = told_by_chance(Random(seed), most=12)
        reached |= {type(event) for commit in ledger.commits for event in commit.events}
    assert {*EPISODE_EVENTS, *SUBMISSION_EVENTS} - reached == set()
