"""What the values of a file are, however they are written."""

import re
from typing import Final

NONE: Final = frozenset({"NA", "N/A", "NULL", "0000-00-00", "00/00/0000"})
"""What means that there is no value, in capitals."""
_BEGINS: Final = frozenset({text[0] for text in NONE} | {text[0].lower() for text in NONE})
"""Most values are told apart by their first letter."""

LIKE_A_DAY: Final = re.compile(r"[0-9]{1,4}[-/.][0-9A-Za-z]{1,3}[-/.][0-9]{1,4}")
"""What was meant as a day, in whatever form."""


def clean(value: str) -> str:
    """A value without the blanks around it; empty for what means none."""
    value = value.strip()
    return "" if value and value[0] in _BEGINS and value.upper() in NONE else value
