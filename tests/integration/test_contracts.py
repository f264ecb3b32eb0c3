"""Contracts said by word: what is kept, what is refused, and what the read models make of it on both databases."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from domain.contract_life.contract import Contract
from domain.errors import Refused
from domain.log.database import reading
from domain.log.reading import last_position
from domain.register import Register
from projections.projector.rebuild import rebuild
from projections.projector.verify import verify
from projections.store import generations
from projections.store.submissions import load_contracts
from tests.conftest import Clock
from tests.ledger import a_register
from web.commands.commit import Receipt
from web.commands.contract_life.contracts import REFUSALS, ContractConfirmed, agree_contract, withdraw_contract

FIRST, LAST = date(2017, 4, 1), date(2019, 3, 31)
RECEIVED, TODAY = date(2017, 3, 20), date(2018, 1, 1)


@pytest.fixture
def register(engine: sa.Engine, clock: Clock) -> Register:
    return a_register(engine, clock)


def agree(register: Register, agency: str = "H0001", received_on: date = RECEIVED, **given: Any) -> ContractConfirmed:
    contract = Contract(0, agency, **({"first_day": FIRST} | given))
    return agree_contract(register, contract, Receipt(received_on, TODAY, "ann", "administrator"))


def withdraw(register: Register, agency: str = "H0001", first_day: date = FIRST) -> ContractConfirmed:
    return withdraw_contract(register, agency, first_day, Receipt(RECEIVED, TODAY, "ann", "administrator"))


def standing(register: Register, position: int | None = None) -> list[Contract]:
    with reading(register.engine) as connection:
        return load_contracts(connection, generations.live(connection)).known_at(position)


@pytest.fixture
def refuses(register: Register) -> Callable[[str], Any]:
    """A block in which something is refused with this code, and nothing is stored."""

    @contextmanager
    def refusing(code: str) -> Iterator[None]:
        before = standing(register)
        with pytest.raises(Refused) as refused:
            yield
        assert refused.value.code == code
        assert code in REFUSALS
        assert standing(register) == before

    return refusing


def test_a_contract_stands_as_said_last(register: Register) -> None:
    first = agree(register)
    ended = agree(register, last_day=LAST)
    other = agree(register, "H0002", first_day=LAST + timedelta(1), succeeds="H0001")
    assert [c.position for c in (first, ended, other)] == [1, 2, 3]
    assert standing(register) == [
        Contract(2, "H0001", FIRST, LAST),
        Contract(3, "H0002", LAST + timedelta(1), succeeds="H0001"),
    ]
    assert standing(register, 1) == [Contract(1, "H0001", FIRST)]
    assert withdraw(register).withdrawn
    assert [c.agency for c in standing(register)] == ["H0002"]
    assert standing(register, 3)[0] == Contract(2, "H0001", FIRST, LAST)


def test_a_rebuild_knows_the_same(register: Register) -> None:
    agree(register)
    agree(register, last_day=LAST)
    agree(register, "H0002")
    withdraw(register)
    before = standing(register), standing(register, 2)
    rebuild(register.engine, register.mapper)
    assert (standing(register), standing(register, 2)) == before
    checks = {check.name: check for check in verify(register.engine, register.mapper, 3).checks}
    assert (checks["contract rows"].size, checks["contract rows"].found) == (4, 0)


def test_verify_misses_a_row(register: Register) -> None:
    agree(register)
    with register.engine.begin() as connection:
        connection.execute(sa.text("UPDATE contract SET agency = 'H0009'"))
    found = {check.name: check.found for check in verify(register.engine, register.mapper, 1).checks}
    assert found["contract rows"] == 2


def test_what_is_refused(register: Register, refuses: Any) -> None:
    agree(register, last_day=LAST)
    with refuses("contract-ends-before-it-begins"):
        agree(register, "H0002", last_day=FIRST - timedelta(1))
    with refuses("contract-succeeds-itself"):
        agree(register, "H0002", succeeds="H0002")
    with refuses("contract-unchanged"):
        agree(register, last_day=LAST)
    with refuses("contract-unknown"):
        withdraw(register, first_day=FIRST + timedelta(1))
    with refuses("contract-unknown"):
        withdraw(register, "H0002")
    with refuses("received-in-future"):
        agree(register, "H0002", received_on=TODAY + timedelta(1))
    with refuses("received-out-of-order"):
        agree(register, "H0002", received_on=RECEIVED - timedelta(1))


@pytest.mark.parametrize(
    ("first_day", "last_day"),
    [
        (LAST, None),
        (FIRST - timedelta(9), FIRST),
        (FIRST - timedelta(9), None),
        (FIRST + timedelta(9), FIRST + timedelta(10)),
    ],
)
def test_two_contracts_of_an_agency_do_not_overlap(
    register: Register, refuses: Any, first_day: date, last_day: date | None
) -> None:
    agree(register, last_day=LAST)
    with refuses("contract-overlaps"):
        agree(register, first_day=first_day, last_day=last_day)


def test_contracts_that_touch_do_not_overlap(register: Register, refuses: Any) -> None:
    agree(register, first_day=FIRST - timedelta(9), last_day=FIRST - timedelta(1))
    agree(register, last_day=LAST)
    agree(register, first_day=LAST + timedelta(1))
    # The first day is known, but the new end would reach into the next contract.
    with refuses("contract-overlaps"):
        agree(register, first_day=FIRST - timedelta(9))


def test_a_trial_stores_nothing(register: Register) -> None:
    contract = Contract(0, "H0001", FIRST)
    said = agree_contract(register, contract, Receipt(RECEIVED, TODAY, "ann", "administrator", dry_run=True))
    assert said.position is None
    with reading(register.engine) as connection:
        assert last_position(connection) == 0
