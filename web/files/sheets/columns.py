"""What a file's columns say: which are missing, whether they are those of another kind of file, and other headers."""

from collections.abc import Sequence
from typing import Final

from domain.episode.facts import TREATMENT
from domain.errors import Refused
from domain.submission import Notice
from web.files.schemas import AGENCY, KEY, REVIEWS, FileName, monthly

from .rows import Rows
from .sheet import words_of_rows

_OF_TREATMENT: Final = ("TRIAGED", "MODID", "MODAL", "MODST", "TOPID", "DISRSN")
"""Columns that a file of treatment has; one of people that has none of them is another file of NDTMS."""


def check_needed(name: FileName, names: Sequence[str]) -> None:
    """Raises Refused where a needed column is not among these, and says which file it may be instead."""
    missing = [column for column in name.schema.needed if column not in set(names)]
    if not missing:
        return
    if len(missing) == len(name.schema.needed):
        raise Refused("column-missing", f"{name.text} has no header that can be read: {_no_header(names)}", name.text)
    if name.schema.data_set == TREATMENT and AGENCY in names and not set(_OF_TREATMENT).intersection(names):
        if set(REVIEWS.needed) <= set(names):
            why = "These are the columns of a review file: give it the name of one, which ends in -REVIEWS.csv."
            raise Refused("column-missing", f"{name.text} lacks {', '.join(missing)}. {why}", name.text)
        raise Refused(
            "other-data-set",
            f"{name.text} names clients and has none of the columns of treatment ({', '.join(_OF_TREATMENT)}): it is "
            "probably a file of another NDTMS data set, like CJIT. Export the treatment file, and send that.",
            name.text,
        )
    advice = "Every needed column must be in the header, also if empty."
    if name.schema.data_set != TREATMENT and set(monthly("").needed) <= set(names):
        advice = "These are the columns of a monthly file: give it the name of one, which ends in -TREAT-IN-X.csv."
    if not name.schema.has_known_layout:
        advice += (
            f" The published layout of data set {name.schema.letter} is not known here, so it is read by its columns."
        )
    raise Refused("column-missing", f"{name.text} lacks {', '.join(missing)}. {advice}", name.text)


def _no_header(names: Sequence[str]) -> str:
    if len(names) == 1 and all(column in names[0] for column in KEY):
        return "each of its rows is one quoted value. Export it again from the system as CSV."
    return "its first rows name none of the needed columns. The first row must name them, as AGNCY and CLIENT."


def check_one_header(name: FileName, rows: Rows, place: int, in_sheet: Sequence[int]) -> None:
    """Raises Refused where a row has a column's name for its agency: a header with its columns in another order."""
    columns = set(name.schema.columns)
    if not any(value.strip().upper() in columns for value in rows.distinct(place)):
        return
    agencies = zip(in_sheet, rows.column(place), strict=True)
    headers = [number for number, value in agencies if value.strip().upper() in columns]
    raise Refused(
        "header-changes",
        f"{name.text}: {words_of_rows(headers)} is another header, with the columns in another order. Send what is "
        "below it in a file of its own.",
        name.text,
    )


def layout_notices(name: FileName) -> list[Notice]:
    """The notice of a data-set letter whose published layout is not known here; none for any other."""
    if name.schema.has_known_layout:
        return []
    message = (
        f"The published layout of data set {name.schema.letter} was not checked here, since it is not known. The file "
        "has all columns that are needed, and was read by them."
    )
    return [Notice(0, "", "data-set-letter", message)]
