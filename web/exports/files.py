"""What leaves the service as a file: what it says of itself, and archives whose bytes are the same whenever made."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

MEDIA: Final = "application/zip"
_MADE: Final = (1980, 1, 1, 0, 0, 0)
"""The first day that the format knows."""


@dataclass(frozen=True, slots=True)
class About:
    """What a file says of itself before its tables: its title, for whom it is, and pairs of a term and what it is.

    `where` says from where and of whom its figures are seen; `notice`, that nobody in it is real, where that is so.
    """

    title: str
    audience: str
    said: Sequence[tuple[str, str]] = ()
    where: Sequence[tuple[str, str]] = ()
    notice: str = ""

    @property
    def terms(self) -> list[tuple[str, str]]:
        """What each table alone has to say as well: from where, of whom, and of the invented that they are."""
        return [*self.where, *([("Invented", self.notice)] if self.notice else [])]


def bundle(files: Iterable[tuple[str, bytes]]) -> bytes:
    """An archive of these files, in this order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(_entry(name), content)
    return out.getvalue()


def without_dates(archive: bytes) -> bytes:
    """The same archive without the hour at which it was made."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return bundle([(name, opened.read(name)) for name in opened.namelist()])


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _MADE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
