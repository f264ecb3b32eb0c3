"""What people write, as it is kept: names, reasons and sources of an agreement on one line, and texts of several."""

import re
import unicodedata
from typing import Final

from domain.errors import Refused

_BLANK: Final = re.compile(r"[^\S\n]")
_UNSEEN: Final = dict.fromkeys(
    map(ord, "\N{SOFT HYPHEN}\N{ZERO WIDTH SPACE}\N{WORD JOINER}\N{ZERO WIDTH NO-BREAK SPACE}")
)
"""What office programs put between letters (a soft hyphen, spaces and joiners of no width): nobody sees it, so nobody
could find it to leave it out."""


def kept_words(text: str, most: int, what: str, code: str) -> str:
    """A text as it is kept: its letters in one way of writing, single spaces between words.

    `what` names it in a sentence, like "The reason"; `code` begins the codes of both refusals.

    Raises:
        Refused: it has more than `most` characters, or not all of it can be read.
    """
    normalised = " ".join(unicodedata.normalize("NFC", text).split())
    if len(normalised) > most:
        raise Refused(f"{code}-too-long", f"{what} has {len(normalised)} characters; {most} are the most.")
    if not normalised.isprintable():
        raise Refused(f"{code}-unreadable", f"{what} has signs that cannot be printed. Leave them out.")
    return normalised


def as_kept(text: str) -> str:
    """A text in one way of writing its letters, its blanks as spaces and none at its ends, without what nobody sees."""
    normalised = unicodedata.normalize("NFC", text).replace("\r\n", "\n").translate(_UNSEEN)
    return _BLANK.sub(" ", normalised).strip()
