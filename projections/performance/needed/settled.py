"""Of whom the standings say already who they will be at a deadline, though more is known of them than had happened.

The standings of the deadline tell of what came after the standpoint's day. But if nothing more happens, whoever has a
treatment on that day, in progress or ended, has the same at the deadline: the standings of that day say which one it
is, whether it ended in success and where it belongs, and those of journeys ended say when. All that ended earlier and
was followed by another treatment stands by the deadline as it stood. Only who is left (the end is not certain, somebody
is not of age yet, a treatment of before the day became known in structured treatment after it) needs the log.

The families' own rules make that so, and each function says which; a property test holds it against the log.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Final

import numpy as np

from domain.measures.calendar import Days, Edge, Flags, Window
from domain.measures.families import COMPLETIONS, PARTS_A_FAMILY, RE_PRESENTATIONS, Family
from domain.measures.registry import Measure, measure_named
from domain.periods import NEVER
from domain.standpoint import Standpoint
from projections.standings.calculation import COUNTED, Standings
from projections.standings.calculation.arrays import distinct, is_among, place_in
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice

from .changes import ENDED, OPEN, LaterChanges, Spans, lasts_a_year

_JOURNEY_PART: Final = 1 << 24
"""Above any day: a client's place and a journey's first day are packed into one number."""


@cache
def treated_of(measure: Measure) -> Measure:
    """The measure whose cohort is everybody in treatment in the last twelve months, of the same groups."""
    return replace(_TREATED, parts=measure.parts)


@cache
def _anybody(measure: Measure) -> Measure:
    """The measure of every group and of any age."""
    return replace(measure, parts=tuple(range(len(measure.family.parts))), adults=False)


_IN_TREATMENT, _TREATED, _LATELY = (measure_named(code) for code in ("N.treatment", "4.0", "5.0u"))


def standings_to_settle(measure: Measure) -> tuple[Measure, ...]:
    """The measures whose standings are asked here."""
    return OPEN, ENDED, _IN_TREATMENT, _anybody(_TREATED), _anybody(_LATELY), _anybody(measure)


def settled(
    engine: StandingsEngine, measure: Measure, at: Standpoint, slice_: Slice, deadline: date, changes: LaterChanges
) -> tuple[Standings, Days]:
    """Of the clients of the changes, who will stand in the figure of the deadline, and whom to look up in the log.

    Whoever is in neither will not stand in it.
    """
    definition = engine.definition_at(deadline)
    if (
        definition != engine.definition_at(at.as_of)
        or definition.person_with_area
        or definition.representations_of_all
        or slice_.young_people
    ):
        return Standings.of([]), changes.clients
    asked = _Question.of(engine, measure.under(definition), at, slice_, deadline, changes)
    rows, unsettled = _rows_of(measure.family, asked)
    looked_up = distinct(unsettled)
    return rows.take(~is_among(rows.client, looked_up)), looked_up


@dataclass(frozen=True, slots=True)
class _Question:
    """The question, with the window at the deadline (`first` and `last` day) and the standpoint's `day`.

    `treated` are the standings of the clients of the changes by their latest treatment of the last twelve months, of
    those in a substance group.
    """

    engine: StandingsEngine
    measure: Measure
    at: Standpoint
    slice: Slice
    deadline: date
    changes: LaterChanges
    first: int
    last: int
    day: int
    treated: Standings

    @classmethod
    def of(
        cls,
        engine: StandingsEngine,
        measure: Measure,
        at: Standpoint,
        slice_: Slice,
        deadline: date,
        changes: LaterChanges,
    ) -> "_Question":
        clients, window = changes.clients, measure.family.window
        treated = engine.rows_at_of(_anybody(_TREATED), at, Slice(), clients)
        first, last = _first_day(window, deadline), _edge(window.after, deadline) - 1
        return cls(engine, measure, at, slice_, deadline, changes, first, last, at.as_of.toordinal(), treated)

    def rows_at(self, measure: Measure) -> Standings:
        """The standings of the clients on the standpoint's day."""
        return self.engine.rows_at_of(_anybody(measure), self.at, Slice(), self.changes.clients)

    def rows_then(self, measure: Measure) -> Standings:
        """The standings of the clients at the deadline, by all that is known."""
        then = replace(self.at, as_of=self.deadline)
        return self.engine.rows_at_of(_anybody(measure), then, Slice(), self.changes.clients)

    def some_rows_then(self, measure: Measure, clients: Days) -> Standings:
        """The same of a few clients."""
        rows, day = self.engine.rows_of_clients(measure, clients, self.at.position), self.deadline.toordinal()
        return rows.take((rows.as_of <= day) & (rows.until > day))

    def latest(self) -> Days:
        """Of each client the first day of the latest treatment of the last twelve months, 0 without one."""
        latest, rows = np.zeros(len(self.changes.clients), np.int64), self.rows_at(_IN_TREATMENT)
        latest[place_in(self.changes.clients, rows.client)] = rows.journey
        return latest

    def keys(self, rows: Standings | Spans) -> Days:
        """A number of each row's client and treatment."""
        return place_in(self.changes.clients, rows.client) * _JOURNEY_PART + rows.journey

    def is_asked(self, rows: Standings, *, adults: bool = False) -> Flags:
        """Which rows are of the measure's groups and in the slice."""
        asked = np.zeros(PARTS_A_FAMILY, np.bool_)
        asked[list(self.measure.parts)] = True
        its_group: Flags = asked[rows.part % PARTS_A_FAMILY]
        return its_group & self.engine.holds(self.slice, rows.slice, adults=adults)


