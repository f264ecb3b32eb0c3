"""Contracts and their schedules of KPIs: read as known on a day, drafted, written, agreed, changed and ended."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, Final

from flask import Response
from marshmallow import fields, validate

from domain.contract_life.kpi_lines.cells import read_line
from domain.contract_life.kpi_lines.line import CELLS, KpiLine
from domain.contract_life.schedule import LONGEST_NAME, MOST_HUBS, MOST_LINES, ContractHub, Schedule, Terms
from domain.errors import Refused
from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import ApiBlueprint
from web.auth import guard
from web.auth.guard import services
from web.auth.roles import Right
from web.clock import today
from web.commands.agreement import schedule as commands
from web.commands.agreement.schedule_checks import Correction, Edit, ScheduleDecision
from web.files.agreement.kpi_tables import KpiTableRefused, TableProblem, kpi_table_from
from web.parameters import Given
from web.problems import Problem, not_here
from web.queries.agreement import schedule as queries
from web.queries.agreement.schedule import ScheduleResult, SchedulesQuery, SchedulesResult

blueprint = ApiBlueprint(
    "schedules", __name__, url_prefix=PREFIX, description="Contracts with their hubs and their schedules of KPIs."
)

_ONE: Final = "/schedules/<int(min=1, max=2147483647):number>"
LONGEST_TABLE: Final = 200_000
"""Characters of a KPI table."""


class SchedulesParameters(parameters.Asks):
    """As known on which day."""

    known_at = parameters.DayField(load_default=None, description="As it had been agreed by this day; else now.")


@blueprint.query("/schedules", Right.AGREED, SchedulesResult, asks=SchedulesParameters)
def schedules(args: Given) -> Response:
    """The contracts that were written down; a provider sees what was agreed with it."""
    viewer = guard.viewer(Right.AGREED)
    result = queries.schedules(guard.snapshot(), viewer, SchedulesQuery(args["known_at"]))
    return responses.answered(result, viewer)


@blueprint.query(_ONE, Right.AGREED, ScheduleResult, asks=SchedulesParameters, errors=(404,))
def schedule(args: Given, number: int) -> Response:
    """One contract with its KPIs, as it is now or had been agreed by a day."""
    viewer = guard.viewer(Right.AGREED)
    one = queries.schedule(guard.snapshot(), viewer, number, args["known_at"])
    if one is None:
        guard.refuse_as_missing()
    return responses.answered(one, viewer)


# ---- what is written


def _words(description: str, **kwargs: Any) -> fields.String:
    return fields.String(validate=validate.Length(max=LONGEST_NAME), metadata={"description": description}, **kwargs)


class ContractHubBody(parameters.Asks):
    """An agency of the provider."""

    agency = parameters.CodeField(required=True, metadata={"description": "Its code."})
    name = _words("What the contract calls it.", load_default="")
    area = _words("The area that it serves.", load_default="")
    succeeds = parameters.CodeField(
        load_default="", metadata={"description": "The code of the agency whose service it continues."}
    )


class TermsBody(parameters.Asks):
    """A contract beside its KPIs."""

    name = _words("What the contract is called.", required=True)
    provider = _words("Who works under it.", required=True)
    hubs = fields.List(fields.Nested(ContractHubBody), required=True, validate=validate.Length(1, MOST_HUBS))
    first_day = parameters.DayField(required=True, description="Its first day.")
    last_day = parameters.DayField(load_default=None, description="Its last; left out while none is agreed.")
    succeeds = _words("Which contract it succeeds, in words.", load_default="")
    area = parameters.code_field("Only people living in this area; else everybody.")


def _cell(description: str) -> fields.String:
    return fields.String(load_default="", validate=validate.Length(max=4000), metadata={"description": description})


CellsBody: Final = type("CellsBody", (parameters.Asks,), {name: _cell(what) for name, what in CELLS.items()})
"""A KPI line by its cells, as in a KPI table."""


class LinesBody(parameters.Asks):
    """Lines, as objects or as the text of a KPI table."""

    lines = fields.List(
        fields.Nested(CellsBody),
        load_default=list,
        validate=validate.Length(max=MOST_LINES),
        metadata={"description": "KPI lines by their cells."},
    )
    table = fields.String(
        load_default="",
        validate=validate.Length(max=LONGEST_TABLE),
        metadata={"description": "KPI lines as CSV, columns by name."},
    )


class DraftBody(TermsBody, LinesBody):
    """A contract to be written down."""


class DecisionBody(parameters.Asks):
    """When a step was agreed, and on which version."""

    on = parameters.DayField(load_default=None, description="The day of the agreement; today, if left out.")
    seen = parameters.number_field("The version that was read; refused if it is not the newest.", 1, load_default=None)


class AgreeBody(DecisionBody):
    """When a contract was agreed, and whether the agencies' own contracts follow."""

    contracts = parameters.Flag(
        load_default=True,
        metadata={"description": "Whether hubs without a contract of their own get one; false leaves them."},
    )


class EditBody(LinesBody, DecisionBody):
    """What is written anew: the terms whole, lines by their codes, codes of lines to be taken out."""

    terms = fields.Nested(TermsBody, load_default=None)
    removed = fields.List(
        fields.String(), load_default=list, metadata={"description": "Codes of lines to be taken out."}
    )
    reason = _words("Why, of what was agreed already.", load_default="")


class CorrectionBody(DecisionBody):
    """What a contract that was agreed should have said, and why it did not."""

    first_day = parameters.DayField(load_default=None, description="Its first day; left out, it stays.")
    area = parameters.code_field("Only people living in this area; left out, it stays.")
    everybody = parameters.Flag(
        load_default=False, metadata={"description": "Whether it counts everybody, in place of an area."}
    )
    reason = _words("Why.", required=True)


