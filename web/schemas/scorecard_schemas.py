"""The documents of scorecards and targets as the description of the API has them."""

from marshmallow import fields

from .described import Answer, CoverageOfFigure, Described, FigureSeen, SliceSeen, StandpointSeen


class BaselineOfTarget(Described):
    """On what a change was agreed, and how much."""

    percentage = fields.String()
    words = fields.String()
    change = fields.String()


class ColoursOfTarget(Described):
    """How far beyond a target a figure is green still, or amber."""

    scale = fields.String()
    green_within = fields.String()
    amber_within = fields.String()


class ComparatorOfTarget(Described):
    """What others reach."""

    low = fields.String()
    high = fields.String()
    words = fields.String()


class TargetSpoken(Described):
    """Who said it, when, and where in the log it is."""

    on = fields.Date()
    recorded_at = fields.DateTime()
    actor = fields.String()
    role = fields.String()
    log_position = fields.Integer()


class TargetTakenBack(TargetSpoken):
    """That it counts no more, and why."""

    reason = fields.String()


class TargetSeen(Described):
    """What a measure is to reach, from one day to another. Percentages are text, exact as they were agreed."""

    number = fields.Integer()
    measure = fields.String()
    area = fields.String(allow_none=True)
    agency = fields.String(allow_none=True)
    first_day = fields.Date()
    last_day = fields.Date()
    kind = fields.String()
    low = fields.String()
    high = fields.String()
    baseline = fields.Nested(BaselineOfTarget, allow_none=True)
    colours = fields.Nested(ColoursOfTarget)
    comparator = fields.Nested(ComparatorOfTarget, allow_none=True)
    source = fields.String()
    agreed = fields.Nested(TargetSpoken)
    withdrawn = fields.Nested(TargetTakenBack, allow_none=True)


class TargetAnswer(Answer, TargetSeen):
    """One target."""


class TargetsAnswer(Answer):
    """Targets, the oldest first."""

    targets = fields.List(fields.Nested(TargetSeen))


class NeededSeen(Described):
    """How many of `among` make a figure that lies at the target; null where there is no such end."""

    fewest = fields.Integer(allow_none=True)
    most = fields.Integer(allow_none=True)
    among = fields.Integer()


class AgainstTarget(Described):
    """A figure against its target; without a colour all is null but `why_not`."""

    rating = fields.String(allow_none=True)
    reached = fields.String(allow_none=True)
    points = fields.Float(allow_none=True)
    relative = fields.Float(allow_none=True)
    needed = fields.Nested(NeededSeen, allow_none=True)
    missing = fields.Integer(allow_none=True)
    why_not = fields.String(allow_none=True)
    sentences = fields.List(fields.String())


class PointSeen(Described):
    """What a figure was on a day, as known at the standpoint: `value` in percent, of a count the count."""

    as_of = fields.Date()
    numerator = fields.Integer()
    denominator = fields.Integer(allow_none=True)
    value = fields.Float(allow_none=True)
    status = fields.String()


class TravelSeen(Described):
    """Which way a figure went since `before`; without a direction all is null but `why_not`."""

    basis = fields.String()
    before = fields.Nested(PointSeen)
    glyph = fields.String(allow_none=True)
    judged = fields.String(allow_none=True)
    difference = fields.Float(allow_none=True)
    within_chance = fields.Boolean(allow_none=True)
    why_not = fields.String(allow_none=True)
    sentence = fields.String()


class LineOfScorecard(Described):
    """A KPI of a scorecard."""

    figure = fields.Nested(FigureSeen)
    state = fields.String()
    target = fields.Nested(TargetSeen, allow_none=True)
    against = fields.Nested(AgainstTarget)
    travel = fields.Nested(TravelSeen)
    spark = fields.List(fields.Nested(PointSeen))


class ScorecardFoundAnswer(Answer):
    """Every KPI of a slice at a standpoint."""

    standpoint = fields.Nested(StandpointSeen)
    slice = fields.Nested(SliceSeen)
    basis = fields.String()
    status = fields.String()
    coverage = fields.Nested(CoverageOfFigure)
    lines = fields.List(fields.Nested(LineOfScorecard))
