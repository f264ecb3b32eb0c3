"""Archives whose bytes are the same whenever they are made."""

import io
import zipfile
from collections.abc import Iterable
from typing import Final

MEDIA: Final = "application/zip"
_MADE: Final = (1980, 1, 1, 0, 0, 0)
"""The first day that the format knows."""


def bundle(files: Iterable[tuple[str, bytes]]) -> bytes:
    """An archive of these files, in this order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(_entry(name), content)
    return out.getvalue()


def bundled_again(archive: bytes) -> bytes:
    """The same archive without the hour at which it was made."""
    with zipfile.ZipFile(io.BytesIO(archive)) as found:
        return bundle([(name, found.read(name)) for name in found.namelist()])


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _MADE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
