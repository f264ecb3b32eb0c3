"""A manifest: the files of an archive in the order in which they came, each with the day of its receipt."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from domain.errors import Refused

from .uploads import SentFile

RECEIVED_ON, FILE, COMPLETE = "received_on", "file", "complete"
COMPLETE_WORDS: Final = {"": False, "no": False, "yes": True}
"""What may stand under `complete`, in either case."""

REFUSALS: Final = {
    "manifest-unreadable": "The manifest is no CSV text in UTF-8.",
    "manifest-columns": "The manifest lacks one of the columns received_on and file.",
    "manifest-line": "A line of the manifest has a day or a word that cannot be read.",
    "manifest-file-missing": "A file that the manifest names is not there.",
    "manifest-empty": "The manifest names no file.",
}
"""Why a manifest is refused, by code; no file of it is taken in then."""


@dataclass(frozen=True)
class ManifestLine:
    """One file of a manifest, or one sent; `complete` says that it holds all that the agency has of its days."""

    received_on: date
    path: SentFile
    complete: bool = False


def read_manifest(path: Path) -> list[ManifestLine]:
    """The lines of a manifest; files are looked for in the manifest's own folder.

    Raises:
        Refused: it cannot be read whole; the code is one of REFUSALS.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Refused("manifest-unreadable", f"{path.name} is no CSV text in UTF-8: {error}.", path.name) from error
    if not rows:
        raise Refused(
            "manifest-empty", f"{path.name} names no file. Write received_on,file and a line a file.", path.name
        )
    if missing := {RECEIVED_ON, FILE} - rows[0].keys():
        raise Refused(
            "manifest-columns",
            f"{path.name} has no column {' and no column '.join(sorted(missing))}. "
            "Its first line is received_on,file or received_on,file,complete.",
            path.name,
        )
    return [_line(path, number, row) for number, row in enumerate(rows, 2)]


def _line(manifest: Path, number: int, row: dict[str, str | None]) -> ManifestLine:
    day, name, word = ((row.get(column) or "").strip() for column in (RECEIVED_ON, FILE, COMPLETE))
    try:
        received_on = date.fromisoformat(day)
    except ValueError:
        raise _unreadable(manifest, number, f"'{day}' is not a day; write it as YYYY-MM-DD") from None
    if word.lower() not in COMPLETE_WORDS:
        raise _unreadable(manifest, number, f"'{word}' under complete is neither yes nor no")
    path = manifest.parent / name
    if not name or not path.is_file():
        raise Refused(
            "manifest-file-missing",
            f"Line {number} of {manifest.name} names the file '{name}', which is not in {manifest.parent}.",
            manifest.name,
        )
    return ManifestLine(received_on, path, COMPLETE_WORDS[word.lower()])


def _unreadable(manifest: Path, number: int, what: str) -> Refused:
    return Refused("manifest-line", f"Line {number} of {manifest.name}: {what}.", manifest.name)


def lines_of(paths: Sequence[SentFile], received_on: date, *, complete: bool) -> list[ManifestLine]:
    """Files that came on one day, as the lines of a manifest."""
    return [ManifestLine(received_on, path, complete) for path in paths]
