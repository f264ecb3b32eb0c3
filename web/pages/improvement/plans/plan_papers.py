"""A plan as a paper to download, and whether it helped: its measures before and after its first day."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import make_response, url_for
from marshmallow import fields
from werkzeug.wrappers import Response

from domain.errors import Refused
from domain.measures.registry import MEASURE_OF
from web import parameters
from web.auth import guard
from web.auth.guard import snapshot
from web.auth.roles import Right
from web.auth.trail.access import Deed
from web.auth.viewer import NotOwn
from web.exports.paper import MEDIA, paper_file
from web.pages.frame.layout import Page
from web.presenters.improvement import did_it_help as words
from web.presenters.improvement.action_plan_document import document
from web.presenters.tables import Link, Table
from web.queries.improvement.did_it_help import DidItHelpQuery, did_it_help
from web.queries.improvement.results.plan_results import PlanResult
from web.queries.parameters import EVERYBODY
from web.snapshot import NOTICE

from .action_plans import NUMBER, ONE, blueprint, plan_or_404, viewer


class PaperAddress(parameters.Asks):
    """Whether the strands that are signed off are left out."""

    open_only = fields.Boolean(load_default=False)


@blueprint.page(f"{NUMBER}/plan.<any(pdf, docx):form>", Right.AGREED, PaperAddress)
def paper(args: parameters.Given, number: int, form: str) -> Response:
    """The plan in its form, for print or to be written on."""
    notice = NOTICE if snapshot().is_demonstration else ""
    its = document(plan_or_404(number), notice, open_only=args["open_only"])
    guard.note(Deed.DOWNLOADED, question={"form": form})
    response = make_response(paper_file(its, form))
    response.content_type = MEDIA[form]
    response.headers["Content-Disposition"] = f'attachment; filename="recount-action-plan-{number}.{form}"'
    return response


@dataclass(frozen=True, slots=True)
class Helped:
    """What is said of one measure of a plan; the table only where there are parts."""

    code: str
    name: str
    verdict: str
    more: list[str]
    table: Table | None


@blueprint.page(f"{NUMBER}/did-it-help", Right.AGREED)
def did_help(_given: parameters.Given, number: int) -> Page:
    """The measures of a plan before and after its first day, each with its parts."""
    plan = plan_or_404(number)
    measures = list(helped(plan))
    return Page(
        "action-plan-helped.html",
        "Did it help?",
        {f"m{one.code.replace('.', '-')}": one.table for one in measures},
        title=f"Did it help? Action plan {number}",
        plan=plan,
        measures=measures,
        back_link=Link(plan.title, url_for(ONE, number=number)),
    )


def helped(plan: PlanResult) -> Iterator[Helped]:
    """Each measure that a running or finished plan is about or linked to, before and after its first day.

    A measure that the plan is about in one slice is looked at in that one; else it is everybody's.
    """
    slices = {about.measure: about.slice for about in plan.about}
    linked = [code for strand in plan.strands for code in strand.kpis]
    for code in dict.fromkeys([*slices, *linked]):
        if code not in MEASURE_OF:
            continue
        query = DidItHelpQuery(MEASURE_OF[code], plan.first_day, slices.get(code, EVERYBODY))
        try:
            result = did_it_help(snapshot(), viewer(), query)
        except (Refused, NotOwn):
            continue
        first, *more = words.sentences(result)
        yield Helped(code, result.name, first, more, words.parts_table(result) if result.parts else None)
