"""What the committee report says: the tables of a council's performance paper, from any standpoint, in its words.

A cell may have several lines; what it holds otherwise is said once, here, for the page and for every file.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, groupby
from typing import Final

from domain.measures.registry import Measure, measure_named
from domain.periods import quarter_ends, quarter_of
from projections.performance.rag import HIGHER, Rated, fewest_of, most_of
from projections.performance.scorecard import ScorecardLine, State
from projections.performance.targets import Target
from projections.performance.trend import Direction, months_before
from projections.standings.engine import Figure
from web.charts import Drawing
from web.pages.agency_names import named, of_group
from web.pages.figures import trend_of
from web.pages.page import PageContext
from web.presenters import text as words
from web.queries import figures as asking
from web.queries import scorecards
from web.snapshot import NOTICE

from .reports import Report, Section
from .sentences import asks, sentence, window
from .tables import Column, Table

MONTHS, QUARTERS = 4, 3
"""Columns of a table: the last month ends, and the last ends of the council's quarters."""
DRAWN_MONTHS, DRAWN_QUARTERS = 12, 8
TITLE: Final = "Performance update: substance misuse treatment"
SPECIFICATION: Final = "specification"
"""The key of the last section, which says what each measure counts."""
_GROUPS: Final = (
    " Each group is a cohort of its own: alcohol and non-opiate is not the sum of the groups above it, and nobody is "
    "in two."
)
_UNBROKEN: Final = 10
"""Letters of numbers that stand in one line of a cell; longer ones may be broken."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A section of the paper: its measures, and whether it goes by quarters.

    `drawn`: its measures have charts. `by_group`: they are one measure of several groups.
    """

    key: str
    heading: str
    about: str
    codes: str
    quarterly: bool = False
    drawn: bool = False
    by_group: bool = False

    @property
    def measures(self) -> tuple[Measure, ...]:
        """What it is about."""
        return tuple(map(measure_named, self.codes.split()))

    @property
    def is_immature(self) -> bool:
        """Whether its measures are of people who have not all had their six months."""
        return all(measure.immature for measure in self.measures)

    def name(self, measure: Measure) -> str:
        """A measure as its table calls it."""
        return f"{measure.code} {of_group(measure) if self.by_group else measure.name}"


PLANS: Final = (
    Plan(
        "completions",
        "Successful completions",
        "Of all in treatment in twelve months, the share who left having completed it." + _GROUPS,
        "4.0 4.1 4.2 4.3",
        drawn=True,
        by_group=True,
    ),
    Plan(
        "returns-so-far",
        "Re-presentations so far, month by month",
        "Of those who completed in the last six months, how many have come back so far; below it, how many of them are "
        "past their six months. More may still come back, so this is an early sign: it has no percentage, no target "
        "and no direction.",
        "5.0u 5.1u 5.2u 5.3u",
        by_group=True,
    ),
    Plan(
        "returns",
        "Re-presentations when six months have passed",
        "Of those who completed in a window of six months and have all had their six months since, the share who came "
        "back. A large percentage is a problem." + _GROUPS,
        "5.0 5.1 5.2 5.3",
        quarterly=True,
        drawn=True,
        by_group=True,
    ),
    Plan(
        "outcome",
        "Completed and not back within six months (PHOF 2.15)",
        "The national outcome, told when six months have passed.",
        "1.0 2.0 3.0",
        quarterly=True,
    ),
    Plan(
        "records",
        "Recovery plans, risk assessments and Treatment Outcomes Profiles",
        "Whether what was due was looked at and filled in. A TOP is a Treatment Outcomes Profile.",
        "R.plan R.risk T.start T.review T.exit",
    ),
    Plan("waiting", "Waiting", "How soon treatment was offered, and began.", "W.offered W.started"),
)


def report_of(asked: PageContext, title: str = TITLE) -> Report:
    """The report from a standpoint, as far as its reader sees; nothing is written beside the tables yet."""
    sections = list(_numbered([_kept_section(asked, plan) for plan in PLANS] + [_specification(asked)]))
    card = _lines(asked, PLANS[0])[0].figure
    return Report(
        title,
        words.AUDIENCES[asked.who.audience],
        words.standpoint(asked.standpoint),
        words.slice_of(asked.where, named),
        _status(card),
        NOTICE if asked.snapshot.is_demonstration else "",
        words.LOCAL_ESTIMATE,
        list(_in_short(asked)),
        sections,
    )


