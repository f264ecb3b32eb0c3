"""The documents of submissions as the description of the API has them."""

from marshmallow import fields

from .described import Answer, Described, SliceSeen


class RejectionSchema(Described):
    """A row that was not taken in, or something to look at: the row of the file, column, stable code, sentence."""

    row = fields.Integer()
    column = fields.String()
    code = fields.String()
    message = fields.String()


class EpisodeAbsentSchema(Described):
    """An episode that a file does not have though it should; `since` is null where the file withdraws it."""

    client_reference = fields.String()
    episode_reference = fields.String()
    since = fields.Date(allow_none=True)


class EffectCountsSchema(Described):
    """The two numbers of a figure."""

    numerator = fields.Integer()
    denominator = fields.Integer(allow_none=True)


class EffectSchema(Described):
    """A measure before and after a file."""

    measure = fields.String()
    slice = fields.Nested(SliceSeen)
    as_of = fields.Date()
    before = fields.Nested(EffectCountsSchema)
    after = fields.Nested(EffectCountsSchema)


class SubmissionSchema(Described):
    """What became of a file. The episodes are null for somebody who may not see single clients without a reason."""

    may_lack = ("effects",)

    file = fields.String()
    agency = fields.String()
    data_set = fields.String()
    first_day = fields.Date()
    last_day = fields.Date()
    received_on = fields.Date()
    sha256 = fields.String()
    rows = fields.Integer()
    complete = fields.Boolean()
    new = fields.Integer()
    amended = fields.Integer()
    withdrawn = fields.Integer()
    unchanged = fields.Integer()
    left_out = fields.Integer()
    stopped = fields.Integer()
    erased = fields.Integer()
    not_in_file = fields.Integer()
    episodes_not_in_file = fields.List(fields.Nested(EpisodeAbsentSchema), allow_none=True)
    withdrawn_episodes = fields.List(fields.Nested(EpisodeAbsentSchema), allow_none=True)
    rejected = fields.List(fields.Nested(RejectionSchema))
    notices = fields.List(fields.Nested(RejectionSchema))
    events = fields.Integer()
    position = fields.Integer(allow_none=True)
    already_received = fields.Boolean()
    dry_run = fields.Boolean()
    effects = fields.List(fields.Nested(EffectSchema))


class SubmitSchema(Answer):
    """What became of the files, in their order."""

    submissions = fields.List(fields.Nested(SubmissionSchema))


class SubmissionLineSchema(Described):
    """A submission of any kind; what only files have is null of one that came by word, and `said` of a file."""

    number = fields.Integer()
    event = fields.String()
    position = fields.Integer()
    received_on = fields.Date()
    recorded_at = fields.DateTime()
    actor = fields.String()
    role = fields.String()
    agency = fields.String()
    file = fields.String(allow_none=True)
    data_set = fields.String(allow_none=True)
    first_day = fields.Date(allow_none=True)
    last_day = fields.Date(allow_none=True)
    sha256 = fields.String(allow_none=True)
    complete = fields.Boolean(allow_none=True)
    rows = fields.Integer(allow_none=True)
    new = fields.Integer(allow_none=True)
    amended = fields.Integer(allow_none=True)
    withdrawn = fields.Integer(allow_none=True)
    unchanged = fields.Integer(allow_none=True)
    left_out = fields.Integer(allow_none=True)
    stopped = fields.Integer(allow_none=True)
    erased = fields.Integer(allow_none=True)
    not_in_file = fields.Integer(allow_none=True)
    rejected_count = fields.Integer(allow_none=True)
    notice_count = fields.Integer(allow_none=True)
    said = fields.Dict(allow_none=True)


class SubmissionsSchema(Answer):
    """Submissions, the newest first; `earlier` is the `before` of the next page, null at the end."""

    submissions = fields.List(fields.Nested(SubmissionLineSchema))
    earlier = fields.Integer(allow_none=True)


class SubmissionStoredSchema(Answer, SubmissionLineSchema):
    """A submission with its rejections, its notices, and the episodes that it was the first not to have."""

    rejected = fields.List(fields.Nested(RejectionSchema))
    notices = fields.List(fields.Nested(RejectionSchema))
    episodes_not_in_file = fields.List(fields.Nested(EpisodeAbsentSchema), allow_none=True)


class RejectionsSchema(Answer):
    """The rows of a file that were not taken in."""

    number = fields.Integer()
    file = fields.String(allow_none=True)
    rejected = fields.List(fields.Nested(RejectionSchema))


class ConfirmedSchema(Answer):
    """What became of a withdrawal (`withdrawn` facts) or of a handover (of `episodes`)."""

    agency = fields.String()
    received_on = fields.Date()
    episodes = fields.Integer()
    withdrawn = fields.Integer()
    events = fields.Integer()
    position = fields.Integer(allow_none=True)


class ContractSchema(Described):
    """A contract; `last_day` is null while none is agreed, `succeeds` empty where it continues nobody's service."""

    agency = fields.String()
    first_day = fields.Date()
    last_day = fields.Date(allow_none=True)
    succeeds = fields.String()


class ContractSaidSchema(Answer, ContractSchema):
    """What became of a word about a contract."""

    withdrawn = fields.Boolean()
    received_on = fields.Date()
    position = fields.Integer(allow_none=True)


class ContractsSchema(Answer):
    """The contracts that stand, by what is known now."""

    contracts = fields.List(fields.Nested(ContractSchema))
