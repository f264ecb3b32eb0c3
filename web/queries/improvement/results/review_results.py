"""What is said of reviews of returns: how many stand how, the share in time, the rules, and a review with its steps."""

from datetime import date

from projections.improvement.return_reviews import DUE, OVERDUE
from web.queries.performance.figure import IntervalResult
from web.queries.result import Moment, Result


class ReturnRuleLine(Result, frozen=True):
    """By when reviews of an agency's returns from `first_day` on (null: all) are due. The default has no agency."""

    agency: str | None
    days: int
    working_days: bool
    months: int
    first_day: date | None


class AgencyReturns(Result, frozen=True):
    """How many reviews of an agency's returns stand how."""

    agency: str
    overdue: int
    due: int
    done: int
    no_longer_due: int
    erased: int


class ReviewedShare(Result, frozen=True):
    """Of the reviews that fell due in the twelve months to `as_of`, how many were written in time.

    `agency` is null of all that the viewer reads. An empty denominator has neither percentage nor interval.
    """

    agency: str | None
    as_of: date
    known_at: date | None
    position: int
    first_day: date
    last_day: date
    numerator: int
    denominator: int
    percentage: float | None
    interval: IntervalResult | None


class FindingCount(Result, frozen=True):
    """How often something was found, in the reviews that were written in a month (its first day) for an agency."""

    month: date
    agency: str
    finding: str
    count: int


class ReviewLine(Result, frozen=True):
    """A return and its review. `episode` tells returns apart; it is a keyed hash.

    The days of the return and where the client came back are null where they are another agency's record; all that is
    said of the client is null once the client was erased. `due` is null where no rule asks for a review.
    """

    episode: str
    agency: str
    state: str
    client_reference: str | None
    completed_on: date | None
    returned_on: date | None
    returned_to: str | None
    known_on: date | None
    due: date | None
    number: int | None
    version: int | None
    written_on: date | None
    in_time: bool | None
    findings: tuple[str, ...]
    lesson: str | None
    plan: int | None
    action: int | None

    @property
    def is_open(self) -> bool:
        """Whether the review has still to be written."""
        return self.state in {DUE, OVERDUE}


class ReviewStep(Result, frozen=True):
    """Something that was said of a review: by whom, for which party, on which day."""

    step: str
    on: date
    recorded_at: Moment
    actor: str
    role: str
    party: str
    version: int
    log_position: int
    findings: tuple[str, ...]
    words: str


class ReturnReviewResult(Result, frozen=True):
    """A return, its review, and everything that was said of it."""

    today: date
    review: ReviewLine
    steps: list[ReviewStep]


class ReturnReviewsResult(Result, frozen=True):
    """What is due, overdue and done on a day; `reviews` is null where single clients are not shown."""

    today: date
    agencies: list[AgencyReturns]
    shares: list[ReviewedShare]
    findings: list[FindingCount]
    rules: list[ReturnRuleLine]
    reviews: list[ReviewLine] | None

    @property
    def overdue(self) -> int:
        """How many are overdue."""
        return sum(one.overdue for one in self.agencies)

    @property
    def due(self) -> int:
        """How many are due and can still be in time."""
        return sum(one.due for one in self.agencies)

    @property
    def done(self) -> int:
        """How many were written."""
        return sum(one.done for one in self.agencies)
