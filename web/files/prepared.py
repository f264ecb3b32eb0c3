"""How a prepared file says what it says: the mark on its first line, its rejections, and what ages there can be.

The mark names the form of the file and the client key that it was prepared with, by a check value: under another key
everybody in it would be another person.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from domain.client import ClientKey
from domain.periods import ONE_DAY, add_months
from domain.submission import Rejection

SUFFIX: Final = ".prepared.csv"
"""How the name of a prepared file ends, in place of `.csv`."""
ADULT_MONTHS: Final = 18 * 12
EARLIEST_BIRTH: Final = date(1903, 1, 1)
"""Born after 1902. [V]"""
NEAR_IDS: Final = 4

_MARK: Final = "recount-prepared"
_FORM: Final = "1"
_CHECK_DIGITS: Final = 16
"""64 bits tell keys apart that differ by mistake; nobody gains by making two of the same check value."""
_CHECK: Final = re.compile(rf"[0-9a-f]{{{_CHECK_DIGITS}}}")
_ID: Final = re.compile(r"[a-p][a-z2-7]{11}[acegikmoqsuwy246]")
"""Exactly the ids that `ClientKey.client` can give: 63 bits, five a letter, the last bit of the last letter empty."""


def key_check(client_key: ClientKey) -> str:
    """What a prepared file, and messages about it, say of the client key; the key cannot be worked out from it."""
    return client_key.check_value().hex()[:_CHECK_DIGITS]


def mark(client_key: ClientKey) -> tuple[str, ...]:
    """The first line of a file prepared with this key."""
    return _MARK, _FORM, key_check(client_key)


def key_check_in(line: Sequence[str]) -> str | None:
    """The check value of the key in a first line; None if that is no mark of a form that we know."""
    match [field.strip() for field in line]:
        case [mark, form, check] if (mark, form) == (_MARK, _FORM) and _CHECK.fullmatch(check):
            return check
    return None


def is_id(text: str) -> bool:
    """Whether this is the id of a person, as the client key makes it."""
    return _ID.fullmatch(text) is not None


def rejections_text(rejections: Iterable[Rejection]) -> str:
    """Column and code of each; the sentences may quote the file, and stay where it was prepared."""
    return " ".join(f"{rejection.column}:{rejection.code}" for rejection in rejections)


def rejections_in(text: str) -> list[tuple[str, str]]:
    """The columns and codes of a `rejections_text`; what cannot be read gives a code that there is none of."""
    return [(column, code) for column, _, code in (word.partition(":") for word in text.split())]


def births(arrived_on: date, adult_on: date | None) -> tuple[date, date] | None:
    """The earliest and the latest day on which one can be born who arrived on that day, with this 18th birthday.

    None for the birthday means that it was not after the arrival. Gives None where there is no such day of birth.
    """
    if arrived_on < EARLIEST_BIRTH:
        return None
    if adult_on is None:
        return EARLIEST_BIRTH, max(_turning_18_by(arrived_on))
    if not arrived_on < adult_on <= add_months(arrived_on, ADULT_MONTHS):
        return None
    possible = [
        born_on
        for born_on in _turning_18_by(adult_on)
        if add_months(born_on, ADULT_MONTHS) == adult_on and EARLIEST_BIRTH <= born_on <= arrived_on
    ]
    return (min(possible), max(possible)) if possible else None


def _turning_18_by(day: date) -> list[date]:
    """The last days of birth of those who are 18 on `day`: born on a 29 February, one is so already on a 28th."""
    born_on = add_months(day, -ADULT_MONTHS)
    return [born for born in (born_on, born_on + ONE_DAY) if add_months(born, ADULT_MONTHS) <= day]


def age(born_on: date, on: date) -> int:
    """Completed years of age."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
