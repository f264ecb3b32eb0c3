"""What was asked before is answered with the same bytes: for whom it is the same answer, and not a moment longer."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from projections.standings.cache import StandingsCache
from tests.unit.intake.files import DISCHARGED, row, write
from web.api.shared_answers import EXTENSION, SharedAnswers
from web.app import create_app
from web.auth.guard import services
from web.auth.roles import Right, Role
from web.settings import Settings

from .conftest import CommandLine
from .conversation import fill_two
from .http import Asker, asker, assert_problem, everything

FEBRUARY: dict[str, Any] = {"as_of": "2017-02-28", "measure": "4.0"}
YEAR: dict[str, Any] = {"from": "2017-01-01", "to": "2017-02-28", "measure": "4.0"}
QUESTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/figures", FEBRUARY),
    ("/figures", FEBRUARY | {"agency": "H0002"}),
    ("/figures", FEBRUARY | {"known_at": "2017-03-10", "format": "csv"}),
    ("/figures", FEBRUARY | {"measure": "5.9"}),
    ("/series", YEAR),
    ("/triangle", YEAR | {"agency": "H0001"}),
    ("/profile", {"as_of": "2017-02-28"}),
    ("/certificates/1", {}),
    ("/certificates/2", {}),
)
WHO: tuple[tuple[Role, tuple[str, ...]], ...] = (
    (Role.COMMISSIONER, ()),
    (Role.PROVIDER, ("H0001",)),
    (Role.PROVIDER, ("H0002",)),
    (Role.PROVIDER, ("H0001", "H0002")),
    (Role.PUBLIC, ()),
)


@pytest.fixture
def filled(recount: CommandLine) -> CommandLine:
    fill_two(recount)
    recount("publish", "--measure", "4.0", "--as-of", "2017-02-28", "--out", recount.folder / "certificate.json")
    return recount


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """What the service asks of its databases meanwhile."""
    heard: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        heard.append(statement)

    with app.app_context():
        its = services()
        # On PostgreSQL all three are one, and each hears what the first hears.
        engines = {engine.pool: engine for engine in (its.door, its.access_engine, its.engine)}.values()
    for engine in engines:
        sa.event.listen(engine, "before_cursor_execute", hear)
    yield heard
    for engine in engines:
        sa.event.remove(engine, "before_cursor_execute", hear)


def test_a_repeated_answer_is_the_first_one_for_everybody(app: Flask, filled: CommandLine) -> None:
    """Asked by all in turn, twice, of one service; and once of services that have answered nothing before."""
    askers = [asker(app, role, *agencies) for role, agencies in WHO]
    asked = list(product(askers, QUESTIONS))
    answers = [[everything(ask.get(path, **query)) for ask, (path, query) in asked] for _ in range(2)]
    assert answers[0] == answers[1]
    fresh = create_app(Settings.from_environment(filled.settings), TESTING=True)
    for (ask, (path, query)), answer in zip(asked, answers[0], strict=True):
        fresh.extensions["recount"].cache = StandingsCache()
        assert everything(Asker(fresh.test_client(), ask.token).get(path, **query)) == answer
    fresh.extensions["recount"].close()


def test_who_asks_is_looked_up_in_one_statement_and_nothing_else_is(app: Flask, filled: CommandLine) -> None:
    ask = asker(app, Role.COMMISSIONER)
    first = ask.get("/figures", **FEBRUARY)
    with statements(app) as heard:
        again = ask.get("/figures", **FEBRUARY)
        known = ask.get("/figures", {"If-None-Match": first.headers["ETag"]}, **FEBRUARY)
    assert everything(again) == everything(first)
    assert (known.status_code, known.data, known.headers["Vary"]) == (304, b"", first.headers["Vary"])
    assert [statement.partition(" ")[0] for statement in heard] == ["SELECT"] * 2
    assert all("token.revoked_at" in statement and "generation.position" in statement for statement in heard)


def test_whoever_has_an_answer_already_does_not_take_it_from_others(app: Flask, filled: CommandLine) -> None:
    tag = asker(app, Role.COMMISSIONER).get("/figures", **FEBRUARY).headers["ETag"]
    fresh = create_app(Settings.from_environment(filled.settings), TESTING=True)
    ask = asker(fresh, Role.COMMISSIONER)
    for _ in range(2):
        assert ask.get("/figures", {"If-None-Match": tag}, **FEBRUARY).status_code == 304
    assert ask.json("/figures", **FEBRUARY)["figures"][0]["denominator"] == 3
    fresh.extensions["recount"].close()


def test_what_one_process_has_answered_the_others_answer_as_it_did(app: Flask, filled: CommandLine) -> None:
    """Nor do they load the standings for it; with another right or another representation they ask for themselves."""
    other = create_app(Settings.from_environment(filled.settings), TESTING=True)
    app.extensions[EXTENSION] = other.extensions[EXTENSION] = SharedAnswers()
    ask = asker(app, Role.COMMISSIONER)
    first = everything(ask.get("/figures", **FEBRUARY))
    beside = Asker(other.test_client(), ask.token)
    with statements(other) as heard:
        assert everything(beside.get("/figures", **FEBRUARY)) == first
        assert beside.get("/figures", {"If-None-Match": first[1]["ETag"]}, **FEBRUARY).status_code == 304
    assert len(heard) == 2
    assert other.extensions["recount"].cache._loaded is None
    assert everything(beside.get("/figures", **FEBRUARY, format="csv"))[2] != first[2]
    provider = asker(app, Role.PROVIDER, "H0001")
    own = Asker(other.test_client(), provider.token).json("/figures", **FEBRUARY)
    assert own["figures"][0]["denominator"] == {"suppressed": True}
    other.extensions["recount"].close()


def test_an_answer_from_memory_has_nothing_of_a_commit_that_came_meanwhile(app: Flask, filled: CommandLine) -> None:
    """A file is taken in after it was looked who asks, when the answer is begun and the database is first needed."""
    ask = asker(app, Role.COMMISSIONER)
    ask.get("/figures", **FEBRUARY)
    with statements(app) as heard:
        ask.get("/figures", **FEBRUARY | {"as_of": "2017-01-31"})
    assert len(heard) == 1, "only who asks is looked up where the standings are enough"
    with app.app_context():
        engine = services().engine
    came: list[str] = []

    def submit(connection: sa.Connection) -> None:
        if not came:
            came.append("a file")
            filled("submit", "--received-on", "2017-03-20", left(filled))

    sa.event.listen(engine, "begin", submit)
    found = everything(ask.get("/profile", as_of="2017-02-28"))
    assert came
    fresh = create_app(Settings.from_environment(filled.settings), TESTING=True)
    assert everything(Asker(fresh.test_client(), ask.token).get("/profile", as_of="2017-02-28")) == found
    fresh.extensions["recount"].close()


def left(recount: CommandLine) -> Path:
    """A file in which a client has left."""
    rows = [row(CLIENT="D1", AGNCY="H0002", SINITIAL="V", **DISCHARGED)]
    return write(recount.folder, rows, agency="H0002", first="20170201", last="20170228")


def test_a_commit_makes_every_answer_new(app: Flask, filled: CommandLine) -> None:
    ask = asker(app, Role.COMMISSIONER)
    before = ask.json("/figures", **FEBRUARY)
    filled("submit", "--received-on", "2017-03-20", left(filled))
    after = ask.json("/figures", **FEBRUARY)
    assert after["standpoint"]["position"] > before["standpoint"]["position"]
    assert after["figures"][0]["numerator"] == before["figures"][0]["numerator"] + 1


def test_a_token_stops_with_its_revocation_whatever_it_was_answered_before(app: Flask, filled: CommandLine) -> None:
    ask = asker(app, Role.COMMISSIONER)
    assert ask.token
    assert ask.get("/figures", **FEBRUARY).status_code == 200
    filled("token", "--revoke", ask.token.split("_")[1])
    assert_problem(ask.get("/figures", **FEBRUARY), 401, "not-signed-in")


def test_a_narrower_token_of_the_same_role_gets_no_more_than_its_rights(app: Flask, filled: CommandLine) -> None:
    assert asker(app, Role.COMMISSIONER).get("/figures", **FEBRUARY).status_code == 200
    narrower = asker(app, Role.COMMISSIONER, scopes=[Right.PUBLISHED])
    assert_problem(narrower.get("/figures", **FEBRUARY), 403, "right-missing")
