"""A database of an earlier version is brought up to date: its tables, then the read models that this has dropped."""

import msgspec
import sqlalchemy as sa

from domain.log.mapper import JsonMapper
from projections.projector.rebuild import rebuild
from projections.store.migrations.upgrade import MigrationStep, Upgraded, upgrade
from projections.store.migrations.version import PROGRAM, History
from web.queries.result import Result
from web.services import Services


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
    """Bring the tables up to date, and make the read models anew where they were dropped.

    Cut short between the two, the next call goes on with the read models. Raises as `upgrade` and `rebuild`.
    """
    upgraded = upgrade(engine, history)
    if upgraded.needs_rebuild:
        rebuild(engine, mapper)
    return upgraded
