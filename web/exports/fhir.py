"""A figure as a FHIR R4 MeasureReport: a summary of one measure over its window, with its counts and nobody named.

The codes are this program's own; only the two kinds of population are those of FHIR's `measure-population`.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from domain.errors import WrongUse

Document = Mapping[str, Any]
URN: Final = "urn:recount:"
POPULATION: Final = "http://terminology.hl7.org/CodeSystem/measure-population"
_STATUS: Final = {"complete": "complete", "provisional": "complete", "incomplete": "pending"}
"""FHIR knows no provisional result; the figure's own word stands beside it as an extension."""
_BETTER: Final = {"higher": "increase", "lower": "decrease"}
_IMPROVEMENT: Final = "http://terminology.hl7.org/CodeSystem/measure-improvement-notation"


def measure_report(figures: Sequence[Document], audience: str) -> str:
    """The report of the one figure that was asked for.

    Raises:
        WrongUse: it is not one figure.
    """
    if len(figures) != 1:
        raise WrongUse("A MeasureReport is of one measure. Ask for one.")
    return json.dumps(_report(figures[0], audience))


def _report(figure: Document, audience: str) -> dict[str, Any]:
    report: dict[str, Any] = {
        "resourceType": "MeasureReport",
        "meta": {"tag": [{"system": f"{URN}audience", "code": audience}]},
        "extension": _extensions(figure),
        "status": _STATUS.get(figure["status"], "pending"),
        "type": "summary",
        "measure": f"{URN}measure:{figure['measure']}|{figure['definition']}",
        "date": figure["as_of"],
        "period": {"start": figure["cohort"]["first_day"], "end": figure["cohort"]["last_day"]},
        "group": [_group(figure)],
    }
    if figure["polarity"]:
        code = _BETTER[figure["polarity"]]
        report["improvementNotation"] = {"coding": [{"system": _IMPROVEMENT, "code": code}]}
    if agency := figure["slice"]["agency"]:
        report["reporter"] = {"identifier": {"system": f"{URN}agency", "value": agency}}
    return report


def _extensions(figure: Document) -> list[dict[str, Any]]:
    extensions: list[tuple[str, str, Any]] = [
        ("status", "valueCode", figure["status"]),
        ("as-of", "valueDate", figure["as_of"]),
        ("known-at", "valueDate", figure["known_at"]),
        ("position", "valueString", str(figure["position"])),
        ("area", "valueString", figure["slice"]["area"]),
        ("criminal-justice", "valueBoolean", figure["slice"]["criminal_justice"] or None),
        ("young-people", "valueBoolean", figure["slice"]["young_people"] or None),
    ]
    return [{"url": URN + name, kind: value} for name, kind, value in extensions if value is not None]


def _group(figure: Document) -> dict[str, Any]:
    """The counts that are there; of those that are suppressed nothing is said."""
    coding = {"system": f"{URN}measure", "code": figure["measure"], "display": figure["name"]}
    group: dict[str, Any] = {"code": {"coding": [coding]}}
    names = [name for name in ("numerator", "denominator") if isinstance(figure[name], int)]
    if names:
        group["population"] = [_population(name, figure[name]) for name in names]
    if isinstance(figure["percentage"], float):
        group["measureScore"] = {"value": figure["percentage"], "unit": "%"}
    return group


def _population(code: str, count: int) -> dict[str, Any]:
    return {"code": {"coding": [{"system": POPULATION, "code": code}]}, "count": count}
