"""What the API takes of an action plan: its words, its figures, its actions, and what a step says."""

from typing import Any, Final

from marshmallow import ValidationError, fields, validate, validates_schema

from domain.improvement.plan_forms import FORM_OF
from domain.improvement.plan_terms import ActionTerms, Cadence, PlanTerms, Progress, Strand
from domain.improvement.written import LONGEST_LINE, LONGEST_TEXT, OpenedFrom
from web import parameters
from web.commands.improvement.action_plan_work import MOST_ACTIONS, MOST_ATTENDEES
from web.commands.improvement.plan_steps import PLAN_STEPS, PlanSaid
from web.commands.improvement.plan_terms import MOST_CADENCES, MOST_EVERY, MOST_KPIS, MOST_STRANDS
from web.parameters import Given

ORIGINS: Final = ("figure", "plan", "notice", "audit", "meeting", "inspection", "hand")
MOST_MEASURES: Final = 30


def _text(description: str, *, longest: int = LONGEST_TEXT, **settings: Any) -> fields.String:
    described = {"description": f"{description} It stays in the log: name no client."}
    given = settings or {"load_default": ""}
    return fields.String(validate=validate.Length(max=longest), metadata=described, **given)


def _line(description: str, **settings: Any) -> fields.String:
    return _text(description, longest=LONGEST_LINE, **settings)


def _kpis() -> Any:
    return fields.List(
        parameters.any_measure_field(),
        load_default=list,
        validate=validate.Length(max=MOST_KPIS),
        metadata={"description": "The codes of the KPIs that it is linked to."},
    )


def _values(whose: str) -> Any:
    return fields.Dict(
        keys=fields.String(validate=validate.Length(1, 40)),
        values=fields.String(validate=validate.Length(max=LONGEST_TEXT)),
        load_default=dict,
        metadata={"description": f"The form's fields of {whose}, by their keys; `action-plans/forms` names them."},
    )


def number_of_part(description: str) -> fields.Integer:
    """The number of a strand or an action."""
    return parameters.number_field(description, 1, 1000, load_default=None)


def on_day() -> parameters.DayField:
    """The day on which something is said."""
    return parameters.DayField(load_default=None, description="The day on which it is said; today, if left out.")


class PlanStrandBody(parameters.Asks):
    """A strand: its number is its place, or that which it has already."""

    number = number_of_part("Its number, where it has one already.")
    title = _line("What it is called.")
    values = _values("a strand")
    kpis = _kpis()


class PlanCadenceBody(parameters.Asks):
    """How often the plan is reviewed."""

    kind = _line("Like phone, or formal.", required=True)
    every = parameters.number_field("Every how many days or months.", 1, MOST_EVERY, required=True)
    unit = fields.String(required=True, validate=validate.OneOf(["days", "months"]))
    first_day = parameters.DayField(required=True, description="The day of the first review.")


class PlanActionBody(parameters.Asks):
    """An action. Only its text is needed: what it lacks is said beside it."""

    text = _text("What is done.", required=True)
    owner = _line("Who does it: a role, or a name at work.")
    due = parameters.DayField(load_default=None, allow_none=True, description="The day by which it is done.")
    output = _text("What is there when it is done.")
    kpis = _kpis()


class FirstActionBody(PlanActionBody):
    """An action of a plan that is begun."""

    strand = parameters.number_field("The number of its strand.", 1, 1000, load_default=1)


class PlanTermsBody(parameters.SliceParameters):
    """What a plan says besides its actions, and the figures that it is about."""

    title = _line("What lists call it.")
    first_day = parameters.DayField(required=True, description="The plan's first day.")
    last_day = parameters.DayField(
        load_default=None, allow_none=True, description="Its last; left out, it runs until it is closed."
    )
    agencies = fields.List(
        parameters.CodeField(metadata={"description": "An agency.", "pattern": parameters.CODE}),
        load_default=list,
        validate=validate.Length(max=100),
        metadata={"description": "The agencies that it concerns; none: all of them. A provider names its own."},
    )
    values = _values("the plan")
    strands = fields.List(fields.Nested(PlanStrandBody), load_default=list, validate=validate.Length(max=MOST_STRANDS))
    cadence = fields.List(
        fields.Nested(PlanCadenceBody), load_default=list, validate=validate.Length(max=MOST_CADENCES)
    )
    measures = fields.List(
        parameters.measure_field(),
        load_default=list,
        validate=validate.Length(max=MOST_MEASURES),
        metadata={"description": "The measures whose figures the plan is about, from one standpoint."},
    )
    as_of = parameters.DayField(load_default=None, description="The last day whose happenings the figures see.")
    known_at = parameters.KnownAtField()
    cut = parameters.cut_field("The standpoint of a published scorecard, in place of the two days.")
    on = on_day()

    @validates_schema
    def _standpoint(self, data: dict[str, Any], **_: Any) -> None:
        """Figures have a standpoint."""
        parameters.check_known_at_or_cut(data)
        if data.get("measures") and not (data.get("as_of") or data.get("cut")):
            raise ValidationError("Give the day of the figures, or a cut.", "as_of")


