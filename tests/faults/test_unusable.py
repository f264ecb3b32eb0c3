"""A database that cannot be used: each command ends with exit code 1 and a sentence that says what to do."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa

from domain.log.database import writing

from .conftest import Undisturbed
from .disk import Disk
from .service import Ended, Service, kills, sentence

PAGE = 4096
"""Bytes of a page of SQLite, unless somebody asks for another size."""
QUESTION = ("figures", "--as-of", "2017-01-31", "--json")


@pytest.fixture
def service(backend: str, new_service: Callable[[str], Service], undisturbed: Undisturbed) -> Service:
    """A service that has the first month."""
    service = new_service(backend)
    service.does(*undisturbed.months[0].submit)
    return service


on_sqlite = pytest.mark.parametrize("backend", ["sqlite"])


def test_another_process_holds_the_database(service: Service, undisturbed: Undisturbed) -> None:
    impatient = service.under(_waiting_a_second(service.address))
    with writing(service.engine):
        for command in (undisturbed.months[1].submit, ("rebuild",)):
            assert "is busy: another process is writing" in impatient.fails(*command)
        impatient.does(*QUESTION)
    assert service.rows() == undisturbed.after(1)
    service.does(*undisturbed.months[1].submit)
    assert service.rows() == undisturbed.after(2)


def _waiting_a_second(address: str) -> str:
    url = sa.make_url(address)
    if url.get_backend_name() == "sqlite":
        return url.update_query_dict({"timeout": "1"}).render_as_string(hide_password=False)
    options = f"{url.query['options']} -c lock_timeout=1s"
    return url.update_query_dict({"options": options}).render_as_string(hide_password=False)


def test_another_client_key(service: Service, undisturbed: Undisturbed) -> None:
    """With another key every person would be a new one."""
    other = service.under(RECOUNT_CLIENT_KEY="names the persons of another service")
    for options in ((), ("--dry-run",)):
        said = other.fails(*undisturbed.months[1].submit, *options)
        assert "filled with another client key" in said
        assert "Set RECOUNT_CLIENT_KEY" in said
    assert service.rows() == undisturbed.after(1)
    service.does(*undisturbed.months[1].submit)
    assert service.rows() == undisturbed.after(2)


@on_sqlite
def test_a_client_key_that_is_lost(service: Service, undisturbed: Undisturbed) -> None:
    """No new one is made beside a database that holds persons."""
    others = {name: value for name, value in service.environment.items() if name != "RECOUNT_CLIENT_KEY"}
    said = replace(service, environment=others).fails(*undisturbed.months[1].submit)
    assert "The key that names the persons" in said
    assert "Restore it" in said
    assert service.rows() == undisturbed.after(1)


@on_sqlite
def test_a_truncated_file(service: Service, undisturbed: Undisturbed) -> None:
    for part, command in zip((0.002, 0.3, 0.9), (QUESTION, ("verify",), undisturbed.months[1].submit), strict=True):
        whole = _closed(service)
        service.file.write_bytes(whole[: int(part * len(whole))])
        said = service.fails(*command)
        assert "is not a SQLite database, or is damaged" in said
        assert "restore it from a backup" in said
        _restore(service, whole)
    assert service.rows() == undisturbed.after(1)


@on_sqlite
def test_a_file_damaged_anywhere(service: Service, undisturbed: Undisturbed) -> None:
    """Any page lost: what reads it says so, and no figure is wrong. What does not need the page is still answered."""
    whole, right = _closed(service), service.does(*QUESTION).out
    chance = random.Random(4)
    for number in range(kills(2)):
        page = chance.randrange(len(whole) // PAGE) * PAGE
        lost = bytes(PAGE) if number % 2 else chance.randbytes(PAGE)
        service.file.write_bytes(whole[:page] + lost + whole[page + PAGE :])
        result = service.run(*QUESTION)
        assert result.out == right or _names_damage(result), page
        result = service.run(*undisturbed.months[1].submit)
        assert result.code == 0 or _names_damage(result), page
        _restore(service, whole)
        service.file.write_bytes(whole[:page] + lost + whole[page + PAGE :])
        assert "Traceback" not in service.run("verify", "--standpoints", "1").error, page
        _restore(service, whole)
    assert service.rows() == undisturbed.after(1)


@on_sqlite
@pytest.mark.parametrize("damage", [b"\xff", b"x"])
def test_a_moment_that_is_none(service: Service, undisturbed: Undisturbed, damage: bytes) -> None:
    """SQLite stores days and moments as text, and takes any other text for one as well."""
    with service.engine.connect() as connection:
        stored: str = connection.exec_driver_sql("SELECT recorded_at FROM log WHERE position = 1").scalar_one()
    whole = _closed(service)
    service.file.write_bytes(whole.replace(stored.encode(), damage + stored.encode()[1:]))
    for command in (undisturbed.months[1].submit, ("verify",), ("rebuild",)):
        assert _names_damage(service.run(*command)), command
    _restore(service, whole)
    assert service.rows() == undisturbed.after(1)


def _names_damage(result: Ended) -> bool:
    said = sentence(result)
    return any(words in said for words in ("is damaged", "cannot be read", "from a backup", "recount rebuild"))


@on_sqlite
def test_a_file_of_something_else(service: Service, undisturbed: Undisturbed) -> None:
    whole = _closed(service)
    service.file.write_text("Dear Sir or Madam, this is no database. " * 500)
    for command in (QUESTION, undisturbed.months[1].submit, ("rebuild",)):
        assert "is not a SQLite database" in service.fails(*command)
    assert service.file.read_text().startswith("Dear Sir or Madam")
    _restore(service, whole)
    assert service.rows() == undisturbed.after(1)


def _closed(service: Service) -> bytes:
    """The database as a file at rest: nothing is left in front of it."""
    service.engine.dispose()
    assert [path.name for path in service.file.parent.glob("recount.db-*")] == []
    return service.file.read_bytes()


def _restore(service: Service, whole: bytes) -> None:
    for path in service.file.parent.glob("recount.db-*"):
        path.unlink()
    service.file.write_bytes(whole)


def test_a_folder_that_is_read_only(
    disk: Disk, service_on: Callable[[Disk], Service], undisturbed: Undisturbed
) -> None:
    service = service_on(disk)
    service.does(*undisturbed.months[0].submit)
    disk.allow("ro")
    for command in (undisturbed.months[1].submit, ("rebuild",)):
        assert "Check that its folder exists and that you may write there" in service.fails(*command)
    disk.allow("rw")
    service.does(*undisturbed.months[1].submit)
    assert disk.rows() == undisturbed.after(2)


def test_a_folder_that_is_read_only_from_the_start(disk: Disk, service_on: Callable[[Disk], Service]) -> None:
    disk.allow("ro")
    service = replace(service_on(disk), environment={})
    assert "Check that its folder exists and that you may write there" in service.fails(*QUESTION)
