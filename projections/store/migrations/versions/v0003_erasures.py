"""Only what is said of a person can be erased, and only once an event of the same stream says that it was."""

from collections.abc import Iterator

from alembic import op

revision = "0003"
down_revision = "0002"

LASTING = (
    "position", "originator_id", "originator_version", "topic", "occurred_on", "recorded_at", "commitment",
)  # fmt: skip
OLD, NEW = (", ".join(f"{row}.{column}" for column in LASTING) for row in ("OLD", "NEW"))
ERASES = (
    f"OLD.state IS NOT NULL AND NEW.salt IS NULL AND NEW.state IS NULL AND ({NEW}) IS NOT DISTINCT FROM ({OLD})"
    " AND substr(OLD.topic, 1, 8) = 'episode.' AND OLD.topic <> 'episode.erased.v1'"
    " AND EXISTS (SELECT 1 FROM log AS later WHERE later.originator_id = OLD.originator_id"
    " AND later.originator_version > OLD.originator_version AND later.topic = 'episode.erased.v1')"
)
FUNCTION = f"""CREATE OR REPLACE FUNCTION log_only_erases() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF {ERASES} THEN RETURN NEW; END IF;
RAISE EXCEPTION 'the log only grows' USING ERRCODE = 'integrity_constraint_violation'; END $$"""


def upgrade() -> None:
    """Put another trigger in the place of the log's own on changes."""
    for statement in _on_sqlite() if op.get_bind().dialect.name == "sqlite" else _on_postgresql():
        op.execute(statement)


def _on_sqlite() -> Iterator[str]:
    yield "DROP TRIGGER IF EXISTS log_update"
    yield (
        f"CREATE TRIGGER log_update BEFORE UPDATE ON log WHEN NOT ({ERASES}) "
        "BEGIN SELECT RAISE(ABORT, 'the log only grows'); END"
    )


def _on_postgresql() -> Iterator[str]:
    yield FUNCTION
    yield "DROP TRIGGER IF EXISTS log_update ON log"
    yield "CREATE TRIGGER log_update BEFORE UPDATE ON log FOR EACH ROW EXECUTE FUNCTION log_only_erases()"
