"""Where a step makes tables that belong to access: beside the log, or in it."""

import sqlalchemy as sa
from alembic import op

from domain.log.database import access_engine, writing


def make_in_access(tables: sa.MetaData) -> None:
    """Make the tables where the accounts lie: on PostgreSQL and in a backup in one database with the log, else in a
    file beside it, where an attempt that was cut short may have made them.
    """
    here = op.get_bind()
    if sa.inspect(here).has_table("account"):
        tables.create_all(here)
        return
    engine = access_engine(here.engine)
    try:
        with writing(engine) as there:
            tables.create_all(there)
    finally:
        engine.dispose()
