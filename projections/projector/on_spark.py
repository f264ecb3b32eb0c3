"""The clients of a log, folded and measured on a Spark cluster by the functions that one machine uses.

The log is written to Parquet files, some streams each, in a folder that the workers see too. They fold the streams,
leave what was known by its clients' part, and measure part after part; a worker that dies has its parts done again by
another. What they leave is read back part by part, so that this process needs no more memory than alone.

Needs pyspark, which not everybody has installed: imported only by who rebuilds so.
"""

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import sqlalchemy as sa
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from domain.errors import LogCorrupt, WorkersUnavailable
from domain.log.reading import records_by_stream
from projections.standings.folded import EVENTS, UNREAD, VERSIONS, folded
from projections.standings.measured import SLICE, STANDINGS, measured

from .from_log import ClientSource, LogRead, SomeClients, Split

PARTS_A_CORE: Final = 2
"""Parts for each core of the cluster, at least: one that is done early takes the next."""
_STANDINGS: Final = STANDINGS.set(STANDINGS.get_field_index("slice"), pa.field("slice", SLICE))
"""Spark knows no dictionaries: each row has its slice in full."""

_BATCH: Final = "batch"
"""The column that says to which part a row belongs; `part` is one of a standing's."""

_Step = Callable[[pa.Table], pa.Table]


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running Spark, and the folder that its workers and this process both see."""

    spark: SparkSession
    folder: Path | None

    @contextmanager
    def clients(self, connection: sa.Connection, log: LogRead) -> Iterator[ClientSource]:
        """What the log says, for as long as it is asked. The files of persons' events go when it ends.

        Raises:
            LogCorrupt: an event cannot be read.
            WorkersUnavailable: Spark gave up.
        """
        cores = self.spark.sparkContext.defaultParallelism
        parts = Split(max(Split.of(log.position).count, PARTS_A_CORE * cores))
        # Nobody else may enter the folder that is made here.
        with tempfile.TemporaryDirectory(prefix="recount-spark-", dir=self.folder) as name:
            made = FromSpark(log, parts, Path(name))
            export(connection, log.position, parts, made.events)
            with _spark_errors():
                _fold(self.spark, made)
                _measure(self.spark, made)
            yield made


@dataclass(slots=True)
class FromSpark:
    """Where the steps leave their files; `some_clients` reads the last ones and may be asked for once or more."""

    log: LogRead
    parts: Split
    folder: Path

    @property
    def events(self) -> Path:
        """What the log says of episodes."""
        return self.folder / "events"

    @property
    def versions(self) -> Path:
        """What was known of them."""
        return self.folder / "versions"

    @property
    def standings(self) -> Path:
        """How their clients stand in figures."""
        return self.folder / "standings"

    def some_clients(self) -> Iterator[SomeClients]:
        """Some after the others."""
        for part, (first, last) in enumerate(self.parts.clients()):
            versions, standings = _part(self.versions, part, VERSIONS), _part(self.standings, part, _STANDINGS)
            yield SomeClients(first, last, versions, standings)


@contextmanager
def cluster(master: str, folder: Path | None = None) -> Iterator[Cluster]:
    """Spark at this address, for as long as it is needed; `folder` is the temporary one unless given.

    Raises:
        WorkersUnavailable: it did not start.
    """
    builder = SparkSession.builder.master(master).appName("recount rebuild")
    settings = {
        # With it, Spark joins small parts into one task, and all but one worker would wait.
        "spark.sql.adaptive.enabled": "false",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    with _spark_errors("did not start"):
        spark = builder.getOrCreate()
        spark.sparkContext.setLogLevel("ERROR")
    try:
        yield Cluster(spark, folder)
    finally:
        spark.stop()


_CORRUPT: Final = re.compile(r"^domain\.errors\.LogCorrupt: (.*)$", re.MULTILINE)
_IN_WORKER: Final = re.compile(r"^[\w.]*Error: .*$", re.MULTILINE)
"""What Python says at the end of its trace; all of a worker's is in the text of Spark's exception."""


@contextmanager
def _spark_errors(what: str = "gave up") -> Iterator[None]:
    try:
        yield
    except (PySparkException, Py4JError, OSError) as error:
        said = str(error)
        if corrupt := _CORRUPT.search(said):
            raise LogCorrupt(corrupt[1]) from error
        in_worker = _IN_WORKER.search(said)
        sentence = in_worker[0] if in_worker else said.strip().partition("\n")[0]
        raise WorkersUnavailable(
            f"Spark {what}: {sentence.rstrip('.')}. The stored tables are as they were."
        ) from error


_NUMBERED: Final = pa.schema([(_BATCH, pa.int64()), *EVENTS])


def export(connection: sa.Connection, position: int, parts: Split, folder: Path) -> None:
    """What is said of episodes up to a position, into a file of each part's streams."""
    folder.mkdir()
    for part, streams in enumerate(parts.streams()):
        rows = records_by_stream(connection, *streams, position, UNREAD)
        # They come in the order of a stream's versions, and its order is all that a version is needed for.
        numbered = [(part, stream, number, topic, state) for number, (stream, topic, state) in enumerate(rows)]
        columns = zip(*numbered, strict=True) if numbered else [()] * len(_NUMBERED)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, _NUMBERED, strict=True)]
        pq.write_table(pa.table(arrays, schema=_NUMBERED), folder / f"{part:06}.parquet", compression="zstd")


