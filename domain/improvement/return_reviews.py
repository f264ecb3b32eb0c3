"""Reviews of returns: somebody completed treatment, came back, and the provider that they left asks why.

Which returns there are is no event of this module: that follows from the episodes, as known at a standpoint. A review
names the completed episode by its stream, a keyed hash, and holds no reference and no day of the client's; its words
stay in the log for good, so they name nobody. `occurred_on` is the day on which a review was written.
"""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import ClassVar, Final
from uuid import UUID, uuid5

import msgspec

from domain.contract_life.transitions import WITHDRAWN
from domain.errors import Refused

from .working_days import working_day_after
from .written import ImprovementEvent

_REVIEWS: Final = UUID("8b0f6a52-3f0e-4a36-9d0c-0f5a8a1c6a11")
_RULES: Final = UUID("c6b2b9d4-7a35-4a0b-8b3e-2c1f5d7e9a22")
"""Namespaces of the stream ids; reviews and rules are told apart by their number."""
WRITTEN: Final = "written"

FINDINGS: Final = {
    "no-aftercare": "No aftercare was in place after the exit",
    "no-exit-plan": "The recovery plan had no exit plan, or it was not followed",
    "no-relapse-prevention": "No work on preventing relapse was done",
    "completed-too-early": "Treatment was completed before the client was ready",
    "no-community": "No link with a recovery community or mutual aid was made",
    "life-event": "Something happened after the exit: housing, a loss, a release from prison",
    "another-substance": "The client came back for another substance",
    "asked-early": "The client asked for help early, as the exit plan says",
    "record-wrong": "The record was wrong: it was no completion, or no return",
    "cannot-tell": "It could not be told from the file",
}
"""What may be found, by code. The papers name aftercare, exit planning, relapse prevention and recovery communities
[S]; the rest is chosen. [K]"""

MOST_DAYS: Final = 366
MOST_MONTHS: Final = 24
"""Returns later than this after a completion are never due for a review."""


class ReturnRule(msgspec.Struct, frozen=True):
    """By when a review is due: `days` after the return (or working days), for returns within `months` of a completion.

    It holds for returns that came, or became known, on `first_day` or later; None: for all.
    """

    days: int = 28
    working: bool = False
    months: int = 6
    first_day: date | None = None

    def due(self, began: date) -> date:
        """The last day on which a review is in time, of a return that came or became known on `began`.

        Raises:
            Refused: it lies in a year whose bank holidays are not known.
        """
        return working_day_after(began, self.days) if self.working else began + timedelta(self.days)


DEFAULT_RULE: Final = ReturnRule()
"""Where a contract says nothing: 28 days, for the six months of the re-presentations. [K]"""


class RuleSet(msgspec.Struct, frozen=True):
    """The rules that were said, by agency, each list by its first day."""

    by_agency: dict[str, list[ReturnRule]]

    def rule(self, agency: str, began: date) -> ReturnRule | None:
        """The rule for a return that came or became known on a day; None where none holds yet."""
        its = self.by_agency.get(agency)
        if its is None:
            return DEFAULT_RULE
        return next((one for one in reversed(its) if one.first_day is None or one.first_day <= began), None)


class ReturnRuleSet(ImprovementEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """By when the reviews of an agency's returns are due, from a day on."""

    TOPIC: ClassVar[str] = "return-review.rule-set.v1"
    agency: str
    rule: ReturnRule


class ReturnReviewText(ImprovementEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What a review says: findings by code, the lesson in words, and an action of an action plan (0: none)."""

    findings: tuple[str, ...]
    lesson: str
    plan: int = 0
    action: int = 0


class ReturnReviewed(ReturnReviewText, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The return after a completed `episode` was reviewed, for the agency that the client left."""

    TOPIC: ClassVar[str] = "return-review.written.v1"
    episode: UUID
    agency: str


class ReturnReviewCorrected(ReturnReviewText, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """It says something else now. What it said before stays in the log."""

    TOPIC: ClassVar[str] = "return-review.corrected.v1"


class ReturnReviewWithdrawn(ImprovementEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """It was written of the wrong return, and counts no more."""

    TOPIC: ClassVar[str] = "return-review.withdrawn.v1"
    reason: str


RETURN_REVIEW_EVENTS: Final[tuple[type[ImprovementEvent], ...]] = (
    ReturnReviewed,
    ReturnReviewCorrected,
    ReturnReviewWithdrawn,
)
RETURN_RULE_EVENTS: Final[tuple[type[ImprovementEvent], ...]] = (ReturnRuleSet,)

REVIEW_STEPS: Final[dict[type[ImprovementEvent], str]] = {
    ReturnReviewed: "write",
    ReturnReviewCorrected: "correct",
    ReturnReviewWithdrawn: "withdraw",
}
"""Which step of `transitions` each event takes."""


class ReturnReview(msgspec.Struct, frozen=True):
    """A review as its events tell it."""

    first: ReturnReviewed
    text: ReturnReviewText
    events: tuple[ImprovementEvent, ...]

    @classmethod
    def folded(cls, events: Iterable[ImprovementEvent]) -> "ReturnReview":
        """From its events, in their order."""
        its = tuple(events)
        first = its[0]
        assert isinstance(first, ReturnReviewed)
        return cls(first, [one for one in its if isinstance(one, ReturnReviewText)][-1], its)

    @property
    def number(self) -> int:
        """Its ordinal."""
        return self.first.number

    @property
    def state(self) -> str:
        """The word for where it stands."""
        return WITHDRAWN if isinstance(self.events[-1], ReturnReviewWithdrawn) else WRITTEN

    @property
    def version(self) -> int:
        """That of its newest event."""
        return self.events[-1].originator_version

    @property
    def newest_day(self) -> date:
        """The day on which something was said of it last."""
        return self.events[-1].occurred_on


def review_stream(number: int) -> UUID:
    """The stream of the review with this ordinal."""
    return uuid5(_REVIEWS, str(number))


def rule_stream(number: int) -> UUID:
    """The stream of the rule with this ordinal."""
    return uuid5(_RULES, str(number))


def checked_findings(findings: Collection[str]) -> tuple[str, ...]:
    """Findings in the order of the list, each once.

    Raises:
        Refused: there are none (code "return-no-finding"), or one is not on the list ("return-finding-unknown").
    """
    if unknown := next((one for one in findings if one not in FINDINGS), ""):
        raise Refused("return-finding-unknown", f"'{unknown}' is no finding. There are {', '.join(FINDINGS)}.")
    if not findings:
        raise Refused(
            "return-no-finding", "Choose what was found. If nothing could be found, say so: it is on the list."
        )
    return tuple(one for one in FINDINGS if one in findings)


def checked_rule(rule: ReturnRule) -> ReturnRule:
    """The rule itself.

    Raises:
        Refused: its days or months cannot be (code "return-rule").
    """
    if not 1 <= rule.days <= MOST_DAYS or not 1 <= rule.months <= MOST_MONTHS:
        raise Refused("return-rule", f"A rule has 1 to {MOST_DAYS} days, and 1 to {MOST_MONTHS} months.")
    return rule
