"""Each page beside an empty one of the same layout, seen in turn by somebody who is signed in.

The empty page has the same door, the same surroundings and, where the page has figures, the same bar with both dates.
Where single clients show, the look is noted on the disk before the page is made: such a page is measured beside an
empty one that does so too, and beside one that does not.
"""

import gc
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from flask import Flask, render_template
from flask.testing import FlaskClient
from jinja2 import ChoiceLoader, DictLoader
from werkzeug.test import EnvironBuilder, run_wsgi_app

from domain.contract_life.colour_rules import RuleTerms
from domain.contract_life.entered import last_period, periods_due
from domain.contract_life.kpi_lines.line import KpiLine
from domain.contract_life.schedule import ContractHub, Terms
from domain.contract_life.targets import Goal
from domain.contract_life.transitions import COMMISSIONER
from domain.improvement.audits.item_set import AuditMark
from domain.improvement.plan_terms import ActionTerms, Cadence, PlanTerms, Strand
from domain.improvement.written import OpenedFrom, WrittenAbout
from domain.log.database import writing
from domain.measures.registry import MEASURES, measure_named
from domain.periods import Period, add_months
from projections.claims.claim import Claim
from projections.performance.targets import Whose
from projections.standings.slices import Slice
from web import parameters
from web.app import create_app
from web.auth import guard
from web.auth.accounts import AccountUpdate, make_account
from web.auth.roles import Right, Role
from web.auth.trail.access import question_noted
from web.auth.viewer import EVERYTHING
from web.clock import now, today
from web.commands.agreement.colour_rules import RuleDecision, agree_rule
from web.commands.agreement.comparator_values import load_values
from web.commands.agreement.comparators import ComparatorDecision, ComparatorSetTerms, define_set
from web.commands.agreement.entered import KpiAuthor, KpiTerms, define_kpi
from web.commands.agreement.entered_values import enter_values
from web.commands.agreement.schedule import agree_schedule, draft_schedule
from web.commands.agreement.schedule_checks import ScheduleDecision
from web.commands.contract_life.disputes import Speaker, open_dispute
from web.commands.contract_life.publish import PublishCut, publishing
from web.commands.contract_life.targets import TargetDecision, set_target
from web.commands.improvement.action_plans import agree_plan, draft_plan, propose_plan
from web.commands.improvement.author import Author
from web.commands.improvement.case_file_audits import AuditTerms, draw_audit, save_marks
from web.commands.improvement.meetings import commentary, meetings
from web.commands.improvement.performance_notices import Draft, Said, draft_notice, take_step
from web.files.entered_lists import ListedValue, ListRead
from web.pages.frame.page import PageContext, Pages, SeenFrom
from web.queries.improvement.audits.drawing import DrawQuery, drawn
from web.services import Services

from .archive import Archive
from .ratios import Row, Timing

TURNS: Final = 25
"""Looks at each page and its yardstick that count, one after the other."""
WARMING: Final = 3
"""Looks before them: what follows from the archive alone is kept from the first."""
MOST_OF_SCORECARD: Final = 4
MOST: Final = 6
"""The limits, beside the empty page."""

NAME: Final = "benchmark"
PASSWORD: Final = "four words in a row"
REASON: Final = "To see how long it takes."
MEASURE: Final = "4.0"
SUBMISSION: Final = 700
"""One of the last year's files."""

EMPTY: Final = """{% set heading = "Nothing" %}
{% extends "layout.html" %}
{% from "components/standpoint.html" import standpoint_bar %}
{% block content %}
<h1 class="govuk-heading-xl">{{ heading }}</h1>
{% if context is defined %}{{ standpoint_bar(context.bar) }}{% endif %}
{% endblock %}
"""


@dataclass(frozen=True)
class Page:
    """What is looked at. `clients`: single clients show, so that a commissioner gives a reason and it is noted."""

    what: str
    path: str
    empty: str = "/benchmark/empty"
    clients: bool = False
    at_most: float = MOST
    by: Role = Role.COMMISSIONER


def page_times(services: Services, archive: Archive) -> Iterator[Row]:
    """How long each page takes beside an empty one; the medians of looks in turn."""
    _say_words(services, archive)
    app = create_app(services.settings)
    _add_empty_pages(app)
    people = {role: Person.signed_in(app, services, role) for role in (Role.COMMISSIONER, Role.ADMINISTRATOR)}
    try:
        for page in pages(archive):
            if page.clients:
                people[page.by].give_reason(page.path)
            yield from _rows(page, people[page.by])
    finally:
        app.extensions["recount"].close()


