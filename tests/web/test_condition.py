"""What the service says of its own condition: whether it can do its work, and what somebody should look at."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from pyrage import x25519

from projections.store.generations import generation
from tests.unit.intake.files import row, write
from web.app import create_app
from web.auth.roles import Right, Role
from web.clock import now
from web.queries.administration import condition
from web.services import Services
from web.settings import BACKUP_RECIPIENT, CLIENT_KEY, Settings

from .browser import without_a_server
from .conftest import CommandLine
from .http import a_token


def states(services: Services, at: datetime | None = None) -> dict[str, str]:
    """What each check came to, unless it is "ok"."""
    checks = condition.condition(services, at or now()).checks
    return {check.name: str(check.state) for check in checks if check.state is not condition.CheckState.OK}


def is_ready(app: Flask) -> int:
    return app.test_client().get("/readyz").status_code


@without_a_server
def test_what_somebody_should_look_at(recount: CommandLine, app: Flask) -> None:
    services: Services = app.extensions["recount"]
    recount("submit", "--received-on", "2017-02-10", write(recount.folder, [row()]))
    assert states(services) == {"verification": "warns", "backup": "warns"}
    recount("verify", "--standpoints", "1")
    recount("backup", recount.folder / "x.backup")
    assert states(services) == {}
    recipient = str(x25519.Identity.generate().to_public())
    encrypting = Services(replace(services.settings, given={**services.settings.given, BACKUP_RECIPIENT: recipient}))
    assert states(encrypting) == {"backup": "warns"}, "it is not encrypted"
    encrypting.close()
    assert states(services, now() + timedelta(hours=27)) == {"backup": "warns"}
    assert states(services, now() + timedelta(days=9)) == {"verification": "warns", "backup": "warns"}
    assert states(services, now() - timedelta(minutes=5)) == {"clock": "warns"}
    assert is_ready(app) == 200


@without_a_server
def test_a_disk_that_is_almost_full(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    services: Services = app.extensions["recount"]
    assert is_ready(app) == 200
    room = condition.disk_room(services)
    assert room is not None
    monkeypatch.setattr(condition, "LEAST_FREE", room.free - room.free // 20)
    monkeypatch.setattr(condition, "ROOM_TO_WORK", 1 + room.free // 10 // room.database)
    assert states(services)["disk"] == "warns"
    assert is_ready(app) == 200
    monkeypatch.setattr(condition, "LEAST_FREE", room.free * 2)
    assert states(services)["disk"] == "fails"
    assert is_ready(app) == 503


def test_stored_tables_that_are_behind_the_log_answer_nothing(recount: CommandLine, app: Flask) -> None:
    recount("submit", "--received-on", "2017-02-10", write(recount.folder, [row()]))
    assert is_ready(app) == 200
    services: Services = app.extensions["recount"]
    with services.engine.begin() as connection:
        connection.execute(generation.update().values(position=generation.c.position - 1))
    assert is_ready(app) == 503
    bearer = {"Authorization": f"Bearer {a_token(app, Role.ADMINISTRATOR, scopes=[Right.METRICS])}"}
    answer = app.test_client().get("/health", headers=bearer)
    document: Any = answer.get_json()
    assert (answer.status_code, document["status"]) == (503, "not ready")
    [failed] = [check for check in document["checks"] if check["state"] == "fails"]
    assert failed["name"] == "read models"
    assert "recount rebuild" in failed["said"]


@without_a_server
def test_without_the_database_s_own_client_key_it_is_not_ready(recount: CommandLine) -> None:
    recount("submit", "--received-on", "2017-02-10", write(recount.folder, [row()]))
    other = create_app(Settings.from_environment({**recount.settings, CLIENT_KEY: "another"}), TESTING=True)
    assert is_ready(other) == 503
    assert states(other.extensions["recount"])["keys"] == "fails"
    other.extensions["recount"].close()
