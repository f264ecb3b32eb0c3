"""Action plans: read, drafted, written anew, and every step until they are signed off and closed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Final

import msgspec
from flask import Response, url_for
from marshmallow import fields, validate

from domain.contract_life.transitions import ACTION_PLAN
from domain.improvement.plan_forms import FORM_OF
from domain.improvement.plan_terms import PlanTerms
from domain.improvement.written import OpenedFrom
from projections.improvement.action_plans import RecordedPlan
from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import ApiBlueprint
from web.auth import guard
from web.auth.roles import Right
from web.auth.viewer import Viewer
from web.clock import today
from web.commands.improvement import action_plans as commands
from web.commands.improvement.author import Author, author_of
from web.commands.improvement.plan_steps import take_plan_step
from web.parameters import Given
from web.presenters.improvement.plan_prefill import filled_in, prefilled
from web.queries.improvement import action_plans as queries
from web.queries.improvement.action_plans import AboutQuery, PlansQuery
from web.queries.improvement.plan_forms import PlanFormsResult, plan_forms
from web.queries.improvement.plan_prefill import prefill
from web.queries.improvement.results.plan_results import PlanResult, PlansResult

from .plan_bodies import PlanDraftBody, PlanEditBody, PlanStepBody, action_of, said_of, terms_of

blueprint = ApiBlueprint(
    "action_plans",
    __name__,
    url_prefix=PREFIX,
    description="What is done about a figure: plans, their actions and reviews, until they are signed off.",
)

_PATH: Final = "/action-plans"
_ONE: Final = f"{_PATH}/<int(min=1, max=2147483647):number>"


class PlansParameters(parameters.Asks):
    """Which plans."""

    measure = parameters.any_measure_field(load_default=None)
    state = fields.String(
        load_default=None,
        validate=validate.Length(1, 60),
        metadata={"description": f"Only those in this state of {ACTION_PLAN}s, like agreed."},
    )
    open = parameters.flag_field("Only those that are not over.")


def _viewer() -> Viewer:
    return guard.not_public(guard.viewer_of_party(Right.AGREED))


@blueprint.query(_PATH, Right.AGREED, PlansResult, asks=PlansParameters)
def plans(args: Given) -> Response:
    """The plans: open ones first, those with something overdue at the top; a provider those of its agencies."""
    viewer = _viewer()
    query = PlansQuery(today(), args["measure"], args["state"], args["open"])
    return responses.answered(queries.plans(guard.snapshot(), viewer, query).document(), viewer)


@blueprint.query(f"{_PATH}/forms", Right.AGREED, PlanFormsResult)
def forms() -> Response:
    """The forms that a plan can be written on, with their fields."""
    return responses.answered(plan_forms().document(), _viewer())


@blueprint.query(_ONE, Right.AGREED, PlanResult, errors=(404,))
def plan(number: int) -> Response:
    """One plan: its strands and actions, its reviews, and everything that was said of it."""
    return responses.answered(_plan(number).document(), _viewer())


def _plan(number: int) -> PlanResult:
    """The plan with this number.

    Raises:
        Problem: there is none (404).
        NotOwn: this person does not read it.
    """
    one = queries.plan(guard.snapshot(), _viewer(), number, today())
    if one is None:
        guard.refuse_as_missing()
    return one


def _author(on: date | None) -> Author:
    return author_of(guard.principal(), guard.viewer_of_party(Right.AGREE), on or today(), today())


def _abouts(args: Given) -> list[AboutQuery]:
    """The figures that a plan is about."""
    if not args["measures"]:
        return []
    known = guard.snapshot()
    slice_ = parameters.where_of(known, args)
    as_of, known_at = parameters.standpoint_of(known, args)
    return [AboutQuery(code, as_of, known_at, slice_) for code in dict.fromkeys(args["measures"])]


def _with_figures(terms: PlanTerms, abouts: list[AboutQuery]) -> PlanTerms:
    about = queries.figures_about(guard.snapshot(), _viewer(), abouts)
    return msgspec.structs.replace(terms, about=about)


@blueprint.endpoint(
    "POST", _PATH, Right.AGREE, PlanResult, asks=PlanDraftBody, location="json", status=201, errors=(404,)
)
def draft_plan(args: Given) -> Response:
    """Begin a plan, which its writer's side alone reads until it is proposed."""
    abouts = _abouts(args)
    kind = args["origin"] or ("figure" if abouts else "hand")
    terms = _with_figures(terms_of(args, args["form"], OpenedFrom(kind, args["from_number"], args["part"])), abouts)
    if args["fill"] and abouts:
        known = prefill(guard.snapshot(), _viewer(), abouts[0])
        terms = filled_in(terms, prefilled(FORM_OF[terms.form], known, str))
    actions = [(one["strand"], action_of(one)) for one in args["actions"]]
    author = _author(args["on"])
    return _said(lambda: commands.draft_plan(guard.services().register, terms, author, actions))


@blueprint.endpoint(
    "POST",
    f"{_ONE}/edit",
    Right.AGREE,
    PlanResult,
    asks=PlanEditBody,
    location="json",
    status=201,
    errors=(404, 409),
)
def edit_plan(args: Given, number: int) -> Response:
    """Write a draft anew, or what was sent back; its form and its origin stay."""
    its = _plan(number)
    terms = _with_figures(terms_of(args, its.form, its.origin), _abouts(args))
    author = _author(args["on"])
    return _said(lambda: commands.edit_plan(guard.services().register, number, terms, author, args["seen"]))


@blueprint.endpoint(
    "POST",
    f"{_ONE}/steps",
    Right.AGREE,
    PlanResult,
    asks=PlanStepBody,
    location="json",
    status=201,
    errors=(404, 409),
)
def take_step(args: Given, number: int) -> Response:
    """Take a step of a plan; the table of steps says which party may take which in which state."""
    its, said, step = _plan(number), said_of(args), args["step"]
    if step == "review":
        said = replace(said, about=queries.newest_about(guard.snapshot(), _viewer(), its))
    author, register = _author(args["on"]), guard.services().register
    return _said(lambda: take_plan_step(register, number, step, said, author, args["seen"]))


def _said(step: Callable[[], RecordedPlan]) -> Response:
    """Take a step, and answer with what stands then."""
    viewer, number = _viewer(), step().plan.number
    with guard.services().snapshot() as after:
        result = queries.plan(after, viewer, number, today())
    assert result is not None  # it was just written
    headers = {"Location": url_for("action_plans.plan", number=number)}
    return responses.answered(result.document(), viewer, 201, headers)
