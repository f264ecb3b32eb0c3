"""Case-file audits: the list, one with its results, its files, its sheet, its sample drawn again, two compared."""

from typing import Any, Final

import msgspec
from flask import Response, make_response, url_for
from marshmallow import fields, validate

from domain.contract_life.transitions import next_state
from domain.errors import Refused
from domain.improvement.audits.case_file_audit import THING
from web import parameters
from web.auth import guard
from web.auth.guard import principal, snapshot
from web.auth.roles import Reach, Right
from web.auth.trail.access import Deed
from web.auth.viewer import Viewer
from web.commands.agreement.parties import party_of
from web.exports import paper
from web.pages.explain.access_reasons import ask_why_for, reason_for
from web.pages.frame.agency_names import named
from web.pages.frame.layout import Page
from web.pages.frame.navigation import FigurePage, Place, PlaceGroup, here
from web.pages.frame.page import Pages
from web.presenters import text as words
from web.presenters.improvement import case_file_audits as presenter
from web.presenters.tables import Link
from web.queries.improvement.audits import case_file_audits as queries
from web.queries.improvement.audits.case_file_audits import AuditQuery, AuditResult, AuditsQuery, CompareAudits
from web.queries.improvement.audits.files import AuditedFiles, audited_files

PATH: Final = "/audits"
NUMBER: Final = f"{PATH}/<int(min=1, max=2147483647):number>"
LIST, ONE = "audits.audits", "audits.one"
_DONE: Final = {
    "drawn": "The sample is drawn. Only your side can read it until the audit is completed.",
    "saved": "What you typed in is saved.",
    "complete": "The audit is completed. The other party can read it now.",
    "discard": "The audit is given up.",
    "finding": "The finding is added.",
    "action": "The action is set.",
    "done": "The action is done.",
}

blueprint = Pages(
    "audits",
    __name__,
    Place(
        "Case-file audits",
        LIST,
        Right.AGREED,
        PlaceGroup.IMPROVEMENT,
        "Check a random sample of case files against what the records say.",
    ),
    of_figure=(FigurePage("Audit case files", "audits.new", Right.AGREE),),
)


@blueprint.page(PATH, Right.AGREED)
def audits(_given: parameters.Given) -> Page:
    """Every audit that one may read, the newest first."""
    result = queries.case_file_audits(snapshot(), guard.viewer_of_party(Right.AGREED), AuditsQuery())
    table = presenter.list_table(result, named, lambda one: url_for(ONE, number=one.number))
    return Page(
        "audits.html",
        "Case-file audits",
        {"list": table if result.audits else None},
        may_draw=principal().reach(Right.AGREE) is not None,
    )


class AuditAddress(parameters.Asks):
    """What was just done."""

    done = fields.String(load_default=None, validate=validate.OneOf(list(_DONE)))


@blueprint.page(NUMBER, Right.AGREED, AuditAddress)
def one(args: parameters.Given, number: int) -> Page:
    """An audit: how it was drawn, what was found, findings and actions, and what can be done."""
    its = audit_or_404(number, Right.AGREED)
    may = {step for step in ("save marks of", "complete", "discard", "add a finding to", "add an action to",
                             "finish an action of") if _may(its, step)}  # fmt: skip
    return Page(
        "audit.html",
        f"Case-file audit {number}",
        {
            "found": presenter.found_table(its) if its.marks else None,
            "kinds": presenter.kinds_table(its) if its.marks else None,
            "beside": presenter.beside_table(its),
            "findings": presenter.findings_table(its, _plan_link(its)),
            "actions": presenter.actions_table(its, _done_link(its) if "finish an action of" in may else None),
            "left_out": presenter.left_out_table(its.left_out),
        },
        audit=its,
        agencies=", ".join(map(named, its.agencies)),
        tag=presenter.TAGS.get(its.state, "green"),
        drawn=list(presenter.drawn_sentences(its)),
        differ=list(presenter.beside_sentences(its)),
        done=_DONE.get(args["done"], ""),
        may=may,
        may_see_files=principal().reach(Right.CLIENTS) is not None,
        may_draw=principal().reach(Right.AGREE) is not None,
        follow_up=_follow_up(its),
        others=_others(its),
    )


def _follow_up(its: AuditResult) -> str:
    """Where a follow-up is drawn, of the people of the same figure if it was of one."""
    its_figure = (
        {name: value or None for name, value in msgspec.structs.asdict(its.figure).items()} if its.figure else {}
    )
    return url_for("audits.new", follows=its.number, **its_figure)


def _plan_link(its: AuditResult) -> Any:
    if principal().reach(Right.AGREE) is None:
        return None

    def link(finding: int) -> Link:
        href = url_for("action-plans.new", form="service-improvement", origin="audit", from_number=its.number,
                       part=f"finding {finding}")  # fmt: skip
        return Link("Open an action plan", href, more=f" from finding {finding}")

    return link


def _done_link(its: AuditResult) -> Any:
    return lambda action: Link(
        "Say that it is done", url_for("audits.step", number=its.number, slug="done", action=action)
    )


