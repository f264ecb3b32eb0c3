"""The contract: who works where and until when, its schedule of KPIs as known on a day, what was agreed, and its rooms.

It is where a contracts officer begins. What is written here is in `schedule_forms`.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from flask import current_app, make_response, url_for
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from web import parameters
from web.auth import guard
from web.auth.guard import NEEDS, principal, snapshot
from web.auth.roles import Reach, Right
from web.auth.trail.access import Deed
from web.clock import today
from web.exports import docx, typesetting
from web.files.agreement.kpi_tables import kpi_table_text
from web.pages.frame.forms import SeenForm
from web.pages.frame.layout import Page
from web.pages.frame.navigation import NeededWeekly, Place, PlaceGroup
from web.pages.frame.page import Pages
from web.presenters import text as words
from web.presenters.agreement import schedule as presented
from web.presenters.contract_life.reports import Report
from web.presenters.tables import Link
from web.queries.agreement import schedule as queries
from web.queries.agreement.schedule import KpiLineResult, ScheduleChange, ScheduleResult, SchedulesQuery
from web.snapshot import NOTICE

CONTRACT: Final = "schedules_pages.contract"
NUMBER: Final = "/contract/<int(min=1, max=2147483647):number>"

blueprint = Pages(
    "schedules_pages",
    __name__,
    Place(
        "Contract",
        CONTRACT,
        Right.AGREED,
        PlaceGroup.AGREED,
        "Who works where and until when, and the KPIs word for word.",
        NeededWeekly.ALWAYS,
    ),
)

ROOMS: Final = (
    ("targets_pages.targets", "Targets", "what each KPI is to reach, and when"),
    ("hub_targets_pages.hub_targets", "Targets of hubs and months", "each hub’s share, month by month"),
    ("completions_needed_pages.completions_needed", "Completions needed", "how many, by when, and who may still count"),
    ("colour_rules_pages.colour_rules", "Colour rules", "when a figure is green, amber or red"),
    ("comparators_pages.comparators", "Comparators", "what other areas reach"),
    ("entered_pages.entered", "KPIs entered by hand", "what the monthly file does not hold"),
    ("handover_pages.handovers", "Handovers", "who was handed over, and what that did to the figures"),
    ("retender_pages.retender", "Re-tender", "the old contract ends, the new one begins, and the caseload passes"),
    ("contribution_pages.contribution", "Who makes the miss", "which hub and segment make a miss"),
    ("contracts_pages.contracts", "Agencies’ own contracts", "who has to report, and from when"),
)
"""The rooms of the contract: endpoint, words, and what is there. Those that are not built in are left out."""

DONE: Final = {
    "drafted": "The contract is written down as a draft.",
    "written": "The draft is saved.",
    "discarded": "The draft was discarded.",
    "agreed": "The contract is agreed. Its targets are set.",
    "corrected": "The contract is corrected. As known before, it stays as it was written down.",
    "changed": "The change is agreed. What was agreed before stays on record.",
    "ended": "The end of the contract is agreed.",
}


class ContractPageAddress(parameters.Asks):
    """Which contract, as known on which day, and what was just done."""

    number = parameters.number_field("The contract's number; left out, the newest in force.", 1, load_default=None)
    known_at = parameters.DayField(load_default=None, description="As it had been agreed by this day.")
    done = fields.String(load_default=None, validate=validate.OneOf(list(DONE)))


@blueprint.page("/contract", Right.AGREED, ContractPageAddress)
def contract(args: parameters.Given) -> Page:
    """A contract with its KPIs, as it is now or had been agreed by a day."""
    viewer, known_at = guard.viewer(Right.AGREED), args["known_at"]
    every = queries.schedules(snapshot(), viewer, SchedulesQuery()).schedules
    number = args["number"] or _first_shown(every)
    one = queries.schedule(snapshot(), viewer, number, known_at) if number else None
    if args["number"] and one is None and known_at is None:
        guard.refuse_as_missing()
    return _contract_page(one, every, known_at, number=number or 0, done=DONE.get(args["done"], ""))


def _first_shown(every: list[ScheduleResult]) -> int | None:
    """The newest that is in force, else the newest of all."""
    in_force = [one for one in every if one.state == "agreed" and (one.last_day or date.max) >= today()]
    newest = max(in_force or every, key=lambda one: (one.first_day, one.number), default=None)
    return newest.number if newest else None


def _contract_page(
    one: ScheduleResult | None, every: list[ScheduleResult], known_at: date | None, *, number: int, done: str
) -> Page:
    may_write = principal().reach(Right.KNOWLEDGE) is not None
    is_now = one is not None and known_at is None
    return Page(
        "schedule.html",
        "Contract",
        _tables(one, may_write=may_write and is_now) if one else {},
        title=one.name if one else "Contract",
        schedule=one,
        number=number,
        about=[("Contract", presented.in_short(one))] if one else (),
        terms=presented.about(one) if one else (),
        seen=presented.seen_on(one) if one else "",
        known_at=known_at.isoformat() if known_at else "",
        others=[_other(each) for each in every if each.number != number],
        rooms=list(rooms()),
        discarding=SeenForm(None, data={"seen": str(one.version)}) if one and one.is_draft else None,
        may_write=may_write,
        nothing=presented.NONE_OF_YOURS if principal().reach(Right.AGREED) is Reach.OWN else presented.NO_CONTRACT,
        is_now=is_now,
        done=done,
    )


def _tables(one: ScheduleResult, *, may_write: bool) -> dict[str, Any]:
    def code(line: KpiLineResult) -> Any:
        href = url_for("schedules_pages.line", number=one.number, code=line.code)
        return Link(line.code, href, more=", change") if may_write and one.is_open else line.code

    def day(change: ScheduleChange) -> Any:
        return Link(
            words.short_day(change.on),
            url_for(CONTRACT, number=one.number, known_at=change.on),
            more=", as it was then",
        )

    return {
        "kpis": presented.kpi_table(one, code) if one.lines else None,
        "meaning": presented.meaning_table(one) if one.lines else None,
        "history": presented.history_table(one, day) if one.history else None,
    }


def _other(one: ScheduleResult) -> tuple[Link, str]:
    return Link(one.name, url_for(CONTRACT, number=one.number)), f"{one.state}, {presented.days_of(one)}"


def rooms() -> Iterator[tuple[Link, str]]:
    """The rooms of the contract that are there and open to whoever asks, each once."""
    listed = set[str]()
    for endpoint, room, what in ROOMS:
        view = current_app.view_functions.get(endpoint)
        right = getattr(view, NEEDS, None)
        if isinstance(right, Right) and principal().reach(right) is not None and room not in listed:
            listed.add(room)
            yield Link(room, url_for(endpoint)), what


# ---- files


class ContractFileAddress(parameters.Asks):
    """As known on which day."""

    known_at = parameters.DayField(load_default=None, description="As it had been agreed by this day.")


@blueprint.page(f"{NUMBER}/table.csv", Right.AGREED, ContractFileAddress)
def table(args: parameters.Given, number: int) -> Response:
    """The KPI lines as a file that can be loaded again."""
    one = schedule_or_404(number, Right.AGREED, args["known_at"])
    content = "\ufeff" + kpi_table_text(line.cells for line in one.lines)
    return _file(content.encode(), "text/csv; charset=utf-8", f"recount-contract-{number}.csv", "csv")


@blueprint.page(f"{NUMBER}/document", Right.AGREED, ContractFileAddress)
def document(args: parameters.Given, number: int) -> Response:
    """The contract's KPI table as a document."""
    report = _report(schedule_or_404(number, Right.AGREED, args["known_at"]))
    return _file(docx.docx(report, {}), docx.MEDIA, f"recount-contract-{number}.docx", "docx")


@blueprint.page(f"{NUMBER}/document.pdf", Right.AGREED, ContractFileAddress)
def pdf(args: parameters.Given, number: int) -> Response:
    """The same document as a PDF."""
    report = _report(schedule_or_404(number, Right.AGREED, args["known_at"]))
    return _file(typesetting.pdf(report, {}), typesetting.MEDIA, f"recount-contract-{number}.pdf", "pdf")


def _report(one: ScheduleResult) -> Report:
    audience = words.AUDIENCES["own" if principal().reach(Right.AGREED) is Reach.OWN else "full"]
    return presented.schedule_report(one, audience, NOTICE if snapshot().is_demonstration else "")


def _file(content: bytes, media: str, name: str, form: str) -> Response:
    guard.note(Deed.DOWNLOADED, question={"form": form})
    response = make_response(content)
    response.content_type = media
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def schedule_or_404(number: int, right: Right, known_at: date | None = None) -> ScheduleResult:
    """The contract with this number.

    Raises:
        Problem: there is none (404).
        NotOwn: it is another provider's.
    """
    one = queries.schedule(snapshot(), guard.viewer(right), number, known_at)
    if one is None:
        guard.refuse_as_missing()
    return one