def _rows(page: Page, person: "Person") -> Iterator[Row]:
    query = page.path.partition("?")[2]
    empty = [f"{page.empty}?{query}", *([f"{page.empty}/noted?{query}"] if page.clients else [])]
    looks = [person.look(path) for path in (page.path, *empty)]
    page_time, *yardsticks = in_turn(*looks)
    if not page.clients:
        yield Row(f"page: {page.what}", page_time, "an empty page", yardsticks[0], at_most=page.at_most)
        return
    plain, noted = yardsticks
    yield Row(f"page: {page.what}", page_time, "an empty page that notes the look", noted, at_most=page.at_most)
    yield Row("the same", page_time, "an empty page that notes nothing", plain)


def in_turn(*looks: Callable[[], object]) -> list[Timing]:
    """The median of each, warm, one after the other again and again: what else the machine does meets all of them."""
    gc.collect()
    seconds: list[list[float]] = [[] for _ in looks]
    for turn in range(WARMING + TURNS):
        for its, look in zip(seconds, looks, strict=True):
            begin = time.perf_counter()
            look()
            if turn >= WARMING:
                its.append(time.perf_counter() - begin)
    return [Timing([Timing(its).median]) for its in seconds]


# ---- what is looked at


def pages(archive: Archive) -> Iterator[Page]:
    """Every page that people read, as the newest month end shows it."""
    newest = archive.last_day + timedelta(days=10)
    seen = f"as_of={archive.last_day}&known_at={newest}"
    before = archive.last_day - timedelta(days=365)
    yield _seen_from("scorecard", f"/?{seen}", at_most=MOST_OF_SCORECARD)
    yield _seen_from("scorecard of an agency", f"/?{seen}&agency={archive.agencies[0]}", at_most=MOST_OF_SCORECARD)
    of = f"/figures/{MEASURE}"
    yield _seen_from("figure", f"{of}?{seen}")
    yield _seen_from("definition", f"{of}/definition?{seen}")
    yield _seen_from("caseload profile", f"/profile?{seen}")
    yield _seen_from("contribution", f"/contribution?measure={MEASURE}&handover_on={before}&{seen}")
    yield _seen_from("people of a figure", f"{of}/members?{seen}", clients=True)
    walk = f"as_of={before}&known_at={newest}&to_as_of={archive.last_day}"
    yield _seen_from("why it changed, over a year", f"{of}/why?{walk}&people=true", clients=True)
    yield _seen_from("why it changed, in sums", f"/figures/5.0/why?{walk}")
    yield _seen_from("timeline of a person", f"{of}/members/1?{seen}", clients=True)
    yield _seen_from("timeline from a walk", f"{of}/why/1?{walk}", clients=True)
    yield _seen_from("revisions", f"{of}/revisions?{seen}&upto={newest}")
    yield _seen_from("their figure to be said", f"{of}/claim?{seen}")
    yield _seen_from("their figure beside ours", f"{of}/claim?{seen}&numerator=100&denominator=1000")
    yield _seen_from("worklists", f"/worklists?{seen}")
    yield _seen_from("worklist", f"/worklists/plans-overdue?{seen}&people=true", clients=True)
    yield Page("references to join", "/references")
    yield Page("caseload to hand over", "/handover")
    yield Page("re-tender to try", "/retender")
    yield Page("handovers", "/handovers")
    yield Page("covered days to correct", "/covered-days")
    yield _seen_from("data quality", f"/data-quality?{seen}")
    yield _seen_from("report", f"/report?{seen}")
    yield _seen_from("home", f"/home?{seen}")
    yield Page("submissions", "/submissions")
    yield Page("submission", f"/submissions/{SUBMISSION}")
    yield Page("file to submit", "/submissions/new")
    yield Page("what a submission changed", f"/submissions/{SUBMISSION}/changes")
    yield Page("trail", "/trail", clients=True)
    yield Page("trail of access", "/trail/access")
    yield Page("certificates", "/certificates")
    yield Page("certificate", "/certificates/1")
    yield Page("frozen scorecard", "/certificates/3")
    yield Page("published figures that changed", "/certificates/changed")
    yield Page("figure to certify", "/certificates/publish")
    yield Page("scorecard to freeze", "/certificates/freeze")
    yield Page("certificate to check", "/certificates/check")
    yield Page("other reports", "/other-reports")
    yield Page("disputes", "/disputes")
    yield Page("dispute", "/disputes/1")
    yield Page("clients of a dispute", "/disputes/1/rows")
    yield Page("step of a dispute", "/disputes/1/review")
    yield Page("files against the evidence of a dispute", "/disputes/1/check-evidence")
    yield _seen_from("dispute to open", f"{of}/dispute?{seen}")
    yield Page("displays", "/displays")
    yield _seen_from("completions needed", f"/completions-needed?{seen}")
    yield _seen_from("completions needed of a KPI", f"/completions-needed/4.0?{seen}")
    yield _seen_from("targets of hubs and months", f"/contract/hub-targets?{seen}")
    yield _seen_from("hubs' part of a target", f"/contract/hub-targets/4?{seen}")
    # On the target's own last day nothing is left to propose.
    earlier = f"as_of={archive.last_day - timedelta(days=92)}&known_at={newest}"
    yield _seen_from("hubs' part to propose", f"/contract/hub-targets/4/propose?{earlier}")
    yield Page("targets", "/targets")
    yield Page("target", "/targets/1")
    yield Page("target to set", "/targets/new")
    yield Page("colour rules", "/contract/colour-rules")
    yield Page("colour rule", "/contract/colour-rules/1")
    yield Page("colour rule to change", "/contract/colour-rules/1/change")
    yield Page("colour rule to agree", "/contract/colour-rules/new")
    yield Page("file of colour rules to load", "/contract/colour-rules/file")
    yield Page("comparators", "/comparators")
    yield Page("comparators of a measure", f"/comparators/of/{MEASURE}")
    yield Page("comparator set", "/comparators/1")
    yield Page("comparator set to define", "/comparators/new")
    yield Page("comparator set to change", "/comparators/1/change")
    yield Page("comparator values", "/comparators/values/1")
    yield Page("comparator values to load", "/comparators/load")
    yield Page("comparator value to enter", "/comparators/enter")
    yield Page("contract with its KPIs", "/contract")
    yield Page("contract to write down", "/contract/new")
    for what in ("terms", "line", "load", "year", "agree", "correct", "end"):
        yield Page(f"contract: {what}", f"/contract/1/{what}")
    yield Page("KPIs entered by hand", "/entered-kpis")
    yield Page("KPI entered by hand", "/entered-kpis/1")
    yield Page("KPI to define", "/entered-kpis/define")
    yield Page("KPI to end", "/entered-kpis/1/end")
    yield Page("value to enter", f"/entered-kpis/1/enter?agency={archive.agencies[0]}&last_day={archive.last_day}")
    yield Page("values to enter at once", "/entered-kpis/load")
    yield Page("value entered by hand", "/entered-kpis/values/1")
    yield Page("figure entered by hand to dispute", f"/entered-kpis/1/dispute?agency={archive.agencies[0]}")
    yield Page("committee reports", "/committee-reports")
    yield _seen_from("committee report", f"/committee-report?{seen}")
    yield Page("action plans", "/action-plans")
    yield Page("reviews due", "/action-plans/reviews")
    yield _seen_from("plan to open", f"/action-plans/new?measure={MEASURE}&{seen}")
    yield Page("action plan", "/action-plans/1")
    yield Page("did it help", "/action-plans/1/did-it-help")
    yield Page("action plan to write anew", "/action-plans/2/edit")
    yield Page("strand to write", "/action-plans/2/strands/1")
    yield Page("step of an action plan", "/action-plans/1/steps/extend-action?action=1")
    yield Page("review to write down", "/action-plans/1/review")
    yield Page("calendar", "/calendar")
    yield Page("e-mail reminders", "/reminders")
    yield Page("performance notices", "/performance-notices")
    yield _seen_from("notice to give", f"/performance-notices/new?measure={MEASURE}&{seen}")
    yield Page("performance notice", "/performance-notices/1")
    yield Page("notice to write anew", "/performance-notices/2/edit")
    yield Page("step of a notice", "/performance-notices/1/meeting")
    yield Page("commentary", "/commentary")
    yield _seen_from("comment to write", f"/commentary/new?measure={MEASURE}&{seen}")
    yield Page("comment", "/commentary/1")
    yield Page("comment to write anew", "/commentary/1/rewrite")
    yield Page("return reviews", "/return-reviews")
    yield Page("rule for return reviews", "/return-reviews/rule")
    yield Page("audits", "/audits")
    yield Page("sample to draw", "/audits/new")
    yield Page("audit", "/audits/1")
    yield Page("files of an audit", "/audits/1/files")
    yield Page("grid of an audit", "/audits/1/grid")
    yield Page("audit drawn again", "/audits/1/draw-again")
    yield Page("audits compared", "/audits/1/compare/2")
    yield Page("step of an audit", "/audits/1/finding")
    yield Page("meetings", "/meetings")
    yield Page("meeting to plan", "/meetings/new")
    yield Page("meeting", "/meetings/1")
    yield Page("meeting to change", "/meetings/1/edit")
    yield Page("minutes to write", "/meetings/1/minutes")
    yield Page("action of a meeting to add", "/meetings/1/actions/new")
    yield Page("action of a meeting to close", "/meetings/1/actions/1")
    yield Page("contracts", "/contracts")
    yield Page("contract to add", "/contracts/new")
    yield Page("set-up", "/set-up")
    yield Page("what the agencies are called", "/agencies")
    yield Page("a person's own data, asked for", "/subject-access")
    yield Page("all pages", "/pages")
    yield Page("staff board", "/board", "/benchmark/empty-bare")
    yield Page("waiting-area card", f"/card?{seen}")
    for what in ("help", "accessibility", "tour", "account"):
        yield Page(what, f"/{what}")
    for what, path in (
        ("accounts", "/accounts"),
        ("account of somebody", "/accounts/1"),
        ("account to make", "/accounts/new"),
        ("tokens", "/accounts/tokens"),
        ("outbox", "/outbox"),
    ):
        yield Page(what, path, by=Role.ADMINISTRATOR)


