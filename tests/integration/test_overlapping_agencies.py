"""The area and its agencies, published together: whoever adds them up learns nothing of the few who are at two."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from domain.event_types import EVENT_TYPES
from domain.log.database import reading, writing
from domain.log.heads import signing
from domain.measures.registry import measure_named
from domain.register import Register
from projections.projector.projector import following
from projections.publication.publish import forgetting
from projections.standings.engine import Standing
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice
from projections.store import generations
from tests.conftest import Clock
from tests.properties.adversary import Adversary, Finding, table_of
from tests.unit.intake.files import row, write
from web.commands.commit import Receipt
from web.commands.ingest.take_in import take_in

from .test_disclosure import COMPLETED, Town
from .test_publication import KEY, SIGNER, TODAY

AGENCIES = ("H0001", "H0002")


class Neighbours(Town):
    """Twenty persons at one agency, eighteen at another, and four at both, of whom two completed."""

    def start(self) -> None:
        for number in range(42):
            at = AGENCIES[:1] if number < 20 else AGENCIES[1:] if number < 38 else AGENCIES
            completed = COMPLETED if number % 3 == 0 or number == 38 else {}
            for agency in at:
                self.people[f"{agency} {number}"] = row(
                    AGNCY=agency,
                    CLIENT=f"C{number}",
                    DOB=f"1960-{number % 12 + 1:02}-{number // 12 + 1:02}",
                    REFLD="2016-02-01",
                    TRIAGED="2016-02-10",
                    MODST="2016-02-15",
                    **completed,
                )
        self.submit()

    def submit(self) -> int:
        month, position = self.month, 0
        for agency in AGENCIES:
            rows = [one for one in self.people.values() if one["AGNCY"] == agency]
            first, last = f"{month:%Y%m}01", f"{month:%Y%m}{31 if month.month in {1, 3, 12} else 28}"
            path = write(self.folder, rows, first=first, last=last, agency=agency)
            received_on = date(month.year + month.month // 12, month.month % 12 + 1, 10)
            taken = take_in(self.register, KEY, path, Receipt(received_on, TODAY, "Ann", "provider"))
            position = taken.position or position
        self.month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
        return position

    def adversary(self) -> Adversary:
        adversary = Adversary(AGENCIES)
        for figure in self.public():
            adversary.read(figure.document | {"as_of": str(figure.document["as_of"])})
        return adversary

    def findings(self) -> list[Finding]:
        return list(self._findings())

    def _findings(self) -> Iterator[Finding]:
        adversary = self.adversary()
        with reading(self.register.engine) as connection:
            engine = StandingsEngine.load(connection)
            for at in adversary.numbers:
                yield from adversary.findings(at, list(_persons(engine, at)))


def _persons(engine: StandingsEngine, at: Any) -> Iterator[Standing]:
    table, as_of, position, _definition = at
    standpoint = engine.standpoint(date.fromisoformat(as_of), None)
    assert standpoint.position == position
    for code in ("1.0", "2.0", "3.0", "4.0", "4.1", "4.2", "4.3", "N.open"):
        if table_of(code) == table:
            yield from engine.members(measure_named(code), standpoint, Slice())


@pytest.fixture
def neighbours(engine: sa.Engine, clock: Clock, tmp_path: Path) -> Neighbours:
    with writing(engine) as connection:
        generations.begin(connection)
    register = Register(engine, EVENT_TYPES, (), clock)
    read_models = generations.in_live_generation(following(register.mapper))
    register.projections = (forgetting, read_models, signing(SIGNER))
    neighbours = Neighbours(register, tmp_path)
    neighbours.start()
    return neighbours


def test_an_area_and_its_two_agencies_do_not_give_back_who_is_at_both(neighbours: Neighbours) -> None:
    """24 and 22 are four more than 42: so many are at both. And of these, two are counted."""
    neighbours.publish()
    for agency in AGENCIES:
        neighbours.publish(agency=agency)
    assert neighbours.findings() == []
    assert neighbours.numbers()[:2] == [(15, 42), (9, 24)]
