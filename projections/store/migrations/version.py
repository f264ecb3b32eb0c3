"""Which version its tables are of, asked of a database when it is opened: of an empty one they are made, of another
version they are refused. Alembic itself is needed for the way between versions only, and is slow to load.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from domain.errors import DatabaseOfAnotherVersion
from domain.log.database import reading, writing
from domain.log.tables import create_log_tables, metadata
from projections.store import generations

alembic_version = sa.Table(
    "alembic_version",
    metadata,
    sa.Column("version_num", sa.Text, nullable=False),
    sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""The version of the tables, in one row, where Alembic looks for it."""

BEFORE_VERSIONS: Final = "0000"
"""What the version of tables is called that were written by a program which knew of no versions."""

_ALWAYS_THERE: Final = frozenset({"log", "tree_node", "setting", "generation"})
"""By these tables a database of Recount is recognised, whatever its version."""


@dataclass(frozen=True, slots=True)
class History:
    """The versions of the tables, the oldest first, and the folders with the script that leads to each."""

    versions: tuple[str, ...]
    folders: tuple[Path, ...]

    @property
    def newest(self) -> str:
        """The version of the program."""
        return self.versions[-1]

    def is_older(self, version: str) -> bool:
        """Whether there is a way from this version to the newest."""
        return version in {BEFORE_VERSIONS, *self.versions[:-1]}


PROGRAM: Final = History(
    ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009"), (Path(__file__).with_name("versions"),)
)
"""The versions that this program knows; each new script in `versions/` is named here too."""


def open_or_make(engine: sa.Engine, history: History = PROGRAM) -> None:
    """See to it that the database has this program's tables; safe when several processes start at once.

    Raises:
        DatabaseOfAnotherVersion: it has those of another version, or its figures were counted by other measures; the
            text says what to do.
        DatabaseBusy, DatabaseFull, DatabaseUnavailable: nothing was made; the text says what to do.
    """
    with reading(engine) as connection:
        version = version_of(connection)
        if version == history.newest:
            generations.check_counted_by(connection)
    if version is None:
        with writing(engine) as connection:
            version = make(connection, history)
    if version != history.newest:
        raise another_version(engine, older=history.is_older(version))


def version_of(connection: sa.Connection) -> str | None:
    """The version of the tables; None where there are none."""
    names = set(sa.inspect(connection).get_table_names())
    if alembic_version.name in names:
        known = connection.execute(sa.select(alembic_version.c.version_num)).scalar()
        if known is not None:
            return str(known)
    return BEFORE_VERSIONS if names >= _ALWAYS_THERE else None


def make(connection: sa.Connection, history: History = PROGRAM) -> str:
    """The version of the tables, which are made if nobody has made them; the connection is the writer's."""
    if (version := version_of(connection)) is not None:
        return version  # another process was first
    create_log_tables(connection)
    connection.execute(alembic_version.insert().values(version_num=history.newest))
    generations.begin(connection)
    return history.newest


def another_version(engine: sa.Engine, *, older: bool) -> DatabaseOfAnotherVersion:
    """What is said of a database that is not of this program's version."""
    if not older:
        return DatabaseOfAnotherVersion(
            "The database was written by a newer version of Recount than this. Install that version, or a later one."
        )
    copy = "'recount backup FILE'" if engine.dialect.name == "sqlite" else "the server's pg_dump"
    return DatabaseOfAnotherVersion(
        f"The database was written by an earlier version of Recount. Make a backup with {copy}, then run "
        "'recount migrate'."
    )