def _others(its: AuditResult) -> list[Link]:
    """The other audits that this one can be compared with."""
    result = queries.case_file_audits(snapshot(), guard.viewer_of_party(Right.AGREED), AuditsQuery())
    links = []
    for other in result.audits:
        if other.number != its.number and other.marks and its.marks:
            first, second = sorted((other.number, its.number))
            held = f", {words.day(other.held_on)}" if other.held_on else ""
            said = f"Audit {other.number}: {', '.join(map(named, other.agencies))}{held}"
            links.append(Link(said, url_for("audits.compare", number=first, other=second)))
    return links


def _may(its: AuditResult, step: str) -> bool:
    if principal().reach(Right.AGREE) is None:
        return False
    try:
        next_state(THING, step, its.state, party_of(principal().role))
    except Refused:
        return False
    return True


def audit_or_404(number: int, right: Right) -> AuditResult:
    """The audit with this number.

    Raises:
        Problem: there is none (404).
        NotOwn: it is not within reach.
    """
    its = queries.case_file_audit(snapshot(), guard.viewer_of_party(right), AuditQuery(number))
    if its is None:
        guard.refuse_as_missing()
    return its


# ---- single files


def looking(its: AuditResult) -> Viewer | None:
    """Who looks at the single files of an audit, noted in the trail; None where a commissioner has to say why first.

    Of an audit that the commissioner holds itself, its purpose is the reason.
    """
    viewer = guard.viewer_of_party(Right.CLIENTS)
    why = ""
    if viewer.reach is Reach.WITH_REASON:
        is_own = its.party == party_of(principal().role)
        why = f"Case-file audit {its.number}: {its.purpose}"[: guard.LONGEST_REASON] if is_own else ""
        why = why or reason_for(f"audit {its.number}")
        if not why:
            return None
    guard.viewer_of_clients(Right.CLIENTS, {"audit": its.number}, reason=why)
    return viewer


def files_or_404(number: int, viewer: Viewer) -> AuditedFiles:
    """The single files of an audit.

    Raises:
        Problem: there is none (404).
    """
    its = audited_files(snapshot(), viewer, AuditQuery(number))
    if its is None:
        guard.refuse_as_missing()
    return its


@blueprint.page(f"{NUMBER}/files", Right.CLIENTS)
def files(_given: parameters.Given, number: int) -> Page | str:
    """The single files with what was found in each."""
    its = audit_or_404(number, Right.CLIENTS)
    viewer = looking(its)
    if viewer is None:
        return ask_why_for(f"audit {number}", here())
    table = presenter.files_table(files_or_404(number, viewer))
    return Page(
        "audit-files.html",
        f"Files of audit {number}",
        {"files": table},
        audit=its,
        drawn=presenter.drawn_sentences(its),
    )


@blueprint.page(f"{NUMBER}/sheet", Right.CLIENTS)
def sheet(_given: parameters.Given, number: int) -> Response | str:
    """The sample as a sheet on A4."""
    its = audit_or_404(number, Right.CLIENTS)
    viewer = looking(its)
    if viewer is None:
        return ask_why_for(f"audit {number}", here())
    guard.note(Deed.DOWNLOADED, question={"form": "pdf", "audit": number})
    response = make_response(paper.pdf(presenter.sheet(files_or_404(number, viewer), its, named)))
    response.content_type = paper.MEDIA["pdf"]
    response.headers["Content-Disposition"] = f'attachment; filename="recount-audit-{number}.pdf"'
    return response


@blueprint.page(f"{NUMBER}/draw-again", Right.CLIENTS)
def draw_again(_given: parameters.Given, number: int) -> Page | str:
    """The sample drawn again from its seed."""
    its = audit_or_404(number, Right.CLIENTS)
    viewer = looking(its)
    if viewer is None:
        return ask_why_for(f"audit {number}", here())
    again = queries.drawn_again(snapshot(), viewer, AuditQuery(number))
    if again is None:
        guard.refuse_as_missing()
    return Page(
        "audit-drawn-again.html",
        f"Draw audit {number} again",
        {"table": presenter.redrawn_table(again), "left_out": presenter.left_out_table(again.left_out)},
        audit=its,
        again=again,
        said=presenter.redrawn_sentence(again),
    )


# ---- two


@blueprint.page(f"{NUMBER}/compare/<int(min=1, max=2147483647):other>", Right.AGREED)
def compare(_given: parameters.Given, number: int, other: int) -> Page:
    """Two audits beside each other."""
    its = queries.audits_compared(snapshot(), guard.viewer_of_party(Right.AGREED), CompareAudits(number, other))
    if its is None:
        guard.refuse_as_missing()
    return Page(
        "audits-compared.html",
        f"Audits {number} and {other}",
        {"compared": presenter.compared_table(its)},
        both=((its.first, _heading(its.first)), (its.second, _heading(its.second))),
        shared=its.shared,
    )


def _heading(its: AuditResult) -> str:
    held = f"held on {words.day(its.held_on)}" if its.held_on else its.state
    return f"Audit {its.number}, {', '.join(map(named, its.agencies))}, {held}"
