"""The documents of worklists and data quality as the description of the API has them."""

from marshmallow import fields

from .described import Answer, Described, SliceSeen, StandpointSeen


class WorklistSeen(Described):
    """A worklist: its name, what is on it in words, and what the days of its rows are."""

    name = fields.String()
    title = fields.String()
    words = fields.String()
    days_are = fields.String()


class WorklistCounted(WorklistSeen):
    """A worklist with the number of its rows."""

    rows = fields.Integer()


class WorklistsAnswer(Answer):
    """How many rows each worklist has."""

    standpoint = fields.Nested(StandpointSeen)
    slice = fields.Nested(SliceSeen)
    worklists = fields.List(fields.Nested(WorklistCounted))


class ReferenceSeen(Described):
    """An episode by the agency's own numbers, and its client by ours."""

    agency = fields.String()
    client_reference = fields.String()
    episode_reference = fields.String()
    client = fields.String()


class DayOfRow(Described):
    """A day that matters for a row, and whose record it is of."""

    what = fields.String()
    day = fields.Date()
    agency = fields.String()


class RowOfWorklist(ReferenceSeen):
    """A row; `days` is null, `area` too, where another agency's record is not shown."""

    area = fields.String(allow_none=True)
    dates = fields.List(fields.Nested(DayOfRow))
    days = fields.Integer(allow_none=True)
    because = fields.String()
    withheld = fields.Boolean()
    beside = fields.Nested(ReferenceSeen, allow_none=True)


class WorklistAnswer(Answer):
    """One worklist, the most urgent first."""

    standpoint = fields.Nested(StandpointSeen)
    slice = fields.Nested(SliceSeen)
    worklist = fields.Nested(WorklistSeen)
    rows = fields.List(fields.Nested(RowOfWorklist))


class DaysToReportSeen(Described):
    """How many facts, and after how many days half of them, and nine in ten, had been reported."""

    facts = fields.Integer()
    median = fields.Integer()
    ninetieth = fields.Integer()


class MonthOfQuality(Described):
    """An agency's month: its files, and what was in them."""

    agency = fields.String()
    month = fields.Date()
    due_on = fields.Date()
    state = fields.String()
    received_on = fields.Date(allow_none=True)
    days_late = fields.Integer()
    files = fields.Integer()
    rows = fields.Integer()
    rejected_rows = fields.Integer()
    rejection_rate = fields.Float(allow_none=True)
    rejected = fields.Dict(keys=fields.String(), values=fields.Integer())
    notices = fields.Dict(keys=fields.String(), values=fields.Integer())
    new = fields.Integer()
    amended = fields.Integer()
    withdrawn = fields.Integer()
    not_in_file = fields.Integer()
    days_to_report = fields.Nested(DaysToReportSeen, allow_none=True)


class FieldOfQuality(Described):
    """How many of an agency's records have a column filled in."""

    agency = fields.String()
    column = fields.String()
    of = fields.String()
    filled = fields.Integer()
    records = fields.Integer()
    percentage = fields.Float(allow_none=True)


class DataQualityAnswer(Answer):
    """Months by agency, the oldest first, and the fields as of the last of them."""

    standpoint = fields.Nested(StandpointSeen)
    months = fields.List(fields.Nested(MonthOfQuality))
    fields_filled = fields.List(fields.Nested(FieldOfQuality), data_key="fields")
