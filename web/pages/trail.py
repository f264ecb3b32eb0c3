"""The audit trail: every event with its three dates and where it came from; when all was last checked; who looked."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from flask import current_app, url_for
from marshmallow import fields, validate

from domain.contract_life.dispute import DISPUTE_EVENTS
from domain.contract_life.publication import PUBLICATION_EVENTS
from domain.contract_life.targets import TARGET_EVENTS
from domain.episode.events import EPISODE_EVENTS
from domain.submission import SUBMISSION_EVENTS, SubmissionReceived
from projections.explain.trail import Entry
from projections.privacy import redaction
from projections.standings.slices import Slice
from projections.standings.stored import load_slices
from web import parameters
from web.auth import guard
from web.auth.access import AccessEntry, AccessQuery, Deed
from web.auth.roles import Reach, Right
from web.auth.viewer import Viewer
from web.clock import LONDON
from web.exports import csv
from web.presenters import text as words
from web.presenters import trail as keeping
from web.presenters.tables import Column, Link, Table, lines
from web.queries import accounts, verification
from web.queries import trail as trails
from web.queries.verification import VerificationOutcome

from .access_reasons import ask_why_for, reason_for
from .agency_names import named
from .layout import Page, attached
from .links import here
from .navigation import Place
from .page import Choice, Pages
from .submissions import ONE

PAGE: Final = "trail_pages.trail"
ACCESS: Final = "trail_pages.access"
LISTED: Final = 50
"""Entries on a page."""
MOST_EXPORTED: Final = 20_000
"""Entries in one table; a longer part is taken by positions."""
_BITE: Final = 500
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
REASON: Final = "trail"
"""Under which a commissioner's reason is kept for reading the trail."""

blueprint = Pages("trail_pages", __name__, Place("Audit trail", PAGE, Right.LOG))

KINDS: Final = {
    "episodes": ("What happened to clients", frozenset(event.TOPIC for event in EPISODE_EVENTS)),
    "files": ("Files received", frozenset({SubmissionReceived.TOPIC})),
    "words": (
        "Said without a file, and erasures",
        frozenset(event.TOPIC for event in SUBMISSION_EVENTS) - {SubmissionReceived.TOPIC},
    ),
    "published": ("Certificates and cuts", frozenset(event.TOPIC for event in PUBLICATION_EVENTS)),
    "disputes": ("Disputes", frozenset(event.TOPIC for event in DISPUTE_EVENTS)),
    "targets": ("Targets", frozenset(event.TOPIC for event in TARGET_EVENTS)),
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
    Column("Received", whole=True),
    Column("Recorded (UTC)", whole=True),
    Column("What"),
    Column("Where it came from"),
)


@blueprint.page("/trail", Right.LOG, TrailAddress)
def trail(given: parameters.Given) -> Page | str:
    """The newest entries that fit, the newest first."""
    if _needs_reason():
        return ask_why_for(REASON, here())
    who = _looking(given)
    found = entries(given, who, LISTED)
    slices = load_slices(guard.snapshot().connection)
    agencies = [one for one in slices.agencies if who.reach is not Reach.OWN or one in who.own]
    rows = [_row(entry) for entry in reversed(found.entries)]
    return Page(
        "trail.html",
        "Audit trail",
        {"entries": Table(COLUMNS, rows, "Newest first") if rows else None},
        given=given,
        checked=checked_sentence(verification.newest(guard.snapshot())),
        agencies=_choices("All agencies", [(one, named(one)) for one in agencies], given["agency"]),
        kinds=_choices("Everything", [(name, said) for name, (said, _) in KINDS.items()], given["kind"]),
        earlier=here(to=found.earlier) if found.earlier else None,
        export=url_for("trail_pages.export", **_kept(given)),
        most=MOST_EXPORTED,
        access=guard.principal().reach(Right.ACCESS) is not None,
    )


def _needs_reason() -> bool:
    """Whether a commissioner has yet to say why: the trail shows single clients."""
    return guard.reach(Right.LOG) is Reach.WITH_REASON and not reason_for(REASON)


def _looking(given: parameters.Given, **more: Any) -> Viewer:
    """Who reads this part; noted before it is shown."""
    noted = {name: str(value) for name, value in given.items() if value is not None} | more
    return guard.viewer_of_clients(Right.LOG, noted, Slice(agency=given["agency"]), reason=reason_for(REASON))


def _kept(given: parameters.Given) -> dict[str, Any]:
    names = {"first": "from", "last": "to"}
    return {names.get(name, name): value for name, value in given.items() if value is not None}


