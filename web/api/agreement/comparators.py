"""Comparators: sets of areas, values of others, and what our figures stand beside."""

from datetime import date
from typing import Any, Final

from flask import Response
from marshmallow import fields, validate

from domain.contract_life.comparators import MOST_AREAS, ValueKind, period_written
from domain.errors import Refused
from projections.performance.beside.comparators import COMPARABLES
from projections.performance.beside.quartiles import QuartileMethod
from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import ApiBlueprint
from web.api.openapi import reference
from web.auth import guard
from web.auth.roles import Right
from web.clock import today
from web.commands.agreement import comparator_values as values
from web.commands.agreement import comparators as commands
from web.commands.agreement.comparators import ComparatorDecision, ComparatorSetTerms
from web.files.agreement.comparator_values import LARGEST_FILE, SaidValue
from web.parameters import Given
from web.problems import Problem, not_here
from web.queries.agreement import caseload_beside
from web.queries.agreement import comparator_areas as reached
from web.queries.agreement import comparators as queries
from web.queries.agreement.caseload_beside import ProfilesBeside
from web.queries.agreement.comparator_areas import AreasQuery, AreasResult
from web.queries.agreement.comparators import ComparatorReleaseResult, ComparatorSetResult, ComparatorsResult
from web.queries.performance.figures import OnTheDayQuery
from web.queries.result import Result

_NUMBER: Final = "<int(min=1, max=2147483647):number>"
_LONGEST: Final = 2000
"""Characters of a name or a source before it is looked at; the command says what is too long."""

blueprint = ApiBlueprint("comparators", __name__, url_prefix=PREFIX, description="What other areas reached.")


@blueprint.query("/comparators", Right.AGREED, ComparatorsResult)
def comparators() -> Response:
    """Every set and every release, the oldest first."""
    viewer = guard.viewer(Right.AGREED)
    return responses.answered(queries.comparators(guard.snapshot(), viewer).document(), viewer)


class ComparatorAreasParameters(parameters.Asks):
    """What is compared, in which period, as known on which day, and where a quartile ends."""

    measure = fields.String(
        required=True, validate=validate.OneOf(list(COMPARABLES)), metadata={"description": "What is compared."}
    )
    period = fields.String(load_default=None, metadata={"description": "Like Q3 2016/17; the newest if left out."})
    known_at = parameters.DayField(load_default=None, description="What had been released by this day; today.")
    method = fields.String(
        load_default=str(QuartileMethod.RANKED),
        validate=validate.OneOf(list(map(str, QuartileMethod))),
        metadata={"description": "Where a quartile ends."},
    )


@blueprint.query("/comparators/areas", Right.AGREED, AreasResult, asks=ComparatorAreasParameters, errors=(404, 422))
def areas(args: Given) -> Response:
    """What the areas that a measure is compared with reached in a period, in their order, with ours among them."""
    viewer = guard.viewer(Right.AGREED)
    period = period_written(args["period"]) if args["period"] else None
    if args["period"] and period is None:
        raise Refused("period-unknown", f"“{args['period'][:40]}” is no period. Write it like Q3 2016/17.")
    query = AreasQuery(args["measure"], args["known_at"] or today(), period, QuartileMethod(args["method"]))
    result = reached.areas(guard.snapshot(), viewer, query)
    if result is None:
        raise not_here("No values of others were known of it by then.")
    return responses.answered(result.document(), viewer)


@blueprint.query(
    "/comparators/profile",
    Right.FIGURES,
    ProfilesBeside,
    asks=parameters.StandpointParameters,
    errors=(404, 422),
)
def profile(args: Given) -> Response:
    """The caseload beside that of others, where values of it are known."""
    slice_ = parameters.where_of(guard.snapshot(), args)
    viewer = guard.not_public(guard.viewer(Right.FIGURES, slice_))
    as_of, known_at = parameters.standpoint_of(guard.snapshot(), args)
    result = caseload_beside.profiles(guard.snapshot(), viewer, OnTheDayQuery(as_of, known_at, slice_))
    return responses.answered(result.document(), viewer)


