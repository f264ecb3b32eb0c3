"""How often one may try: by name at an address, by name, by remembered browser; links and uploads apart; by all
processes of the service together.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import sqlalchemy as sa
from flask import Flask
from limits import parse
from limits.strategies import MovingWindowRateLimiter

from domain.log.database import writing
from web.auth.guard import needs
from web.auth.rate_limits import limit_uploads
from web.auth.roles import Right, Role
from web.counts import SharedCounts

from .browser import PASSWORD, Person, a_person, an_account, without_a_server
from .http import API, Asker, a_token, assert_problem

COUNCIL = "192.0.2.1"
"""The one address behind which a council sits."""
ELSEWHERE = "198.51.100.7"


def at(app: Flask, address: str) -> Person:
    """Somebody at a new browser there."""
    person = a_person(app)
    person.client.environ_base["REMOTE_ADDR"] = address
    return person


def fail(app: Flask, address: str, names: list[str]) -> list[int]:
    """The answers to wrong passwords, each from a browser that nobody knows."""
    return [at(app, address).sign_in(name, "not the password").status_code for name in names]


@without_a_server
def test_a_name_is_tried_only_so_often_at_an_address(app: Flask) -> None:
    an_account(app, "Ann")
    assert fail(app, COUNCIL, ["Ann", " ann", "ANN ", "Ann", "Ann"]) == [401] * 5
    response = at(app, COUNCIL).sign_in("Ann")
    assert response.status_code == 429
    assert 1 <= int(response.headers["Retry-After"]) <= 60
    assert "Too many attempts" in response.get_data(as_text=True)
    assert f"Wait {response.headers['Retry-After']} second" in response.get_data(as_text=True)
    assert at(app, ELSEWHERE).sign_in("Ann").status_code == 303


@without_a_server
def test_one_who_mistypes_locks_nobody_else_out_behind_the_same_address(app: Flask) -> None:
    an_account(app, "Ann")
    assert fail(app, COUNCIL, ["Ben"] * 6) == [401] * 5 + [429]
    assert fail(app, COUNCIL, [f"no such {number}" for number in range(20)]) == [401] * 20
    assert at(app, COUNCIL).sign_in("Ann").status_code == 303


@without_a_server
def test_many_wrong_names_lock_an_address_out_but_no_browser_that_is_known(app: Flask) -> None:
    an_account(app, "Ann")
    known = at(app, COUNCIL)
    assert known.sign_in("Ann").status_code == 303
    assert known.post("/sign-out", "/account").status_code == 303
    names = [f"guess {number}" for number in range(31)]
    assert fail(app, COUNCIL, names) == [401] * 30 + [429]
    assert at(app, COUNCIL).sign_in("Ann").status_code == 429
    assert known.sign_in("Ann").status_code == 303
    assert at(app, ELSEWHERE).sign_in("Ann").status_code == 303


@without_a_server
def test_a_name_is_tried_only_so_often_from_everywhere_but_its_person_gets_in(app: Flask) -> None:
    an_account(app, "Ann")
    known = at(app, COUNCIL)
    assert known.sign_in("Ann").status_code == 303
    answers = [fail(app, f"198.51.100.{number}", ["Ann"])[0] for number in range(16)]
    assert answers == [401] * 15 + [429]
    assert at(app, ELSEWHERE).sign_in("Ann").status_code == 429
    assert known.sign_in("Ann").status_code == 303
    # A browser is known for its people alone, and is counted, too.
    assert known.sign_in("Ben", "x").status_code == 401
    assert [known.sign_in("Ann", "x").status_code for _ in range(6)] == [401] * 5 + [429]


@without_a_server
def test_where_somebody_comes_from_is_not_what_they_say(app: Flask) -> None:
    """Without a proxy that was named; or each guess would come from an address of its own."""
    for number in range(5):
        person = at(app, COUNCIL)
        fields = {"csrf_token": person.word(), "name": "Ann", "password": "x"}
        assert person.client.post("/sign-in", data=fields, headers={"X-Forwarded-For": f"192.0.2.{number}"})
    assert fail(app, COUNCIL, ["Ann"]) == [429]


@without_a_server
def test_who_signs_in_is_not_counted(app: Flask) -> None:
    an_account(app, "Ann")
    for _ in range(7):
        assert a_person(app, "Ann").is_in()


@without_a_server
def test_links_are_counted_apart(app: Flask) -> None:
    an_account(app, "Ann")
    someone = at(app, COUNCIL).client
    answers = [someone.get(f"/board/connect?word={number}").status_code for number in range(31)]
    assert answers == [400] * 30 + [429]
    assert someone.get("/sign-in/link?word=x").status_code == 400
    assert at(app, COUNCIL).sign_in("Ann").status_code == 303
    assert at(app, ELSEWHERE).client.get("/board/connect?word=x").status_code == 400


@without_a_server
def test_guesses_elsewhere_keep_nobody_from_changing_their_own_password(app: Flask) -> None:
    an_account(app, "Ann")
    person = a_person(app, "Ann")
    fail(app, ELSEWHERE, ["Ann"] * 5)
    new = {"old": PASSWORD, "password": "four words that are new"}
    wrong = [person.post("/account/password", "/account", **new | {"old": "x"}).status_code for _ in range(4)]
    assert wrong == [400] * 4
    assert person.post("/account/password", "/account", **new).status_code == 303


@without_a_server
def test_files_are_sent_only_so_often(app: Flask) -> None:
    @app.post(f"{API}/sends")
    @needs(Right.SUBMIT)
    @limit_uploads
    def sends() -> dict[str, Any]:
        return {}

    ask = Asker(app.test_client(), a_token(app, Role.COMMISSIONER))
    assert {ask.post("/sends").status_code for _ in range(30)} == {200}
    response = ask.post("/sends")
    assert_problem(response, 429, "too-many-requests")
    assert 1 <= int(response.headers["Retry-After"]) <= 60
    assert Asker(app.test_client(), a_token(app, Role.COMMISSIONER)).post("/sends").status_code == 200


# -- where it is counted -------------------------------------------------------------------------------------------

FIVE = parse("5/minute")


def test_all_processes_count_together_and_wait_for_no_writer(
    engine: sa.Engine, database_url: str, new_engine: Callable[..., sa.Engine]
) -> None:
    """Each with connections of its own, as processes have; somebody writes to the database meanwhile."""
    counts = [SharedCounts(new_engine(database_url)) for _ in range(4)]
    with writing(engine), ThreadPoolExecutor(8) as threads:
        limiters = [MovingWindowRateLimiter(one) for one in counts] * 5
        hits = list(threads.map(lambda limiter: limiter.hit(FIVE, "a"), limiters))
    assert sum(hits) == 5
    assert limiters[0].hit(FIVE, "b")
    assert limiters[0].get_window_stats(FIVE, "a").remaining == 0
    counts[0].give_back(FIVE.key_for("a"))
    assert [limiters[1].hit(FIVE, "a"), limiters[2].hit(FIVE, "a")] == [True, False]
    # Somebody who comes later finds what the others counted.
    later = SharedCounts(new_engine(database_url))
    assert not MovingWindowRateLimiter(later).hit(FIVE, "a")
    later.clear(FIVE.key_for("a"))
    assert MovingWindowRateLimiter(later).hit(FIVE, "a")
    for one in (*counts, later):
        one.close()


@without_a_server
def test_what_was_counted_before_the_clock_was_set_back_keeps_nobody_out(app: Flask) -> None:
    counts: SharedCounts = app.extensions["recount"].counts
    limiter = MovingWindowRateLimiter(counts)
    assert [limiter.hit(FIVE, "a") for _ in range(6)] == [True] * 5 + [False]
    file = sa.create_engine(f"sqlite:///{app.extensions['recount'].settings.file}.limits")
    with file.begin() as connection:
        connection.execute(sa.text("UPDATE recount_hit SET at = at + 86400, until = until + 86400"))
    file.dispose()
    assert limiter.hit(FIVE, "a")


@without_a_server
def test_many_guesses_at_once_are_not_more_than_one_by_one(app: Flask) -> None:
    an_account(app, "Ann")
    people = [at(app, ELSEWHERE) for _ in range(12)]
    words = [person.word() for person in people]
    together, statuses = threading.Barrier(len(people)), []

    def guess(person: Person, word: str) -> None:
        together.wait()
        fields = {"csrf_token": word, "name": "Ann", "password": "a guess"}
        statuses.append(person.client.post("/sign-in", data=fields).status_code)

    with ThreadPoolExecutor(len(people)) as threads:
        list(threads.map(guess, people, words))
    assert statuses.count(401) <= 5
    assert statuses.count(429) >= len(people) - 5
