"""Each reason why something is not said of an action plan, reached once by a command; nothing is stored then."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from domain.contract_life.entered import ENTERED_EVENTS
from domain.errors import Refused
from domain.improvement.action_plan import PLAN_EVENTS
from domain.improvement.plan_terms import ActionTerms, Cadence, PlanTerms, Strand
from domain.improvement.written import OpenedFrom
from domain.log.database import reading
from domain.register import Register
from projections.improvement.action_plans import ActionPlans
from tests.conftest import Clock
from web.commands.improvement import action_plan_work as work
from web.commands.improvement.action_plans import draft_plan, edit_plan
from web.commands.improvement.author import Author
from web.commands.improvement.plan_steps import PART_MISSING, PlanSaid, take_plan_step

EARLY = date(2017, 1, 1)
APRIL, JUNE, JULY, TODAY = date(2017, 4, 10), date(2017, 6, 6), date(2017, 7, 10), date(2017, 8, 1)
FORM: dict[str, Any] = {"form": "service-improvement", "title": "Completions", "origin": OpenedFrom("hand")}
STRANDS = (Strand(1, "Completions"), Strand(2, "Returns"))
AUDIT = ActionTerms("Audit 60 files", due=JUNE)
CODES = work.REFUSALS | PART_MISSING


@pytest.fixture
def database_url(tmp_path: Any) -> str:
    """What is refused does not depend on the database."""
    return f"sqlite:///{tmp_path / 'recount.db'}"


def author(party: str = "commissioner", on: date = TODAY, own: frozenset[str] | None = None) -> Author:
    return Author("somebody", party, party, on, TODAY, own)


PROVIDER = author("provider", own=frozenset({"H0001"}))


def terms(**given: Any) -> PlanTerms:
    said = FORM | {"first_day": APRIL, "last_day": JULY, "agencies": ("H0001",), "strands": STRANDS} | given
    return PlanTerms(**said)


class Plan:
    """Plan 1, and what is said of it."""

    def __init__(self, register: Register) -> None:
        self.register = register

    def draft(self, who: Author | None = None, **given: Any) -> None:
        draft_plan(self.register, terms(**given), who or author(), [(1, AUDIT)])

    def edit(self, **given: Any) -> None:
        edit_plan(self.register, 1, terms(**given), author())

    def take(self, step: str, who: Author | None = None, number: int = 1, seen: int | None = None, **said: Any) -> None:
        take_plan_step(self.register, number, step, PlanSaid(**said), who or author(), seen)

    def agreed(self) -> None:
        self.draft()
        self.take("propose")
        self.take("agree", PROVIDER)

    def done(self) -> None:
        self.agreed()
        self.take("finish an action of", action=1)

    def signed(self) -> None:
        self.done()
        self.take("sign off a strand of", strand=1, name="Officer")

    def full(self) -> None:
        draft_plan(self.register, terms(), author(), [(1, AUDIT)] * work.MOST_ACTIONS)

    def nothing(self) -> None:
        """No plan."""


Said = Callable[[Plan], None]
Before = Callable[[Plan], None]


def drafting(**given: Any) -> Said:
    return lambda plan: plan.draft(**given)


def taking(step: str, **given: Any) -> Said:
    return lambda plan: plan.take(step, **given)


def reviews(first: date = APRIL + timedelta(14), every: int = 14) -> Cadence:
    return Cadence("phone", every, "days", first)


REFUSED: list[tuple[str, Before, Said]] = [
    ("text-missing", Plan.nothing, drafting(title=" ")),
    ("text-too-long", Plan.nothing, drafting(title="x" * 301)),
    ("text-unreadable", Plan.nothing, drafting(title="\x07")),
    ("said-in-future", Plan.nothing, drafting(who=author(on=TODAY + timedelta(1)))),
    ("said-too-early", Plan.nothing, drafting(who=author(on=date(1917, 4, 10)))),
    ("said-out-of-order", Plan.draft, taking("propose", who=author(on=JUNE))),
    ("step-not-yours", Plan.agreed, taking("sign off a strand of", who=PROVIDER, strand=1, name="Manager")),
    ("step-not-now", Plan.agreed, taking("propose")),
    ("changed-meanwhile", Plan.draft, taking("propose", seen=1)),
    ("plan-unknown", Plan.nothing, taking("propose")),
    ("plan-form-unknown", Plan.nothing, drafting(form="letter")),
    ("plan-field-unknown", Plan.nothing, drafting(values={"colour": "red"})),
    ("plan-choice-unknown", Plan.nothing, drafting(strands=(Strand(1, "One", {"priority": "Urgent"}),))),
    ("plan-no-strand", Plan.nothing, drafting(strands=())),
    ("plan-no-strand", Plan.nothing, drafting(form="performance")),
    ("plan-strand-unknown", Plan.draft, taking("add an action to", strand=3, terms=AUDIT)),
    ("plan-too-many", Plan.nothing, drafting(strands=tuple(Strand(number, "One") for number in range(1, 22)))),
    ("plan-too-many", Plan.nothing, drafting(strands=(Strand(1, "One"), Strand(1, "Two")))),
    ("plan-too-many", Plan.full, taking("add an action to", strand=1, terms=AUDIT)),
    ("plan-too-many", Plan.agreed, taking("review", kind="phone", words="Held.", attendees=("Lead",) * 41)),
    ("plan-kpi-unknown", Plan.nothing, drafting(strands=(Strand(1, "One", kpis=("9.9",)),))),
    ("plan-whose", Plan.nothing, drafting(who=PROVIDER, agencies=())),
    ("plan-days", Plan.nothing, drafting(last_day=APRIL - timedelta(1))),
    ("plan-cadence", Plan.nothing, drafting(cadence=(reviews(every=367),))),
    ("plan-cadence", Plan.nothing, drafting(cadence=(reviews(first=APRIL - timedelta(1)),))),
    ("plan-cadence", Plan.nothing, drafting(cadence=(reviews(), reviews()))),
    ("plan-due-too-early", Plan.draft, taking("add an action to", strand=1, terms=ActionTerms("Act", due=EARLY))),
    ("plan-due-too-early", Plan.agreed, taking("extend an action of", action=1, until=EARLY, words="Why")),
    ("plan-strand-in-use", Plan.draft, lambda plan: plan.edit(strands=STRANDS[1:])),
    ("plan-end-too-early", Plan.agreed, taking("extend", until=JULY, words="Why")),
    ("plan-not-signed-off", Plan.agreed, taking("close")),
    ("plan-action-unknown", Plan.agreed, taking("drop an action of", action=2, words="Why")),
    ("plan-action-not-open", Plan.done, taking("drop an action of", action=1, words="Why")),
    ("plan-action-open", Plan.agreed, taking("reopen an action of", action=1, words="Why")),
    ("plan-strand-signed-off", Plan.signed, taking("add an action to", strand=1, terms=AUDIT)),
    ("plan-strand-signed-off", Plan.signed, taking("reopen an action of", action=1, words="Why")),
    ("plan-strand-not-signed-off", Plan.agreed, taking("reopen a strand of", strand=1, words="Why")),
    ("plan-actions-open", Plan.agreed, taking("sign off a strand of", strand=1, name="Officer")),
    ("plan-due-by-extension", Plan.agreed, taking("change an action of", action=1, terms=ActionTerms("Audit"))),
    ("plan-due-same", Plan.agreed, taking("extend an action of", action=1, until=JUNE, words="Why")),
    ("plan-day", Plan.agreed, taking("finish an action of", action=1, day=TODAY + timedelta(1))),
    ("plan-day", Plan.agreed, taking("review", kind="phone", day=APRIL - timedelta(1), words="Held.")),
    ("plan-part-missing", Plan.agreed, taking("extend", words="Why")),
    ("plan-part-missing", Plan.agreed, taking("finish an action of")),
    ("plan-part-missing", Plan.draft, taking("add an action to", strand=1)),
]  # fmt: skip


def test_every_code_is_reached() -> None:
    assert {code for code, _before, _said in REFUSED} == CODES.keys()


@pytest.mark.parametrize(("code", "before", "said"), REFUSED, ids=[code for code, _before, _said in REFUSED])
def test_what_does_not_fit_is_refused_and_nothing_is_stored(
    engine: sa.Engine, clock: Clock, code: str, before: Before, said: Said
) -> None:
    register = Register(engine, (*PLAN_EVENTS, *ENTERED_EVENTS), (), clock)
    plan = Plan(register)
    before(plan)
    known = _known(engine, register)
    with pytest.raises(Refused) as refused:
        said(plan)
    assert refused.value.code == code, refused.value.message
    assert refused.value.message.endswith(".")
    assert _known(engine, register) == known


def test_whoever_writes_a_providers_plan_anew_takes_it_from_none_of_its_agencies(
    engine: sa.Engine, clock: Clock
) -> None:
    register = Register(engine, (*PLAN_EVENTS, *ENTERED_EVENTS), (), clock)
    Plan(register).draft(author("provider", own=frozenset({"H0001", "H0002"})), agencies=("H0001", "H0002"))
    edit_plan(register, 1, terms(agencies=("H0001",)), PROVIDER)
    assert _known(engine, register)[1].terms.agencies == ("H0001", "H0002")


def _known(engine: sa.Engine, register: Register) -> dict[int, Any]:
    with reading(engine) as connection:
        plans = ActionPlans.load(connection, register.mapper).plans
    return {number: one.plan for number, one in plans.items()}