@blueprint.query(f"/comparators/releases/{_NUMBER}", Right.AGREED, ComparatorReleaseResult, errors=(404,))
def release(number: int) -> Response:
    """The values that became known together."""
    viewer = guard.viewer(Right.AGREED)
    result = queries.comparator_release(guard.snapshot(), viewer, number)
    if result is None:
        guard.refuse_as_missing()
    return responses.answered(result.document(), viewer)


# ---- sets


def _words(description: str, **kwargs: Any) -> fields.String:
    return fields.String(validate=validate.Length(max=_LONGEST), metadata={"description": description}, **kwargs)


def _seen() -> fields.Integer:
    return parameters.number_field(
        "The version that was read before; what has changed since is refused (409).", load_default=None
    )


class ComparatorSetBody(parameters.Asks):
    """Which areas are compared, of which measures."""

    name = _words("What it is called.", required=True)
    measures = fields.List(
        fields.String(),
        required=True,
        validate=validate.Length(max=len(COMPARABLES)),
        metadata={"description": "The codes of what is compared in it."},
    )
    areas = fields.List(
        fields.String(validate=validate.Length(max=_LONGEST)),
        required=True,
        validate=validate.Length(max=MOST_AREAS),
        metadata={"description": "The names of its areas."},
    )
    own_area = _words("What ours is called among them.", load_default="")
    source = _words("Who grouped them, and where that is written.", load_default="")
    on = parameters.DayField(required=True, description="The day from which on it holds.")
    seen = _seen()


def _terms(args: Given) -> ComparatorSetTerms:
    measures, areas_ = tuple(args["measures"]), tuple(args["areas"])
    return ComparatorSetTerms(args["name"], measures, areas_, args["own_area"], args["source"])


def _decision(on: date | None, seen: int | None) -> ComparatorDecision:
    who = guard.principal()
    return ComparatorDecision(who.name, who.role, on, today(), seen)


@blueprint.endpoint(
    "POST",
    "/comparators/sets",
    Right.KNOWLEDGE,
    ComparatorSetResult,
    asks=ComparatorSetBody,
    location="json",
    status=201,
    errors=(415, 422),
)
def define_set(args: Given) -> Response:
    """Say which areas we are compared with."""
    decision = _decision(args["on"], None)
    made = commands.define_set(guard.services().register, _terms(args), decision)
    return _answered(queries.set_result(made))


@blueprint.endpoint(
    "POST",
    f"/comparators/sets/{_NUMBER}/change",
    Right.KNOWLEDGE,
    ComparatorSetResult,
    asks=ComparatorSetBody,
    location="json",
    status=201,
    errors=(404, 409, 415, 422),
)
def change_set(args: Given, number: int) -> Response:
    """Say that a set is another from a day on; as known before, it is what it was."""
    decision = _decision(args["on"], args["seen"])
    with _missing("comparator-set-unknown"):
        made = commands.change_set(guard.services().register, number, _terms(args), decision)
    return _answered(queries.set_result(made))


class ComparatorWithdrawalBody(parameters.Asks):
    """From when on it counts no more, and why."""

    on = parameters.DayField(load_default=None, description="The day from which it counts no more; today, if left out.")
    reason = _words("Why, for the log.", load_default="")
    seen = _seen()


@blueprint.endpoint(
    "POST",
    f"/comparators/sets/{_NUMBER}/withdraw",
    Right.KNOWLEDGE,
    ComparatorSetResult,
    asks=ComparatorWithdrawalBody,
    location="json",
    status=201,
    errors=(404, 409, 415, 422),
)
def withdraw_set(args: Given, number: int) -> Response:
    """Let nothing be compared in a set any more; as known before, it is."""
    decision = _decision(args["on"] or today(), args["seen"])
    with _missing("comparator-set-unknown"):
        made = commands.withdraw_set(guard.services().register, number, args["reason"], decision)
    return _answered(queries.set_result(made))


# ---- values


