"""A dispute from its rows to its settlement: client by client, with evidence, a joint review, and both sides' word."""

import html
import io
import re
import threading
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.unit.intake.files import DISCHARGED, row, write
from web.auth.roles import Role
from web.auth.trail.access import Deed
from web.settings import STOP_LIST

from .browser import Person, a_person, access_trail, an_account
from .conftest import CommandLine
from .http import asker

SEEN = {"as_of": "2017-01-31", "known_at": "2017-02-10", "agency": "H0001"}
ROWS = "H0001, C1, not counted, Left without completing\nH0001, C2, out, Never started here"
HASH = "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9"


@pytest.fixture
def filled(recount: CommandLine) -> CommandLine:
    people = [row(**DISCHARGED), *(row(CLIENT=f"C{number}", DOB=f"1981-05-{number:02}") for number in range(2, 6))]
    recount("submit", write(recount.folder, people), "--received-on", "2017-02-10")
    figure = ("--measure", "4.0", "--as-of", "2017-01-31", "--agency", "H0001")
    recount("publish", *figure, "--out", recount.folder / "certificate.json")
    return recount


@pytest.fixture
def people(app: Flask, filled: CommandLine) -> tuple[Person, Person]:
    """The commissioner, who has opened a dispute, and the provider."""
    an_account(app, "Cara")
    an_account(app, "Pat", Role.PROVIDER, "H0001")
    cara = a_person(app, "Cara")
    claimed = {"numerator": "0", "denominator": "4", "reason": "Our own count."}
    assert post(cara, "/figures/4.0/dispute", SEEN, **claimed).status_code == 303
    return cara, a_person(app, "Pat")


def post(who: Person, path: str, query: dict[str, str] | None = None, **fields: Any) -> TestResponse:
    data = {"csrf_token": who.word("/account")} | fields
    return who.client.post(path, query_string=query, data=data)


def take(who: Person, slug: str, **fields: Any) -> TestResponse:
    return post(who, f"/disputes/1/{slug}", **fields)


def read(response: TestResponse) -> str:
    text = re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))
    return " ".join(html.unescape(text).split())


def page(who: Person, path: str = "/disputes/1") -> str:
    response = who.client.get(path)
    assert response.status_code == 200, response.status
    return read(response)


def test_from_rows_to_a_settlement_by_both(people: tuple[Person, Person], app: Flask, filled: CommandLine) -> None:
    cara, pat = people
    before = filled.json("figures", "--as-of", "2017-01-31")
    response = take(cara, "list", clients=ROWS, seen="1")
    assert response.status_code == 303, read(response)
    assert "client by client" in page(cara, response.headers["Location"])
    shown = page(pat, "/disputes/1/rows")
    assert "H0001: C1" in shown
    assert "Ours: counted. Theirs: in it, not counted, which makes −1 of ±0. Left without completing" in shown
    assert {look.question.get("dispute") for look in access_trail(app, deed=Deed.LOOKED)} == {"1"}

    contested = {"verdict_2": "contested", "seen": "2"}
    refused = post(pat, "/disputes/1/rows", verdict_1="accepted", reason_1="data-error", **contested)
    assert (refused.status_code, "Row 2: choose a reason" in read(refused)) == (422, True)
    assert 'value="data-error" selected' in refused.get_data(as_text=True)
    contested |= {"reason_2": "day", "words_2": "Started on the 16th"}
    answered = post(pat, "/disputes/1/rows", verdict_1="accepted", reason_1="data-error", **contested)
    assert answered.status_code == 303
    shown = page(cara)
    assert "1 client accepted by both: −1 of ±0." in shown
    assert "1 client contested: ±0 of −1." in shown
    assert "Explained by no client: the clients add up" in shown
    assert "What stays contested" in shown
    assert "C2" not in shown, "the page of the dispute names no client"
    assert "It is cured by a new file, never by editing. None has come since." in shown

    empty = take(cara, "evidence", seen="3", words="The letter.", file=(io.BytesIO(b""), "letter.pdf"))
    assert (empty.status_code, "The file is empty" in read(empty)) == (422, True)
    file = (io.BytesIO(b"hello world"), "letter.pdf")
    assert take(cara, "evidence", seen="3", words="The letter of the ward.", file=file).status_code == 303
    assert HASH in page(pat)
    review = {"attendees": "data lead, contracts officer", "words": "C2's start was typed wrong.", "looked_at": "2"}
    assert take(pat, "review", seen="4", **review).status_code == 303
    assert take(cara, "escalate", seen="5", words="Still open.").status_code == 303
    assert take(cara, "meeting", seen="6", attendees="both directors", words="To be settled.").status_code == 303
    assert "Level 2 of 3: directors of both sides." in page(pat)
    assert take(cara, "accept", seen="7", words="Yes.").status_code == 422

    proposed = {"numerator": "0", "denominator": "5", "words": "One of the two is agreed."}
    offered = cara.client.get("/disputes/1/propose").get_data(as_text=True)
    assert [re.search(rf'name="{name}"[^>]* value="(\d+)"', offered)[1] for name in ("numerator", "denominator")] == [
        "0", "5"
    ]  # fmt: skip
    assert take(cara, "propose", seen="7", **proposed).status_code == 303
    assert "Proposed as a settlement: 0 of 5" in page(pat)
    assert "The figure proposed is what the clients accepted by both make of ours." in page(pat, "/disputes/1/accept")
    assert "cannot accept the settlement of it" in read(take(cara, "accept", seen="8", words="Yes."))
    assert take(pat, "accept", seen="8", words="Agreed.").status_code == 303
    shown = page(cara)
    assert "Settled by both sides" in shown
    assert "Agreed. Agreed: 0 of 5." in shown
    for figure in ("Claimed 0 of 4", "Agreed by both sides 0 of 5", "Ours, by what is known now 1 of 5"):
        assert figure in shown
    assert "Published: 4.0 1 of 5" in shown
    assert "What you can do" not in shown
    assert filled.json("figures", "--as-of", "2017-01-31") == before
    [closed] = filled.json("dispute", "list")["disputes"]
    assert (closed["state"], closed["course"]["stage"], closed["closed"]["agreed"]) == (
        "closed", "settled", {"numerator": 0, "denominator": 5}
    )  # fmt: skip


