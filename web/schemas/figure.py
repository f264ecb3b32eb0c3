"""A figure as JSON."""

from typing import Any, Final

from marshmallow import Schema, fields

from domain.standpoint import Standpoint
from projections.standings.engine import Figure, Waiting
from projections.standings.slices import Slice

Document = dict[str, Any]

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


def figure_document(figure: Figure) -> Document:
    """FIGURE of the JSON reference, as `FigureSchema` describes it; written out, since a schema takes thirty
    times as long, and the service answers with little else.
    """
    measure, standpoint, coverage = figure.measure, figure.standpoint, figure.coverage
    return {
        "measure": measure.code,
        "name": measure.name,
        "kind": measure.kind,
        "definition": figure.definition,
        "slice": slice_document(figure.slice),
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "percentage": figure.percentage,
        "interval": _interval(figure.interval),
        "cohort": {"first_day": figure.first_day.isoformat(), "last_day": figure.last_day.isoformat()},
        **standpoint_document(standpoint),
        "status": coverage.status,
        "coverage": {"expected": list(coverage.expected), "missing": list(coverage.missing)},
        "immature": measure.immature,
        "matured": figure.matured,
        "polarity": measure.polarity,
        "parts": figure.parts,
        "waiting": _waiting(figure.waiting),
        "erased_records": figure.erased,
    }


def _interval(limits: tuple[float, float] | None) -> Document | None:
    return None if limits is None else {"low": limits[0], "high": limits[1], "level": LEVEL, "method": METHOD}


def _waiting(waiting: Waiting | None) -> Document | None:
    return None if waiting is None else {"people": waiting.people, "longest_days": waiting.longest_days}


def standpoint_document(standpoint: Standpoint) -> Document:
    """STANDPOINT of the JSON reference."""
    known_at = standpoint.known_at
    return {
        "as_of": standpoint.as_of.isoformat(),
        "known_at": known_at.isoformat() if known_at else None,
        "position": standpoint.position,
    }


def slice_document(where: Slice) -> Document:
    """What was asked for of all people."""
    return {
        "area": where.area,
        "agency": where.agency,
        "criminal_justice": where.criminal_justice,
        "young_people": where.young_people,
    }
