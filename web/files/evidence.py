"""A file that is evidence: it is read once, its hash, name and size are kept, and it is let go."""

from hashlib import sha256
from io import BytesIO
from pathlib import Path, PureWindowsPath
from typing import BinaryIO, Final

from domain.contract_life.entered import Evidence, entered_words
from domain.errors import Refused

REFUSALS: Final = {"evidence-empty": "The file that should be the evidence is empty."}
"""Why a file is refused as evidence, by code."""
NAMELESS: Final = "file"
_AT_ONCE: Final = 2**20


def evidence_of(name: str, file: bytes | BinaryIO) -> Evidence:
    """What is kept of a file, which is never held in memory as a whole.

    Raises:
        Refused: it is empty, or its name is too long.
    """
    evidence = hashed(name, file)
    if not evidence.size:
        raise Refused("evidence-empty", "The file is empty, so it is evidence of nothing. Choose another.")
    return evidence


def evidence_at(path: Path) -> Evidence:
    """What is kept of a file of this machine; raises as `evidence_of`."""
    with path.open("rb") as file:
        return evidence_of(path.name, file)


def hashed(name: str, file: bytes | BinaryIO) -> Evidence:
    """The hash, name and size of a file, also of an empty one. Raises Refused if the name is too long."""
    stream = BytesIO(file) if isinstance(file, bytes) else file
    digest, size = sha256(), 0
    while part := stream.read(_AT_ONCE):
        digest.update(part)
        size += len(part)
    return Evidence(digest.hexdigest(), file_name(name), size)


def file_name(name: str) -> str:
    """What a file is called, without the folders that it lay in and without signs that cannot be printed.

    Raises:
        Refused: it is too long.
    """
    last = PureWindowsPath(name).name
    printable = "".join(sign if sign.isprintable() else "_" for sign in last)
    return entered_words(printable if printable.strip(". ") else NAMELESS, "name of the file")