def _edge(edge: Edge, day: date) -> int:
    return int(edge.on(np.array([day.toordinal()]))[0])


def _first_day(window: Window, day: date) -> int:
    return _edge(window.first, day)


def _rows_of(family: Family, asked: _Question) -> tuple[Standings, Days]:
    """The rows of a family at the deadline, as `settled` gives them; rows of those to look up may be among them."""
    window_is_over = asked.last < asked.day
    if family is RE_PRESENTATIONS:
        return _completed_in_window(asked) if window_is_over else _completed_lately(asked)
    return _treated_in_window(asked) if window_is_over else _by_latest(asked)


def _by_latest(asked: _Question) -> tuple[Standings, Days]:
    """The window reaches past the standpoint's day: the latest treatment of all decides, unless it ended before.

    Of the last twelve months it is at the latest, as the window then begins no earlier than those; nobody has come back
    after it.
    """
    earliest, latest = _ends(asked, asked.treated)
    inside, perhaps = earliest >= asked.first, latest >= asked.first
    return _of_age(asked, COMPLETIONS, asked.treated, inside, perhaps)


def _treated_in_window(asked: _Question) -> tuple[Standings, Days]:
    """The window of PHOF ended before the standpoint's day: the latest treatment of all decides if it began by then,
    counted if it ended by then too. Else one does that was followed by another: it stands as it stood.
    """
    treated = asked.treated.take(asked.treated.journey <= asked.last)
    earliest, latest = _ends(asked, treated)
    success = treated.state & COUNTED > 0
    in_doubt = success & (earliest <= asked.last) & (latest > asked.last)
    inside, perhaps = earliest >= asked.first, latest >= asked.first
    rows = replace(treated, state=np.where(success & (latest <= asked.last), COUNTED, 0))
    by_latest, unsettled = _of_age(asked, COMPLETIONS, rows, inside & ~in_doubt, perhaps)
    latest = asked.latest()
    earlier, irregular = _followed(asked, latest, (latest > asked.last) | (latest == 0))
    return Standings.of([by_latest, earlier]), np.concatenate([unsettled, irregular])


def _completed_in_window(asked: _Question) -> tuple[Standings, Days]:
    """The window of the re-presentations ended before the standpoint's day: if the latest treatment of all is a
    completion in it, nobody has come back after it. Else an earlier completion stands as it stood.
    """
    completed = asked.treated.take(asked.treated.state & COUNTED > 0)
    earliest, latest = _ends(asked, completed)
    inside = (earliest >= asked.first) & (latest <= asked.last)
    perhaps = (latest >= asked.first) & (earliest <= asked.last)
    rows = replace(completed, state=np.zeros(len(completed), np.int64))
    by_latest, unsettled = _of_age(asked, COMPLETIONS, rows, inside, perhaps)
    others = np.ones(len(asked.changes.clients), np.bool_)
    others[place_in(asked.changes.clients, completed.client[perhaps])] = False
    earlier, irregular = _followed(asked, asked.latest(), others)
    return Standings.of([by_latest, earlier]), np.concatenate([unsettled, irregular])


def _completed_lately(asked: _Question) -> tuple[Standings, Days]:
    """The window of the re-presentations reaches past the standpoint's day: the latest completion of the six months
    before it decides, unless it was earlier than the window, and whoever came back after it has come back.
    """
    rows = asked.rows_at(_LATELY)
    earliest, latest = _ends(asked, rows)
    inside, perhaps = earliest >= asked.first, latest >= asked.first
    rows = replace(rows, state=rows.state & COUNTED)
    return _of_age(asked, _LATELY.family, rows, inside, perhaps)


