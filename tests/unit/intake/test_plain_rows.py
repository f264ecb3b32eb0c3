"""Rows that are cut where the signs are: the same as a strict CSV reader has, and as quick to be asked for a column."""

import csv
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties.conftest import examples
from web.files.sheets.decoding import FileText
from web.files.sheets.plain import STRETCH, plain_rows
from web.files.sheets.rows import Rows, rows_of

LINES = st.lists(st.text('ab\u00e9 ,;"\r\n', max_size=12), max_size=8).map("".join)
"""Text in which every sign has a meaning, or takes two bytes."""
ROWS = st.lists(st.lists(st.text('aB \u00e9,"', max_size=3), min_size=3, max_size=3), min_size=1, max_size=12)


def read_plainly(text: str, separator: str = ",") -> Rows | None:
    return plain_rows(FileText(text.encode(), "utf-8-sig").open(), separator)


def read_strictly(text: str, separator: str = ",") -> list[list[str]]:
    reader = csv.reader(FileText(text.encode(), "utf-8-sig").open(), delimiter=separator, strict=True)
    # A row of one empty value comes back without any.
    return [row if row != [""] else [] for row in reader]


@examples(300)
@given(LINES, st.sampled_from(",;"))
def test_what_is_read_plainly_is_what_a_strict_reader_has(text: str, separator: str) -> None:
    if (rows := read_plainly(text, separator)) is not None:
        assert list(rows) == read_strictly(text, separator)


@pytest.mark.parametrize("quoting", [csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_files_as_systems_write_them_are_read_plainly(quoting: int, line_end: str) -> None:
    quote = '"' if quoting == csv.QUOTE_ALL else ""
    line = ",".join(f"{quote}{value}{quote}" for value in ("C1", "", "\u00e9"))
    text = line_end.join([line] * (2 * STRETCH // len(line))) + line_end
    rows = read_plainly(text)
    assert rows is not None
    assert rows.widths() == {3}
    assert list(rows) == read_strictly(text)


@pytest.mark.parametrize("value", ['"EX, ""01"""', 'EX 5"', '"a,b"'])
def test_a_stretch_with_an_odd_value_is_read_line_by_line(value: str) -> None:
    text = f"C1,{value},2\n" + "C2,EX,1\n" * STRETCH
    rows = read_plainly(text)
    assert rows is not None
    assert list(rows) == read_strictly(text)


@pytest.mark.parametrize("value", ['"two\nlines"', '"never closed', '"EX"01'])
def test_where_only_a_strict_reader_can_say_it_is_asked(value: str) -> None:
    assert read_plainly(f"C1,{value},2\nC2,EX,1\n") is None


def first_of(rows: Sequence[Sequence[str]], place: int) -> list[str]:
    return [row[place] for row in rows]


@examples(200)
@given(ROWS, st.data())
def test_columns_are_those_of_the_rows(written: list[list[str]], data: st.DataObject) -> None:
    rows = rows_of(written)
    for place in data.draw(st.lists(st.integers(0, len(written) - 1), max_size=2)):
        rows[place] = written[place] = data.draw(st.lists(st.text("xy", max_size=40), min_size=3, max_size=3))
    kept = data.draw(st.sets(st.integers(0, len(written) - 1)).map(sorted))
    for some, as_written in ((rows, written), (rows.at(kept), [written[place] for place in kept])):
        assert list(some) == as_written
        assert [list(values) for values in some.columns(2, 0)] == [[row[2], row[0]] for row in as_written]
        assert some.distinct(1) == set(first_of(as_written, 1))
        assert list(some.filled()) == [place for place, row in enumerate(as_written) if any(row)]
        assert sum(count for _values, count in some.alike(0, 1)) == len(as_written)
        joined = some.joined(b"|")
        assert [joined(place).decode() for place in range(len(some))] == ["|".join(row) for row in as_written]
        assert [place for place, _row in some.holding("y")] == [
            place for place, row in enumerate(as_written) if any("y" in value for value in row)
        ]
