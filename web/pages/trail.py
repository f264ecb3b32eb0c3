"""The audit trail: every event with its three dates and where it came from; when all was last checked; who looked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from flask import render_template, url_for
from marshmallow import fields, validate

from domain.dispute import DISPUTE_EVENTS
from domain.episode import EPISODE_EVENTS
from domain.publication import PUBLICATION_EVENTS
from domain.submission import SUBMISSION_EVENTS, SubmissionReceived
from domain.targets import TARGET_EVENTS
from projections import redaction
from projections.read_models import load_slices
from projections.slices import Slice
from projections.trail import Entry
from web.answers import trail as trails
from web.answers import verifying
from web.api import parameters, showing
from web.api.showing import Audience
from web.auth import access as accesses
from web.auth import guard
from web.auth.access import AccessAsked, AccessEntry, Deed
from web.auth.roles import Reach, Right
from web.context import LONDON
from web.exports import csv
from web.operations.verifications import Outcome
from web.terminal import keeping, words

from .layout import Column
from .links import Link, here
from .naming import named
from .navigation import Place
from .reasons import ask_why_for, reason_for
from .shell import Choice, Pages
from .submissions import ONE, attached

PAGE: Final = "trail_pages.trail"
ACCESS: Final = "trail_pages.access"
LISTED: Final = 50
"""Entries on a page."""
MOST_EXPORTED: Final = 20_000
"""Entries in one table; a longer part is taken by positions."""
_BITE: Final = 500
REASON: Final = "trail"
"""Under which a commissioner's reason is kept for reading the trail."""

blueprint = Pages("trail_pages", __name__, Place("Audit trail", PAGE, Right.LOG))

KINDS: Final = {
    "episodes": ("What happened to clients", frozenset(event.TOPIC for event in EPISODE_EVENTS)),
    "files": ("Files received", frozenset({SubmissionReceived.TOPIC})),
    "words": (
        "Said by word, and erasures",
        frozenset(event.TOPIC for event in SUBMISSION_EVENTS) - {SubmissionReceived.TOPIC},
    ),
    "published": ("Certificates and cuts", frozenset(event.TOPIC for event in PUBLICATION_EVENTS)),
    "disputes": ("Disputes", frozenset(event.TOPIC for event in DISPUTE_EVENTS)),
    "targets": ("Targets", frozenset(event.TOPIC for event in TARGET_EVENTS)),
}
"""What can be chosen: in words, and by the topics of its events."""


class TrailAsked(parameters.Asks):
    """Which part of the trail; days are those of receipt, and positions and days include both ends."""

    submission = parameters.number_field("Only what this submission brought.", 1, load_default=None)
    agency = parameters.code_field("Only what came with submissions of this agency.")
    kind = fields.String(load_default=None, validate=validate.OneOf(list(KINDS)))
    from_day = parameters.Day(load_default=None, description="Received on this day or later.")
    to_day = parameters.Day(load_default=None, description="Received on this day or before.")
    first = parameters.number_field("From this position on.", 1, load_default=None, data_key="from")
    last = parameters.number_field("Up to this position.", 1, load_default=None, data_key="to")


COLUMNS: Final = (
    Column("Happened"),
    Column("Received"),
    Column("Written down (UTC)"),
    Column("What"),
    Column("Episode"),
    Column("Came with"),
    Column("Row", number=True),
    Column("By"),
    Column("Position", number=True),
)


@blueprint.page("/trail", Right.LOG, TrailAsked)
def trail(given: parameters.Given) -> str:
    """The newest entries that fit, the newest first."""
    if _needs_reason():
        return ask_why_for(REASON, here())
    who = _looking(given)
    found = entries(given, who, LISTED)
    slices = load_slices(guard.question().connection)
    agencies = [one for one in slices.agencies if who.reach is not Reach.OWN or one in who.own]
    return render_template(
        "trail.html",
        given=given,
        checked=checked_sentence(verifying.newest(guard.question())),
        agencies=_choices("All agencies", [(one, named(one)) for one in agencies], given["agency"]),
        kinds=_choices("Everything", [(name, said) for name, (said, _) in KINDS.items()], given["kind"]),
        columns=COLUMNS,
        rows=[_row(entry) for entry in reversed(found.entries)],
        earlier=here(to=found.earlier) if found.earlier else None,
        export=url_for("trail_pages.export", **_kept(given)),
        most=MOST_EXPORTED,
        access=guard.principal().reach(Right.ACCESS) is not None,
    )


def _needs_reason() -> bool:
    """Whether a commissioner has yet to say why: the trail shows single clients."""
    return guard.reach(Right.LOG) is Reach.WITH_REASON and not reason_for(REASON)


def _looking(given: parameters.Given, **more: Any) -> Audience:
    """Who reads this part; noted before it is shown."""
    noted = {name: str(value) for name, value in given.items() if value is not None} | more
    return showing.looking(Right.LOG, noted, Slice(agency=given["agency"]), reason=reason_for(REASON))


def _kept(given: parameters.Given) -> dict[str, Any]:
    names = {"first": "from", "last": "to"}
    return {names.get(name, name): value for name, value in given.items() if value is not None}


def _choices(everything: str, pairs: Sequence[tuple[str, str]], chosen: str | None) -> list[Choice]:
    return [Choice("", everything, chosen is None), *(Choice(value, text, value == chosen) for value, text in pairs)]


