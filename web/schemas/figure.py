"""A figure as JSON."""

from dataclasses import asdict
from typing import Any

from marshmallow import Schema, fields

from domain.standpoint import Standpoint
from projections.standings.engine import Figure
from projections.standings.slices import Slice
from web.queries.figure import figure_result, standpoint_result

Document = dict[str, Any]


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
    """FIGURE of the JSON reference."""
    return figure_result(figure).document()


def standpoint_document(standpoint: Standpoint) -> Document:
    """STANDPOINT of the JSON reference."""
    return standpoint_result(standpoint).document()


def slice_document(where: Slice) -> Document:
    """What was asked for of all people."""
    return asdict(where)