class EndScheduleBody(DecisionBody):
    """On which day a contract ends, and why."""

    last_day = parameters.DayField(required=True, description="The last day of the contract.")
    reason = _words("Why.", required=True)


@blueprint.endpoint("POST", "/schedules", Right.KNOWLEDGE, ScheduleResult, asks=DraftBody, location="json", status=201)
def draft(args: Given) -> Response:
    """Write a contract down as a draft; it counts for nothing until it is agreed."""
    return _stepped(commands.draft_schedule(services().register, _terms(args), _lines(args), _decision()))


@blueprint.endpoint(
    "POST",
    f"{_ONE}/lines",
    Right.KNOWLEDGE,
    ScheduleResult,
    asks=EditBody,
    location="json",
    status=201,
    errors=(404, 409),
)
def write(args: Given, number: int) -> Response:
    """Write a contract anew, in part: a draft as it is, what was agreed as a change with a day and a reason."""
    edit = Edit(_terms(args["terms"]) if args["terms"] else None, _lines(args), tuple(args["removed"]))
    decision, register = _decision(args["on"], args["seen"]), services().register
    with _missing():
        if _one(number).is_draft:
            return _stepped(commands.edit_schedule(register, number, edit, decision))
        return _stepped(commands.change_schedule(register, number, edit, decision, args["reason"]))


@blueprint.endpoint(
    "POST",
    f"{_ONE}/agree",
    Right.KNOWLEDGE,
    ScheduleResult,
    asks=AgreeBody,
    location="json",
    status=201,
    errors=(404, 409),
)
def agree(args: Given, number: int) -> Response:
    """Agree a draft: its targets are set, and hubs without a contract of their own get one."""
    decision, register = _decision(args["on"], args["seen"]), services().register
    with _missing():
        return _stepped(commands.agree_schedule(register, number, decision, with_contracts=args["contracts"]))


@blueprint.endpoint(
    "POST",
    f"{_ONE}/correct",
    Right.KNOWLEDGE,
    ScheduleResult,
    asks=CorrectionBody,
    location="json",
    status=201,
    errors=(404, 409),
)
def correct(args: Given, number: int) -> Response:
    """Correct the first day of a contract that was agreed, or whose people it counts; known from the day on."""
    decision = _decision(args["on"], args["seen"])
    with _missing():
        one = _one(number)
        area = "" if args["everybody"] else args["area"] or one.area or ""
        correction = Correction(args["first_day"] or one.first_day, area)
        return _stepped(commands.correct_schedule(services().register, number, correction, decision, args["reason"]))


@blueprint.endpoint(
    "POST",
    f"{_ONE}/end",
    Right.KNOWLEDGE,
    ScheduleResult,
    asks=EndScheduleBody,
    location="json",
    status=201,
    errors=(404, 409),
)
def end(args: Given, number: int) -> Response:
    """End a contract on a day: no target counts after it."""
    decision = _decision(args["on"], args["seen"])
    with _missing():
        return _stepped(commands.end_schedule(services().register, number, args["last_day"], decision, args["reason"]))


@blueprint.endpoint(
    "POST",
    f"{_ONE}/discard",
    Right.KNOWLEDGE,
    ScheduleResult,
    asks=DecisionBody,
    location="json",
    status=201,
    errors=(404, 409),
)
def discard(args: Given, number: int) -> Response:
    """Give a draft up."""
    with _missing():
        return _stepped(commands.discard_schedule(services().register, number, _decision(args["on"], args["seen"])))


@contextmanager
def _missing() -> Iterator[None]:
    """What there is none of is not here (404), for a program as for a person."""
    try:
        yield
    except Refused as refused:
        if refused.code == "schedule-unknown":
            raise not_here() from refused
        raise


def _one(number: int) -> ScheduleResult:
    one = queries.schedule(guard.snapshot(), guard.viewer(Right.KNOWLEDGE), number)
    if one is None:
        raise not_here()
    return one


def _decision(on: date | None = None, seen: int | None = None) -> ScheduleDecision:
    who = guard.principal()
    return ScheduleDecision(who.name, who.role, on or today(), today(), seen)


def _terms(args: Given) -> Terms:
    return Terms(
        name=args["name"],
        provider=args["provider"],
        hubs=tuple(ContractHub(hub["agency"], hub["name"], hub["area"], hub["succeeds"]) for hub in args["hubs"]),
        first_day=args["first_day"],
        last_day=args["last_day"],
        succeeds=args["succeeds"],
        area=args["area"] or "",
    )


def _lines(args: Given) -> list[KpiLine]:
    """The lines of a body.

    Raises:
        Problem: cells are wrong (422); all of them are named beside.
    """
    try:
        lines = kpi_table_from(args["table"], "the table") if args["table"] else []
        return lines + _read(args["lines"])
    except KpiTableRefused as refused:
        problem = Problem(422, refused.code, refused.message)
        problem.beside = {"cells": [one._asdict() for one in refused.problems]}
        raise problem from refused


def _read(bodies: Sequence[Mapping[str, str]]) -> list[KpiLine]:
    lines, problems = [], []
    for row, cells in enumerate(bodies, 1):
        line, wrong = read_line(cells)
        problems += [TableProblem(row, *one) for one in wrong]
        lines += [line] if line else []
    if problems:
        raise KpiTableRefused(problems)
    return lines


def _stepped(after: Schedule) -> Response:
    return responses.answered(queries.schedule_result(after), guard.viewer(Right.KNOWLEDGE), 201)
