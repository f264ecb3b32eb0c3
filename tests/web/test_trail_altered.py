"""Whoever has the database changes who looked, or who may do what: `recount verify` names it.

The changes are made by SQL and taken back, one after the other, in one database of each kind.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from domain.log import audit
from domain.log.database import ACCESS, reading, writing
from domain.log.guards import guard_faults
from domain.proof.chain import BEGINNING
from domain.proof.head import SignedHead
from tests.conftest import BACKENDS, in_a_schema
from tests.unit.intake.files import row, write
from web.auth import tokens
from web.auth.roles import Role
from web.auth.trail import access, chain, grants
from web.auth.trail.access import Deed, line_hash
from web.auth.trail.chain import newest_of_both
from web.clock import now
from web.services import Services
from web.settings import DATABASE, Settings
from web.tables import access as trail
from web.tables import access_head, account, sign_in_link, trail_head

from .conftest import KEYS, CommandLine

PASSWORD = "four words in a row\n"
LOOKS = 3


@dataclass(frozen=True)
class Filled:
    """A database with a month, accounts, tokens, a trail, and heads signed with and between submissions."""

    recount: CommandLine
    services: Services

    def said(self, *statements: Any, guarded: bool = False) -> list[str]:
        """What is found after these statements, which are then taken back."""
        with altering(self.services.engine) as log, altering(self.services.access_engine) as beside:
            if not guarded:
                unguarded(log, "access_head")
                unguarded(beside, "access")
            for statement in statements:
                if callable(statement):
                    statement(beside)
                else:
                    where = log if "access_head" in str(statement) else beside
                    where.execute(sa.text(statement) if isinstance(statement, str) else statement)
            return [*chain.faults(log, beside, self.services.signer.keys), *grants.faults(beside)]

    def newest(self) -> SignedHead | None:
        with reading(self.services.engine) as log:
            return newest_of_both(log)


@contextmanager
def altering(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that is taken back."""
    with engine.connect().execution_options(writing=True) as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


def unguarded(connection: sa.Connection, table: str) -> None:
    """Without the triggers, as whoever owns the table can have it."""
    if connection.dialect.name == "sqlite":
        for deed in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER {table}_{deed}")
    else:
        connection.exec_driver_sql(f"DROP TRIGGER {table}_only_grows ON {table}")


@pytest.fixture(scope="module", params=BACKENDS)
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    folder = tmp_path_factory.mktemp("trail")
    address = f"sqlite:///{folder / 'recount.db'}"
    if request.param == "postgresql":
        address = in_a_schema(request.getfixturevalue("postgresql_url"))
    recount = CommandLine(folder, {DATABASE: address, **KEYS})
    services = Services(Settings.from_environment(recount.settings))
    fill(recount, services)
    yield Filled(recount, services)
    services.close()


def fill(recount: CommandLine, services: Services) -> None:
    recount("user", "ann", "--role", "auditor", "--password-stdin", typed=PASSWORD)
    recount("user", "pat", "--role", "provider", "--agency", "H0001", "--password-stdin", typed=PASSWORD)
    recount("user", "pat", "--close")
    recount("token", "council tool", "--role", "auditor", "--scope", "figures", "--days", "30")
    ended = recount.json("token", "old tool", "--role", "commissioner")
    recount("token", "--revoke", ended["id"])
    recount("submit", write(recount.folder, [row()]), "--received-on", "2017-02-10")
    for number in range(LOOKS):
        access.note(services.access_engine, now(), "ann", "auditor", Deed.LOOKED, "figure.members", {"place": number})
    recount("head")
    access.note(services.access_engine, now(), "ann", "auditor", Deed.LOOKED, "figure.members", {"place": 9})


def test_nothing_is_found_where_nothing_was_altered(filled: Filled) -> None:
    assert filled.said(guarded=True) == []


TO_THE_TRAIL = {
    "a reason is put in": ("UPDATE access SET reason = 'a dispute' WHERE number = 7", "Line 7 of the trail is not"),
    "somebody else looked": ("UPDATE access SET actor = 'pat' WHERE number = 7", "Line 7 of the trail is not"),
    "the deed": ("UPDATE access SET deed = 'signed-in' WHERE number = 7", "Line 7 of the trail is not"),
    "the moment": ("UPDATE access SET at = '2001-01-01 00:00:00+00:00' WHERE number = 7", "Line 7 of the trail is"),
    "its hash": (trail.update().where(trail.c.number == 7).values(hash=BEGINNING), "Line 7 of the trail is not"),
    "one is removed": ("DELETE FROM access WHERE number = 3", "Line 3 of the trail is missing"),
    "the first is removed": ("DELETE FROM access WHERE number = 1", "Line 1 of the trail is missing"),
    "the end is cut off": ("DELETE FROM access WHERE number > 4", "ends at line 4, but a head was signed at line"),
    "all is removed": ("DELETE FROM access", "The trail ends at line 0"),
}


