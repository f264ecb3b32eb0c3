"""Signing in at an identity provider that runs as a process of its own, over HTTP, with real redirects."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask
from werkzeug.test import TestResponse

from domain.errors import SettingMissing, WrongUse
from web.app import create_app
from web.auth import oidc
from web.auth.trail.access import Deed
from web.settings import OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_ISSUER, ORIGIN, Settings

from . import identity_provider
from .browser import Person, a_person, access_trail, without_a_server
from .conftest import CommandLine

CLIENT, SECRET = "recount here", "s&cret: of the client"
ROOT = Path(__file__).parents[2]
HERE = "http://127.0.0.1:8000"
ANN = {"sub": "pairwise-1", "preferred_username": "ann.poole@council.example", "tid": "8d5c-tenant", "oid": "o-1"}


@dataclass
class RunningProvider:
    issuer: str

    def be(self, person: dict[str, Any], wrong: str = "") -> None:
        """Whom the provider signs in from now on, and what it gets wrong."""
        at = self.issuer.removesuffix(identity_provider.TENANT)
        requests.post(f"{at}/be", json={"person": person, "wrong": wrong}, timeout=10).raise_for_status()


@pytest.fixture(scope="module")
def provider() -> Iterator[RunningProvider]:
    command = [sys.executable, "-m", identity_provider.__name__, CLIENT, SECRET]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield RunningProvider(process.stdout.readline().strip())
        process.terminate()


@pytest.fixture
def settings(recount: CommandLine, provider: RunningProvider) -> dict[str, str]:
    provider.be(ANN)
    of_provider = {OIDC_ISSUER: provider.issuer, OIDC_CLIENT_ID: CLIENT, OIDC_CLIENT_SECRET: SECRET}
    return recount.settings | {ORIGIN: HERE} | of_provider


@pytest.fixture
def service(settings: dict[str, str]) -> Iterator[Flask]:
    app = create_app(Settings.from_environment(settings), TESTING=True)
    yield app
    app.extensions["recount"].close()


def go(person: Person, path: str = "/sign-in/provider") -> str:
    """To the provider, which sends back: the address to come back to."""
    sent = person.client.get(path, base_url=HERE)
    assert sent.status_code == 302, sent.get_data(as_text=True)
    back = requests.get(sent.headers["Location"], allow_redirects=False, timeout=10).headers["Location"]
    assert back.startswith(f"{HERE}/sign-in/callback?")
    return back.removeprefix(HERE)


def come_back(person: Person, path: str) -> TestResponse:
    return person.client.get(path, base_url=HERE)


def test_an_unknown_person_may_do_nothing_until_a_role_is_given(service: Flask, recount: CommandLine) -> None:
    person = a_person(service)
    response = come_back(person, go(person))
    assert response.status_code == 403
    assert "no role was given to you yet" in response.get_data(as_text=True)
    assert not person.is_in()
    [listed] = recount.json("user", "--list")["accounts"]
    assert (listed["name"], listed["role"], listed["subject"]) == ("ann.poole@council.example", None, "o-1")
    recount("user", "ann.poole@council.example", "--role", "provider", "--agency", "H0001")
    response = come_back(person, go(person, "/sign-in/provider?next=/account?x"))
    assert (response.status_code, response.headers["Location"]) == (303, "/account?x")
    page = person.client.get("/account", base_url=HERE).get_data(as_text=True)
    assert "ann.poole@council.example" in page
    assert "Change your password" not in page
    assert access_trail(service)[0].question == {"by": "provider"}


def test_a_person_is_known_by_issuer_and_subject_alone(
    service: Flask, provider: RunningProvider, recount: CommandLine
) -> None:
    recount("user", "Ann", "--role", "auditor", "--issuer", provider.issuer, "--subject", "o-1")
    person = a_person(service)
    assert come_back(person, go(person)).status_code == 303
    provider.be(ANN | {"oid": "o-2", "preferred_username": "Ann", "email": "ann.poole@council.example"})
    other = a_person(service)
    assert come_back(other, go(other)).status_code == 403
    assert [one["name"] for one in recount.json("user", "--list")["accounts"]] == ["Ann", "Ann (2)"]


def test_the_object_id_counts_only_where_the_issuer_is_that_tenant() -> None:
    claims = {"sub": "s", "oid": "o", "tid": "t"}
    assert oidc.identity_of("https://login.example/t/v2.0", claims).subject == "o"
    assert oidc.identity_of("https://login.example/", claims).subject == "s"
    assert oidc.identity_of("https://login.example/t/v2.0", {"sub": "s", "tid": "t"}).subject == "s"


@without_a_server
@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ("issuer", 401, "sign-in-not-proved"),
        ("audience", 401, "sign-in-not-proved"),
        ("expired", 401, "sign-in-not-proved"),
        ("nonce", 401, "sign-in-not-proved"),
        ("key", 401, "sign-in-not-proved"),
        ("unsigned", 401, "sign-in-not-proved"),
        ("nonsense", 401, "sign-in-not-proved"),
        ("nobody", 401, "sign-in-not-proved"),
        ("no token", 401, "sign-in-not-proved"),
        ("mixed up", 401, "sign-in-not-proved"),
        ("declined", 401, "sign-in-declined"),
        ("broken", 503, "provider-unavailable"),
    ],
)
def test_what_does_not_prove_who_came_back(
    service: Flask, provider: RunningProvider, recount: CommandLine, wrong: str, status: int, code: str
) -> None:
    recount("user", "Ann", "--role", "auditor", "--issuer", provider.issuer, "--subject", "o-1")
    provider.be(ANN, wrong)
    person = a_person(service)
    response = come_back(person, go(person))
    assert response.status_code == status
    page = response.get_data(as_text=True)
    assert oidc.REFUSALS[code][1].split(".")[0] in page.replace("&#39;", "'")
    assert "<script>no" not in page
    assert not person.is_in()
    [failed] = access_trail(service, deed=Deed.SIGN_IN_FAILED)
    assert (failed.actor, failed.question) == ("", {"code": code})


@without_a_server
def test_a_callback_is_good_once_and_only_where_it_was_begun(
    service: Flask, provider: RunningProvider, recount: CommandLine
) -> None:
    recount("user", "Ann", "--role", "auditor", "--issuer", provider.issuer, "--subject", "o-1")
    person, other = a_person(service), a_person(service)
    back = go(person)
    assert come_back(other, back).status_code == 400
    begun = person.client.get_cookie(service.config["SESSION_COOKIE_NAME"], "127.0.0.1")
    assert come_back(person, back).status_code == 303
    assert come_back(person, back).status_code == 400
    assert come_back(a_person(service), "/sign-in/callback").status_code == 400
    # Also for somebody who copied the cookie of before: the provider takes no code twice.
    assert begun
    other.client.set_cookie(service.config["SESSION_COOKIE_NAME"], begun.value, domain="127.0.0.1")
    assert come_back(other, back).status_code == 401
    assert not other.is_in()


@without_a_server
def test_another_state_is_refused(service: Flask) -> None:
    person = a_person(service)
    back = re.sub(r"state=[^&]+", "state=another", go(person))
    assert come_back(person, back).status_code == 400


@without_a_server
def test_what_is_sent_to_the_provider(service: Flask) -> None:
    person = a_person(service)
    to = person.client.get("/sign-in/provider", base_url=HERE).headers["Location"]
    assert "code_challenge_method=S256" in to
    for name in ("state", "nonce", "code_challenge"):
        assert re.search(rf"[?&]{name}=[^&]{{16,}}", to)
    assert "secret" not in to.lower()
    assert "s%26cret" not in to.lower()


@without_a_server
def test_a_closed_account_stays_out(service: Flask, provider: RunningProvider, recount: CommandLine) -> None:
    recount("user", "Ann", "--role", "auditor", "--issuer", provider.issuer, "--subject", "o-1")
    recount("user", "Ann", "--close")
    person = a_person(service)
    response = come_back(person, go(person))
    assert response.status_code == 403
    assert "Your account is closed" in response.get_data(as_text=True)


@without_a_server
def test_a_provider_that_names_another_issuer(settings: dict[str, str], provider: RunningProvider) -> None:
    provider.be(ANN, "discovery")
    app = create_app(Settings.from_environment(settings), TESTING=True)
    person = a_person(app)
    assert person.client.get("/sign-in/provider", base_url=HERE).status_code == 503
    provider.be(ANN)
    assert person.client.get("/sign-in/provider", base_url=HERE).status_code == 302
    app.extensions["recount"].close()


@without_a_server
def test_a_provider_that_does_not_answer(settings: dict[str, str]) -> None:
    app = create_app(Settings.from_environment(settings | {OIDC_ISSUER: "http://127.0.0.1:1"}), TESTING=True)
    assert a_person(app).client.get("/sign-in/provider", base_url=HERE).status_code == 503
    app.extensions["recount"].close()


@without_a_server
def test_without_a_provider_there_is_no_way_to_one(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/sign-in/provider").status_code == 404
    assert client.get("/sign-in/callback?state=x&code=y").status_code == 404
    assert "organisation" not in client.get("/sign-in").get_data(as_text=True)


@without_a_server
def test_settings_that_do_not_fit(settings: dict[str, str]) -> None:
    for name in (ORIGIN, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET):
        with pytest.raises(SettingMissing, match=name):
            create_app(Settings.from_environment(settings | {name: ""}))
    for origin in (
        "recount.example",
        "https://recount.example/path",
        "http://recount.example",
        "https://u:p@h",
        "https://h:x",
    ):
        with pytest.raises(WrongUse, match=ORIGIN):
            create_app(Settings.from_environment(settings | {ORIGIN: origin}))
    assert (
        str(Settings.from_environment({ORIGIN: "https://recount.example:8443/"}).origin)
        == "https://recount.example:8443"
    )
    assert str(Settings.from_environment({ORIGIN: "http://[::1]:8000"}).origin) == "http://[::1]:8000"


@without_a_server
def test_settings_show_no_secret(settings: dict[str, str]) -> None:
    found = Settings.from_environment(settings)
    shown = repr(found) + repr(found.identity_provider)
    assert SECRET not in shown
    assert not any(value in shown for name, value in settings.items() if name.endswith("_KEY"))


def test_a_browser_signs_in_at_the_running_service(embedded: CommandLine, provider: RunningProvider) -> None:
    provider.be(ANN)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    at = f"http://127.0.0.1:{port}"
    set_up = {OIDC_ISSUER: provider.issuer, OIDC_CLIENT_ID: CLIENT, OIDC_CLIENT_SECRET: SECRET, ORIGIN: at}
    embedded("user", "Ann", "--role", "commissioner", "--issuer", provider.issuer, "--subject", "o-1")
    environment = os.environ | embedded.settings | set_up
    command = [Path(sys.executable).with_name("recount"), "serve", "--port", str(port), "--workers", "1"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            wait_for(f"{at}/healthz", process)
            with requests.Session() as browser:
                page = browser.get(f"{at}/account", timeout=20)
                assert page.url == f"{at}/sign-in?next=/account"
                page = browser.get(f"{at}/sign-in/provider?next=/account", timeout=20)
                assert (page.status_code, page.url) == (200, f"{at}/account")
                assert "commissioner" in page.text
                word = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
                assert word
                left = browser.post(f"{at}/sign-out", data={"csrf_token": word[1]}, timeout=20)
                assert left.url == f"{at}/sign-in"
                assert browser.get(f"{at}/account", timeout=20).url == f"{at}/sign-in?next=/account"
        finally:
            process.terminate()
            _, said = process.communicate(timeout=30)
    assert SECRET not in said
    assert "code=" not in said


def wait_for(address: str, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            requests.get(address, timeout=5).raise_for_status()
        except requests.RequestException:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"{address} does not answer")


@without_a_server
def test_roles_are_given_here_and_not_by_the_provider(service: Flask, provider: RunningProvider) -> None:
    provider.be(ANN | {"roles": ["administrator"], "role": "administrator"})
    person = a_person(service)
    assert come_back(person, go(person)).status_code == 403
