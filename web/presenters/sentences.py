"""A figure in a sentence, and the window of its cohort in words, as a committee would read them aloud."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from web.presenters import text
from web.presenters.text import AnyFigure

TREATED_FOR: Final = {
    "opiate": "opiates",
    "non-opiate": "non-opiates",
    "alcohol": "alcohol",
    "non-opiate-and-alcohol": "non-opiates and alcohol",
}
"""What the people of a substance group are treated for."""


class Wording(NamedTuple):
    """Of whom a figure tells (`cohort`), what it counts, and its window; {who} are adults, people or young people,
    {group} what they are treated for, {first}, {last} and {as_of} days.
    """

    cohort: str
    counted: str
    window: str


_TREATED: Final = "treatment from {first} to {last}"
_REVIEWED: Final = "reviews from {first} to {last}"
_BEGUN: Final = "treatment begun from {first} to {last}"
_COMPLETED: Final = "completions from {first} to {last}, returns to {as_of}"
_ON_THE_DAY: Final = "on {last}"
_EPISODES: Final = "treatment episodes open on the day"
_BEGINNINGS: Final = "treatments that began"

WORDINGS: Final[Mapping[int, Wording]] = {
    1: Wording(
        "{who} whose latest treatment was for {group}",
        "completed it and did not come back within six months",
        "treatment from {first} to {last}, returns to {as_of}",
    ),
    2: Wording("{who} in treatment for {group}", "completed it successfully", _TREATED),
    3: Wording("{who} who completed treatment for {group}", "came back within six months", _COMPLETED),
    4: Wording("{who} who completed treatment for {group}", "have come back so far", _COMPLETED),
    5: Wording(_BEGINNINGS, "have a start TOP within 14 days", _BEGUN),
    6: Wording(
        "{who} who reached half a year of treatment",
        "had a review TOP in it",
        "half a year reached from {first} to {last}",
    ),
    7: Wording("successful completions", "have an exit TOP within 14 days", "completions from {first} to {last}"),
    8: Wording(_EPISODES, "had their recovery plan reviewed in 84 days", _REVIEWED),
    9: Wording(_EPISODES, "had their risk assessment reviewed in 84 days", _REVIEWED),
    10: Wording(_BEGINNINGS, "were offered within 21 days of the referral", _BEGUN),
    11: Wording(_BEGINNINGS, "began within 21 days of the referral", _BEGUN),
    12: Wording("", "people are referred and still wait for treatment to start", _ON_THE_DAY),
    13: Wording(_BEGINNINGS, "ended unplanned within 84 days", _BEGUN),
    14: Wording(_BEGINNINGS, "lasted 84 days, or were completed before", _BEGUN),
    15: Wording("", "people were in treatment", _TREATED),
    16: Wording("", "people were in treatment", _ON_THE_DAY),
    17: Wording("", "treatments began", "from {first} to {last}"),
    18: Wording("", "treatments ended", "from {first} to {last}"),
}
"""By family of measures."""


def sentence(figure: AnyFigure) -> str:
    """The figure in a sentence: 24 of 438 adults in treatment for opiates completed it successfully: 5.5%."""
    said = _filled(figure)
    if figure.denominator is None:
        return f"{figure.numerator:,} {said.counted}."
    if not figure.denominator:
        return f"There were no {said.cohort}, so there is nothing to count."
    counts = f"{figure.numerator:,} of {figure.denominator:,} {said.cohort} {said.counted}"
    if figure.matured is None:
        return f"{counts}: {text.percent(figure.percentage)}."
    have = "has had its" if figure.matured == 1 else "have had their"
    return f"{counts}; {figure.matured:,} {have} six months."


def asks(figure: AnyFigure) -> str:
    """What the figure asks: Of adults in treatment for opiates, how many completed it successfully."""
    said = _filled(figure)
    return f"Of {said.cohort}, how many {said.counted}." if said.cohort else f"How many {said.counted}."


def window(figure: AnyFigure) -> str:
    """The cohort's window: completions from 1 Jan 2013 to 31 Dec 2013, returns to 30 Jun 2014."""
    return _filled(figure).window


def _filled(figure: AnyFigure) -> Wording:
    measure = figure.measure
    who = "young people" if figure.slice.young_people else "adults" if measure.adults else "people"
    parts = [measure.family.parts[part] for part in measure.parts]
    given = {
        "who": who,
        "group": " or ".join(TREATED_FOR.get(part, part) for part in parts),
        "first": text.short_day(figure.first_day),
        "last": text.short_day(figure.last_day),
        "as_of": text.short_day(figure.standpoint.as_of),
    }
    return Wording(*(said.format(**given) for said in WORDINGS[measure.family.number]))
