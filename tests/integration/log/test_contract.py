"""The recorder keeps the contract that the eventsourcing library tests its own recorders by."""

import threading
from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from eventsourcing.persistence import StoredEvent
from eventsourcing.tests import persistence as contract

from domain.log.mapper import DatedEvent
from domain.log.recorder import LogRecorder
from tests.conftest import Clock

TESTS = sorted(name for name in dir(contract.ApplicationRecorderTestCase) if name.startswith("test_"))


class DatingRecorder(LogRecorder):
    """The library's events have no day; ours must."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> list[int]:
        names = [field.name for field in fields(StoredEvent)]
        dated = [DatedEvent(*(getattr(e, n) for n in names), date(2016, 2, 29)) for e in stored_events]
        return super().insert_events(dated, **kwargs)


class RecorderCase(contract.ApplicationRecorderTestCase):
    __test__ = False  # pytest is to run it with a database, below
    recorder: DatingRecorder

    def create_recorder(self) -> DatingRecorder:
        return self.recorder


@pytest.mark.parametrize("name", TESTS)
def test_the_librarys_own_contract(name: str, engine: sa.Engine, clock: Clock) -> None:
    case = RecorderCase(name)
    case.recorder = DatingRecorder(engine, clock)
    before = set(threading.enumerate())
    case.debug()
    for thread in set(threading.enumerate()) - before:  # the library's case tells its readers to stop, and goes
        thread.join()
