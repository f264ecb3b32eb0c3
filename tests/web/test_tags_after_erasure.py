"""An erasure tells nothing to those for whom it changes nothing: neither in the answer nor in what comes with it.

Asked before and after, as each audience: the whole answer is compared, its headers too.
"""

import pytest
from flask import Flask

from web.app import create_app
from web.auth.roles import Role
from web.settings import SECRET_KEY, Settings

from .conftest import CommandLine
from .conversation import fill_two
from .http import Asker, asker, everything

FEBRUARY = {"as_of": "2017-02-28", "known_at": "2017-03-13", "measure": "4.0"}
SERIES = {"from": "2017-02-01", "to": "2017-02-28", "known_at": "2017-03-13", "measure": "4.0"}
OWN = {"agency": "H0001"}


@pytest.fixture
def archive(recount: CommandLine) -> CommandLine:
    fill_two(recount)
    recount("publish", "--measure", "4.0", "--as-of", "2017-02-28", "--out", recount.folder / "certificate.json")
    recount.settings["RECOUNT_STOP_LIST"] = str(recount.folder / "stop-list")
    return recount


def erase_another_agency_s(recount: CommandLine) -> None:
    recount("erase", "H0002", "D1", "1", "--reason", "asked for", "--received-on", "2017-03-14")


@pytest.mark.parametrize(
    ("role", "agencies", "path", "query"),
    [
        (Role.PUBLIC, (), "/figures", FEBRUARY),
        (Role.PUBLIC, (), "/series", SERIES),
        (Role.PUBLIC, (), "/figures", FEBRUARY | {"format": "csv"}),
        (Role.PUBLIC, (), "/certificates/1", {}),
        (Role.PUBLIC, (), "/figures", FEBRUARY | {"known_at": "2017-03-10"}),
        (Role.PROVIDER, ("H0001",), "/figures", FEBRUARY | OWN),
        (Role.PROVIDER, ("H0001",), "/figures", FEBRUARY | OWN | {"known_at": "2017-03-10"}),
        (Role.PROVIDER, ("H0001",), "/series", SERIES | OWN),
        (Role.PROVIDER, ("H0001",), "/profile", {"as_of": "2017-02-28", "known_at": "2017-03-13"} | OWN),
    ],
)
def test_who_sees_nothing_of_an_erasure_is_told_nothing_of_it(
    app: Flask, archive: CommandLine, role: Role, agencies: tuple[str, ...], path: str, query: dict[str, str]
) -> None:
    ask = asker(app, role, *agencies)
    before = ask.get(path, **query)
    erase_another_agency_s(archive)
    assert everything(ask.get(path, **query)) == everything(before)
    if "ETag" in before.headers:
        assert ask.get(path, {"If-None-Match": before.headers["ETag"]}, **query).status_code == 304


@pytest.mark.parametrize(
    ("role", "agencies"), [(Role.COMMISSIONER, ()), (Role.AUDITOR, ()), (Role.PROVIDER, ("H0002",))]
)
def test_who_has_a_figure_with_the_erased_does_not_keep_it(
    app: Flask, archive: CommandLine, role: Role, agencies: tuple[str, ...]
) -> None:
    query = FEBRUARY | ({"agency": "H0002"} if agencies else {})
    ask = asker(app, role, *agencies)
    before = ask.get("/figures", **query)
    assert "max-age" not in before.headers["Cache-Control"]
    erase_another_agency_s(archive)
    after = ask.get("/figures", {"If-None-Match": before.headers["ETag"]}, **query)
    assert after.status_code == 200
    assert after.get_json()["figures"][0]["denominator"] < before.get_json()["figures"][0]["denominator"]


def test_a_tag_cannot_be_tried_out(app: Flask, archive: CommandLine) -> None:
    """Two services with other keys give other tags for the same answer."""
    ask: Asker = asker(app, Role.COMMISSIONER)
    tag = ask.get("/figures", **FEBRUARY).headers["ETag"]
    other = create_app(Settings.from_environment(archive.settings | {SECRET_KEY: "another"}), TESTING=True)
    assert Asker(other.test_client(), ask.token).get("/figures", **FEBRUARY).headers["ETag"] != tag
    other.extensions["recount"].close()