def test_files_are_held_against_the_evidence(people: tuple[Person, Person], filled: CommandLine) -> None:
    cara, pat = people
    assert "Nobody has given a file." in page(pat, "/disputes/1/check-evidence")
    for content, name in ((b"hello world", "letter.txt"), (b"a list", "../lists/list.csv")):
        assert take(cara, "evidence", words="So.", file=(io.BytesIO(content), name)).status_code == 303
    assert "Check files against it" in page(pat)
    sent = [(io.BytesIO(b"hello world"), "copy.txt"), (io.BytesIO(b""), "list.csv"), (io.BytesIO(b"x"), "other.txt")]
    told = read(take(pat, "check-evidence", files=sent))
    for said in ("letter.txt the commissioner", "kept copy.txt", "changed list.csv", "by the SHA-256: other.txt."):
        assert said in told
    assert take(pat, "check-evidence").status_code == 422

    folder = filled.folder / "evidence"
    folder.mkdir()
    (folder / "letter.txt").write_text("hello world")
    (folder / "read me.txt").write_text("What lies here.")

    def standings(*paths: Any, code: int = 0) -> list[str]:
        return [one["standing"] for one in filled.json("dispute", "check", 1, *paths, code=code)["evidence"]]

    assert standings(folder / "letter.txt") == ["kept", "missing"]
    assert standings(folder / "read me.txt", code=1) == ["missing", "missing"]
    assert standings(folder, code=1) == ["kept", "missing"]
    (folder / "list.csv").write_text("another list")
    assert standings(folder, code=1) == ["kept", "changed"]
    (folder / "list.csv").write_text("a list")
    assert standings(folder) == ["kept", "kept"]
    assert "2 files kept" in filled("dispute", "check", 1, folder).stdout


def test_a_new_file_is_named_once_it_has_come(people: tuple[Person, Person], filled: CommandLine) -> None:
    cara, pat = people
    take(cara, "list", clients=ROWS)
    post(pat, "/disputes/1/rows", verdict_1="accepted", reason_1="data-error")
    path = write(filled.folder, [row(**DISCHARGED | {"DISRSN": "85"})], first="20170201", last="20170228")
    filled("submit", path, "--received-on", "2017-03-10", "--accept-withdrawals")
    shown = page(cara)
    assert "The next one came on 10 Mar 2017." in shown
    assert "Ours has moved since: it was 1 of 5, and is 0 of 5 by what is known now." in shown


