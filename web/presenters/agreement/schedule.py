"""Contracts and their schedules of KPIs, for people: the table as the contract has it, what it means, what changed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from rich.console import Console

from domain.measures.registry import MEASURE_OF
from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.contract_life.reports import Report, Section
from web.presenters.tables import Column, Lines, Table, lines
from web.queries.agreement.schedule import (
    KpiLineResult,
    ScheduleChange,
    ScheduleResult,
    SchedulesResult,
    ScheduleStep,
)

KPI_COLUMNS: Final = (
    Column("Code", whole=True, width=1.3),
    Column("Performance Indicator", folds=True, width=4.9),
    Column("Baseline", folds=True, width=2.2),
    Column("Target", folds=True, width=2.5),
    Column("Level", folds=True, aside=True, width=1.6),
    Column("Method of measurement", folds=True, aside=True, width=2.7),
    Column("Monitoring Frequency", folds=True, aside=True, width=1.8),
)
"""Those of the contract's own table."""

AS_WRITTEN: Final = ("wording", "baseline", "target", "level", "method", "frequency")
"""The cells that stand in them, beside the code."""

MEANING_COLUMNS: Final = (
    Column("Code", whole=True, width=1.3),
    Column("Counted by", folds=True, width=4.0),
    Column("Better", whole=True, aside=True, width=1.4),
    Column("To be reached", folds=True, width=4.0),
    Column("From", whole=True, width=2.1),
    Column("To", whole=True, width=2.1),
    Column("Others reach", folds=True, aside=True, width=2.1),
)

NOT_COUNTED: Final = "nothing here"
NO_CONTRACT: Final = "No contract has been written down."
NONE_OF_YOURS: Final = "No contract with your agency has been agreed here."
"""The same to a provider, who reads what was agreed with one of its agencies."""

Cell = Callable[[KpiLineResult], Any]


def kpi_table(schedule: ScheduleResult, code: Cell = lambda line: line.code) -> Table:
    """The KPIs as the contract's own table has them, word for word; `code` makes the first cell of a line."""
    rows = [(code(line), *(line.cells[name] for name in AS_WRITTEN)) for line in schedule.lines]
    return Table(KPI_COLUMNS, rows, "The KPIs, as they are written")


def meaning_table(schedule: ScheduleResult) -> Table:
    """What the lines mean to the machine: a row for each step, by which figures are held."""
    return Table(MEANING_COLUMNS, [*_meanings(schedule.lines)], "What the figures are held against")


def _meanings(its: Sequence[KpiLineResult]) -> Iterator[tuple[Any, ...]]:
    for line in its:
        about = (line.code, counted_by(line), line.polarity)
        others = _others(line)
        for step in line.steps:
            yield (*about, _reached(step), step.first_day, step.last_day, others)
        if not line.steps:
            yield (*about, "no target", None, None, others)


def _reached(step: ScheduleStep) -> Any:
    """What a step asks for; of growth also what that comes to."""
    return lines(f"{step.low}%", step.words) if step.kind in {"relative", "points"} else step.words


def counted_by(line: KpiLineResult) -> str:
    """The measure of a line by its name."""
    if not line.measure:
        return NOT_COUNTED
    measure = MEASURE_OF.get(line.measure)
    return f"{measure.name if measure else 'entered by hand'} ({line.measure})"


def _others(line: KpiLineResult) -> Lines | None:
    if not line.cells["comparator"]:
        return None
    return lines(line.cells["comparator"], line.cells["comparator_words"])


HISTORY_COLUMNS: Final = (
    Column("Agreed", whole=True),
    Column("What", folds=True),
    Column("Why", folds=True),
    Column("Written down by", aside=True),
)


def history_table(schedule: ScheduleResult, day: Callable[[ScheduleChange], Any] = lambda change: change.on) -> Table:
    """What was agreed, the newest first; `day` makes the first cell of a row."""
    names = {hub.agency: f"{hub.name} ({hub.agency})" for hub in schedule.hubs if hub.name}
    rows = [(day(one), said_of(one, names), one.reason or None, one.actor) for one in reversed(schedule.history)]
    return Table(HISTORY_COLUMNS, rows, "What was agreed, the newest first")


def said_of(change: ScheduleChange, names: Mapping[str, str]) -> str:
    """What was agreed, in a sentence; `names` are what the contract calls its hubs, by code."""
    parts = [_STEPS[change.step](change)]
    parts += [f"Lines written anew: {', '.join(change.lines)}."] if change.lines else []
    parts += [f"Lines taken out: {', '.join(change.removed)}."] if change.removed else []
    if change.targets or change.withdrawn:
        withdrawn = f", {len(change.withdrawn)} withdrawn" if change.withdrawn else ""
        parts.append(f"{text.plural(len(change.targets), 'target')} set{withdrawn}.")
    if change.contracts:
        whose = text.listed([names.get(code, code) for code in change.contracts])
        have = "has" if len(change.contracts) == 1 else "have"
        parts.append(_REPORTS.get(change.step, "{whose} {have} to report from then on.").format(whose=whose, have=have))
    return " ".join(filter(None, parts))


_REPORTS: Final = {
    "corrected": "{whose} {have} to report from that day too.",
    "ended": "{whose} {have} to report until that day.",
    "resumed": "{whose} {have} to report as before.",
}
"""What becomes of the hubs' own contracts, by the step."""


def _correction_words(change: ScheduleChange) -> str:
    begins = f"it begins on {text.day(change.first_day)}" if change.first_day else ""
    counts = f"people living in {change.area}" if change.area else "everybody"
    return f"It had been written down wrongly: {begins}, and counts {counts}."


