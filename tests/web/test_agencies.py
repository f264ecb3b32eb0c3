"""Names of agencies: said by command, shown on pages, and no part of any document."""

from flask import Flask

from web.auth.roles import Role

from .browser import Person, a_person, an_account
from .conftest import CommandLine
from .conversation import fill


def page(person: Person, path: str) -> str:
    response = person.client.get(path, follow_redirects=True)
    assert response.status_code == 200
    return response.text


def test_an_agency_is_named_renamed_and_loses_its_name(recount: CommandLine) -> None:
    assert "No agency has a name" in recount("agency").stdout
    named = recount.json("agency", "H0001", "--name", " Hereford  hub ")
    assert named == {"agencies": [{"agency": "H0001", "name": "Hereford hub"}]}
    recount("agency", "H0002", "--name", "Leominster")
    assert "Leominster" in recount("agency", "H0001", "--name", "Hereford").stdout
    assert recount.json("agency")["agencies"][0]["name"] == "Hereford"
    assert recount.json("agency", "H0001", "--name", "") == {"agencies": [{"agency": "H0002", "name": "Leominster"}]}
    assert recount.json("agency", "H0001", "--name", "x" * 61, code=1)["refused"]["code"] == "agency-name-unfit"
    assert recount("agency", "H0001", code=2).stderr


def test_pages_call_an_agency_by_its_name(app: Flask, recount: CommandLine) -> None:
    fill(recount)
    recount("agency", "H0001", "--name", "Hereford")
    an_account(app, "Cara", Role.COMMISSIONER)
    council = a_person(app, "Cara")
    figure = page(council, "/figures/4.0?as_of=2017-02-28&known_at=2017-04-12")
    assert ">Hereford (H0001)<" in figure
    assert '<option value="H0001">Hereford (H0001)</option>' in figure
    assert ">Hereford<" in page(council, "/board")
    assert "Hereford" not in str(recount.json("figures", "--as-of", "2017-02-28"))
