"""Files that were sent: uploads, whose bytes never lie on a disk under a name, and the manifest of an archive, which
names its files in the order in which they came, each with the day of its receipt.
"""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Protocol

from domain.errors import Refused

MOST_LINES: Final = 500_000
"""Lines of a file that the service reads: five times those of a large agency's monthly file."""

REFUSALS: Final = {
    "too-many-rows": f"The file has more than {MOST_LINES:,} lines.",
}
"""Why the service refuses a file whole that a command on its own machine would read."""


class SentFile(Protocol):
    """A file by its name and its bytes: one on a disk (`pathlib.Path`), or an upload."""

    @property
    def name(self) -> str:
        """What the file is called, without a folder."""

    def read_bytes(self) -> bytes:
        """All of it; raises OSError if that cannot be had."""


@dataclass(frozen=True)
class Upload:
    """A file as somebody sent it. `name` is what they call it: it is parsed, and never used as a path."""

    name: str
    read: Callable[[], bytes]

    def __str__(self) -> str:
        return self.name

    def read_bytes(self) -> bytes:
        """All of it.

        Raises:
            Refused: it has too many lines; found before any of them is made a row.
        """
        data = self.read()
        # Either end of a line is counted, both together once: what stands in quotes only makes the limit stricter.
        lines = data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")
        if lines > MOST_LINES:
            raise Refused(
                "too-many-rows",
                f"{self.name} has {lines:,} lines; {MOST_LINES:,} are read at most. Send it in parts of fewer days.",
                self.name,
            )
        return data


RECEIVED_ON, FILE, COMPLETE = "received_on", "file", "complete"
COMPLETE_WORDS: Final = {"": False, "no": False, "yes": True}
"""What may stand under `complete`, in either case."""

MANIFEST_REFUSALS: Final = {
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
