"""Who looked at one person, as far as that can be told.

The trail of access keeps what was asked and never whose records were shown. Where it names a figure and its standpoint,
the people of that figure can be counted again, so that it is known whether somebody was among them. Of a worklist, the
audit trail, a search or a file nothing of the kind can be told: those are counted alone. Who looked is told by role:
the names of staff are theirs. So is the reason, which may name anybody.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from domain.log.tables import log
from domain.measures.registry import MEASURE_OF, Measure
from domain.standpoint import Standpoint
from projections.privacy.subject_access import PersonHeld
from projections.standings.slices import Slice
from web.auth.trail import access
from web.auth.trail.access import AccessEntry, AccessQuery, Deed
from web.queries.result import Result
from web.snapshot import Snapshot

OWN_PLACE: Final = "subject-access"
"""What the endpoints of this very answer have in their names."""
_ALL: Final = 10_000_000


class SubjectLook(Result, frozen=True):
    """Somebody of a role looked, on a day and so many times, at the people of a figure, the person among them."""

    on: date
    role: str
    measure: str
    name: str
    slice: Slice
    as_of: date
    times: int


class SubjectLooks(Result, frozen=True):
    """`lists` are the looks at figures in which the person stood; of `untold` looks at single clients since the first
    record nobody can say whose they were. `answers` is how often requests like this one were answered, whoever asked.
    """

    lists: list[SubjectLook]
    untold: int
    answers: int


class _Asked(NamedTuple):
    measure: Measure
    standpoint: Standpoint
    slice_: Slice


def looks_at(snapshot: Snapshot, client: int | None, held: PersonHeld, since: date | None) -> SubjectLooks:
    """Who looked since a day (the first record's) as far as it can be told; those resting on another's records not."""
    looks, untold, answers = Counter[_OnList](), 0, 0
    known: dict[_Asked, bool] = {}
    for entry in access.entries(snapshot.access, AccessQuery(deed=Deed.LOOKED, limit=_ALL)):
        if since is None or entry.at.date() < since:
            continue
        if OWN_PLACE in entry.about.replace("_", "-"):
            answers += 1
            continue
        asked = list(_asked(snapshot, entry))
        if not asked or client is None or any(held.rests_on_another(one.standpoint.position) for one in asked):
            untold += 1
            continue
        for one in asked:
            if one not in known:
                known[one] = _is_in(snapshot, client, one)
            if known[one]:
                looks[entry.at.date(), entry.role, one] += 1
                break
    return SubjectLooks([_look(*item) for item in sorted(looks.items(), key=_order)], untold, answers)


_OnList = tuple[date, str, _Asked]


def _order(item: tuple[_OnList, int]) -> tuple[Any, ...]:
    (on, role, asked), _ = item
    return on, role, asked.measure.code, asked.standpoint.as_of


def _look(on_list: _OnList, times: int) -> SubjectLook:
    on, role, asked = on_list
    return SubjectLook(on, role, asked.measure.code, asked.measure.name, asked.slice_, asked.standpoint.as_of, times)


def _is_in(snapshot: Snapshot, client: int, asked: _Asked) -> bool:
    _, members = snapshot.standings(asked.measure, asked.standpoint, asked.slice_)
    return any(one.client == client for one in members)


def _asked(snapshot: Snapshot, entry: AccessEntry) -> Iterator[_Asked]:
    """The figures that a look names with all that is needed to count them again; both, of a walk between two."""
    question = entry.question
    measure = MEASURE_OF.get(str(question.get("measure")))
    if measure is None or "certificate" in question or "definition" in question or "cut" in question:
        return
    first = _standpoint(snapshot, entry, "")
    slice_ = _slice(question)
    if first is None or slice_ is None:
        return
    yield _Asked(measure, first, slice_)
    if any(name.startswith("to_") for name in question):
        end = _standpoint(snapshot, entry, "to_") or first
        area, agency = (question.get(f"to_{name}") or getattr(slice_, name) for name in ("area", "agency"))
        yield _Asked(measure, end, Slice(area, agency, slice_.criminal_justice, slice_.young_people))


def _slice(question: Mapping[str, Any]) -> Slice | None:
    its = question.get("slice")
    try:
        return Slice(**its) if isinstance(its, dict) else Slice()
    except TypeError:
        return None


def _standpoint(snapshot: Snapshot, entry: AccessEntry, end: str) -> Standpoint | None:
    """From where an end was seen; None where the question leaves its day open."""
    question = entry.question
    as_of = _day(question.get(f"{end}as_of") or question.get("as_of"))
    if as_of is None:
        return None
    if position := question.get(f"{end}position"):
        return snapshot.standpoint(as_of, int(str(position)))
    known_at = question.get(f"{end}known_at")
    if known_at is None:
        return snapshot.standpoint(as_of, _position_at(snapshot, entry.at))
    text = str(known_at)
    day = _day(text)
    if day is None and not text.lstrip("@").isdigit():
        return None
    return snapshot.standpoint(as_of, day if day else int(text.lstrip("@")))


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text)) if text else None
    except ValueError:
        return None


def _position_at(snapshot: Snapshot, moment: datetime) -> int:
    """How far the log had come at a moment."""
    query = sa.select(sa.func.max(log.c.position)).where(log.c.recorded_at <= moment)
    return int(snapshot.connection.execute(query).scalar() or 0)
