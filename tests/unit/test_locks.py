"""Five locks: production installs what it needs and no more, in the versions that everything is tested with."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
PRODUCTION, WHOLE, PEERS = "requirements.lock", "requirements-dev.lock", "requirements-peers.lock"
NATIONAL: Final = "requirements-national.lock"
"""Production, with what reads many councils."""
SPARK: Final = "requirements-spark.lock"
ONLY_WITH_SPARK: Final = {"py4j", "pyspark"}
"""What one module imports, which nobody imports who rebuilds without Spark."""
OUR_OWN: Final = {"domain", "projections", "web"}


def packages(lock: str) -> dict[str, tuple[str, frozenset[str]]]:
    """Each package of a lock, with its line (version and marker) and its hashes."""
    found = {}
    for entry in re.split(r"\n(?=[a-z0-9])", (ROOT / lock).read_text()):
        name, rest = re.match(r"([a-z0-9-]+)(?:\[[a-z,]+\])?==([^\\]+)", entry).groups()  # type: ignore[union-attr]
        found[name] = (rest.partition(";")[0].strip(), frozenset(re.findall(r"sha256:[0-9a-f]{64}", entry)))
    return found


@pytest.mark.parametrize("lock", [PRODUCTION, WHOLE, NATIONAL, PEERS, SPARK])
def test_a_lock_names_no_address_and_has_a_hash_of_each_package(lock: str) -> None:
    assert not re.search(r"https?://|--(extra-)?index|--find-links", (ROOT / lock).read_text())
    assert [name for name, (_, hashes) in packages(lock).items() if not hashes] == []


def test_production_is_a_part_of_the_whole_in_the_same_versions_and_bytes() -> None:
    production, national, whole = packages(PRODUCTION), packages(NATIONAL), packages(WHOLE)
    assert {name: whole.get(name) for name in national} == national
    assert national.keys() - production.keys() == {"duckdb"}
    assert production.keys() < national.keys()
    assert not {"pytest", "playwright", "sphinx", "mypy", "ruff"} & production.keys()


def imported() -> Iterator[tuple[str, str]]:
    """Each package that the sources import, with a file that does."""
    for path in sorted(path for room in OUR_OWN for path in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                yield from ((alias.name.partition(".")[0], path.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module.partition(".")[0], path.name


def test_what_the_sources_import_is_in_the_production_lock() -> None:
    production, distributions = packages(PRODUCTION), packages_distributions()
    known = sys.stdlib_module_names | OUR_OWN | ONLY_WITH_SPARK
    outside = {name: file for name, file in imported() if name not in known}
    missing = {
        name: file
        for name, file in outside.items()
        if not {re.sub(r"[._]", "-", one.lower()) for one in distributions.get(name, [])} & production.keys()
    }
    assert outside
    assert missing == {}


def test_only_the_rebuild_on_spark_imports_spark_and_its_lock_has_it_beside_production() -> None:
    assert {file for name, file in imported() if name in ONLY_WITH_SPARK} == {"on_spark.py"}
    production, with_spark = packages(PRODUCTION), packages(SPARK)
    assert {name: with_spark.get(name) for name in production} == production
    assert with_spark.keys() >= ONLY_WITH_SPARK


def test_each_dependency_of_production_has_its_row() -> None:
    """What it is for, who keeps it, and what we would do without it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["national"]]
    names = {re.match(r"[a-z0-9-]+", one)[0] for one in wanted}  # type: ignore[index]
    rows = re.findall(r"^\| ([a-z0-9-]+) \|", (ROOT / "docs/design/0016-dependencies.md").read_text(), re.MULTILINE)
    assert names == set(rows) - {"package"}
