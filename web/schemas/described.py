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


class EdgeSeen(Described):
    """The day after `as_of`, moved back by `days`, then by `months`."""

    months = fields.Integer()
    days = fields.Integer()


class WindowSeen(Described):
    """The days that a measure looks at: from `first` to the day before `after`."""

    first = fields.Nested(EdgeSeen)
    after = fields.Nested(EdgeSeen)


class RulesSeen(Described):
    """What one version of the definitions says of a measure: its rules in words, in their order."""

    version = fields.String()
    groups = fields.List(fields.String())
    cohort = fields.List(fields.String())
    counted = fields.List(fields.String())


class MeasureSeen(Described):
    """A measure of the registry."""

    measure = fields.String()
    name = fields.String()
    kind = fields.String()
    polarity = fields.String(allow_none=True)
    family = fields.String()
    window = fields.Nested(WindowSeen)
    frequency = fields.List(fields.String())
    source = fields.String()
    counts_adults = fields.Boolean()
    immature = fields.Boolean()
    definitions = fields.List(fields.Nested(RulesSeen))


class MeasuresAnswer(Described):
    """The measures, in the order of every list of figures."""

    measures = fields.List(fields.Nested(MeasureSeen))


class EpisodeOfEntry(Described):
    """The episode that an event is of."""

    id = fields.String()
    agency = fields.String()
    client_reference = fields.String()
    episode_reference = fields.String()


class EntryOfLog(Described):
    """An event of the log; `said` is the fact, as it was reported."""

    position = fields.Integer()
    event = fields.String()
    occurred_on = fields.Date()
    received_on = fields.Date(allow_none=True)
    recorded_at = fields.DateTime()
    submission = fields.Integer(allow_none=True)
    agency = fields.String()
    file = fields.String()
    row = fields.Integer(allow_none=True)
    actor = fields.String(allow_none=True)
    role = fields.String(allow_none=True)
    erased = fields.Boolean()
    client = fields.String(allow_none=True)
    episode = fields.Nested(EpisodeOfEntry, allow_none=True)
    fact = fields.String(allow_none=True)
    said = fields.Dict(keys=fields.String(), allow_none=True)


class LogAnswer(Answer):
    """Entries of the trail, the newest last."""

    entries = fields.List(fields.Nested(EntryOfLog))
    earlier = fields.Integer(allow_none=True)


class FigureInPublication(Described):
    """A published figure, in short."""

    measure = fields.String()
    definition = fields.String()
    slice = fields.Nested(SliceSeen)
    numerator = _or_suppressed(**_COUNT)
    denominator = _or_suppressed(**_COUNT_OR_NONE)
    percentage = _or_suppressed(**_PERCENT_OR_NONE)
    status = fields.String()


class PublicationSeen(Described):
    """Something that was published; the public sees neither who did it nor what was signed."""

    may_lack: tuple[str, ...] = ("recorded_at", "log_position", "actor", "role", "sha256")
    number = fields.Integer()
    kind = fields.String()
    title = fields.String()
    standpoint = fields.Nested(StandpointSeen)
    figures = fields.List(fields.Nested(FigureInPublication))
    published_on = fields.Date()
    recorded_at = fields.DateTime()
    log_position = fields.Integer()
    actor = fields.String()
    role = fields.String()
    sha256 = fields.String()


class PublicationAnswer(Answer, PublicationSeen):
    """What was just published."""

    may_lack = ("notice",)


class PublishedAnswer(Answer):
    """What was published, the oldest first."""

    published = fields.List(fields.Nested(PublicationSeen))


class RestatedFigure(Described):
    """A published figure that is another by now, or was changed."""

    number = fields.Integer()
    title = fields.String()
    published = fields.Nested(FigureSeen)
    before = fields.Nested(FigureSeen, allow_none=True)
    after = fields.Nested(FigureSeen)


class RestatedAnswer(Answer):
    """The published figures that are others as known now."""

    changed = fields.List(fields.Nested(RestatedFigure))


class SubmissionOfChange(Described):
    """Which submission it was."""

    position = fields.Integer()
    received_on = fields.Date(allow_none=True)


class ChangedAnswer(Answer):
    """What a submission changed of what was published."""

    submission = fields.Nested(SubmissionOfChange)
    event = fields.Integer(allow_none=True)
    changed = fields.List(fields.Nested(RestatedFigure))


class CheckSeen(Described):
    """What was checked, and what differs."""

    name = fields.String()
    size = fields.Integer()
    found = fields.Integer()
    differences = fields.List(fields.String())


class VerificationAnswer(Answer):
    """Whether all that is stored agrees with the log."""

    holds = fields.Boolean()
    position = fields.Integer()
    checks = fields.List(fields.Nested(CheckSeen))


class VerifiedAnswer(VerificationAnswer):
    """What was found, when, by whom, and how many events came since."""

    verified_at = fields.DateTime()
    actor = fields.String()
    role = fields.String()
    events_since = fields.Integer()


class HeadSeen(Described):
    """A signed head of the log; root and signature in base64."""

    size = fields.Integer()
    root = fields.String()
    recorded_at = fields.String()
    key = fields.String()
    signature = fields.String()


class ConsistencySeen(Described):
    """That the log of `size` events begins this one."""

    size = fields.Integer()
    path = fields.List(fields.String())


class HeadAnswer(HeadSeen):
    """The newest head, with the proof that an earlier one begins it."""

    head = fields.String()
    consistency = fields.Nested(ConsistencySeen, allow_none=True)


class SignedTerms(Described):
    """A definition of a measure with its hash."""

    version = fields.String()
    sha256 = fields.String()
    terms = fields.Dict(keys=fields.String())


class MembersCommitted(Described):
    """The commitment to a figure's members."""

    size = fields.Integer()
    counted = fields.Integer()
    root = fields.String()


class CertificateAnswer(Answer):
    """A signed figure; the public sees the figure alone, suppressed, since the signature is over the whole numbers."""

    may_lack = ("notice", "certificate", "definition", "members", "head", "issued_at", "key", "signature")
    certificate = fields.String()
    number = fields.Integer()
    figure = fields.Nested(FigureSeen)
    definition = fields.Nested(SignedTerms)
    members = fields.Nested(MembersCommitted)
    head = fields.Nested(HeadSeen)
    issued_at = fields.DateTime()
    key = fields.String()
    signature = fields.String()


class ScorecardAnswer(Answer):
    """A signed scorecard; the public sees its figures alone, suppressed."""

    may_lack = ("notice", "scorecard", "definitions", "head", "issued_at", "key", "signature")
    scorecard = fields.String()
    number = fields.Integer()
    name = fields.String()
    as_of = fields.Date()
    known_at = fields.Date(allow_none=True)
    position = fields.Integer()
    figures = fields.List(fields.Nested(FigureSeen))
    definitions = fields.List(fields.Nested(SignedTerms))
    head = fields.Nested(HeadSeen)
    issued_at = fields.DateTime()
    key = fields.String()
    signature = fields.String()


class LeafSeen(Described):
    """A leaf of the members' tree, opened, with its proof."""

    counted = fields.Boolean()
    salt = fields.String()
    index = fields.Integer()
    path = fields.List(fields.String())


class MemberProofAnswer(Described):
    """That a client is among the members of a certified figure."""

    member = fields.String()
    certificate = fields.Integer()
    client = fields.String()
    leaves = fields.List(fields.Nested(LeafSeen))
