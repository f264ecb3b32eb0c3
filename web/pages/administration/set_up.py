"""The set-up as a list of tasks: each has its page, and is done once what it makes is there."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from flask import url_for

from web import parameters
from web.auth.guard import principal, snapshot, viewer
from web.auth.roles import Right, Role
from web.clock import today
from web.pages.frame.agency_names import named
from web.pages.frame.layout import Page
from web.pages.frame.navigation import NeededWeekly, Place, PlaceGroup
from web.pages.frame.page import Pages
from web.presenters import text
from web.queries.administration import set_up as queries
from web.queries.administration.set_up import SetUpResult

TASKS: Final = "set_up.tasks"

blueprint = Pages(
    "set_up",
    __name__,
    Place(
        "Set-up",
        TASKS,
        Right.SET_UP,
        PlaceGroup.ADMINISTRATION,
        "What is still to be set up before figures can be shown.",
        NeededWeekly.UNTIL_FIRST_FILE,
    ),
)


@dataclass(frozen=True, slots=True)
class Task:
    """Something to set up. `hint` says what there is, or what it is for; `href` is empty for whoever may not do it."""

    title: str
    hint: str
    is_done: bool
    href: str

    @property
    def item(self) -> dict[str, object]:
        """The task as the design system's macro takes it."""
        done: dict[str, object] = {"text": "Completed"}
        to_do: dict[str, object] = {"tag": {"text": "To do", "classes": "govuk-tag--blue"}}
        not_yours: dict[str, object] = {
            "text": "Not for your account",
            "classes": "govuk-task-list__status--cannot-start-yet",
        }
        status = done if self.is_done else to_do if self.href else not_yours
        link = {"href": self.href} if self.href else {}
        return {"title": {"text": self.title}, "hint": {"text": self.hint}, "status": status, **link}


@blueprint.page("/set-up", Right.SET_UP)
def tasks(_given: parameters.Given) -> Page:
    """Every task, in the order in which it is best done."""
    result = queries.set_up(snapshot(), viewer(Right.SET_UP), today())
    groups = [
        ("People", list(_people(result))),
        ("Services", list(_services(result))),
        ("Figures", list(_figures(result))),
    ]
    every = [task for _, group in groups for task in group]
    done = sum(task.is_done for task in every)
    return Page(
        "set-up.html",
        "Set up Recount",
        groups=[(heading, [task.item for task in group]) for heading, group in groups],
        done=done,
        count=len(every),
        has_file=result.has_file,
        is_first=bool(principal().beside),
        may_see_figures=principal().reach(Right.FIGURES) is not None,
        may_write_contract=principal().reach(Right.KNOWLEDGE) is not None and not (result.contracts or result.targets),
    )


def _people(result: SetUpResult) -> Iterator[Task]:
    yield _of_role(
        Role.ADMINISTRATOR,
        "An administrator’s account",
        result.administrators,
        "An administrator makes accounts, and sees no figures.",
    )
    yield _of_role(
        Role.COMMISSIONER,
        "A commissioner’s account",
        result.commissioners,
        "A commissioner sees all figures, and single people for a reason.",
    )
    without = f"No account yet: {', '.join(map(named, result.without_account))}." if result.without_account else ""
    yield _of_role(
        Role.PROVIDER,
        "The providers’ accounts",
        0 if without else result.providers,
        without or "A provider sends its files, and sees its own people.",
    )


def _of_role(role: Role, title: str, count: int, hint: str) -> Task:
    may = principal().reach(Right.ACCOUNTS) is not None
    making = url_for("accounts_pages.new", role=str(role))
    listed = url_for("accounts_pages.accounts_listed")
    present = f"{text.plural(count, 'account')}." if count else hint
    return Task(title, present, count > 0, (listed if count else making) if may else "")


def _services(result: SetUpResult) -> Iterator[Task]:
    may = principal().reach
    making = url_for("contracts_pages.new") if may(Right.KNOWLEDGE) else ""
    listed = url_for("contracts_pages.contracts") if may(Right.CONTRACTS) else ""
    contracts = f"{text.plural(result.contracts, 'contract')}." if result.contracts else ""
    yield Task(
        "The agencies’ contracts",
        contracts or "From when to when each agency works for you: it is expected to send a file for each month of it.",
        result.contracts > 0,
        listed if result.contracts else making,
    )
    named_count = len(result.agencies) - len(result.unnamed)
    all_named = named_count > 0 and not result.unnamed
    missing = f"No name yet: {', '.join(result.unnamed)}." if result.unnamed else ""
    count = text.plural(named_count, "agency has a name.", "agencies have names.")
    hint = count if all_named else missing or "What the pages call each agency, beside its code."
    yield Task("The agencies’ names", hint, all_named, url_for("agencies_pages.agencies"))


def _figures(result: SetUpResult) -> Iterator[Task]:
    may = principal().reach
    listed = url_for("targets_pages.targets") if may(Right.FIGURES) else url_for("targets_pages.new")
    yield Task(
        "Targets",
        f"{text.plural(result.targets, 'target')}."
        if result.targets
        else "What each KPI is to reach, from when to when.",
        result.targets > 0,
        (listed if result.targets else url_for("targets_pages.new")) if may(Right.KNOWLEDGE) else "",
    )
    yield Task(
        "The first monthly file",
        "Received. The figures are on the scorecard."
        if result.has_file
        else "You see what a file would change before anything is stored.",
        result.has_file,
        url_for("submissions_pages.new") if may(Right.SUBMIT) and not result.has_file else "",
    )