def _fold(spark: SparkSession, made: FromSpark) -> None:
    """Streams to what was known of them, by the part of their clients."""
    step = _folding(spark.sparkContext.broadcast(made.log.positions), made.parts)
    events = spark.read.parquet(str(made.events)).repartition(made.parts.count, _BATCH)
    versions = events.groupBy(_BATCH).applyInArrow(step, _ddl(_with_batch(VERSIONS)))
    # So that each part is one file, and not one of each worker.
    versions = versions.repartition(made.parts.count, _BATCH)
    versions.write.partitionBy(_BATCH).parquet(str(made.versions))


def _measure(spark: SparkSession, made: FromSpark) -> None:
    """What was known to standings. A client's rows are all in one part, whatever episodes it ever had."""
    versions = spark.read.schema(_ddl(_with_batch(VERSIONS))).parquet(str(made.versions))
    versions = versions.repartition(made.parts.count, _BATCH)
    standings = versions.groupBy(_BATCH).applyInArrow(_measuring(), _ddl(_with_batch(_STANDINGS)))
    standings.write.partitionBy(_BATCH).parquet(str(made.standings))


def _folding(positions: Any, parts: Split) -> _Step:
    """The step of a worker; made here, since what is sent to it has to be a plain function of one table."""

    def fold(events: pa.Table) -> pa.Table:
        versions = folded(events.select(EVENTS.names).cast(EVENTS), positions.value)
        return versions.append_column(_BATCH, pa.array(parts.of_clients(versions["client"].to_numpy()), pa.int64()))

    return fold


def _measuring() -> _Step:
    def measure(versions: pa.Table) -> pa.Table:
        batch = versions[_BATCH][0]
        standings = measured(versions.select(VERSIONS.names).cast(VERSIONS))
        slices = standings["slice"].combine_chunks()
        in_full = slices.dictionary.take(slices.indices)
        columns = [standings[name] if name != "slice" else in_full for name in _STANDINGS.names]
        return pa.table([*columns, pa.repeat(batch, standings.num_rows)], schema=_with_batch(_STANDINGS))

    return measure


def _with_batch(schema: pa.Schema) -> pa.Schema:
    return schema.append(pa.field(_BATCH, pa.int64()))


def _ddl(schema: pa.Schema) -> str:
    """The schema in Spark's words."""
    return ", ".join(f"`{field.name}` {_kind(field.type)}" for field in schema)


_KINDS: Final = {pa.int8(): "tinyint", pa.int64(): "bigint", pa.string(): "string", pa.bool_(): "boolean"}


def _kind(its: pa.DataType) -> str:
    if pa.types.is_struct(its):
        return f"struct<{', '.join(f'{field.name}: {_kind(field.type)}' for field in its)}>"
    return _KINDS.get(its, "binary")


def _part(folder: Path, part: int, schema: pa.Schema) -> pa.Table:
    """What a step left of a part; none has a folder of a part without rows."""
    place = folder / f"{_BATCH}={part}"
    return ds.dataset(place, format="parquet", schema=schema).to_table() if place.is_dir() else schema.empty_table()
