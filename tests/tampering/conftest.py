"""One real database with everything in it, made once a run; each test alters it in a transaction that goes again, or
alters a copy."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from projections.projector.verify import Against, Verification, verify_snapshot
from tests.web.conftest import KEYS, CommandLine
from web.commands.administration.beside import checks_beside
from web.services import Services
from web.settings import DATABASE, Settings

from .everything import fill


def command_line(folder: Path) -> CommandLine:
    return CommandLine(folder, {DATABASE: f"sqlite:///{folder / 'recount.db'}", **KEYS})


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the database. Nothing in it may be changed for good."""
    folder = tmp_path_factory.mktemp("everything")
    fill(command_line(folder))
    return folder


@pytest.fixture(scope="session")
def services(filled: Path) -> Iterator[Services]:
    services = Services(Settings.from_environment(command_line(filled).settings))
    yield services
    services.close()


@pytest.fixture
def copied(filled: Path, tmp_path: Path) -> CommandLine:
    """The command line on a copy of the database."""
    folder = shutil.copytree(filled, tmp_path / "copy")
    return command_line(folder)


def said_of(verification: Verification) -> str:
    return "\n".join(f"{check.name}: {difference}" for check in verification.checks for difference in check.differences)


def verified(services: Services, connection: sa.Connection, standpoints: int = 0) -> str:
    """What `recount verify` says of what a transaction sees; nothing if all agrees. The reference engine counts again
    at so many `standpoints`.
    """
    against = Against(services.signer.keys, checks_beside(services))
    return said_of(verify_snapshot(connection, services.mapper, standpoints, against=against))


def without_triggers(connection: sa.Connection) -> None:
    """What an owner of the database can do; `restored` puts them back, and nobody sees that they were gone."""
    for name in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all():
        connection.exec_driver_sql(f"DROP TRIGGER {name}")


Alter = Callable[..., str]


@pytest.fixture
def after(services: Services) -> Alter:
    """What verifying says after statements without triggers, which are put back; all of it goes again."""

    def altered(*statements: str, standpoints: int = 0) -> str:
        with services.engine.connect().execution_options(writing=True) as connection, connection.begin() as transaction:
            triggers = (
                connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'trigger'").scalars().all()
            )
            without_triggers(connection)
            for statement in statements:
                assert connection.exec_driver_sql(statement).rowcount, f"nothing was altered by: {statement}"
            for trigger in triggers:
                connection.exec_driver_sql(trigger)
            said = verified(services, connection, standpoints)
            transaction.rollback()
        return said

    return altered