_STEPS: Final[dict[str, Callable[[ScheduleChange], str]]] = {
    "agreed": lambda _change: "The contract was agreed.",
    "changed": lambda change: "Who works where, or when, was written anew." if change.terms else "",
    "corrected": _correction_words,
    "resumed": lambda change: (
        f"Its end was taken back: it is in force to {text.day(change.last_day)} again."
        if change.last_day
        else "Its end was taken back: it is in force again, without an end."
    ),
    "ended": lambda change: f"It ends on {text.day(change.last_day)}." if change.last_day else "It ends.",
}


def days_of(schedule: ScheduleResult) -> str:
    """From when to when it is in force."""
    until = f"to {text.day(schedule.last_day)}" if schedule.last_day else "on; no end is agreed"
    return f"from {text.day(schedule.first_day)} {until}"


def seen_on(schedule: ScheduleResult) -> str:
    """From when it is seen, in a sentence."""
    if schedule.is_draft:
        return "A draft. It counts for nothing until it is agreed."
    if schedule.known_at is None:
        return "As it is agreed now."
    return f"As it had been agreed by {text.day(schedule.known_at)}."


def hubs_of(schedule: ScheduleResult) -> list[str]:
    """The hubs, each in a line."""
    return [
        ", ".join(filter(None, (f"{hub.name or hub.agency} ({hub.agency})" if hub.name else hub.agency, hub.area)))
        for hub in schedule.hubs
    ]


def about(schedule: ScheduleResult) -> list[tuple[str, Any]]:
    """The contract as pairs of a term and what it is."""
    pairs: list[tuple[str, Any]] = [
        ("Provider", schedule.provider),
        ("Hubs", "\n".join(hubs_of(schedule))),
        ("In force", days_of(schedule)),
    ]
    pairs += [("Succeeds", schedule.succeeds)] if schedule.succeeds else []
    pairs += [("Whose figures", f"people living in {schedule.area}")] if schedule.area else []
    return pairs


def in_short(schedule: ScheduleResult) -> str:
    """Whose contract it is, and as of when it is seen: what its files say of themselves."""
    return f"{schedule.name} ({schedule.provider}), {days_of(schedule)}. {seen_on(schedule)}"


def versions_table(
    mine: dict[str, str], stands: dict[str, str], words: dict[str, str], heading: str = "As you wrote it"
) -> Table:
    """What somebody wrote, or read, beside what stands, where the two differ; `words` name what is compared."""
    rows = [
        (words.get(name, name), mine.get(name) or None, stands.get(name) or None)
        for name in dict.fromkeys((*mine, *stands))
        if mine.get(name, "") != stands.get(name, "")
    ]
    columns = (Column("What"), Column(heading), Column("As it stands"))
    return Table(columns, rows or [("Nothing of it differs", None, None)], "Both versions")


def as_cells(schedule: ScheduleResult) -> dict[str, str]:
    """The whole contract as names and texts, to be compared with another version of it."""
    its = {"Name": schedule.name} | {term: str(said).replace("\n", "; ") for term, said in about(schedule)}
    for line in schedule.lines:
        its |= {f"Line {line.code}, {name}": cell for name, cell in line.cells.items() if cell}
    return its


# ---- files


def schedule_report(schedule: ScheduleResult, audience: str, notice: str) -> Report:
    """The contract as a document: its KPIs as they are written, and what they mean."""
    sections = [
        Section("kpis", "Key performance indicators", "The table as the contract has it, word for word.", (),
                kpi_table(schedule), is_written_on=False),
        Section("meaning", "What the figures are held against", "The same in numbers and days.", (),
                meaning_table(schedule), is_written_on=False),
    ]  # fmt: skip
    return Report(
        title=schedule.name,
        audience=audience,
        standpoint=seen_on(schedule),
        whose=f"{schedule.provider}, {days_of(schedule)}.",
        status=f"Hubs: {'; '.join(hubs_of(schedule))}.",
        notice=notice,
        caveat=f"It succeeds: {schedule.succeeds}." if schedule.succeeds else "",
        in_short=(),
        sections=sections,
    )


# ---- the terminal


_LIST: Final = (
    Column("no.", number=True),
    Column("name", folds=True),
    Column("provider", folds=True),
    Column("hubs", folds=True),
    Column("from"),
    Column("to"),
    Column("state"),
    Column("lines", number=True),
)


def print_schedules(console: Console, result: SchedulesResult) -> None:
    """Contracts, in the order in which they were first written down."""
    if not result.schedules:
        say(console, "No contract is written down.")
        return
    print_table(console, Table(_LIST, [_listed(one) for one in result.schedules]))


def _listed(one: ScheduleResult) -> tuple[Any, ...]:
    hubs = ", ".join(hub.agency for hub in one.hubs)
    return (
        one.number,
        one.name,
        one.provider,
        hubs,
        _short(one.first_day),
        _short(one.last_day),
        one.state,
        len(one.lines),
    )


def _short(day: date | None) -> str:
    return text.short_day(day) if day else ""


def print_schedule(console: Console, schedule: ScheduleResult) -> None:
    """One contract: who, where and when, its KPIs, and what was agreed."""
    say(console, f"Contract {schedule.number}: {schedule.name} ({schedule.provider}), {days_of(schedule)}.")
    say(console, f"Hubs: {'; '.join(hubs_of(schedule))}.")
    if schedule.succeeds:
        say(console, f"It succeeds: {schedule.succeeds}.")
    say(console, seen_on(schedule))
    print_table(console, kpi_table(schedule))
    print_table(console, meaning_table(schedule))
    if schedule.history:
        print_table(console, history_table(schedule))
