"""What the page of a dispute says of how far it has come, and the steps that can be taken now."""

from typing import Any

from flask import url_for

from domain.contract_life.transitions import next_state
from domain.errors import Refused
from domain.improvement.disputed.steps import LEVELS, THING
from domain.measures.families import Unit
from web.auth import guard
from web.auth.roles import Right
from web.auth.viewer import Viewer
from web.commands.agreement.parties import party_of
from web.presenters.improvement import disputed as presenter
from web.presenters.improvement.steps import StepWords
from web.presenters.tables import Link, Table
from web.queries.contract_life.disputes import DisputeResult
from web.queries.improvement.disputed.account import DisputeAccount, account

DONE = {words.slug: words.done for words in presenter.STEP_WORDS.values()} | {
    "rows": "Your answers are on record. The other side can read them.",
}
"""What is said once a step was taken, by its address."""


def standing(dispute: DisputeResult, viewer: Viewer) -> tuple[dict[str, Table | None], dict[str, Any]]:
    """The tables of a dispute, and what else its page says of how far it has come."""
    party = guard.viewer_of_party(Right.AGREED)
    its, course = account(guard.snapshot(), viewer, party, dispute), dispute.course
    tables = {
        "figures": presenter.figures_table(dispute, its, _published),
        "sums": presenter.sums_table(dispute, its) if course.rows else None,
        "contested": _rows(dispute, "contested", "What stays contested"),
        "evidence": presenter.evidence_table(course),
        "meetings": presenter.meetings_table(course),
    }
    return tables, {
        "course": course,
        "tag": presenter.TAGS.get(course.stage, "yellow"),
        "level": f"{course.level} of {len(LEVELS)}: {course.level_name}",
        "offered": offered(dispute),
        "first": presenter.FIRST,
        "proposed": presenter.numbers(course.proposed),
        "rows_said": presenter.rows_said(dispute, its),
        "rows_at": url_for("dispute.rows", number=dispute.number) if course.rows else "",
        "not_shown": presenter.not_shown(course) if course.rows_not_shown else "",
        "cures": list(map(presenter.cure_sentence, its.cures)),
        "stated": _stated(its),
        "beside_figures": list(filter(None, (presenter.settlement_words(dispute, its), presenter.moved_words(its)))),
    }


def _rows(dispute: DisputeResult, standing_: str, title: str) -> Table | None:
    rows = dispute.course.standing(standing_)
    return presenter.rows_table(dispute, rows, title) if rows else None


def _published(number: int, title: str) -> Link:
    return Link(title, url_for("certificates_pages.certificate", number=number))


def _stated(its: DisputeAccount) -> list[Link]:
    """The rows of the other party's reports in which the same is stated."""
    return [
        Link(f"row {one.row} of “{one.title}”", url_for("other-reports.one", number=one.report)) for one in its.stated
    ]


def offered(dispute: DisputeResult) -> dict[str, StepWords]:
    """The steps that this person may take now, in their order."""
    if guard.principal().reach(Right.DISPUTE) is None or not dispute.is_open:
        return {}
    return {step: its for step, its in presenter.STEP_WORDS.items() if _may_take(dispute, step)}


def _may_take(dispute: DisputeResult, step: str) -> bool:
    if step == "list rows of" and (dispute.entered or dispute.measure.family.unit is not Unit.JOURNEY):
        return False
    if step == "escalate" and dispute.course.level >= len(LEVELS):
        return False
    try:
        next_state(THING, step, dispute.course.stage, party_of(guard.principal().role))
    except Refused:
        return False
    return True
