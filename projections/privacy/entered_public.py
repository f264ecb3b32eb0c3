"""What the public sees of figures that were entered by hand: those of frozen scorecards, whole, or nothing of them.

There are no people behind such a figure, only numbers, so nobody can say which of them are in two. What can be proven
is therefore all that is relied on:

- no agency's figure is shown, only the sum of all that enter;
- none of the values in it, nor the sum, tells of fewer than 5 who are counted or of fewer than 5 who are not: so it
  gives nothing small away even to somebody who knows all the values but one;
- where the same period of the same KPI was shown before with other numbers, each number that differs, of the sum and
  of every value in it, differs by at least 5.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from projections.performance.entered import Entered, EnteredFigure
from projections.performance.entered_frozen import Document, FrozenFigure
from projections.publication.suppression import UNDER, Counts, visible

SMALL: Final = (
    f"It is not shown: it, or a value in it, is under {UNDER}, or all but fewer than {UNDER}. "
    "Not shown does not mean zero."
)
CLOSE: Final = (
    f"It is not shown: the same figure was shown before, and both together would tell of fewer than {UNDER} people."
)
"""Why a figure is withheld from the public."""

_Numbers = tuple[int, int | None]
_Values = Mapping[str, _Numbers]
"""Numerator and denominator by agency; of all together under the empty text."""
_TOGETHER: Final = "all"


@dataclass(frozen=True, slots=True)
class PublicEntered:
    """An entered figure of a frozen scorecard as the public sees it; `withheld` says why its numbers are not shown."""

    frozen: FrozenFigure
    withheld: str = ""


def public_entered(
    scorecards: Iterable[tuple[int, Sequence[Document]]], entered: Entered
) -> dict[int, list[PublicEntered]]:
    """The entered figures of all frozen scorecards by the number of each, which come in the order of publication."""
    shown_before: dict[tuple[Any, ...], list[_Values]] = {}
    public: dict[int, list[PublicEntered]] = {}
    for number, documents in scorecards:
        public[number] = []
        for frozen in map(FrozenFigure, documents):
            before = shown_before.setdefault((frozen.code, frozen.period), [])
            values = _values(frozen.then(entered))
            withheld = _withheld(values, before)
            if frozen.numbers[0] is not None and not withheld:
                before.append(values)
            public[number].append(PublicEntered(frozen, withheld))
    return public


def _values(figure: EnteredFigure | None) -> _Values:
    """The numbers of each value and of their sum; none where the figure has none."""
    if figure is None or figure.numerator is None:
        return {}
    by_agency: dict[str, _Numbers] = {
        one.entered.agency: (one.numbers.numerator, one.numbers.denominator) for one in figure.values
    }
    return by_agency | {_TOGETHER: (figure.numerator, figure.denominator)}


def _withheld(values: _Values, before: Iterable[_Values]) -> str:
    if any(not visible(Counts(*numbers)).numerator for numbers in values.values()):
        return SMALL
    if any(not _apart(numbers, its.get(key)) for its in before for key, numbers in values.items()):
        return CLOSE
    return ""


def _apart(now: _Numbers, then: _Numbers | None) -> bool:
    """Whether none of the counts (counted, not counted, all) differs by fewer than 5 from what it was."""
    if then is None:
        return False
    differences = (abs(one - other) for one, other in zip(_counts(now), _counts(then), strict=True))
    return all(difference == 0 or difference >= UNDER for difference in differences)


def _counts(numbers: _Numbers) -> tuple[int, int, int]:
    numerator, denominator = numbers
    whole = numerator if denominator is None else denominator
    return numerator, whole - numerator, whole
