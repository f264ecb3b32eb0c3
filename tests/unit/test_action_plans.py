"""An action plan as its events tell it, and what an action lacks."""

from datetime import date
from typing import Any

from domain.improvement.action_plan import (
    PLAN_EVENTS,
    STEP_OF,
    ActionAdded,
    ActionDone,
    ActionExtended,
    PlanAgreed,
    PlanClosed,
    PlanDrafted,
    PlanEvent,
    PlanExtended,
    PlanProposed,
    PlanSentBack,
    ReviewHeld,
    StrandReopened,
    StrandSignedOff,
    plan_stream,
)
from domain.improvement.action_plan_fold import ActionPlan, ReviewDue, folded
from domain.improvement.plan_forms import FORMS
from domain.improvement.plan_terms import ActionTerms, Cadence, PlanTerms, Strand
from domain.improvement.written import OpenedFrom

APRIL, JULY, OCTOBER = date(2017, 4, 10), date(2017, 7, 10), date(2017, 10, 10)
TERMS = PlanTerms(
    "service-improvement",
    "Completions",
    OpenedFrom("figure"),
    APRIL,
    JULY,
    strands=(Strand(1, "Completions", kpis=("4.0",)), Strand(2, "TOP")),
    cadence=(Cadence("phone", 14, "days", date(2017, 4, 24)), Cadence("formal", 1, "months", date(2017, 5, 10))),
)


class Story:
    """Events of one plan, said one after the other."""

    def __init__(self) -> None:
        self.events: list[PlanEvent] = []

    def say(self, event: type[PlanEvent], on: date = APRIL, party: str = "provider", **more: Any) -> "Story":
        version = len(self.events) + 1
        common = {"occurred_on": on, "actor": "somebody", "role": party, "party": party, "number": 1}
        self.events.append(event(originator_id=plan_stream(1), originator_version=version, **common, **more))
        return self

    @property
    def plan(self) -> ActionPlan:
        return folded(self.events)


def running() -> Story:
    story = Story().say(PlanDrafted, terms=TERMS)
    story.say(ActionAdded, action=1, strand=1, terms=ActionTerms("Audit 60 files", "team lead", date(2017, 5, 1)))
    return story.say(PlanProposed).say(PlanAgreed, party="commissioner")


def test_a_plan_goes_back_and_forth_until_it_is_agreed() -> None:
    story = Story().say(PlanDrafted, terms=TERMS)
    assert (story.plan.state, story.plan.written_by) == ("draft", "provider")
    assert story.say(PlanProposed).plan.state == "proposed by the provider"
    assert story.say(PlanSentBack, party="commissioner", reason="Who?").plan.state == "sent back to the provider"
    assert story.say(PlanProposed).say(PlanAgreed, party="commissioner").plan.is_running


def test_an_action_that_is_extended_keeps_its_history_and_is_overdue_by_its_new_day() -> None:
    story = running()
    assert [one.number for one in story.plan.overdue(date(2017, 5, 2))] == [1]
    story.say(ActionExtended, action=1, before=date(2017, 5, 1), until=OCTOBER, reason="Leave", party="commissioner")
    action = story.plan.actions[1]
    assert (action.terms.due, action.extensions[0].before) == (OCTOBER, date(2017, 5, 1))
    assert not story.plan.overdue(OCTOBER)
    assert story.plan.overdue(date(2017, 10, 11))
    assert not story.say(ActionDone, action=1, day=OCTOBER).plan.open_actions


def test_a_review_is_due_an_interval_after_the_one_held_last() -> None:
    story = running()
    assert story.plan.reviews_due == [ReviewDue("phone", date(2017, 4, 24)), ReviewDue("formal", date(2017, 5, 10))]
    story.say(ReviewHeld, kind="phone", day=date(2017, 4, 25), words="On course.")
    assert story.plan.reviews_due == [ReviewDue("phone", date(2017, 5, 9)), ReviewDue("formal", date(2017, 5, 10))]


def test_strands_are_signed_off_one_by_one_and_the_plan_is_extended_meanwhile() -> None:
    story = running().say(StrandSignedOff, strand=2, name="Contracts officer", day=JULY, party="commissioner")
    assert [one.number for one in story.plan.unsigned] == [1]
    story.say(PlanExtended, before=JULY, until=OCTOBER, reason="Concerns go on", party="commissioner")
    assert (story.plan.last_day, story.plan.terms.last_day) == (OCTOBER, JULY)
    story.say(StrandReopened, strand=2, reason="It fell again", party="commissioner")
    assert len(story.plan.unsigned) == 2
    assert story.say(PlanClosed, party="commissioner").plan.is_finished
    assert not story.plan.reviews_due


def test_every_event_takes_a_step() -> None:
    assert set(PLAN_EVENTS) == set(STEP_OF)


def test_a_form_has_each_key_once() -> None:
    for form in FORMS:
        assert len(form.field_keys()) == len(form.fields)
        assert len(form.strand_keys()) == len(form.strand_fields)