def _numbered(sections: Iterable[Section]) -> Iterable[Section]:
    """Tables and charts with their numbers, by which a commentary can speak of them."""
    drawn = 0
    for number, section in enumerate(sections, 1):
        charts = [
            replace(chart, title=f"Chart {place}. {chart.title}")
            for place, chart in enumerate(section.charts, drawn + 1)
        ]
        drawn += len(charts)
        notes = [f"Source of table {number}: {source}" for source in section.table.notes]
        table = replace(section.table, title=f"Table {number}. {section.table.title}", notes=notes)
        yield replace(section, table=table, charts=charts)


def _status(figure: Figure) -> str:
    """What the report rests on, the agencies by their names."""
    more = " So the figures of the last month may still change." if figure.coverage.status == "provisional" else ""
    return f"{words.status(figure.coverage, figure.standpoint, named)}{more}"


_IN_SHORT: Final = (
    (State.MISSED, "off target"),
    (State.NEAR, "near target"),
    (State.MET, "on target"),
    (State.INCOMPLETE, "not judged, since a file is missing,"),
)


def _in_short(asked: PageContext) -> Iterable[str]:
    """Which figures reach their targets, and which do not, by section."""
    for plan in PLANS:
        lines = _lines(asked, plan)
        by_state = [
            f"{said} {'is' if len(of_it) == 1 else 'are'} {_listed([plan.name(line.measure) for line in of_it])}"
            for state, said in _IN_SHORT
            if (of_it := [line for line in lines if line.state is state])
        ]
        if by_state and not plan.is_immature:
            yield f"{plan.heading}: {'; '.join(by_state)}."


# ---- a section


def _kept_section(asked: PageContext, plan: Plan) -> Section:
    """A section as this reader sees it; the page shows it first, and the file has the same again."""
    key = ("report", plan.key, asked.as_of, asked.known_at, asked.where, asked.who.key)
    return asked.snapshot.kept(key, lambda: _section(asked, plan))


def _section(asked: PageContext, plan: Plan) -> Section:
    days = _days_of(asked, plan)
    lines = _lines(asked, plan)
    series = [_series(asked, line.measure, days) for line in lines]
    ends = [quarter_of(day) if plan.quarterly else words.short_day(day) for day in days]
    return Section(
        plan.key,
        plan.heading,
        plan.about,
        [*(_finding(plan, line) for line in lines), *_waiting(lines)],
        Table(
            _columns(plan, ends),
            [_row(plan, line, its) for line, its in zip(lines, series, strict=True)],
            _caption(plan, ends),
            _sources(lines, series),
        ),
        [_chart(asked, plan, line) for line in lines] if plan.drawn else (),
    )


def _days_of(asked: PageContext, plan: Plan) -> tuple[date, ...]:
    return _days(asked.as_of, QUARTERS if plan.quarterly else MONTHS, quarterly=plan.quarterly)


def _days(as_of: date, count: int, *, quarterly: bool) -> tuple[date, ...]:
    """The last ends of quarters up to a day, or the day and those a month apart before it."""
    if quarterly:
        ends = tuple(quarter_ends(months_before(as_of, 3 * count + 3).replace(day=1), as_of))
        return ends[-count:]
    return tuple(months_before(as_of, back) for back in reversed(range(count)))


def _lines(asked: PageContext, plan: Plan) -> Sequence[ScorecardLine]:
    """The lines of a section at its last day."""
    as_of = _days_of(asked, plan)[-1]
    card = scorecards.ScorecardQuery(as_of, asked.known_at, asked.where, measures=plan.measures)
    lines: Sequence[ScorecardLine] = scorecards.scorecard(asked.snapshot, asked.who, card).scorecard.lines
    return lines


def _series(asked: PageContext, measure: Measure, days: tuple[date, ...]) -> Sequence[Figure]:
    found = asking.series(asked.snapshot, asked.who, asking.SeriesQuery(measure, days, asked.known_at, asked.where))
    return found.figures


# ---- its table


def _caption(plan: Plan, ends: Sequence[str]) -> str:
    unit = "how many, and how many of them are past their six months" if plan.is_immature else "percentage and numbers"
    return f"{plan.heading}: {unit}, {len(ends)} {'quarters' if plan.quarterly else 'months'} to {ends[-1]}"


