"""The first page: what moved, what waits, what is due and who moved it, in words and as tables."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Final

from rich.console import Console

from projections.explain.bridge import Side
from projections.explain.reasons import Reason
from projections.performance.scorecard import State
from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.explain.reasons import move_sentence
from web.presenters.improvement.calendar.calendar import subject
from web.presenters.tables import Column, Lines, Link, Table, lines
from web.queries.explain.moved_clients import ClientMove, MovedClient, MovedClientsResult
from web.queries.improvement.calendar.calendar import CalendarResult
from web.queries.improvement.calendar.due import DueItem
from web.queries.improvement.results.plan_results import PlanLine
from web.queries.improvement.to_do import ToDoLine, ToDoResult
from web.queries.performance.scorecards import ScorecardLineResult, ScorecardResult

_TO_DO: Final = (Column("What"), Column("To do"), Column("By", whole=True))
_DUE: Final = (Column("Day", whole=True), Column("What"))
OF_AGENCY: Final = "reviews of returns"
"""The kind of thing whose title is an agency."""
MOST_DUE: Final = 10
"""Lines of what is due that the first page has; the calendar has the rest."""
_CLIENTS: Final = (Column("Client", whole=True), Column("Figures, and what happened"))


def to_do_lead(result: ToDoResult) -> str:
    """How much waits for a side, in a sentence."""
    if not result.to_do:
        return "Nothing waits for your side."
    overdue = sum(one.overdue for one in result.to_do)
    late = f", {overdue} of them overdue" if overdue else ""
    return f"{text.plural(len(result.to_do), 'thing waits', 'things wait')} for your side{late}."


def to_do_table(
    waiting: Sequence[ToDoLine], to: Callable[[ToDoLine], Link], named_agency: Callable[[str], str] = str
) -> Table:
    """What waits for a side, each leading to where it is done; a column of days only where one has a day."""
    has_days = any(one.due for one in waiting)
    columns = _TO_DO if has_days else _TO_DO[:-1]
    rows = [(lines(to(one), title_of(one, named_agency)), _first_capital(one.step), _by(one)) for one in waiting]
    return Table(columns, [row[: len(columns)] for row in rows], "What waits for you")


def title_of(line: ToDoLine, named_agency: Callable[[str], str]) -> str:
    """What something to do is about; of reviews of returns, the agency that the clients left."""
    return named_agency(line.title) if line.kind == OF_AGENCY else line.title


def named(line: ToDoLine) -> str:
    """What something is called that is to be done."""
    return _first_capital(f"{line.kind} {line.number}" if line.number else line.kind)


def _by(line: ToDoLine) -> str:
    if line.due is None:
        return "no day set"
    return f"{text.day(line.due)}{', overdue' if line.overdue else ''}"


def _first_capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def red_words(line: ScorecardLineResult) -> str:
    """A red figure and its target: 4.8% (21 of 442), target 8%."""
    reached = line.against.reached
    target = f", target {float(reached):g}%" if reached is not None else ""
    return f"{text.percentage(line.figure)} ({text.result(line.figure)}){target}"


def missed(card: ScorecardResult) -> list[ScorecardLineResult]:
    """The figures that are red."""
    return [line for line in card.lines if line.state is State.MISSED]


def plan_about(line: ScorecardLineResult, plans: Iterable[PlanLine]) -> PlanLine | None:
    """The open plan about a figure's measure that began last, if there is one."""
    about = (plan for plan in plans if line.measure.code in plan.measures)
    return max(about, key=lambda plan: plan.number, default=None)


# ---- what is due


def due_lead(result: CalendarResult, days: int) -> str:
    """How much is overdue and how much falls due soon."""
    overdue, soon = len(result.overdue), len(result.to_come)
    late = f"{overdue:,} {'is' if overdue == 1 else 'are'} overdue" if overdue else "nothing is overdue"
    next_days = f"{soon:,} {'falls' if soon == 1 else 'fall'} due" if soon else "nothing falls due"
    return f"Of what your side has to do, {late} and {next_days} in the next {days} days."


def most_urgent(result: CalendarResult) -> list[DueItem]:
    """What is shown of it: what falls due next is not crowded out by what is long overdue."""
    soon = result.to_come[: max(MOST_DUE // 2, MOST_DUE - len(result.overdue))]
    return [*result.overdue[: MOST_DUE - len(soon)], *soon]


def due_table(due: Sequence[DueItem], named: Callable[[str], str] = str) -> Table:
    """What is due, each leading to where it is done; where that is an agency's alone, whose it is."""
    rows = [(_due_day(one), lines(Link(subject(one), one.link), one.words, _whose(one, named))) for one in due]
    return Table(_DUE, rows, "What is due")


def _whose(one: DueItem, named: Callable[[str], str]) -> str:
    return "" if subject(one) == one.text else text.listed(list(map(named, one.agencies)))


def _due_day(one: DueItem) -> Lines:
    return lines(text.short_day(one.day), "overdue" if one.overdue else "")


# ---- the clients who moved figures


def clients_lead(result: MovedClientsResult) -> str:
    """How many moved how many figures."""
    if not result.clients:
        return "None of your clients has moved a figure."
    figures = {(move.code, move.agency) for client in result.clients for move in client.moves}
    people = text.plural(len(result.clients), "client of yours has", "clients of yours have")
    return f"{people} moved {text.plural(len(figures), 'figure', 'figures')}."


def clients_table(clients: Iterable[MovedClient], why: Callable[[ClientMove], str]) -> Table:
    """The clients, each with the figures that they moved and why."""
    return Table(_CLIENTS, [_client_row(one, why) for one in clients], "Clients who moved figures")


def _client_row(client: MovedClient, why: Callable[[ClientMove], str]) -> tuple[str, Lines]:
    said: list[Link | str] = []
    for figure, moves in groupby(client.moves, key=lambda one: one.measure):
        its = list(moves)
        said += [Link(f"{figure.name} ({figure.code})", why(its[0]), more=", why"), *map(_sentence, its)]
    return client.client, lines(*said)


def _sentence(move: ClientMove) -> str:
    return move_sentence(move.measure, Side(move.side), Reason(move.reason), move.diff)


# ---- in the terminal


def print_to_do(console: Console, result: ToDoResult) -> None:
    """What waits for a side, most urgent first."""
    say(console, to_do_lead(result))
    if result.to_do:
        print_table(console, to_do_table(result.to_do, lambda one: Link(named(one), "")))
