"""KPIs entered by hand: defined and ended, their values entered, corrected and spoken to, and their figures."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from flask import Response, url_for
from marshmallow import ValidationError, fields, validate, validates_schema

from domain.contract_life.entered import CODE, LARGEST, LONGEST_WORDS, Evidence
from domain.errors import Refused
from domain.periods import Period
from projections.performance.entered import WHOLE, EnteredKpi, EnteredValue
from projections.performance.trend import BASES
from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import JSON, ApiBlueprint
from web.api.openapi import reference
from web.auth import guard
from web.auth.roles import Right
from web.auth.viewer import NotAllowed, Viewer
from web.clock import now, today
from web.commands.agreement import entered as commands
from web.commands.agreement import entered_values as values
from web.commands.agreement.entered import KpiAuthor, KpiTerms, author_of
from web.commands.agreement.entered_values import Loaded, NewValue, ValueNumbers
from web.files.entered_lists import entered_list_from
from web.files.evidence import file_name
from web.parameters import Given
from web.problems import not_here
from web.queries.agreement import entered as queries
from web.queries.agreement import entered_figures as figures
from web.queries.agreement.entered import (
    EnteredCertificateResult,
    EnteredKpiResult,
    EnteredKpisResult,
    EnteredValueResult,
    EnteredValuesResult,
)
from web.queries.agreement.entered_figures import EnteredQuery, EnteredScorecard

blueprint = ApiBlueprint(
    "entered", __name__, url_prefix=PREFIX, description="KPIs that the monthly file does not hold, entered by hand."
)

_LAST_NUMBER: Final = 2**31 - 1
_KPI: Final = f"/entered/<int(min=1, max={_LAST_NUMBER}):number>"
_VALUE: Final = f"/entered/values/<int(min=1, max={_LAST_NUMBER}):number>"
LONGEST_LIST: Final = 400_000
"""Characters of a list of values."""


def _viewer() -> Viewer:
    return guard.not_public(guard.viewer(Right.AGREED))


def _words(description: str, *, needed: bool = False, **kwargs: Any) -> fields.String:
    given = {"required": True} if needed else {"load_default": ""}
    described = {"description": f"{description} It stays in the log: name nobody."}
    return fields.String(validate=validate.Length(int(needed), LONGEST_WORDS), metadata=described, **given, **kwargs)


def _code(**kwargs: Any) -> fields.String:
    return fields.String(
        validate=parameters.Whole(CODE, error="This is no code of an entered KPI."),
        metadata={"description": "The KPI's code, like X.needle.", "pattern": f"^{CODE}$"},
        **kwargs,
    )


class SaidBody(parameters.Asks):
    """On which day it is said, and on which version it was decided."""

    on = parameters.DayField(
        load_default=None, description="The day on which it is said; today, if left out. Of a provider it is today."
    )
    seen = parameters.number_field("The version that it was decided on; another is refused.", 1, load_default=None)


def _author(on: date | None) -> KpiAuthor:
    viewer = guard.viewer(Right.AGREE)
    if on is not None and viewer.is_provider and on != today():
        raise NotAllowed("entered-on-today", "What a provider says is of today: leave on out.")
    return author_of(guard.principal(), viewer, on or today(), today())


# ---- KPIs


@blueprint.query("/entered", Right.AGREED, EnteredKpisResult)
def entered_kpis() -> Response:
    """The KPIs that are entered by hand, the oldest first; a provider those of its agencies and of all together."""
    viewer = _viewer()
    return responses.answered(queries.kpis(guard.snapshot(), viewer), viewer)


class KpiBody(parameters.Asks):
    """What is counted, how often, and by whom it is entered."""

    code = _code(required=True)
    name = _words("What it is called.", needed=True)
    wording = _words("What is counted, as the contract words it.")
    kind = fields.String(required=True, validate=validate.OneOf(["proportion", "count"]))
    polarity = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["higher", "lower"]))
    frequency = fields.String(required=True, validate=validate.OneOf(["monthly", "quarterly"]))
    source = _words("Where the numbers are expected from.")
    needs_evidence = parameters.flag_field("No value without a file.")
    agencies = fields.List(
        parameters.CodeField(),
        load_default=list,
        validate=validate.Length(max=100),
        metadata={"description": "Each enters its own value; none: one value is entered for all together."},
    )
    first_day = parameters.DayField(required=True, description="The first day for which a value is due.")
    on = SaidBody().fields["on"]

    @validates_schema
    def _better_side(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("kind") == "proportion" and data.get("polarity") is None:
            raise ValidationError("Say which side of a proportion is better.", "polarity")


@blueprint.endpoint(
    "POST",
    "/entered",
    Right.AGREE,
    EnteredKpiResult,
    asks=KpiBody,
    location="json",
    status=201,
    errors=(409,),
)
def define_kpi(args: Given) -> Response:
    """Define a KPI whose values are entered by hand: the commissioner's step."""
    terms = {name: value for name, value in args.items() if name not in {"on", "agencies"}}
    its_terms = KpiTerms(**terms, agencies=tuple(agency.upper() for agency in args["agencies"]))
    return _kpi(lambda: commands.define_kpi(guard.services().register, its_terms, _author(args["on"])))


