"""A figure in a sentence, and the window of its cohort in words, as a committee would read them aloud."""

from typing import Final

from domain.measures.wording import WORDINGS, Wording
from web.presenters import text
from web.presenters.text import AnyFigure

TREATED_FOR: Final = {
    "opiate": "opiates",
    "non-opiate": "non-opiates",
    "alcohol": "alcohol",
    "non-opiate-and-alcohol": "non-opiates and alcohol",
}
"""What the people of a substance group are treated for."""


def sentence(figure: AnyFigure) -> str:
    """The figure in a sentence: 24 of 438 adults in treatment for opiates completed it successfully: 5.5%."""
    if why := _silence(figure):
        return why
    wording = _filled(figure)
    if figure.denominator is None:
        return f"{figure.numerator:,} {wording.counted}."
    if not figure.denominator:
        return f"There were no {wording.cohort}, so there is nothing to count."
    counts = f"{figure.numerator:,} of {figure.denominator:,} {wording.cohort} {wording.counted}"
    if figure.matured is None:
        return f"{counts}: {text.percentage(figure)}."
    have = "has had its" if figure.matured == 1 else "have had their"
    return f"{counts}; {figure.matured:,} {have} six months."


def _silence(figure: AnyFigure) -> str:
    """Why a figure has no numbers, in a sentence; else nothing."""
    if figure.unknown:
        return f"Nothing is known of the {figure.unknown}."
    if figure.withheld:
        return figure.withheld
    return "" if figure.is_covered else text.no_file_covers(figure.standpoint, figure.days_covered)


def asks(figure: AnyFigure) -> str:
    """What the figure asks: Of adults in treatment for opiates, how many completed it successfully."""
    wording = _filled(figure)
    return f"Of {wording.cohort}, how many {wording.counted}." if wording.cohort else f"How many {wording.counted}."


def window(figure: AnyFigure) -> str:
    """The cohort's window: completions from 1 Jan 2013 to 31 Dec 2013, returns to 30 Jun 2014."""
    return _filled(figure).window


def _filled(figure: AnyFigure) -> Wording:
    measure = figure.measure
    who = "young people" if figure.slice.young_people else "adults" if measure.adults else "people"
    parts = [measure.family.parts[part] for part in measure.parts]
    values = {
        "who": who,
        "group": " or ".join(TREATED_FOR.get(part, part) for part in parts),
        "first": text.short_day(figure.first_day),
        "last": text.short_day(figure.last_day),
        "as_of": text.short_day(figure.standpoint.as_of),
    }
    return Wording(*(wording.format(**values) for wording in WORDINGS[measure.family.name]))
