"""Action plans of the demonstration: Wirral's of July 2014 and Herefordshire's of 2017, in the papers' own words.

What they say lies in two files beside this one. The papers do not give every day: that Herefordshire's plan was agreed
on the day on which it began, that its reviews were held when they were due, and that the strand on TOPs was signed off
on the day of the extension, by the role of the council's officer, is chosen. Its words are those of the reviewed plan.
"""

import tomllib
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

from domain.contract_life.transitions import COMMISSIONER, PROVIDER
from domain.improvement.plan_terms import ActionTerms, Cadence, PlanTerms, Strand
from domain.improvement.written import OpenedFrom, WrittenAbout
from domain.log.database import reading
from domain.register import Register
from projections.improvement.action_plans import ActionPlans
from web.auth.viewer import EVERYTHING
from web.commands.improvement import action_plan_work as work
from web.commands.improvement import action_plans as commands
from web.commands.improvement.author import Author
from web.demo.agreement.hub_targets import SEEN
from web.demo.timetable import AGENCIES
from web.queries.improvement.action_plans import AboutQuery, figures_about
from web.services import OPERATOR, Services

FOLDER: Final = Path(__file__).parent
WIRRAL, HEREFORDSHIRE = 1, 2
"""The numbers of the two plans."""
EXTENDED_ON, UNTIL = date(2017, 7, 11), date(2017, 10, 10)
EXTENDED_WHY: Final = "whilst performance concerns are ongoing"
PHONE: Final = Cadence("phone", 14, "days", date(2017, 4, 24))
FORMAL: Final = Cadence("formal", 1, "months", date(2017, 5, 11))
OFFICER: Final = "Contracts officer, Herefordshire Council"
"""The role of the one who signs; the paper names nobody."""
_TOP: Final = 3
"""The strand that is signed off."""
_TOP_ACTION: Final = ActionTerms(
    "Improve TOP completion at start, first review and exit.",
    OFFICER,
    date(2017, 7, 10),
    "80% for start, 1st review and Exit points.",
    ("T.start", "T.review", "T.exit"),
)


class _Step(NamedTuple):
    on: date
    take: Callable[[Register, Author], object]
    party: str = COMMISSIONER


def write_plans(services: Services, today: date) -> None:
    """Say what is not said yet: a loading that was cut short goes on."""
    for number, name in ((WIRRAL, "wirral"), (HEREFORDSHIRE, "herefordshire")):
        with reading(services.engine) as connection:
            known = ActionPlans.load(connection, services.register.mapper).plan(number)
        version = known.plan.version if known else 0
        said = _read(name)
        first_day, actions = said["first_day"], list(_actions(said, number))
        if not version:
            terms = _terms(said, number, _figures(services) if number == HEREFORDSHIRE else ())
            author = Author(services.actor, OPERATOR, COMMISSIONER, first_day, today)
            commands.draft_plan(services.register, terms, author, actions)
        # The draft is one event, and each of its actions another; every step after it is one.
        for place, step in enumerate(_steps(number, first_day, len(actions)), 2 + len(actions)):
            if place > version:
                step.take(services.register, Author(services.actor, OPERATOR, step.party, step.on, today))


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def _figures(services: Services) -> tuple[WrittenAbout, ...]:
    """The figures that the plan is about, of the newest month end that all files covered when it began."""
    codes = ("4.0", "4.1", "4.2", "4.3", "5.0", "5.1", "5.2", "5.3")
    first_day = _read("herefordshire")["first_day"]
    with services.snapshot() as snapshot:
        return figures_about(snapshot, EVERYTHING, [AboutQuery(code, SEEN, first_day) for code in codes])


def _terms(said: dict[str, Any], number: int, about: tuple[WrittenAbout, ...]) -> PlanTerms:
    return PlanTerms(
        form=said["form"],
        title=said["title"],
        origin=OpenedFrom("hand"),
        first_day=said["first_day"],
        last_day=said.get("last_day"),
        agencies=tuple(AGENCIES) if number == HEREFORDSHIRE else (),
        about=about,
        values=said["values"],
        strands=tuple(
            Strand(place, one["title"], one["values"], tuple(one["kpis"]))
            for place, one in enumerate(said["strands"], 1)
        ),
        cadence=(PHONE, FORMAL) if number == HEREFORDSHIRE else (),
    )


def _actions(said: dict[str, Any], number: int) -> Iterator[tuple[int, ActionTerms]]:
    for place, one in enumerate(said["strands"], 1):
        owner = one["values"].get("by_whom", "")
        for action in one.get("actions", ()):
            yield place, ActionTerms(action, owner, said.get("last_day"))
    if number == HEREFORDSHIRE:
        yield _TOP, _TOP_ACTION


def _steps(number: int, first_day: date, actions: int) -> list[_Step]:
    agreed_by = PROVIDER if number == HEREFORDSHIRE else COMMISSIONER
    steps = [
        _Step(first_day, lambda register, author: commands.propose_plan(register, number, author)),
        _Step(first_day, lambda register, author: commands.agree_plan(register, number, author), agreed_by),
    ]
    if number == WIRRAL:
        return steps
    return [*steps, *sorted((*_reviews(), *_top_signed_off(actions), *_extended(actions)), key=lambda one: one.on)]


def _reviews() -> Iterator[_Step]:
    days = [(PHONE, PHONE.first_day + timedelta(14 * number)) for number in range(6)]
    days += [(FORMAL, date(2017, 5, 11)), (FORMAL, date(2017, 6, 12)), (FORMAL, EXTENDED_ON)]
    for cadence, day in days:
        yield _Step(day, _reviewing(cadence.kind, day))


def _reviewing(kind: str, day: date) -> Callable[[Register, Author], object]:
    words = "Held as the plan has it; the paper does not say what was said."
    review = work.NewReview(kind, day, words, (OFFICER, "Service manager"))
    return lambda register, author: work.hold_review(register, HEREFORDSHIRE, review, author)


def _top_signed_off(actions: int) -> Iterator[_Step]:
    words = "Now satisfactory."
    yield _Step(
        EXTENDED_ON,
        lambda register, author: work.finish_action(register, HEREFORDSHIRE, actions, EXTENDED_ON, words, author),
    )
    yield _Step(
        EXTENDED_ON,
        lambda register, author: work.sign_off_strand(register, HEREFORDSHIRE, _TOP, OFFICER, EXTENDED_ON, author),
    )


def _extended(actions: int) -> Iterator[_Step]:
    yield _Step(
        EXTENDED_ON,
        lambda register, author: commands.extend_plan(register, HEREFORDSHIRE, UNTIL, EXTENDED_WHY, author),
    )
    for action in range(1, actions):
        yield _Step(EXTENDED_ON, _extending(action))


def _extending(action: int) -> Callable[[Register, Author], object]:
    return lambda register, author: work.extend_action(register, HEREFORDSHIRE, action, UNTIL, EXTENDED_WHY, author)
