"""The folder that a national read is made from: of each council what a manifest names, and nothing else.

    FOLDER/council=NAME/manifest.json                       says which files are the council's, and what they are of
    FOLDER/council=NAME/<state>/part=N/standings.parquet    the standings of one part of a measure

A manifest is written last, to a temporary name, and renamed. Whoever reads takes the files that it names, so that files
half written, or of before, are never read; and holds each against its checksum, so that none is read that is not to the
byte what was written. Days are calendar dates.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from hashlib import file_digest
from pathlib import Path
from re import fullmatch
from typing import Final, NamedTuple

import msgspec

from domain.errors import Refused, WrongUse
from domain.measures.fingerprint import fingerprint
from domain.periods import Period

FORMAT: Final = 2
"""What the files hold and mean; another number is another format, and is not read."""
MANIFEST: Final = "manifest.json"
_COUNCIL: Final = "council="
_NAME: Final = r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}"

UNREADABLE: Final = "its manifest cannot be read"
OF_ANOTHER_FORMAT: Final = "it was written by another version of Recount"
COUNTED_OTHERWISE: Final = "it was counted by other measures than those of this program"
NOT_AS_WRITTEN: Final = "its file {} is missing, cut short or changed"
_CHECKED_KEPT: Final = 20_000
"""Files whose checksums a process keeps: of 150 councils there are about 7,000."""


class KnowledgeDay(msgspec.Struct, frozen=True):
    """A day on which something became known; and, as known on it, from which day to which files cover."""

    received_on: date
    first_covered: date | None
    last_covered: date | None


class PartFile(msgspec.Struct, frozen=True):
    """A file of the council's folder: the standings of the part that is stored under this number.

    `rows` stand for so many `standings`, one row for equals. `sha256` is that of its bytes, in hex.
    """

    part: int
    path: str
    standings: int
    rows: int
    bytes: int
    sha256: str


class CouncilState(msgspec.Struct, frozen=True):
    """What a council's files are of: of one state they say one thing.

    `position` is the last one that brought knowledge, `commitment` that of the event there: after a backup was put
    back, another event may stand at it. `erased` counts the rows of its database that tell of erased episodes, and
    `counted_by` is the fingerprint of the measures.
    """

    position: int
    commitment: str
    generation: int
    erased: int
    counted_by: str


class CouncilManifest(msgspec.Struct, frozen=True):
    """A council's files, and the state that they are of.

    `key` names the key that the database signs with: no other database's standings take a council's place.
    `knowledge` is in the order of days.
    """

    format: int
    council: str
    key: str
    state: CouncilState
    written_at: datetime
    demonstration: bool
    knowledge: tuple[KnowledgeDay, ...]
    files: tuple[PartFile, ...]

    @property
    def standings(self) -> int:
        """How many standings there are."""
        return sum(file.standings for file in self.files)

    @property
    def newest_received_on(self) -> date | None:
        """The last day on which anything reached the council."""
        return self.knowledge[-1].received_on if self.knowledge else None

    def days_covered(self, known_at: date | None) -> Period | None:
        """From the first to the last day that any file covers, as known on a day, or by all that is known."""
        known = [day for day in self.knowledge if known_at is None or day.received_on <= known_at]
        if not known or known[-1].first_covered is None or known[-1].last_covered is None:
            return None
        return Period(known[-1].first_covered, known[-1].last_covered)

    def covers(self, as_of: date, known_at: date | None) -> bool:
        """Whether the day lies within the days that files cover."""
        days = self.days_covered(known_at)
        return days is not None and as_of in days


@dataclass(frozen=True, slots=True)
class AbsentCouncil:
    """A council whose figures are not there, and why."""

    council: str
    reason: str


@dataclass(frozen=True, slots=True)
class Councils:
    """The councils of a folder, in the order of their names: those that can be read, and those that cannot."""

    folder: Path
    present: tuple[CouncilManifest, ...]
    absent: tuple[AbsentCouncil, ...]

    def files(self, parts: Collection[int], councils: Collection[str] | None = None) -> list[str]:
        """The files of these parts; of some councils, or of all."""
        return [
            str(council_folder(self.folder, one.council) / file.path)
            for one in self.present
            if councils is None or one.council in councils
            for file in one.files
            if file.part in parts
        ]

    def newest_day_covered(self) -> date | None:
        """The last day that files of at least half of the councils cover; None where hardly any has files."""
        last = [known.last_day if (known := one.days_covered(None)) else date.min for one in self.present]
        middle = sorted(last)[len(last) // 2] if last else date.min
        return None if middle == date.min else middle

    def manifest_of(self, council: str) -> CouncilManifest:
        """Of one council; raises WrongUse, saying why it is not there."""
        for one in self.present:
            if one.council == council:
                return one
        reason = next((one.reason for one in self.absent if one.council == council), "nothing was written for it")
        raise WrongUse(f"The figures of {council} are not among those that are read: {reason}.")


def council_folder(folder: Path, council: str) -> Path:
    """Where a council's files are.

    Raises:
        Refused: it is no name of a council that a folder could have.
    """
    if not fullmatch(_NAME, council):
        raise Refused(
            "council-name",
            f"'{council}' is no short name of a council. Use letters, digits, - and _, like its code E08000026.",
        )
    return folder / f"{_COUNCIL}{council}"


def read_manifest(folder: Path, council: str) -> CouncilManifest | None:
    """What is said of a council's files; None where there is nothing, or nothing that can be read."""
    try:
        return msgspec.json.decode((council_folder(folder, council) / MANIFEST).read_bytes(), type=CouncilManifest)
    except (OSError, msgspec.DecodeError):
        return None


