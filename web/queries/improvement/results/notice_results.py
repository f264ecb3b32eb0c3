"""What is answered about performance notices: what each says, what is due of whom, and what happened."""

from datetime import date

import msgspec

from domain.improvement.notice_rules import NoticeRules
from domain.improvement.written import OpenedFrom
from projections.standings.slices import Slice
from web.queries.result import Moment, Result


class NoticeDispute(Result, frozen=True):
    """A dispute over a figure in question, and from where it sees that figure: `same_standpoint` as the notice does."""

    number: int
    state: str
    known_at: date | None
    position: int = msgspec.field(name="log_position")
    same_standpoint: bool


class NoticeFigure(Result, frozen=True):
    """A figure in question as it was when the notice was written, and by what is known now.

    `not_shown`: it is a sum in which other providers' people stand, which this viewer may not see; its numbers are
    null then. `restated`: its numbers have changed since. `disputes` are those over the same figure.
    """

    measure: str
    name: str
    slice: Slice
    as_of: date
    known_at: date | None
    position: int = msgspec.field(name="log_position")
    numerator: int | None
    denominator: int | None
    now_numerator: int | None
    now_denominator: int | None
    restated: bool
    not_shown: bool
    disputes: list[NoticeDispute]

    @property
    def is_open_now(self) -> bool:
        """Whether what it is by now may be shown."""
        return self.now_numerator is not None


class NoticeDeadline(Result, frozen=True):
    """What was or is due of "provider", "commissioner" or "both", and how its day was counted.

    `days_left` are working days from the day of the question, below 0 once it is overdue; null where it waits for
    nobody any more. `counted_from`: the day after which the first day is counted. `counted`: "working" or "calendar".
    """

    code: str
    name: str
    party: str = msgspec.field(name="of")
    rule: str
    after: str
    said_on: date
    counted_from: date
    days: int
    counted: str
    due: date
    set_in_notice: bool
    unconfirmed: bool
    met_on: date | None
    ended: bool
    days_left: int | None
    overdue: bool

    @property
    def is_open(self) -> bool:
        """Whether it waits for somebody."""
        return self.met_on is None and not self.ended


class NoticeHappening(Result, frozen=True):
    """A step that was taken: on which day, by whom, in which words."""

    step: str
    on: date
    recorded_at: Moment
    actor: str
    role: str
    party: str
    position: int = msgspec.field(name="log_position")
    state: str
    words: str
    action_plan: int | None = None
    level: int | None = None
    attendees: str = ""
    percentage: str = ""
    since: date | None = None
    last_day: date | None = None


class NoticeWithholding(Result, frozen=True):
    """A decision to withhold a percentage of the monthly sum; it changes no figure and moves no money."""

    percentage: str
    since: date
    last_day: date | None


class NoticeResult(Result, frozen=True):
    """A performance notice: what it says, what is due of whom, and what happened. `version` is what `seen` names."""

    number: int
    version: int
    state: str
    is_open: bool
    agencies: list[str]
    figures: list[NoticeFigure]
    reasons: str
    rules: NoticeRules
    response_due: date | None
    origin: OpenedFrom | None
    drafted_on: date
    issued_on: date | None
    level: int
    due: list[NoticeDeadline]
    happened: list[NoticeHappening]
    withholdings: list[NoticeWithholding]

    @property
    def next_due(self) -> NoticeDeadline | None:
        """The open deadline that comes first."""
        return min((one for one in self.due if one.is_open), key=lambda one: one.due, default=None)

    @property
    def level_name(self) -> str:
        """What the level of escalation is called."""
        return self.rules.levels[min(self.level, len(self.rules.levels)) - 1]

    @property
    def is_withheld(self) -> bool:
        """Whether a withholding is in force."""
        return bool(self.withholdings) and self.withholdings[-1].last_day is None


class NoticesResult(Result, frozen=True):
    """Performance notices: open ones first, what is due soonest first; then drafts, then those that have ended."""

    notices: list[NoticeResult]


class RuleSetsResult(Result, frozen=True):
    """The rule sets that a notice may be drafted under."""

    rule_sets: list[NoticeRules]


class NoticeNamed(Result, frozen=True):
    """A notice by its number, its state and the word that its rules have for it; and from where it sees a figure."""

    number: int
    state: str
    word: str
    known_at: date | None
    position: int = msgspec.field(name="log_position")
