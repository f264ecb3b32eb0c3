"""After a lawful erasure every published figure is asked again: what it excuses is what it took, and nothing else."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from domain.log.database import reading, writing
from projections.publication import publish as publishing
from projections.publication.publish import published_member
from projections.publication.published import Publication
from projections.standings.engine import Standing
from projections.standings.in_memory import StandingsEngine
from tests.conftest import Clock
from web.queries.performance.figure import figure_result

from .test_publication import (
    COMPLETIONS,
    EVERYBODY,
    ISSUE,
    OPEN,
    SIGNER,
    YEAR_END,
    Council,
    a_council,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is counted here is asked of no database in words of its own."""


@pytest.fixture
def council(engine: sa.Engine, clock: Clock, tmp_path: Path) -> Council:
    return a_council(engine, clock, tmp_path)


def certify(council: Council, wrongly: Any = None, as_of: date = YEAR_END) -> Publication:
    """A certificate that the service signs, true or false: `wrongly` alters the members that it is made from."""
    with council.register.recording() as recording:
        engine = StandingsEngine.load(recording.connection)
        standpoint = engine.standpoint(as_of)
        figure = engine.figure(COMPLETIONS, standpoint, EVERYBODY)
        members = list(wrongly(engine.members(COMPLETIONS, standpoint, EVERYBODY)) if wrongly else ())
        members = members or engine.members(COMPLETIONS, standpoint, EVERYBODY)
        counted = sum(one.counted for one in members)
        document = figure_result(figure).document()
        document |= {"numerator": counted, "denominator": len(members)}
        return publishing.publish_figure(recording, SIGNER, figure, members, document, ISSUE, {})


def freeze(council: Council, more: int) -> Publication:
    """A scorecard with `more` completions than there are."""
    with council.register.recording() as recording:
        engine = StandingsEngine.load(recording.connection)
        figures = engine.figures([COMPLETIONS, OPEN], engine.standpoint(YEAR_END), EVERYBODY)
        documents = [figure_result(figure).document() for figure in figures]
        documents[0]["numerator"] += more
        return publishing.publish_cut(recording, SIGNER, "Board", figures, documents, ISSUE, {})


def one_more_counted(members: Sequence[Standing]) -> Iterable[Standing]:
    return [members[0]._replace(counted=True), *members[1:]] if not members[0].counted else members


def another_person(members: Sequence[Standing]) -> Iterable[Standing]:
    """As many, and as many of them counted; but one of them was never in it."""
    return [*members[:-1], members[-1]._replace(client=4711)]


def erase_two(council: Council) -> None:
    """C0, who has completed, and C1, who has not: the events that are erased are the earliest of the log."""
    council.people["C0"] |= {"CONSENT": "N"}
    council.people["C1"] |= {"CONSENT": "N"}
    council.submit()
    council.people.pop("C0")
    council.people.pop("C1")


def faults(council: Council) -> str:
    with reading(council.register.engine) as connection:
        return council.faults(connection)


def test_what_is_right_is_right_after_an_erasure_too(council: Council) -> None:
    certify(council)
    freeze(council, 0)
    erase_two(council)
    assert faults(council) == ""
    certify(council)
    council.complete("C2", "2016-12-20")
    assert faults(council) == ""


@pytest.mark.parametrize(
    ("wrongly", "sentence"),
    [
        (one_more_counted, "but from its standpoint it is not so"),
        (another_person, "but from its standpoint it is not so"),
    ],
)
def test_a_certificate_of_other_members_is_named(council: Council, wrongly: Any, sentence: str) -> None:
    certify(council, lambda members: wrongly(sorted(members, key=lambda one: (one.counted, -one.client))))
    before = faults(council)
    assert "certificate 1" in before.lower() or "Publication 1" in before
    erase_two(council)
    assert sentence in faults(council)


def test_a_certificate_of_fewer_members_is_named(council: Council) -> None:
    """Three are left out, and two were erased since."""
    certify(council, lambda members: sorted(members, key=lambda one: one.counted)[8:])
    erase_two(council)
    assert "people are in certificate 1 to whom it does not commit" in faults(council)


@pytest.mark.parametrize(("more", "holds"), [(0, True), (4, False), (-4, False)])
def test_a_scorecard_is_held_to_what_was_erased(council: Council, more: int, holds: bool) -> None:
    freeze(council, more)
    erase_two(council)
    said = faults(council)
    assert (said == "") == holds
    if not holds:
        assert "and the 2 records that were erased since do not explain it" in said


def test_a_figure_that_saw_nothing_of_what_was_erased_comes_out_exactly(council: Council) -> None:
    """Erased are records of before, and one that was reported after the publication."""
    erase_two(council)
    certify(council, one_more_counted)
    certify(council)
    assert "Publication 1 has" in faults(council)
    assert "Publication 2 has" not in faults(council)


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (
            "UPDATE published_member SET client = NULL, counted = NULL, salt = NULL WHERE ONE ROW",
            "3 members are blank",
        ),
        ("UPDATE published_member SET client = NULL, counted = NULL, salt = NULL", "20 members are blank"),
        (
            "UPDATE published_member SET client = NULL WHERE ONE ROW",
            "of certificate 1 is not the one that",
        ),
        ("UPDATE published_member SET counted = NULL WHERE ONE ROW", "of certificate 1 is not the one that"),
        ("UPDATE published_member SET salt = NULL WHERE ONE ROW", "of certificate 1 is not the one that"),
        (
            "UPDATE published_member SET client = 1, counted = true, salt = leaf WHERE client IS NULL",
            "0 members are blank",
        ),
    ],
)
def test_members_are_blank_only_where_an_erasure_took_them(
    council: Council,
    statement: str,
    sentence: str,
) -> None:
    publication = certify(council)
    erase_two(council)
    with reading(council.register.engine) as connection:
        blank = sa.select(sa.func.count()).where(published_member.c.client.is_(None))
        assert connection.execute(blank).scalar_one() == 2
    with writing(council.register.engine) as connection:
        one_row = "place = (SELECT max(place) FROM published_member WHERE client > 0)"
        connection.exec_driver_sql(statement.replace("ONE ROW", one_row))
    assert f"certificate {publication.event.number}" in faults(council)
    assert sentence in faults(council)
