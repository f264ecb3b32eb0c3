"""What a file changes in what was known of an episode: events by fact, versions, counts."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

import pytest

from domain.episode.episode import Episode
from domain.episode.events import (
    ExitAmended,
    ExitedOtherwise,
    ExitedSuccessfully,
    ExitWithdrawn,
    HandoverUndone,
    InterventionAmended,
    InterventionOffered,
    InterventionStarted,
    RePresentationAmended,
    RePresentationWithdrawn,
    RePresented,
    Reviewed,
    TopCompleted,
    TopWithdrawn,
    data_set_of,
)
from domain.episode.facts import (
    OURS,
    REVIEW_FILE,
    TREATMENT,
    Exit,
    Fact,
    Intervention,
    InterventionEnd,
    Referral,
    RePresentation,
    Review,
    Start,
    Top,
)
from domain.episode.reconcile import (
    Provenance,
    ReportedEpisode,
    changes,
    erasure,
    handover,
    re_presentation,
    withdrawal,
)
from domain.log.mapper import Event
from domain.submission import SUBMISSION_EVENTS, submission_stream

STREAM, OTHER = UUID(int=1), UUID(int=2)
BY = Provenance(7, "Ann", "provider")
DAY = date(2017, 1, 16)
NAMES = {"client": "aaa", "agency": "H0001", "client_reference": "C1", "episode_reference": "1"}
START = Start(triaged_on=DAY, **NAMES)
SUCCESS, DROPPED_OUT = Exit(discharged_on=DAY, reason=1), Exit(discharged_on=DAY, reason=85)
TREATED: dict[str, Fact] = {
    "referral": Referral(referred_on=DAY, **NAMES),
    "start": START,
    "intervention:M1": Intervention(modality=94, day=DAY, started_on=DAY),
    "intervention-end:M1": InterventionEnd(ended_on=DAY),
    "top:T1": Top(completed_on=DAY, stage="S"),
    "care-plan": Review(what="recovery-plan", reviewed_on=DAY),
    "exit": SUCCESS,
}
REVIEWED: dict[str, Fact] = {"review:medical:2017-01-16": Review(what="medical", reviewed_on=DAY)}


def reported(facts: Mapping[str, Fact]) -> ReportedEpisode:
    return ReportedEpisode(STREAM, facts, {key: row for row, key in enumerate(facts, 1)})


def known(facts: Mapping[str, Fact], reviews: Mapping[str, Fact] | None = None) -> Episode:
    episode = Episode(STREAM)
    for data_set, said in ((TREATMENT, facts), (REVIEW_FILE, reviews or {})):
        apply(episode, changes(episode, reported(said), data_set, BY).events)
    return episode


def apply(episode: Episode, events: list[Event]) -> Episode:
    for event in events:
        assert event.originator_version == episode.version + 1
        episode.apply(event)
    return episode


def counts(result: object) -> tuple[int, ...]:
    return tuple(getattr(result, name) for name in ("new", "amended", "withdrawn", "unchanged"))


def test_a_new_episode_is_all_new() -> None:
    result = changes(Episode(STREAM), reported(TREATED), TREATMENT, BY)
    assert counts(result) == (7, 0, 0, 0)
    assert [event.originator_version for event in result.events] == [1, 2, 3, 4, 5, 6, 7]
    assert {(event.submission, event.actor, event.role) for event in result.events} == {(7, "Ann", "provider")}
    assert [event.row for event in result.events] == [1, 2, 3, 4, 5, 6, 7]
    assert apply(Episode(STREAM), result.events).facts == TREATED


def test_what_is_said_again_is_no_event() -> None:
    result = changes(known(TREATED, REVIEWED), reported(TREATED), TREATMENT, BY)
    assert counts(result) == (0, 0, 0, 7)
    assert not result.events


def test_an_amendment_points_at_what_it_corrects() -> None:
    later = Exit(discharged_on=date(2017, 2, 1), reason=80)
    result = changes(known(TREATED), reported(TREATED | {"exit": later}), TREATMENT, BY)
    assert counts(result) == (0, 1, 0, 6)
    (event,) = result.events
    assert isinstance(event, ExitAmended)
    assert (event.supersedes, event.originator_version, event.occurred_on) == (7, 8, date(2017, 2, 1))


def test_what_is_not_said_any_more_is_withdrawn_on_its_own_day() -> None:
    said = {key: fact for key, fact in TREATED.items() if key not in {"exit", "top:T1"}}
    result = changes(known(TREATED), reported(said), TREATMENT, BY)
    assert counts(result) == (0, 0, 2, 5)
    assert {type(event) for event in result.events} == {ExitWithdrawn, TopWithdrawn}
    assert {event.occurred_on for event in result.events} == {DAY}


def test_a_file_that_withdraws_nothing_leaves_what_it_does_not_say() -> None:
    result = changes(known(TREATED), reported({"start": START}), TREATMENT, BY, withdraws=False)
    assert counts(result) == (0, 0, 0, 1)
    assert not result.events


@pytest.mark.parametrize(("data_set", "facts"), [(TREATMENT, TREATED), (REVIEW_FILE, REVIEWED)])
def test_a_data_set_withdraws_only_its_own_facts(data_set: str, facts: Mapping[str, Fact]) -> None:
    episode = known(TREATED, REVIEWED)
    result = changes(episode, reported({}), data_set, BY)
    assert result.withdrawn == len(facts)
    assert apply(episode, result.events).facts == {k: v for k, v in (TREATED | REVIEWED).items() if k not in facts}


@pytest.mark.parametrize(
    ("key", "fact", "event"),
    [
        ("exit", SUCCESS, ExitedSuccessfully),
        ("exit", DROPPED_OUT, ExitedOtherwise),
        ("intervention:M1", Intervention(modality=94, day=DAY, started_on=DAY), InterventionStarted),
        ("intervention:M1", Intervention(modality=94, day=DAY, referred_on=DAY), InterventionOffered),
        ("care-plan", Review(what="recovery-plan", reviewed_on=DAY), Reviewed),
        ("top:T:1", Top(completed_on=DAY, stage="S"), TopCompleted),
    ],
)
def test_the_event_of_a_fact(key: str, fact: Fact, event: type[Event]) -> None:
    (found,) = changes(Episode(STREAM), reported({key: fact}), TREATMENT, BY).events
    assert type(found) is event


def test_an_offer_that_starts_is_amended() -> None:
    offered = known({"intervention:M1": Intervention(modality=94, day=DAY, referred_on=DAY)})
    started = Intervention(modality=94, day=DAY, started_on=DAY, referred_on=DAY)
    (event,) = changes(offered, reported({"intervention:M1": started}), TREATMENT, BY).events
    assert type(event) is InterventionAmended


def test_a_real_discharge_undoes_a_handover() -> None:
    open_episode = {key: fact for key, fact in TREATED.items() if key != "exit"}
    episode = known(open_episode)
    apply(episode, handover(episode, DAY, "H0002", BY).events)
    assert "handover" in episode.facts
    same = changes(episode, reported(open_episode), TREATMENT, BY)
    assert not same.events
    result = changes(episode, reported(TREATED), TREATMENT, BY)
    assert counts(result) == (1, 0, 0, 6)
    assert [type(event) for event in result.events] == [ExitedSuccessfully, HandoverUndone]
    assert apply(episode, result.events).facts == TREATED


def test_a_withdrawn_episode_says_nothing_and_can_be_reported_anew() -> None:
    episode = known(TREATED, REVIEWED)
    result = withdrawal(episode, BY, (TREATMENT, REVIEW_FILE, OURS))
    assert result.withdrawn == len(TREATED | REVIEWED)
    assert not apply(episode, result.events).facts
    again = changes(episode, reported(TREATED), TREATMENT, BY)
    assert again.new == len(TREATED)
    assert apply(episode, again.events).facts == TREATED


def test_what_is_ours_is_withdrawn_and_not_counted() -> None:
    episode = known({"start": START})
    apply(episode, handover(episode, DAY, "H0002", BY).events)
    assert withdrawal(episode, BY, (TREATMENT, OURS)).withdrawn == 1
    assert {data_set_of(key) for key in episode.facts} == {TREATMENT, OURS}


def test_a_re_presentation_is_recorded_amended_and_withdrawn() -> None:
    episode = known(TREATED)
    first = RePresentation(returned_on=date(2017, 3, 1), episode=OTHER)
    second = RePresentation(returned_on=date(2017, 3, 2), episode=OTHER)
    seen = []
    for found in (first, first, second, None, None):
        events = re_presentation(episode, found, BY)
        apply(episode, events)
        seen += [type(event) for event in events]
    assert seen == [RePresented, RePresentationAmended, RePresentationWithdrawn]


def test_the_farewell_of_an_erased_episode() -> None:
    episode = known(TREATED)
    farewell = erasure(episode, episode.version, DAY, "consent ended", BY)
    assert (farewell.originator_version, farewell.records) == (8, 7)
    assert not apply(episode, [farewell]).facts


def test_submissions_have_streams_and_topics_of_their_own() -> None:
    assert submission_stream(1) == submission_stream(1) != submission_stream(2)
    assert len({event.TOPIC for event in SUBMISSION_EVENTS}) == len(SUBMISSION_EVENTS)
