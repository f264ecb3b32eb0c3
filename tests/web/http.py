"""A client of the service: asks with a token, and knows the one shape that each kind of answer has."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from domain.log.database import writing
from web.auth.guard import services
from web.auth.roles import Right, Role
from web.auth.tokens import make_token
from web.clock import now

API = "/api/v1"


def a_token(
    app: Flask,
    role: Role,
    agencies: Iterable[str] = (),
    scopes: Iterable[Right] = (),
    days: int | None = None,
    name: str = "tester",
) -> str:
    """A new token of the application's own database."""
    with app.app_context(), writing(services().access_engine) as connection:
        return make_token(connection, name, role, agencies, scopes, days, "tester", now())


@dataclass
class Asker:
    """Somebody with a token, or with none."""

    client: FlaskClient
    token: str | None = None

    def get(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> TestResponse:
        return self.client.get(API + path, query_string=query, headers=self._headers(headers))

    def post(self, path: str, headers: dict[str, str] | None = None, **given: Any) -> TestResponse:
        return self.client.post(API + path, headers=self._headers(headers), **given)

    def delete(self, path: str, headers: dict[str, str] | None = None) -> TestResponse:
        return self.client.delete(API + path, headers=self._headers(headers))

    def json(self, path: str, **query: Any) -> Any:
        """The document of a question that is answered."""
        response = self.get(path, **query)
        assert response.status_code == 200, response.get_data(as_text=True)
        return response.get_json()

    def _headers(self, headers: dict[str, str] | None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} | (headers or {}) if self.token else headers or {}


def asker(app: Flask, role: Role | None, *agencies: str, **given: Any) -> Asker:
    """Somebody of this role; None for nobody in particular."""
    return Asker(app.test_client(), a_token(app, role, agencies, **given) if role else None)


def everything(answer: TestResponse) -> tuple[int, dict[str, str], bytes]:
    """All of an answer but when it was given, and the number under which it stands in the log."""
    headers = {name: value for name, value in answer.headers if name not in {"Date", "Recount-Request"}}
    return answer.status_code, headers, answer.data


def assert_problem(response: TestResponse, status: int, code: str) -> dict[str, Any]:
    """That an answer is an error of the one shape; its document."""
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.content_type == "application/problem+json"
    document: dict[str, Any] = response.get_json()
    assert {"type", "title", "status", "detail", "instance", "code"} <= document.keys()
    assert (document["status"], document["code"], document["type"]) == (status, code, f"urn:recount:{code}")
    assert document["detail"]
    assert document["instance"] == response.request.path
    return document
