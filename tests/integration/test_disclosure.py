"""What the public is shown of publications of one agency, over both databases: month after month, and after erasure."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from domain.event_types import EVENT_TYPES
from domain.log.database import reading, writing
from domain.log.heads import signing
from domain.register import Register
from projections.projector.projector import following
from projections.publication.disclosure import WITHHELD, PublicFigure, public_publications
from projections.publication.publish import forgetting
from projections.publication.suppression import SUPPRESSED
from projections.store import generations
from tests.conftest import Clock
from web.commands.commit import Receipt
from web.commands.records.erase import erase

from .test_publication import KEY, SIGNER, TODAY, Council

COMPLETED: dict[str, Any] = {"DISD": "2016-11-25", "DISRSN": "80", "MODEND": "2016-11-25"}


class Town(Council):
    """Its publications, as the public sees them."""

    def public(self) -> list[PublicFigure]:
        with reading(self.register.engine) as connection:
            found = public_publications(connection, self.register.mapper)
        return [figure for publication in found for figure in publication.figures]

    def numbers(self) -> list[tuple[Any, Any]]:
        """Numerator and denominator of each, "-" where they are suppressed."""
        documents = [figure.document for figure in self.public()]
        return [(_number(one["numerator"]), _number(one["denominator"])) for one in documents]

    def complete_all(self, *clients: str) -> None:
        for client in clients:
            self.people[client] |= COMPLETED
        self.submit()


def _number(value: Any) -> Any:
    return "-" if value == SUPPRESSED else value


@pytest.fixture
def town(engine: sa.Engine, clock: Clock, tmp_path: Path) -> Town:
    with writing(engine) as connection:
        generations.begin(connection)
    register = Register(engine, EVENT_TYPES, (), clock)
    read_models = generations.in_live_generation(following(register.mapper))
    register.projections = (forgetting, read_models, signing(SIGNER))
    town = Town(register, tmp_path)
    town.start()
    return town


def test_one_more_completion_is_not_shown_until_others_came(town: Town) -> None:
    """Five of twenty had completed. The sixth alone would be one person; with four others they are five."""
    town.publish()
    assert town.numbers() == [(5, 20)]
    town.complete_all("C1")
    town.publish()
    assert town.numbers() == [(5, 20), ("-", 20)]
    town.complete_all("C2", "C3", "C5", "C6")
    town.publish()
    assert town.numbers() == [(5, 20), ("-", 20), (10, 20)]


def test_the_same_figure_again_is_the_same(town: Town) -> None:
    town.publish()
    town.cut("Board")
    town.publish(agency="H0001")
    first, in_cut, _open, of_agency = town.public()
    assert (first.document["numerator"], in_cut.document["numerator"], of_agency.document["numerator"]) == (5, 5, 5)


def test_what_is_withheld_says_why_and_shows_nothing(town: Town) -> None:
    """Two people left; the count of those in treatment has no part that could be shown instead."""
    town.publish("N.open")
    town.complete_all("C17", "C18")
    town.publish("N.open")
    shown, withheld = town.public()
    assert (shown.withheld, shown.document["numerator"]) == ("", 15)
    assert (withheld.withheld, withheld.document["numerator"]) == (WITHHELD, SUPPRESSED)
    assert withheld.document["status"] == withheld.on_record.document["status"]


def test_what_comes_later_changes_nothing_that_was_shown(town: Town) -> None:
    seen: list[PublicFigure] = []
    for client in ("C1", "C2", "C3", "C5", "C6", "C7"):
        town.complete_all(client)
        for code in ("4.0", "N.treatment", "N.exits"):
            town.publish(code)
        now = town.public()
        assert [one.document for one in now[: len(seen)]] == [one.document for one in seen]
        seen = now


def test_an_erased_person_is_not_found_by_publishing_again(town: Town) -> None:
    """C0 was one of the five of 20. Asked again there are four of 19: not even the 19 is shown beside the 20."""
    town.publish()
    received_on = date(2017, 1, 20)
    erase(
        town.register,
        KEY,
        ("H0001", "C0", None),
        "asked for",
        Receipt(received_on, TODAY, "Ann", "administrator"),
    )
    town.publish()
    assert [one.document["denominator"] for one in (figure.on_record for figure in town.public())] == [20, 19]
    assert town.numbers() == [(5, 20), ("-", "-")]
