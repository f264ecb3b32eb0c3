"""Meetings of the demonstration: Herefordshire's of 2017 about the service improvement plan.

The paper says that the plan was reviewed by phone each fortnight and formally each month, that there is formal contract
monitoring each quarter, and that the council's contracts officer and its Director of Public Health met with the
provider's chief executive, who reassured them. On which days, what was said beyond that, and the actions, is chosen;
the calls and the reviews are those of the plan. The last review is still to be held: it finds what is open before it.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

from domain.contract_life.transitions import COMMISSIONER, PROVIDER
from domain.improvement.meetings.meetings import DONE, PLAN, MeetingItem
from domain.log.database import reading
from domain.register import Register
from projections.improvement.meetings.meetings import meetings
from web.commands.improvement.author import Author
from web.commands.improvement.meetings import meetings as commands
from web.commands.improvement.meetings.meetings import NewMeeting, NewMinutes
from web.demo.improvement.action_plans import FORMAL, HEREFORDSHIRE, PHONE
from web.demo.timetable import AGENCIES
from web.services import OPERATOR, Services

CALLS: Final = 6
_COUNCIL, _SERVICE = "Contracts officer", "Service manager"
_BOTH: Final = f"{_COUNCIL}, {_SERVICE.lower()}"
_IN_A_WEEK: Final = timedelta(7)
_ITEMS: Final = (MeetingItem(PLAN, HEREFORDSHIRE),)


class _Action(NamedTuple):
    """`done_on` is the day on which it was done; None while it is open."""

    text: str
    owner: str
    due: date
    done_on: date | None = None
    words: str = ""


class _Held(NamedTuple):
    """A meeting; without minutes it is still to be held. `board`: the board's frozen scorecard was tabled."""

    kind: str
    day: date
    agenda: str
    attendees: str = _BOTH
    minutes: str = ""
    decisions: str = ""
    next_day: date | None = None
    actions: tuple[_Action, ...] = ()
    board: bool = False


def _calls() -> Iterator[_Held]:
    """The calls of the plan's first three months, a fortnight apart."""
    days = [PHONE.first_day + timedelta(14 * number) for number in range(CALLS)]
    for day, after in zip(days, [*days[1:], None], strict=True):
        said = "We went through the four strands. Nothing was to be decided before the next formal review."
        yield _Held("plan-call", day, "The four strands of the plan", minutes=said, next_day=after)


REVIEWS: Final = (
    _Held(
        "plan-review",
        FORMAL.first_day,
        "Completions by hub\nTOPs at start, review and exit",
        minutes="Completions are above those of March. TOPs at exit are often missing.",
        decisions="Targets by month and hub are displayed for the teams",
        next_day=date(2017, 6, 12),
        actions=(
            _Action(
                "Display the targets by month in each hub",
                _SERVICE,
                date(2017, 5, 31),
                date(2017, 6, 12),
                "Displayed in all three",
            ),
        ),
    ),
    _Held(
        "plan-review",
        date(2017, 6, 12),
        "The audit of 60 files in Hereford on 6 June",
        minutes="Most of the files had paperwork that was missing or out of date. Staff were told different things "
        "about what is kept on paper and what is kept electronically.",
        decisions="The service tells all staff in writing where each paper is kept\nLeominster is audited in July",
        next_day=date(2017, 7, 11),
        actions=(
            _Action(
                "Tell all staff which papers are kept electronically and which on paper",
                _SERVICE,
                date(2017, 6, 30),
                date(2017, 8, 14),
                "Said to all staff; the audit of 16 August looks at it",
            ),
            _Action("Audit files in Leominster", _COUNCIL, date(2017, 7, 14), date(2017, 7, 13), "15 files"),
        ),
    ),
    _Held(
        "plan-review",
        date(2017, 7, 11),
        "Whether the plan ends\nTOPs",
        minutes="TOPs are now satisfactory. Completions rise, but are not on course for December.",
        decisions="The strand on TOPs is signed off\nThe plan goes on until 10 October",
        next_day=date(2017, 8, 14),
    ),
    _Held(
        "escalation",
        date(2017, 7, 25),
        "Performance of the service, and the concerns about it",
        attendees="Contracts officer, Director of Public Health, the provider's chief executive",
        minutes="The concerns were put to the chief executive, who reassured the council: the provider is committed to "
        "the development of its staff and to the improvement of the service.",
    ),
    _Held(
        "plan-review",
        date(2017, 8, 14),
        "Completions of July\nGroups in all three hubs\nPeople who are in treatment for six years and more",
        minutes="Opiate completions rise for the third month. The fall of alcohol and non-opiate together concerns the "
        "council, though few people are behind it.",
        decisions="The council and the service look at those in treatment for six years and more together",
        next_day=date(2017, 9, 11),
        actions=(
            _Action("Begin the added groups in all three hubs", _SERVICE, date(2017, 9, 29)),
            _Action(
                "Divide the people in treatment for six years and more into groups by what they need",
                _COUNCIL,
                date(2017, 9, 8),
            ),
        ),
    ),
    _Held(
        "plan-review",
        date(2017, 9, 11),
        "What came of the actions\nWhether the plan ends on 10 October",
        board=True,
    ),
)


class _Step(NamedTuple):
    on: date
    take: Callable[[Register, Author], object]
    party: str = COMMISSIONER


def write_meetings(services: Services, today: date, scorecard: int) -> None:
    """Say what is not said yet: a loading that was cut short goes on. `scorecard` is the number of the board's."""
    with reading(services.engine) as connection:
        known = {one.number: one.version for one in meetings(connection, services.register.mapper)}
    for number, held in enumerate((*_calls(), *REVIEWS), 1):
        for place, step in enumerate(_steps(number, held, scorecard), 1):
            if place > known.get(number, 0):
                author = Author(services.actor, OPERATOR, step.party, step.on, today)
                step.take(services.register, author)


def _steps(number: int, held: _Held, scorecard: int) -> Iterator[_Step]:
    """Each is one event; the days never go back."""
    tabled = scorecard if held.board else None
    terms = NewMeeting(held.day, held.kind, tuple(AGENCIES), held.attendees, tabled, held.agenda, _ITEMS)
    yield _Step(held.day - _IN_A_WEEK, lambda register, author: commands.plan_meeting(register, terms, author))
    if not held.minutes:
        return
    said = NewMinutes(held.attendees, held.minutes, held.decisions, held.next_day)
    yield _Step(held.day, lambda register, author: commands.write_minutes(register, number, said, author))
    for action in held.actions:
        yield _Step(held.day, _adding(number, action))
    yield _Step(held.day, lambda register, author: commands.agree_minutes(register, number, author), PROVIDER)
    done = [(action.done_on, place, action) for place, action in enumerate(held.actions, 1) if action.done_on]
    for done_on, place, action in sorted(done):
        yield _Step(done_on, _closing(number, place, action.words))


def _adding(number: int, action: _Action) -> Callable[[Register, Author], object]:
    return lambda register, author: commands.add_action(register, number, action.text, action.owner, action.due, author)


def _closing(number: int, action: int, words: str) -> Callable[[Register, Author], object]:
    return lambda register, author: commands.close_action(register, number, action, DONE, words, author)
