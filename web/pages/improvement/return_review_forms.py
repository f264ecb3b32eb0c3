"""What is typed in about a return: its review, and why one is taken back."""

from typing import Any, ClassVar

from wtforms.validators import StopValidation

from domain.improvement.return_reviews import FINDINGS
from web.auth import guard
from web.auth.roles import Right
from web.commands.improvement.return_reviews import ReviewSaid
from web.pages.frame.forms import (
    CheckboxesField,
    SeenForm,
    SelectField,
    TextareaField,
    TextField,
    whole_number,
)
from web.queries.improvement import action_plans
from web.queries.improvement.results.review_results import ReturnReviewResult


class ReturnReviewForm(SeenForm):
    """What a review says."""

    field_of_code: ClassVar = {
        "return-no-finding": "findings",
        "return-finding-unknown": "findings",
        "return-action-unknown": "action",
    }

    findings = CheckboxesField("What did you find?", "Choose all that apply.", choices=FINDINGS)
    lesson = TextareaField(
        "What is learnt from it?",
        "It stays on record for good, and both sides read it: name nobody, and no reference.",
        rows=5,
        needed="Write what is learnt from it, in a sentence or two.",
    )
    action = SelectField("What is done about it?", "An open action of an action plan.", choices={"": "No action yet"})

    def validate_findings(self, field: CheckboxesField) -> None:
        """At least one."""
        if not field.data:
            raise StopValidation("Choose what was found. If nothing could be found, that is on the list too.")

    @property
    def said(self) -> ReviewSaid:
        """What was written."""
        plan, _, action = self.action.data.partition("-")
        return ReviewSaid(
            tuple(self.findings.data), self.lesson.data, whole_number(plan) or 0, whole_number(action) or 0
        )


class ReturnWithdrawForm(SeenForm):
    """Why a review is taken back."""

    reason = TextField("Why it is withdrawn", "Like: written of the wrong return. Name nobody.", needed="Say why.")


def form_of(result: ReturnReviewResult | None = None) -> ReturnReviewForm:
    """The form, filled with what was written; or as it was sent, where there is no result."""
    data: dict[str, Any] = {}
    if result and result.review.lesson:
        its = result.review
        linked = _key(its.plan, its.action) if its.plan and its.action else ""
        data = {"findings": list(its.findings), "lesson": its.lesson, "action": linked, "seen": str(its.version)}
    form = ReturnReviewForm(None, data=data) if result else ReturnReviewForm()
    plans = action_plans.visible(guard.snapshot(), guard.viewer_of_party(Right.AGREED))
    form.action.choices = {"": "No action yet"} | {
        _key(its.plan.number, action.number): f"Plan {its.plan.number}, action {action.number}: {action.terms.text}"[
            :110
        ]
        for its in plans
        for action in its.plan.actions.values()
        if (action.is_open and not its.plan.is_finished) or _key(its.plan.number, action.number) == form.action.data
    }
    return form


def _key(plan: int, action: int) -> str:
    return f"{plan}-{action}"
