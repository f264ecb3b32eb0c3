"""Words of an agreement as they are kept: names, reasons and sources, each on one line."""

import unicodedata

from domain.errors import Refused


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
