"""Files of absurd sizes: refused by name, with a short sentence, and in a time that their bytes explain."""

import io
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest

from domain.client import ClientKey
from domain.errors import Refused
from web.files import claim_lists, limits, mapping
from web.files.prepare import prepare
from web.files.reading import REFUSALS, read
from web.files.schemas import parse_name
from web.files.uploads import MOST_LINES, Upload

from .files import csv_text, name, row, rows

MEBIBYTE = 2**20
LARGEST = 20 * MEBIBYTE
HEADER, FIRST = csv_text([row()]).splitlines()
MANY = 100_000
SECONDS = 4
"""Of this process's own time, for the largest file on a slow machine."""
KEY = ClientKey(b"only for tests")


def a_bomb() -> bytes:
    """A workbook whose sheet unpacks to five times the largest file that is taken."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", "")
        with parts.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(100):
                sheet.write(bytes(MEBIBYTE))
    return out.getvalue()


ABSURD: dict[str, tuple[str, Callable[[], bytes]]] = {
    "100,000 columns": ("line-too-long", lambda: ",".join([HEADER, *(f"X{n}" for n in range(100_000))]).encode()),
    "1,500 columns": ("too-many-columns", lambda: ",".join([HEADER, *(f"X{n}" for n in range(1500))]).encode()),
    "1,000,000 empty columns": ("line-too-long", lambda: b"," * 1_000_000),
    "empty columns to the end": ("line-too-long", lambda: b"," * LARGEST),
    "one cell": ("line-too-long", lambda: f"{HEADER}\n".encode() + b"x" * (LARGEST - 10_000)),
    "one quoted cell": ("line-too-long", lambda: f'{HEADER}\n"'.encode() + b"x" * (LARGEST - 10_000) + b'"'),
    "one quoted cell of many lines": (
        "quote-never-closed",
        lambda: f'{HEADER}\n"'.encode() + b"x\n" * MANY,
    ),
    "rows of one sign": ("field-count", lambda: f"{HEADER}\n".encode() + b"x\n" * MANY),
    "rows of nothing": ("no-row", lambda: f"{HEADER}\n".encode() + b"\n" * MANY),
    "rows of commas": ("no-row", lambda: f"{HEADER}\n".encode() + (b"," * 50_000 + b"\n") * 400),
    "no header": ("column-missing", lambda: b"a,b\n" * MANY),
    "one name repeated": ("column-twice", (",".join([HEADER, *["AGNCY"] * 900]) + "\n").encode),
    "one name alone": ("other-data-set", lambda: b",".join([b"AGNCY"] * 900) + b"\n"),
    "quotes": ("field-count", lambda: f"{HEADER}\n".encode() + (b'"' * 40 + b"\n") * 50_000),
    "a bomb": ("excel-workbook", a_bomb),
    "UTF-16 of odd length": ("utf-16", lambda: csv_text([row()]).encode("utf-16-le") * 500 + b"x"),
    "too many lines": ("too-many-rows", lambda: b"\n" * (MOST_LINES + 1)),
}


@contextmanager
def bounded(seconds: float, mebibytes: float) -> Iterator[None]:
    """That something takes so much of this process's time and memory at most."""
    tracemalloc.start()
    began = time.process_time()
    try:
        yield
    finally:
        spent, (_, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert spent < seconds, spent
    assert peak < mebibytes * MEBIBYTE, peak / MEBIBYTE


@pytest.mark.parametrize("about", ABSURD)
def test_an_absurd_file_is_refused_at_once(about: str) -> None:
    code, made = ABSURD[about]
    data = made()
    assert len(data) <= LARGEST
    began = time.process_time()
    with pytest.raises(Refused) as refused:
        read(parse_name(name()), Upload(name(), lambda: data).read_bytes())
    assert time.process_time() - began < SECONDS
    assert refused.value.code == code
    assert len(refused.value.message) < 1000


def test_what_spreadsheets_add_is_no_column() -> None:
    """Excel has 16,384 columns, and may write as many commas."""
    surplus = "," * (16_384 - HEADER.count(",") - 1)
    file = read(parse_name(name()), f"{HEADER}{surplus}\n{FIRST}{surplus}\n".encode())
    assert [notice.code for notice in file.notices] == ["surplus-fields"]


def test_of_many_notices_the_first_are_listed() -> None:
    count = limits.MOST_NOTICES + 500
    text = csv_text(rows(*(f"C{number}" for number in range(count)), TOPID="T", TRSTAGE="?", TOPDATE="2017-01-20"))
    prepared = prepare(Upload(name(), text.encode), KEY, date(2017, 2, 10))
    assert len(prepared.notices) == limits.MOST_NOTICES + 1
    assert [notice.message for notice in prepared.notices if notice.code == "more-notices"] == [
        "500 more notices of this file are not listed. They are of the kinds of those that are."
    ]


def test_what_nobody_would_correct_is_refused_whole() -> None:
    wrong = (f"C{number}" for number in range(limits.MOST_REJECTED + 1))
    text = csv_text([*rows(*wrong, SEX="x"), row(CLIENT="good")])
    with pytest.raises(Refused) as refused:
        prepare(Upload(name(), text.encode), KEY, date(2017, 2, 10))
    assert refused.value.code == "too-many-rejected"
    assert refused.value.code in REFUSALS


def test_lists_and_mappings_of_many_columns() -> None:
    """What each of their short lines would make of the columns is not made."""
    columns = ",".join(f"c{number}" for number in range(100_000))
    text = columns + "\nx" * 19_000
    with bounded(4, 60), pytest.raises(Refused) as refused:
        mapping.mapping_from(text, "mapping")
    assert refused.value.code == "mapping-columns"
    for twice in (columns, ",".join(["AGNCY"] * 100_000)):
        with bounded(4, 60), pytest.raises(Refused) as refused:
            claim_lists.list_from(io.StringIO(f"{twice}\nx\n"), "list.csv")
        assert refused.value.code == "claim-columns"
        assert len(refused.value.message) < 1000