def _seen_from(what: str, path: str, **more: Any) -> Page:
    return Page(what, path, "/benchmark/empty-seen", **more)


def _compare(services: Services, last: date) -> None:
    """A set of 32 areas of every measure that has a better side, with a value of each."""
    areas = tuple(f"Area {number}" for number in range(1, 33))
    measures = tuple(one.code for one in MEASURES if one.polarity is not None and not one.immature)
    said = ComparatorDecision(NAME, Role.COMMISSIONER, last - timedelta(days=400), today())
    define_set(services.register, ComparatorSetTerms("Group", measures, areas, source="Benchmark"), said)
    year = last.year - 1
    lines = [f"{area},{code},{year},{30 + place},100" for code in measures for place, area in enumerate(areas)]
    text = "\n".join(["area,measure,period,numerator,denominator", *lines])
    load_values(services.register, text.encode(), "values.csv", "Benchmark", said)


def _say_words(services: Services, archive: Archive) -> None:
    """What people said beside the files: targets, three frozen scorecards, a dispute."""
    last = archive.last_day
    agreed = TargetDecision(NAME, Role.COMMISSIONER, last - timedelta(days=700), today())
    year = Period(last - timedelta(days=400), last)
    for measure in MEASURES:
        if measure.kind != "count" and not measure.immature:
            set_target(services.register, measure, Whose(None, None), year, Goal.level(Decimal(40)), agreed)
    _compare(services, last)
    _agree_contract(services, archive, year)
    _enter_by_hand(services, archive)
    _plan_actions(services)
    _give_notice(services, archive)
    _audit_files(services, archive)
    _write_and_meet(services, archive)
    amber = RuleTerms(name="Ours", first_day=archive.first_day, amber_within=Decimal(5))
    agree_rule(services.register, amber, RuleDecision(NAME, Role.COMMISSIONER, last - timedelta(days=700), today()))
    with publishing(services, NAME, Role.COMMISSIONER) as publisher:
        for months in (18, 12, 6):
            day = (last - timedelta(days=30 * months)).replace(day=1) - timedelta(days=1)
            publisher.cut(PublishCut(f"Board {day:%b %Y}", day, day + timedelta(days=40)))
    with services.snapshot() as snapshot:
        standpoint = snapshot.standpoint(last, last + timedelta(days=10))
        (figure,) = snapshot.figures([measure_named(MEASURE)], standpoint, Slice())
    claimed = Claim(numerator=figure.numerator - 1, denominator=figure.denominator)
    speaker = Speaker(NAME, Role.COMMISSIONER, today())
    whose = Slice(agency=archive.agencies[1])
    open_dispute(services.register, figure.measure, standpoint, whose, claimed, REASON, speaker)


