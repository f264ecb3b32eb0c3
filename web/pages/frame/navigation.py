"""Addresses, and the navigation: every state of a page is in its address, so that a link shows again what was seen."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from flask import current_app, request, url_for

from web.auth.guard import services, snapshot
from web.auth.roles import Principal, Reach, Right
from web.presenters.tables import Link

_PLACE: Final = "place"
STANDPOINT: Final = ("as_of", "known_at", "cut")
SLICE: Final = ("area", "agency", "criminal_justice", "young_people")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the navigation leads: its words, the endpoint, and the right without which it is not shown.

    `public`: also to those who see only what was published. `seen_from`: the page has figures, so the link keeps the
    standpoint and the slice of the page that it stands on. `aside`: it stands below each page, not above it;
    `aside_once_filled`: from the first monthly file on.
    """

    words: str
    endpoint: str
    right: Right
    public: bool = False
    seen_from: bool = False
    aside: bool = False
    aside_once_filled: bool = False

    def is_open_to(self, who: Principal) -> bool:
        """Whether it is among the places of this one."""
        reach = who.reach(self.right)
        return reach is not None and (self.public or reach is not Reach.PUBLISHED)

    @property
    def is_aside(self) -> bool:
        """Whether it stands below the page now."""
        return self.aside or (self.aside_once_filled and snapshot().submissions.has_monthly_file)

    @property
    def href(self) -> str:
        """Its address."""
        return url_for(self.endpoint, **(standpoint_asked() if self.seen_from else {}))


def standpoint_asked() -> dict[str, Any]:
    """The standpoint and the slice of this page's address, as they are written there."""
    return {name: value for name in (*STANDPOINT, *SLICE) if (value := request.args.get(name))}


def places(who: Principal) -> Iterator[Place]:
    """The places of somebody, in the order in which the rooms were registered."""
    for blueprint in current_app.blueprints.values():
        place: Place | None = getattr(blueprint, _PLACE, None)
        if place is not None and place.is_open_to(who):
            yield place


def navigation(who: Principal) -> tuple[Link, ...]:
    """The places of somebody as links; `current` is the room that the page belongs to."""
    room = request.blueprint
    shown_places = (place for place in places(who) if not place.is_aside)
    return tuple(Link(place.words, place.href, place.endpoint.split(".")[0] == room) for place in shown_places)


def beside(who: Principal) -> tuple[Link, ...]:
    """The places of somebody that stand below each page."""
    return tuple(Link(place.words, place.href) for place in places(who) if place.is_aside)


def first_page(who: Principal) -> str:
    """Where somebody begins: their first place, or what their account is."""
    place = next((place for place in places(who) if not place.is_aside), None)
    return url_for(place.endpoint) if place else url_for("sign-in.account")


_OWN_PATH: Final = re.compile(r"/(?!/)[!-\[\]-~]*")
"""A path of this service: no second slash, which would begin the name of a host, and no backslash, which browsers
take for one."""


def absolute(path: str) -> str:
    """The whole address of a page, to be opened elsewhere: under the service's own, else under this machine's alone.

    Without an address of its own the service answers under no other name (`sessions.use_sessions`).
    """
    return f"{services().settings.origin or request.host_url.rstrip('/')}{path}"


def here(**changes: Any) -> str:
    """The address of this page with some of its questions changed; None leaves a question out."""
    parameters: dict[str, Any] = {name: values for name, values in request.args.lists() if name not in changes}
    parameters |= {name: value for name, value in changes.items() if value is not None}
    return url_for(request.endpoint or "", **{**parameters, **(request.view_args or {})})


def own_path(text: Any, otherwise: str) -> str:
    """The path to go on to, if it is one of ours."""
    return text if isinstance(text, str) and _OWN_PATH.fullmatch(text) else otherwise
