"""The service as a whole: who reaches what, the shape of every error, and what each answer says to browsers."""

import html
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.exceptions import default_exceptions

from domain.log.database import reading, writing
from web import problems
from web.auth import tokens
from web.auth.guard import FILES, NEEDS, OPEN, open_to_all, services
from web.auth.roles import CHANGES, RIGHTS, Right, Role
from web.auth.trail import access
from web.auth.trail.access import AccessQuery, Deed
from web.clock import now
from web.pages.frame.errors import refusal_of

from .conftest import CommandLine
from .http import API, Asker, a_token, asker, assert_problem


def test_every_endpoint_names_the_right_that_it_needs(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()} - FILES
    without = {name for name in endpoints if getattr(app.view_functions[name], NEEDS, None) not in {OPEN, *Right}}
    assert without == set()


def test_an_auditor_changes_nothing() -> None:
    assert not any(Role.AUDITOR in RIGHTS[right] for right in CHANGES)
    assert set(RIGHTS) == set(Right)


def test_nobody_is_asked_to_sign_in(app: Flask) -> None:
    response = asker(app, None).get("/definitions")
    assert_problem(response, 401, "not-signed-in")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_speaks_for_its_role(app: Flask) -> None:
    assert asker(app, Role.COMMISSIONER).json("/definitions")["definitions"]


@pytest.mark.parametrize("text", ["recount_aaaaaaaaaaaa_" + "A" * 43, "recount_x_y", "", "anything", "\x7f"])
def test_what_is_no_token_is_nobody(app: Flask, text: str) -> None:
    a_token(app, Role.COMMISSIONER)
    assert_problem(Asker(app.test_client(), text).get("/definitions"), 401, "not-signed-in")


def test_a_token_with_another_secret_is_nobody(app: Flask) -> None:
    text = a_token(app, Role.COMMISSIONER)
    other = text[:-1] + ("A" if text[-1] != "A" else "B")
    assert_problem(Asker(app.test_client(), other).get("/definitions"), 401, "not-signed-in")


def test_a_token_ends(app: Flask) -> None:
    with app.app_context(), writing(services().access_engine) as connection:
        long_ago = now() - timedelta(days=8)
        ended = tokens.make_token(connection, "old", Role.AUDITOR, (), (), 7, "tester", long_ago)
        holds = tokens.make_token(connection, "new", Role.AUDITOR, (), (), 9, "tester", long_ago)
    assert_problem(Asker(app.test_client(), ended).get("/definitions"), 401, "not-signed-in")
    assert Asker(app.test_client(), holds).get("/definitions").status_code == 200


def test_a_token_is_revoked(app: Flask, recount: CommandLine) -> None:
    text = recount("token", "council tool", "--role", "commissioner").stdout.strip()
    ask = Asker(app.test_client(), text)
    assert ask.get("/definitions").status_code == 200
    [listed] = recount.json("token", "--list")["tokens"]
    assert (listed["name"], listed["role"], listed["revoked_at"]) == ("council tool", "commissioner", None)
    assert "council tool" in recount("token", "--list").stdout
    assert recount.json("token", "--revoke", listed["id"]) == {"revoked": listed["id"]}
    assert_problem(ask.get("/definitions"), 401, "not-signed-in")
    assert recount.json("token", "--revoke", "nothing", code=1)["refused"]["code"] == "token-unknown"
    with app.app_context(), reading(services().access_engine) as connection:
        deeds = [entry.deed for entry in access.entries(connection, AccessQuery())]
    assert deeds == [Deed.TOKEN_REVOKED, Deed.TOKEN_MADE]


def test_no_secret_of_a_token_is_stored(app: Flask) -> None:
    secret = a_token(app, Role.COMMISSIONER).split("_", 2)[2]
    with app.app_context(), reading(services().access_engine) as connection:
        stored = repr(connection.exec_driver_sql("SELECT * FROM token").all())
    assert secret not in stored