def _followed(asked: _Question, latest: Days, chosen: Flags) -> tuple[Standings, Days]:
    """Of the chosen clients the standings at the deadline by another treatment than the latest, as they are.

    What happens after the day changes only the latest treatment, or begins a later one. But a treatment that became
    structured after the day counts from its triage, which may lie far back: where that is before the latest, or in the
    window, the log tells.
    """
    clients, changes = asked.changes.clients, asked.changes
    rows = asked.rows_then(asked.measure)
    rows = rows.take(chosen[place_in(clients, rows.client)] & asked.is_asked(rows, adults=asked.measure.adults))
    earlier = rows.journey != latest[place_in(clients, rows.client)]
    its = is_among(changes.client, clients[chosen]) & (changes.journey <= asked.day)
    client, journey = changes.client[its], changes.journey[its]
    its_latest = latest[place_in(clients, client)]
    back = (journey != its_latest) & (journey <= np.maximum(its_latest, asked.last))
    return rows.take(earlier), np.concatenate([client[back], rows.client[~earlier]])


def _ends(asked: _Question, rows: Standings) -> tuple[Days, Days]:
    """Of each row's treatment, as seen on the standpoint's day, the earliest and the latest day that it can have ended
    on; NEVER, both, of one in progress: of the last twelve months, those that ended stand as having ended.
    """
    earliest, latest = np.full(len(rows), NEVER), np.full(len(rows), NEVER)
    ended = asked.changes.ended.take(is_among(asked.changes.ended.client, asked.changes.clients))
    if not len(ended):
        return earliest, latest
    keys, of_ended = asked.keys(rows), asked.keys(ended)
    order = np.argsort(of_ended)
    its = order[place_in(of_ended[order], keys)]
    has_ended = of_ended[its] == keys
    as_of, until = ended.as_of[its], ended.until[its]
    certain = lasts_a_year(as_of, until)
    earliest[has_ended] = np.where(certain, as_of, 0)[has_ended]
    latest[has_ended] = np.where(certain, as_of, asked.day)[has_ended]
    doubtful = np.flatnonzero(has_ended & ~certain)
    if len(doubtful):
        left = doubtful[_left_on(asked, rows.take(doubtful), as_of[doubtful])]
        earliest[left] = as_of[left]
    return earliest, latest


def _left_on(asked: _Question, rows: Standings, day: Days) -> Flags:
    """Which of these treatments were in progress until this day: so they ended on it, or the end was put off since."""
    clients = distinct(rows.client)
    open_ = asked.engine.rows_of_clients(OPEN, clients, asked.at.position)
    left = set(zip(open_.client.tolist(), open_.journey.tolist(), open_.until.tolist(), strict=True))
    its = zip(rows.client.tolist(), rows.journey.tolist(), day.tolist(), strict=True)
    return np.fromiter((one in left for one in its), np.bool_, len(rows))


def _of_age(asked: _Question, family: Family, rows: Standings, inside: Flags, perhaps: Flags) -> tuple[Standings, Days]:
    """Of rows on the standpoint's day, in a family, those that are `inside` the window and of adults at the deadline,
    and the clients of whom either is not sure.

    Who is an adult is so by the later of a treatment's start and the window's first day: if the window of the deadline
    begins earlier than the family's, only a treatment that began in this one says so; and a standing of the deadline in
    the same window, if it is by the same treatment.
    """
    fits = perhaps & asked.is_asked(rows)
    rows, inside = rows.take(fits), inside[fits]
    if not asked.measure.adults:
        return rows.take(inside), rows.client[~inside]
    first = _first_day(family.window, asked.at.as_of)
    adult = asked.engine.holds(Slice(), rows.slice, adults=True) & ((asked.first >= first) | (rows.journey >= first))
    known = adult.copy()
    if not adult.all():
        in_window = [asked.measure] + [ENDED] * (ENDED.family.window.first == asked.measure.family.window.first)
        young = distinct(rows.client[~adult])
        then = Standings.of([asked.some_rows_then(_anybody(measure), young) for measure in in_window])
        of_age = asked.engine.holds(Slice(), then.slice, adults=True)
        keys, of_then = asked.keys(rows), asked.keys(then)
        known |= np.isin(keys, of_then)
        adult |= np.isin(keys, of_then[of_age])
    return rows.take(inside & adult), rows.client[~known | (adult & ~inside)]
