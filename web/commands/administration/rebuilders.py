"""Who makes the clients of a rebuild: this process, some beside it, or a Spark cluster."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from domain.errors import WorkersUnavailable
from projections.projector.in_processes import processes
from projections.projector.rebuild import Clients, in_this_process


@contextmanager
def clients_by(master: str | None = None, folder: Path | None = None, jobs: int = 1) -> Iterator[Clients]:
    """By the Spark cluster at this address, or by as many processes, for as long as the context is; 1 is this process.

    `folder` is one that this machine and all workers see; the temporary one, if None.

    Raises:
        WorkersUnavailable: pyspark or Java is not installed, or Spark did not start. Nothing was begun.
    """
    if master is not None:
        with _on_spark(master, folder) as spark:
            yield spark
    elif jobs > 1:
        with processes(jobs) as beside:
            yield beside.clients
    else:
        yield in_this_process


@contextmanager
def _on_spark(master: str, folder: Path | None) -> Iterator[Clients]:
    _check_installed()
    # Who does not say otherwise has this very environment on the workers too.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    if master.startswith("local"):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    # Not before it is known to be installed, and not by whoever rebuilds without it.
    from projections.projector.on_spark import cluster

    with cluster(master, folder) as spark:
        yield spark.clients


def _check_installed() -> None:
    # Spark's workers leave a folder behind where the package was.
    if find_spec("pyspark") is None or find_spec("py4j") is None:
        raise WorkersUnavailable(
            "A rebuild on Spark needs the package pyspark, which is not installed here. Install it with "
            "'pip install --require-hashes -r requirements-spark.lock'. Nothing was begun."
        )
    if not _has_java():
        raise WorkersUnavailable(
            "A rebuild on Spark needs Java 17 or newer, which is not installed here. Install it (on Debian: "
            "apt-get install openjdk-17-jre-headless), or say where it is: JAVA_HOME. Nothing was begun."
        )


def _has_java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=str(Path(home) / "bin") if home else None) is not None