def entries(given: parameters.Given, who: Audience, limit: int) -> trails.Trail:
    """The newest entries that fit, as far as they may be seen, at most `limit`; the newest last."""
    first, last = _positions(given)
    topics = KINDS[given["kind"]][1] if given["kind"] else None
    asked = trails.TrailAsked(
        submission=given["submission"],
        agency=given["agency"],
        first=first,
        last=last,
        limit=_BITE,
        # What was said by word, an erasure too, belongs to no agency and may be of one's own episodes.
        agencies=who.own | {""} if who.reach is Reach.OWN else None,
        topics=topics,
    )
    found: list[Entry] = []
    while True:
        read = trails.trail(guard.question(), asked if who.reach is Reach.OWN else replace(asked, limit=limit + 1))
        shown = redaction.trail_shown(read.entries, who.own) if who.reach is Reach.OWN else read.entries
        found = [*shown, *found]
        if read.earlier is None or len(found) > limit:
            break
        asked = replace(asked, last=read.earlier)
    earlier = found[-limit - 1].position if len(found) > limit else None
    return trails.Trail(found[-limit:], earlier)


def _positions(given: parameters.Given) -> tuple[int | None, int | None]:
    """The positions that are asked for, as the days of receipt narrow them."""
    question, first, last = guard.question(), given["first"], given["last"]
    if given["from_day"] is not None:
        before = question.standpoint(date.max, given["from_day"] - timedelta(days=1)).position
        first = max(first or 1, before + 1)
    if given["to_day"] is not None:
        until = question.standpoint(date.max, given["to_day"]).position
        last = until if last is None else min(last, until)
    return first, last


def _row(entry: Entry) -> tuple[Any, ...]:
    event, reference = entry.event, entry.reference
    came_with = entry.file or ("said by word" if entry.submission else None)
    return (
        words.short_day(entry.occurred_on),
        words.short_day(entry.received_on) if entry.received_on else None,
        f"{entry.recorded_at:%Y-%m-%d %H:%M:%S}",
        keeping.what(entry.topic, event),
        f"{reference.agency}/{reference.client_reference}/{reference.episode_reference}" if reference else None,
        Link(f"{came_with}", url_for(ONE, number=entry.submission)) if entry.submission else came_with,
        event.row if event and event.row else None,
        event.actor if event and event.actor else None,
        f"{entry.position:,}",
    )


def checked_sentence(found: Outcome | None) -> str:
    """When all that is stored was last held against the log, and what that found."""
    if found is None:
        return "What is stored was not held against the log yet. Whoever runs Recount does it with 'recount verify'."
    on = words.day(found.at.astimezone(LONDON).date())
    since = (
        "Nothing has come since." if not found.events_since else f"{words.plural(found.events_since, 'event')} since."
    )
    position = f"{found.found['position']:,}"
    if found.found["holds"]:
        return f"Checked on {on}, up to position {position} of the log: all agrees. {since}"
    return (
        f"Checked on {on}, up to position {position} of the log: not all agrees. Do not rely on figures until whoever "
        f"runs Recount has looked at it. {since}"
    )


@blueprint.page("/trail/export.csv", Right.LOG, TrailAsked)
def export(given: parameters.Given) -> Any:
    """The entries that fit as a table."""
    if _needs_reason():
        return ask_why_for(REASON, here())
    who = _looking(given, exported="csv")
    guard.note(Deed.DOWNLOADED, question={"what": "trail"})
    found = entries(given, who, MOST_EXPORTED)
    return attached(csv.log(found.document()["entries"], who.word), "audit-trail.csv")


# ---- who looked


class AccessesAsked(parameters.Asks):
    """Which lines of the trail of access."""

    actor = fields.String(load_default=None, validate=validate.Length(1, 200))
    deed = fields.String(load_default=None, validate=validate.OneOf(list(Deed)))
    before = parameters.number_field("Only lines numbered below.", 1, load_default=None)


ACCESS_COLUMNS: Final = (
    Column("When (UTC)"),
    Column("Who"),
    Column("Role"),
    Column("What"),
    Column("Where"),
    Column("Of what"),
    Column("Reason"),
)
DEEDS: Final = {
    Deed.SIGNED_IN: "signed in",
    Deed.SIGN_IN_FAILED: "could not sign in",
    Deed.SIGNED_OUT: "signed out",
    Deed.REFUSED: "was refused",
    Deed.LOOKED: "looked at single clients",
    Deed.DOWNLOADED: "took something away",
    Deed.ACCOUNT_CHANGED: "changed an account",
    Deed.TOKEN_MADE: "made a token",
    Deed.TOKEN_REVOKED: "revoked a token",
}


@blueprint.page("/trail/access", Right.ACCESS, AccessesAsked)
def access(given: parameters.Given) -> str:
    """Sign-ins, refusals, looks at single clients and downloads, the newest first."""
    asked = AccessAsked(given["actor"], given["deed"], given["before"], LISTED + 1)
    found = accesses.entries(guard.question().connection, asked)
    more = len(found) > LISTED
    return render_template(
        "access.html",
        given=given,
        deeds=_choices("Everything", [(one, said) for one, said in DEEDS.items()], given["deed"]),
        columns=ACCESS_COLUMNS,
        rows=[_access_row(one) for one in found[:LISTED]],
        earlier=here(before=found[LISTED - 1].number) if more else None,
        log=guard.principal().reach(Right.LOG) is not None,
    )


def _access_row(one: AccessEntry) -> tuple[Any, ...]:
    return (
        f"{one.at:%Y-%m-%d %H:%M:%S}",
        one.actor or None,
        one.role or None,
        DEEDS.get(Deed(one.deed), one.deed),
        one.about or None,
        ", ".join(f"{name} {_said(value)}" for name, value in one.question.items() if _said(value)) or None,
        one.reason or None,
    )


def _said(value: Any) -> str:
    """A part of a question as the trail keeps it; a slice of everybody says nothing."""
    if isinstance(value, dict):
        return " ".join(f"{name} {part}" for name, part in value.items() if part)
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
