"""Case-file audits: read in numbers, single files for whoever may see them, drawn, filled in, and every step."""

import secrets
from typing import Any, Final

from flask import Response, url_for
from marshmallow import fields, validate

from domain.improvement.audits.case_file_audit import MOST_AGENCIES, MOST_FILES, STRATA, AuditFigure, CaseFileAudit
from domain.improvement.audits.item_set import item_sets
from domain.improvement.written import LONGEST_LINE, LONGEST_TEXT
from projections.standings.slices import Slice
from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import ApiBlueprint
from web.auth import guard
from web.auth.roles import Reach, Right
from web.auth.viewer import Viewer
from web.clock import today
from web.commands.agreement.parties import party_of
from web.commands.improvement import case_file_audits as commands
from web.commands.improvement.audit_steps import AUDIT_STEPS, AuditSaid, take_audit_step
from web.commands.improvement.author import Author, author_of
from web.commands.improvement.case_file_audits import LONGEST_SEED, AuditTerms, check_draw
from web.files.reports.audit_marks import WrittenMark, marks_of
from web.parameters import Given
from web.queries.improvement.audits import case_file_audits as queries
from web.queries.improvement.audits import drawing
from web.queries.improvement.audits.case_file_audits import (
    AuditQuery,
    AuditResult,
    AuditsCompared,
    AuditsQuery,
    AuditsResult,
    CompareAudits,
    ItemSetsResult,
)
from web.queries.improvement.audits.drawing import DrawQuery, RedrawnResult
from web.queries.improvement.audits.files import AuditedFiles, audited_files
from web.queries.slices import as_known

blueprint = ApiBlueprint(
    "case-file-audits", __name__, url_prefix=PREFIX, description="What was found in a random sample of case files."
)
_PATH: Final = "/audits"
_INT: Final = "int(min=1, max=2147483647)"
_ONE: Final = f"{_PATH}/<{_INT}:number>"
_MOST_MARKS: Final = 2_000


@blueprint.query(_PATH, Right.AGREED, AuditsResult)
def audits() -> Response:
    """The case-file audits that one may read, the newest first."""
    viewer = guard.viewer_of_party(Right.AGREED)
    result = queries.case_file_audits(guard.snapshot(), viewer, AuditsQuery())
    return responses.answered(result.document(), viewer)


@blueprint.query(f"{_PATH}/item-sets", Right.AGREED, ItemSetsResult)
def audit_item_sets() -> Response:
    """What an audit may look for in each file."""
    return responses.answered(queries.known_item_sets().document(), guard.viewer(Right.AGREED))


@blueprint.query(_ONE, Right.AGREED, AuditResult, errors=(404,))
def audit(number: int) -> Response:
    """One audit: how its sample was drawn, what was found, and what the records say of the same files."""
    viewer = guard.viewer_of_party(Right.AGREED)
    return responses.answered(_one(number, viewer).document(), viewer)


def _one(number: int, viewer: Viewer) -> AuditResult:
    result = queries.case_file_audit(guard.snapshot(), viewer, AuditQuery(number))
    if result is None:
        guard.refuse_as_missing()
    return result


@blueprint.query(f"{_ONE}/compare/<{_INT}:other>", Right.AGREED, AuditsCompared, errors=(404,))
def compared_audits(number: int, other: int) -> Response:
    """Two audits beside each other, item by item."""
    viewer = guard.viewer_of_party(Right.AGREED)
    result = queries.audits_compared(guard.snapshot(), viewer, CompareAudits(number, other))
    if result is None:
        guard.refuse_as_missing()
    return responses.answered(result.document(), viewer)


# ---- single files


def _looking(number: int) -> Viewer:
    """Who looks at the single files, noted in the trail; of an audit of one's own, its purpose is the reason."""
    viewer = guard.viewer_of_party(Right.CLIENTS)
    its = _one(number, viewer)
    is_own = viewer.reach is Reach.WITH_REASON and its.party == party_of(guard.principal().role)
    reason = f"Case-file audit {number}: {its.purpose}"[: guard.LONGEST_REASON] if is_own else ""
    guard.viewer_of_clients(Right.CLIENTS, {"audit": number}, reason=reason)
    return viewer