def test_two_answers_at_once_are_not_both_stored(app: Flask, people: tuple[Person, Person]) -> None:
    cara, _pat = people
    take(cara, "list", clients=ROWS)
    begin, statuses = threading.Barrier(2), list[int]()

    def answer(verdict: str) -> None:
        ask = asker(app, Role.PROVIDER, "H0001")
        begin.wait()
        answers = [{"row": 1, "verdict": verdict, "reason": "exit"}]
        statuses.append(ask.post("/disputes/1/row-answers", json={"answers": answers, "seen": 2}).status_code)

    both = [threading.Thread(target=answer, args=(verdict,)) for verdict in ("accepted", "contested")]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(statuses) == [201, 409]
    ask = asker(app, Role.PROVIDER, "H0001")
    assert [len(one["replies"]) for one in ask.json("/disputes/1")["course"]["rows"]] == [1, 0]
    twice = [{"row": 2, "verdict": "accepted"}, {"row": 2, "verdict": "contested", "reason": "exit"}]
    refused = ask.post("/disputes/1/row-answers", json={"answers": twice})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "dispute-row-answered-twice")


def test_a_client_who_was_erased_is_in_no_sum(people: tuple[Person, Person], app: Flask, filled: CommandLine) -> None:
    """Ours has four by then, and theirs still the one who was erased: that is what no row explains."""
    cara, pat = people
    take(cara, "list", clients=ROWS)
    post(pat, "/disputes/1/rows", verdict_1="accepted", verdict_2="accepted")
    filled.settings[STOP_LIST] = str(filled.folder / "stop-list")
    filled("erase", "H0001", "C1", "--reason", "a request", "--received-on", "2017-03-01")
    account = asker(app, Role.COMMISSIONER).json("/disputes/1/account")
    assert (account["ours"], account["by_rows"]) == (
        {"numerator": 0, "denominator": 4}, {"numerator": 0, "denominator": 3}
    )  # fmt: skip
    assert (account["erased_rows"], account["unexplained"]) == ([1], {"rows": 0, "numerator": 0, "denominator": 1})
    shown = page(cara)
    assert "1 client was erased since and is in our figure no more" in shown
    assert "C1" not in page(cara, "/disputes/1/rows").replace("C1, ", "")


def test_a_step_over_an_older_version_shows_both(people: tuple[Person, Person]) -> None:
    cara, pat = people
    take(cara, "list", clients=ROWS, seen="1")
    conflict = take(pat, "propose", seen="1", numerator="1", denominator="5", words="Ours stands.")
    text = read(conflict)
    assert (conflict.status_code, "It was changed meanwhile" in text, "Ours stands." in text) == (409, True, True)
    take(pat, "escalate", words="It goes on.")
    late = post(pat, "/disputes/1/rows", verdict_1="accepted", words_1="So it was.", seen="2")
    assert (late.status_code, 'value="So it was."' in late.get_data(as_text=True)) == (409, True)


WRONG_LISTS = [
    ("", "Name at least one client."),
    ("H0001, C1", "Line 1 cannot be read."),
    ("H0001, C1, here, So", "Line 1 cannot be read."),
    ("H0001, C9, out, So", "Line 1: H0001: C9 is in no file"),
    ("H0001, C1, counted, So", "ours has H0001: C1 there already"),
    ("H0001, C1, out, So\nH0001, C1, not counted, So", "Line 2: H0001: C1 is a client of an earlier line."),
    ("H0001, C1/1, out, So\nH0001, C1, out, So", "Line 2: H0001: C1 is a client of an earlier line."),
    ("H0001, C\x002, out, So", "This holds a character that cannot be typed."),
    ("H0001, C\x072, out, So", "Line 1 cannot be read."),
    ('H0001, "C1, out, So', "Line 1 cannot be read."),
    ("H0001, C2, out, So\x07", "signs that cannot be printed"),
    ("H0001, C2, out, So\n" * 201, "Name 1 to 200 clients"),
]


def test_a_list_that_cannot_be_is_kept_in_the_form(people: tuple[Person, Person]) -> None:
    for clients, sentence in WRONG_LISTS:
        response = take(people[0], "list", clients=clients, seen="1")
        assert (response.status_code, read(response).count(sentence)) == (422, 2), (clients[:80], read(response)[:600])
        assert clients[:8] in html.unescape(response.get_data(as_text=True))


def test_a_side_answers_the_others_rows_and_gives_up_its_own(people: tuple[Person, Person]) -> None:
    cara, pat = people
    assert "names clients of another agency" in read(take(pat, "list", clients="H0002, D1, out, So"))
    take(cara, "list", clients=ROWS)
    assert "Keep it" in page(cara, "/disputes/1/rows")
    assert post(cara, "/disputes/1/rows", verdict_1="given-up", words_1="We were wrong").status_code == 303
    assert "1 client given up by the side that listed them." in page(pat)
    assert re.search(r"Explained by no client \S* ?−1 of ±0", page(pat))


