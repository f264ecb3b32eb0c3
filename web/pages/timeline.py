"""One person's records on two axes: when something happened, and when it became known.

A person is addressed by a place in a figure's list or in a walk, never by an identifier; every look is noted.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from domain.codes import KIND_OF_EXIT, RECODED
from domain.episode.events import EpisodeEvent, FactEvent, Withdrawn
from domain.episode.facts import Exit, Fact, Handover, Intervention, RePresentation, Review, Start, Top
from domain.measures.registry import Measure
from domain.measures.wording import why
from projections.explain.bridge import Bridge, Contribution
from projections.explain.timeline import Moment, Spell, Timeline
from projections.explain.trail import Entry
from web.auth.roles import Right
from web.auth.viewer import Viewer
from web.charts import Drawing, Happening, KnownRow, SeenState, SpellBar, two_axes
from web.presenters import text
from web.presenters.sentences import window
from web.presenters.tables import Column, Lines, Link, Table, lines
from web.problems import not_here
from web.queries import people
from web.queries.timeline import TimelineQuery, timeline

from .explanations import WhyAddress, contribution_at, reason_sentence, walked
from .layout import Page
from .links import here
from .page import PageContext, Pages, looking_at, measure_or_404

blueprint = Pages("timeline", __name__)


@dataclass(frozen=True, slots=True)
class Looked:
    """What a timeline is read for: `window` and `as_of` of the figure, the positions from which it was seen with
    their words, and the position of the event that made the difference, if one can be shown.
    """

    window: tuple[date, date]
    as_of: date
    seen: tuple[tuple[int, str], ...]
    decides: int | None = None


@blueprint.seen_from("/figures/<measure>/why/<int:place>", Right.CLIENTS, WhyAddress)
def of_change(asked: PageContext, measure: str, place: int) -> Page:
    """The person of one contribution to a walk, with the event that did it."""
    of = measure_or_404(measure)
    who, walk = walked(asked, of, place=place)
    found = contribution_at(walk, place)
    client = found[1].client if found else None
    if found is None or client is None:
        raise not_here()
    step, one = found
    figure = step.after if one.diff > 0 else step.before
    looked = Looked(
        (figure.first_day, figure.last_day),
        figure.standpoint.as_of,
        tuple(_seen(walk)),
        one.source.position if one.source else None,
    )
    position = max(walk.start.standpoint.position, walk.end.standpoint.position)
    told = [reason_sentence(of, step, one), *_event_sentences(who, one)]
    back = Link("Why it changed", here_above())
    return _page(asked, of, who, TimelineQuery(client, position), looked, told, back, window(figure))


@blueprint.seen_from("/figures/<measure>/members/<int:place>", Right.CLIENTS)
def of_member(asked: PageContext, measure: str, place: int) -> Page:
    """The person at a place in a figure's list."""
    of = measure_or_404(measure)
    who = looking_at(asked, of)
    query = people.PeopleQuery(of, asked.as_of, asked.known_at, asked.where, slice(place - 1, place))
    found = people.people(asked.snapshot, who, query) if place else None
    member = next(iter(found.members), None) if found else None
    if found is None or member is None or member.client is None:
        raise not_here()
    figure = found.figure
    at = figure.standpoint
    looked = Looked((figure.first_day, figure.last_day), at.as_of, ((at.position, _known_words(at.known_at)),))
    told = [f"{'Counted' if member.counted else 'Not counted'}: {why(member.rule, counted=member.counted)}."]
    back = Link("People in it", asked.to_measure("figure.members", of))
    return _page(asked, of, who, TimelineQuery(member.client, at.position), looked, told, back, window(figure))


def here_above() -> str:
    """The walk that this place is of."""
    path, _, query = here().partition("?")
    return f"{path.rpartition('/')[0]}?{query}"


def _page(
    asked: PageContext,
    measure: Measure,
    who: Viewer,
    of: TimelineQuery,
    looked: Looked,
    told: Sequence[str],
    back: Link,
    cohort: str,
) -> Page:
    found = timeline(asked.snapshot, who, of)
    drawing = drawn(found, looked)
    spells = Table(SPELLS_COLUMNS, list(spell_rows(found)), "Treatment, as it was known")
    events = Table(
        EVENTS_COLUMNS, list(event_rows(found, looked)), "Every record, in the order in which it became known"
    )
    return Page(
        "timeline.html",
        "One person’s records",
        {"spells": spells, "events": events} if drawing else None,
        asked=asked,
        measure=measure,
        told=told,
        back=back,
        cohort=cohort,
        own_only=who.is_provider,
        drawing=drawing,
    )


def _seen(walk: Bridge) -> Iterator[tuple[int, str]]:
    at = {figure.standpoint.position: figure.standpoint for figure in (walk.start, walk.end)}
    for position in sorted(at):
        yield position, _known_words(at[position].known_at)


def _known_words(known_at: date | None) -> str:
    return f"as known on {text.short_day(known_at)}" if known_at else "before anything was known"


def _event_sentences(who: Viewer, one: Contribution) -> Iterator[str]:
    source = one.source
    if source is None:
        if who.is_provider and one.agencies:
            yield "No record of your own made the difference, and other agencies’ records are not shown."
        return
    said_by = f" {source.file} row {source.row}." if source.row else ""
    known = f", and became known on {text.day(source.received_on)}" if source.received_on else ""
    yield f"It happened on {text.day(source.occurred_on)}{known}.{said_by}"


# ---- what was said

