"""The documents described field by field, for the description of the API. A test holds every answer against it.

The documents themselves are written out by the plain functions beside this module, which take a fraction of the time.
"""

from typing import Any

from marshmallow import Schema, fields


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