class EndKpiBody(SaidBody):
    """The last day for which a value is due."""

    last_day = parameters.DayField(required=True, description="The last day for which a value is due.")
    reason = _words("Why it ends.")


@blueprint.endpoint(
    "POST",
    f"{_KPI}/end",
    Right.AGREE,
    EnteredKpiResult,
    asks=EndKpiBody,
    location="json",
    status=201,
    errors=(404, 409),
)
def end_kpi(args: Given, number: int) -> Response:
    """Let a KPI end: no value is due after its last day. The commissioner's step."""
    register = guard.services().register
    return _kpi(
        lambda: commands.end_kpi(register, number, args["last_day"], args["reason"], _author(args["on"]), args["seen"])
    )


def _kpi(command: Callable[[], EnteredKpi]) -> Response:
    try:
        kpi = command()
    except Refused as refused:
        if refused.code == "entered-kpi-unknown":
            raise not_here() from refused
        raise
    return responses.answered(queries.kpi_result(kpi), guard.viewer(Right.AGREE), 201)


# ---- figures


class EnteredFiguresParameters(parameters.Asks):
    """From which standpoint, and of which agency."""

    as_of = parameters.DayField(required=True, description="The last day whose periods are seen.")
    known_at = parameters.KnownAtField("The last day of what had been entered; left out, all that ever was.")
    agency = parameters.code_field("Only what this agency enters.")
    basis = fields.String(
        load_default="previous",
        validate=validate.OneOf(list(BASES)),
        metadata={"description": "With what directions are compared."},
    )


@blueprint.query("/entered/figures", Right.AGREED, EnteredScorecard, asks=EnteredFiguresParameters)
def entered_figures(args: Given) -> Response:
    """The figures of the newest month, or quarter, that had ended by a day, by target; and what is due."""
    viewer = _viewer()
    agency = args["agency"] and args["agency"].upper()
    query = EnteredQuery(args["as_of"], args["known_at"], agency, BASES[args["basis"]], today())
    return responses.answered(figures.scorecard(guard.snapshot(), viewer, query), viewer)


# ---- values


class ValuesParameters(parameters.Asks):
    """Of which KPI, as known on which day."""

    code = _code(load_default=None)
    known_at = parameters.KnownAtField("The last day of what had been entered; left out, all that ever was.")


@blueprint.query("/entered/values", Right.AGREED, EnteredValuesResult, asks=ValuesParameters)
def entered_values(args: Given) -> Response:
    """Every value with all that was said of it, the newest period first; a provider's own and the whole's."""
    viewer = _viewer()
    query = queries.ValuesQuery(args["code"], args["known_at"])
    return responses.answered(queries.values(guard.snapshot(), viewer, query), viewer)


@blueprint.query(_VALUE, Right.AGREED, EnteredValueResult, errors=(404,))
def entered_value(number: int) -> Response:
    """One value with all that was said of it."""
    viewer = _viewer()
    one = queries.value(guard.snapshot(), viewer, number)
    if one is None:
        guard.refuse_as_missing()
    return responses.answered(one, viewer)


@blueprint.query(f"{_VALUE}/certificate", Right.AGREED, EnteredCertificateResult, errors=(404,))
def entered_certificate(number: int) -> Response:
    """A signed certificate that the value's entries are in the log, word for word; the signed document to the byte."""
    viewer, at = _viewer(), now().isoformat(timespec="seconds")
    text = queries.signed_value(guard.snapshot(), viewer, number, guard.services().signer, at)
    if text is None:
        guard.refuse_as_missing()
    return responses.sent(text, JSON, viewer)


class EvidenceBody(parameters.Asks):
    """A file that whoever enters holds: its hash, name and size. The file itself is not sent."""

    sha256 = fields.String(
        required=True,
        validate=parameters.Whole("[0-9a-f]{64}", error="This is no SHA-256 in small hexadecimal."),
        metadata={"description": "Its SHA-256, in small hexadecimal.", "pattern": "^[0-9a-f]{64}$"},
    )
    name = _words("What the file is called.", needed=True)
    size = parameters.number_field("Its bytes.", 1, 2**50, required=True)


class NumbersBody(SaidBody):
    """The numbers of a value, where they are from, and what shows them."""

    numerator = parameters.WholeNumber(
        required=True, strict=True, validate=validate.Range(-LARGEST, LARGEST), metadata={"description": "How many."}
    )
    denominator = parameters.WholeNumber(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(-LARGEST, LARGEST),
        metadata={"description": "Out of how many; of a count left out."},
    )
    source = _words("Where the numbers are from.")
    evidence = fields.Nested(EvidenceBody, load_default=None, allow_none=True)