def test_who_has_nothing_to_do_with_it_finds_nothing(people: tuple[Person, Person], app: Flask) -> None:
    an_account(app, "Olu", Role.PROVIDER, "H0002")
    olu = a_person(app, "Olu")
    assert olu.client.get("/disputes/1/rows").status_code == 404
    assert olu.client.get("/disputes/1/evidence").status_code == 404
    assert take(olu, "escalate", words="Mine.").status_code == 404
    an_account(app, "Aud", Role.AUDITOR)
    auditor = a_person(app, "Aud")
    assert "No clients" in page(auditor, "/disputes/1/rows")
    assert take(auditor, "escalate", words="Mine.").status_code == 403


def test_over_http_and_by_commands(filled: CommandLine, app: Flask) -> None:
    council, provider = asker(app, Role.COMMISSIONER), asker(app, Role.PROVIDER, "H0001")
    opened = council.post(
        "/disputes", json=SEEN | {"measure": "4.0", "numerator": 0, "denominator": 4, "reason": "So."}
    )
    assert opened.status_code == 201
    listed = council.post("/disputes/1/rows", json={"list": ROWS, "seen": 1})
    assert (listed.status_code, [one["row"] for one in listed.get_json()["course"]["rows"]]) == (201, [1, 2])
    assert [one["reference"] for one in provider.get("/disputes/1/references").get_json()["references"]] == [
        "H0001: C1/1", "H0001: C2/1"
    ]  # fmt: skip
    answers = [{"row": 1, "verdict": "accepted"}, {"row": 2, "verdict": "contested", "reason": "exit"}]
    assert provider.post("/disputes/1/row-answers", json={"answers": answers}).status_code == 201
    assert council.post("/disputes/1/row-answers", json={"answers": answers}).status_code == 422
    figures = council.get("/disputes/1/account").get_json()
    assert (figures["ours"], figures["unexplained"]["numerator"]) == ({"numerator": 1, "denominator": 5}, 0)
    assert filled.json("dispute", "account", 1) == figures
    assert re.search(r"Ours, with the clients that both accept +0 of 5", filled("dispute", "account", 1).stdout)
    letter = filled.folder / "letter.txt"
    letter.write_text("hello world")
    shown = filled.json("dispute", "step", 1, "evidence", "--words", "The letter.", "--file", letter)
    assert shown["course"]["happened"][-1]["file"]["sha256"] == HASH
    filled("dispute", "step", 1, "propose", "--words", "So.", "--numerator", 0, "--denominator", 5)
    assert filled.json("dispute", "step", 1, "accept", "--words", "So.", code=1)["refused"]["code"] == "step-not-now"
    stale = provider.post("/disputes/1/steps", json={"step": "escalate", "words": "No.", "seen": 2})
    assert (stale.status_code, stale.get_json()["code"]) == (409, "changed-meanwhile")
    settled = provider.post("/disputes/1/steps", json={"step": "accept the settlement of", "words": "Yes."})
    assert (settled.status_code, settled.get_json()["state"]) == (201, "closed")
    assert "settled" in filled("dispute", "show", 1).stdout
    rows = filled.folder / "rows.txt"
    rows.write_text("H0001, C1, out, Elsewhere")
    filled.json("dispute", "rows", 1, "--from", rows, code=1)


def test_the_demonstration_has_one_that_was_settled(demonstration: Flask) -> None:
    """Hereford's opiates of July 2017: three clients are the whole way from 8 to the 11 that the board saw."""
    ask = asker(demonstration, Role.PROVIDER, "H0001")
    shown = ask.json("/disputes/1")
    assert (shown["state"], shown["course"]["stage"], shown["closed"]["agreed"]) == (
        "closed", "settled", {"numerator": 9, "denominator": 258}
    )  # fmt: skip
    figures = ask.json("/disputes/1/account")
    assert (figures["ours"], figures["unexplained"]) == (
        {"numerator": 8, "denominator": 258}, {"rows": 0, "numerator": 0, "denominator": 0}
    )  # fmt: skip
    sums = shown["course"]["sums"]
    assert [sums[part]["numerator"] for part in ("accepted", "contested", "unanswered")] == [1, 2, 0]
    assert [len(shown["course"][part]) for part in ("rows", "happened")] == [3, 6]
    assert figures["cures"][0]["received_on"] is None
    [settled] = asker(demonstration, Role.COMMISSIONER).json("/disputes")["disputes"]
    assert settled["number"] == 1
