"""Who makes a figure miss its target, in sentences and tables.

Two arguments are kept apart: who makes most of the miss, which goes with how many people somebody has, and who is
furthest behind for its size.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, Final

from rich.console import Console

from domain.rounding import READ_DECIMALS, half_up
from projections.performance.colours.rag import WHY_UNRATED
from projections.performance.contribution import Part
from projections.worklists.segments import HANDOVER, LENGTH_AT_HANDOVER
from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.performance.caseload import FEW
from web.presenters.tables import Column, Table, rounded
from web.queries.performance.contribution import AGENCY, AGENCY_AT_HANDOVER, MissResult, PartitionResult, PartResult

Named = Callable[[str], str]

OTHERS: Final = "other agencies"
FOLLOWERS: Final = 2
"""How many are named after the biggest contributor; the table has them all."""
ABOUT: Final = {
    AGENCY: "Each treatment belongs to one agency, the one that discharged the person last or has them now.",
    HANDOVER: "Those who were in treatment when the caseload passed on, beside those who started on that day or since.",
    AGENCY_AT_HANDOVER: "Each agency’s people by where they stood when the caseload passed on.",
    LENGTH_AT_HANDOVER: "By years in treatment on the day on which the caseload passed on.",
    "length": "From the start of the treatment to its end, or to the day itself while it is open.",
    "dose": "By the latest review in a review file that says whether the dose is low.",
    "review": "Open for 12 months or more, with low use at the latest TOP or on a low dose. Nobody who is still open "
    "can have completed: these parts say where completions can come from, and not who did worse.",
    "treatment": "First means that no earlier treatment is known here, and no file says that there was one elsewhere.",
    "career": "From the age of first use of the main substance to the age at triage.",
    "source": "By who referred the person at the beginning of the treatment.",
}
"""What each way to part a figure means."""


def lead(result: MissResult) -> str:
    """What the whole is held against, and by how many people it misses it."""
    miss, figure = result.miss, result.figure
    if miss is None or result.reached is None or not figure.denominator:
        why = WHY_UNRATED[result.why_not] if result.why_not else ""
        return f"{why} So nobody is behind it here: the parts are shown as they are.".strip()
    needed = figure.numerator + miss if figure.polarity == "higher" else figure.numerator - miss
    may = "would count" if figure.polarity == "higher" else "may count at most"
    held = f"At the target of {float(result.reached):g}%, {people(needed)} of {figure.denominator:,} people {may}"
    counted = f"{figure.numerator:,} {'does' if figure.numerator == 1 else 'do'}"
    if miss > 0:
        return f"{held}, and {counted}: the figure is behind by {people(miss)} people."
    if miss == 0:
        return f"{held}, and {counted}: the figure is just there."
    return f"{held}, and {counted}: the figure is ahead by {people(-miss)} people."


def sentences(result: MissResult, one: PartitionResult, named: Named) -> list[str]:
    """Who makes the miss; then, apart from it, who has most of the people and who is furthest behind for its size."""
    miss = result.miss
    if miss is None or len(one.parts) < 2 or one.by == AGENCY_AT_HANDOVER:
        return []

    def name(part: Part) -> str:
        return part_name(one, part, named)

    said = [_contributors(one, miss, name)] if one.biggest and miss > 0 else []
    if one.biggest and miss <= 0:
        behind = text.listed([f"{name(part)} ({people(part.behind)})" for part in one.biggest])
        said = [f"The figure as a whole reaches its target; behind it, in people: {behind}."]
    if one.ahead and miss > 0:
        ahead = text.listed([f"{name(part)} ({people(-(part.behind or 0))})" for part in one.ahead])
        said.append(f"Ahead of the target, which is taken off: {ahead}.")
    return [*said, *_by_size(one, name)]


def _contributors(one: PartitionResult, miss: Fraction, name: Callable[[Part], str]) -> str:
    first, *rest = one.biggest
    # Beside somebody who is ahead, one part can make more than the whole.
    share = people(first.behind) if one.ahead else f"{people(first.behind)} of {people(miss)} people"
    whole = f"miss of {people(miss)} people" if one.ahead else "miss"
    said = f"The biggest contributor to the {whole} is {name(first)} ({share})"
    followers = [f"{name(part)} ({people(part.behind)})" for part in rest[:FOLLOWERS]]
    return f"{said}, followed by {text.listed(followers)}." if followers else f"{said}."


def _by_size(one: PartitionResult, name: Callable[[Part], str]) -> list[str]:
    said = []
    total = sum(part.denominator or 0 for part in one.parts)
    if (most := one.largest) and most.denominator:
        share = text.share(most.denominator, total)
        said.append(f"Most of the people: {name(most)}, {most.denominator:,} of {total:,} ({share}).")
    if (worst := one.furthest_behind) and worst.denominator:
        points = f"{half_up(worst.behind_for_its_size, READ_DECIMALS):.1f}"
        few = f" With so few, one person is {text.whole(100 / worst.denominator)} points." if is_few(worst) else ""
        said.append(
            f"Furthest behind for its size: {name(worst)}, {text.percent_of(worst.numerator, worst.denominator)} of "
            f"{worst.denominator:,}, {points} points off the target.{few}"
        )
    return said


def is_few(part: Part) -> bool:
    """Whether one person moves its percentage by more than five points."""
    return 0 < (part.denominator or 0) < FEW


def part_name(one: PartitionResult, part: Part, named: Named) -> str:
    """What a part is called in a sentence: an agency as `named` writes it, a segment in quotation marks."""
    if one.by == AGENCY:
        return named(part.name) if part.name else OTHERS
    return f"“{part.name}”"


def people(number: Fraction | int | None) -> str:
    """People, or fractions of them, with one decimal."""
    return f"{half_up(Fraction(number or 0), READ_DECIMALS):,.1f}"


def table(result: MissResult, one: PartitionResult, named: Named) -> Table:
    """The parts, and below them the whole that they add up to."""
    figure = result.figure
    columns = [Column(one.title), Column("Counted", number=True)]
    with_percentage = figure.denominator is not None
    if with_percentage:
        columns += [
            Column("Of", number=True, aside=True),
            Column("Percentage", number=True),
            Column("95% interval", aside=True),
        ]
    if result.miss is not None:
        columns += [Column("People behind", number=True)]
    rows = [_row(_row_name(one, each, named), each.part, result) for each in one.parts]
    if not figure.withheld:
        rows.append(_row("Together", Part("", figure.numerator, figure.denominator, result.miss), result))
    return Table(columns, rows, one.title)


def _row_name(one: PartitionResult, each: PartResult, named: Named) -> str:
    """What a row is called; of a partition by agency and handover both."""
    segment = _capital(part_name(one, each.part, named).strip("“”"))
    if each.agency is None:
        return segment
    return f"{named(each.agency) if each.agency else _capital(OTHERS)}: {each.name}"


def _row(name: str, part: Part, result: MissResult) -> list[Any]:
    row: list[Any] = [name, part.numerator]
    if result.figure.denominator is not None:
        limits = part.limits
        between = f"{text.percent(limits[0])} to {text.percent(limits[1])}" if limits else None
        row += [part.denominator, rounded(part.numerator, part.denominator), between]
    if result.miss is not None:
        row.append(None if part.behind is None else half_up(part.behind, READ_DECIMALS))
    return row


def caseload(result: MissResult) -> str:
    """How many are open in the segments that a review of the caseload begins with."""
    its = result.caseload
    if its is None or not its.people:
        return ""
    long = f"{its.six_years_or_more:,} have been in treatment for six years or more"
    return (
        f"Of the {text.plural(its.people, 'person', 'people')} of these groups who are open on the day, {long}, "
        f"{its.low_dose:,} are on a low dose, and {its.ready_to_review:,} are ready to review."
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def print_contribution(console: Console, result: MissResult) -> None:
    """The whole, then each way to part it."""
    figure = result.figure
    say(console, text.standpoint(figure.standpoint), text.slice_of(figure.slice), "")
    say(console, f"{figure.measure.code} {figure.name}: {text.result(figure)} {text.percentage(figure)}".rstrip())
    say(console, lead(result))
    for one in shown(result):
        say(console, "", one.title, *sentences(result, one, str), "")
        print_table(console, table(result, one, str))
    say(console, "", *filter(None, (caseload(result), result.withheld)))


ALWAYS: Final = frozenset({AGENCY, HANDOVER, AGENCY_AT_HANDOVER, LENGTH_AT_HANDOVER})
"""What is shown also where it has one part alone."""


def shown(result: MissResult) -> Sequence[PartitionResult]:
    """The partitions that say anything: of segments, those that part the people into two at least."""
    return [one for one in result.partitions if one.by in ALWAYS or len(one.parts) > 1]