def _evidence(sent: Given | None) -> Evidence | None:
    return Evidence(sent["sha256"], file_name(sent["name"]), sent["size"]) if sent else None


def _numbers(args: Given) -> ValueNumbers:
    return ValueNumbers(args["numerator"], args["denominator"], args["source"], _evidence(args["evidence"]))


class ValueBody(NumbersBody):
    """Of which KPI, agency and period."""

    class Meta(NumbersBody.Meta):
        """There is no version yet."""

        exclude = ("seen",)

    code = _code(required=True)
    agency = parameters.code_field("Whose value it is; left out, of all together.")
    first_day = parameters.DayField(required=True, description="The first day of the month, or the quarter.")
    last_day = parameters.DayField(required=True, description="Its last day.")


@blueprint.endpoint(
    "POST",
    "/entered/values",
    Right.AGREE,
    EnteredValueResult,
    asks=ValueBody,
    location="json",
    status=201,
    errors=(404, 409),
)
def enter_value(args: Given) -> Response:
    """Enter the value of a period: a provider of its own agencies, the commissioner of any."""
    agency = (args["agency"] or WHOLE).upper()
    value = NewValue(args["code"], agency, Period(args["first_day"], args["last_day"]), _numbers(args))
    entered = values.enter_value(guard.services().register, value, _author(args["on"]))
    return _value(entered, {"Location": url_for("entered.entered_value", number=entered.number)})


class ListBody(parameters.Asks):
    """A list of values, as CSV text, and the file that shows them all."""

    list = fields.String(
        required=True,
        validate=validate.Length(1, LONGEST_LIST),
        metadata={"description": "CSV: code, agency, first_day, last_day, numerator, denominator, source."},
    )
    evidence = fields.Nested(EvidenceBody, load_default=None, allow_none=True)
    dry_run = parameters.flag_field("Say what would happen, and store nothing.")
    on = SaidBody().fields["on"]


@blueprint.endpoint("POST", "/entered/values/load", Right.AGREE, Loaded, asks=ListBody, location="json", status=201)
@blueprint.alt_response(200, schema=reference(Loaded), description="Nothing stored: tried, or not right.", success=True)
def load_values(args: Given) -> Response:
    """Enter every value of a list, or, if anything is wrong with any, none: `rejected` says what, row by row."""
    read, evidence = entered_list_from(args["list"], "The list"), _evidence(args["evidence"])
    register, author = guard.services().register, _author(args["on"])
    loaded = values.enter_values(register, read, evidence, author, dry_run=args["dry_run"])
    return responses.answered(loaded, guard.viewer(Right.AGREE), 201 if loaded.stored else 200)


class CorrectBody(NumbersBody):
    """Other numbers, and why."""

    reason = _words("Why it is corrected.", needed=True)


class QuestionBody(SaidBody):
    """What is asked."""

    question = _words("What is asked.", needed=True)


class WithdrawBody(SaidBody):
    """Why it counts no more."""

    reason = _words("Why it counts no more.", needed=True)


def _step(path: str, asks: type[SaidBody]) -> Callable[[Any], Any]:
    return blueprint.endpoint(
        "POST",
        f"{_VALUE}/{path}",
        Right.AGREE,
        EnteredValueResult,
        asks=asks,
        location="json",
        status=201,
        errors=(404, 409),
    )


@_step("correct", CorrectBody)
def correct_value(args: Given, number: int) -> Response:
    """Put other numbers in the place of a value's. As known before, the older ones stand."""
    register, author = guard.services().register, _author(args["on"])
    return _said(lambda: values.correct_value(register, number, _numbers(args), args["reason"], author, args["seen"]))


@_step("confirm", SaidBody)
def confirm_value(args: Given, number: int) -> Response:
    """Agree with what the other party entered."""
    register, author = guard.services().register, _author(args["on"])
    return _said(lambda: values.confirm_value(register, number, author, args["seen"]))


@_step("question", QuestionBody)
def question_value(args: Given, number: int) -> Response:
    """Ask about what the other party entered. It counts meanwhile."""
    register, author = guard.services().register, _author(args["on"])
    return _said(lambda: values.question_value(register, number, args["question"], author, args["seen"]))


@_step("withdraw", WithdrawBody)
def withdraw_value(args: Given, number: int) -> Response:
    """Let a value count no more: its period has none again."""
    register, author = guard.services().register, _author(args["on"])
    return _said(lambda: values.withdraw_value(register, number, args["reason"], author, args["seen"]))


def _said(command: Callable[[], EnteredValue]) -> Response:
    try:
        return _value(command())
    except Refused as refused:
        if refused.code == "entered-value-unknown":
            raise not_here() from refused
        raise


def _value(value: EnteredValue, headers: dict[str, str] | None = None) -> Response:
    # The snapshot of the request is of before.
    with guard.services().snapshot() as after:
        result = queries.value(after, guard.viewer(Right.AGREED), value.number)
    assert result
    return responses.answered(result, guard.viewer(Right.AGREE), 201, headers)