def _columns(plan: Plan, ends: Sequence[str]) -> list[Column]:
    """The columns share a sheet's seventeen centimetres."""
    group = "Group" if plan.by_group else "Measure"
    if plan.is_immature:
        return [Column(group, width=4.2), *(Column(end, width=12.8 / len(ends)) for end in ends)]
    return [
        Column(group, width=3.0),
        Column("Target", width=2.1),
        *(Column(_in_two_lines(end), width=7.1 / len(ends)) for end in ends),
        Column("95% interval, latest", width=1.8),
        Column("State and direction", width=3.0),
    ]


def _in_two_lines(end: str) -> str:
    """The end of a column with its year below: columns are narrow, and look alike."""
    first, _, year = end.rpartition(" ")
    return f"{first}\n{year}"


def _row(plan: Plan, line: ScorecardLine, series: Sequence[Figure]) -> list[int | str]:
    name, cells = plan.name(line.measure), [_cell(figure) for figure in series]
    if plan.is_immature:
        return [name, *cells]
    interval = _tied(words.interval(line.figure)).replace("\N{NO-BREAK SPACE}to", "\nto")
    return [name, _to_reach(line), *cells, interval, f"{str(line.state).capitalize()}\n{_direction(line)}"]


def _cell(figure: Figure) -> int | str:
    if figure.denominator is None:
        return figure.numerator
    counts = _tied(f"{figure.numerator:,} of {figure.denominator:,}")
    if figure.matured is not None:
        return f"{counts}\n({figure.matured:,} past six months)"
    return counts if figure.percentage is None else f"{words.percent(figure.percentage)}\n{counts}"


def _tied(text: str) -> str:
    """Numbers that are read together, in one line as long as a cell has room for them."""
    return text.replace(" ", "\N{NO-BREAK SPACE}") if len(text) <= _UNBROKEN or text.endswith("%") else text


def _to_reach(line: ScorecardLine) -> str:
    target = line.against.target
    return "none" if target is None else f"{_level(target, line.measure)}\nby {_end(target)}"


def _level(target: Target, measure: Measure) -> str:
    low, high = target.said.low, target.said.high
    if low != high:
        return f"{float(low):g}% to {float(high):g}%"
    return f"{'' if measure.polarity == HIGHER or not low else 'at most '}{float(low):g}%"


def _end(target: Target) -> str:
    """The last day of a target, as contracts say it: the end of Q3 2017/18."""
    day = target.said.last_day
    is_quarter_end = day in quarter_ends(day.replace(day=1), day)
    return f"end of {quarter_of(day)}" if is_quarter_end else words.short_day(day)


def _direction(line: ScorecardLine) -> str:
    travel = line.travel
    if not isinstance(travel, Direction):
        return f"no direction: {travel.why}"
    judged = travel.judged or ""
    chance = ", may be chance" if travel.within_chance and judged not in {"", "no change"} else ""
    return f"{travel.glyph} {judged} than {words.short_day(travel.before.last_day)}{chance}".replace(
        "no change than", "no change since"
    )


# ---- its sentences


def _finding(plan: Plan, line: ScorecardLine) -> str:
    return " ".join([f"{plan.name(line.measure)}: {_with_interval(line.figure)}", *_judged(line)])


def _with_interval(figure: Figure) -> str:
    said = sentence(figure)
    if figure.matured is not None or not figure.interval:
        return said
    return f"{said.rstrip('.')} (95% interval {words.interval(figure)})."


def _judged(line: ScorecardLine) -> Iterable[str]:
    """The direction, the target, and what others reach, each as far as there is something to say."""
    if line.measure.immature:
        return
    if line.state is State.INCOMPLETE:
        yield "A file is missing, so it has no direction and is not held against a target."
        return
    yield line.travel.sentence
    against = line.against
    if isinstance(against, Rated):
        target = against.target
        level = f"{_level(target, line.measure)} by {_end(target)}"
        yield f"{str(line.state).capitalize()} ({against.rating}): the target is {level}."
    yield from against.sentences
    if isinstance(against, Rated) and (beside := _beside(against.target, line.figure)):
        yield beside


def _waiting(lines: Sequence[ScorecardLine]) -> Iterable[str]:
    """Who still waits, once for all that the waiting is about."""
    waiting = next((line.figure.waiting for line in lines if line.figure.waiting is not None), None)
    if waiting is not None:
        yield words.waiting(waiting)