def councils_in(folder: Path, parts: Collection[int] = (), of: Collection[str] | None = None) -> Councils:
    """The councils of a folder. Of each, or of those that are named, the files of these parts are held against their
    checksums: they may be read. Of all others it is enough that they are there in their size.

    Raises:
        WrongUse: there is no such folder, or no council in it.
    """
    names = _councils_of(folder)
    if not names:
        raise WrongUse(f"There are no standings of a council in {folder}. 'recount national export' writes them.")
    read = [(name, read_manifest(folder, name)) for name in names]
    asked = {name: parts if of is None or name in of else () for name in names}
    wrong = {name: reason for name, manifest in read if (reason := _why_absent(folder, name, manifest, asked[name]))}
    return Councils(
        folder,
        tuple(manifest for name, manifest in read if manifest is not None and name not in wrong),
        tuple(AbsentCouncil(*one) for one in wrong.items()),
    )


def has_councils(folder: Path) -> bool:
    """Whether any council has ever written there."""
    return bool(_councils_of(folder))


def _councils_of(folder: Path) -> list[str]:
    return sorted(path.name.removeprefix(_COUNCIL) for path in folder.glob(f"{_COUNCIL}*") if path.is_dir())


def _why_absent(folder: Path, council: str, manifest: CouncilManifest | None, parts: Collection[int]) -> str:
    if manifest is None or manifest.council != council:
        return UNREADABLE
    if manifest.format != FORMAT:
        return OF_ANOTHER_FORMAT
    if manifest.state.counted_by != fingerprint():
        return COUNTED_OTHERWISE
    wrong = _first_wrong(council_folder(folder, council), manifest.files, parts)
    return NOT_AS_WRITTEN.format(wrong.path) if wrong else ""


def _first_wrong(home: Path, files: Sequence[PartFile], parts: Collection[int]) -> PartFile | None:
    """The first file of a council's folder that is missing or of another size than it was written in, or, where it is
    of one of these parts, of another content; None if all are as they were written.
    """
    return next((file for file in files if not is_as_written(home, file, checked=file.part in parts)), None)


class _FoundFile(NamedTuple):
    """What tells that a file is the one that was checked: nobody writes into a file of a council, or gives it another's
    time.
    """

    path: Path
    size: int
    changed_at: int
    inode: int


def is_as_written(home: Path, file: PartFile, *, checked: bool) -> bool:
    """Whether a file of a council's folder is there in its size and, if it is `checked`, with its checksum."""
    path = home / file.path
    try:
        stat = path.stat()
        if stat.st_size != file.bytes:
            return False
        return not checked or _sha256(_FoundFile(path, stat.st_size, stat.st_mtime_ns, stat.st_ino)) == file.sha256
    except OSError:
        return False


@lru_cache(_CHECKED_KEPT)
def _sha256(found: _FoundFile) -> str:
    """The checksum of a file's bytes, in hex; read once a process, as long as it is the same file."""
    with found.path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
