"""Tables as bytes, to put them aside: in a file, in another process, or until somebody asks again."""

from collections.abc import Iterable
from typing import Final

import pyarrow as pa

_COMPRESSED: Final = pa.ipc.IpcWriteOptions(compression="lz4")


def packed(table: pa.Table) -> bytes:
    """A table as bytes."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=_COMPRESSED) as writer:
        writer.write_table(table)
    piece: bytes = sink.getvalue().to_pybytes()
    return piece


def unpacked(pieces: Iterable[bytes], schema: pa.Schema) -> pa.Table:
    """The tables of some pieces, as one."""
    tables = [pa.ipc.open_stream(piece).read_all() for piece in pieces]
    return pa.concat_tables(tables) if tables else schema.empty_table()
