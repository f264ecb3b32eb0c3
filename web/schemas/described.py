"""The documents described field by field, for the description of the API. A test holds every answer against it.

The documents themselves are written out by the plain functions beside this module, which take a fraction of the time.
"""

from typing import Any, Final

from marshmallow import Schema, fields

from .figure import (
    CoverageSchema,
    FigureSchema,
    PeriodSchema,
    SliceSchema,
    StandpointSchema,
)


class Described(Schema):
    """A document all of whose names are there, but for those that it may lack."""

    may_lack: tuple[str, ...] = ()

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Every name is there."""
        field_obj.required = field_name not in self.may_lack


class Answer(Described):
    """A document of its own; that of the demonstration says so."""

    may_lack: tuple[str, ...] = ("notice",)
    notice = fields.String(metadata={"description": "That nobody in the data is real."})


class SliceSeen(Described, SliceSchema):
    """Which part of the people was asked for; null and false stand for all."""


class PeriodSeen(Described, PeriodSchema):
    """From the first to the last day, both included."""


class CoverageOfFigure(Described, CoverageSchema):
    """The agencies expected to report, and those of them without a file that covers the day."""


class StandpointSeen(Described, StandpointSchema):
    """Up to when things may have happened and may be known, and where in the log that is."""


def _or_suppressed(**otherwise: Any) -> Any:
    """A value that the public may not have, where it is of few people."""
    suppressed = {
        "type": "object",
        "properties": {"suppressed": {"type": "boolean", "const": True}},
        "required": ["suppressed"],
        "additionalProperties": False,
    }
    return fields.Raw(metadata={"anyOf": [otherwise, suppressed]})


_COUNT: Final = {"type": "integer"}
_COUNT_OR_NONE: Final = {"type": ["integer", "null"]}
_PERCENT_OR_NONE: Final = {"type": ["number", "null"]}
_INTERVAL_OR_NONE: Final = {
    "type": ["object", "null"],
    "properties": {
        "low": {"type": "number"},
        "high": {"type": "number"},
        "level": {"type": "integer"},
        "method": {"type": "string"},
    },
    "required": ["low", "high", "level", "method"],
    "additionalProperties": False,
}


class SuppressionSeen(Described):
    """Under which count nothing is shown to the public, and what to ask for instead."""

    under = fields.Integer()
    instead = fields.String(allow_none=True)


class WaitingBeside(Described):
    """Who still waits."""

    people = _or_suppressed(**_COUNT)
    longest_days = _or_suppressed(**_COUNT_OR_NONE)


class FigureSeen(Described, FigureSchema):
    """One figure with all that is needed to read it and to ask for it again; to the public, suppressed."""

    may_lack = ("suppression", "withheld")
    numerator = _or_suppressed(**_COUNT)
    denominator = _or_suppressed(**_COUNT_OR_NONE)
    percentage = _or_suppressed(**_PERCENT_OR_NONE)
    interval = _or_suppressed(**_INTERVAL_OR_NONE)
    matured = _or_suppressed(**_COUNT_OR_NONE)
    parts = fields.Dict(keys=fields.String(), values=_or_suppressed(**_COUNT), allow_none=True)
    erased_records = _or_suppressed(**_COUNT)
    suppression = fields.Nested(SuppressionSeen)
    withheld = fields.String(metadata={"description": "Why nothing of it is shown."})
    slice = fields.Nested(SliceSeen)
    cohort = fields.Nested(PeriodSeen)
    coverage = fields.Nested(CoverageOfFigure)
    waiting = fields.Nested(WaitingBeside, allow_none=True)


class Counts(Described):
    """A numerator and a denominator, or how much they moved."""

    numerator = fields.Integer(allow_none=True)
    denominator = fields.Integer(allow_none=True)


class KnownCounts(Counts):
    """A figure as known on a day."""

    known_at = fields.Date()
    percentage = fields.Float(allow_none=True)


class RestatementSeen(Counts):
    """What one day of knowledge changed."""

    known_at = fields.Date()
    points = fields.Float(allow_none=True)


class RevisionSeen(Described):
    """How the figure of one period end was restated."""

    as_of = fields.Date()
    missing = fields.List(fields.String())
    first = fields.Nested(KnownCounts, allow_none=True)
    latest = fields.Nested(KnownCounts, allow_none=True)
    restatements = fields.Integer()
    largest = fields.Nested(RestatementSeen, allow_none=True)
    settled_after_days = fields.Integer(allow_none=True)


class RevisionsOfMeasure(Described):
    """How one measure of one slice was restated."""

    measure = fields.String()
    name = fields.String()
    kind = fields.String()
    slice = fields.Nested(SliceSeen)
    reported = fields.Integer()
    restated = fields.Integer()
    still_moving = fields.Integer()
    median_days = fields.Float(allow_none=True)
    longest_days = fields.Integer(allow_none=True)
    periods = fields.List(fields.Nested(RevisionSeen))


class RevisionsAnswer(Answer):
    """How figures were restated."""

    known_at = fields.Date(allow_none=True)
    position = fields.Integer()
    still_moving_days = fields.Integer()
    revisions = fields.List(fields.Nested(RevisionsOfMeasure))


class ForecastInterval(Described):
    """Between how many people, both included."""

    level = fields.Integer()
    low = fields.Integer()
    high = fields.Integer()


class FinalFigure(Described):
    """The measure and day that have the last word."""

    measure = fields.String()
    as_of = fields.Date()


class ForecastCell(Described):
    """People of the cohort by what is known of them."""

    counted = fields.Boolean()
    months = fields.Integer()
    people = fields.Integer()
    earlier_people = fields.Integer()
    earlier_came = fields.Integer()
    chance = fields.Float()


class LevelHeld(Described):
    """How many forecasts an interval held."""

    level = fields.Integer()
    forecasts = fields.Integer()


class EarlierForecast(Described):
    """An earlier forecast, and what came."""

    as_of = fields.Date()
    known_at = fields.Date(allow_none=True)
    position = fields.Integer()
    numerator = fields.Integer()
    denominator = fields.Integer()
    expected = fields.Float()
    intervals = fields.List(fields.Nested(ForecastInterval))
    came = fields.Integer()


class ForecastRecord(Described):
    """How earlier forecasts turned out."""

    forecasts = fields.Integer()
    held = fields.List(fields.Nested(LevelHeld))
    borne_out = fields.Boolean()
    mean_error = fields.Float()
    mean_change = fields.Float()
    earlier = fields.List(fields.Nested(EarlierForecast))


class ForecastAnswer(Answer):
    """What a figure is expected to come to."""

    figure = fields.Nested(FigureSeen)
    final = fields.Nested(FinalFigure)
    age_months = fields.Integer(allow_none=True)
    settled = fields.Boolean()
    silent = fields.String(allow_none=True)
    expected = fields.Float(allow_none=True)
    intervals = fields.List(fields.Nested(ForecastInterval))
    stretched = fields.Float(allow_none=True)
    cohorts = fields.Integer()
    people = fields.Integer()
    cells = fields.List(fields.Nested(ForecastCell))
    record = fields.Nested(ForecastRecord, allow_none=True)


class ReportOfMonth(Described):
    """When an agency's file came."""

    agency = fields.String()
    expected = fields.Boolean()
    received_on = fields.Date(allow_none=True)
    days = fields.Integer(allow_none=True)
    position = fields.Integer(allow_none=True)


class MonthOfCoverage(Described):
    """The reports of a month."""

    month_end = fields.Date()
    complete_on = fields.Date(allow_none=True)
    days = fields.Integer(allow_none=True)
    missing = fields.List(fields.String())
    reports = fields.List(fields.Nested(ReportOfMonth))


class AgencyOfCoverage(Described):
    """How long an agency's files took."""

    agency = fields.String()
    reported = fields.Integer()
    missing = fields.Integer()
    median_days = fields.Float(allow_none=True)
    longest_days = fields.Integer(allow_none=True)


class CoverageAnswer(Answer):
    """Who reported each month, and when."""

    known_at = fields.Date(allow_none=True)
    position = fields.Integer()
    months = fields.List(fields.Nested(MonthOfCoverage))
    agencies = fields.List(fields.Nested(AgencyOfCoverage))
