"""Every kind of event blanked, altered, exchanged and taken away, by somebody who owns the database: each is named."""

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

import pytest
import sqlalchemy as sa

from domain.event_types import EVENT_TYPES
from domain.log.erasing import ERASED, RECORD
from domain.log.tables import log
from projections.projector.verify import Check, log_checks
from projections.store.tables import taken_in
from tests.unit.intake.files import write
from tests.web.conftest import CommandLine
from web.files.reading import read_path
from web.services import Services
from web.settings import Settings

from .conftest import verified, without_triggers
from .everything import FEBRUARY, person

TOPICS: Final = sorted(event.TOPIC for event in EVENT_TYPES)
BLANK: Final = {"salt": None, "state": None}


@pytest.fixture
def connection(services: Services) -> Iterator[sa.Connection]:
    """One whose triggers are gone; what is done to it goes again."""
    with services.engine.connect().execution_options(writing=True) as connection, connection.begin() as transaction:
        without_triggers(connection)
        yield connection
        transaction.rollback()


def position_of(connection: sa.Connection, topic: str) -> int:
    """The newest event of a topic that can be read."""
    newest = sa.select(sa.func.max(log.c.position)).where(log.c.topic == topic, log.c.state.is_not(None))
    return int(connection.execute(newest).scalar_one())


def said_of_log(connection: sa.Connection, services: Services) -> str:
    log_check: Check = next(iter(log_checks(connection, services.signer.keys)))
    return "\n".join(log_check.differences)


def names(said: str, position: int) -> bool:
    """Whether a sentence names the position, or a part of the log up to a signed head that holds it."""
    spans = [(int(low), int(high)) for low, high in re.findall(r"positions (\d+) to (\d+)", said)]
    spans += [(int(one), int(one)) for one in re.findall(r"(?:at p|P)osition (\d+)", said)]
    return any(low <= position <= high for low, high in spans)


def undone(connection: sa.Connection) -> Iterator[None]:
    """Each turn of the loop begins with the database as it was."""
    while True:
        savepoint = connection.begin_nested()
        yield
        savepoint.rollback()


@pytest.mark.parametrize("topic", TOPICS)
def test_an_event_of_this_kind(topic: str, connection: sa.Connection, services: Services) -> None:
    position = position_of(connection, topic)
    here = log.c.position == position
    anew = undone(connection)

    next(anew)
    connection.execute(log.update().where(here).values(BLANK))
    assert f"position {position} ({topic}) is blank, and no erasure accounts for it" in said_of_log(
        connection, services
    )

    next(anew)
    connection.execute(log.update().where(here).values(state=log.c.state + b" "))
    assert f"event at position {position} is not the one" in said_of_log(connection, services)

    next(anew)
    salt, state = connection.execute(sa.select(log.c.salt, log.c.state).where(here)).one()
    altered = state.replace(b'"role":"administrator"', b'"role":"auditor"')
    assert altered != state
    values = {"state": altered, "commitment": sha256(salt + altered).digest()}
    connection.execute(log.update().where(here).values(values))
    assert names(said_of_log(connection, services), position)

    next(anew)
    for old, new in ((position, -1), (position - 1, position), (-1, position - 1)):
        connection.execute(log.update().where(log.c.position == old).values(position=new))
    assert names(said_of_log(connection, services), position)

    next(anew)
    connection.execute(log.delete().where(here))
    assert names(said_of_log(connection, services), position)


def test_what_is_cut_off_with_its_heads_shows_at_what_looked_at_it(
    connection: sa.Connection, services: Services
) -> None:
    """The log and its heads agree with each other; the read models, and the verification of before, saw more."""
    sizes = connection.exec_driver_sql("SELECT size FROM signed_head ORDER BY size DESC LIMIT 2").scalars().all()
    connection.exec_driver_sql(f"DELETE FROM log WHERE position > {sizes[1]}")
    connection.exec_driver_sql(f"DELETE FROM signed_head WHERE size > {sizes[1]}")
    assert said_of_log(connection, services) == ""
    said = verified(services, connection)
    assert f"The read models stand at position {sizes[0]}, the log at {sizes[1]}." in said
    assert f"Verification 1 looked at position {sizes[0]}, but the log ends at {sizes[1]}." in said


def test_what_an_erasure_took_and_nothing_else_is_blank(connection: sa.Connection, services: Services) -> None:
    """The events that say of an erasure stay, also where the episode was erased again; without one its records are
    blank for no reason."""
    erased = connection.execute(sa.select(log.c.position, log.c.state).where(log.c.topic == ERASED)).all()
    assert len(erased) == 3
    assert all(state for _, state in erased)
    first = min(position for position, _ in erased)
    connection.execute(log.update().where(log.c.position == first).values(topic=f"{RECORD}other.v1"))
    assert "is blank, and no erasure accounts for it" in said_of_log(connection, services)


REPAIRED: Final = {
    "submission.received.v1": "no erasure accounts for it",
    "figure.published.v1": "no erasure accounts for it",
    "cut.published.v1": "no erasure accounts for it",
    "target.set.v1": "no erasure accounts for it",
    "contract.agreed.v1": "no erasure accounts for it",
    "episode.treatment-started.v1": "no erasure accounts for it",
    "episode.exited-successfully.v1": "no erasure accounts for it",
}


@pytest.mark.parametrize("topic", REPAIRED)
def test_a_rebuild_hides_nothing(topic: str, copied: CommandLine) -> None:
    """Blanked without a key, with the triggers put back, and everything made anew from what is left."""
    services = Services(Settings.from_environment(copied.settings))
    with services.engine.begin() as connection:
        triggers = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'trigger'").scalars().all()
        without_triggers(connection)
        position = position_of(connection, topic)
        connection.execute(log.update().where(log.c.position == position).values(BLANK))
        for trigger in triggers:
            connection.exec_driver_sql(trigger)
    refused = copied("rebuild", code=1).stderr
    assert f"position {position} ({topic}) is blank" in " ".join(refused.split())
    assert "Nothing was changed." in refused
    if topic.startswith(RECORD):
        copied("rebuild", "--even-so")
    services.close()
    said = copied("verify", "--standpoints", 1, code=1).stdout
    assert REPAIRED[topic] in " ".join(said.split())


def test_a_digest_that_somebody_puts_there_keeps_no_correction_out(copied: CommandLine) -> None:
    """Whoever can write to the database makes the rows of the next file look like those that are known."""
    people = [person(number, AGNCY="H0006", CLIENT=f"E{number}") for number in (201, 202)]
    corrected = [people[0] | {"DRUG1": "7000"}, people[1]]
    path = write(copied.folder, corrected, agency="H0006", **FEBRUARY)
    digests = {rows.client_reference: rows.digest for rows in read_path(path).episodes}
    services = Services(Settings.from_environment(copied.settings))
    stream = services.client_key.episode("H0006", "E201", "1")
    with services.engine.begin() as connection:
        row = taken_in.update().where(taken_in.c.episode == stream)
        assert connection.execute(row.values(digest=digests["E201"])).rowcount == 1
    services.close()
    taken = copied.json("submit", "--received-on", "2017-06-12", path)["submissions"][0]
    assert (taken["amended"], taken["unchanged"]) == (1, 5)
