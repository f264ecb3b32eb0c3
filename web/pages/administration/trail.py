"""The audit trail: every event with its three dates and where it came from; when all was last checked."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from flask import url_for
from marshmallow import fields, validate

from domain.contract_life.colour_rules import COLOUR_RULE_EVENTS
from domain.contract_life.comparators import COMPARATOR_EVENTS
from domain.contract_life.entered import ENTERED_EVENTS
from domain.contract_life.hub_targets import HUB_TARGET_EVENTS
from domain.contract_life.publication import PUBLICATION_EVENTS
from domain.contract_life.schedule import SCHEDULE_EVENTS
from domain.contract_life.targets import TARGET_EVENTS
from domain.episode.events import EPISODE_EVENTS
from domain.improvement.action_plan import PLAN_EVENTS
from domain.improvement.audits.case_file_audit import AUDIT_EVENTS
from domain.improvement.committee_report import COMMITTEE_REPORT_EVENTS
from domain.improvement.disputed.steps import EVERY_DISPUTE_EVENT
from domain.improvement.meetings.commentary import COMMENT_EVENTS
from domain.improvement.meetings.meetings import MEETING_EVENTS
from domain.improvement.other_reports import OTHER_REPORT_EVENTS
from domain.improvement.performance_notices import NOTICE_EVENTS
from domain.improvement.return_reviews import RETURN_REVIEW_EVENTS, RETURN_RULE_EVENTS
from domain.submission import SUBMISSION_EVENTS, SubmissionReceived
from projections.explain.trail import Entry
from projections.standings.slices import Slice
from projections.standings.stored import load_slices
from web import parameters
from web.auth import guard
from web.auth.roles import Reach, Right
from web.auth.trail.access import Deed
from web.auth.viewer import Viewer
from web.clock import LONDON, now
from web.exports import csv
from web.pages.explain.access_reasons import ask_why_for, reason_for
from web.pages.frame.agency_names import named
from web.pages.frame.layout import Page, attached
from web.pages.frame.navigation import Place, PlaceGroup, here
from web.pages.frame.page import Choice, Pages
from web.pages.records.submissions import ONE
from web.presenters import text as words
from web.presenters.administration.trail import what
from web.presenters.tables import Column, Link, Table, lines
from web.queries.administration import trail as queries
from web.queries.administration import verification
from web.queries.administration.trail import TrailQuery
from web.queries.administration.verification import VerifiedResult

PAGE: Final = "trail_pages.trail"
LISTED: Final = 50
"""Entries on a page."""
MOST_EXPORTED: Final = 20_000
"""Entries in one table; a longer part is taken by positions."""
REASON: Final = "trail"
"""Under which a commissioner's reason is kept for reading the trail."""

blueprint = Pages(
    "trail_pages",
    __name__,
    Place(
        "Audit trail",
        PAGE,
        Right.LOG,
        PlaceGroup.DATA,
        "Every event, with its dates, its file and who recorded it.",
    ),
)

KINDS: Final = {
    "episodes": ("What happened to clients", frozenset(event.TOPIC for event in EPISODE_EVENTS)),
    "files": ("Files received", frozenset({SubmissionReceived.TOPIC})),
    "words": (
        "Said without a file, and erasures",
        frozenset(event.TOPIC for event in SUBMISSION_EVENTS) - {SubmissionReceived.TOPIC},
    ),
    "published": ("Certificates and frozen scorecards", frozenset(event.TOPIC for event in PUBLICATION_EVENTS)),
    "disputes": ("Disputes", frozenset(event.TOPIC for event in EVERY_DISPUTE_EVENT)),
    "committee-reports": ("Committee reports", frozenset(event.TOPIC for event in COMMITTEE_REPORT_EVENTS)),
    "other-reports": ("Reports of the other party", frozenset(event.TOPIC for event in OTHER_REPORT_EVENTS)),
    "targets": ("Targets", frozenset(event.TOPIC for event in TARGET_EVENTS)),
    "colours": ("Colour rules", frozenset(event.TOPIC for event in COLOUR_RULE_EVENTS)),
    "entered": ("KPIs entered by hand", frozenset(event.TOPIC for event in ENTERED_EVENTS)),
    "comparators": ("Comparators", frozenset(event.TOPIC for event in COMPARATOR_EVENTS)),
    "schedules": ("Contracts with their KPIs", frozenset(event.TOPIC for event in SCHEDULE_EVENTS)),
    "comments": ("Comments on figures", frozenset(event.TOPIC for event in COMMENT_EVENTS)),
    "meetings": ("Meetings", frozenset(event.TOPIC for event in MEETING_EVENTS)),
    "notices": ("Performance notices", frozenset(event.TOPIC for event in NOTICE_EVENTS)),
    "hub-targets": ("Targets of hubs and months", frozenset(event.TOPIC for event in HUB_TARGET_EVENTS)),
    "audits": ("Case-file audits", frozenset(event.TOPIC for event in AUDIT_EVENTS)),
    "return-reviews": (
        "Reviews of returns",
        frozenset(event.TOPIC for event in (*RETURN_RULE_EVENTS, *RETURN_REVIEW_EVENTS)),
    ),
    "action-plans": ("Action plans", frozenset(event.TOPIC for event in PLAN_EVENTS)),
}
"""What can be chosen: in words, and by the topics of its events."""


