"""Every step of an action plan after its first words, by one function: pages, API and command line call it.

A step is named as the table of steps has it ("add an action to"); addresses and the command line write its slug.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.errors import Refused
from domain.improvement.plan_terms import ActionTerms, Progress
from domain.improvement.written import WrittenAbout
from domain.register import Register
from projections.improvement.action_plans import RecordedPlan

from . import action_plan_work as work
from . import action_plans as commands
from .author import Author

STEP_OF_SLUG: Final[Mapping[str, str]] = {
    "propose": "propose",
    "agree": "agree",
    "send-back": "send back",
    "extend": "extend",
    "close": "close",
    "discard": "discard",
    "withdraw": "withdraw",
    "add-action": "add an action to",
    "change-action": "change an action of",
    "extend-action": "extend an action of",
    "finish-action": "finish an action of",
    "reopen-action": "reopen an action of",
    "drop-action": "drop an action of",
    "review": "review",
    "sign-off": "sign off a strand of",
    "reopen-strand": "reopen a strand of",
}
"""The step of each slug."""

PART_MISSING: Final = {"plan-part-missing": "A step does not say of which action or strand, or until when."}
"""Why a step is refused beside the reasons of the commands; pages always say these."""


@dataclass(frozen=True, slots=True)
class PlanSaid:
    """What a step of a plan says; each takes its own of these.

    `words` are its reason, or what came of it. `day` is the day on which an action was done, a review held or a strand
    signed, the day on which it is said if left out; `about` are the figures of a review.
    """

    words: str = ""
    action: int | None = None
    strand: int | None = None
    terms: ActionTerms | None = None
    until: date | None = None
    day: date | None = None
    name: str = ""
    kind: str = ""
    attendees: tuple[str, ...] = ()
    progress: tuple[Progress, ...] = ()
    about: tuple[WrittenAbout, ...] = ()


@dataclass(frozen=True, slots=True)
class _Taking:
    """A step that is being taken: of which plan, what it says, by whom."""

    register: Register
    number: int
    said: PlanSaid
    author: Author
    seen: int | None

    @property
    def words(self) -> str:
        return self.said.words

    @property
    def action(self) -> int:
        return _needed(self.said.action, "an action, by its number")

    @property
    def strand(self) -> int:
        return _needed(self.said.strand, "a strand, by its number")

    @property
    def terms(self) -> ActionTerms:
        if self.said.terms is None:
            raise Refused("plan-part-missing", "The step needs what the action says.")
        return self.said.terms

    @property
    def until(self) -> date:
        if self.said.until is None:
            raise Refused("plan-part-missing", "The step needs the new day.")
        return self.said.until

    @property
    def day(self) -> date:
        return self.said.day or self.author.on

    @property
    def review(self) -> work.NewReview:
        said = self.said
        return work.NewReview(said.kind, self.day, said.words, said.attendees, said.progress, said.about)


def _needed(number: int | None, what: str) -> int:
    if number is None:
        raise Refused("plan-part-missing", f"The step needs {what}.")
    return number


_TAKE: Final[Mapping[str, Callable[[_Taking], RecordedPlan]]] = {
    "propose": lambda one: commands.propose_plan(one.register, one.number, one.author, one.seen),
    "agree": lambda one: commands.agree_plan(one.register, one.number, one.author, one.seen),
    "discard": lambda one: commands.discard_plan(one.register, one.number, one.author, one.seen),
    "send back": lambda one: commands.send_back_plan(one.register, one.number, one.words, one.author, one.seen),
    "withdraw": lambda one: commands.withdraw_plan(one.register, one.number, one.words, one.author, one.seen),
    "extend": lambda one: commands.extend_plan(one.register, one.number, one.until, one.words, one.author, one.seen),
    "close": lambda one: commands.close_plan(one.register, one.number, one.words, one.author, one.seen),
    "add an action to": lambda one: work.add_action(
        one.register, one.number, one.strand, one.terms, one.author, one.seen
    ),
    "change an action of": lambda one: work.change_action(
        one.register, one.number, one.action, one.terms, one.author, one.seen
    ),
    "extend an action of": lambda one: work.extend_action(
        one.register, one.number, one.action, one.until, one.words, one.author, one.seen
    ),
    "finish an action of": lambda one: work.finish_action(
        one.register, one.number, one.action, one.day, one.words, one.author, one.seen
    ),
    "reopen an action of": lambda one: work.reopen_action(
        one.register, one.number, one.action, one.words, one.author, one.seen
    ),
    "drop an action of": lambda one: work.drop_action(
        one.register, one.number, one.action, one.words, one.author, one.seen
    ),
    "review": lambda one: work.hold_review(one.register, one.number, one.review, one.author, one.seen),
    "sign off a strand of": lambda one: work.sign_off_strand(
        one.register, one.number, one.strand, one.said.name, one.day, one.author, one.seen
    ),
    "reopen a strand of": lambda one: work.reopen_strand(
        one.register, one.number, one.strand, one.words, one.author, one.seen
    ),
}

PLAN_STEPS: Final = tuple(_TAKE)
"""The steps that can be taken of a plan once it is drafted, beside writing it anew."""


def take_plan_step(
    register: Register, number: int, step: str, said: PlanSaid, author: Author, seen: int | None = None
) -> RecordedPlan:
    """Take one of PLAN_STEPS.

    Raises:
        Refused: the step is not the author's or not now, or what it says does not fit or is left out.
        ChangedMeanwhile: it is not the version that was `seen`.
        NotOwn: the author does not read the plan.
    """
    return _TAKE[step](_Taking(register, number, said, author, seen))