def _enter_by_hand(services: Services, archive: Archive) -> None:
    """A KPI of two agencies, with the values of two years."""
    agencies, last = tuple(archive.agencies[:2]), last_period("monthly", archive.last_day).last_day
    author = KpiAuthor(NAME, Role.COMMISSIONER, COMMISSIONER, today(), today())
    begins = add_months(last.replace(day=1), -23)
    terms = KpiTerms("X.needle", "Packs given", "", "count", None, "monthly", "", False, agencies, begins)
    define_kpi(services.register, terms, author)
    periods = enumerate(periods_due("monthly", begins, last))
    listed = [ListedValue(1, "X.needle", one, period, place, None, "") for place, period in periods for one in agencies]
    enter_values(services.register, ListRead(listed, ()), None, author, dry_run=False)


def _plan_actions(services: Services) -> None:
    """A plan of three strands with thirty actions that runs, and a draft."""
    author = Author(NAME, Role.COMMISSIONER, COMMISSIONER, today(), today())
    strands = tuple(Strand(number, f"Strand {number}", {}, (MEASURE,)) for number in (1, 2, 3))
    cadence = (Cadence("phone", 14, "days", today()),)
    terms = PlanTerms(
        "service-improvement", "Completions", OpenedFrom("hand"), today(), strands=strands, cadence=cadence
    )
    actions = [(1 + place % 3, ActionTerms(f"Read {place} files", "team lead", today(), "")) for place in range(30)]
    draft_plan(services.register, terms, author, actions)
    propose_plan(services.register, 1, author)
    agree_plan(services.register, 1, author)
    draft_plan(services.register, terms, author)