@blueprint.query(f"{_ONE}/files", Right.CLIENTS, AuditedFiles, errors=(404,))
def files_of_audit(number: int) -> Response:
    """The single files, with what was found in each and what the records say."""
    viewer = _looking(number)
    result = audited_files(guard.snapshot(), viewer, AuditQuery(number))
    assert result
    return responses.answered(result.document(), viewer)


@blueprint.query(f"{_ONE}/draw-again", Right.CLIENTS, RedrawnResult, errors=(404,))
def audit_drawn_again(number: int) -> Response:
    """The sample drawn again from its seed, and whether it is the same."""
    viewer = _looking(number)
    result = queries.drawn_again(guard.snapshot(), viewer, AuditQuery(number))
    assert result
    return responses.answered(result.document(), viewer)


# ---- steps


def _author() -> Author:
    return author_of(guard.principal(), guard.viewer_of_party(Right.AGREE), today(), today())


def _number(description: str) -> fields.Integer:
    return parameters.number_field(description, 1, 2**31 - 1, load_default=None)


class AuditDrawBody(parameters.Asks):
    """What is drawn, from which caseload, and why."""

    purpose = fields.String(
        required=True,
        validate=validate.Length(max=LONGEST_LINE),
        metadata={"description": "Why these files are looked at. It stays in the log: name nobody."},
    )
    agencies = fields.List(
        parameters.CodeField(metadata={"description": "An agency.", "pattern": parameters.CODE}),
        required=True,
        validate=validate.Length(1, MOST_AGENCIES),
        metadata={"description": "Whose files; all of one provider."},
    )
    as_of = parameters.DayField(required=True, description="The day on which the files were open.")
    known_at = parameters.KnownAtField()
    wanted = parameters.number_field("How many files.", 1, MOST_FILES, required=True)
    item_set = fields.String(
        required=True,
        validate=validate.OneOf(list(item_sets())),
        metadata={"description": "What is looked for; `audits/item-sets` names them."},
    )
    strata = fields.String(load_default="none", validate=validate.OneOf(STRATA))
    seed = fields.String(
        load_default="",
        validate=validate.Length(max=LONGEST_SEED),
        metadata={"description": "Letters and digits; a random one if left out."},
    )
    without = fields.List(
        parameters.number_field("An audit.", 1, 2**31 - 1),
        load_default=list,
        validate=validate.Length(max=50),
        metadata={"description": "Audits whose files are left out."},
    )
    follows = _number("The audit that it looks at again.")
    measure = parameters.measure_field(load_default=None)
    area = parameters.code_field("With `measure`: only its people living in this area.")
    criminal_justice = parameters.flag_field("With `measure`: only those whom criminal justice referred.")
    young_people = parameters.flag_field("With `measure`: those under 18, in place of adults.")


@blueprint.endpoint(
    "POST", _PATH, Right.AGREE, AuditResult, asks=AuditDrawBody, location="json", status=201, errors=(404, 415)
)
def draw_sample(args: Given) -> Response:
    """Draw a sample, and keep it. It is a draft: the other party does not read it yet."""
    viewer = guard.viewer_of_party(Right.AGREE)
    query = check_draw(
        DrawQuery(
            tuple(args["agencies"]),
            args["as_of"],
            args["wanted"],
            args["seed"] or secrets.token_hex(8),
            args["strata"],
            args["known_at"],
            tuple(args["without"]),
            _figure(args),
        )
    )
    sample = drawing.drawn(guard.snapshot(), viewer, query)
    terms = AuditTerms(args["item_set"], args["purpose"], args["follows"])
    return _said(commands.draw_audit(guard.services().register, terms, query, sample, _author()), viewer)


