"""Performance notices on record, what of each is due of whom, and which are about one figure.

A deadline begins with a step and is met by another, as the notice's own rules say; it counts no more once the notice
has ended. A step that is taken again while its deadline runs does not begin it anew.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from domain.contract_life.transitions import COMMISSIONER
from domain.improvement.notice_rules import RESPONSE, DeadlineRule
from domain.improvement.performance_notices import (
    ENDED,
    NOTICE_EVENTS,
    STEP_OF,
    THING,
    NoticeWithholdingBegun,
    NoticeWithholdingEnded,
    PerformanceNotice,
)
from domain.improvement.reach import is_within_reach
from domain.improvement.written import WrittenAbout
from domain.log.mapper import JsonMapper
from projections.improvement.streams import recorded_by_number
from projections.standings.slices import Slice


def notices(connection: sa.Connection, mapper: JsonMapper) -> list[PerformanceNotice]:
    """Every notice, in the order in which they were drafted."""
    return [PerformanceNotice.folded(its) for its in recorded_by_number(connection, mapper, NOTICE_EVENTS).values()]


def within_reach(notice: PerformanceNotice, own: Collection[str] | None) -> bool:
    """Whether somebody reads it; `own` as in `is_within_reach`."""
    return is_within_reach(THING, notice.state, COMMISSIONER, notice.text.agencies, own)


@dataclass(frozen=True, slots=True)
class Deadline:
    """What was or is due of somebody: by which rule, after which step of which day, by when, and when it was met.

    `by_notice`: the day was set in the notice. `ended`: the notice ended before it was met.
    """

    rule: DeadlineRule
    said_on: date
    counted_from: date
    due: date
    by_notice: bool = False
    met_on: date | None = None
    ended: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it waits for somebody."""
        return self.met_on is None and not self.ended


def deadlines(notice: PerformanceNotice) -> list[Deadline]:
    """Everything that was or is due, in the order in which it began.

    Raises:
        Refused: a day lies in a year whose bank holidays are not known.
    """
    rules = notice.text.rules
    its = [one for rule in rules.deadlines for one in _of_rule(notice, rule)]
    return sorted(its, key=lambda one: (one.said_on, one.due))


def _of_rule(notice: PerformanceNotice, rule: DeadlineRule) -> Iterator[Deadline]:
    began: date | None = None
    for _, event, state in notice.steps:
        step, on = STEP_OF[type(event)], event.occurred_on
        if began is not None and (step in rule.met_by or state in ENDED):
            yield _deadline(notice, rule, began, on if step in rule.met_by else None, ended=step not in rule.met_by)
            began = None
        if began is None and step == rule.after and (not rule.states or state in rule.states):
            began = on
    if began is not None:
        yield _deadline(notice, rule, began, None, ended=False)


def _deadline(
    notice: PerformanceNotice, rule: DeadlineRule, said_on: date, met_on: date | None, *, ended: bool
) -> Deadline:
    text = notice.text
    by_notice = rule.code == RESPONSE and text.response_due is not None
    due = text.response_due if by_notice and text.response_due else text.rules.due(rule, said_on)
    return Deadline(rule, said_on, text.rules.counted_from(said_on), due, by_notice, met_on, ended)


def next_due(its: Iterable[Deadline]) -> Deadline | None:
    """The open one that is due first."""
    return min((one for one in its if one.is_open), key=lambda one: one.due, default=None)


@dataclass(frozen=True, slots=True)
class Withheld:
    """A decision to withhold, and its end where that was said."""

    begun: NoticeWithholdingBegun
    ended: NoticeWithholdingEnded | None = None


def withholdings(notice: PerformanceNotice) -> list[Withheld]:
    """Every withholding that was decided, in order."""
    its: list[Withheld] = []
    for event in notice.events:
        if isinstance(event, NoticeWithholdingBegun):
            its.append(Withheld(event))
        elif isinstance(event, NoticeWithholdingEnded):
            its[-1] = Withheld(its[-1].begun, event)
    return its


def slice_about(about: WrittenAbout) -> Slice:
    """Whose figure was written about."""
    return Slice(about.area, about.agency, about.criminal_justice, about.young_people)


def is_about(about: WrittenAbout, measure: str, as_of: date, slice_: Slice) -> bool:
    """Whether it is this figure: its measure, day and slice, as known at whatever time."""
    return (about.measure, about.as_of, slice_about(about)) == (measure, as_of, slice_)


def about_figure(
    its: Sequence[PerformanceNotice], measure: str, as_of: date, slice_: Slice
) -> list[tuple[PerformanceNotice, WrittenAbout]]:
    """The notices about a figure, each with the figure as it sees it."""
    seen = (
        (one, next((about for about in one.text.figures if is_about(about, measure, as_of, slice_)), None))
        for one in its
    )
    return [(one, about) for one, about in seen if about is not None]
