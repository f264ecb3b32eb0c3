"""The trail of access: who signed in, was refused, looked at single clients, or took something away."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from flask import current_app
from marshmallow import fields, validate

from web import parameters
from web.auth import guard
from web.auth.roles import Right
from web.auth.trail.access import MARK, AccessEntry, AccessQuery, Deed
from web.pages.frame.layout import Page
from web.pages.frame.navigation import Place, PlaceGroup, here
from web.pages.frame.page import Pages
from web.presenters import text as words
from web.presenters.tables import Column, Table, lines
from web.queries.administration import accounts

from .trail import LISTED, blueprint, choices

blueprint.also(
    Place(
        "Who has looked",
        "trail_pages.access",
        Right.ACCESS,
        PlaceGroup.DATA,
        "Who has signed in, looked at single clients or downloaded something.",
    )
)

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class AccessesAddress(parameters.Asks):
    """Which lines of the trail of access."""

    actor = fields.String(load_default=None, validate=validate.Length(1, 200))
    deed = fields.String(load_default=None, validate=validate.OneOf(list(Deed)))
    before = parameters.number_field("Only lines numbered below.", 1, load_default=None)


ACCESS_COLUMNS: Final = (
    Column("When (UTC)", whole=True),
    Column("Who"),
    Column("What they did"),
    Column("Where", aside=True),
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
    Deed.RESTORED: "put a backup back",
    Deed.FEED_MADE: "made an address for a calendar",
    Deed.FEED_REVOKED: "revoked the address of a calendar",
    Deed.REMINDERS_CHOSEN: "chose how to be reminded by e-mail",
    Deed.ADDRESS_CONFIRMED: "confirmed an e-mail address",
}


@blueprint.page("/trail/access", Right.ACCESS, AccessesAddress)
def access(args: parameters.Given) -> Page:
    """Sign-ins, refusals, looks at single clients and downloads, the newest first."""
    # One more than is shown tells whether there is more.
    query = AccessQuery(args["actor"], args["deed"], args["before"], LISTED + 1)
    entries = accounts.access(guard.snapshot(), guard.viewer(Right.ACCESS), query).entries
    rows = [_access_row(entry) for entry in entries[:LISTED]]
    return Page(
        "access.html",
        "Who has signed in, looked or downloaded",
        {"accesses": Table(ACCESS_COLUMNS, rows, "Newest first") if rows else None},
        given=args,
        deeds=choices("Everything", [(deed, label) for deed, label in DEEDS.items()], args["deed"]),
        earlier=here(before=entries[LISTED - 1].number) if len(entries) > LISTED else None,
        log=guard.principal().reach(Right.LOG) is not None,
    )


def _access_row(one: AccessEntry) -> tuple[Any, ...]:
    return (
        lines(one.at.date(), f"{one.at:%H:%M:%S}"),
        lines(one.actor or "nobody that is known", one.role),
        DEEDS.get(Deed(one.deed), one.deed),
        lines(_place(one.about), *_question(one.question)),
        one.reason,
    )


_PLACES: Final = {
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
    "subject-access": "A person’s own data, by command",
    "subject-access.subject_access": "A person’s own data, by a program",
}
"""Pages by their endpoints, where the name of their room would say too little."""


def _place(about: str) -> str:
    """Where it was done, in the words of the navigation; of a program the address that it asked, without what it asked
    there; and what is no page (an account, a token) as the trail has it.
    """
    if about in _PLACES:
        return _PLACES[about]
    owner = current_app.blueprints.get(about.rpartition(".")[0])
    if isinstance(owner, Pages) and owner.places:
        own = next((place for place in owner.places if place.endpoint == about), owner.places[0])
        return own.words
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


def _question(question: Mapping[str, Any]) -> Iterator[str]:
    """What was asked for, a line each; a slice of everybody says nothing."""
    for name, value in question.items():
        if name != MARK and (text := _value(value)):
            yield f"{_NAMED.get(name, name.replace('_', ' '))} {text}".strip()


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {part}" for name, part in value.items() if part)
    if isinstance(value, list):
        return " ".join(map(str, value))
    if _DAY.fullmatch(str(value)):
        return words.short_day(date.fromisoformat(value))
    return _BECAUSE.get(str(value), str(value))
