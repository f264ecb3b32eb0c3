"""Every event of an action plan, in a database."""

from datetime import date

from domain.improvement.plan_terms import ActionTerms, PlanTerms, Strand
from domain.improvement.written import OpenedFrom
from tests.web.conftest import CommandLine
from web.commands.improvement import action_plan_work as work
from web.commands.improvement import action_plans as commands
from web.commands.improvement.action_plan_work import NewReview
from web.commands.improvement.author import Author
from web.services import OPERATOR, Services
from web.settings import Settings

DAY, LATER, LAST = date(2017, 5, 1), date(2017, 6, 1), date(2017, 7, 1)


def planned(recount: CommandLine) -> None:
    """Plans that went back and forth: one signed off and closed, one withdrawn, one discarded."""
    services = Services(Settings.from_environment(recount.settings))
    register = services.register
    council, provider = (Author("tester", OPERATOR, party, DAY, LAST) for party in ("commissioner", "provider"))
    terms = PlanTerms(
        "service-improvement", "Completions", OpenedFrom("hand"), DAY, LATER, ("H0001",), strands=(Strand(1, "One"),)
    )
    action = ActionTerms("Audit 60 files", "team lead", LATER, "60 files")
    commands.draft_plan(register, terms, provider, [(1, action)])
    commands.edit_plan(register, 1, terms, provider)
    commands.propose_plan(register, 1, provider)
    commands.send_back_plan(register, 1, "Who?", council)
    commands.propose_plan(register, 1, provider)
    commands.agree_plan(register, 1, council)
    work.add_action(register, 1, 1, action, provider)
    work.change_action(register, 1, 2, ActionTerms("Audit 15 files", due=LATER), provider)
    work.extend_action(register, 1, 2, LAST, "Leave", council)
    work.finish_action(register, 1, 1, DAY, "", provider)
    work.reopen_action(register, 1, 1, "Not all", provider)
    work.drop_action(register, 1, 2, "Done elsewhere", provider)
    work.hold_review(register, 1, NewReview("phone", DAY, "On course."), council)
    work.finish_action(register, 1, 1, DAY, "", provider)
    work.sign_off_strand(register, 1, 1, "officer", DAY, council)
    work.reopen_strand(register, 1, 1, "It fell", council)
    work.sign_off_strand(register, 1, 1, "officer", DAY, council)
    commands.extend_plan(register, 1, LAST, "Concerns go on", council)
    commands.close_plan(register, 1, "", council)
    commands.draft_plan(register, terms, council)
    commands.propose_plan(register, 2, council)
    commands.withdraw_plan(register, 2, "Not needed", council)
    commands.draft_plan(register, terms, council)
    commands.discard_plan(register, 3, council)
    services.close()
