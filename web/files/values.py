"""What the values of a file are, however they are written."""

from typing import Final

NONE: Final = frozenset({"NA", "N/A", "NULL", "0000-00-00", "00/00/0000"})
"""What means that there is no value, in capitals."""
_LONGEST_NONE: Final = max(map(len, NONE))


def clean(value: str) -> str:
    """A value without the blanks around it; empty for what means none."""
    value = value.strip()
    return "" if len(value) <= _LONGEST_NONE and value.upper() in NONE else value
