"""What pages keep beside a snapshot: nobody gets what was kept for another, and nothing outlives what it is of."""

from typing import Any

import pytest
from flask import Flask

from web.auth.roles import Role

from .browser import Person, a_person, an_account
from .conftest import CommandLine
from .conversation import fill_two
from .test_pages_scorecard import get

SEEN = {"as_of": "2017-02-28", "known_at": "2017-03-13"}
WALK = {"as_of": "2017-02-28", "known_at": "2017-02-10", "to_known_at": "2017-03-13"}
PAGES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/figures/4.0/why", WALK),
    ("/figures/4.0/revisions", SEEN | {"upto": "2017-03-13"}),
    ("/figures/4.0", SEEN),
    ("/figures/4.0/claim", SEEN | {"numerator": 2, "denominator": 3}),
    ("/data-quality", SEEN),
    ("/report", SEEN),
    ("/disputes", {}),
    ("/certificates", {}),
    ("/certificates/changed", {}),
    ("/submissions/2/changes", {}),
)


@pytest.fixture
def auditor(app: Flask, recount: CommandLine) -> Person:
    fill_two(recount)
    recount(
        "publish",
        "--measure",
        "4.0",
        "--as-of",
        "2017-02-28",
        "--known-at",
        "2017-02-10",
        "--out",
        recount.folder / "certificate.json",
    )
    an_account(app, "Ada", Role.AUDITOR)
    return a_person(app, "Ada")


@pytest.fixture
def provider(app: Flask, auditor: Person) -> Person:
    an_account(app, "Pat", Role.PROVIDER, "H0001")
    return a_person(app, "Pat")


def told(person: Person, **own: str) -> list[str]:
    """The pages; those of a figure of one's own agency, where one is told of that alone."""
    return [get(person, path, **query, **(own if path.startswith("/figures/") else {})) for path, query in PAGES]


def test_each_is_told_their_own_whoever_looked_before(app: Flask, auditor: Person, provider: Person) -> None:
    whole = told(auditor)
    own = told(provider, agency="H0001")
    forget(app)
    assert told(provider, agency="H0001") == own
    assert told(auditor) == whole
    assert any("H0002" in page for page in whole)
    assert not any("H0002" in page for page in own)


def forget(app: Flask) -> None:
    """As if the process had begun anew."""
    app.extensions["recount"].cache._loaded = None


def test_what_is_said_afterwards_shows_at_once(auditor: Person, recount: CommandLine) -> None:
    told(auditor)
    recount("publish", "--cut", "Board", "--as-of", "2017-02-28", "--known-at", "2017-03-13")
    recount(
        "dispute", "open", "--measure", "4.0", "--as-of", "2017-02-28", "--numerator", 1, "--denominator", 2,
        "--reason", "One is missing.",
    )  # fmt: skip
    assert "Scorecard Board" in get(auditor, "/certificates")
    assert "Dispute 1" in get(auditor, "/disputes")