def test_what_a_token_may_not_be(recount: CommandLine) -> None:
    refused = {
        ("--role", "provider"): "token-without-agency",
        ("--role", "commissioner", "--agency", "H0001"): "token-with-agency",
        ("--role", "auditor", "--scope", "submit"): "token-beyond-role",
    }
    for options, code in refused.items():
        assert recount.json("token", "x", *options, code=1)["refused"]["code"] == code
    assert "no role" in recount("token", "x", "--role", "boss", code=2).stderr
    assert "no right" in recount("token", "x", "--role", "auditor", "--scope", "all", code=2).stderr
    assert "Missing" in recount("token", "x", code=2).stderr
    assert recount("token", code=2).stderr


def test_a_scope_narrows_a_role(app: Flask) -> None:
    ask = asker(app, Role.COMMISSIONER, scopes=[Right.SUBMIT])
    assert_problem(ask.get("/definitions"), 403, "right-missing")
    with app.app_context(), reading(services().access_engine) as connection:
        [entry] = access.entries(connection, AccessQuery(deed=Deed.REFUSED))
    assert (entry.actor, entry.about, entry.question) == ("tester", "measures.definitions", {"code": "right-missing"})


def test_the_trail_of_access_only_grows(app: Flask) -> None:
    assert_problem(asker(app, Role.COMMISSIONER, scopes=[Right.SUBMIT]).get("/definitions"), 403, "right-missing")
    for statement in ("UPDATE access SET actor = 'nobody'", "DELETE FROM access"):
        with (
            app.app_context(),
            pytest.raises(Exception, match="only grows"),
            services().access_engine.begin() as connection,
        ):
            connection.exec_driver_sql(statement)


def test_what_is_not_there(app: Flask) -> None:
    ask = asker(app, Role.COMMISSIONER)
    assert_problem(ask.get("/nothing"), 404, "not-found")
    response = ask.post("/definitions")
    assert_problem(response, 405, "method-not-allowed")
    assert "GET" in response.headers["Allow"]


def test_a_page_about_an_error_has_words_of_its_own(app: Flask) -> None:
    page = html.unescape(app.test_client().get("/nothing").get_data(as_text=True))
    assert refusal_of(404).happened in page
    with app.test_request_context("/nothing"):
        told = html.unescape(problems.answer(problems.not_here("There is no cut 'Board'.")).get_data(as_text=True))
    assert "There is no cut 'Board'." in told
    assert refusal_of(404).happened not in told


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (413, "request-entity-too-large"),
        (414, "request-uri-too-long"),
        (416, "requested-range-not-satisfiable"),
        (418, "status-418"),
        (422, "unprocessable-entity"),
    ],
)
def test_a_code_does_not_change_with_python(app: Flask, status: int, code: str) -> None:
    with app.test_request_context(f"{API}/anything"):
        assert problems.problem_of(default_exceptions[status]()).code == code


def test_what_fails_is_noted_and_not_told(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    @app.get(f"{API}/fails")
    @open_to_all
    def fails() -> str:
        raise ValueError("the secret of it")

    app.config["PROPAGATE_EXCEPTIONS"] = False
    problem = assert_problem(asker(app, Role.COMMISSIONER).get("/fails"), 500, "failed")
    assert "secret" not in str(problem)
    assert "the secret of it" in caplog.text


def test_the_service_says_whether_it_lives_and_can_answer(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/healthz").get_json() == {"status": "ok"}
    assert client.get("/readyz").get_json() == {"status": "ready"}


def test_what_every_answer_says_to_browsers(app: Flask) -> None:
    for response in (app.test_client().get("/healthz"), asker(app, None).get("/definitions")):
        headers = response.headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "Strict-Transport-Security" not in headers
    secure = app.test_client().get("/healthz", base_url="https://recount.example")
    assert "max-age=31536000" in secure.headers["Strict-Transport-Security"]
