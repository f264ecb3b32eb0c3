"""All pages: each place that somebody may open, by what they want to do there."""

from collections.abc import Iterator
from dataclasses import dataclass

from web import parameters
from web.auth.guard import principal
from web.auth.roles import Right
from web.pages.frame.layout import Page
from web.pages.frame.navigation import Place, PlaceGroup, places
from web.pages.frame.page import Pages

blueprint = Pages("all-pages", __name__)


class AllPagesAddress(parameters.SliceParameters):
    """The standpoint and the slice of the page that one came from, if it had any."""

    as_of = parameters.DayField(load_default=None, description="The last day whose happenings are seen.")
    known_at = parameters.KnownAtField()
    cut = parameters.cut_field("The standpoint of a published scorecard, in place of the two days.")


@dataclass(frozen=True, slots=True)
class PageGroup:
    """The places at which one does the same kind of thing."""

    heading: str
    places: tuple[Place, ...]


@blueprint.page("/pages", Right.DEFINITIONS, AllPagesAddress)
def page(_given: parameters.Given) -> Page:
    """Every place of whoever asks, with what it is for; links to figures keep the standpoint of the address."""
    return Page("all-pages.html", "All pages", groups=tuple(_groups()))


def _groups() -> Iterator[PageGroup]:
    open_places = tuple(places(principal()))
    for group in PlaceGroup:
        if its := tuple(place for place in open_places if place.group is group):
            yield PageGroup(group, its)
