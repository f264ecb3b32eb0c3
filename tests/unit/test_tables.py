"""Every table is known to whoever opens the database."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
WHOLE = """
import pkgutil, importlib
import web.tables
known = {table.name for table in web.tables.all_tables()}
for room in ("domain", "projections", "web"):
    for module in pkgutil.walk_packages([room], f"{room}."):
        try:
            importlib.import_module(module.name)
        except ModuleNotFoundError as error:
            if error.name not in {"py4j", "pyspark"}:  # an extra, which is not installed here
                raise
from domain.log.tables import access_metadata, metadata
print(*sorted((set(metadata.tables) | set(access_metadata.tables)) ^ known))
"""


def test_no_part_of_the_program_has_a_table_that_a_backup_does_not_know() -> None:
    found = subprocess.run([sys.executable, "-c", WHOLE], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.split() == []