class ComparatorValueBody(parameters.Asks):
    """A value of somebody else's; numbers are text, as they are printed."""

    measure = _words("What is compared.", required=True)
    period = _words("Like Q3 2016/17.", required=True)
    kind = fields.String(
        load_default=str(ValueKind.AREA),
        validate=validate.OneOf(list(map(str, ValueKind))),
        metadata={"description": "Whose it is."},
    )
    area = _words("The area's name, or what the group is called.", required=True)
    numerator = _words("How many.", load_default="")
    denominator = _words("Of how many.", load_default="")
    percentage = _words("As it was printed; of a range, its low end.", load_default="")
    percentage_to = _words("Of a range, its high end.", load_default="")
    source = _words("Where it is printed.", required=True)
    on = parameters.DayField(required=True, description="The day on which it was released.")
    seen = _seen()


@blueprint.endpoint(
    "POST",
    "/comparators/values",
    Right.KNOWLEDGE,
    ComparatorReleaseResult,
    asks=ComparatorValueBody,
    location="json",
    status=201,
    errors=(409, 415, 422),
)
def enter_value(args: Given) -> Response:
    """Take in one value; a later one of the same area and period stands from its day on."""
    said = SaidValue(
        args["area"],
        args["measure"],
        args["period"],
        args["numerator"],
        args["denominator"],
        args["percentage"],
        args["percentage_to"],
        ValueKind(args["kind"]),
    )
    decision = _decision(args["on"], args["seen"])
    made = values.enter_value(guard.services().register, said, args["source"], decision)
    return _answered(queries.release_result(made))


class ComparatorFileBody(parameters.Asks):
    """A file of values, as the text that is in it."""

    file = _words("What it is called.", required=True)
    content = fields.String(
        required=True, validate=validate.Length(max=LARGEST_FILE), metadata={"description": "Its text, as CSV."}
    )
    source = _words("Where the values are from.", required=True)
    on = parameters.DayField(required=True, description="The day on which they were released.")
    dry_run = fields.Boolean(load_default=False, metadata={"description": "Only try it; nothing is stored."})
    seen = _seen()


@blueprint.endpoint(
    "POST",
    "/comparators/releases",
    Right.KNOWLEDGE,
    queries.ValuesLoaded,
    asks=ComparatorFileBody,
    location="json",
    status=201,
    errors=(409, 415, 422),
)
@blueprint.alt_response(200, schema=reference(queries.ValuesLoaded), description="Tried; nothing stored.", success=True)
def load_values(args: Given) -> Response:
    """Take in a file of values, whole or not at all; what is wrong is said by row and column (422)."""
    decision, data = _decision(args["on"], args["seen"]), args["content"].encode()
    register, is_trial = guard.services().register, args["dry_run"]
    outcome = values.load_values(register, data, args["file"], args["source"], decision, dry_run=is_trial)
    loaded = outcome.result
    if outcome.rejected and not is_trial:
        problem = Problem(422, "values-rejected", "Lines of the file are not as they must be. Nothing was stored.")
        problem.beside = {"rejected": loaded.document()["rejected"]}
        raise problem
    return _answered(loaded, 200 if is_trial else 201)


@blueprint.endpoint(
    "POST",
    f"/comparators/releases/{_NUMBER}/withdraw",
    Right.KNOWLEDGE,
    ComparatorReleaseResult,
    asks=ComparatorWithdrawalBody,
    location="json",
    status=201,
    errors=(404, 409, 415, 422),
)
def withdraw_values(args: Given, number: int) -> Response:
    """Say that a release was wrong: what an earlier one said of the same stands again."""
    decision = _decision(args["on"] or today(), args["seen"])
    with _missing("comparator-release-unknown"):
        made = values.withdraw_values(guard.services().register, number, args["reason"], decision)
    return _answered(queries.release_result(made))


class _missing:  # noqa: N801  read as a verb of the statement
    """Around a command: what there is none of is not there (404)."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _kind: Any, error: BaseException | None, _traceback: Any) -> None:
        """Let a refusal of this code become an answer that there is nothing."""
        if isinstance(error, Refused) and error.code == self.code:
            raise not_here() from error


def _answered(result: Result, status: int = 201) -> Response:
    return responses.answered(result.document(), guard.viewer(Right.KNOWLEDGE), status)