def _give_notice(services: Services, archive: Archive) -> None:
    """A notice that was given, and a draft."""
    author = Author(NAME, Role.COMMISSIONER, COMMISSIONER, today(), today())
    about = WrittenAbout(
        measure=MEASURE, definition="1", as_of=archive.last_day, position=1, numerator=1, denominator=9
    )
    draft = Draft((about,), tuple(archive.agencies[:1]), "Below the target.", "council-charity")
    for _number in (1, 2):
        draft_notice(services.register, draft, author)
    take_step(services.register, 1, "issue", Said(), author)


def _audit_files(services: Services, archive: Archive) -> None:
    """Two audits of 60 files, typed in."""
    author = Author(NAME, Role.COMMISSIONER, COMMISSIONER, today(), today())
    terms = AuditTerms("plans-and-risks", "Are plans and risk assessments up to date?")
    for seed in ("1", "2"):
        query = DrawQuery(tuple(archive.agencies[:1]), archive.last_day, 60, seed, "none")
        with services.snapshot() as snapshot:
            sample = drawn(snapshot, EVERYTHING, query)
        number = draw_audit(services.register, terms, query, sample, author).number
        cells = [(place, item) for place in range(1, len(sample.files) + 1) for item in ("recovery-plan",)]
        save_marks(services.register, number, dict.fromkeys(cells, AuditMark("in date", "paper")), author)


def _write_and_meet(services: Services, archive: Archive) -> None:
    """A comment that was shared, a meeting with minutes and an action."""
    author = Author(NAME, Role.COMMISSIONER, COMMISSIONER, today(), today())
    about = WrittenAbout(
        measure=MEASURE, definition="1", as_of=archive.last_day, position=1, numerator=1, denominator=9
    )
    commentary.write_comment(services.register, about, "Few people.", author, shared=True)
    meetings.plan_meeting(services.register, meetings.NewMeeting(today(), "contract-review"), author)
    meetings.write_minutes(services.register, 1, meetings.NewMinutes("Leads of both", "We met."), author)
    meetings.add_action(services.register, 1, "Audit the files", "Service manager", None, author)


# ---- the empty pages


