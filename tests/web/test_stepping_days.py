"""A provider who takes its own from the area's, day by day and along what was known, to learn of others' clients.

The attacker is signed in at a real server and asks what any provider may ask. What it works out is held against
nothing: whatever tells of fewer than five people of other agencies is a finding, true or not.
"""

import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

import pytest
import requests
from flask import Flask
from werkzeug.serving import make_server

from domain.periods import last_day_of_month
from web.auth.roles import Role

from .browser import PASSWORD, an_account

OWN: Final = "H0001"
FIRST, LAST = date(2017, 5, 1), date(2017, 7, 31)
DAYS: Final = [FIRST + timedelta(days) for days in range((LAST - FIRST).days + 1)]
MEASURES: Final = ("N.exits", "N.new", "N.open", "4.0", "4.1", "4.2", "4.3", "5.0u", "E.early")
SMALL: Final = 5
"""Fewer people than this are single clients."""
A_MONTH: Final = 28
"""Days; whoever sees every month end sees what lies between two."""


@dataclass
class Attacker:
    """Somebody at a browser of their own, over a network."""

    address: str
    session: requests.Session = field(default_factory=requests.Session)

    def sign_in(self, name: str) -> "Attacker":
        self.session.trust_env = False
        page = self.session.get(f"{self.address}/sign-in", timeout=30).text
        word = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert word
        sent = {"csrf_token": word[1], "name": name, "password": PASSWORD}
        assert self.session.post(f"{self.address}/sign-in", data=sent, timeout=30).status_code == 200
        return self

    def get(self, path: str, **query: Any) -> requests.Response:
        return self.session.get(f"{self.address}{path}", params=query, timeout=60, allow_redirects=False)

    def api(self, path: str, **query: Any) -> Any:
        """The document, None where there is none."""
        answer = self.get(f"/api/v1{path}", **query)
        assert answer.status_code in {200, 422}, answer.text
        return answer.json() if answer.status_code == 200 else None


@pytest.fixture(scope="module")
def address(demonstration: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, demonstration, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def provider(demonstration: Flask, address: str) -> Attacker:
    an_account(demonstration, "steps by days", Role.PROVIDER, OWN)
    return Attacker(address).sign_in("steps by days")


@pytest.fixture(scope="module")
def commissioner(demonstration: Flask, address: str) -> Attacker:
    an_account(demonstration, "sees all days", Role.COMMISSIONER)
    return Attacker(address).sign_in("sees all days")


Counts = dict[str, int]


def counts_of(figures: Iterable[dict[str, Any]]) -> Counts:
    """Every number of people in these figures that is shown."""
    numbers: dict[str, Any] = {}
    for figure in figures:
        code = figure["measure"]
        numbers |= {f"{code} counted": figure["numerator"], f"{code} of": figure["denominator"]}
        numbers |= {f"{code} {part}": count for part, count in (figure["parts"] or {}).items()}
        numbers |= {f"{code} waiting": figure["waiting"]["people"]} if figure["waiting"] else {}
    counted = {name: count for name, count in numbers.items() if isinstance(count, int)}
    for code in MEASURES:
        if {f"{code} counted", f"{code} of"} <= counted.keys():
            counted[f"{code} rest"] = counted[f"{code} of"] - counted[f"{code} counted"]
    return counted


def of_others(provider: Attacker, **seen_from: Any) -> Counts | None:
    """The area's numbers less the provider's own; None where there are none of the area."""
    asked = {"measure": MEASURES, **seen_from}
    area, own = provider.api("/figures", **asked), provider.api("/figures", **asked, agency=OWN)
    assert own is not None, "its own figures are the provider's on every day"
    if area is None:
        return None
    mine = counts_of(own["figures"])
    return {name: count - mine[name] for name, count in counts_of(area["figures"]).items()}


def findings(series: Iterable[tuple[date, Counts]]) -> list[str]:
    """What these numbers, in their order, say of fewer than five people."""
    found, before = [], None
    for day, counts in series:
        found += [f"{day}: {count} {name}" for name, count in counts.items() if 0 < count < SMALL]
        if before is not None and (day - before[0]).days < A_MONTH:
            changes = {name: count - before[1][name] for name, count in counts.items() if name in before[1]}
            found += [f"{day}: {change:+} {name}" for name, change in changes.items() if 0 < abs(change) < SMALL]
        before = day, counts
    return found


def test_day_by_day_figures_tell_of_nobody(provider: Attacker) -> None:
    answered = [(day, counts) for day in DAYS if (counts := of_others(provider, as_of=day)) is not None]
    assert findings(answered) == []
    assert [day for day, _ in answered] == [date(2017, 5, 31), date(2017, 6, 30), date(2017, 7, 31)]


def test_along_what_was_known_figures_tell_of_nobody(provider: Attacker) -> None:
    """By day, and by place in the log: what others corrected in between is single clients too."""
    newest = provider.api("/figures", as_of=LAST, measure="4.0")["standpoint"]["position"]
    known: list[Any] = [LAST + timedelta(days) for days in range(0, 92, 2)]
    known += [f"@{position}" for position in range(newest, newest - 2000, -80)]
    answered: dict[int, tuple[date, Counts]] = {}
    for known_at in known:
        if counts := of_others(provider, as_of=LAST, known_at=known_at):
            seen_from = provider.api("/figures", as_of=LAST, known_at=known_at, measure="4.0")["standpoint"]
            month = last_day_of_month(date.fromisoformat(seen_from["known_at"]))
            earlier, _ = answered.get(seen_from["position"], (month, counts))
            answered[seen_from["position"]] = min(month, earlier), counts
    assert len(answered) > 2
    assert findings(answered[position] for position in sorted(answered)) == []


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/scorecard", {}),
        ("/members", {"measure": "4.0"}),
        ("/differences", {"measure": "4.0", "to_as_of": "2017-07-20"}),
        ("/differences", {"measure": "4.0", "to_as_of": "2017-07-31"}),
        ("/claims", {"measure": "4.0", "numerator": "1", "denominator": "438"}),
    ],
)
def test_nothing_of_all_agencies_is_told_within_a_month(
    provider: Attacker, commissioner: Attacker, path: str, query: dict[str, str]
) -> None:
    seen_from = {"as_of": "2017-07-19", "known_at": "2017-08-31"} | query
    refused = provider.get(f"/api/v1{path}", **seen_from)
    assert (refused.status_code, refused.json()["code"]) == (422, "month-ends-only")
    assert "Ask as of 2017-06-30" in refused.json()["detail"]
    assert provider.get(f"/api/v1{path}", **seen_from, agency=OWN).status_code == 200
    reason = {"Recount-Reason": "A test of rights."}
    asked = commissioner.session.get(
        f"{commissioner.address}/api/v1{path}", params=seen_from, headers=reason, timeout=60
    )
    assert asked.status_code == 200


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/triangle", {"measure": "4.0", "from": "2017-05-01", "to": "2017-07-31"}),
        ("/revisions", {"measure": "4.0", "from": "2017-05-01", "to": "2017-07-31"}),
        ("/forecast", {"measure": "5.0u", "as_of": "2017-07-31"}),
        ("/profile", {"as_of": "2017-07-31"}),
        ("/figures", {"as_of": "2017-07-31", "definition": "1-gap-28"}),
    ],
)
def test_what_is_told_in_small_steps_is_told_of_ones_own(
    provider: Attacker, commissioner: Attacker, path: str, query: dict[str, str]
) -> None:
    refused = provider.get(f"/api/v1{path}", **query)
    assert (refused.status_code, refused.json()["code"]) == (422, "own-agency-only")
    assert provider.get(f"/api/v1{path}", **query, agency=OWN).status_code == 200
    assert commissioner.get(f"/api/v1{path}", **query).status_code == 200


