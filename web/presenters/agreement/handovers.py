"""Handovers in words and tables."""

from collections.abc import Callable
from itertools import groupby
from typing import Any, Final

from rich.console import Console

from web.commands.agreement.handover.undo_handover import CaseloadTakenBack
from web.commands.agreement.handover.undo_trial import TakeBackTrial
from web.presenters import text
from web.presenters.agreement.retender import print_effects
from web.presenters.console import print_table, say
from web.presenters.tables import Column, Link, Table, numbered
from web.queries.agreement.handovers import FigureMoved, HandoverLine, HandoverResult, HandoversResult
from web.queries.performance.figure import FigureResult

Named = Callable[[str], str]

COLUMNS: Final = (
    Column("Submission", number=True),
    Column("Passed on", whole=True),
    Column("From"),
    Column("To"),
    Column("Episodes", number=True),
    Column("Still ended by it", number=True, aside=True),
    Column("State"),
)
MOVED_COLUMNS: Final = (Column("Figure"), Column("Just before", number=True), Column("Just after", number=True))


def handovers_table(result: HandoversResult, named: Named, address: Callable[[int], str] | None) -> Table | None:
    """A row a handover, the newest first; None without one."""
    rows = [_row(one, named, address) for one in result.handovers]
    return Table(COLUMNS, rows, "The newest first") if rows else None


def _row(one: HandoverLine, named: Named, address: Callable[[int], str] | None) -> tuple[Any, ...]:
    number: Any = numbered(one.number)
    return (
        Link(number, address(one.number)) if address else number,
        one.on,
        named(one.from_agency),
        named(one.to_agency),
        one.episodes,
        one.standing,
        state(one),
    )


def state(one: HandoverLine) -> str:
    """Whether it stands, in a few words."""
    if one.undone_by is not None:
        return "taken back"
    return "in force, with the contracts" if one.with_contracts else "in force"


def sentences(one: HandoverLine, named: Named) -> list[str]:
    """What a handover said, and what became of its episodes."""
    whole = "of a list" if one.chosen else "all that were open"
    passed = f"{text.plural(one.episodes, 'episode')} of {named(one.from_agency)}, {whole}, passed to"
    said = [f"{passed} {named(one.to_agency)} on {text.day(one.on)}. It was recorded on {text.day(one.received_on)}."]
    if one.undone_by is not None:
        return [*said, f"It was taken back by submission {one.undone_by}: what had not been discharged is open again."]
    if gone := one.episodes - one.standing:
        end = "ends" if gone == 1 else "end"
        said.append(f"{gone:,} of them {end} by it no more: as a rule, a real discharge took the transfer’s place.")
    return said


def moved_tables(result: HandoverResult, named: Named) -> list[Table]:
    """The figures that it moved, of everybody and of each agency."""
    return [
        Table(MOVED_COLUMNS, [_moved_row(one) for one in its], named(slice_.agency) if slice_.agency else "Everybody")
        for slice_, its in groupby(result.moved, lambda one: one.after.slice)
    ]


def _moved_row(one: FigureMoved) -> tuple[str, str, str]:
    measure = one.after.measure
    return f"{measure.name} ({measure.code})", _numbers(one.before), _numbers(one.after)


def _numbers(figure: FigureResult) -> str:
    percentage = text.percent_of(figure.numerator, figure.denominator)
    return f"{text.counts(figure)} ({percentage})" if percentage and figure.matured is None else text.counts(figure)


def taken_back(
    result: CaseloadTakenBack, named: Named = str, contract: Callable[[int], str] = "contract {}".format
) -> str:
    """What taking a handover back does, in sentences; `contract` names one with a schedule of KPIs by its number."""

    def be(count: int) -> str:
        return "would be" if result.position is None else "is" if count == 1 else "are"

    episodes = f"{text.plural(result.episodes, 'episode')} of {named(result.agency)}"
    said = [f"{episodes} {be(result.episodes)} open again, as before."]
    if result.discharged:
        had = "has" if result.discharged == 1 else "have"
        said.append(f"{result.discharged:,} {had} been discharged since, and stay as they are.")
    if result.contracts:
        whose = "the agency’s own contract" if result.contracts == 1 else "the agencies’ own contracts"
        said.append(f"What the handover changed of {whose} {be(1)} taken back with it.")
    if result.schedules:
        its, which = text.listed(list(map(contract, result.schedules))), "which ended with it,"
        said.append(
            f"{its[:1].upper()}{its[1:]}, {which} {be(len(result.schedules))} in force again, with its targets."
        )
    return " ".join(said)


def print_taken_back(console: Console, result: CaseloadTakenBack) -> None:
    """What became of it."""
    stored = "A trial: nothing was stored." if result.position is None else f"Stored at position {result.position}."
    say(console, taken_back(result), f"Received on {text.day(result.received_on)}. {stored}")


def print_take_back_trial(console: Console, trial: TakeBackTrial) -> None:
    """What would become of it, with every figure that would move."""
    print_taken_back(console, trial.taken_back)
    print_effects(console, trial.as_of, trial.effects)


def print_handovers(console: Console, result: HandoversResult) -> None:
    """Every handover."""
    table = handovers_table(result, str, None)
    if table is None:
        say(console, "No caseload was ever handed over.")
    else:
        print_table(console, table)