def _add_empty_pages(app: Flask) -> None:
    room = Pages("benchmark", __name__)

    @room.page("/benchmark/empty", Right.DEFINITIONS, NothingAsked)
    def empty(_given: Any) -> str:
        return render_template("benchmark-empty.html")

    @room.page("/benchmark/empty-bare", Right.FIGURES)
    def empty_bare(_given: Any) -> str:
        return render_template("benchmark-empty.html", with_surroundings=False)

    @room.page("/benchmark/empty/noted", Right.CLIENTS)
    def empty_noted(_given: Any) -> str:
        guard.viewer_of_clients(Right.CLIENTS, question_noted(Slice()), Slice(), reason=REASON)
        return render_template("benchmark-empty.html")

    @room.seen_from("/benchmark/empty-seen", Right.FIGURES, AnyAsked)
    def empty_seen(asked: PageContext) -> str:
        return render_template("benchmark-empty.html", context=asked)

    @room.seen_from("/benchmark/empty-seen/noted", Right.CLIENTS, AnyAsked)
    def empty_seen_noted(asked: PageContext) -> str:
        noted = question_noted(asked.slice_, measure=MEASURE, as_of=asked.as_of, position=asked.standpoint.position)
        guard.viewer_of_clients(Right.CLIENTS, noted, asked.slice_, reason=REASON)
        return render_template("benchmark-empty.html", context=asked)

    app.register_blueprint(room)
    loaders = [loader for loader in (app.jinja_loader,) if loader]
    app.jinja_loader = ChoiceLoader([*loaders, DictLoader({"benchmark-empty.html": EMPTY})])


class NothingAsked(parameters.Asks):
    """What the page asks that it stands beside is left aside."""

    class Meta:
        unknown = "exclude"


class AnyAsked(SeenFrom):
    """The standpoint; what else the page asks that it stands beside is left aside."""

    class Meta:
        unknown = "exclude"


# ---- who looks


@dataclass
class Person:
    """Somebody at a browser, signed in by a form as everybody is."""

    app: Flask
    client: FlaskClient

    @classmethod
    def signed_in(cls, app: Flask, services: Services, role: Role, who: str = "A reader") -> "Person":
        """Somebody with an account of their own."""
        name = f"{who}, {role}"
        with writing(services.access_engine) as connection:
            make_account(connection, name, AccountUpdate(role, (), password=PASSWORD), now())
        person = cls(app, app.test_client())
        person._send("/sign-in", "/sign-in", name=name, password=PASSWORD)
        return person

    def give_reason(self, path: str) -> None:
        """Say why single clients are looked at, on the form that stands in the page's place."""
        said = self.client.get(path).get_data(as_text=True)
        key = re.search(r'name="key" value="([^"]+)"', said)
        if key:
            self._send("/reasons", path, key=key[1], reason=REASON, next="/")

    def _send(self, to: str, page: str, **fields: str) -> None:
        word = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get(page).get_data(as_text=True))
        assert word, page
        response = self.client.post(to, data={"csrf_token": word[1], **fields})
        assert response.status_code == 303, response.get_data(as_text=True)

    def look(self, path: str) -> Callable[[], bytes]:
        """One look at a page: the application alone, without what a browser or a test would add."""
        cookies = "; ".join(f"{one.key}={one.value}" for one in (self.client._cookies or {}).values())
        environ = EnvironBuilder(path=path, headers=[("Cookie", cookies)]).get_environ()

        def looked() -> bytes:
            content, status, _ = run_wsgi_app(self.app, dict(environ), buffered=True)
            page = b"".join(content)
            if status != "200 OK" or b'action="/reasons"' in page:
                raise AssertionError(f"{path}: {status}")
            return page

        return looked


def _agree_contract(services: Services, archive: Archive, year: Period) -> None:
    """A contract with a line for each KPI that may have a target."""
    hubs = tuple(ContractHub(agency) for agency in archive.agencies)
    terms = Terms(name="Adult service", provider="Wye", hubs=hubs, first_day=year.first_day)
    lines = [
        KpiLine(code=one.code, wording=one.name, polarity=one.polarity, target="40%")
        for one in MEASURES
        if one.polarity is not None and not one.immature
    ]
    decision = ScheduleDecision(NAME, Role.COMMISSIONER, today(), today())
    number = draft_schedule(services.register, terms, lines, decision).number
    agree_schedule(services.register, number, decision, with_contracts=False)
