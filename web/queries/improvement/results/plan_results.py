"""What is answered about action plans: a line in a list, and one with its strands, actions, reviews and steps."""

from collections.abc import Mapping
from datetime import date

from domain.improvement.plan_terms import Cadence, PlanTerms, Progress, Strand
from domain.improvement.written import OpenedFrom
from web.queries.improvement.about import AboutResult
from web.queries.result import Moment, Result


class DayMoved(Result, frozen=True):
    """A day that was moved, from when (null where there was none) to when, why, and when that was said."""

    before: date | None
    until: date
    reason: str
    on: date


class PlanActionResult(Result, frozen=True):
    """An action as it stands. `lacks` says in sentences what it lacks to be SMART; of one that is open alone."""

    number: int
    strand: int
    text: str
    owner: str
    due: date | None
    output: str
    kpis: tuple[str, ...]
    state: str
    overdue: bool
    done_on: date | None
    words: str
    extensions: list[DayMoved]
    lacks: list[str]

    @property
    def is_open(self) -> bool:
        """Whether it has still to be done."""
        return self.state == "open"


class SignatureResult(Result, frozen=True):
    """Who signed a strand off, on which day."""

    name: str
    day: date


class PlanStrandResult(Result, frozen=True):
    """A strand with its actions."""

    number: int
    title: str
    values: Mapping[str, str]
    kpis: tuple[str, ...]
    signed_off: SignatureResult | None
    actions: list[PlanActionResult]

    @property
    def still_open(self) -> int:
        """How many of its actions are open."""
        return sum(one.is_open for one in self.actions)


class ReviewDueResult(Result, frozen=True):
    """A review that is due on a day."""

    kind: str
    day: date
    overdue: bool


class ReviewHeldResult(Result, frozen=True):
    """A review as it was held, and the plan's figures as they were known then."""

    kind: str
    day: date
    words: str
    attendees: tuple[str, ...]
    progress: tuple[Progress, ...]
    about: list[AboutResult]


class PlanStep(Result, frozen=True):
    """Something that was said of a plan: by whom, for which party, and the state that it led to."""

    step: str
    state: str
    on: date
    recorded_at: Moment
    actor: str
    role: str
    party: str
    version: int
    log_position: int
    words: str


class PlanLine(Result, frozen=True):
    """A plan in a list: where it stands, and what is due of it."""

    number: int
    title: str
    form: str
    state: str
    written_by: str
    agencies: tuple[str, ...]
    measures: tuple[str, ...]
    first_day: date
    last_day: date | None
    strands: int
    signed_off: int
    open_actions: int
    overdue_actions: int
    next_due: date | None
    reviews_due: list[ReviewDueResult]

    @property
    def is_finished(self) -> bool:
        """Whether nothing is due of it any more."""
        return self.state in {"closed", "withdrawn", "discarded"}

    @property
    def is_overdue(self) -> bool:
        """Whether an action or a review of it is."""
        return bool(self.overdue_actions) or any(one.overdue for one in self.reviews_due)


class PlansResult(Result, frozen=True):
    """Plans: those that are open first, and among them those with something overdue."""

    plans: list[PlanLine]


class PlanResult(Result, frozen=True):
    """A plan with its strands, its actions, its reviews and everything that was said of it.

    `last_day` is its end with every extension, `agreed_last_day` as it was agreed first.
    """

    number: int
    title: str
    form: str
    state: str
    version: int
    written_by: str
    origin: OpenedFrom
    agencies: tuple[str, ...]
    first_day: date
    last_day: date | None
    agreed_last_day: date | None
    extensions: list[DayMoved]
    about: list[AboutResult]
    values: Mapping[str, str]
    cadence: tuple[Cadence, ...]
    strands: list[PlanStrandResult]
    reviews: list[ReviewHeldResult]
    reviews_due: list[ReviewDueResult]
    steps: list[PlanStep]

    @property
    def actions(self) -> list[PlanActionResult]:
        """Those of all strands."""
        return [action for strand in self.strands for action in strand.actions]

    @property
    def is_running(self) -> bool:
        """Whether it was agreed and is not over."""
        return self.state == "agreed"

    @property
    def terms(self) -> PlanTerms:
        """What it says, as it is edited; its figures and its origin stay as they are by themselves."""
        return PlanTerms(
            self.form,
            self.title,
            self.origin,
            self.first_day,
            self.agreed_last_day,
            self.agencies,
            (),
            dict(self.values),
            tuple(Strand(one.number, one.title, dict(one.values), one.kpis) for one in self.strands),
            self.cadence,
        )
