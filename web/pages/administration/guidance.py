"""Help: how to read a page, the statement on accessibility, and the tour over the demonstration.

They tell nothing of any data, so anybody may read them; what the tour's links show asks for its own right.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, current_app, render_template, url_for

from web.auth.guard import NEEDS, open_to_all, principal, snapshot
from web.auth.roles import Principal, Reach
from web.presenters.tables import Link
from web.problems import Problem

blueprint = Blueprint("help", __name__)

_JULY: Final = {"as_of": "2017-07-31", "known_at": "2017-08-15"}
_BY_OCTOBER: Final = {"as_of": "2017-07-31", "known_at": "2017-10-20"}


@dataclass(frozen=True, slots=True)
class TourStop:
    """A stop of the tour: where it is, what one sees there, and in what state its link opens the page.

    `shows` is something that stands on the page when it is opened so.
    """

    heading: str
    told: str
    link: str
    endpoint: str
    asked: Mapping[str, Any]
    shows: str
    minutes: int = 1
    of_own: bool = False
    """Whether a provider is told of its own agency alone."""

    @property
    def href(self) -> str:
        """The address of the page in that state; of a provider's own agency, where it is told of that alone."""
        who = _who_asks()
        own: dict[str, Any] = {"agency": min(who.agencies)} if self.of_own and who and who.agencies else {}
        return url_for(self.endpoint, **self.asked, **own)

    @property
    def is_open(self) -> bool:
        """Whether whoever asks may follow it; who has not signed in is asked to where it leads."""
        who = _who_asks()
        if who is None:
            return True
        reach = who.reach(getattr(current_app.view_functions[self.endpoint], NEEDS))
        return reach is not None and reach is not Reach.PUBLISHED


def _who_asks() -> Principal | None:
    try:
        return principal()
    except Problem:
        return None


TOUR: Final = (
    TourStop(
        "What the board saw",
        "The scorecard as of 31 July 2017, as it was known on 15 August: what the board had before it on the 16th. "
        "Each line has a few numbers, and a word for how it stands. Both days are at the top; the whole state is in "
        "the address, so the link that you followed shows this again whenever it is followed.",
        "The scorecard of the board",
        "scorecard.scorecard",
        _JULY,
        "24 of 438",
    ),
    TourStop(
        "One figure",
        "Opiates: 24 of 438 completed treatment. The sentence comes first, then the trend with its target, then the "
        "hubs side by side. “About this figure” says what it rests on.",
        "The opiate figure of July",
        "figure.figure",
        {"measure": "4.0", **_JULY},
        "24 of 438",
    ),
    TourStop(
        "What it counts",
        "The rules in the order in which they are asked of each person. The first that is not met is the reason why "
        "somebody is not counted.",
        "Its definition",
        "figure.definition",
        {"measure": "4.0", **_JULY},
        "What is counted: Successful completions: opiate (4.0)",
    ),
    TourStop(
        "The same day, known later",
        "The same scorecard of 31 July, as it was known on 20 October: opiates are 22 of 438 now. Nothing was "
        "overwritten. More had been reported by then, and both scorecards are right. “Board 16 Aug 2017”, beside the "
        "dates, is the name under which the board’s was frozen: it leads back to it.",
        "31 July, as known on 20 October",
        "scorecard.scorecard",
        _BY_OCTOBER,
        "22 of 438",
    ),
    TourStop(
        "How often that happens",
        "Each row is a month end, each column a day on which something became known: how a figure settled, and what it "
        "was first and last.",
        "Its revisions",
        "revisions.revisions",
        {"measure": "4.0", **_BY_OCTOBER},
        "as known on 20 October 2017",
        of_own=True,
    ),
    TourStop(
        "Why it changed",
        "From 24 to 22, client by client: three returns that were reported late, and one reason that was amended. The "
        "sentences add up exactly. A commissioner is asked first why, because single clients show; it is kept in "
        "the trail.",
        "From August’s knowledge to October’s",
        "why.why",
        {"measure": "4.0", **_JULY, "to_as_of": "2017-07-31", "to_known_at": "2017-10-20"},
        "4.0",
        2,
    ),
    TourStop(
        "Who sent what, and in time",
        "By agency and month: was the file there, was it in time, how much of it was rejected, and how long events "
        "take to be reported.",
        "Data quality",
        "data_quality_pages.quality",
        _BY_OCTOBER,
        "H0001",
    ),
    TourStop(
        "What is to be done",
        "The records already know whose recovery plan is overdue and whose TOP can still be done, with the last useful "
        "day. A provider sees its own people, a commissioner how many there are.",
        "Worklists",
        "worklist-pages.index",
        _JULY,
        "Recovery plans overdue",
    ),
    TourStop(
        "Take it away",
        "The tables of a committee paper with a source below each number, as a PDF or a document to go on writing. The "
        "tables of any other page leave as XLSX or CSV, by the links below the page.",
        "Tables for a paper",
        "report.report",
        _JULY,
        "Make the PDF",
    ),
)


@blueprint.get("/help")
@open_to_all
def index() -> str:
    """How to read a page."""
    return render_template("help.html")


@blueprint.get("/accessibility")
@open_to_all
def accessibility() -> str:
    """The statement on accessibility."""
    return render_template("accessibility.html")


@blueprint.get("/tour")
@open_to_all
def tour() -> str:
    """Ten minutes over the demonstration; over other data, why there is none."""
    steps = TOUR if snapshot().is_demonstration else ()
    return render_template("tour.html", steps=steps, minutes=sum(step.minutes for step in TOUR))


def footer() -> tuple[Link, ...]:
    """What stands at the foot of every page."""
    return (
        Link("Help", url_for("help.index")),
        Link("Ten-minute tour", url_for("help.tour")),
        Link("Accessibility statement", url_for("help.accessibility")),
    )
