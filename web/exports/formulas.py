"""What a spreadsheet would take for a formula: a cell that begins with a sign, also behind what nobody sees.

Spreadsheets drop blanks and invisible characters from the front of a cell, and some read the full-width form of a sign
as the sign. One that expects semicolons between columns begins a new cell after each, so what follows one counts too.
"""

import re
import unicodedata
from typing import Final

GUARD: Final = "'"
"""What is put before such a cell: a spreadsheet shows it as text."""

_SIGNS: Final = frozenset("=+-@")
_LIKE_SIGNS: Final = frozenset("\N{MINUS SIGN}\N{HEAVY PLUS SIGN}\N{HEAVY MINUS SIGN}\N{HYPHEN}\N{NON-BREAKING HYPHEN}")
"""Signs that Unicode does not take for another form of the plain ones, though a spreadsheet may."""
_UNSEEN: Final = frozenset(
    "\N{COMBINING GRAPHEME JOINER}\N{HANGUL CHOSEONG FILLER}\N{HANGUL JUNGSEONG FILLER}\N{HANGUL FILLER}"
    "\N{HALFWIDTH HANGUL FILLER}\N{KHMER VOWEL INHERENT AQ}\N{KHMER VOWEL INHERENT AA}\N{BRAILLE PATTERN BLANK}"
    "\N{MONGOLIAN FREE VARIATION SELECTOR ONE}\N{MONGOLIAN FREE VARIATION SELECTOR TWO}"
    "\N{MONGOLIAN FREE VARIATION SELECTOR THREE}"
)
"""What shows nothing and is a letter or a mark to Unicode; the variation selectors come beside it."""
_SELECTORS: Final = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
_BLANK: Final = frozenset("ZC")
"""The first letter of the Unicode categories of blanks and of control, format, private and unassigned characters."""
_ENDS: Final = re.compile(r"(?<=[;\t\r\n])")
"""Where another program may begin a new cell within ours."""
_BEGINS_OTHERWISE: Final = ("\t", "\r", "\n")
"""What some programs read as the beginning of a command, whatever comes behind it."""
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def guarded(text: str) -> str:
    """The text with an apostrophe before it, and before each part of it, that would be taken for a formula.

    A plain number is none.
    """
    if _NUMBER.fullmatch(text):
        return text
    front = GUARD if text[:1] in _BEGINS_OTHERWISE or _begins_with_sign(text) else ""
    first, *others = _ENDS.split(text)
    return front + first + "".join(f"{GUARD}{part}" if _begins_with_sign(part) else part for part in others)


def _begins_with_sign(text: str) -> bool:
    for character in text:
        if character in _LIKE_SIGNS or unicodedata.normalize("NFKC", character)[:1] in _SIGNS:
            return True
        if not _is_unseen(character):
            return False
    return False


def _is_unseen(character: str) -> bool:
    if unicodedata.category(character)[0] in _BLANK or character in _UNSEEN:
        return True
    return any(ord(character) in selectors for selectors in _SELECTORS)
