"""A figure as JSON."""

from typing import Any, Final

from marshmallow import Schema, fields, pre_dump

from domain.standpoint import Standpoint
from projections.figures import Figure
from projections.slices import Slice

LEVEL: Final = 95
METHOD: Final = "wilson"
"""Which interval a figure carries, in percent confidence."""


class SliceSchema(Schema):
    """Which part of the people was asked for; null and false stand for all."""

    area = fields.String(allow_none=True)
    agency = fields.String(allow_none=True)
    criminal_justice = fields.Boolean()
    young_people = fields.Boolean()


class IntervalSchema(Schema):
    """An interval of a percentage, in points."""

    low = fields.Float()
    high = fields.Float()
    level = fields.Integer()
    method = fields.String()


class PeriodSchema(Schema):
    """From the first to the last day, both included."""

    first_day = fields.Date()
    last_day = fields.Date()


class CoverageSchema(Schema):
    """The agencies expected to report, and those of them without a file that covers `as_of`."""

    expected = fields.List(fields.String())
    missing = fields.List(fields.String())


class WaitingSchema(Schema):
    """Who still waits beside those who started."""

    people = fields.Integer()
    longest_days = fields.Integer(allow_none=True)


class StandpointSchema(Schema):
    """Up to when things may have happened, up to when they may be known, and where in the log that is."""

    as_of = fields.Date()
    known_at = fields.Date(allow_none=True)
    position = fields.Integer()


class FigureSchema(Schema):
    """One figure with all that is needed to read it and to ask for it again."""

    measure = fields.String()
    name = fields.String()
    kind = fields.String()
    definition = fields.String()
    slice = fields.Nested(SliceSchema)
    numerator = fields.Integer()
    denominator = fields.Integer(allow_none=True)
    percentage = fields.Float(allow_none=True)
    interval = fields.Nested(IntervalSchema, allow_none=True)
    cohort = fields.Nested(PeriodSchema)
    as_of = fields.Date()
    known_at = fields.Date(allow_none=True)
    position = fields.Integer()
    status = fields.String()
    coverage = fields.Nested(CoverageSchema)
    immature = fields.Boolean()
    matured = fields.Integer(allow_none=True)
    polarity = fields.String(allow_none=True)
    parts = fields.Dict(keys=fields.String(), values=fields.Integer(), allow_none=True)
    waiting = fields.Nested(WaitingSchema, allow_none=True)
    erased_records = fields.Integer()

    @pre_dump
    def _flattened(self, figure: Figure, **_: Any) -> dict[str, Any]:
        measure, standpoint = figure.measure, figure.standpoint
        return {
            "measure": measure.code,
            "name": measure.name,
            "kind": measure.kind,
            "definition": figure.definition,
            "slice": figure.slice,
            "numerator": figure.numerator,
            "denominator": figure.denominator,
            "percentage": figure.percentage,
            "interval": _interval(figure),
            "cohort": {"first_day": figure.first_day, "last_day": figure.last_day},
            "as_of": standpoint.as_of,
            "known_at": standpoint.known_at,
            "position": standpoint.position,
            "status": figure.coverage.status,
            "coverage": figure.coverage,
            "immature": measure.immature,
            "matured": figure.matured,
            "polarity": measure.polarity,
            "parts": figure.parts,
            "waiting": figure.waiting,
            "erased_records": figure.erased,
        }


def _interval(figure: Figure) -> dict[str, Any] | None:
    if figure.interval is None:
        return None
    low, high = figure.interval
    return {"low": low, "high": high, "level": LEVEL, "method": METHOD}


def figure_document(figure: Figure) -> dict[str, Any]:
    """FIGURE of the JSON reference."""
    document: dict[str, Any] = FigureSchema().dump(figure)
    return document


def standpoint_document(standpoint: Standpoint) -> dict[str, Any]:
    """STANDPOINT of the JSON reference."""
    document: dict[str, Any] = StandpointSchema().dump(standpoint)
    return document


def slice_document(where: Slice) -> dict[str, Any]:
    """What was asked for of all people."""
    document: dict[str, Any] = SliceSchema().dump(where)
    return document
