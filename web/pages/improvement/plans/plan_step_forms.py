"""The forms of the steps of a plan: what each asks for."""

from collections.abc import Mapping
from typing import ClassVar

from domain.improvement.plan_terms import ActionTerms
from web import parameters
from web.commands.improvement.plan_steps import PlanSaid
from web.pages.frame.forms import DateField, HiddenField, SeenForm, TextareaField, TextField

from .plan_fields import NOBODY, kpis_in


class PlanStepForm(SeenForm):
    """A step of a plan. `said` is what was entered, once the form is validated."""

    @property
    def said(self) -> PlanSaid:
        """Nothing but that it is taken."""
        return PlanSaid()


class ConfirmStepForm(PlanStepForm):
    """A step that needs no words."""


class StepReasonForm(PlanStepForm):
    """A step that needs a reason."""

    reason = TextareaField("Why", NOBODY, rows=3, needed="Say why.")

    @property
    def said(self) -> PlanSaid:
        """The reason."""
        return PlanSaid(words=self.reason.data)


class UntilForm(StepReasonForm):
    """A later day, and why."""

    field_of_code: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("plan-end-too-early", "plan-due-too-early", "plan-due-same"), "until"
    )

    until = DateField("New day", needed="Enter the new day.")

    @property
    def said(self) -> PlanSaid:
        """The new day and the reason."""
        return PlanSaid(words=self.reason.data, until=self.until.day)


class WordsForm(PlanStepForm):
    """A step with words, if one likes."""

    words = TextareaField("What came of it", f"You can leave it empty. {NOBODY}", rows=3)

    @property
    def said(self) -> PlanSaid:
        """The words."""
        return PlanSaid(words=self.words.data)


class FinishForm(WordsForm):
    """When an action was done, and what came of it."""

    field_of_code: ClassVar[Mapping[str, str]] = {"plan-day": "day"}

    day = DateField("Done on", needed="Enter the day on which it was done.")

    @property
    def said(self) -> PlanSaid:
        """The day and the words."""
        return PlanSaid(words=self.words.data, day=self.day.day)


class SignForm(PlanStepForm):
    """Who signs a strand off, on which day."""

    field_of_code: ClassVar[Mapping[str, str]] = {"plan-day": "day"}

    name = TextField("Signed off as completed by", "A role, or a name at work.", needed="Enter who signs it off.")
    day = DateField("Date", needed="Enter the day of the signature.")

    @property
    def said(self) -> PlanSaid:
        """The name and the day."""
        return PlanSaid(name=self.name.data, day=self.day.day)


class ActionForm(PlanStepForm):
    """An action: what, by whom, by when, what can be measured then."""

    field_of_code: ClassVar[Mapping[str, str]] = {
        "plan-kpi-unknown": "kpis",
        "plan-due-too-early": "due",
        "plan-due-by-extension": "text",
    }

    text = TextareaField("What is done", f"One thing, in a sentence. {NOBODY}", rows=3, needed="Say what is done.")
    owner = TextField("Who does it", "A role, or a name at work.")
    due = DateField("By what date")
    output = TextareaField(
        "What is there when it is done",
        "Something that can be held against: a number, “all”, a document. Like “all recovery plans are in date”.",
        rows=2,
    )
    kpis = TextField("Linked KPIs", "Their codes, like 4.0, 4.1. Left empty, those of the strand.")

    @property
    def terms(self) -> ActionTerms:
        """The action; the form was validated."""
        return ActionTerms(self.text.data, self.owner.data, self.due.day, self.output.data, kpis_in(self.kpis.data))

    @property
    def said(self) -> PlanSaid:
        """The action."""
        return PlanSaid(terms=self.terms)


class RunningActionForm(ActionForm):
    """An action of a plan that runs: its due day changes by an extension."""

    due = HiddenField()

    @property
    def terms(self) -> ActionTerms:
        """The action; the form was validated."""
        due = parameters.day_written(self.due.data)
        return ActionTerms(self.text.data, self.owner.data, due, self.output.data, kpis_in(self.kpis.data))