def _beside(target: Target, figure: Figure) -> str:
    """What others reach, and how many people that would be here."""
    low, high = target.said.comparator_low, target.said.comparator_high
    if low is None or high is None or not figure.denominator:
        return ""
    ends = [f"{float(one):g}%" for one in dict.fromkeys((low, high))]
    fewest, most = fewest_of(figure.denominator, low), most_of(figure.denominator, high)
    whole = f"{fewest:,} to {most:,}" if fewest < most else f"{fewest:,}"
    people = f", which is {whole} of {figure.denominator:,}" if low != high and fewest <= most else ""
    name = target.said.comparator_words
    return f"{name[:1].upper()}{name[1:]}: {' to '.join(ends)}{people}."


# ---- where it is from


def _sources(lines: Sequence[ScorecardLine], series: Sequence[Sequence[Figure]]) -> list[str]:
    """Where the numbers are from; what all lines share is said once, and each window with whose it is."""
    by_window = groupby(lines, key=lambda line: window(line.figure))
    windows = "; ".join(f"{days} ({_listed([line.measure.code for line in its])})" for days, its in by_window)
    shared = dict.fromkeys(_status_of_days(its) for its in series)
    counted = f"the agencies’ monthly files, counted by definition {_definitions(chain(*series))}."
    days = f"Latest column: {windows}; each other column the same up to its own day."
    return [" ".join([counted, days, *shared, _known(lines[0].figure)])]


def _definitions(figures: Iterable[Figure]) -> str:
    return _listed(list(dict.fromkeys(one.definition for one in figures)))


def _status_of_days(series: Sequence[Figure]) -> str:
    """Which days are final, and which are not: Final: 31 May 2017, 30 Jun 2017. Provisional: 31 Jul 2017."""
    by_status = groupby(series, key=lambda one: one.coverage.status)
    return " ".join(
        f"{status.capitalize()}: {', '.join(words.short_day(one.standpoint.as_of) for one in its)}."
        for status, its in by_status
    )


def _known(figure: Figure) -> str:
    known_at = figure.standpoint.known_at
    known = f"As known on {words.day(known_at)}" if known_at else "As known at the position"
    return f"{known}; position {figure.standpoint.position:,} of the log."


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def _chart(asked: PageContext, plan: Plan, line: ScorecardLine) -> Drawing:
    as_of = line.figure.standpoint.as_of
    count = DRAWN_QUARTERS if plan.quarterly else DRAWN_MONTHS
    series = _series(asked, line.measure, _days(as_of, count, quarterly=plan.quarterly))
    drawn = trend_of(line.measure, line, series)
    ends = f"{len(series)} {'quarters' if plan.quarterly else 'months'} to {words.short_day(as_of)}"
    source = f"Source: the agencies’ monthly files, counted by definition {_definitions(series)}; {ends}."
    return replace(drawn, note=" ".join(filter(None, [drawn.note, source, _known(line.figure)])))


# ---- what each measure counts


def _specification(asked: PageContext) -> Section:
    """The specification of the measures, as a contract's appendix has it."""
    lines = [(plan, line) for plan in PLANS for line in _lines(asked, plan)]
    agreed = dict.fromkeys(
        f"{target.said.source or 'no source said'}, agreed on {words.short_day(target.agreed_on)}"
        for _, line in lines
        if (target := line.against.target) is not None
    )
    return Section(
        SPECIFICATION,
        "What each measure counts",
        "The specification of each measure above, its days, and the target that was in force as known then.",
        (),
        Table(
            _SPECIFIED,
            [_specified(line) for _, line in lines],
            "Measures, what they count, and their targets",
            [f"targets: {'; '.join(agreed) or 'none was agreed'}. {_known(lines[0][1].figure)}"],
        ),
        is_written_on=False,
    )


_SPECIFIED: Final = (
    Column("Measure", width=3.6),
    Column("What it counts", width=5.3),
    Column("Days of the latest column", width=4.0),
    Column("Target", width=2.2),
    Column("Looked at", width=1.9),
)


def _specified(line: ScorecardLine) -> list[str]:
    measure = line.measure
    return [
        f"{measure.code} {measure.name}",
        asks(line.figure),
        window(line.figure),
        _to_reach(line),
        " and ".join(measure.frequency),
    ]
