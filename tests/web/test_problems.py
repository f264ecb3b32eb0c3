"""Every kind of error, each reached by a request to the real service, and all of one shape."""

import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.unit.intake.files import csv_text, name, rows
from web.app import create_app
from web.auth.guard import services
from web.auth.roles import Right, Role
from web.settings import DATABASE, Settings

from .conftest import CommandLine
from .conversation import fill
from .http import Asker, a_token, asker, assert_problem

ONE: dict[str, Any] = {"measure": "4.0", "as_of": "2017-02-28"}


@pytest.fixture
def council(app: Flask, recount: CommandLine) -> Asker:
    """A commissioner, over something that was received."""
    fill(recount)
    return asker(app, Role.COMMISSIONER)


def a_file(size: int = 0) -> dict[str, Any]:
    text = csv_text(rows(*(f"C{number}" for number in range(50)))) + "," * size
    return {"file": (io.BytesIO(text.encode()), name(first="20170301", last="20170331"))}


def test_what_is_wrong_with_a_question(app: Flask, council: Asker) -> None:
    assert_problem(council.get("/figures", cut="none"), 400, "wrong-use")
    assert_problem(council.post("/disputes", data="{", content_type="application/json"), 400, "bad-request")
    assert_problem(asker(app, None).get("/figures", **ONE), 401, "not-signed-in")
    assert_problem(council.get("/members", **ONE), 403, "reason-needed")
    assert_problem(asker(app, Role.PUBLIC).get("/members", **ONE), 403, "right-missing")
    assert_problem(council.get("/certificates/9"), 404, "not-found")
    assert_problem(council.delete("/figures"), 405, "method-not-allowed")
    assert_problem(council.get("/figures", {"Accept": "image/png"}, **ONE), 406, "not-acceptable")
    assert_problem(council.post("/disputes", data="x", content_type="text/plain"), 415, "unsupported-media-type")
    problem = assert_problem(council.get("/figures", measure="9.9", as_of="x"), 422, "unprocessable-entity")
    assert [error["pointer"] for error in problem["errors"]] == ["/query/as_of", "/query/measure/0"]


def test_what_does_not_fit_what_is_stored(council: Asker) -> None:
    cut = {"name": "Board", "as_of": "2017-02-28"}
    assert council.post("/cuts", json=cut).status_code == 201
    assert_problem(council.post("/cuts", json=cut), 409, "name-taken")
    opened = council.post("/disputes", json={**ONE, "numerator": 0, "denominator": 2, "reason": "Ours says nobody."})
    number = opened.get_json()["number"]
    assert council.post(f"/disputes/{number}/close", json={"outcome": "Agreed."}).status_code == 201
    late = council.post(f"/disputes/{number}/answers", json={"statement": "Not yet."})
    assert_problem(late, 409, "dispute-closed")


def test_what_is_too_large(app: Flask, council: Asker) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 10_000
    assert_problem(council.post("/submissions", data=a_file(10_000)), 413, "request-entity-too-large")


def test_what_comes_too_often(council: Asker) -> None:
    found = [council.post("/submissions", data={"file": (io.BytesIO(b"x"), "x.csv")}) for _ in range(31)]
    assert {response.status_code for response in found[:-1]} == {422}
    problem = assert_problem(found[-1], 429, "too-many-requests")
    assert problem["status"] == 429
    assert 1 <= int(found[-1].headers["Retry-After"]) <= 60


def test_what_fails(app: Flask, council: Asker) -> None:
    """A table is gone: nobody is told which."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context(), services().engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE standing RENAME TO gone")
    problem = assert_problem(council.get("/figures", **ONE), 500, "failed")
    assert "standing" not in str(problem)


@pytest.fixture
def one_machine(embedded: CommandLine) -> Iterator[tuple[Flask, Asker, Path]]:
    """The service over a SQLite file whose writers do not wait for each other."""
    embedded.settings[DATABASE] += "?timeout=0.1"
    fill(embedded)
    app = create_app(Settings.from_environment(embedded.settings), TESTING=True)
    file = Path(embedded.settings[DATABASE].removeprefix("sqlite:///").partition("?")[0])
    yield app, Asker(app.test_client(), a_token(app, Role.COMMISSIONER)), file
    app.extensions["recount"].close()


def test_a_database_that_is_busy(one_machine: tuple[Flask, Asker, Path]) -> None:
    _, ask, file = one_machine
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        response = ask.post("/cuts", json={"name": "Board", "as_of": "2017-02-28"})
        assert_problem(response, 503, "database-busy")
        assert int(response.headers["Retry-After"]) > 0
        assert ask.get("/figures", **ONE).status_code == 200


def test_a_database_that_breaks(one_machine: tuple[Flask, Asker, Path]) -> None:
    """Also in the midst of what is read: the shape is the same, and no file is named."""
    app, ask, file = one_machine
    assert ask.get("/figures", **ONE).status_code == 200
    app.extensions["recount"].close()
    for beside in (file, file.with_name(f"{file.name}-wal")):
        beside.write_bytes(b"no database at all" * 1000)
    problem = assert_problem(ask.get("/figures", **ONE), 503, "database-unavailable")
    assert file.name not in str(problem)


def test_a_disk_without_room(one_machine: tuple[Flask, Asker, Path]) -> None:
    app, ask, _ = one_machine
    with app.app_context():
        engine = services().engine

    @sa.event.listens_for(engine, "connect")
    def _full(driver: sqlite3.Connection, _record: object) -> None:
        pages = driver.execute("PRAGMA page_count").fetchone()[0]
        driver.execute(f"PRAGMA max_page_count={pages}")

    engine.dispose()
    response = ask.post("/submissions", data=a_file())
    assert_problem(response, 507, "database-full")
    assert ask.get("/figures", **ONE).status_code == 200


def test_a_scope_is_told_as_a_role_is(app: Flask, council: Asker) -> None:
    narrow = asker(app, Role.COMMISSIONER, scopes=[Right.SUBMIT])
    assert_problem(narrow.get("/figures", **ONE), 403, "right-missing")
