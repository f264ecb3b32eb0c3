"""The text of a file's bytes, or what the file is instead of CSV, whatever its name says."""

from codecs import getincrementaldecoder
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from typing import Final, TextIO

from domain.errors import Refused

_WORKBOOK, _NOT_TEXT, _UTF_16 = "excel-workbook", "not-text", "utf-16"
_FROM_THE_SYSTEM: Final = "Export the file from the system as CSV, and send that without opening it in between."
_BEGINNINGS: Final = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _WORKBOOK, "an Excel workbook (of the older kind, or with a password)"),
    (b"%PDF", _NOT_TEXT, "a PDF document"),
    (b"\x1f\x8b", _NOT_TEXT, "a compressed file (gzip)"),
    (b"7z\xbc\xaf\x27\x1c", _NOT_TEXT, "a compressed file (7z)"),
    (b"{\\rtf", _NOT_TEXT, "a text document (RTF)"),
    (b"\xff\xfe", _UTF_16, "text in UTF-16, which Excel calls Unicode text"),
    (b"\xfe\xff", _UTF_16, "text in UTF-16, which Excel calls Unicode text"),
)
"""How files begin that are no CSV, the code of the refusal, and what they are."""
_ZIP: Final = b"PK\x03\x04"
_OF_WORKBOOKS: Final = (b"xl/", b"[Content_Types].xml", b"opendocument.spreadsheet")
"""What stands near the beginning of a ZIP archive that is a workbook."""
_MARKUP: Final = {b"<!doctype html": "a web page", b"<html": "a web page", b"<table": "a web page", b"<?xml": "XML"}
_LOOKED_AT: Final = 4096
"""Bytes at the beginning that say what a file is."""
_AT_ONCE: Final = 1 << 20
"""Bytes that are decoded at once, to see whether they can be."""


@dataclass(frozen=True, slots=True)
class FileText:
    """The text of a file, decoded bit by bit each time that it is read; without what is `above`, so many characters."""

    data: bytes
    encoding: str
    above: int = 0

    def open(self) -> TextIO:
        """The text from its beginning."""
        text = TextIOWrapper(BytesIO(self.data), self.encoding, newline="")
        text.read(self.above)
        return text

    def beginning(self) -> str:
        """The first characters."""
        return self.open().read(_LOOKED_AT)


def decoded(name: str, data: bytes) -> FileText:
    """The text of a file in UTF-8 or Windows-1252; raises Refused for what is neither."""
    if kind := _other_kind(data):
        code, what = kind
        raise Refused(code, f"{name} is {what}, and no CSV in UTF-8 or Windows-1252. {_FROM_THE_SYSTEM}", name)
    if b"\0" in data:
        raise Refused(
            "nul-byte",
            f"{name} holds a NUL byte, so it is damaged or no text. Export it again as CSV in UTF-8.",
            name,
        )
    for encoding in ("utf-8-sig", "cp1252"):
        if _is_in(data, encoding):
            return FileText(data, encoding)
    raise Refused("undecodable", f"{name} is neither UTF-8 nor Windows-1252. Export it again as CSV in UTF-8.", name)


def _is_in(data: bytes, encoding: str) -> bool:
    decoder = getincrementaldecoder(encoding)()
    try:
        for begin in range(0, len(data), _AT_ONCE):
            decoder.decode(data[begin : begin + _AT_ONCE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _other_kind(data: bytes) -> tuple[str, str] | None:
    """The code and the words of what a file is, if that is seen from its beginning; None for what may be CSV."""
    start = data[:_LOOKED_AT]
    for beginning, code, what in _BEGINNINGS:
        if start.startswith(beginning):
            return code, what
    if start.startswith(_ZIP):
        if any(part in start for part in _OF_WORKBOOKS):
            return _WORKBOOK, "an Excel workbook"
        return _NOT_TEXT, "a ZIP archive, which has to be unpacked first"
    if _is_utf_16(start):
        return _UTF_16, "text in UTF-16, which Excel calls Unicode text"
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return next(((_NOT_TEXT, what) for beginning, what in _MARKUP.items() if text.startswith(beginning)), None)


def _is_utf_16(start: bytes) -> bool:
    """Whether every second byte is NUL, as it is in English text of UTF-16 without a mark."""
    pairs = len(start) // 2
    return pairs > 0 and any(
        start[side::2].count(0) * 10 > pairs * 9 and 0 not in start[1 - side :: 2] for side in (0, 1)
    )
