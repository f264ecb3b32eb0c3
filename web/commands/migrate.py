"""A database of an earlier version is brought up to date: its tables, then the read models that this has dropped."""

from dataclasses import asdict, dataclass

import sqlalchemy as sa

from domain.log.mapper import JsonMapper
from projections.projector.rebuild import rebuild
from projections.store.migrations.upgrade import Upgraded, upgrade
from projections.store.migrations.version import PROGRAM, History
from web.queries.parameters import Document
from web.services import Services


@dataclass(frozen=True, slots=True)
class MigrationResult:
    """From which version of the tables to which, by which steps, and whether the read models were made anew."""

    upgraded: Upgraded

    def document(self) -> Document:
        """MIGRATE of the JSON reference."""
        upgraded = self.upgraded
        return {
            "from": upgraded.before,
            "to": upgraded.now,
            "steps": [asdict(step) for step in upgraded.steps],
            "rebuilt": upgraded.needs_rebuild,
        }


def migrate(services: Services) -> MigrationResult:
    """Bring the database up to this program's version. Raises as `upgrade_and_rebuild`."""
    return MigrationResult(upgrade_and_rebuild(services.engine_of_any_version, services.mapper))


def upgrade_and_rebuild(engine: sa.Engine, mapper: JsonMapper, history: History = PROGRAM) -> Upgraded:
    """Bring the tables up to date, and make the read models anew where they were dropped.

    Cut short between the two, the next call goes on with the read models. Raises as `upgrade` and `rebuild`.
    """
    upgraded = upgrade(engine, history)
    if upgraded.needs_rebuild:
        rebuild(engine, mapper)
    return upgraded
