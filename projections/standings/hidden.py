"""A count that is not shown, where a number has to stand."""

from typing import Final


class Hidden(int):
    """0 to whoever reckons with it, "suppressed" to whoever reads it; in a document it is no number at all."""

    def __repr__(self) -> str:
        return "suppressed"

    __str__ = __repr__

    def __format__(self, _form: str) -> str:
        return "suppressed"


HIDDEN: Final = Hidden()
