"""Monthly files for tests: rows of one invented person after the other, with what a test says otherwise."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from web.files.schemas import MONTHLY, REVIEWS

AGENCY = "H0001"
COLUMNS = MONTHLY["P"].columns
REVIEW_COLUMNS = REVIEWS.columns
PLAIN = {
    "FINITIAL": "Q",
    "SINITIAL": "Z",
    "DOB": "1980-05-17",
    "SEX": "F",
    "AGNCY": AGENCY,
    "CLIENT": "C1",
    "EPISODID": "1",
    "DAT": "EX01",
    "REFLD": "2017-01-02",
    "TRIAGED": "2017-01-09",
    "DRUG1": "1101",
    "MODID": "M1",
    "MODAL": "94",
    "MODST": "2017-01-16",
    "CONSENT": "Y",
}
DISCHARGED = {"DISD": "2017-01-25", "DISRSN": "80", "MODEND": "2017-01-25"}
REVIEW = {"AGNCY": AGENCY, "CLIENT": "C1", "EPISODID": "1", "WHAT": "recovery-plan", "DATE": "2017-01-20", "ROLE": "K"}


def row(**said: str) -> dict[str, str]:
    """A row that passes every check, but for what is said of it."""
    return PLAIN | said


def rows(*clients: str, **said: str) -> list[dict[str, str]]:
    """A row for each of these clients."""
    return [row(CLIENT=client, **said) for client in clients]


def csv_text(rows_: Iterable[Mapping[str, str]], columns: Sequence[str] = COLUMNS) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows_)
    return out.getvalue()


def name(first: str = "20170101", last: str = "20170131", agency: str = AGENCY, kind: str = "TREAT-IN-P") -> str:
    return f"{agency}-{first}-{last}-{kind}.csv"


def write(
    folder: Path, rows_: Iterable[Mapping[str, str]], *, columns: Sequence[str] = COLUMNS, **of_name: str
) -> Path:
    path = folder / name(**of_name)
    path.write_text(csv_text(rows_, columns), encoding="utf-8")
    return path


def write_reviews(folder: Path, rows_: Iterable[Mapping[str, str]], **of_name: str) -> Path:
    return write(folder, rows_, columns=REVIEW_COLUMNS, kind="REVIEWS", **of_name)
