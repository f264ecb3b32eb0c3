"""Entered KPIs in a frozen scorecard: what it says of each, and what the same question is answered with by now.

A frozen scorecard names the day by which it knew and, for each KPI, how far in the log what was entered is in it
(`position`): entries of the same day that came later are not. So it can be worked out again at any time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from domain.periods import Period
from domain.rounding import STORED_DECIMALS, half_up, percentage_of
from domain.standpoint import Standpoint
from projections.standings.slices import Slice
from projections.standings.wilson import wilson

from .entered import DEFINITION, Entered, EnteredFigure, EnteredKpi, figure_of, figure_of_period

Document = dict[str, Any]

_LEVEL: Final = {"level": 95, "method": "wilson"}


def is_in_force(kpi: EnteredKpi, as_of: date) -> bool:
    """Whether a scorecard of a day has the KPI: its first value was due by then, and it had not ended."""
    return kpi.terms.first_day <= as_of and (kpi.last_day is None or kpi.last_day >= as_of)


def frozen_documents(entered: Entered, standpoint: Standpoint) -> list[Document]:
    """What a frozen scorecard says of each entered KPI in force, in the order in which they were defined.

    `standpoint` is that of the scorecard; a KPI of which nothing was entered has no numbers.
    """
    known = entered.as_known(standpoint.known_at)
    as_of = standpoint.as_of
    figures = [figure_of(known, kpi, None, as_of) for kpi in known.kpis if is_in_force(kpi, as_of)]
    return [_document(figure, standpoint, known.position) for figure in figures]


def _document(figure: EnteredFigure, standpoint: Standpoint, position: int) -> Document:
    terms, numerator, denominator = figure.kpi.terms, figure.numerator, figure.denominator
    return {
        "measure": terms.code,
        "kpi": terms.number,
        "name": terms.name,
        "wording": terms.wording,
        "kind": terms.kind,
        "polarity": terms.polarity,
        "frequency": terms.frequency,
        "definition": DEFINITION,
        "slice": {"area": None, "agency": None, "criminal_justice": False, "young_people": False},
        "numerator": numerator,
        "denominator": denominator,
        "percentage": None if numerator is None else percentage_of(numerator, denominator),
        "interval": _interval(numerator, denominator),
        "cohort": {
            "first_day": figure.period.first_day.isoformat(),
            "last_day": figure.period.last_day.isoformat(),
        },
        "as_of": standpoint.as_of.isoformat(),
        "known_at": standpoint.known_at.isoformat() if standpoint.known_at else None,
        "position": position,
        "status": None,
        "coverage": {"expected": _named(figure.expected), "missing": _named(figure.missing)},
        "source": "entered",
        "values": [
            {"value": one.number, "agency": one.entered.agency or None, "version": one.version} for one in figure.values
        ],
    }


def _named(agencies: Iterable[str]) -> list[str]:
    return [agency for agency in agencies if agency]


def _interval(numerator: int | None, denominator: int | None) -> Document | None:
    limits = wilson(numerator, denominator) if numerator is not None and denominator else None
    if limits is None:
        return None
    low, high = (half_up(limit, STORED_DECIMALS) for limit in limits)
    return {"low": low, "high": high, **_LEVEL}


@dataclass(frozen=True, slots=True)
class FrozenFigure:
    """What a frozen scorecard says of an entered KPI."""

    document: Document

    @property
    def code(self) -> str:
        """The KPI's."""
        return str(self.document["measure"])

    @property
    def period(self) -> Period:
        """Of which period it is."""
        days = self.document["cohort"]
        return Period(date.fromisoformat(days["first_day"]), date.fromisoformat(days["last_day"]))

    @property
    def numbers(self) -> tuple[int | None, int | None]:
        """Numerator and denominator; None where it was not entered."""
        return self.document["numerator"], self.document["denominator"]

    def then(self, entered: Entered) -> EnteredFigure | None:
        """The figure as the log has it, by what was entered up to the scorecard's position; None without such a KPI."""
        return self._figure(entered.up_to(self.document["position"]).as_known(self._known_at))

    def now(self, entered: Entered) -> EnteredFigure | None:
        """The figure of the same period by all that has been entered; None without such a KPI."""
        return self._figure(entered)

    def has_changed(self, entered: Entered) -> bool:
        """Whether the figure has other numbers by now."""
        figure = self.now(entered)
        return figure is None or (figure.numerator, figure.denominator) != self.numbers

    @property
    def _known_at(self) -> date | None:
        known_at = self.document["known_at"]
        return date.fromisoformat(known_at) if known_at else None

    def _figure(self, entered: Entered) -> EnteredFigure | None:
        kpi = entered.coded(self.code)
        agency = Slice(**self.document["slice"]).agency
        if kpi is None:
            return None
        return figure_of_period(entered, kpi, agency, self.period, date.fromisoformat(self.document["as_of"]))


def frozen_faults(number: int, documents: Sequence[Document], entered: Entered) -> list[str]:
    """Which entered figures of publication `number` are not what the log has for them, a sentence each."""
    faults = []
    for frozen in map(FrozenFigure, documents):
        figure = frozen.then(entered)
        again = (figure.numerator, figure.denominator) if figure else None
        if again != frozen.numbers:
            faults.append(
                f"Publication {number} has {_words(frozen.numbers)} in {frozen.code}, which is entered by hand, but "
                f"what was entered by then is {_words(again)}."
            )
    return faults


def _words(numbers: tuple[int | None, int | None] | None) -> str:
    if numbers is None or numbers[0] is None:
        return "nothing"
    numerator, denominator = numbers
    return f"{numerator}" if denominator is None else f"{numerator} of {denominator}"