_NAMES: Final = {
    "referral": "Referral",
    "start": "Start of treatment",
    "intervention": "Intervention",
    "intervention-end": "End of an intervention",
    "top": "TOP",
    "exit": "Exit",
    "care-plan": "Care plan",
    "review": "Review",
    "handover": "Handover",
    "re-presented": "Return after the completion",
}
"""By the first part of a fact's key."""
_MODALITIES: Final = {94: "pharmacological", 95: "psychosocial", 96: "recovery support"}
_STAGES: Final = {"S": "at the start", "R": "review", "E": "at the exit", "P": "after the exit"}


def event_words(entry: Entry) -> str:
    """What an entry says, in the words of the service."""
    event = entry.event
    if event is None:
        return "Erased record"
    if not isinstance(event, EpisodeEvent):
        return "Records erased"
    name = _NAMES.get(event.key.partition(":")[0], event.key.partition(":")[0])
    if isinstance(event, Withdrawn):
        return f"{name}: taken back"
    assert isinstance(event, FactEvent)
    said = _fact_words(event.fact)
    what = f"{name}, corrected" if event.supersedes else name
    return f"{what}: {said}" if said else what


def _fact_words(fact: Fact) -> str:
    return next((said(fact) for kind, said in _FACTS.items() if isinstance(fact, kind)), "")


_FACTS: Final[Mapping[type[Fact], Callable[[Any], str]]] = {
    Exit: lambda fact: exit_words(fact.reason),
    Start: lambda fact: f"area {fact.area}" if fact.area else "",
    Intervention: lambda fact: _MODALITIES.get(fact.modality, f"modality {fact.modality}"),
    Top: lambda fact: _STAGES.get(fact.stage, fact.stage),
    Review: lambda fact: fact.what.replace("-", " "),
    Handover: lambda fact: f"to {fact.to_agency}",
    RePresentation: lambda fact: f"on {text.short_day(fact.returned_on)}",
}
"""What a fact says beside its day."""


def exit_words(reason: int) -> str:
    """A discharge reason by its kind."""
    return f"{KIND_OF_EXIT[RECODED.get(reason, reason)]} (reason {reason})"


# ---- drawn, and as tables

EVENTS_COLUMNS: Final = (
    Column("Known on", whole=True),
    Column("Happened", whole=True),
    Column("What"),
    Column("Agency and references"),
    Column("File and row"),
)
SPELLS_COLUMNS: Final = (
    Column("Known from", whole=True),
    Column("Agency"),
    Column("From", whole=True),
    Column("To", whole=True),
    Column("Exit"),
)


def drawn(found: Timeline, looked: Looked) -> Drawing | None:
    """The timeline on two axes; None if nothing may be shown."""
    if not found.moments:
        return None
    rows = [
        KnownRow(
            _known_on(moment),
            tuple(SpellBar(spell.start, spell.end, _spell_words(spell)) for spell in moment.spells),
            tuple(_happening(entry, looked) for entry in moment.entries),
        )
        for moment in found.moments
    ]
    seen = [SeenState(_rows_known(found, position), said) for position, said in looked.seen]
    return two_axes(
        "One person’s records, by when they happened and when they became known",
        rows,
        finding=_finding(found, looked),
        window=looked.window,
        as_of=looked.as_of,
        seen=seen,
    )


def _rows_known(found: Timeline, position: int) -> int:
    return sum(moment.entries[0].position <= position for moment in found.moments)


def _happening(entry: Entry, looked: Looked) -> Happening:
    said = f"{text.short_day(entry.occurred_on)}: {event_words(entry)}"
    return Happening(entry.occurred_on, said, entry.position == looked.decides)


def _finding(found: Timeline, looked: Looked) -> str:
    entries = found.entries
    days = text.plural(len(found.moments), "day")
    said = f"{text.plural(len(entries), 'record')} became known on {days}."
    deciding = next((entry for entry in entries if entry.position == looked.decides), None)
    if deciding is None:
        return said
    known = f", known on {text.day(deciding.received_on)}" if deciding.received_on else ""
    return f"{said} What made the difference: {event_words(deciding)}, on {text.day(deciding.occurred_on)}{known}."


def _known_on(moment: Moment) -> str:
    return text.short_day(moment.known_on) if moment.known_on else "not told"


def _spell_words(spell: Spell) -> str:
    until = f"to {text.short_day(spell.end)}" if spell.end else "on"
    what = "Waiting" if spell.waits else "Treatment"
    return f"{what} at {spell.reference.agency} from {text.short_day(spell.start)} {until}"


def event_rows(found: Timeline, looked: Looked) -> Iterator[tuple[Any, ...]]:
    """Each entry as a row; the one that made the difference says so."""
    for moment in found.moments:
        for entry in moment.entries:
            said = event_words(entry)
            if entry.position == looked.decides:
                said = f"◆ {said} (this made the difference)"
            yield (
                moment.known_on or _known_on(moment),
                entry.occurred_on,
                said,
                _reference(entry),
                _row_of(entry),
            )


def _reference(entry: Entry) -> Lines:
    named = entry.reference
    return lines(named.agency, f"{named.client_reference}/{named.episode_reference}") if named else lines()


def _row_of(entry: Entry) -> Lines:
    return lines(entry.file, f"row {entry.event.row}" if entry.file and entry.event and entry.event.row else "")


def spell_rows(found: Timeline) -> Iterator[tuple[Any, ...]]:
    """The bars of the drawing: what of them changed, by the day from which on it was known."""
    before: tuple[Spell, ...] = ()
    for moment in found.moments:
        for spell in moment.spells:
            if spell not in before:
                yield (
                    moment.known_on or _known_on(moment),
                    spell.reference.agency,
                    spell.start,
                    "waiting" if spell.waits else spell.end or "open",
                    exit_words(spell.reason) if spell.reason is not None else "",
                )
        before = moment.spells
