"""Of a database in which an event was blanked, every command, page and endpoint answers or says a sentence."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from domain.log.tables import log
from tests.web.browser import a_person, an_account
from tests.web.conftest import CommandLine
from tests.web.http import a_token
from web.app import create_app
from web.auth.roles import Role
from web.services import Services
from web.settings import Settings

from .asking import COMMANDS, ENDPOINTS, PAGES, run
from .conftest import without_triggers
from .test_events import BLANK

SAID = "The log here is not as it was written"


def blanked(recount: CommandLine, topic: str, *, newest: bool = False) -> None:
    """The oldest event of a kind, which the most rests on; or the newest, behind which others would be added."""
    services = Services(Settings.from_environment(recount.settings))
    with services.engine.begin() as connection:
        without_triggers(connection)
        which = sa.func.max if newest else sa.func.min
        query = sa.select(which(log.c.position)).where(log.c.topic == topic, log.c.state.is_not(None))
        position = connection.execute(query).scalar_one()
        connection.execute(log.update().where(log.c.position == position).values(BLANK))
    services.close()


def reader(recount: CommandLine) -> Callable[[str], TestResponse]:
    """Asks for pages and endpoints as somebody who may see them all."""
    app = create_app(Settings.from_environment(recount.settings))
    an_account(app, "Ann", Role.AUDITOR)
    an_account(app, "Ben", Role.COMMISSIONER)
    token, ann, ben = a_token(app, Role.AUDITOR), a_person(app, "Ann"), a_person(app, "Ben")

    def ask(path: str) -> TestResponse:
        if path.startswith("/api/"):
            return app.test_client().get(path, headers={"Authorization": f"Bearer {token}"})
        response = ann.client.get(path)
        return response if response.status_code not in {403, 404} else ben.client.get(path)

    return ask


@pytest.mark.parametrize("topic", ["submission.received.v1"])
def test_there_is_a_sentence(topic: str, copied: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    blanked(copied, topic)
    ask = reader(copied)
    unanswered = 0
    for path in (*PAGES, *ENDPOINTS):
        response = ask(path)
        if response.status_code >= 500:
            unanswered += 1
            assert SAID in " ".join(response.get_data(as_text=True).split()), path
    assert bool(unanswered) == (not topic.startswith("episode."))
    for command in COMMANDS:
        said = run(copied, command)
        assert "Traceback" not in said
        assert not command.startswith("rebuild") or "Nothing was changed" in said


@pytest.mark.parametrize(
    ("topic", "command", "sentence"),
    [
        ("episode.start-amended.v1", "members --measure N.treatment --as-of 2017-02-28", "of whom the log does not"),
        ("episode.start-amended.v1", "handover H0001 H0007 --on 2017-06-01", "an event already where one was to be"),
    ],
)
def test_what_a_missing_record_makes_impossible(topic: str, command: str, sentence: str, copied: CommandLine) -> None:
    blanked(copied, topic, newest=command.startswith("handover"))
    assert sentence in " ".join(run(copied, command).split())
