"""One person's records on two axes: when something happened, and when it became known.

A person is addressed by a place in a figure's list or in a walk, never by an identifier; every look is noted.
"""

from collections.abc import Iterator

from domain.measures.registry import Measure
from domain.measures.wording import why
from projections.explain.bridge import Contribution
from web.auth.roles import Right
from web.auth.viewer import Viewer
from web.pages.frame.layout import Page
from web.pages.frame.navigation import here
from web.pages.frame.page import PageContext, Pages, looking_at, measure_or_404
from web.presenters.explain import timeline as tables
from web.presenters.explain.reasons import contribution_at, reason_sentence
from web.presenters.explain.timeline import TimelineFocus
from web.presenters.sentences import window
from web.presenters.tables import Link
from web.problems import not_here
from web.queries.explain import people
from web.queries.explain.timeline import TimelineQuery, timeline

from .explanations import WhyAddress, walk_of_address

blueprint = Pages("timeline", __name__)


@blueprint.seen_from("/figures/<measure>/why/<int:place>", Right.CLIENTS, WhyAddress)
def of_change(context: PageContext, measure: str, place: int) -> Page:
    """The person of one contribution to a walk, with the event that did it."""
    kpi = measure_or_404(measure)
    viewer, walk = walk_of_address(context, kpi, place=place)
    placed = contribution_at(walk, place)
    client = placed[1].client if placed else None
    if placed is None or client is None:
        raise not_here()
    step, one = placed
    figure = step.after if one.diff > 0 else step.before
    standpoints = walk.start.standpoint, walk.end.standpoint
    sentences = [reason_sentence(kpi, step, one), *_event_sentences(viewer, one)]
    focus = TimelineFocus(figure, standpoints, sentences, one.source.position if one.source else None)
    query = TimelineQuery(client, max(standpoint.position for standpoint in standpoints))
    return _page(context, kpi, viewer, query, focus, Link("Why it changed", _address_of_walk()))


@blueprint.seen_from("/figures/<measure>/members/<int:place>", Right.CLIENTS)
def of_member(context: PageContext, measure: str, place: int) -> Page:
    """The person at a place in a figure's list."""
    kpi = measure_or_404(measure)
    viewer = looking_at(context, kpi)
    query = people.PeopleQuery(kpi, context.as_of, context.known_at, context.slice_, slice(place - 1, place))
    page = people.people(context.snapshot, viewer, query) if place else None
    member = next(iter(page.members), None) if page else None
    if page is None or member is None or member.client is None:
        raise not_here()
    standpoint = page.figure.standpoint
    sentence = f"{'Counted' if member.counted else 'Not counted'}: {why(member.rule, counted=member.counted)}."
    focus = TimelineFocus(page.figure, [standpoint], [sentence])
    back = Link("People in it", context.to_measure("figure.members", kpi))
    return _page(context, kpi, viewer, TimelineQuery(member.client, standpoint.position), focus, back)


def _address_of_walk() -> str:
    """The walk that this place is of."""
    path, _, query = here().partition("?")
    return f"{path.rpartition('/')[0]}?{query}"


def _event_sentences(viewer: Viewer, one: Contribution) -> Iterator[str]:
    if one.source:
        yield tables.event_sentence(one.source)
    elif viewer.is_provider and one.agencies:
        yield "No record of your own made the difference, and other agencies’ records are not shown."


def _page(
    context: PageContext, measure: Measure, viewer: Viewer, query: TimelineQuery, focus: TimelineFocus, back: Link
) -> Page:
    records = timeline(context.snapshot, viewer, query)
    drawing = tables.drawn(records, focus)
    spells, events = tables.spells_table(records), tables.events_table(records, focus)
    return Page(
        "timeline.html",
        "One person’s records",
        {"spells": spells, "events": events} if drawing else None,
        context=context,
        measure=measure,
        sentences=focus.sentences,
        back=back,
        cohort=window(focus.figure),
        own_only=viewer.is_provider,
        drawing=drawing,
    )