def test_the_reasons_of_few_others_are_not_told(provider: Attacker) -> None:
    walk = {"measure": "4.0", "as_of": "2017-06-30", "to_as_of": "2017-07-31"}
    told = provider.api("/differences", **walk)
    assert told["unexplained"] == {"numerator": 0, "denominator": 0}
    others = [one for step in told["steps"] for one in step["contributions"] if one["client"] is None]
    shared = Counter((one["side"], one["diff"], one["reason"]) for one in others)
    assert others
    assert not [kind for kind, people in shared.items() if people < SMALL and kind[2] != "another record changed"]


def test_a_search_for_a_claim_names_no_day_of_all_agencies(provider: Attacker) -> None:
    told = provider.api("/claims", measure="4.0", as_of="2017-07-31", numerator=24, denominator=438)
    assert all(fit["slice"]["agency"] == OWN for fit in told["search"]["fits"])


def test_a_page_leads_to_the_month_end_before(provider: Attacker) -> None:
    page = provider.get("/", as_of="2017-07-19", known_at="2017-08-31", area="E06000019", agency="")
    assert page.status_code == 422
    assert "Shown at month ends only" in page.text
    link = re.search(r'href="([^"]+)">Open the page at the month end before', page.text)
    assert link
    assert "as_of=2017-06-30" in link[1]
    assert provider.get(link[1].replace("&amp;", "&")).status_code == 200


def test_every_page_of_all_agencies_says_what_is_not_shown(provider: Attacker) -> None:
    seen_from = {"as_of": "2017-07-31", "known_at": "2017-08-31"}
    of_figure = [f"/figures/{code}{page}" for code in ("4.3", "5.2u", "N.exits", "T.exit") for page in ("", "/members")]
    pages = ["/", "/report", "/card", "/worklists", "/figures/5.2/definition", "/figures/5.2/claim", *of_figure]
    files = ["/exports/xlsx/", "/exports/csv/", "/exports/csv/figures/4.3", "/exports/xlsx/figures/5.2u"]
    for path in pages:
        answer = provider.get(path, **seen_from)
        assert answer.status_code == 200, path
        assert "suppressed" not in answer.text, path
    for path in files:
        assert provider.get(path, **seen_from).status_code == 200, path
    assert provider.get("/board").status_code == 200
    told = provider.get("/figures/5.2u", **seen_from).text
    assert "Fewer than 5 people of other agencies" in told
    assert provider.get("/figures/5.2/why", **seen_from, to_as_of="2017-06-30").status_code == 422


def test_a_sum_in_which_many_others_stand_is_shown_as_to_the_commissioner(
    provider: Attacker, commissioner: Attacker
) -> None:
    asked = {"measure": "4.0", "as_of": "2017-07-31"}
    [its], [whole] = (who.api("/figures", **asked)["figures"] for who in (provider, commissioner))
    assert {name for name in whole if its[name] != whole[name]} == {"coverage", "erased_records"}
    assert its["coverage"]["expected"] == [OWN]


def test_of_others_a_list_of_people_has_no_more_than_a_rule_that_many_share(provider: Attacker) -> None:
    people = provider.api("/members", measure="4.0", as_of="2017-07-31")["members"]
    others = [person for person in people if person["client"] is None]
    assert len(others) >= SMALL
    assert {(person["journey"], len(person["events"])) for person in others} == {(None, 0)}
    shared = Counter((person["counted"], person["rule"]) for person in others)
    assert not [kind for kind, count in shared.items() if count < SMALL and "fewer than 5" not in kind[1]]
