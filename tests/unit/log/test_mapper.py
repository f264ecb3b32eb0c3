"""What the log stores of an event is small JSON under a name that is not a place in the code."""

from datetime import date
from typing import ClassVar
from uuid import UUID

import msgspec
import pytest
from eventsourcing.persistence import StoredEvent

from domain.errors import LogCorrupt
from domain.log.mapper import Event, JsonMapper


class Started(Event, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "test.started.v1"
    drugs: tuple[int, ...] = ()


EVENT = Started(
    originator_id=UUID(int=7), originator_version=1, occurred_on=date(2016, 2, 29), actor="H0001", role="provider"
)


def test_there_and_back() -> None:
    mapper = JsonMapper([Started])
    stored = mapper.to_stored_event(EVENT)
    assert (stored.topic, stored.occurred_on) == ("test.started.v1", date(2016, 2, 29))
    assert mapper.to_domain_event(stored) == EVENT


def test_what_is_not_said_takes_no_room() -> None:
    assert msgspec.json.decode(JsonMapper([Started]).to_stored_event(EVENT).state) == {
        "originator_id": str(UUID(int=7)),
        "originator_version": 1,
        "occurred_on": "2016-02-29",
        "actor": "H0001",
        "role": "provider",
    }


def test_what_could_not_be_read_back_is_not_stored() -> None:
    event = msgspec.structs.replace(EVENT, drugs=(1000, None))
    with pytest.raises(TypeError, match=r"test\.started\.v1.*Expected `int`, got `null`"):
        JsonMapper([Started]).to_stored_event(event)


def test_events_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        EVENT.drugs = (1000,)  # type: ignore[misc]


def test_a_topic_belongs_to_one_type() -> None:
    class AlsoStarted(Started, frozen=True, kw_only=True):
        pass

    with pytest.raises(ValueError, match="same topic"):
        JsonMapper([Started, AlsoStarted])


@pytest.mark.parametrize("topic", ["test.ended.v1", "os:system"])
def test_an_unknown_topic_is_not_looked_for_elsewhere(topic: str) -> None:
    with pytest.raises(LogCorrupt, match="unknown topic"):
        JsonMapper([Started]).to_domain_event(StoredEvent(UUID(int=7), 1, topic, b"{}"))


@pytest.mark.parametrize("state", [b"", b"{}", b'{"originator_id": 7}', b"\xff"])
def test_a_state_of_another_shape_names_its_stream(state: bytes) -> None:
    with pytest.raises(LogCorrupt, match="version 3 of stream 00000000-0000-0000-0000-000000000007"):
        JsonMapper([Started]).to_domain_event(StoredEvent(UUID(int=7), 3, Started.TOPIC, state))
