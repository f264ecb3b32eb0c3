"""The machine's clock is set back, or ahead and back again, between two submissions."""

import json
import shutil
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from domain.log.database import reading
from domain.log.tables import log

from .conftest import Undisturbed
from .service import Service, sentence

pytestmark = pytest.mark.skipif(not shutil.which("faketime"), reason="faketime is not installed")


def at(service: Service, days: int) -> Service:
    """The same service on a machine whose clock is off by so many days."""
    return replace(service, prefix=("faketime", "-f", f"{days:+}d"))


def test_a_clock_that_was_set_back(service: Service, undisturbed: Undisturbed) -> None:
    """The log goes on in order, at the moment of its newest event; what was known on a day stays."""
    months = undisturbed.months
    service.does(*months[0].submit)
    at(service, -400).does(*months[1].submit)
    assert service.rows() == undisturbed.after(2)
    with reading(service.engine) as connection:
        moments = connection.execute(sa.select(log.c.recorded_at).order_by(log.c.position)).scalars().all()
    assert moments == sorted(moments)
    assert max(moments) - min(moments) < timedelta(days=1)
    assert json.loads(service.does("verify", "--standpoints", "2", "--json").out)["holds"]


def test_a_day_of_receipt_by_a_clock_that_was_set_back_is_refused(service: Service, undisturbed: Undisturbed) -> None:
    """Without a day a file is received today; a today before the newest receipt would alter what was known then."""
    months = undisturbed.months
    service.does("submit", str(months[0].path))
    refused = at(service, -2).run("submit", str(months[1].path))
    assert "lies before that of the newest submission" in sentence(refused)
    assert service.rows()["submission"][0] == 1
    service.does("submit", str(months[1].path))
