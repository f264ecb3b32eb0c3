"""From what was known of clients' episodes to their standings, Arrow to Arrow: `folded` says what comes before."""

from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from domain.definition import Definition

from .calculation import COLUMNS, Known, Standings, standings_of_known
from .calculation.arrays import Ints
from .calculation.known import TOP_SAYS, Lifetimes
from .folded import EPISODE, PLAN, RISK, TOP
from .slices import Slices

SLICE: Final = pa.struct(
    [
        ("area", pa.string()),
        ("agencies", pa.string()),
        ("owner", pa.string()),
        ("adult", pa.bool_()),
        ("criminal_justice", pa.bool_()),
    ]
)
STANDINGS: Final = pa.schema(
    [(name, pa.int64() if name != "slice" else pa.dictionary(pa.int64(), SLICE)) for name in COLUMNS]
)
"""A row a standing, as `tables.standing` has it; its slice is said in full, since only a database numbers them."""


def measured(versions: pa.Table, definition: Definition | None = None) -> pa.Table:
    """The standings of all clients of whom all `VERSIONS` are given, in any order, as `STANDINGS`.

    Without a `definition`, each `as_of` is answered by the version in force on it.
    """
    slices = Slices()
    standings = standings_of_known(known_in(versions), slices, definition)
    keys = [dict(zip((field.name for field in SLICE), key, strict=True)) for key in slices]
    columns = {name: pa.array(getattr(standings, name)) for name in COLUMNS}
    columns["slice"] = pa.DictionaryArray.from_arrays(columns["slice"], pa.array(keys, SLICE))
    return pa.table(columns, schema=STANDINGS)


def known_in(versions: pa.Table) -> Known:
    """What is to be measured, from `VERSIONS`."""
    versions = versions.combine_chunks()
    episode = _numbers(versions["episode"].combine_chunks().dictionary_encode().indices).astype(np.int64)
    kind = _numbers(versions["kind"])
    stood = np.flatnonzero(kind == EPISODE)
    known_from = _numbers(versions["known_from"])
    stood = stood[np.lexsort((known_from[stood], episode[stood]))]
    rows = versions.take(pa.array(stood))
    agency, agencies = _coded(rows["agency"])
    area, areas = _coded(rows["area"])
    columns: dict[str, NDArray[Any]] = {
        name: _numbers(rows[name]) for name in Known.__annotations__ if name in rows.column_names
    }
    columns |= {"agency": agency, "area": area, "episode": episode[stood], "key": _rank_of_keys(rows)}
    tops, plans, risks = (
        _lifetimes(versions, episode, np.flatnonzero(kind == which), says)
        for which, says in ((TOP, TOP_SAYS), (PLAN, ()), (RISK, ()))
    )
    return Known(columns, agencies, areas, tops, plans, risks)


def _lifetimes(versions: pa.Table, episode: Ints, rows: Ints, says: tuple[str, ...]) -> Lifetimes:
    its = versions.select(["known_from", "known_until", "day", *says]).take(pa.array(rows))
    said = {name: _numbers(its[name]) for name in says}
    known_from, known_until, day = (_numbers(its[name]) for name in ("known_from", "known_until", "day"))
    return Lifetimes(episode[rows], known_from, known_until, day, said)


def _numbers(column: pa.ChunkedArray | pa.Array) -> NDArray[Any]:
    numbers: NDArray[Any] = column.to_numpy(zero_copy_only=False)
    return numbers


def _coded(column: pa.ChunkedArray) -> tuple[Ints, list[str]]:
    """Small numbers for names, in their order."""
    encoded = column.combine_chunks().dictionary_encode()
    names = encoded.dictionary.to_pylist()
    ordered = sorted(names)
    place = {name: i for i, name in enumerate(ordered)}
    rank = np.array([place[name] for name in names], np.int64)
    return rank[_numbers(encoded.indices)] if len(names) else np.zeros(0, np.int64), ordered


def _rank_of_keys(rows: pa.Table) -> Ints:
    """Numbers in the order of (AGNCY, CLIENT, EPISODID)."""
    rank = np.zeros(rows.num_rows, np.int64)
    for name in ("key_agency", "client_reference", "episode_reference"):
        code, names = _coded(rows[name])
        rank = rank * max(len(names), 1) + code
    return rank


def standings_in(table: pa.Table, slices: Slices) -> Standings:
    """`STANDINGS` as columns, with the numbers that `slices` has, or gives, for their slices."""
    columns = {name: _numbers(table[name]) for name in COLUMNS if name != "slice"}
    rank, keys = _slices_of(table["slice"].combine_chunks())
    numbers = np.array([slices.number(tuple(key.values())) for key in keys.to_pylist()], np.int64)
    columns["slice"] = numbers[rank] if len(numbers) else np.zeros(0, np.int64)
    return Standings(**columns)


def _slices_of(column: pa.Array) -> tuple[Ints, pa.Array]:
    """Where in the second the slice of each row is; a column may have them in full, which Arrow does not encode."""
    if isinstance(column.type, pa.DictionaryType):
        return _numbers(column.indices), column.dictionary
    rank = np.zeros(len(column), np.int64)
    for field in column.flatten():
        encoded = field.dictionary_encode()
        rank = rank * max(len(encoded.dictionary), 1) + _numbers(encoded.indices)
    _, first, place = np.unique(rank, return_index=True, return_inverse=True)
    return place, column.take(pa.array(first))
