"""A database of an earlier version is brought up to date: its tables, then the read models that this has dropped."""

from time import sleep
from typing import Final

import msgspec
import sqlalchemy as sa

from domain.errors import NotAgreed
from domain.log.database import reading
from domain.log.mapper import JsonMapper
from projections.projector.rebuild import rebuild
from projections.store import generations
from projections.store.migrations.upgrade import MigrationStep, Upgraded, upgrade
from projections.store.migrations.version import PROGRAM, History
from web.queries.result import Result
from web.services import Services

LONGEST_REBUILD: Final = 600.0
"""Seconds that another process may take to make the read models anew; ten years of files take one minute."""
LOOKING_EVERY: Final = 0.2


class MigrationResult(Result, frozen=True):
    """From which version of the tables to which, by which steps, and whether the read models were made anew."""

    before: str = msgspec.field(name="from")
    now: str = msgspec.field(name="to")
    steps: list[MigrationStep]
    rebuilt: bool


def migrate(services: Services) -> MigrationResult:
    """Bring the database up to this program's version. Raises as `upgrade_and_rebuild`."""
    upgraded = upgrade_and_rebuild(services.engine_of_any_version, services.mapper)
    return MigrationResult(upgraded.before, upgraded.now, upgraded.steps, upgraded.needs_rebuild)


def upgrade_and_rebuild(engine: sa.Engine, mapper: JsonMapper, history: History = PROGRAM) -> Upgraded:
    """Bring the tables up to date, and make the read models anew where they were dropped or counted otherwise.

    Cut short between the two, the next call goes on with the read models. Raises as `upgrade` and `rebuild`.
    """
    upgraded = upgrade(engine, history)
    if upgraded.needs_rebuild:
        try:
            rebuild(engine, mapper)
        except NotAgreed:
            # Somebody else makes them anew too, and began later: whoever began last is not disturbed.
            if not _are_made_by_others(engine):
                raise
    return upgraded


def _are_made_by_others(engine: sa.Engine) -> bool:
    """Wait for read models that another process makes; False if there are none in good time."""
    for _ in range(int(LONGEST_REBUILD / LOOKING_EVERY)):
        with reading(engine) as connection:
            if generations.is_current(connection):
                return True
        sleep(LOOKING_EVERY)
    return False
