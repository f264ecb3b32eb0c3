"""Two machines over one database server: they share nothing but the server, and submit at the same time."""

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from domain.event_types import EVENT_TYPES
from domain.log.database import reading
from domain.log.mapper import JsonMapper
from projections.projector.verify import verify
from projections.store import tables

from .disk import PRIVATE
from .files import write_months
from .service import Service, ended


def machine(service: Service, own: Path, other: Path) -> Service:
    """The service's program on a machine with a folder and processes of its own, which does not see the other's."""
    own.mkdir(exist_ok=True)
    other.mkdir(exist_ok=True)
    hide = f'mount -t tmpfs nothing "{other}" && exec "$@"'
    alone = ("unshare", *PRIVATE, "--ipc", "--uts", "sh", "-c", hide, "sh")
    return replace(service, folder=own, prefix=alone)


@pytest.mark.parametrize("backend", ["postgresql"])
def test_two_machines_submit_at_once(service: Service, tmp_path: Path) -> None:
    folders = tmp_path / "north", tmp_path / "south"
    north, south = machine(service, *folders), machine(service, *folders[::-1])
    months = [write_months(tmp_path / agency, agency=agency, people=60, months=2) for agency in ("H0001", "H0002")]
    for of_north, of_south in zip(*months, strict=True):
        running = [north.start(*of_north.submit), south.start(*of_south.submit)]
        assert [ended(process).code for process in running] == [0, 0]
    running = [north.start("rebuild"), south.start(*months[1][-1].submit, "--json")]
    results = [ended(process) for process in running]
    assert [result.code for result in results] == [0, 0], results
    assert '"already_received": true' in results[1].out
    with reading(service.engine) as connection:
        received = connection.execute(sa.select(tables.submission.c.agency).order_by(tables.submission.c.number))
        assert sorted(received.scalars()) == ["H0001"] * 2 + ["H0002"] * 2
    assert verify(service.engine, JsonMapper(EVENT_TYPES), standpoints=2).holds