class PlanDraftBody(PlanTermsBody):
    """A plan with its form, its actions, and what it is opened from."""

    form = fields.String(
        required=True, validate=validate.OneOf(list(FORM_OF)), metadata={"description": "The code of its form."}
    )
    actions = fields.List(fields.Nested(FirstActionBody), load_default=list, validate=validate.Length(max=MOST_ACTIONS))
    fill = parameters.flag_field("Fill in what is left out from the first figure, as the page does.")
    origin = fields.String(
        load_default=None,
        validate=validate.OneOf(ORIGINS),
        metadata={"description": "What it is opened from: a figure, if it is about one, and else written by hand."},
    )
    from_number = parameters.number_field("The number of what it is opened from.", 1, load_default=None)
    part = _line("The part of that.")


class PlanEditBody(PlanTermsBody):
    """A draft, or what was sent back, written anew. Its figures stay where none are named."""

    seen = parameters.seen_version()


class PlanProgressBody(parameters.Asks):
    """What a review says of an action."""

    action = parameters.number_field("The number of the action.", 1, 1000, required=True)
    words = _text("What was said of it.", required=True)


class PlanStepBody(parameters.Asks):
    """A step, what is said with it, and over which version."""

    step = fields.String(
        required=True, validate=validate.OneOf(PLAN_STEPS), metadata={"description": "Which step is taken."}
    )
    words = _text("The reason, what came of it, or what a review said.")
    action = number_of_part("The action that it is about.")
    strand = number_of_part("The strand that it is about.")
    terms = fields.Nested(PlanActionBody, load_default=None)
    until = parameters.DayField(load_default=None, description="Of an extension: the new day.")
    day = parameters.DayField(
        load_default=None, description="When an action was done, a review held or a strand signed; else the day `on`."
    )
    name = _line("Of a signature: a role, or a name at work.")
    kind = _line("Of a review: phone, formal, or another kind.")
    attendees = fields.List(
        _line("Who took part, by role.", required=True),
        load_default=list,
        validate=validate.Length(max=MOST_ATTENDEES),
        metadata={"description": "Of a review: who took part, by role."},
    )
    progress = fields.List(
        fields.Nested(PlanProgressBody), load_default=list, validate=validate.Length(max=MOST_ACTIONS)
    )
    seen = parameters.seen_version()
    on = on_day()


# ---- what they come to


def terms_of(args: Given, form: str, origin: OpenedFrom) -> PlanTerms:
    """The words of a plan, without its figures."""
    return PlanTerms(
        form,
        args["title"],
        origin,
        args["first_day"],
        args["last_day"],
        tuple(args["agencies"]),
        (),
        args["values"],
        tuple(
            Strand(one["number"] or place, one["title"], one["values"], tuple(one["kpis"]))
            for place, one in enumerate(args["strands"], 1)
        ),
        tuple(Cadence(**one) for one in args["cadence"]),
    )


def action_of(body: Given) -> ActionTerms:
    """What an action says."""
    return ActionTerms(body["text"], body["owner"], body["due"], body["output"], tuple(body["kpis"]))


def said_of(args: Given) -> PlanSaid:
    """What a step says, besides the figures of a review."""
    return PlanSaid(
        args["words"],
        args["action"],
        args["strand"],
        action_of(args["terms"]) if args["terms"] else None,
        args["until"],
        args["day"],
        args["name"],
        args["kind"],
        tuple(args["attendees"]),
        tuple(Progress(**one) for one in args["progress"]),
    )
