"""The people of a figure, and those who wait, as tables."""

from collections.abc import Callable, Sequence
from typing import Final

from rich.console import Console

from domain.measures.wording import why
from projections.explain.provenance import JourneySeen
from projections.privacy.redaction import RedactedJourney
from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.performance.figures import about
from web.presenters.tables import Column, Link, Table, numbered
from web.queries.explain.people import JourneyResult, MemberResult, PeoplePage, WaitingPerson, WaitingResult
from web.queries.performance.figure import FigureResult


def print_members(console: Console, figure: FigureResult, members: Sequence[MemberResult]) -> None:
    """Who is in a figure, by which journey, and by which rule counted or not."""
    say(console, f"{figure.measure.code} {figure.measure.name}: {text.result(figure)}")
    say(console, text.standpoint(figure.standpoint), text.slice_of(figure.slice), "")
    columns = (
        Column("client"),
        Column("counted"),
        Column("why", folds=True),
        Column("journey"),
        Column("group"),
        Column("area"),
        Column("agency: client/episode", folds=True),
    )
    counted_first = sorted(members, key=lambda member: not member.counted)
    print_table(console, Table(columns, list(map(_member_row, counted_first))))
    say(console, "", text.status(figure), *about([figure]))


def _member_row(member: MemberResult) -> tuple[str, ...]:
    journey = member.journey
    assert journey is not None, "whoever has the command line sees everybody"
    return (
        member.client or "",
        "yes" if member.counted else "no",
        member.rule if member.counted else f"not: {member.rule}",
        journey_days(journey),
        journey.group or "",
        journey.area or "",
        ", ".join(f"{e.agency}: {e.client_reference}/{e.episode_reference}" for e in journey.episodes),
    )


def journey_days(journey: JourneySeen | JourneyResult) -> str:
    """From when to when."""
    start = text.short_day(journey.start) if journey.start else ""
    return f"{start} to {text.short_day(journey.end)}" if journey.end else f"{start}, open"


def print_waiting(console: Console, result: WaitingResult, figure: FigureResult) -> None:
    """Who was referred and has not started structured treatment, the longest first; `figure` is how many."""
    say(console, text.standpoint(figure.standpoint), text.slice_of(result.slice), "")
    columns = (
        Column("client"),
        Column("waiting since"),
        Column("days", number=True),
        Column("agency"),
        Column("client number"),
        Column("episode"),
        Column("area"),
    )
    print_table(console, Table(columns, list(map(_waiting_row, result.waiting))))
    who = figure.waiting
    say(console, "", *([text.waiting(who)] if who else ()), text.status(figure))


def _waiting_row(person: WaitingPerson) -> tuple[str, ...]:
    return (
        person.client,
        text.short_day(person.since),
        str(person.days),
        person.agency,
        person.client_reference,
        person.episode_reference,
        person.area or "",
    )


# ---- for pages

_PEOPLE: Final = (
    Column("Person"),
    Column("Counted"),
    Column("Why"),
    Column("Treatment", aside=True),
    Column("Agencies and their references"),
)


def people_table(page: PeoplePage, title: str, timeline: Callable[[int], str]) -> Table:
    """People of the list, each with a link to their `timeline`; of another agency's, no more than that."""
    rows = [
        (
            Link(numbered(place), timeline(place), more=": this person’s records"),
            "yes" if member.counted else "no",
            why(member.rule, counted=member.counted),
            *_treatment(member.journey),
        )
        for place, member in zip(page.places, page.members, strict=True)
    ]
    return Table(_PEOPLE, rows, title)


def _treatment(journey: JourneySeen | RedactedJourney | None) -> tuple[str, ...]:
    if journey is None:
        return ("another agency’s",)
    until = text.short_day(journey.end) if journey.end else "now"
    days = f"{text.short_day(journey.start)} to {until}" if journey.start else "not shown"
    episodes = ", ".join(f"{one.agency} {one.client_reference}/{one.episode_reference}" for one in journey.episodes)
    is_partial = isinstance(journey, RedactedJourney) and journey.withheld
    return days, f"{episodes} and another agency’s" if is_partial else episodes