@pytest.mark.parametrize(("statement", "words"), TO_THE_TRAIL.values(), ids=TO_THE_TRAIL)
def test_a_line_is_altered(filled: Filled, statement: Any, words: str) -> None:
    said = filled.said(statement)
    assert any(words in one for one in said), said
    with pytest.raises(sa.exc.DBAPIError, match="only grows"):
        filled.said(statement, guarded=True)


def renumbered(connection: sa.Connection) -> None:
    """The third line goes, and those behind it move up."""
    numbers = connection.execute(sa.select(trail.c.number).order_by(trail.c.number)).scalars().all()
    connection.execute(trail.delete().where(trail.c.number == 3))
    for number in numbers[3:]:
        connection.execute(trail.update().where(trail.c.number == number).values(number=number - 1))


def inserted(connection: sa.Connection) -> None:
    """A line between the seventh and the eighth."""
    numbers = connection.execute(sa.select(trail.c.number).order_by(trail.c.number.desc())).scalars().all()
    for number in numbers[:-7]:
        connection.execute(trail.update().where(trail.c.number == number).values(number=number + 1))
    (line,) = connection.execute(sa.select(trail).where(trail.c.number == 7)).mappings()
    connection.execute(trail.insert().values({**line, "number": 8}))


def swapped(connection: sa.Connection) -> None:
    for number, other in ((7, 1000), (8, 7), (1000, 8)):
        connection.execute(trail.update().where(trail.c.number == number).values(number=other))


def made_anew(connection: sa.Connection) -> None:
    """Somebody who has read the program makes every hash again."""
    before = BEGINNING
    for line in connection.execute(sa.select(trail).order_by(trail.c.number)).all():
        before = line_hash(before, line[:-1])
        connection.execute(trail.update().where(trail.c.number == line.number).values(hash=before))


def added(connection: sa.Connection) -> None:
    """Whoever can write can add a line, as the program does."""
    access.note_on(connection, now(), "ann", "auditor", Deed.LOOKED)


A_REASON = "UPDATE access SET reason = 'a dispute' WHERE number = 7"
BY_WHO_KNOWS = {
    "removed, and the others moved up": ((renumbered,), "Line 3 of the trail is not the one"),
    "inserted, and the others moved on": ((inserted,), "Line 8 of the trail is not the one"),
    "two swapped": ((swapped,), "Line 7 of the trail is not the one"),
    "altered, and every hash made anew": ((A_REASON, made_anew), "What was signed of the trail at line"),
    "removed, and every hash made anew": ((renumbered, made_anew), "What was signed of the trail at line"),
    "a head between is altered": (
        (access_head.update().values(recorded_at=now()),),
        "is not one that this service signed",
    ),
    "a head between is over another log": ((access_head.update().values(size=2),), "is not one that this service"),
}


@pytest.mark.parametrize(("statements", "words"), BY_WHO_KNOWS.values(), ids=BY_WHO_KNOWS)
def test_it_is_altered_by_somebody_who_knows_how_it_is_made(filled: Filled, statements: Any, words: str) -> None:
    said = filled.said(*statements)
    assert any(words in one for one in said), said


def test_the_limit_is_what_came_since_the_newest_head(filled: Filled) -> None:
    """The last line was noted after the newest head. Until somebody signs, the chain alone covers it."""
    head = filled.newest()
    assert head is not None
    assert head.head.trail is not None
    newest = head.head.trail.size
    assert filled.said(f"DELETE FROM access WHERE number > {newest}") == []
    assert filled.said(f"UPDATE access SET reason = 'x' WHERE number = {newest + 1}", made_anew) == []
    assert filled.said(f"DELETE FROM access WHERE number >= {newest}") != []
    assert filled.said(added, guarded=True) == []


