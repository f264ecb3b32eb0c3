"""What reads a file, and what must hold of it for any bytes at all: a refusal of ours, or rows with values.

A case is the name of a reader, two hyphens, and what it is about; its content is the file. `test_readers` reads each
that is in `corpus/`; `python -m tests.fuzz` looks for more, led by the lines of the program that they reach.
"""

import io
from collections.abc import Callable, Collection, Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from domain.client import ClientKey
from domain.errors import Refused
from web.files import claim_lists, mapping, schemas, uploads
from web.files.checks import NOTICES, PREPARED_REJECTIONS, REJECTIONS
from web.files.prepare import prepare
from web.files.reading import PREPARED_REFUSALS, REFUSALS, File, read
from web.files.schemas import FileName, parse_name
from web.queries.explain.claims import check_table

CORPUS: Final = Path(__file__).with_name("corpus")
KEY: Final = ClientKey(b"only for tests")
RECEIVED_ON: Final = date(2017, 4, 1)
DAYS: Final = "H0001-20170101-20170131-"
NAMES: Final[Mapping[str, str]] = {
    "monthly": f"{DAYS}TREAT-IN-P.csv",
    "oldest": f"{DAYS}TREAT-IN-H.csv",
    "unknown": f"{DAYS}TREAT-IN-Z.csv",
    "reviews": f"{DAYS}REVIEWS.csv",
    "prepared": f"{DAYS}TREAT-IN-P.prepared.csv",
    "prepared-reviews": f"{DAYS}REVIEWS.prepared.csv",
}
"""A file's name, by its reader."""
LONGEST_SENTENCE: Final = 6000
"""Characters of any sentence about a file: it names a few of what is wrong, and counts the rest."""


def read_file(kind: str, data: bytes) -> None:
    """A monthly file, a review file, or one that was prepared: read, and each of its rows checked."""
    name = parse_name(NAMES[kind])
    try:
        file = read(name, data)
        _check_rows(file)
        if not name.schema.prepared:
            _check_prepared(name, file, data)
    except Refused as refused:
        _check_refusal(refused, REFUSALS | PREPARED_REFUSALS)


def _check_rows(file: File) -> None:
    numbers = range(1, len(file.rows) + 1)
    for number in numbers:
        assert all(isinstance(value, str) for value in file.values(number).values())
    rows = [*file.keyless, *file.blank, *file.no_records, *file.consents.apart]
    rows += [number for episode in file.episodes for number in episode.numbers]
    assert sorted(rows) == list(numbers), "each row is of one kind, and none is lost"
    assert len(file.in_sheet) == len(file.rows)
    assert file.records <= len(file.rows)
    for episode in file.episodes:
        assert episode.client_reference
        assert episode.episode_reference


def _check_prepared(name: FileName, file: File, data: bytes) -> None:
    """What is prepared from it can be read, and says of every row what the raw one says."""
    prepared = prepare(uploads.Upload(name.text, lambda: data), KEY, RECEIVED_ON)
    for rejection in prepared.rejected:
        assert rejection.code in REJECTIONS | PREPARED_REJECTIONS, rejection.code
        assert 1 <= rejection.row <= len(file.rows)
        _check_sentence(rejection.message)
    for notice in prepared.notices:
        assert notice.code in NOTICES, notice.code
        assert 0 <= notice.row <= len(file.rows)
        _check_sentence(notice.message)
    msgspec.json.encode(prepared.document())
    again = read(parse_name(schemas.prepared_name(name)), prepared.data)
    assert again.records == file.records


def _check_refusal(refused: Refused, codes: Collection[str]) -> None:
    assert refused.code in codes, refused.code
    _check_sentence(refused.message)


def _check_sentence(sentence: str) -> None:
    assert 0 < len(sentence) <= LONGEST_SENTENCE, len(sentence)
    sentence.encode()


def read_list(_kind: str, data: bytes) -> None:
    """The list of people behind a claim."""
    try:
        with claim_lists.opened_text(io.BytesIO(data)) as file:
            claim_lists.list_from(file, "list.csv")
    except Refused as refused:
        _check_refusal(refused, claim_lists.REFUSALS)


def read_table(_kind: str, data: bytes) -> None:
    """A printed table, and what cannot stand in it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        path.write_bytes(data)
        try:
            msgspec.json.encode(check_table(claim_lists.read_table(path)).document())
        except Refused as refused:
            _check_refusal(refused, claim_lists.REFUSALS)


def read_mapping(_kind: str, data: bytes) -> None:
    """The mapping of references."""
    try:
        mapping.read_mapping(uploads.Upload("mapping.csv", lambda: data))
    except Refused as refused:
        _check_refusal(refused, mapping.REFUSALS | uploads.REFUSALS)


READERS: Final[Mapping[str, Callable[[str, bytes], None]]] = {
    **dict.fromkeys(NAMES, read_file),
    "list": read_list,
    "table": read_table,
    "mapping": read_mapping,
}


def read_any(kind: str, data: bytes) -> None:
    """Read bytes as a kind of file; anything but a refusal of ours is raised, and so is a wrong row."""
    READERS[kind](kind, data)


def case_of(path: Path) -> tuple[str, bytes]:
    """The reader and the bytes of a case in the corpus."""
    kind, _, _about = path.name.partition("--")
    return kind, path.read_bytes()
