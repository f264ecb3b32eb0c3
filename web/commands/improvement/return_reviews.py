"""Reviews of returns: written, corrected and withdrawn; and the rule by when they are due."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from domain.contract_life.transitions import NONE, RETURN_REVIEW, RETURN_RULE, check_version, next_state
from domain.errors import Refused
from domain.improvement.action_plan_fold import ActionPlan
from domain.improvement.reach import is_within_reach
from domain.improvement.return_reviews import (
    ReturnReview,
    ReturnReviewCorrected,
    ReturnReviewed,
    ReturnReviewWithdrawn,
    ReturnRule,
    ReturnRuleSet,
    checked_findings,
    checked_rule,
    review_stream,
    rule_stream,
)
from domain.improvement.written import WRITING_REFUSALS, ImprovementEvent, written_line, written_text
from domain.register import Recording, Register
from projections.explain.provenance import clients_of_streams
from projections.improvement.action_plans import ActionPlans
from projections.improvement.return_reviews import ClientReturn, ReturnReviews, returns_known
from projections.store import generations
from projections.store.submissions import Submissions
from web.auth.viewer import NotOwn
from web.commands.commit import next_number

from .author import Author, check_day

REVIEW_REFUSALS: Final = WRITING_REFUSALS | {
    "return-unknown": "No such return is known.",
    "return-not-due": "The return is known no more, or no rule asks for a review of it.",
    "return-reviewed": "The return was reviewed before.",
    "return-no-finding": "No finding was chosen.",
    "return-finding-unknown": "A finding is not on the list.",
    "return-review-unknown": "There is no such review.",
    "return-action-unknown": "There is no such action of a plan that this side reads.",
    "return-rule": "The rule’s days or months cannot be.",
}
"""Why something about a review of a return is refused, by code; nothing is stored then."""


@dataclass(frozen=True, slots=True)
class ReviewSaid:
    """What a review says; `plan` and `action` are 0 where no action of a plan is linked."""

    findings: tuple[str, ...]
    lesson: str
    plan: int = 0
    action: int = 0


def write_review(register: Register, episode: UUID, said: ReviewSaid, author: Author) -> ReturnReview:
    """Write the review of the return after a completed episode.

    Raises:
        Refused: no such return is known, it was reviewed before, or what is said cannot be.
        NotOwn: the client left another provider.
    """
    with register.recording() as recording:
        next_state(RETURN_REVIEW, "write", NONE, author.party)
        one = _return(recording, register, episode, author)
        if not one.stands:
            raise Refused("return-not-due", "A correction has taken this return away, so no review of it is due.")
        reviews = ReturnReviews.load(recording.connection, register.mapper)
        if before := reviews.standing(episode):
            raise Refused("return-reviewed", f"It was reviewed on {before.first.occurred_on}. Correct that review.")
        check_day(author, None)
        if author.on < one.returned_on:
            raise Refused("said-out-of-order", "A review cannot be written before the client came back.")
        text = _text(recording, register, said, author)
        number = next_number(recording, ReturnReviewed)
        event = ReturnReviewed(
            **author.fields(review_stream(number), 1, number), **text, episode=episode, agency=one.agency
        )
        recording.append([event])
        return ReturnReview.folded([event])


def _return(recording: Recording, register: Register, episode: UUID, author: Author) -> ClientReturn:
    connection = recording.connection
    generation = generations.live(connection)
    standpoint = Submissions.load(connection, generation).standpoint(author.today)
    clients = clients_of_streams(connection, generation, [episode])
    one = returns_known(connection, register.mapper, generation, standpoint, clients).get(episode)
    if one is None:
        raise Refused("return-unknown", "No return after this completion is known. Look at the list of returns.")
    _check_own(author, one.agency)
    return one


def _check_own(author: Author, agency: str) -> None:
    if author.own is not None and agency not in author.own:
        raise NotOwn(f"return of {agency}")


def _text(recording: Recording, register: Register, said: ReviewSaid, author: Author) -> dict[str, Any]:
    """What a review says, checked."""
    if said.plan or said.action:
        plan = ActionPlans.load(recording.connection, register.mapper).plan(said.plan)
        if plan is None or said.action not in plan.plan.actions or not _reads(author, plan.plan):
            raise Refused("return-action-unknown", f"There is no action {said.action} of an action plan {said.plan}.")
    return {
        "findings": checked_findings(said.findings),
        "lesson": written_text(said.lesson, "lesson"),
        "plan": said.plan,
        "action": said.action,
    }


def _reads(author: Author, plan: ActionPlan) -> bool:
    return is_within_reach("action plan", plan.state, plan.written_by, plan.terms.agencies, author.own)


def correct_review(
    register: Register, number: int, said: ReviewSaid, author: Author, seen: int | None = None
) -> ReturnReview:
    """Let a review say something else. `seen` is the version that was read.

    Raises:
        Refused: there is no such review, it was withdrawn or changed meanwhile, or what is said cannot be.
        NotOwn: it is another provider's.
    """
    with register.recording() as recording:
        one = _open(recording, register, number, "correct", author, seen)
        text = _text(recording, register, said, author)
        event = ReturnReviewCorrected(**author.fields(review_stream(number), one.version + 1, number), **text)
        return _with(recording, one, event)


def withdraw_review(
    register: Register, number: int, reason: str, author: Author, seen: int | None = None
) -> ReturnReview:
    """Take back a review that was written of the wrong return; raises as `correct_review`."""
    with register.recording() as recording:
        one = _open(recording, register, number, "withdraw", author, seen)
        event = ReturnReviewWithdrawn(
            **author.fields(review_stream(number), one.version + 1, number), reason=written_line(reason, "reason")
        )
        return _with(recording, one, event)


def _open(
    recording: Recording, register: Register, number: int, step: str, author: Author, seen: int | None
) -> ReturnReview:
    one = ReturnReviews.load(recording.connection, register.mapper).reviews.get(number)
    if one is None:
        raise Refused("return-review-unknown", f"There is no review {number} of a return.")
    _check_own(author, one.first.agency)
    check_version("review", seen, one.version)
    next_state(RETURN_REVIEW, step, one.state, author.party)
    check_day(author, one.newest_day)
    return one


def _with(recording: Recording, one: ReturnReview, event: ImprovementEvent) -> ReturnReview:
    recording.append([event])
    return ReturnReview.folded([*one.events, event])


def set_rule(register: Register, agency: str, rule: ReturnRule, author: Author) -> ReturnRuleSet:
    """Say by when reviews of an agency's returns are due.

    Raises:
        Refused: the rule cannot be, the day has not come, or this side cannot set it.
    """
    next_state(RETURN_RULE, "set", NONE, author.party)
    check_day(author, None)
    checked_rule(rule)
    with register.recording() as recording:
        number = next_number(recording, ReturnRuleSet)
        event = ReturnRuleSet(**author.fields(rule_stream(number), 1, number), agency=agency, rule=rule)
        recording.append([event])
        return event