TO_RIGHTS = {
    "a role": ("UPDATE account SET role = 'administrator' WHERE name = 'ann'", "role 'administrator', but was given"),
    "agencies": ("UPDATE account SET agencies = 'H0001 H0002' WHERE name = 'pat'", "agencies 'H0001 H0002', but was"),
    "a password": ("UPDATE account SET password = 'x' WHERE name = 'ann'", "'ann' (number 1) is not as it was left"),
    "an identity": ("UPDATE account SET issuer = 'https://id' WHERE name = 'ann'", "'ann' (number 1) is not as it"),
    "a name": ("UPDATE account SET name = 'eve' WHERE name = 'ann'", "'eve' (number 1) is not as it was left"),
    "a closed account opened": ("UPDATE account SET closed_at = NULL", "'pat' (number 2) is not as it was left"),
    "an account removed": ("DELETE FROM account WHERE name = 'pat'", "account 2 was made, but it is not there"),
    "an account made": (
        account.insert().values(
            number=7,
            name="eve",
            issuer="",
            subject="eve",
            role="administrator",
            agencies="",
            made_at=now(),
            session="x",
        ),
        "'eve' (number 7) was made by nobody",
    ),
    "a token's role": ("UPDATE token SET role = 'administrator'", "role 'administrator', but was given 'auditor'"),
    "a token's scopes": ("UPDATE token SET scopes = ''", "has the scopes '', but was given 'figures'"),
    "a token's end": ("UPDATE token SET expires_at = NULL WHERE scopes <> ''", "is not as it was left"),
    "a revoked token": ("UPDATE token SET revoked_at = NULL", "The token 'old tool'"),
    "a token's secret": (
        sa.text("UPDATE token SET digest = :digest WHERE scopes <> ''").bindparams(digest=BEGINNING),
        "The token 'council tool'",
    ),
    "a token removed": ("DELETE FROM token WHERE scopes <> ''", "was made, but it is not there"),
    "a token made": (
        lambda connection: tokens.make_token(connection, "eve", Role.ADMINISTRATOR, (), (), None, "ann", now()),
        "was made by nobody: no line of the trail says who",
    ),
    "a link": (
        sign_in_link.insert().values(digest=BEGINNING, account=1, expires_at=now() + timedelta(days=1)),
        "A link signs in the account 'ann', but nobody gave it one",
    ),
}


@pytest.mark.parametrize(("statement", "words"), TO_RIGHTS.values(), ids=TO_RIGHTS)
def test_a_right_that_nobody_gave(filled: Filled, statement: Any, words: str) -> None:
    said = filled.said(statement, guarded=True)
    assert any(words in one for one in said), said


def test_a_missing_trigger_is_named(filled: Filled) -> None:
    with altering(filled.services.access_engine) as beside:
        unguarded(beside, "access")
        said = [one for one in guard_faults(beside) if "The trigger access_" in one]
    assert len(said) == (2 if beside.dialect.name == "sqlite" else 1)


def test_an_older_access_database_in_the_place_of_the_newer_one_is_told(recount: CommandLine) -> None:
    """A revoked token would hold again; the heads that were signed since lie with the log."""
    file = Path(recount.settings[DATABASE].removeprefix("sqlite:///") + ACCESS)
    if not recount.settings[DATABASE].startswith("sqlite"):
        pytest.skip("on a server both are one database")
    recount("submit", write(recount.folder, [row()]), "--received-on", "2017-02-10")
    token = recount.json("token", "tool", "--role", "auditor")["id"]
    before = file.read_bytes()
    recount("token", "--revoke", token)
    recount("head")
    file.write_bytes(before)
    checks = recount.json("verify", "--standpoints", "1", code=1)["checks"]
    [found] = [check for check in checks if check["found"]]
    assert found["differences"] == ["The trail ends at line 1, but a head was signed at line 2."]


def test_a_head_of_a_submission_covers_the_trail(filled: Filled) -> None:
    """A log's head whose trail was altered is a head that nobody signed."""
    with filled.services.engine.connect().execution_options(writing=True) as log, log.begin() as transaction:
        name = "signed_head_update" if log.dialect.name == "sqlite" else "signed_head_only_grows ON signed_head"
        log.exec_driver_sql(f"DROP TRIGGER {name}")
        log.exec_driver_sql("UPDATE signed_head SET trail_size = 1")
        said = list(audit.faults(log, filled.services.signer.keys))
        transaction.rollback()
    assert any("is not the one that was signed" in one for one in said), said


# -- by the command line --------------------------------------------------------------------------------------------


def test_verify_says_it_and_what_is_given_by_its_own_ways_holds(recount: CommandLine) -> None:
    services = Services(Settings.from_environment(recount.settings))
    try:
        fill(recount, services)
        recount("user", "ann", "--role", "commissioner", "--link")
        recount("user", "pat", "--role", "provider", "--agency", "H0002")
        recount("user", "ann", "--password-stdin", typed=PASSWORD)
        assert recount.json("verify", "--standpoints", "1")["holds"]
        # A verification that holds signs what came since the newest head.
        with reading(services.engine) as log, reading(services.access_engine) as beside:
            assert chain.all_trail_heads(log)[-1].head.trail == trail_head(beside)
        with writing(services.access_engine) as connection:
            connection.exec_driver_sql("UPDATE account SET role = 'administrator' WHERE name = 'pat'")
        said = recount.json("verify", "--standpoints", "1", code=1)
        found = {check["name"]: check["differences"] for check in said["checks"] if check["found"]}
        assert list(found) == ["accounts and tokens"]
        [sentence] = found["accounts and tokens"]
        assert "'pat' (number 2) has the role 'administrator', but was given 'provider'" in sentence
    finally:
        services.close()
