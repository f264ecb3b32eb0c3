"""A re-tender in words and tables: who passes, what becomes of the contracts, what it does to every figure."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Any, Final

from rich.console import Console

from domain.codes import SUBSTANCE_GROUPS
from domain.measures.registry import MEASURE_OF
from projections.standings.slices import Slice
from web.commands.agreement.handover.effects import EffectReason, RetenderEffect
from web.commands.agreement.handover.retender import NO_GROUP
from web.commands.agreement.handover.retender_results import Retendered
from web.commands.agreement.handover.retender_trial import RetenderTrial
from web.commands.ingest.submission import EffectCounts
from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.tables import Column, Lines, Link, Table

Named = Callable[[str], str]

PASSED_COLUMNS: Final = (Column("From"), Column("To"), Column("Episodes", number=True), Column("People", number=True))
CONTRACT_COLUMNS: Final = (
    Column("Agency"),
    Column("First day", whole=True),
    Column("Last day", whole=True),
    Column("Continues the service of", aside=True),
)
SCHEDULE_COLUMNS: Final = (
    Column("Contract"),
    Column("Last day until now", whole=True),
    Column("Last day then", whole=True),
    Column("Targets that end with it", number=True),
)
EFFECT_COLUMNS: Final = (
    Column("Figure"),
    Column("Before", number=True),
    Column("After", number=True),
    Column("Why", folds=True, aside=True),
)


def passed_table(result: Retendered, named: Named) -> Table:
    """How many pass, by hub and substance group."""
    groups = [
        name for name in (*map(str, SUBSTANCE_GROUPS), NO_GROUP) if any(name in one.by_group for one in result.passed)
    ]
    columns = (*PASSED_COLUMNS, *(Column(_capital(name), number=True, aside=True) for name in groups))
    rows: list[tuple[Any, ...]] = [
        (
            named(one.from_agency),
            named(one.to_agency),
            one.episodes,
            one.people,
            *(one.by_group.get(name, 0) for name in groups),
        )
        for one in result.passed
    ]
    if len(rows) > 1:
        sums = (sum(row[place] for row in rows) for place in range(2, len(columns)))
        rows.append(("Together", None, *sums))
    return Table(columns, rows, "Who passes, by hub and substance group")


def contracts_table(result: Retendered, named: Named) -> Table | None:
    """The contracts as they would stand; None where nothing is said of one."""
    rows = [
        (
            named(one.agency),
            one.first_day,
            one.last_day or "not agreed",
            named(one.succeeds) if one.succeeds else None,
        )
        for one in result.contracts
    ]
    return Table(CONTRACT_COLUMNS, rows, "The agencies’ own contracts as they would stand") if rows else None


def schedules_table(result: Retendered, address: Callable[[int], str] | None = None) -> Table | None:
    """The contracts with their KPIs that end with it; None where none does."""
    rows = [
        (
            Link(one.name, address(one.number)) if address else one.name,
            one.last_day_before or "not agreed",
            one.last_day,
            len(one.targets),
        )
        for one in result.schedules
    ]
    return Table(SCHEDULE_COLUMNS, rows, "Contracts with their KPIs that end") if rows else None


def lead(result: Retendered, named: Named = str) -> str:
    """How many pass, in a sentence."""
    episodes = sum(one.episodes for one in result.passed)
    are = ("pass" if episodes != 1 else "passes") if result.position is not None else "would pass"
    whom = text.listed([f"{named(one.from_agency)} to {named(one.to_agency)}" for one in result.passed])
    return f"{text.plural(episodes, 'open episode')} {are} on {text.day(result.on)}: {whom}."


def notices(result: Retendered, named: Named) -> list[str]:
    """What is worth knowing, with agencies by their names and the day in words."""
    names = {result.on.isoformat(): text.day(result.on)}
    names |= {code: named(code) for one in result.passed for code in (one.from_agency, one.to_agency)}
    return [text.with_names(notice.message, names) for notice in result.notices]


def effect_tables(effects: Iterable[RetenderEffect], named: Named) -> list[Table]:
    """The figures that would move: of everybody, by area, and by agency; of whom none moves has no table."""
    tables = []
    for slice_, its in groupby(effects, lambda one: one.slice):
        rows = [_effect_row(one) for one in its if one.moves]
        if rows:
            tables.append(Table(EFFECT_COLUMNS, rows, whose(slice_, named)))
    return tables


def whose(slice_: Slice, named: Named) -> str:
    """Whose figures a table has."""
    if slice_.area:
        return f"Area {slice_.area}"
    return named(slice_.agency) if slice_.agency else "Everybody"


def unmoved(trial: RetenderTrial, named: Named) -> str:
    """Of whom no figure moves, and what becomes of the files' status."""
    still = [
        whose(slice_, named)
        for slice_, effects in groupby(trial.effects, lambda one: one.slice)
        if not slice_.area and not any(one.moves for one in effects)
    ]
    said = f"No figure of {text.listed(still)} moves until files of those treated there come." if still else ""
    first = trial.effects[0]
    if first.before_status != first.after_status:
        before, after = first.before_status or "not covered", first.after_status or "not covered"
        said += f" The figures of the day are {before} before, and {after} after."
    return said.strip()


def _effect_row(one: RetenderEffect) -> tuple[Any, ...]:
    measure = MEASURE_OF[one.measure]
    why = [reason_words(reason) for reason in one.reasons]
    return f"{measure.name} ({measure.code})", counts(one.before), counts(one.after), Lines(tuple(why))


def counts(numbers: EffectCounts) -> str:
    """The two numbers of a figure, with its percentage."""
    if numbers.denominator is None:
        return f"{numbers.numerator:,}"
    percentage = text.percent_of(numbers.numerator, numbers.denominator)
    of_all = f"{numbers.numerator:,} of {numbers.denominator:,}"
    return f"{of_all} ({percentage})" if percentage else of_all


def reason_words(reason: EffectReason) -> str:
    """So many people, why, and what they add to both numbers."""
    adds = f"{reason.numerator:+,}"
    if reason.denominator is not None:
        adds = f"{adds} counted, {reason.denominator:+,} in all"
    return f"{_capital(reason.reason)}: {text.plural(reason.people, 'person', 'people')} ({adds})"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


# ---- in the terminal


def print_trial(console: Console, trial: RetenderTrial) -> None:
    """A re-tender tried."""
    print_retendered(console, trial.retendered)
    print_effects(console, trial.as_of, trial.effects)
    say(console, "", *filter(None, [unmoved(trial, str)]), "A trial: nothing was stored.")


def print_effects(console: Console, as_of: date, effects: Iterable[RetenderEffect]) -> None:
    """The figures that would move."""
    for table in effect_tables(effects, str):
        say(console, "", f"Figures as of {text.day(as_of)} that would move: {table.title}", "")
        print_table(console, table)


def print_retendered(console: Console, result: Retendered) -> None:
    """What passes, and what is said of the contracts."""
    say(console, lead(result), "")
    print_table(console, passed_table(result, str))
    for table in filter(None, [contracts_table(result, str), schedules_table(result)]):
        say(console, "", table.title, "")
        print_table(console, table)
    say(console, "", *_notices(result))
    if result.position is not None:
        say(console, f"Received on {text.day(result.received_on)}. Stored at position {result.position}.")


def _notices(result: Retendered) -> Iterable[str]:
    messages: Sequence[str] = [notice.message for notice in result.notices]
    return messages
