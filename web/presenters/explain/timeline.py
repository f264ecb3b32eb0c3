"""One person's records on two axes, drawn and as tables, in the words of the service."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from domain.codes import KIND_OF_EXIT, RECODED
from domain.episode.events import EpisodeEvent, FactEvent, Withdrawn
from domain.episode.facts import Exit, Fact, Handover, Intervention, RePresentation, Review, Start, Top
from domain.standpoint import Standpoint
from projections.explain.provenance import Source
from projections.explain.timeline import Moment, Spell, Timeline
from projections.explain.trail import Entry
from projections.standings.engine import Figure
from web.charts import Drawing, Happening, KnownRow, SeenState, SpellBar, two_axes
from web.presenters import text
from web.presenters.tables import Column, Lines, Table, lines
from web.presenters.tables import text as cell_text


@dataclass(frozen=True, slots=True)
class TimelineFocus:
    """What a timeline is read for: a figure, the standpoints from which it was seen, the sentences that say why, and
    the position of the event that made the difference, if one can be shown.
    """

    figure: Figure
    standpoints: Sequence[Standpoint]
    sentences: Sequence[str]
    decides: int | None = None


def drawn(timeline: Timeline, focus: TimelineFocus) -> Drawing | None:
    """The timeline on two axes; None if nothing may be shown."""
    if not timeline.moments:
        return None
    figure, known = focus.figure, {standpoint.position: standpoint.known_at for standpoint in focus.standpoints}
    return two_axes(
        "One person’s records, by when they happened and when they became known",
        [_row(moment, focus) for moment in timeline.moments],
        finding=_finding(timeline, focus),
        window=(figure.first_day, figure.last_day),
        as_of=figure.standpoint.as_of,
        seen=[SeenState(_rows_known(timeline, position), _known_words(known[position])) for position in sorted(known)],
    )


def _row(moment: Moment, focus: TimelineFocus) -> KnownRow:
    bars = tuple(SpellBar(spell.start, spell.end, _spell_words(spell)) for spell in moment.spells)
    return KnownRow(cell_text(_known_on(moment)), bars, tuple(_happening(entry, focus) for entry in moment.entries))


def _known_words(known_at: date | None) -> str:
    return f"as known on {text.short_day(known_at)}" if known_at else "before anything was known"


def _rows_known(timeline: Timeline, position: int) -> int:
    return sum(moment.entries[0].position <= position for moment in timeline.moments)


def _happening(entry: Entry, focus: TimelineFocus) -> Happening:
    words = f"{text.short_day(entry.occurred_on)}: {event_words(entry)}"
    return Happening(entry.occurred_on, words, entry.position == focus.decides)


def _finding(timeline: Timeline, focus: TimelineFocus) -> str:
    entries = timeline.entries
    days = text.plural(len(timeline.moments), "day")
    count = f"{text.plural(len(entries), 'record')} became known on {days}."
    deciding = next((entry for entry in entries if entry.position == focus.decides), None)
    if deciding is None:
        return count
    known = f", known on {text.day(deciding.received_on)}" if deciding.received_on else ""
    return f"{count} What made the difference: {event_words(deciding)}, on {text.day(deciding.occurred_on)}{known}."


def _known_on(moment: Moment) -> date | str:
    return moment.known_on or "not told"


def _spell_words(spell: Spell) -> str:
    until = f"to {text.short_day(spell.end)}" if spell.end else "on"
    what = "Waiting" if spell.waits else "Treatment"
    return f"{what} at {spell.reference.agency} from {text.short_day(spell.start)} {until}"


_EVENTS: Final = (
    Column("Known on", whole=True),
    Column("Happened", whole=True),
    Column("What"),
    Column("Agency and references"),
    Column("File and row", aside=True),
)
_SPELLS: Final = (
    Column("Known from", whole=True),
    Column("Agency", aside=True),
    Column("From", whole=True),
    Column("To", whole=True),
    Column("Exit"),
)


def events_table(timeline: Timeline, focus: TimelineFocus) -> Table:
    """Each entry as a row; the one that made the difference says so."""
    rows = [
        (_known_on(moment), entry.occurred_on, _marked(entry, focus), _reference(entry), _row_of(entry))
        for moment in timeline.moments
        for entry in moment.entries
    ]
    return Table(_EVENTS, rows, "Every record, in the order in which it became known")


def _marked(entry: Entry, focus: TimelineFocus) -> str:
    words = event_words(entry)
    return f"◆ {words} (this made the difference)" if entry.position == focus.decides else words


def _reference(entry: Entry) -> Lines:
    reference = entry.reference
    if reference is None:
        return lines()
    return lines(reference.agency, f"{reference.client_reference}/{reference.episode_reference}")


def _row_of(entry: Entry) -> Lines:
    return lines(entry.file, f"row {entry.event.row}" if entry.file and entry.event and entry.event.row else "")


def spells_table(timeline: Timeline) -> Table:
    """The bars of the drawing: what of them changed, by the day from which on it was known."""
    return Table(_SPELLS, list(_spell_rows(timeline)), "Treatment, as it was known")


def _spell_rows(timeline: Timeline) -> Iterator[tuple[Any, ...]]:
    before: tuple[Spell, ...] = ()
    for moment in timeline.moments:
        for spell in moment.spells:
            if spell not in before:
                yield (
                    _known_on(moment),
                    spell.reference.agency,
                    spell.start,
                    "waiting" if spell.waits else spell.end or "open",
                    exit_words(spell.reason) if spell.reason is not None else "",
                )
        before = moment.spells


# ---- in words


def event_sentence(source: Source) -> str:
    """When an event happened and became known, and which row said so."""
    row = f" {source.file} row {source.row}." if source.row else ""
    known = f", and became known on {text.day(source.received_on)}" if source.received_on else ""
    return f"It happened on {text.day(source.occurred_on)}{known}.{row}"


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
    "joined": "Joined with another reference",
}
"""By the first part of a fact's key."""
_MODALITIES: Final = {
    94: "pharmacological",
    95: "psychosocial",
    96: "recovery support",
    7: "aftercare",
    8: "needle exchange",
    9: "outreach",
    10: "advice and information",
}
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
    what = f"{name}, corrected" if event.supersedes else name
    words = _fact_words(event.fact)
    return f"{what}: {words}" if words else what


def _fact_words(fact: Fact) -> str:
    return next((words(fact) for kind, words in _FACTS.items() if isinstance(fact, kind)), "")


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