def _figure(args: Given) -> AuditFigure | None:
    """The figure whose people's files are drawn from, in place of all that were open."""
    if args["measure"] is None:
        return None
    whose = as_known(guard.snapshot(), Slice(args["area"], None, args["criminal_justice"], args["young_people"]))
    return AuditFigure(args["measure"], whose.area, whose.criminal_justice, whose.young_people)


def _said(audit: CaseFileAudit, viewer: Viewer) -> Response:
    """Answer with the audit as it stands after a step."""
    with guard.services().snapshot() as after:
        result = queries.case_file_audit(after, viewer, AuditQuery(audit.number))
    assert result is not None  # it was just written
    headers = {"Location": url_for("case-file-audits.audit", number=audit.number)}
    return responses.answered(result.document(), viewer, 201, headers)


class AuditMarkBody(parameters.Asks):
    """What was found of an item in a file."""

    place = parameters.number_field("The file's place in the sample, from 1.", 1, MOST_FILES, required=True)
    item = fields.String(required=True, validate=validate.Length(1, 40), metadata={"description": "The item's code."})
    mark = fields.String(
        required=True,
        validate=validate.Length(1, 3),
        metadata={"description": "i in date, o out of date, m missing, n not needed; then p, e or b. - takes it back."},
    )


def _seen() -> fields.Integer:
    return _number("The `version` that was read; left out, whatever stands.")


class AuditMarksBody(parameters.Asks):
    """What was found; what is not named stays as it is."""

    marks = fields.List(fields.Nested(AuditMarkBody), required=True, validate=validate.Length(1, _MOST_MARKS))
    seen = _seen()


@blueprint.endpoint(
    "POST",
    f"{_ONE}/marks",
    Right.AGREE,
    AuditResult,
    asks=AuditMarksBody,
    location="json",
    status=201,
    errors=(404, 409, 415),
)
def enter_marks(args: Given, number: int) -> Response:
    """Enter what was found."""
    viewer = guard.viewer_of_party(Right.AGREE)
    _one(number, viewer)
    written = (
        WrittenMark(line, str(one["place"]), one["item"], one["mark"]) for line, one in enumerate(args["marks"], 1)
    )
    marks = marks_of("marks", written)
    return _said(commands.save_marks(guard.services().register, number, marks, _author(), args["seen"]), viewer)


def _words(description: str, longest: int) -> Any:
    said = {"description": f"{description} It stays in the log: name no client."}
    return fields.String(load_default="", validate=validate.Length(max=longest), metadata=said)


class AuditStepBody(parameters.Asks):
    """A step, what is said with it, and over which version."""

    step = fields.String(
        required=True, validate=validate.OneOf(AUDIT_STEPS), metadata={"description": "Which step is taken."}
    )
    words = _words("What was found in short, the finding, or what is to be done.", LONGEST_TEXT)
    held_on = parameters.DayField(load_default=None, description="Of `complete`: when it was held; today if left out.")
    item = _words("Of `finding`: the item's code; all if left out.", 40)
    who = _words("Of `action`: the role of who does it.", LONGEST_LINE)
    due = parameters.DayField(load_default=None, description="Of `action`: by which day.")
    finding = _number("Of `action`: the finding that it answers.")
    action = _number("Of `done`: the action that was done.")
    seen = _seen()


@blueprint.endpoint(
    "POST",
    f"{_ONE}/steps",
    Right.AGREE,
    AuditResult,
    asks=AuditStepBody,
    location="json",
    status=201,
    errors=(404, 409, 415),
)
def step_of_audit(args: Given, number: int) -> Response:
    """Complete it or give it up, add a finding, set an action or say that it is done."""
    viewer = guard.viewer_of_party(Right.AGREE)
    _one(number, viewer)
    said = AuditSaid(**{name: args[name] for name in ("words", "held_on", "item", "who", "due", "finding", "action")})
    register = guard.services().register
    return _said(take_audit_step(register, number, args["step"], said, _author(), args["seen"]), viewer)
