"""A disk without room: one clear sentence, nothing stored, and the same command goes through once there is room."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.postgres_server import command

from .conftest import Undisturbed, a_schema
from .disk import Disk
from .service import Service, sentence

KB = 1024


@pytest.fixture
def service(disk: Disk, service_on: Callable[[Disk], Service], undisturbed: Undisturbed) -> Service:
    """A service on a small disk, which has the first month."""
    service = service_on(disk)
    service.does(*undisturbed.months[0].submit)
    return service


def test_a_submission_on_a_full_disk(service: Service, disk: Disk, undisturbed: Undisturbed) -> None:
    """Full at once, while what changes is written ahead, and only when it goes into the database's file."""
    results = []
    for room in (0, 60 * KB, 200 * KB, 1500 * KB, 4000 * KB):
        disk.leave(room)
        results.append(service.run(*undisturbed.months[1].submit))
        disk.leave(None)
        stored = any(result.code == 0 for result in results)
        assert stored or "make room and try again" in sentence(results[-1])
        assert disk.rows() == undisturbed.after(2 if stored else 1)
    assert [result.code for result in results[:2]] == [1, 1]
    service.does(*undisturbed.months[1].submit)
    assert disk.rows() == undisturbed.after(2)


def test_a_rebuild_on_a_full_disk(service: Service, disk: Disk, undisturbed: Undisturbed) -> None:
    for room in (0, 60 * KB, 300 * KB):
        disk.leave(room)
        assert "make room and try again" in service.fails("rebuild")
        disk.leave(None)
        assert disk.rows() == undisturbed.after(1)
    service.does("rebuild")
    assert disk.rows() == undisturbed.after(1)


def test_a_file_that_may_not_grow(new_service: Callable[[str], Service], undisturbed: Undisturbed) -> None:
    """A limit on the size of files, as quotas have it, fails in its own way."""
    service = new_service("sqlite")
    service.does(*undisturbed.months[0].submit)
    limited = replace(service, prefix=("prlimit", f"--fsize={200 * KB}"))
    assert "make room and try again" in limited.fails(*undisturbed.months[1].submit)
    assert service.rows() == undisturbed.after(1)
    service.does(*undisturbed.months[1].submit)
    assert service.rows() == undisturbed.after(2)


@pytest.fixture
def small_tablespace(postgresql_url: sa.URL) -> Iterator[tuple[Path, sa.URL]]:
    """A folder on a small disk, and a database of the suite's server that lies there; only root can make one."""
    host = str(postgresql_url.query.get("host", ""))
    if os.geteuid() or not host.startswith("/"):
        pytest.skip("only root can mount a disk for a server of this machine")
    folder = Path(tempfile.mkdtemp(prefix="recount-disk-"))
    owner = pwd.getpwuid(Path(host).stat().st_uid)
    options = f"size=32m,uid={owner.pw_uid},gid={owner.pw_gid},mode=700"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "recount", str(folder)], check=False, capture_output=True
    )
    if mounted.returncode:
        folder.rmdir()
        pytest.skip("mounting is not allowed here")
    try:
        data = folder / "data"
        data.mkdir()
        os.chown(data, owner.pw_uid, owner.pw_gid)
        command(postgresql_url, f"CREATE TABLESPACE small LOCATION '{data}'")
        command(postgresql_url, "CREATE DATABASE on_small_disk TABLESPACE small TEMPLATE template0")
        yield folder, postgresql_url.set(database="on_small_disk")
        command(postgresql_url, "DROP DATABASE on_small_disk WITH (FORCE)")
        command(postgresql_url, "DROP TABLESPACE small")
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


@pytest.mark.postgres
def test_a_full_disk_of_a_server(
    small_tablespace: tuple[Path, sa.URL],
    new_engine: Callable[..., sa.Engine],
    undisturbed: Undisturbed,
    tmp_path: Path,
) -> None:
    folder, url = small_tablespace
    address = a_schema(url, "on_full_disk")
    service = Service(address, new_engine(address), tmp_path)
    service.does(*undisturbed.months[0].submit)
    filler = folder / "filler"
    filler.write_bytes(bytes(max(shutil.disk_usage(folder).free - 200 * KB, 0)))
    assert "make room and try again" in service.fails(*undisturbed.months[1].submit)
    assert "make room and try again" in service.fails("rebuild")
    assert service.rows() == undisturbed.after(1)
    filler.unlink()
    service.does(*undisturbed.months[1].submit)
    assert service.rows() == undisturbed.after(2)
    service.engine.dispose()