class TrailAddress(parameters.Asks):
    """Which part of the trail; days are those of receipt, and positions and days include both ends."""

    submission = parameters.number_field("Only what this submission brought.", 1, load_default=None)
    agency = parameters.code_field("Only what came with submissions of this agency.")
    kind = fields.String(load_default=None, validate=validate.OneOf(list(KINDS)))
    from_day = parameters.DayField(load_default=None, description="Received on this day or later.")
    to_day = parameters.DayField(load_default=None, description="Received on this day or before.")
    first = parameters.number_field("From this position on.", 1, load_default=None, data_key="from")
    last = parameters.number_field("Up to this position.", 1, load_default=None, data_key="to")


COLUMNS: Final = (
    Column("Position", number=True, whole=True),
    Column("Happened", whole=True),
    Column("Received", whole=True, aside=True),
    Column("Recorded (UTC)", whole=True, aside=True),
    Column("What"),
    Column("Where it came from", aside=True),
)


@blueprint.page("/trail", Right.LOG, TrailAddress)
def trail(args: parameters.Given) -> Page | str:
    """The newest entries that fit, the newest first."""
    if _needs_reason():
        return ask_why_for(REASON, here())
    who = _looking(args)
    part = queries.trail_part(guard.snapshot(), who, _query(args, LISTED))
    known = load_slices(guard.snapshot().connection).agencies
    agencies = [agency for agency in known if not who.is_provider or agency in who.own]
    rows = [_row(entry) for entry in reversed(part.entries)]
    return Page(
        "trail.html",
        "Audit trail",
        {"entries": Table(COLUMNS, rows, "Newest first") if rows else None},
        given=args,
        checked=checked_sentence(verification.newest(guard.snapshot(), who, now())),
        agencies=choices("All agencies", [(one, named(one)) for one in agencies], args["agency"]),
        kinds=choices("Everything", [(name, label) for name, (label, _) in KINDS.items()], args["kind"]),
        earlier=here(to=part.earlier) if part.earlier else None,
        export=url_for("trail_pages.export", **_address(args)),
        most=MOST_EXPORTED,
        access=guard.principal().reach(Right.ACCESS) is not None,
    )


def _needs_reason() -> bool:
    """Whether a commissioner has yet to say why: the trail shows single clients."""
    return guard.reach(Right.LOG) is Reach.WITH_REASON and not reason_for(REASON)


def _looking(args: parameters.Given, **more: Any) -> Viewer:
    """Who reads this part; noted before it is shown."""
    noted = {name: str(value) for name, value in args.items() if value is not None} | more
    return guard.viewer_of_clients(Right.LOG, noted, Slice(agency=args["agency"]), reason=reason_for(REASON))


def _address(args: parameters.Given) -> dict[str, Any]:
    names = {"first": "from", "last": "to"}
    return {names.get(name, name): value for name, value in args.items() if value is not None}


def choices(everything: str, pairs: Sequence[tuple[str, str]], chosen: str | None) -> list[Choice]:
    """What can be chosen in a list, everything first."""
    return [Choice("", everything, chosen is None), *(Choice(value, text, value == chosen) for value, text in pairs)]


def _query(args: parameters.Given, limit: int) -> TrailQuery:
    return TrailQuery(
        submission=args["submission"],
        agency=args["agency"],
        first=args["first"],
        last=args["last"],
        limit=limit,
        topics=KINDS[args["kind"]][1] if args["kind"] else None,
        from_day=args["from_day"],
        to_day=args["to_day"],
    )


def _row(entry: Entry) -> tuple[Any, ...]:
    reference = entry.reference
    return (
        entry.position,
        entry.occurred_on,
        entry.received_on or "",
        lines(entry.recorded_at.date(), f"{entry.recorded_at:%H:%M:%S}"),
        lines(
            what(entry),
            f"{reference.agency}/{reference.client_reference}/{reference.episode_reference}" if reference else "",
        ),
        lines(_source(entry), ", ".join(_beside_source(entry))),
    )


def _source(entry: Entry) -> Any:
    source = entry.file or ("said without a file" if entry.submission else "")
    return Link(source, url_for(ONE, number=entry.submission)) if entry.submission else source


def _beside_source(entry: Entry) -> Iterator[str]:
    """Which row of the file, and who sent or said it."""
    if entry.event and entry.event.row:
        yield f"row {entry.event.row}"
    if entry.event and entry.event.actor:
        yield f"by {entry.event.actor}"


def checked_sentence(result: VerifiedResult | None) -> str:
    """When all that is stored was last held against the log, and what that found."""
    if result is None:
        return (
            "What is stored has not been checked against the log yet. Whoever runs Recount can check it with the "
            "command 'recount verify'."
        )
    on = words.day(datetime.fromisoformat(result.verified_at).astimezone(LONDON).date())
    added = words.plural(result.events_since, "entry has", "entries have")
    since = f"{added} been added since." if result.events_since else "Nothing has been added since."
    if result.holds:
        return f"Checked on {on}, up to position {result.position:,} of the log: everything agrees. {since}"
    return (
        f"Checked on {on}, up to position {result.position:,} of the log: something does not agree. Do not rely on any "
        f"figure until whoever runs Recount has looked into it. {since}"
    )


@blueprint.page("/trail/export.csv", Right.LOG, TrailAddress)
def export(args: parameters.Given) -> Any:
    """The entries that fit as a table."""
    if _needs_reason():
        return ask_why_for(REASON, here())
    who = _looking(args, exported="csv")
    guard.note(Deed.DOWNLOADED, question={"what": "trail"})
    document = queries.trail(guard.snapshot(), who, _query(args, MOST_EXPORTED)).document()
    return attached(csv.log(document["entries"], who.audience), "audit-trail.csv")