def _choices(everything: str, pairs: Sequence[tuple[str, str]], chosen: str | None) -> list[Choice]:
    return [Choice("", everything, chosen is None), *(Choice(value, text, value == chosen) for value, text in pairs)]


def entries(given: parameters.Given, who: Viewer, limit: int) -> trails.TrailResult:
    """The newest entries that fit, as far as they may be seen, at most `limit`; the newest last."""
    first, last = _positions(given)
    topics = KINDS[given["kind"]][1] if given["kind"] else None
    asked = trails.TrailQuery(
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
        read = trails.trail(guard.snapshot(), asked if who.reach is Reach.OWN else replace(asked, limit=limit + 1))
        shown = redaction.redacted_trail(read.entries, who.own) if who.reach is Reach.OWN else read.entries
        found = [*shown, *found]
        if read.earlier is None or len(found) > limit:
            break
        asked = replace(asked, last=read.earlier)
    earlier = found[-limit - 1].position if len(found) > limit else None
    return trails.TrailResult(found[-limit:], earlier)


def _positions(given: parameters.Given) -> tuple[int | None, int | None]:
    """The positions that are asked for, as the days of receipt narrow them."""
    snapshot, first, last = guard.snapshot(), given["first"], given["last"]
    if given["from_day"] is not None:
        before = snapshot.standpoint(date.max, given["from_day"] - timedelta(days=1)).position
        first = max(first or 1, before + 1)
    if given["to_day"] is not None:
        until = snapshot.standpoint(date.max, given["to_day"]).position
        last = until if last is None else min(last, until)
    return first, last


def _row(entry: Entry) -> tuple[Any, ...]:
    event, reference = entry.event, entry.reference
    return (
        entry.position,
        entry.occurred_on,
        entry.received_on or "",
        lines(entry.recorded_at.date(), f"{entry.recorded_at:%H:%M:%S}"),
        lines(
            keeping.what(entry.topic, event),
            f"{reference.agency}/{reference.client_reference}/{reference.episode_reference}" if reference else "",
        ),
        lines(_source(entry), ", ".join(_beside_source(entry))),
    )


def _source(entry: Entry) -> Any:
    said = entry.file or ("said without a file" if entry.submission else "")
    return Link(said, url_for(ONE, number=entry.submission)) if entry.submission else said


def _beside_source(entry: Entry) -> Iterator[str]:
    """Which row of the file, and who sent or said it."""
    if entry.event and entry.event.row:
        yield f"row {entry.event.row}"
    if entry.event and entry.event.actor:
        yield f"by {entry.event.actor}"


def checked_sentence(found: VerificationOutcome | None) -> str:
    """When all that is stored was last held against the log, and what that found."""
    if found is None:
        return (
            "What is stored has not been checked against the log yet. Whoever runs Recount can check it with the "
            "command 'recount verify'."
        )
    on = words.day(found.at.astimezone(LONDON).date())
    added = words.plural(found.events_since, "entry has", "entries have")
    since = f"{added} been added since." if found.events_since else "Nothing has been added since."
    position = f"{found.found['position']:,}"
    if found.found["holds"]:
        return f"Checked on {on}, up to position {position} of the log: everything agrees. {since}"
    return (
        f"Checked on {on}, up to position {position} of the log: something does not agree. Do not rely on any figure "
        f"until whoever runs Recount has looked into it. {since}"
    )


@blueprint.page("/trail/export.csv", Right.LOG, TrailAddress)
def export(given: parameters.Given) -> Any:
    """The entries that fit as a table."""
    if _needs_reason():
        return ask_why_for(REASON, here())
    who = _looking(given, exported="csv")
    guard.note(Deed.DOWNLOADED, question={"what": "trail"})
    found = entries(given, who, MOST_EXPORTED)
    return attached(csv.log(found.document()["entries"], who.audience), "audit-trail.csv")


# ---- who looked


class AccessesAddress(parameters.Asks):
    """Which lines of the trail of access."""

    actor = fields.String(load_default=None, validate=validate.Length(1, 200))
    deed = fields.String(load_default=None, validate=validate.OneOf(list(Deed)))
    before = parameters.number_field("Only lines numbered below.", 1, load_default=None)


ACCESS_COLUMNS: Final = (
    Column("When (UTC)", whole=True),
    Column("Who"),
    Column("What they did"),
    Column("Where"),
    Column("Reason given"),
)
DEEDS: Final = {
    Deed.SIGNED_IN: "signed in",
    Deed.SIGN_IN_FAILED: "failed to sign in",
    Deed.SIGNED_OUT: "signed out",
    Deed.REFUSED: "was refused",
    Deed.LOOKED: "looked at single clients",
    Deed.DOWNLOADED: "downloaded something",
    Deed.ACCOUNT_CHANGED: "changed an account",
    Deed.TOKEN_MADE: "made a token",
    Deed.TOKEN_REVOKED: "revoked a token",
}


@blueprint.page("/trail/access", Right.ACCESS, AccessesAddress)
def access(given: parameters.Given) -> Page:
    """Sign-ins, refusals, looks at single clients and downloads, the newest first."""
    # One more than is shown tells whether there is more.
    query = AccessQuery(given["actor"], given["deed"], given["before"], LISTED + 1)
    entries = accounts.access(guard.snapshot(), guard.viewer(Right.ACCESS), query).entries
    rows = [_access_row(entry) for entry in entries[:LISTED]]
    return Page(
        "access.html",
        "Who has signed in, looked or downloaded",
        {"accesses": Table(ACCESS_COLUMNS, rows, "Newest first") if rows else None},
        given=given,
        deeds=_choices("Everything", [(one, said) for one, said in DEEDS.items()], given["deed"]),
        earlier=here(before=entries[LISTED - 1].number) if len(entries) > LISTED else None,
        log=guard.principal().reach(Right.LOG) is not None,
    )


def _access_row(one: AccessEntry) -> tuple[Any, ...]:
    return (
        lines(one.at.date(), f"{one.at:%H:%M:%S}"),
        lines(one.actor or "nobody that is known", one.role),
        DEEDS.get(Deed(one.deed), one.deed),
        lines(_where(one.about), *_asked_words(one.question)),
        one.reason,
    )


_WHERE: Final = {
    "sign-in.enter": "Sign-in page",
    "sign-in.by_link": "Sign-in link",
    "sign-in.leave": "Sign out",
    "sign-in.password": "Their own password",
    "figure.members": "People in a figure",
    "why.why": "Why a figure changed",
    "timeline.of_change": "One person’s records",
    "timeline.of_member": "One person’s records",
    "claim.compare": "A list beside ours",
    "trail_pages.trail": "Audit trail",
    "trail_pages.export": "Audit trail as CSV",
}
"""Pages by their endpoints, where the name of their room would say too little."""


def _where(about: str) -> str:
    """Where it was done, in the words of the navigation; of a program the address that it asked, without what it asked
    there; and what is no page (an account, a token) as the trail has it.
    """
    if about in _WHERE:
        return _WHERE[about]
    room = current_app.blueprints.get(about.rpartition(".")[0])
    if place := getattr(room, "place", None):
        return str(place.words)
    rules = current_app.url_map.iter_rules(about) if about in current_app.view_functions else ()
    return next((rule.rule for rule in rules), about[:1].upper() + about[1:])


_NAMED: Final = {
    "measure": "figure",
    "as_of": "as of",
    "known_at": "as known on",
    "to_as_of": "to as of",
    "to_known_at": "to as known on",
    "to_area": "to area",
    "to_agency": "to agency",
    "place": "person no.",
    "lines": "lines of the list:",
    "from_day": "received from",
    "to_day": "received to",
    "first": "from position",
    "last": "to position",
    "code": "because:",
    "form": "as",
    "done": "",
    "what": "",
    "exported": "as",
}
"""The names of a question as the trail keeps it, in words."""


_BECAUSE: Final = {
    "right-missing": "the account has no right to it",
    "scope-missing": "the token has no right to it",
    "not-own": "it is another agency’s",
    "reason-needed": "no reason was given",
    "wrong-password": "wrong password",
    "link-ended": "the link was used or too old",
    "account-closed": "the account is closed",
    "no-role": "the account has no role yet",
}
"""Why somebody was refused, by the code."""


def _asked_words(snapshot: Mapping[str, Any]) -> Iterator[str]:
    """What was asked for, a line each; a slice of everybody says nothing."""
    for name, value in snapshot.items():
        if said := _said(value):
            yield f"{_NAMED.get(name, name.replace('_', ' '))} {said}".strip()


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {part}" for name, part in value.items() if part)
    if isinstance(value, list):
        return " ".join(map(str, value))
    if _DAY.fullmatch(str(value)):
        return words.short_day(date.fromisoformat(value))
    return _BECAUSE.get(str(value), str(value))
